"""The offices that issues are sent to: the county's and the towns', listed, added, renamed, retired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, units
from geodata.store.database import Db
from survey.rules.offices import checked_code, checked_name
from survey.store import offices

FIELDS = ("code", "name", "unit", "retired")


def list_offices(db: Db, actor: Actor, now: dt.datetime, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return the offices by code, each with the county or town it belongs to; whoever is signed in may ask."""
    return [shown(row) for row in offices.every(db, retired=retired)]


def shown(row: Any) -> dict[str, Any]:
    """Return an office as it is told; ``unit`` is None for one of the whole county, or whose town is gone."""
    unit = None
    if row.unit_id and row.unit_name is not None:
        unit = {"id": row.unit_id, "name": row.unit_name, "code": row.unit_code, "level": row.unit_level}
    return {"id": row.id, "code": row.code, "name": row.name, "unit": unit, "retired": row.retired_at is not None}


def put(db: Db, actor: Actor, now: dt.datetime, office_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Add an office under an id that the client made, or change the fields (``FIELDS``) given of one that is there.

    The same request twice does the same as once. ``unit`` is the code, name or id of the county or a town.

    Raises
    ------
    Problem
        ``office.bad_code`` (value), ``office.bad_name`` (most), ``office.taken`` (code),
        ``office.no_unit`` (unit), ``right.missing`` (right).
    """
    require_whole(db, actor, "settings")
    held = offices.one(db, office_id)
    kept: dict[str, Any] = {}
    if held is None or "code" in values:
        kept["code"] = checked_code(str(values.get("code", "")))
        if offices.code_taken(db, kept["code"], office_id):
            raise Problem("office.taken", code=kept["code"])
    if held is None or "name" in values:
        kept["name"] = checked_name(str(values.get("name", "")))
    if held is None or "unit" in values:
        kept["unit_id"] = unit_finder(db)(str(values.get("unit") or ""))
    kept |= retirement(values, held, now)
    changed = {name: value for name, value in kept.items() if held is None or getattr(held, name) != value}
    if held is None:
        offices.add(db, [{"retired_at": None, **kept, "id": office_id}])
    elif changed:
        offices.change(db, office_id, changed)
    if changed:
        act = "office.added" if held is None else "office.changed"
        audit.record(db, actor, now, act, office_id, fields=sorted(changed), name=changed.get("name", ""))
    return next(shown(row) for row in offices.every(db, retired=True) if row.id == office_id)


def retirement(values: Mapping[str, Any], held: Any, now: dt.datetime) -> dict[str, Any]:
    """Return the column that retiring or taking back changes, nothing where it is as it was."""
    if "retired" not in values or bool(values["retired"]) == (held is not None and held.retired_at is not None):
        return {}
    return {"retired_at": now if values["retired"] else None}


def unit_finder(db: Db) -> Callable[[str], str]:
    """Return what finds the id of the county or town that a text names by id, code or name, "" for no text.

    What it returns raises ``office.no_unit`` (unit) for a text that names none, or two.
    """
    by_word: dict[str, set[str]] = {"": {""}}
    for level in (Level.COUNTY, Level.TOWN):
        for row in units.with_level(db, "", level):
            for word in (row.id, row.code, row.name):
                by_word.setdefault(word, set()).add(row.id)

    def find(text: str) -> str:
        named = by_word.get(text, set())
        if len(named) != 1:
            raise Problem("office.no_unit", unit=text[:80])
        return next(iter(named))

    return find


def find(db: Db, now: dt.datetime, office_id: str) -> Any:
    """Return a living office, or ``office.not_found``."""
    found = offices.one(db, office_id)
    if found is None or found.retired_at is not None:
        raise Problem("office.not_found")
    return found
