"""Officers, the posts they hold, and what passes from hand to hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geodata.store.types import Flag, Instant, Json, Shape

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the three tables of posts; what is there stays."""
    _officers()
    _appointments()
    _handovers()


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    """Return a column of text that is never null, or one that may be (default None)."""
    return sa.Column(name, sa.Text(), nullable=default is None, server_default=default)


def _must(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, Flag, nullable=False, server_default=sa.false())


def _officers() -> None:
    op.create_geospatial_table(
        "officer",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        *map(_must, ("id", "code", "name")),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        _text("phone_digest", None),
        sa.Column("id_no_sealed", sa.LargeBinary(), nullable=True),
        _text("id_digest", None),
        _text("village"),
        _text("village_id", None),
        _text("household_id", None),
        _flag("party"),
        sa.Column("tags", Json(), nullable=False, server_default="[]"),
        _text("vetting", "none"),
        _text("vetted_on"),
        _text("vetted_by"),
        _flag("away"),
        _text("training_due"),
        _text("training_done"),
        sa.Column("geom", Shape("POINT", spatial_index=False), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        _text("merged_into", None),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("id"),
    )
    for name, column in (
        ("village", "village_id"), ("id_digest", "id_digest"), ("phone", "phone_digest"), ("household", "household_id"),
    ):  # fmt: skip
        op.create_index(f"ix_officer_{name}", "officer", [column], unique=False)


def _appointments() -> None:
    op.create_table(
        "appointment",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        *map(_must, ("id", "officer_id", "unit_id", "level", "post")),
        _flag("acting"),
        _must("how"),
        _text("elected_on"),
        sa.Column("result", Json(), nullable=False, server_default="{}"),
        _text("reason"),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("to_at", Instant(), nullable=True),
        _text("ended_because"),
        _must("by"),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_appointment_unit", "appointment", ["unit_id", "to_at"], unique=False)
    op.create_index("ix_appointment_officer", "appointment", ["officer_id", "to_at"], unique=False)
    op.create_index("ix_appointment_ended", "appointment", ["to_at"], unique=False)
    held = sa.text("to_at IS NULL AND post = 'chief'")
    for name, columns in (("chief", ["unit_id"]), ("person", ["officer_id", "level"])):
        op.create_index(
            f"uq_appointment_{name}", "appointment", columns, unique=True, sqlite_where=held, postgresql_where=held
        )


def _handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("fid", sa.Integer(), autoincrement=True, nullable=False),
        *map(_must, ("id", "unit_id")),
        _text("to_unit_id", None),
        sa.Column("at", Instant(), nullable=False),
        _text("from_officer", None),
        _text("to_officer", None),
        _must("why"),
        sa.Column("counts", Json(), nullable=False, server_default="{}"),
        _must("by"),
        sa.PrimaryKeyConstraint("fid"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_handover_unit", "handover", ["unit_id", "at"], unique=False)
    op.create_index("ix_handover_to_unit", "handover", ["to_unit_id", "at"], unique=False)
