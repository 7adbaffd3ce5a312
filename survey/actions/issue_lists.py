"""Many issues: the list, the board, the map, the console of a level and the table for a file, all by one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from geodata.actions import net
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, units
from geodata.store.database import Db
from survey.actions import answering, issue_shown
from survey.rules.deadlines import is_late
from survey.rules.issue_case import STATES
from survey.rules.issue_query import TRAYS, IssueQuery
from survey.store import issue_queries, issues

POINTS_MOST = 5_000
COLUMN_MOST = 20
TRAY_MOST = 10
ROWS_MOST = 100_000
_YEAR = dt.timedelta(days=365)


def _conditions(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery) -> list[Any]:
    sight = answering.sight_of(db, actor)
    path = net.path_of(
        db, EVERYWHERE, query.unit
    )  # what may be seen is decided by the sight, not by the unit asked for
    return issue_queries.conditions(query, sight, path, now)


def page(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery, after: str, limit: int) -> dict[str, Any]:
    """Return a page of issues: ``items``, ``next``, ``total`` and how many of all are ``late``.

    Raises ``unit.not_found`` for a unit that is not there.
    """
    wanted = _conditions(db, actor, now, query)
    rows, more = issue_queries.page(db, wanted, query.sort, after, limit)
    total, late = issue_queries.count(db, wanted, now)
    return {"items": issue_shown.lines(db, actor, now, rows), "next": more, "total": total, "late": late}


def board(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery) -> dict[str, Any]:
    """Return the columns of a board, one a state, each with its counts and its first issues."""
    counts = issue_queries.count_by_state(db, _conditions(db, actor, now, query), now)
    columns = []
    for state in query.states:
        total, late = counts.get(state, (0, 0))
        rows: Sequence[Any] = ()
        more = None
        if total:
            wanted = _conditions(db, actor, now, replace(query, states=(state,)))
            sort = query.sort if state in ("waiting", "in_hand") else "-at"
            rows, more = issue_queries.page(db, wanted, sort, "", COLUMN_MOST)
        columns.append({"state": state, "total": total, "late": late, "next": more,
                        "items": issue_shown.lines(db, actor, now, rows)})  # fmt: skip
    return {"columns": columns}


def points(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery) -> dict[str, Any]:
    """Return issues as GeoJSON points (RFC 7946, EPSG:4490 degrees), the newest 5,000; ``more`` is how many are not."""
    wanted = _conditions(db, actor, now, query)
    rows = issue_queries.points(db, wanted, POINTS_MOST)
    total = issue_queries.count(db, wanted, now)[0] if len(rows) == POINTS_MOST else len(rows)
    known = issues.categories(db)
    features = [
        {
            "type": "Feature", "id": row.id, "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "id": row.id, "number": row.number, "state": row.state, "late": is_late(row.due, None, now),
                **{key: value for key, value in issue_shown.category_label(known.get(row.category_id)).items()
                   if key in ("code", "name", "symbol")},
            },
        }
        for row, lon, lat in rows
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features, "more": total - len(rows)}


def console(db: Db, actor: Actor, now: dt.datetime, unit_id: str) -> dict[str, Any]:
    """Return what a desk has to do in the morning: trays with their counts and first issues (E05, I05).

    ``on_time`` tells of the results of the last 365 days how many came in time (``met``), ``of`` how many; what is open
    and overdue counts as not in time (E14).

    Raises ``unit.not_found``.
    """
    sight = answering.sight_of(db, actor)
    own = units.one(db, EVERYWHERE, unit_id) if unit_id else _first(db, actor)
    if unit_id and (own is None or not _reaches(actor, own.path)):
        raise Problem("unit.not_found")
    trays = {}
    for tray in TRAYS:
        query = IssueQuery(unit=own.id if own is not None else "", tray=tray)
        wanted = issue_queries.conditions(query, sight, own.path if own is not None else "", now)
        rows, more = issue_queries.page(db, wanted, "due", "", TRAY_MOST)
        total, late = issue_queries.count(db, wanted, now)
        trays[tray] = {"total": total, "late": late, "next": more, "items": issue_shown.lines(db, actor, now, rows)}
    unit = {"id": own.id, "level": own.level, "name": own.name} if own is not None else None
    year = IssueQuery(states=STATES, from_at=now - _YEAR)
    wanted = issue_queries.conditions(year, sight, own.path if own is not None else "", now)
    met, of = issue_queries.count_on_time(db, wanted, now)
    return {"unit": unit, "office": _office(db, actor), "trays": trays, "on_time": {"met": met, "of": of}}


def _first(db: Db, actor: Actor) -> Any:
    """Return the unit that somebody's own desk or post stands for, None for an office."""
    paths = actor.scope("desk").paths or actor.scope("handle").paths or actor.scope("issues").paths
    if not paths:
        return None
    rows = units.tops(db, EVERYWHERE, "", 1) if paths[0] == "" else units.chain(db, paths[0])
    return rows[-1] if rows else None


def _reaches(actor: Actor, path: str) -> bool:
    return actor.scope("issues").covers(path) or any(p.startswith(path) for p in actor.scope("issues").paths)


def _office(db: Db, actor: Actor) -> dict[str, str] | None:
    found = issues.offices(db, [actor.office_id]).get(actor.office_id) if actor.office_id else None
    return {"id": found.id, "name": found.name} if found is not None else None


def table(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery) -> list[dict[str, Any]]:
    """Return all issues of a query as rows of a table, without a name or telephone of who raised them.

    Who took them out, and which, is in the audit.

    Raises ``issue.too_many`` (most) above 100,000.
    """
    wanted = _conditions(db, actor, now, query)
    rows, more = issue_queries.page(db, wanted, query.sort, "", ROWS_MOST)
    if more is not None:
        raise Problem("issue.too_many", most=ROWS_MOST)
    audit.record(db, actor, now, "issues.exported", query.unit, "", count=len(rows), states=list(query.states))
    return issue_shown.lines(db, actor, now, rows)
