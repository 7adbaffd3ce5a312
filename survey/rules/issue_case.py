"""The events of an issue and what they come to; ``survey.rules.issues`` reads the ones into the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.rules.deadlines import Calendar, Clock, Rest, clock

OPEN = ("waiting", "in_hand", "solved", "answered")
STATES = (*OPEN, "closed", "merged", "withdrawn")
UNSOLVED = frozenset({"waiting", "in_hand"})


@dataclass(frozen=True)
class Event:
    """One thing that happened to an issue.

    Parameters
    ----------
    kind
        A name of ``survey.rules.issue_steps.STEPS``.
    at
        The server's time of receipt (aware, UTC): it orders and counts, a phone's own time is only kept beside it.
    capacity
        As whom its author acted: raiser, holder, helper, called, told, desk, reader, clock or net.
    level
        Of the unit or desk that acted; "" for people who raise.
    after
        The event that its author had seen last, "" where it does not matter.
    """

    id: str
    kind: str
    at: dt.datetime
    by_id: str = ""
    capacity: str = ""
    level: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Party:
    """Who holds an issue or helps: the chief or desk of a unit, or an office."""

    kind: str
    id: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Party:
        """Read ``{"kind", "id"}``."""
        return cls(str(value["kind"]), str(value["id"]))


@dataclass(frozen=True)
class Whistle:
    """吹哨: offices called to an issue, each to sign in by a time, and what the caller thinks of each (E08, E09)."""

    event_id: str
    at: dt.datetime
    sign_by: dt.datetime | None
    topic: str
    called: tuple[str, ...]
    signed: Mapping[str, dt.datetime] = field(default_factory=dict)
    stars: Mapping[str, int] = field(default_factory=dict)

    def missing(self) -> tuple[str, ...]:
        """Return the offices that have not signed in."""
        return tuple(office for office in self.called if office not in self.signed)


@dataclass(frozen=True)
class Check:
    """现场核实 at village, town or county level (E11), with where it was done."""

    level: str
    passed: bool
    at: dt.datetime
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Case:
    """What the events of an issue come to."""

    state: str
    category_id: str
    grade: str
    holder: Party
    reported_at: dt.datetime
    since: dt.datetime  # from when the clock runs: the report, or the last reopening
    place: tuple[float, float] | None = None
    outcome: str = ""  # solved or not_valid, once there is one
    level: str = ""  # of whoever holds it, or ended it
    binding: bool = False  # dispatched by a desk that takes no refusal
    helpers: tuple[str, ...] = ()
    told: tuple[Party, ...] = ()  # beyond a near border, and those who handed it up and keep sight of it
    whistles: tuple[Whistle, ...] = ()
    checks: tuple[Check, ...] = ()
    remedy: tuple[str, ...] = ()
    rests: tuple[Rest, ...] = ()
    told_at: dt.datetime | None = None  # when progress was last told
    accepted_at: dt.datetime | None = None
    solved_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    rating: str = ""
    voices: int = 1
    bounces: int = 0
    sessions: int = 0
    reopened: int = 0
    valid: bool | None = None
    merged_into: str = ""
    last_id: str = ""
    counted: int = 0
    skipped: tuple[tuple[str, str], ...] = ()  # (event, why it does not count)

    @property
    def is_open(self) -> bool:
        """Whether anything is still owed."""
        return self.state in OPEN

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still."""
        return bool(self.rests) and self.rests[-1].to_at is None

    def clock(self, calendar: Calendar) -> Clock:
        """Return what is owed by when, of an issue that has no result yet; nothing afterwards."""
        if self.state not in UNSOLVED:
            return Clock()
        return clock(self.grade, self.since, self.told_at or self.since, self.rests, calendar)

    def called(self) -> frozenset[str]:
        """Return the offices that were called and have not signed in."""
        return frozenset(office for whistle in self.whistles for office in whistle.missing())
