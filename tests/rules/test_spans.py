"""From when until when, as people write it."""

from __future__ import annotations

import datetime as dt

import pytest

from geodata.rules.problems import Problem
from survey.rules.spans import span_of

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_a_span_of_days_holds_both_days() -> None:
    """The first day counts from its beginning in the county, the last to its end, today to now."""
    begin, end = span_of("2026-03-01", "2026-03-02", NOW)
    assert begin == dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)
    assert end - begin == 2 * DAY - dt.timedelta(microseconds=1)
    assert span_of("2026-03-06", "2026-03-06", NOW) == (dt.datetime(2026, 3, 5, 16, tzinfo=dt.UTC), NOW)


def test_nothing_written_is_all_time() -> None:
    """Without a beginning it is as early as anything, without an end it is now; an instant is itself."""
    begin, end = span_of("", "", NOW)
    assert (begin.year, end) == (1949, NOW)
    assert span_of("2026-03-06T00:00Z", "", NOW)[0] == dt.datetime(2026, 3, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [("2026-03-05", "2026-03-01", "span.backwards"), ("x", "", "as_of.unreadable"), ("", "2027-01-01", "as_of.future"),
     ("2026-03-06T06:21Z", "", "as_of.future")],
)  # fmt: skip
def test_what_is_no_span_is_refused(since: str, until: str, code: str) -> None:
    """An end before the beginning, no date at all, and the future are named."""
    with pytest.raises(Problem) as refused:
        span_of(since, until, NOW)
    assert refused.value.code == code
