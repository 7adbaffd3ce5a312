"""Common questions come in by file, known again by the words of the question.

Importing this module makes ``faq`` a kind of file (``geodata.actions.bringers``).
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
from survey.actions.faq import category_finder
from survey.actions.offices import retirement
from survey.rules.faq import question_key
from survey.store import faq

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND = "faq"


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the questions of a file and the rows refused; nothing is written.

    Beside what ``survey.rules.faq_rows`` refuses: ``faq.no_category`` (category).
    """
    from survey.rules.faq_rows import entries_from

    rows, refusals = entries_from(frame, mapping)
    find = category_finder(db, ONCE)
    rows = resolve(rows, refusals, "category", "category_code", lambda row: find(row["category"]))
    return rows, sorted(refusals, key=lambda refusal: refusal.row)


def _compared(db: Db, rows: Any, now: dt.datetime) -> Compared:
    held = {question_key(row.question): row for row in faq.every(db, retired=True)}
    given = set(rows.attrs["given"])

    def change(row: Any, said: Row) -> Row:
        names = ("question", "answer", *(("category_code",) if "category" in given else ()))
        changed = {name: said[name] for name in names if getattr(row, name) != said[name]}
        return changed | (retirement(said, row, now) if "retired" in given else {})

    return compare_rows(rows, lambda row: held.get(question_key(row["question"])), change)


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against the county's list."""
    return _compared(db, rows, ONCE).counts()


def take_faq(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring questions and answers in: new ones are added, changed ones overwritten, those the file leaves out stay.

    Parameters
    ----------
    rows
        As :func:`understand` gives them.
    """
    require_whole(db, actor, "settings", "import")
    found = _compared(db, rows, now)
    for held, changed in found.changed:
        faq.change(db, held.id, changed, now)
    names = ("question", "answer", "category_code")
    new = [{"id": str(uuid.uuid4()), **{n: row[n] for n in names}, **retirement(row, None, now)} for row in found.new]
    faq.add(db, new, now)
    audit.record(db, actor, now, "import.faq", counts=found.counts())
    return found.taken()


register(KIND, Bringer(no_places, understand, compare, take_faq))
