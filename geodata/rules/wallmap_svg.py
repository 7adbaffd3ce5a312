from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

FILLS = ("#d5e4f0", "#dceacf", "#f5ebcb", "#e8ddee", "#d0ebe5", "#f3ded2")
"""The soft fills of 片, the same as on the screen's map by day; white paper needs no others."""

# (stroke, width in mm, extra) of each level's border, from the thinnest to the thickest
BORDERS = {
    "lin": ("#7d8b85", 0.15, ""),
    "zu": ("#5d6f68", 0.34, ""),
    "pian": ("#2f6f68", 0.75, ""),
    "village": ("#9c2f24", 1.05, ' stroke-dasharray="6 1.1 0.9 1.1"'),
}
# each kind of line: strokes laid over each other, as (stroke, width in mm, extra)
LINES = {
    "river": (("#7fb0cf", 1.5, ""), ("#a9d0e6", 1.05, "")),
    "stream": (("#7fb0cf", 0.45, ""),),
    "road": (("#9b978c", 1.0, ""), ("#fffdf6", 0.66, "")),
    "railway": (("#444b49", 0.95, ""), ("#ffffff", 0.6, ' stroke-dasharray="2.4 2.4"')),
}
_ORDER = ("stream", "river", "road", "railway")
_PAPER = "#fbfaf6"
_SIMPLER_MM = 0.02  # finer than any printer draws


@dataclass(frozen=True)
class Drawing:
    """What is drawn on one sheet, in millimetres of its frame; the arrays stand side by side.

    Parameters
    ----------
    shapes
        (u,) polygons or None.
    inside
        (u,) whether the unit belongs to the sheet's own ground; the rest is only hinted at.
    focus
        Place of the unit that the sheet shows.
    dots
        (n, 2) homes.
    lines
        (kind, name, line).
    """

    frame_mm: tuple[float, float]
    levels: Sequence[str]
    fills: Sequence[int]
    shapes: NDArray[np.object_]
    inside: NDArray[np.bool_]
    focus: int
    dots: NDArray[np.float64]
    lines: Sequence[tuple[str, str, Any]]


def draw_map(drawing: Drawing) -> str:
    """Draw a sheet's ground as SVG without text: fills, lines of the land, borders by level, homes.

    Returns
    -------
    str
        An SVG document whose user unit is a millimetre; names are set over it by the typesetter.
    """
    width, height = drawing.frame_mm
    ground = drawing.shapes[drawing.focus]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        *_around(drawing),
        '<g fill="none" stroke-linejoin="round" stroke-linecap="round" opacity="0.5">',
        *_lines([(kind, shapely.difference(line, ground)) for kind, _, line in drawing.lines]),
        "</g>",
        *_fills(drawing, ground),
        '<g fill="none" stroke-linejoin="round" stroke-linecap="round">',
        *_lines([(kind, shapely.intersection(line, ground)) for kind, _, line in drawing.lines]),
        "</g>",
        '<g fill="none" stroke-linejoin="round">',
        *_borders(drawing, ground),
        "</g>",
        *_homes(drawing, ground),
        "</svg>",
    ]
    return "\n".join(parts)


def _around(drawing: Drawing) -> list[str]:
    """Hint at the 片 beside the sheet's own, where it shows one 片 of a village."""
    chosen = [
        shape
        for shape, level, inside in zip(drawing.shapes, drawing.levels, drawing.inside, strict=True)
        if level == "pian" and not inside and shape is not None
    ]
    return [f'<path d="{path_of(shape)}" fill="#efeee9" stroke="#c9c7bf" stroke-width="0.3"/>' for shape in chosen]


def _fills(drawing: Drawing, ground: Any) -> list[str]:
    """Fill the 片 over a soft band along the outer border, which lifts the sheet's ground off the paper."""
    outline = path_of(ground)
    out = [f'<path d="{outline}" fill="#ffffff" stroke="#dcd8cb" stroke-width="5" stroke-linejoin="round"/>']
    for shape, level, fill, inside in zip(drawing.shapes, drawing.levels, drawing.fills, drawing.inside, strict=True):
        if level == "pian" and inside and shape is not None:
            out.append(f'<path d="{path_of(shape)}" fill="{FILLS[fill % len(FILLS)]}"/>')
    return out


