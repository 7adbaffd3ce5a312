"""Plans and publications as lists and cards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely

from geodata.actions import history, net
from geodata.actions import plans as actions
from geodata.rules import review
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import plans, publications, units
from geodata.store.database import Db


def _shown_plan(row: Any, boxes: dict[str, Any]) -> dict[str, Any]:
    counts = dict(row.counts)
    return {
        "id": row.id, "name": row.name, "state": row.state, "at": row.at, "by": row.by,
        "unit": {"id": row.unit_id, "name": row.unit_name, "code": row.unit_code, "level": row.unit_level,
                 "bbox": boxes.get(row.unit_id)},
        "counts": {key: counts.get(key, 0) for key in ("pian", "zu", "lin", "homes")},
        "violations": {key: counts.get(key, 0) for key in ("error", "warning")},
        "objective_m2": row.objective_m2, "proof": row.proof, "seed": row.seed, "based_on": row.based_on,
        "revision": row.head, "variant": row.variant,
        "score": {"mean_m": round((row.objective_m2 / max(counts.get("homes", 0), 1)) ** 0.5, 1),
                  "spread": counts.get("size_spread"), "homes_moved": counts.get("homes_moved")},
    }  # fmt: skip


def list_plans(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, state: str, after: str, limit: int
) -> dict[str, Any]:
    """Return a page of plans under a unit ("" = the whole scope), newest first."""
    scope = actor.scope("draft")
    path = net.path_of(db, scope, unit_id)
    rows = plans.page(db, scope, path, state, after, limit)
    boxes = _boxes(db, {row.unit_id for row in rows})
    return {"items": [_shown_plan(row, boxes) for row in rows], "next": rows[-1].id if len(rows) == limit else None,
            "total": plans.count(db, scope, path, state)}  # fmt: skip


def _boxes(db: Db, unit_ids: set[str]) -> dict[str, Any]:
    """Return the boxes (west, south, east, north, degrees) of some units in force that have a shape, by id."""
    shapes = units.shapes_by_id(db, sorted(unit_ids))
    return dict(zip(shapes, shapely.bounds(list(shapes.values())).tolist(), strict=True))


def show_plan(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> dict[str, Any]:
    """Return a plan's card with the box of its ground."""
    row = actions.show(db, actor, now, plan_id)
    boxes = _boxes(db, {row.unit_id})
    shown = _shown_plan(row, boxes)
    stale = row.state in review.OPEN and publications.last_on(db, row.unit_path) != row.based_on
    return {**shown, "unit": {**shown["unit"], "path": row.unit_path}, "bbox": boxes.get(row.unit_id), "stale": stale,
            "may": may(db, actor, now, plan_id)}  # fmt: skip


def may(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> dict[str, bool]:
    """Return what an actor may do with a plan now: the steps of ``rules.review``, undo and redo."""
    row = actions.show(db, actor, now, plan_id)
    found = review.allowed(actor, row.unit_path, row.state)
    back, again = history.targets(db, row)
    return {**found, "undo": found["edit"] and back is not None, "redo": found["edit"] and again is not None}


def _shown_publication(row: Any, last: dict[str, int], actor: Actor) -> dict[str, Any]:
    unit = None
    if row.unit_id and row.unit_name:
        unit = {"id": row.unit_id, "name": row.unit_name, "code": row.unit_code, "level": row.unit_level}
    may_undo = (
        row.kind != "import"
        and row.undone_by is None
        and unit is not None
        and last.get(row.unit_path) == row.seq
        and actor.scope("publish").covers(row.unit_path)
    )
    return {
        "id": row.id, "seq": row.seq, "kind": row.kind, "at": row.at, "by": row.by, "reason": row.reason,
        "unit": unit, "counts": row.counts, "undone": row.undone_by is not None, "may_undo": may_undo,
        "undoes": row.undoes, "dated": row.dated, "plan_id": row.plan_id,
    }  # fmt: skip


def list_publications(db: Db, actor: Actor, now: dt.datetime, before: str, limit: int) -> dict[str, Any]:
    """Return a page of the ledger, newest first, with whether each entry may be undone now."""
    rows = publications.page(db, actor.scope("see"), int(before) if before.isdigit() else 0, limit)
    paths = {row.unit_path for row in rows if row.unit_path}
    last = {path: publications.last_on(db, path) for path in paths}
    return {"items": [_shown_publication(row, last, actor) for row in rows],
            "next": str(rows[-1].seq) if len(rows) == limit else None,
            "total": publications.count(db, actor.scope("see"))}  # fmt: skip


def show_publication(db: Db, actor: Actor, now: dt.datetime, publication_id: str) -> dict[str, Any]:
    """Return one entry of the ledger."""
    entry = publications.one(db, publication_id)
    rows = publications.page(db, actor.scope("see"), entry.seq + 1, 1) if entry else ()
    if not rows or rows[0].id != publication_id:  # unknown, or of other ground
        raise Problem("publication.not_found")
    return _shown_publication(rows[0], {rows[0].unit_path: publications.last_on(db, rows[0].unit_path or "")}, actor)


def unit_by_code(db: Db, actor: Actor, now: dt.datetime, code: str) -> str:
    """Return the id of the unit in force that carries a code, or ``unit.not_found``."""
    found = units.by_code(db, [code]).get(code)
    if found is None or not actor.scope("see").covers(found.path):
        raise Problem("unit.not_found", unit=code)
    return str(found.id)


def newest_drafts(db: Db, actor: Actor, now: dt.datetime) -> list[str]:
    """Return the newest open draft of every village in the actor's scope."""
    scope = actor.scope("publish")
    newest: dict[str, Any] = {}
    for row in plans.open_on(db, ""):
        if scope.covers(row.unit_path) and (row.unit_id not in newest or newest[row.unit_id].at < row.at):
            newest[row.unit_id] = row
    return [row.id for row in sorted(newest.values(), key=lambda row: row.unit_path)]
