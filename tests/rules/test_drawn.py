"""What a hand draws: refused by name where it cannot be meant, at once even when it is vast."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
import shapely

from geodata.rules import crs
from geodata.rules.datums import wgs_to_bd, wgs_to_gcj
from geodata.rules.drawn import drawn_line, drawn_place, drawn_ring
from geodata.rules.problems import Problem
from tests.rules.drawn_plan import ZONE

WEST, SOUTH, WIDE_M = 520_000.0, 3_066_000.0, 1_500.0
GROUND = shapely.box(WEST, SOUTH, WEST + WIDE_M, SOUTH + WIDE_M)


def ll(*places: tuple[float, float]) -> list[list[float]]:
    """Return places given in metres from the village's corner as [lon, lat]."""
    return crs.to_ll(np.add(places, (WEST, SOUTH)), ZONE).tolist()


def refused(draw: Any, points: Any) -> Problem:
    """Return what a drawing is refused with."""
    with pytest.raises(Problem) as caught:
        draw(points, GROUND, ZONE)
    return caught.value


RING = ((200.0, 200.0), (900.0, 250.0), (700.0, 900.0))


def test_a_ring_comes_back_in_metres_closed_or_not() -> None:
    """The same ring with and without its first point repeated is the same polygon."""
    one, other = drawn_ring(ll(*RING), GROUND, ZONE), drawn_ring(ll(*RING, RING[0]), GROUND, ZONE)
    assert one.equals(other)
    assert np.allclose(shapely.get_coordinates(one)[:3], np.add(RING, (WEST, SOUTH)), atol=1e-3)


def test_a_line_may_begin_and_end_outside() -> None:
    """Who cuts a village from end to end overshoots its border; only a line that never meets it is refused."""
    assert drawn_line(ll((-400.0, 300.0), (1_900.0, 300.0)), GROUND, ZONE).length > WIDE_M
    assert refused(drawn_line, ll((-400.0, -300.0), (1_900.0, -300.0))).code == "redraw.outside"


def test_a_hand_may_tremble_at_the_border() -> None:
    """Ten metres over the border are nobody's ground here; fifty are a slip worth telling, with the place."""
    assert drawn_ring(ll((-10.0, 200.0), (500.0, 200.0), (500.0, 600.0)), GROUND, ZONE).is_valid
    problem = refused(drawn_ring, ll((-50.0, 200.0), (500.0, 200.0), (500.0, 600.0)))
    assert problem.code == "redraw.outside"
    assert np.allclose(problem.values["place"], ll((-50.0, 200.0))[0])
    assert np.allclose(drawn_place(ll((5.0, 5.0))[0], GROUND, ZONE), (WEST + 5, SOUTH + 5), atol=1e-3)
    assert refused(drawn_place, ll((-50.0, 5.0))[0]).code == "redraw.outside"


@pytest.mark.parametrize(("shift", "name"), [(wgs_to_gcj, "GCJ-02"), (wgs_to_bd, "BD-09")])
def test_a_ring_of_another_datum_is_told_by_its_name(shift: Any, name: str) -> None:
    """A border pasted from a phone map lies some hundred metres off: the refusal says which datum and how far."""
    ring = [(60.0, 40.0), (600.0, 40.0), (1_450.0, 200.0), (1_400.0, 1_470.0), (900.0, 1_450.0), (40.0, 1_460.0)]
    problem = refused(drawn_ring, shift(np.array(ll(*ring))).tolist())
    if problem.code == "redraw.outside":
        pytest.fail("the shifted ring is not recognised")
    assert (problem.code, problem.values["datum"]) == ("redraw.datum", name)
    assert 300 < problem.values["away_m"] < 2_000


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("ring", "redraw.not_number"),
        (7, "redraw.not_number"),
        ([[1]], "redraw.not_number"),
        ([["a", "b"]], "redraw.not_number"),
        ([[math.nan, 27.0], [111.0, 27.0]], "redraw.not_number"),
        ([[math.inf, 27.0], [111.0, 27.0]], "redraw.not_number"),
        ([[111.0, 270.0], [111.0, 27.0]], "redraw.not_number"),
        ([[27.7, 111.6], [27.71, 111.6]], "redraw.swapped"),
        ([], "redraw.too_short"),
        ([[111.2, 27.7]], "redraw.too_short"),
        ([[111.2, 27.7]] * 5_001, "redraw.too_many"),
    ],
)
def test_what_is_no_drawing_has_its_own_refusal(points: Any, code: str) -> None:
    """Numbers that are none, swapped axes, too few and too many points."""
    assert refused(drawn_line, points).code == code
    assert refused(drawn_ring, points).code in (code, "redraw.outside")


def test_a_crossing_is_shown_where_it_is() -> None:
    """A figure eight is refused with the place where its line first crosses itself, ring and line alike."""
    eight = ((100.0, 100.0), (500.0, 500.0), (500.0, 100.0), (100.0, 500.0))
    for draw in (drawn_ring, drawn_line):
        problem = refused(draw, ll(*eight))
        assert problem.code == "redraw.crossing"
        assert np.allclose(problem.values["place"], ll((300.0, 300.0))[0], atol=1e-7)


def test_a_star_of_five_thousand_points_is_refused_at_once() -> None:
    """A line that crosses itself thousands of times is answered within a second."""
    turns = np.arange(5_000) * 2.0 * math.pi * 0.382
    star = np.column_stack([750 + 700 * np.cos(turns), 750 + 700 * np.sin(turns)])
    began = time.process_time()
    assert refused(drawn_line, ll(*star.tolist())).code == "redraw.crossing"
    assert refused(drawn_ring, ll(*star.tolist())).code == "redraw.crossing"
    assert time.process_time() - began < 2.0
