"""The server and the worker beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import click

from geodata.rules.problems import Problem
from webmap.cli.county import first_sign_in_line
from webmap.cli.frame import Frame, command

_LEAVE_S = 30.0  # for what a duty has begun


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", type=int, default=8000)
@click.option("--workers", type=int, default=2)
@click.option("--jobs", type=int, default=os.cpu_count() or 1, help="processes that jobs compute in")
@click.option("--tls", is_flag=True, help="a proxy before this server encrypts: Secure cookies and HSTS")
@click.option("--sign-in", is_flag=True, help="print the first sign-in while it has not been used")
@click.option("--allow-host", multiple=True, help="a name the server may be asked for by; needed beyond loopback")
@command
def serve(frame: Frame, host: str, port: int, workers: int, jobs: int, **options: Any) -> None:
    """Serve the map, with a worker beside it for long jobs, until interrupted."""
    _ = frame.store  # made and brought up to date before any worker opens it
    tls: bool = options["tls"]
    allow_host: Sequence[str] = options["allow_host"]
    loopback = host in ("127.0.0.1", "::1", "localhost")
    if not loopback and not allow_host:
        raise Problem("serve.no_host", host=host)
    hosts = [*allow_host, "127.0.0.1", "localhost", "[::1]"]  # a foreign name that leads here is refused
    settings = {"db": frame.target, "tls": tls, "hosts": hosts}
    environment = {**os.environ, "SANZHANG_SERVE": json.dumps(settings)}
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers", "--factory",
        "--no-ws", "--log-level", "warning", "webmap.app:from_environment",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "webmap.cli", "work", "--db", frame.target, "--jobs", str(jobs)]
    if options["sign_in"]:
        frame.say(first_sign_in_line(frame))
    frame.say(f"三长图：http://{host}:{port}/")
    _watch({"web": web, "work": worker}, environment)


def _watch(commands: dict[str, list[str]], environment: dict[str, str]) -> None:
    """Run the web server and the worker together: the end of the first ends all, a dead worker is started again."""
    running = {name: subprocess.Popen(line, env=environment) for name, line in commands.items()}

    def stop(*_: Any) -> None:
        for process in running.values():
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while running["web"].poll() is None:
            time.sleep(0.5)
            if running["work"].poll() not in (None, 0, -signal.SIGTERM) and running["web"].poll() is None:
                time.sleep(1.0)
                running["work"] = subprocess.Popen(commands["work"], env=environment)
    finally:
        stop()
        for process in running.values():
            process.wait(timeout=15)


@click.command()
@click.option("--jobs", type=int, default=os.cpu_count() or 1)
@command
def work(frame: Frame, jobs: int) -> None:
    """Do the long jobs that the web pages ask for, and the duties (``serve`` starts this by itself)."""
    from webmap.chores import serve_duties

    parent, ended, store = os.getppid(), threading.Event(), frame.store

    def go_on() -> bool:
        return os.getppid() == parent and not ended.is_set()

    beside = threading.Thread(target=serve_duties, args=(store, go_on), name="duties", daemon=True)
    beside.start()
    from webmap.work import serve_jobs  # what jobs need takes seconds to load, and serve does none itself

    try:
        serve_jobs(store, jobs, go_on)
    finally:
        ended.set()
        beside.join(timeout=_LEAVE_S)
