"""How far people live from posts along the roads that the county has loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from geodata.rules.crs import Zone, shapes_to_xy, to_ll
from geodata.rules.road_distance import MEASURES, Ways, box_around, measure_ways
from geodata.rules.road_net import Floats, Ints, RoadNet, build_roads
from geodata.store import barriers
from geodata.store.database import Db
from geodata.store.types import shapes_of

KINDS = ("road", "lane")
MARGINS_M = (1_000.0, 4_000.0, 12_000.0)
"""How far beyond the places roads are read; farther only for whom a longer detour might be the way."""

Wanted = tuple[Ints, Ints, NDArray[np.bool_]]
"""Posts (n,) and people (m,) by number, and which of their pairs (n, m) are asked for."""


@dataclass(frozen=True)
class Measured:
    """Distances of pairs of posts and people: (k,) by number, metres, and how each came about (``MEASURES``)."""

    post: Ints
    person: Ints
    metres: Floats
    measure: NDArray[np.int8]
    _at: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pairs = zip(self.post.tolist(), self.person.tolist(), strict=True)
        self._at.update({pair: at for at, pair in enumerate(pairs)})

    def matrix(self, posts: int, people: int) -> coo_array:
        """Return the metres as a matrix; pairs that were not asked for are not in it."""
        return coo_array((self.metres, (self.post, self.person)), shape=(posts, people))

    def metres_of(self, post: int, person: int) -> float:
        """Return the metres of a pair."""
        return float(self.metres[self._at[post, person]])

    def measure_of(self, post: int, person: int) -> str:
        """Return how the distance of a pair came about."""
        return MEASURES[int(self.measure[self._at[post, person]])]


def along_roads(db: Db, zone: Zone, post_xy: Floats, home_xy: Floats, wanted: Sequence[Wanted]) -> Measured | None:
    """Return the distances along roads of the pairs that are asked for, part by part.

    None where no road is loaded, or no pair is asked for.

    Parameters
    ----------
    post_xy, home_xy
        (n, 2) and (m, 2) metres in the county's zone.
    wanted
        Parts that have nothing to do with each other, such as villages.
    """
    open_parts = {at: part for at, part in enumerate(wanted) if part[2].any()}
    if not open_parts:
        return None
    found: dict[int, Ways] = {}
    for margin_m in MARGINS_M:
        if not open_parts:
            break
        places = np.concatenate([xy[part[side]] for part in open_parts.values()
                                 for side, xy in ((0, post_xy), (1, home_xy))])  # fmt: skip
        roads = _read(db, zone, places, margin_m)
        if not roads.nodes and not found:
            return None
        for at, (posts, people, pairs) in list(open_parts.items()):
            found[at] = measure_ways(roads, post_xy[posts], home_xy[people], margin_m, pairs)
            if found[at].settled:
                del open_parts[at]
    return _put_together(wanted, found)


def roads_near(db: Db, zone: Zone, places_xy: Floats) -> bool:
    """Tell whether any road is loaded around some places."""
    return bool(_rows(db, zone, places_xy, MARGINS_M[0]))


def _read(db: Db, zone: Zone, places_xy: Floats, margin_m: float) -> RoadNet:
    """Return the roads around some places."""
    rows = _rows(db, zone, places_xy, margin_m)
    return build_roads(shapes_to_xy(shapes_of([row.geom for row in rows]), zone) if rows else [])


def _rows(db: Db, zone: Zone, places_xy: Floats, margin_m: float) -> Sequence[Any]:
    west, south, east, north = box_around(places_xy, margin_m)
    corners = to_ll(np.array([[west, south], [west, north], [east, south], [east, north]]), zone)
    return barriers.in_box(db, (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()), KINDS)


def _put_together(wanted: Sequence[Wanted], found: dict[int, Ways]) -> Measured:
    post, person = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    metres, measure = [np.zeros(0)], [np.zeros(0, np.int8)]
    for at, ways in found.items():
        posts, people, pairs = wanted[at]
        row, column = np.nonzero(pairs)
        post.append(posts[row])
        person.append(people[column])
        metres.append(ways.metres[pairs])
        measure.append(ways.measure[pairs])
    return Measured(np.concatenate(post), np.concatenate(person), np.concatenate(metres), np.concatenate(measure))
