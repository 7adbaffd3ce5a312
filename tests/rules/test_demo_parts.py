from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.rules import demo_borders, demo_hamlets
from geodata.rules.demo import SIZES, DemoCounty, make_sized_demo
from geodata.rules.demo_ground import DemoSize, away_m
from geodata.rules.demo_hamlets import Groups, Sites
from geodata.rules.demo_homes import shared_with_empty
from geodata.rules.demo_names import chinese_number, town_labels
from geodata.rules.demo_terrain import Ways, round_line, smooth_line, spaced, spread, strands


@pytest.fixture(scope="module")
def small_county() -> DemoCounty:
    """Four towns of forty villages: a county with a seat, made in a second or two."""
    return make_sized_demo(DemoSize(towns=4, villages=40, zu=700, area_m2=150e6, urban=1, cell_m=70.0), 0)


def make_groups(village: list[int], compound: list[bool]) -> Groups:
    no = np.zeros(len(village), dtype=bool)
    homes = np.full(len(village), 20)
    return Groups(np.array(village), homes, np.array(compound), street=no, riven=no, mixed=no)


def make_sites(xy: list[tuple[float, float]]) -> Sites:
    count = len(xy)
    return Sites(
        xy=np.array(xy),
        zu=np.arange(count),
        quota=np.full(count, 4),
        lone=np.zeros(count, dtype=bool),
        turn=np.full(count, np.nan),
        town=np.full(count, -1),
    )


def test_the_county_has_the_figures_of_the_reports() -> None:
    """The county scale asks for 20 towns, 506 villages, 9,449 groups and 1,830 km2 (requirements A22, A23)."""
    size = SIZES["county"]
    assert (size.towns, size.villages, size.zu, size.area_m2) == (20, 506, 9449, 1830e6)


def test_towns_are_made_of_whole_villages_and_tile(small_county: DemoCounty) -> None:
    """Each town has the area of its villages, towns tile the county, and every level counts what was asked for."""
    units = small_county.units
    assert units["level"].value_counts().to_dict() == {"zu": 700, "village": 40, "town": 4, "county": 1}
    towns = units[units["level"] == "town"].set_index("code").geometry
    villages = units[units["level"] == "village"]
    assert shapely.coverage_is_valid(towns.to_numpy(), gap_width=1e-4)
    assert shapely.coverage_is_valid(villages.geometry.to_numpy(), gap_width=1e-4)
    for code, mine in villages.groupby("parent"):
        assert shapely.area(mine.geometry.to_numpy()).sum() == pytest.approx(towns[code].area, rel=1e-9)
    whole = units.geometry[units["level"] == "county"].iloc[0]
    assert shapely.area(towns.to_numpy()).sum() == pytest.approx(whole.area, rel=1e-9)


def test_the_seat_has_the_most_communities(small_county: DemoCounty) -> None:
    """The seat is a 街道 with five communities; a town may have none at all."""
    units = small_county.units
    urban = units[units["kind"] == "urban"].groupby("parent").size()
    assert urban["439901001"] == 5
    assert urban.max() == 5
    assert len(urban) < 4


def test_town_codes_follow_their_kind() -> None:
    """A county of 20 towns has one 街道 (001), sixteen 镇 (1xx) and three 乡 (2xx), all names apart."""
    codes, names = town_labels(20, with_seat=True)
    assert codes[:2] == ["439901001", "439901100"]
    assert [name[-1] for name in names].count("镇") == 16
    assert codes[-1] == "439901202"
    assert len(set(names)) == len(set(codes)) == 20
    assert town_labels(1, with_seat=False) == (["439901100"], ["青石镇"])


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (40, "四十"), (99, "九十九")])
def test_groups_are_numbered_in_chinese(number: int, written: str) -> None:
    """Numbers up to 99 are written as people number their groups."""
    assert chinese_number(number) == written


def test_a_group_without_room_shares_with_its_neighbour() -> None:
    """An empty group takes every second home of the nearest group of its own village, never of another village."""
    groups = make_groups([0, 0, 1], [False, False, False])
    sites = make_sites([(0, 0), (50, 0), (51, 0)])
    xy = np.array([(0.0, 0), (1, 0), (2, 0), (3, 0), (51, 0), (52, 0)])
    zu = np.array([0, 0, 0, 0, 2, 2])
    assert shared_with_empty(groups, sites, xy, zu).tolist() == [0, 1, 0, 1, 2, 2]


def test_an_empty_group_of_flats_takes_one_plot() -> None:
    """A group of flats needs a single plot, on which its block will stand."""
    groups = make_groups([0, 0], [False, True])
    xy = np.arange(10.0).reshape(5, 2)
    zu = shared_with_empty(groups, make_sites([(0, 0), (9, 9)]), xy, np.zeros(5, dtype=np.int64))
    assert zu.tolist() == [0, 1, 0, 0, 0]


