"""Sending a plan for review, commenting on it on the map, returning and approving it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geodata.actions import plans as actions
from geodata.rules import review
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, notes, plans
from geodata.store.database import Db

NOTES_MOST = 200
WORDS = {"send": "sent", "recall": "recalled", "return": "returned", "approve": "approved"}
"""A step, and the kind of the note that tells of it."""


def step(db: Db, actor: Actor, now: dt.datetime, plan_id: str, name: str, note: str) -> None:
    """Take a step of ``rules.review`` with a plan and keep what was said with it.

    Raises
    ------
    Problem
        ``plan.not_found``; ``scope.outside``; ``plan.not_open`` (state); ``plan.no_reason`` where a plan is returned
        without a word.
    """
    plan = actions.show(db, actor, now, plan_id)
    state = review.take(actor, plan.unit_path, plan.state, name)
    if name == "return" and not note.strip():
        raise Problem("plan.no_reason")
    plans.set_state(db, [plan_id], state)
    said = {"id": str(uuid.uuid4()), "kind": WORDS[name], "text": note.strip(), "unit_id": ""}
    notes.add(db, now, actor.name, plan_id=plan_id, revision=plan.head, **said)
    audit.record(db, actor, now, f"plan.{WORDS[name]}", plan_id, plan.unit_path, revision=plan.head)


def comment(
    db: Db,
    actor: Actor,
    now: dt.datetime,
    plan_id: str,
    note_id: str,
    text: str,
    place_ll: tuple[float, float] | None,
    unit_id: str,
) -> None:
    """Write a comment on a plan, at a place on the map or at a unit; the same id again changes nothing.

    Raises
    ------
    Problem
        ``plan.not_found``; ``scope.outside``; ``plan.no_words``; ``wire.not_uuid`` (field).
    """
    plan = actions.show(db, actor, now, plan_id)
    actor.scope("draft").require(plan.unit_path, "plan")
    if not text.strip():
        raise Problem("plan.no_words")
    try:
        uuid.UUID(note_id)
    except ValueError as error:
        raise Problem("wire.not_uuid", field="id") from error
    if notes.one(db, note_id) is None:
        lon, lat = place_ll or (None, None)
        notes.add(
            db, now, actor.name, id=note_id, plan_id=plan_id, kind="comment", text=text.strip(), lon=lon, lat=lat,
            unit_id=unit_id, revision=plan.head,
        )  # fmt: skip


def settle(db: Db, actor: Actor, now: dt.datetime, plan_id: str, note_id: str, settled: bool) -> None:
    """Mark a comment as dealt with, or open again (``plan.no_comment`` where there is none)."""
    plan = actions.show(db, actor, now, plan_id)
    actor.scope("draft").require(plan.unit_path, "plan")
    note = notes.one(db, note_id)
    if note is None or note.plan_id != plan_id:
        raise Problem("plan.no_comment")
    notes.settle(db, note_id, settled)


def listed(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> dict[str, Any]:
    """Return a plan's comments and the steps it took, newest first."""
    actions.show(db, actor, now, plan_id)
    rows = notes.of_plan(db, plan_id, NOTES_MOST)
    return {
        "items": [
            {
                "id": row.id, "kind": row.kind, "text": row.text, "unit_id": row.unit_id or None, "by": row.by,
                "place": None if row.lon is None else [row.lon, row.lat], "at": row.at, "revision": row.revision,
                "settled": row.settled,
            }
            for row in rows
        ]
    }  # fmt: skip
