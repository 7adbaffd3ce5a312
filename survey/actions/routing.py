"""Where issues go first, and the ground on which an office keeps some categories to itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geodata.actions import setup
from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.geometry_checks import check_polygon
from geodata.rules.problems import Problem
from geodata.store import audit, barriers, units
from geodata.store.database import Db
from geodata.store.types import shapes_of
from survey.actions import categories, offices
from survey.rules import routing
from survey.rules.routing import RouteException, Target
from survey.store import offices as office_rows
from survey.store import routes


def target_of(db: Db, category_row: Any, chain_rows: Sequence[Any], lon: float, lat: float) -> Target:
    """Return who handles an issue of a category at a place first.

    Parameters
    ----------
    category_row
        A row of ``issue_category``.
    chain_rows
        The units around the place, uppermost first, as ``geodata.store.units.chain`` gives them.
    lon, lat
        EPSG:4490 degrees.

    Raises
    ------
    Problem
        ``route.no_ground`` where no unit lies around the place and no office is named.
    """
    here = [one for one in map(_exception, routes.at_point(db, lon, lat)) if one.covers(lon, lat)]
    named = [office_rows.one(db, one.office_id) for one in here]
    if category_row.office_code:
        named.append(office_rows.by_code(db, category_row.office_code))
    living = [office for office in named if office is not None and office.retired_at is None]
    return routing.route(category_row, chain_rows, here, living)


def _exception(row: Any) -> RouteException:
    return RouteException(row.id, row.name, tuple(row.codes), row.office_id, shapely.from_wkb(row.geom))


def list_exceptions(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the exceptions in force by name, each with its ground as GeoJSON."""
    require_whole(db, actor, "settings")
    return [_shown(row) for row in routes.every(db)]


def list_lines(db: Db, actor: Actor, now: dt.datetime) -> Sequence[str]:
    """Return the names of the rivers, railways and roads along which an exception may lie."""
    require_whole(db, actor, "settings")
    return barriers.names(db)


def _shown(row: Any) -> dict[str, Any]:
    office = {"id": row.office_id, "name": row.office_name or "", "code": row.office_code or ""}
    return {"id": row.id, "name": row.name, "codes": row.codes, "office": office,
            "area": shapely.geometry.mapping(shapely.from_wkb(row.geom))}  # fmt: skip


def put_exception(
    db: Db, actor: Actor, now: dt.datetime, exception_id: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Set an exception under an id that the client made; the same request twice does the same as once.

    Parameters
    ----------
    values
        ``name``; ``codes``, references to categories, none for all; ``office_id``; and the ground: ``area``, a GeoJSON
        Polygon or MultiPolygon in EPSG:4490 degrees, else ``unit``, a unit's id, whose ground of today it is, else
        ``along``, the name of a river, railway or road, and ``wide_m`` to each side of it.

    Raises
    ------
    Problem
        ``route.no_name`` (most), ``route.unknown_category`` (code), ``route.too_many`` (most),
        ``office.not_found``, ``geometry.*`` with the place where a border goes wrong, ``coordinate.off_earth``,
        ``unit.not_found``, ``route.no_line`` (name), ``route.bad_width`` (most).
    """
    require_whole(db, actor, "settings")
    kept = {
        "name": routing.checked_name(values),
        "codes": list(routing.references_of(values.get("codes") or [], categories.known(db, now))),
        "office_id": offices.find(db, now, str(values.get("office_id", ""))).id,
        "geom": _ground(db, values),
        "retired_at": None,
    }
    if routes.one(db, exception_id) is None:
        routes.add(db, {"id": exception_id, **kept})
    else:
        routes.change(db, exception_id, kept)
    audit.record(db, actor, now, "route.set", exception_id, name=kept["name"], codes=kept["codes"])
    return next(_shown(row) for row in routes.every(db) if row.id == exception_id)


def _ground(db: Db, values: Mapping[str, Any]) -> BaseGeometry:
    """Return the ground of an exception as a MultiPolygon in EPSG:4490 degrees."""
    if values.get("unit"):
        shape = units.shapes_by_id(db, [str(values["unit"])]).get(str(values["unit"]))
        if shape is None:
            raise Problem("unit.not_found")
        return MultiPolygon(list(shapely.get_parts(shape)))
    if values.get("along"):
        name = str(values["along"])
        lines = barriers.named(db, name)
        if not lines:
            raise Problem("route.no_line", name=name)
        return routing.corridor(shapes_of([row.geom for row in lines]), values.get("wide_m"), setup.zone_of_county(db))
    return _area(values.get("area"))


def _area(value: Any) -> BaseGeometry:
    """Return the checked ground of a GeoJSON geometry as a MultiPolygon."""
    from geodata.files.read_geojson import geometry_from  # pandas loads with it, which a server need not have

    shape = check_polygon(geometry_from(value))
    west, south, east, north = shape.bounds
    if max(-west, east) > 180 or max(-south, north) > 90:
        raise Problem("coordinate.off_earth", lon=west, lat=south)
    return MultiPolygon(list(shapely.get_parts(shape)))


def drop_exception(db: Db, actor: Actor, now: dt.datetime, exception_id: str) -> None:
    """Put an exception out of force; what went to its office stays there. Raises ``route.not_found``."""
    require_whole(db, actor, "settings")
    row = routes.one(db, exception_id)
    if row is None or row.retired_at is not None:
        raise Problem("route.not_found")
    routes.change(db, exception_id, {"retired_at": now})
    audit.record(db, actor, now, "route.dropped", exception_id, name=row.name)
