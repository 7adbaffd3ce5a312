"""A density as a picture to lay over a map: one hue, darker where there is more, clear where there is nothing."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

_STOPS = np.array([0.0, 0.06, 0.3, 0.65, 1.0])
_COLOURS = np.array([
    (253, 224, 190, 0), (253, 208, 162, 70), (245, 146, 62, 150), (204, 76, 2, 190), (127, 39, 4, 215),
], np.float64)  # fmt: skip
"""One hue from light to dark, so that colour-blind readers and grey prints see the same order."""


def paint(density: NDArray[np.float64] | None) -> bytes:
    """Return a PNG of a density, (rows, columns) with the first row northernmost; one clear pixel for None.

    Colours go by the share of the densest cell.
    """
    if density is None or not density.size or density.max() <= 0:
        return _png(np.zeros((1, 1, 4), np.uint8))
    share = np.clip(density / density.max(), 0.0, 1.0)
    channels = [np.interp(share, _STOPS, _COLOURS[:, channel]) for channel in range(4)]
    return _png(np.stack(channels, axis=-1).round().astype(np.uint8))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image  # a server that is asked for no heat need not have it in memory

    out = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()
