from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.codes import parse_code
from geodata.rules.crs import convert, county_zone, shapes_to_ll, shapes_to_xy
from geodata.rules.detect import CrsGuess
from geodata.rules.intake_rows import Refusal, Rows, check_mapping, crs_of
from geodata.rules.intake_shapes import barriers_from, units_from
from geodata.rules.problems import Problem
from geodata.rules.table_cells import numbers, truth

__all__ = [
    "Refusal", "barriers_from", "coordinates", "households_from", "refuse_far_points", "units_from", "village_codes",
    "village_finder",
]  # fmt: skip

Points = NDArray[np.float64]

COUNTY_MARGIN_M = 5_000.0
_CODE_LENGTH = 64
_TEXT_LENGTHS = {
    "village": 100,
    "zu": 100,
    "lin": 100,
    "address": 300,
    "building": 100,
    "entrance": 100,
    "floor": 40,
    "room": 40,
    "head_name": 100,
    "phone": 60,
}
_CODE_LIKE = re.compile(r"(\d{6}|\d{9}|\d{12})(\.0+)?", re.ASCII)
_BEFORE_PRIORITY = ("code", "village", "zu", "lin", "address", "building", "entrance", "floor", "room")
_VILLAGE_ENDING = re.compile("(村民委员会|居民委员会|社区居委会|社区|村委会|居委会|村)$")


def coordinates(frame: pd.DataFrame, mapping: Mapping[str, str]) -> Points:
    """Return a file's coordinates as they stand, for detecting their system: one point a row, or all vertices.

    Parameters
    ----------
    frame
        A table, or a GeoDataFrame whose geometry then counts alone.
    mapping
        Field to column; ``lon`` and ``lat``, else ``x`` and ``y``.

    Returns
    -------
    NDArray
        (n, 2), NaN where a cell is no number. For points and tables n is the number of rows.

    Raises
    ------
    Problem
        ``import.no_coordinates`` where there are neither columns nor geometry.
    """
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = np.asarray(frame.geometry.array, dtype=object)
        if bool((shapely.get_type_id(shapes) == 0).any()):
            return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])
        return shapely.get_coordinates(shapes)
    first, second = _columns(mapping)
    return np.column_stack([numbers(frame[first])[0], numbers(frame[second])[0]])


def _columns(mapping: Mapping[str, str]) -> tuple[str, str]:
    for pair in (("lon", "lat"), ("x", "y")):
        if mapping.get(pair[0]) and mapping.get(pair[1]):
            return mapping[pair[0]], mapping[pair[1]]
    raise Problem("import.no_coordinates")


def village_finder(known_villages: Mapping[str, str]) -> dict[str, str]:
    """Return what a village may be called in a file, with its code: code, full name, name without 村委会 and such.

    Parameters
    ----------
    known_villages
        Code to name. A name two villages bear is left out: the point on the map decides.
    """
    finder = {code: code for code in known_villages}
    names = Counter(known_villages.values())
    finder |= {name: code for code, name in known_villages.items() if names[name] == 1}
    stems = Counter(_VILLAGE_ENDING.sub("", name) for name in known_villages.values())
    for code, name in known_villages.items():
        stem = _VILLAGE_ENDING.sub("", name)
        if stems[stem] == 1:
            finder.setdefault(stem, code)
    return finder


def village_codes(texts: list[str], known_villages: Mapping[str, str] | None) -> list[str]:
    """Write villages as codes where the text is one or names one known village; otherwise leave the text."""
    finder = village_finder(known_villages or {})
    written: dict[str, str] = {}
    for text in set(texts):
        found = finder.get(text) or finder.get(_VILLAGE_ENDING.sub("", text))
        if found is None and _CODE_LIKE.fullmatch(text):
            found = parse_code(text)
        written[text] = found if found and text else text
    return [written[text] for text in texts]


