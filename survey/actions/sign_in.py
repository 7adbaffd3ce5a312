"""Signing in and out, and finding out who asks.

``sign_in`` and ``change_password`` take a transaction that only reads, and write in short ones of their own: a refused
try must stay counted although the request ends in a Problem, and 43 ms of hashing must not hold the writer's place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import hashing
from survey.rules import attempts, passwords, roles
from survey.rules.passwords import PasswordProfile, Secret
from survey.rules.roles import Account
from survey.store import accounts, sign_ins

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=12)
_TOUCH_EVERY = dt.timedelta(minutes=1)
_TRIES_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True)
class Signed:
    """A session that holds: who, what they may do where, and whether their password must be changed first."""

    account: Account
    actor: Actor
    must_change: bool
    token_digest: str


@dataclass(frozen=True)
class Entered:
    """A session just opened and its token (256 random bits, of which only a digest is kept)."""

    token: str
    signed: Signed


@dataclass(frozen=True)
class _Try:
    """One counted try: the name in its kept form, the place, and the keys (kind -> key) its failures are kept under."""

    name: str
    place: str
    keys: dict[str, str]


def password_profile(db: Db) -> PasswordProfile:
    """Return the rules for passwords in force, from the setting ``passwords``."""
    return passwords.PROFILES[settings.get(db, "passwords", passwords.DEFAULT)]


def sign_in(
    db: Db, actor: Actor, now: dt.datetime, name: str, password: str, address: str | None, earlier: str = ""
) -> Entered:
    """Open a session.

    Parameters
    ----------
    db
        A transaction that only reads; see the module.
    address
        Where the request comes from, as the server sees it.
    earlier
        The token this browser came with, if any; its session ends.

    Raises
    ------
    Problem
        ``session.refused`` for an unknown name, a wrong password and a disabled account alike, after equal work;
        ``session.wait`` (seconds) after failures or while too many sign in; ``password.spent`` for a one-time password
        that was used or has lapsed.
    """
    _check_reading(db)
    with hashing.seat():
        tried = _count_try(db, now, name, address)
        found = accounts.find_by_name(db, tried.name)
        kept = accounts.secret_of(db, found.id) if found else None
        right = hashing.matches(kept.hash if kept else None, password)
        if not found or not kept or not right or found.disabled:
            _note_refusal(db, actor, now, found, tried)
            raise Problem("session.refused")
        better = hashing.make(password) if hashing.is_outdated(kept.hash) else kept.hash
    with db.store.write() as writing:
        account = _still_good(writing, now, found, kept)
        _forgive(writing, now, tried)
        used = replace(kept, hash=better, used=kept.one_time)
        must_change = account.must_change or passwords.is_too_old(kept.set_at, now, password_profile(writing))
        if used != kept or must_change != account.must_change:
            accounts.set_secret(writing, account.id, used, must_change=must_change)
        sign_ins.end(writing, digest_of(earlier))
        return _open(writing, now, replace(account, must_change=must_change), tried)


def sign_out(db: Db, actor: Actor, now: dt.datetime, token: str) -> None:
    """End the session a token belongs to; an unknown token is no error."""
    opened = sign_ins.find(db, digest_of(token))
    if opened:
        sign_ins.end(db, digest_of(token))
        audit.record(db, actor, now, "session.close", opened.account.id, roles.home_path(opened.account))


def who(db: Db, now: dt.datetime, token: str) -> Signed | None:
    """Return whose session a token opens, None when it is none, lapsed (30 min idle, 12 h in all) or disabled.

    Roles and grounds are read anew each time, so that a change holds at the next request.
    """
    digest = digest_of(token)
    opened = sign_ins.find(db, digest)
    if opened is None or now - opened.seen_at > IDLE or now - opened.at > ABSOLUTE:
        return None
    if now - opened.seen_at >= _TOUCH_EVERY:
        sign_ins.touch(db, now, digest)
    account = opened.account
    return Signed(account, roles.actor_of(account), account.must_change, digest)


def change_password(db: Db, actor: Actor, now: dt.datetime, old: str, new: str, token: str) -> None:
    """Change one's own password; every other session of the account ends.

    Raises
    ------
    Problem
        ``password.wrong`` (counted like a failed sign-in), ``session.wait``, ``password.reused`` (last) and the
        refusals of ``survey.rules.passwords.check_password``.
    """
    _check_reading(db)
    account = accounts.find(db, actor.id)
    if account is None:
        raise Problem("session.none")
    profile = password_profile(db)
    with hashing.seat():
        tried = _count_try(db, now, account.name, None)
        kept = accounts.secret_of(db, account.id)
        if not hashing.matches(kept.hash, old):
            _note_refusal(db, actor, now, account, tried)
            raise Problem("password.wrong")
        wanted = passwords.prepare(new)
        passwords.check_password(wanted, profile, (account.name, account.display_name))
        earlier = (kept.hash, *kept.past)[: profile.not_reused]
        if any(hashing.matches(one, wanted) for one in earlier):
            raise Problem("password.reused", last=profile.not_reused)
        secret = Secret(hashing.make(wanted), now, past=(kept.hash, *kept.past)[:5])
    with db.store.write() as writing:
        _forgive(writing, now, tried)
        accounts.set_secret(writing, account.id, secret, must_change=False)
        sign_ins.end_all(writing, account.id, but=digest_of(token))
        audit.record(writing, actor, now, "password.change", account.id, roles.home_path(account))


def digest_of(token: str) -> str:
    """Return what of a token is stored: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_reading(db: Db) -> None:
    if sign_ins.is_writing(db):
        raise ValueError("signing in writes on its own: open the transaction to read")


