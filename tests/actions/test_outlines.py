"""The large units kept in memory: always those of the transaction that asks, and only those of its scope."""

from __future__ import annotations

import datetime as dt

import shapely

from geodata.actions.outlines import LARGE, units_in_box
from geodata.actions.take_units import take_units
from geodata.rules.actors import EVERYWHERE, OPERATOR, Scope
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from geodata.store.types import shapes_of
from tests.conftest import NOW
from tests.village import village_frame

WORLD = (-180.0, -90.0, 180.0, 90.0)


def test_memory_and_store_give_the_same_units(published: Store) -> None:
    """Every level comes with the shapes that the store holds, from memory at the second time as at the first."""
    with published.read() as db:
        for _ in range(2):
            found = units_in_box(db, EVERYWHERE, WORLD, tuple(Level))
            for level in Level:
                held = {row.id: row.geom for row in units.with_shapes(db, "", (level,)) if row.geom is not None}
                rows, shapes = found[level]
                assert {row.id for row in rows} == held.keys()
                for row, shape in zip(rows, shapes, strict=True):
                    assert shape.equals(shapes_of([held[row.id]])[0])


def test_a_change_of_the_net_is_seen_at_once(drawn: Store) -> None:
    """After a village got a new name, the next transaction draws it by that name."""
    with drawn.read() as db:
        before = {row.name for row in units_in_box(db, EVERYWHERE, WORLD, (Level.VILLAGE,))[Level.VILLAGE][0]}
    frame = village_frame()
    frame["name"] = ["新" + name for name in frame["name"]]
    with drawn.write() as db:
        take_units(db, OPERATOR, NOW + dt.timedelta(days=1), frame, Level.VILLAGE)
    with drawn.read() as db:
        after = {row.name for row in units_in_box(db, EVERYWHERE, WORLD, (Level.VILLAGE,))[Level.VILLAGE][0]}
    assert after == {"新" + name for name in before}


def test_only_the_scope_and_the_box_are_drawn(published: Store) -> None:
    """A reader of one village gets its units alone; a box elsewhere gets none, at any level."""
    with published.read() as db:
        village = units.with_level(db, "", Level.VILLAGE)[0]
        mine = units_in_box(db, Scope((village.path,)), WORLD, tuple(Level))
        assert [row.id for row in mine[Level.VILLAGE][0]] == [village.id]
        assert all(row.path.startswith(village.path) for rows, _ in mine.values() for row in rows)
        nothing = units_in_box(db, EVERYWHERE, (0.0, 0.0, 1.0, 1.0), tuple(Level))
        assert all(not rows and not len(shapes) for rows, shapes in nothing.values())
        away = shapely.box(*units.boxes(db, [village.fid])[village.fid])
        found = units_in_box(db, EVERYWHERE, away.bounds, LARGE)
        assert village.id in {row.id for row in found[Level.VILLAGE][0]}
