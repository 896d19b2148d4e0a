"""The doors: thin faces over the same rooms."""
