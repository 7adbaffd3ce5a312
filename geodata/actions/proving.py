from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from geodata.actions import plans as plan_actions
from geodata.actions.drafting import Progress
from geodata.actions.ground import GroundReader
from geodata.rules.actors import Actor
from geodata.rules.prove import Proof
from geodata.rules.proving import cases_of, prove_case
from geodata.store import plans, units
from geodata.store.database import Store


def prove_plan(
    store: Store, actor: Actor, now: Callable[[], dt.datetime], plan_id: str, executor: Executor, progress: Progress
) -> dict[str, Any]:
    """Say how far from optimal each 组 of a plan is at most, by an exact solver, and keep the sum with the plan.

    Returns
    -------
    dict
        ``zu`` (id, code, objective_m2, lower_bound_m2, gap_share, optimal), ``worst_share``, ``mean_share``,
        ``optimal_share``.
    """
    with store.read() as db:
        plan = plan_actions.show(db, actor, now(), plan_id)
        rows = plans.units_of(db, plan_id, plan.head)
        village = units.one(db, actor.scope("see"), plan.unit_id)
        members = {row.household_id: row.unit_id for row in plans.members_of(db, plan_id, plan.head)}
        ground = GroundReader(db).read(village, plan.seed)
    zu_of_lin = {row.unit_id: row.parent_id for row in rows if row.level == "lin"}
    codes = {row.unit_id: row.code for row in rows if row.level == "zu"}
    lin_of_home = [members.get(home, "") for home in ground.home_ids]
    zu_of_home = [zu_of_lin.get(lin, "") for lin in lin_of_home]
    cases = cases_of(ground, zu_of_home, lin_of_home)
    waiting = {case.zu_id: executor.submit(prove_case, case, ground.profile) for case in cases}
    shown: list[dict[str, Any]] = []
    for zu, future in waiting.items():
        proof: Proof = future.result()
        shown.append({
            "id": zu, "code": codes[zu], "objective_m2": proof.objective_m2, "lower_bound_m2": proof.lower_bound_m2,
            "gap_share": proof.gap_share, "optimal": proof.optimal,
        })  # fmt: skip
        progress(len(shown) / len(waiting), codes[zu])
    shown.sort(key=lambda row: row["code"])
    gaps = [row["gap_share"] for row in shown]
    summary = {
        "worst_share": max(gaps),
        "mean_share": sum(gaps) / len(gaps),
        "optimal_share": sum(row["optimal"] for row in shown) / len(shown),
    }
    with store.write() as db:
        plans.set_proof(db, plan_id, summary)
    return {"plan": plan_id, **summary, "zu": shown}
