from __future__ import annotations

from dataclasses import dataclass

from geodata.actions.bringers import BRINGERS
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db

KINDS = ("units", "households", "barriers")


@dataclass(frozen=True)
class Choices:
    """What a person chose about a file, or left to be found out.

    Parameters
    ----------
    kind
        ``units``, ``households`` or ``barriers``, or a kind of ``bringers.BRINGERS``.
    level
        The level of units.
    layer
        Sheet or layer; None is the first.
    crs
        ``auto``, an EPSG code, ``gcj02`` or ``bd09``.
    swapped
        The first coordinate is the latitude or northing; None: found out.
    mapping
        Field to column; None: recognised or remembered.
    barrier_kind
        What all lines are, where the file does not say.
    platform
        Whose file of issues it is, where the file does not say.
    categories
        What words of a file stand for which categories, where the county's list does not know them.
    """

    kind: str
    level: str = ""
    layer: str | None = None
    crs: str = "auto"
    swapped: bool | None = None
    mapping: dict[str, str] | None = None
    barrier_kind: str = ""
    platform: str = ""
    categories: dict[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse what no person can have meant."""
        if self.kind not in KINDS and self.kind not in BRINGERS:
            raise Problem("import.unknown_kind", kind=self.kind, known=[*KINDS, *BRINGERS])
        if self.kind == "units" and self.level not in {level.value for level in Level}:
            raise Problem("import.no_level", level=self.level, known=[level.value for level in Level])


def require_county(db: Db, actor: Actor) -> None:
    """Refuse who may not import for the whole county (``import.county_only``): a file may hold rows of any village."""
    scope = actor.scope("import")
    for top in units.tops(db, EVERYWHERE, "", 200):
        if not scope.covers(top.path):
            raise Problem("import.county_only")
    if not scope.paths:
        raise Problem("import.county_only")
