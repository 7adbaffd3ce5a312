"""Who is due for a visit, what a phone may send of one, and in which order homes are walked to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from survey.rules import demo_visits, rounds, visit_report, visits

PLAIN = Profile()
ERRANDS = [one["kind"] for one in PLAIN.errands]
HOME = "00000000-0000-4000-8000-000000000001"
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
RANK = {state: n for n, state in enumerate(visits.STATES)}


def shanghai(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """Return a moment by the county's clock."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def state(now: dt.datetime, last: dt.datetime | None, priority: bool = False, since: Any = None) -> visits.Owed:
    """Return how a home stands that has long been known."""
    return visits.owed(PLAIN, now, priority=priority, last=last, known_since=since or shanghai(2020, 1, 1))


def test_an_ordinary_home_is_owed_a_visit_each_calendar_quarter() -> None:
    """Done until the quarter ends, due through the next one, overdue from the day after that (F01)."""
    last = shanghai(2026, 1, 2)
    assert state(shanghai(2026, 3, 31, 23, 59), last) == visits.Owed("done", dt.date(2026, 6, 30))
    assert state(shanghai(2026, 4, 1, 0, 0), last) == visits.Owed("due", dt.date(2026, 6, 30))
    assert state(shanghai(2026, 6, 30, 23, 59), last).state == "due"
    assert state(shanghai(2026, 7, 1, 0, 0), last).state == "overdue"


def test_a_priority_home_is_owed_a_visit_each_calendar_month() -> None:
    """The month is that of Shanghai: 16:00 UTC on the 31st is the next month there (F02)."""
    last = dt.datetime(2026, 1, 31, 15, 59, tzinfo=dt.UTC)
    assert state(shanghai(2026, 2, 1, 0, 0), last, priority=True).state == "due"
    assert state(shanghai(2026, 2, 1, 0, 0), last + dt.timedelta(minutes=1), priority=True).state == "done"
    assert state(shanghai(2026, 3, 1, 0, 0), last, priority=True) == visits.Owed("overdue", dt.date(2026, 2, 28))


def test_a_home_nobody_visited_owes_from_the_first_whole_period() -> None:
    """A home that became known in a quarter is due by the end of the next and overdue after it."""
    since = shanghai(2026, 2, 10)
    assert state(shanghai(2026, 3, 1), None, since=since) == visits.Owed("due", dt.date(2026, 6, 30))
    assert state(shanghai(2026, 7, 1), None, since=since).state == "overdue"


def test_a_county_that_owes_nothing_has_nobody_overdue() -> None:
    """The profile may leave visits to the people: then every home is done and none has a day."""
    free = Profile.from_dict({"visit_every": "", "visit_priority_every": "year"})
    assert visits.owed(free, shanghai(2026, 7, 1), priority=False, last=None, known_since=shanghai(2020, 1, 1)) == (
        visits.Owed("done", None)
    )
    assert visits.marks(free, shanghai(2026, 7, 1), priority=False) == visits.Marks(None, None)
    assert visits.marks(free, shanghai(2026, 7, 1), priority=True).this == shanghai(2026, 1, 1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"visit_every": "week"},
        {"visit_outcomes": ["gone"]},
        {"errands": []},
        {"errands": [{"kind": "a", "name": "甲"}]},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_profile_of_visits_nobody_can_make_is_refused(wrong: dict[str, Any]) -> None:
    """Periods, outcomes and errands that there are not are told by their key."""
    with pytest.raises(Problem, match=r"profile\.bad_visits"):
        Profile.from_dict(wrong)


@given(MOMENTS, MOMENTS, st.booleans(), st.integers(0, 400))
def test_a_home_never_gets_better_by_waiting(last: dt.datetime, now: dt.datetime, priority: bool, days: int) -> None:
    """From done to due to overdue, and in no other order, while time goes by without a visit."""
    earlier, later = max(last, now), max(last, now) + dt.timedelta(days=days)
    assert RANK[state(later, last, priority).state] <= RANK[state(earlier, last, priority).state]
    assert state(last, last, priority).state == "done"


