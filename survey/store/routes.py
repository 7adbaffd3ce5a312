from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from geodata.store.database import Db
from geodata.store.types import InBox
from survey.store.issue_tables import office, route_exception

_WITH_OFFICE = route_exception.outerjoin(office, office.c.id == route_exception.c.office_id)
_LIVING = route_exception.c.retired_at.is_(None)
# asked with every report: built once
_AT = select(route_exception).where(InBox(route_exception, None), _LIVING)


def at_point(db: Db, lon: float, lat: float) -> Sequence[Any]:
    """Return the exceptions in force whose box holds a place, ``geom`` as WKB."""
    return db.run.execute(_AT, {"west": lon, "south": lat, "east": lon, "north": lat}).all()


def every(db: Db) -> Sequence[Any]:
    """Return the exceptions in force by name, each with what its office is called, ``geom`` as WKB."""
    query = select(route_exception, office.c.name.label("office_name"), office.c.code.label("office_code"))
    query = query.select_from(_WITH_OFFICE).where(_LIVING)
    return db.run.execute(query.order_by(route_exception.c.name, route_exception.c.id)).all()


def one(db: Db, exception_id: str) -> Any:
    """Return an exception, in force or not, or None."""
    return db.run.execute(select(route_exception).where(route_exception.c.id == exception_id)).first()


def add(db: Db, row: Mapping[str, Any]) -> None:
    """Add an exception; ``geom`` is a MultiPolygon in EPSG:4490 degrees."""
    db.run.execute(route_exception.insert().values(**row))


def change(db: Db, exception_id: str, values: Mapping[str, Any]) -> None:
    """Overwrite some columns of an exception."""
    db.run.execute(route_exception.update().where(route_exception.c.id == exception_id).values(**values))
