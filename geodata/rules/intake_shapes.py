from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.codes import code_level, parent_code, parse_code
from geodata.rules.crs import convert_shapes
from geodata.rules.detect import CrsGuess
from geodata.rules.geometry_checks import check_line, check_polygon, check_sizes
from geodata.rules.intake_rows import Refusal, Rows, check_mapping, crs_of
from geodata.rules.problems import Problem
from geodata.rules.units import Level

_NUMBERED = (Level.COUNTY, Level.TOWN, Level.VILLAGE)
_KIND_WORDS: dict[str, str] = {
    **dict.fromkeys(("rural", "村", "农村", "乡村", "行政村", "村委会", "210", "220", "乡中心区", "村庄"), "rural"),
    **dict.fromkeys(("urban", "社区", "居委会", "城镇", "城市", "城区", "111", "112", "121", "122", "123"), "urban"),
    **dict.fromkeys(("group", "村民小组", "村小组", "小组", "组", "居民小组"), "group"),
    **dict.fromkeys(("compound", "小区", "院落", "楼院", "大院"), "compound"),
}
_BARRIER_WORDS: dict[str, str] = {
    **dict.fromkeys(("river", "canal", "河", "河流", "江", "运河", "干流"), "river"),
    **dict.fromkeys(("stream", "ditch", "drain", "溪", "小溪", "溪流", "沟", "沟渠", "渠", "水渠", "支流"), "stream"),
    **dict.fromkeys(("railway", "rail", "light_rail", "narrow_gauge", "铁路", "高铁", "铁路线", "普铁"), "railway"),
    **dict.fromkeys(
        ("road", "motorway", "trunk", "primary", "secondary", "tertiary", "公路", "道路", "主干道"), "road"
    ),
    **dict.fromkeys(("高速", "高速公路", "国道", "省道", "县道", "街道", "路"), "road"),
    **dict.fromkeys(("lane", "unclassified", "residential", "living_street", "service", "track", "path"), "lane"),
    **dict.fromkeys(("footway", "pedestrian", "steps", "bridleway", "cycleway"), "lane"),
    **dict.fromkeys(("乡道", "村道", "村路", "机耕路", "机耕道", "小路", "小道", "便道", "巷", "巷道", "支路"), "lane"),
}
_LINES = ("river", "railway", "road", "stream", "lane")
_OSM_COLUMNS = ("waterway", "railway", "highway")
_LINK = re.compile("_link$")


