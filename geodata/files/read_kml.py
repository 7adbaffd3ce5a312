from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import geopandas as gpd
import numpy as np
import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.files.sheet import Sheet, check_rows
from geodata.rules.geometry_checks import MAX_PARTS, positions_from, ring_from
from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem

_MAX_DEPTH = 64


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if _local(child.tag) in names)


def _below(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element.iter() if _local(child.tag) == name)


def _positions(element: Element) -> list[list[float]]:
    """Read the ``coordinates`` of an element: lon,lat[,height] separated by spaces."""
    text = next((child.text or "" for child in _below(element, "coordinates")), "")
    points: list[list[float]] = []
    for at, word in enumerate(text.split()):
        try:
            points.append([float(part) for part in word.split(",")[:3]])
        except ValueError:
            raise Problem("geometry.bad_position", index=at) from None
    return points


def _polygon(element: Element) -> Polygon:
    shells = [ring_from(_positions(ring)) for ring in _children(element, "outerBoundaryIs")]
    holes = [ring_from(_positions(ring)) for ring in _children(element, "innerBoundaryIs")]
    if len(shells) != 1:
        raise Problem("geometry.too_few_points")
    return Polygon(shells[0], holes)


def _point(element: Element) -> Point:
    points = positions_from(_positions(element))
    if len(points) != 1:
        raise Problem("geometry.too_few_points")
    return Point(points[0])


def _line(element: Element) -> LineString:
    points = positions_from(_positions(element))
    if len(points) < 2:
        raise Problem("geometry.too_few_points")
    return LineString(points)


_SINGLE: dict[str, Any] = {"Point": _point, "LineString": _line, "LinearRing": _line, "Polygon": _polygon}
_MULTI: dict[str, Any] = {"Point": MultiPoint, "LineString": MultiLineString, "Polygon": MultiPolygon}


def _geometry(placemark: Element) -> BaseGeometry | None:
    """Build a placemark's geometry; a MultiGeometry must be of one kind."""
    found: list[BaseGeometry] = []
    for element in placemark.iter():
        build = _SINGLE.get(_local(element.tag))
        if build is not None and not (_local(element.tag) == "LinearRing" and _is_border(placemark, element)):
            found.append(build(element))
            if len(found) > MAX_PARTS:
                raise Problem("geometry.too_many_parts", parts=len(found), limit=MAX_PARTS)
    kinds = {shape.geom_type for shape in found}
    if len(kinds) > 1:
        raise Problem("geometry.wrong_type", found="GeometryCollection")
    if len(found) < 2:
        return found[0] if found else None
    shape: BaseGeometry = _MULTI[kinds.pop()](found)
    return shape


def _is_border(placemark: Element, ring: Element) -> bool:
    """Tell whether a ring is the border of a polygon, which has been read with it."""
    borders = (*_below(placemark, "outerBoundaryIs"), *_below(placemark, "innerBoundaryIs"))
    return any(child is ring for border in borders for child in border)


def _cells(placemark: Element) -> dict[str, str]:
    """Read a placemark's name and its extended data, Data and SimpleData alike."""
    cells = {"name": next(((child.text or "").strip() for child in _children(placemark, "name")), "")}
    for data in _below(placemark, "Data"):
        value = next((child.text or "" for child in _children(data, "value")), "")
        cells[data.get("name", "")[:100]] = value.strip()
    for data in _below(placemark, "SimpleData"):
        cells[data.get("name", "")[:100]] = (data.text or "").strip()
    return {name: value for name, value in cells.items() if name and name != "geometry"}


def _placemarks(path: Path) -> Iterator[Element]:
    """Yield placemarks one by one, forgetting each; a document type or entity is refused."""
    open_elements: list[Element] = []
    try:
        with path.open("rb") as file:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    open_elements.append(element)
                    if len(open_elements) > _MAX_DEPTH:
                        raise Problem("file.xml_too_deep", limit=_MAX_DEPTH)
                    continue
                open_elements.pop()
                if _local(element.tag) == "Placemark":
                    yield element
                    element.clear()
                    if open_elements:
                        open_elements[-1].remove(element)
    except ParseError as error:
        line, column = error.position
        raise Problem("file.xml_malformed", line=line, column=column) from None
    except DefusedXmlException:
        raise Problem("file.xml_doctype") from None


def read_kml(path: Path, *, limit: int | None = None) -> Sheet:
    """Read the placemarks of a KML file, its name and extended data as columns.

    Parameters
    ----------
    path
        KML 2.x; always declared WGS 84 (OGC 12-007r2), though detection may find GCJ-02 in it.
    limit
        Read no more than this many placemarks.

    Raises
    ------
    Problem
        ``file.xml_malformed`` (line, column), ``file.xml_doctype``, ``file.xml_too_deep`` (limit),
        ``file.too_many_rows`` (limit). Placemarks with a bad geometry are in the sheet's ``refusals``.
    """
    records: list[dict[str, str]] = []
    shapes: list[BaseGeometry | None] = []
    numbers: list[int] = []
    refusals: list[Refusal] = []
    notes: list[dict[str, Any]] = []
    for number, placemark in enumerate(_placemarks(path), start=1):
        if limit is not None and number > limit:
            notes.append({"code": "row_limit", "rows": limit})
            break
        check_rows(number)
        try:
            shapes.append(_geometry(placemark))
        except Problem as problem:
            refusals.append(Refusal(number, "geometry", "", problem.code, problem.values))
            continue
        records.append(_cells(placemark))
        numbers.append(number)
    index = pd.Index(np.asarray(numbers, dtype=np.int64), name="row")
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    frame = gpd.GeoDataFrame(pd.DataFrame(records, index=index, dtype=object), geometry=geometry, index=index)
    return Sheet(frame, "", "EPSG:4326", [], notes, len(frame), refusals)
