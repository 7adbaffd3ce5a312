"""Who handles an issue first: the nearest chief, a level, an office, or who keeps the ground."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from survey.rules.categories import list_shipped
from survey.rules.routing import RouteException, Target, checked_name, references_of, route

LEVELS = ("county", "town", "village", "pian", "zu", "lin")


@dataclass(frozen=True)
class Step:
    """A unit of a chain."""

    id: str
    level: str


@dataclass(frozen=True)
class Office:
    """An office."""

    id: str
    code: str


@dataclass(frozen=True)
class Kind:
    """What of a category is routed by."""

    scheme: str = "szcg-event"
    code: str = "0110"
    level: str = ""
    office_code: str = ""


CHAIN = [Step(level, level) for level in LEVELS]
ROADS, RIVERS = Office("o-roads", "roads"), Office("o-rivers", "rivers")
SQUARE = shapely.box(0, 0, 1, 1)


def exception(name: str, shape: shapely.Geometry, *references: str, office: Office = ROADS) -> RouteException:
    return RouteException(name, name, references, office.id, shape)


@pytest.mark.parametrize(
    ("level", "depth", "wanted"),
    [
        ("", 6, Target("unit", "lin", "lin", "nearest")),
        ("", 3, Target("unit", "village", "village", "nearest")),
        ("town", 6, Target("unit", "town", "town", "category_level")),
        ("zu", 3, Target("unit", "village", "village", "above_level")),
        ("county", 1, Target("unit", "county", "county", "category_level")),
    ],
)
def test_a_unit_of_the_chain_is_chosen(level: str, depth: int, wanted: Target) -> None:
    """The deepest, or that of the category's level; where that is not drawn the next above it."""
    assert route(Kind(level=level), CHAIN[:depth], [], [ROADS]) == wanted


def test_a_level_between_is_skipped_upwards() -> None:
    """A village without 片 hands what is the 片's to the village."""
    assert route(Kind(level="pian"), [CHAIN[0], CHAIN[2], CHAIN[5]], [], []).id == "village"


def test_an_office_goes_before_the_chief() -> None:
    """A category's office handles it, unless the county has no such office any more."""
    assert route(Kind(office_code="roads"), CHAIN, [], [ROADS]) == Target("office", "o-roads", "", "category_office")
    assert route(Kind(office_code="roads", level="town"), CHAIN, [], [RIVERS]).id == "town"


def test_an_exception_goes_before_all() -> None:
    """On its ground an office handles what the exception names, whatever the category says, and nothing else."""
    mine = exception("a", SQUARE, "szcg-event:0110")
    assert route(Kind(office_code="rivers"), CHAIN, [mine], [ROADS, RIVERS]).why == "exception"
    assert route(Kind(scheme="szcg-object"), CHAIN, [mine], [ROADS]).why == "nearest"
    assert route(Kind(code="0111"), CHAIN, [exception("b", SQUARE)], [ROADS]).id == "o-roads", "none named is all"
    assert route(Kind(), CHAIN, [mine], []).why == "nearest", "an office that is gone handles nothing"
    assert mine.covers(0.0, 0.5) and not mine.covers(1.1, 0.5)


@given(st.permutations(range(4)))
def test_of_several_the_smallest_ground_counts(order: list[int]) -> None:
    """A bridge inside a road inside a town: whatever the order they come in, the smallest, then the first by id."""
    known = [
        exception("wide", shapely.box(0, 0, 9, 9), office=RIVERS),
        exception("b", SQUARE),
        exception("a", SQUARE, office=RIVERS),
        exception("small, but of other categories", shapely.box(0, 0, 0.1, 0.1), "0404"),
    ]
    assert route(Kind(), CHAIN, [known[at] for at in order], [ROADS, RIVERS]).id == "o-rivers"


def test_nowhere_is_refused() -> None:
    """Without a unit around the place there must be an office; else somebody must look at the place."""
    assert route(Kind(office_code="roads"), [], [], [ROADS]).id == "o-roads"
    with pytest.raises(Problem, match=r"route\.no_ground"):
        route(Kind(), [], [], [ROADS])


def test_references_are_checked() -> None:
    """A code that means nothing is a slip of the pen; one said twice counts once."""
    known = list_shipped()
    assert references_of(["0110", " 0110", "sanzhang:21"], known) == ("0110", "sanzhang:21")
    for wrong, code in ((["0999"], "route.unknown_category"), (["x"] * 3, "route.unknown_category"),
                        ([str(n) for n in range(201)], "route.too_many")):  # fmt: skip
        with pytest.raises(Problem, match=code):
            references_of(wrong, known)
    assert checked_name({"name": " 国道 "}) == "国道"
    with pytest.raises(Problem, match=r"route\.no_name"):
        checked_name({"name": " "})
