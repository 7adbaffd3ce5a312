"""Notices: told once into the tray of a chief, an office or a desk, read there, and handed to the outbox.

Whoever does something to an issue calls :func:`tell_about` (or :func:`tell`) in the same transaction: the notice is
there exactly when the thing has happened. Sending is another matter (``survey.actions.sending``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from geodata.rules.actors import EVERYWHERE, Actor
from geodata.store import units
from geodata.store.database import Db
from survey.actions import answering
from survey.rules import channels as channel_rules
from survey.rules import notices as rules
from survey.rules.channels import Channel
from survey.rules.notices import SHOWN, WAITING, Tray
from survey.store import channels as channel_store
from survey.store import notices as store

UNREAD_MOST = 100
UNREAD_SINCE = dt.timedelta(days=90)
_PLACE_LEVELS = ("village", "zu")


class Teller:
    """Tells notices in one transaction: what many of them ask for is read once; :meth:`write` writes them together."""

    def __init__(self, db: Db, now: dt.datetime) -> None:
        self.db, self.now = db, now
        self._told: dict[str, dict[str, Any]] = {}
        self._chains: dict[str, Sequence[Any]] = {}
        self._categories: dict[str, str] = {}
        self._grounds: dict[Tray, str] = {}

    def tell(self, kind: str, issue: Any, to: Tray, key: str, due: dt.datetime | None = None) -> None:
        """Tell one tray of an issue (a row of its table)."""
        place = "".join(row.name for row in self._chain(issue.path) if row.level in _PLACE_LEVELS)
        detail = rules.detail_of(
            issue.number, self._category(issue.category_id), place, restricted=issue.restricted, due=due
        )  # fmt: skip
        channel = channel_rules.choose(self._channels, to.kind, to.id, self._ground(to), self._channel_paths)
        self._told[key] = {
            "kind": kind, "issue_id": issue.id, "to_kind": to.kind, "to_id": to.id, "channel": channel,
            "detail": detail, "text": rules.sentence(kind, detail), "state": WAITING if channel else SHOWN,
            "next_at": self.now if channel else None,
        }  # fmt: skip

    def tell_about(self, kind: str, issue: Any, about: str, due: dt.datetime | None = None, level: str = "") -> None:
        """Tell everybody whom a kind of notice concerns."""
        for tray in self.trays(kind, issue, level):
            self.tell(kind, issue, tray, rules.key_of(kind, issue.id, about, tray), due)

    def write(self) -> int:
        """Write what was told and return how many trays it is new to: what was told before is not told again."""
        told, self._told = self._told, {}
        return store.add(self.db, self.now, told)

    def trays(self, kind: str, issue: Any, level: str = "") -> list[Tray]:
        """Return to whom a kind of notice of an issue goes; ``level`` says whose desk watches, where one does."""
        called = store.called(self.db, issue.id) if kind in rules.TO_CALLED else []
        desk = next((str(row.id) for row in self._chain(issue.path) if row.level == level), "")
        return rules.trays(kind, Tray(issue.holder_kind, issue.holder_id), issue.told, called, desk)

    @cached_property
    def _channels(self) -> list[Channel]:
        return channel_store.every(self.db)

    @cached_property
    def _channel_paths(self) -> dict[str, str]:
        named = [units.one(self.db, EVERYWHERE, one.unit_id) for one in self._channels if one.unit_id]
        return {str(row.id): str(row.path) for row in named if row is not None}

    def _ground(self, to: Tray) -> str:
        """Return the path of the unit whose tray it is, or of the one that an office belongs to."""
        if to not in self._grounds:
            unit_id = store.office_unit(self.db, to.id) if to.kind == "office" else to.id
            row = units.one(self.db, EVERYWHERE, unit_id) if unit_id else None
            self._grounds[to] = "" if row is None else str(row.path)
        return self._grounds[to]

    def _chain(self, path: str) -> Sequence[Any]:
        if path not in self._chains:
            self._chains[path] = units.chain(self.db, path)
        return self._chains[path]

    def _category(self, category_id: str) -> str:
        if category_id not in self._categories:
            self._categories[category_id] = store.category_name(self.db, category_id)
        return self._categories[category_id]


def tell(
    db: Db, now: dt.datetime, kind: str, issue: Any, to_kind: str, to_id: str, key: str,
    due: dt.datetime | None = None,
) -> bool:  # fmt: skip
    """Tell one tray of an issue, once for a key, and say whether it is new (``Teller.tell``).

    Parameters
    ----------
    kind
        A name of ``survey.rules.notices.KINDS``.
    issue
        A row of the issue table: id, number, path, category_id, restricted.
    to_kind, to_id
        ``unit`` and a unit's id, ``office`` and an office's, or ``desk`` and the id of a village, town or county.
    due
        By when, where the sentence is to say so.
    """
    teller = Teller(db, now)
    teller.tell(kind, issue, Tray(to_kind, to_id), key, due)
    return teller.write() == 1


def tell_about(
    db: Db, now: dt.datetime, kind: str, issue: Any, about: str, due: dt.datetime | None = None, level: str = ""
) -> int:
    """Tell everybody whom a kind of notice concerns (``survey.rules.notices.trays``); return to how many it was new.

    Parameters
    ----------
    issue
        A row of the issue table: beside what ``tell`` needs, holder_kind, holder_id and told.
    about
        The id of the event, or the deadline: the same is told once.
    level
        Whose desk watches, where the kind tells one.
    """
    teller = Teller(db, now)
    teller.tell_about(kind, issue, about, due, level)
    return teller.write()


def trays_of(db: Db, actor: Actor) -> list[Tray]:
    """Return the trays that an actor keeps: units they answer for (vacant ones too, A17), their desks, their office."""
    found = [Tray("office", actor.office_id)] if actor.office_id else []
    found += [Tray("unit", unit_id) for unit_id in sorted(answering.answered_by(db, actor))]
    for path in actor.scope("desk").paths:
        own = units.chain(db, path) if path else units.tops(db, EVERYWHERE, "", 1)
        found += [Tray("desk", str(row.id)) for row in own[-1:]]
    return found


def list_mine(
    db: Db, actor: Actor, now: dt.datetime, after: str, limit: int, lang: str, *, unread: bool = False
) -> dict[str, Any]:
    """Return a page of the notices in one's trays, newest first, with how many are unread (no more than 100).

    Parameters
    ----------
    unread
        Whether only those are wanted.
    """
    trays = trays_of(db, actor)
    if not trays:
        return {"items": [], "next": None, "unread": 0, "unread_most": UNREAD_MOST}
    rows = store.in_trays(db, actor.id, trays, after, limit, unread=unread)
    return {
        "items": [
            {
                "id": row.id, "kind": row.kind, "text": rules.sentence(row.kind, row.detail, lang), "at": row.at,
                "issue": row.issue_id, "number": row.number, "state": row.issue_state, "to": row.to_kind,
                "to_id": row.to_id, "read": row.read_at is not None,
            }
            for row in rows
        ],
        "next": rows[-1].id if len(rows) == limit else None,
        "unread": store.count_unread(db, actor.id, trays, now - UNREAD_SINCE, UNREAD_MOST),
        "unread_most": UNREAD_MOST,
    }  # fmt: skip


def count_unread(db: Db, actor: Actor, now: dt.datetime) -> int:
    """Return how many notices of the last 90 days one has not read, no more than 100."""
    trays = trays_of(db, actor)
    return store.count_unread(db, actor.id, trays, now - UNREAD_SINCE, UNREAD_MOST) if trays else 0


def mark_read(db: Db, actor: Actor, now: dt.datetime, ids: Sequence[str] | None) -> int:
    """Note that one has read some notices of one's trays, or (None) all; return how many were unread."""
    trays = trays_of(db, actor)
    return store.mark_read(db, now, actor.id, trays, ids) if trays else 0
