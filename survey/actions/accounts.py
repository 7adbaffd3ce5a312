"""Accounts and the roles they hold: who may make, change, reset and end what is told in ``survey.rules.roles``.

Every change is one audit row. What changes an account's roles or password, or disables it, ends its sessions.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Sequence

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import hashing
from survey.rules import passwords, roles
from survey.rules.passwords import Secret
from survey.rules.roles import Account, HeldRole
from survey.store import accounts, devices, factors, officer_accounts, sign_ins

_NAME = re.compile(r"[\w.@-]{2,40}")
_DISPLAY_MOST = 40


def create_account(
    db: Db, actor: Actor, now: dt.datetime, name: str, display_name: str, wanted: Iterable[tuple[str, str]],
    office_id: str | None = None,
) -> tuple[Account, str]:  # fmt: skip
    """Make an account with roles (role, unit id; "" for all ground); nobody chooses another's password (ASVS 6.4.6).

    Returns
    -------
    tuple
        The account, and the one-time password to hand over; it is shown once and kept nowhere.

    Raises
    ------
    Problem
        ``right.missing``, ``account.bad_name`` (value), ``account.bad_display_name`` (most), ``account.taken`` (name),
        ``office.not_found``, and the refusals of ``survey.rules.roles``.
    """
    if not actor.may("accounts"):
        raise Problem("right.missing", right="accounts")
    accounts.take_turn(db)
    kept_name = checked_name(name)
    shown = checked_display_name(display_name)
    if accounts.find_by_name(db, kept_name):
        raise Problem("account.taken", name=kept_name)
    held = accounts.located(db, wanted)
    roles.check_roles(held, office_id)
    roles.check_may_give(actor, "", [*held, *_office_as_role(db, office_id)], _seats_taken(db))
    return _add(db, actor, now, kept_name, shown, held, office_id)


def first_administrator(db: Db, actor: Actor, now: dt.datetime) -> tuple[Account, str]:
    """Make the first administrator, named ``admin``, or one more when no enabled account holds the office any longer.

    Raises
    ------
    Problem
        ``account.administrator_exists`` while somebody holds it.
    """
    accounts.take_turn(db)
    if _county_administrators(db):
        raise Problem("account.administrator_exists")
    name, number = "admin", 1
    while accounts.find_by_name(db, name):
        number += 1
        name = f"admin{number}"
    held = accounts.located(db, [(role, "") for role in roles.FIRST_ROLES])
    return _add(db, actor, now, name, name, held)


def list_accounts(db: Db, actor: Actor, now: dt.datetime, after: str, limit: int) -> tuple[list[Account], str, int]:
    """Return the accounts after a name that the actor may manage or give roles to, the next cursor, and the total."""
    scope = roles.sees_accounts(actor)
    if not scope.paths:
        raise Problem("right.missing", right="accounts")
    seen = {name: key for key, (name, paths) in accounts.grounds(db).items() if roles.covers_all(scope, paths)}
    names = sorted(name for name in seen if name > after)[: limit + 1]
    page = accounts.some(db, [seen[name] for name in names[:limit]])
    return page, names[limit - 1] if len(names) > limit else "", len(seen)


def list_offices(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, str]]:
    """Return id and name of the offices on the ground where the actor makes accounts or gives roles, by code.

    Raises
    ------
    Problem
        ``right.missing``.
    """
    scope = roles.sees_accounts(actor)
    if not scope.paths:
        raise Problem("right.missing", right="accounts")
    return [{"id": key, "name": name} for key, (name, path) in accounts.offices(db).items() if scope.covers(path or "")]


def change_account(
    db: Db,
    actor: Actor,
    now: dt.datetime,
    account_id: str,
    display_name: str | None = None,
    disabled: bool | None = None,
    wanted: Sequence[tuple[str, str]] | None = None,
    office_id: str | None = None,
) -> Account:
    """Rename, disable or enable an account, or replace its roles; None leaves a thing as it is.

    An empty ``office_id`` takes the office away.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``account.own`` for disabling oneself, ``account.last_administrator``,
        ``account.officer_retired`` for enabling one whose officer has left, ``office.not_found``, and the refusals of
        ``survey.rules.roles``.
    """
    if not roles.sees_accounts(actor).paths:
        raise Problem("right.missing", right="accounts")
    accounts.take_turn(db)
    account = _visible(db, actor, account_id)
    changed: dict[str, object] = {}
    if display_name is not None and display_name != account.display_name:
        _require_manage(actor, account)
        accounts.rename(db, account_id, checked_display_name(display_name))
        changed["renamed"] = True
    if disabled is not None and disabled != account.disabled:
        _disable(db, actor, now, account, disabled)
        changed["disabled"] = disabled
    if wanted is not None or office_id is not None:
        changed |= _replace_roles(db, actor, account, wanted, office_id)
    if changed.keys() & {"disabled", "given", "taken", "office"}:
        sign_ins.end_all(db, account_id)
        require_administrator(db)
    after = accounts.get(db, account_id)
    if changed:
        audit.record(db, actor, now, "account.change", account_id, roles.home_path(after), **changed)
    return after


def reset_password(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> str:
    """Give an account a new one-time password and end its sessions; return the password.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``account.own``: one's own is changed with the old one.
    """
    accounts.take_turn(db)
    account = _visible(db, actor, account_id)
    _require_manage(actor, account)
    if actor.id == account_id:
        raise Problem("account.own")
    handed, secret = one_time(now)
    kept = accounts.secret_of(db, account_id)
    past = (kept.hash, *kept.past)[:5]
    accounts.set_secret(
        db, account_id, Secret(secret.hash, now, one_time=True, past=past), must_change=True
    )  # fmt: skip
    sign_ins.end_all(db, account_id)
    devices.remove_all(db, account_id)
    audit.record(db, actor, now, "account.reset", account_id, roles.home_path(account))
    return handed


def rescue(db: Db, actor: Actor, now: dt.datetime, name: str) -> str:
    """Let somebody in who has lost the phone, the codes and the password: enabled, no second factor, a new password.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``account.own``.
    """
    found = accounts.find_by_name(db, checked_name(name))
    if found is None:
        raise Problem("account.not_found")
    handed = reset_password(db, actor, now, found.id)
    factors.remove(db, found.id)
    accounts.set_disabled(db, now, found.id, False)
    audit.record(db, actor, now, "account.rescued", found.id, roles.home_path(found))
    return handed


def end_sessions(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> int:
    """End every session of an account, one's own too, and forget its devices; return how many sessions there were."""
    account = _visible(db, actor, account_id)
    if actor.id != account_id:
        _require_manage(actor, account)
    ended = sign_ins.end_all(db, account_id)
    devices.remove_all(db, account_id)
    audit.record(db, actor, now, "session.end_all", account_id, roles.home_path(account), ended=ended)
    return ended


