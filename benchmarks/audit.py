#!/usr/bin/env python3
"""Who saw a home, asked of an audit of millions of rows; and session starts by device tokens.

Run as ``benchmarks/audit.py [--rows 5000000] [--db URL] [--json] [--quick]``. It makes a county of its own, fills its
audit with rows that carry no true seal, and asks for one home that 200 rows are about, among 2,000 exports.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import insert, text

from geodata.rules.actors import OPERATOR, Actor
from geodata.store.database import Store
from geodata.store.tables import audit, household, membership, unit
from survey.actions import accounts, devices
from survey.actions.audit import who_saw
from survey.store import accounts as kept_accounts
from webmap.session import open_store

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
HOMES, BATCH, THREADS = 25_000, 50_000, 4
STARTED = 10_000_000  # above the rows that session starts leave
POINT = "0101000000" + "00" * 16


def rows_from(first: int, count: int) -> list[dict[str, Any]]:
    """Return audit rows: mostly people opening one of 25,000 homes, one in 2,500 an export."""
    return [
        {
            "seq": STARTED + n, "at": NOW - dt.timedelta(seconds=6 * (6_000_000 - n)), "by": f"account{n % 900}",
            "act": "export" if n % 2500 == 0 else "household.unmasked",
            "object": "net.gpkg" if n % 2500 == 0 else f"home{n % HOMES}",
            "path": f"431382/{n // 2500 % 20:03d}/" if n % 2500 == 0 else f"431382/{n % 20:03d}/001/",
            "detail": '{"reason": "x"}', "seal": "",
        }
        for n in range(first, first + count)
    ]  # fmt: skip


def fill(store: Store, rows: int) -> None:
    """Fill the audit, and make the one home that is asked for."""
    with store.write() as db:
        for statement in ["DROP TRIGGER audit_no_replace"] if db.embedded else []:  # it looks each seq up
            db.run.execute(text(statement))
        at = {"valid_from": NOW}
        values = {"level": "village", "code": "1", "name": "x", "path": "431382/007/001/"}
        db.run.execute(insert(unit).values(id="u", homes=1, area_m2=0.0, fill=0, **values, **at))
        home = {"id": "home7", "code": "H7", "digest": "", "geom": bytes.fromhex(POINT)}
        db.run.execute(insert(household).values(**home, created_at=NOW, changed_at=NOW))
        db.run.execute(insert(membership).values(household_id="home7", unit_id="u", **at))
    for first in range(1, rows + 1, BATCH):
        with store.write() as db:
            db.run.execute(insert(audit), rows_from(first, min(BATCH, rows + 1 - first)))
    if not store.embedded:
        with store.write() as db:
            db.run.execute(text("ANALYZE audit"))


def seen_ms(store: Store) -> tuple[float, int]:
    """Return the median milliseconds of asking who saw the home, and the rows found."""
    times, found = [], 0
    for _ in range(9):
        with store.read() as db:
            begun = time.perf_counter()
            found = len(who_saw(db, OPERATOR, NOW, "H7", "2024-01-01")[0])
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), found


def device_starts(store: Store, seconds: float) -> tuple[float, float]:
    """Return session starts by device tokens a second in four threads, and the 95th percentile in milliseconds."""
    tokens = []
    with store.write() as db:
        for number in range(THREADS):
            name = f"chief{number}"
            account, _ = accounts.create_account(db, OPERATOR, NOW, name, name, [("village_cadre", "")])
            secret = kept_accounts.secret_of(db, account.id)
            kept_accounts.set_secret(db, account.id, secret, must_change=False)
            tokens.append(devices.remember(db, Actor(account.id, name), NOW, "phone", "203.0.113.9")[1])
    times: list[float] = []
    stop = time.perf_counter() + seconds

    def begin(token: str) -> None:
        while (begun := time.perf_counter()) < stop:
            with store.read() as db:
                _, token = devices.enter(db, Actor("", ""), NOW, token, "203.0.113.9")
            times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=begin, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, statistics.quantiles(times, n=20)[-1]


def row(name: str, ours: float, unit_name: str, note: str) -> dict[str, Any]:
    """Return a row of figures without a peer."""
    return {"name": name, "ours": round(ours, 1), "peer": None, "ratio": None, "unit": unit_name, "note": note}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--db", default="", help="an empty PostGIS database instead of a GeoPackage of its own")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="200,000 rows")
    asked = parser.parse_args()
    rows = 200_000 if asked.quick else asked.rows
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(asked.db or str(Path(folder) / "county.gpkg"), Path(folder))
        begun = time.perf_counter()
        per_s, p95_ms = device_starts(store, 3 if asked.quick else 10)
        fill(store, rows)
        filled_s = time.perf_counter() - begun
        ms, found = seen_ms(store)
        store.close()
    told = [
        row("seen_ms", ms, "ms", f"{rows} rows, {found} found, filled in {filled_s:.0f} s"),
        row("device_starts_s", per_s, "1/s", "four threads, one process"),
        row("device_start_p95_ms", p95_ms, "ms", "four threads, one process"),
    ]
    if asked.json:
        print(json.dumps({"rows": told}))
    else:
        for one in told:
            print(f"{one['name']:22} {one['ours']:>10} {one['unit']:5} {one['note']}")


if __name__ == "__main__":
    main()
