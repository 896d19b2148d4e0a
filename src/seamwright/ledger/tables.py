"""The tables of the ledger. What changes here needs a new file in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = ["evidence", "exchanges", "meta", "metadata", "runs"]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite's own row number is fastest as INTEGER; PostgreSQL needs BIGINT to count as far.
_Number = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("id", String(200), nullable=False),
    Column("system", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", Text, nullable=False),  # host and process, for people; whether it lives is asked of the lock
    Column("header", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("seams", Text, nullable=False),
    Column("opening", String(64), nullable=False),  # SHA-256 over header, plan and seams
    Column("notices", Text, nullable=False),
    Column("coverage", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("finished", Double),
    Column("chain_rows", _Number),  # length and head of the chain when the run finished
    Column("chain_head", String(64)),
    Column("seal", String(64)),  # SHA-256 over the opening and all that was known at the end
    UniqueConstraint("id"),
    CheckConstraint("state IN ('running', 'finished')", name="state"),
    Index("ix_runs_system", "system"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("sequence", _Number, primary_key=True, autoincrement=False),
    Column("run_id", String(200), ForeignKey("runs.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("boundary", Text, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON of everything; the other columns are for finding it
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("previous"),  # two rows can never follow the same one: the chain has no fork
    UniqueConstraint("hash"),
    Index("ix_evidence_run", "run_id"),
    Index("ix_evidence_subject", "system", "boundary", "check_id"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("sequence", _Number, ForeignKey("evidence.sequence"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("run_id", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_exchanges_number", "run_id", "number"),
)
