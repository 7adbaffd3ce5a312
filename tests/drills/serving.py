"""A real server to be killed: started by the command line on a free port, signed in to, and ended by its own pid."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from tests.browser.served import ROOT, UP_WITHIN_S, free_port

PASSWORD = "Kan jian 1 zhi niao"
_ASKED_S = 20.0


@dataclass
class Drilled:
    """A server in a process group of its own over one store, and the cookies of somebody signed in."""

    target: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {**os.environ, "SANZHANG_KEY_FILE": str(self.folder / "county.key"), "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "webmap.cli", "serve", "--db", self.target, "--port", str(self.port)]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*line, "--workers", "1", "--jobs", "1"], cwd=ROOT, stdout=log, stderr=log, env=environment,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + UP_WITHIN_S * 2
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                said = (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"the server did not come up: {said[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it and all that it started, at once and without a word (signal 9)."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/signin", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def sign_in(self, name: str, one_time: str) -> None:
        """Sign in as a browser does, and change the one-time password."""
        jar = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        token = ""
        for path, page, body in (
            ("/api/session", "/signin", {"name": name, "password": one_time}),
            ("/api/password", "/password", {"old": one_time, "new": PASSWORD}),
            ("", "/issues", {}),
        ):  # fmt: skip
            with opener.open(f"http://127.0.0.1:{self.port}{page}", timeout=30) as answer:
                found = re.search(r'name="csrf-token" content="([^"]+)"', answer.read().decode())
            token = found.group(1) if found else ""
            if path:
                sent = urllib.request.Request(
                    f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
                    {"X-CSRFToken": token, "Content-Type": "application/json"},
                )  # fmt: skip
                opener.open(sent, timeout=30).close()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
        self.headers = {"Cookie": cookies, "X-CSRFToken": token, "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any) -> Any:
        """Send JSON and return the answer's; None where no whole answer came."""
        url = f"http://127.0.0.1:{self.port}{path}"
        asked = urllib.request.Request(url, json.dumps(body).encode(), self.headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=_ASKED_S) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError, ValueError, EOFError):
            return None
