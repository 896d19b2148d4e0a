"""The nouns of Seamwright: frozen, and without I/O but for reading the manifest."""
