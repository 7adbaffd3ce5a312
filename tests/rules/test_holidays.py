"""Days as people write them, and the table of days off and days at work."""

from __future__ import annotations

import datetime as dt
import doctest

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules import days
from geodata.rules.problems import Problem
from survey.rules.holiday_rows import rows_from
from survey.rules.holidays import Holidays, holidays_from

SPRING = {"off": ["2026-02-16", "2026年2月17日"], "on": ["2026/2/14"]}


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(days).failed == 0


@given(st.dates(dt.date(1970, 1, 1), dt.date(2099, 12, 31)))
def test_a_day_is_read_however_it_is_written(day: dt.date) -> None:
    """ISO, Chinese, packed, with midnight behind it, or as Excel's number: one day."""
    serial = (day - dt.date(1899, 12, 30)).days
    forms = (str(day), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", f"{day} 00:00:00", str(serial))
    assert {days.read_day(form) for form in forms} == {day}


@pytest.mark.parametrize(
    "text", ["", "明天", "2026-13-01", "2026-02-30", "12345", "99999", "2026-03-06 25:00", "2026-3"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert days.read_time(text) is None


def test_a_table_is_kept_as_days_in_order() -> None:
    """Whatever form the days come in, they are kept as ISO texts, and come back as the same table."""
    table = holidays_from(SPRING)
    assert table.to_dict() == {"off": ["2026-02-16", "2026-02-17"], "on": ["2026-02-14"]}
    assert holidays_from(table.to_dict()) == table
    assert holidays_from({}) == Holidays()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"off": ["2026-02-16"], "on": ["2026年2月16日"]}, "holiday.repeated"),
        ({"off": ["2026-02-16", "20260216"]}, "holiday.repeated"),
        ({"off": ["春节"]}, "holiday.bad_day"),
        ({"off": "2026-02-16"}, "holiday.not_lists"),
        ({"off": [20260216]}, "holiday.not_lists"),
        ({"of": []}, "holiday.not_lists"),
        ({"off": [str(dt.date(2000, 1, 1) + dt.timedelta(days=n)) for n in range(2001)]}, "holiday.too_many"),
    ],
)
def test_a_table_that_cannot_be_says_why(values: dict[str, object], code: str) -> None:
    """A day appears once, and each is a day."""
    with pytest.raises(Problem, match=code.replace(".", r"\.")):
        holidays_from(values)


def test_a_new_years_table_leaves_the_others() -> None:
    """The year that a table names is as it says; the years before stay for the deadlines of then."""
    old = holidays_from({"off": ["2025-10-01", "2026-01-01"], "on": ["2026-02-15"]})
    assert old.with_years_of(holidays_from(SPRING)).to_dict() == {
        "off": ["2025-10-01", "2026-02-16", "2026-02-17"], "on": ["2026-02-14"],
    }  # fmt: skip


def test_a_file_of_days_is_read_row_by_row() -> None:
    """Each row is a day and what it is; without a column for that all are days off."""
    frame = pd.DataFrame({"日期": ["2026-02-16", 46_067.0, "x", "2026-05-01", "2026年5月1日"],
                          "安排": ["休", "班", "休", "放假", "??"]})  # fmt: skip
    rows, refusals = rows_from(frame, {"day": "日期", "kind": "安排"})
    assert list(zip(rows["day"], rows["kind"], strict=True)) == [("2026-02-16", "off"), ("2026-02-14", "on")]
    assert [(one.row, one.code) for one in refusals] == [
        (4, "holiday.bad_day"), (5, "row.repeated"), (6, "holiday.bad_kind"), (6, "row.repeated"),
    ]  # fmt: skip
    assert rows_from(frame[:1], {"day": "日期"})[0]["kind"].tolist() == ["off"]
