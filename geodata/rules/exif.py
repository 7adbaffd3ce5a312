"""The place that a picture itself names: its EXIF position, believed only where every part of it is there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# tags of the GPS attribute information (CIPA DC-008-2023, table 15)
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
_PARTS = (1.0, 60.0, 3600.0)


def place_of(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Return (lon, lat) in degrees of WGS 84, which EPSG:4490 equals to a decimetre; None where it is not whole.

    Parameters
    ----------
    gps
        The tags of the picture's GPS directory by number, as Pillow reads them; anything may stand in them.

    Half a position is none: without its letter a west would be read as an east, 0/0 is what a phone writes before it
    knows, and (0, 0) is what many write instead.

    >>> place_of({1: "N", 2: (27.0, 42.0, 0.0), 3: "E", 4: (111.0, 30.0, 36.0)})
    (111.51, 27.7)
    >>> place_of({1: "S", 2: (27.0, 42.0, 0.0), 3: "W", 4: (111.0, 30.0, 36.0)})
    (-111.51, -27.7)
    >>> place_of({2: (27.0, 42.0, 0.0), 4: (111.0, 30.0, 36.0)})
    """
    lat = _degrees(gps.get(LATITUDE), gps.get(LATITUDE_REF), "NS", 90.0)
    lon = _degrees(gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "EW", 180.0)
    if lat is None or lon is None or (lon == 0.0 and lat == 0.0):
        return None
    return (lon, lat)


def _degrees(parts: Any, ref: Any, letters: str, most: float) -> float | None:
    sign = _sign(ref, letters)
    if sign is None or not isinstance(parts, tuple | list) or not 1 <= len(parts) <= 3:
        return None
    try:
        numbers = [float(part) for part in parts]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not all(math.isfinite(n) and n >= 0 for n in numbers) or any(n >= 60 for n in numbers[1:]):
        return None
    total = sum(n / unit for n, unit in zip(numbers, _PARTS, strict=False))
    return round(sign * total, 7) if total <= most else None


def _sign(ref: Any, letters: str) -> int | None:
    if isinstance(ref, bytes):
        ref = ref.decode("ascii", "ignore")
    letter = str(ref).strip("\x00 ").upper() if isinstance(ref, str) else ""
    return {letters[0]: 1, letters[1]: -1}.get(letter)
