"""Visits and errands in SQL: written once each, and which homes are due by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, type_coerce

from geodata.rules.actors import EVERYWHERE, Scope
from geodata.store import households, units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.once import add_once
from geodata.store.tables import household, membership, unit
from geodata.store.types import Instant
from survey.rules.visit_sorting import Sorting
from survey.rules.visits import VISIT, Marks
from survey.store.tables import account, appointment
from survey.store.visit_tables import visit

_FEW = 500
_LONG_AGO = dt.datetime(1949, 10, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class HomeThen:
    """A home at a moment: the unit that held it then, the path that holds it today ("" for none), from when to when."""

    path_then: str
    unit_then: str
    path_now: str
    created_at: dt.datetime
    retired_at: dt.datetime | None


def add(db: Db, values: Mapping[str, Any]) -> bool:
    """Write a visit; False where its id is there already."""
    return add_once(db, visit, values)


def add_many(db: Db, columns: Mapping[str, Any]) -> None:
    """Write many visits given column by column, none of which is there yet."""
    insert_columns(db, visit, columns)


def one(db: Db, visit_id: str) -> Any:
    """Return a visit, or None."""
    return db.run.execute(select(visit).where(visit.c.id == visit_id)).first()


def withdraw(db: Db, visit_id: str, now: dt.datetime) -> None:
    """Take a visit back; it stays readable to who made it."""
    db.run.execute(visit.update().where(visit.c.id == visit_id).values(withdrawn_at=now))


def officer_of(db: Db, account_id: str) -> str:
    """Return the officer whose account it is, "" for none."""
    return str(db.run.execute(select(account.c.officer_id).where(account.c.id == account_id)).scalar() or "")


def home_then(db: Db, household_id: str, at: dt.datetime) -> HomeThen | None:
    """Return where a home belonged at a moment and belongs today, or None for no such home."""
    held = membership.join(unit, and_(unit.c.id == membership.c.unit_id, units.current()))
    joined = household.outerjoin(held, and_(membership.c.household_id == household.c.id, households.belongs()))
    columns = (household.c.created_at, household.c.retired_at, *_HOLDER)
    row = db.run.execute(select(*columns).select_from(joined).where(household.c.id == household_id)).first()
    if row is None:
        return None
    is_same = row.id is not None and row.since <= at and row.valid_from <= at
    then = row if is_same else _holder_then(db, household_id, at)
    if then is None:
        then = row
    return HomeThen(then.path or "", then.id or "", row.path or "", row.created_at, row.retired_at)


_HOLDER = (unit.c.id, unit.c.path, unit.c.valid_from, membership.c.valid_from.label("since"))


def _holder_then(db: Db, household_id: str, at: dt.datetime) -> Any:
    joined = membership.join(unit, and_(unit.c.id == membership.c.unit_id, units.current(at)))
    query = select(*_HOLDER).select_from(joined)
    return db.run.execute(query.where(membership.c.household_id == household_id, households.belongs(at))).first()


def chief_paths_then(db: Db, officer_id: str, at: dt.datetime) -> list[str]:
    """Return the paths, as they were at a moment, of the units whose chief an officer was at that moment."""
    joined = appointment.join(unit, and_(unit.c.id == appointment.c.unit_id, units.current(at)))
    query = select(unit.c.path).select_from(joined).where(
        appointment.c.officer_id == officer_id, appointment.c.post == "chief", appointment.c.from_at <= at,
        or_(appointment.c.to_at.is_(None), appointment.c.to_at > at),
    )  # fmt: skip
    return list(db.run.execute(query).scalars())


def _counts(outcomes: Sequence[str]) -> ColumnElement[bool]:
    return and_(visit.c.kind == VISIT, visit.c.outcome.in_(list(outcomes)), visit.c.withdrawn_at.is_(None))


def _last(sort: Sorting) -> Any:
    """Return the moment of a home's last visit that counts, found by the index of each home."""
    query = select(func.max(visit.c.at)).where(visit.c.household_id == household.c.id, _counts(sort.outcomes))
    return type_coerce(query.correlate(household).scalar_subquery(), Instant)


