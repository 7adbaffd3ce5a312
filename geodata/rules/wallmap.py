"""The sheets of a village's wall map (挂图, requirement A16): what stands where on the paper, in millimetres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.problems import Problem
from geodata.rules.wallmap_labels import (
    LARGE_PT,
    SIZES_PT,
    TIGHT_PT,
    Board,
    Label,
    Named,
    place_areas,
    place_around,
    place_lines,
)
from geodata.rules.wallmap_scale import Paper, ScaleBar, choose_scale, make_bar
from geodata.rules.wallmap_svg import Drawing, draw_map

FRAME_MM = (328.0, 253.0)
"""Width and height of the map's frame on a landscape A3 sheet beside the legend."""

PADDING_MM = 7.0
CROWDED_SHARE = 0.12
"""With more than this share of its names beside their ground, not on it, a village is shown 片 by 片 as well."""


@dataclass(frozen=True)
class WallUnit:
    """A unit as it is drawn and named; ``chief`` is "" where the county keeps no post: a line is left to write on."""

    id: str
    level: str
    code: str
    name: str
    parent_id: str | None
    homes: int
    fill: int = 0
    chief: str = ""


@dataclass(frozen=True)
class WallGround:
    """What a village's sheets are drawn from, in metres of the county's zone.

    Parameters
    ----------
    units
        The village first, then its 片, 组 and 邻 in the order of the net.
    shapes_xy
        (u,) polygons beside ``units``; None where only the list of homes is known.
    homes_xy
        (n, 2) metres; (0, 2) for a reader who may not see homes.
    lines_xy
        (kind, name, line) with the kinds ``river``, ``stream``, ``railway``, ``road``.
    level_names
        What the county calls each level.
    """

    units: list[WallUnit]
    shapes_xy: NDArray[np.object_]
    homes_xy: NDArray[np.float64]
    lines_xy: list[tuple[str, str, Any]]
    level_names: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """One map: its picture as SVG in millimetres, and the names that stand on it."""

    focus: WallUnit
    scale: int
    bar: ScaleBar
    svg: str
    labels: list[Label]
    kinds: list[str] = field(default_factory=list)
    has_homes: bool = True


def make_sheets(ground: WallGround) -> list[Sheet]:
    """Draw a village: one sheet, and one more for each 片 where the names of many 邻 do not fit on their ground.

    Returns
    -------
    list
        The village's sheet first; no two labels of a sheet overlap.

    Raises
    ------
    Problem
        ``wall.no_shape`` (unit) for a village without a border.
    """
    if ground.shapes_xy[0] is None or shapely.is_empty(ground.shapes_xy[0]):
        raise Problem("wall.no_shape", unit=ground.units[0].code)
    for sizes_pt in (SIZES_PT, TIGHT_PT):
        whole, beside, unnamed = _sheet(ground, 0, sizes_pt, callouts=CROWDED_SHARE)
        if not unnamed:
            return [whole]
    # what the sheets of the 片 tell need not be told by thin lines on the village's
    pians = _pians_of(ground, [*beside, *unnamed])
    whole, _, _ = _sheet(ground, 0, SIZES_PT, callouts=0 if pians else 1)
    return [whole, *(_sheet(ground, at, LARGE_PT, callouts=1)[0] for at in pians)]


def _pians_of(ground: WallGround, places: Sequence[int]) -> list[int]:
    """Return the 片 in which some units lie, in order; none where the village has no more than one."""
    all_pians = [i for i, unit in enumerate(ground.units) if unit.level == "pian" and _drawn(ground.shapes_xy[i])]
    found = [at for at in all_pians if _inside(ground.units, at)[list(places)].any()]
    return found if len(all_pians) > 1 else []


def _sheet(
    ground: WallGround, focus: int, sizes_pt: Mapping[str, Sequence[float]], *, callouts: float
) -> tuple[Sheet, list[int], list[int]]:
    """Draw one sheet around a unit; return it with the units named beside their ground and those not named."""
    paper = choose_scale(ground.shapes_xy[focus], FRAME_MM, PADDING_MM)
    inside = _inside(ground.units, focus)
    shapes = np.array([paper.shape_mm(shape) if _drawn(shape) else None for shape in ground.shapes_xy], dtype=object)
    dots = paper.points_mm(ground.homes_xy)
    dots = dots[((dots >= 0) & (dots <= np.array(FRAME_MM))).all(axis=1)]
    lines = [(kind, name, paper.shape_mm(line)) for kind, name, line in ground.lines_xy]
    lines = [(kind, name, line) for kind, name, line in lines if not shapely.is_empty(line)]
    drawing = Drawing(FRAME_MM, [u.level for u in ground.units], [u.fill for u in ground.units], shapes, inside, focus,
                      dots, lines)  # fmt: skip
    board = Board(FRAME_MM, dots, sizes_pt)
    named = [
        _named(ground, i, shapes[i]) for i in np.flatnonzero(inside).tolist() if i != focus and shapes[i] is not None
    ]
    labels, left = place_areas(board, named, callouts=callouts)
    labels += place_around(board, _around(ground.units, shapes, inside))
    labels += place_lines(board, lines)
    kinds = sorted({kind for kind, _, _ in lines})
    svg = draw_map(drawing)
    sheet = Sheet(ground.units[focus], paper.scale, make_bar(paper.scale), svg, labels, kinds, bool(len(dots)))
    cut = left.index(-1)
    return sheet, left[:cut], left[cut + 1 :]


def _drawn(shape: Any) -> bool:
    return shape is not None and not shapely.is_empty(shape)


def _inside(units: list[WallUnit], focus: int) -> NDArray[np.bool_]:
    """Tell which units are the focus or lie below it."""
    kept = {units[focus].id}
    found = np.zeros(len(units), dtype=bool)
    for i, unit in enumerate(units):  # parents come before their children
        if unit.id in kept or unit.parent_id in kept:
            kept.add(unit.id)
            found[i] = True
    return found


def _around(units: list[WallUnit], shapes: NDArray[np.object_], inside: NDArray[np.bool_]) -> list[Named]:
    """Return the 片 that a sheet only hints at, as far as they lie in its frame."""
    found = [
        Named(i, "around", (unit.name,), shapely.clip_by_rect(shapes[i], 0, 0, *FRAME_MM))
        for i, unit in enumerate(units)
        if unit.level == "pian" and not inside[i] and shapes[i] is not None
    ]
    return [one for one in found if not shapely.is_empty(one.shape_mm)]


def _named(ground: WallGround, place: int, shape_mm: Any) -> Named:
    """Return the lines that name a unit on the map."""
    unit = ground.units[place]
    words = ground.level_names
    homes = f"{unit.homes}户"
    if unit.level == "pian":
        below = count_below(ground.units, unit.id)
        detail = "  ".join(f"{below[level]}{words[level]}" for level in ("zu", "lin") if below[level])
        return Named(place, unit.level, (unit.name, "  ".join(filter(None, (detail, homes)))), shape_mm, unit.fill)
    return Named(place, unit.level, (unit.name, homes), shape_mm, unit.fill)


def count_below(units: list[WallUnit], unit_id: str) -> dict[str, int]:
    """Count the 片, 组 and 邻 below a unit, by level."""
    counts = {"pian": 0, "zu": 0, "lin": 0}
    kept = {unit_id}
    for unit in units:
        if unit.parent_id in kept:
            kept.add(unit.id)
            if unit.level in counts:
                counts[unit.level] += 1
    return counts


__all__ = ["FRAME_MM", "Paper", "Sheet", "WallGround", "WallUnit", "count_below", "make_sheets"]
