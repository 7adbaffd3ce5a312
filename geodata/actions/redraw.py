"""A cadre's edits of a plan: each makes a new revision, once, on the revision it was made for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.actions import plans as actions
from geodata.actions.plan_content import Changed, Shapes, changed_content, content
from geodata.actions.plan_part import PlanPart
from geodata.actions.redraw_acts import ACTS, Act
from geodata.rules.actors import Actor
from geodata.rules.plan import Change, Plan, difference
from geodata.rules.problems import Problem
from geodata.rules.redraw_names import full_name
from geodata.rules.units import Level
from geodata.store import audit, revisions, violations
from geodata.store.database import Db
from geodata.store.types import shapes_of

DRAFTED = ("size_spread", "homes_moved")
"""Figures of a draft as it was drafted: after an edit they would no longer be true."""


@dataclass(frozen=True)
class Edit:
    """What a client asks for: its own id for the edit, the revision it drew on, the act and its arguments."""

    id: str
    revision: int
    act: str
    args: Mapping[str, Any]


def edit(db: Db, actor: Actor, now: dt.datetime, plan_id: str, wanted: Edit) -> dict[str, Any]:
    """Carry out one edit of a plan as its next revision and return what changed; the same id again changes nothing.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.not_open`` (state); ``plan.stale_revision`` (base, newest, delta) where others
        edited meanwhile; ``redraw.unknown_act`` (act); what the rules of ``redraw`` refuse.
    """
    opened = open_for_edit(db, actor, now, plan_id, wanted)
    if opened.done is not None:
        return opened.done
    do = ACTS.get(wanted.act)
    if do is None:
        raise Problem("redraw.unknown_act", act=wanted.act[:40])
    part = PlanPart(db, plan_id)
    before, after = do(Act(part, wanted.id, wanted.args))
    change = difference(before, after)
    lines = _locked_lines(before, after)
    if change.is_nothing and not lines:
        raise Problem("redraw.nothing")
    rows = part.write(opened.number, change)
    locks = _write_locks(part, opened.number, lines)
    figures = keep_checked(db, opened.row, part, before, after, change)
    detail = {**detail_of(before, after, change, wanted), "figures": figures}
    keep(db, actor, now, opened, wanted, wanted.act, detail)
    changed = Changed([(row, row.geom) for row in rows], change.gone, change.moved, locks)
    shown = changed_content(db, actor, opened.row, opened.number, figures["counts"], changed, part.profile)
    return {"revision": opened.number, "act": wanted.act, "detail": detail, "content": shown}


@dataclass(frozen=True)
class Opened:
    """A plan held for an edit: its row, the number of the next revision, and the reply where it was done before."""

    row: Any
    number: int
    stands_for: int
    done: dict[str, Any] | None = None


def open_for_edit(db: Db, actor: Actor, now: dt.datetime, plan_id: str, wanted: Edit) -> Opened:
    """Hold a plan for an edit by someone who may draft there, on its newest revision and no other."""
    held = actions.hold(db, actor, now, plan_id)
    actor.scope("draft").require(held.unit_path, "plan")
    _require_uuid(wanted.id)
    again = revisions.by_id(db, plan_id, wanted.id)
    if again is not None:
        reply = _reply(db, actor, now, plan_id, again.number - 1, again)
        return Opened(held, again.number, again.stands_for, reply)
    if held.state != "draft":
        raise Problem("plan.not_open", state=held.state)
    if wanted.revision != held.head:
        delta = content(db, actor, now, plan_id, since=wanted.revision) if 0 < wanted.revision < held.head else None
        raise Problem("plan.stale_revision", base=wanted.revision, newest=held.head, delta=delta)
    current = revisions.one(db, plan_id, held.head)
    return Opened(held, held.head + 1, current.stands_for or current.number)


def _require_uuid(value: str) -> None:
    try:
        uuid.UUID(value)
    except ValueError as error:
        raise Problem("wire.not_uuid", field="id") from error


def close(
    db: Db, actor: Actor, now: dt.datetime, opened: Opened, wanted: Edit, act: str, detail: dict[str, Any],
    stands_for: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Keep the revision and return the reply, what changed as the store has it."""
    keep(db, actor, now, opened, wanted, act, detail, stands_for)
    row = revisions.one(db, opened.row.id, opened.number)
    return _reply(db, actor, now, opened.row.id, wanted.revision, row)


