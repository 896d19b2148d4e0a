"""Processes that Seamwright starts; none of them outlives it."""
