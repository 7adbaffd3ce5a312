"""Many issues at once: who may see which, one query for the list, the board, the map and the file, and its counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, func, literal, or_, select, true, tuple_, type_coerce

from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import InBox, lonlat_of
from survey.rules.issue_case import OPEN
from survey.rules.issue_query import IssueQuery, Sight
from survey.store.issue_tables import issue, issue_category, issue_event, issue_party
from survey.store.issues import SHOWN


def one(db: Db, sight: Sight, issue_id: str) -> Any:
    """Return an issue that somebody may see, or None."""
    return db.run.execute(select(issue).where(issue.c.id == issue_id, readable(sight))).first()


def readable(sight: Sight) -> ColumnElement[bool]:
    """Return the condition for the issues that somebody may see."""
    if "" in sight.ground.paths and "" in sight.restricted.paths:
        return true()
    ground = units.in_scope(sight.ground, issue.c.path)
    plain = or_(issue.c.restricted.is_(False), units.in_scope(sight.restricted, issue.c.path))
    seen = [and_(ground, plain)]
    if sight.account_id:
        seen.append(issue.c.by_id == sight.account_id)
    parties = []
    if sight.office_id:
        seen.append(and_(issue.c.holder_kind == "office", issue.c.holder_id == sight.office_id))
        parties.append(and_(issue_party.c.kind == "office", issue_party.c.party_id == sight.office_id))
    if sight.units:
        mine = sorted(sight.units)
        seen.append(and_(issue.c.holder_kind == "unit", issue.c.holder_id.in_(mine)))
        parties.append(and_(issue_party.c.kind == "unit", issue_party.c.party_id.in_(mine)))
    if parties:
        seen.append(issue.c.id.in_(select(issue_party.c.issue_id).where(or_(*parties))))
    return or_(*seen)


def of_person(db: Db, sight: Sight, limit: int) -> Sequence[Any]:
    """Return the open issues that somebody holds, is engaged in, or raised, the nearest deadline first."""
    parties = [and_(issue_party.c.kind == "unit", issue_party.c.party_id.in_(sorted(sight.units)))]
    if sight.office_id:
        parties.append(and_(issue_party.c.kind == "office", issue_party.c.party_id == sight.office_id))
    engaged = issue.c.id.in_(select(issue_party.c.issue_id).where(or_(*parties)))
    concerned = or_(_mine(sight), engaged, issue.c.by_id == (sight.account_id or "-"))
    query = select(*SHOWN).where(readable(sight), issue.c.closed_at.is_(None), concerned)
    return db.run.execute(query.order_by(_SORT_KEYS["due"], issue.c.fid).limit(limit)).all()


def conditions(query: IssueQuery, sight: Sight, path: str, now: dt.datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a query for somebody; ``path`` is that of the query's unit, "" for all they see."""
    found = [readable(sight), issue.c.state.in_(query.states)]
    if set(query.states) <= set(OPEN):
        found.append(issue.c.closed_at.is_(None))  # the word by which the indexes of open issues are chosen
    plain = {"category_id": query.category, "grade": query.grade, "source": query.source}
    found += [issue.c[name] == value for name, value in plain.items() if value]
    asked = (
        (path, lambda: units.under(path, issue.c.path)),
        (query.major, lambda: issue.c.category_id.in_(_of_major(query.major))),
        (query.late or query.tray == "overdue", lambda: is_late(now)),
        (query.from_at, lambda: issue.c.at >= query.from_at),
        (query.to_at, lambda: issue.c.at < query.to_at),
        (query.raised, lambda: issue.c.by_id == sight.account_id),
        (query.words, lambda: _says(query.words)),
        (query.box, lambda: InBox(issue, query.box)),
    )
    found += [condition() for is_asked, condition in asked if is_asked]
    return [*found, *_held_by(query.holder, sight), *_in_tray(query.tray, sight)]


def _of_major(major: str) -> Any:
    return select(issue_category.c.id).where(issue_category.c.major == major)


