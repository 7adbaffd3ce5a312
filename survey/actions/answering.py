"""For which units somebody answers today, and who answers at a place: posts, vacancies and the net put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.rules import crs
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import shapes_of
from survey.actions import handover
from survey.rules import chiefs
from survey.rules.chiefs import CHIEF
from survey.rules.issue_query import Sight
from survey.rules.issue_report import ACCURACY_MOST_M
from survey.store import appointments

_TOLD_MOST = 3  # neighbours beyond a near border: a corner where four units meet
_M_PER_DEG = 100_000.0  # a degree is longer than this everywhere in China, so a box made with it is wide enough


@dataclass(frozen=True)
class Spot:
    """Where a place lies in the net: the chain from the county down, and the 邻 beyond a border that is near."""

    chain: Sequence[Any]
    near: Sequence[Any] = ()

    @property
    def told(self) -> list[str]:
        """The 邻 beyond a near border: their chiefs are told as well."""
        return [row.id for row in self.near]

    @property
    def path(self) -> str:
        """The path of the deepest unit."""
        return str(self.chain[-1].path)

    @property
    def unit_id(self) -> str:
        """The deepest unit."""
        return str(self.chain[-1].id)

    def at_level(self, level: str) -> Any:
        """Return the unit of a level in the chain, else the nearest above it."""
        depth = Level(level).depth
        fitting = [row for row in self.chain if Level(row.level).depth <= depth]
        return fitting[-1] if fitting else self.chain[0]


def stand(db: Db, lon: float, lat: float, accuracy_m: float | None = None) -> Spot | None:
    """Return where a place (EPSG:4490 degrees) lies in today's net, None outside it.

    Parameters
    ----------
    accuracy_m
        Radius of the circle in which the place surely is: 邻 that it reaches are ``near``, the nearest three at most.
    """
    point = shapely.Point(lon, lat)
    for deepest in (True, False):
        for row in units.at_point(db, EVERYWHERE, lon, lat, deepest=deepest):
            if shapely.covers(shapely.from_wkb(row.geom), point):
                near = _near(db, lon, lat, accuracy_m, row.id) if accuracy_m else ()
                return Spot(units.chain(db, row.path), near)
    return None


def _near(db: Db, lon: float, lat: float, accuracy_m: float, own: str) -> Sequence[Any]:
    reach_m = min(accuracy_m, ACCURACY_MOST_M)
    reach = reach_m / _M_PER_DEG
    box = (lon - reach, lat - reach, lon + reach, lat + reach)
    rows = [row for row in units.in_box(db, EVERYWHERE, box, [Level.LIN]) if row.id != own]
    if not rows:
        return ()
    zone = crs.county_zone(lon)
    place = shapely.Point(crs.to_xy(np.array([[lon, lat]]), zone)[0])
    far_m = shapely.distance(crs.shapes_to_xy(shapes_of([row.geom for row in rows]), zone), place)
    order = sorted(range(len(rows)), key=lambda i: (far_m[i], rows[i].code))
    return [rows[i] for i in order if far_m[i] <= reach_m][:_TOLD_MOST]


def show_ground(
    db: Db, actor: Actor, now: dt.datetime, lon: float, lat: float, accuracy_m: float | None
) -> dict[str, Any]:
    """Return whose ground a place is, before anything is raised: its chain from the county down, and who else is told.

    Returns
    -------
    dict
        ``chain`` (id, level, name, code; empty outside the county) and ``near`` (the same) for 邻 beyond a near border.
        Of ground where the reader reports nothing only what lies above both is named.
    """
    spot = stand(db, lon, lat, accuracy_m)
    if spot is None:
        return {"chain": [], "near": []}
    ground = actor.scope("report")
    chain = [
        row for row in spot.chain if ground.covers(row.path) or any(one.startswith(row.path) for one in ground.paths)
    ]
    return {
        "chain": [_step(row) for row in chain],
        "near": [_step(row) for row in spot.near if ground.covers(row.path)],
    }


def _step(row: Any) -> dict[str, str]:
    return {"id": row.id, "level": row.level, "name": row.name, "code": row.code}


def answered_by(db: Db, actor: Actor) -> frozenset[str]:
    """Return the units for which somebody answers today: their own, and those below whose post is vacant (B11).

    A town and the county answer for their own desk alone; vacant posts go up to the village at most.
    """
    found: set[str] = set()
    for grant in actor.grants:
        if "handle" not in grant.rights:
            continue
        own = units.chain(db, grant.path) if grant.path else units.tops(db, EVERYWHERE, "", 10)
        if not own:
            continue
        found.add(own[-1].id)
        if Level(own[-1].level).depth >= Level.VILLAGE.depth:
            found |= _standing_in_for(db, grant.path, own[-1].id)
    return frozenset(found)


def _standing_in_for(db: Db, path: str, unit_id: str) -> set[str]:
    places = appointments.places_under(db, path)
    held = {t.unit_id: t.officer_id for t in appointments.open_terms(db, unit_ids=list(places)) if t.post == CHIEF}
    above = {one: place for one, place in places.items() if one != unit_id}
    return {one for one in above if chiefs.answering(places, held, one).unit_id == unit_id and one not in held}


def sight_of(db: Db, actor: Actor) -> Sight:
    """Return which issues somebody may see."""
    ground = actor.scope("issues")
    return Sight(ground, actor.scope("restricted"), answered_by(db, actor), actor.office_id, actor.id)


def chief_at(db: Db, spot: Spot) -> str:
    """Return the officer who answers at a place today, "" where the village itself does."""
    return handover.at_end_of(db, spot.chain).officer_id or ""
