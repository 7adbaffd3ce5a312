"""What passes from hand to hand: when a holder leaves, when one is appointed, and when the net changes (B11, B12).

A handover tells whose chief hands over, who answers from then on, and how many homes, open issues and visits owed pass.
Where the county keeps no visits their key is left out rather than shown as nought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, publications, units
from geodata.store.database import Db
from survey.actions import visit_redraw
from survey.rules import chiefs, pools
from survey.rules.chiefs import CHIEF, Answering, Passed, Place, Term
from survey.store import appointments, issues, officers

UNIT_GONE = "unit_gone"
_TICK = dt.timedelta(microseconds=1)
_SHOWN_MOST = 200


def require_may_end(db: Db, actor: Actor, unit_id: str, level: str) -> str:
    """Return the path of a unit whose posts the actor may fill; else ``unit.not_found`` or ``right.missing``."""
    label = appointments.unit_labels(db, [unit_id]).get(unit_id)
    scope = actor.scope("appoint")
    if label is None or not scope.covers(label.path):
        raise Problem("unit.not_found")
    if not pools.may_appoint(scope, label.path, level):
        raise Problem("right.missing", right="appoint")
    return str(label.path)


def leave(db: Db, actor: Actor, now: dt.datetime, appointment_id: str, because: str) -> dict[str, Any]:
    """End an appointment: what its holder answered for passes to whoever stands above while the post is vacant.

    Returns
    -------
    dict
        The page of what was passed (:func:`page_of`); an empty one where a team's seat was left.

    Raises
    ------
    Problem
        ``appointment.not_found``, ``right.missing``, ``appointment.ended``; ``appoint.no_reason`` without a reason.
    """
    publications.take_turn(db)
    found = appointments.one(db, appointment_id)
    if found is None or not actor.scope("appoint").covers(_path_of(db, found.unit_id)):
        raise Problem("appointment.not_found")
    path = require_may_end(db, actor, found.unit_id, found.level)
    if found.to_at is not None:
        raise Problem("appointment.ended")
    if not because.strip():
        raise Problem("appoint.no_reason", why="ended")
    term = Term(found.id, found.officer_id, found.unit_id, found.level, found.post, found.from_at)
    made = end_terms(db, actor, now, [term], because.strip()[:200])
    audit.record(db, actor, now, "appointment.ended", appointment_id, path, officer=found.officer_id)
    return page_of(db, made[0]) if made else {"handover": None}


def _path_of(db: Db, unit_id: str) -> str:
    label = appointments.unit_labels(db, [unit_id]).get(unit_id)
    return str(label.path) if label is not None else "\0"


def leave_all(db: Db, actor: Actor, now: dt.datetime, officer_id: str, because: str) -> list[str]:
    """End every post of a person, and return the handovers made."""
    return end_terms(db, actor, now, appointments.open_terms(db, officer_ids=[officer_id]), because)


def end_terms(
    db: Db,
    actor: Actor,
    now: dt.datetime,
    terms: Iterable[Term],
    because: str,
    successors: Mapping[str, str] | None = None,
) -> list[str]:
    """End some terms and write what passes on: to the successor of the unit, else up while it is vacant."""
    held = list(terms)
    appointments.end(db, [term.id for term in held], now, because)
    left = [term for term in held if term.post == CHIEF]
    counts = _held_by(db, now, [term.unit_id for term in left])
    rows = []
    for term in left:
        heir = (successors or {}).get(term.unit_id)
        to = Answering(term.unit_id, heir) if heir else standing_in(db, term.unit_id)
        rows.append(_row(term.unit_id, term.officer_id, to, because, counts[term.unit_id]))
    return appointments.hand_over(db, now, actor.name, rows)


def _held_by(db: Db, now: dt.datetime, unit_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how many homes, open issues and visits owed each of some units holds."""
    homes, open_issues = appointments.homes_of(db, unit_ids), issues.count_held(db, unit_ids)
    visits = visit_redraw.held_by(db, now, unit_ids)
    return {one: {"homes": homes.get(one, 0), "issues": open_issues.get(one, 0), **visits[one]} for one in unit_ids}


