"""The audit: whether it is whole, its end for keeping elsewhere, and who saw a thing."""

from __future__ import annotations

import click

from geodata.rules.actors import OPERATOR
from survey.actions import audit as actions
from webmap import session
from webmap.cli.frame import Frame, command
from webmap.wire import dumps


@click.group()
def audit() -> None:
    """Check the audit, and ask it."""


@audit.command()
@click.option("--head", "kept", default="", help="SEQ:SEAL as `audit head` printed it earlier")
@command
def verify(frame: Frame, kept: str) -> int:
    """Say whether every row is as it was written; the first that is not is named, and the exit code is 1."""
    with frame.store.read() as db:
        first = actions.verify_audit(db, OPERATOR, session.now(), actions.head_of(kept))
        head = actions.audit_head(db, OPERATOR, session.now())
    rows = head.seq if head else 0
    frame.answer(
        {"whole": first is None, "first_bad": first, "rows": rows},
        f"审计链完好，共 {rows} 行。"
        if first is None
        else f"审计链从第 {first} 行起不对：该行被改、被删、被插入或换了位置。",
    )
    return 0 if first is None else 1


@audit.command("head")
@command
def head_(frame: Frame) -> None:
    """Print the end of the chain, to be kept where nobody who keeps the store can change it."""
    with frame.store.read() as db:
        head = actions.audit_head(db, OPERATOR, session.now())
    line = f"{head.seq}:{head.seal}" if head else ""
    frame.answer({"head": line}, line)


@audit.command()
@click.argument("thing")
@click.option("--from", "since", default="", help="date or instant")
@click.option("--to", "until", default="", help="date or instant")
@command
def seen(frame: Frame, thing: str, since: str, until: str) -> None:
    """Tell who saw a home (by code or id) or another thing (by id), and who took out the ground it lies on."""
    with frame.store.read() as db:
        rows, more = actions.who_saw(db, OPERATOR, session.now(), thing, since, until)
    told = [f"{row.at:%Y-%m-%d %H:%M:%SZ}  {row.by}  {row.act}  {dumps(row.detail)}" for row in rows]
    frame.answer({"items": rows, "more": more}, "\n".join([*told, "……"] if more else told) or "没有人看过。")
