"""Appends and reads evidence: SQLite by default, PostgreSQL by URL. The door is `seamwright.ledger.store.Ledger`."""