def _state(sort: Sorting, last: Any, otherwise: Any = household.c.created_at) -> Any:
    """Return a home's state, as ``survey.rules.visits.owed`` decides it for one.

    Parameters
    ----------
    otherwise
        From when it owes where ``last`` is none.
    """

    def of_class(marks: Marks) -> Any:
        if marks.this is None:
            return literal("done")
        return case(
            (last >= marks.this, "done"),
            (func.coalesce(last, otherwise) < type_coerce(marks.before, Instant), "overdue"),
            else_="due",
        )

    return case((household.c.priority.is_(True), of_class(sort.priority)), else_=of_class(sort.ordinary))


def due_page(
    db: Db, scope: Scope, path: str, sort: Sorting, states: Sequence[str], after: str, limit: int
) -> Sequence[Any]:
    """Return a page of the homes under a path in some states (none for all), by code, with ``state`` and their unit."""
    recent, state = _sorted(sort, scope, path)
    columns = (*households.PLAIN, household.c.created_at, unit.c.id.label("unit_id"), unit.c.path, unit.c.level,
               state.label("state"))  # fmt: skip
    query = households.placed(scope, None, *columns).outerjoin(recent, recent.c.household_id == household.c.id)
    query = query.where(units.under(path, unit.c.path), household.c.code > after)
    if states:
        query = query.where(state.in_(list(states)))
    return db.run.execute(query.order_by(household.c.code).limit(limit)).all()


def states_by_path(db: Db, scope: Scope, path: str, sort: Sorting) -> list[tuple[str, str, int]]:
    """Return (unit path, state, homes) for the units of a scope under a path that hold homes themselves."""
    recent, state = _sorted(sort, scope, path)
    query = households.placed(scope, None, unit.c.path, state, func.count())
    query = query.outerjoin(recent, recent.c.household_id == household.c.id)
    query = query.where(units.under(path, unit.c.path)).group_by(unit.c.path, state)
    return [(row[0], row[1], row[2]) for row in db.run.execute(query)]


def _sorted(sort: Sorting, scope: Scope, path: str) -> tuple[Any, Any]:
    """Return the recent visits of the homes of a scope under a path, and the state that follows for each home."""
    recent = _recent(sort, scope, path)
    earlier = select(visit.c.fid).where(visit.c.household_id == household.c.id, _counts(sort.outcomes))
    before_all = literal(_LONG_AGO, Instant)  # a visit that is not recent: a whole period has gone by since
    otherwise = case((earlier.correlate(household).exists(), before_all), else_=household.c.created_at)
    return recent, _state(sort, type_coerce(recent.c.last, Instant), otherwise)


def _recent(sort: Sorting, scope: Scope, path: str) -> Any:
    """Return the last visit of each home of a ground that had one lately enough to decide anything.

    Found once for all homes: asked home by home, a page of a town took two seconds.
    """
    wanted = [_counts(sort.outcomes), visit.c.household_id != ""]
    if sort.earliest is not None:
        wanted.append(visit.c.at >= sort.earliest)
    if path.count("/") > 1 or not units.is_whole(scope):
        joined = membership.join(unit, and_(unit.c.id == membership.c.unit_id, units.current()))
        here = select(membership.c.household_id).select_from(joined).where(
            households.belongs(), units.under(path, unit.c.path), units.in_scope(scope, unit.c.path)
        )  # fmt: skip
        wanted.append(visit.c.household_id.in_(here))
    query = select(visit.c.household_id, func.max(visit.c.at).label("last")).where(*wanted)
    return query.group_by(visit.c.household_id).subquery()


def last_of(db: Db, ids: Sequence[str], outcomes: Sequence[str]) -> dict[str, dt.datetime]:
    """Return when each of some homes was last visited, by id; those never visited are left out."""
    found: dict[str, dt.datetime] = {}
    for start in range(0, len(ids), _FEW):
        chosen = visit.c.household_id.in_(list(ids[start : start + _FEW]))
        query = select(visit.c.household_id, func.max(visit.c.at)).where(chosen, _counts(outcomes))
        found.update({row[0]: row[1] for row in db.run.execute(query.group_by(visit.c.household_id))})
    return found


