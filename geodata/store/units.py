from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import shapely
from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, not_, or_, select, true

from geodata.rules.actors import Scope
from geodata.rules.asof import PastScope, uppermost
from geodata.rules.units import Level
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import unit
from geodata.store.types import InBox, shapes_of

SHORT: tuple[Any, ...] = (
    unit.c.fid, unit.c.id, unit.c.level, unit.c.code, unit.c.name, unit.c.path, unit.c.kind, unit.c.parent_id,
    unit.c.homes, unit.c.area_m2, unit.c.label_lon, unit.c.label_lat, unit.c.fill, unit.c.valid_from,
)  # fmt: skip
_THEN, _TODAY = unit.alias("unit_then"), unit.alias("unit_today")


def current(at: dt.datetime | None = None, table: Any = unit) -> ColumnElement[bool]:
    """Return the condition for unit versions in force now, or at a moment."""
    if at is None:
        return cast(ColumnElement[bool], table.c.valid_to.is_(None))
    return and_(table.c.valid_from <= at, or_(table.c.valid_to.is_(None), table.c.valid_to > at))


def under(path: str, column: Any = unit.c.path) -> ColumnElement[bool]:
    """Return the condition for paths that begin with ``path``, as a range that the index serves."""
    if not path:
        return true()
    return and_(column >= path, column < path[:-1] + chr(ord(path[-1]) + 1))


def in_scope(scope: Scope, column: Any = unit.c.path) -> ColumnElement[bool]:
    """Return the condition for paths inside a scope; the empty scope admits nothing."""
    if not scope.paths:
        return false()
    inside = or_(*(under(p, column) for p in scope.paths))
    left = scope.moved_out if isinstance(scope, PastScope) else ()
    return and_(inside, *(not_(under(p, column)) for p in left)) if left else inside


def is_whole(scope: Scope) -> bool:
    """Tell whether a scope holds the whole county: all ground, or the ground of a unit that nothing is above."""
    return any(path.count("/") <= 1 for path in scope.paths)


def scope_then(db: Db, scope: Scope, at: dt.datetime) -> PastScope:
    """Return today's ground as it was at a moment, found by identity: a path may have been another unit's then.

    What moved out of the ground since is left out, so that nobody sees by way of the past what they may not see today.
    """
    if "" in scope.paths:
        return PastScope(scope.paths, scope)
    joined = _THEN.join(_TODAY, and_(_TODAY.c.id == _THEN.c.id, _TODAY.c.valid_to.is_(None)))
    of_both = select(_THEN.c.path).select_from(joined).where(current(at, _THEN))
    paths = uppermost(list(db.run.execute(of_both.where(_TODAY.c.path.in_(scope.paths))).scalars()))
    if not paths or is_whole(scope):  # nothing is above the county that a unit could have left it for
        return PastScope(paths, scope)
    inside = or_(*(under(p, _THEN.c.path) for p in paths))
    left = db.run.execute(of_both.where(inside, not_(in_scope(scope, _TODAY.c.path)))).scalars()
    return PastScope(paths, scope, uppermost(list(left)))


def one(db: Db, scope: Scope, unit_id: str, at: dt.datetime | None = None) -> Any:
    """Return a unit in force without its shape, or None where it is unknown or outside the scope."""
    return db.run.execute(select(*SHORT).where(unit.c.id == unit_id, current(at), in_scope(scope))).first()


def by_code(db: Db, codes: Iterable[str], level: Level | None = None, at: dt.datetime | None = None) -> dict[str, Any]:
    """Return the units in force, now or at a moment, that carry the given codes, by code."""
    wanted = sorted(set(codes))
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), 500):
        query = select(*SHORT).where(unit.c.code.in_(wanted[start : start + 500]), current(at))
        if level is not None:
            query = query.where(unit.c.level == level.value)
        found.update({row.code: row for row in db.run.execute(query)})
    return found


def children(
    db: Db, scope: Scope, parent_id: str, after: str, limit: int, at: dt.datetime | None = None
) -> Sequence[Any]:
    """Return a page of a unit's children in force, ordered by code, after the code ``after``."""
    query = select(*SHORT).where(unit.c.parent_id == parent_id, current(at), in_scope(scope))
    return _page(db, query, after, limit)


