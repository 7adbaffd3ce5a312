"""The tables of who does what: accounts, the roles they hold and the sessions they opened."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from geodata.store.tables import metadata
from geodata.store.types import Flag, Instant

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Flag, nullable=False, default=True),
    Column("disabled", Flag, nullable=False, default=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("wait_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("last_seen", Instant),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_id", Text, nullable=False),  # the scope is this unit's path in today's net, never typed
    UniqueConstraint("account_id", "role", "unit_id", name="uq_role_grant"),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_digest", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("ix_sign_in_account", "account_id"),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("key", Text, primary_key=True),  # "ip:<address>": a bucket beside the account's own count
    Column("failures", Integer, nullable=False),
    Column("since", Instant, nullable=False),
)
