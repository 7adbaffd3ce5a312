"""Who answers for a unit: posts over time, vacancies, who stands in, and what changes hands when the net changes.

Everything here is pure: terms of office in, decisions out. A post is a unit and a role; ``chief`` is the 片长, 组长 or
邻长 by the unit's level (A17 片联组、组联邻、邻联民), every other role is a seat in the unit's team (B07, B22).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

CHIEF = "chief"
LEVELS = ("pian", "zu", "lin")
"""The levels that have a chief, from the larger ground to the smaller."""

SHARED = frozenset({"lawyer", "police_aide"})
"""Roles that one person may hold for several units: 一村一法律顾问, 一村一辅警 (B22) says each village has one, not
that each has its own."""

HOW = ("elected", "named", "residence")


@dataclass(frozen=True)
class Term:
    """A post held by a person from a moment until another, ``to_at`` None for one that goes on."""

    id: str
    officer_id: str
    unit_id: str
    level: str
    post: str
    from_at: dt.datetime
    to_at: dt.datetime | None = None

    def holds(self, at: dt.datetime) -> bool:
        """Tell whether the post is held at a moment: from its first instant, no longer at its last."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True)
class Place:
    """A unit among others: its level, and the unit it lies in (None at the top)."""

    id: str
    level: str
    parent_id: str | None = None


@dataclass(frozen=True)
class Answering:
    """Who answers for a unit: its own chief, or while the post is vacant the nearest one above, at last the village.

    ``officer_id`` is None where it went up to the village itself.
    """

    unit_id: str
    officer_id: str | None


@dataclass(frozen=True)
class Passed:
    """Homes that pass from the chief of a unit to whoever answers for them from then on."""

    unit_id: str
    from_officer: str
    to: Answering
    homes: int


@dataclass(frozen=True)
class Outcome:
    """What a change of the net does to posts.

    Parameters
    ----------
    ended
        Terms whose unit is gone.
    kept
        Terms that go on, because their unit's id stayed, wherever its border went.
    vacant
        Units that have a chief's post and nobody in it: those that are new.
    passed
        Homes that change hands.
    """

    ended: tuple[Term, ...] = ()
    kept: tuple[Term, ...] = ()
    vacant: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = field(default=())


def holder(terms: Iterable[Term], unit_id: str, at: dt.datetime, post: str = CHIEF) -> Term | None:
    """Return who holds a unit's post at a moment, the last appointed where a team has several; None while vacant."""
    held = [term for term in terms if term.unit_id == unit_id and term.post == post and term.holds(at)]
    return max(held, key=lambda term: (term.from_at, term.id), default=None)


def chiefs_at(terms: Iterable[Term], at: dt.datetime) -> dict[str, str]:
    """Return the officer who is chief of each unit at a moment, by unit id; vacant posts are left out."""
    return {term.unit_id: term.officer_id for term in terms if term.post == CHIEF and term.holds(at)}


def vacancies(places: Iterable[Place], terms: Sequence[Term], at: dt.datetime) -> list[str]:
    """Return the units of a level with a chief whose post nobody holds at a moment, in the order given."""
    held = chiefs_at(terms, at)
    return [place.id for place in places if place.level in LEVELS and place.id not in held]


def chain_up(places: Mapping[str, Place], unit_id: str) -> list[Place]:
    """Return a unit and the units above it, the unit itself first; what is not among the places ends the chain."""
    chain: list[Place] = []
    at: str | None = unit_id
    while at is not None and at in places:
        chain.append(places[at])
        at = places[at].parent_id
    return chain


def answering(places: Mapping[str, Place], chiefs: Mapping[str, str], unit_id: str) -> Answering:
    """Return who answers for a unit: 邻长, else 组长, else 片长, else the village (片联组、组联邻、邻联民, A17).

    Parameters
    ----------
    places
        The units in force, the village among them.
    chiefs
        The officer of each unit that has one (:func:`chiefs_at`).
    """
    chain = chain_up(places, unit_id)
    for place in chain:
        if place.level not in LEVELS:
            return Answering(place.id, None)
        if place.id in chiefs:
            return Answering(place.id, chiefs[place.id])
    return Answering(chain[-1].id if chain else unit_id, None)


def post_taken(terms: Iterable[Term], officer_id: str, level: str, post: str, at: dt.datetime) -> Term | None:
    """Return the term that keeps a person from another post of a level; one person has one post a level, or None.

    Roles of ``SHARED`` neither keep nor are kept: one lawyer may advise several villages (B22).
    """
    if post in SHARED:
        return None
    for term in terms:
        if term.officer_id == officer_id and term.level == level and term.post not in SHARED and term.holds(at):
            return term
    return None


def after_change(
    before: Mapping[str, Place],
    after: Mapping[str, Place],
    terms: Iterable[Term],
    moved: Mapping[tuple[str, str], int],
    returning: Mapping[str, str] | None = None,
) -> Outcome:
    """Decide what a change of the net does to the posts on its ground (B11; A17).

    Parameters
    ----------
    before, after
        The units of the ground, the village included, until the change and from it on.
    terms
        The terms in force on them until the change.
    moved
        How many homes left one unit (the deepest that held them) for another.
    returning
        Who is given back the post of a unit that is there again, by unit, where a change is undone.

    Returns
    -------
    Outcome
        A post ends where its unit's id is gone, stays where it stayed, and is vacant where the unit is new. Homes
        are counted as passed for each level at which another person answers for them.
    """
    held = list(terms)
    ended = tuple(term for term in held if term.unit_id not in after)
    kept = tuple(term for term in held if term.unit_id in after)
    old = {term.unit_id: term.officer_id for term in held if term.post == CHIEF}
    new = {term.unit_id: term.officer_id for term in kept if term.post == CHIEF} | dict(returning or {})
    vacant = tuple(
        place.id for place in after.values() if place.level in LEVELS and place.id not in before and place.id not in new
    )
    return Outcome(ended, kept, vacant, _passed(before, after, (old, new), moved))


def _passed(
    before: Mapping[str, Place],
    after: Mapping[str, Place],
    chiefs: tuple[Mapping[str, str], Mapping[str, str]],
    moved: Mapping[tuple[str, str], int],
) -> tuple[Passed, ...]:
    old, new = chiefs
    counts: Counter[tuple[str, Answering]] = Counter()
    for (source, target), homes in moved.items():
        there = {place.level: place.id for place in chain_up(after, target)}
        for place in chain_up(before, source):
            went_to = there.get(place.level, target)
            if place.id in old and went_to != place.id:
                counts[place.id, answering(after, new, went_to)] += homes
    return tuple(
        Passed(unit_id, old[unit_id], to, homes)
        for (unit_id, to), homes in sorted(counts.items(), key=lambda row: (row[0][0], row[0][1].unit_id))
        if to.officer_id != old[unit_id]
    )
