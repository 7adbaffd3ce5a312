"""Killed without a word while phones write: whatever was answered for is there, and the server starts again (F-20).

``SANZHANG_DRILL_KILLS`` says how often; a run at night takes 40.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.actions import accounts
from survey.store.issue_tables import issue, issue_event
from survey.store.visit_tables import visit
from tests import issuing
from tests.drills.serving import Drilled
from tests.issuing import body
from tests.visiting import homes, said
from webmap import session

KILLS = int(os.environ.get("SANZHANG_DRILL_KILLS", "2"))
WRITERS = 4
LIVES_S = (0.4, 2.0)


@pytest.fixture
def server(published: Store, tmp_path: Path) -> Iterator[tuple[Store, Drilled]]:
    """The tiny county behind a real server, with a county cadre signed in."""
    issuing.furnish(published)
    with published.write() as db:
        _, one_time = accounts.create_account(db, OPERATOR, session.now(), "drill", "drill", [("county_cadre", "")])
    found = Drilled(published.target, tmp_path)
    try:
        found.start()
        found.sign_in("drill", one_time)
        yield published, found
    finally:
        found.kill()


def write_on(server: Drilled, wanted: list[Any], seed: int, stop: threading.Event, kept: list[str]) -> None:
    """Send batches of reports and visits until told to stop; note each id that was answered for."""
    rng = np.random.default_rng(seed)
    while not stop.is_set():
        items = []
        for n in range(4):
            made = str(uuid.UUID(bytes=rng.bytes(16), version=4))
            home = wanted[int(rng.integers(len(wanted)))]
            kind, told = ("report", body(text=made)) if n % 2 else ("visit", said(home))
            items.append({"id": made, "kind": kind, "body": told})
        answer = server.send("POST", "/api/field/batch", {"client": 1, "items": items})
        if answer is not None:
            kept += [one["id"] for one in answer["items"] if one["status"] in (200, 201)]


def live_and_die(server: Drilled, wanted: list[Any], seed: int) -> list[str]:
    """Let phones write for a moment, kill the server, start it again; return what had been answered for."""
    stop, kept = threading.Event(), list[str]()
    writers = [
        threading.Thread(target=write_on, args=(server, wanted, seed * 100 + n, stop, kept)) for n in range(WRITERS)
    ]
    for one in writers:
        one.start()
    until = time.monotonic() + 20
    while not kept and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(float(np.random.default_rng(seed).uniform(*LIVES_S)))
    server.kill()
    stop.set()
    for one in writers:
        one.join(timeout=60)
    server.start()
    return kept


def test_what_was_answered_for_outlives_the_server(server: tuple[Store, Drilled]) -> None:
    """Every id that a phone was told of stands in the store, whole: an issue with its first event, a visit once."""
    store, running = server
    wanted, acknowledged = homes(store), list[str]()
    for seed in range(KILLS):
        acknowledged += live_and_die(running, wanted, seed)
    assert acknowledged
    with store.read() as db:
        issues = set(db.run.execute(select(issue.c.id)).scalars())
        events = set(db.run.execute(select(issue_event.c.issue_id)).scalars())
        visits = list(db.run.execute(select(visit.c.id)).scalars())
        if db.embedded:
            assert db.run.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert [one for one in acknowledged if one not in issues and one not in set(visits)] == []
    assert issues == events and len(visits) == len(set(visits))
