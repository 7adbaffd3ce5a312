from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.problems import Problem

ROW_SHARE = 0.25
"""Units whose centres differ by less than this share of the ground's height stand in one row when they are numbered."""


def require_homes(homes: Sequence[str], village_code: str) -> None:
    """Refuse to draft a village without homes (``draft.no_homes``)."""
    if not homes:
        raise Problem("draft.no_homes", code=village_code)


def reading_order(shapes: Any, which: Sequence[int]) -> list[int]:
    """Return some shapes in the order they are numbered: rows from north to south, west to east within a row.

    The order of DB6101/T 3185-2024 (numbered inside the village from west to east, north to south).
    """
    if not which:
        return []
    centres = [(shapes[i].centroid.x, shapes[i].centroid.y) for i in which]
    ys = [y for _, y in centres]
    height = max(ys) - min(ys) or 1.0
    row = [int((max(ys) - y) / (height * ROW_SHARE)) for y in ys]
    order = sorted(range(len(which)), key=lambda k: (row[k], centres[k][0], -centres[k][1]))
    return [which[k] for k in order]


def zu_code(known: str, village_code: str, pian_code: str, n: int) -> str:
    """Return a 组's code: its own where the county gave one, else village + 片 + two digits.

    >>> zu_code("", "439901100001", "43990110000102", 3)
    '4399011000010203'
    >>> zu_code("老屋-3", "439901100001", "43990110000102", 3)
    '老屋-3'
    """
    ours = known.startswith(village_code) and known[len(village_code) :].isdigit()
    if known and not ours:
        return known
    return f"{pian_code}{n:02d}"


def inherit(old: Sequence[str], label: NDArray[np.integer[Any]], count: int) -> list[str]:
    """Return, for each new unit, the id of the old unit that most of its homes come from, each id once.

    Parameters
    ----------
    old
        (n,) id of the unit that holds each home now, "" for none; empty where there is no net yet.
    label
        (n,) new unit 0 .. count-1 of each home.

    Returns
    -------
    (count,) ids, "" where a unit is new. The largest overlap is served first, so few homes change their unit's name.
    """
    ids = [""] * count
    overlaps = Counter((unit, at) for unit, at in zip(old, label.tolist(), strict=True) if unit) if len(old) else {}
    taken: set[str] = set()
    for (unit, at), _homes in sorted(overlaps.items(), key=lambda item: (-item[1], item[0])):
        if not ids[at] and unit not in taken:
            ids[at] = unit
            taken.add(unit)
    return ids


def neighbours(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the pairs (e, 2) of polygons of a coverage that touch along more than a point."""
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    once = first < second
    pairs = np.column_stack([first[once], second[once]])
    shared = shapely.length(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    touching: NDArray[np.int64] = pairs[shared > 0].astype(np.int64)
    return touching


def as_multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the shapes as MultiPolygons, the one kind that the store keeps; empty ones become None."""
    out = np.empty(len(shapes), dtype=object)
    for i, shape in enumerate(shapes):
        if shape is not None and not shape.is_empty:
            out[i] = shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])
    return out
