"""Issues as spatial features, their events, categories, offices and the parties engaged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geodata.store.types import Code, Flag, Instant, Json, Shape

revision = "0005"
down_revision = "0004"

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add the tables of the loop; what is there stays."""
    _office()
    _issue_category()
    _route_exception()
    _issue()
    _issue_event()
    _issue_party()


def _office() -> None:
    op.create_table(
        "office",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )


def _issue_category() -> None:
    op.create_table(
        "issue_category",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("major", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("restricted", Flag, nullable=False),
        sa.Column("keywords", Json(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scheme", "version", "code", name="uq_issue_category"),
    )


def _route_exception() -> None:
    op.create_geospatial_table(
        "route_exception",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("codes", Json(), nullable=False),
        sa.Column("office_id", sa.Text(), nullable=False),
        sa.Column("geom", Shape("MULTIPOLYGON", spatial_index=False), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_geospatial_index(
        "idx_route_exception_geom", "route_exception", ["geom"], unique=False, postgresql_using="gist"
    )


def _issue() -> None:
    op.create_geospatial_table(
        "issue",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("raw", Json(), nullable=False),
        sa.Column("category_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place_text", sa.Text(), nullable=False),
        sa.Column("geom", Shape("POINT", spatial_index=False), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("place_source", sa.Text(), nullable=False),
        sa.Column("path", Code, nullable=False),
        sa.Column("path_then", Code, nullable=False),
        sa.Column("unit_then", sa.Text(), nullable=False),
        sa.Column("chief_then", sa.Text(), nullable=False),
        sa.Column("net_then", sa.Integer(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("holder_kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("holder_path", Code, nullable=False),
        sa.Column("restricted", Flag, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("raiser_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("device_at", Instant(), nullable=True),
        sa.Column("skewed", Flag, nullable=False),
        sa.Column("result_due", Instant(), nullable=True),
        sa.Column("progress_due", Instant(), nullable=True),
        sa.Column("due", Instant(), nullable=True),
        sa.Column("paused", Flag, nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("solved_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("photos_told", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("deleted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_geospatial_index("idx_issue_geom", "issue", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_issue_at", "issue", ["at"], unique=False)
    op.create_index("ix_issue_by", "issue", ["by_id", "at"], unique=False)
    op.create_index("ix_issue_category", "issue", ["category_id", "at"], unique=False)
    op.create_index("ix_issue_holder", "issue", ["holder_kind", "holder_id", "state"], unique=False)
    op.create_index("ix_issue_open_due", "issue", ["due"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_issue_open_path", "issue", ["path"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_issue_path", "issue", ["path", "state"], unique=False)


def _issue_event() -> None:
    op.create_table(
        "issue_event",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("device_at", Instant(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("detail", Json(), nullable=False),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_issue_event_issue", "issue_event", ["issue_id", "fid"], unique=False)
    op.create_index("ix_issue_event_kind", "issue_event", ["kind", "at"], unique=False)


def _issue_party() -> None:
    op.create_table(
        "issue_party",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sign_by", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", "kind", "party_id"),
    )
    op.create_index("ix_issue_party", "issue_party", ["kind", "party_id", "role"], unique=False)
