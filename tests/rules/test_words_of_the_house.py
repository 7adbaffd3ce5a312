"""The small rules that everything else speaks with: profile, masks, scopes, problems, paths."""

from __future__ import annotations

import doctest
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules import masks, numbering, partition, profile, tiles, units
from geodata.rules.actors import EVERYWHERE, OPERATOR, RIGHTS, Actor, Grant, Scope
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level


@pytest.mark.parametrize("module", [masks, numbering, partition, profile, tiles, units], ids=lambda m: m.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_a_profile_comes_back_as_it_was_kept() -> None:
    """The county's parameters survive being stored, and unknown keys or senseless bounds are refused."""
    assert Profile.from_dict(Profile(lin_homes_max=12).to_dict()) == Profile(lin_homes_max=12)
    with pytest.raises(Problem, match=r"profile\.unknown_key"):
        Profile.from_dict({"lin_homes": 3})
    with pytest.raises(Problem, match=r"profile\.bad_bounds"):
        Profile.from_dict({"lin_homes_min": 9, "lin_homes_max": 8})


@given(st.text(max_size=30))
def test_a_mask_never_shows_the_end_of_a_name(text: str) -> None:
    """A masked name is as long as the name and shows no more than a surname."""
    masked = masks.name(text)
    assert len(masked) == len(text)
    assert set(masked[2:]) <= {"*"}


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_a_masked_phone_shows_seven_digits(phone: str) -> None:
    """Of eleven digits the four in the middle are hidden."""
    assert masks.phone(phone) == f"{phone[:3]}****{phone[-4:]}"


def test_a_scope_is_the_ground_where_a_right_is_held() -> None:
    """Nested grounds are one; a right nobody gave has no ground; a misspelt right is a defect, not a refusal."""
    actor = Actor(
        "1",
        "x",
        (
            Grant("a", "431382/", frozenset({"see"})),
            Grant("b", "431382/101/", frozenset({"see", "draft"})),
        ),
    )
    assert actor.scope("see").paths == ("431382/",)
    assert actor.scope("draft").covers("431382/101/001/")
    assert not actor.scope("draft").covers("431382/1010/")
    assert actor.rights == ("see", "draft")
    assert not actor.may("publish")
    with pytest.raises(ValueError, match="no such right"):
        actor.scope("fly")
    with pytest.raises(Problem, match=r"scope\.outside"):
        Scope(()).require("431382/")
    EVERYWHERE.require("431382/")
    assert OPERATOR.rights == RIGHTS


def test_a_refusal_keeps_its_values_on_the_way_from_a_worker() -> None:
    """A Problem raised in another process arrives with its code and values."""
    there = pickle.loads(pickle.dumps(Problem("a.b", code=3, row=7)))
    assert (there.code, there.values) == ("a.b", {"code": 3, "row": 7})


def test_levels_run_from_the_county_to_the_lin() -> None:
    """The depth of a level is its place below the county."""
    assert [level.depth for level in Level] == [0, 1, 2, 3, 4, 5]
