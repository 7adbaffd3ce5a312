"""Where an issue of another platform lies: its own coordinates, else the middle of the unit that it names."""

from __future__ import annotations

from typing import Any

from geodata.rules.actors import EVERYWHERE
from geodata.rules.problems import Problem
from geodata.store import units
from geodata.store.database import Db
from survey.actions.bringing import Row
from survey.actions.issue_intake import Net
from survey.rules import place_words
from survey.store import places


class SpotFinder:
    """Finds where the rows of ``survey.rules.outside_rows`` lie; a unit is named by code or name, a 组 inside it."""

    def __init__(self, db: Db, rows: Any) -> None:
        texts = {text for name in ("unit", "zu") for text in rows[name] if text}
        named = {spelling for text in texts for spelling in place_words.spellings(text)}
        self.by_word: dict[str, dict[str, Any]] = {}
        for row in (*units.by_code(db, texts).values(), *places.units_named(db, EVERYWHERE, named)):
            for word in (row.code, row.name):
                self.by_word.setdefault(word, {})[row.id] = row
        self.outside = _outside(db, rows)

    def __call__(self, row: Row) -> dict[str, Any]:
        """Return ``lon, lat, place_source, place_text``.

        Raises ``issue.outside`` (lon, lat) for a place in no unit, ``outside.no_place`` where a row says nothing of its
        place, ``outside.no_unit`` (unit) where it names no unit, or two.
        """
        text = row["place"] or f"{row['unit']}{row['zu']}"
        if row["row"] in self.outside:
            raise Problem("issue.outside", lon=round(row["lon"], 6), lat=round(row["lat"], 6))
        if row["geometry"] is not None:
            return {"lon": row["lon"], "lat": row["lat"], "place_source": "file", "place_text": text}
        if not row["unit"] and not row["zu"]:
            raise Problem("outside.no_place")
        found = self._named(row["unit"], row["zu"])
        if len(found) != 1 or found[0].label_lon is None:
            raise Problem("outside.no_unit", unit=f"{row['unit']}{row['zu']}"[:80])
        return {"lon": found[0].label_lon, "lat": found[0].label_lat, "place_source": "unit", "place_text": text}

    def _named(self, unit: str, zu: str) -> list[Any]:
        """Return the units that a row may mean: its 组 inside its unit, or what alone it names."""
        around, inner = self._called(unit), self._called(zu)
        if unit and zu:
            return [one for one in inner if any(one.path.startswith(outer.path) for outer in around)]
        return inner or around

    def _called(self, text: str) -> list[Any]:
        words = (text, *place_words.spellings(text)) if text else ()
        return list({row.id: row for word in words for row in self.by_word.get(word, {}).values()}.values())


def _outside(db: Db, rows: Any) -> set[int]:
    """Return the numbers of the rows whose own place lies in no unit of today's net."""
    placed = [(row, place) for row, place in zip(rows["row"], rows.geometry, strict=True) if place is not None]
    if not placed:
        return set()
    spots = Net(db).stand([(place.x, place.y) for _, place in placed])
    return {row for (row, _), spot in zip(placed, spots, strict=True) if spot is None}
