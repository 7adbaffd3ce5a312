from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select

from geodata.rules.units import Level
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.plans import UNIT_COLUMNS
from geodata.store.tables import household, membership, plan, plan_lock, plan_member, plan_revision, plan_unit, unit
from geodata.store.types import InBox, shapes_of

_UNIT = tuple(plan_unit.c[name] for name in (*UNIT_COLUMNS, "locked"))


def _alive(table: Any, plan_id: Any, revision: int | None) -> ColumnElement[bool]:
    """Return the condition for the rows of a plan at a revision; None is the newest, which the indexes know best."""
    mine = table.c.plan_id == plan_id
    if revision is None:
        return and_(mine, table.c.to_revision.is_(None))
    return and_(
        mine, table.c.from_revision <= revision, or_(table.c.to_revision.is_(None), table.c.to_revision > revision)
    )


# what every edit asks: statements built once, for building them costs as much as running them
_PLAN: Any = bindparam("plan")
_IDS: Any = bindparam("ids", expanding=True)
_BY_ID = select(plan_revision).where(plan_revision.c.id == bindparam("edit"), plan_revision.c.plan_id == _PLAN)
_ONE = select(plan_revision).where(plan_revision.c.plan_id == _PLAN, plan_revision.c.number == bindparam("number"))
_DRAWN_ON = select(func.max(plan_revision.c.number)).where(
    plan_revision.c.plan_id == _PLAN,
    plan_revision.c.parent == bindparam("parent"),
    plan_revision.c.stands_for == plan_revision.c.number,
)
_ADD = plan_revision.insert()
_NOW = plan.update().where(plan.c.id == _PLAN)
_GROWN = _NOW.values({name: bindparam(f"new_{name}") for name in ("head", "counts", "objective_m2")})


def by_id(db: Db, plan_id: str, edit_id: str) -> Any:
    """Return the revision that a client's edit made, or None."""
    return db.run.execute(_BY_ID, {"plan": plan_id, "edit": edit_id}).first()


def one(db: Db, plan_id: str, number: int) -> Any:
    """Return a revision by its number, or None."""
    return db.run.execute(_ONE, {"plan": plan_id, "number": number}).first()


def page(db: Db, plan_id: str, before: int, limit: int) -> Sequence[Any]:
    """Return a page of a plan's revisions, newest first, below the number ``before`` (0 = from the newest)."""
    query = select(plan_revision).where(plan_revision.c.plan_id == plan_id)
    if before:
        query = query.where(plan_revision.c.number < before)
    return db.run.execute(query.order_by(plan_revision.c.number.desc()).limit(limit)).all()


def newest_after(db: Db, plan_id: str, stands_for: int) -> int | None:
    """Return the newest revision that was drawn on top of another: what redo brings back."""
    return db.run.execute(_DRAWN_ON, {"plan": plan_id, "parent": stands_for}).scalar()


def add(
    db: Db, now: dt.datetime, by: str, plan_id: str, number: int, figures: Mapping[str, Any], **values: Any
) -> None:
    """Write a revision and make it the plan's newest.

    ``figures``: counts and objective_m2 of the plan from now on; ``values``: id, parent, stands_for, act, detail.
    """
    db.run.execute(_ADD, {"plan_id": plan_id, "number": number, "by": by, "at": now, **values})
    news = {"new_head": number, "new_counts": figures["counts"], "new_objective_m2": figures["objective_m2"]}
    db.run.execute(_GROWN, {"plan": plan_id, **news})


_NEWEST = _alive(plan_unit, _PLAN, None)
# said so that SQLite has no index for the plan and begins with the R*Tree: else it walks through all of the plan
_AMONG_MET = and_(plan_unit.c.plan_id.concat("") == _PLAN, plan_unit.c.to_revision.is_(None))
_MEETING = select(*_UNIT).where(InBox(plan_unit, None), _AMONG_MET, plan_unit.c.level != Level.VILLAGE.value)
_CHOSEN = select(*_UNIT).where(_NEWEST, plan_unit.c.unit_id.in_(_IDS))


