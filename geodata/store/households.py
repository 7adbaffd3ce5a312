from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true

from geodata.rules.actors import EVERYWHERE, Scope
from geodata.rules.asof import PastScope
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import household, membership, unit
from geodata.store.types import InBox

PLAIN: tuple[Any, ...] = (
    household.c.fid, household.c.id, household.c.code, household.c.village, household.c.zu, household.c.address,
    household.c.building, household.c.entrance, household.c.floor, household.c.room, household.c.priority,
    household.c.geom,
)  # fmt: skip


_HELD, _HOLDER = membership.alias("membership_today"), unit.alias("unit_today")
_AT_ONCE = 20_000  # rows made ready together: enough to be quick, few enough to be small


def belongs(at: dt.datetime | None = None) -> ColumnElement[bool]:
    """Return the condition for memberships in force now, or at a moment."""
    if at is None:
        return membership.c.valid_to.is_(None)
    return and_(membership.c.valid_from <= at, or_(membership.c.valid_to.is_(None), membership.c.valid_to > at))


def living(at: dt.datetime | None = None) -> ColumnElement[bool]:
    """Return the condition for homes that are there now, or were at a moment: those given up since count then."""
    if at is None:
        return household.c.retired_at.is_(None)
    return and_(household.c.created_at <= at, or_(household.c.retired_at.is_(None), household.c.retired_at > at))


def seen(scope: Scope) -> ColumnElement[bool]:
    """Return the condition for homes that a scope's reader may see, beside the path of the unit that holds them.

    As of a moment a home that lives outside the reader's ground today is not theirs to see, wherever it lived then; one
    that was given up since is nobody else's.
    """
    if not isinstance(scope, PastScope) or units.is_whole(scope.today):
        return true()
    joined = _HELD.join(_HOLDER, and_(_HOLDER.c.id == _HELD.c.unit_id, _HOLDER.c.valid_to.is_(None)))
    here = select(_HELD.c.fid).select_from(joined).where(
        _HELD.c.household_id == household.c.id, _HELD.c.valid_to.is_(None), units.in_scope(scope.today, _HOLDER.c.path)
    )  # fmt: skip
    return or_(household.c.retired_at.is_not(None), here.correlate(household).exists())


def placed(scope: Scope, at: dt.datetime | None, *columns: Any) -> Select[Any]:
    """Select living homes with the unit that holds them, inside the scope."""
    joined = household.join(membership, and_(membership.c.household_id == household.c.id, belongs(at))).join(
        unit, and_(unit.c.id == membership.c.unit_id, units.current(at))
    )
    return select(*columns).select_from(joined).where(living(at), units.in_scope(scope, unit.c.path), seen(scope))


def one(db: Db, scope: Scope, household_id: str, at: dt.datetime | None = None) -> Any:
    """Return a home with its sealed fields and its unit's id, path and level, or None outside the scope.

    A home in no unit is seen only by those who see the whole county; its unit's id is None, its path "".
    """
    columns = (
        *PLAIN, household.c.head_name_sealed, household.c.phone_sealed,
        unit.c.id.label("unit_id"), unit.c.path, unit.c.level,
    )  # fmt: skip
    found = db.run.execute(placed(scope, at, *columns).where(household.c.id == household_id)).first()
    if found is None and units.is_whole(scope):
        bare = select(*columns[:14], membership.c.unit_id, literal("").label("path"), literal("").label("level"))
        homeless = bare.select_from(
            household.outerjoin(membership, and_(membership.c.household_id == household.c.id, belongs(at)))
        )
        there = true() if at is None else living(at)
        query = homeless.where(household.c.id == household_id, membership.c.unit_id.is_(None), there)
        found = db.run.execute(query).first()
    return found


