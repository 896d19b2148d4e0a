"""Machines without opinions: they generate, load, break and record, and never judge."""