@given(MOMENTS, MOMENTS, st.booleans())
def test_marks_sort_as_each_home_is_judged(last: dt.datetime, now: dt.datetime, priority: bool) -> None:
    """What the store compares with two moments is what the rule says of each home."""
    now = max(last, now)
    held = visits.marks(PLAIN, now, priority=priority)
    assert held.this is not None and held.before is not None
    by_marks = "done" if last >= held.this else "due" if last >= held.before else "overdue"
    assert by_marks == state(now, last, priority).state


def test_only_meeting_somebody_makes_a_visit() -> None:
    """Nobody at home is written down, but the home stays due; an errand is no visit."""
    assert [one for one in visits.OUTCOMES if visits.counts(PLAIN, "visit", one)] == ["home", "refused", "moved"]
    assert not visits.counts(PLAIN, "errand", "home")


def test_a_visit_is_read_as_it_was_sent() -> None:
    """One tap is enough: a home and how it went; a note may be said."""
    found = visit_report.read_visit({"kind": "visit", "outcome": "home", "household": HOME, "note": " 好 "}, ERRANDS)
    assert (found.household_id, found.note, found.device_at, found.unreadable) == (HOME, "好", None, False)
    errand = visit_report.read_visit({"kind": "errand", "outcome": "medicine", "unit": HOME}, ERRANDS)
    assert (errand.outcome, errand.unit_id) == ("medicine", HOME)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "patrol"}, "kind"), ({"outcome": "medicine"}, "outcome"), ({"household": ""}, "household"),
        ({"household": "7"}, "household"), ({"note": "长" * 201}, "note"), ({"note": 7}, "note"),
        ({"kind": "errand", "outcome": "other", "household": ""}, "unit"),
    ],
    ids=["kind", "outcome", "no-home", "bad-home", "long-note", "bad-note", "errand-nowhere"],
)  # fmt: skip
def test_a_wrong_visit_is_told_by_its_field(more: dict[str, Any], field: str) -> None:
    """What is missing or not of its kind is named."""
    with pytest.raises(Problem) as refused:
        visit_report.read_visit({"kind": "visit", "outcome": "home", "household": HOME, **more}, ERRANDS)
    assert (refused.value.code, refused.value.values["field"]) == ("visit.field", field)


def test_an_errand_of_a_kind_nobody_knows_is_refused() -> None:
    """Kinds are the county's data."""
    with pytest.raises(Problem, match=r"visit\.unknown_errand"):
        visit_report.read_visit({"kind": "errand", "outcome": "magic", "household": HOME}, ERRANDS)


