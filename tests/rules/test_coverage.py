from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely

from geodata.rules.coverage import HomeRows, UnitRows, check_units
from geodata.rules.profile import Profile
from geodata.rules.units import Level, Violation
from tests.rules.drawn_ground import ORIGIN, at, line, patch

FEW = Profile(lin_homes_min=1, lin_homes_max=3)


def to_ll(xy: np.ndarray) -> np.ndarray:
    """Stand in for a projection: a thousandth of a degree for ten metres."""
    return (xy - ORIGIN) / 10_000


def net(lins: Sequence[shapely.Geometry | None], village: shapely.Geometry | None = None) -> UnitRows:
    """Make a village (row 0) with one 组 (row 1) and its 邻."""
    ground = village or patch(0, 0, 20, 10)
    count = len(lins)
    return UnitRows(
        ["v", "z", *(f"l{i}" for i in range(count))],
        ["V", "Z", *(f"L{i}" for i in range(count))],
        [Level.VILLAGE, Level.ZU, *[Level.LIN] * count],
        np.array([-1, 0, *[1] * count], dtype=np.intp),
        np.array([ground, ground, *lins], dtype=object),
    )


HALVES = (patch(0, 0, 10, 10), patch(10, 0, 20, 10))


def homes_at(places: Sequence[tuple[float, float]], unit: Sequence[int]) -> HomeRows:
    xy = np.array([at(*place) for place in places]).reshape(-1, 2)
    return HomeRows(xy, np.arange(len(unit)), np.array(unit, dtype=np.intp))


WELL = homes_at([(5, 5), (15, 5)], [2, 3])


def rules(found: list[Violation]) -> list[tuple[str, str, str]]:
    return [(violation.rule, violation.unit_id, violation.severity) for violation in found]


def check(units: UnitRows, homes: HomeRows = WELL, profile: Profile = FEW, **more: object) -> list[Violation]:
    return check_units(units, homes, profile, to_ll, **more)


def test_a_whole_net_has_no_violation():
    """A net in which everything is right gives an empty list, and the projection is not asked."""
    assert check_units(net(HALVES), WELL, FEW, lambda xy: pytest.fail("nothing to place")) == []


def test_a_gap_is_found_with_its_place_and_area():
    """Ground of the 组 that no 邻 has is a gap of the 组, with a place inside it; a crack below 1 m2 is none."""
    found = check(net([patch(0, 0, 10, 10), patch(10, 0, 20, 8)]))
    assert rules(found) == [("gap", "z", "error")]
    assert found[0].values == {"code": "Z", "area_m2": pytest.approx(20)}
    lon, lat = found[0].place_ll
    assert 0.001 < lon < 0.002
    assert 0.0008 < lat < 0.001
    assert check(net([patch(0, 0, 10, 10), patch(10.05, 0, 20, 10)])) == []


def test_an_overlap_names_both_units():
    """Two 邻 on one ground are reported once, with the other one's code."""
    found = check(net([patch(0, 0, 12, 10), patch(10, 0, 20, 10)]))
    assert rules(found) == [("overlap", "l0", "error")]
    assert found[0].values == {"code": "L0", "other": "L1", "area_m2": pytest.approx(20)}


def test_ground_outside_the_parent():
    """A 邻 that reaches beyond its 组 is reported with the area outside."""
    found = check(net([patch(-2, 0, 10, 10), patch(10, 0, 20, 10)]))
    assert rules(found) == [("outside_parent", "l0", "error")]
    assert found[0].values["area_m2"] == pytest.approx(20)


def test_a_parent_or_a_sibling_without_a_shape_is_no_gap():
    """Where a unit is known by its list of homes only, nothing is said about its ground."""
    assert check(net([HALVES[0], None])) == []
    units = net(HALVES)
    units.shapes_xy[1] = None
    assert rules(check(units)) == []
    assert check(net([None, shapely.Polygon()])) == []


def test_pieces_are_an_error_for_a_lin_and_a_warning_above():
    """A 邻 in two parts is an error, a 组 in two parts a warning, a village in two parts is as it is."""
    apart = shapely.MultiPolygon([patch(0, 0, 10, 10), patch(15, 0, 20, 10)])
    found = check(net([patch(0, 0, 10, 10), patch(15, 0, 20, 10)], village=apart))
    assert rules(found) == [("in_pieces", "z", "warning")]
    found = check(net([apart, patch(10, 0, 15, 10)]), homes_at([(5, 5), (12, 5)], [2, 3]))
    assert rules(found) == [("in_pieces", "l0", "error")]
    assert found[0].values == {"code": "L0", "pieces": 2}


