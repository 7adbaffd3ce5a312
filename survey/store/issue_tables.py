"""The tables of the loop 发现-反映-解决-反馈: issues as spatial features, their events, and what they are handled with.

An issue is its list of events; its own row holds the raw submission, where it lies, and the fold of the events, kept so
that lists and deadlines are asked of an index. Columns and their meaning are told in ``docs/model.md``.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from geodata.store.tables import metadata
from geodata.store.types import Code, Flag, Instant, Json, Shape

office = Table(
    "office",
    metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Text, nullable=False, default=""),  # the county or town it belongs to
    Column("retired_at", Instant),
)

issue_category = Table(
    "issue_category",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),  # object (部件), event (事件), local (三长制 extension)
    Column("major", Text, nullable=False, default=""),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, default=""),
    Column("grade", Text, nullable=False),
    Column("level", Text, nullable=False, default=""),  # the level that handles it, "" for the nearest chief
    Column("office_code", Text, nullable=False, default=""),
    Column("restricted", Flag, nullable=False, default=False),
    Column("keywords", Json, nullable=False, default=list),
    Column("symbol", Text, nullable=False, default=""),
    Column("position", Integer, nullable=False, default=0),
    Column("retired_at", Instant),
    UniqueConstraint("scheme", "version", "code", name="uq_issue_category"),
)

route_exception = Table(
    "route_exception",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("codes", Json, nullable=False, default=list),  # category codes it holds for; none is all
    Column("office_id", Text, nullable=False),
    Column("geom", Shape("MULTIPOLYGON"), nullable=False),
    Column("retired_at", Instant),
)

_OPEN = text("closed_at IS NULL")

issue = Table(
    "issue",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),  # made by the client
    Column("number", Text, nullable=False, unique=True),  # what people call it: the day and a running number
    Column("digest", Text, nullable=False),  # of the raw submission, which never changes
    Column("raw", Json, nullable=False),
    Column("category_id", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("place_text", Text, nullable=False, default=""),
    Column("geom", Shape("POINT"), nullable=False),
    Column("accuracy_m", Float),
    Column("place_source", Text, nullable=False, default=""),
    Column("path", Code, nullable=False),  # where it lies in today's net
    Column("path_then", Code, nullable=False),  # where it lay when it was reported
    Column("unit_then", Text, nullable=False, default=""),
    Column("chief_then", Text, nullable=False, default=""),
    Column("net_then", Integer, nullable=False, default=0),
    Column("told", Json, nullable=False, default=list),  # units beyond a near border whose chiefs are told too
    Column("holder_kind", Text, nullable=False, default="unit"),
    Column("holder_id", Text, nullable=False, default=""),
    Column("holder_path", Code, nullable=False, default=""),
    Column("restricted", Flag, nullable=False, default=False),
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("raiser_sealed", LargeBinary),  # name and telephone of who raised it, where they are known
    Column("at", Instant, nullable=False),  # the server's clock
    Column("device_at", Instant),  # the phone's
    Column("skewed", Flag, nullable=False, default=False),
    Column("result_due", Instant),
    Column("progress_due", Instant),
    Column("due", Instant),  # the nearer of the two while the clock runs; none once both are met
    Column("paused", Flag, nullable=False, default=False),
    Column("accepted_at", Instant),
    Column("solved_at", Instant),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("rating", Text, nullable=False, default=""),
    Column("level", Text, nullable=False, default=""),  # at which it is handled, or was ended
    Column("voices", Integer, nullable=False, default=1),
    Column("bounces", Integer, nullable=False, default=0),
    Column("reopened", Integer, nullable=False, default=0),
    Column("events", Integer, nullable=False, default=1),
    Column("photos_told", Integer, nullable=False, default=0),
    Column("merged_into", Text),
    Column("deleted_at", Instant),
    Index("ix_issue_path", "path", "state"),
    Index("ix_issue_at", "at"),
    Index("ix_issue_open_due", "due", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_issue_open_path", "path", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_issue_holder", "holder_kind", "holder_id", "state"),
    Index("ix_issue_by", "by_id", "at"),
    Index("ix_issue_category", "category_id", "at"),
)

issue_event = Table(
    "issue_event",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),  # made by the client, so that a step sent twice is one
    Column("issue_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("after", Text, nullable=False, default=""),  # the event its author had seen last
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("capacity", Text, nullable=False, default=""),  # as whom: raiser, holder, desk, helper, clock
    Column("level", Text, nullable=False, default=""),  # of the desk or unit that acts
    Column("at", Instant, nullable=False),
    Column("device_at", Instant),
    Column("lon", Float),
    Column("lat", Float),
    Column("detail", Json, nullable=False, default=dict),
    Index("ix_issue_event_issue", "issue_id", "fid"),
    Index("ix_issue_event_kind", "kind", "at"),
)

issue_party = Table(
    "issue_party",  # the offices and units engaged in an issue beside its holder, for in-trays
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # office, unit
    Column("party_id", Text, primary_key=True),
    Column("role", Text, nullable=False),  # lead, helper, called (whistled, not signed in), told
    Column("sign_by", Instant),
    Index("ix_issue_party", "kind", "party_id", "role"),
)

photo = Table(
    "photo",
    metadata,
    Column("id", Text, primary_key=True),  # made by the client
    Column("issue_id", Text, nullable=False),
    Column("blob_id", Text, nullable=False),
    Column("stage", Text, nullable=False, default=""),  # before, after, check
    Column("name", Text, nullable=False, default=""),  # as the sender called it, shown escaped, never a path
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("hidden_at", Instant),
    Index("ix_photo_issue", "issue_id", "at"),
    Index("ix_photo_blob", "blob_id"),
    Index("ix_photo_by", "by_id", "at"),  # how many somebody sent of late
)

photo_blob = Table(
    "photo_blob",  # one file on disk, kept under its id; photos of identical bytes share it
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),  # of what was sent
    Column("state", Text, nullable=False),  # waiting, ready, refused
    Column("why", Text, nullable=False, default=""),
    Column("stored_sha256", Text, nullable=False, default=""),
    Column("width", Integer, nullable=False, default=0),
    Column("height", Integer, nullable=False, default=0),
    Column("bytes", Integer, nullable=False, default=0),
    Column("lon", Float),  # what the picture itself said, a hint only
    Column("lat", Float),
    Column("at", Instant, nullable=False),
    Index("ix_photo_blob_state", "state", "at"),
)

notice = Table(
    "notice",  # the outbox: told once each, or known not to have been
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # what it is about, so that nothing is told twice
    Column("kind", Text, nullable=False),
    Column("issue_id", Text, nullable=False, default=""),
    Column("to_kind", Text, nullable=False),  # unit, office, desk
    Column("to_id", Text, nullable=False),
    Column("channel", Text, nullable=False, default=""),
    Column("detail", Json, nullable=False, default=dict),  # what the sentence says, to say it in the reader's language
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),  # shown (in the tray only), waiting, sending, sent, failed, unsure
    Column("tries", Integer, nullable=False, default=0),
    Column("at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("sent_at", Instant),
    Column("error", Text, nullable=False, default=""),
    Index("ix_notice_state", "state", "next_at"),
    Index("ix_notice_to", "to_kind", "to_id", "at"),
)

notice_read = Table(
    "notice_read",  # several may keep one tray: what each of them has read
    metadata,
    Column("notice_id", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

duty = Table(
    "duty",  # what is done again and again by one worker of several
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at", Instant, nullable=False),
    Column("held_until", Instant),
    Column("held_by", Text, nullable=False, default=""),
    Column("done_at", Instant),
    Column("result", Json, nullable=False, default=dict),
)

faq = Table(
    "faq",
    metadata,
    Column("id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("category_code", Text, nullable=False, default=""),
    Column("helped", Integer, nullable=False, default=0),
    Column("passed_on", Integer, nullable=False, default=0),
    Column("changed_at", Instant, nullable=False),
    Column("retired_at", Instant),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Json, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("account_id", "name", name="uq_saved_view"),
)

outside_issue = Table(
    "outside_issue",  # how an issue is called on another platform, so that its file counts nothing twice
    metadata,
    Column("platform", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("issue_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_outside_issue", "issue_id"),
)