def _count_try(db: Db, now: dt.datetime, name: str, address: str | None) -> _Try:
    """Count a try as failed before it is judged, so that many at once are many; refuse it if it comes too soon."""
    kept_name = passwords.prepare(name).strip().casefold()[:100]
    place = attempts.place_of(address)
    named = hashlib.sha256(kept_name.encode()).hexdigest()[:32]
    keys = {"pair": f"fail:{named}:{place}", "place": f"fail:place:{place}", "account": f"fail:{named}:any"}
    if address is None:  # one's own password is being changed: no place to blame
        keys = {"pair": f"fail:{named}:own"}
    profile = password_profile(db)
    with db.store.write() as writing:
        sign_ins.lock_counts(writing, keys["pair"])
        known = sign_ins.noted_at(writing, _known_key(named, place)) is not None
        counts = sign_ins.counts(writing, keys)
        seconds = attempts.wait_s(counts, now, known=known, first_wait_s=profile.first_wait_s)
        if seconds:
            raise Problem("session.wait", seconds=seconds)
        so_far = {count.kind: attempts.failures_now(count, now) for count in counts}
        for kind, key in keys.items():
            sign_ins.put_count(writing, key, so_far.get(kind, 0) + 1, now)
    return _Try(kept_name, place, keys)


def _known_key(named: str, place: str) -> str:
    return f"known:{named}:{place}"


def _note_refusal(db: Db, actor: Actor, now: dt.datetime, found: Account | None, tried: _Try) -> None:
    with db.store.write() as writing:
        path = roles.home_path(found) if found else ""
        network = attempts.network_of(tried.place)
        audit.record(writing, actor, now, "session.refused", found.id if found else "", path, network=network)


def _still_good(db: Db, now: dt.datetime, found: Account, checked: Secret) -> Account:
    """Return the account as it is now that the slow check is over, and its turn taken, or refuse."""
    accounts.take_turn(db)
    account = accounts.find(db, found.id)
    if account is None or account.disabled or accounts.secret_of(db, found.id) != checked:
        raise Problem("session.refused")
    if checked.one_time and (checked.used or passwords.is_spent(checked.set_at, now)):
        raise Problem("password.spent")
    return account


def _open(db: Db, now: dt.datetime, account: Account, tried: _Try) -> Entered:
    token = secrets.token_urlsafe(32)
    sign_ins.end_older(db, account.id, now - ABSOLUTE)
    sign_ins.open_session(db, now, account.id, digest_of(token))
    accounts.set_last_seen(db, account.id, now)
    by = roles.actor_of(account)
    network = attempts.network_of(tried.place)
    audit.record(db, by, now, "session.open", account.id, roles.home_path(account), network=network)
    return Entered(token, Signed(account, by, account.must_change, digest_of(token)))


def _forgive(db: Db, now: dt.datetime, tried: _Try) -> None:
    """Take the try back out of the counts, and note the place as one the account signs in from."""
    counts = {count.kind: count for count in sign_ins.counts(db, tried.keys)}
    for kind, key in tried.keys.items():  # always in this order: two that take rows crosswise would wait for ever
        if kind in counts:
            left = 0 if kind == "pair" else max(0, counts[kind].failures - 1)
            sign_ins.put_count(db, key, left, counts[kind].last)
    if "place" in tried.keys:
        named = tried.keys["account"].split(":")[1]
        sign_ins.put_count(db, _known_key(named, tried.place), 0, now)
        sign_ins.forget(db, f"known:{named}:", now - dt.timedelta(days=attempts.KNOWN_DAYS))
        sign_ins.forget(db, "fail:", now - _TRIES_KEPT)
