"""The register of people who may hold posts: listed, shown, added, changed, retired, and two that are one merged.

Telephone and ID number are sealed at rest, shown masked, and opened with a reason that goes into the audit first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from geodata.actions import net
from geodata.rules import masks
from geodata.rules.actors import EVERYWHERE, Actor, Scope
from geodata.rules.problems import Problem
from geodata.store import audit, publications, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import handover, officer_accounts, writing
from survey.store import appointments, officers

REASON_LEAST = 2


def page(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, words: Mapping[str, Any], after: str, limit: int
) -> dict[str, Any]:
    """Return a page of the officers of the villages under a unit ("" = the whole scope), by code, with their posts.

    Parameters
    ----------
    words
        What is wanted: ``tag``, ``party``, ``away``, ``vetting`` (its state), ``text`` (in the name, or the code),
        ``retired``, ``idle`` (no post).
    """
    scope = actor.scope("officers")
    path = net.path_of(db, scope, unit_id)
    rows = officers.page(db, scope, path, words, after, limit)
    held = posts_of(db, [row.id for row in rows])
    return {
        "items": [{**shown(db, actor, row), "posts": held.get(row.id, [])} for row in rows],
        "next": rows[-1].code if len(rows) == limit else None,
        "total": officers.count(db, scope, path, words),
    }


def posts_of(db: Db, officer_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the posts that some officers hold today, by officer: level, post and unit."""
    terms = appointments.open_terms(db, officer_ids=officer_ids) if officer_ids else []
    labels = appointments.unit_labels(db, [term.unit_id for term in terms])
    found: dict[str, list[dict[str, Any]]] = {}
    for term in terms:
        found.setdefault(term.officer_id, []).append(
            {"appointment": term.id, "level": term.level, "post": term.post, "since": term.from_at,
             "unit": unit_label(labels.get(term.unit_id))}
        )  # fmt: skip
    return found


def unit_label(row: Any) -> dict[str, Any] | None:
    """Return a unit as a line of text needs it; ``gone`` tells of one that is no longer in the net."""
    if row is None:
        return None
    return {"id": row.id, "level": row.level, "code": row.code, "name": row.name, "gone": row.valid_to is not None}


def shown(db: Db, actor: Actor, row: Any, *, masked: bool = True) -> dict[str, Any]:
    """Return an officer as lists and cards show them: telephone and ID number masked unless told otherwise."""
    phone = db.vault.open(row.phone_sealed, f"officer:phone:{row.id}")
    place = row.home_geom if row.home_geom is not None else row.geom
    return {
        "id": row.id, "code": row.code, "name": row.name, "phone": masks.phone(phone) if masked else phone,
        "village": {"id": row.village_id, "name": row.village_name, "code": row.village_code} if row.path else None,
        "village_text": row.village, "household": row.home_code and {"id": row.household_id, "code": row.home_code},
        "place": lonlat_of([place])[0].tolist() if place is not None else None,
        "party": row.party, "tags": row.tags, "vetting": row.vetting, "vetted_on": row.vetted_on,
        "vetted_by": row.vetted_by, "away": row.away, "training_due": row.training_due,
        "training_done": row.training_done, "retired": row.retired_at is not None, "retired_at": row.retired_at,
        "merged_into": row.merged_into, "has_id_no": row.has_id_no, "masked": masked,
        "may_unmask": _covers(actor.scope("unmask"), row.path),
        "may_change": _covers(actor.scope("officers"), row.path) and row.merged_into is None,
    }  # fmt: skip


def _covers(scope: Scope, path: str | None) -> bool:
    return scope.covers(path) if path else units.is_whole(scope)


def find(db: Db, actor: Actor, officer_id: str, right: str = "officers") -> Any:
    """Return an officer on the ground of a right, or ``officer.not_found``."""
    row = officers.one(db, actor.scope(right), officer_id)
    if row is None:
        raise Problem("officer.not_found")
    return row


