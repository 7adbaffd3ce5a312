"""What is said of a person, cleaned and checked; the rows of a file; and invented people."""

from __future__ import annotations

import doctest

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import intake_places
from geodata.rules.problems import Problem
from survey.rules import demo_officers, officer_rows, register
from tests.people import ID_NO


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(register).failed == 0


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_exactly_one_check_character_fits_an_id_number(body: str) -> None:
    """Of the eleven endings one is right (ISO 7064 MOD 11-2), and any one digit changed is noticed."""
    fitting = []
    for end in "0123456789X":
        try:
            fitting.append(register.id_no_of(body + end))
        except Problem as problem:
            assert (problem.code, problem.values) == ("officer.bad_id_no", {})
    assert len(fitting) == 1
    wrong = str((int(body[0]) + 1) % 10) + fitting[0][1:]
    with pytest.raises(Problem):
        register.id_no_of(wrong)


@pytest.mark.parametrize("text", ["1101051949123100", "A1010519491231002X", "110105 19491231 0020"])
def test_what_is_no_id_number_is_refused(text: str) -> None:
    """Too short, with letters, or with another check character; blanks and a small x do not matter."""
    with pytest.raises(Problem, match=r"officer\.bad_id_no"):
        register.id_no_of(text)
    assert register.id_no_of(" 110105 19491231 002x ") == ID_NO


@pytest.mark.parametrize("text", ["2026-02-30", "2026/13/01", "昨天", "26-3-6", "20260230"])
def test_what_is_no_day_is_refused(text: str) -> None:
    """A day that no calendar has, or that is written in a way that could be two days."""
    with pytest.raises(Problem, match=r"officer\.bad_day"):
        register.day_of(text)


def test_tags_are_few_and_short() -> None:
    """More than twenty, or one of more than twenty characters, is a slip of the file."""
    assert register.tags_of(["两委", " 两委 ", ""]) == (["两委"], False)
    for tags in (["长" * 21], [str(n) for n in range(21)]):
        with pytest.raises(Problem, match=r"officer\.bad_tag"):
            register.tags_of(tags)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=12), st.text(max_size=8)), min_size=1, max_size=8))
def test_every_row_is_taken_or_refused(rows: list[tuple[str, str, str]]) -> None:
    """Whatever cells hold, no row is lost and none is both; what is taken has a name."""
    frame = pd.DataFrame(rows, columns=["n", "p", "t"], dtype=object)
    known, refusals = officer_rows.officers_from(frame, {"name": "n", "phone": "p", "tags": "t"}, "EPSG:4490", None, {})
    assert sorted({*known["row"].tolist(), *(r.row for r in refusals)}) == list(range(2, len(rows) + 2))
    assert len(known) + len({r.row for r in refusals}) == len(rows)
    assert all(known["name"])
    assert known.geometry.isna().all()


COUNTY = shapely.box(111.59, 27.69, 111.63, 27.71)
SPOTS = {"name": "n", "lon": "x", "lat": "y"}


def taken(frame: pd.DataFrame, mapping: dict[str, str]) -> tuple[list[object], list[tuple[int, str, str]]]:
    """Return the names with their places, and (row, field, code) of what is refused."""
    known, refusals = officer_rows.officers_from(frame, mapping, "EPSG:4490", COUNTY, {"439901100001": "东溪村"})
    places = [None if shape is None else (shape.x, shape.y) for shape in known.geometry]
    return list(zip(known["name"], places, strict=True)), [(r.row, r.field, r.code) for r in refusals]


def test_places_may_be_left_out_but_not_by_half() -> None:
    """Both cells empty is no place; one alone, no number, or far from the county refuses the row."""
    rows = [("甲", "", ""), ("乙", "111.6", "27.7"), ("丙", "111.6", ""), ("丁", "x", "27.7"), ("戊", "120", "30")]
    found = taken(pd.DataFrame(rows, columns=["n", "x", "y"], dtype=object), SPOTS)
    assert found[0] == [("甲", None), ("乙", (111.6, 27.7))]
    assert found[1] == [(4, "lat", "coordinate.missing"), (5, "lon", "coordinate.not_number"),
                        (6, "coordinate", "coordinate.outside_county")]  # fmt: skip
    numbers = taken(pd.DataFrame({"n": ["甲", "乙"], "x": [111.6, np.nan], "y": [27.7, np.nan]}), SPOTS)
    assert numbers == ([("甲", (111.6, 27.7)), ("乙", None)], [])


