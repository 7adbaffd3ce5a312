"""Posts over time, who stands in while one is vacant, and what a change of the net does to them."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from survey.rules import chiefs
from survey.rules.chiefs import Answering, Passed, Place, Term

DAY0 = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAY = [DAY0 + dt.timedelta(days=n) for n in range(8)]
NET = {
    p.id: p
    for p in (
        Place("v", "village", "t"), Place("p", "pian", "v"), Place("z", "zu", "p"), Place("y", "zu", "p"),
        Place("l1", "lin", "z"), Place("l2", "lin", "z"), Place("l3", "lin", "y"),
    )
}  # fmt: skip


def term(unit: str, who: str, first: int = 0, last: int | None = None, post: str = "chief") -> Term:
    until = None if last is None else DAY[last]
    level = NET[unit].level if unit in NET else "lin"
    return Term(f"{unit}{who}{first}", who, unit, level, post, DAY[first], until)


def without(*ids: str) -> dict[str, Place]:
    return {key: place for key, place in NET.items() if key not in ids}


def test_a_post_is_held_from_its_first_instant_to_before_its_last() -> None:
    """At the moment of a change the successor holds the post, and nobody else."""
    terms = [term("l1", "a", 0, 3), term("l1", "b", 3), term("l1", "c", 2, post="volunteer")]
    held = [chiefs.holder(terms, "l1", at) for at in (DAY0 - dt.timedelta(1), DAY[0], DAY[2], DAY[3], DAY[7])]
    assert [found and found.officer_id for found in held] == [None, "a", "a", "b", "b"]
    assert chiefs.holder(terms, "l1", DAY[2], "volunteer") == terms[2]
    assert chiefs.chiefs_at(terms, DAY[4]) == {"l1": "b"}


def test_vacancies_are_the_posts_nobody_holds() -> None:
    """Units with a chief and no holder, the village itself left out."""
    terms = [term("p", "a"), term("z", "b"), term("l1", "c", 0, 2)]
    assert chiefs.vacancies(NET.values(), terms, DAY[1]) == ["y", "l2", "l3"]
    assert chiefs.vacancies(NET.values(), terms, DAY[2]) == ["y", "l1", "l2", "l3"]


def test_while_a_post_is_vacant_the_one_above_answers() -> None:
    """邻长, else 组长, else 片长, else the village."""
    for held, expected in (
        ({"l1": "a", "z": "b"}, Answering("l1", "a")),
        ({"z": "b", "p": "c"}, Answering("z", "b")),
        ({"p": "c"}, Answering("p", "c")),
        ({}, Answering("v", None)),
    ):
        assert chiefs.answering(NET, held, "l1") == expected
    assert chiefs.answering({}, {}, "gone") == Answering("gone", None)
    assert chiefs.answering({"z": NET["z"]}, {}, "z") == Answering("z", None)


def test_one_person_has_one_post_a_level() -> None:
    """A 邻长 cannot be 邻长 twice, may be 组长 too, and a lawyer may advise two villages."""
    terms = [term("l1", "a"), term("l2", "b", 0, 2), term("z", "c", post="lawyer")]
    assert chiefs.post_taken(terms, "a", "lin", "chief", DAY[1]) == terms[0]
    assert chiefs.post_taken(terms, "a", "zu", "chief", DAY[1]) is None
    assert chiefs.post_taken(terms, "b", "lin", "chief", DAY[2]) is None
    assert chiefs.post_taken(terms, "c", "zu", "chief", DAY[2]) is None
    assert chiefs.post_taken(terms, "a", "lin", "lawyer", DAY[2]) is None


def test_a_unit_that_is_gone_ends_its_post_and_its_homes_pass_on() -> None:
    """l1 is dissolved: two homes to l2 whose chief stays, three to a new and vacant 邻, so to its 组长."""
    after = without("l1") | {"l4": Place("l4", "lin", "z")}
    terms = [term("l1", "a"), term("l2", "b"), term("z", "c")]
    done = chiefs.after_change(NET, after, terms, {("l1", "l2"): 2, ("l1", "l4"): 3})
    assert done.ended == (terms[0],)
    assert done.kept == (terms[1], terms[2])
    assert done.vacant == ("l4",)
    assert done.passed == (Passed("l1", "a", Answering("l2", "b"), 2), Passed("l1", "a", Answering("z", "c"), 3))


def test_homes_that_cross_groups_pass_on_at_both_levels() -> None:
    """From l1 of 组 z to l3 of 组 y: the 邻长 and the 组长 hand over, the 片长 above both does not."""
    terms = [term("l1", "a"), term("l3", "b"), term("z", "c"), term("y", "d"), term("p", "e")]
    done = chiefs.after_change(NET, NET, terms, {("l1", "l3"): 4})
    assert (done.ended, done.vacant) == ((), ())
    assert done.passed == (Passed("l1", "a", Answering("l3", "b"), 4), Passed("z", "c", Answering("y", "d"), 4))


def test_what_nobody_held_is_handed_over_by_nobody() -> None:
    """A first publication passes nothing on; neither does a move to a 邻 that the same person answers for."""
    first = {key: place for key, place in NET.items() if place.level in ("village", "zu")}
    done = chiefs.after_change(first, NET, [], {("z", "l1"): 9})
    assert (done.passed, set(done.vacant)) == ((), {"p", "l1", "l2", "l3"})
    stands_in = [term("z", "a"), term("l2", "a")]
    assert chiefs.after_change(NET, NET, stands_in, {("l2", "l1"): 3}).passed == ()


def test_homes_that_leave_for_a_unit_without_that_level_go_to_what_holds_them() -> None:
    """Undoing a draft puts homes back into the 组 itself: the 邻长 hands over to the 组长."""
    terms = [term("l1", "a"), term("z", "c")]
    done = chiefs.after_change(NET, without("l1", "l2", "l3"), terms, {("l1", "z"): 5})
    assert done.passed == (Passed("l1", "a", Answering("z", "c"), 5),)


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.sampled_from(["l1", "l2", "l3", "z", "y", "p"])),
    st.sets(st.sampled_from(["l1", "l2", "l3"])),
    st.dictionaries(
        st.tuples(st.sampled_from(["l1", "l2", "l3"]), st.sampled_from(["l1", "l2", "l3"])), st.integers(1, 9)
    ),
)
def test_every_post_ends_or_stays_and_no_home_is_passed_to_nobody(
    held: set[str], gone: set[str], moved: dict[tuple[str, str], int]
) -> None:
    """Ended and kept are all the terms; who receives a home is no longer its giver and holds a post that stayed."""
    terms = [term(unit, f"o-{unit}") for unit in sorted(held)]
    after = without(*gone)
    moved = {(a, b): n for (a, b), n in moved.items() if a != b and b not in gone}
    done = chiefs.after_change(NET, after, terms, moved)
    assert sorted(t.id for t in done.ended + done.kept) == sorted(t.id for t in terms)
    assert {t.unit_id for t in done.ended} == held & gone
    still = {t.officer_id for t in done.kept}
    for passed in done.passed:
        assert passed.homes > 0
        assert passed.to.officer_id != passed.from_officer
        assert passed.to.officer_id is None or passed.to.officer_id in still
