"""A county's offices come in by file, known again by their code.

Importing this module makes ``offices`` a kind of file (``geodata.actions.bringers``).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geodata.actions.bringers import Bringer, register
from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.store import audit
from geodata.store.database import Db
from survey.actions.bringing import ONCE, Compared, Row, compare_rows, no_places, resolve
from survey.actions.offices import retirement, unit_finder
from survey.store import offices

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND = "offices"


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the offices of a file with the units they name, and the rows refused; nothing is written.

    Beside what ``survey.rules.office_rows`` refuses: ``office.no_unit`` (unit).
    """
    from survey.rules.office_rows import offices_from

    rows, refusals = offices_from(frame, mapping)
    find = unit_finder(db)
    rows = resolve(rows, refusals, "unit", "unit_id", lambda row: find(row["unit"]))
    return rows, sorted(refusals, key=lambda refusal: refusal.row)


def _compared(db: Db, rows: Any, now: dt.datetime) -> Compared:
    by_code, given = {row.code: row for row in offices.every(db, retired=True)}, set(rows.attrs["given"])

    def change(held: Any, row: Row) -> Row:
        said = {"name": row["name"]} | ({"unit_id": row["unit_id"]} if "unit" in given else {})
        changed = {name: value for name, value in said.items() if getattr(held, name) != value}
        return changed | (retirement(row, held, now) if "retired" in given else {})

    return compare_rows(rows, lambda row: by_code.get(row["code"]), change)


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against the county's offices."""
    return _compared(db, rows, ONCE).counts()


def take_offices(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring offices in by their code: new ones are added, changed ones overwritten, those the file leaves out stay.

    Parameters
    ----------
    rows
        As :func:`understand` gives them.
    """
    require_whole(db, actor, "settings", "import")
    found = _compared(db, rows, now)
    for held, changed in found.changed:
        offices.change(db, held.id, changed)
    names = ("code", "name", "unit_id")
    new = [{"id": str(uuid.uuid4()), **{n: row[n] for n in names}, **retirement(row, None, now)} for row in found.new]
    offices.add(db, [{"retired_at": None, **row} for row in new])
    audit.record(db, actor, now, "import.offices", counts=found.counts())
    return found.taken()


register(KIND, Bringer(no_places, understand, compare, take_offices))