def test_a_layer_of_points_gives_the_places() -> None:
    """A person without a point has no place; an area is no home's place."""
    shapes = [shapely.Point(111.6, 27.7), None, COUNTY]
    frame = gpd.GeoDataFrame({"n": ["甲", "乙", "丙"]}, geometry=shapes, crs="EPSG:4490")
    assert intake_places.has_places(frame, {})
    assert taken(frame, {"name": "n"}) == (
        [("甲", (111.6, 27.7)), ("乙", None)], [(4, "geometry", "geometry.not_point")],
    )  # fmt: skip


def test_one_person_in_two_rows_is_refused_in_both() -> None:
    """By ID number, or by name and telephone however it is written; bad tags refuse their row."""
    rows = [("甲", "", ID_NO, ""), ("乙", "", ID_NO, ""), ("丙", "138 0000 0001", "", ""),
            ("丙", "+8613800000001", "", ""), ("丁", "", "", "长" * 21)]  # fmt: skip
    mapping = {"name": "n", "phone": "p", "id_no": "i", "tags": "t"}
    frame = pd.DataFrame(rows, columns=["n", "p", "i", "t"], dtype=object)
    assert taken(frame, mapping) == (
        [], [(2, "id_no", "officer.repeated"), (3, "id_no", "officer.repeated"), (4, "phone", "officer.repeated"),
             (5, "phone", "officer.repeated"), (6, "tags", "officer.bad_tag")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "member"),
    [
        ("中共党员", True),
        ("是", True),
        ("预备党员", True),
        ("群众", False),
        ("非党员", False),
        ("", False),
        ("团员", False),
    ],
)
def test_who_is_a_party_member(cell: str, member: bool) -> None:
    """政治面貌 says it in words, another column with yes or no."""
    frame = pd.DataFrame({"n": ["甲"], "p": [cell]}, dtype=object)
    known, _ = officer_rows.officers_from(frame, {"name": "n", "party": "p"}, "EPSG:4490", None, {})
    assert bool(known["party"][0]) is member


def test_a_name_is_something_one_can_read() -> None:
    """Neither blank, nor over-long, nor unprintable; a word that is no outcome of vetting is refused."""
    for name in ("", " ", "长" * 51, "a\u0007b"):
        with pytest.raises(Problem, match=r"officer\.bad_name"):
            register.checked_name(name)
    with pytest.raises(Problem, match=r"officer\.bad_vetting"):
        register.vetting_of("也许")


def test_invented_people_are_as_many_as_the_village_needs() -> None:
    """One a 邻, a 小组长 a 组, five of the 两委, each in a home of their own; the same again for the same seed."""
    homes = [f"H{n:03d}" for n in range(60)]
    zu_of, lin_of = [f"z{n // 20}" for n in range(60)], [f"l{n // 10}" for n in range(60)]
    made = [
        demo_officers.make_officers("439901100001", homes, zu_of, lin_of, np.random.default_rng(7)) for _ in range(2)
    ]
    assert made[0].equals(made[1])
    people = made[0]
    assert len(people) == 6 + 3 + 5
    assert people["household"].is_unique and people["code"].is_unique and people["phone"].is_unique
    assert [sum(tag in tags for tags in people["tags"]) for tag in ("小组长", "两委")] == [3, 5]
    assert set(people["name"].str[1]) == {"某"}
    few = demo_officers.make_officers("439901100001", homes[:2], ["z", "z"], ["l", "l"], np.random.default_rng(1))
    assert len(few) == 2
    assert len(demo_officers.make_officers("1", [], [], [], np.random.default_rng(1))) == 0