def card(db: Db, actor: Actor, now: dt.datetime, officer_id: str, *, masked: bool = True) -> dict[str, Any]:
    """Return an officer's card: what is known of them, the posts they hold and held, and what passed through them."""
    row = find(db, actor, officer_id)
    id_no = db.vault.open(row.id_no_sealed, f"officer:id_no:{row.id}")
    past = appointments.history(db, officer_id=officer_id)
    labels = appointments.unit_labels(db, [term.unit_id for term in past])
    return {
        **shown(db, actor, row, masked=masked),
        "id_no": masks.id_no(id_no) if masked else id_no,
        "posts": posts_of(db, [officer_id]).get(officer_id, []),
        "history": [told(term, labels) for term in past],
        "handovers": handover.listed(db, officer_id=officer_id),
        **officer_accounts.told(db, actor, row),
    }


def told(term: Any, labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return an appointment as the record of elections and changes tells it (B01, B12)."""
    return {
        "id": term.id, "officer": {"id": term.officer_id, "name": term.name}, "level": term.level, "post": term.post,
        "unit": unit_label(labels.get(term.unit_id)), "acting": term.acting, "how": term.how,
        "elected_on": term.elected_on, "result": term.result, "reason": term.reason, "from": term.from_at,
        "to": term.to_at, "ended_because": term.ended_because, "by": term.by,
    }  # fmt: skip


def unmask(db: Db, actor: Actor, now: dt.datetime, officer_id: str, reason: str) -> dict[str, Any]:
    """Return an officer's card in full; who, when, whose and why are in the audit before anything is shown.

    Raises
    ------
    Problem
        ``officer.not_found`` outside the ground of ``unmask``; ``unmask.no_reason`` for fewer than two characters.
    """
    row = find(db, actor, officer_id, "unmask")
    audit.record(db, actor, now, "officer.unmasked", officer_id, row.path or "", reason=checked_reason(reason))
    return card(db, actor, now, officer_id, masked=False)


def checked_reason(reason: str) -> str:
    """Return why somebody asks for a number in full, or ``unmask.no_reason``."""
    kept = reason.strip()
    if len(kept) < REASON_LEAST:
        raise Problem("unmask.no_reason")
    return kept[:200]


def add(db: Db, actor: Actor, now: dt.datetime, values: Mapping[str, Any]) -> dict[str, Any]:
    """Put a person into the register (``writing.FIELDS``); the village must lie on the actor's ground.

    Raises
    ------
    Problem
        ``officer.taken`` (code) for a code that somebody has, ``officer.*`` for a field that cannot be,
        ``scope.outside`` for a village that is not the actor's, or none where the actor has not the whole county.
    """
    officer_id, columns = writing.new(db, values)
    _require_ground(db, actor, columns.get("village_id"))
    officers.add(db, {name: [value] for name, value in columns.items()}, now)
    audit.record(db, actor, now, "officer.added", officer_id, _path(db, columns.get("village_id")))
    return card(db, actor, now, officer_id)


def change(db: Db, actor: Actor, now: dt.datetime, officer_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change what is known of a person; fields left out stay, ``retired`` false takes somebody back.

    Raises what ``add`` does, and ``officer.merged`` for one who was merged into another.
    """
    row = find(db, actor, officer_id)
    if row.merged_into is not None:
        raise Problem("officer.merged")
    columns = writing.changed(db, row, values)
    if "village_id" in columns:
        _require_ground(db, actor, columns["village_id"])
    if values.get("retired") is False and row.retired_at is not None:
        columns["retired_at"] = None
    if columns:
        officers.change(db, officer_id, columns, now)
        if "name" in columns:
            officer_accounts.renamed(db, officer_id, columns["name"])
        kept = sorted(name.replace("phone", "tel").removesuffix("_sealed") for name in columns)
        audit.record(db, actor, now, "officer.changed", officer_id, row.path or "", fields=kept)
    return card(db, actor, now, officer_id)


def _require_ground(db: Db, actor: Actor, village_id: str | None) -> None:
    """Refuse a village outside the actor's ground; one without a village belongs to the whole county."""
    if not _covers(actor.scope("officers"), _path(db, village_id) or None):
        raise Problem("scope.outside", what="unit")


def _path(db: Db, village_id: str | None) -> str:
    row = units.one(db, EVERYWHERE, village_id) if village_id else None
    return str(row.path) if row is not None else ""


def retire(db: Db, actor: Actor, now: dt.datetime, officer_id: str, because: str) -> dict[str, Any]:
    """Take a person out of the register's living part: their posts end and pass on (B11), their account is disabled.

    Raises
    ------
    Problem
        ``officer.not_found``, ``right.missing``, ``unit.not_found``, and what ``officer_accounts.end_with`` raises.
    """
    publications.take_turn(db)
    row = find(db, actor, officer_id)
    if row.retired_at is not None:
        return card(db, actor, now, officer_id)
    _require_posts(db, actor, officer_id)
    officer_accounts.end_with(db, actor, now, officer_id, "officer.retired")
    handover.leave_all(db, actor, now, officer_id, because.strip()[:200] or "retired")
    officers.change(db, officer_id, {"retired_at": now}, now)
    audit.record(db, actor, now, "officer.retired", officer_id, row.path or "")
    return card(db, actor, now, officer_id)


def _require_posts(db: Db, actor: Actor, officer_id: str) -> None:
    """Refuse who may not end every post that a person holds."""
    for term in appointments.open_terms(db, officer_ids=[officer_id]):
        handover.require_may_end(db, actor, term.unit_id, term.level)


def doubles(db: Db, actor: Actor, now: dt.datetime, unit_id: str, limit: int) -> dict[str, Any]:
    """Return groups of people who may be one, the surest first: by ID number, name and telephone, name and village."""
    scope = actor.scope("officers")
    found = officers.doubles(db, scope, net.path_of(db, scope, unit_id), limit)
    rows = officers.some(db, [officer_id for _, ids in found for officer_id in ids])
    held = posts_of(db, list(rows))
    items = [
        {"why": why, "officers": [{**shown(db, actor, rows[i]), "posts": held.get(i, [])} for i in ids]}
        for why, ids in found
    ]
    return {"items": items, "next": None, "total": len(items)}


def merge(db: Db, actor: Actor, now: dt.datetime, keep_id: str, other_id: str) -> dict[str, Any]:
    """Make two entries one: the first keeps its id and what it says, and is given what only the other says.

    Posts, held and past, go to the one that is kept. The other stays readable, retired, and names whom it became. One
    account is left (``officer_accounts.merge``).

    Raises
    ------
    Problem
        ``officer.not_found``; ``officer.same``; ``officer.merged`` for one merged before; ``officer.both_hold``
        (unit, other) where both hold a post of one level: one of them must end first.
    """
    publications.take_turn(db)
    keep, other = find(db, actor, keep_id), find(db, actor, other_id)
    if keep_id == other_id:
        raise Problem("officer.same")
    if keep.merged_into is not None or other.merged_into is not None:
        raise Problem("officer.merged")
    _require_no_clash(db, keep_id, other_id)
    officer_accounts.merge(db, actor, now, keep_id, other_id)
    appointments.rehang(db, other_id, keep_id)
    officers.change(db, other_id, {"retired_at": other.retired_at or now, "merged_into": keep_id}, now)
    filled = writing.filled(db, keep, other)
    if filled:
        officers.change(db, keep_id, filled, now)
    audit.record(db, actor, now, "officer.merged", keep_id, keep.path or "", other=other_id)
    return card(db, actor, now, keep_id)


def _require_no_clash(db: Db, keep_id: str, other_id: str) -> None:
    mine = {term.level: term for term in appointments.open_terms(db, officer_ids=[keep_id])}
    for term in appointments.open_terms(db, officer_ids=[other_id]):
        if term.level in mine:
            labels = appointments.unit_labels(db, [mine[term.level].unit_id, term.unit_id])
            names = [labels[one].name for one in (mine[term.level].unit_id, term.unit_id)]
            raise Problem("officer.both_hold", unit=names[0], other=names[1])