def _raw_points(rows: Rows) -> Points:
    """Return one raw point a row, refusing rows whose cells are no numbers or whose geometry is no place."""
    frame = rows.frame
    if not isinstance(frame, gpd.GeoDataFrame):
        return _points_from_cells(rows)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = np.where(missing, -1, shapely.get_type_id(shapes))
    single = (kinds == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes = shapes.copy()
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    # A home drawn as its building: the first corner counts only where the outline has no inside to take a point from.
    outline = np.isin(kinds, (3, 6)) & (shapely.get_num_coordinates(shapes) <= 5_000)
    shapes[outline] = shapely.point_on_surface(shapes[outline])
    rows.refuse(np.nonzero(missing)[0], "geometry", (), "geometry.missing")
    usable = (kinds == 0) | single | outline
    rows.refuse(np.nonzero(~usable & ~missing)[0], "geometry", (), "geometry.not_point")
    points = np.full((len(frame), 2), np.nan)
    points[usable] = np.column_stack([shapely.get_x(shapes[usable]), shapely.get_y(shapes[usable])])
    lost = usable & ~np.isfinite(points).all(axis=1)
    rows.refuse(np.nonzero(lost)[0], "geometry", (), "coordinate.not_number")
    return points


def _points_from_cells(rows: Rows) -> Points:
    first, second = _columns(rows.mapping)
    pair = ("lon", "lat") if rows.mapping.get("lon") == first else ("x", "y")
    columns = []
    for name, column in zip(pair, (first, second), strict=True):
        values, texts = numbers(rows.frame[column])
        texts = texts or ["" if value != value else repr(value) for value in values.tolist()]
        empty = np.array([not text for text in texts], dtype=bool)
        rows.refuse(np.nonzero(empty)[0], name, texts, "coordinate.missing")
        wrong = ~empty & ~(np.abs(values) < 1e9)  # NaN, Inf and 1e308 all fail this
        rows.refuse(np.nonzero(wrong)[0], name, texts, "coordinate.not_number")
        columns.append(np.where(empty | wrong, np.nan, values))
    return np.column_stack(columns)


def refuse_far_points(rows: Rows, raw: Points, ll: Points, county_ll: BaseGeometry | None) -> None:
    """Refuse (0, 0), what is no place on Earth, and what lies more than 5 km outside the county."""
    given = np.isfinite(raw).all(axis=1)
    null = given & (raw == 0).all(axis=1)
    _refuse_points(rows, raw, null, "coordinate.zero")
    with np.errstate(invalid="ignore"):
        earth = np.isfinite(ll).all(axis=1) & (np.abs(ll[:, 0]) <= 180) & (np.abs(ll[:, 1]) <= 90)
    _refuse_points(rows, raw, given & ~null & ~earth, "coordinate.off_earth")
    if county_ll is None:
        return
    zone = county_zone(county_ll.centroid.x)
    county_xy = shapes_to_xy(county_ll, zone)
    around = shapes_to_ll(shapely.buffer(county_xy, COUNTY_MARGIN_M, quad_segs=8), zone)
    shapely.prepare(around)
    inside = np.zeros(len(ll), dtype=bool)
    inside[earth] = shapely.contains_xy(around, ll[earth, 0], ll[earth, 1])
    far = given & ~null & earth & ~inside
    spots = shapes_to_xy(np.asarray(shapely.points(ll[far]), dtype=object), zone)
    away_m = np.zeros(len(ll))
    away_m[far] = shapely.distance(county_xy, spots)
    _refuse_points(rows, raw, far, "coordinate.outside_county", away_km=np.round(away_m / 1000, 1))


def _refuse_points(rows: Rows, raw: Points, where: NDArray[np.bool_], code: str, **columns: Points) -> None:
    """Refuse the rows of some points, showing each as it was received."""
    for at in map(int, np.nonzero(where)[0]):
        values = {name: float(column[at]) for name, column in columns.items()}
        rows.add(at, "coordinate", f"{raw[at, 0]}, {raw[at, 1]}", code, values)


def _text_columns(rows: Rows, known_villages: Mapping[str, str] | None) -> dict[str, list[str]]:
    """Read the columns of text, refusing codes that are missing, damaged or repeated."""
    columns: dict[str, list[str]] = {"code": rows.texts("code", _CODE_LENGTH)}
    rows.refuse([at for at, text in enumerate(columns["code"]) if not text], "code", columns["code"], "code.missing")
    rows.refuse_lost_digits("code", columns["code"])
    rows.refuse_repeats(columns["code"])
    columns |= {text: rows.texts(text, limit) for text, limit in _TEXT_LENGTHS.items()}
    rows.refuse_lost_digits("phone", columns["phone"])
    columns["village"] = village_codes(columns["village"], known_villages)
    return columns


def households_from(
    frame: pd.DataFrame,
    mapping: Mapping[str, str],
    crs: CrsGuess | str,
    county_ll: BaseGeometry | None,
    known_villages: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into homes that may be stored, and a reason for each row that may not.

    Parameters
    ----------
    frame
        A table, or a GeoDataFrame whose geometry then gives the places (points, or outlines of buildings). An index
        named ``row`` gives the rows' numbers in the file.
    mapping
        Field to column, as :func:`geodata.rules.columns.recognise` makes it; ``code`` is required.
    crs
        The system of the coordinates, or a guess that a person has confirmed.
    county_ll
        The county in EPSG:4490 degrees; homes more than 5 km outside it are refused. None: not checked.
    known_villages
        Code to name; villages written by name then come back as codes.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490 (``code, village, zu, lin, address, building, entrance, floor, room, priority,
        head_name, phone, geometry, source_crs, raw_x, raw_y, row``; ``raw_x``, ``raw_y`` as received) and the refusals
        in the order of the file: ``code.missing``, ``code.repeated`` (rows), ``code.lost_digits``, ``cell.too_long``
        (limit), ``cell.excel_error``, ``coordinate.missing``, ``coordinate.not_number``, ``coordinate.zero``,
        ``coordinate.off_earth``, ``coordinate.outside_county`` (away_km), ``geometry.missing``, ``geometry.not_point``.

    Raises
    ------
    Problem
        ``import.no_column`` (field), ``import.unknown_column`` (field, column), ``import.no_coordinates``,
        ``crs.unknown`` (crs), ``crs.datum_unknown`` (crs, datum).
    """
    check_mapping(frame, mapping, ("code",))
    name, swapped = crs_of(crs)
    if not mapping.get("head_name") and mapping.get("name"):
        mapping = {**mapping, "head_name": mapping["name"]}
    rows = Rows(frame, mapping)
    columns = _text_columns(rows, known_villages)
    priority = truth(rows.texts("priority", 100))
    raw = _raw_points(rows)
    ll = convert(raw, name, swapped=swapped)
    refuse_far_points(rows, raw, ll, county_ll)
    keep = ~rows.bad
    return _homes(rows, columns, priority, ll, raw, name, keep), rows.finished()


def _homes(
    rows: Rows,
    columns: dict[str, list[str]],
    priority: NDArray[np.bool_],
    ll: Points,
    raw: Points,
    source_crs: str,
    keep: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    def texts(field: str) -> pd.Series:
        # Kept as objects: the frame shares the words with the file's own, a string column would copy them all.
        return pd.Series(np.array(columns.pop(field), dtype=object)[keep], dtype=object, copy=False)

    data: dict[str, object] = {field: texts(field) for field in _BEFORE_PRIORITY}
    data["priority"] = priority[keep]
    data |= {field: texts(field) for field in ("head_name", "phone")}
    data |= {"raw_x": raw[keep, 0], "raw_y": raw[keep, 1], "row": rows.numbers[keep]}
    homes = gpd.GeoDataFrame(pd.DataFrame(data, copy=False), geometry=shapely.points(ll[keep]), crs="EPSG:4490")
    homes["source_crs"] = pd.Series(np.full(len(homes), source_crs, dtype=object), index=homes.index, dtype=object)
    return homes
