"""The board's rules: when issues were unsolved, its figures, stretches of time, cells and questions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules import grids
from geodata.rules.actors import EVERYWHERE, Scope
from geodata.rules.asof import COUNTY_TIME
from geodata.rules.problems import Problem
from survey.rules.board_data import (
    DAY_US,
    NEVER,
    IssueColumns,
    StayColumns,
    age_days,
    allowed_days,
    as_of,
    inside,
    rows_of_units,
)
from survey.rules.board_query import board_query
from survey.rules.deadlines import Calendar
from survey.rules.figures import FIGURES, ROW, Around, Counted, change, reckon
from survey.rules.issue_case import Event
from survey.rules.spells import last_whole, name_of, shifted, spell_of
from survey.rules.stays import Stay, stays_of

T0 = dt.datetime(2026, 1, 5, 2, tzinfo=dt.UTC)
CALENDAR = Calendar()


def event(n: int, kind: str, hours: float, capacity: str = "desk", **detail: Any) -> Event:
    return Event(f"e{n:02d}", kind, T0 + dt.timedelta(hours=hours), "x", capacity, "lin", detail)


def life(*steps: tuple[str, float, dict[str, Any]]) -> list[Event]:
    report = event(0, "reported", 0, category_id="c", grade="ordinary", holder={"kind": "unit", "id": "u"}, level="lin")
    return [report, *(event(n, kind, hours, **detail) for n, (kind, hours, detail) in enumerate(steps, 1))]


SOLVED = ({"remedy": ["on_spot"], "text": "done"},)


def test_a_reopened_issue_has_a_stay_for_each_time_it_was_unsolved() -> None:
    """Solved, judged half, solved again: two stays, each with the deadline it had."""
    events = life(("accepted", 1, {}), ("solved", 30, *SOLVED), ("answered", 31, {"how": "phone", "text": "t"}),
                  ("rated", 40, {"score": "half"}), ("solved", 50, *SOLVED))  # fmt: skip
    stays = stays_of(events, CALENDAR)
    hours = [((s.begun - T0) / dt.timedelta(hours=1), (s.ended - T0) / dt.timedelta(hours=1)) for s in stays if s.ended]
    assert hours == [(0, 30), (40, 50)]
    assert [s.due is not None for s in stays] == [True, True]
    assert stays_of(events[1:], CALENDAR) == []


def test_an_issue_withdrawn_or_open_has_one_stay() -> None:
    """What nobody solved is unsolved without an end; what is not possible where it stands does not count."""
    assert stays_of(life(("solved", 3, *SOLVED)), CALENDAR)[0].ended is None, "solved before it was accepted"
    (open_one,) = stays_of(life(("accepted", 1, {})), CALENDAR)
    assert (open_one.begun, open_one.ended) == (T0, None)


def columns(rows: list[tuple[str, float, list[tuple[float, float | None, float | None]]]]) -> tuple[Any, Any]:
    """Return issues (path, reported on day, stays (begun, ended, due) in days) as columns."""
    n = len(rows)

    def words(values: list[str]) -> Any:
        out = np.empty(n, dtype=object)
        out[:] = values
        return out

    def days(value: float | None) -> int:
        return NEVER if value is None else int(value * DAY_US)

    none = words([""] * n)
    issues = IssueColumns(
        words([f"i{k}" for k in range(n)]), none, words([row[0] for row in rows]), none, none, words(["ordinary"] * n),
        words(["lin"] * n), np.zeros((n, 2)), np.array([days(row[1]) for row in rows], np.int64),
        np.full(n, NEVER), np.zeros(n, bool), np.array([len(row[2]) - 1 for row in rows]),
    )  # fmt: skip
    flat = [(k, turn, stay) for k, row in enumerate(rows) for turn, stay in enumerate(row[2])]
    stays = StayColumns(
        np.array([k for k, _, _ in flat], np.int64), np.array([days(s[0]) for _, _, s in flat], np.int64),
        np.array([days(s[1]) for _, _, s in flat], np.int64), np.array([days(s[2]) for _, _, s in flat], np.int64),
        np.array([turn for _, turn, _ in flat], np.int64),
    )  # fmt: skip
    return issues, stays


ROWS: list[tuple[str, float, list[tuple[float, float | None, float | None]]]] = [
    ("c/t/", 1, [(1, 2, 3.6)]),  # solved in a day
    ("c/t/", 1, [(1, 6, 3.6)]),  # solved late
    ("c/u/", 2, [(2, None, 4.6)]),  # open
    ("c/u/", 3, [(3, 4, 5.6), (6, 8, 8.6)]),  # taken up again
    ("c/u/", 9, [(9, None, 11.6)]),
]


def test_as_of_a_day_nothing_later_is_known() -> None:
    """Open, late and solved are what they were on the day, and a day later they may be otherwise."""
    issues, stays = columns(ROWS)
    on = {day: as_of(issues, stays, int(day * DAY_US)) for day in (1.5, 5, 7, 20)}
    assert on[1.5].open.tolist() == [True, True, False, False, False]
    assert on[5].open.tolist() == [False, True, True, False, False]
    assert on[5].late.tolist() == [False, True, True, False, False]
    assert on[7].open.tolist() == [False, False, True, True, False]
    assert on[7].turns.tolist() == [1, 1, 1, 2, 0]
    assert on[20].open.tolist() == [False, False, True, False, True]
    assert age_days(on[7])[[2, 3]].tolist() == [5.0, 1.0]
    assert allowed_days(on[7])[3] == pytest.approx(2.6)


@given(
    st.lists(st.tuples(st.floats(0, 9), st.lists(st.floats(0.1, 3), min_size=1, max_size=4)), max_size=8),
    st.floats(0, 20),
)
def test_open_is_to_be_inside_a_stay(lives: list[tuple[float, list[float]]], day: float) -> None:
    """Whatever the lives, an issue is open on a day exactly when one of its stays holds it."""
    rows: list[Any] = []
    for begun, lengths in lives:
        at, stays = begun, []
        for k, long in enumerate(lengths):
            if k % 2 == 0:
                stays.append((at, at + long, at + 2))
            at += long
        rows.append(("c/", begun, stays))
    issues, columns_of = columns(rows)
    then = as_of(issues, columns_of, int(day * DAY_US))
    micros = int(day * DAY_US)
    wanted = [any(int(b * DAY_US) <= micros < int(e * DAY_US) for b, e, _ in row[2]) for row in rows]
    assert then.open.tolist() == wanted


def test_every_figure_is_its_two_numbers() -> None:
    """Of the five issues on day 10: each figure's numerator and denominator, counted by hand."""
    issues, stays = columns(ROWS)
    then = as_of(issues, stays, 10 * DAY_US)
    told = reckon(issues, then, np.ones(5, bool), 0, Around(100, 90, 3, 40, 70))
    assert told["solved_share"] == Counted(3, 5)
    assert told["on_time_share"] == Counted(2, 4), "one late, one open and overdue, one not yet due"
    assert told["quick_share"] == Counted(2, 4), "the last is a day old"
    assert told["first_time_share"] == Counted(2, 3)
    assert told["ended_lin"] == Counted(3, 3)
    assert (told["load"], told["visits"]) == (Counted(2, 3), Counted(40, 100))
    assert (told["visit_overdue"], told["coverage"]) == (Counted(30, 100), Counted(90, 100))
    later = reckon(issues, then, np.ones(5, bool), int(2.5 * DAY_US), Around())
    assert later["solved_share"] == Counted(1, 2)
    assert later["coverage"].value is None
    assert change(Counted(1, 2), Counted(1, 4)) == 1.0


