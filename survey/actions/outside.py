"""Signing in by a platform (``survey.rules.outside``): what the county set, who is tied to whom, and the way in.

The conversation with the platform is the server's (``webmap.outside``); what it says of somebody comes here as a
``subject``. The ways in take a transaction that only reads and write in short ones of their own, as ``sign_in`` does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, settings, units
from geodata.store.database import Db
from survey.actions import second_factor, tries
from survey.actions.accounts import managed
from survey.actions.sessions import Entered, digest_of, open_for
from survey.rules import attempts, roles
from survey.rules.outside import KINDS, Pending, Provider, check_providers, checked_subject
from survey.rules.roles import Account
from survey.store import accounts, identities, sign_ins
from survey.store.identities import Identity

SETTING = "sign_in_providers"
_CONTEXT = "setting:sign_in_providers"
_SPENT_KEPT = dt.timedelta(days=1)


def providers(db: Db) -> list[Provider]:
    """Return the platforms that the county set, in the order in which they are offered."""
    return [Provider.from_dict(item["provider"]) for item in settings.get(db, SETTING, [])]


def provider(db: Db, kind: str) -> Provider:
    """Return a platform that the county set, or ``outside.not_found``."""
    for one in providers(db):
        if one.kind == kind:
            return one
    raise Problem("outside.not_found")


def sealed_secret(db: Db, kind: str) -> str:
    """Return the secret that is sealed for a platform, "" where none is; it is for the platform alone."""
    for item in settings.get(db, SETTING, []):
        if item["provider"]["kind"] == kind:
            return db.vault.open(bytes.fromhex(item["sealed"]) if item["sealed"] else None, f"{_CONTEXT}:{kind}")
    return ""


def list_configured(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the configuration as it was set, with whether a secret is sealed, never the secret.

    Raises
    ------
    Problem
        ``right.missing``.
    """
    _require_settings(db, actor)
    return [{**item["provider"], "sealed": bool(item["sealed"])} for item in settings.get(db, SETTING, [])]