def require_administrator(db: Db) -> None:
    """Refuse a change that leaves the county without an administrator: ``account.last_administrator``."""
    if not _county_administrators(db):
        raise Problem("account.last_administrator")


def managed(db: Db, actor: Actor, account_id: str) -> Account:
    """Return an account that the actor may manage.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``.
    """
    account = _visible(db, actor, account_id)
    _require_manage(actor, account)
    return account


def one_time(now: dt.datetime) -> tuple[str, Secret]:
    """Return a new one-time password, and what is kept of it."""
    handed = passwords.one_time_password(secrets.token_bytes(12))
    return handed, Secret(hashing.make(handed), now, one_time=True)


def checked_name(name: str) -> str:
    """Return a sign-in name in its kept form (NFKC, lower case), or ``account.bad_name`` (value)."""
    kept = passwords.prepare(name).strip().casefold()
    if not _NAME.fullmatch(kept):
        raise Problem("account.bad_name", value=name[:40])
    return kept


def checked_display_name(display_name: str) -> str:
    """Return a name to be read, without outer blanks, or ``account.bad_display_name`` (most)."""
    shown = display_name.strip()
    if not 1 <= len(shown) <= _DISPLAY_MOST or not shown.isprintable():
        raise Problem("account.bad_display_name", most=_DISPLAY_MOST)
    return shown


