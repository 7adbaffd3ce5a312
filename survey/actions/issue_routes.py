"""Where an issue goes, and as whom somebody deals with it: units, offices and desks found in today's net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from survey.actions import answering, routing
from survey.actions.answering import Spot
from survey.rules.issue_case import OPEN, Case, Event, Party
from survey.store import appointments, issue_queries, issues

DESKS = ("village", "town", "county")
_TO_DESK_FROM = 1  # a second refusal goes to a desk, so that an issue does not bounce for ever


@dataclass(frozen=True)
class Target:
    """Who holds an issue: the chief or desk of a unit, or an office; its path in the net, its level, and why."""

    kind: str
    id: str
    path: str
    level: str
    why: str = ""


def target(db: Db, category: Any, spot: Spot, lon: float, lat: float) -> Target:
    """Return who is to take an issue: the nearest chief, or whom its category or the ground names (``routing``)."""
    found = routing.target_of(db, category, spot.chain, lon, lat)
    if found.kind == "office":
        return replace(party_target(db, Party("office", found.id)), why=found.why)
    row = next(step for step in spot.chain if step.id == found.id)
    return Target("unit", row.id, row.path, row.level, found.why)


def party_target(db: Db, party: Party) -> Target:
    """Return a unit in force or an office that an issue may go to.

    Raises
    ------
    Problem
        ``issue.unknown_party`` where there is no such any more.
    """
    if party.kind == "office":
        office = issues.offices(db, [party.id]).get(party.id)
        if office is None or office.retired_at is not None:
            raise Problem("issue.unknown_party", kind="office")
        home = units.one(db, EVERYWHERE, office.unit_id) if office.unit_id else None
        return Target("office", party.id, "", home.level if home is not None else Level.COUNTY.value)
    row = units.one(db, EVERYWHERE, party.id)
    if row is None:
        raise Problem("issue.unknown_party", kind="unit")
    return Target("unit", row.id, row.path, row.level)


def capacities(db: Db, actor: Actor, row: Any, case: Case) -> list[str]:
    """Return as whom somebody deals with an issue, the closest first (``survey.rules.issue_steps.CAPACITIES``)."""
    handle, desk, office = actor.scope("handle"), actor.scope("desk"), actor.office_id
    is_desk = desk.covers(row.path)
    found = {
        "raiser": row.by_id == actor.id,
        "holder": _holds(row, case, actor) or (case.holder.kind == "office" and is_desk and "" in desk.paths),
        "helper": bool(office) and office in case.helpers,
        "called": bool(office) and office in case.called(),
        "told": bool(case.told) and any(handle.covers(path) for path in _told_paths(db, case)),
        "desk": is_desk,
        "reader": True,
    }
    order = ("holder", "helper", "called", "told", "desk", "raiser", "reader")
    return [one for one in order if found[one]]


def _holds(row: Any, case: Case, actor: Actor) -> bool:
    if case.holder.kind == "office":
        return actor.office_id == case.holder.id
    return actor.scope("handle").covers(row.holder_path)


def _told_paths(db: Db, case: Case) -> list[str]:
    ids = [one.id for one in case.told if one.kind == "unit"]
    return [label.path for label in appointments.unit_labels(db, ids).values()]


def level_of(db: Db, actor: Actor, row: Any, capacity: str) -> str:
    """Return at which level a step is taken: the holder's, or that of the desk, "" for who raised it or reads it."""
    if capacity in ("raiser", "reader"):
        return ""
    if capacity != "desk":
        return str(row.level)
    paths = [p for p in actor.scope("desk").paths if row.path.startswith(p)]
    depth = max((p.count("/") - 1 for p in paths), default=0)
    return DESKS[::-1][min(max(depth, 0), 2)]


def enriched(db: Db, actor: Actor, row: Any, case: Case, event: Event) -> Event:
    """Return the event with what only the server knows: where it goes to and at which level that is.

    Raises
    ------
    Problem
        ``issue.unknown_party`` (kind), ``issue.unknown_category``, ``issue.bad_merge``, ``issue.outside``;
        ``issue.not_yours`` (step) for who signs in for others; ``issue.step`` with ``top`` where nobody is above.
    """
    more = _MORE.get(event.kind)
    return event if more is None else replace(event, detail={**event.detail, **more(db, actor, row, case, event)})


Facts = dict[str, Any]


