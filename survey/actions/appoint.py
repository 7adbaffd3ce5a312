"""Appointing: what a person chose, one by one or many at once, each dated, with how it came about and why (B01, B02).

Nothing is appointed by a proposal alone: :func:`propose` shows, :func:`take` appoints the rows that somebody sends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from geodata.rules.actors import Actor
from geodata.rules.asof import COUNTY_TIME
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import audit, publications, settings, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import handover
from survey.actions.proposing import person_of, propose
from survey.rules import chiefs, pools
from survey.rules.chiefs import CHIEF, HOW, SHARED, Answering, Term
from survey.rules.register import day_of
from survey.store import appointments, officers

__all__ = ["Choice", "propose", "take"]


@dataclass(frozen=True)
class Choice:
    """One appointment that a person chose.

    Parameters
    ----------
    unit_id, officer_id, post
        Who takes which post of which unit; ``chief``, or a role of the team.
    how
        ``elected``, ``named`` or ``residence`` (proposed by where people live).
    acting
        Whether only until somebody is found.
    reason
        Why it is this person; required where something speaks against it, and kept.
    elected_on, result
        Day and outcome of the election (B01): ``{"votes": 9, "of": 12, "candidates": [...]}`` as the county keeps it.
    proposed
        Whom the map had proposed, where another is taken instead: an override, which asks for a reason.
    replaces
        Why the present holder leaves, where the post is held; "" where it must be vacant.
    """

    unit_id: str
    officer_id: str
    post: str = CHIEF
    how: str = "named"
    acting: bool = False
    reason: str = ""
    elected_on: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    proposed: str = ""
    replaces: str = ""


class _Book:
    """The terms in force of the units and people concerned, found by either; it grows with each choice taken."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.of_unit: dict[str, dict[str, Term]] = {}
        self.of_officer: dict[str, dict[str, Term]] = {}
        for term in terms:
            self.add(term)

    def add(self, term: Term) -> None:
        """Write a term down."""
        self.of_unit.setdefault(term.unit_id, {})[term.id] = term
        self.of_officer.setdefault(term.officer_id, {})[term.id] = term

    def remove(self, term: Term) -> None:
        """Strike a term that has ended."""
        del self.of_unit[term.unit_id][term.id], self.of_officer[term.officer_id][term.id]


@dataclass(frozen=True)
class _Desk:
    """What all choices of one transaction are judged by."""

    profile: Profile
    labels: dict[str, Any]
    people: dict[str, Any]
    seen: frozenset[str]
    home_paths: dict[str, str]
    book: _Book
    villages: dict[str, str]
    now: dt.datetime


def take(db: Db, actor: Actor, now: dt.datetime, rows: Sequence[Choice]) -> dict[str, Any]:
    """Appoint what a person chose, all of it or nothing, in the caller's one transaction.

    Returns
    -------
    dict
        ``appointed`` (ids, in the order of the rows) and ``handovers`` (ids of what passed on).

    Raises
    ------
    Problem
        ``unit.not_found``, ``officer.not_found``, ``right.missing`` (a village fills the posts of its 邻 alone),
        ``post.unknown`` (post), ``post.taken`` (unit, holder), ``officer.busy`` (name, unit): one person, one post a
        level; ``appoint.barred`` (name) for one retired or whose vetting failed (B09), ``appoint.no_reason`` (why),
        ``appoint.needs_election`` (level), ``appoint.no_election_day``, ``appoint.no_how`` (known).
    """
    publications.take_turn(db)
    desk = _desk(db, actor, now, rows)
    made, handed = [], []
    per_village: dict[str, list[str]] = {}
    for choice in rows:
        unit = _check(db, actor, desk, choice)
        before = _stood_in(db, choice)
        handed += _make_room(db, actor, desk, choice, unit)
        made.append(_appoint(db, actor, desk, choice, unit))
        per_village.setdefault(_village_of(unit.path), []).append(made[-1])
        if before is not None:
            handed += handover.take_over(db, actor, now, unit.id, choice.officer_id, before)
    for path, ids in per_village.items():
        audit.record(db, actor, now, "posts.appointed", ids[0] if len(ids) == 1 else "", path, appointments=ids[:200])
    return {"appointed": made, "handovers": handed}


def _desk(db: Db, actor: Actor, now: dt.datetime, rows: Sequence[Choice]) -> _Desk:
    """Read all that the choices turn on, at once: a county's posts may come together."""
    unit_ids = sorted({row.unit_id for row in rows})
    people = officers.some(db, [row.officer_id for row in rows])
    terms = appointments.open_terms(db, unit_ids=unit_ids) if unit_ids else []
    terms += appointments.open_terms(db, officer_ids=list(people)) if people else []
    scope = actor.scope("officers")
    whole = units.is_whole(scope)
    seen = {key for key, row in people.items() if (scope.covers(row.path) if row.path else whole)}
    return _Desk(
        settings.profile(db), appointments.unit_labels(db, unit_ids), people, frozenset(seen),
        officers.home_paths(db, list(people)), _Book(terms),
        {row.path: row.id for row in units.with_level(db, "", Level.VILLAGE)}, now,
    )  # fmt: skip


def _stood_in(db: Db, choice: Choice) -> Answering | None:
    """Return who answers for a vacant post that was held before; None where nobody stands in for anybody."""
    if choice.post != CHIEF or not appointments.held_before(db, choice.unit_id, CHIEF):
        return None
    before = handover.standing_in(db, choice.unit_id)
    return None if before.unit_id == choice.unit_id else before


