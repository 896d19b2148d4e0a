"""The history of the tables, for Alembic; it runs by itself when a ledger is opened."""

from __future__ import annotations

__all__ = ["HEAD"]

HEAD = "0001"
"""The newest revision. It stands here so that opening a store that is up to date need not import Alembic."""
