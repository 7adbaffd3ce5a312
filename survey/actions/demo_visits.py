"""Invented visits and errands in an invented county, written in one go."""

from __future__ import annotations

import datetime as dt

import numpy as np

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import households, settings
from geodata.store.database import Db
from survey.rules.demo_visits import invent
from survey.rules.visits import ERRAND, VISIT
from survey.store import visits


def load_visits(db: Db, actor: Actor, now: dt.datetime, seed: int) -> int:
    """Give an invented county invented visits and errands of the last 400 days; return how many.

    Raises
    ------
    Problem
        ``demo.not_synthetic`` where the store is not labelled synthetic: invented visits never mix with real ones.
    """
    if not settings.get(db, "synthetic", False):
        raise Problem("demo.not_synthetic")
    homes = households.under(db, "")
    if not homes:
        return 0
    _, lin = np.unique([home.unit_id for home in homes], return_inverse=True)
    priority = np.array([home.priority for home in homes], dtype=bool)
    errands = [one["kind"] for one in settings.profile(db).errands]
    made = invent(lin.astype(np.int64), priority, errands, np.random.default_rng([seed, 9]))
    at = [now - dt.timedelta(days=age) for age in made.age_days.tolist()]
    held = [homes[row] for row in made.home.tolist()]
    count = len(held)
    visits.add_many(db, {
        "id": made.ids, "digest": made.ids, "kind": [ERRAND if one else VISIT for one in made.is_errand.tolist()],
        "outcome": made.outcome, "household_id": [home.id for home in held], "path_then": [home.path for home in held],
        "unit_then": [home.unit_id for home in held], "by": [actor.name] * count, "by_id": [actor.id] * count,
        "at": at, "received_at": at,
    })  # fmt: skip
    return count
