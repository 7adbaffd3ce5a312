"""A county with a past: its whole history moved some days back, and the net changed anew since."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import text

from geodata.actions import intake
from geodata.actions.choices import Choices
from geodata.actions.drafting import draft
from geodata.rules.actors import OPERATOR
from geodata.store.database import Db, Store
from geodata.store.types import Instant
from survey.actions import publishing
from tests.village import Here, silent

DAYS_BACK = 3
_DATED = (
    ("unit", ("valid_from", "valid_to")), ("membership", ("valid_from", "valid_to")), ("publication", ("at",)),
    ("household", ("created_at", "changed_at")),
)  # fmt: skip


class Past(NamedTuple):
    """What was changed: the village, the homes it gained, and the moments (UTC, ISO) before and after it."""

    village: dict[str, Any]
    gained: int
    before: str
    after: str


def change(target: str, folder: Path) -> Past:
    """Move a county's history three days back, bring a home into a village and publish two new drafts of it today."""
    store = Store(target)
    with store.write() as db:
        _age(db, dt.timedelta(days=DAYS_BACK))
        village = db.run.execute(
            text("SELECT id, code, name, homes FROM unit WHERE level = 'village' AND valid_to IS NULL ORDER BY code")
        ).first()
        row = db.run.execute(
            text("SELECT h.village, h.zu, h.raw_x, h.raw_y FROM household h JOIN membership m ON m.household_id = h.id "
                 "JOIN unit u ON u.id = m.unit_id WHERE m.valid_to IS NULL AND u.valid_to IS NULL AND h.building = '' "
                 "AND u.path LIKE (SELECT path FROM unit WHERE id = :id AND valid_to IS NULL) || '%' ORDER BY h.code"),
            {"id": village.id},
        ).first()  # fmt: skip
    now = dt.datetime.now(dt.UTC)
    for n in (1, 2):
        _change_once(store, village.id, now - dt.timedelta(seconds=9 - 4 * n), n, _sheet(folder, [f"PAST-{n}", *row]))
    with store.read() as db:
        at = [row.at for row in db.run.execute(text("SELECT at FROM publication ORDER BY seq DESC LIMIT 4"))]
    store.close()
    newest, before = Instant().process_result_value(at[0], None), Instant().process_result_value(at[-1], None)
    told = [moment.isoformat() for moment in (before - dt.timedelta(microseconds=1), newest)]
    return Past(dict(village._mapping), 2, *told)


def _age(db: Db, by: dt.timedelta) -> None:
    read, write = Instant().process_result_value, Instant().process_bind_param
    for table, columns in _DATED:
        for column in columns:
            found = db.run.execute(text(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"))
            for old in sorted(found.scalars()):
                new = write(read(old, None) - by, None)
                db.run.execute(
                    text(f"UPDATE {table} SET {column} = :new WHERE {column} = :old"),
                    {"new": new, "old": old},
                )


def _sheet(folder: Path, values: Sequence[Any]) -> Path:
    path = folder / f"{values[0]}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["户编号", "村", "组", "经度", "纬度"], values])
    return path


def _change_once(store: Store, unit_id: str, at: dt.datetime, n: int, sheet: Path) -> None:
    """Bring a home in at a moment, draft its village anew and publish that, by the actions of page and command line."""
    with store.write() as db:
        intake.take(db, OPERATOR, at, sheet, Choices("households", crs="EPSG:4490"))
    drafted = draft(store, OPERATOR, lambda: at, unit_id, 40 + n, Here(), silent)
    with store.write() as db:
        publishing.publish(db, OPERATOR, at, drafted["plans"][0], f"改{n}")
