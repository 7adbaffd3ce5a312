from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules.crs import Zone
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level

Place = tuple[float, float]
NO_GROUND: BaseGeometry = shapely.Polygon()


@dataclass(frozen=True)
class PlanUnit:
    """A unit of a plan: as ``units.Unit``, with what is drawn of it and whether a cadre locked it.

    ``shape_xy`` is a Polygon or MultiPolygon in metres of the county's zone, empty without ground; ``label_ll`` is
    the (lon, lat) where its name stands.
    """

    id: str
    level: Level
    kind: str
    code: str
    name: str
    path: str
    parent_id: str
    homes: int = 0
    area_m2: float = 0.0
    label_ll: Place | None = None
    fill: int = 0
    locked: bool = False
    shape_xy: BaseGeometry = NO_GROUND


@dataclass(frozen=True)
class PlanHome:
    """A home in a plan: where it stands (metres), the unit that holds it; building, entrance, floor and room."""

    id: str
    xy: Place
    unit_id: str
    stack: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True)
class Plan:
    """What a cadre draws, immutable: the units and homes at hand, all of a plan or the part that an edit concerns.

    Parameters
    ----------
    units
        By id. The lowest ones, without children, are the leaves: mostly 邻, elsewhere the 组 that are not cut yet.
        They tile the ground at hand; every other unit is the union of its children.
    homes
        By id; the homes of the units at hand.
    locks_xy
        LineStrings of borders that must stay.
    barriers_xy
        LineStrings of rivers, railways and main roads nearby, metres; ground that is painted over follows them.
    zone
        The county's own zone, in which everything is measured.
    closed
        Units at hand whose children are not: what an edit does not concern, but for the ground it takes up.
    """

    units: Mapping[str, PlanUnit]
    homes: Mapping[str, PlanHome]
    zone: Zone
    profile: Profile = field(default_factory=Profile)
    locks_xy: tuple[BaseGeometry, ...] = ()
    barriers_xy: tuple[BaseGeometry, ...] = ()
    closed: frozenset[str] = frozenset()

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of each unit's children, by path."""
        found: dict[str, list[PlanUnit]] = {}
        for unit in self.units.values():
            found.setdefault(unit.parent_id, []).append(unit)
        return {key: tuple(u.id for u in sorted(rows, key=lambda u: u.path)) for key, rows in found.items()}

    @cached_property
    def homes_of(self) -> Mapping[str, tuple[PlanHome, ...]]:
        """The homes that each unit holds itself, by id."""
        found: dict[str, list[PlanHome]] = {}
        for home in self.homes.values():
            found.setdefault(home.unit_id, []).append(home)
        return {key: tuple(sorted(rows, key=lambda h: h.id)) for key, rows in found.items()}

    def unit(self, unit_id: str) -> PlanUnit:
        """Return a unit, or refuse what the plan does not hold (``redraw.unknown_unit``)."""
        found = self.units.get(unit_id)
        if found is None:
            raise Problem("redraw.unknown_unit", unit=unit_id)
        return found

    def leaves(self, unit_id: str = "") -> list[PlanUnit]:
        """Return the leaves under a unit (itself, if it is one) that have ground; all of them for ""."""
        if not unit_id:
            return self._all_leaves
        return [u for u in self.below(self.unit(unit_id)) if self.is_leaf(u) and not u.shape_xy.is_empty]

    @cached_property
    def _all_leaves(self) -> list[PlanUnit]:
        return [u for u in self.units.values() if self.is_leaf(u) and not u.shape_xy.is_empty]

    def is_leaf(self, unit: PlanUnit) -> bool:
        """Tell whether a unit below the village has no children."""
        return not self.children.get(unit.id) and unit.level.depth > Level.VILLAGE.depth and unit.id not in self.closed

    def below(self, unit: PlanUnit) -> Iterator[PlanUnit]:
        """Give a unit and everything under it, parents before children."""
        yield unit
        for child in self.children.get(unit.id, ()):
            yield from self.below(self.units[child])

    def above(self, unit: PlanUnit) -> Iterator[PlanUnit]:
        """Give a unit and the units at hand that it lies in, the nearest first."""
        at: PlanUnit | None = unit
        while at is not None:
            yield at
            at = self.units.get(at.parent_id)

    def at_level(self, unit: PlanUnit, level: Level) -> PlanUnit | None:
        """Return the unit of a level that a unit lies in or is; None where there is none."""
        return next((u for u in self.above(unit) if u.level is level), None)

    def is_locked(self, unit: PlanUnit) -> bool:
        """Tell whether a unit or one that it lies in is locked."""
        return any(u.locked for u in self.above(unit))

    def with_units(self, *new: PlanUnit) -> Plan:
        """Return the plan with some units put in or exchanged."""
        done = replace(self, units={**self.units, **{u.id: u for u in new}})
        if "homes_of" in vars(self):  # the homes are the same: what was sorted stays sorted
            vars(done)["homes_of"] = self.homes_of
        return done


@dataclass(frozen=True)
class Change:
    """What one plan has that another has not: the rows that a revision writes.

    ``units`` are new or different; ``gone`` are ids; ``moved`` is the unit of each home that changed it.
    """

    units: tuple[PlanUnit, ...]
    gone: tuple[str, ...]
    moved: Mapping[str, str]

    @property
    def is_nothing(self) -> bool:
        """Whether both plans are the same."""
        return not (self.units or self.gone or self.moved)


def difference(old: Plan, new: Plan) -> Change:
    """Return what makes ``new`` of ``old``; shapes differ when any vertex does."""
    changed = tuple(u for u in new.units.values() if not _is_same(old.units.get(u.id), u))
    gone = tuple(unit_id for unit_id in old.units if unit_id not in new.units)
    moved = {h.id: h.unit_id for h in new.homes.values() if old.homes[h.id].unit_id != h.unit_id}
    return Change(changed, gone, moved)


def _is_same(old: PlanUnit | None, new: PlanUnit) -> bool:
    if old is new:
        return True
    if old is None or replace(old, shape_xy=NO_GROUND) != replace(new, shape_xy=NO_GROUND):
        return False
    return is_same_shape(old.shape_xy, new.shape_xy)


def is_same_shape(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Tell whether two shapes have the same vertices, whatever ring or vertex they begin with."""
    if one is other:
        return True
    if not np.array_equal(shapely.bounds(one), shapely.bounds(other), equal_nan=True):
        return False
    return bool(shapely.equals_exact(one, other)) or bool(
        shapely.equals_exact(shapely.normalize(one), shapely.normalize(other))
    )
