"""The outbox: what waits is sent by one worker, never twice by itself.

That a notice is being sent is written down before anything leaves. Whoever dies in between leaves it so, and it is told
as "unsure" then: it may have arrived, so only a person sends it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db, Store
from survey.rules import notices as rules
from survey.rules.channels import Channel
from survey.rules.notices import AGAIN, FAILED, SENDING, SENT, STATES, UNSURE, WAITING
from survey.store import channels as channel_store
from survey.store import notices as store

_LOOKED_AT = 500
_TRY = "test"

Post = Callable[[str, str, bool], tuple[str, str]]
"""(address, text, internal) -> (``sent``, ``refused`` or ``unsure``; what was the matter)."""


def any_waiting(db: Db, now: dt.datetime) -> bool:
    """Tell whether a notice is to be sent now, or was left by a worker that died while sending."""
    return bool(store.ready(db, now, 1)) or bool(store.silent(db, now))


def send_some(target: Store, clock: Callable[[], dt.datetime], post: Post, keep: Callable[[], bool]) -> dict[str, int]:
    """Send one message to each channel for which something waits; return how many notices were sent, refused, unsure.

    What waits for one channel goes in one message, as much as a robot takes: a night's hundred reminders are a few
    messages, and a robot that takes twenty a minute is not asked for more.

    Parameters
    ----------
    post
        Takes a message to an address.
    keep
        Tells that this worker is alive; false where the duty is another's by now.
    """
    counts = {SENT: 0, "refused": 0, UNSURE: 0}
    with target.write() as db:
        counts[UNSURE] = store.change(db, store.silent(db, clock()), UNSURE, SENDING, error="worker lost", next_at=None)
        channels = channel_store.every(db)
        store.show_only(db, [one.id for one in channels])
        waiting = store.ready(db, clock(), _LOOKED_AT)
    for channel in channels:
        mine = [row for row in waiting if row.channel == channel.id]
        if mine and keep():
            text, count = rules.message([row.text for row in mine])
            outcome = _send(target, clock, post, channel, mine[:count], text)
            counts[outcome] += count
    return counts


def _send(
    target: Store, clock: Callable[[], dt.datetime], post: Post, channel: Channel, rows: Sequence[Any], text: str
) -> str:
    ids = [str(row.id) for row in rows]
    with target.write() as db:
        address = channel_store.address(db, channel.id)
        store.begin(db, ids, clock() + rules.SENDING_MOST)
    outcome, error = post(address, text, channel.internal)
    now = clock()
    with target.write() as db:
        if outcome == SENT:
            store.change(db, ids, SENT, SENDING, sent_at=now, next_at=None, error="")
        elif outcome == UNSURE:
            store.change(db, ids, UNSURE, SENDING, next_at=None, error=error)
        else:
            for row in rows:
                state, at = rules.after_refusal(row.tries + 1, now)
                store.change(db, [row.id], state, SENDING, next_at=at, error=error)
    return outcome


def outbox(db: Db, actor: Actor, now: dt.datetime, state: str, after: str, limit: int) -> dict[str, Any]:
    """Return a page of the notices in a state of sending, newest first, and how many are in each.

    Raises
    ------
    Problem
        ``right.missing`` for who does not hold ``settings`` over the whole county; ``notice.bad_state`` (value).
    """
    require_whole(db, actor, "settings")
    if state not in STATES:
        raise Problem("notice.bad_state", value=state[:20])
    rows = store.by_state(db, state, after, limit)
    return {
        "items": [_shown(row) for row in rows], "next": rows[-1].id if len(rows) == limit else None,
        "counts": store.count_states(db, (WAITING, SENDING, FAILED, UNSURE)),
    }  # fmt: skip


def show(db: Db, actor: Actor, now: dt.datetime, notice_id: str) -> dict[str, Any]:
    """Return how the sending of a notice stands (``right.missing``, ``notice.not_found``)."""
    require_whole(db, actor, "settings")
    return _shown(_find(db, notice_id))


def send_again(db: Db, actor: Actor, now: dt.datetime, notice_id: str) -> dict[str, Any]:
    """Put a notice that failed, or may not have arrived, into the outbox once more.

    Raises
    ------
    Problem
        ``right.missing``, ``notice.not_found``, ``notice.not_stuck`` (state).
    """
    require_whole(db, actor, "settings")
    found = _find(db, notice_id)
    again = found.state in AGAIN and store.change(db, [notice_id], WAITING, found.state, next_at=now, tries=0, error="")
    if not again:
        raise Problem("notice.not_stuck", state=found.state)
    audit.record(db, actor, now, "notice.again", notice_id, was=found.state)
    return _shown(_find(db, notice_id))


def send_try(db: Db, actor: Actor, now: dt.datetime, channel_id: str, key: str) -> str:
    """Put a message into the outbox that only tries a channel, and return its id.

    Raises
    ------
    Problem
        ``right.missing``, ``channel.not_found``.
    """
    require_whole(db, actor, "settings")
    if channel_id not in {one.id for one in channel_store.every(db)}:
        raise Problem("channel.not_found")
    values = {"kind": _TRY, "to_kind": "", "to_id": "", "channel": channel_id, "detail": {}, "state": WAITING,
              "text": rules.sentence(_TRY, {}), "next_at": now, "issue_id": ""}  # fmt: skip
    store.add(db, now, {f"{_TRY}:{key}": values})
    audit.record(db, actor, now, "notice_channels.tried", channel=channel_id)
    return str(store.by_key(db, f"{_TRY}:{key}").id)


def _find(db: Db, notice_id: str) -> Any:
    found = store.one(db, notice_id)
    if found is None:
        raise Problem("notice.not_found")
    return found


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "text": row.text, "channel": row.channel, "state": row.state, "at": row.at,
        "tries": row.tries, "next_at": row.next_at, "sent_at": row.sent_at, "error": row.error,
    }  # fmt: skip
