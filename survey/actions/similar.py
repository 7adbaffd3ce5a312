"""Open issues near a place that may be the same as one about to be raised."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.rules.actors import Actor
from geodata.store import settings
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions.answering import sight_of
from survey.rules import similar
from survey.rules.deadlines import day_of
from survey.store import categories
from survey.store import similar as rows

SHOWN_MOST = 10


def near(
    db: Db, actor: Actor, now: dt.datetime, lon: float, lat: float, category_id: str, text: str
) -> list[dict[str, Any]]:
    """Return the open issues that may be the same, the nearest first, at most ten.

    Parameters
    ----------
    lon, lat
        EPSG:4490 degrees.
    category_id
        "" where it is not known yet.

    Returns
    -------
    list
        ``id, category, distance_m, day, state, why`` (``category`` or ``text``); for those who may read the issue also
        ``number, text, voices, lon, lat``. A restricted one (D12) is told to nobody else.
    """
    same_m = float(settings.profile(db).similar_m)
    box = similar.box_around(lon, lat, max(same_m, similar.ALIKE_M))
    held = rows.open_in_box(db, sight_of(db, actor), box)
    places = lonlat_of([row.geom for row in held]).tolist()
    by_id = {row.id: (row, x, y) for row, (x, y) in zip(held, places, strict=True)}
    compared = [similar.Open(r.id, x, y, r.category_id, r.scheme, r.major, r.text) for r, x, y in by_id.values()]
    category = categories.one(db, category_id) if category_id else None
    found = similar.near_ones((lon, lat), category, text, compared, same_m)
    return [_shown(by_id[one.id], one) for one in found[:SHOWN_MOST]]


def _shown(held: tuple[Any, float, float], one: similar.Near) -> dict[str, Any]:
    row, lon, lat = held
    category = {"id": row.category_id, "code": row.code, "name": row.name, "name_en": row.name_en,
                "symbol": row.symbol}  # fmt: skip
    told = {"id": row.id, "category": category, "distance_m": round(one.distance_m, 1),
            "day": day_of(row.at).isoformat(), "state": row.state, "why": one.why}  # fmt: skip
    if not row.seen:
        return told
    return {**told, "number": row.number, "text": row.text, "voices": row.voices, "lon": lon, "lat": lat}
