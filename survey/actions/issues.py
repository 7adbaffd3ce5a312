"""Raising an issue and taking a step: written once, whatever is sent twice, and never by who may not (E01, D08).

An issue keeps the unit, the chief and the net's version of the moment it was reported (``then``); where it lies today
is kept beside them and follows every redraw.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from geodata.rules.actors import Actor
from geodata.rules.crs import geodesic_length_m
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import answering, categories, issue_notices, issue_routes
from survey.actions.answering import Spot
from survey.rules.deadlines import Calendar, day_of
from survey.rules.issue_fields import read_detail
from survey.rules.issue_report import ACCURACY_MOST_M, Report, first_difference, read_report
from survey.rules.issue_row import columns_of, parties_of
from survey.rules.issue_steps import STEPS
from survey.rules.issues import Case, Event, fold, objection
from survey.store import issue_queries, issues


@dataclass(frozen=True)
class Wish:
    """A step that somebody asks for.

    Parameters
    ----------
    id
        Made by the client; the same id again is the same step.
    detail
        What the step says, as it came.
    place
        (lon, lat) in EPSG:4490 degrees, where the step has one.
    after
        The event that its author had seen last, "" where it does not matter.
    """

    id: str
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    place: tuple[float, float] | None = None
    device_at: dt.datetime | None = None
    after: str = ""


def calendar_of(db: Db) -> Calendar:
    """Return which days count in this county."""
    held = settings.get(db, "holidays", {"off": [], "on": []})
    off, on = (frozenset(dt.date.fromisoformat(day) for day in held[key]) for key in ("off", "on"))
    return Calendar(settings.profile(db).deadline_days, off, on)


def report(db: Db, actor: Actor, now: dt.datetime, issue_id: str, body: Mapping[str, Any]) -> tuple[Any, bool]:
    """Raise an issue, once.

    Returns
    -------
    tuple
        The issue's row, and whether it is new; the same report again is the same issue.

    Raises
    ------
    Problem
        ``issue.field`` (field), ``issue.unknown_category``, ``issue.outside`` for a place in no unit;
        ``issue.other_body`` (field) where the id was used for another report, ``issue.gone`` where that was withdrawn.
    """
    told = read_report(body)
    known = issues.raw(db, issue_id)
    if known is None:
        row, events = prepared(db, actor, now, issue_id, told)
        if issues.add(db, row):
            issues.add_event(db, events)
            issues.set_parties(db, issue_id, _told(events["detail"]))
            made = issues.raw(db, issue_id)
            issue_notices.tell_of(db, now, made, event_of(events))
            return made, True
        known = issues.raw(db, issue_id)
    return _again(db, actor, known, told), False


def _told(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"kind": "unit", "party_id": one, "role": "told", "sign_by": None} for one in detail.get("told", ())]


def _again(db: Db, actor: Actor, known: Any, told: Report) -> Any:
    """Return an issue that is there already, if this is the same report by the same person."""
    if known.by_id != actor.id:
        raise Problem("issue.other_body", field="id")
    if known.deleted_at is not None:
        raise Problem("issue.gone", number=known.number)
    if known.digest != _digest(db, told):
        raise Problem("issue.other_body", field=first_difference(known.raw, told.raw) or "raiser")
    return known


def _digest(db: Db, told: Report) -> str:
    whole = json.dumps([dict(told.raw), dict(told.raiser)], ensure_ascii=False, sort_keys=True)
    return db.vault.digest(whole.encode())


def prepared(
    db: Db, actor: Actor, now: dt.datetime, issue_id: str, told: Report
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rows of a new issue and of its first event; nothing is written yet."""
    category = categories.find(db, now, told.category_id)
    spot = answering.stand(db, told.lon, told.lat, told.accuracy_m)
    if spot is None:
        raise Problem("issue.outside", lon=told.lon, lat=told.lat)
    target = issue_routes.target(db, category, spot, told.lon, told.lat)
    detail = {
        "category_id": told.category_id, "grade": told.grade or category.grade, "level": target.level,
        "holder": {"kind": target.kind, "id": target.id}, "told": spot.told, "why": target.why,
    }  # fmt: skip
    event = {
        "id": issue_id, "issue_id": issue_id, "kind": "reported", "after": "", "by": actor.name, "by_id": actor.id,
        "capacity": "raiser", "level": "", "at": now, "device_at": told.device_at, "lon": told.lon, "lat": told.lat,
        "detail": detail,
    }  # fmt: skip
    named = (issues.next_number(db, day_of(now)), answering.chief_at(db, spot))
    row = {**fixed(db, actor, now, issue_id, told, spot, named), "restricted": category.restricted,
           "holder_path": target.path}  # fmt: skip
    case = fold([event_of(event)])
    assert case is not None
    return {**row, **columns_of(case, calendar_of(db))}, event


