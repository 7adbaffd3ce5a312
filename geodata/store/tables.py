"""The tables of the ground: units, homes, plans, publications, barriers, imports, jobs, audit, tiles.

One declaration for both databases. Every feature table has the integer key ``fid`` that GeoPackage asks for, and
the immutable UUID ``id`` that everything else refers to. ``Text`` throughout: GDAL drops ``VARCHAR(n)`` columns.
Columns and their meaning are told in ``docs/model.md``.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from geodata.store.types import Code, Flag, Instant, Json, Shape

metadata = MetaData()


def _fid() -> Column[int]:
    return Column("fid", Integer, primary_key=True, autoincrement=True)


def _unit_columns() -> list[Column[object]]:
    return [
        Column("level", Text, nullable=False),
        Column("kind", Text, nullable=False, default=""),
        Column("code", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("path", Code, nullable=False),
        Column("parent_id", Text),
        Column("homes", Integer, nullable=False, default=0),
        Column("area_m2", Float, nullable=False, default=0.0),
        Column("label_lon", Float),
        Column("label_lat", Float),
        Column("fill", Integer, nullable=False, default=0),
    ]


unit = Table(
    "unit",
    metadata,
    _fid(),
    Column("id", Text, nullable=False),
    *_unit_columns(),
    Column("geom", Shape("MULTIPOLYGON")),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    UniqueConstraint("id", "valid_from", name="uq_unit_version"),
    Index("ix_unit_path", "path"),
    Index("ix_unit_parent", "parent_id", "valid_to"),
    Index("ix_unit_code", "code", "valid_to"),
)

household = Table(
    "household",
    metadata,
    _fid(),
    Column("id", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("village", Text, nullable=False, default=""),
    Column("zu", Text, nullable=False, default=""),
    Column("address", Text, nullable=False, default=""),
    Column("building", Text, nullable=False, default=""),
    Column("entrance", Text, nullable=False, default=""),
    Column("floor", Text, nullable=False, default=""),
    Column("room", Text, nullable=False, default=""),
    Column("priority", Flag, nullable=False, default=False),
    Column("head_name_sealed", LargeBinary),
    Column("phone_sealed", LargeBinary),
    Column("source_crs", Text, nullable=False, default=""),
    Column("raw_x", Float),
    Column("raw_y", Float),
    Column("digest", Text, nullable=False),
    Column("geom", Shape("POINT"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Index("ix_household_village", "village"),
)

membership = Table(
    "membership",
    metadata,
    _fid(),
    Column("household_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Index("ix_membership_household", "household_id", "valid_to"),
    Index("ix_membership_unit", "unit_id", "valid_to"),
)

barrier = Table(
    "barrier",
    metadata,
    _fid(),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("digest", Text, nullable=False, unique=True),
    Column("geom", Shape("MULTILINESTRING"), nullable=False),
)

plan = Table(
    "plan",
    metadata,
    Column("id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("head", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seed", Integer, nullable=False, default=0),
    Column("objective_m2", Float, nullable=False, default=0.0),
    Column("counts", Json, nullable=False, default=dict),
    Column("proof", Json),
    Column("variant", Text, nullable=False, default=""),
    Index("ix_plan_unit", "unit_id", "state"),
)

plan_revision = Table(
    "plan_revision",
    metadata,
    Column("plan_id", Text, ForeignKey("plan.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    Column("detail", Json, nullable=False, default=dict),
    Column("id", Text),  # made by the client, so that an edit sent twice is one
    Column("stands_for", Integer),  # the revision whose content this one has; itself unless it undid or restored
    Index("ix_plan_revision_id", "id", unique=True),
)

plan_unit = Table(
    "plan_unit",
    metadata,
    _fid(),
    Column("plan_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    *_unit_columns(),
    Column("geom", Shape("MULTIPOLYGON")),
    Column("from_revision", Integer, nullable=False),
    Column("to_revision", Integer),
    Column("locked", Flag, nullable=False, default=False),
    Index("ix_plan_unit_plan", "plan_id", "unit_id"),
    Index("ix_plan_unit_path", "plan_id", "path"),
)

plan_member = Table(
    "plan_member",
    metadata,
    _fid(),
    Column("plan_id", Text, nullable=False),
    Column("household_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("from_revision", Integer, nullable=False),
    Column("to_revision", Integer),
    Index("ix_plan_member_plan", "plan_id", "unit_id"),
    Index("ix_plan_member_home", "plan_id", "household_id"),
)

plan_lock = Table(
    "plan_lock",
    metadata,
    _fid(),
    Column("plan_id", Text, nullable=False),
    Column("geom", Shape("LINESTRING", spatial_index=False), nullable=False),
    Column("from_revision", Integer, nullable=False),
    Column("to_revision", Integer),
    Index("ix_plan_lock_plan", "plan_id"),
)

plan_note = Table(
    "plan_note",
    metadata,
    Column("id", Text, primary_key=True),
    Column("plan_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("unit_id", Text, nullable=False, default=""),
    Column("revision", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled", Flag, nullable=False, default=False),
    Index("ix_plan_note_plan", "plan_id", "at"),
)

violation = Table(
    "violation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan_id", Text, nullable=False, default=""),  # "" = of the published net
    Column("village_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False, default=""),
    Column("path", Code, nullable=False),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("values", Json, nullable=False, default=dict),
    Column("lon", Float),
    Column("lat", Float),
    Index("ix_violation_plan", "plan_id", "path"),
)

publication = Table(
    "publication",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("unit_id", Text),
    Column("plan_id", Text),
    Column("undoes", Integer),
    Column("undone_by", Integer),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False, unique=True),
    Column("reason", Text, nullable=False, default=""),
    Column("counts", Json, nullable=False, default=dict),
    Column("dated", Text),  # the day the decision bears, YYYY-MM-DD; ``at`` is when the net changed
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("choices", Json, nullable=False, default=dict),
    Column("counts", Json, nullable=False, default=dict),
    Column("job_id", Text),
)

import_mapping = Table(
    "import_mapping",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("signature", Text, primary_key=True),
    Column("mapping", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("share", Float, nullable=False, default=0.0),
    Column("message", Text, nullable=False, default=""),
    Column("args", Json, nullable=False, default=dict),
    Column("result", Json),
    Column("error", Json),
    Column("cancel", Flag, nullable=False, default=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("beat_at", Instant),
    Column("ended_at", Instant),
    Index("ix_job_at", "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("object", Text, nullable=False, default=""),
    Column("path", Code, nullable=False, default=""),
    Column("detail", Text, nullable=False, default="{}"),
    Column("seal", Text, nullable=False),
    Index("ix_audit_object", "object", "at"),
    Index("ix_audit_act", "act", "at"),
)

tile = Table(
    "tile",
    metadata,
    Column("z", Integer, primary_key=True, autoincrement=False),
    Column("x", Integer, primary_key=True, autoincrement=False),
    Column("y", Integer, primary_key=True, autoincrement=False),
    Column("scope", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Json, nullable=False),
)
