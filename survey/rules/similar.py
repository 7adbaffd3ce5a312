"""Open issues near a new one that may be the same: somebody then says "me too" instead of raising it twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from geodata.rules import crs

ALIKE_M = 100.0
"""How far an issue of the same major whose text says the same may lie: a bad signal puts a report that far off."""
ALIKE_SHARE = 0.6
_SHORT = 4  # texts of fewer characters say too little to be compared


@dataclass(frozen=True)
class Open:
    """An open issue as it is compared: its place in EPSG:4490 degrees, class and text."""

    id: str
    lon: float
    lat: float
    category_id: str
    scheme: str
    major: str
    text: str


@dataclass(frozen=True)
class Near:
    """An issue that may be the same, how far it lies, and why: ``category`` or ``text``."""

    id: str
    distance_m: float
    why: str


def box_around(lon: float, lat: float, reach_m: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) degrees that hold every place within so many metres."""
    north = reach_m / 110_000.0  # a degree of latitude is longer than this everywhere
    east = north / max(np.cos(np.radians(abs(lat) + north)), 0.01)
    return (lon - float(east), lat - north, lon + float(east), lat + north)


def likeness(one: str, other: str) -> float:
    """Return how much two texts say the same, from 0 to 1: Dice's coefficient of their pairs of characters.

    >>> likeness("长冲组路灯频闪", "长冲组的路灯频闪") > 0.6 > likeness("长冲组路灯频闪", "长冲组垃圾没人收")
    True
    """
    pairs = [{a + b for a, b in pairwise(text)} for text in map(_letters, (one, other))]
    held = len(pairs[0]) + len(pairs[1])
    return 2 * len(pairs[0] & pairs[1]) / held if held else 0.0


def _letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def near_ones(
    place: tuple[float, float], category: Any, text: str, issues: Iterable[Open], same_m: float
) -> list[Near]:
    """Return the open issues that may be the same as a new one, the nearest first.

    Parameters
    ----------
    place
        (lon, lat) in EPSG:4490 degrees.
    category
        The new one's, with ``id``, ``scheme`` and ``major``; None where it is not known yet: then any text will do.
    same_m
        How far one of the same category may lie (the profile's ``similar_m``).
    """
    open_ones = list(issues)
    if not open_ones:
        return []
    zone = crs.county_zone(place[0])
    places = crs.to_xy(np.array([place, *((one.lon, one.lat) for one in open_ones)]), zone)
    far_m = np.hypot(*(places[1:] - places[0]).T).tolist()
    found = [
        Near(one.id, distance_m, why)
        for one, distance_m in zip(open_ones, far_m, strict=True)
        if (why := _why(one, category, text, distance_m, same_m))
    ]
    return sorted(found, key=lambda one: (one.distance_m, one.id))


def _why(one: Open, category: Any, text: str, distance_m: float, same_m: float) -> str:
    if category is not None and one.category_id == category.id and distance_m <= same_m:
        return "category"
    same_major = category is None or (one.scheme, one.major) == (category.scheme, category.major)
    long_enough = min(len(_letters(text)), len(_letters(one.text))) >= _SHORT
    if distance_m <= ALIKE_M and same_major and long_enough and likeness(text, one.text) >= ALIKE_SHARE:
        return "text"
    return ""
