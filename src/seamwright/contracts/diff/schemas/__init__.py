"""Compares two schemas by what they mean: which values the one takes, or promises, and the other does not."""