@cache
def _around(whole: int, upper: int) -> Any:
    """Return the statement for the units at some paths, at and under some, and those above the 邻 under others.

    The plan is named in each part, so that SQLite looks each of them up in the index.
    """
    at = and_(plan_unit.c.plan_id == _PLAN, plan_unit.c.path.in_(bindparam("at", expanding=True)))
    below = [_between(f"whole_{i}") for i in range(whole)]
    above_lins = [and_(_between(f"upper_{i}"), plan_unit.c.level != Level.LIN.value) for i in range(upper)]
    wanted = or_(at, *below, *above_lins)
    return select(*_UNIT).where(plan_unit.c.to_revision.is_(None), wanted).order_by(plan_unit.c.path)


def _between(name: str) -> ColumnElement[bool]:
    low: Any = bindparam(f"{name}_low")
    high: Any = bindparam(f"{name}_high")
    return and_(plan_unit.c.plan_id == _PLAN, plan_unit.c.path >= low, plan_unit.c.path < high)


def units_meeting(db: Db, plan_id: str, box: Sequence[float]) -> Sequence[Any]:
    """Return the newest units below the village whose box meets (west, south, east, north) degrees, ``geom`` as WKB."""
    sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
    return db.run.execute(_MEETING, {"plan": plan_id, **sides}).all()


def units_by_id(db: Db, plan_id: str, ids: Iterable[str]) -> Sequence[Any]:
    """Return the newest units with some ids, ``geom`` as WKB."""
    return db.run.execute(_CHOSEN, {"plan": plan_id, "ids": sorted(set(ids))}).all()


def units_around(
    db: Db, plan_id: str, whole: Iterable[str], upper: Iterable[str] = (), at: Iterable[str] = ()
) -> Sequence[Any]:
    """Return the newest units at some paths, ``geom`` as WKB, ordered by path.

    Parameters
    ----------
    whole
        Paths of which everything at or under is wanted.
    upper
        Paths of which what is at or under is wanted, but no 邻.
    at
        Paths of units wanted alone.
    """
    tops = _padded(sorted(set(whole)))
    above = _padded(sorted(set(upper) - set(tops)))
    named = {**{f"whole_{i}": p for i, p in enumerate(tops)}, **{f"upper_{i}": p for i, p in enumerate(above)}}
    lows = {f"{name}_low": path for name, path in named.items()}
    highs = {f"{name}_high": path[:-1] + chr(ord(path[-1]) + 1) for name, path in named.items()}
    asked = {"plan": plan_id, "at": sorted(set(at)), **lows, **highs}
    return db.run.execute(_around(len(tops), len(above)), asked).all()


def _padded(paths: list[str]) -> list[str]:
    """Repeat the last path up to a power of two of them, so that few different statements serve every number."""
    return paths + paths[-1:] * ((1 << (len(paths) - 1).bit_length()) - len(paths)) if paths else []


def units_under(db: Db, plan_id: str, paths: Iterable[str], revision: int | None = None) -> Sequence[Any]:
    """Return the units at or under some paths at a revision (None = the newest), ``geom`` as WKB, by path."""
    if revision is None:
        return units_around(db, plan_id, paths)
    inside = [units.under(path, plan_unit.c.path) for path in sorted(set(paths))]
    query = select(*_UNIT).where(_alive(plan_unit, plan_id, revision), or_(*inside))
    return db.run.execute(query.order_by(plan_unit.c.path)).all()


_VILLAGE = (
    select(plan_unit.c.unit_id, plan_unit.c.path)
    .where(_NEWEST, plan_unit.c.level == "village")
    .order_by(plan_unit.c.path)
    .limit(1)
)


def any_village(db: Db, plan_id: str) -> tuple[str, str]:
    """Return the id and path of a village that a plan holds, the first by path; "" and "" where it holds none."""
    row = db.run.execute(_VILLAGE, {"plan": plan_id}).first()
    return ("", "") if row is None else (row.unit_id, row.path)


_HOME = (
    plan_member.c.household_id, plan_member.c.unit_id, household.c.geom, household.c.code, household.c.address,
    household.c.building, household.c.entrance, household.c.floor, household.c.room, household.c.priority,
)  # fmt: skip
_SEATED = plan_member.join(household, household.c.id == plan_member.c.household_id)
_STACKED = (
    plan_member.c.household_id, plan_member.c.unit_id, household.c.geom,
    household.c.building, household.c.entrance, household.c.floor, household.c.room,
)  # fmt: skip
_HELD = select(*_STACKED).select_from(_SEATED).where(_alive(plan_member, _PLAN, None), plan_member.c.unit_id.in_(_IDS))
_LOCKS = select(plan_lock.c.fid, plan_lock.c.geom).where(_alive(plan_lock, _PLAN, None)).order_by(plan_lock.c.fid)


