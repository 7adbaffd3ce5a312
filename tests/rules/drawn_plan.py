"""Plans to draw on: a village that fits in the head, a real commune, and a real town's zones."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.rules import crs
from geodata.rules.plan import Plan, PlanHome, PlanUnit
from geodata.rules.units import Level

ZONE = crs.county_zone(111.6)
VILLAGE = "431382101001/"


def unit(unit_id: str, level: Level, path: str, parent: str, shape: Any, homes: int = 0, **more: Any) -> PlanUnit:
    """Return a unit numbered by its path."""
    number = path.rstrip("/").rpartition("/")[2]
    word = {"pian": "片", "zu": "组", "lin": "邻"}.get(level.value, "村")
    name = f"第{int(number)}{word}" if len(number) < 4 else word
    code = path.replace("/", "")
    return PlanUnit(
        unit_id, level, "", code, name, path, parent, homes, float(shape.area), None, 0, False, shape, **more
    )


def nested(leaves: list[Any], zu_of_leaf: list[int], pian_of_zu: list[int], homes: list[list[Any]]) -> Plan:
    """Return a plan of leaves (polygons of one coverage, metres) with their 组 and 片 and the homes of each."""
    units: dict[str, PlanUnit] = {}
    shapes = np.array(leaves, dtype=object)
    top = shapely.coverage_union_all(shapes)
    units["v"] = unit("v", Level.VILLAGE, VILLAGE, "", top, sum(map(len, homes)))
    zus = sorted(set(zu_of_leaf))
    for pian in sorted(set(pian_of_zu)):
        inside = [i for i, z in enumerate(zu_of_leaf) if pian_of_zu[z] == pian]
        path = f"{VILLAGE}{pian + 1:02d}/"
        ground = shapely.coverage_union_all(shapes[inside])
        units[f"p{pian}"] = unit(f"p{pian}", Level.PIAN, path, "v", ground, sum(len(homes[i]) for i in inside))
        for n, zu in enumerate((z for z in zus if pian_of_zu[z] == pian), start=1):
            own = [i for i, z in enumerate(zu_of_leaf) if z == zu]
            zu_path = f"{path}{n:02d}/"
            zu_ground = shapely.coverage_union_all(shapes[own])
            count = sum(len(homes[i]) for i in own)
            units[f"z{zu}"] = unit(f"z{zu}", Level.ZU, zu_path, f"p{pian}", zu_ground, count)
            for k, i in enumerate(own, start=1):
                lin = unit(f"l{i}", Level.LIN, f"{zu_path}{k:03d}/", f"z{zu}", leaves[i], len(homes[i]))
                units[lin.id] = lin
    held = {
        f"h{i}-{n}": PlanHome(f"h{i}-{n}", (float(xy[0]), float(xy[1])), f"l{i}")
        for i, own in enumerate(homes)
        for n, xy in enumerate(own)
    }
    return Plan(units, held, ZONE)


def squares(wide: int = 4, high: int = 4, step_m: float = 100.0, homes: int = 6) -> Plan:
    """Return a chessboard: each square a 邻 of six homes, two rows a 组, everything one or two 片.

    ::

        l12 l13 l14 l15      z1
        l8  l9  l10 l11      z1      p0
        l4  l5  l6  l7       z0
        l0  l1  l2  l3       z0
    """
    west, south = 520_000.0, 3_066_000.0
    leaves, seats = [], []
    for row in range(high):
        for column in range(wide):
            x, y = west + column * step_m, south + row * step_m
            leaves.append(_with_corners(x, y, step_m))
            places = [(x + step_m * (0.2 + 0.3 * (n % 3)), y + step_m * (0.3 + 0.4 * (n // 3))) for n in range(homes)]
            seats.append(places)
    zu = [row // 2 for row in range(high) for _ in range(wide)]
    return nested(leaves, zu, [0 for _ in range(high // 2)], seats)


def _with_corners(x: float, y: float, step: float) -> Any:
    return shapely.Polygon([(x, y), (x + step, y), (x + step, y + step), (x, y + step)])


@functools.cache
def commune(file: Path, name: str) -> Plan:
    """Return a real commune of Liechtenstein, drafted by the house's own rules."""
    from geodata.rules.profile import Profile
    from geodata.rules.proposal import VillageGround, propose
    from geodata.rules.stacks import StackColumns

    admin = gpd.read_file(file, layer="admin")
    border = admin[(admin["admin_level"] == "8") & (admin["name"] == name)].geometry.iloc[0]
    addresses = gpd.read_file(file, layer="addresses")
    points = addresses[addresses.within(border)].geometry
    zone = crs.county_zone(float(border.centroid.x))
    blank = np.full(len(points), "", dtype=object)
    ids = [f"h{i}" for i in range(len(points))]
    ground = VillageGround(
        "v", "431382101001", VILLAGE, border, ids, shapely.get_coordinates(points.to_numpy()),
        StackColumns(blank, blank, blank, blank), np.full(len(points), -1, dtype=np.intp), [], [], Profile(), zone,
    )  # fmt: skip
    return of_proposal(propose(ground), ground)


