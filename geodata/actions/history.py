"""A plan's revisions: undo and redo without limit, going back to any of them, and the list of who did what when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.actions import plans as actions
from geodata.actions.plan_part import PlanPart
from geodata.actions.redraw import Edit, Opened, close, open_for_edit
from geodata.rules.actors import Actor
from geodata.rules.plan import Change
from geodata.rules.problems import Problem
from geodata.store import revisions, violations
from geodata.store.database import Db


def undo(db: Db, actor: Actor, now: dt.datetime, plan_id: str, wanted: Edit) -> dict[str, Any]:
    """Take the last edit back, as a new revision with the content of the one before it; nothing is lost.

    Raises ``plan.nothing_to_undo`` at the first revision, and what ``redraw.open_for_edit`` refuses.
    """
    opened = open_for_edit(db, actor, now, plan_id, wanted)
    if opened.done is not None:
        return opened.done
    parent, _ = targets(db, opened.row)
    if parent is None:
        raise Problem("plan.nothing_to_undo")
    undone = revisions.one(db, plan_id, opened.stands_for)
    return _back_to(db, actor, now, opened, wanted, parent, undone.detail)


def redo(db: Db, actor: Actor, now: dt.datetime, plan_id: str, wanted: Edit) -> dict[str, Any]:
    """Bring back the edit that was undone last (``plan.nothing_to_redo`` where there is none)."""
    opened = open_for_edit(db, actor, now, plan_id, wanted)
    if opened.done is not None:
        return opened.done
    _, later = targets(db, opened.row)
    if later is None:
        raise Problem("plan.nothing_to_redo")
    return _back_to(db, actor, now, opened, wanted, later, revisions.one(db, plan_id, later).detail)


def restore(db: Db, actor: Actor, now: dt.datetime, plan_id: str, wanted: Edit, to: int) -> dict[str, Any]:
    """Make an earlier revision's content the newest (``plan.no_revision`` with number)."""
    opened = open_for_edit(db, actor, now, plan_id, wanted)
    if opened.done is not None:
        return opened.done
    target = revisions.one(db, plan_id, to)
    if target is None:
        raise Problem("plan.no_revision", number=to)
    stands_for = target.stands_for or target.number
    if stands_for == opened.stands_for:
        raise Problem("redraw.nothing")
    return _back_to(db, actor, now, opened, wanted, stands_for, target.detail)


def _back_to(
    db: Db, actor: Actor, now: dt.datetime, opened: Opened, wanted: Edit, to: int, detail: dict[str, Any]
) -> dict[str, Any]:
    plan = opened.row
    revisions.rewind(db, plan.id, to, opened.number)
    rows, gone = revisions.changed_units(db, plan.id, plan.head, opened.number)
    part = PlanPart(db, plan.id)
    drawn = part.around_units(row.unit_id for row in rows)
    change = Change(tuple(drawn.units[row.unit_id] for row in rows), tuple(gone), {})
    told, found, paths = part.check(drawn, change, drawn)
    violations.forget(db, plan.id, told)
    violations.add(db, plan.id, plan.unit_id, part.village.path if part.village else "", found, paths)
    figures = revisions.one(db, plan.id, to).detail.get("figures", {"counts": plan.counts, "objective_m2": 0.0})
    return close(db, actor, now, opened, wanted, wanted.act, {**detail, "to": to, "figures": figures}, stands_for=to)


def targets(db: Db, plan: Any) -> tuple[int | None, int | None]:
    """Return the revisions that undo and redo would go to; None at the beginning, and after an edit of its own."""
    current = drawn = revisions.one(db, plan.id, plan.head)
    if current.stands_for not in (None, current.number):
        drawn = revisions.one(db, plan.id, current.stands_for)
    redone = current.act in ("undo", "redo")
    return drawn.parent, revisions.newest_after(db, plan.id, current.stands_for) if redone else None


def page(db: Db, actor: Actor, now: dt.datetime, plan_id: str, before: int, limit: int) -> dict[str, Any]:
    """Return a page of a plan's revisions, newest first: who, when, what, how many homes and units."""
    plan = actions.show(db, actor, now, plan_id)
    rows = revisions.page(db, plan_id, before, limit)
    items = [
        {
            "number": row.number, "parent": row.parent, "stands_for": row.stands_for or row.number, "act": row.act,
            "by": row.by, "at": row.at, "detail": row.detail,
            "units": row.detail.get("units", 0), "homes": row.detail.get("homes", 0),
        }
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": str(rows[-1].number) if len(rows) == limit else None, "total": plan.head}