def _row(unit_id: str, from_officer: str | None, to: Answering, why: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {"unit_id": unit_id, "to_unit_id": to.unit_id, "from_officer": from_officer, "to_officer": to.officer_id,
            "why": why, "counts": dict(counts)}  # fmt: skip


def standing_in(db: Db, unit_id: str) -> Answering:
    """Return who answers for a unit today: its chief, or while the post is vacant the nearest above."""
    row = units.one(db, EVERYWHERE, unit_id)
    return Answering(unit_id, None) if row is None else at_end_of(db, units.chain(db, row.path))


def at_end_of(db: Db, chain: Sequence[Any]) -> Answering:
    """Return who answers today for the last of a chain of units from the county down."""
    ids = [row.id for row in chain]
    linked = {row.id: Place(row.id, row.level, ids[i - 1] if i else None) for i, row in enumerate(chain)}
    now_held = appointments.open_terms(db, unit_ids=ids)
    return chiefs.answering(linked, {t.unit_id: t.officer_id for t in now_held if t.post == CHIEF}, ids[-1])


def take_over(db: Db, actor: Actor, now: dt.datetime, unit_id: str, officer_id: str, before: Answering) -> list[str]:
    """Write that a new holder takes over a post that had been held before, from whoever stood in meanwhile."""
    counts = _held_by(db, now, [unit_id])[unit_id]
    row = _row(unit_id, before.officer_id, Answering(unit_id, officer_id), "appointed", counts)
    return appointments.hand_over(db, now, actor.name, [row])


def after_publication(
    db: Db, actor: Actor, now: dt.datetime, publication_id: str, issues_passed: Mapping[tuple[str, str], int]
) -> dict[str, int]:
    """Settle the posts on the ground of a publication, or of its undoing, in the same transaction.

    Posts whose unit is gone end (``unit_gone``); an undoing gives them back where the unit is there again, still
    vacant, and its holder free. Homes that changed hands are written down.
    """
    entry = publications.one(db, publication_id)
    village = units.one(db, EVERYWHERE, entry.unit_id) if entry is not None and entry.unit_id else None
    if village is None:
        return {"ended": 0, "returned": 0, "passed": 0}
    before = appointments.places_under(db, village.path, entry.at - _TICK)
    after = appointments.places_under(db, village.path)
    terms = appointments.open_terms(db, unit_ids=list({**before, **after}))
    returned = _returned(db, entry, after, terms) if entry.undoes is not None else []
    returning = {row.unit_id: row.officer_id for row in returned if row.post == CHIEF}
    outcome = chiefs.after_change(before, after, terms, appointments.moved_at(db, village.path, entry.at), returning)
    owed = visit_redraw.moved_at(db, now, village.path, entry.at)
    visits = None if owed is None else chiefs.after_change(before, after, terms, owed, returning).passed
    appointments.end(db, [term.id for term in outcome.ended], entry.at, UNIT_GONE)
    for row in returned:
        kept = ("officer_id", "unit_id", "level", "post", "acting", "how", "elected_on", "result", "reason")
        appointments.add(db, entry.at, actor.name, {name: getattr(row, name) for name in kept})
    chiefs_before = {term.unit_id: term.officer_id for term in terms if term.post == CHIEF}
    passed = _passed_rows(entry.kind, outcome.passed, issues_passed, visits, chiefs_before)
    appointments.hand_over(db, entry.at, actor.name, passed)
    counts = {"ended": len(outcome.ended), "returned": len(returned), "passed": len(passed)}
    if any(counts.values()):
        audit.record(db, actor, now, "posts.settled", publication_id, village.path, **counts)
    return counts


def _passed_rows(
    why: str,
    homes: Sequence[Passed],
    issues_passed: Mapping[tuple[str, str], int],
    visits: Sequence[Passed] | None,
    chiefs_before: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return a row for each two units between which homes, with the visits they are owed, or open issues passed."""
    rows = []
    left = dict(issues_passed)
    owed = {(one.unit_id, one.to.unit_id): one.homes for one in visits or ()}
    for one in homes:
        pair = (one.unit_id, one.to.unit_id)
        counts = {"homes": one.homes, "issues": left.pop(pair, 0)}
        counts |= {} if visits is None else {"visits_due": owed.get(pair, 0)}
        rows.append(_row(one.unit_id, one.from_officer, one.to, why, counts))
    for (old, new), count in sorted(left.items()):
        rows.append(_row(old, chiefs_before.get(old), Answering(new, chiefs_before.get(new)), why,
                         {"homes": 0, "issues": count, **({} if visits is None else {"visits_due": 0})}))  # fmt: skip
    return rows


def _returned(db: Db, entry: Any, after: Mapping[str, Place], terms: Sequence[Term]) -> list[Any]:
    """Return the appointments that an undone publication had ended and that can be held again."""
    undone = publications.by_seq(db, entry.undoes)
    ended = [row for row in appointments.ended_at(db, undone.at, UNIT_GONE) if row.unit_id in after]
    people = officers.some(db, [row.officer_id for row in ended])
    held = {t.unit_id for t in terms if t.post == CHIEF}
    busy = appointments.open_terms(db, officer_ids=[row.officer_id for row in ended])
    found = []
    for row in ended:
        person = people.get(row.officer_id)
        free = chiefs.post_taken(busy, row.officer_id, row.level, row.post, entry.at) is None
        if (
            person is not None
            and person.retired_at is None
            and free
            and not (row.post == CHIEF and row.unit_id in held)
        ):
            found.append(row)
    return found


def listed(db: Db, *, unit_id: str = "", officer_id: str = "") -> list[dict[str, Any]]:
    """Return what passed from or to a unit, or an officer, newest first, with the names of today."""
    return _told(db, appointments.handovers(db, unit_id=unit_id, officer_id=officer_id, limit=_SHOWN_MOST))


def _told(db: Db, rows: Sequence[Any]) -> list[dict[str, Any]]:
    labels = appointments.unit_labels(db, [one for row in rows for one in (row.unit_id, row.to_unit_id) if one])
    people = officers.some(db, [one for row in rows for one in (row.from_officer, row.to_officer) if one])

    def person(officer_id: str | None) -> dict[str, Any] | None:
        found = people.get(officer_id or "")
        return None if found is None else {"id": found.id, "name": found.name}

    def unit(unit_id: str | None) -> dict[str, Any] | None:
        found = labels.get(unit_id or "")
        return None if found is None else {"id": found.id, "level": found.level, "code": found.code, "name": found.name}

    return [
        {"id": row.id, "at": row.at, "unit": unit(row.unit_id), "to_unit": unit(row.to_unit_id),
         "from": person(row.from_officer), "to": person(row.to_officer),
         "went_up": row.to_unit_id != row.unit_id and row.why not in ("publish", "undo"), "why": row.why,
         "counts": row.counts, "by": row.by}
        for row in rows
    ]  # fmt: skip


def page_of(db: Db, handover_id: str) -> dict[str, Any]:
    """Return the one page of what was passed."""
    (told,) = _told(db, [appointments.one_handover(db, handover_id)])
    return {"handover": told}


def show(db: Db, actor: Actor, now: dt.datetime, handover_id: str) -> dict[str, Any]:
    """Return the page of a handover on the actor's ground, or ``handover.not_found``."""
    row = appointments.one_handover(db, handover_id)
    if row is None or not actor.scope("officers").covers(_path_of(db, row.unit_id)):
        raise Problem("handover.not_found")
    return page_of(db, handover_id)


def village_path(path: str) -> str:
    """Return the path of the village that a path lies in, the path itself above a village."""
    return "/".join(path.split("/")[: Level.VILLAGE.depth + 1]) + "/"