def configure(db: Db, actor: Actor, now: dt.datetime, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Replace the whole configuration; an empty list is the default, no platform.

    An item's ``secret`` is sealed; without one the secret sealed before is kept, unless the item would send it to
    another place or for another application than it was given for.

    Raises
    ------
    Problem
        ``outside.bad_setting`` (field), ``right.missing`` for who does not hold ``settings`` over the whole county.
    """
    _require_settings(db, actor)
    made = check_providers([{k: v for k, v in item.items() if k not in ("secret", "sealed")} for item in items])
    before = {one.kind: one for one in providers(db)}
    kept = []
    for one, item in zip(made, items, strict=True):
        secret = item.get("secret", "")
        if not isinstance(secret, str) or len(secret) > 200:
            raise Problem("outside.bad_setting", field="secret")
        earlier = before.get(one.kind)
        if not secret and earlier is not None and one.keeps_secret_of(earlier):
            secret = sealed_secret(db, one.kind)
        sealed = db.vault.seal(secret.strip(), f"{_CONTEXT}:{one.kind}")
        kept.append({"provider": one.to_dict(), "sealed": sealed.hex() if sealed else ""})
    settings.put(db, SETTING, kept)
    told = [{"kind": one.kind, "api": one.api_url, "internal": one.internal} for one in made]
    audit.record(db, actor, now, "sign_in_providers.set", providers=told)
    return list_configured(db, actor, now)


def spend_state(db: Db, now: dt.datetime, pending: Pending) -> None:
    """Use up the state of a sign-in that came back, although the request may be refused after it.

    Raises
    ------
    Problem
        ``outside.bad_state`` where it came back before.
    """
    tries.check_reading(db)
    with db.store.write() as writing:
        fresh = identities.spend(writing, now, f"state:{digest_of(pending.state)}")
        sign_ins.forget(writing, "state:", now - _SPENT_KEPT)
    if not fresh:
        raise Problem("outside.bad_state")


def enter(
    db: Db, actor: Actor, now: dt.datetime, by: Provider, subject: str, address: str | None, earlier: str = "",
    code: str = "",
) -> Entered:  # fmt: skip
    """Open a session for the account that a platform's person is tied to.

    Parameters
    ----------
    db
        A transaction that only reads.
    subject
        Who the platform says it is.
    code
        The second factor's digits or a recovery code, for an account that has one: the platform is one factor.

    Raises
    ------
    Problem
        ``outside.unknown`` (name, subject, ask) for somebody who has no account here, ``outside.disabled`` (name, ask)
        for a disabled one, ``session.code_needed``, ``session.bad_code``, ``session.wait`` (seconds).
    """
    tries.check_reading(db)
    rules = tries.in_force(db)
    network = attempts.network_of(attempts.place_of(address))
    with db.store.write() as writing:
        tries.disable_idle(writing, now, rules)
        owner = identities.account_id(writing, by.kind, subject)
        account = accounts.find(writing, owner) if owner else None
        if account is None or account.disabled:
            _note_refusal(writing, actor, now, account, by, network)
    if account is None:
        raise Problem("outside.unknown", name=by.name, subject=subject, ask=by.ask)
    if account.disabled:
        raise Problem("outside.disabled", name=by.name, ask=by.ask)
    return _with_factor(db, actor, now, account, by, (address, earlier, code))


def _with_factor(
    db: Db, actor: Actor, now: dt.datetime, account: Account, by: Provider, asked: tuple[str | None, str, str]
) -> Entered:
    """Open the session once the second factor, where there is one, was right; wrong digits count as failures."""
    address, earlier, code = asked
    tried = tries.count(db, now, account.name, address, tries.in_force(db)) if code else None
    try:
        with db.store.write() as writing:
            has_factor = second_factor.check(writing, now, account, code)
            if tried is not None:
                tries.forgive(writing, now, tried)
            sign_ins.end(writing, digest_of(earlier))
            network = attempts.network_of(attempts.place_of(address))
            return open_for(writing, now, account, network, has_factor, via=by.kind)
    except Problem as problem:
        if problem.code == "session.bad_code" and tried is not None:
            tries.note_refusal(db, actor, now, account, tried)
        raise


def prove_owner(db: Db, actor: Actor, now: dt.datetime, password: str, code: str = "") -> None:
    """Ask for the password once more before a new way in is tied to one's own account (ASVS 7.5.1).

    Raises what ``second_factor.begin`` does.
    """
    second_factor.proved(db, actor, now, password, code, lambda writing, account: None)


def list_identities(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> list[Identity]:
    """Return who one's own account, or one that the actor may manage, is to each platform.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``.
    """
    if account_id != actor.id:
        managed(db, actor, account_id)
    return identities.of_account(db, account_id)


def link(db: Db, actor: Actor, now: dt.datetime, account_id: str, kind: str, subject: str) -> None:
    """Tie a platform's person to one's own account, or to one that the actor may manage.

    Raises
    ------
    Problem
        ``outside.unknown_kind``, ``outside.bad_subject`` (most), ``outside.taken`` for somebody who has another
        account, ``account.not_found``, ``right.missing``.
    """
    account = _mine_or_managed(db, actor, account_id)
    if kind not in KINDS:
        raise Problem("outside.unknown_kind", known=list(KINDS))
    wanted = checked_subject(subject)
    accounts.take_turn(db)
    owner = identities.account_id(db, kind, wanted)
    if owner not in (None, account_id):
        raise Problem("outside.taken")
    identities.put(db, now, account_id, kind, wanted)
    audit.record(db, actor, now, "identity.linked", account_id, roles.home_path(account), provider=kind)


def unlink(db: Db, actor: Actor, now: dt.datetime, account_id: str, kind: str) -> None:
    """Untie an account from a platform; sessions opened by it end.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``outside.not_linked``.
    """
    account = _mine_or_managed(db, actor, account_id)
    if not identities.remove(db, account_id, kind):
        raise Problem("outside.not_linked")
    sign_ins.end_via(db, account_id, kind)
    audit.record(db, actor, now, "identity.unlinked", account_id, roles.home_path(account), provider=kind)


def link_back(db: Db, actor: Actor, now: dt.datetime, pending: Pending, subject: str) -> None:
    """Tie the platform's person who came back to the account that went there, if it is still the one signed in.

    Raises
    ------
    Problem
        ``outside.bad_state``, and what ``link`` raises.
    """
    if pending.account_id != actor.id:
        raise Problem("outside.bad_state")
    link(db, actor, now, actor.id, pending.kind, subject)


def _mine_or_managed(db: Db, actor: Actor, account_id: str) -> Account:
    return accounts.get(db, account_id) if account_id == actor.id else managed(db, actor, account_id)


def _note_refusal(db: Db, actor: Actor, now: dt.datetime, account: Account | None, by: Provider, network: str) -> None:
    path, name = (roles.home_path(account), account.id) if account else ("", "")
    audit.record(db, actor, now, "session.refused", name, path, network=network, via=by.kind)


def _require_settings(db: Db, actor: Actor) -> None:
    """Platforms let people in to the whole county: who holds a part of it does not set them."""
    for path in actor.scope("settings").paths:
        if path == "" or [row.level for row in units.chain(db, path)] == [Level.COUNTY.value]:
            return
    raise Problem("right.missing", right="settings")
