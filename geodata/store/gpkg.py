"""The GeoPackage functions that SQLite lacks, given to each connection from Python.

GeoAlchemy2's SQLite dialect expects SpatiaLite's function names, QGIS and GDAL expect GeoPackage's; both are
answered here by shapely, so that the county file needs no native extension (see docs/decisions/0002).
"""

from __future__ import annotations

import struct
from typing import Any

import pyproj
import shapely

from geodata.store.types import SRID, gp_header

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300  # GeoPackage 1.3

_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE IF NOT EXISTS gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE IF NOT EXISTS gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""

_RTREE = "rtree_{t}_{c}"
_TRIGGERS = {
    "insert": """CREATE TRIGGER "rtree_{t}_{c}_insert" AFTER INSERT ON "{t}"
        WHEN (NEW."{c}" NOT NULL AND NOT ST_IsEmpty(NEW."{c}")) BEGIN
        INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW.fid, ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"),
        ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END""",
    "update6": """CREATE TRIGGER "rtree_{t}_{c}_update6" AFTER UPDATE OF "{c}" ON "{t}"
        WHEN OLD.fid = NEW.fid AND (NEW."{c}" NOTNULL AND NOT ST_IsEmpty(NEW."{c}")) BEGIN
        INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW.fid, ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"),
        ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END""",
    "update2": """CREATE TRIGGER "rtree_{t}_{c}_update2" AFTER UPDATE OF "{c}" ON "{t}"
        WHEN OLD.fid = NEW.fid AND (NEW."{c}" ISNULL OR ST_IsEmpty(NEW."{c}")) BEGIN
        DELETE FROM "rtree_{t}_{c}" WHERE id = OLD.fid; END""",
    "update5": """CREATE TRIGGER "rtree_{t}_{c}_update5" AFTER UPDATE ON "{t}"
        WHEN OLD.fid != NEW.fid AND (NEW."{c}" NOTNULL AND NOT ST_IsEmpty(NEW."{c}")) BEGIN
        DELETE FROM "rtree_{t}_{c}" WHERE id = OLD.fid;
        INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW.fid, ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"),
        ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END""",
    "update4": """CREATE TRIGGER "rtree_{t}_{c}_update4" AFTER UPDATE ON "{t}"
        WHEN OLD.fid != NEW.fid AND (NEW."{c}" ISNULL OR ST_IsEmpty(NEW."{c}")) BEGIN
        DELETE FROM "rtree_{t}_{c}" WHERE id IN (OLD.fid, NEW.fid); END""",
    "delete": """CREATE TRIGGER "rtree_{t}_{c}_delete" AFTER DELETE ON "{t}" WHEN OLD."{c}" NOT NULL BEGIN
        DELETE FROM "rtree_{t}_{c}" WHERE id = OLD.fid; END""",
}
# the plain file checks neither type nor SRID, so two more triggers do (GDAL knows both functions as well)
_CHECKS = {
    f"check_{verb}": f"""CREATE TRIGGER "check_{{t}}_{{c}}_{verb}" BEFORE {event} ON "{{t}}"
        WHEN NEW."{{c}}" NOT NULL AND (ST_SRID(NEW."{{c}}") != {SRID} OR ST_GeometryType(NEW."{{c}}") != '{{g}}') BEGIN
        SELECT RAISE(ABORT, '{{t}}.{{c}}: a {{g}} in EPSG:{SRID} is wanted'); END"""
    for verb, event in (("insert", "INSERT"), ("update", 'UPDATE OF "{c}"'))
}


def initialise(connection: Any) -> None:
    """Turn an empty SQLite file into an empty GeoPackage that knows EPSG:4490 and EPSG:4326.

    The application id is written and checkpointed before WAL begins, else GDAL warns about the file.
    """
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.executescript(_TABLES)
    rows: list[tuple[str, int, str, int, str]] = [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
    ]
    for srid in (4326, SRID):
        crs = pyproj.CRS.from_epsg(srid)
        rows.append((crs.name, srid, "EPSG", srid, crs.to_wkt("WKT1_GDAL")))
    connection.executemany("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", rows)