def of_proposal(proposal: Any, ground: Any) -> Plan:
    """Return a drafted village as a plan."""
    columns = proposal.units
    shapes = crs.shapes_to_xy(np.array(columns["geom"], dtype=object), ground.zone)
    rows = {}
    for i, unit_id in enumerate(columns["unit_id"]):
        shape = shapes[i].geoms[0] if shapes[i].geom_type == "MultiPolygon" and len(shapes[i].geoms) == 1 else shapes[i]
        rows[unit_id] = PlanUnit(
            unit_id, Level(columns["level"][i]), columns["kind"][i], columns["code"][i], columns["name"][i],
            columns["path"][i], columns["parent_id"][i] or "", columns["homes"][i], columns["area_m2"][i],
            (columns["label_lon"][i], columns["label_lat"][i]), columns["fill"][i], False, shape,
        )  # fmt: skip
    xy = crs.to_xy(ground.home_ll, ground.zone).tolist()
    holder = dict(zip(proposal.members["household_id"], proposal.members["unit_id"], strict=True))
    homes = {h: PlanHome(h, (at[0], at[1]), holder[h]) for h, at in zip(ground.home_ids, xy, strict=True)}
    return Plan(rows, homes, ground.zone)


@functools.cache
def baltimore(file: Path, count: int = 120) -> Plan:
    """Return real zones: census block groups as 邻 of six homes each, in the council districts they lie in."""
    zones = gpd.read_file(file, layer="census_block_groups").to_crs("EPSG:2804")
    districts = gpd.read_file(file, layer="council_districts").to_crs("EPSG:2804")
    near = zones.assign(x=zones.centroid.x + zones.centroid.y).sort_values("x").head(count)
    clean = shapely.coverage_clean(near.geometry.to_numpy(), snapping_distance=0.5)
    leaves = [max(shapely.get_parts(zone), key=shapely.area) for zone in clean]
    inner = shapely.point_on_surface(np.array(leaves, dtype=object))
    away = shapely.distance(districts.geometry.to_numpy()[:, None], inner[None, :])
    _, zu = np.unique(np.argmin(away, axis=0), return_inverse=True)
    rng = np.random.default_rng(7)
    homes = [_inside(leaf, 6, rng) for leaf in leaves]
    return nested(leaves, zu.tolist(), [z // 3 for z in range(int(zu.max()) + 1)], homes)


def _inside(shape: Any, count: int, rng: np.random.Generator) -> list[Any]:
    west, south, east, north = shape.bounds
    found: list[Any] = []
    while len(found) < count:
        xy = rng.uniform((west, south), (east, north), (64, 2))
        found += xy[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])].tolist()
    return found[:count]