def keep(
    db: Db, actor: Actor, now: dt.datetime, opened: Opened, wanted: Edit, act: str, detail: dict[str, Any],
    stands_for: int | None = None,
) -> None:  # fmt: skip
    """Write the revision's own row with the plan's ``figures``, and its line in the audit."""
    revisions.add(
        db, now, actor.name, opened.row.id, opened.number, detail["figures"],
        id=wanted.id, parent=opened.stands_for, stands_for=stands_for or opened.number, act=act, detail=detail,
    )  # fmt: skip
    path = detail.get("path", "")
    audit.record(db, actor, now, "plan.edited", opened.row.id, path, edit=act, revision=opened.number)


def _reply(db: Db, actor: Actor, now: dt.datetime, plan_id: str, since: int, row: Any) -> dict[str, Any]:
    return {
        "revision": row.number,
        "act": row.act,
        "detail": row.detail,
        "content": content(db, actor, now, plan_id, revision=row.number, since=since),
    }


def keep_checked(db: Db, row: Any, part: PlanPart, before: Plan, after: Plan, change: Change) -> dict[str, Any]:
    """Tell the violations of what changed anew; return the plan's ``counts`` and ``objective_m2`` from now on."""
    told, found, paths = part.check(after, change, before)
    scope_path = part.village.path if part.village is not None else ""
    violations.forget(db, row.id, told)
    violations.add(db, row.id, row.unit_id, scope_path, found, paths)
    counts = {key: n for key, n in row.counts.items() if key not in DRAFTED}
    for level in (Level.PIAN, Level.ZU, Level.LIN):
        born = sum(u.level is level and u.id not in before.units for u in change.units)
        ended = sum(before.units[i].level is level for i in change.gone)
        counts[level.value] = counts.get(level.value, 0) + born - ended
    counts |= violations.count_severities(db, row.id)
    concerned = {before.homes[h].unit_id for h in change.moved} | set(change.moved.values())
    spread_m2 = _spread_m2(after, concerned) - _spread_m2(before, concerned)
    return {"counts": counts, "objective_m2": max(row.objective_m2 + spread_m2, 0.0)}


def _spread_m2(plan: Plan, unit_ids: set[str]) -> float:
    """Return the total squared distance of homes to their unit's centre, m2: the objective of every cut."""
    total = 0.0
    for unit_id in unit_ids:
        xy = np.array([h.xy for h in plan.homes_of.get(unit_id, ())]).reshape(-1, 2)
        if len(xy):
            total += float(((xy - xy.mean(axis=0)) ** 2).sum())
    return total


def detail_of(before: Plan, after: Plan, change: Change, wanted: Edit) -> dict[str, Any]:
    """Return what the history tells of an edit: names, how many homes and units, the ground it lies on."""
    named = [i for i in _named(wanted.args) if i in before.units or i in after.units]
    known = {**after.units, **before.units}
    names = [full_name(known[i], known) for i in named[:3]]
    paths = [u.path for u in change.units] or [""]
    village = next((u.path for u in after.units.values() if u.level is Level.VILLAGE), min(paths))
    locked = {"locked": wanted.args["locked"]} if isinstance(wanted.args.get("locked"), bool) else {}
    return {"names": names, "homes": len(change.moved), "units": len(change.units) + len(change.gone),
            "path": village, **locked}  # fmt: skip


def _named(args: Mapping[str, Any]) -> list[str]:
    ids = [args.get("unit_id"), *(args.get("unit_ids") or ())]
    ids += [move.get("unit_id") for move in args.get("moves") or () if isinstance(move, dict)]
    return [i for i in ids if isinstance(i, str) and i]


def _locked_lines(before: Plan, after: Plan) -> tuple[list[Any], list[Any]] | None:
    """Return the locked borders that are new and those that are free again."""
    old, new = list(before.locks_xy), list(after.locks_xy)
    born = [line for line in new if not any(line is one for one in old)]
    ended = [line for line in old if not any(line is one for one in new)]
    return (born, ended) if born or ended else None


def _write_locks(part: PlanPart, number: int, lines: tuple[list[Any], list[Any]] | None) -> Shapes:
    """Write the borders that an edit locked and freed; return all that are locked now, in degrees."""
    if lines is None:
        return part.locks_ll
    born, ended = lines
    rows = revisions.locks(part.db, part.plan_id)
    free = [row.fid for row, line in zip(rows, part.locks, strict=True) if any(line is one for one in ended)]
    revisions.end_locks(part.db, part.plan_id, number, free)
    if born:
        shapes = np.empty(len(born), dtype=object)
        shapes[:] = born
        revisions.add_locks(part.db, part.plan_id, number, list(part.degrees.to_ll(shapes)))
    return shapes_of([row.geom for row in revisions.locks(part.db, part.plan_id)])
