"""What the board counts, in SQL: issues as columns, visits and chiefs as of a moment, the kept index, hard cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, distinct, func, insert, or_, select

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.households import belongs, living
from geodata.store.tables import household, membership, unit
from survey.rules.chiefs import CHIEF
from survey.store.board_tables import index_kept, review_case
from survey.store.issue_tables import issue, issue_category, issue_event
from survey.store.tables import appointment
from survey.store.visit_tables import visit

_COLUMNS = (
    issue.c.id, issue.c.number, issue.c.path, issue.c.category_id, issue_category.c.major, issue.c.grade, issue.c.level,
    issue.c.geom, issue.c.at, issue.c.state, issue.c.solved_at, issue.c.closed_at, issue.c.result_due,
    issue.c.restricted, issue.c.reopened,
)  # fmt: skip

_FEW = 500


def stamp(db: Db) -> tuple[int, int]:
    """Return two numbers of which one rises with every event of an issue and with every visit made or taken back."""
    events = db.run.execute(select(func.coalesce(func.max(issue_event.c.fid), 0))).scalar_one()
    made, taken_back = db.run.execute(
        select(func.coalesce(func.max(visit.c.fid), 0), func.count(visit.c.withdrawn_at))
    ).one()
    return int(events), int(made) + int(taken_back)


def issue_rows(db: Db, ids: Sequence[str] | None = None) -> Sequence[Any]:
    """Return what the board knows of every issue, or of some."""
    joined = issue.outerjoin(issue_category, issue_category.c.id == issue.c.category_id)
    query = select(*_COLUMNS).select_from(joined)
    if ids is None:
        return db.run.execute(query.order_by(issue.c.fid)).all()
    found: list[Any] = []
    for start in range(0, len(ids), _FEW):
        found += db.run.execute(query.where(issue.c.id.in_(list(ids[start : start + _FEW])))).all()
    return found


def changed_since(db: Db, event_fid: int) -> Sequence[str]:
    """Return the issues to which something happened after an event."""
    query = select(distinct(issue_event.c.issue_id)).where(issue_event.c.fid > event_fid)
    return list(db.run.execute(query).scalars())


def units_of(db: Db, scope: Scope, path: str, level: str) -> Sequence[Any]:
    """Return the units of a level in force under a path and in a scope, with ``geom``, ordered by path."""
    wanted = (units.under(path), units.in_scope(scope), units.current(), unit.c.level == level)
    return db.run.execute(select(*units.SHORT, unit.c.geom).where(*wanted).order_by(unit.c.path)).all()


def home_places(db: Db, scope: Scope, path: str) -> Sequence[bytes]:
    """Return where the living homes of a scope under a path stand, as WKB points: for counts by cell alone."""
    joined = household.join(membership, membership.c.household_id == household.c.id).join(
        unit, and_(unit.c.id == membership.c.unit_id, units.current())
    )
    wanted = (living(None), belongs(), units.under(path, unit.c.path), units.in_scope(scope))
    return list(db.run.execute(select(household.c.geom).select_from(joined).where(*wanted)).scalars())


def _visits(begin: dt.datetime, end: dt.datetime) -> tuple[Any, ColumnElement[bool], ColumnElement[Any]]:
    """Return visits of a time joined with where their homes belong today, and the path by which they count."""
    held = and_(membership.c.household_id == visit.c.household_id, belongs())
    joined = visit.outerjoin(membership, held).outerjoin(unit, and_(unit.c.id == membership.c.unit_id, units.current()))
    made = and_(visit.c.at >= begin, visit.c.at < end, visit.c.withdrawn_at.is_(None))
    return joined, made, func.coalesce(unit.c.path, visit.c.path_then)


def visits_by_path(db: Db, begin: dt.datetime, end: dt.datetime) -> list[tuple[str, int]]:
    """Return how many visits and errands were made in a time, by the path of the unit."""
    joined, made, path = _visits(begin, end)
    query = select(path, func.count()).select_from(joined).where(made).group_by(path)
    return [(str(row[0]), int(row[1])) for row in db.run.execute(query)]


def homes_visited_by_path(db: Db, begin: dt.datetime, end: dt.datetime) -> list[tuple[str, int]]:
    """Return how many homes were visited in a time, each once, by the path of the unit."""
    joined, made, path = _visits(begin, end)
    query = select(path, func.count(distinct(visit.c.household_id))).select_from(joined)
    query = query.where(made, visit.c.kind == "visit", visit.c.household_id != "").group_by(path)
    return [(str(row[0]), int(row[1])) for row in db.run.execute(query)]


def any_visit(db: Db, before: dt.datetime) -> bool:
    """Tell whether a visit was ever written down before a moment."""
    made = (visit.c.at < before, visit.c.withdrawn_at.is_(None))
    return db.run.execute(select(visit.c.fid).where(*made).limit(1)).first() is not None


def chiefs_by_path(db: Db, at: dt.datetime) -> list[tuple[str, int]]:
    """Return how many chiefs (片长, 组长, 邻长) were in office at a moment, by the path their unit had then."""
    held = and_(appointment.c.from_at <= at, or_(appointment.c.to_at.is_(None), appointment.c.to_at > at))
    joined = appointment.join(unit, and_(unit.c.id == appointment.c.unit_id, units.current(at)))
    query = select(unit.c.path, func.count()).select_from(joined)
    rows = db.run.execute(query.where(held, appointment.c.post == CHIEF).group_by(unit.c.path))
    return [(str(row[0]), int(row[1])) for row in rows]


def keep_index(db: Db, row: Mapping[str, Any]) -> None:
    """Keep the index of a unit for a period, in place of what was kept of it."""
    same = (index_kept.c.period == row["period"], index_kept.c.path == row["path"])
    db.run.execute(delete(index_kept).where(*same))
    db.run.execute(insert(index_kept).values(**row))


def kept_indexes(db: Db, path: str, most: int) -> Sequence[Any]:
    """Return the kept indexes of a unit, the latest period first."""
    query = select(index_kept).where(index_kept.c.path == path)
    return db.run.execute(query.order_by(index_kept.c.period.desc()).limit(most)).all()


def add_cases(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down the hard cases of a month."""
    if rows:
        db.run.execute(insert(review_case), [dict(row) for row in rows])


def cases(db: Db, scope: Scope, month: str, path: str = "") -> Sequence[Any]:
    """Return the hard cases of a month's lists in a scope, of one unit's list where its path is given."""
    wanted = [review_case.c.month == month, units.in_scope(scope, review_case.c.path)]
    if path:
        wanted.append(review_case.c.path == path)
    return db.run.execute(select(review_case).where(*wanted).order_by(review_case.c.path, review_case.c.id)).all()


def case(db: Db, case_id: str) -> Any:
    """Return a hard case, or None."""
    return db.run.execute(select(review_case).where(review_case.c.id == case_id)).first()


def settle_case(db: Db, case_id: str, values: Mapping[str, Any]) -> None:
    """Write what was found of a hard case."""
    db.run.execute(review_case.update().where(review_case.c.id == case_id).values(**values))
