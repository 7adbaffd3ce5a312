"""Files brought through the web: kept under a UUID beside the store until they are taken in or forgotten."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.actions import jobs
from geodata.actions.choices import Choices, require_county
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import imports
from geodata.store.database import Db, Store

if TYPE_CHECKING:
    from geodata.actions.intake import Preview

KEPT_FOR = dt.timedelta(days=7)


def upload_path(store: Store, batch_id: str) -> Path:
    """Return where an upload lies: its own name is never used on disk."""
    return store.folder / "uploads" / str(uuid.UUID(batch_id))


def report_path(store: Store, batch_id: str) -> Path:
    """Return where the file of an upload's refused rows lies."""
    return upload_path(store, batch_id).with_suffix(".xlsx")


def receive(
    db: Db, actor: Actor, now: dt.datetime, filename: str, choices: Choices, save: Callable[[Path], None]
) -> str:
    """Keep an uploaded file and note it; returns the import's id."""
    require_county(db, actor)
    _forget_old(db.store, now)
    batch_id = str(uuid.uuid4())
    path = upload_path(db.store, batch_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path)
    imports.add(db, now, actor.name, batch_id, choices.kind, filename[:200], dataclasses.asdict(choices))
    return batch_id


def forget(store: Store, batch_id: str) -> None:
    """Delete a file that could not be read: nobody will confirm it."""
    upload_path(store, batch_id).unlink(missing_ok=True)


def _forget_old(store: Store, now: dt.datetime) -> None:
    """Delete uploads of more than a week ago: they hold personal data and have served their purpose."""
    folder = store.folder / "uploads"
    if folder.exists():
        for path in folder.iterdir():
            if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
                path.unlink(missing_ok=True)


def batch(db: Db, actor: Actor, batch_id: str) -> Any:
    """Return an import of one's own, or ``import.not_found``."""
    found = imports.one(db, batch_id)
    if found is None or found.by != actor.name:
        raise Problem("import.not_found")
    return found


def batch_choices(db: Db, batch_id: str) -> Choices:
    """Return what was chosen for an import."""
    found = imports.one(db, batch_id)
    if found is None:
        raise Problem("import.not_found")
    return Choices(**found.choices)


def choose(db: Db, actor: Actor, now: dt.datetime, batch_id: str, chosen: dict[str, Any]) -> Choices:
    """Change what is chosen for an import that waits for confirmation (``import.not_open`` afterwards)."""
    found = batch(db, actor, batch_id)
    if found.state != "preview":
        raise Problem("import.not_open", state=found.state)
    before = Choices(**found.choices)
    if "categories" in chosen:  # said word by word
        chosen = {**chosen, "categories": {**(before.categories or {}), **chosen["categories"]}}
    choices = dataclasses.replace(before, **chosen)
    imports.change(db, batch_id, choices=dataclasses.asdict(choices))
    return choices


def show(db: Db, actor: Actor, now: dt.datetime, batch_id: str) -> tuple[Any, Preview | None]:
    """Return an import, with its preview while it waits for confirmation."""
    found = batch(db, actor, batch_id)
    if found.state != "preview":
        return found, None
    path = upload_path(db.store, batch_id)
    if not path.exists():
        raise Problem("import.not_found")
    from geodata.actions import intake  # pandas and the readers load when a file is first brought, not at start

    return found, intake.preview(db, actor, now, path, Choices(**found.choices))


def page(db: Db, actor: Actor, now: dt.datetime, after: str, limit: int) -> Any:
    """Return a page of one's own imports, newest first."""
    return imports.page(db, actor.name, after, limit)


def confirm(db: Db, actor: Actor, now: dt.datetime, batch_id: str, lang: str) -> str:
    """Start taking a file in, as a job; confirming twice starts one job and returns it again."""
    imports.hold(db, batch_id)
    found = batch(db, actor, batch_id)
    if found.job_id:
        return str(found.job_id)
    if found.state != "preview":
        raise Problem("import.not_open", state=found.state)
    job_id = jobs.start(db, actor, now, "import", {"batch_id": batch_id, "lang": lang})
    imports.change(db, batch_id, state="running", job_id=job_id)
    return job_id


def finish_batch(db: Db, batch_id: str, state: str, counts: dict[str, int]) -> None:
    """Note how taking a file in has ended."""
    imports.change(db, batch_id, state=state, counts=counts)
