from __future__ import annotations

from typing import Any

from geodata.actions import browse, jobs, ledger, net, plans, tiles
from geodata.rules.variants import variants
from survey.actions import publishing
from webmap import fields, sentences
from webmap.api.jobs import job_reply
from webmap.api.net import tile_place, tile_reply
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("POST", "/api/drafts", "draft")
def start_draft(asked: Asked) -> Reply:
    """Start drafting every village under a unit, as a job."""
    body = asked.body
    args: dict[str, Any] = {"unit_id": fields.text(body, "unit_id"), "seed": fields.whole(body, "seed", 0)}
    if "variants" in body:
        args["variants"] = variants(fields.listed(body, "variants", 3)) or ["near"]
    net.path_of(asked.db, asked.actor.scope("draft"), args["unit_id"])  # what is on others' ground does not exist
    return job_reply(jobs.start(asked.db, asked.actor, asked.now, "draft", args))


@route("GET", "/api/plans", "draft")
def list_plans(asked: Asked) -> dict[str, Any]:
    """Return a page of plans, newest first."""
    after, limit = asked.page()
    return ledger.list_plans(
        asked.db, asked.actor, asked.now, asked.text("unit", ""), asked.text("state", ""), after, limit
    )


@route("GET", "/api/plans/<plan_id>", "draft")
def show_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return a plan with its first violations."""
    shown = ledger.show_plan(asked.db, asked.actor, asked.now, plan_id)
    problems = browse.problems(asked.db, asked.actor, asked.now, "", plan_id, "", 50)
    return {**shown, "problems": [sentences.shown_violation(row, asked.lang) for row in problems["items"]]}


@route("GET", "/api/plans/<plan_id>/changes", "draft")
def plan_changes(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return what publishing a plan would change, and which posts it would leave vacant."""
    return publishing.changes(asked.db, asked.actor, asked.now, plan_id)


@route("GET", "/api/plans/<plan_id>/tiles/<z>/<x>/<y>.mvt", "draft")
def plan_tile(asked: Asked, plan_id: str, z: str, x: str, y: str) -> Reply:
    """Return a vector tile of a plan's own units."""
    plan = plans.show(asked.db, asked.actor, asked.now, plan_id)
    return tile_reply(tiles.plan_tile(asked.db, asked.actor, plan, *tile_place(z, x, y)), keep=False)


@route("POST", "/api/plans/<plan_id>/prove", "draft")
def prove_plan(asked: Asked, plan_id: str) -> Reply:
    """Start proving how far from optimal a plan is at most, as a job."""
    plans.show(asked.db, asked.actor, asked.now, plan_id)
    return job_reply(jobs.start(asked.db, asked.actor, asked.now, "prove", {"plan_id": plan_id}))


@route("POST", "/api/plans/<plan_id>/publish", "publish")
def publish_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Make a plan the net of its village."""
    body = asked.body
    dated = fields.day(body, "dated") if "dated" in body else None
    publication = publishing.publish(asked.db, asked.actor, asked.now, plan_id, fields.text(body, "reason"), dated)
    return ledger.show_publication(asked.db, asked.actor, asked.now, publication)


@route("DELETE", "/api/plans/<plan_id>", "draft")
def drop_plan(asked: Asked, plan_id: str) -> None:
    """Put a draft away."""
    plans.drop(asked.db, asked.actor, asked.now, plan_id)


@route("GET", "/api/publications", "see")
def list_publications(asked: Asked) -> dict[str, Any]:
    """Return a page of the ledger, newest first."""
    after, limit = asked.page()
    return ledger.list_publications(asked.db, asked.actor, asked.now, after, limit)


@route("POST", "/api/publications/<publication_id>/undo", "publish")
def undo_publication(asked: Asked, publication_id: str) -> dict[str, Any]:
    """Undo a publication by another one."""
    reason = fields.text(asked.body, "reason")
    undone = publishing.undo(asked.db, asked.actor, asked.now, publication_id, reason)
    return ledger.show_publication(asked.db, asked.actor, asked.now, undone)
