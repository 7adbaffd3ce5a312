"""A county's own list of categories comes in by file: known again by scheme, version and code; retired, never deleted.

Importing this module makes ``categories`` a kind of file (``geodata.actions.bringers``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geodata.actions.bringers import Bringer, register
from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions.bringing import Row, compare_rows, no_places, resolve
from survey.actions.categories import columns_of, ensure
from survey.rules.categories import Category, category_id, list_shipped
from survey.store import categories, offices

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND = "categories"
_COMPARED = ("major", "name", "name_en", "grade", "level", "office_code", "restricted", "keywords", "symbol")


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the categories of a file and the rows refused; nothing is written.

    Beside what ``survey.rules.category_rows`` refuses: ``category.no_office`` (code) for an office that the county
    does not have, for a matter sent nowhere would lie unseen.
    """
    from survey.rules.category_rows import categories_from

    rows, refusals = categories_from(frame, mapping)
    there = {row.code for row in offices.every(db)} | {""}

    def check(row: Row) -> str:
        if row["office_code"] not in there:
            raise Problem("category.no_office", code=row["office_code"][:80])
        return str(row["office_code"])

    rows = resolve(rows, refusals, "office_code", "office_code", check)
    return rows, sorted(refusals, key=lambda refusal: refusal.row)


def _is_retired(row: Any) -> bool:
    """Tell whether a category, a row of the store or one as shipped, is retired."""
    return getattr(row, "retired_at", None) is not None


class _Held:
    """The county's categories as they are, and what each row of a file would make of them."""

    def __init__(self, db: Db, rows: Any) -> None:
        held = categories.every(db, retired=True) or list_shipped()  # those that a county without any is given first
        self.by_id: dict[str, Any] = {row.id: row for row in held}
        in_force = {(row.scheme, row.version) for row in held if not _is_retired(row)}
        self.given = set(rows.attrs["given"])
        self.fresh = {pair for pair in zip(rows["scheme"], rows["version"], strict=True) if pair not in in_force}
        """Versions of schemes that come into force with this file: their rows are taken up, whatever they were."""

    def find(self, row: Row) -> Any:
        """Return the category that a row is, None for a new one."""
        return self.by_id.get(category_id(row["scheme"], row["version"], row["code"]))

    def change(self, held: Any, row: Row) -> Row:
        """Return the columns that a row changes of a category that is there, ``retired`` for its being in force."""
        said = {name: row[name] for name in _COMPARED if name in self.given}
        told = {**{name: getattr(held, name) for name in said}, "keywords": list(held.keywords)}
        changed = {name: value for name, value in said.items() if told[name] != value}
        wanted = self._retired(row, _is_retired(held))
        return changed | ({} if wanted == _is_retired(held) else {"retired": wanted})

    def _retired(self, row: Row, held: bool) -> bool:
        if "retired" in self.given:
            return bool(row["retired"])
        return held and (row["scheme"], row["version"]) not in self.fresh


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against the county's list."""
    held = _Held(db, rows)
    return compare_rows(rows, held.find, held.change).counts()


def take_categories(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring categories in: new ones are added, changed ones overwritten where the file says something.

    A scheme has one version in force: where the file brings another, what is not of it is retired. A category that the
    file does not name otherwise stays.

    Parameters
    ----------
    rows
        As :func:`understand` gives them.
    """
    require_whole(db, actor, "settings", "import")
    if len(rows):
        ensure(db, now)
    held = _Held(db, rows)
    found = compare_rows(rows, held.find, held.change)
    for row, changed in found.changed:
        if "retired" in changed:
            changed["retired_at"] = now if changed.pop("retired") else None
        categories.change(db, row.id, changed)
    first = categories.last_position(db) + 1
    categories.add(db, [_columns(row, held.given, first + at, now) for at, row in enumerate(found.new)])
    gone = sum(categories.retire_others(db, scheme, version, now) for scheme, version in sorted(held.fresh))
    audit.record(db, actor, now, "import.categories", counts=found.counts(), retired=gone)
    return found.taken()


def _columns(row: Row, given: set[str], position: int, now: dt.datetime) -> dict[str, Any]:
    """Return the columns of a new category; what the file has no column for is as in the list we ship, if it is there.

    Only the meaning is taken from there (English name, grade, keywords, symbol), never who handles it.
    """
    shipped = {(one.scheme, one.code): one for one in list_shipped()}
    usual = shipped.get((row["scheme"], row["code"]))
    values = {name: row[name] for name in ("scheme", "version", "code", "kind", *_COMPARED)}
    if usual is not None and usual.name == row["name"]:
        for name in ("name_en", "grade", "keywords", "symbol"):
            values[name] = row[name] if name in given else getattr(usual, name)
    made = Category(**{**values, "keywords": tuple(values["keywords"])}, position=position)
    return {**columns_of(made), "retired_at": now if row["retired"] else None}


register(KIND, Bringer(no_places, understand, compare, take_categories))
