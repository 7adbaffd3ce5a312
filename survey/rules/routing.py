"""Who handles an issue first: the nearest chief, the level or office of its category, or who keeps that ground.

三长接单 (D01, E02): what is reported goes to the deepest unit around the place, and up from there (E06). A category may
name a level (which level may finish which matter, H10) or an office (which matter belongs to which office, C08); and on
the ground of a road authority or a river some categories are its own, whoever lives there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geodata.rules.crs import Zone, shapes_to_ll, shapes_to_xy
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from survey.rules.categories import Coded, is_meant

REFERENCES_MOST, NAME_MOST = 200, 80
WIDE_MOST_M = 500.0


class Routed(Coded, Protocol):
    """What of a category decides who handles it."""

    @property
    def level(self) -> str:
        """The level that handles it, "" for the nearest chief."""

    @property
    def office_code(self) -> str:
        """The office that handles it, "" for the chief."""


class Step(Protocol):
    """A unit of the chain around a place."""

    @property
    def id(self) -> str:
        """The unit."""

    @property
    def level(self) -> str:
        """Its ``Level`` value."""


class Office(Protocol):
    """An office of the county or of a town."""

    @property
    def id(self) -> str:
        """The office."""

    @property
    def code(self) -> str:
        """What the county calls it in lists."""


@dataclass(frozen=True)
class RouteException:
    """Ground on which an office handles some categories.

    Parameters
    ----------
    references
        Categories as ``code`` or ``scheme:code``, or the beginning of codes (a major); none means all.
    shape_ll
        Its ground, (Multi)Polygon in EPSG:4490 degrees.
    """

    id: str
    name: str
    references: tuple[str, ...]
    office_id: str
    shape_ll: BaseGeometry

    def covers(self, lon: float, lat: float) -> bool:
        """Tell whether a place in EPSG:4490 degrees lies on its ground, the border included."""
        return bool(shapely.covers(self.shape_ll, shapely.Point(lon, lat)))

    def means(self, category: Coded) -> bool:
        """Tell whether it holds for a category."""
        return not self.references or any(is_meant(reference, category) for reference in self.references)


@dataclass(frozen=True)
class Target:
    """Who handles an issue first.

    Parameters
    ----------
    kind, id
        ``unit`` or ``office``, and which.
    level
        The level of the unit, "" for an office.
    why
        ``exception``, ``category_office``, ``category_level``, ``above_level`` (the level that the category names is
        not drawn there, so the next above it) or ``nearest``.
    """

    kind: str
    id: str
    level: str
    why: str


def route(
    category: Routed, chain: Sequence[Step], exceptions: Iterable[RouteException], offices: Sequence[Office]
) -> Target:
    """Return who handles an issue of a category first.

    Parameters
    ----------
    chain
        The units around the place, uppermost first.
    exceptions
        Those whose ground covers the place. Of several that mean the category the one with the smallest ground counts,
        then the first by id.
    offices
        Those that are there: an exception or a category whose office is not among them says nothing.

    Raises
    ------
    Problem
        ``route.no_ground`` where no unit lies around the place and no office is named.
    """
    by_id = {office.id: office for office in offices}
    ours = [one for one in exceptions if one.office_id in by_id and one.means(category)]
    # the order alone counts, so square degrees will do: all ground of a county lies at one latitude
    for exception in sorted(ours, key=lambda one: (shapely.area(one.shape_ll), one.id)):
        return Target("office", exception.office_id, "", "exception")
    for office in offices:
        if category.office_code and office.code == category.office_code:
            return Target("office", office.id, "", "category_office")
    if not chain:
        raise Problem("route.no_ground")
    return _unit(category.level, chain)


def _unit(level: str, chain: Sequence[Step]) -> Target:
    """Return the unit of a level, the next above it where that level is not drawn, the deepest for no level."""
    nearest = chain[-1]
    if not level:
        return Target("unit", nearest.id, nearest.level, "nearest")
    depth = Level(level).depth
    above = [step for step in chain if Level(step.level).depth <= depth] or chain[:1]
    found = above[-1]
    return Target("unit", found.id, found.level, "category_level" if found.level == level else "above_level")


def references_of(texts: Iterable[Any], known: Sequence[Coded]) -> tuple[str, ...]:
    """Return checked references to categories, each once, in order.

    Raises
    ------
    Problem
        ``route.unknown_category`` (code) for one that means no category, ``route.too_many`` (most).
    """
    kept = tuple(dict.fromkeys(str(text).strip() for text in texts))
    if len(kept) > REFERENCES_MOST:
        raise Problem("route.too_many", most=REFERENCES_MOST)
    for reference in kept:
        if not any(is_meant(reference, category) for category in known):
            raise Problem("route.unknown_category", code=reference[:40])
    return kept


def corridor(lines_ll: Any, wide_m: Any, zone: Zone) -> MultiPolygon:
    """Return the ground along lines: so many metres to each side, as MultiPolygon in EPSG:4490 degrees.

    Parameters
    ----------
    lines_ll
        (n,) lines in EPSG:4490 degrees.
    wide_m
        What somebody wrote: 1 to 500 metres, else ``route.bad_width`` (most).
    """
    if not isinstance(wide_m, int | float) or isinstance(wide_m, bool) or not 1 <= wide_m <= WIDE_MOST_M:
        raise Problem("route.bad_width", most=int(WIDE_MOST_M))
    strip_xy = shapely.buffer(shapely.union_all(shapes_to_xy(lines_ll, zone)), float(wide_m), quad_segs=4)
    return MultiPolygon(list(shapely.get_parts(shapes_to_ll(strip_xy, zone))))


def checked_name(values: Mapping[str, Any]) -> str:
    """Return what an exception is called, or ``route.no_name`` (most)."""
    name = str(values.get("name", "")).strip()
    if not 1 <= len(name) <= NAME_MOST:
        raise Problem("route.no_name", most=NAME_MOST)
    return name
