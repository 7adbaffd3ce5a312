from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from geodata.rules.numbering import reading_order
from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import objects
from geodata.rules.units import Level, child_path

DIGITS = {Level.PIAN: 2, Level.ZU: 2, Level.LIN: 3}
"""Digits that a unit's number adds to its parent's code: two for 片 and 组, three for 邻."""
_WORD = {Level.PIAN: "片", Level.ZU: "组", Level.LIN: "邻"}
_NUMBERED = re.compile(r"第(\d+)[片组邻]")
NAME_MOST = 40


def rename_moved(plan: Plan, drawn: Plan) -> Plan:
    """Give units that are new, or hang under another parent, the next free number there; all others keep theirs."""
    done = drawn
    for level in (Level.PIAN, Level.ZU, Level.LIN):
        for unit_id in sorted(i for i, u in done.units.items() if u.level is level):
            unit = done.units[unit_id]
            old = plan.units.get(unit_id)
            if old is None or old.parent_id != unit.parent_id:
                done = _numbered(done, unit, _next_number(done, unit))
    return done


def renumber(plan: Plan, parent: PlanUnit, deep: bool) -> Plan:
    """Number the children of a unit from 1 on, rows from north to south and west to east in each.

    Parameters
    ----------
    deep
        Whether what lies under the children is numbered anew as well.
    """
    done = plan
    rows = [plan.units[i] for i in plan.children.get(parent.id, ()) if plan.units[i].level in DIGITS]
    with_ground = [u for u in rows if not u.shape_xy.is_empty]
    order = reading_order(objects(u.shape_xy for u in with_ground), range(len(with_ground)))
    moved = [with_ground[i] for i in order] + [u for u in rows if u.shape_xy.is_empty]
    for n, unit in enumerate(moved, start=1):
        done = _numbered(done, done.units[unit.id], n)
        if deep:
            done = renumber(done, done.units[unit.id], deep)
    return done


class Named(Protocol):
    """What has a name in the tree: a unit of a plan, or a unit's row."""

    @property
    def level(self) -> str:
        """Its level."""

    @property
    def name(self) -> str:
        """Its own name."""

    @property
    def parent_id(self) -> str | None:
        """The unit it lies in."""


def full_name(unit: Named, units: Mapping[str, Named]) -> str:
    """Return what tells a unit from all others of its village: a 邻 with its 组, since every 组 has its own 第1邻."""
    parent = units.get(unit.parent_id or "")
    grouped = unit.level == Level.LIN and parent is not None and parent.level == Level.ZU
    return f"{parent.name}{unit.name}" if parent is not None and grouped else unit.name


def check_name(name: str) -> str:
    """Return a unit's name without blanks around it, or refuse it (``redraw.bad_name`` with most)."""
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_MOST or not plain.isprintable():
        raise Problem("redraw.bad_name", most=NAME_MOST)
    return plain


def _next_number(plan: Plan, unit: PlanUnit) -> int:
    parent = plan.units[unit.parent_id]
    used = [0]
    for other_id in plan.children.get(parent.id, ()):
        other = plan.units[other_id]
        step = other.path[len(parent.path) :].rstrip("/")
        if other_id != unit.id and other.path.startswith(parent.path) and step.isdigit():
            used.append(int(step))
    return max(used) + 1


def _numbered(plan: Plan, unit: PlanUnit, n: int) -> Plan:
    """Give a unit its number inside its parent: the code where it is ours, the path, a name that says only a number."""
    parent = plan.units[unit.parent_id]
    code = unit.code
    if not code or _is_ours(unit):
        code = f"{parent.code}{n:0{DIGITS[unit.level]}d}"
    step = code[len(parent.code) :] if code.startswith(parent.code) and len(code) > len(parent.code) else code
    name = f"第{n}{_WORD[unit.level]}" if not unit.name or _NUMBERED.fullmatch(unit.name) else unit.name
    new = replace(unit, code=code, path=child_path(parent.path, step), name=name)
    if new == unit:
        return plan
    return _repathed(plan.with_units(new), unit, new)


def _is_ours(unit: PlanUnit) -> bool:
    """Tell whether a unit's code was made by numbering it: its last digits are the last step of its path."""
    step = unit.path.rstrip("/").rpartition("/")[2]
    return len(step) == DIGITS[unit.level] and step.isdigit() and unit.code.endswith(step)


def _repathed(plan: Plan, old: PlanUnit, new: PlanUnit) -> Plan:
    """Let what lies under a unit follow its path and its code."""
    below: Sequence[PlanUnit] = [u for u in plan.below(new) if u.id != new.id]
    moved = []
    for unit in below:
        path = new.path + unit.path[len(old.path) :] if unit.path.startswith(old.path) else unit.path
        code = new.code + unit.code[len(old.code) :] if old.code and unit.code.startswith(old.code) else unit.code
        if (path, code) != (unit.path, unit.code):
            moved.append(replace(unit, path=path, code=code))
    return plan.with_units(*moved)
