"""The worker: takes jobs from the table one by one, watched and cancellable, with a pool of processes to compute in."""

from __future__ import annotations

import datetime as dt
import logging
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from geodata.actions import jobs as queue
from geodata.actions import proving, wall
from geodata.actions.choices import Choices
from geodata.actions.drafting import draft
from geodata.actions.intake import Understood, take, understand, write_report
from geodata.actions.redraft import redraft_plan
from geodata.actions.redraw import Edit
from geodata.actions.take_units import Taken
from geodata.actions.uploads import batch_choices, finish_batch, report_path, upload_path
from geodata.rules import repair
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from survey.actions import holidays, take_categories, take_faq, take_issues, take_officers, take_offices
from survey.actions.acting import acting
from webmap import sentences, session
from webmap.pulse import Pulse
from webmap.session import Store

log = logging.getLogger("sanzhang")

_BRINGS = (take_officers, take_categories, take_offices, holidays, take_faq, take_issues)
"""Imported for what they register: kinds of files beside units and homes."""
POLL_S = 0.3
BEAT_S = 0.4
SILENCE = dt.timedelta(minutes=10)


def pool(processes: int) -> ProcessPoolExecutor:
    """Return the pool that computing goes to; spawned, for a fork of a process with open stores is not safe."""
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


class Watch:
    """Tells the job table how far a job is, at most a few times a second, and stops the job when it is asked to."""

    def __init__(self, store: Store, job_id: str) -> None:
        self.store, self.job_id = store, job_id
        self.told_at = 0.0

    def __call__(self, share: float, message: str = "") -> None:
        """Note the share done (0 to 1); raises ``job.cancelled`` when somebody asked for that."""
        moment = time.monotonic()
        if moment - self.told_at < BEAT_S:
            return
        self.told_at = moment
        with self.store.write() as db:
            if queue.beat(db, self.job_id, session.now(), share, message):
                raise Problem("job.cancelled")


def serve_jobs(store: Store, processes: int, go_on: Callable[[], bool]) -> None:
    """Work as long as ``go_on`` says so: take the oldest waiting job, do it, take the next."""
    executor: Executor | None = None
    while go_on():
        with store.write() as db:
            queue.fail_lost(db, session.now(), SILENCE)
            job = queue.claim(db, session.now())
        if job is None:
            time.sleep(POLL_S)
            continue
        executor = executor or pool(processes)
        if not do_one(store, job, executor):
            executor.shutdown(wait=False, cancel_futures=True)
            executor = None


def do_one(store: Store, job: Any, executor: Executor) -> bool:
    """Do one job and end it as done, cancelled or failed; return whether the pool is still good."""
    state, result, error = "failed", None, None
    sound = True
    try:
        with store.read() as db:
            actor = acting(db, Actor("", job.by), session.now(), job.args["actor_id"])
        result = _DO[job.kind](store, actor, job, executor)
        state = "done"
    except Problem as problem:
        state = "cancelled" if problem.code == "job.cancelled" else "failed"
        error = {"code": problem.code, "values": problem.values}
        sound = state != "cancelled"
    except Exception:
        # whatever went wrong, the person who waits must be told and the worker live on
        log.exception("job %s", job.id)
        error = {"code": "defect", "values": {"number": job.id[:8]}}
        sound = False
    with store.write() as db:
        queue.finish(db, job.id, session.now(), state, result, error)
    return sound


def _draft(store: Store, actor: Actor, job: Any, executor: Executor) -> dict[str, Any]:
    args = job.args
    drafted = draft(store, actor, session.now, args["unit_id"], args.get("seed", 0), executor, Watch(store, job.id),
                    args.get("variants") or ("near",))  # fmt: skip
    executor.submit(repair.ready)  # who has drafts will mend them
    return drafted


def _redraft(store: Store, actor: Actor, job: Any, _executor: Executor) -> dict[str, Any]:
    args = job.args
    wanted = Edit(args["id"], args["revision"], "redraft", {"unit_id": args["unit_id"], "seed": args["seed"]})
    return redraft_plan(store, actor, session.now, args["plan_id"], wanted, Watch(store, job.id))


def _prove(store: Store, actor: Actor, job: Any, executor: Executor) -> dict[str, Any]:
    watch = Watch(store, job.id)
    return proving.prove_plan(store, actor, session.now, job.args["plan_id"], executor, watch)


def _import(store: Store, actor: Actor, job: Any, _executor: Executor) -> dict[str, Any]:
    batch_id = job.args["batch_id"]
    lang = job.args.get("lang", "zh")
    path = upload_path(store, batch_id)
    with store.read() as db:
        choices: Choices = batch_choices(db, batch_id)
    with Pulse(store, job.id) as pulse:
        try:
            taken, known = _take_in(store, actor, job, path, choices, pulse)
        except Problem:
            with store.write() as db:
                finish_batch(db, batch_id, "refused", {})
            raise
        if taken.refusals:
            report = report_path(store, batch_id)
            write_report(report, known, lambda refusal: sentences.by_code(refusal.code, refusal.values, lang))
    return {"import": batch_id, **taken.counts()}


def _take_in(
    store: Store, actor: Actor, job: Any, path: Path, choices: Choices, pulse: Pulse
) -> tuple[Taken, Understood]:
    """Read a file while others may write, then take it in, the end of the batch and a beat in the one transaction."""
    pulse(0.02)
    with store.read() as db:
        known = understand(db, path, choices)
    pulse.beat()  # the last moment at which the import can be cancelled
    pulse(0.45)
    with store.write() as db:
        taken, known = take(db, actor, session.now(), path, choices, pulse, known)
        finish_batch(db, job.args["batch_id"], "done", taken.counts())
        queue.beat(db, job.id, session.now(), 0.95, "")
    return taken, known


def _wall(store: Store, actor: Actor, job: Any, executor: Executor) -> dict[str, Any]:
    wish = wall.WallWish.of_job(job.args)
    body, _, told = wall.make(store, actor, session.now, wish, executor, Watch(store, job.id))
    wall.keep(store, job.id, body)
    return told


_DO = {"draft": _draft, "redraft": _redraft, "prove": _prove, "import": _import, "wall": _wall}
