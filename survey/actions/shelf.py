"""The shelf: what a phone sent and the server refused, kept until a person has dealt with it (F-10).

Nothing that somebody did in the field is thrown away because a rule said no: its author reads why, and so does the
desk of the ground, and either closes it with a word.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from geodata.actions import denied
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import answering
from survey.rules.field_items import Item, shelf_id
from survey.store import issues
from survey.store import shelf as store
from survey.store import visits as homes

SHOWN_MOST = 500
ANSWER_MOST = 500
_KEPT_FROM_DESKS = ("raiser", "note")  # personal: who raised it, and what a chief wrote for themselves


def keep(db: Db, actor: Actor, now: dt.datetime, given: Any, item: Item | None, problem: Problem) -> None:
    """Put what was refused on the shelf, sealed; the same again lies there already.

    Parameters
    ----------
    given
        As it came.
    item
        As it was read, None where it could not be.
    """
    item_id = shelf_id(given, actor.id)
    body = json.dumps(given, ensure_ascii=False)
    store.add(db, {
        "id": item_id, "kind": item.kind if item is not None else "", "base": item.base if item is not None else "",
        "body_sealed": db.vault.seal(body, f"shelf:body:{item_id}"), "code": problem.code,
        "detail": {key: value for key, value in problem.values.items() if not key.startswith("_")},
        "path": _path(db, actor, now, item), "by": actor.name, "by_id": actor.id, "at": now,
    })  # fmt: skip


def _path(db: Db, actor: Actor, now: dt.datetime, item: Item | None) -> str:
    """Return on whose ground an item lies: the issue's, the home's, the place's, else its author's own."""
    if item is not None:
        issue = issues.raw(db, item.issue) if item.issue else None
        if issue is not None:
            return str(issue.path)
        household = item.body.get("household")
        home = homes.home_then(db, household, now) if isinstance(household, str) and household else None
        if home is not None and (home.path_now or home.path_then):
            return home.path_now or home.path_then
        lon, lat = item.body.get("lon"), item.body.get("lat")
        if _is_degrees(lon, 180) and _is_degrees(lat, 90):
            spot = answering.stand(db, float(lon), float(lat))  # type: ignore[arg-type]
            if spot is not None:
                return spot.path
    paths = actor.scope("report").paths
    return paths[0] if paths else ""


def _is_degrees(value: Any, most: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most


def listed(db: Db, actor: Actor, now: dt.datetime, *, settled: bool) -> dict[str, Any]:
    """Return what lies on the shelf: one's own, and that of the ground whose desk one is; ``settled`` with the rest."""
    rows = store.listed(db, actor.scope("desk"), actor.id, settled=settled, limit=SHOWN_MOST)
    return {"items": [shown(db, actor, row) for row in rows]}


def shown(db: Db, actor: Actor, row: Any) -> dict[str, Any]:
    """Return an item; a desk reads it without what is its author's own, or of who raised a matter."""
    given = json.loads(db.vault.open(row.body_sealed, f"shelf:body:{row.id}") or "null")
    mine = row.by_id == actor.id
    return {
        "id": row.id, "kind": row.kind, "base": row.base, "given": given if mine else _without(given),
        "code": row.code, "values": row.detail, "by": row.by, "mine": mine, "at": row.at,
        "settled_at": row.settled_at, "settled_by": row.settled_by, "answer": row.answer,
    }  # fmt: skip


def _without(given: Any) -> Any:
    if not isinstance(given, Mapping) or not isinstance(given.get("body"), Mapping):
        return None
    body = {key: value for key, value in given["body"].items() if key not in _KEPT_FROM_DESKS}
    return {**given, "body": body}


def settle(db: Db, actor: Actor, now: dt.datetime, item_id: str, answer: str) -> dict[str, Any]:
    """Close an item of one's own, or of the ground whose desk one is, with a word on what was done.

    Raises
    ------
    Problem
        ``shelf.not_found``; ``shelf.settled`` (by); ``shelf.no_answer`` where a desk closes another's without a word.
    """
    row = store.one(db, item_id, lock=True)
    if row is None or not (row.by_id == actor.id or actor.scope("desk").covers(row.path)):
        raise Problem("shelf.not_found")
    if row.settled_at is not None:
        raise Problem("shelf.settled", by=row.settled_by)
    if row.by_id != actor.id and not answer.strip():
        raise Problem("shelf.no_answer")
    store.settle(db, item_id, now, actor.name, answer.strip()[:ANSWER_MOST])
    audit.record(db, actor, now, "shelf.settled", item_id, row.path, kind=row.kind, code=row.code)
    return shown(db, actor, store.one(db, item_id))


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path of an item's ground, None where there is no such (``geodata.actions.denied``)."""
    row = store.one(db, thing_id)
    return str(row.path) if row is not None else None


denied.also(path_of)
