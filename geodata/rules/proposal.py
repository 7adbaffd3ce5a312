from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules import crs, numbering
from geodata.rules.cells import Cells, cut_cells
from geodata.rules.colours import colour_units
from geodata.rules.coverage import HomeRows, UnitRows, check_units
from geodata.rules.drafting import VillageDraft, draft_village
from geodata.rules.labels import label_points
from geodata.rules.mesh import unite
from geodata.rules.profile import Profile
from geodata.rules.shapes import shape_lins
from geodata.rules.stacks import StackColumns, stack_ranks
from geodata.rules.units import Level, Violation, child_path
from geodata.rules.variants import VARIANTS

BARRIER_KINDS = ("river", "railway", "road")
"""What a 邻 does not cross where it can be avoided."""

_IDS = uuid.UUID("5a0c9d52-6c0b-5f0e-9d0e-3b1f6f2f4c11")


@dataclass(frozen=True)
class KnownZu:
    """A 组 that is there before the draft: its homes come first, its polygon may follow (A02)."""

    id: str
    code: str
    name: str
    kind: str
    shape_ll: BaseGeometry | None = None


@dataclass(frozen=True)
class VillageGround:
    """Everything a draft of one village starts from, as plain values that travel to a worker process.

    Parameters
    ----------
    village_id, village_code, village_path
        The village.
    shape_ll
        Its ground in EPSG:4490 degrees, or None where it was never given: the homes' surroundings then serve.
    home_ids
        (n,) ids of the homes, sorted.
    home_ll
        (n, 2) degrees.
    stack
        Building, entrance, floor and room of each home.
    zu_of_home
        (n,) index into ``zus``, -1 unknown.
    zus
        The 组 that are known.
    barriers
        (kind, LineString or MultiLineString in degrees) near the village.
    old_lin, old_pian
        (n,) id of the 邻 and 片 that hold each home in the published net, "" for none; a new draft keeps them where
        its objective allows.
    variant
        A name of ``variants.VARIANTS``.
    """

    village_id: str
    village_code: str
    village_path: str
    shape_ll: BaseGeometry | None
    home_ids: list[str]
    home_ll: NDArray[np.float64]
    stack: StackColumns
    zu_of_home: NDArray[np.intp]
    zus: list[KnownZu]
    barriers: list[tuple[str, BaseGeometry]]
    profile: Profile
    zone: crs.Zone
    seed: int = 0
    old_lin: list[str] = field(default_factory=list)
    old_pian: list[str] = field(default_factory=list)
    variant: str = "near"


@dataclass(frozen=True)
class Proposal:
    """A drafted village: its units (columns of the store), the 邻 of each home, and what is wrong with it.

    ``units`` has ``unit_id, level, kind, code, name, path, parent_id, homes, area_m2, label_lon, label_lat, fill`` and
    ``geom`` (EPSG:4490) for the village itself, its 片, 组 and 邻; ``members`` has ``household_id, unit_id``.
    ``size_spread`` is the standard deviation of the homes of a 邻; ``homes_moved`` are those that would leave the 邻
    that holds them in the published net.
    """

    village_id: str
    village_path: str
    units: dict[str, list[Any]]
    members: dict[str, list[str]]
    violations: list[Violation]
    objective_m2: float
    zu_objective_m2: dict[str, float]
    size_spread: float = 0.0
    homes_moved: int = 0


def ground_cells(ground: VillageGround) -> Cells:
    """Cut a village's ground into the cells of its home sites, in metres of the county's zone."""
    kinds = BARRIER_KINDS if ground.zus else (*BARRIER_KINDS, "stream")
    zu_shapes = [
        None if zu.shape_ll is None else crs.shapes_to_xy(np.array([zu.shape_ll], dtype=object), ground.zone)[0]
        for zu in ground.zus
    ]
    has_shapes = any(shape is not None for shape in zu_shapes)
    return cut_cells(
        village_xy(ground),
        crs.to_xy(ground.home_ll, ground.zone),
        ground.zu_of_home,
        zu_shapes if has_shapes else None,
        barrier_lines(ground, kinds),
    )


