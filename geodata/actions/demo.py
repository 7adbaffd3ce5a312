from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from geodata.actions.take_barriers import take_barriers
from geodata.actions.take_households import take_households
from geodata.actions.take_units import take_units
from geodata.rules.actors import Actor
from geodata.rules.demo import Scale, make_demo
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import households, settings
from geodata.store.database import Db


def load_demo(db: Db, actor: Actor, now: dt.datetime, scale: Scale, seed: int) -> dict[str, Any]:
    """Load an invented county through the same actions as real data, and label the store as synthetic.

    Raises
    ------
    Problem
        ``demo.not_empty`` (homes) where the store already holds homes: invented ones never mix with real ones.
    """
    held = households.count_all(db)
    if held:
        raise Problem("demo.not_empty", homes=held)
    made = make_demo(scale, seed)
    counts: dict[str, Any] = {}
    made.units["row"] = range(2, len(made.units) + 2)
    for level in Level:
        chosen = made.units[made.units["level"] == level.value]
        if len(chosen):
            counts[level.value] = take_units(db, actor, now, chosen, level).new
    lines = pd.concat([made.barriers, made.lanes], ignore_index=True)
    counts["lines"] = take_barriers(db, actor, now, lines).new
    homes = made.households
    homes["source_crs"] = "EPSG:4490"
    homes["raw_x"], homes["raw_y"] = homes.geometry.x, homes.geometry.y
    counts["homes"] = take_households(db, actor, now, homes).new
    settings.put(db, "synthetic", True)
    return counts
