"""QR codes as the path of an SVG: the page draws it as an element, so that no markup travels."""

from __future__ import annotations

import segno

QUIET = 4  # modules of white that ISO/IEC 18004 asks for around the code


def qr_path(text: str) -> dict[str, int | str]:
    """Return a QR code as ``{"size": side in modules, "path": squares of the dark ones}``.

    The side includes the quiet zone; the path is in modules, one horizontal run of dark modules after the other.
    """
    code = segno.make(text, error="m", micro=False)
    rows = [list(row) for row in code.matrix]
    runs = [
        f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _dark_runs(row)
    ]
    return {"size": len(rows) + 2 * QUIET, "path": "".join(runs)}


def _dark_runs(row: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
