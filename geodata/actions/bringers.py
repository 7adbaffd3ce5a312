"""Kinds of files that other packages take in through the same reading, preview and job as units and homes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.rules.intake_rows import Refusal
    from geodata.store.database import Db

BRINGERS: dict[str, Bringer] = {}
"""By kind; a package registers its own when it is imported."""


@dataclass(frozen=True)
class Bringer:
    """How a kind of file is understood and taken in.

    Parameters
    ----------
    has_places
        ``(frame, mapping)``: whether the file gives coordinates, whose system must then be found out.
    understand
        ``(db, frame, mapping, crs guess, county's ground)``: the rows that may be taken in, as a GeoDataFrame in
        EPSG:4490, and the refusals; nothing is written. ``frame.attrs["said"]`` holds what a person says of the whole
        file: ``platform``, ``categories``.
    compare
        ``(db, rows)``: how many are ``new``, ``changed`` and ``unchanged``.
    take
        ``(db, actor, now, rows)``: take them in, and return what was done (``take_units.Taken``).
    """

    has_places: Callable[[Any, Mapping[str, str]], bool]
    understand: Callable[[Db, Any, Mapping[str, str], Any, Any], tuple[Any, list[Refusal]]]
    compare: Callable[[Db, Any], dict[str, int]]
    take: Callable[[Db, Any, dt.datetime, Any], Any]


def register(kind: str, bringer: Bringer) -> None:
    """Make a kind of file known; the same kind again takes the place of the first."""
    BRINGERS[kind] = bringer
