"""A map of hotspots as SVG: units shaded by what is open, hot ones in one hue, their numbers beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.wallmap_svg import path_of

HOT = ("#f9b177", "#e0701f", "#96390a")
COLD = "#a9bfce"
_GREYS = ("#fbfaf7", "#eeece5", "#dedcd3", "#cbc9bf")
_LINE = "#75867f"


def hot_colour(q: float) -> str:
    """Return the colour of a hot unit: darker where it is surer.

    >>> [hot_colour(q) for q in (0.04, 0.005, 1e-5)] == list(HOT)
    True
    """
    return HOT[2] if q <= 0.001 else HOT[1] if q <= 0.01 else HOT[0]


def grey(count: int, most: int) -> str:
    """Return the grey of a unit by how much is open there; white where it is withheld (-1) or nothing is."""
    if count <= 0 or most <= 0:
        return _GREYS[0]
    return _GREYS[min(1 + int(2.999 * count / most), 3)]


def draw_hotspots(
    shapes_xy: NDArray[np.object_], counts: Sequence[int], marks: Sequence[str], q: Sequence[float],
    frame_mm: tuple[float, float],
) -> str:  # fmt: skip
    """Draw units into a frame, north up.

    Parameters
    ----------
    shapes_xy
        (n,) polygons in metres, or None.
    counts, marks, q
        (n,) open issues (-1 withheld), ``hot``, ``cold`` or "", and the test's q.
    frame_mm
        Width and height.

    Returns
    -------
    str
        An SVG document whose user unit is a millimetre.
    """
    width, height = frame_mm
    placed = _placed(shapes_xy, frame_mm)
    most = max(counts, default=0)
    parts: list[str] = []
    order = sorted(range(len(placed)), key=lambda i: (marks[i] != "", marks[i] == "hot"))
    for i in order:
        if placed[i] is None or placed[i].is_empty:
            continue
        fill = hot_colour(q[i]) if marks[i] == "hot" else COLD if marks[i] == "cold" else grey(counts[i], most)
        line = ("#1b2422", 0.35) if marks[i] == "hot" else (_LINE, 0.12)
        parts.append(f'<path d="{path_of(placed[i])}" fill="{fill}" stroke="{line[0]}" stroke-width="{line[1]}"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return "\n".join([head, '<g stroke-linejoin="round">', *parts, "</g>", "</svg>"])


def _placed(shapes_xy: NDArray[np.object_], frame_mm: tuple[float, float]) -> list[Any]:
    """Return shapes in the frame's millimetres, y downwards."""
    held = [shape for shape in shapes_xy if shape is not None]
    if not held:
        return []
    west, south, east, north = shapely.total_bounds(np.array(held, dtype=object))
    scale = min(frame_mm[0] / max(east - west, 1.0), frame_mm[1] / max(north - south, 1.0)) * 0.98
    left = (frame_mm[0] - (east - west) * scale) / 2
    top = (frame_mm[1] - (north - south) * scale) / 2

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([left + (points[:, 0] - west) * scale, top + (north - points[:, 1]) * scale])

    return [None if shape is None else shapely.transform(shape, move) for shape in shapes_xy]
