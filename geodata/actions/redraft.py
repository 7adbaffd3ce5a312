"""Keep what is locked, draft the rest anew: one new revision of a plan, as a job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from geodata.actions import plans as actions
from geodata.actions.plan_part import PlanPart
from geodata.actions.redraw import Edit, close, detail_of, keep_checked, open_for_edit
from geodata.actions.redraw_acts import ids_of
from geodata.rules.actors import Actor
from geodata.rules.plan import difference
from geodata.rules.problems import Problem
from geodata.rules.redraft import redraft
from geodata.store import revisions
from geodata.store.database import Store


def redraft_plan(
    store: Store,
    actor: Actor,
    now: Callable[[], dt.datetime],
    plan_id: str,
    wanted: Edit,
    progress: Callable[..., None],
) -> dict[str, Any]:
    """Draft the 邻 under a unit of a plan anew, but for what is locked; computing holds no transaction open.

    Returns
    -------
    dict
        ``plan``, ``revision`` and ``homes`` that changed their 邻.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.not_open``; ``plan.stale_revision``; what ``rules.redraft`` refuses.
    """
    with store.read() as db:
        row = actions.show(db, actor, now(), plan_id)
        if row.head != wanted.revision:
            raise Problem("plan.stale_revision", base=wanted.revision, newest=row.head)
        unit = next(iter(revisions.units_by_id(db, plan_id, [str(wanted.args["unit_id"])])), None)
        if unit is None:
            raise Problem("redraw.unknown_unit", unit=str(wanted.args["unit_id"]))
        part = PlanPart(db, plan_id)
        before = part.whole(row.unit_path)
    progress(0.2)
    after = redraft(before, unit.unit_id, int(wanted.args.get("seed", 0)), ids_of(wanted.id))
    change = difference(before, after)
    if change.is_nothing:
        raise Problem("redraw.nothing")
    progress(0.8)
    with store.write() as db:
        opened = open_for_edit(db, actor, now(), plan_id, wanted)
        if opened.done is None:
            part.db = db
            part.write(opened.number, change)
            figures = keep_checked(db, opened.row, part, before, after, change)
            detail = {**detail_of(before, after, change, wanted), "figures": figures}
            close(db, actor, now(), opened, wanted, "redraft", detail)
    return {"plan": plan_id, "revision": opened.number, "homes": len(change.moved)}
