from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geodata.rules.demo import CRS_LL, DemoCounty, make_demo

METRES = "EPSG:4546"


@pytest.fixture(scope="module")
def village() -> DemoCounty:
    """One village of the default seed."""
    return make_demo("village")


@pytest.fixture(scope="module")
def town() -> DemoCounty:
    """The town that is shown by default."""
    return make_demo("town")


def of_level(demo: DemoCounty, level: str) -> GeoDataFrame:
    return demo.units[demo.units["level"] == level]


def counts(demo: DemoCounty) -> dict[str, int]:
    return {str(level): int(n) for level, n in demo.units["level"].value_counts().items()}


def assert_tiles(demo: DemoCounty) -> None:
    whole = of_level(demo, "county").geometry.iloc[0]
    for level in ("town", "village"):
        shapes = of_level(demo, level).geometry.to_numpy()
        assert shapely.is_valid(shapes).all()
        assert set(shapely.get_type_id(shapes).tolist()) == {3}
        assert shapely.coverage_is_valid(shapes, gap_width=1e-4)
        assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9)


def assert_homes_stand_right(demo: DemoCounty) -> None:
    villages = of_level(demo, "village").set_index("code").geometry
    homes = demo.households
    own = villages.reindex(homes["village"]).to_numpy()
    assert shapely.contains_properly(own, homes.geometry.to_numpy()).all()
    points = shapely.STRtree(homes.geometry.to_crs(METRES).to_numpy())
    barriers = demo.barriers.to_crs(METRES)
    for kind, clear_m in (("river", 35.0), ("railway", 20.0), ("stream", 6.0), ("road", 6.0)):
        lines = barriers.geometry[barriers["kind"] == kind].to_numpy()
        assert points.query(lines, predicate="dwithin", distance=clear_m).size == 0, kind


def assert_groups_hold_homes(demo: DemoCounty) -> None:
    groups = of_level(demo, "zu")
    listed = set(zip(groups["parent"], groups["name"], strict=True))
    assert len(listed) == len(groups)
    sizes = demo.households.groupby(["village", "zu"]).size()
    assert set(sizes.index) == listed
    assert sizes.max() <= 60
    assert (sizes < 5).any()


def test_village_scale_counts(village: DemoCounty) -> None:
    """One village is one town, one village, 19 groups and about 550 homes, some of them flats."""
    assert counts(village) == {"county": 1, "town": 1, "village": 1, "zu": 19}
    assert 480 <= len(village.households) <= 620
    assert (village.households["building"] != "").any()


def test_town_scale_counts(town: DemoCounty) -> None:
    """The default demo is one town of 36 villages and communities and about 20,000 homes."""
    assert counts(town) == {"county": 1, "town": 1, "village": 36, "zu": 676}
    assert 19_500 <= len(town.households) <= 20_500
    assert of_level(town, "village")["kind"].value_counts().to_dict() == {"rural": 32, "urban": 4}
    assert set(of_level(town, "zu")["kind"]) == {"group", "compound"}


def test_the_town_tiles_and_stands_right(town: DemoCounty) -> None:
    """Villages share borders exactly, homes stand in their village and off water, and every group has homes."""
    assert_tiles(town)
    assert_homes_stand_right(town)
    assert_groups_hold_homes(town)


@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_any_village_tiles_and_stands_right(seed: int) -> None:
    """Whatever the seed, a village tiles, its homes stand inside and clear, and its groups hold homes."""
    demo = make_demo("village", seed)
    assert counts(demo)["zu"] == 19
    assert_tiles(demo)
    assert_homes_stand_right(demo)
    assert_groups_hold_homes(demo)


def test_codes_are_unique_and_nested(town: DemoCounty) -> None:
    """Codes have 6, 9, 12, 14 and 17 digits, begin with their parent's code and never repeat."""
    digits = {"county": 6, "town": 9, "village": 12, "zu": 14}
    units = town.units
    assert units["code"].is_unique
    for level, length in digits.items():
        assert of_level(town, level)["code"].str.fullmatch(rf"\d{{{length}}}").all()
    assert all(code.startswith(parent) for code, parent in zip(units["code"], units["parent"], strict=True))
    assert set(units["parent"]) <= set(units["code"]) | {""}
    homes = town.households
    assert homes["code"].is_unique
    assert homes["code"].str.fullmatch(r"\d{17}").all()
    assert all(code.startswith(village) for code, village in zip(homes["code"], homes["village"], strict=True))


