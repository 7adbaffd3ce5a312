"""Who lives nearest to a post, on real ground: the addresses of Liechtenstein as residences, its roads as the ways."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from geodata.rules.crs import county_zone, shapes_to_xy, to_xy
from geodata.rules.kernels import Floats
from geodata.rules.nearest import Assignment, Candidates, Posts, assign
from geodata.rules.road_distance import FAR, NEAR, ROAD, measure_ways, straight_m
from geodata.rules.road_net import RoadNet, build_roads
from tests.real_data import real_file

FILE = "liechtenstein/liechtenstein_osm.gpkg.zip"
ZONE = county_zone(9.53)
POSTS, PEOPLE = 40, 70
REACH_M = 100.0


@pytest.fixture(scope="module")
def homes() -> dict[str, Floats]:
    """The homes of each commune, (n, 2) metres."""
    found = gpd.read_file(real_file(FILE), layer="addresses")
    xy = to_xy(np.column_stack([found.geometry.x, found.geometry.y]), ZONE)
    names = found["municipality"].fillna("").to_numpy()
    return {name: xy[names == name] for name in sorted(set(names)) if (names == name).sum() > 2 * PEOPLE}


@pytest.fixture(scope="module")
def roads() -> RoadNet:
    """All roads and paths of the land."""
    lines = gpd.read_file(real_file(FILE), layer="roads")
    return build_roads(shapes_to_xy(np.array(lines.geometry, dtype=object), ZONE))


def drawn(homes: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return posts in the middle of ten homes each, and people in homes of their own."""
    rng = np.random.default_rng(seed)
    chosen = homes[rng.choice(len(homes), POSTS, replace=False)]
    nearest = np.argsort(np.hypot(*(chosen[:, None] - homes[None]).transpose(2, 0, 1)), axis=1)[:, :10]
    return homes[nearest].mean(axis=1), homes[rng.choice(len(homes), PEOPLE, replace=False)]


def proposed(posts: Floats, people: Floats, distance_m: Floats | None) -> Assignment:
    given = Posts([f"P{i:03}" for i in range(len(posts))], posts, np.zeros(len(posts), int))
    chosen = Candidates([f"c{j:03}" for j in range(len(people))], people, np.ones((len(people), 1), bool))
    return assign(given, chosen, distance_m=distance_m, runners_for=["P000"])


def best_mm(distance_m: Floats) -> int:
    mm = np.rint(1000 * distance_m)
    post, person = linear_sum_assignment(mm)
    return int(mm[post, person].sum())


def test_each_commune_is_filled_at_the_least_total(homes: dict[str, Floats], roads: RoadNet) -> None:
    """In every commune, straight and by road, the total is SciPy's to the millimetre, proved, and by road longer."""
    assert len(homes) >= 10
    for seed, (name, xy) in enumerate(homes.items()):
        posts, people = drawn(xy, seed)
        ways = measure_ways(roads, posts, people, 12_000.0)
        assert ways.settled, name
        straight, along = (proposed(posts, people, one) for one in (None, ways.metres))
        assert (straight.proved, along.proved) == (True, True)
        assert round(1000 * straight.total_m) == best_mm(straight_m(posts, people)), name
        assert round(1000 * along.total_m) == best_mm(ways.metres), name
        assert along.total_m > straight.total_m
        assert along.rows[0].extra_m is not None and along.rows[0].extra_m >= 0


def test_every_real_home_reaches_a_road(homes: dict[str, Floats], roads: RoadNet) -> None:
    """No home of the land lies farther than 100 m from a road or path; nearly all ways go along them."""
    for xy in homes.values():
        some = xy[:: max(1, len(xy) // 60)]
        found = measure_ways(roads, some, some[::-1] + 5.0, 12_000.0)
        assert not (found.measure == FAR).any()
        assert np.isin(found.measure, (ROAD, NEAR)).all()
        assert (found.measure == ROAD).mean() > 0.9
        assert np.median(found.metres / np.maximum(straight_m(some, some[::-1] + 5.0), 1.0)) < 2.0
