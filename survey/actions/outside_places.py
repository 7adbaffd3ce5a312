"""Where an issue of another platform lies: its own coordinates, else the middle of the unit that it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geodata.rules.actors import EVERYWHERE
from geodata.rules.problems import Problem
from geodata.store import units
from geodata.store.database import Db
from survey.actions.bringing import Row
from survey.rules import place_words
from survey.store import places


def spot_finder(db: Db, rows: Any) -> Callable[[Row], dict[str, Any]]:
    """Return what finds ``lon, lat, place_source, place_text`` of a row of ``survey.rules.outside_rows``.

    A unit is named by code or name, a 组 by its name inside that unit. What it returns raises ``outside.no_place``
    where a row says nothing of its place, ``outside.no_unit`` (unit) where it names no unit or two.
    """
    texts = {text for name in ("unit", "zu") for text in rows[name] if text}
    named = {spelling for text in texts for spelling in place_words.spellings(text)}
    held = [*units.by_code(db, texts).values(), *places.units_named(db, EVERYWHERE, named)]
    by_word: dict[str, dict[str, Any]] = {}
    for row in held:
        for word in (row.code, row.name):
            by_word.setdefault(word, {})[row.id] = row

    def called(text: str) -> list[Any]:
        words = (text, *place_words.spellings(text))
        return list({row.id: row for word in words for row in by_word.get(word, {}).values()}.values())

    def find(row: Row) -> dict[str, Any]:
        if row["geometry"] is not None:
            text = row["place"] or f"{row['unit']}{row['zu']}"
            return {"lon": row["lon"], "lat": row["lat"], "place_source": "file", "place_text": text}
        if not row["unit"] and not row["zu"]:
            raise Problem("outside.no_place")
        around = called(row["unit"]) if row["unit"] else []
        inner = called(row["zu"]) if row["zu"] else []
        fitting = [one for one in inner if any(one.path.startswith(outer.path) for outer in around) or not around]
        found = fitting if row["zu"] else around
        if len(found) != 1 or found[0].label_lon is None:
            raise Problem("outside.no_unit", unit=f"{row['unit']}{row['zu']}"[:80])
        text = row["place"] or f"{row['unit']}{row['zu']}"
        return {"lon": found[0].label_lon, "lat": found[0].label_lat, "place_source": "unit", "place_text": text}

    return find
