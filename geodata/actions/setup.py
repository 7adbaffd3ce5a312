from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.crs import Zone, county_zone
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import audit, settings, units
from geodata.store.database import Db
from geodata.store.types import shapes_of


def set_profile(db: Db, actor: Actor, now: dt.datetime, values: dict[str, Any]) -> Profile:
    """Set the county's parameters; unknown keys and impossible bounds are refused (``profile.*``)."""
    profile = Profile.from_dict(values)
    settings.put(db, "profile", values)
    audit.record(db, actor, now, "profile.set", keys=sorted(values))
    return profile


def zone_of_county(db: Db) -> Zone:
    """Return the county's own 3° Gauss-Krüger zone, chosen by the centroid of its ground.

    Raises
    ------
    Problem
        ``county.no_ground`` while neither the county nor a unit of it has a shape.
    """
    kept = settings.get(db, "zone_lon")
    if kept is None:
        rows = units.with_shapes(db, "", (Level.COUNTY, Level.TOWN, Level.VILLAGE))
        shapes = [s for s in shapes_of([row.geom for row in rows]) if s is not None]
        if not shapes:
            raise Problem("county.no_ground")
        kept = float(sum(s.centroid.x * s.area for s in shapes) / sum(s.area for s in shapes))
    return county_zone(kept)


def fix_zone(db: Db, lon: float) -> None:
    """Keep the longitude that decides the county's zone, once its ground is known."""
    settings.put(db, "zone_lon", lon)
