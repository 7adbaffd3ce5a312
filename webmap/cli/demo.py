"""An invented county to try everything on."""

from __future__ import annotations

import os
import time
from typing import get_args

import click

from geodata.actions.demo import load_demo
from geodata.rules.actors import OPERATOR
from geodata.rules.demo import Scale
from survey.actions import categories
from survey.actions.demo_issues import load_issues
from survey.actions.demo_people import load_people
from survey.actions.demo_visits import load_visits
from webmap import session
from webmap.cli.frame import Frame, command
from webmap.cli.plans import draft_all, publish_all


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
        categories.ensure(db, session.now())
    if not bare:
        drafted = draft_all(frame, None, seed, jobs)
        counts["lin"] = drafted["lin"]
        counts["published"] = len(publish_all(frame, drafted["plans"], "演示")["published"])
        with frame.store.write() as db:
            counts["officers"] = load_people(db, OPERATOR, session.now(), seed)
            counts["issues"] = load_issues(db, OPERATOR, session.now(), seed)
            counts["visits"] = load_visits(db, OPERATOR, session.now(), seed)
    counts["seconds"] = round(time.monotonic() - began, 1)
    frame.answer(
        counts,
        f"演示县已就绪：{counts['homes']} 户，{counts.get('lin', 0)} 个邻，{counts.get('officers', 0)} 名人员，"
        f"{counts.get('issues', 0)} 件问题，{counts.get('visits', 0)} 次走访和微服务，"
        f"均为虚构，用时 {counts['seconds']} 秒。",
    )