def register(connection: Any) -> None:
    """Give one connection the spatial functions that GeoAlchemy2, the R*Tree triggers and our queries call."""

    def add(name: str, count: int, function: Any) -> None:
        connection.create_function(name, count, function, deterministic=True)

    for name in ("ST_GeomFromWKB", "GeomFromWKB"):
        add(name, 2, lambda wkb, srid: None if wkb is None else gp_header(srid) + wkb)
    add("ST_GeomFromEWKT", 1, _gp_from_ewkt)
    add("GeomFromEWKT", 1, _gp_from_ewkt)
    for name in ("ST_AsEWKB", "AsEWKB", "ST_AsBinary", "AsBinary"):
        add(name, 1, _wkb_from_gp)
    for index, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        add(name, 1, lambda blob, i=index: _bounds(blob)[i] if blob is not None else None)
    add("ST_IsEmpty", 1, lambda blob: None if blob is None else int(_bounds(blob)[0] != _bounds(blob)[0]))
    add("ST_SRID", 1, lambda blob: None if blob is None else struct.unpack_from("<i", blob, 4)[0])
    add("ST_GeometryType", 1, lambda blob: None if blob is None else _shape(blob).geom_type.upper())
    add("ST_AsText", 1, lambda blob: None if blob is None else _shape(blob).wkt)
    for name, predicate in {"ST_Intersects": shapely.intersects, "ST_Contains": shapely.contains,
                            "ST_Covers": shapely.covers}.items():  # fmt: skip
        add(name, 2, lambda a, b, p=predicate: int(p(_shape(a), _shape(b))))

    _register_catalogue(connection)


def _register_catalogue(connection: Any) -> None:
    """Give a connection what GeoAlchemy2 calls while it creates tables: entries in the GeoPackage's catalogue."""

    def recover(table: str, column: str, srid: int, kind: str, _dimension: str) -> int:
        connection.execute(
            "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " VALUES (?, 'features', ?, ?)",
            (table, table, srid),
        )
        connection.execute(
            "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (table, column, kind, srid)
        )
        for statement in _CHECKS.values():
            connection.execute(statement.format(t=table, c=column, g=kind))
        return 1

    def create_index(table: str, column: str) -> int:
        connection.execute(f'CREATE VIRTUAL TABLE "{_RTREE.format(t=table, c=column)}" '
                           "USING rtree(id, minx, maxx, miny, maxy)")  # fmt: skip
        connection.execute(
            "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index',"
            " 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            (table, column),
        )
        add_triggers(connection, table, column)
        return 1

    connection.create_function("RecoverGeometryColumn", 5, recover)
    connection.create_function("CreateSpatialIndex", 2, create_index)
    connection.create_function("CheckSpatialIndex", 2, lambda table, column: None)


def add_triggers(connection: Any, table: str, column: str) -> None:
    """Create the R*Tree triggers of the GeoPackage standard on a feature table whose key is ``fid``."""
    for statement in _TRIGGERS.values():
        connection.execute(statement.format(t=table, c=column))


def drop_triggers(connection: Any, table: str, column: str) -> None:
    """Drop the R*Tree and check triggers, for a bulk load that fills the index itself in the same transaction."""
    for name in _TRIGGERS:
        connection.execute(f'DROP TRIGGER IF EXISTS "rtree_{table}_{column}_{name}"')
    for name in _CHECKS:
        connection.execute(f'DROP TRIGGER IF EXISTS "check_{table}_{column}_{name.removeprefix("check_")}"')


def restore_triggers(connection: Any, table: str, column: Any) -> None:
    """Put back what ``drop_triggers`` took away from a declared column."""
    if column.type.spatial_index:
        add_triggers(connection, table, column.name)
    for statement in _CHECKS.values():
        connection.execute(statement.format(t=table, c=column.name, g=column.type.geometry_type))


def _gp_from_ewkt(text: str | None) -> bytes | None:
    if text is None:
        return None
    head, _, body = text.rpartition(";")
    srid = int(head.removeprefix("SRID=")) if head else SRID
    return gp_header(srid) + bytes(shapely.to_wkb(shapely.from_wkt(body)))


_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def _wkb_from_gp(blob: bytes | None) -> bytes | None:
    if blob is None:
        return None
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0x07] :]


def _shape(blob: bytes) -> Any:
    return shapely.from_wkb(_wkb_from_gp(blob))


def _bounds(blob: bytes) -> tuple[float, ...]:
    envelope = (blob[3] >> 1) & 0x07
    if envelope:
        west, east, south, north = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        return (west, south, east, north)
    body = blob[8:]
    if len(body) == 21 and body[0] == 1:
        x, y = struct.unpack_from("<2d", body, 5)
        return (x, y, x, y)
    return tuple(shapely.from_wkb(body).bounds) or (float("nan"),) * 4
