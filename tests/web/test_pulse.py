"""The pulse of an import: heard while a file is read and at the end of what it writes, silent where it must be."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest

from geodata.actions import jobs, uploads
from geodata.actions.choices import Choices
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import jobs as stored
from geodata.store.database import Store
from tests.actions.test_intake import csv, homes_table
from tests.actions.test_jobs import DAY, cadre, claim, show, start
from tests.village import Here
from webmap import work
from webmap.pulse import Pulse


def beat_at(store: Store, job_id: str) -> dt.datetime:
    with store.read() as db:
        moment: dt.datetime = stored.one(db, job_id).beat_at
    return moment


def brought(store: Store, folder: Path) -> tuple[Actor, Any]:
    """Confirm an import of 31 homes and return who did it and the claimed job."""
    zhao = cadre(store)
    path = csv(folder, homes_table())
    with store.write() as db:
        batch = uploads.receive(db, zhao, DAY, "homes.csv", Choices("households"), path.rename)
        uploads.confirm(db, zhao, DAY, batch, "zh")
    return zhao, claim(store)


def test_it_beats_while_the_work_says_nothing(store: Store) -> None:
    """A job claimed long ago and silent since is not lost while its pulse beats, and is once it has ended."""
    job_id = start(store)
    claim(store)
    with Pulse(store, job_id, every_s=0.01) as pulse:
        pulse(0.3)
        first = beat_at(store, job_id)
        until = time.monotonic() + 5
        while beat_at(store, job_id) == first and time.monotonic() < until:
            time.sleep(0.01)
        assert first > DAY + work.SILENCE
        assert beat_at(store, job_id) > first
    assert show(store, job_id).share == 0.3
    with store.write() as db:
        assert jobs.fail_lost(db, beat_at(store, job_id) + work.SILENCE, work.SILENCE) == 0
        assert jobs.fail_lost(db, beat_at(store, job_id) + 2 * work.SILENCE, work.SILENCE) == 1


def test_it_waits_for_nobody(store: Store) -> None:
    """While another holds the writer's place of a county file no beat is written, and the work goes on."""
    job_id = start(store)
    claim(store)
    pulse = Pulse(store, job_id)
    with store.write():
        began = time.monotonic()
        pulse.beat()
        assert time.monotonic() - began < 5
    assert (beat_at(store, job_id) == DAY) == store.embedded
    pulse.beat()
    assert beat_at(store, job_id) > DAY


def test_it_hands_on_that_somebody_cancelled(store: Store) -> None:
    """The work hears of it at its next step."""
    job_id = start(store)
    claim(store)
    pulse = Pulse(store, job_id)
    pulse(0.1)
    with store.write() as db:
        stored.ask_cancel(db, job_id)
    pulse.beat()
    with pytest.raises(Problem, match=r"job\.cancelled"):
        pulse(0.2)


def test_an_import_beats_to_the_end(drawn: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the store holds when the homes are in tells of the worker too, so that it cannot be taken for lost then."""
    zhao, job = brought(drawn, tmp_path)
    seen: list[dt.datetime] = []
    monkeypatch.setattr(work, "write_report", lambda *_: None)
    finish = work.queue.finish

    def looking(db: Any, job_id: str, *values: Any) -> None:
        seen.append(stored.one(db, job_id).beat_at)
        finish(db, job_id, *values)

    monkeypatch.setattr(work.queue, "finish", looking)
    began = work.session.now()
    assert work.do_one(drawn, job, Here())
    done = show(drawn, job.id, zhao)
    assert (done.state, done.result["new"], done.result["changed"]) == ("done", 0, 31)
    assert seen[0] >= began


def test_an_import_is_cancelled_before_it_writes(drawn: Store, tmp_path: Path) -> None:
    """Asked to stop while the file is read, it leaves the net as it was and says so."""
    zhao, job = brought(drawn, tmp_path)
    with drawn.write() as db:
        jobs.cancel(db, zhao, DAY, job.id)
    work.do_one(drawn, job, Here())
    assert show(drawn, job.id, zhao).state == "cancelled"
