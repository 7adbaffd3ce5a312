"""Posts as people look at them: of a unit, of a village as a tree, of a county page by page, and where they are vacant.

Names are shown in full to those who keep the register or see homes on that ground, to others by the surname.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from geodata.actions import net
from geodata.rules import masks
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import settings, units
from geodata.store.database import Db
from survey.actions import handover, officers
from survey.rules import pools
from survey.rules.chiefs import LEVELS
from survey.store import appointments

STATES = ("", "held", "vacant")
VACANCIES_MOST = 5_000
TREE_MOST = 2_000


def page(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, level: str, state: str, after: str, limit: int
) -> dict[str, Any]:
    """Return a page of the units under one ("" = the whole scope) with their posts and holders, by path.

    Parameters
    ----------
    level
        ``pian``, ``zu``, ``lin``, ``village`` where it has a team; "" for all that have posts.
    state
        ``held`` or ``vacant`` by the chief's post; "" for both.

    Returns
    -------
    dict
        ``items``, ``next``, and ``counts``: posts of chiefs, held and vacant, by level.

    Raises
    ------
    Problem
        ``unit.not_found``, ``post.unknown_state`` (known), ``appoint.no_level`` (known).
    """
    scope = actor.scope("see")
    profile = settings.profile(db)
    levels = _levels(profile, level)
    if state not in STATES:
        raise Problem("post.unknown_state", known=list(STATES))
    path = net.path_of(db, scope, unit_id)
    rows = appointments.units_with_posts(db, scope, path, levels, state, after, limit)
    counts = appointments.count_posts(db, scope, path, LEVELS)
    return {
        "items": with_posts(db, actor, profile, rows),
        "next": rows[-1].path if len(rows) == limit else None,
        "counts": {name: {"posts": all_, "held": held, "vacant": all_ - held} for name, (all_, held) in counts.items()},
    }


def _levels(profile: Profile, level: str) -> Sequence[str]:
    known = pools.levels_with_posts(profile)
    if level and level not in known:
        raise Problem("appoint.no_level", known=list(known))
    return [level] if level else known


def with_posts(db: Db, actor: Actor, profile: Profile, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return units with each of their posts: the seats, who holds them, and how many stand vacant."""
    held = appointments.of_units(db, [row.id for row in rows])
    return [
        {
            "unit": {
                "id": row.id, "level": row.level, "code": row.code, "name": row.name, "path": row.path,
                "kind": row.kind, "parent_id": row.parent_id, "homes": row.homes,
                "place": [row.label_lon, row.label_lat] if row.label_lon is not None else None,
            },
            "posts": _posts(db, actor, profile, row, held.get(row.id, [])),
        }
        for row in rows
    ]  # fmt: skip


def _posts(db: Db, actor: Actor, profile: Profile, row: Any, held: Sequence[Any]) -> list[dict[str, Any]]:
    seats = pools.seats(profile, row.level)
    told = []
    for post in dict.fromkeys([*seats, *(term.post for term in held)]):
        holders = [holder(db, actor, term, row.path) for term in held if term.post == post]
        vacant = max(0, seats.get(post, 0) - len(holders))
        told.append(
            {"post": post, "level": row.level, "seats": seats.get(post, 0), "holders": holders, "vacant": vacant}
        )
    return told


def knows_names(actor: Actor, path: str) -> bool:
    """Tell whether an actor reads names in full on some ground: who keeps the register, or sees homes there."""
    return actor.scope("officers").covers(path) or actor.scope("see_homes").covers(path)


def holder(db: Db, actor: Actor, term: Any, path: str, *, masked: bool = True) -> dict[str, Any]:
    """Return who holds a post: name and masked telephone by right, since when and how."""
    knows = knows_names(actor, path)
    phone = db.vault.open(term.phone_sealed, f"officer:phone:{term.officer_id}") if knows or not masked else ""
    return {
        "appointment": term.id, "acting": term.acting, "how": term.how, "since": term.from_at,
        "officer": {
            "id": term.officer_id, "name": term.name if knows else masks.name(term.name),
            "phone": masks.phone(phone) if masked else phone,
        },
    }  # fmt: skip


