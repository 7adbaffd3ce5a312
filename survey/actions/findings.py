"""A home that is new, gone, or not as the register says: told from the field, settled by the desk of its ground."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from geodata.actions import denied, net, register_home
from geodata.rules import masks
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import answering, visits
from survey.rules.visit_report import Finding, moment, read_finding
from survey.store import findings as store
from survey.store import visits as homes

WAITING, TAKEN, REFUSED = "waiting", "taken", "refused"
ANSWER_MOST = 500


def tell(db: Db, actor: Actor, now: dt.datetime, finding_id: str, body: Mapping[str, Any]) -> tuple[Any, bool]:
    """Write down what somebody found, once; what they say of it is sealed.

    Returns
    -------
    tuple
        Its row, and whether it is new.

    Raises
    ------
    Problem
        ``finding.field`` (field); ``finding.outside`` (lon, lat) for a place in no unit, ``household.not_found`` for a
        home that was never the actor's, ``finding.home_gone``; ``finding.other_body`` (field).
    """
    told = read_finding(body)
    known = store.one(db, finding_id)
    if known is None:
        values = {
            "id": finding_id, "digest": _digest(db, told), "kind": told.kind, "household_id": told.household_id,
            "path": _path(db, actor, now, told), "geom": shapely.Point(told.place) if told.place else None,
            "told_sealed": db.vault.seal(json.dumps(dict(told.told), ensure_ascii=False), f"finding:told:{finding_id}"),
            "state": WAITING, "by": actor.name, "by_id": actor.id, "at": now, "device_at": told.device_at,
        }  # fmt: skip
        if store.add(db, values):
            return store.one(db, finding_id), True
        known = store.one(db, finding_id)
    return _again(db, actor, known, told), False


def _digest(db: Db, told: Finding) -> str:
    whole = [told.kind, told.household_id, told.place, dict(sorted(told.told.items()))]
    return db.vault.digest(json.dumps(whole, ensure_ascii=False).encode())


def _again(db: Db, actor: Actor, known: Any, told: Finding) -> Any:
    if known.by_id != actor.id:
        raise Problem("finding.other_body", field="id")
    if known.digest != _digest(db, told):
        pairs = (("kind", known.kind, told.kind), ("household", known.household_id, told.household_id),
                 ("told", _told(db, known), dict(told.told)))  # fmt: skip
        raise Problem("finding.other_body", field=next((key for key, ours, theirs in pairs if ours != theirs), "lon"))
    return known


def _told(db: Db, row: Any) -> dict[str, str]:
    opened = db.vault.open(row.told_sealed, f"finding:told:{row.id}")
    found: dict[str, str] = json.loads(opened) if opened else {}
    return found


def _path(db: Db, actor: Actor, now: dt.datetime, told: Finding) -> str:
    if told.kind == "new":
        assert told.place is not None  # a new home without a place has been refused
        spot = answering.stand(db, *told.place)
        if spot is None:
            raise Problem("finding.outside", lon=told.place[0], lat=told.place[1])
        return spot.path
    at, _ = moment(told.device_at, now)
    home = homes.home_then(db, told.household_id, at)
    if home is None or not visits.answers(db, actor, home.path_now, home.path_then, at):
        raise Problem("household.not_found")
    if home.retired_at is not None:
        raise Problem("finding.home_gone")
    return home.path_now or home.path_then


def page(db: Db, actor: Actor, now: dt.datetime, unit_id: str, state: str, after: str, limit: int) -> dict[str, Any]:
    """Return a page of findings: those of the ground whose desk one is, and one's own. Raises ``unit.not_found``."""
    path = net.path_of(db, EVERYWHERE, unit_id)
    rows, following = store.page(db, actor.scope("desk"), actor.id, path, state, after, limit)
    return {"items": _shown(db, actor, rows), "next": following}


def shown(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    """Return a finding as its author and its desk read it."""
    return _shown(db, actor, [row])[0]


def _shown(db: Db, actor: Actor, rows: Sequence[Any]) -> list[dict[str, Any]]:
    about = store.homes_of(db, [row.household_id for row in rows if row.household_id])
    return [_one_shown(db, actor, row, about.get(row.household_id)) for row in rows]


def _one_shown(db: Db, actor: Actor, row: Any, home: Any) -> dict[str, Any]:
    geom = row.geom if row.geom is not None else None if home is None else home.geom
    return {
        "id": row.id, "kind": row.kind, "household": row.household_id, "told": _told(db, row),
        "home": "" if home is None else f"{masks.address(home.address)} {home.code}".strip(),
        "place": lonlat_of([geom])[0].tolist() if geom is not None else None,
        "state": row.state, "by": row.by, "mine": row.by_id == actor.id, "at": row.at, "device_at": row.device_at,
        "settled_by": row.settled_by, "settled_at": row.settled_at, "answer": row.answer,
        "may_settle": row.state == WAITING and actor.scope("desk").covers(row.path),
    }  # fmt: skip


def settle(db: Db, actor: Actor, now: dt.datetime, finding_id: str, *, take: bool, answer: str) -> dict[str, Any]:
    """Take a finding, or not: taking a new home adds it to the register, one gone leaves it, an address is corrected.

    Raises
    ------
    Problem
        ``finding.not_found``, also outside the ground of one's desk; ``finding.settled`` (by),
        ``finding.no_answer`` where it is not taken and nothing is said; ``finding.home_gone``.
    """
    row = store.one(db, finding_id, lock=True)
    if row is None or not actor.scope("desk").covers(row.path):
        raise Problem("finding.not_found")
    if row.state != WAITING:
        raise Problem("finding.settled", by=row.settled_by)
    if not take and not answer.strip():
        raise Problem("finding.no_answer")
    if take:
        _do(db, actor, now, row)
    state = TAKEN if take else REFUSED
    store.settle(db, finding_id, now, actor.name, state, answer.strip()[:ANSWER_MOST])
    audit.record(db, actor, now, f"finding.{state}", finding_id, row.path, kind=row.kind)
    return shown(db, actor, store.one(db, finding_id))


def _do(db: Db, actor: Actor, now: dt.datetime, row: Any) -> None:
    told = _told(db, row)
    if row.kind == "new":
        lon, lat = lonlat_of([row.geom])[0].tolist()
        register_home.add_home(db, actor, now, f"N-{row.id[:13]}", (lon, lat), told.get("address", ""))
        return
    home = homes.home_then(db, row.household_id, now)
    if home is None or home.retired_at is not None:
        raise Problem("finding.home_gone")
    if row.kind == "gone":
        register_home.retire_home(db, actor, now, row.household_id)
    elif told.get("address"):
        register_home.correct_address(db, actor, now, row.household_id, told["address"])


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path of a finding's ground, None where there is no such (``geodata.actions.denied``)."""
    row = store.one(db, thing_id)
    return str(row.path) if row is not None else None


denied.also(path_of)
