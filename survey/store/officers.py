from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, exists, func, or_, select, true, type_coerce

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.households import belongs
from geodata.store.tables import household, membership, unit
from survey.store.tables import appointment, officer

_VILLAGE = unit.alias("village_today")
_HOLDER = unit.alias("holder_today")

SHORT: tuple[Any, ...] = (
    *(c for c in officer.c if c.name not in ("fid", "phone_sealed", "id_no_sealed", "geom")),
    officer.c.phone_sealed, officer.c.id_no_sealed.is_not(None).label("has_id_no"), officer.c.geom,
    _VILLAGE.c.name.label("village_name"), _VILLAGE.c.code.label("village_code"), _VILLAGE.c.path.label("path"),
    household.c.code.label("home_code"), household.c.geom.label("home_geom"),
)  # fmt: skip
_WITH_VILLAGE = officer.outerjoin(
    _VILLAGE, and_(_VILLAGE.c.id == officer.c.village_id, _VILLAGE.c.valid_to.is_(None))
).outerjoin(household, household.c.id == officer.c.household_id)


def _seen(scope: Scope) -> ColumnElement[bool]:
    """Return the condition for officers of a scope: by their village; those of none are the whole county's."""
    inside = units.in_scope(scope, _VILLAGE.c.path)
    return or_(inside, _VILLAGE.c.path.is_(None)) if units.is_whole(scope) else inside


def _living() -> ColumnElement[bool]:
    return officer.c.retired_at.is_(None)


def one(db: Db, scope: Scope, officer_id: str) -> Any:
    """Return an officer with sealed fields and the path of their village (None for no village), or None."""
    query = select(*SHORT, officer.c.id_no_sealed).select_from(_WITH_VILLAGE)
    return db.run.execute(query.where(officer.c.id == officer_id, _seen(scope))).first()


def _wanted(scope: Scope, path: str, words: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions of a list: the ground, and what is wanted of ``actions.officers.page``."""
    found = [_seen(scope), units.under(path, _VILLAGE.c.path) if path else true()]
    found.append(officer.c.retired_at.is_not(None) if words.get("retired") else _living())
    if words.get("tag"):
        tag = str(words["tag"]).replace("\\", "").replace("%", "").replace("_", "")
        found.append(type_coerce(officer.c.tags, Text).like(f'%"{tag}"%'))
    found += [officer.c[name] == words[name] for name in ("party", "away", "vetting") if words.get(name)]
    if words.get("text"):
        text = str(words["text"])
        found.append(or_(officer.c.name.contains(text, autoescape=True), officer.c.code == text))
    if words.get("idle"):
        found.append(~exists().where(appointment.c.officer_id == officer.c.id, appointment.c.to_at.is_(None)))
    return found


def page(db: Db, scope: Scope, path: str, words: Mapping[str, Any], after: str, limit: int) -> Sequence[Any]:
    """Return a page of the officers under a path, ordered by code."""
    query = select(*SHORT).select_from(_WITH_VILLAGE).where(*_wanted(scope, path, words), officer.c.code > after)
    return db.run.execute(query.order_by(officer.c.code).limit(limit)).all()


def count(db: Db, scope: Scope, path: str, words: Mapping[str, Any]) -> int:
    """Return how many officers ``page`` pages through."""
    query = select(func.count()).select_from(_WITH_VILLAGE).where(*_wanted(scope, path, words))
    return int(db.run.execute(query).scalar_one())


def some(db: Db, ids: Sequence[str]) -> dict[str, Any]:
    """Return officers by id, as ``page`` gives them, retired or not; the caller has asked for their scope."""
    found: dict[str, Any] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        query = select(*SHORT).select_from(_WITH_VILLAGE).where(officer.c.id.in_(wanted[start : start + 500]))
        found.update({row.id: row for row in db.run.execute(query)})
    return found


def candidates(db: Db, path: str) -> Sequence[Any]:
    """Return the living officers of the villages under a path: id, code, name, party, tags, vetting, away, village_id,
    both home points (WKB) and the path of the unit that holds their home, ordered by id.
    """
    joined = _WITH_VILLAGE.outerjoin(
        membership, and_(membership.c.household_id == officer.c.household_id, belongs())
    ).outerjoin(_HOLDER, and_(_HOLDER.c.id == membership.c.unit_id, _HOLDER.c.valid_to.is_(None)))
    columns = (
        officer.c.id, officer.c.code, officer.c.name, officer.c.party, officer.c.tags, officer.c.vetting,
        officer.c.away, officer.c.village_id, officer.c.geom, household.c.geom.label("home_geom"),
        _HOLDER.c.path.label("home_path"),
    )  # fmt: skip
    query = select(*columns).select_from(joined).where(_living(), units.under(path, _VILLAGE.c.path))
    return db.run.execute(query.where(_VILLAGE.c.path.is_not(None)).order_by(officer.c.id)).all()


def home_paths(db: Db, ids: Sequence[str]) -> dict[str, str]:
    """Return the path of the unit that holds the home of some officers, by officer; without a known home left out."""
    joined = officer.join(membership, and_(membership.c.household_id == officer.c.household_id, belongs())).join(
        unit, and_(unit.c.id == membership.c.unit_id, unit.c.valid_to.is_(None))
    )
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        query = select(officer.c.id, unit.c.path).select_from(joined)
        rows = db.run.execute(query.where(officer.c.id.in_(list(ids[start : start + 500]))))
        found.update({row.id: row.path for row in rows})
    return found


def known(db: Db) -> Sequence[Any]:
    """Return what a file of people is compared with: every officer, those merged into another too."""
    columns = [
        c for c in officer.c if c.name not in ("fid", "phone_sealed", "id_no_sealed", "created_at", "changed_at")
    ]
    return db.run.execute(select(*columns)).all()


def code_taken(db: Db, code: str, but: str = "") -> bool:
    """Tell whether another officer carries a code."""
    query = select(officer.c.id).where(officer.c.code == code, officer.c.id != but)
    return db.run.execute(query).first() is not None


def add(db: Db, columns: Mapping[str, Any], now: dt.datetime) -> None:
    """Add officers, column by column."""
    length = len(columns["id"])
    insert_columns(db, officer, {**columns, "created_at": [now] * length, "changed_at": [now] * length})


def change(db: Db, officer_id: str, values: Mapping[str, Any], now: dt.datetime) -> None:
    """Overwrite some columns of an officer."""
    db.run.execute(officer.update().where(officer.c.id == officer_id).values(**values, changed_at=now))


def homes_by_code(db: Db, codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return (id, path of the unit that holds it, "" for none) of the homes that carry some codes, by code."""
    joined = household.outerjoin(membership, and_(membership.c.household_id == household.c.id, belongs())).outerjoin(
        unit, and_(unit.c.id == membership.c.unit_id, unit.c.valid_to.is_(None))
    )
    found: dict[str, tuple[str, str]] = {}
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), 500):
        query = select(household.c.code, household.c.id, unit.c.path).select_from(joined)
        query = query.where(household.c.code.in_(wanted[start : start + 500]), household.c.retired_at.is_(None))
        found.update({row.code: (row.id, row.path or "") for row in db.run.execute(query)})
    return found


