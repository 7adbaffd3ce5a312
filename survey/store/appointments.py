from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.tables import membership, unit
from survey.rules.chiefs import CHIEF, Place, Term
from survey.store.tables import appointment, handover, officer

_FEW = 500  # ids that fit into one statement
_TERM = tuple(appointment.c[name] for name in ("id", "officer_id", "unit_id", "level", "post", "from_at", "to_at"))


def add(db: Db, now: dt.datetime, by: str, values: Mapping[str, Any]) -> str:
    """Write an appointment from ``now`` on and return its id."""
    made = str(uuid.uuid4())
    row = {"id": made, "from_at": now, "by": by, "result": {}, **values}
    db.run.execute(appointment.insert().values(**row))
    return made


def end(db: Db, ids: Sequence[str], now: dt.datetime, because: str) -> None:
    """End some appointments; they stay readable."""
    for start in range(0, len(ids), _FEW):
        chosen = appointment.c.id.in_(list(ids[start : start + _FEW]))
        db.run.execute(
            appointment.update().where(chosen, appointment.c.to_at.is_(None)).values(to_at=now, ended_because=because)
        )


def rehang(db: Db, old: str, new: str) -> None:
    """Give the appointments of an officer to another, when the two turn out to be one person."""
    db.run.execute(appointment.update().where(appointment.c.officer_id == old).values(officer_id=new))


def one(db: Db, appointment_id: str) -> Any:
    """Return an appointment, or None."""
    return db.run.execute(select(appointment).where(appointment.c.id == appointment_id)).first()


def _as_terms(rows: Sequence[Any]) -> list[Term]:
    return [Term(*row) for row in rows]


def open_terms(db: Db, *, unit_ids: Sequence[str] = (), officer_ids: Sequence[str] = ()) -> list[Term]:
    """Return the terms in force of some units, or of some officers."""
    column, wanted = (appointment.c.unit_id, unit_ids) if unit_ids else (appointment.c.officer_id, officer_ids)
    found: list[Term] = []
    for start in range(0, len(wanted), _FEW):
        query = select(*_TERM).where(column.in_(list(wanted[start : start + _FEW])), appointment.c.to_at.is_(None))
        found += _as_terms(db.run.execute(query).all())
    return found


def terms_under(db: Db, path: str) -> list[Term]:
    """Return the terms in force of the units under a path that are there today."""
    joined = appointment.join(unit, and_(unit.c.id == appointment.c.unit_id, unit.c.valid_to.is_(None)))
    query = select(*_TERM).select_from(joined).where(appointment.c.to_at.is_(None), units.under(path))
    return _as_terms(db.run.execute(query).all())


def held_levels(db: Db, level: str) -> set[str]:
    """Return the officers who are chief of some unit of a level today."""
    query = select(appointment.c.officer_id).where(
        appointment.c.level == level, appointment.c.post == CHIEF, appointment.c.to_at.is_(None)
    )
    return set(db.run.execute(query).scalars())


