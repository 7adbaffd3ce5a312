from __future__ import annotations

import datetime as dt

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store.database import Db
from survey.rules.roles import actor_of
from survey.store import accounts


def acting(db: Db, actor: Actor, now: dt.datetime, account_id: str) -> Actor:
    """Return an account as the actor it is today, for work that goes on after its request has ended.

    Raises
    ------
    Problem
        ``account.not_found`` when it is gone or disabled: work asked for by somebody who left is not done.
    """
    found = accounts.find(db, account_id)
    if found is None or found.disabled:
        raise Problem("account.not_found")
    return actor_of(found)


def awaits_first_change(db: Db, actor: Actor, now: dt.datetime) -> bool | None:
    """Tell whether the first account still has its one-time password; None where there is no account yet."""
    holders = accounts.holders(db, "administrator")
    if not holders:
        return None
    first = min(accounts.some(db, sorted(holders)), key=lambda account: account.created_at)
    return first.must_change