def test_every_figure_is_defined_in_both_languages() -> None:
    """Nobody sees a figure without a title, a formula and what its two numbers are."""
    assert set(ROW) < set(FIGURES)
    for one in FIGURES.values():
        for words in (one.titles, one.formulas, one.tops, one.bottoms):
            assert all(words[lang].strip() for lang in ("zh", "en")), one.name


def test_periods_are_the_countys_own() -> None:
    """A month begins at midnight in Beijing; what it is compared with is as long, and a running one is cut off."""
    at = dt.datetime(2026, 3, 20, 4, tzinfo=dt.UTC)
    month = spell_of("2026-03", at)
    assert month.begin == dt.datetime(2026, 3, 1, tzinfo=COUNTY_TIME)
    assert month.end == at
    before = shifted(month, "before")
    assert (before.name, before.end - before.begin) == ("2026-02", month.end - month.begin)
    year = shifted(month, "year_before")
    assert (year.name, year.begin, year.end) == (
        "2025-03", dt.datetime(2025, 3, 1, tzinfo=COUNTY_TIME), dt.datetime(2025, 3, 20, 12, tzinfo=COUNTY_TIME),
    )  # fmt: skip
    rolling = spell_of("30d", at)
    assert shifted(rolling, "before").end == rolling.begin
    leap = shifted(spell_of("30d", dt.datetime(2028, 2, 29, tzinfo=dt.UTC)), "year_before")
    assert leap.end == dt.datetime(2027, 2, 28, 8, tzinfo=COUNTY_TIME)
    assert name_of(dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC), "quarter") == "2027-Q1"
    assert last_whole(at, "month", 2) == ["2026-01", "2026-02"]