def _sent(db: Db, _actor: Actor, _row: Any, _case: Case, event: Event) -> Facts:
    for one in event.detail.get("helpers", ()):
        party_target(db, Party("office", one))
    return {"to_level": party_target(db, Party.of(event.detail["to"])).level}


def _bounced(db: Db, actor: Actor, row: Any, case: Case, event: Event) -> Facts:
    """Send a first refusal to whom it names, a second to the desk of the town, which decides."""
    named = _sent(db, actor, row, case, event)
    if case.bounces < _TO_DESK_FROM:
        return named
    desk = next(one for one in reversed(units.chain(db, row.path)) if one.level in ("town", "county"))
    return {"goes_to": {"kind": "unit", "id": desk.id}, "to_level": desk.level}


def _up(db: Db, _actor: Actor, row: Any, case: Case, event: Event) -> Facts:
    path = path_above(row)
    above = units.with_paths(db, [path]).get(path) if path else None
    if above is None:
        raise Problem("issue.step", step=event.kind, state=case.state, why="top")
    return {"to": {"kind": "unit", "id": above.id}, "to_level": above.level}


def path_above(row: Any) -> str:
    """Return the path of the unit to which an issue goes up, "" from the top: an office's goes to the county."""
    steps = str(row.path if row.holder_kind == "office" else row.holder_path).split("/")[:-1]
    above = steps[:1] if row.holder_kind == "office" else steps[:-1]
    return "/".join(above) + "/" if above else ""


def _taken(db: Db, actor: Actor, _row: Any, case: Case, event: Event) -> Facts:
    """Name the unit beyond the border whose chief accepts."""
    if event.capacity != "told":
        return {}
    ids = [one.id for one in case.told if one.kind == "unit"]
    labels = appointments.unit_labels(db, ids)
    mine = [one for one in ids if one in labels and actor.scope("handle").covers(labels[one].path)]
    return {"unit": mine[0]}


def _merging(db: Db, actor: Actor, row: Any, _case: Case, event: Event) -> Facts:
    into = event.detail["into"]
    found = issue_queries.one(db, answering.sight_of(db, actor), into)
    if found is None or into == row.id or found.state not in OPEN:
        raise Problem("issue.bad_merge")
    return {"into_number": found.number}


def _calling(db: Db, _actor: Actor, _row: Any, _case: Case, event: Event) -> Facts:
    for one in event.detail["offices"]:
        party_target(db, Party("office", one))
    return {}


def _signing(_db: Db, actor: Actor, _row: Any, _case: Case, event: Event) -> Facts:
    """Let an office sign in for itself alone; a desk may write down who came."""
    if event.capacity == "called" and event.detail["office"] != actor.office_id:
        raise Problem("issue.not_yours", step=event.kind)
    return {}


def _naming(db: Db, _actor: Actor, _row: Any, _case: Case, event: Event) -> Facts:
    found = issues.categories(db, [event.detail["category_id"]])
    if not found:
        raise Problem("issue.unknown_category")
    return {}


def _placing(db: Db, _actor: Actor, _row: Any, _case: Case, event: Event) -> Facts:
    assert event.place is not None  # the step has been checked: without a place it is none
    if answering.stand(db, *event.place) is None:
        raise Problem("issue.outside", lon=event.place[0], lat=event.place[1])
    return {}


_MORE: dict[str, Callable[[Db, Actor, Any, Case, Event], Facts]] = {
    "dispatched": _sent,
    "refused": _bounced,
    "escalated": _up,
    "accepted": _taken,
    "merged": _merging,
    "whistled": _calling,
    "signed_in": _signing,
    "recategorised": _naming,
    "moved": _placing,
}


def placed(db: Db, row: Any, case: Case, event: Event) -> dict[str, Any]:
    """Return the columns that a step changes because of where things lie: the holder's path, the issue's own place."""
    found: dict[str, Any] = {}
    if (case.holder.kind, case.holder.id) != (row.holder_kind, row.holder_id):
        label = appointments.unit_labels(db, [case.holder.id]).get(case.holder.id)
        found["holder_path"] = label.path if label is not None and case.holder.kind == "unit" else ""
    if event.kind == "moved" and event.place is not None:
        spot = answering.stand(db, *event.place)
        assert spot is not None
        found |= {"path": spot.path, "geom": shapely.Point(event.place)}
    if event.kind == "recategorised":
        found["restricted"] = issues.categories(db, [case.category_id])[case.category_id].restricted
    return found
