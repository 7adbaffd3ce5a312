"""Redrawing over HTTP: what a plan holds, each edit of it, and its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geodata.actions import history, ledger, plan_content, plan_open, redraw
from geodata.actions.redraw import Edit
from geodata.rules.problems import Problem
from webmap import fields, sentences
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("POST", "/api/plans", "draft")
def open_plan(asked: Asked) -> Reply:
    """Open a plan from the published net of a unit, or from an earlier plan."""
    body = asked.body
    name = fields.text(body, "name", 60) if "name" in body else ""
    source = fields.text(body, "from")
    if source == "net":
        plan_id = plan_open.from_net(asked.db, asked.actor, asked.now, fields.text(body, "unit_id"), name)
    elif source == "plan":
        revision = fields.whole(body, "revision", 0) or None
        plan_id = plan_open.from_plan(asked.db, asked.actor, asked.now, fields.text(body, "plan_id"), revision, name)
    else:
        raise Problem("plan.wrong_source", source=source[:40])
    return Reply(ledger.show_plan(asked.db, asked.actor, asked.now, plan_id), 201)


@route("GET", "/api/plans/<plan_id>/content", "draft")
def plan_content_of(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return a plan's units, homes and locks at a revision, or what differs from an earlier one."""
    revision, since = int(asked.number("revision", 0)) or None, int(asked.number("since", 0)) or None
    return shown(plan_content.content(asked.db, asked.actor, asked.now, plan_id, revision, since), asked.lang)


@route("GET", "/api/units/<unit_id>/content", "draft")
def net_content_of(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return the published net of a village in the same form."""
    return shown(plan_content.net_content(asked.db, asked.actor, asked.now, unit_id, asked.moment()), asked.lang)


@route("POST", "/api/plans/<plan_id>/edits", "draft")
def edit_plan(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Carry out one edit as the plan's next revision, once."""
    return _done(asked, lambda: redraw.edit(asked.db, asked.actor, asked.now, plan_id, _edit(asked, "")))


@route("POST", "/api/plans/<plan_id>/undo", "draft")
def undo_edit(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Take the last edit back."""
    return _done(asked, lambda: history.undo(asked.db, asked.actor, asked.now, plan_id, _edit(asked, "undo")))


@route("POST", "/api/plans/<plan_id>/redo", "draft")
def redo_edit(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Bring back the edit that was undone last."""
    return _done(asked, lambda: history.redo(asked.db, asked.actor, asked.now, plan_id, _edit(asked, "redo")))


@route("POST", "/api/plans/<plan_id>/restore", "draft")
def restore_revision(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Make an earlier revision's content the newest."""
    to, wanted = fields.whole(asked.body, "to", 0), _edit(asked, "restore")
    return _done(asked, lambda: history.restore(asked.db, asked.actor, asked.now, plan_id, wanted, to))


@route("GET", "/api/plans/<plan_id>/revisions", "draft")
def list_revisions(asked: Asked, plan_id: str) -> dict[str, Any]:
    """Return a page of a plan's revisions, newest first, each as a sentence."""
    after, limit = asked.page()
    found = history.page(asked.db, asked.actor, asked.now, plan_id, int(after) if after.isdigit() else 0, limit)
    for row in found["items"]:
        row["sentence"] = sentences.edit(row["act"], row.pop("detail"), asked.lang)
    return found


def _edit(asked: Asked, act: str) -> Edit:
    body = asked.body
    act = act or fields.text(body, "act", 40)
    return Edit(fields.text(body, "id", 60), fields.whole(body, "revision", 0), act, body)


def _done(asked: Asked, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Carry an edit out and return the reply; one that comes too late is told what others did meanwhile."""
    try:
        done = do()
    except Problem as problem:
        delta = problem.values.get("delta")
        if delta is None:
            raise
        raise Problem(problem.code, **{**problem.values, "delta": shown(delta, asked.lang)}) from problem
    detail = done.pop("detail")
    plan_id = done["content"]["plan_id"]
    return {
        **done,
        "sentence": sentences.edit(done["act"], detail, asked.lang),
        "content": shown(done["content"], asked.lang),
        "may": ledger.may(asked.db, asked.actor, asked.now, plan_id),
    }


def shown(content: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a plan's content with its broken rules as sentences."""
    problems = [{**sentences.shown_violation(row, lang), "unit_id": row.unit_id} for row in content["problems"]]
    return {**content, "problems": problems}
