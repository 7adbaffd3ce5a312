from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import jobs
from geodata.store.database import Db

KINDS = ("draft", "redraft", "prove", "import", "wall")
PARALLEL_MOST = 20


def start(db: Db, actor: Actor, now: dt.datetime, kind: str, args: dict[str, Any]) -> str:
    """Put a job in the queue and return its id; ``job.too_many`` when this person has too many under way."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of job: {kind}")
    if jobs.count_live(db, actor.name) >= PARALLEL_MOST:
        raise Problem("job.too_many", most=PARALLEL_MOST)
    return jobs.add(db, now, actor.name, kind, {**args, "actor_id": actor.id})


def page(db: Db, actor: Actor, now: dt.datetime, after: str, limit: int) -> Sequence[Any]:
    """Return a page of one's own jobs, newest first."""
    return jobs.page(db, actor.name, after, limit)


def show(db: Db, actor: Actor, now: dt.datetime, job_id: str) -> Any:
    """Return one of one's own jobs, or ``job.not_found``."""
    found = jobs.one(db, job_id)
    if found is None or found.by != actor.name:
        raise Problem("job.not_found")
    return found


def cancel(db: Db, actor: Actor, now: dt.datetime, job_id: str) -> None:
    """Ask one of one's own jobs to stop at its next step."""
    show(db, actor, now, job_id)
    jobs.ask_cancel(db, job_id)


def claim(db: Db, now: dt.datetime) -> Any:
    """Take the oldest waiting job as running, or return None."""
    return jobs.claim(db, now)


def beat(db: Db, job_id: str, now: dt.datetime, share: float, message: str) -> bool:
    """Note how far a job is and return whether it is to stop."""
    return jobs.beat(db, job_id, now, share, message)


def finish(db: Db, job_id: str, now: dt.datetime, state: str, result: Any, error: Any) -> None:
    """End a job as done, failed or cancelled."""
    jobs.end(db, job_id, now, state, result, error)


def fail_lost(db: Db, now: dt.datetime, silence: dt.timedelta) -> int:
    """Fail the jobs whose worker has gone silent, so that nobody waits for ever."""
    return jobs.fail_silent(db, now, silence)