def fixed(
    db: Db, actor: Actor, now: dt.datetime, issue_id: str, told: Report, spot: Spot, named: tuple[int, str]
) -> dict[str, Any]:
    """Return what of an issue never changes: the raw report, and how the net stood at that moment.

    ``named`` is the running number of the day and the officer who answered at the place, "" for none.
    """
    number, chief = named
    sealed = db.vault.seal(json.dumps(dict(told.raiser), ensure_ascii=False), f"issue:raiser:{issue_id}")
    return {
        "id": issue_id, "number": f"{day_of(now):%Y%m%d}-{number:05d}", "digest": _digest(db, told), "raw": told.raw,
        "source": told.source, "text": told.text, "place_text": told.place_text,
        "geom": shapely.Point(told.lon, told.lat), "accuracy_m": told.accuracy_m, "place_source": told.place_source,
        "path": spot.path, "path_then": spot.path, "unit_then": spot.unit_id, "chief_then": chief,
        "net_then": settings.net_version(db), "told": spot.told, "by": actor.name, "by_id": actor.id,
        "raiser_sealed": sealed if told.raiser else None, "at": now, "device_at": told.device_at,
        "skewed": told.is_skewed(now), "photos_told": told.photos,
    }  # fmt: skip


def event_of(row: Mapping[str, Any]) -> Event:
    """Return a row that is about to be stored as the rules read it."""
    place = (row["lon"], row["lat"]) if row["lon"] is not None else None
    return Event(row["id"], row["kind"], row["at"], row["by_id"], row["capacity"], row["level"], row["detail"],
                 row["after"], place)  # fmt: skip


def step(db: Db, actor: Actor, now: dt.datetime, issue_id: str, wish: Wish) -> tuple[Any, bool]:
    """Take a step, once.

    Returns
    -------
    tuple
        The issue's row after it, and whether the step is new.

    Raises
    ------
    Problem
        ``issue.not_found`` for an issue that the actor may not see; ``issue.gone`` for one withdrawn;
        ``issue.taken`` where the id was used for something else; ``issue.not_yours`` (step) where nobody like the
        actor may take it; ``issue.step`` (step, state, why, by) where it is not possible now; ``issue.field`` (field).
    """
    row = issues.raw(db, issue_id, lock=True)
    if row is None or issue_queries.one(db, answering.sight_of(db, actor), issue_id) is None:
        raise Problem("issue.not_found")
    before = issues.event(db, wish.id)
    if before is not None:
        if (before.issue_id, before.kind, before.by_id) != (issue_id, wish.kind, actor.id):
            raise Problem("issue.taken")
        return row, False
    if row.deleted_at is not None:
        raise Problem("issue.gone", number=row.number)
    events = issues.events_by_issue(db, [issue_id])[issue_id]
    case = folded(events)
    event = _checked(db, actor, now, row, case, wish)
    after = written(db, row, events, event, actor, wish.device_at)
    if event.kind == "merged":
        _pass_voices(db, actor, now, case.voices, event)
    return after, True


def _pass_voices(db: Db, actor: Actor, now: dt.datetime, voices: int, merged: Event) -> None:
    """Give the voices of an issue to the one it was merged into, so that nobody who spoke is forgotten."""
    into = issues.raw(db, merged.detail["into"], lock=True)
    made = str(uuid.uuid5(uuid.UUID(merged.id), "voices"))
    event = Event(made, "voiced", now, actor.id, merged.capacity, merged.level, {"voices": voices})
    written(db, into, issues.events_by_issue(db, [into.id])[into.id], event, actor)


def voice(db: Db, actor: Actor, now: dt.datetime, issue_id: str, wish: Wish) -> int:
    """Say "me too" to an open issue near by, which one need not be allowed to read; return how many have.

    Raises
    ------
    Problem
        ``issue.not_found`` for one that is restricted, ended or farther than ``similar_m`` (profile) and the accuracy
        of a phone from where one stands; ``issue.field`` (field) without a place; ``issue.taken``.
    """
    if wish.place is None:
        raise Problem("issue.field", field="place")
    row = issues.raw(db, issue_id, lock=True)
    reach_m = settings.profile(db).similar_m + ACCURACY_MOST_M
    if row is None or row.restricted or row.closed_at is not None or _far_m(row, wish.place) > reach_m:
        raise Problem("issue.not_found")
    before = issues.event(db, wish.id)
    if before is not None:
        if (before.issue_id, before.kind, before.by_id) != (issue_id, "voiced", actor.id):
            raise Problem("issue.taken")
        return int(row.voices)
    detail = read_detail(STEPS["voiced"].fields, wish.detail)
    event = Event(wish.id, "voiced", now, actor.id, "reader", "", detail, wish.after, wish.place)
    return int(written(db, row, issues.events_by_issue(db, [issue_id])[issue_id], event, actor, wish.device_at).voices)


