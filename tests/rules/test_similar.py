"""Open issues near that may be the same: by class and nearness, or by what they say."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from survey.rules import similar
from survey.rules.similar import Open, box_around, likeness, near_ones

HERE = (111.6, 27.7)
M_NORTH = 1 / 110_850  # degrees of latitude to a metre at 27.7° N
TEXT = "长冲组路灯频闪"


@dataclass(frozen=True)
class Kind:
    """A category."""

    id: str = "lamp"
    scheme: str = "s"
    major: str = "m"


def issue(name: str, metres: float, **more: str) -> Open:
    return Open(name, HERE[0], HERE[1] + metres * M_NORTH, **{
        "category_id": "lamp", "scheme": "s", "major": "m", "text": "", **more,
    })  # fmt: skip


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(similar).failed == 0


def test_the_same_class_counts_within_the_countys_distance() -> None:
    """Of one class within 30 m all are offered, the nearest first; beyond, or of another class, none."""
    issues = [issue("far", 31), issue("b", 29), issue("a", 2), issue("other", 1, category_id="drain")]
    found = near_ones(HERE, Kind(), "", issues, 30.0)
    assert [(one.id, one.why) for one in found] == [("a", "category"), ("b", "category")]
    assert found[0].distance_m == pytest.approx(2.0, abs=0.02)


def test_the_same_words_count_a_little_further() -> None:
    """Within 100 m the same major and much the same text will do; another major, or other words, will not."""
    issues = [
        issue("same", 90, category_id="pole", text="长冲组的路灯频闪"),
        issue("other words", 50, category_id="pole", text="电线杆要倒了快来人"),
        issue("other major", 50, category_id="x", major="n", text=TEXT),
        issue("too far", 101, category_id="pole", text=TEXT),
    ]
    assert [(one.id, one.why) for one in near_ones(HERE, Kind(), TEXT, issues, 30.0)] == [("same", "text")]
    found = near_ones(HERE, None, TEXT, issues, 30.0)
    assert [one.id for one in found] == ["other major", "same"], "before the class is known any text will do"


def test_short_texts_say_too_little() -> None:
    """停电 is said of every second issue."""
    assert near_ones(HERE, None, "停电", [issue("a", 5, text="停电")], 30.0) == []
    assert near_ones(HERE, Kind(), TEXT, [], 30.0) == []


@given(st.text("路灯坏了停电垃圾，。", max_size=12), st.text("路灯坏了停电垃圾，。", max_size=12))
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    """From 0 to 1, whichever text is first; a text is wholly like itself."""
    assert 0.0 <= likeness(one, other) == likeness(other, one) <= 1.0
    assert likeness(one + "路灯", one + "路灯") == 1.0


@given(st.floats(73, 135), st.floats(18, 54), st.floats(1, 1_000), st.floats(0, 360))
def test_a_box_holds_its_circle(lon: float, lat: float, reach_m: float, azimuth: float) -> None:
    """Whatever lies within the reach lies in the box, anywhere in China."""
    x, y, _ = Geod(ellps="GRS80").fwd(lon, lat, azimuth, reach_m)
    west, south, east, north = box_around(lon, lat, reach_m)
    assert west <= x <= east
    assert south <= y <= north