def units_from(
    frame: pd.DataFrame, mapping: Mapping[str, str], crs: CrsGuess | str, level: Level
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into units of one level, with their borders where the file has any.

    Parameters
    ----------
    frame
        A table of codes and names, or a GeoDataFrame with their borders.
    mapping
        Field to column (``code, name, parent, kind, homes``); ``code`` and ``name`` are required.
    crs
        The system of the borders; ignored for a table.
    level
        The level all rows belong to. A code of 6 digits or more must be a good one of this level (GB/T 2260, GB/T
        10114); a code with other characters, or a shorter one, is the county's own and is taken as it is.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490 (``code, name, parent, kind, homes, geometry, row``; ``parent`` from the code where
        no column gives it; ``kind`` of a village rural or urban, from its code where no column says) and the refusals:
        ``code.missing``, ``code.repeated`` (rows), ``code.wrong_level`` (level), ``code.lost_digits``,
        ``code.not_digits``, ``code.bad_length`` (digits), ``unit.no_name``, ``unit.homes_not_number``, ``cell.*`` and
        every ``geometry.*`` of :func:`check_polygon`, with ``lon`` and ``lat`` of the place where there is one.

    Raises
    ------
    Problem
        ``import.no_column``, ``import.unknown_column``, ``crs.unknown``, ``crs.datum_unknown``.
    """
    check_mapping(frame, mapping, ("code", "name"))
    rows = Rows(frame, mapping)
    codes = _codes(rows, level)
    names = rows.texts("name", 100)
    rows.refuse([at for at, text in enumerate(names) if not text], "name", names, "unit.no_name")
    parents = _parents(rows, codes)
    kinds = [_kind(text, level, code) for text, code in zip(rows.texts("kind", 40), codes, strict=True)]
    homes = _home_counts(rows)
    shapes = _shapes(rows, crs, check_polygon, required=False)
    data = {"code": codes, "name": names, "parent": parents, "kind": kinds, "homes": homes, "row": rows.numbers}
    return _kept(rows, data, shapes)


def _kept(rows: Rows, data: Mapping[str, Any], shapes: NDArray[np.object_]) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    keep = ~rows.bad
    table = pd.DataFrame({name: np.asarray(values, dtype=object)[keep] for name, values in data.items()})
    for name in ("homes", "row"):
        if name in table:
            table[name] = table[name].astype(np.int64)
    return gpd.GeoDataFrame(table, geometry=shapes[keep], crs="EPSG:4490"), rows.finished()


def _codes(rows: Rows, level: Level) -> list[str]:
    """Read the codes of units, refusing those that are missing, damaged, repeated or of another level."""
    texts = rows.texts("code", 64)
    codes = list(texts)
    for at, text in enumerate(texts):
        if not text:
            rows.add(at, "code", "", "code.missing", {})
            continue
        try:
            codes[at] = _own_or_parsed(text)
        except Problem as problem:
            rows.add(at, "code", text, problem.code, problem.values)
            continue
        if level in _NUMBERED and _is_numbered(codes[at]) and code_level(codes[at]) is not level:
            rows.add(at, "code", text, "code.wrong_level", {"level": level.value})
    rows.refuse_repeats(codes)
    return codes


def _is_numbered(code: str) -> bool:
    return len(code) >= 12 and code.isascii() and code.isdigit()


def _own_or_parsed(text: str) -> str:
    """Read a code of digits strictly; leave one with other characters, or of up to 5 digits, to the county."""
    if re.fullmatch(r"[\d\s]{6,}(\.0+)?|[+-]?[\d.]+[eE][+-]?\d+", text):
        return parse_code(text)
    return text


def _parents(rows: Rows, codes: list[str]) -> list[str]:
    """Return the parent each row names, or else the one its own code names."""
    texts = rows.texts("parent", 100)
    parents = []
    for at, (text, code) in enumerate(zip(texts, codes, strict=True)):
        if not text:
            parents.append(parent_code(code) if _is_numbered(code) else "")
            continue
        try:
            parents.append(_own_or_parsed(text))
        except Problem as problem:
            rows.add(at, "parent", text, problem.code, problem.values)
            parents.append("")
    return parents


def _kind(text: str, level: Level, code: str) -> str:
    """Return our word for a unit's kind; a village without one is told by its code's last three digits.

    001-199 are neighbourhood committees (urban), 200-399 village committees (rural), by the statistical code rules.
    """
    if level not in (Level.VILLAGE, Level.ZU):
        return ""
    known = _KIND_WORDS.get(text.lower())
    if known is not None:
        return known
    if level is Level.VILLAGE and _is_numbered(code):
        return "urban" if code[9:12] < "200" else "rural"
    return ""


def _home_counts(rows: Rows) -> list[int]:
    texts = rows.texts("homes", 40)
    counts = []
    for at, text in enumerate(texts):
        if text and not re.fullmatch(r"\d{1,7}", text, re.ASCII):
            rows.add(at, "homes", text, "unit.homes_not_number", {})
        counts.append(int(text) if re.fullmatch(r"\d{1,7}", text, re.ASCII) else 0)
    return counts


def _shapes(
    rows: Rows, crs: CrsGuess | str, check: Callable[[BaseGeometry | None], BaseGeometry], *, required: bool
) -> NDArray[np.object_]:
    """Bring each geometry to EPSG:4490 and check it there, refusing the rows whose geometry cannot be stored."""
    result = np.full(len(rows.frame), None, dtype=object)
    if not isinstance(rows.frame, gpd.GeoDataFrame):
        return result
    name, swapped = crs_of(crs)
    shapes = np.asarray(rows.frame.geometry.array, dtype=object)
    for at, shape in enumerate(shapes):
        if rows.bad[at] or (shape is None and not required):
            continue
        try:
            if shape is not None:
                check_sizes(shape)
            result[at] = check(convert_shapes(shape, name, swapped=swapped))
        except Problem as problem:
            if problem.code.startswith("crs."):
                raise
            rows.add(at, "geometry", "", problem.code, _located(problem.values))
    return result


def _located(values: Mapping[str, Any]) -> dict[str, Any]:
    """Name a place in degrees lon and lat, once the shape has been brought to EPSG:4490."""
    return {{"x": "lon", "y": "lat"}.get(name, name): value for name, value in values.items()}


def barriers_from(
    frame: gpd.GeoDataFrame, mapping: Mapping[str, str], crs: CrsGuess | str, kind: str = ""
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn lines of a file into the rivers, railways and roads that a 邻 should not cross, and the lanes people go by.

    Parameters
    ----------
    frame
        Lines. OpenStreetMap's columns ``waterway``, ``railway`` and ``highway`` are understood: rivers and canals,
        streams, railways in use, roads from tertiary up, and as lanes all smaller ways down to a path; tunnels and
        culverts are left out, as is the rest. A lane parts nobody: it is there for distances along roads.
    mapping
        Field to column (``kind``, ``name``); both may be missing.
    crs
        The system of the lines.
    kind
        ``river``, ``railway``, ``road``, ``stream`` or ``lane`` for all rows whose own columns do not say, or "".

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490 (``kind, name, geometry, row``) and the refusals: ``barrier.kind_unknown``,
        ``cell.*``, ``geometry.*`` of :func:`check_line`. Rows left out because they are no barrier are in neither.

    Raises
    ------
    Problem
        ``import.no_geometry``; ``barrier.kind_unknown`` (kind); ``import.unknown_column``; ``crs.unknown``.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        raise Problem("import.no_geometry")
    if kind and kind not in _LINES:
        raise Problem("barrier.kind_unknown", kind=kind)
    check_mapping(frame, mapping, ())
    frame = frame.set_axis(pd.Index(Rows(frame, mapping).numbers, name="row"), axis=0)
    osm = [column for column in _OSM_COLUMNS if column in frame.columns]
    if osm:
        frame = frame[_open_air(frame)]
    rows = Rows(frame, mapping)
    kinds = _osm_kinds(frame, osm) if osm else _named_kinds(rows, kind)
    wanted = np.array([bool(word) for word in kinds], dtype=bool)
    names = rows.texts("name", 100)
    rows.bad |= ~wanted
    shapes = _shapes(rows, crs, check_line, required=True)
    return _kept(rows, {"kind": kinds, "name": names, "row": rows.numbers}, shapes)


def _open_air(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if "tunnel" not in frame.columns:
        return np.ones(len(frame), dtype=bool)
    return np.array([str(value).lower() in ("", "no", "nan", "none", "<na>") for value in frame["tunnel"]], dtype=bool)


def _osm_kinds(frame: gpd.GeoDataFrame, columns: list[str]) -> list[str]:
    """Return the kind of each row by its OpenStreetMap tags, "" for what is none (platforms, weirs, old railways)."""
    wanted = {"waterway": ("river", "stream"), "railway": ("railway",), "highway": ("road", "lane")}
    kinds = [""] * len(frame)
    for column in columns:
        for at, value in enumerate(frame[column]):
            word = _BARRIER_WORDS.get(_LINK.sub("", str(value).lower()), "")
            if word in wanted[column]:
                kinds[at] = word
    return kinds


def _named_kinds(rows: Rows, kind: str) -> list[str]:
    texts = rows.texts("kind", 40)
    kinds = [_BARRIER_WORDS.get(text.lower(), "") or kind for text in texts]
    rows.refuse([at for at, word in enumerate(kinds) if not word], "kind", texts, "barrier.kind_unknown")
    return kinds
