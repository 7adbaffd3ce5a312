"""Issues and their events in SQL: written once each, with what the events have come to kept beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, text

from geodata.store import units
from geodata.store.database import Db
from geodata.store.once import add_once
from survey.rules.issue_case import Event
from survey.rules.photos import VOICE
from survey.store.issue_tables import issue, issue_category, issue_event, issue_party, office, photo

_LOCK = 431385  # any number of our own: those who number issues take turns on PostgreSQL
_FEW = 500
SHOWN: tuple[Any, ...] = tuple(
    column for column in issue.columns if column.name not in ("raw", "digest", "raiser_sealed")
)


def add(db: Db, values: Mapping[str, Any]) -> bool:
    """Write a new issue; False where its id is there already."""
    return add_once(db, issue, values)


def add_many(db: Db, rows: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> None:
    """Write many new issues with their events, none of which is there yet."""
    if rows:
        db.run.execute(insert(issue), list(rows))
        db.run.execute(insert(issue_event), list(events))


def add_events(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many events, none of which is there yet."""
    if rows:
        db.run.execute(insert(issue_event), list(rows))


def update_many(db: Db, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what the events of many issues have come to, by issue; each gives the same columns."""
    if values:
        names = list(next(iter(values.values())))
        changed = issue.update().where(issue.c.id == bindparam("chosen"))
        changed = changed.values({name: bindparam(f"new_{name}") for name in names})
        rows = [{"chosen": one, **{f"new_{name}": new[name] for name in names}} for one, new in values.items()]
        db.run.execute(changed, rows)


def some(db: Db, ids: Sequence[str]) -> dict[str, Any]:
    """Return some issues by id."""
    found: dict[str, Any] = {}
    for start in range(0, len(ids), _FEW):
        chosen = issue.c.id.in_(list(ids[start : start + _FEW]))
        found.update({row.id: row for row in db.run.execute(select(*SHOWN).where(chosen))})
    return found


def update(db: Db, issue_id: str, values: Mapping[str, Any]) -> None:
    """Write what the events of an issue have come to."""
    db.run.execute(issue.update().where(issue.c.id == issue_id).values(**values))


def next_number(db: Db, day: dt.date) -> int:
    """Return the next running number of a day, for numbers like 20260306-00017; until the end of this transaction
    nobody else gets one.
    """
    if not db.embedded:
        db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    prefix = f"{day:%Y%m%d}-"
    query = select(func.max(issue.c.number)).where(issue.c.number >= prefix, issue.c.number < prefix + "~")
    last = db.run.execute(query).scalar()
    return int(last.partition("-")[2]) + 1 if last else 1


def raw(db: Db, issue_id: str, *, lock: bool = False) -> Any:
    """Return all of an issue, or None; ``lock`` keeps it from being changed until this transaction ends."""
    query = select(issue).where(issue.c.id == issue_id)
    return db.run.execute(query if db.embedded or not lock else query.with_for_update()).first()


def add_event(db: Db, values: Mapping[str, Any]) -> bool:
    """Write an event; False where its id is there already."""
    return add_once(db, issue_event, values)


def event(db: Db, event_id: str) -> Any:
    """Return an event's row, or None."""
    return db.run.execute(select(issue_event).where(issue_event.c.id == event_id)).first()


def event_rows(db: Db, issue_id: str) -> Sequence[Any]:
    """Return the rows of an issue's events, oldest first."""
    query = select(issue_event).where(issue_event.c.issue_id == issue_id)
    return db.run.execute(query.order_by(issue_event.c.fid)).all()


def events_by_issue(db: Db, ids: Sequence[str]) -> dict[str, list[Event]]:
    """Return the events of some issues, by issue."""
    found: dict[str, list[Event]] = {one: [] for one in ids}
    for start in range(0, len(ids), _FEW):
        chosen = issue_event.c.issue_id.in_(list(ids[start : start + _FEW]))
        for row in db.run.execute(select(issue_event).where(chosen).order_by(issue_event.c.fid)):
            found[row.issue_id].append(event_of(row))
    return found


def event_of(row: Any) -> Event:
    """Return a stored event as the rules read it."""
    place = (row.lon, row.lat) if row.lon is not None else None
    return Event(row.id, row.kind, row.at, row.by_id, row.capacity, row.level, row.detail, row.after, place)


def set_parties(db: Db, issue_id: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write who is engaged in an issue beside its holder, in place of who was."""
    db.run.execute(delete(issue_party).where(issue_party.c.issue_id == issue_id))
    new = [{"issue_id": issue_id, **row} for row in rows]
    if new:
        db.run.execute(insert(issue_party), new)


def set_parties_of_many(db: Db, ids: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write who is engaged in many issues beside their holders, in place of who was; rows name their ``issue_id``."""
    for start in range(0, len(ids), _FEW):
        db.run.execute(delete(issue_party).where(issue_party.c.issue_id.in_(list(ids[start : start + _FEW]))))
    if rows:
        db.run.execute(insert(issue_party), list(rows))


def parties(db: Db, ids: Sequence[str]) -> Sequence[Any]:
    """Return who is engaged in some issues beside their holders."""
    return db.run.execute(select(issue_party).where(issue_party.c.issue_id.in_(list(ids)))).all()


def photo_counts(db: Db, ids: Sequence[str]) -> dict[str, int]:
    """Return how many photos some issues have; recordings are none."""
    shown = (photo.c.issue_id.in_(list(ids)), photo.c.hidden_at.is_(None), photo.c.stage != VOICE)
    query = select(photo.c.issue_id, func.count()).where(*shown)
    return {row[0]: int(row[1]) for row in db.run.execute(query.group_by(photo.c.issue_id))}


def categories(db: Db, ids: Iterable[str] | None = None) -> dict[str, Any]:
    """Return categories by id: some of them, or all."""
    query = select(issue_category)
    if ids is not None:
        query = query.where(issue_category.c.id.in_(sorted(set(ids))))
    return {row.id: row for row in db.run.execute(query)}


def offices(db: Db, ids: Iterable[str]) -> dict[str, Any]:
    """Return offices by id."""
    return {row.id: row for row in db.run.execute(select(office).where(office.c.id.in_(sorted(set(ids)))))}


def open_before(db: Db, moment: dt.datetime) -> Sequence[Any]:
    """Return the open issues whose deadline comes before a moment, the nearest first."""
    query = select(*SHOWN).where(issue.c.closed_at.is_(None), issue.c.due.is_not(None), issue.c.due <= moment)
    return db.run.execute(query.order_by(issue.c.due, issue.c.fid)).all()


def paused(db: Db) -> Sequence[Any]:
    """Return the open issues whose clock stands still."""
    return db.run.execute(select(*SHOWN).where(issue.c.closed_at.is_(None), issue.c.paused.is_(True))).all()


def under(db: Db, path: str, *, only_open: bool = False) -> Sequence[Any]:
    """Return the issues that lie under a path, with ``geom``."""
    wanted = [units.under(path, issue.c.path)] + ([issue.c.closed_at.is_(None)] if only_open else [])
    return db.run.execute(select(*SHOWN).where(*wanted)).all()


def set_paths(db: Db, paths: Mapping[str, str]) -> None:
    """Write where some issues lie in today's net."""
    if paths:
        moved = issue.update().where(issue.c.id == bindparam("chosen")).values(path=bindparam("new"))
        db.run.execute(moved, [{"chosen": one, "new": path} for one, path in paths.items()])


def count_open_under(db: Db, path: str) -> int:
    """Return how many open issues lie under a path."""
    query = select(func.count()).select_from(issue).where(issue.c.closed_at.is_(None), units.under(path, issue.c.path))
    return int(db.run.execute(query).scalar_one())


def count_held(db: Db, unit_ids: Sequence[str]) -> dict[str, int]:
    """Return how many open issues each of some units holds."""
    query = select(issue.c.holder_id, func.count()).where(
        issue.c.closed_at.is_(None), issue.c.holder_kind == "unit", issue.c.holder_id.in_(list(unit_ids))
    )
    return {row[0]: int(row[1]) for row in db.run.execute(query.group_by(issue.c.holder_id))}
