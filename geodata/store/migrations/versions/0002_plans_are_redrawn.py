"""Plans are redrawn: revisions by a client's id, locks, notes, and the units of plans found by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geodata.store.types import Flag, Instant, Shape

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what editing a plan needs; what is there stays."""
    op.add_column("plan", sa.Column("variant", sa.Text(), nullable=False, server_default=""))
    op.add_column("plan_unit", sa.Column("locked", Flag, nullable=False, server_default=sa.false()))
    op.add_column("plan_revision", sa.Column("id", sa.Text(), nullable=True))
    op.add_column("plan_revision", sa.Column("stands_for", sa.Integer(), nullable=True))
    op.add_column("publication", sa.Column("dated", sa.Text(), nullable=True))
    op.create_index("ix_plan_revision_id", "plan_revision", ["id"], unique=True)
    op.create_index("ix_plan_unit_path", "plan_unit", ["plan_id", "path"], unique=False)
    op.create_index("ix_plan_member_home", "plan_member", ["plan_id", "household_id"], unique=False)
    op.create_geospatial_index("idx_plan_unit_geom", "plan_unit", ["geom"], unique=False, postgresql_using="gist")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "INSERT INTO rtree_plan_unit_geom SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom)"
            " FROM plan_unit WHERE geom NOT NULL AND NOT ST_IsEmpty(geom)"
        )
    _locks()
    _notes()


def _locks() -> None:
    op.create_geospatial_table(
        "plan_lock",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("geom", Shape("LINESTRING", spatial_index=False), nullable=False),
        sa.Column("from_revision", sa.Integer(), nullable=False),
        sa.Column("to_revision", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("fid"),
    )
    op.create_index("ix_plan_lock_plan", "plan_lock", ["plan_id"], unique=False)


def _notes() -> None:
    op.create_table(
        "plan_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=False, server_default=""),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("settled", Flag, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_note_plan", "plan_note", ["plan_id", "at"], unique=False)
