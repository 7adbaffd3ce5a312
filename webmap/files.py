"""Static files: built bundles under hashed names for ever, the rest by its ETag, precompressed where it helps."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"


def manifest() -> dict[str, str]:
    """Return built names by their plain names, as of the newest build; empty before the front end was built."""
    try:
        return _names((BUILT / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=1)
def _names(_built_at: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    return names


def asset(name: str) -> str:
    """Return the address of a built file by its plain name."""
    return f"/static/built/{manifest().get(name, name)}"


def install(app: Flask) -> None:
    """Serve what lies in ``static``; no folder can be listed and nothing outside it is reached."""

    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        response = precompressed(name)
        if name.startswith("built/") and name.removeprefix("built/") in set(manifest().values()):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def precompressed(name: str) -> Response:
    """Return a file of ``static``, packed as the reader's browser takes it."""
    accepted = request.headers.get("Accept-Encoding", "")
    for ending, encoding in ((".br", "br"), (".gz", "gzip")):
        if encoding in accepted and (STATIC / (name + ending)).is_file():
            response = send_from_directory(STATIC, name + ending, mimetype=_kind(name))
            response.headers["Content-Encoding"] = encoding
            response.headers["Vary"] = "Accept-Encoding"
            return response
    return send_from_directory(STATIC, name, mimetype=_kind(name))


def _kind(name: str) -> str:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
             ".json": "application/json", ".map": "application/json",
             ".webmanifest": "application/manifest+json"}  # fmt: skip
    return kinds.get(Path(name).suffix, "application/octet-stream")
