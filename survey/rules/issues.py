"""An issue is its list of events: what they come to, whatever the order in which they arrived (E01, E02).

The loop is 发现、反映、解决、反馈 (S0, S2, S4) in the form of 群众点单、三长接单、群众评单 (S2):

======================  =========================================================================================
state                   leads on by
======================  =========================================================================================
``waiting``             待接单: ``accepted``; ``refused`` and ``dispatched`` hand it on, ``escalated`` hands it up
``in_hand``             办理中: ``solved`` (or ``not_valid``), after any ``progress``, ``mediated``, ``whistled`` …
``solved``              待反馈: ``answered``; it cannot close before
``answered``            待评价: ``rated`` solved closes, half and not reopen; ``closed`` where nobody rates
``closed``              已办结: ``reopened``
``merged``,             ends: the issue goes on as another one, or was taken back
``withdrawn``
======================  =========================================================================================

Events are facts: they are never changed or taken away, and each has a UUID made by its author's device. Merging two
lists is a union by id, so a retry is never a duplicate. :func:`fold` reads them in one order that does not depend on
how they came: the report first, each event behind the one its author had seen (``after``), else by the server's time
and id. What is not possible where it stands in that order is kept and not counted (``skipped``), with the reason.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable
from dataclasses import replace

from survey.rules.deadlines import Calendar
from survey.rules.issue_case import OPEN, STATES, UNSOLVED, Case, Event, Party
from survey.rules.issue_row import result_term
from survey.rules.issue_steps import STEPS, apply, objection, steps_for


def in_order(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """Return the events in the one order in which they are read, and those that wait for one that is not here yet.

    The report comes first; an event comes behind the one its author had seen; else the server's time decides, then
    the id. The order depends on the set of events alone.
    """
    held = {event.id: event for event in events}
    behind: dict[str, list[Event]] = {}
    ready: list[tuple[bool, dt.datetime, str]] = []
    for event in held.values():
        if event.after and event.after != event.id:
            behind.setdefault(event.after, []).append(event)
        else:
            ready.append((event.kind != "reported", event.at, event.id))
    heapq.heapify(ready)
    ordered = []
    while ready:
        event = held[heapq.heappop(ready)[2]]
        ordered.append(event)
        for one in behind.pop(event.id, ()):
            heapq.heappush(ready, (one.kind != "reported", one.at, one.id))
    left = sorted((one for many in behind.values() for one in many), key=lambda one: (one.at, one.id))
    return ordered, left


def fold(events: Iterable[Event]) -> Case | None:
    """Return what the events of one issue come to; None where the report itself is not among them."""
    ordered, left = in_order(events)
    case: Case | None = None
    early = []
    for event in ordered:
        if case is None:
            if event.kind == "reported":
                case = opened(event)
            else:
                early.append((event.id, "not_reported"))
            continue
        why = objection(case, event)
        if why:
            case = replace(case, skipped=(*case.skipped, (event.id, why)))
        else:
            case = replace(apply(case, event), last_id=event.id, counted=case.counted + 1)
    if case is None:
        return None
    late = tuple((event.id, "waits") for event in left)
    return replace(case, skipped=(*early, *case.skipped, *late))


def opened(report: Event) -> Case:
    """Return the case that a report opens.

    ``detail`` holds ``category_id``, ``grade``, ``holder`` ({kind, id}), ``level`` and ``told`` (units beyond a near
    border whose chiefs may take it as well).
    """
    detail = report.detail
    return Case(
        state="waiting",
        category_id=str(detail["category_id"]),
        grade=str(detail["grade"]),
        holder=Party.of(detail["holder"]),
        reported_at=report.at,
        since=report.at,
        place=report.place,
        level=str(detail.get("level", "")),
        told=tuple(Party("unit", str(one)) for one in detail.get("told", ())),
        last_id=report.id,
        counted=1,
    )


def on_time(case: Case, calendar: Calendar, now: dt.datetime) -> bool | None:
    """Tell whether an issue kept its deadline, an open overdue one did not (E14); None while it is still early.

    Only results count here: progress that is owed is another kind of deadline, and complex issues owe no result.
    """
    term = result_term(case, calendar)
    if term is None:
        return None
    if case.solved_at is not None and case.state not in UNSOLVED:
        return case.solved_at < term
    return False if now >= term else None


__all__ = [
    "OPEN",
    "STATES",
    "STEPS",
    "Case",
    "Event",
    "Party",
    "fold",
    "in_order",
    "objection",
    "on_time",
    "opened",
    "steps_for",
]