@pytest.mark.parametrize("name", ["", "0d", "2026-13", "2026-Q5", "2027", "x", "1900"])
def test_what_is_no_period_is_refused(name: str) -> None:
    """A name of no period, or of one that has not begun."""
    with pytest.raises(Problem) as refused:
        spell_of(name, dt.datetime(2026, 3, 20, tzinfo=dt.UTC))
    assert refused.value.code == "board.bad_query"


@given(st.lists(st.tuples(st.floats(-9e4, 9e4), st.floats(-9e4, 9e4)), min_size=1, max_size=20), st.floats(100, 5000))
def test_a_point_lies_in_its_cell(points: list[tuple[float, float]], side_m: float) -> None:
    """Squares and hexagons hold the points that are counted in them."""
    xy = np.array(points)
    for form in grids.FORMS:
        cells = grids.outlines(grids.cells_of(xy, form, side_m), form, side_m)
        assert shapely.distance(cells, shapely.points(xy)).max() <= 1e-6


def test_the_ground_and_what_is_restricted_decide_who_counts_what() -> None:
    """A reader counts what lies on their ground and under the unit asked for; restricted ones by that right alone."""
    issues, _ = columns(ROWS)
    issues.restricted[0] = True
    assert inside(issues, EVERYWHERE, Scope(())).tolist() == [False, True, True, True, True]
    assert inside(issues, EVERYWHERE, EVERYWHERE, "c/t/").tolist() == [True, True, False, False, False]
    assert inside(issues, Scope(("c/u/",)), EVERYWHERE).tolist() == [False, False, True, True, True]
    paths = np.array(["c/t/v/1/", "c/t/v/", "c/", "c/x/y/"], dtype=object)
    assert rows_of_units(paths, ["c/t/v/", "c/t/w/"]).tolist() == [0, 0, -1, -1]


@pytest.mark.parametrize("key", ["level", "grade", "age", "band", "bandwidth", "cell"])
def test_a_question_that_nobody_can_mean_is_refused(key: str) -> None:
    """An unknown level or grade, and numbers that are none or out of bounds."""
    for value in ("nonsense", "-1", "nan"):
        with pytest.raises(Problem):
            board_query({key: value})
    assert board_query({"other": "1"}).period == "30d"


def test_a_stay_is_plain() -> None:
    """A stay without an end or a deadline is one that still lasts and owes nothing."""
    assert (Stay(T0).ended, Stay(T0).due) == (None, None)
