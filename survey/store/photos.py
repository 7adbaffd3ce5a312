from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from geodata.store.database import Db
from geodata.store.once import add_once
from survey.rules.photos import Sent
from survey.store.issue_tables import issue, photo, photo_blob

WAITING, READY, REFUSED = "waiting", "ready", "refused"
_FEW = 500  # ids that fit into one statement
_BLOB = tuple(
    photo_blob.c[name].label(f"blob_{name}")
    for name in ("state", "sha256", "why", "stored_sha256", "width", "height", "lon", "lat")
)
_JOINED = photo.join(photo_blob, photo_blob.c.id == photo.c.blob_id)


def one(db: Db, photo_id: str) -> Any:
    """Return a photo with what is known of its file (``blob_…``), or None."""
    return db.run.execute(select(photo, *_BLOB).select_from(_JOINED).where(photo.c.id == photo_id)).first()


def of_issue(db: Db, issue_id: str) -> Sequence[Any]:
    """Return the photos of an issue with what is known of their files, in the order in which they came."""
    query = select(photo, *_BLOB).select_from(_JOINED).where(photo.c.issue_id == issue_id)
    return db.run.execute(query.order_by(photo.c.at, photo.c.id)).all()


def nth_latest(db: Db, by_id: str, n: int) -> dt.datetime | None:
    """Return when an account sent the n-th of its photos, counted back from the last; None where there are fewer."""
    query = select(photo.c.at).where(photo.c.by_id == by_id).order_by(photo.c.at.desc()).offset(n - 1).limit(1)
    return db.run.execute(query).scalar()


def add(db: Db, now: dt.datetime, sent: Sent, blob_id: str, by: tuple[str, str]) -> bool:
    """Store a photo of an account (id, name), and tell whether it was not there yet."""
    values = {"id": sent.id, "issue_id": sent.issue_id, "stage": sent.stage, "name": sent.name}
    return add_once(db, photo, {**values, "blob_id": blob_id, "by_id": by[0], "by": by[1], "at": now})


def hide(db: Db, photo_id: str, at: dt.datetime | None) -> None:
    """Hide a photo from a moment on, or show it again."""
    db.run.execute(photo.update().where(photo.c.id == photo_id).values(hidden_at=at))


def blob_of(db: Db, sha256: str) -> Any:
    """Return the file whose sent bytes have a digest, locked on PostgreSQL until the transaction ends; or None."""
    return db.run.execute(select(photo_blob).where(photo_blob.c.sha256 == sha256).with_for_update()).first()


def add_blob(db: Db, now: dt.datetime, sha256: str) -> tuple[str, bool]:
    """Store a file that waits to be looked at; return its id, and whether it was not there yet."""
    made = str(uuid.uuid4())
    if add_once(db, photo_blob, {"id": made, "sha256": sha256, "state": WAITING, "at": now}, "sha256"):
        return made, True
    return str(blob_of(db, sha256).id), False


def set_blob(db: Db, blob_id: str, **values: Any) -> None:
    """Change what is known of a file."""
    db.run.execute(photo_blob.update().where(photo_blob.c.id == blob_id).values(**values))


def waiting(db: Db, limit: int) -> Sequence[Any]:
    """Return the files that wait to be looked at, the oldest first."""
    query = select(photo_blob.c.id, photo_blob.c.at).where(photo_blob.c.state == WAITING)
    return db.run.execute(query.order_by(photo_blob.c.at, photo_blob.c.id).limit(limit)).all()


def states(db: Db, ids: Iterable[str]) -> dict[str, str]:
    """Return the state of each of some files that there are, by id."""
    wanted = sorted(set(ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _FEW):
        query = select(photo_blob.c.id, photo_blob.c.state).where(photo_blob.c.id.in_(wanted[start : start + _FEW]))
        found |= {row.id: row.state for row in db.run.execute(query)}
    return found


def ground(db: Db, photo_id: str) -> str | None:
    """Return the path of the unit in which a photo's issue lies, None for no such photo."""
    joined = photo.join(issue, issue.c.id == photo.c.issue_id)
    return db.run.execute(select(issue.c.path).select_from(joined).where(photo.c.id == photo_id)).scalar()
