"""Distance along roads: by example, against a plain search over every corner, and on the roads of Liechtenstein."""

from __future__ import annotations

import heapq
import itertools
from unittest.mock import patch

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import road_distance
from geodata.rules.kernels import Floats
from geodata.rules.road_distance import APART, FAR, NEAR, REACH_M, ROAD, measure_ways
from geodata.rules.road_net import build_roads

Line = list[tuple[float, float]]
WIDE_M = 100_000.0


def ways(lines: list[Line], posts: Line, homes: Line, margin_m: float = WIDE_M) -> tuple[Floats, list[list[int]], bool]:
    places = [np.array(some, float).reshape(-1, 2) for some in (posts, homes)]
    found = measure_ways(build_roads([shapely.LineString(one) for one in lines]), *places, margin_m)
    return found.metres, found.measure.tolist(), found.settled


def test_a_way_is_the_road_and_the_straight_stretches_to_it() -> None:
    """30 m to the road, 400 m along it round the corner, 20 m from it: 450 m, though 300 m would do for a bird."""
    road = [[(0.0, 0.0), (200.0, 0.0), (200.0, 300.0)]]
    metres, measure, settled = ways(road, [(0.0, 30.0)], [(220.0, 200.0)])
    assert (metres.tolist(), measure, settled) == ([[450.0]], [[ROAD]], True)


def test_where_no_road_is_asked() -> None:
    """Neighbours go straight; so does who has no road within reach, or none that leads there."""
    road = [[(0.0, 0.0), (1000.0, 0.0)], [(0.0, 5000.0), (1000.0, 5000.0)]]
    posts = [(0.0, 50.0)]
    homes = [(60.0, 50.0), (0.0, 50.0 + REACH_M + 1.0), (0.0, 5010.0), (900.0, 10.0)]
    metres, measure, _ = ways(road, posts, homes)
    assert measure == [[NEAR, FAR, APART, ROAD]]
    assert metres.tolist() == [[60.0, 501.0, 4960.0, 960.0]]


def test_a_scrap_of_road_is_no_way_where_there_is_another() -> None:
    """A garden path between a home and its road is stepped over; alone within reach it is gone by."""
    road, scrap = [(-900.0, 0.0), (900.0, 0.0)], [(-20.0, 30.0), (20.0, 30.0)]
    metres, measure, settled = ways([road, scrap], [(400.0, 0.0)], [(0.0, 32.0)])
    assert (metres.tolist(), measure, settled) == ([[432.0]], [[ROAD]], True)
    assert ways([scrap], [(-20.0, 30.0)], [(20.0, 32.0)])[0].tolist() == [[42.0]]


def test_no_roads_at_all() -> None:
    """Without a road every distance is a straight line, and more ground could not tell more of it."""
    metres, measure, settled = ways([], [(0.0, 0.0)], [(3.0, 4.0), (0.0, 0.0)])
    assert (metres.tolist(), measure, settled) == ([[5.0, 0.0]], [[FAR, FAR]], True)
    assert ways([[(0.0, 0.0), (9.0, 0.0)]], [(0.0, 0.0)], [])[0].shape == (1, 0)


def test_ends_that_miss_a_road_meet_it_and_bridges_do_not() -> None:
    """A lane drawn to within 5 m of a road ends on it, between its corners; one that merely crosses it does not."""
    road, lane, bridge = [(-500.0, 0.0), (500.0, 0.0)], [(0.0, 3.0), (0.0, 300.0)], [(100.0, -600.0), (100.0, 600.0)]
    metres, measure, _ = ways([road, lane], [(-400.0, 0.0)], [(0.0, 200.0)])
    assert (metres.tolist(), measure) == ([[600.0]], [[ROAD]])
    metres, measure, _ = ways([road, bridge], [(-400.0, 0.0)], [(100.0, 200.0)])
    assert measure == [[APART]]
    crossing = [(100.0, -300.0), (100.0, 0.2), (100.0, 300.0)]
    for split in (road, [(-500.0, 0.0), (100.0, 0.0), (500.0, 0.0)]):
        assert ways([split, crossing], [(-400.0, 0.0)], [(100.0, 200.0)])[0] == pytest.approx(700.0, abs=0.5)


def test_a_ring_and_the_same_road_twice() -> None:
    """Round a ring the shorter side counts; a road that two files brought is one road."""
    ring = [(0.0, 0.0), (400.0, 0.0), (400.0, 400.0), (0.0, 400.0), (0.0, 0.0)]
    metres, _, _ = ways([ring, ring, ring[::-1]], [(100.0, 0.0)], [(0.0, 300.0), (400.0, 350.0)])
    assert metres.tolist() == [[400.0, 650.0]]


