from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.files.read_text import read_text
from geodata.files.sheet import MAX_COLUMNS, Sheet, check_rows
from geodata.rules.geometry_checks import MAX_PARTS, positions_from, ring_from
from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem

MAX_GEOJSON_BYTES = 200 * 1024 * 1024
_MAX_DIGITS = 400  # a float has 309 at most; int() of many thousands takes seconds
_SPACE = re.compile(r"[ \t\r\n]*")
_HALF = re.compile(
    r"(?<!\\)(?:\\\\)*\\u(?:d[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|"
    r"(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})",
    re.IGNORECASE,
)
_EPSG = re.compile(
    r"^(?:urn:ogc:def:crs:EPSG:[\d.]*:|EPSG:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/)(\d{4,6})$", re.I
)
_CRS84 = re.compile(
    r"^(?:urn:ogc:def:crs:OGC:[\d.]*:CRS84h?|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/CRS84)$", re.I
)


class _Refused(Exception):  # noqa: N818 - carried from inside the JSON reader to where the position is known
    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Refused("json.repeated_key", key=next(name for name in names if names.count(name) > 1)[:100])
    return found


def _constant(word: str) -> Any:
    raise _Refused("json.not_finite", word=word)


def _whole(digits: str) -> int | float:
    if len(digits) > _MAX_DIGITS:
        raise _Refused("json.number_too_long", digits=len(digits))
    number = int(digits)
    return number if abs(number) < 1e300 else float("inf")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole)


def _value(text: str, at: int) -> tuple[Any, int]:
    """Read one JSON value at a position; every refusal says on which line and column."""
    at = _skip(text, at)
    try:
        return _DECODER.raw_decode(text, at)
    except _Refused as refused:
        raise Problem(refused.code, **refused.values, **_place(text, at)) from None
    except json.JSONDecodeError as error:
        raise Problem("json.malformed", **_place(text, error.pos)) from None
    except StopIteration:
        raise Problem("json.malformed", **_place(text, at)) from None
    except RecursionError:
        raise Problem("json.too_deep", **_place(text, at)) from None


def _place(text: str, at: int) -> dict[str, int]:
    line_start = text.rfind("\n", 0, at) + 1
    return {"position": at, "line": text.count("\n", 0, at) + 1, "column": at - line_start + 1}


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, marks: str) -> int:
    at = _skip(text, at)
    if at >= len(text) or text[at] not in marks:
        raise Problem("json.malformed", **_place(text, min(at, len(text))))
    return at


def _members(text: str, take: Callable[[Any], bool]) -> dict[str, Any]:
    """Read the top-level object, handing over each feature as it is met so that only one is held as JSON."""
    found: dict[str, Any] = {}
    at = _expect(text, 0, "{") + 1
    at = _skip(text, at)
    while text[at : at + 1] != "}":
        at = _expect(text, at, '"')
        key_at = at
        key, at = _value(text, at)
        if key in found:
            raise Problem("json.repeated_key", key=key[:100], **_place(text, key_at))
        at = _expect(text, at, ":") + 1
        if key == "features":
            found[key], at = _features(text, at, take)
            if at < 0:
                return found
        else:
            found[key], at = _value(text, at)
        at = _expect(text, at, ",}")
        if text[at] == ",":
            at = _expect(text, at + 1, '"')
    if (end := _skip(text, at + 1)) != len(text):
        raise Problem("json.malformed", **_place(text, end))
    return found


def _features(text: str, at: int, take: Callable[[Any], bool]) -> tuple[int, int]:
    """Hand over the features of an array; return how many, and where it ends (-1: no more were wanted)."""
    at = _expect(text, at, "[") + 1
    count = 0
    at = _skip(text, at)
    while text[at : at + 1] != "]":
        feature, at = _value(text, at)
        count += 1
        check_rows(count)
        if not take(feature):
            return count, -1
        at = _expect(text, at, ",]")
        if text[at] == ",":
            at = _skip(text, at + 1)
            if text[at : at + 1] == "]":
                raise Problem("json.malformed", **_place(text, at))
    return count, at + 1


def geometry_from(value: Any) -> BaseGeometry | None:
    """Build a geometry from parsed GeoJSON, refusing what is not well formed; crossing borders are judged later.

    Parameters
    ----------
    value
        A GeoJSON geometry object, or None.

    Returns
    -------
    BaseGeometry or None
        Two-dimensional; None for ``null``.

    Raises
    ------
    Problem
        ``geometry.wrong_type`` (found); ``geometry.bad_position`` (index); ``geometry.too_few_points``;
        ``geometry.not_closed`` (x, y); ``geometry.too_many_vertices``, ``geometry.too_many_parts``.
    """
    if value is None:
        return None
    kind = value.get("type") if isinstance(value, dict) else None
    build = _BUILDERS.get(kind) if isinstance(kind, str) else None
    coordinates = value.get("coordinates") if build else None
    if build is None or not isinstance(coordinates, list):
        raise Problem("geometry.wrong_type", found=str(kind)[:40])
    return build(coordinates)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Problem("geometry.bad_position", index=0)
    if len(value) > MAX_PARTS * 100:
        raise Problem("geometry.too_many_vertices", vertices=len(value), limit=MAX_PARTS * 100)
    return value


def _line(value: Any) -> LineString:
    points = positions_from(_list(value))
    if len(points) < 2:
        raise Problem("geometry.too_few_points")
    return LineString(points)


