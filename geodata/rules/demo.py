from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pyproj import Transformer

from geodata.rules import demo_names as names
from geodata.rules.demo_borders import Borders, make_borders
from geodata.rules.demo_ground import DemoSize, Ground, make_ground
from geodata.rules.demo_hamlets import Groups, make_groups, make_sites
from geodata.rules.demo_homes import Homes, make_lanes, place_homes
from geodata.rules.demo_streets import with_crossings
from geodata.rules.demo_terrain import Floats

Scale = Literal["village", "town", "county"]

CRS_LL = "EPSG:4490"
_CRS_XY = "EPSG:4546"  # CGCS2000 / 3-degree Gauss-Kruger CM 111E, the zone of 109.5 to 112.5 degrees
_MIDDLE_LL = (111.85, 27.70)

SIZES: dict[str, DemoSize] = {
    "village": DemoSize(towns=1, villages=1, zu=19, area_m2=3.6e6, urban=0, cell_m=18.0),
    "town": DemoSize(towns=1, villages=36, zu=676, area_m2=130e6, urban=4, cell_m=48.0),
    "county": DemoSize(towns=20, villages=506, zu=9449, area_m2=1830e6, urban=4, cell_m=97.0),
}


@dataclass(frozen=True)
class DemoCounty:
    """An invented county, ready to be imported like a real one; nothing in it is a real place or person.

    Parameters
    ----------
    units
        EPSG:4490; ``level`` (county, town, village, zu), ``code`` (6, 9, 12 and 14 digits), ``name``, ``parent``
        (code, "" for the county), ``kind`` (rural or urban for villages, group or compound for 组, else ""),
        ``geometry``: Polygons that tile their parent with the same vertices on both sides; None for 组.
    households
        EPSG:4490 points; ``code``, ``village`` (12 digits), ``zu`` (name), ``address``, ``building``, ``entrance``,
        ``floor``, ``room`` ("" for a house of its own), ``priority``, ``head_name``, ``phone``.
    barriers
        EPSG:4490 LineStrings within the county; ``kind`` (river, railway, road, stream), ``name``.
    lanes
        EPSG:4490 LineStrings within the county; ``kind`` (lane), ``name``: village lanes, which part nobody.
    """

    units: GeoDataFrame
    households: GeoDataFrame
    barriers: GeoDataFrame
    lanes: GeoDataFrame


def make_demo(scale: Scale, seed: int = 7) -> DemoCounty:
    """Make an invented county to try the map on, the same one for the same seed.

    Parameters
    ----------
    scale
        ``village``: one village of about 550 homes; ``town``: one town of 36 villages and communities and about
        20,000 homes; ``county``: 20 towns, 506 villages, 9,449 组 and about 280,000 homes over 1,830 km2, the
        figures of 涟源 (requirements A22, A23).
    seed
        Which of the many counties of that scale.

    Returns
    -------
    DemoCounty
        All geometry in EPSG:4490 about 111.85 E, 27.70 N, rounded to 1e-7 degree (1 cm).
    """
    return make_sized_demo(SIZES[scale], seed)


def make_sized_demo(size: DemoSize, seed: int) -> DemoCounty:
    """Make an invented county of any size, as :func:`make_demo` does of the three sizes people choose from."""
    for_ground, for_borders, for_groups, for_homes, for_names = np.random.default_rng(seed).spawn(5)
    ground = make_ground(size, for_ground)
    borders = make_borders(size, ground, for_borders)
    groups = make_groups(size, borders, for_groups)
    sites = make_sites(ground, borders, groups, for_homes)
    lanes = make_lanes(ground, sites)
    homes = place_homes(ground, borders, groups, sites, lanes, for_homes)
    ways = with_crossings(lanes[0], ground.roads)
    units = _units(size, borders, groups, for_names)
    return DemoCounty(
        units=units,
        households=_households(units, groups, homes, for_names),
        barriers=_barriers(ground, borders),
        lanes=_lines([("lane", "村道", line) for line in ways], borders),
    )


def _to_ll(geometry: Any) -> Any:
    # Rounding depends on the coordinates alone, so two sides of a border stay the same.
    middle = Transformer.from_crs(CRS_LL, _CRS_XY, always_xy=True).transform(*_MIDDLE_LL)
    back = Transformer.from_crs(_CRS_XY, CRS_LL, always_xy=True)

    def turn(xy: Floats) -> Floats:
        return np.round(np.column_stack(back.transform(xy[:, 0] + middle[0], xy[:, 1] + middle[1])), 7)

    return shapely.transform(geometry, turn)


