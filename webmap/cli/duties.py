"""The duties of the server, as an operator looks at them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from geodata.rules.actors import OPERATOR
from geodata.rules.asof import COUNTY_TIME
from survey.actions import duties as actions
from webmap import session
from webmap.cli.frame import Frame, command
from webmap.wire import dumps


@click.command()
@command
def duties(frame: Frame) -> None:
    """Show the server's recurring work: done last, with what came of it, and due next."""
    with frame.store.read() as db:
        found = actions.list_duties(db, OPERATOR, session.now())
    frame.answer({"items": found}, "\n".join(map(_line, found)) or "服务还没有运行过。")


def _line(one: dict[str, Any]) -> str:
    state = "正在做" if one["held"] else f"下次 {_local(one['next_at'])}"
    return f"{one['name']:<12} 上次 {_local(one['done_at'])}  {dumps(one['result'])}  {state}"


def _local(at: dt.datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M:%S}"
