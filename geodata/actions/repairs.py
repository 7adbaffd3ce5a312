"""What would mend a 邻 with too many or too few homes, with the price of each way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from geodata.actions import plans as actions
from geodata.actions.plan_part import PlanPart
from geodata.rules.actors import Actor
from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.repair import Repair, repairs
from geodata.rules.repair_ground import RepairGround
from geodata.rules.side_by_side import ground_neighbours
from geodata.rules.units import Level
from geodata.store.database import Db


def proposals(db: Db, actor: Actor, now: dt.datetime, plan_id: str, unit_id: str) -> dict[str, Any]:
    """Return the ways to mend a 邻 of a plan, best first: fewest homes that lose their chief, then fewest metres.

    Returns
    -------
    dict
        ``items`` with ``kind, homes_moved, distance_m, optimal, moves`` (as the act ``paint`` takes them) and
        ``sizes``; ``reason`` is a (code, values) where there is none.

    Raises
    ------
    Problem
        ``plan.not_found``; ``redraw.unknown_unit``; ``redraw.wrong_level`` for what is no 邻.
    """
    plan_row = actions.show(db, actor, now, plan_id)
    actor.scope("draft").require(plan_row.unit_path, "plan")
    plan = PlanPart(db, plan_id).around_units([unit_id])
    unit = plan.unit(unit_id)
    if unit.level is not Level.LIN:
        raise Problem("redraw.wrong_level", level=unit.level.value)
    lins = [plan.units[i] for i in plan.children[unit.parent_id]]
    ground, homes = _ground(plan, lins)
    try:
        found = repairs(ground, lins.index(unit), plan.profile)
    except Problem as problem:
        return {"items": [], "reason": (problem.code, problem.values)}
    return {"items": [_shown(repair, lins, homes) for repair in found], "reason": None}


def _ground(plan: Plan, lins: list[PlanUnit]) -> tuple[RepairGround, list[str]]:
    """Return the homes of a 组 as the search for repairs takes them, and their ids."""
    beside = ground_neighbours(plan, lins)
    at = {lin.id: i for i, lin in enumerate(lins)}
    label = np.array([at[plan.homes[home].unit_id] for home in beside.homes], dtype=np.intp)
    centre = np.array([_centre(beside.xy[label == i]) for i in range(len(lins))])
    ground = RepairGround(
        beside.xy,
        label,
        np.zeros(len(lins), dtype=np.intp),
        beside.edges,
        centre,
        np.array([plan.is_locked(lin) for lin in lins], dtype=bool),
        beside.stack_rank,
    )
    return ground, beside.homes


def _centre(xy: Any) -> tuple[float, float]:
    if not len(xy):
        return (0.0, 0.0)
    x, y = np.mean(xy, axis=0).tolist()
    return (x, y)


def _shown(repair: Repair, lins: list[PlanUnit], homes: list[str]) -> dict[str, Any]:
    ids = [*(lin.id for lin in lins), ""]
    moves: dict[str, list[str]] = {}
    for home, _, to in repair.moves:
        moves.setdefault(ids[to], []).append(homes[home])
    sizes = [
        {"unit_id": ids[lin], "name": lins[lin].name if lin < len(lins) else "", "before": before, "after": int(after)}
        for lin, before, after in zip(
            repair.lins, [lins[i].homes if i < len(lins) else 0 for i in repair.lins], repair.sizes_after, strict=True
        )
    ]
    return {
        "kind": str(repair.kind), "homes_moved": repair.homes_moved, "distance_m": round(float(repair.distance_m), 1),
        "optimal": repair.optimal, "sizes": sizes,
        "moves": [{"unit_id": unit_id, "home_ids": ids_} for unit_id, ids_ in moves.items()],
    }  # fmt: skip