def test_a_group_stays_empty_where_nobody_can_share() -> None:
    """Where every group of the village has one plot only, nothing is taken away."""
    groups = make_groups([0, 0], [False, False])
    zu = shared_with_empty(groups, make_sites([(0, 0), (9, 9)]), np.zeros((1, 2)), np.zeros(1, dtype=np.int64))
    assert zu.tolist() == [0]


def test_blocks_run_short_gracefully() -> None:
    """Where a community has fewer blocks than its groups would like, each group still gets one."""
    groups = make_groups([0, 0, 0], [False, False, False])
    groups = Groups(groups.village, np.full(3, 50), groups.compound, np.ones(3, dtype=bool), groups.riven, groups.mixed)
    xy = np.column_stack((np.arange(4.0) * 90, np.zeros(4)))
    spots = demo_hamlets._Spots(xy, np.ones(4), np.zeros(4, dtype=np.int64), np.zeros(4), np.zeros(4, dtype=np.int64))
    rows = demo_hamlets._block_sites(spots, np.arange(4), np.arange(3), groups)
    assert sorted(zu for _, zu, _, _ in rows) == [0, 1, 2]
    assert len({spot for spot, _, _, _ in rows}) == 3


def test_rounded_borders_that_would_cross_stay_straight() -> None:
    """A corner that would be cut across another border keeps its point; ends never move."""
    corner = shapely.LineString([(0, 0), (10, 10), (20, 0)])
    spike = shapely.LineString([(10, -5), (10, 9.5)])
    far = shapely.LineString([(100, 0), (110, 10), (120, 0)])
    kept = demo_borders._rounded_safely(np.array([corner, spike, far], dtype=object))
    assert kept[0].equals_exact(corner, 0)
    assert len(kept[2].coords) > 3
    assert (kept[2].coords[0], kept[2].coords[-1]) == (far.coords[0], far.coords[-1])


def test_a_border_that_closes_on_itself_is_rounded_all_about() -> None:
    """A ring stays one closed simple ring."""
    ring = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
    rounded = demo_borders._rounded(ring)
    assert rounded.is_ring
    assert rounded.hausdorff_distance(ring) < 6


def test_lines_keep_their_ends_when_smoothed() -> None:
    """Smoothing keeps both ends, and a line too short to bend comes back as it was."""
    line = np.array([(0.0, 0), (1, 5), (2, -5), (3, 5), (4, 0)])
    assert smooth_line(line, 1.0)[[0, -1]] == pytest.approx(line[[0, -1]])
    assert np.ptp(smooth_line(line, 1.0)[:, 1]) < np.ptp(line[:, 1])
    assert smooth_line(line[:1], 2.0).tolist() == line[:1].tolist()


def test_rounding_passes_through_every_point() -> None:
    """A Catmull-Rom curve keeps the points it was given, so that lines drawn to them still meet."""
    line = np.array([(0.0, 0), (1, 5), (2, -5), (3, 5)])
    assert round_line(line, 4)[::4] == pytest.approx(line)
    assert round_line(line[:2], 4).tolist() == line[:2].tolist()
    assert round_line(line, 1).tolist() == line.tolist()


def test_strands_share_no_step() -> None:
    """The longest way is drawn whole, others stop where they meet it, and used heads or roots give nothing."""
    ways = Ways(toll_m=np.array([0.0, 1, 2, 3, 2]), towards=np.array([-9, 0, 1, 2, 1]))
    found = strands(ways, np.array([0, 3, 4, 2]))
    assert [walk.tolist() for walk in found] == [[3, 2, 1, 0], [4, 1]]


def test_spaced_keeps_the_best_and_its_distance() -> None:
    """Of places too close together the one of better score stays."""
    xy = np.array([(0.0, 0), (1, 0), (5, 0)])
    assert spaced(xy, np.array([1.0, 2.0, 0.0]), 2.0).tolist() == [1, 2]


def test_spread_leaves_fixed_and_lonely_seeds() -> None:
    """Fixed seeds stay, a seed with no points stays, the rest move to the middle of theirs."""
    xy = np.array([(0.0, 0), (2, 0), (10, 0), (12, 0)])
    seeds = spread(xy, np.array([(0.0, 0), (10, 0), (99, 99)]), 1, fixed=1)
    assert seeds.tolist() == [[0, 0], [11, 0], [99, 99]]


def test_no_lines_are_infinitely_far() -> None:
    """Ground without streams is far from every stream."""
    assert np.isinf(away_m([], np.zeros((2, 2)), 5.0)).all()
