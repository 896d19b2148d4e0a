"""Checks of what is true after the calls: one effect for one key, no lost change, data that agrees."""
