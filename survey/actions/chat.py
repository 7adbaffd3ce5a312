"""A pasted chat message becomes the draft of an issue; a person looks at it before anything is written (D05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import barriers, households, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of
from survey.actions import categories
from survey.actions.wording import cut
from survey.rules import guessing, place_words
from survey.rules.chat import Message, take_apart
from survey.store import places

SHOWN_MOST = 5
_LINES = ("river", "stream", "railway", "road", "lane")


@dataclass(frozen=True)
class _Found:
    """A place that a message names: the unit, the point, and what it was known by."""

    unit: Any
    place: tuple[float, float]
    said: str
    why: str


def draft(db: Db, actor: Actor, now: dt.datetime, pasted: str) -> dict[str, Any]:
    """Return what a message would be as an issue: category, place, text, who says so, and why each is thought so.

    Nothing is written. Places are looked for on the ground where the actor may report, house numbers where they may see
    homes.

    Returns
    -------
    dict
        ``text``, without names and numbers; ``source``; ``category`` (None where unsure) and ``categories``, the
        likeliest; ``place`` (``unit``, ``lon``, ``lat``, ``place_source``, ``place_text``, or None) and ``places``,
        the units it may be; ``raiser`` (``name``, ``phone``, or None); ``hints``, each ``field``, ``why``, ``said``.

    Raises
    ------
    Problem
        ``chat.empty`` for a message without words.
    """
    message = take_apart(pasted)
    if not message.text:
        raise Problem("chat.empty")
    guesses = guessing.guess(message.text, cut(message.text), categories.known(db, now), SHOWN_MOST)
    sure = guessing.is_sure(guesses)
    found, others = _place(db, actor, message)
    return {
        "text": message.text,
        "source": "chat",
        "category": categories.shown(guesses[0].category) if sure else None,
        "categories": [{**categories.shown(one.category), "score": one.score} for one in guesses],
        "place": None if found is None else _shown_place(db, found),
        "places": [_shown_unit(db, row) for row in others],
        "raiser": _raiser(message),
        "hints": [*_why_category(guesses, sure=sure), *_why_place(found, others), *_why_raiser(message)],
    }


def _raiser(message: Message) -> dict[str, str] | None:
    if not message.names and not message.phones:
        return None
    return {"name": next(iter(message.names), ""), "phone": next(iter(message.phones), "")}


def _place(db: Db, actor: Actor, message: Message) -> tuple[_Found | None, Sequence[Any]]:
    """Return the place that a message means, or the units that it may mean where it is not sure which."""
    for text in (message.text, " ".join(message.senders)):
        for said in (place_words.names_in(text), place_words.stems_in(text)):
            rows = places.units_named(db, actor.scope("report"), said)
            meant = place_words.meant_by(said, rows)
            by_id = {row.id: row for row in rows}
            if place_words.is_sure(meant):
                return _closer(db, actor, message.text, by_id[meant[0].unit_id], meant[0].said), ()
            if meant:
                return None, [by_id[one.unit_id] for one in meant[:SHOWN_MOST]]
    return None, ()


def _closer(db: Db, actor: Actor, text: str, row: Any, said: Sequence[str]) -> _Found | None:
    """Return the place inside a unit that a text names: a home by its number, a river or road, else the middle."""
    spoken = "".join(said)
    at_door = _door(db, actor, text, row) if Level(row.level).depth >= Level.VILLAGE.depth else None
    if at_door is not None:
        return at_door
    shape = units.shapes_by_id(db, [row.id]).get(row.id)
    along = _landmark(db, text, row, shape, spoken) if shape is not None else None
    if along is not None:
        return along
    if row.label_lon is None:
        return None
    return _Found(row, (row.label_lon, row.label_lat), spoken, "unit_name")


def _door(db: Db, actor: Actor, text: str, row: Any) -> _Found | None:
    """Return the home that a house number in a text means, among those of a unit that the actor may see."""
    doors, scope = place_words.doors_in(text), actor.scope("see_homes")
    homes = households.under(db, row.path, scope=scope) if doors and scope.paths else []
    for door in doors:
        at = place_words.home_at(door, [home.address for home in homes])
        if at is not None:
            lon, lat = lonlat_of([homes[at].geom])[0].tolist()
            holder = units.one(db, scope, homes[at].unit_id)
            return _Found(holder or row, (lon, lat), door, "door")
    return None


def _landmark(db: Db, text: str, row: Any, shape: Any, spoken: str) -> _Found | None:
    """Return the middle of the part of a river or road inside a unit that a text names beside the unit."""
    lines = [line for line in barriers.in_box(db, shape.bounds, _LINES) if line.name and line.name in text]
    lines = sorted((line for line in lines if line.name not in spoken), key=lambda line: (-len(line.name), line.fid))
    for line, drawn in zip(lines, shapes_of([line.geom for line in lines]), strict=True) if lines else ():
        inside = shapely.intersection(drawn, shape)
        if not inside.is_empty:
            longest = max(shapely.get_parts(inside), key=shapely.length)
            middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
            return _Found(row, (middle.x, middle.y), spoken + line.name, "landmark")
    return None


def _shown_place(db: Db, found: _Found) -> dict[str, Any]:
    lon, lat = found.place
    return {"unit": _shown_unit(db, found.unit), "lon": round(lon, 7), "lat": round(lat, 7), "place_source": "unit",
            "place_text": found.said}  # fmt: skip


def _shown_unit(db: Db, row: Any) -> dict[str, Any]:
    names = [step.name for step in units.chain(db, row.path)]
    return {"id": row.id, "level": row.level, "name": row.name, "code": row.code, "path": row.path, "chain": names}


def _why_category(guesses: Sequence[guessing.Guess], *, sure: bool) -> list[dict[str, str]]:
    if not guesses:
        return [{"field": "category", "why": "no_words", "said": ""}]
    said = "、".join(guesses[0].words)
    return [{"field": "category", "why": "words" if sure else "unsure", "said": said}]


def _why_place(found: _Found | None, others: Sequence[Any]) -> list[dict[str, str]]:
    if found is not None:
        return [{"field": "place", "why": found.why, "said": found.said}]
    said = "、".join(dict.fromkeys(row.name for row in others))
    return [{"field": "place", "why": "several" if others else "no_place", "said": said}]


def _why_raiser(message: Message) -> list[dict[str, str]]:
    """Say that a name or number was taken out of the text, without repeating it where hints are shown."""
    fields = (("name", message.names), ("phone", message.phones))
    return [{"field": field, "why": "kept_apart", "said": ""} for field, held in fields if held]
