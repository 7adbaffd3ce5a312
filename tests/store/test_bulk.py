"""Bulk loads: as fast as each database can, and yet the index right, the guards back, and all or nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from geodata.store import bulk
from geodata.store.database import Db, Store
from geodata.store.tables import household, unit
from geodata.store.types import InBox
from tests.conftest import NOW

MANY = bulk._MANY + 1


def homes(count: int, first: int = 0) -> dict[str, object]:
    """Return homes on a grid, 100 to a row, from (111, 27) on."""
    n = np.arange(first, first + count)
    return {
        "id": [f"h{i}" for i in n],
        "code": [f"c{i}" for i in n],
        "digest": [""] * count,
        "source_crs": ["EPSG:4490"] * count,
        "raw_x": [0.0] * count,
        "raw_y": [0.0] * count,
        "created_at": [NOW] * count,
        "changed_at": [NOW] * count,
        "geom": shapely.points(111 + (n % 100) * 0.001, 27 + (n // 100) * 0.001),
    }


def guards(db: Db) -> set[str]:
    found = db.run.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'household'"))
    return set(found.scalars())


def in_box(db: Db, *box: float) -> set[str]:
    return set(db.run.execute(select(household.c.id).where(InBox(household, box))).scalars())


@pytest.mark.parametrize("count", [0, 1, 150, MANY])
def test_what_is_loaded_is_found(store: Store, count: int) -> None:
    """Few rows by the triggers, many by the index filled afterwards: both are found by box, by nothing else."""
    with store.write() as db:
        bulk.insert_columns(db, household, homes(count))
    with store.read() as db:
        assert in_box(db, 110.9, 26.9, 111.2, 27.9) == {f"h{i}" for i in range(count)}
        assert in_box(db, 110.9995, 26.9995, 111.0005, 27.0005) == ({"h0"} if count else set())
        assert in_box(db, 112, 28, 113, 29) == set()
        row = db.run.execute(select(household)).first()
        if row:
            assert (row.priority, row.village, row.retired_at) == (False, "", None)


def test_the_triggers_are_back_after_a_bulk_load(store: Store) -> None:
    """After many rows the same triggers stand as before: a later insert, move and deletion keep the index right."""
    with store.write() as db:
        before = guards(db) if db.embedded else set()
        bulk.insert_columns(db, household, homes(MANY))
        if db.embedded:
            assert guards(db) == before
            assert len(before) == 8
        bulk.insert_columns(db, household, {**homes(1, MANY), "geom": [shapely.Point(112, 28)]})
        assert in_box(db, 111.9, 27.9, 112.1, 28.1) == {f"h{MANY}"}
        db.run.execute(household.update().where(household.c.id == "h0").values(geom=shapely.Point(113, 29)))
        assert in_box(db, 112.9, 28.9, 113.1, 29.1) == {"h0"}
        assert "h0" not in in_box(db, 110.9, 26.9, 111.2, 27.9)
        db.run.execute(household.delete().where(household.c.id == "h0"))
        assert in_box(db, 112.9, 28.9, 113.1, 29.1) == set()


def test_a_load_that_fails_leaves_nothing(store: Store) -> None:
    """A repeated code among many rows takes all of them back; triggers and index are as before."""
    columns = homes(MANY)
    columns["code"][-1] = "c0"  # type: ignore[index]
    with store.read() as db:
        before = guards(db) if db.embedded else set()
    with pytest.raises(Exception, match=r"(?i)unique"), store.write() as db:
        bulk.insert_columns(db, household, columns)
    with store.write() as db:
        if db.embedded:
            assert guards(db) == before
            assert db.run.execute(text("SELECT count(*) FROM rtree_household_geom")).scalar() == 0
        assert in_box(db, 100, 20, 120, 40) == set()
        bulk.insert_columns(db, household, homes(MANY))
        assert len(in_box(db, 110.9, 26.9, 111.2, 27.9)) == MANY


@pytest.mark.parametrize("count", [3, MANY])
def test_another_kind_of_geometry_is_refused(store: Store, count: int) -> None:
    """A line among points is refused whichever way the rows go in."""
    columns = homes(count)
    shapes = np.array(columns["geom"], dtype=object)
    shapes[1] = shapely.LineString([(0, 0), (1, 1)])
    with pytest.raises((DBAPIError, Exception), match=r"POINT|Point|LineString"), store.write() as db:
        bulk.insert_columns(db, household, {**columns, "geom": shapes})
    with store.read() as db:
        assert db.run.execute(text("SELECT count(*) FROM household")).scalar() == 0


def test_units_without_a_shape_are_loaded_too(store: Store) -> None:
    """Among many units those without a border are rows like others, and are in no index."""
    count = MANY
    shapes = np.empty(count, dtype=object)
    shapes[::2] = [shapely.multipolygons([shapely.box(111 + i * 1e-4, 27, 111 + i * 1e-4 + 5e-5, 27.1)])
                   for i in range(0, count, 2)]  # fmt: skip
    columns = {
        "id": [f"u{i}" for i in range(count)], "level": ["zu"] * count, "code": [f"{i}" for i in range(count)],
        "name": ["组"] * count, "path": [f"x/{i}/" for i in range(count)], "geom": shapes, "valid_from": [NOW] * count,
    }  # fmt: skip
    with store.write() as db:
        bulk.insert_columns(db, unit, columns)
    with store.read() as db:
        assert db.run.execute(text("SELECT count(*) FROM unit")).scalar() == count
        found = set(db.run.execute(select(unit.c.id).where(InBox(unit, (110, 26, 113, 28)))).scalars())
        assert found == {f"u{i}" for i in range(0, count, 2)}
        back = db.run.execute(select(unit.c.geom).where(unit.c.id == "u0")).scalar_one()
        assert shapely.from_wkb(back).equals_exact(shapes[0])


def test_two_bulk_loads_share_no_key(store: Store) -> None:
    """The second load goes on where the first ended; what an ordinary insert adds after has a key of its own."""
    with store.write() as db:
        bulk.insert_columns(db, household, homes(MANY))
        bulk.insert_columns(db, household, homes(MANY, MANY))
    with store.write() as db:
        row = {name: values[0] for name, values in homes(1, 2 * MANY).items()}  # type: ignore[index]
        db.run.execute(household.insert().values(row))
        assert db.run.execute(text("SELECT count(DISTINCT fid) FROM household")).scalar() == 2 * MANY + 1