def homes_of(db: Db, plan_id: str, unit_ids: Sequence[str]) -> Sequence[Any]:
    """Return the homes that some units of the newest revision hold, where in their house, with their point as WKB."""
    found: list[Any] = []
    for start in range(0, len(unit_ids), 500):
        found += db.run.execute(_HELD, {"plan": plan_id, "ids": unit_ids[start : start + 500]}).all()
    return found


def homes_at(db: Db, plan_id: str, revision: int | None) -> Sequence[Any]:
    """Return every home of a plan at a revision, ordered by code."""
    query = select(*_HOME).select_from(_SEATED).where(_alive(plan_member, plan_id, revision))
    return db.run.execute(query.order_by(household.c.code)).all()


_ANYWHERE = select(plan_member.c.household_id, plan_member.c.unit_id).where(
    _alive(plan_member, _PLAN, None), plan_member.c.household_id.in_(_IDS)
)


def holders(db: Db, plan_id: str, home_ids: Sequence[str]) -> dict[str, str]:
    """Return the unit of each of some homes in the newest revision."""
    found: dict[str, str] = {}
    for start in range(0, len(home_ids), 500):
        rows = db.run.execute(_ANYWHERE, {"plan": plan_id, "ids": home_ids[start : start + 500]})
        found.update({row[0]: row[1] for row in rows})
    return found


def locks(db: Db, plan_id: str, revision: int | None = None) -> Sequence[Any]:
    """Return the locked borders of a plan: ``fid`` and ``geom`` as WKB."""
    if revision is None:
        return db.run.execute(_LOCKS, {"plan": plan_id}).all()
    query = select(plan_lock.c.fid, plan_lock.c.geom).where(_alive(plan_lock, plan_id, revision))
    return db.run.execute(query.order_by(plan_lock.c.fid)).all()


def changed_units(db: Db, plan_id: str, since: int, revision: int) -> tuple[Sequence[Any], list[str]]:
    """Return the units that a revision has otherwise than an earlier one, and the ids of those it has no more."""
    born = and_(_alive(plan_unit, plan_id, revision), plan_unit.c.from_revision > since)
    rows = db.run.execute(select(*_UNIT).where(born).order_by(plan_unit.c.path)).all()
    ended = and_(_alive(plan_unit, plan_id, since), plan_unit.c.to_revision <= revision)
    there = {row.unit_id for row in rows}
    gone = [i for i in db.run.execute(select(plan_unit.c.unit_id).where(ended)).scalars() if i not in there]
    return rows, gone


def changed_members(db: Db, plan_id: str, since: int, revision: int) -> Sequence[Any]:
    """Return (household_id, unit_id) of the homes that came to their unit after an earlier revision."""
    born = and_(_alive(plan_member, plan_id, revision), plan_member.c.from_revision > since)
    return db.run.execute(select(plan_member.c.household_id, plan_member.c.unit_id).where(born)).all()


def write(
    db: Db, plan_id: str, number: int, unit_columns: Mapping[str, Any], gone: Sequence[str], moved: Mapping[str, str]
) -> None:
    """Write what a revision changes: units (``UNIT_COLUMNS``, locked), ids that are gone, the unit of moved homes."""
    ended = [*unit_columns.get("unit_id", ()), *gone]
    _end(db, _END_UNITS, plan_id, ended, number)
    if unit_columns:
        count = len(unit_columns["unit_id"])
        columns = {**unit_columns, "plan_id": [plan_id] * count, "from_revision": [number] * count}
        insert_columns(db, plan_unit, columns)
    _end(db, _END_MEMBERS, plan_id, list(moved), number)
    if moved:
        count = len(moved)
        columns = {"household_id": list(moved), "unit_id": list(moved.values())}
        insert_columns(db, plan_member, {**columns, "plan_id": [plan_id] * count, "from_revision": [number] * count})


def _ending(table: Any, key: str) -> Any:
    mine = and_(_alive(table, _PLAN, None), table.c[key].in_(_IDS))
    return table.update().where(mine).values(to_revision=bindparam("number"))


_END_UNITS, _END_MEMBERS = _ending(plan_unit, "unit_id"), _ending(plan_member, "household_id")


def _end(db: Db, statement: Any, plan_id: str, ids: Sequence[str], number: int) -> None:
    for start in range(0, len(ids), 500):
        db.run.execute(statement, {"plan": plan_id, "ids": ids[start : start + 500], "number": number})


