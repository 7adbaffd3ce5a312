"""The second factor of an account: set up with the password, confirmed by its first code, asked for at each sign-in.

What asks for the password takes a transaction that only reads, as signing in does.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import hashing, tries
from survey.actions.accounts import managed
from survey.rules import roles
from survey.rules import second_factor as rules
from survey.rules.roles import Account
from survey.rules.sessions import needs_factor
from survey.store import accounts, devices, factors, sign_ins

_ISSUER = "三长图"
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class State:
    """How an account stands to the second factor: whether one must be, since when one is, and codes left on paper."""

    required: bool
    enrolled_at: dt.datetime | None
    recovery_left: int


@dataclass(frozen=True)
class Offered:
    """A new secret to be taken into a phone: as text to type, and as the URI of a QR code."""

    secret: str
    uri: str


def state(db: Db, actor: Actor, now: dt.datetime) -> State:
    """Return how the actor's own account stands."""
    account, kept = accounts.get(db, actor.id), factors.find(db, actor.id)
    required = needs_factor(account.held, tries.in_force(db))
    return State(required, kept.enrolled_at if kept else None, len(kept.recovery) if kept else 0)


def check(db: Db, now: dt.datetime, account: Account, code: str) -> bool:
    """Check the code that came with a right password; tell whether the account has a second factor at all.

    Raises
    ------
    Problem
        ``session.code_needed`` without a code, ``session.bad_code`` for one that is wrong or was taken before.
    """
    kept = factors.find(db, account.id)
    if kept is None or kept.secret is None:
        return False
    if not code.strip():
        raise Problem("session.code_needed")
    step = rules.step_taken(kept.secret, code, now, kept.last_step)
    digest = rules.recovery_digest(code, account.id)
    if step is not None:
        factors.note_step(db, account.id, step)
    elif digest in kept.recovery:
        left = [one for one in kept.recovery if one != digest]
        factors.keep_recovery(db, account.id, left)
        by = roles.actor_of(account)
        audit.record(db, by, now, "factor.recovery_used", account.id, roles.home_path(account), left=len(left))
    else:
        raise Problem("session.bad_code")
    return True


def begin(db: Db, actor: Actor, now: dt.datetime, password: str, code: str = "") -> Offered:
    """Offer a new secret; the one in use, whose code is then asked for, stays until the new one's first code.

    Raises
    ------
    Problem
        ``password.wrong``, ``session.wait``, ``session.code_needed``, ``session.bad_code``.
    """

    def offer(writing: Db, account: Account) -> Offered:
        secret = secrets.token_bytes(rules.SECRET_BYTES)
        factors.offer(writing, account.id, secret)
        name = settings.profile(writing).name
        issuer = f"{_ISSUER} {name}".strip()
        return Offered(rules.secret_text(secret), rules.enrol_uri(secret, issuer, account.name))

    return proved(db, actor, now, password, code, offer)


def confirm(db: Db, actor: Actor, now: dt.datetime, code: str, token_digest: str) -> list[str]:
    """Put the offered secret into use by its first code, and return the recovery codes; they are shown once.

    The account's other sessions end, and no phone stays signed in.

    Raises
    ------
    Problem
        ``factor.not_offered``, ``factor.bad_code``.
    """
    kept = factors.find(db, actor.id)
    if kept is None or kept.offered is None:
        raise Problem("factor.not_offered")
    step = rules.step_taken(kept.offered, code, now, 0)
    if step is None:
        raise Problem("factor.bad_code")
    codes = rules.recovery_codes(secrets.token_bytes(rules.RECOVERY_CODES * rules.RECOVERY_BYTES))
    digests = [rules.recovery_digest(one, actor.id) for one in codes]
    factors.enrol(db, now, actor.id, kept.offered, step, digests)
    sign_ins.end_all(db, actor.id, but=token_digest)
    devices.remove_all(db, actor.id)
    account = accounts.get(db, actor.id)
    audit.record(db, actor, now, "factor.enrolled", actor.id, roles.home_path(account))
    return codes


def remove(db: Db, actor: Actor, now: dt.datetime, password: str, code: str) -> None:
    """Do without a second factor from now on, where no role asks for one.

    Raises
    ------
    Problem
        ``factor.required``, and as ``begin``.
    """

    def forget(writing: Db, account: Account) -> None:
        if needs_factor(account.held, tries.in_force(writing)):
            raise Problem("factor.required")
        if factors.remove(writing, account.id):
            audit.record(writing, actor, now, "factor.removed", account.id, roles.home_path(account))

    proved(db, actor, now, password, code, forget)


def reset(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> None:
    """Take the second factor from an account whose phone is lost, and end its sessions.

    Raises
    ------
    Problem
        ``account.not_found``, ``right.missing``, ``account.own``.
    """
    account = managed(db, actor, account_id)
    if account_id == actor.id:
        raise Problem("account.own")
    factors.remove(db, account_id)
    sign_ins.end_all(db, account_id)
    devices.remove_all(db, account_id)
    audit.record(db, actor, now, "factor.reset", account_id, roles.home_path(account))


def proved(
    db: Db, actor: Actor, now: dt.datetime, password: str, code: str, act: Callable[[Db, Account], Answer]
) -> Answer:
    """Do what wants the password once more, and the code of a second factor that is in use (ASVS 7.5.1).

    Raises
    ------
    Problem
        ``password.wrong``, ``session.wait``, ``session.code_needed``, ``session.bad_code``.
    """
    tries.check_reading(db)
    account = accounts.get(db, actor.id)
    with hashing.seat():
        tried = tries.count(db, now, account.name, None, tries.in_force(db))
        if not hashing.matches(accounts.secret_of(db, account.id).hash, password):
            tries.note_refusal(db, actor, now, account, tried)
            raise Problem("password.wrong")
    with db.store.write() as writing:
        check(writing, now, account, code)
        answer = act(writing, account)
        tries.forgive(writing, now, tried)
        return answer