def _polygon(value: Any) -> Polygon:
    rings = _list(value)
    if not rings:
        raise Problem("geometry.too_few_points")
    if len(rings) > MAX_PARTS:
        raise Problem("geometry.too_many_parts", parts=len(rings), limit=MAX_PARTS)
    shell, *holes = (ring_from(_list(ring)) for ring in rings)
    return Polygon(shell, holes)


def _parts(value: Any) -> list[Any]:
    parts = _list(value)
    if not parts:
        raise Problem("geometry.too_few_points")
    if len(parts) > MAX_PARTS:
        raise Problem("geometry.too_many_parts", parts=len(parts), limit=MAX_PARTS)
    return parts


_BUILDERS: dict[str, Callable[[Any], BaseGeometry]] = {
    "Point": lambda value: Point(positions_from([value])[0]),
    "MultiPoint": lambda value: MultiPoint(positions_from(_parts(value))),
    "LineString": _line,
    "MultiLineString": lambda value: MultiLineString([_line(part) for part in _parts(value)]),
    "Polygon": _polygon,
    "MultiPolygon": lambda value: MultiPolygon([_polygon(part) for part in _parts(value)]),
}


def _declared(member: Any) -> str | None:
    """Read the old ``crs`` member: an EPSG name or CRS84 is honoured, anything else refused."""
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    text = name if isinstance(name, str) else ""
    if _CRS84.match(text):
        return "EPSG:4326"
    if found := _EPSG.match(text):
        return f"EPSG:{found[1]}"
    raise Problem("geojson.crs_unsupported", crs=text[:100])


class _Collected:
    """Features on their way into columns."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.shapes: list[BaseGeometry | None] = []
        self.numbers: list[int] = []
        self.columns: dict[str, list[Any]] = {}
        self.refusals: list[Refusal] = []
        self.seen = 0
        self.cut = False

    def take(self, feature: Any) -> bool:
        """Take a feature in, or refuse it; tell whether more are wanted."""
        if self.limit is not None and self.seen >= self.limit:
            self.cut = True
            return False
        self.seen += 1
        try:
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                raise Problem("geojson.not_feature")
            shape = geometry_from(feature.get("geometry"))
        except Problem as problem:
            self.refusals.append(Refusal(self.seen, "geometry", "", problem.code, problem.values))
            return True
        self._add(shape, feature)
        return True

    def _add(self, shape: BaseGeometry | None, feature: dict[str, Any]) -> None:
        rows = len(self.shapes)
        self.shapes.append(shape)
        self.numbers.append(self.seen)
        properties = feature.get("properties")
        cells = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in cells:
            cells["id"] = feature["id"]
        for name, value in cells.items():
            column = self.columns.get(name)
            if column is None:
                if len(self.columns) >= MAX_COLUMNS:
                    raise Problem("file.too_many_columns", columns=len(self.columns) + 1, limit=MAX_COLUMNS)
                column = self.columns[name] = []
            column += [None] * (rows - len(column))
            column.append(_plain(value))

    def frame(self) -> gpd.GeoDataFrame:
        """Return the features as a layer without a system; its index counts them from 1."""
        rows = len(self.shapes)
        index = pd.Index(np.asarray(self.numbers, dtype=np.int64), name="row")
        filled = {_column_name(name): column + [None] * (rows - len(column)) for name, column in self.columns.items()}
        table = pd.DataFrame({name: pd.Series(cells, index=index, dtype=object) for name, cells in filled.items()})
        shapes = np.empty(rows, dtype=object)
        shapes[:] = self.shapes
        return gpd.GeoDataFrame(table, geometry=shapes, index=index)


def _column_name(name: str) -> str:
    return "geometry (2)" if name == "geometry" else name


def _plain(value: Any) -> Any:
    """Keep text and numbers; what is nested is kept as JSON text, a long whole number as its digits."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or isinstance(value, (str, float)):
        return value
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def read_geojson(path: Path, *, limit: int | None = None) -> Sheet:
    """Read a GeoJSON FeatureCollection strictly: what other readers let pass in silence is refused with its place.

    Parameters
    ----------
    path
        UTF-8 (other encodings as :func:`text_encoding`), at most 200 MB.
    limit
        Read no more than this many features.

    Returns
    -------
    Sheet
        ``declared_crs`` only from an old ``crs`` member: without one RFC 7946 means WGS 84, but Chinese files often
        hold GCJ-02 or metres, so detection decides. Features with a bad geometry are in ``refusals``.

    Raises
    ------
    Problem
        ``json.malformed``, ``json.not_finite`` (word), ``json.repeated_key`` (key), ``json.too_deep``,
        ``json.half_character``, ``json.number_too_long`` (digits), each with position, line, column;
        ``geojson.not_collection`` (found); ``geojson.crs_unsupported`` (crs); ``file.too_big`` (bytes, limit).
    """
    size = path.stat().st_size
    if size > MAX_GEOJSON_BYTES:
        raise Problem("file.too_big", bytes=size, limit=MAX_GEOJSON_BYTES)
    text, encoding = read_text(path)
    text = text.lstrip("\ufeff")
    if "\\u" in text and (half := _HALF.search(text)):
        raise Problem("json.half_character", **_place(text, half.start()))
    collected = _Collected(limit)
    members = _members(text, collected.take)
    kind = members.get("type")
    if "features" not in members:
        raise Problem("geojson.not_collection", found=str(kind)[:40])
    notes = [{"code": "row_limit", "rows": collected.seen}] if collected.cut else []
    frame = collected.frame()
    declared = _declared(members.get("crs"))
    return Sheet(frame, encoding, declared, [], notes, len(frame), collected.refusals)
