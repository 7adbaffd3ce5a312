"""The 0211 clock: by when an issue must have a result, and by when its progress must be told (E03, E04).

"“0211”: 常见问题机器人0秒回复, 一般问题2天、较难问题1周反馈结果, 复杂问题1个月反馈进展" (S2 韶山). Two kinds of
deadline, never mixed: instant, ordinary and harder issues owe a **result**, complex ones **progress** within a month,
then each month. The report does not say whether days are calendar or working days, so the profile does.

Days are counted as the Civil Code counts them (民法典 art. 201 to 203): the first day does not count, a term ends at
the end of its last day; a month ends on the day of the same number, or the month's last. A term that would end in a
holiday of the county's table ends after it. Days are those of Asia/Shanghai, whatever the server's zone.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from geodata.rules.problems import Problem

ZONE = ZoneInfo("Asia/Shanghai")
GRADES = ("instant", "ordinary", "harder", "complex")
MODES = ("calendar", "working")
_SATURDAY = 5
_FAR_DAYS = 4_000  # no term reaches beyond: a calendar without a single working day must not be searched for ever


@dataclass(frozen=True)
class Term:
    """How long: some days, or some months where ``days`` is None. ``Term(0)`` ends with the day itself."""

    days: int | None = None
    months: int = 0


RESULT: Mapping[str, Term | None] = {
    "instant": Term(0), "ordinary": Term(2), "harder": Term(7), "complex": None,
}  # fmt: skip
"""By grade, when the result is owed: 0秒 (within the day where no machine answers), 2天, 1周; complex owes none."""

PROGRESS: Mapping[str, Term | None] = {"instant": None, "ordinary": None, "harder": None, "complex": Term(months=1)}
"""By grade, when progress is owed, and then again: 1个月反馈进展."""


@dataclass(frozen=True)
class Calendar:
    """Which days count.

    Parameters
    ----------
    mode
        ``calendar``: every day counts, a term that would end on a holiday ends after it; ``working``: only working
        days count.
    off, on
        Days off (春节 …) and weekend days that are worked (调休), from the State Council's notice of each year, which
        the county loads.
    """

    mode: str = "calendar"
    off: frozenset[dt.date] = field(default_factory=frozenset)
    on: frozenset[dt.date] = field(default_factory=frozenset)

    def works(self, day: dt.date) -> bool:
        """Tell whether a day is a working day."""
        if day in self.on:
            return True
        return day not in self.off and day.weekday() < _SATURDAY

    def next_working(self, day: dt.date) -> dt.date:
        """Return the first working day from a day on."""
        for ahead in range(_FAR_DAYS):
            found = day + dt.timedelta(days=ahead)
            if self.works(found):
                return found
        raise Problem("deadline.no_working_day", day=day.isoformat())

    def last_day(self, first: dt.date, term: Term) -> dt.date:
        """Return the last day of a term that began on a day, which itself does not count.

        Calendar days are postponed by holidays alone, never by an ordinary weekend; what is due within the day is due
        today even on a holiday, for then somebody asked today.
        """
        if self.mode == "working":
            if term.days is None:
                return self.next_working(_months_on(first, term.months))
            day = first
            for _ in range(term.days):
                day = self.next_working(day + dt.timedelta(days=1))
            return day if term.days else self.next_working(first)
        if term.days == 0:
            return first
        day = _months_on(first, term.months) if term.days is None else first + dt.timedelta(days=term.days)
        while day in self.off:
            day += dt.timedelta(days=1)
        return day


def _months_on(day: dt.date, count: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def end_of(day: dt.date) -> dt.datetime:
    """Return the end of a day in Shanghai, which is the beginning of the next one, in UTC."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZONE).astimezone(dt.UTC)


def day_of(at: dt.datetime) -> dt.date:
    """Return the day that a moment lies in, in Shanghai."""
    return at.astimezone(ZONE).date()


@dataclass(frozen=True)
class Rest:
    """A time while the clock stood still, ``to_at`` None while it still does; it is stopped only with a reason."""

    from_at: dt.datetime
    to_at: dt.datetime | None = None


def due(term: Term, since: dt.datetime, rests: Sequence[Rest], calendar: Calendar) -> dt.datetime | None:
    """Return when a term that began at a moment ends, later by as long as the clock stood still; None while it does.

    Parameters
    ----------
    since
        When the term began (aware, UTC).
    rests
        The pauses of the issue, in any order; what lies before ``since`` does not count.
    """
    end = end_of(calendar.last_day(day_of(since), term))
    for rest in sorted(rests, key=lambda one: one.from_at):
        if rest.to_at is None:
            if rest.from_at < end:
                return None
            continue
        stood = rest.to_at - max(rest.from_at, since)
        if rest.from_at < end and stood > dt.timedelta():
            end += stood
    return end


@dataclass(frozen=True)
class Clock:
    """What an issue owes and by when: a result, or progress, or (both None) nothing while the clock stands still."""

    result_due: dt.datetime | None = None
    progress_due: dt.datetime | None = None


def clock(grade: str, since: dt.datetime, told_at: dt.datetime, rests: Iterable[Rest], calendar: Calendar) -> Clock:
    """Return the deadlines of an issue that has no result yet.

    Parameters
    ----------
    grade
        One of ``GRADES``.
    since
        When the issue was reported, or reopened.
    told_at
        When progress was last told; ``since`` where it never was.

    Raises
    ------
    Problem
        ``issue.bad_grade`` (grade).
    """
    if grade not in GRADES:
        raise Problem("issue.bad_grade", grade=grade)
    held = list(rests)
    result, progress = RESULT[grade], PROGRESS[grade]
    return Clock(
        None if result is None else due(result, since, held, calendar),
        None if progress is None else due(progress, max(since, told_at), held, calendar),
    )


def is_late(due_at: dt.datetime | None, met_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a deadline was missed: met too late, or not met and gone by."""
    return due_at is not None and (met_at if met_at is not None else now) >= due_at
