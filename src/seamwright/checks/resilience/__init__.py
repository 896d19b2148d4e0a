"""Checks of how a boundary behaves while what it depends on is slow, away or broken, and once it has come back."""
