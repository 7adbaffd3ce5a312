"""The people of the tiny county of ``tests/village.py``: one home of each group of homes has somebody for a post."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.rules.actors import OPERATOR, Actor
from geodata.store import households, settings, units
from geodata.store.database import Store
from survey.actions import appoint, officers
from tests.village import EARLY, VILLAGES

DAY = [EARLY + dt.timedelta(days=10 + n) for n in range(10)]
VILLAGE_PATHS = ("439901000000/100/001/", "439901000000/101/001/")
ID_NO = "11010519491231002X"  # the example of GB 11643-1999, nobody's


def put(store: Store, actor: Actor = OPERATOR, **values: Any) -> str:
    """Put a person into the register and return the id."""
    with store.write() as db:
        return str(officers.add(db, actor, DAY[0], {"name": "李某甲", **values})["id"])


def level_ids(store: Store, level: str, which: int = 0) -> list[str]:
    """Return the ids of the units of a level of a village, by path."""
    with store.read() as db:
        rows = units.with_level(db, VILLAGE_PATHS[which], units.Level(level))
        return [row.id for row in rows]


def home_codes(store: Store, unit_id: str) -> list[str]:
    """Return the codes of the homes in a unit."""
    with store.read() as db:
        return [r.code for r in households.under(db, next(u.path for u in units.paths(db, "") if u.id == unit_id))]


def settle(store: Store, **profile: Any) -> dict[str, str]:
    """Give the first village a person in each 邻, a 小组长 in each 组 and two of the 两委; return ids by name."""
    made = {}
    with store.write() as db:
        settings.put(db, "profile", {"elected_levels": [], **profile})
    for n, unit_id in enumerate(level_ids(store, "lin")):
        made[f"lin{n}"] = put(store, name=f"邻某{n}", household=home_codes(store, unit_id)[0], phone=f"1990000{n:04d}")
    for n, unit_id in enumerate(level_ids(store, "zu")):
        code = home_codes(store, unit_id)[1]
        made[f"zu{n}"] = put(store, name=f"组某{n}", household=code, tags=["小组长"], phone=f"1990001{n:04d}")
    for n in (0, 1):
        made[f"pian{n}"] = put(store, name=f"片某{n}", village=VILLAGES[0], tags=["两委", "党员"],
                               place=[111.6005 + n / 1000, 27.6995], phone=f"1990002{n:04d}")  # fmt: skip
    return made


def name(store: Store, unit_id: str, officer_id: str, at: dt.datetime = DAY[1], **more: Any) -> str:
    """Appoint one person and return the appointment's id."""
    with store.write() as db:
        done = appoint.take(db, OPERATOR, at, [appoint.Choice(unit_id, officer_id, **more)])
        return str(done["appointed"][0])
