"""One home at a time: taken into the register, taken from it, or its address corrected, as the field found it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.actions import net
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.store import audit, households, publications
from geodata.store.database import Db


def add_home(db: Db, actor: Actor, now: dt.datetime, code: str, place: tuple[float, float], address: str) -> str:
    """Take a new home into the register, as an import of one row does, and return its id.

    Parameters
    ----------
    code
        The register's code for it, which nothing bears yet.
    place
        (lon, lat) in EPSG:4490 degrees: it joins the village, and the published 邻, that it stands in.
    """
    import geopandas as gpd  # half a second to load, for who takes a home in
    import shapely

    from geodata.actions.take_households import take_households

    blank: dict[str, Any] = dict.fromkeys(("village", "zu", "building", "entrance", "floor", "room"), "")
    blank |= {"head_name": "", "phone": "", "source_crs": "EPSG:4490", "raw_x": place[0], "raw_y": place[1]}
    row = {**blank, "code": code, "address": address, "priority": False, "lin": "", "row": 1}
    frame = gpd.GeoDataFrame([row], geometry=[shapely.Point(place)], crs="EPSG:4490")
    take_households(db, actor, now, frame)
    return households.digests(db)[code][0]


def retire_home(db: Db, actor: Actor, now: dt.datetime, household_id: str) -> None:
    """Take a home that is gone from the register; as of an earlier moment it is still there."""
    moment = publications.moment_after_last(db, now)
    home = households.one(db, EVERYWHERE, household_id)
    households.retire(db, [household_id], moment)
    publications.record(db, moment, "import", actor.name, "household", counts={"homes": 1})
    net.changed(db, home.path if home is not None else "")
    audit.record(db, actor, now, "household.retired", household_id, home.path if home is not None else "")


def correct_address(db: Db, actor: Actor, now: dt.datetime, household_id: str, address: str) -> None:
    """Correct a home's address; what it was is not kept, for a home's own fields are of today."""
    home = households.one(db, EVERYWHERE, household_id)
    households.set_address(db, household_id, address, now)
    audit.record(db, actor, now, "household.corrected", household_id, home.path if home is not None else "")
