"""A county served as an operator serves it: made by the command line, on a free port of loopback, ended by its pid."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from webmap.cli.county import first_sign_in

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN_S = 60.0


# The demo's town has 36 villages and takes a minute to draft; one of five shows a page the same things. The pictures of
# the guides are taken of the whole one.
SMALL_TOWN = """
from geodata.rules.demo import SIZES
from geodata.rules.demo_ground import DemoSize
from webmap.cli import main

SIZES["town"] = DemoSize(towns=1, villages=5, zu=94, area_m2=18e6, urban=1, cell_m=27.0)
if __name__ == "__main__":
    main(prog_name="sanzhang")
"""


def sanzhang(*words: str, script: Path | None = None) -> str:
    """Run one command of the operator, or of a script instead of it, and return what it prints; a refusal fails."""
    line = ["-m", "webmap.cli"] if script is None else [str(script)]
    done = subprocess.run(
        [sys.executable, *line, *words], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"sanzhang {' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@dataclass
class Served:
    """A running server over one county."""

    db: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    # what a browser keeps of the first administrator's session, once signed in
    admin: Any = None

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Served:
        """Start the server and wait until it answers."""
        line = [sys.executable, "-m", "webmap.cli", "serve", "--db", self.db, "--port", str(self.port)]
        with (self.folder / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*line, "--workers", "1", "--jobs", "1"], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + UP_WITHIN_S
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                self.stop()
                raise RuntimeError(f"the server did not come up: {self.said()}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """End the server and the worker beside it, gently first."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(timeout=5)

    def said(self) -> str:
        """Return the end of the server's log."""
        return (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def first_sign_in(self) -> tuple[str, str]:
        """Return the first administrator's name and one-time password."""
        told = json.loads(CliRunner().invoke(first_sign_in, ["--db", self.db, "--json"]).stdout)
        return told["account"], told["one_time_password"]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/signin", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder against the other processes of this test run."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_once(folder: Path, scale: str) -> Path:
    """Make the demo of a scale the first time any process of the run asks for it; return its file.

    ``SANZHANG_BROWSER_DEMO`` may name a folder in which the files of an earlier run are kept and found again, for
    whoever works on these tests; the run that counts goes without.
    """
    folder = Path(os.environ.get("SANZHANG_BROWSER_DEMO", folder))
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{scale}.gpkg"
    with alone(folder):
        if not made.exists():
            fresh = folder / "making"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            small = folder / "small_town.py"
            small.write_text(SMALL_TOWN, encoding="utf-8")
            script = small if scale == "town" and not os.environ.get("SANZHANG_PICTURES") else None
            sanzhang("demo", "--scale", scale, "--db", str(fresh / made.name), "--json", script=script)
            for path in sorted(fresh.iterdir(), key=lambda one: one.suffix == ".gpkg"):
                path.rename(folder / path.name)
    return made


def copy_county(made: Path, folder: Path) -> str:
    """Copy a county's file, with its key and what of it still stands in its journal, into a folder."""
    for path in made.parent.glob(f"{made.stem}.*"):
        if path.suffix != ".gpkg-shm":
            shutil.copy(path, folder)
    return str(folder / made.name)
