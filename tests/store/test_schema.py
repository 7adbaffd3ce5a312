from __future__ import annotations

import subprocess
import sys

import pysqlite3
import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

import survey.store.board_tables
import survey.store.issue_tables
import survey.store.sign_in_tables
import survey.store.tables
import survey.store.visit_tables  # noqa: F401 - its tables belong to the same metadata
from geodata.rules.problems import Problem
from geodata.store.database import Store
from geodata.store.schema import upgrade
from geodata.store.tables import metadata, unit
from geodata.store.types import InBox
from tests.conftest import NOW

ROW = {"id": "u", "level": "village", "code": "1", "name": "石桥村", "path": "1/", "valid_from": NOW}

_CATALOGUE = """CREATE TEMP VIEW geometry_columns AS SELECT g.table_name AS f_table_name,
    column_name AS f_geometry_column, geometry_type_name AS geometry_type, 'XY' AS coord_dimension, srs_id AS srid,
    EXISTS (SELECT 1 FROM gpkg_extensions e WHERE e.table_name = g.table_name) AS spatial_index_enabled
    FROM gpkg_geometry_columns g"""


def test_the_chain_of_migrations_makes_exactly_the_declared_tables(store: Store) -> None:
    """Comparing the migrated database with the declared tables finds no difference but the names of types."""
    with store.write() as db:
        if db.embedded:  # GeoAlchemy2 reflects by SpatiaLite's catalogue; a view shows it GeoPackage's
            db.run.execute(text(_CATALOGUE))

        def ours(thing: object, name: str, kind: str, *rest: object) -> bool:
            indexes = ("rtree_", "gpkg_", "spatial_ref_sys", "idx_")  # the spatial index is tested below
            return not name.startswith(indexes) and alembic_helpers.include_object(thing, name, kind, *rest)

        context = MigrationContext.configure(db.run, opts={"include_object": ours, "compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(store: Store) -> None:
    """A server that starts on an up-to-date store leaves it alone."""
    upgrade(store)
    with store.read() as db:
        assert db.run.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_store_of_a_later_version_is_refused(store: Store) -> None:
    """An older program says so instead of writing into tables it does not know."""
    with store.write() as db:
        db.run.execute(text("UPDATE alembic_version SET version_num = 'z99'"))
    with pytest.raises(Problem) as refused:
        upgrade(store)
    assert refused.value.code == "store.newer_software"


def test_a_box_query_finds_by_the_spatial_index(store: Store) -> None:
    """The one portable box construct finds what meets the box and plans with the index on SQLite."""
    here, there = shapely.box(111, 27, 111.1, 27.1), shapely.box(112, 28, 112.1, 28.1)
    with store.write() as db:
        db.run.execute(
            unit.insert(),
            [{**ROW, "id": n, "geom": shapely.multipolygons([s])} for n, s in (("here", here), ("there", there))],
        )
        query = select(unit.c.id).where(InBox(unit, (111.05, 27.05, 111.06, 27.06)))
        assert db.run.execute(query).scalars().all() == ["here"]
        if db.embedded:
            written = query.compile(db.run, compile_kwargs={"literal_binds": True})
            plan = str(db.run.execute(text(f"EXPLAIN QUERY PLAN {written}")).all())
            assert "VIRTUAL TABLE INDEX" in plan


def test_a_geometry_of_another_kind_is_refused_by_the_database(store: Store) -> None:
    """A point cannot get into a polygon column, whoever writes."""
    with pytest.raises(DBAPIError), store.write() as db:
        db.run.execute(unit.insert(), [{**ROW, "geom": shapely.Point(111, 27)}])


def test_the_live_file_opens_in_gis_software(store: Store) -> None:
    """While the server holds the county file, GDAL reads its layers in EPSG:4490 and its index is right."""
    if not store.embedded:
        with store.read() as db:
            assert db.run.execute(text("SELECT Find_SRID('public', 'unit', 'geom')")).scalar() == 4490
        return
    with store.write() as db:
        db.run.execute(unit.insert(), [{**ROW, "geom": shapely.multipolygons([shapely.box(111, 27, 112, 28)])}])
    with store.write():  # a writer is at work while the other program reads
        assert _read_elsewhere(store.target) == "4490 石桥村"
    assert pysqlite3.sqlite_version_info >= (3, 51, 3)


def _read_elsewhere(file: str) -> str:
    """Read in another process: two SQLite libraries in one process would break each other's POSIX locks."""
    script = (
        "import geopandas as g, sys; f = g.read_file(sys.argv[1], layer='unit', bbox=(111.5, 27.5, 111.6, 27.6));"
        "print(f.crs.to_epsg(), *f['name'])"
    )
    done = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_was_raised_was_not_written(store: Store) -> None:
    """A transaction that raises leaves nothing behind."""
    with pytest.raises(RuntimeError), store.write() as db:
        db.run.execute(unit.insert(), [ROW])
        raise RuntimeError
    with store.read() as db:
        assert db.run.execute(select(unit.c.id)).all() == []
