"""The county itself: made, tried out, served."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from geodata.actions.demo import load_demo
from geodata.actions.setup import set_profile
from geodata.rules.actors import OPERATOR
from geodata.rules.demo import Scale
from geodata.rules.problems import Problem
from survey.actions import accounts, acting
from webmap import session
from webmap.cli.frame import Frame, command, existing
from webmap.cli.plans import draft_all, publish_all
from webmap.work import serve_jobs


@click.command()
@click.option("--profile", type=click.Path(), help="JSON file of the county's parameters")
@command
def init(frame: Frame, profile: str | None) -> None:
    """Make the county file or schema and the first administrator."""
    values = json.loads(existing(profile).read_text(encoding="utf-8")) if profile else None
    with frame.store.write() as db:
        if values is not None:
            set_profile(db, OPERATOR, session.now(), values)
        account, password = accounts.first_administrator(db, OPERATOR, session.now())
    frame.answer(
        {"account": account.name, "one_time_password": password},
        f"已建好 {frame.target}。\n首次登录：{account.name}  一次性密码：{password}",
    )


@click.command()
@click.option("--scale", type=click.Choice(list(get_args(Scale))), default="town")
@click.option("--seed", type=int, default=7)
@click.option("--bare", is_flag=True, help="load the homes only; do not draft and publish")
@click.option("--jobs", type=int, default=os.cpu_count() or 1)
@command
def demo(frame: Frame, scale: Scale, seed: int, bare: bool, jobs: int) -> None:
    """Make an invented county, labelled synthetic, through the same actions as a real one."""
    began = time.monotonic()
    frame.say("正在生成演示数据（虚构）…")
    with frame.store.write() as db:
        counts = load_demo(db, OPERATOR, session.now(), scale, seed)
    if not bare:
        drafted = draft_all(frame, None, seed, jobs)
        counts["lin"] = drafted["lin"]
        counts["published"] = len(publish_all(frame, drafted["plans"], "演示")["published"])
    counts["seconds"] = round(time.monotonic() - began, 1)
    frame.answer(
        counts, f"演示县已就绪：{counts['homes']} 户，{counts.get('lin', 0)} 个邻，用时 {counts['seconds']} 秒。"
    )


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", type=int, default=8000)
@click.option("--workers", type=int, default=2)
@click.option("--jobs", type=int, default=os.cpu_count() or 1, help="processes that jobs compute in")
@click.option("--tls", is_flag=True, help="a proxy before this server encrypts: Secure cookies and HSTS")
@click.option("--allow-host", multiple=True, help="a name the server may be asked for by; needed beyond loopback")
@command
def serve(frame: Frame, host: str, port: int, workers: int, jobs: int, tls: bool, allow_host: Sequence[str]) -> None:
    """Serve the map, with a worker beside it for long jobs, until interrupted."""
    _ = frame.store  # made and brought up to date before any worker opens it
    loopback = host in ("127.0.0.1", "::1", "localhost")
    if not loopback and not allow_host:
        raise Problem("serve.no_host", host=host)
    hosts = [*allow_host, "127.0.0.1", "localhost"] if allow_host else None
    settings = {"db": frame.target, "tls": tls, "hosts": hosts}
    environment = {**os.environ, "SANZHANG_SERVE": json.dumps(settings)}
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers", "--factory",
        "--no-ws", "--log-level", "warning", "webmap.app:from_environment",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "webmap.cli", "work", "--db", frame.target, "--jobs", str(jobs)]
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
    """Do the long jobs that the web pages ask for (``serve`` starts this by itself)."""
    parent = os.getppid()
    serve_jobs(frame.store, jobs, lambda: os.getppid() == parent)


@click.command("first-sign-in")
@command
def first_sign_in(frame: Frame) -> None:
    """Print the first administrator and the one-time password, making both where there is none yet.

    The password lies in a file that its owner alone may read, and goes away once it has been changed.
    """
    note = frame.store.folder / f"{Path(frame.target).stem if frame.store.embedded else 'county'}.first-sign-in"
    with frame.store.write() as db:
        waiting = acting.awaits_first_change(db, OPERATOR, session.now())
        if waiting is None:
            account, password = accounts.first_administrator(db, OPERATOR, session.now())
            note.touch(mode=0o600)
            note.write_text(json.dumps({"account": account.name, "one_time_password": password}), encoding="utf-8")
            waiting = True
    if not waiting or not note.exists():
        note.unlink(missing_ok=True)
        frame.answer({"account": None}, "请用自己的账号登录。")
        return
    kept = json.loads(note.read_text(encoding="utf-8"))
    frame.answer(kept, f"首次登录：{kept['account']}  一次性密码：{kept['one_time_password']}（登录后请修改）")


COMMANDS = (init, demo, serve, work, first_sign_in)