def _village_of(path: str) -> str:
    """Return the path of the village that a unit lies in, its own above a village."""
    steps = path.split("/")
    return "/".join(steps[: Level.VILLAGE.depth + 1]) + "/" if len(steps) > Level.VILLAGE.depth + 1 else path


def _check(db: Db, actor: Actor, desk: _Desk, choice: Choice) -> Any:
    """Return the unit of a choice that may be made; raise why it may not."""
    unit, person = desk.labels.get(choice.unit_id), desk.people.get(choice.officer_id)
    scope = actor.scope("appoint")
    if unit is None or unit.valid_to is not None or not scope.covers(unit.path):
        raise Problem("unit.not_found")
    if person is None or person.id not in desk.seen:
        raise Problem("officer.not_found")
    if not pools.may_appoint(scope, unit.path, unit.level):
        raise Problem("right.missing", right="appoint")
    _check_how(desk, choice, unit.level)
    held = [t for t in desk.book.of_officer.get(person.id, {}).values() if not _is_replaced(choice, t)]
    busy = chiefs.post_taken(held, person.id, unit.level, choice.post, desk.now)
    if busy is not None:
        raise Problem("officer.busy", name=person.name, unit=_name(db, busy.unit_id))
    _check_person(db, desk, choice, unit, person)
    return unit


def _is_replaced(choice: Choice, term: Term) -> bool:
    return bool(choice.replaces) and term.unit_id == choice.unit_id and term.post == choice.post


def _check_how(desk: _Desk, choice: Choice, level: str) -> None:
    seats = pools.seats(desk.profile, level)
    if choice.post not in seats:
        raise Problem("post.unknown", post=choice.post)
    if choice.how not in HOW:
        raise Problem("appoint.no_how", known=list(HOW))
    if choice.how == "elected":
        day = day_of(choice.elected_on)
        if not day or day > desk.now.astimezone(COUNTY_TIME).date().isoformat():
            raise Problem("appoint.no_election_day")
    elif choice.post == CHIEF and pools.is_elected(desk.profile, level) and not choice.acting:
        raise Problem("appoint.needs_election", level=desk.profile.level_names.get(level, level))


def _check_person(db: Db, desk: _Desk, choice: Choice, unit: Any, person: Any) -> None:
    """Refuse whom nobody may appoint, and ask why where something speaks against the person."""
    is_chief = choice.post == CHIEF
    pool = pools.pool_of(desk.profile, unit.level) if is_chief else pools.pool_of_role(choice.post)
    at_home = desk.villages.get(_village_of(unit.path), "") == person.village_id
    against = pools.objections(
        person_of(person), pool, elsewhere=choice.post not in SHARED and not at_home,
        outside=is_chief and pools.lives_inside_only(unit.level) and _outside(db, desk, unit, person),
    )  # fmt: skip
    if pools.UNMENDABLE & set(against):
        raise Problem("appoint.barred", name=person.name)
    if choice.proposed and choice.proposed != person.id:
        against.append("override")
    if against and not choice.reason.strip():
        raise Problem("appoint.no_reason", why=", ".join(against))


def _outside(db: Db, desk: _Desk, unit: Any, person: Any) -> bool:
    """Tell whether a person's home is known to lie outside a unit, or is not known at all."""
    path = desk.home_paths.get(person.id)
    if path is not None:
        return not path.startswith(unit.path)
    place = person.home_geom if person.home_geom is not None else person.geom
    shape = units.shapes_by_id(db, [unit.id]).get(unit.id)
    return place is None or shape is None or not shapely.covers(shape, shapely.Point(lonlat_of([place])[0]))


def _name(db: Db, unit_id: str) -> str:
    label = appointments.unit_labels(db, [unit_id]).get(unit_id)
    return str(label.name) if label is not None else ""


def _make_room(db: Db, actor: Actor, desk: _Desk, choice: Choice, unit: Any) -> list[str]:
    """End the present holder's term where the choice says why they leave; refuse where it does not."""
    held = [term for term in desk.book.of_unit.get(unit.id, {}).values() if term.post == choice.post]
    if len(held) < pools.seats(desk.profile, unit.level)[choice.post]:
        return []
    if not choice.replaces.strip():
        holder = officers.some(db, [held[0].officer_id])[held[0].officer_id]
        raise Problem("post.taken", unit=unit.name, holder=holder.name)
    heir = {unit.id: choice.officer_id} if choice.post == CHIEF else {}
    leaving = min(held, key=lambda term: (term.from_at, term.id))
    desk.book.remove(leaving)
    return handover.end_terms(db, actor, desk.now, [leaving], choice.replaces.strip()[:200], heir)


def _appoint(db: Db, actor: Actor, desk: _Desk, choice: Choice, unit: Any) -> str:
    values = {
        "officer_id": choice.officer_id, "unit_id": unit.id, "level": unit.level, "post": choice.post,
        "acting": choice.acting, "how": choice.how, "elected_on": day_of(choice.elected_on), "result": choice.result,
        "reason": choice.reason.strip()[:500],
    }  # fmt: skip
    made = appointments.add(db, desk.now, actor.name, values)
    desk.book.add(Term(made, choice.officer_id, unit.id, unit.level, choice.post, desk.now))
    return made