def test_names_are_unique_where_people_would_confuse_them(town: DemoCounty) -> None:
    """No two units with one parent share a name, and a village group is named once in its village."""
    assert not town.units.duplicated(["parent", "name"]).any()


def test_everything_says_it_is_invented(town: DemoCounty) -> None:
    """The county code is no real one, and names, phones and addresses cannot be a person's own."""
    county = of_level(town, "county").iloc[0]
    assert (county["code"], county["name"]) == ("439901", "演示县")
    homes = town.households
    assert homes["address"].str.startswith("演示县").all()
    assert homes["head_name"].str.fullmatch(r"\w某\w").all()
    assert homes["phone"].str.fullmatch(r"1990000\d{4}").all()
    assert town.barriers["name"].str.startswith("演示").all()


def test_flats_are_stacked_on_one_point(town: DemoCounty) -> None:
    """Homes of one block stand on one point and differ in entrance, floor or room."""
    flats = town.households[town.households["building"] != ""]
    assert len(flats) > 1000
    for _, block in flats.groupby(["village", "building"]):
        assert len(block) >= 8
        assert len(set(block.geometry.to_wkb())) == 1
        assert not block.duplicated(["entrance", "floor", "room"]).any()
    sample = flats.iloc[0]
    assert re.fullmatch(r"\d+栋", sample["building"])
    assert re.fullmatch(r"\d单元", sample["entrance"])
    assert sample["room"].startswith(sample["floor"])
    houses = town.households[town.households["building"] == ""]
    assert (houses[["entrance", "floor", "room"]] == "").all(axis=None)


def test_homes_stand_as_far_apart_as_in_real_villages(town: DemoCounty) -> None:
    """The median distance to the next home is near the 21.7 m of the Liechtenstein stand-in, and 5 m at the least."""
    xy = np.unique(shapely.get_coordinates(town.households.geometry.to_crs(METRES).to_numpy()), axis=0)
    gap_m = cKDTree(xy).query(xy, k=2)[0][:, 1]
    assert 18.0 <= np.median(gap_m) <= 24.0
    assert gap_m.min() > 5.0


def test_barriers_cross_the_county_and_stay_inside(town: DemoCounty) -> None:
    """One river runs from border to border; river, railway, roads, streams and lanes lie within the county."""
    whole = of_level(town, "county").geometry.iloc[0]
    for lines in (town.barriers, town.lanes):
        assert set(lines.geom_type) == {"LineString"}
        assert shapely.covers(whole, lines.geometry.to_numpy()).all()
    assert set(town.barriers["kind"]) == {"river", "railway", "road", "stream"}
    river = town.barriers.geometry[town.barriers["kind"] == "river"]
    assert len(river) == 1
    ends = shapely.points(shapely.get_coordinates(river.iloc[0])[[0, -1]])
    assert (shapely.distance(whole.exterior, ends) < 5e-5).all()
    assert river.to_crs(METRES).length.iloc[0] > 8_000


def test_some_groups_are_hard_to_cut(town: DemoCounty) -> None:
    """A few groups hold under five homes and a few have homes on both banks of the river."""
    sizes = town.households.groupby(["village", "zu"]).size()
    assert 1 <= (sizes < 5).sum() <= 20
    river = town.barriers.geometry[town.barriers["kind"] == "river"].to_crs(METRES).iloc[0]
    homes = town.households.to_crs(METRES)
    hulls = homes.dissolve(["village", "zu"]).geometry.convex_hull
    assert 2 <= hulls.crosses(river).sum() <= 60


def test_the_same_seed_gives_the_same_county_and_another_does_not() -> None:
    """A demo is a function of its scale and seed alone."""
    first, again, other = (make_demo("village", seed) for seed in (3, 3, 4))
    same: Callable[[Any, Any], bool] = lambda a, b: bool(a.equals(b))  # noqa: E731 - three uses below
    assert same(first.units, again.units)
    assert same(first.households, again.households)
    assert same(first.barriers, again.barriers)
    assert not same(first.units, other.units)


def test_the_demo_lies_where_its_zone_is_111() -> None:
    """All geometry is EPSG:4490 degrees, longitude first, within the 3-degree zone of central meridian 111."""
    demo = make_demo("village", 1)
    for frame in (demo.units, demo.households, demo.barriers, demo.lanes):
        assert frame.crs == CRS_LL
        west, south, east, north = frame.total_bounds
        assert 111.3 < west < east < 112.4
        assert 27.3 < south < north < 28.1