def of_units(db: Db, unit_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the appointments in force of some units with the holder's name and sealed telephone, by unit id."""
    joined = appointment.join(officer, officer.c.id == appointment.c.officer_id)
    columns = (appointment, officer.c.name, officer.c.code, officer.c.phone_sealed)
    found: dict[str, list[Any]] = {}
    wanted = sorted(set(unit_ids))
    for start in range(0, len(wanted), _FEW):
        query = select(*columns).select_from(joined).where(
            appointment.c.unit_id.in_(wanted[start : start + _FEW]), appointment.c.to_at.is_(None)
        )  # fmt: skip
        for row in db.run.execute(query.order_by(appointment.c.post, appointment.c.from_at)):
            found.setdefault(row.unit_id, []).append(row)
    return found


def history(db: Db, *, unit_id: str = "", officer_id: str = "", limit: int = 200) -> Sequence[Any]:
    """Return the appointments of a unit or of an officer, now and before, newest first, with names."""
    joined = appointment.join(officer, officer.c.id == appointment.c.officer_id)
    wanted = appointment.c.unit_id == unit_id if unit_id else appointment.c.officer_id == officer_id
    query = select(appointment, officer.c.name).select_from(joined).where(wanted)
    return db.run.execute(query.order_by(appointment.c.from_at.desc(), appointment.c.fid.desc()).limit(limit)).all()


def held_before(db: Db, unit_id: str, post: str) -> bool:
    """Tell whether anybody ever held a unit's post."""
    query = select(appointment.c.fid).where(appointment.c.unit_id == unit_id, appointment.c.post == post)
    return db.run.execute(query.limit(1)).first() is not None


def ended_at(db: Db, at: dt.datetime, because: str) -> Sequence[Any]:
    """Return the appointments that ended at a moment for a reason."""
    query = select(appointment).where(appointment.c.to_at == at, appointment.c.ended_because == because)
    return db.run.execute(query.order_by(appointment.c.fid)).all()


def unit_labels(db: Db, ids: Sequence[str]) -> dict[str, Any]:
    """Return id, level, code, name and path of some units by id: today's version, else the last there was."""
    found: dict[str, Any] = {}
    wanted = sorted(set(ids))
    columns = (unit.c.id, unit.c.level, unit.c.code, unit.c.name, unit.c.path, unit.c.valid_to)
    for start in range(0, len(wanted), _FEW):
        chosen = unit.c.id.in_(wanted[start : start + _FEW])
        for row in db.run.execute(select(*columns).where(chosen).order_by(unit.c.valid_from)):
            found[row.id] = row
    return found


def _at_level(path: str, scope: Scope, levels: Sequence[str]) -> list[ColumnElement[bool]]:
    return [units.under(path), units.in_scope(scope), unit.c.valid_to.is_(None), unit.c.level.in_(list(levels))]


def _posts(path: str, scope: Scope, levels: Sequence[str], state: str) -> tuple[Any, list[ColumnElement[bool]]]:
    """Return units with their chief's term in force, and the conditions for ``held``, ``vacant`` or ("") both."""
    joined = unit.outerjoin(
        appointment,
        and_(appointment.c.unit_id == unit.c.id, appointment.c.post == CHIEF, appointment.c.to_at.is_(None)),
    )
    said = {"held": appointment.c.id.is_not(None), "vacant": appointment.c.id.is_(None)}.get(state, true())
    return joined, [*_at_level(path, scope, levels), said]


def units_with_posts(
    db: Db, scope: Scope, path: str, levels: Sequence[str], state: str, after: str, limit: int
) -> Sequence[Any]:
    """Return a page of the units under a path at some levels, by path: chief's post held, vacant or ("") either."""
    joined, wanted = _posts(path, scope, levels, state)
    query = select(*units.SHORT).select_from(joined).where(*wanted, unit.c.path > after)
    return db.run.execute(query.order_by(unit.c.path).limit(limit)).all()


def count_posts(db: Db, scope: Scope, path: str, levels: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (units, units whose chief's post is held) by level, under a path."""
    joined, wanted = _posts(path, scope, levels, "")
    query = select(unit.c.level, func.count(), func.count(appointment.c.id)).select_from(joined).where(*wanted)
    return {row[0]: (row[1], row[2]) for row in db.run.execute(query.group_by(unit.c.level))}


def units_at_levels(db: Db, path: str, levels: Sequence[str], at: dt.datetime | None = None) -> Sequence[Any]:
    """Return the units under a path at some levels, with ``geom`` (WKB), in force now or at a moment, by path."""
    query = select(*units.SHORT, unit.c.geom).where(
        units.under(path), units.current(at), unit.c.level.in_(list(levels))
    )
    return db.run.execute(query.order_by(unit.c.path)).all()


def places_under(db: Db, path: str, at: dt.datetime | None = None) -> dict[str, Place]:
    """Return the units under a path in force now, or at a moment, as places by id."""
    query = select(unit.c.id, unit.c.level, unit.c.parent_id).where(units.under(path), units.current(at))
    return {row.id: Place(row.id, row.level, row.parent_id) for row in db.run.execute(query)}


def moved_at(db: Db, path: str, at: dt.datetime) -> dict[tuple[str, str], int]:
    """Return how many homes went, at a moment, from one unit to another one under a path that is there today."""
    left = membership.alias("left_behind")
    joined = membership.join(left, and_(left.c.household_id == membership.c.household_id, left.c.valid_to == at))
    here = select(unit.c.id).where(units.under(path), unit.c.valid_to.is_(None))
    query = select(left.c.unit_id, membership.c.unit_id, func.count()).select_from(joined)
    query = query.where(
        membership.c.unit_id.in_(here), membership.c.valid_from == at, left.c.unit_id != membership.c.unit_id
    )
    return {(row[0], row[1]): row[2] for row in db.run.execute(query.group_by(left.c.unit_id, membership.c.unit_id))}


def homes_of(db: Db, unit_ids: Sequence[str]) -> dict[str, int]:
    """Return how many homes some units in force hold."""
    found: dict[str, int] = {}
    for start in range(0, len(unit_ids), _FEW):
        chosen = unit.c.id.in_(list(unit_ids[start : start + _FEW]))
        query = select(unit.c.id, unit.c.homes).where(chosen, unit.c.valid_to.is_(None))
        found.update({row.id: row.homes for row in db.run.execute(query)})
    return found


def hand_over(db: Db, now: dt.datetime, by: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write what passed from hand to hand, and return the ids of the rows."""
    written = [{"id": str(uuid.uuid4()), "at": now, "by": by, **row} for row in rows]
    if written:
        db.run.execute(handover.insert(), written)
    return [str(row["id"]) for row in written]


def handovers(db: Db, *, unit_id: str = "", officer_id: str = "", limit: int = 200) -> Sequence[Any]:
    """Return what passed from or to a unit, or an officer, newest first."""
    if unit_id:
        wanted = or_(handover.c.unit_id == unit_id, handover.c.to_unit_id == unit_id)
    else:
        wanted = or_(handover.c.from_officer == officer_id, handover.c.to_officer == officer_id)
    return db.run.execute(
        select(handover).where(wanted).order_by(handover.c.at.desc(), handover.c.fid.desc()).limit(limit)
    ).all()


def one_handover(db: Db, handover_id: str) -> Any:
    """Return a handover, or None."""
    return db.run.execute(select(handover).where(handover.c.id == handover_id)).first()