def barrier_lines(ground: VillageGround, kinds: Sequence[str]) -> list[BaseGeometry]:
    """Return the village's barriers of some kinds as LineStrings in metres."""
    lines = [shape for kind, shape in ground.barriers if kind in kinds]
    if not lines:
        return []
    parts = shapely.get_parts(crs.shapes_to_xy(np.array(lines, dtype=object), ground.zone))
    return [line for line in parts if line.length]


SURROUNDINGS_M = 60.0
"""Ground given to a village without a border, around each home."""


def village_xy(ground: VillageGround) -> BaseGeometry:
    """Return the village's ground in metres; without a border, what lies within 60 m of its homes, hull and all."""
    if ground.shape_ll is not None:
        shape: BaseGeometry = crs.shapes_to_xy(np.array([ground.shape_ll], dtype=object), ground.zone)[0]
        return shape
    points = shapely.MultiPoint(crs.to_xy(ground.home_ll, ground.zone))
    return points.convex_hull.buffer(SURROUNDINGS_M)


def propose(ground: VillageGround) -> Proposal:
    """Draft one village from its homes: 邻, 组 where none are known, 片, and their shapes.

    Pure and deterministic for a seed: run it anywhere, any number of times.

    Raises
    ------
    Problem
        ``draft.no_homes`` where the village has none; what ``cut_cells`` and ``draft_village`` raise.
    """
    numbering.require_homes(ground.home_ids, ground.village_code)
    cells = ground_cells(ground)
    previous = _as_labels(ground.old_lin) if any(ground.old_lin) else None
    draft = draft_village(cells, ground.stack, ground.profile, ground.seed, previous, VARIANTS[ground.variant])
    return assemble(ground, cells, draft)


def _as_labels(ids: Sequence[str]) -> NDArray[np.int64]:
    order = {unit_id: i for i, unit_id in enumerate(sorted({i for i in ids if i}))}
    return np.array([order.get(unit_id, -1) for unit_id in ids], dtype=np.int64)


def assemble(ground: VillageGround, cells: Cells, draft: VillageDraft) -> Proposal:
    """Give a draft its shapes, ids, codes and names, numbered west to east, north to south inside the parent."""
    ranks = stack_ranks(cells.site_of_home, *_stack_arrays(ground.stack))
    lin_xy = shape_lins(cells, draft.lin_of_home, ranks)
    zu_count = max(len(ground.zus), int(draft.zu_of_lin.max()) + 1)
    zu_xy = unite(lin_xy, draft.zu_of_lin, zu_count)
    pian_xy = unite(zu_xy, np.asarray(draft.pian_of_zu), int(np.max(draft.pian_of_zu, initial=0)) + 1)
    village = unite(pian_xy, np.zeros(len(pian_xy), dtype=np.intp))
    nested = _Nested(ground, cells, draft, lin_xy, zu_xy, pian_xy, village[0])
    return nested.proposal()


def _stack_arrays(stack: StackColumns) -> tuple[Any, Any, Any, Any]:
    return (stack.building, stack.entrance, stack.floor, stack.room)