def _units(size: DemoSize, borders: Borders, groups: Groups, rng: np.random.Generator) -> GeoDataFrame:
    town_codes, town_names = names.town_labels(size.towns, with_seat=size.towns > 1)
    village_codes, village_names = names.village_labels(town_codes, town_names, borders.town_of, borders.urban, rng)
    zu_codes, zu_names = names.zu_labels(groups.village, village_codes, groups.compound, rng)
    levels = [
        ("county", [names.COUNTY_CODE], [names.COUNTY_NAME], [""], [""]),
        ("town", town_codes, town_names, [names.COUNTY_CODE] * size.towns, [""] * size.towns),
        (
            "village",
            village_codes,
            village_names,
            [town_codes[town] for town in borders.town_of],
            ["urban" if urban else "rural" for urban in borders.urban],
        ),
        (
            "zu",
            zu_codes,
            zu_names,
            [village_codes[village] for village in groups.village],
            ["compound" if compound else "group" for compound in groups.compound],
        ),
    ]
    table: dict[str, list[str]] = {"level": [], "code": [], "name": [], "parent": [], "kind": []}
    for level, *columns in levels:
        table["level"] += [level] * len(columns[0])
        for key, column in zip(("code", "name", "parent", "kind"), columns, strict=True):
            table[key] += column
    shapes = _to_ll(np.array([borders.county, *borders.towns, *borders.villages], dtype=object))
    geometry = np.concatenate((shapes, np.full(len(zu_codes), None)))
    return GeoDataFrame(table, geometry=geometry, crs=CRS_LL)


def _households(units: GeoDataFrame, groups: Groups, homes: Homes, rng: np.random.Generator) -> GeoDataFrame:
    by_code = units.set_index("code")
    zu = units[units["level"] == "zu"]
    village_of = zu["parent"].to_numpy()
    zu_name, zu_code = zu["name"].to_numpy(), zu["code"].to_numpy()
    town = by_code["name"].reindex(by_code["parent"].reindex(village_of)).to_numpy()
    place = names.COUNTY_NAME + town + by_code["name"].reindex(village_of).to_numpy()
    place = place + zu_name
    count = len(homes.zu)
    start = np.searchsorted(homes.zu, np.arange(len(zu)))
    number = np.arange(count) - start[homes.zu] + 1
    flat = homes.block > 0
    building = np.where(flat, np.char.add(homes.block.astype(str), "栋"), "").astype(object)
    entrance = np.where(flat, np.char.add(homes.entrance.astype(str), "单元"), "").astype(object)
    floor = np.where(flat, homes.floor.astype(str), "").astype(object)
    room = np.where(flat, (100 * homes.floor + homes.room).astype(str), "").astype(object)
    door = np.where(flat, building + entrance + room + "室", np.char.add(number.astype(str), "号").astype(object))
    return GeoDataFrame(
        {
            "code": [f"{zu_code[z]}{n:03d}" for z, n in zip(homes.zu.tolist(), number.tolist(), strict=True)],
            "village": village_of[homes.zu],
            "zu": zu_name[homes.zu],
            "address": place[homes.zu] + door,
            "building": building,
            "entrance": entrance,
            "floor": floor,
            "room": room,
            "priority": rng.random(count) < 0.06,
            "head_name": names.head_names(count, rng),
            "phone": names.phones(count),
        },
        geometry=_to_ll(shapely.points(homes.xy)),
        crs=CRS_LL,
    )


def _barriers(ground: Ground, borders: Borders) -> GeoDataFrame:
    rows = [("river", "演示河", ground.river), ("railway", "演示铁路", ground.railway)]
    rows += [
        ("road", f"演示{chinese}线", line) for chinese, line in zip(_counted(ground.roads), ground.roads, strict=True)
    ]
    rows += [
        ("stream", f"演示{chinese}溪", line)
        for chinese, line in zip(_counted(ground.streams), ground.streams, strict=True)
    ]
    barriers = _lines(rows, borders)
    # Where the border wavers across the river, only the long reach stays: one river, one line.
    river = np.flatnonzero(barriers["kind"] == "river")
    longest = river[np.argmax(shapely.length(barriers.geometry.to_numpy()[river]))]
    return barriers.drop(index=[row for row in river.tolist() if row != longest]).reset_index(drop=True)


def _counted(lines: list[Floats]) -> list[str]:
    return [f"{number + 1}号" for number in range(len(lines))]


def _lines(rows: list[tuple[str, str, Floats]], borders: Borders) -> GeoDataFrame:
    # Clipped a metre inside the county, so that rounding puts no end outside it.
    lines = np.array([shapely.LineString(line) for _, _, line in rows], dtype=object)
    ground = borders.county.buffer(-1.0)
    shapely.prepare(ground)
    whole = shapely.contains_properly(ground, lines)
    lines[~whole] = shapely.intersection(lines[~whole], ground)
    parts, row = shapely.get_parts(lines, return_index=True)
    kept = shapely.length(parts) > 20.0
    parts, row = parts[kept], row[kept].tolist()
    return GeoDataFrame(
        {"kind": [rows[k][0] for k in row], "name": [rows[k][1] for k in row]}, geometry=_to_ll(parts), crs=CRS_LL
    )
