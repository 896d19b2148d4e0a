"""Contracts: documents become operations, and an exchange is held against what its operation promises."""