def of_unit(db: Db, actor: Actor, now: dt.datetime, unit_id: str) -> dict[str, Any]:
    """Return a unit's posts, who answers while its chief is missing, and its record of elections and changes (B12).

    Raises ``unit.not_found`` outside the reader's ground.
    """
    row = units.one(db, actor.scope("see"), unit_id)
    if row is None:
        raise Problem("unit.not_found")
    profile = settings.profile(db)
    (told,) = with_posts(db, actor, profile, [row])
    knows = knows_names(actor, row.path)
    history = appointments.history(db, unit_id=unit_id) if knows else []
    labels = appointments.unit_labels(db, [unit_id])
    return {
        **told,
        "answering": answering(db, actor, unit_id) if row.level in LEVELS else None,
        "elected": pools.is_elected(profile, row.level),
        "pool": sorted(pools.pool_of(profile, row.level)) if row.level in LEVELS else [],
        "may_appoint": pools.may_appoint(actor.scope("appoint"), row.path, row.level),
        "history": [officers.told(term, labels) for term in history],
        "handovers": handover.listed(db, unit_id=unit_id) if knows else [],
    }


def answering(db: Db, actor: Actor, unit_id: str) -> dict[str, Any]:
    """Return who answers for a unit today: its chief, or while the post is vacant the nearest above, or the village."""
    found = handover.standing_in(db, unit_id)
    label = appointments.unit_labels(db, [found.unit_id]).get(found.unit_id)
    held = [t for t in appointments.of_units(db, [found.unit_id]).get(found.unit_id, []) if t.post == "chief"]
    path = label.path if label is not None else ""
    return {
        "unit": officers.unit_label(label),
        "holder": holder(db, actor, held[0], path) if held and found.officer_id else None,
        "stands_in": found.unit_id != unit_id,
    }


def tree(db: Db, actor: Actor, now: dt.datetime, unit_id: str) -> dict[str, Any]:
    """Return the 片-组-邻 tree of a village or of a part of it, in the order of a tree, with posts and vacancies (A17).

    Raises ``unit.not_found``, ``tree.too_large`` for a town or a county.
    """
    scope = actor.scope("see")
    row = units.one(db, scope, unit_id)
    if row is None:
        raise Problem("unit.not_found")
    if Level(row.level).depth < Level.VILLAGE.depth:
        raise Problem("tree.too_large")
    rows = appointments.units_with_posts(db, scope, row.path, ("village", *LEVELS), "", "", TREE_MOST)
    items = with_posts(db, actor, settings.profile(db), rows)
    vacant = sum(post["vacant"] for item in items for post in item["posts"])
    return {"unit_id": unit_id, "items": items, "vacant": vacant}


def vacancies(db: Db, actor: Actor, now: dt.datetime, unit_id: str, level: str) -> dict[str, Any]:
    """Return the vacant posts of chiefs as GeoJSON points (RFC 7946, degrees EPSG:4490), for a layer of the map.

    At most 5,000; ``partial`` tells of more. A unit without a place yet is left out and counted in ``without_place``.
    """
    scope = actor.scope("see")
    levels = _levels(settings.profile(db), level or "lin")
    path = net.path_of(db, scope, unit_id)
    rows = appointments.units_with_posts(db, scope, path, levels, "vacant", "", VACANCIES_MOST)
    features = [
        {
            "type": "Feature", "id": row.id,
            "geometry": {"type": "Point", "coordinates": [row.label_lon, row.label_lat]},
            "properties": {"level": row.level, "code": row.code, "name": row.name, "homes": row.homes},
        }
        for row in rows
        if row.label_lon is not None
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features, "partial": len(rows) == VACANCIES_MOST,
            "without_place": len(rows) - len(features)}  # fmt: skip
