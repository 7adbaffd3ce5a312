"""Issues as people read them: a line of a list, and one issue whole with what may be done about it now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.actions import browse
from geodata.rules import masks
from geodata.rules.actors import Actor
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import issue_routes, issues, posts
from survey.rules.chiefs import CHIEF
from survey.rules.deadlines import is_late
from survey.rules.issue_case import UNSOLVED, Case
from survey.rules.issue_fields import fields_of
from survey.rules.issue_steps import STEPS, steps_for
from survey.store import appointments, officers
from survey.store import issues as kept

EXCERPT_MOST = 160


@dataclass(frozen=True)
class Names:
    """What the ids of some issues are called: categories, units with their chiefs, offices."""

    categories: Mapping[str, Any]
    units: Mapping[str, Any]
    chiefs: Mapping[str, str]
    offices: Mapping[str, Any]
    photos: Mapping[str, int]
    chains: Mapping[str, list[dict[str, str]]]


def names_of(db: Db, actor: Actor, rows: Sequence[Any]) -> Names:
    """Find what the ids of some issues are called, each question asked once for all."""
    held = [row.holder_id for row in rows if row.holder_kind == "unit"]
    labels = appointments.unit_labels(db, held)
    chiefs = {
        unit_id: _chief_name(actor, labels[unit_id].path, terms)
        for unit_id, terms in appointments.of_units(db, held).items()
        if unit_id in labels
    }
    return Names(
        kept.categories(db, [row.category_id for row in rows]),
        labels,
        chiefs,
        kept.offices(db, [row.holder_id for row in rows if row.holder_kind == "office"]),
        kept.photo_counts(db, [row.id for row in rows]),
        {path: browse.chain(db, path) for path in {row.path for row in rows}},
    )


def _chief_name(actor: Actor, path: str, terms: Sequence[Any]) -> str:
    name = next((term.name for term in terms if term.post == CHIEF), "")
    return name if posts.knows_names(actor, path) else masks.name(name)


def lines(db: Db, actor: Actor, now: dt.datetime, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return issues as lines of a list, in the order given."""
    if not rows:
        return []
    names = names_of(db, actor, rows)
    places = lonlat_of([row.geom for row in rows]).tolist()
    return [line(row, names, now, lon, lat) for row, (lon, lat) in zip(rows, places, strict=True)]


def line(row: Any, names: Names, now: dt.datetime, lon: float, lat: float) -> dict[str, Any]:
    """Return one issue as a line of a list."""
    chain = names.chains[row.path]
    return {
        "id": row.id, "number": row.number, "category": category_label(names.categories.get(row.category_id)),
        "grade": row.grade, "state": row.state, "late": is_late(row.due, None, now), "due": row.due,
        "result_due": row.result_due, "progress_due": row.progress_due, "paused": row.paused,
        "text": row.text[:EXCERPT_MOST], "place_text": row.place_text, "chain": chain,
        "unit": chain[-1] if chain else None, "holder": _holder(row, names), "source": row.source, "at": row.at,
        "voices": row.voices, "photos": names.photos.get(row.id, 0), "photos_told": row.photos_told,
        "rating": row.rating, "bounces": row.bounces, "reopened": row.reopened, "level": row.level, "lon": lon,
        "lat": lat, "restricted": row.restricted, "merged_into": row.merged_into, "closed_at": row.closed_at,
    }  # fmt: skip


def category_label(row: Any) -> dict[str, str]:
    """Return how a category is shown."""
    if row is None:
        return {"id": "", "code": "", "name": "", "symbol": "", "major": ""}
    return {"id": row.id, "code": row.code, "name": row.name, "symbol": row.symbol, "major": row.major}


def _holder(row: Any, names: Names) -> dict[str, Any]:
    if row.holder_kind == "office":
        office = names.offices.get(row.holder_id)
        return {"kind": "office", "id": row.holder_id, "name": office.name if office is not None else "", "level": ""}
    unit = names.units.get(row.holder_id)
    name, level = (unit.name, unit.level) if unit is not None else ("", "")
    officer = names.chiefs.get(row.holder_id, "")
    return {"kind": "unit", "id": row.holder_id, "name": name, "level": level, "officer": officer}


def whole(db: Db, actor: Actor, now: dt.datetime, row: Any) -> dict[str, Any]:
    """Return one issue whole: its events, its clocks, who answered then and now, and what the actor may do now."""
    (short,) = lines(db, actor, now, [row])
    rows = kept.event_rows(db, row.id)
    case = issues.folded([kept.event_of(one) for one in rows])
    return {
        **short, "text": row.text, "events": _events(db, actor, row, rows, case), "steps": steps(db, actor, row, case),
        "then": _then(db, actor, row), "now": _now(db, actor, row), "clocks": _clocks(row, case, now),
        "parties": _parties(db, row), "raiser": _raiser(db, actor, row), "outcome": case.outcome,
        "valid": case.valid, "remedy": list(case.remedy), "sessions": case.sessions,
        "accuracy_m": row.accuracy_m, "place_source": row.place_source, "device_at": row.device_at,
        "skewed": row.skewed, "accepted_at": row.accepted_at, "solved_at": row.solved_at,
        "answered_at": row.answered_at, "by": row.by, "mine": row.by_id == actor.id,
        "whistles": [_whistle(one) for one in case.whistles],
        "capacities": issue_routes.capacities(db, actor, row, case),
    }  # fmt: skip


