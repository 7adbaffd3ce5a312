"""A county with a past: its whole history moved some days back, and the net changed anew since."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import text

from geodata.store.database import Db, Store
from geodata.store.types import Instant
from tests.browser.served import sanzhang

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
    store = Store(target, folder)
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
    store.close()
    for n in (1, 2):
        _bring_home(target, folder, [f"PAST-{n}", *row])
        drafted = json.loads(sanzhang("draft", "--unit", village.code, "--seed", str(40 + n), "--db", target, "--json"))
        sanzhang("publish", *drafted["plans"], "--reason", f"改{n}", "--db", target)
    store = Store(target, folder)
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


def _bring_home(target: str, folder: Path, values: Sequence[Any]) -> None:
    path = folder / f"{values[0]}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["户编号", "村", "组", "经度", "纬度"], values])
    sanzhang("import", "households", str(path), "--crs", "EPSG:4490", "--yes", "--db", target)
