"""The figures of the board, for a ground and a period, beside the period before and the year before (D-09)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.actions import past
from geodata.rules.actors import Actor, Scope
from geodata.rules.asof import COUNTY_TIME
from geodata.rules.periods import begins, instants, period_of
from geodata.rules.units import Level, is_within
from geodata.store import households, units
from geodata.store.database import Db
from survey.actions.board_ground import Look, look
from survey.actions.board_read import Known, micros
from survey.rules.board_data import AsOf, Bools, as_of
from survey.rules.board_query import BoardQuery
from survey.rules.figures import FIGURES, ROW, VISIT_DAYS, Around, Counted, change, reckon
from survey.rules.spells import SHIFTS, Spell, name_of, shifted, spell_of
from survey.store import board

TREND_MONTHS = 12


def figures(db: Db, actor: Actor, now: dt.datetime, query: BoardQuery) -> dict[str, Any]:
    """Return every figure of a ground for the query's period, and for the two it is compared with.

    Raises
    ------
    Problem
        ``board.bad_query``; those of ``board_ground.look``.
    """
    return figures_of(db, look(db, actor, now, query))


def figures_of(db: Db, seen: Look) -> dict[str, Any]:
    """Return the same of what is already looked at."""
    query = seen.query
    spell = spell_of(query.period, seen.at)
    spells = {"now": spell, **{shift: shifted(spell, shift) for shift in SHIFTS}}
    counted = {name: reckoned(db, seen, one) for name, one in spells.items()}
    return {
        "at": seen.at, "unit": unit_of(seen), "period": query.period, "row": list(ROW),
        "spells": {name: {"name": one.name, "begin": one.begin, "end": one.end} for name, one in spells.items()},
        "open": int(seen.open.sum()), "late": int((seen.open & seen.then.late).sum()),
        "figures": {name: _told(name, counted) for name in FIGURES},
    }  # fmt: skip


def unit_of(seen: Look) -> dict[str, Any] | None:
    """Return the unit that is looked at, None where a reader's ground is several."""
    one = seen.unit
    return None if one is None else {"id": one.id, "level": one.level, "name": one.name, "code": one.code}


def _told(name: str, counted: Mapping[str, Mapping[str, Counted]]) -> dict[str, Any]:
    now = counted["now"][name]
    others = {shift: counted[shift][name] for shift in SHIFTS}
    return {
        "top": now.top, "bottom": now.bottom, "value": now.value,
        **{shift: {"top": one.top, "bottom": one.bottom, "value": one.value, "change": change(now, one)}
           for shift, one in others.items()},
    }  # fmt: skip


def reckoned(db: Db, seen: Look, spell: Spell) -> dict[str, Counted]:
    """Return the figures of a stretch, as they stood at its end."""
    held = seen.known
    then, chosen = then_of(seen, spell.end)
    return reckon(held.issues, then, chosen, micros(spell.begin), around(db, seen.scope, seen.path, spell, seen.now))


def then_of(seen: Look, at: dt.datetime) -> tuple[AsOf, Bools]:
    """Return what issues had come to at another moment, and which of them the query keeps then."""
    held: Known = seen.known
    then = as_of(held.issues, held.stays, micros(at))
    return then, seen.ground & seen.query.keeps(held.issues, then)


def around(db: Db, scope: Scope, path: str, spell: Spell, now: dt.datetime) -> Around:
    """Return homes, chiefs and visits of a ground for a stretch of time; ``now`` is when it is looked at."""

    def total(rows: Sequence[tuple[str, int]]) -> int:
        return sum(count for at, count in rows if scope.covers(at) and is_within(at, path))

    homes, in_lin = _homes(db, scope, path, None if spell.end >= now else spell.end)
    seen_since = spell.end - dt.timedelta(days=VISIT_DAYS)
    return Around(
        homes, in_lin, total(board.chiefs_by_path(db, spell.end)),
        total(board.visits_by_path(db, spell.begin, spell.end)),
        total(board.homes_visited_by_path(db, seen_since, spell.end)), board.any_visit(db, spell.end),
    )  # fmt: skip


def _homes(db: Db, scope: Scope, path: str, at: dt.datetime | None) -> tuple[int, int]:
    """Return the homes of a ground, and those of them in a 邻: of today, or of the beginning of an earlier day.

    Of an earlier moment they are counted from the dated memberships, which is kept for a few moments: the beginning
    of a day is one that others ask for as well.
    """
    if at is None:
        held: Mapping[str, int] = {row.path: row.homes for row in units.paths(db, path)}
    else:
        at = at.astimezone(COUNTY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
        held = past.homes_then(db, at)
    tops = [path] if scope.covers(path) else [one for one in scope.paths if is_within(one, path)]
    if "" in tops:
        tops = [one for one in held if one.count("/") == 1]
    loose = households.count_unplaced(db, at) if not path and units.is_whole(scope) else 0
    deep = Level.LIN.depth + 1
    in_lin = sum(n for one, n in held.items() if one.count("/") == deep and any(is_within(one, top) for top in tops))
    return sum(held.get(top, 0) for top in tops) + loose, in_lin


def trend(seen: Look, months: int = TREND_MONTHS) -> list[dict[str, Any]]:
    """Return how many issues were raised and solved in each of the last months, and unsolved at its end.

    The last month is the one that the moment lies in, so far.
    """
    held = seen.known
    current = int(period_of(instants([seen.at]), "month")[0])
    rows = []
    for number in range(current - months + 1, current + 1):
        begin, end = begins(number, "month"), min(begins(number + 1, "month"), seen.at)
        then, chosen = then_of(seen, end)
        first, last = micros(begin), micros(end)
        raised = chosen & (held.issues.at >= first) & (held.issues.at < last)
        solved = (held.stays.ended >= first) & (held.stays.ended < last) & chosen[held.stays.issue]
        rows.append({
            "month": name_of(begin, "month"), "raised": int(raised.sum()), "solved": int(solved.sum()),
            "open": int((chosen & then.open).sum()),
        })  # fmt: skip
    return rows


def times(seen: Look, count: int = TREND_MONTHS) -> list[dict[str, Any]]:
    """Return the moments that the slider stops at, oldest first: the ends of the last months, then the moment."""
    current = int(period_of(instants([seen.at]), "month")[0])
    ends = [
        begins(number, "month") - dt.timedelta(microseconds=1) for number in range(current - count + 1, current + 1)
    ]
    stops = []
    for end in [*ends, seen.at]:
        then, chosen = then_of(seen, end)
        stops.append({"at": end, "open": int((chosen & then.open).sum()), "late": int((chosen & then.late).sum())})
    return stops