def _far_m(row: Any, place: tuple[float, float]) -> float:
    """Return how far an issue lies from a place on the ellipsoid, in metres."""
    here = shapely.from_wkb(row.geom)
    return geodesic_length_m(shapely.LineString([(here.x, here.y), place]))


def folded(events: list[Event]) -> Case:
    """Return what the events of a stored issue come to; there is always a report among them."""
    case = fold(events)
    assert case is not None
    return case


def _checked(db: Db, actor: Actor, now: dt.datetime, row: Any, case: Case, wish: Wish) -> Event:
    """Return the event that a wish comes to, or refuse it."""
    step_ = STEPS.get(wish.kind)
    if step_ is None:
        raise Problem("issue.unknown_step", step=wish.kind[:40])
    held = issue_routes.capacities(db, actor, row, case)
    fitting = [one for one in held if one in step_.by]
    if not fitting:
        raise Problem("issue.not_yours", step=wish.kind)
    detail = read_detail(step_.fields, wish.detail)
    level = issue_routes.level_of(db, actor, row, fitting[0])
    event = Event(wish.id, wish.kind, now, actor.id, fitting[0], level, detail, wish.after, wish.place)
    why = objection(case, event)
    if why:
        successor = {"merged_into": case.merged_into} if case.merged_into else {}
        raise Problem("issue.step", step=wish.kind, state=case.state, why=why, **_last(db, row.id), **successor)
    return issue_routes.enriched(db, actor, row, case, event)


def _last(db: Db, issue_id: str) -> dict[str, Any]:
    """Return who did what last, for who came too late."""
    last = issues.event_rows(db, issue_id)[-1]
    return {"by": last.by, "last": last.kind, "at": last.at.isoformat()}


def written(
    db: Db, row: Any, before: list[Event], event: Event, actor: Actor, device_at: dt.datetime | None = None
) -> Any:
    """Write an event behind those there are, and what the issue has come to with it; return the issue's row."""
    event = behind(before, event)
    if not issues.add_event(db, stored(row.id, event, actor, device_at)):
        raise Problem("issue.taken")
    case = folded([*before, event])
    issues.update(db, row.id, {**columns_of(case, calendar_of(db)), **issue_routes.placed(db, row, case, event)})
    issues.set_parties(db, row.id, parties_of(case))
    made = issues.raw(db, row.id)
    issue_notices.tell_of(db, event.at, made, event, reopened=made.reopened > row.reopened)
    return made


def behind(before: Sequence[Event], event: Event) -> Event:
    """Return an event at a moment behind those there are, so that two steps of one instant keep their order."""
    last = max(one.at for one in before)
    return replace(event, at=max(event.at, last + dt.timedelta(microseconds=1)))


def stored(issue_id: str, event: Event, actor: Actor, device_at: dt.datetime | None = None) -> dict[str, Any]:
    """Return an event as the columns of the store."""
    lon, lat = event.place or (None, None)
    return {
        "id": event.id, "issue_id": issue_id, "kind": event.kind, "after": event.after, "by": actor.name,
        "by_id": actor.id, "capacity": event.capacity, "level": event.level, "at": event.at, "device_at": device_at,
        "lon": lon, "lat": lat, "detail": dict(event.detail),
    }  # fmt: skip


def require_readable(db: Db, actor: Actor, issue_id: str) -> Any:
    """Return the row of an issue that the actor may see, or ``issue.not_found``."""
    found = issue_queries.one(db, answering.sight_of(db, actor), issue_id)
    if found is None:
        raise Problem("issue.not_found")
    return found


def unmask_raiser(db: Db, actor: Actor, now: dt.datetime, issue_id: str, reason: str) -> dict[str, str]:
    """Return name and telephone of who raised an issue, in full; who asked and why is in the audit before.

    Raises
    ------
    Problem
        ``issue.not_found``, ``unmask.no_reason``; ``right.missing`` where the actor neither deals with it nor unmasks.
    """
    row = require_readable(db, actor, issue_id)
    if not actor.scope("unmask").covers(row.path) and row.by_id != actor.id:
        raise Problem("right.missing", right="unmask")
    if len(reason.strip()) < 2:
        raise Problem("unmask.no_reason")
    audit.record(db, actor, now, "issue.raiser_unmasked", issue_id, row.path, reason=reason.strip()[:200])
    return raiser_of(db, row)


def raiser_of(db: Db, row: Any) -> dict[str, str]:
    """Return name and telephone of who raised an issue, empty where nobody told them."""
    opened = db.vault.open(row.raiser_sealed, f"issue:raiser:{row.id}")
    found: dict[str, str] = json.loads(opened) if opened else {}
    return found
