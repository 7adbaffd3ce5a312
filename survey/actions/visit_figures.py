"""Visits in numbers (F05, A15): made, by outcome, and how many homes were seen; never by person: nobody is ranked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from geodata.actions import net
from geodata.rules.actors import Actor, Scope
from geodata.store import settings, units
from geodata.store.database import Db
from survey.rules.spans import span_of
from survey.rules.visit_sorting import sorting
from survey.rules.visits import ERRAND, STATES, VISIT
from survey.store import visits as store

_CHILDREN_MOST = 500


def figures(db: Db, actor: Actor, now: dt.datetime, unit_id: str, since: str, until: str) -> dict[str, Any]:
    """Return visits and errands of a span on a unit's ground ("" for all the reader's), and of each unit below it.

    Returns
    -------
    dict
        ``visits`` and ``errands`` made on the ground as it was then, ``outcomes`` and ``errand_kinds`` by name;
        ``homes`` of today, ``seen`` of them at least once in the span, ``coverage_share`` (None without homes);
        ``states``: homes overdue, due and done today; ``items``: the same without kinds for each unit below.

    Raises
    ------
    Problem
        ``unit.not_found``; ``as_of.unreadable``, ``as_of.future``, ``span.backwards`` of the span.
    """
    scope = actor.scope("issues")
    path = net.path_of(db, scope, unit_id)
    begin, end = span_of(since, until, now)
    profile = settings.profile(db)
    below = _below(db, scope, unit_id)
    made = [one for one in store.counts_by_path(db, path, begin, end) if scope.covers(one[0])]
    seen = store.visited_by_path(db, scope, path, begin, end, profile.visit_outcomes)
    states = store.states_by_path(db, scope, path, sorting(profile, now))
    outcomes, kinds = Counter[str](), Counter[str]()
    for _, kind, outcome, count in made:
        (outcomes if kind == VISIT else kinds)[outcome] += count
    return {
        "from": begin, "to": end, **_summed(path, made, seen, states), "outcomes": dict(outcomes),
        "errand_kinds": dict(kinds),
        "items": [
            {"unit": {"id": row.id, "level": row.level, "code": row.code, "name": row.name},
             **_summed(row.path, made, seen, states)}
            for row in below
        ],
    }  # fmt: skip


def _below(db: Db, scope: Scope, unit_id: str) -> Iterable[Any]:
    if unit_id:
        return units.children(db, scope, unit_id, "", _CHILDREN_MOST)
    return units.tops(db, scope, "", _CHILDREN_MOST)


def _summed(
    path: str, made: list[tuple[str, str, str, int]], seen: list[tuple[str, int]], states: list[tuple[str, str, int]]
) -> dict[str, Any]:
    by_kind = Counter[str]()
    for at, kind, _, count in made:
        if at.startswith(path):
            by_kind[kind] += count
    by_state = dict.fromkeys(STATES, 0)
    for at, state, homes in states:
        if at.startswith(path):
            by_state[state] += homes
    homes = sum(by_state.values())
    seen_homes = sum(count for at, count in seen if at.startswith(path))
    return {"visits": by_kind[VISIT], "errands": by_kind[ERRAND], "homes": homes, "seen": seen_homes,
            "coverage_share": round(seen_homes / homes, 4) if homes else None, "states": by_state}  # fmt: skip