def is_late(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition for open issues whose deadline has gone by."""
    return and_(issue.c.closed_at.is_(None), issue.c.due.is_not(None), issue.c.due <= now)


def _says(words: str) -> ColumnElement[bool]:
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    texts = (issue.c.text, issue.c.place_text, issue.c.number)
    return or_(*(column.like(f"%{escaped}%", escape="\\") for column in texts))


def _held_by(holder: str, sight: Sight) -> list[ColumnElement[bool]]:
    if not holder:
        return []
    if holder == "mine":
        return [_mine(sight)]
    kind, _, party_id = holder.partition(":")
    return [and_(issue.c.holder_kind == kind, issue.c.holder_id == party_id)]


def _mine(sight: Sight) -> ColumnElement[bool]:
    units_held = and_(issue.c.holder_kind == "unit", issue.c.holder_id.in_(sorted(sight.units)))
    return or_(units_held, and_(issue.c.holder_kind == "office", issue.c.holder_id == (sight.office_id or "-")))


def _in_tray(tray: str, sight: Sight) -> list[ColumnElement[bool]]:
    called = select(issue_party.c.issue_id).where(issue_party.c.role == "called")
    if sight.office_id:
        called = called.where(issue_party.c.party_id == sight.office_id)
    checked = select(issue_event.c.issue_id).where(issue_event.c.kind == "checked")
    trays: dict[str, list[ColumnElement[bool]]] = {
        "in_tray": [issue.c.state == "waiting", _mine(sight)],
        "whistles": [issue.c.id.in_(called)],
        "checks": [issue.c.state == "solved", issue.c.id.not_in(checked)],
        "answers": [issue.c.state == "solved", _mine(sight)],
        "reviews": [issue.c.state == "answered"],
    }
    return trays.get(tray, [])


# moments as their text, which both databases sort alike; what has no deadline comes behind all that have one
_AT: Any = type_coerce(issue.c.at, Text)
_SORT_KEYS: dict[str, Any] = {"due": func.coalesce(type_coerce(issue.c.due, Text), "9999"), "at": _AT, "-at": _AT}


def page(
    db: Db, wanted: Sequence[ColumnElement[bool]], sort: str, after: str, limit: int
) -> tuple[Sequence[Any], str | None]:
    """Return a page of issues and the cursor of the next one; ``after`` is such a cursor."""
    key = _SORT_KEYS[sort]
    downwards = sort == "-at"
    query = select(*SHOWN, key.label("sort_key")).where(*wanted)
    if after:
        value, _, fid = after.rpartition("|")
        position = tuple_(key, issue.c.fid)
        mark = tuple_(literal(value), literal(int(fid) if fid.isdigit() else 0))
        query = query.where(position < mark if downwards else position > mark)
    order = (key.desc(), issue.c.fid.desc()) if downwards else (key, issue.c.fid)
    rows = db.run.execute(query.order_by(*order).limit(limit)).all()
    return rows, f"{rows[-1].sort_key}|{rows[-1].fid}" if len(rows) == limit else None


def count(db: Db, wanted: Sequence[ColumnElement[bool]], now: dt.datetime) -> tuple[int, int]:
    """Return how many issues there are and how many of them are late."""
    late = func.coalesce(func.sum(case((is_late(now), 1), else_=0)), 0)
    row = db.run.execute(select(func.count(), late).select_from(issue).where(*wanted)).one()
    return int(row[0]), int(row[1])


def count_on_time(db: Db, wanted: Sequence[ColumnElement[bool]], now: dt.datetime) -> tuple[int, int]:
    """Return how many issues had their result on time, and of how many that can be said: open overdue ones count.

    The same as ``survey.rules.issues.on_time`` says of one: complex issues owe no result; what is early, taken back or
    merged is not counted.
    """
    met = and_(issue.c.solved_at.is_not(None), issue.c.solved_at < issue.c.result_due)
    counted = or_(issue.c.solved_at.is_not(None), issue.c.result_due <= now)
    query = select(func.count(), func.coalesce(func.sum(case((met, 1), else_=0)), 0)).select_from(issue)
    ended = issue.c.state.not_in(("merged", "withdrawn"))
    row = db.run.execute(query.where(*wanted, issue.c.result_due.is_not(None), counted, ended)).one()
    return int(row[1]), int(row[0])


def count_by_state(db: Db, wanted: Sequence[ColumnElement[bool]], now: dt.datetime) -> dict[str, tuple[int, int]]:
    """Return by state how many issues there are and how many of them are late."""
    late = func.coalesce(func.sum(case((is_late(now), 1), else_=0)), 0)
    query = select(issue.c.state, func.count(), late).where(*wanted).group_by(issue.c.state)
    return {row[0]: (int(row[1]), int(row[2])) for row in db.run.execute(query)}


def points(db: Db, wanted: Sequence[ColumnElement[bool]], most: int) -> list[tuple[Any, float, float]]:
    """Return what is drawn of issues, with lon and lat in degrees, the newest first."""
    columns = (issue.c.id, issue.c.number, issue.c.state, issue.c.due, issue.c.category_id, issue.c.geom, issue.c.path)
    rows = db.run.execute(select(*columns).where(*wanted).order_by(issue.c.at.desc()).limit(most)).all()
    places = lonlat_of([row.geom for row in rows]).tolist()
    return [(row, lon, lat) for row, (lon, lat) in zip(rows, places, strict=True)]
