from __future__ import annotations

from typing import Any

from flask import Response, send_file

from geodata.actions import wall
from geodata.rules.problems import Problem
from geodata.rules.wallmap_document import PARTS
from webmap import fields
from webmap.api.jobs import job_reply
from webmap.routes import Asked, route
from webmap.wire import Reply

_KINDS = {"pdf": "application/pdf", "png": "image/png", "zip": "application/zip"}


@route("POST", "/api/wall", "see")
def start_wall(asked: Asked) -> Reply:
    """Start making the wall map of a village, as a job."""
    body = asked.body
    wish = wall.WallWish(
        fields.text(body, "unit_id"),
        _optional(body, "plan_id"),
        _optional(body, "as_of"),
        _parts(body),
        _optional(body, "format") or "pdf",
    )
    return job_reply(wall.start(asked.db, asked.actor, asked.now, wish))


@route("GET", "/api/wall/<job_id>", "see")
def wall_file(asked: Asked, job_id: str) -> Response:
    """Return a wall map to who asked for it, under its Chinese name (RFC 6266 filename*)."""
    path, name = wall.find_file(asked.db, asked.actor, asked.now, job_id)
    kind = _KINDS[name.rpartition(".")[2]]
    return send_file(path, mimetype=kind, as_attachment=True, download_name=name, max_age=0, etag=False)


def _optional(body: dict[str, Any], key: str) -> str:
    return fields.text(body, key) if body.get(key) is not None else ""


def _parts(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the parts asked for; without a word about them, map and tree: the list of homes is asked for by name."""
    parts = body.get("parts", ["map", "tree"])
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Problem("wire.not_list", field="parts")
    return tuple(part for part in PARTS if part in parts) + tuple(part for part in parts if part not in PARTS)
