"""A village that is drafted and published alone leaves the county one exact coverage, and nobody's ground moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely

from geodata.actions import plans
from geodata.actions.setup import zone_of_county
from geodata.actions.stitching import stitch_in
from geodata.actions.take_households import take_households
from geodata.actions.take_units import take_units
from geodata.rules.actors import OPERATOR
from geodata.rules.crs import shapes_to_xy
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from geodata.store.types import shapes_of
from tests import village
from tests.village import COUNTY, EARLY, TOWNS, VILLAGES, Clock

LEVELS = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)
MIDDLE = village.WEST + (village.APART + village.WIDE) / 2
LATER = EARLY + dt.timedelta(days=1)


def side_by_side(store: Store) -> None:
    """Take in two villages of 31 homes each that share a straight border of 1.1 km with no corner in it."""
    clock = Clock()
    low, high = village.NORTH - village.HIGH - 0.004, village.NORTH + 0.004
    ground = [
        shapely.box(village.WEST - 0.004, low, MIDDLE, high),
        shapely.box(MIDDLE, low, village.WEST + village.APART + village.WIDE + 0.004, high),
    ]
    county = village.unit_frame([(COUNTY, "虚县", shapely.union_all(ground))])
    towns = village.unit_frame([(TOWNS[i], f"{'东西'[i]}溪镇", ground[i]) for i in (0, 1)], COUNTY)
    villages = village.unit_frame([(VILLAGES[i], f"{'东西'[i]}溪村", ground[i]) for i in (0, 1)], kind="rural")
    villages["parent"] = list(TOWNS)
    with store.write() as db:
        for level, frame in ((Level.COUNTY, county), (Level.TOWN, towns), (Level.VILLAGE, villages)):
            take_units(db, OPERATOR, clock(), frame, level)
        for which in (0, 1):
            take_households(db, OPERATOR, clock(), village.home_frame(which))


@pytest.fixture
def county(store: Store) -> Store:
    """The two villages, each drafted and published alone."""
    side_by_side(store)
    for n, code in enumerate(VILLAGES):
        village.publish_one(store, village.draft_one(store, code), LATER + dt.timedelta(hours=n))
    return store


def net(store: Store) -> dict[int, Any]:
    """Return the units in force with their shapes by version."""
    with store.read() as db:
        rows = units.with_shapes(db, "", LEVELS)
        return {row.fid: (row, shape) for row, shape in zip(rows, shapes_of([r.geom for r in rows]), strict=True)}


def shapes_at(store: Store, level: str) -> Any:
    with store.read() as db:
        zone = zone_of_county(db)
    return shapes_to_xy(np.array([s for row, s in net(store).values() if row.level == level]), zone)


def corners(shape: Any) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(shape).tolist()))


def assert_exact(store: Store) -> None:
    """Every level of both villages is one coverage, as it is stored and in metres, of the same area."""
    for level in ("lin", "zu", "pian", "village"):
        ll = np.array([s for row, s in net(store).values() if row.level == level])
        assert shapely.coverage_is_valid(ll), level
        assert shapely.coverage_is_valid(shapes_at(store, level), gap_width=0.01), level
        assert shapely.is_valid(ll).all()
    area = {level: shapely.area(shapes_at(store, level)).sum() for level in ("lin", "zu", "pian", "village")}
    assert max(area.values()) - min(area.values()) < 1e-3


def redrafted(store: Store) -> str:
    """Draft the eastern village again after the homes of one 组 near the border moved 20 m to the north."""
    homes = village.home_frame(1)
    homes.loc[homes["zu"] == "丙组", "raw_y"] += 0.0002
    homes = homes.set_geometry(shapely.points(homes["raw_x"], homes["raw_y"]), crs=homes.crs)
    with store.write() as db:
        take_households(db, OPERATOR, LATER + dt.timedelta(days=1), homes)
    return village.draft_one(store, VILLAGES[1], Clock(LATER + dt.timedelta(days=2)))


def test_villages_published_one_by_one_are_one_coverage(county: Store) -> None:
    """Two villages drafted and published alone share every corner of their border on every level."""
    assert_exact(county)
    on_border = [c for c in corners(shapes_at(county, "lin")) if c in corners(shapes_at(county, "village"))]
    assert len(on_border) > 10


def test_a_village_published_again_leaves_its_neighbour_in_force(county: Store) -> None:
    """The neighbour's versions go on, its old corners are there bit by bit, and only corners on the border are new."""
    before = net(county)
    village.publish_one(county, redrafted(county), LATER + dt.timedelta(days=3))
    assert_exact(county)
    after = net(county)
    west = {fid: shape for fid, (row, shape) in before.items() if row.code.startswith(VILLAGES[0])}
    assert west.keys() <= after.keys()
    added = {fid: corners(after[fid][1]) - corners(shape) for fid, shape in west.items()}
    assert all(corners(shape) <= corners(after[fid][1]) for fid, shape in west.items())
    new = {lon for corner in added.values() for lon, _ in corner}
    assert max(abs(lon - MIDDLE) for lon in new) < 1e-8  # a chord in metres is no chord in degrees
    untouched = [fid for fid in west if not added[fid]]
    assert all(after[fid][1].wkb == west[fid].wkb for fid in untouched)
    assert all(after[fid][0].valid_from == before[fid][0].valid_from for fid in west)


def test_stitching_again_changes_nothing(county: Store) -> None:
    """What is one coverage is left alone, and so is a village that nobody has drawn."""
    with county.write() as db:
        path = units.by_code(db, VILLAGES[:1])[VILLAGES[0]].path
        assert stitch_in(db, path) == 0
        assert stitch_in(db, "nowhere/") == 0


def test_undoing_leaves_one_coverage(county: Store) -> None:
    """After a publication is undone the old units, written before the neighbour's new corners, fit again."""
    last = village.publish_one(county, redrafted(county), LATER + dt.timedelta(days=3))
    with county.write() as db:
        plans.undo(db, OPERATOR, LATER + dt.timedelta(days=3, hours=1), last)
    assert_exact(county)
