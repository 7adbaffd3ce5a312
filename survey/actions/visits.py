"""Visits and errands (走访, 微服务): logged by one tap, once however often they are sent, and owed by the calendar.

A visit made under an old border counts where it was made: whoever answered for the home at that moment may log it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from geodata.actions import denied, net
from geodata.rules import crs, masks
from geodata.rules.actors import EVERYWHERE, Actor, Scope
from geodata.rules.problems import Problem
from geodata.store import audit, settings, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import modules
from survey.rules import rounds, visits
from survey.rules.deadlines import day_of
from survey.rules.visit_report import WITHDRAWN_WITHIN, VisitReport, moment, read_visit
from survey.rules.visit_sorting import sorting
from survey.store import visits as store

HISTORY_MOST = 200


def log(db: Db, actor: Actor, now: dt.datetime, visit_id: str, body: Mapping[str, Any]) -> tuple[Any, bool]:
    """Write down a visit or an errand, once.

    Returns
    -------
    tuple
        Its row, and whether it is new; the same again is the same visit.

    Raises
    ------
    Problem
        ``visit.off``; ``visit.field`` (field), ``visit.unknown_errand`` (value); ``household.not_found`` and
        ``unit.not_found`` for what was not the actor's to visit, today or then; ``visit.home_gone`` (day);
        ``visit.other_body`` (field) where the id was used for another visit, ``visit.gone`` where that was withdrawn.
    """
    if not modules.in_use(db)["visits"]:
        raise Problem("visit.off")
    told = read_visit(body, {one["kind"] for one in settings.profile(db).errands})
    known = store.one(db, visit_id)
    if known is None:
        at, skewed = moment(told.device_at, now, unreadable=told.unreadable)
        path, unit_id = _place(db, actor, told, at)
        values = {
            "id": visit_id, "digest": _digest(db, told), "kind": told.kind, "outcome": told.outcome,
            "household_id": told.household_id, "path_then": path, "unit_then": unit_id, "by": actor.name,
            "by_id": actor.id, "officer_id": store.officer_of(db, actor.id),
            "note_sealed": db.vault.seal(told.note, f"visit:note:{visit_id}"), "at": at, "received_at": now,
            "device_at": told.device_at, "skewed": skewed,
        }  # fmt: skip
        if store.add(db, values):
            return SimpleNamespace(**values, withdrawn_at=None), True  # as it stands there now: not read again
        known = store.one(db, visit_id)
    return _again(db, actor, known, told), False


def _digest(db: Db, told: VisitReport) -> str:
    made = told.device_at.isoformat() if told.device_at else ""
    whole = [told.kind, told.outcome, told.household_id, told.unit_id, told.note, made]
    return db.vault.digest(json.dumps(whole, ensure_ascii=False).encode())


def _again(db: Db, actor: Actor, known: Any, told: VisitReport) -> Any:
    """Return a visit that is there already, if this is the same one by the same person."""
    if known.by_id != actor.id:
        raise Problem("visit.other_body", field="id")
    if known.withdrawn_at is not None:
        raise Problem("visit.gone")
    if known.digest != _digest(db, told):
        note = db.vault.open(known.note_sealed, f"visit:note:{known.id}")
        pairs = (
            ("kind", known.kind, told.kind), ("outcome", known.outcome, told.outcome),
            ("household", known.household_id, told.household_id), ("note", note, told.note),
            ("device_at", known.device_at, told.device_at),
        )  # fmt: skip
        raise Problem("visit.other_body", field=next((key for key, ours, theirs in pairs if ours != theirs), "unit"))
    return known


def _place(db: Db, actor: Actor, told: VisitReport, at: dt.datetime) -> tuple[str, str]:
    """Return path and id of the unit where it was made, in the net of that moment."""
    if told.household_id:
        home = store.home_then(db, told.household_id, at)
        if home is None or not answers(db, actor, home.path_now, home.path_then, at):
            raise Problem("household.not_found")
        if home.retired_at is not None and home.retired_at <= at:
            raise Problem("visit.home_gone", day=day_of(home.retired_at).isoformat())
        return home.path_then, home.unit_then
    now, then = (units.one(db, EVERYWHERE, told.unit_id, when) for when in (None, at))
    held = then or now
    if held is None or not answers(db, actor, now.path if now is not None else "", held.path, at):
        raise Problem("unit.not_found")
    return str(held.path), str(held.id)


def answers(db: Db, actor: Actor, path_now: str, path_then: str, at: dt.datetime) -> bool:
    """Tell whether the actor answers for a place today, or did then: no border that moved since takes work away."""
    ground = actor.scope("handle")
    if (path_now and ground.covers(path_now)) or ground.paths == ("",):
        return True
    if not path_then:
        return False
    if Scope(units.scope_then(db, ground, at).paths).covers(path_then):
        return True
    officer_id = store.officer_of(db, actor.id)
    return bool(officer_id) and Scope(tuple(store.chief_paths_then(db, officer_id, at))).covers(path_then)


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path where a visit was made, None where there is no such (``geodata.actions.denied``)."""
    row = store.one(db, thing_id)
    return str(row.path_then) if row is not None else None


denied.also(path_of)