def test_a_finding_says_which_home_or_where() -> None:
    """A new home needs its place and what it is, one gone or wrong the home itself."""
    new = {"kind": "new", "lon": 111.6, "lat": 27.7, "told": {"address": "新屋"}}
    assert visit_report.read_finding(new).place == (111.6, 27.7)
    assert visit_report.read_finding({"kind": "gone", "household": HOME}).told == {}
    for body, field in (
        ({**new, "lon": None, "lat": None}, "lon"), ({**new, "lat": 91}, "lat"), ({**new, "told": {}}, "told"),
        ({"kind": "gone"}, "household"), ({"kind": "wrong", "household": HOME}, "told"),
        ({"kind": "wrong", "household": HOME, "told": "x"}, "told"),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            visit_report.read_finding(body)
        assert (refused.value.code, refused.value.values["field"]) == ("finding.field", field)


@pytest.mark.parametrize(
    ("off", "believed"),
    [
        (dt.timedelta(days=-3 * 365), False), (dt.timedelta(hours=-8), True), (dt.timedelta(days=1), False),
        (dt.timedelta(days=3650), False), (dt.timedelta(minutes=4), True), (dt.timedelta(days=-59), True),
        (dt.datetime(2038, 1, 19, 3, 14, 8, tzinfo=dt.UTC) - dt.datetime(2026, 3, 6, tzinfo=dt.UTC), False),
    ],
    ids=["-3y", "-8h", "+1d", "+10y", "+4min", "-59d", "2038"],
)  # fmt: skip
def test_a_phones_clock_is_believed_within_bounds(off: dt.timedelta, believed: bool) -> None:
    """From 60 days ago to five minutes ahead the phone's moment counts; else the server's, and it is off (F-26)."""
    now = dt.datetime(2026, 3, 6, tzinfo=dt.UTC)
    at, skewed = visit_report.moment(now + off, now)
    assert skewed is not believed
    assert at == (min(now + off, now) if believed else now)


def test_a_moment_without_a_zone_or_with_a_leap_second_is_no_moment() -> None:
    """What cannot be read is told as a clock that is off, never taken for another moment (F-26)."""
    for told in ("2026-03-06T10:00:00", "2016-12-31T23:59:60Z", "yesterday"):
        found = visit_report.read_visit(
            {"kind": "visit", "outcome": "home", "household": HOME, "device_at": told}, ERRANDS
        )
        assert (found.device_at, found.unreadable) == (None, True)


PLACES = st.lists(
    st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=1, max_size=9
).map(lambda found: np.array(found, dtype=float))  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(PLACES, st.booleans())
def test_a_round_sees_every_home_once_and_is_never_longer_than_nearest_next(places: Any, from_here: bool) -> None:
    """A permutation of the homes, no longer than always going to the nearest one."""
    start = np.array([0.0, 0.0]) if from_here else None
    order, simple = rounds.short_round(places, start), rounds.nearest_next(places, start)
    assert sorted(order) == sorted(simple) == list(range(len(places)))
    assert rounds.walk_m(places, order, start) <= rounds.walk_m(places, simple, start) + 1e-6


def test_a_round_finds_the_way_that_nearest_next_misses() -> None:
    """Homes to the left and right of where one stands: nearest-next runs to and fro, the round does not."""
    places = np.array([[1.0, 0], [-2.1, 0], [5.0, 0], [-11.0, 0]])
    start = np.array([0.0, 0.0])
    assert rounds.walk_m(places, rounds.nearest_next(places, start), start) > 27
    assert rounds.walk_m(places, rounds.short_round(places, start), start) == pytest.approx(21)
    assert rounds.short_round(np.empty((0, 2))) == []


def test_an_invented_county_is_visited_far_less_than_the_rule_asks() -> None:
    """1.3 visits a home in 400 days, unevenly by 邻, more to 重点 homes, the same for the same seed (F05, D16)."""
    lin, priority = np.repeat(np.arange(200), 10), np.arange(2000) % 10 == 0
    made = demo_visits.invent(lin, priority, ERRANDS, np.random.default_rng(3))
    again = demo_visits.invent(lin, priority, ERRANDS, np.random.default_rng(3))
    visited = made.home[~made.is_errand]
    assert len(visited) == round(2000 * 48 / 38) and len(set(made.ids)) == len(made.ids) and made.ids == again.ids
    assert made.is_errand.sum() == round(2000 * demo_visits.ERRANDS_PER_HOME_YEAR * 400 / 365)
    seen = np.bincount(visited, minlength=2000)
    assert seen[priority].mean() > 2 * seen[~priority].mean()
    by_lin = np.bincount(lin[visited], minlength=200)
    assert by_lin.std() > by_lin.mean() / 2
    assert {one for one, is_errand in zip(made.outcome, made.is_errand, strict=True) if is_errand} <= set(ERRANDS)
    assert 0 < made.age_days.min() < made.age_days.max() <= 400
    assert not len(demo_visits.invent(lin[:0], priority[:0], ERRANDS, np.random.default_rng(3)).ids)