def doubles(db: Db, scope: Scope, path: str, limit: int) -> list[tuple[str, list[str]]]:
    """Return groups of officers who may be one person, the surest first, as (why, ids).

    ``id_no``: the same ID number; ``name_phone``: the same name and telephone; ``name_village``: the same name in one
    village, where not both have an ID number to tell them apart.
    """
    found: list[tuple[str, list[str]]] = []
    seen: set[frozenset[str]] = set()
    for why, keys in (
        ("id_no", (officer.c.id_digest,)),
        ("name_phone", (officer.c.name, officer.c.phone_digest)),
        ("name_village", (officer.c.name, officer.c.village_id)),
    ):
        for ids in _groups(db, scope, path, keys, limit):
            if frozenset(ids) not in seen and len(found) < limit:
                seen.add(frozenset(ids))
                found.append((why, ids))
    return found


def _groups(db: Db, scope: Scope, path: str, keys: Sequence[Any], limit: int) -> list[list[str]]:
    """Return the ids of the officers that share some keys, none of them empty, group by group."""
    ground = [_seen(scope), _living(), units.under(path, _VILLAGE.c.path) if path else true()]
    there = [key.is_not(None) for key in keys]
    shared = select(*keys).select_from(_WITH_VILLAGE).where(*ground, *there).group_by(*keys).having(func.count() > 1)
    weak = keys[-1] is officer.c.village_id
    groups: list[list[str]] = []
    for values in db.run.execute(shared.order_by(*keys).limit(limit)).all():
        same: Select[Any] = select(officer.c.id, officer.c.id_digest).select_from(_WITH_VILLAGE).where(*ground)
        rows = db.run.execute(
            same.where(*(key == value for key, value in zip(keys, values, strict=True))).order_by(officer.c.code)
        ).all()
        numbers = [row.id_digest for row in rows]
        if not weak or len({n for n in numbers if n}) < 2:
            groups.append([row.id for row in rows])
    return groups
