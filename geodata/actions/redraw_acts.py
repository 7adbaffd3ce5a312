"""The acts of redrawing by name: each reads its arguments, the part of the plan it needs, and calls its rule."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from geodata.actions.plan_part import PlanPart
from geodata.rules import crs, redraw, redraw_lock, redraw_paint, redraw_vertex
from geodata.rules.drawn import drawn_line, drawn_place, drawn_ring
from geodata.rules.plan import Plan
from geodata.rules.problems import Problem
from geodata.rules.redraw import Ids
from geodata.rules.units import Level
from geodata.store import revisions

HOMES_MOST = 2_000
"""Homes that one stroke of the brush may move."""
_IDS = uuid.UUID("0d6fb2e2-93a3-5f0c-8f24-7d1f5c7d3a10")


def ids_of(edit_id: str) -> Ids:
    """Return the ids of the units that an edit makes: the same for the same edit, whoever computes it."""
    return Ids(lambda n: str(uuid.uuid5(_IDS, f"{edit_id}/{n}")))


class Act:
    """The arguments of one act, read where an act asks for them, and the part of the plan it needs."""

    def __init__(self, part: PlanPart, edit_id: str, args: Mapping[str, Any]) -> None:
        self.part, self.args = part, args
        self.ids = ids_of(edit_id)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text, or ``wire.not_text`` (field)."""
        value = self.args.get(key, default)
        if not isinstance(value, str):
            raise Problem("wire.not_text", field=key)
        return value

    def texts(self, key: str, most: int = 50) -> list[str]:
        """Return a list of texts, or ``wire.not_list`` (field), ``wire.too_long`` (field, most)."""
        value = self.args.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise Problem("wire.not_list", field=key)
        if len(value) > most:
            raise Problem("wire.too_long", field=key, most=most)
        return value

    def flag(self, key: str) -> bool:
        """Return true or false, false where it was not sent, or ``wire.not_flag`` (field)."""
        value = self.args.get(key, False)
        if not isinstance(value, bool):
            raise Problem("wire.not_flag", field=key)
        return value

    def pair(self, key: str) -> tuple[float, float]:
        """Return a place [lon, lat] as it came: a vertex is known by its exact degrees."""
        return _pair(self.args.get(key))

    def around(self, *places: Sequence[float]) -> Plan:
        """Return the plan around places (lon, lat)."""
        return self.part.around_places(places)

    def xy(self, plan: Plan, lonlat: Sequence[float]) -> tuple[float, float]:
        """Return a place in metres; the same degrees as a vertex become the same metres."""
        x, y = crs.to_xy(np.array([lonlat]), plan.zone)[0].tolist()
        return (x, y)

    def place(self, plan: Plan, key: str) -> tuple[float, float]:
        """Return a drawn place in metres (``drawn.drawn_place``)."""
        return drawn_place(self.args.get(key), self.part.ground(), plan.zone)

    def line(self, plan: Plan, key: str = "line") -> Any:
        """Return a drawn line in metres (``drawn.drawn_line``)."""
        return drawn_line(self.args.get(key), self.part.ground(), plan.zone)


def _pair(value: Any) -> tuple[float, float]:
    ok = isinstance(value, list) and len(value) == 2 and all(
        isinstance(v, int | float) and not isinstance(v, bool) and abs(v) <= 180 for v in value
    )  # fmt: skip
    if not ok:
        raise Problem("redraw.not_number")
    return (float(value[0]), float(value[1]))


_Both = tuple[Plan, Plan]


def _move_vertex(act: Act) -> _Both:
    at = act.pair("at")
    plan = act.around(at)
    return plan, redraw_vertex.move_vertex(plan, act.xy(plan, at), act.place(plan, "to"))


def _insert_vertex(act: Act) -> _Both:
    ends = act.args.get("between")
    if not isinstance(ends, list) or len(ends) != 2:
        raise Problem("wire.not_list", field="between")
    one, other = _pair(ends[0]), _pair(ends[1])
    plan = act.around(one, other)
    between = (act.xy(plan, one), act.xy(plan, other))
    return plan, redraw_vertex.insert_vertex(plan, between, act.place(plan, "to"))


def _delete_vertex(act: Act) -> _Both:
    at = act.pair("at")
    plan = act.around(at)
    return plan, redraw_vertex.delete_vertex(plan, act.xy(plan, at))


def _move_border(act: Act) -> _Both:
    ids = act.texts("unit_ids", 2)
    plan = act.part.around_units(ids)
    if len(ids) != 2:
        raise Problem("wire.not_list", field="unit_ids")
    return plan, redraw.move_border(plan, ids, act.line(plan), act.ids, pieces=act.flag("pieces"))


