"""Publishing a plan and undoing it, with posts and open issues on its ground settled in the same transaction.

The net knows nothing of people; whoever publishes for people calls these and not ``geodata.actions.plans`` itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.actions import plans
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.redraw_names import full_name
from geodata.store import publications, units
from geodata.store.database import Db
from survey.actions import handover, issue_redraw, visit_redraw
from survey.rules import chiefs
from survey.rules.chiefs import Place
from survey.store import appointments, officers

TOLD_MOST = 100


def publish(
    db: Db, actor: Actor, now: dt.datetime, plan_id: str, reason: str = "", dated: dt.date | None = None
) -> str:
    """Make a plan the net of its ground, end the posts whose unit is gone and write what changes hands.

    Raises what ``geodata.actions.plans.publish`` does; returns the publication's id.
    """
    publication_id = plans.publish(db, actor, now, plan_id, reason, dated)
    _settle(db, actor, now, publication_id)
    return publication_id


def undo(db: Db, actor: Actor, now: dt.datetime, publication_id: str, reason: str = "") -> str:
    """Undo a publication and give back the posts it ended; returns the new publication's id."""
    undone_id = plans.undo(db, actor, now, publication_id, reason)
    _settle(db, actor, now, undone_id)
    return undone_id


def _settle(db: Db, actor: Actor, now: dt.datetime, publication_id: str) -> None:
    entry = publications.one(db, publication_id)
    village = units.one(db, EVERYWHERE, entry.unit_id) if entry.unit_id else None
    passed = issue_redraw.after_publication(db, actor, now, publication_id, village.path) if village is not None else {}
    handover.after_publication(db, actor, now, publication_id, passed)


def changes(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> dict[str, Any]:
    """Return what publishing a plan would change in the net, and what changes hands with it.

    ``posts_vacant`` holds ``new`` (posts of units that are not there yet), ``ended`` (posts whose holder loses them,
    because the unit is gone) and ``items``, the first hundred of the latter with unit, level, post and officer.
    ``issues_open`` counts the open issues that would pass to another unit, ``visits_due`` the homes that are to be
    visited and would belong to another one; a county that keeps no visits is told nothing of them.
    """
    found = plans.show(db, actor, now, plan_id)
    difference = plans.Difference(db, found)
    passing = issue_redraw.would_pass(db, found.unit_path, difference.planned)
    visits = visit_redraw.would_pass(db, now, [home for home, _ in difference.moved])
    return {**difference.counts(), "issues_open": passing, **visits, "posts_vacant": _posts_vacant(db, difference)}


def _posts_vacant(db: Db, difference: plans.Difference) -> dict[str, Any]:
    before = {row.id: Place(row.id, row.level, row.parent_id) for row in difference.current.values()}
    after = {row.unit_id: Place(row.unit_id, row.level, row.parent_id) for row in difference.planned}
    outcome = chiefs.after_change(before, after, appointments.open_terms(db, unit_ids=list(before)), {})
    told = outcome.ended[:TOLD_MOST]
    people = officers.some(db, [term.officer_id for term in told])
    items = []
    for term in told:
        unit = difference.current[term.unit_id]
        items.append({
            "unit": {"id": unit.id, "level": unit.level, "code": unit.code, "name": unit.name,
                     "full_name": full_name(unit, difference.current)}, "level": term.level,
            "post": term.post, "officer": {"id": term.officer_id, "name": people[term.officer_id].name},
        })  # fmt: skip
    return {"new": len(outcome.vacant), "ended": len(outcome.ended), "items": items}
