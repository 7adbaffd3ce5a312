"""When an issue was unsolved: the stays from which every count as of a day follows, and only from events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from survey.rules.deadlines import Calendar
from survey.rules.issue_case import UNSOLVED, Case, Event
from survey.rules.issue_row import result_term
from survey.rules.issue_steps import apply, objection
from survey.rules.issues import in_order, opened


@dataclass(frozen=True)
class Stay:
    """A time during which an issue was unsolved.

    Parameters
    ----------
    begun, ended
        From the report, or a reopening, to the result; ``ended`` None while there is none.
    due
        By when the result was owed (it may come earlier or later than ``ended``); None where none is owed.
    """

    begun: dt.datetime
    ended: dt.datetime | None = None
    due: dt.datetime | None = None


def stays_of(events: Iterable[Event], calendar: Calendar) -> list[Stay]:
    """Return the times during which an issue was unsolved, oldest first, read from its events as ``fold`` reads them.

    What is merged or withdrawn is unsolved until then. Events without their report come to nothing.
    """
    case: Case | None = None
    begun: dt.datetime | None = None
    stays: list[Stay] = []
    for event in in_order(events)[0]:
        if case is None:
            case, begun = (opened(event), event.at) if event.kind == "reported" else (None, None)
            continue
        if objection(case, event):
            continue
        before, case = case, apply(case, event)
        if begun is not None and case.state not in UNSOLVED:
            stays.append(Stay(begun, event.at, result_term(before, calendar)))
            begun = None
        elif begun is None and case.state in UNSOLVED:
            begun = event.at
    if case is not None and begun is not None:
        stays.append(Stay(begun, None, result_term(case, calendar)))
    return stays