def add_locks(db: Db, plan_id: str, number: int, lines: Sequence[Any]) -> None:
    """Lock borders (LineStrings, EPSG:4490 degrees) from a revision on."""
    if lines:
        count = len(lines)
        insert_columns(db, plan_lock, {"plan_id": [plan_id] * count, "geom": lines, "from_revision": [number] * count})


def end_locks(db: Db, plan_id: str, number: int, fids: Sequence[int]) -> None:
    """Free locked borders from a revision on."""
    mine = and_(_alive(plan_lock, plan_id, None), plan_lock.c.fid.in_(fids))
    db.run.execute(plan_lock.update().where(mine).values(to_revision=number))


def rewind(db: Db, plan_id: str, to: int, number: int) -> None:
    """Give a new revision the content of an earlier one: what came since ends, what ended since is there again."""
    for table in (plan_unit, plan_member, plan_lock):
        newer = and_(_alive(table, plan_id, None), table.c.from_revision > to)
        ended = and_(_alive(table, plan_id, to), table.c.to_revision.is_not(None))
        again = db.run.execute(select(table).where(ended)).mappings().all()
        db.run.execute(table.update().where(newer).values(to_revision=number))
        if again:
            names = [c.name for c in table.columns if c.name not in ("fid", "from_revision", "to_revision")]
            columns: dict[str, Any] = {name: [row[name] for row in again] for name in names}
            if "geom" in columns:
                columns["geom"] = shapes_of(columns["geom"])
            insert_columns(db, table, {**columns, "from_revision": [number] * len(again)})


def copy(db: Db, from_plan: str, revision: int, to_plan: str) -> None:
    """Give a new plan, as its first revision, the content of another plan's revision."""
    for table in (plan_unit, plan_member, plan_lock):
        kept = [c for c in table.columns if c.name not in ("fid", "plan_id", "from_revision", "to_revision")]
        rows = select(*kept, literal(to_plan), literal(1)).where(_alive(table, from_plan, revision))
        names = [*(c.name for c in kept), "plan_id", "from_revision"]
        db.run.execute(table.insert().from_select(names, rows))


def copy_net(db: Db, path: str, to_plan: str) -> None:
    """Give a new plan, as its first revision, the units in force under a path and the homes they hold."""
    names = [name for name in UNIT_COLUMNS if name != "unit_id"]
    inside = and_(units.under(path), units.current(), unit.c.level.in_(["village", "pian", "zu", "lin"]))
    rows = select(unit.c.id, *(unit.c[name] for name in names), literal(to_plan), literal(1), literal(False))
    columns = ["unit_id", *names, "plan_id", "from_revision", "locked"]
    db.run.execute(plan_unit.insert().from_select(columns, rows.where(inside)))
    holding = membership.join(unit, and_(unit.c.id == membership.c.unit_id, units.current())).join(
        household, and_(household.c.id == membership.c.household_id, household.c.retired_at.is_(None))
    )
    seats = (
        select(membership.c.household_id, membership.c.unit_id, literal(to_plan), literal(1))
        .select_from(holding)
        .where(membership.c.valid_to.is_(None), units.under(path, unit.c.path))
    )
    columns = ["household_id", "unit_id", "plan_id", "from_revision"]
    db.run.execute(plan_member.insert().from_select(columns, seats))


def reseat_first(db: Db, plan_id: str, seats: Mapping[str, str], gone: Sequence[str]) -> None:
    """Seat homes in a plan that has one revision only, and take homes out of it."""
    for start in range(0, len(gone), 500):
        chosen = plan_member.c.household_id.in_(gone[start : start + 500])
        db.run.execute(plan_member.delete().where(plan_member.c.plan_id == plan_id, chosen))
    count = len(seats)
    columns = {"household_id": list(seats), "unit_id": list(seats.values())}
    insert_columns(db, plan_member, {**columns, "plan_id": [plan_id] * count, "from_revision": [1] * count})


def set_homes(db: Db, plan_id: str, homes: Mapping[str, int]) -> None:
    """Write the number of homes of units of a plan that has one revision only."""
    for unit_id, count in homes.items():
        mine = and_(_alive(plan_unit, plan_id, None), plan_unit.c.unit_id == unit_id)
        db.run.execute(plan_unit.update().where(mine).values(homes=count))
