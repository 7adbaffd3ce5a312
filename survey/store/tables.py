"""The tables of who does what: accounts, their roles and sessions; officers, the posts they hold and what they pass on.

Columns and their meaning are told in ``docs/model.md``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from geodata.store.tables import metadata
from geodata.store.types import Flag, Instant, Json, Shape

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
    Column("enabled_at", Instant),  # idle days count from the last sign-in or from here
    Column("officer_id", Text),  # the person of the register whose account it is: posts then give its rights
    Column("office_id", Text),  # the office whose staff signs in by it
    Index("uq_account_officer", "officer_id", unique=True),
    Index("ix_account_office", "office_id"),
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
    Column("id", Text),  # by which it is listed and ended
    Column("network", Text, nullable=False, default=""),
    Column("device_id", Text),
    Column("via", Text, nullable=False, default="", server_default=""),  # the platform it was opened by
    Index("ix_sign_in_account", "account_id"),
    Index("ix_sign_in_id", "id", unique=True),
    Index("ix_sign_in_device", "device_id"),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("key", Text, primary_key=True),  # "ip:<address>": a bucket beside the account's own count
    Column("failures", Integer, nullable=False),
    Column("since", Instant, nullable=False),
)

officer = Table(
    "officer",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("phone_sealed", LargeBinary),
    Column("phone_digest", Text),
    Column("id_no_sealed", LargeBinary),
    Column("id_digest", Text),
    Column("village", Text, nullable=False, default=""),
    Column("village_id", Text),
    Column("household_id", Text),
    Column("party", Flag, nullable=False, default=False),
    Column("tags", Json, nullable=False, default=list),
    Column("vetting", Text, nullable=False, default="none"),
    Column("vetted_on", Text, nullable=False, default=""),
    Column("vetted_by", Text, nullable=False, default=""),
    Column("away", Flag, nullable=False, default=False),
    Column("training_due", Text, nullable=False, default=""),
    Column("training_done", Text, nullable=False, default=""),
    Column("geom", Shape("POINT", spatial_index=False)),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("merged_into", Text),
    Index("ix_officer_village", "village_id"),
    Index("ix_officer_id_digest", "id_digest"),
    Index("ix_officer_phone", "phone_digest"),
    Index("ix_officer_household", "household_id"),
)

_HELD = text("to_at IS NULL AND post = 'chief'")

appointment = Table(
    "appointment",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("officer_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("acting", Flag, nullable=False, default=False),
    Column("how", Text, nullable=False),
    Column("elected_on", Text, nullable=False, default=""),
    Column("result", Json, nullable=False, default=dict),
    Column("reason", Text, nullable=False, default=""),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant),
    Column("ended_because", Text, nullable=False, default=""),
    Column("by", Text, nullable=False),
    Index("ix_appointment_unit", "unit_id", "to_at"),
    Index("ix_appointment_officer", "officer_id", "to_at"),
    Index("ix_appointment_ended", "to_at"),
    # whatever two people click at one moment: one chief a unit, one such post a person and level
    Index("uq_appointment_chief", "unit_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
    Index("uq_appointment_person", "officer_id", "level", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
)

handover = Table(
    "handover",
    metadata,
    Column("fid", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("unit_id", Text, nullable=False),  # whose chief hands over
    Column("to_unit_id", Text),  # whose chief answers from then on: the same unit, another, or one above while vacant
    Column("at", Instant, nullable=False),
    Column("from_officer", Text),
    Column("to_officer", Text),
    Column("why", Text, nullable=False),
    Column("counts", Json, nullable=False, default=dict),
    Column("by", Text, nullable=False),
    Index("ix_handover_unit", "unit_id", "at"),
    Index("ix_handover_to_unit", "to_unit_id", "at"),
)
