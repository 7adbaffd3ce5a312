"""When recurring work is due: in the county's nights, caught up once, tried again after a failure."""

from __future__ import annotations

import datetime as dt
import doctest

from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.asof import COUNTY_TIME
from survey.rules import duties
from survey.rules.duties import Duty

NIGHT = Duty("sweep", 60, nightly=dt.time(3, 10))
OFTEN = Duty("notices", 60, every_s=4)
AT = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)

moments = st.integers(0, 7_000 * 86_400).map(lambda s: dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=s))


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(duties).failed == 0


@given(moments, st.times())
def test_a_nightly_duty_is_due_at_its_time_of_the_county_within_a_day(now: dt.datetime, at: dt.time) -> None:
    """The next run is later than now, at most a day, and at the given time of UTC+8."""
    found = duties.next_at(Duty("x", 60, nightly=at), now)
    assert dt.timedelta(0) < found - now <= dt.timedelta(days=1)
    assert found.astimezone(COUNTY_TIME).time() == at


@given(moments, st.integers(0, 400))
def test_missed_nights_are_caught_up_by_one_run(now: dt.datetime, nights: int) -> None:
    """After however long a stop one run is enough: the one after it lies ahead."""
    missed = now - dt.timedelta(days=nights)
    assert duties.next_at(NIGHT, missed) <= duties.next_at(NIGHT, now)
    assert duties.next_at(NIGHT, now) > now


def test_the_first_run_and_the_one_after_a_failure() -> None:
    """What is done all the time begins at once and waits a minute after a failure; the nightly waits for its night."""
    assert duties.first_at(OFTEN, AT) == AT
    assert duties.first_at(NIGHT, AT) == duties.next_at(NIGHT, AT)
    assert duties.next_at(OFTEN, AT) == AT + dt.timedelta(seconds=4)
    assert duties.retry_at(OFTEN, AT) == AT + dt.timedelta(minutes=1)
    assert duties.retry_at(Duty("clock", 60, every_s=300), AT) == AT + dt.timedelta(minutes=5)
    assert duties.retry_at(NIGHT, AT) == AT + dt.timedelta(minutes=10)
    assert duties.held_until(OFTEN, AT) == AT + dt.timedelta(seconds=60)
