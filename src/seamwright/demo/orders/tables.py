"""The tables of orders."""

from __future__ import annotations

import sqlalchemy as sa

from seamwright.kit.idempotency import IdempotencyStore
from seamwright.kit.outbox import Outbox

__all__ = ["IDEMPOTENCY", "METADATA", "ORDERS", "OUTBOX", "STOCK", "UNITS_PER_SKU"]

METADATA = sa.MetaData()
UNITS_PER_SKU = 100_000

ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("sku", sa.String(20), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("note", sa.String(200)),
    sa.Column("payment_method", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # pending until its charge is settled
    sa.Column("total_cents", sa.Integer, nullable=False),
    sa.Column("charge_id", sa.String(36)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False, index=True),
)

STOCK = sa.Table(
    "stock",
    METADATA,
    sa.Column("sku", sa.String(20), primary_key=True),
    sa.Column("on_hand", sa.Integer, nullable=False),
    sa.Column("reserved", sa.Integer, nullable=False),
)

IDEMPOTENCY = IdempotencyStore(METADATA, lease=10.0)
OUTBOX = Outbox(METADATA)