def steps(db: Db, actor: Actor, row: Any, case: Case) -> list[dict[str, Any]]:
    """Return the steps that the actor may take now, each with what it asks for."""
    if row.deleted_at is not None:
        return []
    held = issue_routes.capacities(db, actor, row, case)
    return [{"kind": kind, "fields": fields_of(STEPS[kind].fields)} for kind in steps_for(case, held)]


def _events(db: Db, actor: Actor, row: Any, rows: Sequence[Any], case: Case) -> list[dict[str, Any]]:
    skipped = dict(case.skipped)
    named = _parties_named(db, rows)
    return [
        {
            "id": one.id, "kind": one.kind, "at": one.at, "device_at": one.device_at, "by": one.by,
            "capacity": one.capacity, "level": one.level, "lon": one.lon, "lat": one.lat,
            "detail": {**one.detail, **_names_in(one.detail, named)}, "counts": one.id not in skipped,
            "why": skipped.get(one.id, ""),
        }
        for one in rows
    ]  # fmt: skip


def _parties_named(db: Db, rows: Sequence[Any]) -> dict[str, str]:
    """Return what the units and offices named in events are called."""
    ids = {found for one in rows for found in _ids_in(one.detail)}
    labels = appointments.unit_labels(db, sorted(ids))
    found = {unit_id: str(label.name) for unit_id, label in labels.items()}
    found |= {office_id: str(office.name) for office_id, office in kept.offices(db, ids).items()}
    return found | {one: str(c.name) for one, c in kept.categories(db, ids).items()}


def _ids_in(detail: Mapping[str, Any]) -> Iterable[str]:
    for key in ("to", "goes_to", "holder"):
        if key in detail:
            yield str(detail[key]["id"])
    yield from (str(detail[key]) for key in ("office", "unit", "category_id") if key in detail)
    yield from (str(one) for key in ("offices", "helpers", "told") for one in detail.get(key, ()))


def _names_in(detail: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    return {"names": {one: named[one] for one in _ids_in(detail) if one in named}}


def _then(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    """Return where the issue lay when it was reported and who answered there, by the net of that moment."""
    person = officers.some(db, [row.chief_then]).get(row.chief_then) if row.chief_then else None
    name = person.name if person is not None else ""
    knows = posts.knows_names(actor, row.path)
    chain = browse.chain(db, row.path_then, row.at) or browse.chain(db, row.path_then)  # older than the net itself
    return {"chain": chain, "chief": name if knows else masks.name(name)}


def _now(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    chain = browse.chain(db, row.path)
    answers = posts.answering(db, actor, chain[-1]["id"]) if chain else None
    return {"chain": chain, "answering": answers}


def _clocks(row: Any, case: Case, now: dt.datetime) -> dict[str, Any]:
    """Return both kinds of deadline, which are never mixed: by when, whether met, whether late."""
    running = case.state in UNSOLVED
    resumed = case.rests[-1].from_at if case.is_paused else None
    return {
        "result": {"due": row.result_due, "met_at": case.solved_at,
                   "late": running and is_late(row.result_due, None, now)},
        "progress": {"due": row.progress_due, "last_at": case.told_at,
                     "late": running and is_late(row.progress_due, None, now)},
        "paused_since": resumed,
        "since": case.since,
    }  # fmt: skip


def _parties(db: Db, row: Any) -> list[dict[str, Any]]:
    rows = kept.parties(db, [row.id])
    labels = appointments.unit_labels(db, [one.party_id for one in rows if one.kind == "unit"])
    offices = kept.offices(db, [one.party_id for one in rows if one.kind == "office"])
    named = {**labels, **offices}
    return [
        {"kind": one.kind, "id": one.party_id, "role": one.role, "sign_by": one.sign_by,
         "name": named[one.party_id].name if one.party_id in named else ""}
        for one in rows
    ]  # fmt: skip


def _raiser(db: Db, actor: Actor, row: Any) -> dict[str, Any] | None:
    told = issues.raiser_of(db, row)
    if not told:
        return None
    may = actor.scope("unmask").covers(row.path) or row.by_id == actor.id
    return {"name": masks.name(told.get("name", "")), "phone": masks.phone(told.get("phone", "")), "may_unmask": may}


def _whistle(one: Any) -> dict[str, Any]:
    return {"id": one.event_id, "at": one.at, "sign_by": one.sign_by, "topic": one.topic, "called": list(one.called),
            "signed": dict(one.signed), "stars": dict(one.stars), "missing": list(one.missing())}  # fmt: skip
