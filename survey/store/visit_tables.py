"""The tables of work in the field: visits and errands, what somebody found otherwise, and which forms are a burden.

Columns and their meaning are told in ``docs/model.md``. Every id is made by the phone, so that what is sent
twice is one.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table, Text

from geodata.store.tables import metadata
from geodata.store.types import Code, Flag, Instant, Json, Shape

visit = Table(
    "visit",  # 走访 and 微服务: who was where, and how it went; never a track, never a photo
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),  # made by the phone
    Column("digest", Text, nullable=False),  # of what was sent: the same id with another body is refused
    Column("kind", Text, nullable=False),  # visit, errand
    Column("outcome", Text, nullable=False),  # of a visit: home, away, refused, moved; of an errand: its kind
    Column("household_id", Text, nullable=False, default=""),  # "" for an errand that is no home's
    Column("path_then", Code, nullable=False),  # of the unit where it was made, in the net of that moment
    Column("unit_then", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("officer_id", Text, nullable=False, default=""),  # whose account it is, where it is an officer's
    Column("note_sealed", LargeBinary),
    Column("at", Instant, nullable=False),  # when it was made: the phone's clock where it is to be believed
    Column("received_at", Instant, nullable=False),
    Column("device_at", Instant),
    Column("skewed", Flag, nullable=False, default=False),
    Column("withdrawn_at", Instant),
    Index("ix_visit_household", "household_id", "at"),
    Index("ix_visit_path", "path_then", "at"),
    Index("ix_visit_by", "by_id", "at"),
    Index("ix_visit_at", "at"),
)

finding = Table(
    "finding",  # a home that is new, gone, or not as the register says: for the village to settle
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),  # new, gone, wrong
    Column("household_id", Text, nullable=False, default=""),
    Column("path", Code, nullable=False),
    Column("geom", Shape("POINT")),
    Column("told_sealed", LargeBinary, nullable=False),  # what should stand there
    Column("state", Text, nullable=False),  # waiting, taken, refused
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("device_at", Instant),
    Column("settled_by", Text, nullable=False, default=""),
    Column("settled_at", Instant),
    Column("answer", Text, nullable=False, default=""),
    Index("ix_finding_path", "path", "state"),
    Index("ix_finding_by", "by_id", "at"),
)

shelf = Table(
    "shelf",  # what a phone sent and the server refused, kept until a person settles it
    metadata,
    Column("id", Text, primary_key=True),  # of the item that was sent
    Column("kind", Text, nullable=False),  # issue, event, voice, visit, finding
    Column("body_sealed", LargeBinary, nullable=False),
    Column("base", Text, nullable=False, default=""),  # what its author had seen last
    Column("code", Text, nullable=False),  # of the Problem
    Column("detail", Json, nullable=False, default=dict),
    Column("path", Code, nullable=False, default=""),
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", Text, nullable=False, default=""),
    Column("answer", Text, nullable=False, default=""),
    Index("ix_shelf_by", "by_id", "settled_at"),
    Index("ix_shelf_path", "path", "settled_at"),
)

burden = Table(
    "burden",  # "this form is a burden": which form and where, never who
    metadata,
    Column("id", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("path", Code, nullable=False, default=""),
    Column("at", Instant, nullable=False),
    Index("ix_burden_at", "at", "form"),
)

resident_report = Table(
    "resident_report",  # what somebody without an account sent; it becomes an issue once it is let through
    metadata,
    Column("id", Text, primary_key=True),
    Column("code_digest", Text, nullable=False, unique=True),  # of the code by which it is followed
    Column("digest", Text, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("path", Code, nullable=False),
    Column("state", Text, nullable=False),  # waiting, taken, refused
    Column("issue_id", Text, nullable=False, default=""),
    Column(
        "place_digest", Text, nullable=False, default=""
    ),  # of the network address, for the rate limit; emptied daily
    Column("at", Instant, nullable=False),
    Column("settled_by", Text, nullable=False, default=""),
    Column("settled_at", Instant),
    Column("answer", Text, nullable=False, default=""),
    Index("ix_resident_report_path", "path", "state"),
    Index("ix_resident_report_place", "place_digest", "at"),
)
