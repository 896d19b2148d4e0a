"""Plans and executes runs; alone writes the results of checks."""
