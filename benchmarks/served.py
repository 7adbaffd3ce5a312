"""A county under ``sanzhang serve``, a signed-in reader of it, and a client that asks as fast as it is answered."""

from __future__ import annotations

import json
import re
import selectors
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.prepared import CLI, ROOT
from geodata.rules.actors import OPERATOR
from survey.actions import accounts
from survey.rules.roles import FIRST_ROLES
from webmap import session

UP_WITHIN_S = 120
_PASSWORD = "Kan jian 1 zhi niao"  # of an account that only this run knows
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Served:
    """A running server and the cookies of somebody who is signed in.

    Parameters
    ----------
    up_s
        Seconds from the command to the first answer.
    """

    port: int
    cookie: str
    up_s: float

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        asked = urllib.request.Request(self.url + path, headers={"Cookie": self.cookie})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def served(
    county: Path | str,
    roles: Sequence[tuple[str, str]] = tuple((role, "") for role in FIRST_ROLES),
    folder: Path | None = None,
) -> Iterator[Served]:
    """Serve a county with 2 workers of 4 threads on a free port, sign an account in, and end the server.

    Parameters
    ----------
    county
        A file, or a PostgreSQL URL.
    roles
        (role, unit id; "" for all ground) of the account.
    folder
        Where the server's log goes; beside the file where none is named.
    """
    name, one_time = _account(county, roles)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ((folder or Path(county).parent) / "serve.log").open("wb") as log:
        began = time.monotonic()
        line = [*CLI, "serve", "--db", str(county), "--port", str(port), "--workers", "2", "--jobs", "1"]
        process = subprocess.Popen(line, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait(process, port)
            up_s = time.monotonic() - began
            yield Served(port, _sign_in(port, name, one_time), up_s)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _account(county: Path | str, roles: Sequence[tuple[str, str]]) -> tuple[str, str]:
    name = f"bench{time.time_ns()}"
    store = session.open_store(str(county))
    with store.write() as db:
        _, one_time = accounts.create_account(db, OPERATOR, session.now(), name, name, roles)
    store.close()
    return name, one_time


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/signin", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("the server did not come up; see serve.log") from None
            time.sleep(0.05)


def _sign_in(port: int, name: str, one_time: str) -> str:
    """Sign in as a browser does and change the one-time password; return the cookies."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    root = f"http://127.0.0.1:{port}"

    def post(path: str, page: str, body: dict[str, str]) -> None:
        with opener.open(root + page, timeout=30) as answer:
            found = re.search(r'name="csrf-token" content="([^"]+)"', answer.read().decode())
        token = found.group(1) if found else ""
        headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
        opener.open(urllib.request.Request(root + path, json.dumps(body).encode(), headers), timeout=30).close()

    post("/api/session", "/signin", {"name": name, "password": one_time})
    post("/api/password", "/password", {"old": one_time, "new": _PASSWORD})
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


class _Line:
    """One connection that is always waiting for one answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.came = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.came, self.asked_at = b"", time.monotonic()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Take what came; tell whether the answer is whole."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise RuntimeError("the server closed the connection")
        self.came += part
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found:
            return False
        length = _LENGTH.search(head)
        return len(body) >= (int(length.group(1)) if length else 0)


@dataclass(frozen=True)
class Answers:
    """What came of a run of requests: seconds of each, and seconds of the whole run."""

    took_s: Any
    seconds: float

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.took_s) / self.seconds


def ask_all(to: Served, paths: Sequence[str], lines: int, *, accept: Sequence[int] = (200,)) -> Answers:
    """Ask for every path over some connections kept open, each with one request under way at a time."""
    head = f"Host: 127.0.0.1:{to.port}\r\nCookie: {to.cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
    requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths]
    good = tuple(f"HTTP/1.1 {status}".encode() for status in accept)
    took: list[float] = []
    left = iter(requests)
    began = time.monotonic()
    with selectors.DefaultSelector() as ready:
        for request, _ in zip(left, range(lines), strict=False):
            line = _Line(to.port)
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.ask(request)
        while ready.get_map():
            for key, _ in ready.select():
                line = key.data
                if not line.answered():
                    continue
                took.append(time.monotonic() - line.asked_at)
                if not line.came.startswith(good):
                    raise RuntimeError(f"refused: {line.came[:200]!r}")
                following = next(left, None)
                if following is None:
                    ready.unregister(line.socket)
                    line.socket.close()
                else:
                    line.ask(following)
    return Answers(np.array(took), time.monotonic() - began)


def home_places(county: Path, count: int) -> Any:
    """Return (count, 2) degrees where homes stand, the same ones each time."""
    from geodata.store import households
    from geodata.store.types import lonlat_of

    store = session.open_store(str(county))
    with store.read() as db:
        rows = households.under(db, "")
    store.close()
    chosen = np.random.default_rng(5).integers(0, len(rows), count)
    return lonlat_of([rows[i].geom for i in chosen.tolist()])