def withdraw(db: Db, actor: Actor, now: dt.datetime, visit_id: str) -> None:
    """Take back a visit of one's own that was a slip; taking it back again changes nothing.

    Raises
    ------
    Problem
        ``visit.not_found``, also for another's; ``visit.too_late`` (days).
    """
    known = store.one(db, visit_id)
    if known is None or known.by_id != actor.id:
        raise Problem("visit.not_found")
    if known.withdrawn_at is None:
        if now - known.received_at > WITHDRAWN_WITHIN:
            raise Problem("visit.too_late", days=WITHDRAWN_WITHIN.days)
        store.withdraw(db, visit_id, now)
        audit.record(db, actor, now, "visit.withdrawn", visit_id, known.path_then, outcome=known.outcome)


def shown(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    """Return a visit as its author reads it."""
    note = db.vault.open(row.note_sealed, f"visit:note:{row.id}") if row.by_id == actor.id else ""
    return {
        "id": row.id, "kind": row.kind, "outcome": row.outcome, "household": row.household_id, "unit": row.unit_then,
        "by": row.by, "mine": row.by_id == actor.id, "note": note, "at": row.at, "received_at": row.received_at,
        "device_at": row.device_at, "skewed": row.skewed, "withdrawn": row.withdrawn_at is not None,
    }  # fmt: skip


def due(db: Db, actor: Actor, now: dt.datetime, unit_id: str, state: str, after: str, limit: int) -> dict[str, Any]:
    """Return a page of the homes of a unit ("" for all the reader's ground) that are to be visited, by code, masked.

    Parameters
    ----------
    state
        One of ``survey.rules.visits.STATES``, "" for due and overdue.

    Raises
    ------
    Problem
        ``unit.not_found``, ``visit.unknown_state`` (value, known).
    """
    scope = actor.scope("see_homes")
    if state and state not in visits.STATES:
        raise Problem("visit.unknown_state", value=state[:20], known=", ".join(visits.STATES))
    path = net.path_of(db, scope, unit_id)
    sort = sorting(settings.profile(db), now)
    rows = store.due_page(db, scope, path, sort, [state] if state else ["overdue", "due"], after, limit)
    counts = dict.fromkeys(visits.STATES, 0)
    for _, held, homes in store.states_by_path(db, scope, path, sort):
        counts[held] += homes
    return {"items": homes_shown(db, now, rows), "next": rows[-1].code if len(rows) == limit else None,
            "total": counts[state] if state else counts["due"] + counts["overdue"], "counts": counts}  # fmt: skip


def homes_shown(db: Db, now: dt.datetime, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return homes with their visits as a phone lists them, masked as everywhere."""
    profile = settings.profile(db)
    places = lonlat_of([row.geom for row in rows]).tolist()
    made = store.last_of(db, [row.id for row in rows], profile.visit_outcomes)
    items = []
    for row, (lon, lat) in zip(rows, places, strict=True):
        last = made.get(row.id)
        owed = visits.owed(profile, now, priority=row.priority, last=last, known_since=row.created_at)
        items.append({
            "id": row.id, "code": row.code, "address": masks.address(row.address), "building": row.building,
            "entrance": row.entrance, "floor": row.floor, "room": masks.address(row.room), "lon": round(lon, 6),
            "lat": round(lat, 6), "priority": row.priority, "lin": row.unit_id if row.level == "lin" else "",
            "last_visit": day_of(last).isoformat() if last is not None else None,
            "due": owed.due.isoformat() if owed.due is not None else None, "state": owed.state,
        })  # fmt: skip
    return items


def history(db: Db, actor: Actor, now: dt.datetime, household_id: str) -> dict[str, Any]:
    """Return what was logged at a home, the newest first; notes are read by who wrote them.

    Raises ``household.not_found`` outside the reader's ground.
    """
    home = store.home_then(db, household_id, now)
    if home is None or not home.path_now or not actor.scope("see_homes").covers(home.path_now):
        raise Problem("household.not_found")
    rows = store.of_home(db, household_id, HISTORY_MOST)
    mine_or_kept = [row for row in rows if row.withdrawn_at is None or row.by_id == actor.id]
    return {"items": [shown(db, actor, row) for row in mine_or_kept]}


def plan_round(
    db: Db, actor: Actor, now: dt.datetime, ids: Sequence[str], start: tuple[float, float] | None
) -> dict[str, Any]:
    """Return in which order to walk to some homes, and how far that is in metres.

    Parameters
    ----------
    start
        (lon, lat) in EPSG:4490 degrees where one stands, None where the round may begin at any home.

    Raises
    ------
    Problem
        ``visit.no_homes`` (most); ``household.not_found`` where one is not the reader's to see.
    """
    wanted = list(dict.fromkeys(ids))
    if not 0 < len(wanted) <= rounds.HOMES_MOST:
        raise Problem("visit.no_homes", most=rounds.HOMES_MOST)
    found = store.some_places(db, actor.scope("see_homes"), wanted)
    if len(found) < len(wanted):
        raise Problem("household.not_found")
    places_ll = lonlat_of([found[one] for one in wanted])
    zone = crs.county_zone(float(places_ll[0, 0]))
    places_xy = crs.to_xy(places_ll, zone)
    start_xy = crs.to_xy(np.array([start]), zone)[0] if start is not None else None
    order = rounds.short_round(places_xy, start_xy)
    return {"order": [wanted[at] for at in order], "walk_m": round(rounds.walk_m(places_xy, order, start_xy), 1)}
