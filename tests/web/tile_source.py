"""A tile server on loopback that answers as told, and an account at the county that asks it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask.testing import FlaskClient

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.actions import accounts
from webmap import session
from webmap.app import create_app

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
PASSWORD = "Kan jian 1 zhi niao"


class Source(ThreadingHTTPServer):
    """The server: what it was asked, and what it is to answer (status, kind, body, headers)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: dict[str, Any] = {}
        self.gate = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def layer(self, host: str = "127.0.0.1", **more: Any) -> dict[str, Any]:
        """Return the configuration of a layer that comes from here."""
        url = f"http://{host}:{self.port}/t/{{z}}/{{x}}/{{y}}.png"
        return {"id": "ortho", "name": "航片", "kind": "xyz", "url": url, "internal": True, **more}


class _Handler(BaseHTTPRequestHandler):
    server: Source

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        said = {"status": 200, "kind": "image/png", "body": PNG, "headers": {}, **self.server.answer}
        self.send_response(said["status"])
        for name, value in {
            "Content-Type": said["kind"],
            "Content-Length": len(said["body"]),
            **said["headers"],
        }.items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
        for piece in said.get("drip", [said["body"]]):
            if "drip" in said and self.server.gate.wait(0.05):
                return
            try:
                self.wfile.write(piece)
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Source]:
    """Run a source while the block lasts."""
    server = Source()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


def signed_in(store: Store, role: str, unit_id: str = "") -> FlaskClient:
    """Return a browser signed in with a role over one unit's ground, by default all."""
    name = f"{role}-{uuid.uuid4().hex[:8]}"
    with store.write() as db:
        _, handed = accounts.create_account(db, OPERATOR, session.now(), name, name, [(role, unit_id)])
    app = create_app(store)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/api/session", json={"name": name, "password": handed}).status_code == 200
    assert client.post("/api/password", json={"old": handed, "new": PASSWORD}).status_code == 204
    return client