def tops(db: Db, scope: Scope, after: str, limit: int, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return the uppermost units of a scope: the county, or the units that the scope's paths name."""
    return _page(db, select(*SHORT).where(_at_top(scope), current(at)), after, limit)


def _at_top(scope: Scope) -> ColumnElement[bool]:
    return unit.c.parent_id.is_(None) if "" in scope.paths else unit.c.path.in_(scope.paths)


def count_page(db: Db, scope: Scope, parent_id: str, at: dt.datetime | None = None) -> int:
    """Return how many units ``children`` pages through, or ``tops`` for an empty parent."""
    wanted = and_(unit.c.parent_id == parent_id, in_scope(scope)) if parent_id else _at_top(scope)
    return int(db.run.execute(select(func.count()).select_from(unit).where(wanted, current(at))).scalar_one())


def _page(db: Db, query: Select[Any], after: str, limit: int) -> Sequence[Any]:
    return db.run.execute(query.where(unit.c.code > after).order_by(unit.c.code).limit(limit)).all()


def count_children(db: Db, ids: Sequence[str], at: dt.datetime | None = None) -> dict[str, int]:
    """Return how many children in force each of some units has."""
    below = unit.c.parent_id.in_(ids)
    rows = db.run.execute(select(unit.c.parent_id, func.count()).where(below, current(at)).group_by(unit.c.parent_id))
    return {row[0]: row[1] for row in rows}


def _on_the_way(at: dt.datetime | None) -> Select[Any]:
    return select(unit.c.id, unit.c.level, unit.c.code, unit.c.name, unit.c.path).where(
        unit.c.path.in_(bindparam("paths", expanding=True)), current(at)
    )


def _around(at: dt.datetime | None, *, deepest: bool) -> Select[Any]:
    columns = (unit.c.id, unit.c.level, unit.c.code, unit.c.name, unit.c.path, unit.c.homes, unit.c.geom)
    level = (unit.c.level == "lin") if deepest else (unit.c.level != "lin")
    return select(*columns).where(InBox(unit, None), current(at), level)


# what a point is asked for at every request: statements of the net in force built once
_ON_THE_WAY = _on_the_way(None)
_AT_POINT = {deepest: _around(None, deepest=deepest) for deepest in (True, False)}


def chain(db: Db, path: str, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return id, level, code, name and path of the units from the county down to this path, uppermost first."""
    steps = path.rstrip("/").split("/")
    paths = ["/".join(steps[: i + 1]) + "/" for i in range(len(steps))]
    query = _ON_THE_WAY if at is None else _on_the_way(at)
    return sorted(db.run.execute(query, {"paths": paths}).all(), key=lambda row: len(row.path))


def with_paths(db: Db, paths: Iterable[str]) -> dict[str, Any]:
    """Return id, level, code, name and path of the units in force that have some paths, by path."""
    wanted = sorted(set(paths))
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), 500):
        found.update({row.path: row for row in db.run.execute(_ON_THE_WAY, {"paths": wanted[start : start + 500]})})
    return found


def at_point(
    db: Db, scope: Scope, lon: float, lat: float, at: dt.datetime | None = None, *, deepest: bool
) -> list[Any]:
    """Return the units in force whose box holds a point, the deepest first, then by code, with ``geom`` as WKB.

    Parameters
    ----------
    deepest
        Whether to look among the 邻 alone, or among all but them.
    """
    query = _AT_POINT[deepest] if at is None else _around(at, deepest=deepest)
    rows = db.run.execute(query, {"west": lon, "south": lat, "east": lon, "north": lat}).all()
    return sorted((row for row in rows if scope.covers(row.path)), key=lambda row: (-row.path.count("/"), row.code))


def with_shapes(db: Db, path: str, levels: Sequence[Level], at: dt.datetime | None = None) -> Sequence[Any]:
    """Return the units under a path (itself included) at some levels, with ``geom`` as WKB, ordered by path."""
    query = select(*SHORT, unit.c.geom).where(
        under(path), current(at), unit.c.level.in_([level.value for level in levels])
    )
    return db.run.execute(query.order_by(unit.c.path)).all()


_DRAWN: tuple[Any, ...] = (
    unit.c.fid, unit.c.id, unit.c.level, unit.c.code, unit.c.name, unit.c.path, unit.c.homes,
    unit.c.label_lon, unit.c.label_lat, unit.c.fill, unit.c.geom,
)  # fmt: skip


def in_box(
    db: Db, scope: Scope, box: Sequence[float], levels: Sequence[Level], at: dt.datetime | None = None
) -> Sequence[Any]:
    """Return what is drawn of the units in force whose box meets (west, south, east, north) degrees, geom as WKB."""
    # the level first: valid_to lies behind the shape, and SQLite would walk through every shape to read it
    query = select(*_DRAWN).where(
        InBox(unit, box), unit.c.level.in_([level.value for level in levels]), current(at), in_scope(scope)
    )
    return db.run.execute(query).all()


def drawn(db: Db, level: Level) -> Sequence[Any]:
    """Return what is drawn of all units of a level in force, with ``geom`` as WKB."""
    return db.run.execute(select(*_DRAWN).where(unit.c.level == level.value, current())).all()


def boxes(db: Db, fids: Sequence[int]) -> dict[int, tuple[float, float, float, float]]:
    """Return the bounding boxes (west, south, east, north, degrees) of unit versions by ``fid``."""
    rows = db.run.execute(select(unit.c.fid, unit.c.geom).where(unit.c.fid.in_(fids), unit.c.geom.is_not(None))).all()
    if not rows:
        return {}
    bounds = shapely.bounds(shapes_of([row.geom for row in rows])).tolist()
    return {row.fid: tuple(box) for row, box in zip(rows, bounds, strict=True)}


def with_level(db: Db, path: str, level: Level, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return the units of one level in force under a path, without shapes, ordered by path."""
    query = select(*SHORT).where(under(path), current(at), unit.c.level == level.value)
    return db.run.execute(query.order_by(unit.c.path)).all()


def paths(db: Db, path: str) -> Sequence[Any]:
    """Return id, path and homes of every unit in force under a path."""
    return db.run.execute(select(unit.c.id, unit.c.path, unit.c.homes).where(under(path), current())).all()


def versions(db: Db, scope: Scope, unit_id: str) -> Sequence[Any]:
    """Return every dated version of a unit, newest first."""
    query = select(*SHORT, unit.c.valid_to).where(unit.c.id == unit_id, in_scope(scope))
    return db.run.execute(query.order_by(unit.c.valid_from.desc())).all()


def count_by_level(db: Db, scope: Scope, at: dt.datetime | None = None) -> dict[str, int]:
    """Return how many units in force a scope holds at each level."""
    query = select(unit.c.level, func.count()).where(current(at), in_scope(scope)).group_by(unit.c.level)
    return {row[0]: row[1] for row in db.run.execute(query)}


def count_under(db: Db, path: str) -> dict[str, int]:
    """Return how many units in force each level has under a path."""
    query = select(unit.c.level, func.count()).where(under(path), current()).group_by(unit.c.level)
    return {row[0]: row[1] for row in db.run.execute(query)}


def add(db: Db, columns: Mapping[str, Any], now: dt.datetime) -> None:
    """Add unit versions in force from ``now``, column by column."""
    insert_columns(db, unit, {**columns, "valid_from": [now] * len(columns["id"])})


def end(db: Db, ids: Sequence[str], now: dt.datetime) -> None:
    """End the versions in force of some units at ``now``; they stay readable as of an earlier moment."""
    for start in range(0, len(ids), 500):
        chosen = list(ids[start : start + 500])
        db.run.execute(unit.update().where(unit.c.id.in_(chosen), current()).values(valid_to=now))


def write_anew(db: Db, fids: Sequence[int], shapes_ll: Sequence[Any]) -> None:
    """Write the shapes (MultiPolygons, EPSG:4490 degrees) of some unit versions anew: the same ground in other words.

    The versions stay the same, as nothing changed that anybody could see.
    """
    if len(fids):
        statement = unit.update().where(unit.c.fid == bindparam("version")).values(geom=bindparam("shape"))
        db.run.execute(statement, [{"version": fid, "shape": s} for fid, s in zip(fids, shapes_ll, strict=True)])


def shapes_by_id(db: Db, ids: Sequence[str]) -> dict[str, Any]:
    """Return the shapes (EPSG:4490 degrees) of some units in force that have one, by id."""
    found: dict[str, Any] = {}
    for start in range(0, len(ids), 500):
        chosen = unit.c.id.in_(list(ids[start : start + 500]))
        rows = db.run.execute(select(unit.c.id, unit.c.geom).where(chosen, current(), unit.c.geom.is_not(None))).all()
        found.update(zip([row.id for row in rows], shapes_of([row.geom for row in rows]), strict=True))
    return found


def move(db: Db, old: str, new: str, parent_id: str, now: dt.datetime) -> None:
    """Hang the unit with the path ``old``, and all below it, under another parent."""
    _move(db, old, new, select(unit).where(under(old), current()), now, parent_id)


def move_under(db: Db, old: str, new: str, now: dt.datetime) -> None:
    """Give everything below the path ``old`` new versions below the path ``new``, when its parent moved."""
    _move(db, old, new, select(unit).where(under(old), current(), unit.c.path != old), now, "")


def _move(db: Db, old: str, new: str, query: Select[Any], now: dt.datetime, parent_id: str) -> None:
    rows = db.run.execute(query).mappings().all()
    if not rows:
        return
    kept = [c.name for c in unit.columns if c.name not in ("fid", "valid_from", "valid_to")]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in kept}
    columns["parent_id"] = [parent_id if row["path"] == old else row["parent_id"] for row in rows]
    columns["path"] = [new + path[len(old) :] for path in columns["path"]]
    columns["geom"] = shapes_of(columns["geom"])
    end(db, columns["id"], now)
    add(db, columns, now)


def set_homes(db: Db, homes: dict[str, int]) -> None:
    """Write the number of homes of some units in force; a count is derived, so it needs no new version."""
    if homes:
        connection = db.run.connection.dbapi_connection
        cursor = connection.cursor()  # type: ignore[union-attr]
        mark = "?" if db.embedded else "%s"
        cursor.executemany(
            f"UPDATE unit SET homes = {mark} WHERE id = {mark} AND valid_to IS NULL",  # noqa: S608
            [(count, unit_id) for unit_id, count in homes.items()],
        )
