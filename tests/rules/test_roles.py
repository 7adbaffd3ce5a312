"""Roles: the table, what excludes what, and who may give which to whom."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.actors import OPERATOR, RIGHTS, Actor, Grant
from geodata.rules.problems import Problem
from survey.rules import roles
from survey.rules.roles import Account, HeldRole

NOBODY_THERE: frozenset[str] = frozenset()
WITH_SECURITY = frozenset({"administrator", "security_admin"})
PATHS = ["", "431382/", "431382/101/", "431382/101/001/", "431382/102/"]


def holder(*held: tuple[str, str], id: str = "me") -> Actor:
    return Actor(id, id, roles.grants_of(HeldRole(role, path, path) for role, path in held))


def account(*held: tuple[str, str | None], id: str = "other") -> Account:
    made = dt.datetime(2026, 3, 6, tzinfo=dt.UTC)
    return Account(id, id, id, False, False, made, roles=tuple(HeldRole(r, p or "gone", p) for r, p in held))


def refusal(actor: Actor, role: str, path: str, seats: frozenset[str], account_id: str = "other") -> str:
    try:
        roles.check_may_give(actor, account_id, [HeldRole(role, path, path)], seats)
    except Problem as problem:
        return problem.code
    return ""


def test_every_right_of_the_table_is_known() -> None:
    """No role names a right that no route could ask for, and each right is some role's."""
    assert set().union(*roles.ROLES.values()) == set(RIGHTS)


def test_the_docstring_shows_the_table_as_it_is() -> None:
    """The table people read is the table that holds."""
    lines = (roles.__doc__ or "").splitlines()
    for role, rights in roles.ROLES.items():
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{role} "))
        more = itertools.takewhile(lambda line: line.startswith(" " * 17), lines[at + 1 :])
        told = "".join(row[17:81] for row in (lines[at], *more)).replace(" ", "")
        assert set(told.split(",")) == rights


def test_the_three_offices_share_no_power() -> None:
    """三员分立: who makes accounts does not give roles, and neither reads the audit or a home."""
    powers = {"accounts", "settings", "grant", "audit"}
    for role in roles.EXCLUSIVE:
        others = set().union(*(roles.ROLES[o] for o in roles.EXCLUSIVE - {role}))
        assert not (roles.ROLES[role] & powers & others)
        assert not roles.ROLES[role] & {"see_homes", "unmask", "import", "draft", "publish"}


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ([("administrator", ""), ("audit_admin", "")], "role.exclusive"),
        ([("administrator", ""), ("administrator", "431382/"), ("county_cadre", "")], ""),
        ([("mayor", "")], "role.unknown"),
        ([("leader", None)], "role.no_unit"),
        ([("chief", "431382/101/001/")], "role.by_post"),
        ([("office_staff", "")], "role.no_office"),
        ([], ""),
    ],
)
def test_roles_of_one_account(held: list[tuple[str, str | None]], code: str) -> None:
    """Unknown roles, two of the three offices and units that are gone are refused by name."""
    wanted = [HeldRole(role, path or "gone", path) for role, path in held]
    if not code:
        roles.check_roles(wanted)
        return
    with pytest.raises(Problem) as refused:
        roles.check_roles(wanted)
    assert refused.value.code == code


def test_the_first_account_can_start_a_county_alone() -> None:
    """Its two roles go together and let it make accounts and load the county, but not give itself an office."""
    roles.check_roles([HeldRole(role, "") for role in roles.FIRST_ROLES])
    first = holder(*((role, "") for role in roles.FIRST_ROLES))
    assert {"accounts", "import", "draft", "publish"} <= set(first.rights)
    assert refusal(first, "county_cadre", "", frozenset({"administrator"})) == ""
    assert refusal(first, "audit_admin", "", frozenset({"administrator"}), "me") == "role.own"


def test_an_administrator_fills_empty_seats_only() -> None:
    """The seats beside one's own may be filled while they are empty, then never again."""
    admin = holder(("administrator", ""))
    assert refusal(admin, "security_admin", "", frozenset({"administrator"})) == ""
    assert refusal(admin, "audit_admin", "", frozenset({"administrator", "audit_admin"})) == "role.beyond"
    assert refusal(admin, "audit_admin", "", WITH_SECURITY) == "role.beyond"


def test_a_security_administrator_alone_gives_roles_once_there() -> None:
    """With the office filled, the administrator's own giving ends."""
    assert refusal(holder(("administrator", "")), "leader", "", WITH_SECURITY) == "role.beyond"
    assert refusal(holder(("security_admin", "431382/")), "county_cadre", "431382/", WITH_SECURITY) == ""
    assert refusal(holder(("security_admin", "431382/101/")), "leader", "431382/", WITH_SECURITY) == "role.beyond"


