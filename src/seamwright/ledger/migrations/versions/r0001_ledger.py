"""Runs, chained evidence, exchanges and the head of the chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the first ledger."""
    meta = op.create_table(
        "meta",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    # The end of the chain, from the first moment on: every writer locks this row.
    op.bulk_insert(meta, [{"key": "chain", "value": f'{{"count":0,"head":"{"0" * 64}","runs":0}}'}])
    op.create_table(
        "runs",
        sa.Column("number", _Number, nullable=False, autoincrement=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("seams", sa.Text, nullable=False),
        sa.Column("opening", sa.String(64), nullable=False),
        sa.Column("notices", sa.Text, nullable=False),
        sa.Column("coverage", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("finished", sa.Double),
        sa.Column("chain_rows", _Number),
        sa.Column("chain_head", sa.String(64)),
        sa.Column("seal", sa.String(64)),
        sa.PrimaryKeyConstraint("number", name="pk_runs"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
        sa.CheckConstraint("state IN ('running', 'finished')", name=op.f("ck_runs_state")),
    )
    op.create_index("ix_runs_system", "runs", ["system"])
    op.create_table(
        "evidence",
        sa.Column("sequence", _Number, nullable=False, autoincrement=False),
        sa.Column("run_id", sa.String(200), nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("boundary", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_evidence"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_evidence_run_id"),
        sa.UniqueConstraint("previous", name="uq_evidence_previous"),
        sa.UniqueConstraint("hash", name="uq_evidence_hash"),
    )
    op.create_index("ix_evidence_run", "evidence", ["run_id"])
    op.create_index("ix_evidence_subject", "evidence", ["system", "boundary", "check_id"])
    op.create_table(
        "exchanges",
        sa.Column("sequence", _Number, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("run_id", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", "position", name="pk_exchanges"),
        sa.ForeignKeyConstraint(["sequence"], ["evidence.sequence"], name="fk_exchanges_sequence"),
    )
    op.create_index("ix_exchanges_number", "exchanges", ["run_id", "number"])


def downgrade() -> None:
    """Refuse: evidence is append-only, and dropping its tables would lose it."""
    raise RuntimeError("the first revision of the ledger cannot be undone; delete the store instead")
