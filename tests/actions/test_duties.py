"""Duties: each done by one worker of several, caught up once, taken over from a worker that died, looked at."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from survey.actions import duties
from survey.rules.duties import Duty
from tests.conftest import NOW
from tests.village import cadre
from webmap import chores
from webmap.aside import Ended
from webmap.chores import Chore, Worker

OFTEN, NIGHT = Duty("often", lease_s=60, every_s=4), Duty("night", lease_s=60, nightly=dt.time(3, 10))


def after(**more: float) -> dt.datetime:
    return NOW + dt.timedelta(**more)


def take(store: Store, worker: str, at: dt.datetime = NOW, duty: Duty = OFTEN) -> bool:
    with store.write() as db:
        return duties.take(db, at, duty, worker)


def due(store: Store, at: dt.datetime = NOW) -> list[str]:
    with store.read() as db:
        return duties.due(db, at)


def finish(store: Store, worker: str, at: dt.datetime = NOW, duty: Duty = OFTEN, **more: Any) -> bool:
    with store.write() as db:
        return duties.finish(db, at, duty, worker, {"n": 1}, **more)


@pytest.fixture
def enrolled(store: Store) -> Store:
    """A county that knows both duties."""
    for _ in range(2):  # every worker enrols them
        with store.write() as db:
            duties.enrol(db, NOW, [OFTEN, NIGHT])
    return store


def test_of_many_workers_one_takes_a_duty(enrolled: Store) -> None:
    """Eight at once: one is told that it is theirs."""
    together, got = threading.Barrier(8), []

    def run(n: int) -> None:
        together.wait()
        got.append(take(enrolled, f"w{n}"))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_duty_comes_again_after_its_time(enrolled: Store) -> None:
    """Done, it is free and due four seconds later; failed, a minute later; not before it was taken by somebody."""
    assert due(enrolled) == ["often"]
    assert take(enrolled, "a")
    assert due(enrolled) == []
    assert finish(enrolled, "a")
    assert not take(enrolled, "a", after(seconds=3))
    assert take(enrolled, "b", after(seconds=4))
    assert finish(enrolled, "b", after(seconds=5), failed=True)
    assert not take(enrolled, "b", after(seconds=64))
    assert take(enrolled, "b", after(seconds=65))


def test_missed_nights_are_caught_up_by_one_run(enrolled: Store) -> None:
    """After a week's stop the nightly duty is due at once, and then in the coming night."""
    week = after(days=7)
    assert due(enrolled, week) == ["often", "night"]
    assert take(enrolled, "a", week, NIGHT)
    assert finish(enrolled, "a", week, NIGHT)
    assert "night" not in due(enrolled, week)
    assert "night" in due(enrolled, week + dt.timedelta(days=1))


def test_a_killed_workers_duty_is_taken_over_when_its_lease_lapses(enrolled: Store) -> None:
    """Who is heard of keeps it; who is not loses it, and what they bring too late is left to the new holder."""
    assert take(enrolled, "dead")
    with enrolled.write() as db:
        assert duties.keep(db, after(seconds=50), OFTEN, "dead")
    assert not take(enrolled, "b", after(seconds=61))
    assert take(enrolled, "b", after(seconds=111))
    with enrolled.write() as db:
        assert not duties.keep(db, after(seconds=112), OFTEN, "dead")
    assert not finish(enrolled, "dead", after(seconds=113))
    assert finish(enrolled, "b", after(seconds=114))


def test_the_operator_sees_what_was_done_and_what_is_next(enrolled: Store) -> None:
    """Last run, its result and the next one; a town's administrator is not told."""
    take(enrolled, "a")
    with enrolled.read() as db:
        rows = {row["name"]: row for row in duties.list_duties(db, OPERATOR, NOW)}
        with pytest.raises(Problem, match=r"right\.missing"):
            duties.list_duties(db, cadre("village_cadre", ""), NOW)
    assert (rows["often"]["held"], rows["night"]["held"]) == (True, False)
    finish(enrolled, "a", after(seconds=2))
    with enrolled.read() as db:
        rows = {row["name"]: row for row in duties.list_duties(db, OPERATOR, NOW)}
    assert (rows["often"]["done_at"], rows["often"]["result"]) == (after(seconds=2), {"n": 1})
    assert rows["night"]["done_at"] is None


def test_a_worker_does_what_is_due_and_outlives_what_fails(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal and a defect are noted as results, the other duties are done; what is not wanted is not taken."""
    done: list[str] = []

    def full(_worker: Worker) -> dict[str, Any]:
        raise Problem("store.full")

    def broken(_worker: Worker) -> dict[str, Any]:
        raise KeyError("x")

    def well(worker: Worker) -> dict[str, Any]:
        done.append("well")
        assert worker.keep()
        return {"n": 7}

    made = {
        "full": Chore(Duty("full", 60), full), "broken": Chore(Duty("broken", 60), broken),
        "well": Chore(Duty("well", 60, every_s=60), well),
        "idle": Chore(Duty("idle", 60), well, lambda _db, _now: False),
    }  # fmt: skip
    monkeypatch.setattr(chores, "CHORES", made)
    worker = Worker(store, lambda: NOW)
    assert worker.turn()
    assert not worker.turn()
    with store.read() as db:
        rows = {row["name"]: row["result"] for row in duties.list_duties(db, OPERATOR, NOW)}
    assert rows == {"full": {"error": "store.full"}, "broken": {"error": "defect"}, "well": {"n": 7}, "idle": {}}
    assert done == ["well"]
    assert not worker.keep(), "nothing is held between duties"


def test_the_thread_of_duties_outlives_a_busy_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a turn raises, the next one is made."""
    turns = iter([Problem("store.busy", seconds=5), KeyError("x"), None])
    seen: list[Any] = []

    def turn(_worker: Worker) -> bool:
        seen.append(next(turns))
        if seen[-1]:
            raise seen[-1]
        return True

    monkeypatch.setattr(Worker, "turn", turn)
    monkeypatch.setattr(chores, "POLL_S", 0.0)
    chores.serve_duties(store, lambda: len(seen) < 3)
    assert len(seen) == 3


def test_what_the_process_aside_cannot_do_is_told_and_not_tried_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that takes too long or too much is refused; a message is unsure once it may have left, else refused."""
    worker = Worker(store)
    fails: list[BaseException | None] = []

    def call(_most_s: float, _function: Any, *_args: Any) -> Any:
        fault = fails.pop(0)
        if fault:
            raise fault
        return "sent", ""

    monkeypatch.setattr(worker.aside, "call", call)
    for fault in (Ended(), MemoryError()):
        fails[:] = [None, fault]
        with pytest.raises(Problem, match=r"photo\.too_heavy"):
            worker.develop(Path("x"), 1600, 320)
    for order, verdict in (
        ([Ended()], ("refused", "not ready")),
        ([None, Ended()], ("unsure", "no answer")),
        ([None, None], ("sent", "")),
    ):
        fails[:] = order
        assert worker.post("json://x/", "x", False) == verdict


def test_the_servers_own_duties_are_known() -> None:
    """Photos, notices and the sweep are done without anybody asking; each lease is longer than one thing may take."""
    assert {"photos", "notices", "photo_sweep"} <= set(chores.CHORES)
    assert chores.CHORES["photos"].duty.lease_s > chores.PHOTO_S + chores.LOAD_S
    assert chores.CHORES["notices"].duty.lease_s > chores.POST_S + chores.LOAD_S