def _add(
    db: Db, actor: Actor, now: dt.datetime, name: str, display_name: str, held: Sequence[HeldRole],
    office_id: str | None = None,
) -> tuple[Account, str]:  # fmt: skip
    handed, secret = one_time(now)
    account_id = accounts.add(db, now, name, display_name, secret)
    accounts.set_roles(db, account_id, held)
    accounts.set_office(db, account_id, office_id or None)
    account = accounts.get(db, account_id)
    audit.record(db, actor, now, "account.create", account_id, roles.home_path(account), roles=_plain(held))
    return account, handed


def _visible(db: Db, actor: Actor, account_id: str) -> Account:
    account = accounts.find(db, account_id)
    if account is None or not roles.covers_account(roles.sees_accounts(actor), account):
        raise Problem("account.not_found")
    return account


def _require_manage(actor: Actor, account: Account) -> None:
    if not roles.may_manage(actor, account):
        raise Problem("right.missing", right="accounts")


def _disable(db: Db, actor: Actor, now: dt.datetime, account: Account, disabled: bool) -> None:
    _require_manage(actor, account)
    if actor.id == account.id:
        raise Problem("account.own")
    if not disabled and account.officer_id is not None and officer_accounts.is_retired(db, account.officer_id):
        raise Problem("account.officer_retired")
    accounts.set_disabled(db, now, account.id, disabled)
    devices.remove_all(db, account.id)


def _replace_roles(
    db: Db, actor: Actor, account: Account, wanted: Sequence[tuple[str, str]] | None, office_id: str | None
) -> dict[str, object]:
    held = account.roles if wanted is None else accounts.located(db, wanted)
    had = {(one.role, one.unit_id) for one in account.roles}
    asked = {(one.role, one.unit_id) for one in held}
    given = [one for one in held if (one.role, one.unit_id) not in had]
    taken = [one for one in account.roles if (one.role, one.unit_id) not in asked]
    changed: dict[str, object] = {"given": _plain(given), "taken": _plain(taken)} if given or taken else {}
    office = (account.office_id or "") if office_id is None else office_id
    moved: tuple[HeldRole, ...] = ()
    if office != (account.office_id or ""):
        moved = (*_office_as_role(db, account.office_id, missing_ok=True), *_office_as_role(db, office))
        changed["office"] = office
    if not changed:
        return {}
    roles.check_roles(held, office)
    roles.check_may_give(actor, account.id, [*given, *taken, *moved], _seats_taken(db))
    accounts.set_roles(db, account.id, held)
    accounts.set_office(db, account.id, office or None)
    return changed


def _office_as_role(db: Db, office_id: str | None, *, missing_ok: bool = False) -> tuple[HeldRole, ...]:
    """Return what giving or taking an office amounts to: being its staff over the ground it belongs to."""
    if not office_id:
        return ()
    found = accounts.offices(db).get(office_id)
    if found is None and not missing_ok:
        raise Problem("office.not_found")
    return (HeldRole(roles.OFFICE_STAFF, "", (found[1] if found else None) or ""),)


def _seats_taken(db: Db) -> frozenset[str]:
    return frozenset(role for role in roles.EXCLUSIVE if accounts.holders(db, role))


def _county_administrators(db: Db) -> list[str]:
    holders = accounts.holders(db, "administrator")
    return [account_id for account_id, paths in holders.items() if any(map(roles.is_county_wide, paths))]


def _plain(held: Iterable[HeldRole]) -> list[list[str]]:
    return [[one.role, one.unit_id] for one in held]
