from __future__ import annotations

import datetime as dt
import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from geoalchemy2 import Geometry
from numpy.typing import NDArray
from sqlalchemy import Boolean, ColumnElement, Dialect, Float, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator

SRID = 4490  # CGCS2000 longitude and latitude, stored x = lon, y = lat whatever the EPSG axis order


class Shape(Geometry):
    """A geometry column in EPSG:4490 degrees that speaks bytes both ways.

    Bind shapely geometries or WKB bytes; results are WKB bytes, so that a thousand rows are decoded by one
    ``shapely.from_wkb`` call. GeoAlchemy2's own text form costs ten times as much on bulk work.
    """

    from_text = "ST_GeomFromWKB"
    cache_ok = True

    def __init__(self, geometry_type: str, spatial_index: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("srid", SRID)
        super().__init__(geometry_type, spatial_index=spatial_index, **kwargs)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], bytes | None]:
        """Return what turns a shapely geometry or WKB bytes into WKB."""
        return as_wkb

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], bytes | None]:
        """Return what turns a driver's value into plain bytes."""
        return lambda value: None if value is None else bytes(value)


def as_wkb(value: Any) -> bytes | None:
    """Encode a shapely geometry as WKB, or pass WKB bytes on; None stays None."""
    if value is None or isinstance(value, bytes):
        return value
    encoded: bytes = shapely.to_wkb(value)
    return encoded


def shapes_of(column: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Decode a column of WKB results into an array of shapely geometries (EPSG:4490 degrees; None stays None)."""
    decoded: NDArray[np.object_] = shapely.from_wkb(np.array(list(column), dtype=object))
    return decoded


def lonlat_of(column: Sequence[bytes]) -> NDArray[np.float64]:
    """Decode a column of point WKB results into an (n, 2) array of lon, lat without making geometries."""
    if not len(column):
        return np.empty((0, 2))
    width = len(column[0])
    raw = np.frombuffer(b"".join(column), dtype=np.uint8).reshape(len(column), width)
    coordinates = np.ascontiguousarray(raw[:, width - 16 :])
    return coordinates.view("<f8").astype(np.float64)


def gp_header(srid: int = SRID, *, empty: bool = False) -> bytes:
    """Return the 8-byte GeoPackage blob header: magic, version 0, little endian, no envelope."""
    return b"GP\x00" + bytes([0x01 | (0x10 if empty else 0)]) + struct.pack("<i", srid)


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC kept as ISO 8601 text with microseconds, so that both databases sort and compare it alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        """Write an aware moment as UTC text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:
        """Read UTC text back as an aware moment."""
        if value is None:
            return None
        return dt.datetime.fromisoformat(value)  # ten times as fast as strptime, and it reads the Z


class Json(TypeDecorator[Any]):
    """A JSON value kept as text: GDAL knows no JSON column, and both databases then behave alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write a value as compact JSON."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


class InBox(ColumnElement[Any]):
    """The rows of a table whose geometry's box meets a box, by the spatial index of either database.

    SQLite never uses its R*Tree unless asked by name, and a Boolean-typed construct would be written ``= 1`` and
    lose the index; hence the integer type.

    Parameters
    ----------
    box
        (west, south, east, north) degrees; None in a statement that is built once and given ``west``, ``south``,
        ``east`` and ``north`` each time it runs.
    """

    type = Integer()
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy declares it per instance
        ("rtree", InternalTraversal.dp_string),
        ("table_name", InternalTraversal.dp_string),
        ("column", InternalTraversal.dp_string),
        ("box", InternalTraversal.dp_clauseelement_tuple),
    ]  # names the parts that tell two of them apart, so that a compiled statement serves every box

    def __init__(self, table: Any, box: Sequence[float] | None, column: str = "geom") -> None:
        self.table_name = table.name
        self.column = column
        self.rtree = f"rtree_{table.name}_{column}"
        if box is None:
            self.box = tuple(bindparam(name, type_=Float) for name in ("west", "south", "east", "north"))
            return
        values = tuple(float(v) for v in box)
        if not all(math.isfinite(v) for v in values):
            raise ValueError("a box needs four finite numbers")
        self.box = tuple(bindparam(None, v, type_=Float, unique=True) for v in values)

    @property
    def _from_objects(self) -> list[Any]:
        return []


@compiles(InBox, "sqlite")
def _in_box_sqlite(element: InBox, compiler: SQLCompiler, **kw: Any) -> str:
    west, south, east, north = (compiler.process(part, **kw) for part in element.box)
    return (
        f"{element.table_name}.fid IN (SELECT id FROM {element.rtree} "  # noqa: S608 - names of our own
        f"WHERE maxx >= {west} AND maxy >= {south} AND minx <= {east} AND miny <= {north})"
    )


@compiles(InBox, "postgresql")
def _in_box_postgresql(element: InBox, compiler: SQLCompiler, **kw: Any) -> str:
    sides = ", ".join(compiler.process(part, **kw) for part in element.box)
    return f"{element.table_name}.{element.column} && ST_MakeEnvelope({sides}, {SRID})"


Flag = Boolean(create_constraint=False)
Code = Text().with_variant(Text(collation="C"), "postgresql")  # sorted by bytes, so that a prefix is a range
