"""Jobs: each done by one worker, cancelled when asked, failed when their worker is lost."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from geodata.actions import jobs, ledger
from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store.database import Store
from survey.actions import accounts
from tests import village
from tests.village import COUNTY, EARLY, VILLAGES, Here
from webmap import work

DAY = EARLY + dt.timedelta(days=1)
WANG = Actor("id-wang", "wang")


def start(store: Store, kind: str = "draft", at: dt.datetime = DAY, actor: Actor = WANG, **args: Any) -> str:
    with store.write() as db:
        return jobs.start(db, actor, at, kind, args)


def claim(store: Store) -> Any:
    with store.write() as db:
        return jobs.claim(db, DAY)


def show(store: Store, job_id: str, actor: Actor = WANG) -> Any:
    with store.read() as db:
        return jobs.show(db, actor, DAY, job_id)


def cadre(store: Store, role: str = "county_cadre") -> Actor:
    with store.write() as db:
        account, _ = accounts.create_account(db, OPERATOR, DAY, "zhao", "赵", [(role, "")])
    return Actor(account.id, "zhao", village.cadre(role, "").grants)


def test_each_job_is_claimed_once(store: Store) -> None:
    """Eight workers after three jobs: each job goes to one, the oldest first, the rest get nothing."""
    ids = [start(store, at=DAY + dt.timedelta(seconds=n)) for n in range(3)]
    together = threading.Barrier(8)
    got: list[str | None] = []

    def work_on() -> None:
        together.wait()
        job = claim(store)
        got.append(job.id if job else None)

    threads = [threading.Thread(target=work_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(filter(None, got)) == sorted(ids)
    assert got.count(None) == 5
    assert {show(store, job_id).state for job_id in ids} == {"running"}


def test_the_oldest_comes_first(store: Store) -> None:
    """Jobs are done in the order they were asked for."""
    late, early = start(store, at=DAY + dt.timedelta(seconds=1)), start(store)
    assert [claim(store).id, claim(store).id, claim(store)] == [early, late, None]


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    """It is never claimed; a running one is asked to stop at its next beat; an ended one stays as it is."""
    waiting = start(store)
    with store.write() as db:
        jobs.cancel(db, WANG, DAY, waiting)
    assert (show(store, waiting).state, claim(store)) == ("cancelled", None)
    running = start(store)
    claim(store)
    with store.write() as db:
        assert not jobs.beat(db, running, DAY, 0.25, "甲村")
        jobs.cancel(db, WANG, DAY, running)
        assert jobs.beat(db, running, DAY, 0.5, "乙村")
    assert (show(store, running).share, show(store, running).message) == (0.5, "乙村")
    with store.write() as db:
        jobs.finish(db, running, DAY, "done", {"n": 1}, None)
        jobs.cancel(db, WANG, DAY, running)
        jobs.finish(db, running, DAY, "failed", None, {"code": "x", "values": {}})
    assert (show(store, running).state, show(store, running).result, show(store, running).share) == (
        "done", {"n": 1}, 1.0,
    )  # fmt: skip


def test_a_lost_worker_fails_its_job(store: Store) -> None:
    """After ten silent minutes the job is failed as lost, whatever comes later; one that was heard of goes on."""
    lost, alive = start(store), start(store)
    claim(store), claim(store)
    later = DAY + dt.timedelta(minutes=11)
    with store.write() as db:
        jobs.beat(db, alive, later, 0.1, "")
        assert jobs.fail_lost(db, later, work.SILENCE) == 1
    assert (show(store, lost).state, show(store, lost).error["code"]) == ("failed", "job.lost")
    assert show(store, alive).state == "running"
    with store.write() as db:
        jobs.finish(db, lost, later, "done", {}, None)
    assert show(store, lost).state == "failed"


def test_jobs_are_ones_own(store: Store) -> None:
    """Another person's job is not there, to see or to cancel; lists hold one's own, page by page, each once."""
    mine = {start(store) for _ in range(5)}
    li = Actor("id-li", "li")
    start(store, actor=li)
    for ask in (jobs.show, jobs.cancel):
        with pytest.raises(Problem) as refused, store.write() as db:
            ask(db, li, DAY, next(iter(mine)))
        assert refused.value.code == "job.not_found"
    seen: list[str] = []
    while True:
        with store.read() as db:
            rows = jobs.page(db, WANG, DAY, seen[-1] if seen else "", 2)
        if not rows:
            break
        seen += [row.id for row in rows]
    assert sorted(seen) == sorted(mine)


def test_one_person_does_not_fill_the_queue(store: Store) -> None:
    """Twenty at a time, then no more until one ends; an unknown kind is a defect, not a refusal."""
    for _ in range(jobs.PARALLEL_MOST):
        start(store)
    with pytest.raises(Problem) as refused:
        start(store)
    assert (refused.value.code, refused.value.values) == ("job.too_many", {"most": 20})
    with store.write() as db:
        jobs.cancel(db, WANG, DAY, jobs.page(db, WANG, DAY, "", 1)[0].id)
    start(store)
    with pytest.raises(ValueError, match="no such kind"):
        start(store, kind="mine bitcoin")


def test_a_draft_by_a_job(drawn: Store) -> None:
    """The worker drafts as the person who asked and tells what came out; proving the plan is a job too."""
    zhao = cadre(drawn)
    start(drawn, actor=zhao, unit_id=village.unit_id(drawn, VILLAGES[0]), seed=0)
    job = claim(drawn)
    assert work.do_one(drawn, job, Here())
    done = show(drawn, job.id, zhao)
    assert (done.state, done.result["homes"], done.result["lin"], done.result["violations"]) == ("done", 31, 4, {})
    (plan_id,) = done.result["plans"]
    start(drawn, "prove", actor=zhao, plan_id=plan_id)
    job = claim(drawn)
    assert work.do_one(drawn, job, Here())
    with drawn.read() as db:
        proof = ledger.show_plan(db, zhao, DAY, plan_id)["proof"]
    assert proof["worst_share"] <= 0.1
    assert proof["optimal_share"] > 0.5


def test_who_lost_the_right_gets_nothing_done(drawn: Store) -> None:
    """Rights are looked up when the job is done, not when it was asked for; a defect is told by its number."""
    zhao = cadre(drawn)
    start(drawn, actor=zhao, unit_id=None)
    with drawn.write() as db:
        accounts.first_administrator(db, OPERATOR, DAY)
        accounts.change_account(db, OPERATOR, DAY, zhao.id, disabled=True)
    job = claim(drawn)
    assert not work.do_one(drawn, job, Here()) or show(drawn, job.id, zhao).state == "failed"
    assert show(drawn, job.id, zhao).error["code"] == "account.not_found"
    with drawn.write() as db:
        accounts.change_account(db, OPERATOR, DAY, zhao.id, disabled=False)
    start(drawn, "prove", actor=zhao)
    job = claim(drawn)
    assert not work.do_one(drawn, job, Here())
    assert show(drawn, job.id, zhao).error["code"] == "defect"


def test_a_job_is_stopped_between_villages(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to stop while it runs it ends as cancelled, the pool is thrown away, and no Plan is left."""
    monkeypatch.setattr(work, "BEAT_S", 0.0)
    zhao = cadre(drawn)
    job_id = start(drawn, actor=zhao, unit_id=None)
    job = claim(drawn)
    with drawn.write() as db:
        jobs.cancel(db, zhao, DAY, job_id)
    assert not work.do_one(drawn, job, Here())
    assert show(drawn, job_id, zhao).state == "cancelled"
    with drawn.read() as db:
        assert ledger.newest_drafts(db, OPERATOR, DAY) == []


def test_the_worker_goes_on_until_told(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does every waiting job, then looks again, until its parent is gone."""
    monkeypatch.setattr(work, "pool", lambda processes: Here())
    monkeypatch.setattr(work, "POLL_S", 0.0)
    zhao = cadre(drawn)
    ids = [start(drawn, actor=zhao, unit_id=village.unit_id(drawn, code), at=work.session.now()) for code in VILLAGES]
    turns = iter([True, True, True, False])
    work.serve_jobs(drawn, 1, lambda: next(turns))
    assert [show(drawn, job_id, zhao).state for job_id in ids] == ["done", "done"]
    assert COUNTY
