"""The 0211 clock: days, weeks and months around weekends, 春节 and midnight, and what a pause moves."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from survey.rules.deadlines import GRADES, RESULT, ZONE, Calendar, Rest, Term, clock, due, end_of, is_late

SPRING = frozenset(dt.date(2026, 2, 15) + dt.timedelta(days=n) for n in range(9))
WORKED = frozenset({dt.date(2026, 2, 14), dt.date(2026, 2, 28)})
CALENDARS = {
    "every": Calendar(),
    "every day but holidays end": Calendar("calendar", SPRING, WORKED),
    "working": Calendar("working", SPRING, WORKED),
}


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("calendar", "grade", "reported", "last_day"),
    [
        ("every", "ordinary", at(3, 6), (3, 8)),  # a Friday: Sunday counts
        ("working", "ordinary", at(3, 6), (3, 10)),  # Friday to Tuesday
        ("every", "harder", at(3, 6), (3, 13)),
        ("working", "harder", at(3, 6), (3, 17)),
        ("every", "instant", at(3, 7), (3, 7)),
        ("working", "instant", at(3, 7), (3, 9)),  # a Saturday: by the end of Monday
        ("every", "ordinary", at(3, 6, 23, 59), (3, 8)),
        ("every", "ordinary", at(3, 7, 0, 0), (3, 9)),  # midnight belongs to the new day
        ("every day but holidays end", "ordinary", at(2, 13), (2, 24)),  # ends in 春节: after it
        ("working", "ordinary", at(2, 13), (2, 24)),  # Saturday the 14th is worked, then the holiday
        ("working", "ordinary", at(2, 27), (3, 2)),  # Saturday the 28th is worked
    ],
)
def test_a_result_is_owed_by_the_end_of_the_last_day(
    calendar: str, grade: str, reported: dt.datetime, last_day: tuple[int, int]
) -> None:
    """The first day does not count, the term ends at the end of its last day, a holiday postpones it."""
    found = clock(grade, reported, reported, [], CALENDARS[calendar])
    assert found.progress_due is None
    assert found.result_due == end_of(dt.date(2026, *last_day))


@pytest.mark.parametrize(
    ("reported", "last_day"),
    [(dt.date(2026, 1, 31), dt.date(2026, 2, 28)), (dt.date(2028, 1, 30), dt.date(2028, 2, 29)),
     (dt.date(2026, 12, 5), dt.date(2027, 1, 5))],
)  # fmt: skip
def test_progress_is_owed_each_month(reported: dt.date, last_day: dt.date) -> None:
    """A complex issue owes no result but progress, a month after the report and then after progress was last told."""
    since = dt.datetime.combine(reported, dt.time(9), ZONE)
    first = clock("complex", since, since, [], Calendar())
    assert (first.result_due, first.progress_due) == (None, end_of(last_day))
    told = since + dt.timedelta(days=20)
    assert first.progress_due is not None
    again = clock("complex", since, told, [], Calendar()).progress_due
    assert again is not None and again > first.progress_due


def test_a_pause_moves_the_end_by_its_length_and_no_more() -> None:
    """While the clock stands still nothing is due; afterwards the deadline is later by as long as it stood."""
    since, two = at(3, 6), Term(2)
    end = due(two, since, [], Calendar())
    assert end is not None
    assert due(two, since, [Rest(at(3, 7))], Calendar()) is None
    assert due(two, since, [Rest(at(3, 7), at(3, 7, 16))], Calendar()) == end + dt.timedelta(hours=6)
    assert due(two, since, [Rest(at(3, 1), at(3, 6, 11))], Calendar()) == end + dt.timedelta(hours=1)
    assert due(two, since, [Rest(at(4, 1))], Calendar()) == end  # paused when it was over already


def test_an_unknown_grade_and_an_endless_holiday_are_refused() -> None:
    """What nobody defined has no deadline, and a calendar without working days is not searched for ever."""
    with pytest.raises(Problem) as unknown:
        clock("urgent", at(3, 6), at(3, 6), [], Calendar())
    assert unknown.value.code == "issue.bad_grade"
    always = frozenset(dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(5_000))
    with pytest.raises(Problem) as never:
        clock("ordinary", at(3, 6), at(3, 6), [], Calendar("working", always))
    assert never.value.code == "deadline.no_working_day"


def test_late_is_met_too_late_or_not_met_and_gone_by() -> None:
    """An open overdue issue is late; one that met its deadline is not, whenever one looks."""
    end = at(3, 8)
    assert not is_late(None, None, at(5, 1))
    assert not is_late(end, at(3, 7), at(5, 1))
    assert is_late(end, at(3, 9), at(3, 9))
    assert [is_late(end, None, now) for now in (at(3, 7), at(3, 9))] == [False, True]


@given(
    grade=st.sampled_from(GRADES), mode=st.sampled_from(["calendar", "working"]),
    since=st.integers(0, 480_000).map(lambda minute: at(1, 1) + dt.timedelta(minutes=minute)),
    later=st.timedeltas(dt.timedelta(), dt.timedelta(days=30)),
)  # fmt: skip
def test_deadlines_never_go_backwards(grade: str, mode: str, since: dt.datetime, later: dt.timedelta) -> None:
    """Who reports later is owed no earlier, and nothing is due before it was reported."""
    calendar = Calendar(mode, SPRING, WORKED)
    one, two = (clock(grade, moment, moment, [], calendar) for moment in (since, since + later))
    for first, second in ((one.result_due, two.result_due), (one.progress_due, two.progress_due)):
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            assert since < first <= second
    assert (one.result_due is None) == (RESULT[grade] is None)
