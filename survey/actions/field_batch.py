"""Everything a phone did while it had no signal, sent in one go: stored in order, each thing once, each on its own.

An item that is refused goes to the shelf and keeps nothing else back. A few items are one transaction, so that a town
that comes back into reach does not keep the writer's place from everybody else.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import settings
from geodata.store.database import Db
from survey.actions import burdens, findings, issues, shelf, visits
from survey.actions.wishes import read_wish
from survey.rules.field_items import Item, read_item, shelf_id
from survey.store import sign_ins

AT_ONCE = 20
_OURS = frozenset({"store.busy", "store.full"})  # the server's own trouble: the phone keeps all and comes again
log = logging.getLogger("sanzhang")

Result = tuple[dict[str, Any], bool]


@dataclass(frozen=True)
class Outcome:
    """What became of an item: whether it is new, what there is to say of it, or why it was refused."""

    id: str
    is_new: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def take(db: Db, actor: Actor, now: dt.datetime, given: Sequence[Any]) -> list[Outcome]:
    """Store the items of a batch in their order and return what became of each.

    Takes a transaction that only reads: it writes in short ones of its own; what it has answered for is on the disk.

    Raises
    ------
    Problem
        ``store.busy``, ``store.full``: what was stored until then stays, and the same batch again changes none of it.
    """
    if sign_ins.is_writing(db):
        raise ValueError("a batch writes on its own: open the transaction to read")
    done: list[Outcome] = []
    for start in range(0, len(given), AT_ONCE):
        with db.store.write() as writing:
            part = given[start : start + AT_ONCE]
            done += [_one(writing, actor, now, one, start + n) for n, one in enumerate(part)]
    return done


def net_version(db: Db) -> int:
    """Return the version of the net that the phone should hold by now."""
    return settings.net_version(db)


def _one(db: Db, actor: Actor, now: dt.datetime, given: Any, row: int) -> Outcome:
    item: Item | None = None
    try:
        item = read_item(given, row)
        with db.savepoint():
            result, is_new = _DO[item.kind](db, actor, now, item)
        return Outcome(item.id, is_new, result)
    except Problem as problem:
        if problem.code in _OURS:
            raise
        refused = problem
    except Exception:  # a defect met by one item must not keep the others on the phone for ever
        log.exception("defect at item %s of a batch", shelf_id(given, actor.id))
        refused = Problem("defect", number=shelf_id(given, actor.id)[:8])
    shelf.keep(db, actor, now, given, item, refused)
    return Outcome(shelf_id(given, actor.id), problem=refused)


def _require(actor: Actor, *rights: str) -> None:
    if not any(actor.may(right) for right in rights):
        raise Problem("right.missing", right=rights[0])


def _report(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "report")
    row, is_new = issues.report(db, actor, now, item.id, item.body)
    return {"number": row.number, "state": row.state, "path": row.path}, is_new


def _event(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "issues", "office", "report")
    wish = read_wish(item.id, {"after": item.base, **item.body})
    row, is_new = issues.step(db, actor, now, item.issue, wish)
    return {"number": row.number, "state": row.state}, is_new


def _voice(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "report")
    wish = read_wish(item.id, {"after": item.base, **item.body, "kind": "voiced"})
    return {"voices": issues.voice(db, actor, now, item.issue, wish)}, False


def _visit(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "handle")
    row, is_new = visits.log(db, actor, now, item.id, item.body)
    return {"at": row.at, "skewed": row.skewed}, is_new


def _withdraw_visit(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "handle")
    visits.withdraw(db, actor, now, str(item.body.get("visit", item.id)))
    return {}, False


def _finding(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    _require(actor, "handle")
    row, is_new = findings.tell(db, actor, now, item.id, item.body)
    return {"state": row.state}, is_new


def _burden(db: Db, actor: Actor, now: dt.datetime, item: Item) -> Result:
    return {}, burdens.tell(db, actor, now, item.id, item.body)


_DO: Mapping[str, Callable[[Db, Actor, dt.datetime, Item], Result]] = {
    "report": _report, "event": _event, "voice": _voice, "visit": _visit, "withdraw_visit": _withdraw_visit,
    "finding": _finding, "burden": _burden,
}  # fmt: skip
