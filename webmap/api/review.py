"""A plan on its way to the net: comparing, repairing, redrafting, review and comments."""

from __future__ import annotations

from typing import Any

from geodata.actions import comparisons, jobs, ledger, plans, repairs, review
from webmap import fields, sentences
from webmap.api.jobs import job_reply
from webmap.routes import Asked, route
from webmap.wire import Reply

NOTE_MOST = 1_000


@route("GET", "/api/comparisons", "draft")
def compare(asked: Asked) -> dict[str, Any]:
    """Return how two plans, or a plan and the published net, differ."""
    after, limit = asked.page()
    one, other = asked.text("a"), asked.text("b")
    found = comparisons.comparison(asked.db, asked.actor, asked.now, one, other, after, limit)
    for side in ("a", "b"):
        found[side]["title"] = sentences.title(found[side], asked.lang)
    return {**found, "sentence": sentences.comparison(found, asked.lang)}


@route("GET", "/api/plans/<plan_id>/repairs", "draft")
def list_repairs(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return the ways to mend a 邻, best first, with their price."""
    found = repairs.proposals(asked.db, asked.actor, asked.now, plan_id, asked.text("unit"))
    reason = None if found["reason"] is None else sentences.by_code(found["reason"][0], found["reason"][1], asked.lang)
    items = [{**item, "sentence": sentences.repair(item, asked.lang)} for item in found["items"]]
    return {"items": items, "reason": reason}


@route("POST", "/api/plans/<plan_id>/redraft", "draft")
def redraft(asked: Asked, plan_id: str) -> Reply:
    """Start drafting what is not locked anew, as a job."""
    body = asked.body
    plans.show(asked.db, asked.actor, asked.now, plan_id)
    args = {
        "plan_id": plan_id,
        "id": fields.text(body, "id", 60),
        "revision": fields.whole(body, "revision", 0),
        "unit_id": fields.text(body, "unit_id"),
        "seed": fields.whole(body, "seed", 0),
    }
    return job_reply(jobs.start(asked.db, asked.actor, asked.now, "redraft", args))


@route("POST", "/api/plans/<plan_id>/send", "draft")
def send_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Send a plan for review."""
    return _step(asked, plan_id, "send")


@route("POST", "/api/plans/<plan_id>/recall", "draft")
def recall_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Take a plan back from review, to draw on."""
    return _step(asked, plan_id, "recall")


@route("POST", "/api/plans/<plan_id>/return", "publish")
def return_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Give a plan back to whoever drew it, with a word on why."""
    return _step(asked, plan_id, "return")


@route("POST", "/api/plans/<plan_id>/approve", "publish")
def approve_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Approve a plan; publishing it is the next step."""
    return _step(asked, plan_id, "approve")


def _step(asked: Asked, plan_id: str, name: str) -> dict[str, Any]:
    body = asked.body
    note = fields.text(body, "note", NOTE_MOST) if "note" in body else ""
    review.step(asked.db, asked.actor, asked.now, plan_id, name, note)
    return ledger.show_plan(asked.db, asked.actor, asked.now, plan_id)


@route("GET", "/api/plans/<plan_id>/comments", "draft")
def list_comments(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return a plan's comments and the steps it took, newest first."""
    return review.listed(asked.db, asked.actor, asked.now, plan_id)


@route("POST", "/api/plans/<plan_id>/comments", "draft")
def add_comment(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Write a comment on a plan, at a place on the map or at a unit."""
    body = asked.body
    unit_id = fields.text(body, "unit_id") if body.get("unit_id") else ""
    review.comment(
        asked.db, asked.actor, asked.now, plan_id, fields.text(body, "id", 60), fields.text(body, "text", NOTE_MOST),
        fields.place(body, "place"), unit_id,
    )  # fmt: skip
    return review.listed(asked.db, asked.actor, asked.now, plan_id)


@route("POST", "/api/plans/<plan_id>/comments/<note_id>/settle", "draft")
def settle_comment(asked: Asked, plan_id: str, note_id: str) -> dict[str, Any]:
    """Mark a comment as dealt with, or open again."""
    settled = fields.flag(asked.body, "settled")
    review.settle(asked.db, asked.actor, asked.now, plan_id, note_id, settled)
    return review.listed(asked.db, asked.actor, asked.now, plan_id)