def owing(db: Db, ids: Sequence[str], sort: Sorting) -> set[str]:
    """Return which of some homes are due or overdue."""
    found: set[str] = set()
    state = _state(sort, _last(sort))
    for start in range(0, len(ids), _FEW):
        chosen = household.c.id.in_(list(ids[start : start + _FEW]))
        found |= set(db.run.execute(select(household.c.id).where(chosen, state != "done")).scalars())
    return found


def owing_by_unit(db: Db, path: str, sort: Sorting) -> dict[str, int]:
    """Return how many homes under a path are due or overdue, by the unit that holds them itself."""
    counted: dict[str, int] = {}
    ids = {row.path: row.id for row in units.paths(db, path)}
    for unit_path, state, homes in states_by_path(db, EVERYWHERE, path, sort):
        if state != "done" and unit_path in ids:
            counted[ids[unit_path]] = counted.get(ids[unit_path], 0) + homes
    return counted


def moved_owing(db: Db, path: str, at: dt.datetime, sort: Sorting) -> dict[tuple[str, str], int]:
    """Return how many homes that are due or overdue went, at a moment, from one unit to another under a path."""
    left = membership.alias("left_behind")
    joined = membership.join(left, and_(left.c.household_id == membership.c.household_id, left.c.valid_to == at))
    joined = joined.join(household, household.c.id == membership.c.household_id)
    here = select(unit.c.id).where(units.under(path), unit.c.valid_to.is_(None))
    query = select(left.c.unit_id, membership.c.unit_id, func.count()).select_from(joined).where(
        membership.c.unit_id.in_(here), membership.c.valid_from == at, left.c.unit_id != membership.c.unit_id,
        _state(sort, _last(sort)) != "done",
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in db.run.execute(query.group_by(left.c.unit_id, membership.c.unit_id))}


def of_home(db: Db, household_id: str, limit: int) -> Sequence[Any]:
    """Return what was logged at a home, the newest first."""
    query = select(visit).where(visit.c.household_id == household_id)
    return db.run.execute(query.order_by(visit.c.at.desc(), visit.c.fid.desc()).limit(limit)).all()


def some_places(db: Db, scope: Scope, ids: Sequence[str]) -> dict[str, bytes]:
    """Return the points (WKB, EPSG:4490) of some homes inside a scope, by id."""
    query = households.placed(scope, None, household.c.id, household.c.geom).where(household.c.id.in_(list(ids)))
    return {row.id: row.geom for row in db.run.execute(query)}


def counts_by_path(db: Db, path: str, since: dt.datetime, until: dt.datetime) -> list[tuple[str, str, str, int]]:
    """Return (path of then, kind, outcome, how many) of what was made from a moment until another, under a path."""
    query = select(visit.c.path_then, visit.c.kind, visit.c.outcome, func.count()).where(
        units.under(path, visit.c.path_then), visit.c.at >= since, visit.c.at <= until, visit.c.withdrawn_at.is_(None)
    )  # fmt: skip
    query = query.group_by(visit.c.path_then, visit.c.kind, visit.c.outcome)
    return [(row[0], row[1], row[2], row[3]) for row in db.run.execute(query)]


def visited_by_path(
    db: Db, scope: Scope, path: str, since: dt.datetime, until: dt.datetime, outcomes: Sequence[str]
) -> list[tuple[str, int]]:
    """Return (today's unit path, homes visited at least once in a span) for the living homes of a scope."""
    seen = select(visit.c.household_id).where(
        visit.c.at >= since, visit.c.at <= until, _counts(outcomes), visit.c.household_id != ""
    )  # fmt: skip
    query = households.placed(scope, None, unit.c.path, func.count())
    query = query.where(units.under(path, unit.c.path), household.c.id.in_(seen)).group_by(unit.c.path)
    return [(row[0], row[1]) for row in db.run.execute(query)]
