"""The county's categories of issues: the list it starts with, looked at, changed one by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.rules import category_words as words
from survey.rules.categories import (
    KIND_OF,
    KINDS,
    LEVELS,
    SCHEME_OF,
    VERSION_OF,
    Category,
    category_id,
    list_shipped,
    major_of,
)
from survey.rules.deadlines import GRADES
from survey.store import categories, offices

_READ: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: words.checked_name(str(value)),
    "name_en": lambda value: str(value).strip(),
    "major": lambda value: str(value).strip(),
    "grade": lambda value: words.choice_of("grade", str(value), GRADES),
    "level": lambda value: words.choice_of("level", str(value), LEVELS),
    "office_code": lambda value: str(value).strip(),
    "restricted": bool,
    "keywords": lambda value: words.keywords_of("\n".join(map(str, value))),
    "symbol": lambda value: words.symbol_of(str(value)),
}
CHANGEABLE = (*_READ, "retired")


def columns_of(category: Category) -> dict[str, Any]:
    """Return a category as the columns of the store."""
    held = {field.name: getattr(category, field.name) for field in dataclasses.fields(category)}
    return {**held, "id": category.id, "keywords": list(category.keywords), "retired_at": None}


def ensure(db: Db, now: dt.datetime) -> int:
    """Give a county that has no categories those it starts with; returns how many were added.

    Called when the county is made and before anything that needs them is written; it asks one number where they are
    there already.
    """
    if categories.count(db):
        return 0
    shipped = list_shipped()
    categories.add(db, [columns_of(category) for category in shipped])
    return len(shipped)


def list_categories(db: Db, actor: Actor, now: dt.datetime, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return the categories in their order; before the county has any, those it will start with.

    Whoever is signed in may ask: what may be reported is no secret, what was reported is.
    """
    held = categories.every(db, retired=retired)
    if not held and not categories.count(db):
        return [shown(category) for category in list_shipped()]
    return [shown(row) for row in held]


def known(db: Db, now: dt.datetime) -> Sequence[Any]:
    """Return the categories in force for those who match words against them, as rows or as shipped."""
    held = categories.every(db)
    return held if held or categories.count(db) else list_shipped()


def find(db: Db, now: dt.datetime, category_id: str) -> Any:
    """Return a category that an issue may be reported under, giving the county its first list where it has none.

    Raises
    ------
    Problem
        ``issue.unknown_category`` for one that there is not, or that is no longer used.
    """
    found = categories.one(db, category_id)
    if found is None and ensure(db, now):
        found = categories.one(db, category_id)
    if found is None or found.retired_at is not None:
        raise Problem("issue.unknown_category")
    return found


def shown(row: Any) -> dict[str, Any]:
    """Return a category, a row of the store or one as shipped, as it is told."""
    names = ("id", "scheme", "version", "code", "kind", "major", "name", "name_en", "grade", "level", "office_code",
             "restricted", "symbol")  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    return {**told, "keywords": list(row.keywords), "retired": getattr(row, "retired_at", None) is not None}


def _checked(db: Db, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for the fields given, each in its kept form."""
    kept = {name: read(values[name]) for name, read in _READ.items() if name in values}
    if kept.get("office_code") and offices.by_code(db, kept["office_code"]) is None:
        raise Problem("category.no_office", code=kept["office_code"])
    return kept


def change(db: Db, actor: Actor, now: dt.datetime, category_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change some fields (``CHANGEABLE``) of a category; issues reported before keep the grade they were given.

    Raises
    ------
    Problem
        ``category.not_found``, ``category.no_name``, ``category.bad_grade``, ``category.bad_level`` (value),
        ``category.bad_symbol`` (value, known), ``category.bad_keywords`` (most, longest), ``category.no_office``
        (code), ``right.missing`` (right).
    """
    require_whole(db, actor, "settings")
    ensure(db, now)
    row = categories.one(db, category_id)
    if row is None:
        raise Problem("category.not_found")
    kept = _checked(db, values)
    if not kept.get("symbol", "x"):
        kept["symbol"] = major_of(row.scheme, row.code)[1]
    if "retired" in values and bool(values["retired"]) != (row.retired_at is not None):
        kept["retired_at"] = now if values["retired"] else None
    if kept:
        categories.change(db, category_id, kept)
        audit.record(db, actor, now, "category.changed", category_id, fields=sorted(kept))
    return shown(categories.one(db, category_id))


def add(db: Db, actor: Actor, now: dt.datetime, values: Mapping[str, Any]) -> dict[str, Any]:
    """Add a category of the county's own: ``kind``, ``code``, ``name`` and what else is said of it.

    Raises
    ------
    Problem
        What :func:`change` raises; ``category.bad_code`` (value), ``category.taken`` (code, name).
    """
    require_whole(db, actor, "settings")
    ensure(db, now)
    scheme = str(values.get("scheme") or "")
    kind = words.choice_of("kind", str(values.get("kind") or KIND_OF.get(scheme, "local")), KINDS)
    scheme = scheme or SCHEME_OF[kind]
    version = str(values.get("version") or VERSION_OF.get(scheme, "1"))
    raw = str(values.get("code", "")).strip()
    code = words.checked_code(raw, kind, 3 if len(raw) > 4 else 2)
    made = category_id(scheme, version, code)
    held = categories.one(db, made)
    if held is not None:
        raise Problem("category.taken", code=code, name=held.name)
    major, symbol = major_of(scheme, code)
    kept = {"name": "", "major": major, **values}
    plain = Category(scheme, version, code, kind, major, "", symbol=symbol, position=categories.last_position(db) + 1)
    row = {**columns_of(plain), **_checked(db, kept)}
    row["symbol"], row["major"] = row["symbol"] or symbol, row["major"] or major
    categories.add(db, [row])
    audit.record(db, actor, now, "category.added", made, code=code)
    return shown(categories.one(db, made))
