"""What a page that is kept on a phone needs beside its data: its service worker, and a token for what it sends."""

from __future__ import annotations

from flask import Response
from flask_wtf.csrf import generate_csrf

from webmap import files
from webmap.routes import Asked, route


@route("GET", "/field/sw.js", None)
def field_worker(_asked: Asked) -> Response:
    """Return the field app's service worker, which may keep the page ``/field`` itself; asked for anew each time."""
    answer = files.precompressed(f"built/{files.manifest().get('field-sw.js', 'field-sw.js')}")
    answer.headers["Service-Worker-Allowed"] = "/field"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@route("GET", "/field/worker.js", None)
def map_worker(_asked: Asked) -> Response:
    """Return the map's worker under an address of the field app's own.

    A service worker answers for a page's workers by their own address, so one under ``/static`` would need the network.
    """
    answer = Response(f'import "{files.asset("maplibre-worker.js")}";', mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@route("GET", "/api/form-token", None)
def form_token(_asked: Asked) -> dict[str, str]:
    """Return the token that every write carries, for a page that was kept and has none that still holds."""
    return {"token": generate_csrf()}
