"""Counting tries to sign in, and disabling what lies idle before one is judged.

Tries are counted in short transactions of their own: a refused one must stay counted although its request ends in a
Problem. Whoever calls this holds a transaction that only reads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.rules import attempts, passwords, roles
from survey.rules.roles import Account
from survey.rules.sessions import SignInRules, idle_since, rules_of
from survey.store import accounts, sign_ins

_TRIES_KEPT = dt.timedelta(days=1)
_SWEPT = "accounts.swept"
_NAMED_MOST = 200  # ids told in one row of the audit


@dataclass(frozen=True)
class Try:
    """One counted try: the name in its kept form, the place, and the keys (kind -> key) its failures are kept under."""

    name: str
    place: str
    keys: dict[str, str]

    @property
    def network(self) -> str:
        """The network it came from, as it may be kept."""
        return attempts.network_of(self.place)


def in_force(db: Db) -> SignInRules:
    """Return the rules of signing in that the county's parameters name."""
    return rules_of(settings.profile(db))


def check_reading(db: Db) -> None:
    """Find the defect of signing in inside a writer, which would lose its counts with a rollback."""
    if sign_ins.is_writing(db):
        raise ValueError("signing in writes on its own: open the transaction to read")


def count(db: Db, now: dt.datetime, name: str, address: str | None, rules: SignInRules) -> Try:
    """Count a try as failed before it is judged, so that many at once are many.

    Parameters
    ----------
    address
        Where it comes from; None for one's own password, where there is no place to blame.

    Raises
    ------
    Problem
        ``session.wait`` (seconds) when it comes too soon.
    """
    kept_name = passwords.prepare(name).strip().casefold()[:100]
    place = attempts.place_of(address)
    named = hashlib.sha256(kept_name.encode()).hexdigest()[:32]
    keys = {"pair": f"fail:{named}:{place}", "place": f"fail:place:{place}", "account": f"fail:{named}:any"}
    if address is None:
        keys = {"pair": f"fail:{named}:own"}
    with db.store.write() as writing:
        disable_idle(writing, now, rules)
        sign_ins.lock_counts(writing, keys["pair"])
        known = sign_ins.noted_at(writing, _known_key(named, place)) is not None
        counts = sign_ins.counts(writing, keys)
        seconds = attempts.wait_s(counts, now, known=known, first_wait_s=rules.passwords.first_wait_s)
        if seconds:
            raise Problem("session.wait", seconds=seconds)
        so_far = {one.kind: attempts.failures_now(one, now) for one in counts}
        for kind, key in keys.items():
            sign_ins.put_count(writing, key, so_far.get(kind, 0) + 1, now)
    return Try(kept_name, place, keys)


def forgive(db: Db, now: dt.datetime, tried: Try) -> None:
    """Take the try back out of the counts, and note the place as one the account signs in from."""
    counts = {one.kind: one for one in sign_ins.counts(db, tried.keys)}
    for kind, key in tried.keys.items():  # always in this order: two that take rows crosswise would wait for ever
        if kind in counts:
            left = 0 if kind == "pair" else max(0, counts[kind].failures - 1)
            sign_ins.put_count(db, key, left, counts[kind].last)
    if "place" in tried.keys:
        named = tried.keys["account"].split(":")[1]
        sign_ins.put_count(db, _known_key(named, tried.place), 0, now)
        sign_ins.forget(db, f"known:{named}:", now - dt.timedelta(days=attempts.KNOWN_DAYS))
        sign_ins.forget(db, "fail:", now - _TRIES_KEPT)


def note_refusal(db: Db, actor: Actor, now: dt.datetime, found: Account | None, tried: Try) -> None:
    """Write into the audit that somebody was refused, never what was typed."""
    with db.store.write() as writing:
        path = roles.home_path(found) if found else ""
        audit.record(
            writing, actor, now, "session.refused", found.id if found else "", path, network=tried.network
        )  # fmt: skip


def disable_idle(db: Db, now: dt.datetime, rules: SignInRules) -> list[str]:
    """Disable accounts that lie idle for longer than the rules allow; return their ids.

    It is done at most once a day, before the first try of that day is judged, so that it needs no clock of its own.
    The county's last administrator is left: the one used last of them.
    """
    since = idle_since(now, rules)
    today = now.astimezone(dt.UTC).date().isoformat()
    if since is None or settings.get(db, _SWEPT) == today:
        return []
    accounts.take_turn(db)
    settings.put(db, _SWEPT, today)
    gone = accounts.disable_unused(db, since, but=_last_administrator(db))
    for account_id in gone:
        sign_ins.end_all(db, account_id)
    if gone:
        audit.record(db, OPERATOR, now, "account.idle", count=len(gone), accounts=gone[:_NAMED_MOST])
    return gone


def _last_administrator(db: Db) -> str:
    holders = accounts.holders(db, "administrator")
    able = accounts.some(db, [one for one, paths in holders.items() if any(map(roles.is_county_wide, paths))])
    return max(able, key=lambda one: one.last_seen or one.created_at).id if able else ""


def _known_key(named: str, place: str) -> str:
    return f"known:{named}:{place}"
