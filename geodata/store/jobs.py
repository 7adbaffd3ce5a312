from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select

from geodata.store.database import Db
from geodata.store.tables import job

LIVE = ("waiting", "running")


def add(db: Db, now: dt.datetime, by: str, kind: str, args: dict[str, Any]) -> str:
    """Write a job that waits for a worker, and return its id."""
    job_id = str(uuid.uuid4())
    db.run.execute(job.insert().values(id=job_id, kind=kind, state="waiting", args=args, by=by, at=now, beat_at=now))
    return job_id


def one(db: Db, job_id: str) -> Any:
    """Return a job, or None."""
    return db.run.execute(select(job).where(job.c.id == job_id)).first()


def count_live(db: Db, by: str) -> int:
    """Return how many of a person's jobs wait or run."""
    query = select(func.count()).select_from(job).where(job.c.by == by, job.c.state.in_(LIVE))
    return int(db.run.execute(query).scalar_one())


def page(db: Db, by: str, after: str, limit: int) -> Sequence[Any]:
    """Return a page of a person's jobs, newest first; ``after`` is the last id seen."""
    query = select(job).where(job.c.by == by)
    if after:
        last = select(job.c.at, job.c.id).where(job.c.id == after).subquery()
        earlier = and_(job.c.at == last.c.at, job.c.id < last.c.id)
        query = query.where(or_(job.c.at < last.c.at, earlier))
    return db.run.execute(query.order_by(job.c.at.desc(), job.c.id.desc()).limit(limit)).all()


def claim(db: Db, now: dt.datetime) -> Any:
    """Take the oldest waiting job as running and return it, or None; at most one worker gets each."""
    oldest = select(job.c.id).where(job.c.state == "waiting").order_by(job.c.at).limit(1)
    if not db.embedded:
        oldest = oldest.with_for_update(skip_locked=True)
    found = db.run.execute(oldest).scalar()
    if found is None:
        return None
    db.run.execute(job.update().where(job.c.id == found).values(state="running", beat_at=now))
    return one(db, found)


def beat(db: Db, job_id: str, now: dt.datetime, share: float, message: str) -> bool:
    """Note how far a job is (share 0 to 1) and return whether somebody asked to cancel it."""
    db.run.execute(job.update().where(job.c.id == job_id).values(share=share, message=message, beat_at=now))
    return bool(db.run.execute(select(job.c.cancel).where(job.c.id == job_id)).scalar())


def end(db: Db, job_id: str, now: dt.datetime, state: str, result: Any = None, error: Any = None) -> None:
    """End a job as done, failed or cancelled, unless it has ended already."""
    values = {"state": state, "result": result, "error": error, "ended_at": now}
    if state == "done":
        values["share"] = 1.0
    db.run.execute(job.update().where(job.c.id == job_id, job.c.state.in_(LIVE)).values(values))


def ask_cancel(db: Db, job_id: str) -> None:
    """Ask a job to stop at its next step; one that still waits ends at once."""
    db.run.execute(job.update().where(job.c.id == job_id, job.c.state.in_(LIVE)).values(cancel=True))
    db.run.execute(job.update().where(job.c.id == job_id, job.c.state == "waiting").values(state="cancelled"))


def fail_silent(db: Db, now: dt.datetime, silence: dt.timedelta) -> int:
    """Fail the running jobs whose worker has not been heard of for a while (killed, power cut)."""
    silent = or_(job.c.beat_at.is_(None), job.c.beat_at < now - silence)
    done = db.run.execute(
        job.update()
        .where(job.c.state == "running", silent)
        .values(state="failed", ended_at=now, error={"code": "job.lost", "values": {}})
    )
    return int(done.rowcount)