def test_a_way_that_may_lead_out_is_not_settled() -> None:
    """What might be shorter beyond the ground looked at, or missing where roads lead out, asks for more ground.

    With the ground it is found, or known to be missing.
    """
    detour = [(0.0, 0.0), (-3000.0, 0.0), (-3000.0, 500.0), (0.0, 500.0)]
    posts, homes = [(0.0, 0.0)], [(0.0, 500.0)]
    metres, measure, settled = ways([detour], posts, homes, margin_m=1000.0)
    assert (measure, settled) == ([[ROAD]], False)
    metres, measure, settled = ways([detour], posts, homes, margin_m=4000.0)
    assert (metres.tolist(), measure, settled) == ([[6500.0]], [[ROAD]], True)
    apart = [[(0.0, 0.0), (-3000.0, 0.0)], [(-3000.0, 500.0), (0.0, 500.0)]]
    assert ways(apart, posts, homes, margin_m=1000.0)[1:] == ([[APART]], False)
    assert ways(apart, posts, homes, margin_m=9000.0)[1:] == ([[APART]], True)


Spot = tuple[float, float]
Nodes = dict[Spot, dict[Spot, float]]


def joined(lines: list[Line], places: Line) -> tuple[Nodes, list[tuple[Spot, float]]]:
    """Return every corner with its neighbours, and each place's foot on the next road with the way to it."""
    segments = [(a, b) for line in lines for a, b in itertools.pairwise(line)]
    shapes = [shapely.LineString(one) for one in segments]
    nodes: Nodes = {}
    feet: list[tuple[Spot, float, int]] = []
    for place in places:
        away = [one.distance(shapely.Point(place)) for one in shapes]
        at = int(np.argmin(away))
        foot = shapes[at].interpolate(shapes[at].project(shapely.Point(place)))
        feet.append(((foot.x, foot.y), away[at], at))
    for at, (a, b) in enumerate(segments):
        on = sorted({f for f, _, s in feet if s == at}, key=lambda f: float(np.hypot(f[0] - a[0], f[1] - a[1])))
        for c, d in itertools.pairwise([a, *on, b]):
            length = float(np.hypot(c[0] - d[0], c[1] - d[1]))
            nodes.setdefault(c, {})[d] = nodes.setdefault(d, {})[c] = length
    return nodes, [(foot, access) for foot, access, _ in feet]


def reached(nodes: Nodes, start: Spot) -> dict[Spot, float]:
    """Return how far it is to each corner."""
    far = {start: 0.0}
    heap = [(0.0, start)]
    while heap:
        gone, node = heapq.heappop(heap)
        for other, length in nodes.get(node, {}).items():
            if gone + length < far.get(other, np.inf):
                far[other] = gone + length
                heapq.heappush(heap, (gone + length, other))
    return far


def plain(lines: list[Line], places: Line) -> Floats:
    """Return the same distances by a plain search over all corners and places: no boxes, no stretches, no matrices."""
    nodes, feet = joined(lines, places)
    rows = []
    for foot, access in feet:
        far = reached(nodes, foot)
        rows.append([access + back + far.get(other, np.inf) for other, back in feet])
    return np.array(rows)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(1, 6))
def test_equal_to_a_plain_search(seed: int, wide: int, count: int) -> None:
    """On random parts of a bent grid, ways are what a plain search finds, and never below a straight line."""
    rng = np.random.default_rng(seed)
    corner = {(i, j): (100.0 * i + float(rng.uniform(-30, 30)), 100.0 * j + float(rng.uniform(-30, 30)))
              for i in range(wide) for j in range(wide)}  # fmt: skip
    pairs = [(a, b) for a in corner for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in corner]
    lines = [[corner[a], corner[b]] for a, b in pairs if rng.random() < 0.7] or [[(0.0, 0.0), (100.0, 0.0)]]
    places = [(float(x), float(y)) for x, y in rng.uniform(-50, 100 * wide, (2 * count, 2))]
    with patch.object(road_distance, "SCRAP_M", 0.0):
        metres, measure, _ = ways(lines, places[:count], places[count:])
    wanted = plain(lines, places)[:count, count:]
    straight = np.hypot(*(np.array(places[:count])[:, None] - np.array(places[count:])[None]).transpose(2, 0, 1))
    told = np.array(measure)
    assert set(told.ravel().tolist()) <= {ROAD, NEAR, APART}
    assert metres[told == ROAD] == pytest.approx(wanted[told == ROAD], abs=1e-5)
    assert np.isinf(wanted[told == APART]).all()
    assert (metres[told != ROAD] == straight[told != ROAD]).all()
    assert (metres >= straight - 1e-6).all()
