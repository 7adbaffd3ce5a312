"""The peer of tiles and points: PostGIS in a private cluster, with the county's units and homes in Web Mercator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from geodata.rules.tiles import homes_at, levels_at
from geodata.rules.units import Level
from geodata.store import households, units
from tests.postgis import Cluster
from webmap import session

_TABLES = """
CREATE TABLE u (fid bigint, uid text, level text, code text, name text, homes int, fill int, geom geometry);
CREATE TABLE h (fid bigserial, uid text, geom geometry)
"""
_READY = """
UPDATE u SET geom = ST_Transform(ST_SetSRID(geom, 4326), 3857);
UPDATE h SET geom = ST_Transform(ST_SetSRID(geom, 4326), 3857);
CREATE INDEX ON u USING gist (geom);
CREATE INDEX ON h USING gist (geom); ANALYZE u; ANALYZE h
"""
_TILE = """
SELECT ST_AsMVT(q, %(level)s, 4096, 'g', 'fid') FROM (SELECT fid, uid, code, name, homes, fill,
ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS g FROM u
WHERE level = %(level)s AND geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625)) q
"""
_HOMES = """
SELECT ST_AsMVT(q, 'home', 4096, 'g', 'fid') FROM (SELECT fid, uid,
ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS g FROM h
WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) q
"""
_POINT = """
SELECT uid, code, name FROM u WHERE level = 'lin'
AND ST_Contains(geom, ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 3857))
"""


class Peer:
    """A database that draws tiles and finds points by itself."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def tile(self, place: tuple[int, int, int]) -> float:
        """Draw a tile; return the milliseconds."""
        z, x, y = place
        began = time.perf_counter()
        asked = {"z": z, "x": x, "y": y}
        for level in levels_at(z):
            self.connection.execute(_TILE, {**asked, "level": level.value}).fetchone()
        if homes_at(z):
            self.connection.execute(_HOMES, asked).fetchone()
        return (time.perf_counter() - began) * 1000

    def points_per_s(self, lonlat: Any) -> float:
        """Find the 邻 of each point, one after the other; return how many a second."""
        began = time.perf_counter()
        for lon, lat in lonlat.tolist():
            self.connection.execute(_POINT, {"lon": lon, "lat": lat}).fetchone()
        return len(lonlat) / (time.perf_counter() - began)


@contextmanager
def open_peer(county: Path) -> Iterator[Peer | None]:
    """Load a county into a private cluster; None where this machine has no PostGIS."""
    try:
        cluster = Cluster()
    except (FileNotFoundError, RuntimeError):
        yield None
        return
    try:
        url = cluster.url().replace("postgresql://", "postgres://")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_TABLES)
            _load(connection, county)
            connection.execute(_READY)
            yield Peer(connection)
    finally:
        cluster.stop()


def _load(connection: psycopg.Connection[Any], county: Path) -> None:
    store = session.open_store(str(county))
    with store.read() as db:
        rows = [row for row in units.with_shapes(db, "", tuple(Level)) if row.geom is not None]
        homes = [(home.id, home.geom.hex()) for home in households.under(db, "")]
    store.close()
    with connection.cursor() as cursor:
        with cursor.copy("COPY u FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    (row.fid, row.id, row.level, row.code, row.name, row.homes, row.fill, bytes(row.geom).hex())
                )
        with cursor.copy("COPY h (uid, geom) FROM STDIN") as copy:
            for home in homes:
                copy.write_row(home)
