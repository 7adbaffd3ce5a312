"""Which moment a date means, what is refused, and what a past scope covers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.actors import Scope
from geodata.rules.asof import COUNTY_TIME, PastScope, moment_of, uppermost
from geodata.rules.problems import Problem

NOW = dt.datetime(2026, 11, 22, 9, 45, tzinfo=dt.UTC)  # 17:45 in the county
DAYS = st.dates(dt.date(1949, 1, 1), dt.date(2026, 11, 21))


@given(DAYS)
@settings(max_examples=60)
def test_a_date_is_the_end_of_its_day_in_the_county(day: dt.date) -> None:
    """The last microsecond before midnight in Beijing: the next day's first is not part of it."""
    moment = moment_of(day.isoformat(), NOW)
    assert moment is not None
    assert moment.astimezone(COUNTY_TIME).date() == day
    assert (moment + dt.timedelta(microseconds=1)).astimezone(COUNTY_TIME).date() == day + dt.timedelta(days=1)


@pytest.mark.parametrize("text", ["", "  ", "2026-11-22", " 2026-11-22 "])
def test_a_day_not_yet_over_is_now(text: str) -> None:
    """Today has no end yet, and nothing asked is nothing asked."""
    assert moment_of(text, NOW) is None


def test_the_day_turns_in_the_county_and_not_in_london() -> None:
    """At 16:30 UTC it is tomorrow in the county: yesterday's date is over."""
    late = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)
    assert moment_of("2026-11-22", late) == dt.datetime(2026, 11, 22, 15, 59, 59, 999999, dt.UTC)
    assert moment_of("2026-11-23", late) is None


@pytest.mark.parametrize(("text", "utc"), [
    ("2026-03-06T14:20", "2026-03-06T06:20:00+00:00"),
    ("2026-03-06T06:20:30Z", "2026-03-06T06:20:30+00:00"),
    ("2026-03-06T14:20:30.123456+08:00", "2026-03-06T06:20:30.123456+00:00"),
    ("2026-03-06T14:20:30 08:00", "2026-03-06T06:20:30+00:00"),
    ("2026-03-06T01:20-05:00", "2026-03-06T06:20:00+00:00"),
    ("2026-11-22T17:45", "2026-11-22T09:45:00+00:00"),
])  # fmt: skip
def test_an_instant_is_itself(text: str, utc: str) -> None:
    """To the microsecond, in the county's time unless it says another; this very moment may be asked for."""
    assert moment_of(text, NOW) == dt.datetime.fromisoformat(utc)


@pytest.mark.parametrize("text", [
    "yesterday", "2026-02-30", "2026-3-6", "20260306", "2026-W10-5", "06.03.2026", "2026-03-06 14:20",
    "2026-03-06T25:00", "2026-03-06T14:20:00+25:00", "0001-01-01", "0001-01-01T00:00+14:00", "1948-12-31",
    "１９９９-０１-０１", "'; --", "9999-12-31", "nan", "-2026-03-06",
])  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    """A day that no calendar has, another form, a slip of the pen, and what is no date at all."""
    with pytest.raises(Problem) as refused:
        moment_of(text, NOW)
    assert (refused.value.code, refused.value.values) == ("as_of.unreadable", {"value": text[:40]})


@pytest.mark.parametrize("text", ["2026-11-23", "2031-01-01", "2026-11-22T17:45:01", "2026-11-22T09:45:00.000001Z"])
def test_the_future_is_refused(text: str) -> None:
    """Nobody knows the net of tomorrow, nor that of a second from now."""
    with pytest.raises(Problem) as refused:
        moment_of(text, NOW)
    assert refused.value.code == "as_of.future"


def test_a_past_scope_leaves_out_what_moved_away() -> None:
    """A path below one that left is not covered, its namesake with a longer number is."""
    scope = PastScope(("1/10/",), Scope(("1/10/",)), ("1/10/a/",))
    seen = {p: scope.covers(p) for p in ("1/10/", "1/10/a/", "1/10/a/b/", "1/10/ab/", "1/100/")}
    assert seen == {"1/10/": True, "1/10/a/": False, "1/10/a/b/": False, "1/10/ab/": True, "1/100/": False}


def test_the_uppermost_of_some_paths() -> None:
    """What lies below another is left out; order and doubles do not matter."""
    assert uppermost(["1/2/3/", "1/20/", "1/2/", "1/2/4/", "1/2/"]) == ("1/2/", "1/20/")
    assert uppermost([]) == ()