def _split(act: Act) -> _Both:
    unit_id = act.text("unit_id")
    plan = act.part.around_units([unit_id])
    return plan, redraw.split(plan, unit_id, act.line(plan), act.ids, pieces=act.flag("pieces"))


def _merge(act: Act) -> _Both:
    ids = act.texts("unit_ids")
    plan = act.part.around_units(ids)
    return plan, redraw.merge(plan, ids, act.ids, pieces=act.flag("pieces"))


def _draw(act: Act) -> _Both:
    ring = act.args.get("ring")
    places = [_pair(one) for one in ring[:20_000]] if isinstance(ring, list) and ring else [(0.0, 0.0)]
    unit_id = act.text("unit_id", "")
    plan = _around_ring(act, places, unit_id)
    level = act.text("level", Level.LIN.value)
    if level not in [one.value for one in redraw.DRAWN]:
        raise Problem("redraw.wrong_level", level=level[:20])
    return plan, redraw.draw(
        plan,
        drawn_ring(ring, act.part.ground(), plan.zone),
        act.ids,
        level=Level(level),
        parent_id=act.text("parent_id", ""),
        unit_id=unit_id,
        name=act.text("name", ""),
        pieces=act.flag("pieces"),
    )


def _around_ring(act: Act, places: Sequence[Sequence[float]], unit_id: str) -> Plan:
    """Return the plan under a ring; one drawn elsewhere is explained by what is there, so any village's ground does."""
    try:
        plan = act.around(*places)
    except Problem:
        top, _ = revisions.any_village(act.part.db, act.part.plan_id)
        plan = act.part.around_units([top])
    named = [i for i in (unit_id, act.text("parent_id", "")) if i]
    if any(i not in plan.units or i in plan.closed for i in named):
        plan = act.part.around_units([*named, *(u.id for u in plan.leaves())])
    return plan


def _paint(act: Act) -> _Both:
    moves = act.args.get("moves")
    if not isinstance(moves, list) or not moves or not all(isinstance(one, dict) for one in moves):
        raise Problem("wire.not_list", field="moves")
    wanted = [_one_move(move) for move in moves]
    homes = [home for _, ids in wanted for home in ids]
    if len(homes) > HOMES_MOST:
        raise Problem("wire.too_long", field="home_ids", most=HOMES_MOST)
    holders = revisions.holders(act.part.db, act.part.plan_id, homes)
    plan = act.part.around_units({*holders.values(), *(unit_id for unit_id, _ in wanted if unit_id)})
    return plan, redraw_paint.paint(plan, wanted, act.ids, pieces=act.flag("pieces"))


def _one_move(move: Mapping[str, Any]) -> tuple[str, list[str]]:
    unit_id, homes = move.get("unit_id"), move.get("home_ids")
    if not isinstance(unit_id, str):
        raise Problem("wire.not_text", field="unit_id")
    if not isinstance(homes, list) or not homes or not all(isinstance(home, str) for home in homes):
        raise Problem("wire.not_list", field="home_ids")
    return unit_id, homes


def _rename(act: Act) -> _Both:
    plan = act.part.around_units([act.text("unit_id")])
    return plan, redraw.rename(plan, act.text("unit_id"), act.text("name"))


def _renumber(act: Act) -> _Both:
    plan = act.part.around_units([act.text("unit_id")])
    return plan, redraw.number_anew(plan, act.text("unit_id"), act.flag("deep"))


def _kind(act: Act) -> _Both:
    plan = act.part.around_units([act.text("unit_id")])
    return plan, redraw.set_kind(plan, act.text("unit_id"), act.text("kind"))


def _lock(act: Act) -> _Both:
    plan = act.part.around_units([act.text("unit_id")])
    return plan, redraw.set_lock(plan, act.text("unit_id"), act.flag("locked"))


def _lock_border(act: Act) -> _Both:
    line = act.args.get("line")
    if not isinstance(line, list) or not line:
        raise Problem("wire.not_list", field="line")
    plan = act.around(*(_pair(one) for one in line[:5_001]))
    return plan, redraw_lock.lock_border(plan, act.line(plan), act.flag("locked"))


def _parent(act: Act) -> _Both:
    unit_id, parent_id = act.text("unit_id"), act.text("parent_id")
    plan = act.part.around_units([unit_id, parent_id])
    return plan, redraw.hang(plan, unit_id, parent_id)


ACTS: dict[str, Callable[[Act], _Both]] = {
    "move_vertex": _move_vertex,
    "insert_vertex": _insert_vertex,
    "delete_vertex": _delete_vertex,
    "move_border": _move_border,
    "split": _split,
    "merge": _merge,
    "draw": _draw,
    "paint": _paint,
    "rename": _rename,
    "renumber": _renumber,
    "kind": _kind,
    "lock": _lock,
    "lock_border": _lock_border,
    "parent": _parent,
}
