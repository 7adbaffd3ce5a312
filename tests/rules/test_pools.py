"""From whom a post is taken, and who may fill it."""

from __future__ import annotations

import pytest

from geodata.rules.actors import EVERYWHERE, Scope
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from survey.rules import pools
from survey.rules.pools import Person

COUNTY, TOWN, VILLAGE = "1/", "1/2/", "1/2/3/"


def test_the_pools_of_the_reports_are_the_default() -> None:
    """片长 from 两委 (B03), 组长 from 小组长 or compound heads (B04), 邻长 from everybody (B05), elected (B01)."""
    profile = Profile()
    assert pools.pool_of(profile, "pian") == {"两委"}
    assert pools.pool_of(profile, "zu") == {"小组长", "单位小区负责人"}
    assert pools.pool_of(profile, "lin") == frozenset()
    assert [pools.is_elected(profile, level) for level in ("pian", "zu", "lin")] == [False, False, True]
    assert [pools.lives_inside_only(level) for level in ("pian", "zu", "lin")] == [False, False, True]


def test_a_county_may_have_other_pools() -> None:
    """A county whose 邻长 are the elected representatives (B06) names that tag; a party member needs none."""
    profile = Profile.from_dict({"chief_pools": {"lin": ["村民代表", "党员"]}, "elected_levels": []})
    pool = pools.pool_of(profile, "lin")
    assert pools.may_be_proposed(Person("a", frozenset({"村民代表"})), pool)
    assert pools.may_be_proposed(Person("b", party=True), pool)
    assert not pools.may_be_proposed(Person("c"), pool)
    assert pools.pool_of(profile, "zu") == frozenset()


@pytest.mark.parametrize(
    ("person", "outside", "expected"),
    [
        (Person("a", frozenset({"两委"})), False, []),
        (Person("a", frozenset({"两委"}), vetting="failed"), False, ["vetting"]),
        (Person("a", frozenset({"小组长"}), away=True), True, ["pool", "away", "outside"]),
        (Person("a", frozenset({"两委"}), retired=True, vetting="passed"), False, ["retired"]),
    ],
)
def test_what_speaks_against_a_person_is_told(person: Person, outside: bool, expected: list[str]) -> None:
    """Outside the pool, away for long (B11), vetting failed (B09), living elsewhere: each by its name."""
    assert pools.objections(person, frozenset({"两委"}), outside=outside) == expected


def test_a_backbone_is_of_the_party() -> None:
    """党员骨干 are party members, other seats of a team are anybody's (B07)."""
    assert pools.may_be_proposed(Person("a", party=True), pools.pool_of_role("backbone"))
    assert not pools.may_be_proposed(Person("b"), pools.pool_of_role("backbone"))
    assert pools.may_be_proposed(Person("b"), pools.pool_of_role("volunteer"))
    assert pools.objections(Person("b"), frozenset(), elsewhere=True) == ["elsewhere"]


def test_a_village_fills_the_posts_of_its_smallest_units_alone() -> None:
    """County and town fill every post of their ground, a village those of its 邻, nobody another's."""
    for scope, level, allowed in (
        (EVERYWHERE, "pian", True), (Scope((COUNTY,)), "zu", True), (Scope((TOWN,)), "pian", True),
        (Scope((VILLAGE,)), "lin", True), (Scope((VILLAGE,)), "zu", False), (Scope((VILLAGE,)), "village", False),
        (Scope(("1/4/",)), "lin", False), (Scope(()), "lin", False), (Scope(("1/4/", VILLAGE)), "pian", False),
    ):  # fmt: skip
        assert pools.may_appoint(scope, "1/2/3/01/", level) is allowed, (scope, level)


def test_a_team_has_the_seats_of_the_profile() -> None:
    """1 + 1 + 3 a 片 and a lawyer a village, where the county says so (B07, B22)."""
    team = {"pian": {"backbone": 1, "liaison": 1, "volunteer": 3, "rider": 0}, "village": {"lawyer": 1}}
    profile = Profile.from_dict({"team": team})
    assert pools.seats(profile, "pian") == {"chief": 1, "backbone": 1, "liaison": 1, "volunteer": 3}
    assert pools.seats(profile, "village") == {"lawyer": 1}
    assert list(pools.levels_with_posts(profile)) == ["village", "pian", "zu", "lin"]
    assert list(pools.levels_with_posts(Profile())) == ["pian", "zu", "lin"]


@pytest.mark.parametrize(
    "values",
    [{"chief_pools": {"town": []}}, {"elected_levels": ["county"]}, {"team": {"town": {}}}, {"team": {"zu": {"x": -1}}},
     {"team": {"zu": {"x": True}}}],
)  # fmt: skip
def test_posts_that_no_net_has_are_refused(values: dict[str, object]) -> None:
    """A pool, an election or a team of a level without posts is a slip, and told."""
    with pytest.raises(Problem, match=r"profile\.bad_posts"):
        Profile.from_dict(values)
