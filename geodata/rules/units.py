from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry


class Level(enum.StrEnum):
    """The six depths of a county's tree of units, from the largest ground to the smallest."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    PIAN = "pian"
    ZU = "zu"
    LIN = "lin"

    @property
    def depth(self) -> int:
        """Steps below the county: 0 for the county, 5 for a 邻."""
        return _DEPTHS[self]


_DEPTHS = {level: depth for depth, level in enumerate(Level)}


@dataclass(frozen=True)
class Unit:
    """A piece of a county's ground that one chief or office answers for.

    ``id`` is a UUID that never changes; ``code`` is what people read; ``path`` is the ids' short codes from
    the county down, joined and ended by ``/``, so that "inside" is a prefix test in Python and in SQL.
    ``shape_ll`` is a Polygon or MultiPolygon in EPSG:4490 degrees, or None where only the list of homes is known.
    ``kind`` is ``rural`` or ``urban`` for a village, ``group`` or ``compound`` for a 组 (requirement A05), else "".
    """

    id: str
    level: Level
    code: str
    name: str
    path: str
    parent_id: str | None = None
    kind: str = ""
    shape_ll: BaseGeometry | None = None
    homes: int = 0
    area_m2: float = 0.0


@dataclass(frozen=True)
class Household:
    """A home as one point on the ground (requirement C01), in EPSG:4490 degrees.

    Several homes may stand on one point: ``building``, ``entrance``, ``floor`` and ``room`` tell them apart.
    """

    id: str
    code: str
    lon: float
    lat: float
    address: str = ""
    building: str = ""
    entrance: str = ""
    floor: str = ""
    room: str = ""
    priority: bool = False


@dataclass(frozen=True)
class Violation:
    """One place where a plan or the published net departs from a rule.

    Parameters
    ----------
    rule
        ``gap``, ``overlap``, ``outside_parent``, ``in_pieces``, ``too_few_homes``, ``too_many_homes``,
        ``home_in_no_unit``, ``home_in_two_units``, ``home_outside_unit``, ``crosses_barrier``, ``zu_count``,
        ``cannot_be_cut``.
    unit_id
        The unit concerned, or "" where it is a place between units.
    severity
        ``error`` (the net is not whole) or ``warning`` (a county may live with it, as with 组 per 片).
    values
        The numbers behind the sentence: ``homes``, ``low``, ``high``, ``area_m2``, ``pieces``, ``code`` …
    place_ll
        A (lon, lat) to fly to, in EPSG:4490 degrees, or None.
    """

    rule: str
    unit_id: str
    severity: str = "error"
    values: dict[str, Any] = field(default_factory=dict)
    place_ll: tuple[float, float] | None = None


def child_path(parent_path: str, code_step: str) -> str:
    """Return the path of a child: the parent's path, then the child's own step, then ``/``.

    >>> child_path("431382/", "101")
    '431382/101/'
    """
    return f"{parent_path}{code_step}/"


def is_within(path: str, scope_path: str) -> bool:
    """Tell whether a unit's path lies in a scope; the scope of "" is every county.

    >>> is_within("431382/101/001/", "431382/101/"), is_within("431382/1010/", "431382/101/")
    (True, False)
    """
    return path.startswith(scope_path)
