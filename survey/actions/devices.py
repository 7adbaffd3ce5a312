"""Phones that stay signed in (``survey.rules.devices``): remembered, signing in without a password, and forgotten.

Signing in with a device costs no password hashing: one short transaction, so that 25,000 chiefs may begin at nine.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import tries
from survey.actions.accounts import managed
from survey.actions.sessions import Entered, digest_of, open_for
from survey.rules import attempts, roles
from survey.rules.devices import DEVICES_MOST, NAME_MOST, device_of, has_expired, judge, next_message
from survey.rules.roles import Account
from survey.rules.sessions import SignInRules, needs_factor
from survey.store import accounts, devices, sign_ins
from survey.store.devices import Device


@dataclass(frozen=True)
class Remembered:
    """A device as its owner or an administrator sees it."""

    id: str
    name: str
    created_at: dt.datetime
    seen_at: dt.datetime
    network: str


def remember(
    db: Db, actor: Actor, now: dt.datetime, name: str, address: str | None, session: str = ""
) -> tuple[Remembered, str]:
    """Let a phone or computer stay signed in; of more than ``DEVICES_MOST`` the one unused for longest is forgotten.

    Parameters
    ----------
    session
        The token of the session it is asked in, which is the device's from then on.

    Returns
    -------
    tuple
        The device, and its first token.

    Raises
    ------
    Problem
        ``device.off`` where the county allows none, ``device.not_for_role`` for who needs two factors,
        ``device.bad_name`` (most).
    """
    rules, account = tries.in_force(db), accounts.get(db, actor.id)
    if not rules.device_days:
        raise Problem("device.off")
    if needs_factor(account.held, rules):
        raise Problem("device.not_for_role")
    shown = name.strip()
    if not 1 <= len(shown) <= NAME_MOST or not shown.isprintable():
        raise Problem("device.bad_name", most=NAME_MOST)
    device_id = str(uuid.uuid4())
    token = f"{device_id}.{secrets.token_urlsafe(32)}"
    network = attempts.network_of(attempts.place_of(address))
    kept = Device(device_id, account.id, shown, digest_of(token), "", now, now, now, network)
    devices.remove(db, [one.id for one in devices.of_account(db, account.id)[DEVICES_MOST - 1 :]])
    devices.add(db, kept)
    sign_ins.give_to_device(db, digest_of(session), device_id)
    audit.record(db, actor, now, "device.remembered", account.id, roles.home_path(account), device=device_id)
    return _shown(kept), token


def enter(
    db: Db, actor: Actor, now: dt.datetime, token: str, address: str | None, earlier: str = ""
) -> tuple[Entered, str]:
    """Open a session by a device's token; return it, and the token to use next time.

    Takes a transaction that only reads, as ``sign_in`` does: a copied token must stay revoked although it is refused.

    Raises
    ------
    Problem
        ``session.refused`` for every token that does not hold.
    """
    tries.check_reading(db)
    network = attempts.network_of(attempts.place_of(address))
    rules = tries.in_force(db)
    with db.store.write() as writing:
        tries.disable_idle(writing, now, rules)
        found = _taken(writing, now, token, rules)
        if found:
            account, device = found
            sign_ins.end(writing, digest_of(earlier))
            devices.note_use(writing, now, device.id, network)
            entered = open_for(writing, now, account, network, False, device.id)
            return entered, _following(writing, device.id, digest_of(token))
    raise Problem("session.refused")


def list_devices(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> list[Remembered]:
    """Return the devices of one's own account, or of one that the actor may manage, the one used last first."""
    if account_id != actor.id:
        managed(db, actor, account_id)
    days = tries.in_force(db).device_days
    return [_shown(one) for one in devices.of_account(db, account_id) if not has_expired(one.seen_at, now, days)]


def forget_device(db: Db, actor: Actor, now: dt.datetime, account_id: str, device_id: str) -> None:
    """Forget a device of one's own account, or of one that the actor may manage, and end the sessions it opened.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``device.not_found``.
    """
    own = account_id == actor.id
    account = accounts.get(db, account_id) if own else managed(db, actor, account_id)
    found = devices.find(db, device_id)
    if found is None or found.account_id != account_id:
        raise Problem("device.not_found")
    _revoke(db, actor, now, account, device_id, "device.forgotten")


def _taken(db: Db, now: dt.datetime, token: str, rules: SignInRules) -> tuple[Account, Device] | None:
    """Return whose device a token is of, with the token turned, or None; a copied token's device is revoked."""
    device = devices.find(db, device_of(token))
    account = accounts.find(db, device.account_id) if device else None
    if device is None or account is None:
        return None
    digest = digest_of(token)
    following = digest_of(_following(db, device.id, device.token_digest))
    kind = judge(digest, device.token_digest, following, device.retired_digest, now - device.turned_at)
    if kind == "copied":
        _revoke(db, Actor("", ""), now, account, device.id, "device.copied")
    if kind not in ("current", "next") or not _may_stay(account, device, now, rules):
        return None
    if kind == "next":
        devices.turn(db, now, device.id, digest, device.token_digest)
    return account, device


def _may_stay(account: Account, device: Device, now: dt.datetime, rules: SignInRules) -> bool:
    expired = has_expired(device.seen_at, now, rules.device_days)
    return not (account.disabled or account.must_change or expired or needs_factor(account.held, rules))


def _revoke(db: Db, actor: Actor, now: dt.datetime, account: Account, device_id: str, act: str) -> None:
    sign_ins.end_of_device(db, device_id)
    devices.remove(db, [device_id])
    audit.record(db, actor, now, act, account.id, roles.home_path(account), device=device_id)


def _following(db: Db, device_id: str, token_digest: str) -> str:
    return f"{device_id}.{db.vault.sign(next_message(device_id, token_digest))}"


def _shown(one: Device) -> Remembered:
    return Remembered(one.id, one.name, one.created_at, one.seen_at, one.network)
