"""Proposals measured along the roads that are loaded: the river is gone round, and each distance says how it came."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.optimize import linear_sum_assignment

from geodata.actions.setup import zone_of_county
from geodata.actions.take_barriers import take_barriers
from geodata.rules.actors import OPERATOR
from geodata.rules.crs import to_xy
from geodata.rules.road_distance import measure_ways
from geodata.rules.road_net import build_roads
from geodata.store import settings, units
from geodata.store.database import Store
from survey.actions import appoint
from tests import people
from tests.actions.test_officers import refusal
from tests.people import DAY, put
from tests.village import NORTH, STEP, VILLAGES, WEST

Corners = list[tuple[float, float]]


def spot(column: float, row: float) -> tuple[float, float]:
    """Return the degrees of a place in the drawing of the first village, counted in homes from the north-west."""
    return (WEST + column * STEP, NORTH - row * STEP)


ROADS: dict[str, list[Corners]] = {
    "road": [[spot(3.2, 0), spot(3.9, -0.5), spot(4.8, 0)]],  # the one bridge, in the north
    "lane": [[spot(3.2, 0), spot(3.2, 6)], [spot(4.8, 0), spot(4.8, 6)]],  # a lane down each bank
}


def load(store: Store, roads: dict[str, list[Corners]] = ROADS) -> list[shapely.LineString]:
    kinds = [kind for kind, lines in roads.items() for _ in lines]
    lines = [shapely.LineString(line) for some in roads.values() for line in some]
    frame = gpd.GeoDataFrame({"kind": kinds, "name": ""}, geometry=lines, crs="EPSG:4490")
    with store.write() as db:
        take_barriers(db, OPERATOR, DAY[0], frame)
    return lines


def propose(store: Store, along: str = "roads", level: str = "zu", mode: str = "total") -> Any:
    with store.read() as db:
        unit = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]].id
        return appoint.propose(db, OPERATOR, DAY[1], unit, level, mode, along)


def settle(store: Store) -> dict[str, str]:
    """Give three 组 four people who may lead any: two in the north-west, one in the east, one in the south-east."""
    with store.write() as db:
        settings.put(db, "profile", {"chief_pools": {"zu": ["两委"], "pian": ["无"]}, "elected_levels": ["lin"]})
    places = {"甲一": (0.5, 0.5), "甲二": (2.9, 2.5), "乙": (6.5, 1.5), "丁": (4.9, 5.0)}
    return {
        name: put(store, name=name, village=VILLAGES[0], tags=["两委"], place=list(spot(*at)), code=f"p{n}")
        for n, (name, at) in enumerate(places.items())
    }


def holder(found: Any, unit: str) -> Any:
    return next(row for row in found["rows"] if row["unit"]["name"] == unit)


def test_a_river_is_gone_round_where_roads_are_loaded(published: Store) -> None:
    """丙组 is nearest to who lives across the water, until the roads are loaded: then to who lives on its bank."""
    settle(published)
    before = propose(published)
    assert (before["along"], before["roads"]) == ("straight", False)
    assert {row["measure"] for row in before["rows"]} == {"straight"}
    assert holder(before, "丙组")["person"]["name"] == "丁"
    load(published)
    after = propose(published)
    assert (after["along"], after["roads"], after["proved"]) == ("roads", True, True)
    assert holder(after, "丙组")["person"]["name"] == "甲二"
    assert {row["measure"] for row in after["rows"]} <= {"road", "near"}
    assert after["total_m"] > before["total_m"]
    chosen = propose(published, "straight")
    assert (chosen["along"], chosen["roads"], chosen["rows"]) == ("straight", True, before["rows"])
    longest = propose(published, mode="longest")
    assert longest["longest_m"] <= after["longest_m"]
    with published.read() as db:
        assert refusal(appoint.propose, db, OPERATOR, DAY[1], "x", "zu", "total", "air") == "appoint.no_measure"


def test_the_assignment_is_the_best_along_roads(published: Store) -> None:
    """The total equals SciPy's on the same distances, measured by the rule; each row's distance is one of them."""
    settle(published)
    lines = load(published)
    found = propose(published)
    with published.read() as db:
        zone = zone_of_county(db)
    posts = to_xy(np.array([row["unit"]["place"] for row in found["rows"]]), zone)
    homes = to_xy(np.array([spot(0.5, 0.5), spot(2.9, 2.5), spot(6.5, 1.5), spot(4.9, 5.0)]), zone)
    roads = build_roads([shapely.LineString(to_xy(shapely.get_coordinates(line), zone)) for line in lines])
    metres = measure_ways(roads, posts, homes, 1_000.0).metres
    insiders = np.array([["甲" in name for name in ("甲一", "甲二", "乙", "丁")] if row["unit"]["name"] == "甲组" else
                         [row["unit"]["name"] == "乙组" and name == "乙" for name in ("甲一", "甲二", "乙", "丁")]
                         for row in found["rows"]])  # fmt: skip
    post, person = linear_sum_assignment(metres + 1e6 * ~insiders)
    assert found["total_m"] == pytest.approx(metres[post, person].sum(), abs=0.1)
    for at, row in enumerate(found["rows"]):
        assert np.isclose(metres[at], row["distance_m"], atol=0.06).any()


def test_candidates_of_an_election_are_measured_too(published: Store) -> None:
    """邻长 are elected: each candidate's distance says how it was measured, and the nearest stands first."""
    people.settle(published, elected_levels=["lin"])
    load(published)
    found = propose(published, level="lin")
    told = [one for row in found["rows"] for one in row["candidates"]]
    assert found["along"] == "roads"
    assert {one["measure"] for one in told} <= {"road", "near"} and len(told) >= 4
    for row in found["rows"]:
        far = [one["distance_m"] for one in row["candidates"]]
        assert far == sorted(far)


def test_where_the_roads_do_not_reach(published: Store) -> None:
    """A road far off, and a lane that leads nowhere near, leave a straight line and the word for it."""
    settle(published)
    load(published, {"road": [[spot(0, -15), spot(8, -15)]]})
    assert {row["measure"] for row in propose(published)["rows"]} == {"far"}
    load(published, {"lane": [[spot(3.2, 0), spot(3.2, 6)], [spot(4.8, 0), spot(4.8, 6)]]})
    found = propose(published)
    assert {row["measure"] for row in found["rows"]} <= {"road", "near", "apart"}
    assert holder(found, "丙组")["measure"] in ("apart", "road")
