"""People, appointments, handovers and issues among the things that are told to be hidden (``geodata.actions.denied``).

Importing this module makes them known there, so that asking for those of another's ground leaves a row in the audit.
"""

from __future__ import annotations

from geodata.actions import denied
from geodata.rules.actors import EVERYWHERE
from geodata.store.database import Db
from survey.store import appointments, issues, officers


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path of the ground that an officer, appointment, handover or issue belongs to, None for no such.

    An officer of no village belongs to the whole county: "".
    """
    person = officers.one(db, EVERYWHERE, thing_id)
    if person is not None:
        return str(person.path or "")
    issue = issues.raw(db, thing_id)
    if issue is not None:
        return str(issue.path)
    found = appointments.one(db, thing_id) or appointments.one_handover(db, thing_id)
    if found is None:
        return None
    label = appointments.unit_labels(db, [found.unit_id]).get(found.unit_id)
    return str(label.path) if label is not None else ""


denied.also(path_of)