class _Nested:
    """The nested units of one draft while they are numbered and named."""

    def __init__(
        self,
        ground: VillageGround,
        cells: Cells,
        draft: VillageDraft,
        lin_xy: NDArray[np.object_],
        zu_xy: NDArray[np.object_],
        pian_xy: NDArray[np.object_],
        village: BaseGeometry,
    ) -> None:
        self.ground, self.draft, self.cells = ground, draft, cells
        self.shapes: dict[Level, Any] = {
            Level.VILLAGE: [village],
            Level.PIAN: pian_xy,
            Level.ZU: zu_xy,
            Level.LIN: lin_xy,
        }
        zu_of_home = draft.zu_of_lin[draft.lin_of_home]
        pian_of_home = np.asarray(draft.pian_of_zu)[zu_of_home]
        self.home_ids = {
            Level.PIAN: _grouped(ground.home_ids, pian_of_home, len(pian_xy)),
            Level.ZU: _grouped(ground.home_ids, zu_of_home, len(zu_xy)),
            Level.LIN: _grouped(ground.home_ids, draft.lin_of_home, len(lin_xy)),
        }
        old_pian = numbering.inherit(ground.old_pian, pian_of_home, len(pian_xy))
        old_lin = numbering.inherit(ground.old_lin, draft.lin_of_home, len(lin_xy))
        self.ids = {
            Level.PIAN: [
                old or self._new_id("pian", h) for old, h in zip(old_pian, self.home_ids[Level.PIAN], strict=True)
            ],
            Level.ZU: [
                ground.zus[z].id if z < len(ground.zus) else self._new_id("zu", homes)
                for z, homes in enumerate(self.home_ids[Level.ZU])
            ],
            Level.LIN: [
                old or self._new_id("lin", h) for old, h in zip(old_lin, self.home_ids[Level.LIN], strict=True)
            ],
        }
        self.rows: list[dict[str, Any]] = []

    def _new_id(self, level: str, homes: Sequence[str]) -> str:
        """Return an id made from the homes themselves, so that the same draft is the same plan everywhere."""
        return str(uuid.uuid5(_IDS, "|".join((level, self.ground.village_id, *homes))))

    def proposal(self) -> Proposal:
        """Number every unit inside its parent and return the columns."""
        ground, draft = self.ground, self.draft
        self._row(Level.VILLAGE, 0, ground.village_id, ground.village_code, "", ground.village_path, "", "")
        pian_of_zu = np.asarray(draft.pian_of_zu)
        live = [p for p in range(len(self.ids[Level.PIAN])) if self.home_ids[Level.PIAN][p]]
        for n, pian in enumerate(numbering.reading_order(self.shapes[Level.PIAN], live), start=1):
            pian_code = f"{ground.village_code}{n:02d}"
            pian_path = child_path(ground.village_path, f"{n:02d}")
            pian_id = self.ids[Level.PIAN][pian]
            self._row(Level.PIAN, pian, pian_id, pian_code, f"第{n}片", pian_path, ground.village_id, "")
            inside = [z for z in np.flatnonzero(pian_of_zu == pian).tolist() if self.home_ids[Level.ZU][z]]
            self._zus(pian_id, pian_code, pian_path, numbering.reading_order(self.shapes[Level.ZU], inside))
        columns = {key: [row[key] for row in self.rows] for key in self.rows[0]}
        self._measure(columns)
        return Proposal(
            ground.village_id,
            ground.village_path,
            columns,
            {"household_id": list(ground.home_ids),
             "unit_id": [self.ids[Level.LIN][label] for label in draft.lin_of_home.tolist()]},
            self._violations(),
            float(np.sum(draft.objective_m2)),
            {self.ids[Level.ZU][z]: float(m2) for z, m2 in enumerate(draft.objective_m2)},
            float(np.std(np.bincount(draft.lin_of_home))),
            self._homes_moved(),
        )  # fmt: skip

    def _homes_moved(self) -> int:
        """Count the homes that would leave the 邻 that holds them in the published net."""
        new = [self.ids[Level.LIN][label] for label in self.draft.lin_of_home.tolist()]
        return sum(old not in ("", now) for old, now in zip(self.ground.old_lin, new, strict=False))

    def _zus(self, pian_id: str, pian_code: str, pian_path: str, order: Sequence[int]) -> None:
        for n, zu in enumerate(order, start=1):
            known = self.ground.zus[zu] if zu < len(self.ground.zus) else None
            code = numbering.zu_code(known.code if known else "", self.ground.village_code, pian_code, n)
            path = child_path(pian_path, code[len(pian_code) :] if code.startswith(pian_code) else code)
            name = known.name if known else f"第{n}组"
            zu_id = self.ids[Level.ZU][zu]
            self._row(Level.ZU, zu, zu_id, code, name, path, pian_id, known.kind if known else "group")
            inside = np.flatnonzero(self.draft.zu_of_lin == zu).tolist()
            for k, lin in enumerate(numbering.reading_order(self.shapes[Level.LIN], inside), start=1):
                lin_path = child_path(path, f"{k:03d}")
                self._row(Level.LIN, lin, self.ids[Level.LIN][lin], f"{code}{k:03d}", f"第{k}邻", lin_path, zu_id, "")

    def _row(
        self, level: Level, at: int, unit_id: str, code: str, name: str, path: str, parent: str, kind: str
    ) -> None:
        homes = len(self.ground.home_ids) if level is Level.VILLAGE else len(self.home_ids[level][at])
        self.rows.append(
            {"unit_id": unit_id, "level": level.value, "kind": kind, "code": code, "name": name, "path": path,
             "parent_id": parent, "homes": homes, "geom": self.shapes[level][at], "fill": 0}
        )  # fmt: skip

    def _measure(self, columns: dict[str, list[Any]]) -> None:
        """Add areas, label points and fills, and turn the shapes into degrees."""
        shapes_xy = np.array(columns["geom"], dtype=object)
        columns["area_m2"] = shapely.area(shapes_xy).tolist()
        labels = label_points(shapes_xy)
        points = np.array([(p.x, p.y) if p is not None else (np.nan, np.nan) for p in labels])
        lonlat = crs.to_ll(points, self.ground.zone)
        columns["label_lon"], columns["label_lat"] = lonlat[:, 0].tolist(), lonlat[:, 1].tolist()
        columns["geom"] = list(numbering.as_multi(crs.shapes_to_ll(shapes_xy, self.ground.zone)))
        pians = [i for i, level in enumerate(columns["level"]) if level == "pian"]
        fills = colour_units(numbering.neighbours(shapes_xy[pians]), len(pians))
        for i, fill in zip(pians, fills.tolist(), strict=True):
            columns["fill"][i] = fill

    def _violations(self) -> list[Violation]:
        """Check the finished net like any other, and add what only the cutting knows: 组 that cannot be cut."""
        ground = self.ground
        shapes_xy = np.array([village_xy(ground), *(row["geom"] for row in self.rows[1:])], dtype=object)
        at = {row["unit_id"]: i for i, row in enumerate(self.rows)}
        found = check_units(
            UnitRows(
                [row["unit_id"] for row in self.rows],
                [row["code"] for row in self.rows],
                [Level(row["level"]) for row in self.rows],
                np.array([at.get(row["parent_id"], -1) for row in self.rows], dtype=np.intp),
                shapes_xy,
            ),
            HomeRows(
                crs.to_xy(ground.home_ll, ground.zone),
                np.arange(len(ground.home_ids), dtype=np.intp),
                np.array([at[self.ids[Level.LIN][lin]] for lin in self.draft.lin_of_home.tolist()], dtype=np.intp),
            ),
            ground.profile,
            lambda xy: crs.to_ll(xy, ground.zone),
            barrier_lines(ground, BARRIER_KINDS),
        )
        return found + [self._named(v) for v in self.draft.violations if v.rule == "cannot_be_cut"]

    def _named(self, found: Violation) -> Violation:
        """Give a violation of the cutting the id of its unit and a place to fly to."""
        level, _, index = found.unit_id.partition(":")
        shape = self.shapes[Level(level)][int(index)]
        lon, lat = crs.to_ll(np.array([shape.point_on_surface().coords[0]]), self.ground.zone)[0].tolist()
        return Violation(found.rule, self.ids[Level(level)][int(index)], found.severity, found.values, (lon, lat))


def _grouped(ids: Sequence[str], label: NDArray[np.integer[Any]], count: int) -> list[list[str]]:
    groups: list[list[str]] = [[] for _ in range(count)]
    for home, at in zip(ids, label.tolist(), strict=True):
        groups[at].append(home)
    return groups
