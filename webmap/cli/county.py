"""The county itself: made, tried out, served."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import get_args

import click

from geodata.actions.demo import load_demo
from geodata.actions.setup import set_profile
from geodata.rules.actors import OPERATOR
from geodata.rules.demo import Scale
from survey.actions import accounts, acting
from webmap import session
from webmap.cli.frame import Frame, command, existing
from webmap.cli.plans import draft_all, publish_all


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
