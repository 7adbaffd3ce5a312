"""The tables of the board: the index as it was worked out for a period, and the hard cases looked into each month."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from geodata.store.tables import metadata
from geodata.store.types import Code, Instant, Json

index_kept = Table(
    "index_kept",
    metadata,
    Column("period", Text, primary_key=True),  # 2026-03, 2026-Q1, 2026
    Column("path", Code, primary_key=True),  # of the unit it is for
    Column("value", Json, nullable=False),  # the index, its parts, and the figures they come from
    Column("formula", Json, nullable=False),  # of the profile, as it stood
    Column("at", Instant, nullable=False),
)

review_case = Table(
    "review_case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("month", Text, nullable=False),  # 2026-03
    Column("path", Code, nullable=False),  # of the unit whose list it is
    Column("issue_id", Text, nullable=False),
    Column("why", Json, nullable=False),  # what made it a hard case
    Column("finding", Text, nullable=False, default=""),
    Column("by", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
    Column("found_at", Instant),
    Index("uq_review_case", "month", "path", "issue_id", unique=True),
)