@given(
    st.lists(st.tuples(st.sampled_from(sorted(roles.ROLES)), st.sampled_from(PATHS)), max_size=4),
    st.sampled_from(sorted(roles.ROLES)),
    st.sampled_from(PATHS),
    st.booleans(),
)
def test_nobody_gives_more_than_they_hold(held: list[tuple[str, str]], role: str, path: str, separated: bool) -> None:
    """Without the office of giving, a gift lies within the giver's own rights and ground, or fills an empty seat."""
    actor = holder(*held)
    seats = WITH_SECURITY if separated else frozenset({"administrator"})
    if refusal(actor, role, path, seats):
        return
    assert actor.scope("grant").covers(path) or (actor.scope("accounts").covers(path) and not separated)
    if not actor.scope("grant").covers(path) and role not in {"security_admin", "audit_admin"}:
        wanted = {"desk" if right == "office" else right for right in roles.ROLES[role]}
        assert all(actor.scope(right).covers(path) for right in wanted)


@given(st.sampled_from(sorted(roles.ROLES)), st.sampled_from(PATHS))
def test_nobody_changes_their_own_roles(role: str, path: str) -> None:
    """Not even the operator's rights on an account of one's own would do."""
    everything = Actor("me", "me", (Grant("operator", "", frozenset(RIGHTS)),))
    assert refusal(everything, role, path, NOBODY_THERE, "me") == "role.own"


def test_an_office_is_staffed_by_who_runs_the_desk() -> None:
    """Nobody but its staff holds what an office may do: who calls offices in gives it, and it names its office."""
    first = holder(("administrator", ""), ("county_cadre", ""))
    assert refusal(first, "office_staff", "", frozenset({"administrator"})) == ""
    assert refusal(holder(("administrator", "")), "office_staff", "", frozenset({"administrator"})) == "role.beyond"
    roles.check_roles([HeldRole("office_staff", "")], "water")


def test_posts_and_the_village_are_ground_too() -> None:
    """What an officer's posts give, and their village, count when it is asked whose an account is to see and manage."""
    made = dt.datetime(2026, 3, 6, tzinfo=dt.UTC)
    post = HeldRole("chief", "u", "431382/101/001/01/")
    one = Account("a", "a", "a", False, False, made, posts=(post,), home="431382/101/001/")
    assert roles.actor_of(one).scope("see_homes").paths == ("431382/101/001/01/",)
    assert roles.home_path(one) == "431382/101/001/"
    assert roles.may_manage(holder(("administrator", "431382/101/")), one)
    assert not roles.may_manage(holder(("administrator", "431382/102/")), one)
    left = Account("a", "a", "a", False, False, made, home="431382/101/001/")
    assert not roles.may_manage(holder(("administrator", "431382/102/")), left)


def test_who_may_manage_whom() -> None:
    """An account is managed by who has all its ground; the offices that watch are out of the administrator's reach."""
    town, county = holder(("administrator", "431382/101/")), holder(("administrator", ""))
    assert roles.may_manage(town, account(("village_cadre", "431382/101/001/")))
    assert not roles.may_manage(town, account(("village_cadre", "431382/101/001/"), ("leader", "431382/102/")))
    assert roles.may_manage(town, account())
    assert roles.may_manage(town, account(("leader", None)))
    assert not roles.may_manage(county, account(("audit_admin", "")))
    assert roles.may_manage(OPERATOR, account(("audit_admin", "")))
    assert not roles.may_manage(holder(("security_admin", "")), account(("leader", "")))
    assert not roles.may_manage(holder(("county_cadre", "")), account())


def test_a_role_over_a_unit_that_is_gone_gives_nothing() -> None:
    """A redraw that closes a unit ends what was held over it, rather than widening it."""
    assert roles.actor_of(account(("county_cadre", None))).rights == ()


@pytest.mark.parametrize(
    ("held", "home"),
    [
        ([], ""),
        ([("leader", "")], ""),
        ([("leader", None)], ""),
        ([("leader", "431382/101/001/")], "431382/101/001/"),
        ([("leader", "431382/101/001/"), ("leader", "431382/101/002/")], "431382/101/"),
        ([("leader", "431382/101/"), ("leader", "431382/101/002/")], "431382/101/"),
        ([("leader", "431382/101/"), ("leader", "431382/1010/")], "431382/"),
    ],
)
def test_home_path(held: list[tuple[str, str | None]], home: str) -> None:
    """An account's audit rows are filed under the smallest ground that holds all its roles."""
    assert roles.home_path(account(*held)) == home


def test_accounts_are_listed_by_both_offices() -> None:
    """Who manages accounts and who gives roles both see the accounts on their ground."""
    assert roles.sees_accounts(holder(("administrator", "431382/"))).covers("431382/101/")
    assert roles.sees_accounts(holder(("security_admin", "431382/"))).covers("431382/101/")
    assert roles.sees_accounts(holder(("county_cadre", ""))).paths == ()


def test_county_wide() -> None:
    """All ground and a county are county-wide; a town and a unit that is gone are not."""
    assert [roles.is_county_wide(path) for path in ("", "431382/", "431382/101/", None)] == [True, True, False, False]
