from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Response, after_this_request, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from geodata.actions import base_layers
from geodata.rules.actors import Actor
from geodata.rules.base_layers import check_tile
from geodata.rules.problems import Problem
from webmap import errors, fields, proxy, session
from webmap.routes import Asked, route

KEPT = "private, max-age=86400"  # a base map changes a few times a year; private, for it is shown after sign-in only


def layers_shown(db: session.Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the base layers that a reader may switch on; none are needed."""
    return base_layers.list_shown(db, actor, now)


@route("GET", "/api/base-layers", "settings")
def list_layers(asked: Asked) -> dict[str, Any]:
    """Return the configuration, each layer with whether its token was found."""
    return _listed(base_layers.list_configured(asked.db, asked.actor, asked.now))


@route("PUT", "/api/base-layers", "settings")
def set_layers(asked: Asked) -> dict[str, Any]:
    """Replace the configuration ({"items": [...]}); an empty list takes every base layer away."""
    items = fields.objects(asked.body, "items")
    return _listed(base_layers.configure(asked.db, asked.actor, asked.now, items))


@route("GET", "/base/<layer>/<z>/<x>/<y>", "see")
def base_tile(asked: Asked, layer: str, z: str, x: str, y: str) -> Response:
    """Return a picture through the server, so that readers' machines ask no other host and no token leaves it."""
    found, part = base_layers.find_source(asked.db, asked.actor, asked.now, layer)
    place = _place(z, x, y)
    check_tile(found, *place)

    def fetch() -> Response:
        tile = proxy.fetch_tile(found, part, place, session.get_store().folder)
        return Response(tile.body, mimetype=tile.mimetype, headers={"Cache-Control": KEPT, "Vary": "Cookie"})

    return _later(fetch, asked.lang)


@route("GET", "/base/<name>.pmtiles", "see")
def base_file(asked: Asked, name: str) -> Response:
    """Return a range of a local PMTiles file; the reader's map asks for the few kilobytes it needs."""
    path = base_layers.find_file(asked.db, asked.actor, asked.now, name)
    try:
        answer = send_file(path, mimetype="application/vnd.pmtiles", conditional=True, etag=True, max_age=0)
    except RequestedRangeNotSatisfiable:
        answer = Response(status=416, headers={"Content-Range": f"bytes */{path.stat().st_size}"})
    answer.headers["Cache-Control"] = "private, no-cache"  # asked again each time, answered 304 or by the new ETag
    answer.headers["Vary"] = "Cookie"
    return answer


def _later(fetch: Callable[[], Response], lang: str) -> Response:
    """Answer once the request's transaction is over: a slow source must not hold a connection to the database."""

    @after_this_request
    def replace(_empty: Response) -> Response:
        if request.method == "HEAD":
            return Response(headers={"Cache-Control": KEPT})
        try:
            return fetch()
        except Problem as problem:
            return errors.answer(problem, lang)

    return Response()


def _place(z: str, x: str, y: str) -> tuple[int, int, int]:
    if not all(part.isascii() and part.isdigit() and len(part) < 8 for part in (z, x, y)):
        raise Problem("tile.out_of_range", z=z[:8], x=x[:8], y=y[:8])
    return int(z), int(x), int(y)


def _listed(items: list[dict[str, Any]]) -> dict[str, Any]:
    folder = session.get_store().folder
    shown = [{**item, "token_found": proxy.has_token(item, folder)} for item in items]
    return {"items": shown, "next": None, "total": len(items)}
