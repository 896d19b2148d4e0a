"""One module for each kind of contract that can be mocked; each holds a `MOCK`."""
