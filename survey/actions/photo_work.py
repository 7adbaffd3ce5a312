"""What the worker does with photos: looks at what was sent, makes pictures of it, and sweeps away what belongs to none.

The files come first and the row after them, so a row that says "ready" has its pictures, whenever the worker is killed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.files.arriving import UNFINISHED, write_whole
from geodata.rules.problems import Problem
from geodata.store import settings
from geodata.store.database import Db, Store
from survey.actions import photo_files
from survey.store import photos as store
from survey.store.photos import READY, REFUSED, WAITING

if TYPE_CHECKING:
    from geodata.files.pictures import Developed  # which loads Pillow

A_TURN = 8  # so many a turn, that other duties come between
UNFINISHED_FOR = dt.timedelta(hours=1)
ORPHANED_FOR = dt.timedelta(hours=24)
REFUSED_FOR = dt.timedelta(days=7)  # kept that long for who wants to look why
_LOST = "photo.lost"


Develop = Callable[[Path, int, int], "Developed"]
"""Makes a picture of a file, whose longer side and that of whose small one have so many pixels."""


def any_waiting(db: Db) -> bool:
    """Tell whether a photo waits to be looked at."""
    return bool(store.waiting(db, 1))


def develop_some(
    target: Store, clock: Callable[[], dt.datetime], develop: Develop, keep: Callable[[], bool]
) -> dict[str, int]:
    """Look at the photos that have waited longest; return how many were made ready and how many refused.

    Parameters
    ----------
    develop
        ``geodata.files.pictures.develop``, or what calls it elsewhere.
    keep
        Tells that this worker is alive; false where the duty is another's by now.

    Raises
    ------
    Problem
        ``store.full``: nothing is lost, what waits is looked at again later.
    """
    with target.read() as db:
        found = [str(row.id) for row in store.waiting(db, A_TURN)]
        profile = settings.profile(db)
    counts = {READY: 0, REFUSED: 0}
    for blob_id in found:
        if not keep():
            break
        raw = photo_files.incoming(target, blob_id)
        try:
            if not raw.exists():
                raise Problem(_LOST)
            picture = develop(raw, profile.photo_px, profile.thumb_px)
        except Problem as problem:
            with target.write() as db:
                store.set_blob(db, blob_id, state=REFUSED, why=problem.code)
            counts[REFUSED] += 1
            continue
        _store(target, blob_id, picture)
        raw.unlink(missing_ok=True)
        counts[READY] += 1
    return counts


def _store(target: Store, blob_id: str, picture: Developed) -> None:
    write_whole(photo_files.made(target, blob_id, "full"), picture.full)
    write_whole(photo_files.made(target, blob_id, "thumb"), picture.thumb)
    lon, lat = picture.place or (None, None)
    with target.write() as db:
        store.set_blob(
            db, blob_id, state=READY, why="", stored_sha256=hashlib.sha256(picture.full).hexdigest(),
            width=picture.width, height=picture.height, bytes=len(picture.full) + len(picture.thumb), lon=lon, lat=lat,
        )  # fmt: skip


def sweep(target: Store, now: dt.datetime) -> dict[str, int]:
    """Remove files that belong to no photo: cut off, left by a crash, or looked at; return how many of each kind.

    A file is older than an hour, or a day, before it is taken for forgotten: its row may still be on its way.
    """
    base = photo_files.folder(target)
    counts = {"unfinished": 0, "looked_at": 0, "orphans": 0}
    for folder in _folders(base):
        names = {path.name.partition(".")[0]: path for path in folder.iterdir() if path.is_file()}
        with target.read() as db:
            states = store.states(db, names)
        for name, path in names.items():
            kind = _kind(path, states.get(name), now)
            if kind:
                path.unlink(missing_ok=True)
                counts[kind] += 1
    return counts


def _folders(base: Path) -> Iterator[Path]:
    """Yield the folders that hold files: one for what came in, and those of the pictures by their first letters."""
    found: Iterable[Path] = (base / "incoming", *(base / size for size in (*photo_files.SIZES, photo_files.SOUND)))
    for folder in found:
        if folder.is_dir():
            yield folder
            yield from sorted(path for path in folder.iterdir() if path.is_dir())


def _kind(path: Path, state: str | None, now: dt.datetime) -> str:
    """Return why a file is not needed any more, "" where it is."""
    age_s = now.timestamp() - path.stat().st_mtime
    if path.name.endswith(UNFINISHED):
        return "unfinished" if age_s > UNFINISHED_FOR.total_seconds() else ""
    if state is None:
        return "orphans" if age_s > ORPHANED_FOR.total_seconds() else ""
    if path.parent.name != "incoming" or state == WAITING:
        return ""
    most_s = REFUSED_FOR.total_seconds() if state == REFUSED else UNFINISHED_FOR.total_seconds()
    return "looked_at" if age_s > most_s else ""