def page_in(db: Db, scope: Scope, path: str, after: str, limit: int, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return a page of the homes under a path, ordered by code, with their unit's id and path."""
    query = placed(scope, at, *PLAIN, unit.c.id.label("unit_id"), unit.c.path, unit.c.level)
    query = query.where(units.under(path, unit.c.path), household.c.code > after)
    return db.run.execute(query.order_by(household.c.code).limit(limit)).all()


def unplaced(db: Db, after: str, limit: int) -> Sequence[Any]:
    """Return a page of the homes that belong to no unit, ordered by code."""
    query = (
        select(*PLAIN)
        .select_from(household.outerjoin(membership, and_(membership.c.household_id == household.c.id, belongs())))
        .where(membership.c.unit_id.is_(None), household.c.retired_at.is_(None), household.c.code > after)
    )
    return db.run.execute(query.order_by(household.c.code).limit(limit)).all()


def without_unit(db: Db, after: str, limit: int) -> Sequence[Any]:
    """Return a page of the living homes that belong to no unit, ordered by id: id, village, zu, geom (WKB)."""
    query = (
        select(household.c.id, household.c.village, household.c.zu, household.c.geom)
        .select_from(household.outerjoin(membership, and_(membership.c.household_id == household.c.id, belongs())))
        .where(membership.c.unit_id.is_(None), household.c.retired_at.is_(None), household.c.id > after)
    )
    return db.run.execute(query.order_by(household.c.id).limit(limit)).all()


def count_unplaced(db: Db, at: dt.datetime | None = None) -> int:
    """Return how many living homes belong to no unit."""
    held = select(func.count()).select_from(membership).where(belongs(at))
    return count_all(db, at) - int(db.run.execute(held).scalar_one())


def count_all(db: Db, at: dt.datetime | None = None) -> int:
    """Return how many living homes the county holds."""
    return int(db.run.execute(select(func.count()).select_from(household).where(living(at))).scalar_one())


def in_box(db: Db, scope: Scope, box: Sequence[float], at: dt.datetime | None = None) -> Sequence[Any]:
    """Return the homes of a scope inside (west, south, east, north) degrees: fid, id, code, priority, geom."""
    query = placed(scope, at, household.c.fid, household.c.id, household.c.code, household.c.priority, household.c.geom)
    return db.run.execute(query.where(InBox(household, box))).all()


_GROUND = ("id", "code", "address", "building", "entrance", "floor", "room", "priority", "geom")


def under(db: Db, path: str, at: dt.datetime | None = None, scope: Scope = EVERYWHERE) -> Sequence[Any]:
    """Return every living home of a scope under a path with its unit: the ground of a draft, ordered by id."""
    of_home = [household.c[name] for name in _GROUND]
    query = placed(scope, at, *of_home, membership.c.unit_id, unit.c.path, unit.c.level)
    return db.run.execute(query.where(units.under(path, unit.c.path)).order_by(household.c.id)).all()


def digests(db: Db) -> dict[str, tuple[str, str]]:
    """Return (id, digest) of every home by code: what a repeated import is compared with."""
    rows = db.run.execute(select(household.c.code, household.c.id, household.c.digest)).all()
    return {row.code: (row.id, row.digest) for row in rows}


def add(db: Db, columns: Mapping[str, Any], now: dt.datetime) -> None:
    """Add homes, column by column."""
    count = len(columns["id"])
    insert_columns(db, household, {**columns, "created_at": [now] * count, "changed_at": [now] * count})


def change(db: Db, rows: Iterable[dict[str, Any]], now: dt.datetime) -> None:
    """Overwrite homes by their id with what a later import says of them."""
    for row in rows:
        values = {**row, "changed_at": now, "retired_at": None}
        db.run.execute(household.update().where(household.c.id == values.pop("id")).values(values))


def retire(db: Db, ids: Sequence[str], now: dt.datetime) -> None:
    """Take some homes from the register at a moment; what they were until then stays readable."""
    leave(db, ids, now)
    for start in range(0, len(ids), 500):
        chosen = household.c.id.in_(list(ids[start : start + 500]))
        db.run.execute(household.update().where(chosen).values(retired_at=now, changed_at=now))


def set_address(db: Db, household_id: str, address: str, now: dt.datetime) -> None:
    """Write a home's address."""
    db.run.execute(household.update().where(household.c.id == household_id).values(address=address, changed_at=now))


def places(db: Db, ids: Sequence[str]) -> dict[str, tuple[str, str, bytes]]:
    """Return what decides the unit of some homes, by id: the village and 组 they name, and their point as WKB."""
    found: dict[str, tuple[str, str, bytes]] = {}
    for start in range(0, len(ids), 500):
        query = select(household.c.id, household.c.village, household.c.zu, household.c.geom)
        for row in db.run.execute(query.where(household.c.id.in_(list(ids[start : start + 500])))):
            found[row.id] = (row.village, row.zu, shapely.to_wkb(shapely.from_wkb(row.geom)))
    return found


def of_memberships(db: Db, ids: Sequence[str]) -> dict[str, str]:
    """Return the unit that holds each of some homes in force, by home id."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        query = select(membership.c.household_id, membership.c.unit_id).where(
            membership.c.household_id.in_(ids[start : start + 500]), belongs()
        )
        found.update({row[0]: row[1] for row in db.run.execute(query)})
    return found


def place(db: Db, household_ids: Sequence[str], unit_ids: Sequence[str], now: dt.datetime) -> None:
    """Put homes into units from ``now`` on; whatever held them before must have been ended."""
    for start in range(0, len(household_ids), _AT_ONCE):
        homes, holders = household_ids[start : start + _AT_ONCE], unit_ids[start : start + _AT_ONCE]
        insert_columns(db, membership, {"household_id": homes, "unit_id": holders, "valid_from": [now] * len(homes)})


def leave(db: Db, household_ids: Sequence[str], now: dt.datetime) -> None:
    """End the memberships in force of some homes at ``now``."""
    for start in range(0, len(household_ids), 500):
        chosen = list(household_ids[start : start + 500])
        db.run.execute(membership.update().where(membership.c.household_id.in_(chosen), belongs()).values(valid_to=now))


def count_by_path(db: Db, path: str, at: dt.datetime | None = None) -> list[tuple[str, int]]:
    """Return (unit path, homes) for every unit under a path that holds homes itself, now or at a moment."""
    joined = membership.join(unit, and_(unit.c.id == membership.c.unit_id, units.current(at)))
    query = (
        select(unit.c.path, func.count())
        .select_from(joined)
        .where(belongs(at), units.under(path, unit.c.path))
        .group_by(unit.c.path)
    )
    return [(row[0], row[1]) for row in db.run.execute(query)]
