"""Photos of issues: received as raw bytes, listed, and shown to who may read their issue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from flask import Response, request, send_file

from geodata.rules.problems import Problem
from survey.actions import photos
from survey.rules.photos import Sent
from webmap import fields, sentences
from webmap.routes import Asked, route
from webmap.wire import Reply

_READS = "issues|office|report"
_PIECE_BYTES = 16 * 1024
ARRIVES_WITHIN_S = (
    120.0  # a phone's small photo takes 15 s where there is hardly a signal; a thread is not lent for ever
)
_NAME_MOST = 1_000  # characters of a name that are looked at; it is shortened by a rule
_SHOWN = {
    # asked for again each time, and answered 304 where nothing changed: so the right is asked for each time too
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@route("PUT", "/api/issues/<issue_id>/photos/<photo_id>", "report", writes=False)
def put_photo(asked: Asked, issue_id: str, photo_id: str) -> Reply:
    """Receive one photo as the body of the request (``stage`` and ``name`` in the query): 201 new, 200 known."""
    length = request.content_length
    if length is None:
        raise Problem("wire.missing", field="Content-Length")
    sent = Sent(photo_id, issue_id, asked.text("stage", "before"), asked.text("name", "", _NAME_MOST))
    found = photos.receive(asked.db, asked.actor, asked.now, sent, length, _pieces())
    return Reply(_told(found, asked.lang), 201 if found["new"] else 200)


@route("GET", "/api/issues/<issue_id>/photos", _READS)
def list_photos(asked: Asked, issue_id: str) -> dict[str, Any]:
    """Return the photos of an issue: how many of how many are here, and the pairs of before and after."""
    found = photos.list_photos(asked.db, asked.actor, asked.now, issue_id)
    return {**found, "items": [_told(item, asked.lang) for item in found["items"]]}


@route("GET", "/api/photos/<photo_id>", _READS)
def show_photo(asked: Asked, photo_id: str) -> Response:
    """Return the picture itself, or with ``size=thumb`` a small one; a recording is handed out as a download."""
    sound = photos.find_sound(asked.db, asked.actor, asked.now, photo_id)
    if sound is not None:
        path, name, tag, kind = sound
        said = send_file(path, f"audio/{kind}", as_attachment=True, download_name=name, etag=tag, max_age=0)
        said.headers.update(_SHOWN)
        return said
    path, name, tag = photos.find_picture(asked.db, asked.actor, asked.now, photo_id, asked.text("size", "full"))
    answer = send_file(path, mimetype="image/jpeg", download_name=name, etag=tag, conditional=True, max_age=0)
    answer.headers.update(_SHOWN)
    return answer


@route("POST", "/api/photos/<photo_id>/hide", "desk")
def hide_photo(asked: Asked, photo_id: str) -> dict[str, Any]:
    """Hide a photo that should not be seen (``hidden`` false shows it again), with a reason."""
    body = asked.body
    hidden = fields.flag(body, "hidden") if "hidden" in body else True
    reason = fields.text(body, "reason")
    return _told(photos.set_hidden(asked.db, asked.actor, asked.now, photo_id, hidden, reason), asked.lang)


def _pieces() -> Iterator[bytes]:
    """Yield the body as it comes in; a line that is cut ends it, one that only drips is ended."""
    until_s = time.monotonic() + ARRIVES_WITHIN_S
    while piece := request.stream.read(_PIECE_BYTES):
        if time.monotonic() > until_s:
            raise Problem("photo.too_slow")
        yield piece


def _told(item: dict[str, Any], lang: str) -> dict[str, Any]:
    """Add why a photo was refused in words."""
    return {**item, "sentence": sentences.by_code(item["why"], {}, lang) if item["why"] else ""}
