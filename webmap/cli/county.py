"""The county itself: made, and its first account."""

from __future__ import annotations

import json
from pathlib import Path

import click

from geodata.actions.setup import set_profile
from geodata.rules.actors import OPERATOR
from survey.actions import accounts, acting, categories
from webmap import session
from webmap.cli.frame import Frame, command, existing


@click.command()
@click.option("--profile", type=click.Path(), help="JSON file of the county's parameters")
@command
def init(frame: Frame, profile: str | None) -> None:
    """Make the county file or schema and the first administrator."""
    values = json.loads(existing(profile).read_text(encoding="utf-8")) if profile else None
    with frame.store.write() as db:
        if values is not None:
            set_profile(db, OPERATOR, session.now(), values)
        categories.ensure(db, session.now())
        account, password = accounts.first_administrator(db, OPERATOR, session.now())
    frame.answer(
        {"account": account.name, "one_time_password": password},
        f"已建好 {frame.target}。\n首次登录：{account.name}  一次性密码：{password}",
    )


@click.command("first-sign-in")
@command
def first_sign_in(frame: Frame) -> None:
    """Print the first administrator and the one-time password, making both where there is none yet."""
    kept = _first_sign_in(frame)
    frame.answer(kept or {"account": None}, _line(kept))


def first_sign_in_line(frame: Frame) -> str:
    """Return the first sign-in as a line for people."""
    return _line(_first_sign_in(frame))


def _line(kept: dict[str, str] | None) -> str:
    if kept is None:
        return "请用自己的账号登录。"
    return f"首次登录：{kept['account']}  一次性密码：{kept['one_time_password']}（登录后请修改）"


def _first_sign_in(frame: Frame) -> dict[str, str] | None:
    """Return the first account and its one-time password, None once it has been changed.

    The password lies in a file that its owner alone may read, and goes away with the change.
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
        return None
    kept: dict[str, str] = json.loads(note.read_text(encoding="utf-8"))
    return kept
