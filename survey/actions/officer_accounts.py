"""Accounts of the people of the register: made from it, one by one or for all chiefs of a unit, and ended with it.

Whose account is an officer's is a chief by their posts (``survey.rules.roles``): nothing is granted here.
Who makes such accounts holds ``accounts`` over the officer's village and over every unit they are chief of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from geodata.actions import net
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import accounts as account_actions
from survey.actions import hashing, tries
from survey.rules import roles
from survey.rules.passwords import Secret
from survey.rules.roles import Account
from survey.rules.sign_in_names import LONGEST, base_of, free_name
from survey.store import accounts, devices, identities, officer_accounts, officers, sign_ins

AT_ONCE_MOST = 40
"""Accounts made in one request: two seconds of hashing, with the writer's place free."""


def told(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    """Return what an officer's card tells of their account: ``account`` (None where there is none), ``may_account``."""
    found = officer_accounts.account_of(db, row.id)
    shown = None if found is None else {
        "id": found.id, "name": found.name, "disabled": found.disabled, "must_change": found.must_change,
        "last_seen": found.last_seen,
    }  # fmt: skip
    return {"account": shown, "may_account": row.retired_at is None and _may_make(db, actor, row)}


def make(db: Db, actor: Actor, now: dt.datetime, officer_id: str, name: str = "") -> tuple[Account, str]:
    """Make the account of an officer and return it with its one-time password, which is shown once.

    Parameters
    ----------
    db
        A transaction that only reads: hashing must not hold the writer's place.
    name
        The sign-in name; "" chooses one.

    Raises
    ------
    Problem
        ``officer.not_found``, ``officer.retired``, ``officer.has_account`` (name), ``right.missing``,
        ``account.bad_name`` (value), ``account.taken`` (name), ``session.wait`` (seconds).
    """
    tries.check_reading(db)
    row = _able(db, actor, officer_id)
    chosen = account_actions.checked_name(name) if name.strip() else ""
    if chosen and accounts.find_by_name(db, chosen):
        raise Problem("account.taken", name=chosen)
    with hashing.seat():
        handed, secret = account_actions.one_time(now)
    with db.store.write() as writing:
        accounts.take_turn(writing)
        _able(writing, actor, officer_id)
        return _add(writing, actor, now, row, chosen, secret), handed


def chiefs(db: Db, actor: Actor, now: dt.datetime, unit_id: str) -> dict[str, int]:
    """Return how many chiefs there are under a unit ("" = the whole scope), and how many of them have an account.

    Raises
    ------
    Problem
        ``right.missing``, ``unit.not_found``.
    """
    scope, path = _ground(db, actor, unit_id)
    every, with_account = officer_accounts.count_chiefs(db, scope, path)
    return {"chiefs": every, "with_account": with_account}


def make_for_chiefs(db: Db, actor: Actor, now: dt.datetime, unit_id: str, most: int = AT_ONCE_MOST) -> dict[str, Any]:
    """Make accounts for the next few chiefs under a unit who have none, to be asked again until there are no items.

    Returns
    -------
    dict
        ``items``: for each account made the officer's name, posts (level and unit), village, sign-in name and one-time
        password, which is in this answer and nowhere else; ``left``: how many chiefs have none yet; at the end it is
        those who hold posts beyond the actor's ground as well.

    Raises
    ------
    Problem
        ``right.missing``, ``unit.not_found``, ``session.wait`` (seconds).
    """
    tries.check_reading(db)
    scope, path = _ground(db, actor, unit_id)
    people = _first(officer_accounts.chiefs_without(db, scope, path, 3 * most), most)
    rows = officers.some(db, list(people))
    able = {key: posts for key, posts in people.items() if _may_make(db, actor, rows[key])}
    with hashing.seat():
        secrets = {key: account_actions.one_time(now) for key in able}
    items = []
    with db.store.write() as writing:
        accounts.take_turn(writing)
        for key, posts in able.items():
            if officer_accounts.account_of(writing, key) is not None or officer_accounts.is_retired(writing, key):
                continue
            made = _add(writing, actor, now, rows[key], "", secrets[key][1])
            items.append({**_line(posts), "account": made.name, "one_time_password": secrets[key][0]})
        every, with_account = officer_accounts.count_chiefs(writing, scope, path)
    return {"items": items, "left": every - with_account}


def tie(db: Db, actor: Actor, now: dt.datetime, officer_id: str, name: str) -> Account:
    """Make an account that there is the account of an officer.

    Raises
    ------
    Problem
        ``officer.not_found``, ``officer.retired``, ``officer.has_account`` (name), ``account.not_found``,
        ``account.has_officer``, ``right.missing``, ``role.own`` for one's own account: posts give rights.
    """
    accounts.take_turn(db)
    _able(db, actor, officer_id)
    found = accounts.find_by_name(db, account_actions.checked_name(name))
    if found is None:
        raise Problem("account.not_found")
    account = account_actions.managed(db, actor, found.id)
    if account.id == actor.id:
        raise Problem("role.own")
    if account.officer_id is not None:
        raise Problem("account.has_officer", name=account.name)
    officer_accounts.tie(db, account.id, officer_id)
    after = accounts.get(db, account.id)
    audit.record(db, actor, now, "account.tied", account.id, roles.home_path(after), officer=officer_id)
    return after


def untie(db: Db, actor: Actor, now: dt.datetime, officer_id: str) -> None:
    """Take an officer's account from them: it stays, without what their posts give.

    Raises
    ------
    Problem
        ``officer.not_found``, ``officer.no_account``, ``account.not_found``, ``right.missing``.
    """
    accounts.take_turn(db)
    _row(db, actor, officer_id)
    found = officer_accounts.account_of(db, officer_id)
    if found is None:
        raise Problem("officer.no_account")
    account = account_actions.managed(db, actor, found.id)
    _let_go(db, account.id)
    audit.record(db, actor, now, "account.untied", account.id, roles.home_path(account), officer=officer_id)


def end_with(db: Db, actor: Actor, now: dt.datetime, officer_id: str, why: str) -> None:
    """Disable the account of somebody who left the register, and end its sessions.

    Raises
    ------
    Problem
        ``account.own``, ``account.last_administrator``; ``officer.account_beyond`` where the account was granted roles
        beyond the ground on which the actor keeps the register: those are not theirs to end.
    """
    found = officer_accounts.account_of(db, officer_id)
    if found is None or found.disabled:
        return
    _close(db, actor, now, accounts.get(db, found.id), why)


def merge(db: Db, actor: Actor, now: dt.datetime, keep_id: str, other_id: str) -> None:
    """Leave two entries that are one person with one account: that of the entry that is kept, else the other's.

    Of two accounts the other's is disabled and is nobody's from then on; no role and no way in is carried over.

    Raises what ``end_with`` does.
    """
    mine, theirs = officer_accounts.account_of(db, keep_id), officer_accounts.account_of(db, other_id)
    if theirs is None:
        return
    account = accounts.get(db, theirs.id)
    _require_within(actor, account)
    if mine is None:
        officer_accounts.tie(db, account.id, keep_id)
        audit.record(db, actor, now, "account.tied", account.id, roles.home_path(account), officer=keep_id)
        return
    if not account.disabled:
        _close(db, actor, now, account, "officer.merged")
    identities.remove(db, account.id)
    officer_accounts.tie(db, account.id, None)


def renamed(db: Db, officer_id: str, name: str) -> None:
    """Let the account of an officer be read by their new name."""
    found = officer_accounts.account_of(db, officer_id)
    if found is not None:
        accounts.rename(db, found.id, name[:LONGEST])


def _ground(db: Db, actor: Actor, unit_id: str) -> tuple[Any, str]:
    scope = actor.scope("accounts")
    if not scope.paths:
        raise Problem("right.missing", right="accounts")
    return scope, net.path_of(db, scope, unit_id)


def _row(db: Db, actor: Actor, officer_id: str) -> Any:
    """Return an officer on the ground where the actor makes accounts."""
    scope = actor.scope("accounts")
    if not scope.paths:
        raise Problem("right.missing", right="accounts")
    row = officers.one(db, scope, officer_id)
    if row is None:
        raise Problem("officer.not_found")
    return row


def _able(db: Db, actor: Actor, officer_id: str) -> Any:
    """Return an officer who may be given an account by the actor."""
    row = _row(db, actor, officer_id)
    if row.retired_at is not None:
        raise Problem("officer.retired")
    found = officer_accounts.account_of(db, officer_id)
    if found is not None:
        raise Problem("officer.has_account", name=found.name)
    if not _may_make(db, actor, row):
        raise Problem("right.missing", right="accounts")
    return row


def _may_make(db: Db, actor: Actor, row: Any) -> bool:
    """Tell whether the actor makes accounts on all the ground that an officer's posts and village reach."""
    scope = actor.scope("accounts")
    if not scope.paths:
        return False
    brought = officer_accounts.behind(db, [row.id])[row.id]
    paths = [post.path for post in brought.posts if post.path is not None]
    return roles.covers_all(scope, [*paths, brought.home or ""])


def _add(db: Db, actor: Actor, now: dt.datetime, row: Any, name: str, secret: Secret) -> Account:
    base = base_of(row.name, row.code)
    chosen = name or free_name(base, officer_accounts.names_like(db, [base]))
    account_id = accounts.add(db, now, chosen, row.name[:LONGEST], secret)
    officer_accounts.tie(db, account_id, row.id)
    account = accounts.get(db, account_id)
    audit.record(db, actor, now, "account.create", account_id, roles.home_path(account), officer=row.id)
    return account


def _first(rows: Sequence[Any], most: int) -> dict[str, list[Any]]:
    """Return the posts of the first few people, by person."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        if row.id in found or len(found) < most:
            found.setdefault(row.id, []).append(row)
    return found


def _line(posts: Sequence[Any]) -> dict[str, Any]:
    one = posts[0]
    held = [{"level": row.level, "unit": row.unit_name, "code": row.unit_code} for row in posts]
    return {"officer": {"id": one.id, "name": one.name}, "village": one.village_name or "", "posts": held}


def _require_within(actor: Actor, account: Account) -> None:
    paths = [held.path for held in account.roles if held.path is not None]
    if not roles.covers_all(actor.scope("officers"), paths):
        raise Problem("officer.account_beyond", name=account.name)


def _close(db: Db, actor: Actor, now: dt.datetime, account: Account, why: str) -> None:
    if account.id == actor.id:
        raise Problem("account.own")
    _require_within(actor, account)
    accounts.set_disabled(db, now, account.id, True)
    if any(held.role == "administrator" for held in account.roles):
        account_actions.require_administrator(db)
    sign_ins.end_all(db, account.id)
    devices.remove_all(db, account.id)
    audit.record(db, actor, now, "account.change", account.id, roles.home_path(account), disabled=True, why=why)


def _let_go(db: Db, account_id: str) -> None:
    officer_accounts.tie(db, account_id, None)
    sign_ins.end_all(db, account_id)
    devices.remove_all(db, account_id)