def test_sizes_are_counted_against_the_profile():
    """Too few and too many homes carry the count and the bounds; a 组 too small for one 邻 is only warned of."""
    homes = homes_at([(5, 5), (5, 6), (6, 5), (6, 6)], [2, 2, 2, 2])
    found = check(net(HALVES), homes)
    assert rules(found) == [("too_many_homes", "l0", "error"), ("too_few_homes", "l1", "error")]
    assert found[0].values == {"code": "L0", "homes": 4, "low": 1, "high": 3}
    alone = check(net([patch(0, 0, 20, 10)]), homes_at([(5, 5)], [2]), Profile())
    assert rules(alone) == [("too_few_homes", "l0", "warning")]
    orphan = UnitRows(["l"], ["L"], [Level.LIN], np.array([-1]), np.array([None], dtype=object))
    assert rules(check(orphan, homes_at([], []))) == [("too_few_homes", "l", "error")]
    assert check(orphan, homes_at([], []))[0].place_ll is None


def test_homes_in_no_and_in_two_units():
    """A home nobody has and a home two 邻 have are both named, with their place."""
    xy = np.array([at(5, 5), at(15, 5), at(5, 6), at(5, 7)])
    homes = HomeRows(xy, np.array([0, 1, 3, 3]), np.array([2, 3, 2, 3]))
    found = check(net(HALVES), homes)
    assert ("home_in_no_unit", "", "error") in rules(found)
    twice = next(v for v in found if v.rule == "home_in_two_units")
    assert twice.values == {"home": 3, "units": ["L0", "L1"]}
    assert twice.place_ll == (pytest.approx(0.0005), pytest.approx(0.0007))


def test_homes_outside_their_unit():
    """A home beyond its 邻 is an error with the distance; on the border, or with its slice beside it, it is none."""
    found = check(net(HALVES), homes_at([(5, 5), (15, 5), (13, 5)], [2, 3, 2]))
    assert rules(found) == [("home_outside_unit", "l0", "error")]
    assert found[0].values == {"code": "L0", "home": 2, "away_m": pytest.approx(3)}
    assert check(net(HALVES), homes_at([(5, 5), (15, 5), (10.1, 5)], [2, 3, 2])) == []
    assert check(net(HALVES), homes_at([(5, 5), (5, 5), (15, 5)], [2, 3, 3])) == []


def test_a_lin_across_a_barrier_is_warned_of():
    """A 邻 with homes on both sides of a river is warned of; one whose empty bank is across is not."""
    homes = homes_at([(2, 5), (8, 5), (12, 5)], [2, 2, 3])
    found = check(net(HALVES), homes, barriers_xy=[line(5, -5, 5, 15), line(18, -5, 18, 15)])
    assert rules(found) == [("crosses_barrier", "l0", "warning")]
    assert found[0].values == {"code": "L0", "parts": 2}
    assert check(net([None, None]), homes, barriers_xy=[line(5, -5, 5, 15)]) == []


def test_zu_in_a_pian_are_counted():
    """The range of 组 in a 片 only warns (A03); its default bears the totals that the counties themselves give."""
    ground = np.array([patch(0, 0, 20, 10), *HALVES, *HALVES], dtype=object)
    levels = [Level.VILLAGE, Level.PIAN, Level.PIAN, Level.ZU, Level.ZU]
    units = UnitRows(list("vpqyz"), list("VPQYZ"), levels, np.array([-1, 0, 0, 1, 2]), ground)
    found = check(units, homes_at([], []))
    assert rules(found) == [("zu_count", "p", "warning"), ("zu_count", "q", "warning")]
    assert found[0].values == {"code": "P", "zu": 1, "low": 2, "high": 5}
    fits = UnitRows(list("vpyz"), list("VPYZ"), [levels[0], *levels[2:]], np.array([-1, 0, 1, 1]), ground[[0, 0, 3, 4]])
    assert check(fits, homes_at([], [])) == []