def _borders(drawing: Drawing, ground: Any) -> list[str]:
    out = []
    for level, (stroke, width, extra) in BORDERS.items():
        chosen = [
            path_of(shape)
            for shape, at, inside in zip(drawing.shapes, drawing.levels, drawing.inside, strict=True)
            if at == level and inside and shape is not None
        ]
        if chosen and level == "village":  # what runs below the outer border must not show through its gaps
            out.append(f'<path d="{chosen[0]}" stroke="#f6f1ea" stroke-width="{width + 0.25}"/>')
        if chosen:
            out.append(f'<path d="{" ".join(chosen)}" stroke="{stroke}" stroke-width="{width}"{extra}/>')
    if drawing.focus:
        stroke, width, extra = BORDERS["village"]
        out.insert(0, f'<path d="{path_of(drawing.shapes[0])}" stroke="{stroke}" stroke-width="{width}"{extra}/>')
        stroke, width, _ = BORDERS["pian"]
        out.append(f'<path d="{path_of(ground)}" stroke="{stroke}" stroke-width="{width * 1.6:.2f}"/>')
    return out


def _lines(lines: Sequence[tuple[str, Any]]) -> list[str]:
    out = []
    for kind in _ORDER:
        d = " ".join(path_of(line) for at, line in lines if at == kind and not shapely.is_empty(line))
        if d:
            out += [f'<path d="{d}" stroke="{stroke}" stroke-width="{width}"{extra}/>'
                    for stroke, width, extra in LINES[kind]]  # fmt: skip
    return out


def _homes(drawing: Drawing, ground: Any) -> list[str]:
    """Draw homes as round dots, larger on the sheet of one 片: two paths in all, however many homes there are."""
    dots, wide = drawing.dots, 1.3 if drawing.focus else 0.8
    if not len(dots):
        return []
    within = shapely.contains_xy(ground, dots[:, 0], dots[:, 1])
    out = []
    for chosen, dark in ((dots[~within], "#b9b7ae"), (dots[within], "#33524e")):
        if len(chosen):
            d = "".join(f"M{x:.2f} {y:.2f}h.01" for x, y in np.unique(np.round(chosen, 2), axis=0).tolist())
            rings = f'<path d="{d}" stroke="#ffffff" stroke-width="{wide + 0.35:.2f}"/>'
            dots_in = f'<path d="{d}" stroke="{dark}" stroke-width="{wide}"/>'
            out.append(f'<g fill="none" stroke-linecap="round">{rings}{dots_in}</g>')
    return out


def path_of(shape: Any) -> str:
    """Return the ``d`` of polygons or lines, rounded to a hundredth of a millimetre; "" for points and emptiness."""
    simple = shapely.simplify(shape, _SIMPLER_MM)
    parts = shapely.get_parts(np.array([simple], dtype=object))
    rings = [ring for part in parts for ring in _rings(part)]
    return "".join(_run(shapely.get_coordinates(ring), closed=bool(shapely.is_closed(ring))) for ring in rings)


def _rings(part: Any) -> list[Any]:
    kind = shapely.get_type_id(part)
    if kind == 3:
        return list(shapely.get_rings(part))
    if kind in (4, 5, 6, 7):
        return [ring for one in shapely.get_parts(np.array([part], dtype=object)) for ring in _rings(one)]
    return [part] if kind in (1, 2) else []


def _run(points: NDArray[np.float64], *, closed: bool) -> str:
    if len(points) < 2:
        return ""
    (x, y), *rest = points[:-1].tolist() if closed else points.tolist()
    return f"M{x:.2f} {y:.2f}L" + " ".join(f"{a:.2f} {b:.2f}" for a, b in rest) + ("Z" if closed else "")
