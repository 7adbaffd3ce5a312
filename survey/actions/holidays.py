"""The county's holiday table: looked at, replaced, and brought by file a year at a time.

Importing this module makes ``holidays`` a kind of file (``geodata.actions.bringers``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geodata.actions.bringers import Bringer, register
from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions.bringing import no_places
from survey.rules.holidays import Holidays, holidays_from

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND, SETTING = "holidays", "holidays"


def table(db: Db) -> Holidays:
    """Return the county's holiday table, which the calendar of deadlines reads; empty where none was set."""
    return holidays_from(settings.get(db, SETTING, {}))


def show(db: Db, actor: Actor, now: dt.datetime) -> dict[str, list[str]]:
    """Return the table as ``{"off": […], "on": […]}``; whoever is signed in may ask."""
    return table(db).to_dict()


def replace(db: Db, actor: Actor, now: dt.datetime, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Replace the whole table. Raises ``holiday.*`` of ``holidays_from``, ``right.missing`` (right)."""
    require_whole(db, actor, "settings")
    return _keep(db, actor, now, holidays_from(values))


def add_years(
    db: Db, actor: Actor, now: dt.datetime, values: Mapping[str, Any], *, dry: bool = False
) -> dict[str, list[str]]:
    """Replace the years that a table names and leave the others; ``dry`` writes nothing. Raises as :func:`replace`."""
    require_whole(db, actor, "settings")
    wanted = table(db).with_years_of(holidays_from(values))
    return wanted.to_dict() if dry else _keep(db, actor, now, wanted)


def _keep(db: Db, actor: Actor, now: dt.datetime, wanted: Holidays) -> dict[str, list[str]]:
    kept = wanted.to_dict()
    settings.put(db, SETTING, kept)
    years = sorted({day.year for day in wanted.off | wanted.on})
    audit.record(db, actor, now, "holidays.set", days=len(wanted.off) + len(wanted.on), years=years)
    return kept


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the days of a file and the rows refused (``survey.rules.holiday_rows.rows_from``); nothing is written."""
    from survey.rules.holiday_rows import rows_from

    return rows_from(frame, mapping)


def _brought(rows: Any) -> Holidays:
    said = {
        kind: [day for day, held in zip(rows["day"], rows["kind"], strict=True) if held == kind]
        for kind in ("off", "on")
    }
    return holidays_from(said)


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many days are new, of another kind than before, and as they were."""
    held, brought = table(db), _brought(rows)
    same = len(held.off & brought.off) + len(held.on & brought.on)
    changed = len(held.off & brought.on) + len(held.on & brought.off)
    return {"new": len(rows) - same - changed, "changed": changed, "unchanged": same}


def take_holidays(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring a table in: the years that it names are as it says, the others stay."""
    from geodata.actions.take_units import Taken

    require_whole(db, actor, "settings", "import")
    counts = compare(db, rows)
    wanted = table(db).with_years_of(_brought(rows))
    if wanted != table(db):
        _keep(db, actor, now, wanted)
    return Taken(counts["new"], counts["changed"], counts["unchanged"])


register(KIND, Bringer(no_places, understand, compare, take_holidays))
