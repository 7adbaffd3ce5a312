"""Signing in, and changing one's password.

``sign_in`` and ``change_password`` take a transaction that only reads, and write in short ones of their own: a refused
try must stay counted although the request ends in a Problem, and 43 ms of hashing must not hold the writer's place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import hashing, second_factor, tries
from survey.actions.sessions import Entered, Signed, digest_of, open_for, sign_out, who
from survey.rules import passwords, roles
from survey.rules.passwords import Secret
from survey.rules.roles import Account
from survey.store import accounts, devices, sign_ins


def sign_in(
    db: Db, actor: Actor, now: dt.datetime, name: str, password: str, address: str | None, earlier: str = "",
    code: str = "",
) -> Entered:  # fmt: skip
    """Open a session.

    Parameters
    ----------
    db
        A transaction that only reads; see the module.
    address
        Where the request comes from, as the server sees it.
    earlier
        The token this browser came with, if any; its session ends.
    code
        The second factor's six digits or a recovery code, for an account that has one.

    Raises
    ------
    Problem
        ``session.refused`` for an unknown name, a wrong password and a disabled account alike, after equal work;
        ``session.wait`` (seconds) after failures or while too many sign in; ``password.spent`` for a one-time password
        that was used or has lapsed; ``session.code_needed`` and ``session.bad_code`` once the password was right.
    """
    tries.check_reading(db)
    rules = tries.in_force(db)
    with hashing.seat():
        tried = tries.count(db, now, name, address, rules)
        found = accounts.find_by_name(db, tried.name)
        kept = accounts.secret_of(db, found.id) if found else None
        right = hashing.matches(kept.hash if kept else None, password)
        if not found or not kept or not right or found.disabled:
            tries.note_refusal(db, actor, now, found, tried)
            raise Problem("session.refused")
        better = hashing.make(password) if hashing.is_outdated(kept.hash) else kept.hash
    try:
        with db.store.write() as writing:
            account = _still_good(writing, now, found, kept)
            has_factor = second_factor.check(writing, now, account, code)
            tries.forgive(writing, now, tried)
            used = replace(kept, hash=better, used=kept.one_time)
            must_change = account.must_change or passwords.is_too_old(kept.set_at, now, rules.passwords)
            if used != kept or must_change != account.must_change:
                accounts.set_secret(writing, account.id, used, must_change=must_change)
            sign_ins.end(writing, digest_of(earlier))
            return open_for(writing, now, replace(account, must_change=must_change), tried.network, has_factor)
    except Problem as problem:
        if problem.code == "session.bad_code":
            tries.note_refusal(db, actor, now, found, tried)
        raise


def change_password(db: Db, actor: Actor, now: dt.datetime, old: str, new: str, token: str) -> None:
    """Change one's own password; every other session of the account ends, and no phone stays signed in.

    Raises
    ------
    Problem
        ``password.wrong`` (counted like a failed sign-in), ``session.wait``, ``password.reused`` (last) and the
        refusals of ``survey.rules.passwords.check_password``.
    """
    tries.check_reading(db)
    account = accounts.find(db, actor.id)
    if account is None:
        raise Problem("session.none")
    rules = tries.in_force(db)
    profile = rules.passwords
    with hashing.seat():
        tried = tries.count(db, now, account.name, None, rules)
        kept = accounts.secret_of(db, account.id)
        if not hashing.matches(kept.hash, old):
            tries.note_refusal(db, actor, now, account, tried)
            raise Problem("password.wrong")
        wanted = passwords.prepare(new)
        passwords.check_password(wanted, profile, (account.name, account.display_name))
        earlier = (kept.hash, *kept.past)[: profile.not_reused]
        if any(hashing.matches(one, wanted) for one in earlier):
            raise Problem("password.reused", last=profile.not_reused)
        secret = Secret(hashing.make(wanted), now, past=(kept.hash, *kept.past)[:5])
    with db.store.write() as writing:
        tries.forgive(writing, now, tried)
        accounts.set_secret(writing, account.id, secret, must_change=False)
        sign_ins.end_all(writing, account.id, but=digest_of(token))
        devices.remove_all(writing, account.id)
        audit.record(writing, actor, now, "password.change", account.id, roles.home_path(account))


def _still_good(db: Db, now: dt.datetime, found: Account, checked: Secret) -> Account:
    """Return the account as it is now that the slow check is over, and its turn taken, or refuse."""
    accounts.take_turn(db)
    account = accounts.find(db, found.id)
    if account is None or account.disabled or accounts.secret_of(db, found.id) != checked:
        raise Problem("session.refused")
    if checked.one_time and (checked.used or passwords.is_spent(checked.set_at, now)):
        raise Problem("password.spent")
    return account


__all__ = ["Entered", "Signed", "change_password", "digest_of", "sign_in", "sign_out", "who"]
