"""Trends and patterns over time: published tests, the county's own months, one pattern at most for each unit."""

from __future__ import annotations

import datetime as dt
import doctest
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import periods
from geodata.rules.hotspots import within_band
from geodata.rules.periods import begins, cube, first_day, instants, period_of, whole_periods
from geodata.rules.problems import Problem
from geodata.rules.trends import FIGURES, PATTERNS, emerging_hotspots, find_patterns, mann_kendall, slopes

VECTORS = json.loads((Path(__file__).parent / "hotspot_vectors.json").read_text())
CHINA = ZoneInfo("Asia/Shanghai")
KINDS: tuple[periods.Kind, ...] = ("week", "month", "quarter", "year")


def test_examples_in_the_documentation_are_true() -> None:
    """What the docstrings show is what the functions give."""
    assert doctest.testmod(periods).failed == 0


def test_trends_equal_pymannkendall() -> None:
    """S, tau, z, p and Sen's slope, with ties, with a steady fall, with nothing but one value."""
    series = np.array(VECTORS["series"])
    trend = mann_kendall(series)
    wanted = VECTORS["trend"]
    assert trend.s.tolist() == [one["s"] for one in wanted]
    for name in ("tau", "z", "p"):
        assert getattr(trend, name) == pytest.approx([one[name] for one in wanted], rel=1e-9, abs=1e-15)
    assert slopes(series) == pytest.approx([one["slope"] for one in wanted], abs=1e-12)


def test_too_few_periods_are_refused() -> None:
    """Nine say nothing, neither of a trend nor of a pattern."""
    near = within_band(np.zeros((2, 2)), 1.0)
    for call in (lambda: mann_kendall(np.ones((2, 9))), lambda: emerging_hotspots(np.ones((2, 9), int), near)):
        with pytest.raises(Problem) as refused:
            call()
        assert (refused.value.code, refused.value.values) == ("trends.too_short", {"periods": 9, "least": 10})


@given(st.integers(1_000_000, 68_000_000))
@settings(max_examples=150)
def test_a_moment_falls_in_the_week_month_and_year_of_the_county(minutes: int) -> None:
    """Whatever the clock it was written by, as a calendar in Asia/Shanghai has it, from 1992 (no summer time since)."""
    moment = dt.datetime(1990, 2, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    here = moment.astimezone(CHINA)
    for kind in KINDS:
        number = int(period_of(instants([moment.astimezone(ZoneInfo("America/New_York"))]), kind)[0])
        assert begins(number, kind) <= here < begins(number + 1, kind)
    assert first_day(int(period_of(instants([moment]), "month")[0]), "month") == here.date().replace(day=1)
    assert first_day(int(period_of(instants([moment]), "week")[0]), "week").isoweekday() == 1


def test_the_last_minute_of_a_month_is_not_the_next_month() -> None:
    """Midnight at Beijing parts the months, 16:00 of London's clock; the running month is left out."""
    now = dt.datetime(2026, 3, 1, 0, 0, tzinfo=CHINA)
    months = whole_periods(now, "month", 12)
    assert [first_day(int(m), "month") for m in (months[0], months[-1])] == [dt.date(2025, 3, 1), dt.date(2026, 2, 1)]
    assert (whole_periods(now - dt.timedelta(seconds=1), "month", 12) == months - 1).all()
    when = instants(
        [
            dt.datetime(2026, 2, 28, 15, 59, 59, tzinfo=dt.UTC),
            dt.datetime(2026, 2, 28, 16, 0, tzinfo=dt.UTC),
            dt.datetime(2025, 2, 28, 16, 0, tzinfo=dt.UTC),
            dt.datetime(2025, 12, 31, 15, 0, tzinfo=dt.UTC),
        ]
    )
    counted = cube(np.array([1, 1, 0, -1]), when, 3, months, "month")
    assert counted.tolist() == [[1] + [0] * 11, [0] * 11 + [1], [0] * 12]
    assert cube(np.zeros(0, int), instants([]), 2, months, "month").tolist() == [[0] * 12] * 2


EXAMPLES = {
    "new": "...........H",
    "consecutive": ".........HHH",
    "intensifying": "HHHHHHHHHHHH+",
    "persistent": "HHH.HHHHHHHH",
    "diminishing": "HHHHHHHHHHHH-",
    "sporadic": "H..H..H.H..H",
    "oscillating": "H..c..H.H..H",
    "historical": "HHHHHHHHHHH.",
    "": "H.HHH...cc..",
}


@pytest.mark.parametrize(("pattern", "drawn"), EXAMPLES.items(), ids=lambda value: str(value) or "none")
def test_each_pattern_is_what_its_definition_says(pattern: str, drawn: str) -> None:
    """Twelve periods each: H hot, c cold; + and - a steady trend of the statistic."""
    months = np.array([list(drawn[:12])])
    slope = {"+": 0.2, "-": -0.2}.get(drawn[12:], 0.0)
    wave = np.array([[0.3, -0.3] * 6])
    found = find_patterns(months == "H", months == "c", slope * np.arange(12) + wave * (slope == 0))
    assert found.pattern.tolist() == [pattern]
    assert found.figures.keys() == set(FIGURES)


@given(st.lists(st.sampled_from("H.c"), min_size=10, max_size=24), st.integers(0, 2**32 - 1))
@settings(max_examples=120, deadline=None)
def test_no_two_patterns_hold_at_once(drawn: list[str], seed: int) -> None:
    """The definitions part all that can happen; whoever is hot now has one."""
    row = np.array([drawn])
    scores = np.random.default_rng(seed).normal(0, 1, row.shape).cumsum(axis=1)
    found = find_patterns(row == "H", row == "c", scores)
    holding = [
        code
        for code, conditions in PATTERNS.items()
        if all(c.least <= found.figures[c.figure][0] <= c.most for c in conditions)
    ]
    assert len(holding) <= 1
    assert found.pattern[0] == (holding[0] if holding else "")
    if drawn[-1] == "H":
        assert holding
    assert {c.figure for conditions in PATTERNS.values() for c in conditions} == set(FIGURES)


def test_a_hotspot_planted_in_the_last_months_is_seen_to_come() -> None:
    """Of 225 units of ten homes, where the rate rises tenfold in the last three of fourteen months, and only there."""
    rng = np.random.default_rng(9)
    xy = np.array([(x, y) for y in range(15) for x in range(15)], float)
    near = within_band(xy, 1.5)
    rate = np.full((225, 14), 1.0)
    planted = (np.abs(xy - 7.0) <= 1).all(axis=1)
    rate[planted, 11:] = 10.0
    found = emerging_hotspots(rng.poisson(rate), near, np.full(225, 10))
    assert found.pattern[7 * 15 + 7] == "consecutive"
    assert set(found.pattern[(np.abs(xy - 7.0) > 3).any(axis=1)]) <= {""}
