"""One unit of the board: its figures, its trend, its open issues, and how it stood in the test of its level."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import shapes_of
from survey.actions import board, issue_lists
from survey.actions.board_ground import look
from survey.actions.board_layers import find, row_of
from survey.rules.board_query import UNIT_LEVELS, BoardQuery
from survey.rules.issue_query import IssueQuery

LISTED = 8
_UNSOLVED = ("waiting", "in_hand")


def show(db: Db, actor: Actor, now: dt.datetime, query: BoardQuery, unit_id: str) -> dict[str, Any]:
    """Return what the drawer tells of a unit.

    Returns
    -------
    dict
        ``unit``, ``chain`` (from the county down, what lies in the reader's ground), ``box`` (degrees or None),
        ``figures`` and ``row`` as ``board.figures`` gives them, ``trend``, ``hot`` (``board_layers.row_of``; None where
        its level has no other unit on the reader's ground), ``issues`` (the first open ones, of today), ``next_level``.

    Raises
    ------
    Problem
        ``unit.not_found``; those of ``board.figures``.
    """
    scope = actor.scope("issues")
    row = units.one(db, scope, unit_id)
    if row is None:
        raise Problem("unit.not_found")
    mine = replace(query, unit=unit_id)
    seen = look(db, actor, now, mine)
    shape = shapes_of([found.geom for found in units.with_shapes(db, row.path, [Level(row.level)])])
    chain = [step for step in units.chain(db, row.path) if scope.covers(step.path)]
    return {
        "unit": {"id": row.id, "level": row.level, "name": row.name, "code": row.code, "homes": row.homes},
        "chain": [{"id": one.id, "level": one.level, "name": one.name} for one in chain],
        "box": list(shape[0].bounds) if len(shape) and shape[0] is not None else None,
        "summary": board.figures(db, actor, now, mine), "trend": board.trend(seen),
        "hot": _tested(db, actor, now, query, row),
        "issues": issue_lists.page(db, actor, now, _open(mine), "", LISTED),
        "next_level": next_level(row.level),
    }  # fmt: skip


def next_level(level: str) -> str:
    """Return the level that one looks at below a unit, "" below a 邻."""
    if level == "county":
        return UNIT_LEVELS[0]
    at = UNIT_LEVELS.index(level)
    return UNIT_LEVELS[at + 1] if at + 1 < len(UNIT_LEVELS) else ""


def _open(query: BoardQuery) -> IssueQuery:
    return IssueQuery(unit=query.unit, states=_UNSOLVED, category=query.category, major=query.major, grade=query.grade,
                      late=query.late)  # fmt: skip


def _tested(db: Db, actor: Actor, now: dt.datetime, query: BoardQuery, row: Any) -> dict[str, Any] | None:
    """Return how a unit stood among those of its level on the ground looked at, None where it is the only one."""
    if row.level not in UNIT_LEVELS:
        return None
    seen = look(db, actor, now, replace(query, level=row.level))
    try:
        found = find(db, seen, row.level)
    except Problem as problem:
        if problem.code == "board.too_few_units":
            return None
        raise
    if row.id not in found.of.id:
        return None
    at = list(found.of.id).index(row.id)
    return {
        **row_of(found, at), "name": found.of.name[at], "band_m": round(found.band_m), "null": found.hotspots.null,
    }  # fmt: skip
