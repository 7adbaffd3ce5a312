"""Sessions: opened by who proved who they are, found at every request, listed, and ended by hand or by time."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions.accounts import managed
from survey.actions.tries import in_force
from survey.rules import roles
from survey.rules.roles import Account
from survey.rules.sessions import has_lapsed, needs_factor, rules_of
from survey.store import accounts, devices, sign_ins

_TOUCH_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Signed:
    """A session that holds: who, what they may do where, and what they must do before anything else.

    Parameters
    ----------
    must_change
        Whether the password must be changed first.
    must_enrol
        Whether a second factor must be set up first, because of a role that is held today.
    token_digest
        What of the session's token is kept.
    device_id
        The device that opened it, if one did.
    """

    account: Account
    actor: Actor
    must_change: bool
    token_digest: str
    must_enrol: bool = False
    device_id: str | None = None


@dataclass(frozen=True)
class Entered:
    """A session just opened and its token (256 random bits, of which only a digest is kept)."""

    token: str
    signed: Signed


@dataclass(frozen=True)
class Session:
    """A session as its owner or an administrator sees it.

    ``network`` is /24 or /48: an office, no person. ``via`` is the platform it was opened by, "" for a password.
    """

    id: str
    at: dt.datetime
    seen_at: dt.datetime
    network: str
    device: str
    via: str
    current: bool


def digest_of(token: str) -> str:
    """Return what of a token is stored: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_for(
    db: Db, now: dt.datetime, account: Account, network: str, has_factor: bool, device_id: str | None = None,
    via: str = "",
) -> Entered:  # fmt: skip
    """Open a session for an account that has proved itself, with its row in the audit.

    Who came by a platform (``via``) typed no password, so that one that must be changed is in nobody's way.
    """
    token = secrets.token_urlsafe(32)
    rules = in_force(db)
    sign_ins.end_older(db, account.id, now - rules.absolute)
    sign_ins.open_session(db, now, account.id, digest_of(token), network, device_id, via)
    accounts.set_last_seen(db, account.id, now)
    by = roles.actor_of(account)
    how = {name: value for name, value in (("device", device_id), ("via", via)) if value}
    audit.record(db, by, now, "session.open", account.id, roles.home_path(account), network=network, **how)
    must_enrol = not has_factor and needs_factor(account.held, rules)
    must_change = account.must_change and not via
    return Entered(token, Signed(account, by, must_change, digest_of(token), must_enrol, device_id))


def who(db: Db, now: dt.datetime, token: str) -> Signed | None:
    """Return whose session a token opens, None when it is none, lapsed (idle or too old) or disabled.

    Roles and grounds are read anew each time, so that a change holds at the next request.
    """
    digest = digest_of(token)
    opened = sign_ins.find(db, digest)
    if opened is None:
        return None
    rules = rules_of(opened.profile)
    if has_lapsed(opened.at, opened.seen_at, now, rules):
        return None
    if now - opened.seen_at >= _TOUCH_EVERY:
        sign_ins.touch(db, now, digest)
    account = opened.account
    must_enrol = not opened.has_factor and needs_factor(account.held, rules)
    must_change = account.must_change and not opened.via
    return Signed(account, roles.actor_of(account), must_change, digest, must_enrol, opened.device_id)


def sign_out(db: Db, actor: Actor, now: dt.datetime, token: str) -> None:
    """End the session a token belongs to, and forget the device that opened it; an unknown token is no error."""
    opened = sign_ins.find(db, digest_of(token))
    if opened:
        sign_ins.end(db, digest_of(token))
        if opened.device_id:
            devices.remove(db, [opened.device_id])
        audit.record(db, actor, now, "session.close", opened.account.id, roles.home_path(opened.account))


def list_sessions(db: Db, actor: Actor, now: dt.datetime, account_id: str, token: str = "") -> list[Session]:
    """Return the sessions of one's own account, or of one that the actor may manage, the one used last first.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``.
    """
    if account_id != actor.id:
        managed(db, actor, account_id)
    rules, own = in_force(db), digest_of(token)
    return [
        Session(one.id, one.at, one.seen_at, one.network, one.device, one.via, one.token_digest == own)
        for one in sign_ins.of_account(db, account_id)
        if not has_lapsed(one.at, one.seen_at, now, rules)
    ]


def end_session(db: Db, actor: Actor, now: dt.datetime, account_id: str, session_id: str) -> None:
    """End one session of one's own account, or of one that the actor may manage.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``session.not_found``.
    """
    own = account_id == actor.id
    account = accounts.get(db, account_id) if own else managed(db, actor, account_id)
    if not sign_ins.end_one(db, account_id, session_id):
        raise Problem("session.not_found")
    audit.record(db, actor, now, "session.end", account_id, roles.home_path(account))
