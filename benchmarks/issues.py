#!/usr/bin/env python3
"""Issues of a full county: lists, boards, one issue, the nightly clock, and intake on one file with FULL durability.

Run as ``benchmarks/issues.py [--keep FOLDER] [--scale county] [--json] [--quick]``. It draws 60,000 invented issues
with some 400,000 events over 400 days (a tenth with ``--quick``) into a copy of the published county, asks for every
kind of list there is, lets the clock run over all that is open, and at last raises issues one by one from eight
senders, each in a transaction of its own that is on the disk before it is acknowledged. There is no peer.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.prepared import Asked, asked, copy, published, row, show
from geodata.rules.actors import OPERATOR, Actor, Grant
from geodata.rules.units import Level
from geodata.store import households, units
from geodata.store.types import lonlat_of
from survey.actions import demo_issues, issue_clock, issue_lists, issue_shown, issues
from survey.rules.issue_query import IssueQuery
from survey.rules.roles import ROLES
from survey.store import issues as kept
from webmap import session

ISSUES, ISSUES_QUICK = 60_000, 6_000
INTAKE, INTAKE_QUICK = 2_000, 400
SENDERS = 8
TIMES = 7


def main() -> None:
    """Fill, ask, let the clock run, raise."""
    with asked(__doc__ or "") as wanted:
        show(measure(wanted), as_json=wanted.as_json)


def measure(wanted: Asked) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    path = wanted.folder / f"{wanted.scale}-issues.gpkg"
    copy(published(wanted), path)
    store = session.open_store(str(path))
    now = session.now()
    with store.write() as db:
        count = demo_issues.load_issues(db, OPERATOR, now, 9, ISSUES_QUICK if wanted.quick else ISSUES)
    with store.read() as db:
        events = sum(found.events for found in kept.under(db, ""))
    lists = _lists(store, now)
    worst = max(lists, key=lambda name: lists[name])
    one_ms = _one(store, now)
    clock_s, escalated = _clock(store, now)
    per_s, lost = _intake(store, now, INTAKE_QUICK if wanted.quick else INTAKE)
    size = f"{count:,} issues, {events:,} events, {wanted.scale}"
    store.close()
    return [
        row("list_ms", lists[worst], None, "ms", f"slowest of {len(lists)} lists, boards and maps: {worst}; {size}"),
        row("one_ms", one_ms, None, "ms", "one issue whole, with what may be done now; median of 50"),
        row("clock_s", clock_s, None, "s", f"the clock over all open issues, {escalated:,} of them escalated"),
        row("intake_per_s", per_s, None, "1/s", f"{SENDERS} senders, no photos, GeoPackage, synchronous=FULL"),
        row("lost", lost, None, "issues", "acknowledged and not found afterwards"),
    ]  # fmt: skip


def _readers(store: Any) -> dict[str, Actor]:
    """Return who asks: the county, a town and a village."""
    with store.read() as db:
        town = units.with_level(db, "", Level.TOWN)[0]
        village = units.with_level(db, town.path, Level.VILLAGE)[0]
    grounds = (("county_cadre", ""), ("town_cadre", town.path), ("village_cadre", village.path))
    return {role: Actor(role, role, (Grant(role, path, ROLES[role]),)) for role, path in grounds}


def _lists(store: Any, now: dt.datetime) -> dict[str, float]:
    """Return the median milliseconds of each kind of list, for each reader."""
    everything = IssueQuery(states=("waiting", "in_hand", "solved", "answered", "closed", "merged", "withdrawn"))
    asked_for: dict[str, Callable[[Any, Actor], Any]] = {
        "open": lambda db, who: issue_lists.page(db, who, now, IssueQuery(), "", 50),
        "all": lambda db, who: issue_lists.page(db, who, now, everything, "", 50),
        "late": lambda db, who: issue_lists.page(db, who, now, IssueQuery(late=True), "", 50),
        "words": lambda db, who: issue_lists.page(db, who, now, replace(everything, words="护栏"), "", 50),
        "newest": lambda db, who: issue_lists.page(db, who, now, replace(everything, sort="-at"), "", 50),
        "mine": lambda db, who: issue_lists.page(db, who, now, IssueQuery(holder="mine"), "", 50),
        "grade": lambda db, who: issue_lists.page(db, who, now, replace(everything, grade="complex"), "", 50),
        "board": lambda db, who: issue_lists.board(db, who, now, IssueQuery()),
        "console": lambda db, who: issue_lists.console(db, who, now, ""),
        "points": lambda db, who: issue_lists.points(db, who, now, IssueQuery()),
    }
    found = {}
    for role, who in _readers(store).items():
        for name, ask in asked_for.items():
            found[f"{name} of {role}"] = _median_ms(store, lambda db, ask=ask, who=who: ask(db, who))
    return found


def _median_ms(store: Any, ask: Callable[[Any], Any]) -> float:
    spent = []
    for _ in range(TIMES):
        with store.read() as db:
            began = time.perf_counter()
            ask(db)
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _one(store: Any, now: dt.datetime) -> float:
    with store.read() as db:
        rows = kept.under(db, "")
        who = _readers(store)["county_cadre"]
        spent = []
        for found in rows[:: max(1, len(rows) // 50)][:50]:
            began = time.perf_counter()
            issue_shown.whole(db, who, now, kept.raw(db, found.id))
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _clock(store: Any, now: dt.datetime) -> tuple[float, int]:
    with store.write() as db:
        began = time.perf_counter()
        done = issue_clock.run(db, now)
        return time.perf_counter() - began, done["escalated"]


def _intake(store: Any, now: dt.datetime, count: int) -> tuple[float, int]:
    """Raise issues from several senders at once; return how many a second, and how many were lost."""
    rng = np.random.default_rng(5)
    with store.read() as db:
        places = lonlat_of([home.geom for home in households.under(db, "")])
        category = next(iter(kept.categories(db)))
    chosen = places[rng.integers(len(places), size=count)].tolist()
    ids = [str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(count)]
    body = {"category_id": category, "text": "路灯不亮", "place_source": "phone", "source": "app", "accuracy_m": 12.0}

    def send(one: tuple[str, list[float]]) -> str:
        issue_id, (lon, lat) = one
        with store.write() as db:
            issues.report(db, OPERATOR, session.now(), issue_id, {**body, "lon": lon, "lat": lat})
        return issue_id

    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        acknowledged = list(pool.map(send, zip(ids, chosen, strict=True)))
    per_s = count / (time.perf_counter() - began)
    with store.read() as db:
        return per_s, sum(kept.raw(db, one) is None for one in acknowledged)


if __name__ == "__main__":
    main()
