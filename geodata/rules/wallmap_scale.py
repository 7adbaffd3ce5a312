from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

SCALES = (200, 250, 300, 400, 500, 600, 750, 1000, 1200, 1500, 1800, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 6000,
          7000, 8000, 9000, 10_000, 11_000, 12_000, 13_000, 15_000, 17_500,
          20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 75_000, 100_000, 150_000, 200_000)  # fmt: skip
"""Denominators that a ruler on the wall can be read with."""

_BAR_MOST_MM = 52.0
_BAR_STEPS = 4


@dataclass(frozen=True)
class Paper:
    """How metres of the county's zone become millimetres of a frame, whose y runs downwards."""

    scale: int
    centre_xy: tuple[float, float]
    frame_mm: tuple[float, float]

    def points_mm(self, points_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 2) places on the paper of (n, 2) metres."""
        per_m = 1000.0 / self.scale
        moved = (np.asarray(points_xy, dtype=np.float64).reshape(-1, 2) - self.centre_xy) * (per_m, -per_m)
        shifted: NDArray[np.float64] = moved + np.array(self.frame_mm) / 2
        return shifted

    def shape_mm(self, shape_xy: Any) -> Any:
        """Return a shape on the paper, cut at the frame."""
        width, height = self.frame_mm
        moved = shapely.transform(shape_xy, self.points_mm)
        if shapely.get_dimensions(moved) == 2:  # borders run on behind the frame, so that none is drawn along it
            return shapely.clip_by_rect(moved, -20, -20, width + 20, height + 20)
        return shapely.clip_by_rect(moved, 0, 0, width, height)


@dataclass(frozen=True)
class ScaleBar:
    """A scale bar: ``steps`` pieces of ``step_m`` metres, each ``step_mm`` long on the paper."""

    step_m: float
    step_mm: float
    steps: int


def choose_scale(shape_xy: Any, frame_mm: tuple[float, float], padding_mm: float) -> Paper:
    """Choose the largest scale of ``SCALES`` at which a shape fits into a frame, and put it in the middle.

    Parameters
    ----------
    shape_xy
        A polygon in metres.
    frame_mm
        Width and height of the frame.
    padding_mm
        What stays free on each side.
    """
    west, south, east, north = shapely.bounds(shape_xy).tolist()
    room = (frame_mm[0] - 2 * padding_mm, frame_mm[1] - 2 * padding_mm)
    least = max((east - west) / room[0], (north - south) / room[1]) * 1000
    scale = next((one for one in SCALES if one >= least), 0) or math.ceil(least / 50_000) * 50_000
    return Paper(scale, ((west + east) / 2, (south + north) / 2), frame_mm)


def make_bar(scale: int) -> ScaleBar:
    """Choose a scale bar of four round pieces that is as long as the legend allows.

    >>> make_bar(5000)
    ScaleBar(step_m=50, step_mm=10.0, steps=4)
    """
    most_m = _BAR_MOST_MM / _BAR_STEPS * scale / 1000
    power = 10 ** math.floor(math.log10(most_m))
    step_m = max(n * power for n in (1, 1.5, 2, 2.5, 4, 5) if n * power <= most_m)
    return ScaleBar(step_m, step_m * 1000 / scale, _BAR_STEPS)
