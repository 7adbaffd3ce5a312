from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import households, settings, units
from geodata.store.database import Db
from survey.actions.take_officers import take_officers, understand
from survey.rules.demo_officers import make_officers

_FIELDS = ("code", "name", "phone", "village", "household", "party", "tags", "vetting", "vetted_on", "away",
           "training_due", "training_done")  # fmt: skip


def load_people(db: Db, actor: Actor, now: dt.datetime, seed: int) -> int:
    """Give an invented county invented people, through the same way as a file; returns how many.

    Raises
    ------
    Problem
        ``demo.not_synthetic`` where the store is not labelled synthetic: invented people never mix with real ones.
    """
    if not settings.get(db, "synthetic", False):
        raise Problem("demo.not_synthetic")
    tables = []
    for village in units.with_level(db, "", Level.VILLAGE):
        homes = households.under(db, village.path)
        steps = village.path.count("/")
        zu_of = ["/".join(home.path.split("/")[: steps + 2]) if home.level in ("zu", "lin") else "" for home in homes]
        lin_of = [home.path if home.level == "lin" else "" for home in homes]
        rng = np.random.default_rng([seed, int("0" + "".join(c for c in village.code if c.isdigit()))])
        tables.append(make_officers(village.code, [home.code for home in homes], zu_of, lin_of, rng))
    if not tables:
        return 0
    rows = pd.concat(tables, ignore_index=True)
    rows["tags"] = ["、".join(tags) for tags in rows["tags"]]
    for flag in ("party", "away"):
        rows[flag] = np.where(rows[flag], "是", "否")
    known, _ = understand(db, rows, {name: name for name in _FIELDS}, "EPSG:4490", None)
    return int(take_officers(db, actor, now, known).new)
