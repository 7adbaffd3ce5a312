"""Work in the field, what residents send, and what the board keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geodata.store.types import Code, Flag, Instant, Json, Shape

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""
    _visit()
    _finding()
    _shelf()
    _burden()
    _resident_report()
    _index_kept()
    _review_case()


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("path_then", Code, nullable=False),
        sa.Column("unit_then", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("device_at", Instant(), nullable=True),
        sa.Column("skewed", Flag, nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_visit_at", "visit", ["at"], unique=False)
    op.create_index("ix_visit_by", "visit", ["by_id", "at"], unique=False)
    op.create_index("ix_visit_household", "visit", ["household_id", "at"], unique=False)
    op.create_index("ix_visit_path", "visit", ["path_then", "at"], unique=False)


def _finding() -> None:
    op.create_geospatial_table(
        "finding",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("geom", Shape("POINT", spatial_index=False), nullable=True),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("device_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_geospatial_index("idx_finding_geom", "finding", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_finding_by", "finding", ["by_id", "at"], unique=False)
    op.create_index("ix_finding_path", "finding", ["path", "state"], unique=False)


def _shelf() -> None:
    op.create_table(
        "shelf",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shelf_by", "shelf", ["by_id", "settled_at"], unique=False)
    op.create_index("ix_shelf_path", "shelf", ["path", "settled_at"], unique=False)


def _burden() -> None:
    op.create_table(
        "burden",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_burden_at", "burden", ["at", "form"], unique=False)


def _resident_report() -> None:
    op.create_table(
        "resident_report",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("place_digest", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_digest"),
    )
    op.create_index("ix_resident_report_path", "resident_report", ["path", "state"], unique=False)
    op.create_index("ix_resident_report_place", "resident_report", ["place_digest", "at"], unique=False)


def _index_kept() -> None:
    op.create_table(
        "index_kept",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("formula", Json(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("period", "path"),
    )


def _review_case() -> None:
    op.create_table(
        "review_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("why", Json(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("found_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_review_case", "review_case", ["month", "path", "issue_id"], unique=True)
