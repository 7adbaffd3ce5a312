from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select

from geodata.store.database import Db
from geodata.store.tables import unit
from survey.store.issue_tables import office

_WITH_UNIT = office.outerjoin(unit, and_(unit.c.id == office.c.unit_id, unit.c.valid_to.is_(None)))
_COLUMNS = (*office.c, unit.c.name.label("unit_name"), unit.c.code.label("unit_code"), unit.c.level.label("unit_level"))
_LIVING = office.c.retired_at.is_(None)
_BY_CODE = select(office).where(office.c.code == bindparam("chosen"), _LIVING)  # asked with reports: built once
_ONE = select(office).where(office.c.id == bindparam("chosen"))


def every(db: Db, *, retired: bool = False) -> Sequence[Any]:
    """Return the offices by code, each with its unit's name, code and level, retired ones only where asked for."""
    query = select(*_COLUMNS).select_from(_WITH_UNIT).order_by(office.c.code)
    return db.run.execute(query if retired else query.where(_LIVING)).all()


def one(db: Db, office_id: str) -> Any:
    """Return an office, retired or not, or None."""
    return db.run.execute(_ONE, {"chosen": office_id}).first()


def by_code(db: Db, code: str) -> Any:
    """Return the living office that carries a code, or None."""
    return db.run.execute(_BY_CODE, {"chosen": code}).first()


def code_taken(db: Db, code: str, but: str = "") -> bool:
    """Tell whether another office, retired or not, carries a code."""
    query = select(office.c.id).where(office.c.code == code, office.c.id != but)
    return db.run.execute(query).first() is not None


def add(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add offices."""
    if rows:
        db.run.execute(office.insert(), [dict(row) for row in rows])


def change(db: Db, office_id: str, values: Mapping[str, Any]) -> None:
    """Overwrite some columns of an office."""
    db.run.execute(office.update().where(office.c.id == office_id).values(**values))
