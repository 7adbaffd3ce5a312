"""The tables of what proves who somebody is beside a password: a second factor, and phones that stay signed in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from geodata.store.tables import metadata
from geodata.store.types import Instant, Json
from survey.store.tables import account

second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", Text, ForeignKey(account.c.id), primary_key=True),
    Column("secret_sealed", LargeBinary),  # null until the first code was right
    Column("offered_sealed", LargeBinary),  # a new secret that no code has confirmed yet
    Column("enrolled_at", Instant),
    Column("last_step", BigInteger, nullable=False, default=0),  # the half minute whose code was taken last
    Column("recovery", Json, nullable=False, default=list),  # digests of the codes that are left
)

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, ForeignKey(account.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_digest", Text, nullable=False),
    Column("retired_digest", Text, nullable=False, default=""),  # the token before: who shows it late is a thief
    Column("turned_at", Instant, nullable=False),  # when it was retired
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("network", Text, nullable=False, default=""),
    Index("ix_device_account", "account_id"),
)

outside_identity = Table(
    "outside_identity",  # who somebody is to a platform that they sign in by: 企业微信, 政务钉钉
    metadata,
    Column("provider", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account_id", Text, ForeignKey(account.c.id), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_outside_identity_account", "account_id"),
)
