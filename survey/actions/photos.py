"""Photos of issues: received in one short step, listed, shown to who may read their issue, and hidden by a desk.

A request only counts, hashes and stores bytes; what they are the worker finds out (``survey.actions.photo_work``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from geodata.actions import denied
from geodata.files.arriving import Arriving, arriving, head_of
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import photo_files
from survey.actions.issues import require_readable
from survey.rules import photos as rules
from survey.rules.photos import Sent
from survey.store import photos as store
from survey.store import sign_ins
from survey.store.photos import READY, REFUSED, WAITING

MIB = 1024 * 1024
_TOO_BIG = "photo.too_big"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def receive(db: Db, actor: Actor, now: dt.datetime, sent: Sent, length: int, pieces: Iterable[bytes]) -> dict[str, Any]:
    """Store a photo as it was sent, once however often it comes, and return it as it is listed.

    Takes a transaction that only reads: bytes may take a minute to arrive, and the writer's place is taken for a
    moment at the end. The file is on the disk before its row is.

    Parameters
    ----------
    length
        How many bytes were announced: fewer are a line that was cut.
    pieces
        The bytes.

    Returns
    -------
    dict
        The photo, with ``new``: whether this request brought it.

    Raises
    ------
    Problem
        ``issue.not_found``, ``issue.gone`` (number); ``wire.not_uuid`` (value), ``photo.bad_stage`` (value, known);
        ``photo.too_big`` (most_mb), ``photo.cut_off`` (bytes, wanted), ``photo.heic``, ``photo.not_image``,
        ``photo.not_sound``, ``photo.sound_too_big`` (most_mb) for a recording (stage ``voice``);
        ``photo.taken`` (field) where the id is another photo's, ``photo.too_many`` (most, seconds), ``store.full``.
    """
    if sign_ins.is_writing(db):
        raise ValueError("a photo writes on its own: open the transaction to read")
    sent = _checked(sent)
    _require_there(db, actor, sent.issue_id)
    profile = settings.profile(db)
    is_sound = sent.stage == rules.VOICE
    most_mb, too_big = (rules.SOUND_MB_MOST, "photo.sound_too_big") if is_sound else (profile.photo_mb_most, _TOO_BIG)
    if length > most_mb * MIB:
        raise Problem(too_big, most_mb=most_mb)
    if store.one(db, sent.id) is None:
        _check_many(db, actor, now, profile.photos_per_day)
    with arriving(photo_files.folder(db.store) / "incoming") as file:
        _take_in(file, pieces, length, Problem(too_big, most_mb=most_mb), rules.sound_of if is_sound else rules.kind_of)
        with db.store.write() as writing:
            new = _keep(writing, actor, now, sent, file, profile.photos_per_day)
            return {**_shown(store.one(writing, sent.id)), "new": new}


def _checked(sent: Sent) -> Sent:
    for value in (sent.id, sent.issue_id):
        if not _UUID.fullmatch(value):
            raise Problem("wire.not_uuid", value=value[:40])
    return replace(sent, stage=rules.check_stage(sent.stage), name=rules.clean_name(sent.name))


def _require_there(db: Db, actor: Actor, issue_id: str) -> None:
    row = require_readable(db, actor, issue_id)
    if row.deleted_at is not None:
        raise Problem("issue.gone", number=row.number)


def _check_many(db: Db, actor: Actor, now: dt.datetime, most: int) -> None:
    seconds = rules.wait_s(store.nth_latest(db, actor.id, most), now)
    if seconds:
        raise Problem("photo.too_many", most=most, seconds=seconds)


def _take_in(
    file: Arriving, pieces: Iterable[bytes], length: int, too_big: Problem, kind_of: Callable[[bytes], str]
) -> None:
    head = b""
    for piece in pieces:
        if len(head) < rules.HEAD_BYTES:
            head += piece[: rules.HEAD_BYTES]
            if len(head) >= rules.HEAD_BYTES:
                kind_of(head)  # what is no picture need not be sent to its end
        file.write(piece)
        if file.bytes > too_big.values["most_mb"] * MIB:
            raise too_big
    if file.bytes != length:
        raise Problem("photo.cut_off", bytes=file.bytes, wanted=length)
    kind_of(head)
    file.settle()


def _keep(db: Db, actor: Actor, now: dt.datetime, sent: Sent, file: Arriving, most: int) -> bool:
    """Give the file its place and the photo its row; return whether it is new."""
    _require_there(db, actor, sent.issue_id)
    kept = store.one(db, sent.id)
    if kept is None:
        _check_many(db, actor, now, most)
        blob_id = _sound(db, now, file) if sent.stage == rules.VOICE else _blob(db, now, file)
        if store.add(db, now, sent, blob_id, (actor.id, actor.name)):
            return True
        kept = store.one(db, sent.id)  # another request with this id was a moment earlier
    field = rules.differing(Sent(kept.id, kept.issue_id, kept.stage, kept.name), kept.blob_sha256, sent, file.sha256)
    if field:
        raise Problem("photo.taken", field=field)
    return False


def _blob(db: Db, now: dt.datetime, file: Arriving) -> str:
    """Return the id under which the bytes are kept: those that are there already are shared.

    Where the disk has lost them, or the worker had no time for them, what has come now takes their place.
    """
    blob_id, new = store.add_blob(db, now, file.sha256)
    known = None if new else store.blob_of(db, file.sha256)
    again = known is not None and (
        known.why == "photo.too_heavy" or not _path_of(db, blob_id, known.state).exists()
    )  # fmt: skip
    if new or again:
        file.keep(photo_files.incoming(db.store, blob_id))
    if again:
        store.set_blob(db, blob_id, state=WAITING, why="")
    return blob_id


def _sound(db: Db, now: dt.datetime, file: Arriving) -> str:
    """Return the id under which a recording is kept, as it was sent: no worker looks at it, so it is ready at once."""
    blob_id, new = store.add_blob(db, now, file.sha256)
    path = photo_files.sound(db.store, blob_id)
    if new or not path.exists():
        file.keep(path)
        store.set_blob(db, blob_id, state=READY, why="", stored_sha256=file.sha256, bytes=file.bytes)
    return blob_id


def _path_of(db: Db, blob_id: str, state: str) -> Path:
    if state == READY:
        return photo_files.made(db.store, blob_id, "full")
    return photo_files.incoming(db.store, blob_id)


def list_photos(db: Db, actor: Actor, now: dt.datetime, issue_id: str) -> dict[str, Any]:
    """Return the photos of an issue: how many were spoken of and how many are here ("2 of 3"), and the pairs.

    Returns
    -------
    dict
        ``expected``, ``stored``, ``items`` as they came, ``pairs`` of ids (before, after) that can be shown. Hidden
        ones are told of to a desk alone, who ``may_hide``.
    """
    issue = require_readable(db, actor, issue_id)
    rows = store.of_issue(db, issue_id)
    desk = actor.scope("desk").covers(issue.path)
    items = [_shown(row) for row in rows if desk or row.hidden_at is None]
    seen = [item for item in items if item["state"] == READY and not item["hidden"]]
    before, after = ([item["id"] for item in seen if item["stage"] == stage] for stage in ("before", "after"))
    pictures = sum(1 for row in rows if row.stage != rules.VOICE)  # a recording completes no photo that is missing
    return {
        "expected": max(issue.photos_told, pictures), "stored": pictures, "items": items,
        "pairs": rules.pair_up(before, after), "may_hide": desk,
    }  # fmt: skip


def find_picture(db: Db, actor: Actor, now: dt.datetime, photo_id: str, size: str) -> tuple[Path, str, str]:
    """Return the file of a photo, what it is called, and what tells one content from another (for an ETag).

    Parameters
    ----------
    size
        ``full`` or ``thumb``.

    Raises
    ------
    Problem
        ``photo.not_found``, also for a hidden one and of an issue that may not be read; ``photo.not_ready``;
        ``photo.bad_size`` (value); the reason for which it was refused.
    """
    if size not in photo_files.SIZES:
        raise Problem("photo.bad_size", value=size[:20])
    found, ground = _find(db, actor, photo_id)
    if found.hidden_at is not None and not actor.scope("desk").covers(ground):
        raise Problem("photo.not_found")
    if found.blob_state == REFUSED:
        raise Problem(found.blob_why)
    path = photo_files.made(db.store, found.blob_id, size)
    if found.blob_state != READY or not path.exists():
        raise Problem("photo.not_ready")
    return path, _called(found), f"{found.blob_stored_sha256[:32]}-{size}"


def find_sound(db: Db, actor: Actor, now: dt.datetime, photo_id: str) -> tuple[Path, str, str, str] | None:
    """Return the file of a recording, what it is called, its tag and its kind; None for what is a picture.

    Raises ``photo.not_found`` as ``find_picture`` does; ``photo.lost`` where the disk has lost it.
    """
    found, ground = _find(db, actor, photo_id)
    if found.stage != rules.VOICE:
        return None
    if found.hidden_at is not None and not actor.scope("desk").covers(ground):
        raise Problem("photo.not_found")
    path = photo_files.sound(db.store, found.blob_id)
    if not path.exists():
        raise Problem("photo.lost")
    kind = rules.sound_of(head_of(path, rules.HEAD_BYTES))
    return path, f"voice.{kind}", found.blob_sha256[:32], kind


def set_hidden(db: Db, actor: Actor, now: dt.datetime, photo_id: str, hidden: bool, reason: str) -> dict[str, Any]:
    """Hide a photo that should not be seen, or show it again; why goes into the audit.

    Raises
    ------
    Problem
        ``photo.not_found``, ``right.missing`` (right) for who is no desk of the issue's ground, ``photo.no_reason``.
    """
    found, ground = _find(db, actor, photo_id)
    if not actor.scope("desk").covers(ground):
        raise Problem("right.missing", right="desk")
    if not reason.strip():
        raise Problem("photo.no_reason")
    act = "photo.hidden" if hidden else "photo.shown"
    audit.record(db, actor, now, act, photo_id, ground, issue=found.issue_id, reason=reason.strip())
    store.hide(db, photo_id, now if hidden else None)
    return _shown(store.one(db, photo_id))


def _find(db: Db, actor: Actor, photo_id: str) -> tuple[Any, str]:
    """Return a photo and the path on which its issue lies."""
    found = store.one(db, photo_id)
    if found is None:
        raise Problem("photo.not_found")
    try:
        return found, str(require_readable(db, actor, found.issue_id).path)
    except Problem as problem:
        raise Problem("photo.not_found") from problem


def _called(found: Any) -> str:
    """Return what a download is called: what is sent is a JPEG, whatever came."""
    stem = found.name.rpartition(".")[0] or found.name or found.stage
    return f"{stem}.jpg"


def _shown(row: Any) -> dict[str, Any]:
    hint = None if row.blob_lon is None else [row.blob_lon, row.blob_lat]
    return {
        "id": row.id, "issue": row.issue_id, "stage": row.stage, "name": row.name, "by": row.by, "at": row.at,
        "state": row.blob_state, "why": row.blob_why, "hidden": row.hidden_at is not None,
        "width": row.blob_width, "height": row.blob_height, "place": hint,
        "url": f"/api/photos/{row.id}" if row.blob_state == READY else None,
    }  # fmt: skip


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path of a photo's ground, None where there is no such (``geodata.actions.denied``)."""
    return store.ground(db, thing_id)


denied.also(path_of)
