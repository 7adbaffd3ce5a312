"""The part of a plan that an edit concerns, read from the store and written back as a revision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely

from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.rules.coverage import HomeRows, UnitRows, check_units
from geodata.rules.degrees import Degrees
from geodata.rules.numbering import as_multi
from geodata.rules.plan import NO_GROUND, Change, Plan, PlanHome, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.proposal import BARRIER_KINDS
from geodata.rules.units import Level, Violation
from geodata.store import barriers, revisions, settings
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

Box = tuple[float, float, float, float]
_POINT = 1e-9  # degrees around a place that is looked for: its own vertex, whatever rounding does


class PlanPart:
    """Reads the units and homes around an edit, so that its cost follows what it touches and not the plan's size."""

    def __init__(self, db: Db, plan_id: str) -> None:
        self.db, self.plan_id = db, plan_id
        self.degrees = Degrees(zone_of_county(db))
        self.steps = revisions.any_village(db, plan_id)[1].count(
            "/"
        )  # of a village's path: some counties have no towns
        self.village: PlanUnit | None = None
        self.locks: tuple[Any, ...] = ()
        self.locks_ll = np.zeros(0, dtype=np.object_)
        self.profile = Profile()

    def around_places(self, places_ll: Sequence[Sequence[float]]) -> Plan:
        """Return the plan around places (lon, lat): every leaf whose box meets theirs, and what is beside it."""
        points = np.asarray(places_ll, dtype=np.float64).reshape(-1, 2)
        west, south = (points.min(axis=0) - _POINT).tolist()
        east, north = (points.max(axis=0) + _POINT).tolist()
        rows = revisions.units_meeting(self.db, self.plan_id, (west, south, east, north))
        if not rows:
            raise Problem("redraw.outside", place=tuple(points[0].tolist()))
        return self._around(self._of_one_village([r for r in rows if r.level == Level.LIN.value] or rows, points[0]))

    def _of_one_village(self, rows: Sequence[Any], place_ll: Any) -> Sequence[Any]:
        """Keep the rows of the village in which a place lies: boxes meet across the border of two."""
        paths = {self._village_path(row.path) for row in rows}
        if len(paths) == 1:
            return rows
        villages = [row for row in revisions.units_around(self.db, self.plan_id, (), (), paths) if row.geom]
        away = shapely.distance(shapes_of([row.geom for row in villages]), shapely.Point(place_ll))
        nearest = villages[int(np.argmin(away))].path
        return [row for row in rows if row.path.startswith(nearest)]

    def around_units(self, ids: Iterable[str]) -> Plan:
        """Return the plan around units (``redraw.unknown_unit``)."""
        wanted = sorted(set(ids))
        rows = revisions.units_by_id(self.db, self.plan_id, wanted)
        missing = set(wanted) - {row.unit_id for row in rows}
        if missing:
            raise Problem("redraw.unknown_unit", unit=min(missing))
        return self._around(rows)

    def whole(self, path: str) -> Plan:
        """Return all of a plan under a path."""
        rows = revisions.units_under(self.db, self.plan_id, [path])
        return self.read(rows, revisions.homes_at(self.db, self.plan_id, None), _box_of(rows))

    def _around(self, seeds: Sequence[Any]) -> Plan:
        """Read every 组 that the seeds' box meets whole, and of the 片 around them the other 组 as they stand."""
        box = _box_of(seeds)
        villages = {self._village_path(row.path) for row in seeds}
        met = [] if box is None else revisions.units_meeting(self.db, self.plan_id, box)
        near = [*seeds, *(row for row in met if self._village_path(row.path) in villages)]
        whole = {row.path for row in seeds} | {_group_path(row) for row in near if row.level in _GROUPED}
        tops = {self._top_path(row.path) for row in near}
        rows = revisions.units_around(self.db, self.plan_id, whole, tops, villages)
        closed = {row.unit_id for row in rows if row.level == Level.ZU.value and not row.path.startswith(tuple(whole))}
        zu = {row.parent_id for row in near if row.level == Level.LIN.value}
        open_zu = {row.unit_id for row in rows if row.level == Level.ZU.value} - closed
        seated = [row.unit_id for row in rows if row.parent_id in zu or row.unit_id in open_zu]
        return self.read(rows, revisions.homes_of(self.db, self.plan_id, seated), box, closed)

    def _village_path(self, path: str) -> str:
        return "/".join(path.split("/")[: self.steps]) + "/"

    def _top_path(self, path: str) -> str:
        """Return the path of the uppermost unit below the village that a unit lies in."""
        return "/".join(path.rstrip("/").split("/")[: self.steps + 1]) + "/"

    def read(self, rows: Sequence[Any], homes: Sequence[Any], box: Box | None, closed: Iterable[str] = ()) -> Plan:
        """Make a plan of rows: units with ``geom``, homes with their point; locks, and barriers inside a box."""
        shapes_ll = shapes_of([row.geom for row in rows])
        shapes_ll[shapely.is_missing(shapes_ll)] = NO_GROUND
        shapes = self.degrees.to_xy(shapes_ll)
        units = [_plan_unit(row, shape) for row, shape in zip(rows, _single(shapes), strict=True)]
        self.village = next((u for u in units if u.level is Level.VILLAGE), None)
        xy = crs.to_xy(lonlat_of([home.geom for home in homes]), self.degrees.zone).tolist()
        seated = {
            h.household_id: PlanHome(
                h.household_id, (at[0], at[1]), h.unit_id, (h.building, h.entrance, h.floor, h.room)
            )
            for h, at in zip(homes, xy, strict=True)
        }
        self.locks_ll = shapes_of([row.geom for row in revisions.locks(self.db, self.plan_id)])
        self.locks = tuple(self.degrees.to_xy(self.locks_ll)) if len(self.locks_ll) else ()
        self.profile = settings.profile(self.db)
        return Plan(
            {u.id: u for u in units},
            seated,
            self.degrees.zone,
            self.profile,
            self.locks,
            self._barriers(box),
            frozenset(closed),
        )

    def _barriers(self, box: Box | None) -> tuple[Any, ...]:
        if box is None:
            return ()
        lines = shapes_of([row.geom for row in barriers.in_box(self.db, box, BARRIER_KINDS)])
        return tuple(shapely.get_parts(crs.shapes_to_xy(lines, self.degrees.zone))) if len(lines) else ()

    def ground(self) -> Any:
        """Return the village's ground in metres, on which may be drawn."""
        return self.village.shape_xy if self.village is not None else NO_GROUND

    def write(self, number: int, change: Change) -> list[Any]:
        """Write a change as a revision; return its units as rows, ``geom`` as MultiPolygon in EPSG:4490 degrees."""
        columns: dict[str, list[Any]] = {}
        if change.units:
            shapes = self.degrees.to_ll(np.array([*(u.shape_xy for u in change.units), NO_GROUND], dtype=object)[:-1])
            columns = {name: [getattr(u, name) for u in change.units] for name in _SAME}
            columns["unit_id"] = [u.id for u in change.units]
            columns["level"] = [u.level.value for u in change.units]
            for axis, name in enumerate(("label_lon", "label_lat")):
                columns[name] = [None if u.label_ll is None else u.label_ll[axis] for u in change.units]
            columns["geom"] = as_multi(shapes)  # type: ignore[assignment]
        revisions.write(self.db, self.plan_id, number, columns, change.gone, change.moved)
        rows = [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
        return sorted(rows, key=lambda row: str(row.path))

    def check(self, plan: Plan, change: Change, before: Plan) -> tuple[list[str], list[Violation], dict[str, str]]:
        """Check the 组 and 片 that a change concerns.

        Returns
        -------
        tuple
            The ids whose violations are told anew, the violations, and the paths of their units.
        """
        ids = {u.id for u in change.units} | set(change.gone) | set(change.moved.values())
        ids |= {before.homes[home].unit_id for home in change.moved}
        zus, pians = _families(ids, (before, plan))
        rows = [plan.units[i] for i in sorted(pians & plan.units.keys())]
        rows += [plan.units[z] for p in list(rows) for z in plan.children.get(p.id, ())]
        rows += [u for u in (plan.units[i] for i in sorted(zus & plan.units.keys())) if u not in rows]
        lins = [plan.units[i] for z in sorted(zus & plan.units.keys()) for i in plan.children.get(z, ())]
        told = {*ids, *pians, *(u.id for u in rows if u.id in zus), *(u.id for u in lins)}
        told |= {i for z in zus for i in before.children.get(z, ())}
        found = _check(plan, [*rows, *lins]) if rows or lins else []
        found = [v for v in found if v.unit_id in told]
        return sorted(told), found, {u.id: u.path for u in plan.units.values()}


_SAME = ("kind", "code", "name", "path", "parent_id", "homes", "area_m2", "fill", "locked")


def _check(plan: Plan, rows: Sequence[PlanUnit]) -> list[Violation]:
    at = {u.id: i for i, u in enumerate(rows)}
    homes = [h for h in plan.homes.values() if h.unit_id in at]
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [u.shape_xy for u in rows]
    return check_units(
        UnitRows(
            [u.id for u in rows],
            [u.code for u in rows],
            [u.level for u in rows],
            np.array([at.get(u.parent_id, -1) for u in rows], dtype=np.intp),
            shapes,
        ),
        HomeRows(
            np.array([h.xy for h in homes]).reshape(-1, 2),
            np.arange(len(homes), dtype=np.intp),
            np.array([at[h.unit_id] for h in homes], dtype=np.intp),
        ),
        plan.profile,
        lambda xy: crs.to_ll(xy, plan.zone),
        plan.barriers_xy,
    )


def _families(ids: set[str], plans: Sequence[Plan]) -> tuple[set[str], set[str]]:
    """Return the 组 and the 片 in which units lie, in any of the plans."""
    zus: set[str] = set()
    pians: set[str] = set()
    for plan in plans:
        for unit in (plan.units[i] for i in ids if i in plan.units):
            for above in plan.above(unit):
                if above.level is Level.ZU:
                    zus.add(above.id)
                elif above.level is Level.PIAN:
                    pians.add(above.id)
    return zus, pians


def _plan_unit(row: Any, shape: Any) -> PlanUnit:
    return PlanUnit(
        row.unit_id, Level(row.level), row.kind, row.code, row.name, row.path, row.parent_id or "", row.homes,
        row.area_m2, None if row.label_lon is None else (row.label_lon, row.label_lat), row.fill, bool(row.locked),
        shape,
    )  # fmt: skip


def _single(shapes: Any) -> list[Any]:
    """Return MultiPolygons of one part as that part: what rules draw, and what equal ground is compared by."""
    alone = shapely.get_num_geometries(shapes) == 1
    return [shapely.get_geometry(s, 0) if one else s for s, one in zip(shapes, alone, strict=True)]


def _box_of(rows: Sequence[Any]) -> Box | None:
    shapes = [s for s in shapes_of([row.geom for row in rows]) if s is not None]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    return (west, south, east, north)


_GROUPED = (Level.ZU.value, Level.LIN.value)


def _group_path(row: Any) -> str:
    """Return the path of the 组 that a row is or lies in."""
    path: str = row.path
    return path if row.level == Level.ZU.value else path[: path.rstrip("/").rindex("/") + 1]
