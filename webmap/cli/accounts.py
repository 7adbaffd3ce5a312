"""Accounts from the operator's side: for who has lost every other way in."""

from __future__ import annotations

import click

from geodata.rules.actors import OPERATOR
from survey.actions import accounts
from webmap import session
from webmap.cli.frame import Frame, command


@click.group()
def account() -> None:
    """Help somebody who cannot sign in any longer."""


@account.command()
@click.argument("name")
@command
def reset(frame: Frame, name: str) -> None:
    """Enable an account, clear its second factor, and give it a one-time password."""
    with frame.store.write() as db:
        password = accounts.rescue(db, OPERATOR, session.now(), name)
    frame.answer({"account": name, "one_time_password": password}, f"{name}  一次性密码：{password}")
