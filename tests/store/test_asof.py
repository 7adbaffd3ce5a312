"""The store as of a moment: the ground that a scope was, and the homes that were there, on both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import shapely

from geodata.rules.actors import EVERYWHERE, Scope
from geodata.rules.units import Level
from geodata.store import households, search, units
from geodata.store.database import Db, Store
from geodata.store.tables import household
from tests.conftest import NOW

HOUR = dt.timedelta(hours=1)
BOX = (110.0, 26.0, 113.0, 29.0)
TREE = {
    "1/": "county", "1/10/": "town", "1/20/": "town", "1/10/a/": "village", "1/20/b/": "village", "1/10/a/z/": "zu",
    "1/20/b/z/": "zu",
}  # fmt: skip
EAST, WEST = Scope(("1/10/",)), Scope(("1/20/",))


def add_units(db: Db, paths: dict[str, str], at: dt.datetime) -> None:
    """Add units whose id, code and name are the path they begin with."""
    ids = list(paths)
    parents = [path[: path.rstrip("/").rfind("/") + 1] or None for path in ids]
    shapes = [shapely.multipolygons([shapely.box(111, 27, 112, 28)])] * len(ids)
    columns = {"id": ids, "code": ids, "name": ids, "path": ids, "parent_id": parents, "geom": shapes}
    units.add(db, {**columns, "level": list(paths.values())}, at)


def add_homes(db: Db, ids: list[str], holder: str, at: dt.datetime) -> None:
    """Add homes in a unit."""
    columns = {"id": ids, "code": ids, "digest": ids, "geom": [shapely.Point(111.5, 27.5)] * len(ids)}
    households.add(db, {**columns, "address": [f"{one}号" for one in ids]}, at)
    households.place(db, ids, [holder] * len(ids), at)


@pytest.fixture
def grown(store: Store) -> Store:
    """Two towns, a village and a 组 each; one home each at first, an hour later another in the first village's 组."""
    with store.write() as db:
        add_units(db, TREE, NOW)
        add_homes(db, ["E1"], "1/10/a/z/", NOW)
        add_homes(db, ["W1"], "1/20/b/z/", NOW)
        add_homes(db, ["E2"], "1/10/a/z/", NOW + HOUR)
    return store


def seen(db: Db, scope: Scope, at: dt.datetime) -> set[str]:
    """Return what a scope shows as of a moment, in every way of asking for it."""
    then = units.scope_then(db, scope, at)
    found = {path for path in TREE if units.one(db, then, path, at) is not None}
    assert {row.id for row in units.in_box(db, then, BOX, list(Level), at)} == found
    assert {row.id for row in search.units_like(db, then, "1/", 50, at)} == found
    both = [
        *units.at_point(db, then, 111.5, 27.5, at, deepest=False),
        *units.at_point(db, then, 111.5, 27.5, at, deepest=True),
    ]
    assert {row.id for row in both} == found
    assert sum(units.count_by_level(db, then, at).values()) == len(found)
    below = [row.id for path in TREE for row in units.children(db, then, path, "", 50, at)]
    tops = [row.id for row in units.tops(db, then, "", 50, at)]
    assert {*below, *tops} == found
    assert len(tops) == units.count_page(db, then, "", at)
    assert len(below) == sum(units.count_page(db, then, path, at) for path in TREE)
    return found


def homes(db: Db, scope: Scope, at: dt.datetime) -> set[str]:
    """Return the homes that a scope shows as of a moment, in every way of asking for them."""
    then = units.scope_then(db, scope, at)
    found = {row.id for row in households.page_in(db, then, "", "", 50, at)}
    assert {row.id for row in households.in_box(db, then, BOX, at)} == found
    assert {row.id for row in households.under(db, "", at, then)} == found
    assert {row.id for row in search.homes_like(db, then, "号", 50, at)} == found
    assert {one for one in ("E1", "E2", "W1") if getattr(households.one(db, then, one, at), "unit_id", None)} == found
    return found


def test_what_came_later_was_not_there(grown: Store) -> None:
    """Before the first import nothing; then the first homes; a microsecond before the second still the first alone."""
    with grown.read() as db:
        for at, expected in (
            (NOW - HOUR, set()),
            (NOW, {"E1", "W1"}),
            (NOW + HOUR - dt.timedelta(microseconds=1), {"E1", "W1"}),
            (NOW + HOUR, {"E1", "E2", "W1"}),
        ):
            assert seen(db, EVERYWHERE, at) == (set(TREE) if expected else set())
            assert homes(db, EVERYWHERE, at) == expected
            assert households.count_all(db, at) == len(expected)
            assert households.count_unplaced(db, at) == 0
            assert sum(count for _, count in households.count_by_path(db, "", at)) == len(expected)


def test_a_home_given_up_since_counts_then(grown: Store) -> None:
    """It is there until the moment it was given up, for the county and for the town that held it."""
    with grown.write() as db:
        households.leave(db, ["E1"], NOW + 2 * HOUR)
        db.run.execute(household.update().where(household.c.id == "E1").values(retired_at=NOW + 2 * HOUR))
    with grown.read() as db:
        assert households.count_all(db) == 2
        for scope in (EVERYWHERE, EAST):
            assert "E1" in homes(db, scope, NOW + HOUR)
            assert "E1" not in homes(db, scope, NOW + 2 * HOUR)
        assert [households.count_all(db, NOW + n * HOUR) for n in (0, 1, 2)] == [2, 3, 2]


def test_a_home_without_a_unit_was_without_one(grown: Store) -> None:
    """Until it was placed it is the whole county's to see, and before it came nobody's."""
    with grown.write() as db:
        columns = {"id": ["X"], "code": ["X"], "digest": ["X"], "geom": [shapely.Point(111.5, 27.5)]}
        households.add(db, columns, NOW + HOUR)
        households.place(db, ["X"], ["1/10/a/"], NOW + 2 * HOUR)
    with grown.read() as db:
        for at, unplaced, unit_id in ((NOW + HOUR, 1, None), (NOW + 2 * HOUR, 0, "1/10/a/")):
            assert households.count_unplaced(db, at) == unplaced
            assert households.one(db, units.scope_then(db, EVERYWHERE, at), "X", at).unit_id == unit_id
        assert households.one(db, units.scope_then(db, EVERYWHERE, NOW), "X", NOW) is None
        assert households.one(db, units.scope_then(db, EAST, NOW + HOUR), "X", NOW + HOUR) is None


def test_a_village_that_moved_is_seen_by_neither_town(grown: Store) -> None:
    """As of before its move: not by the town that lost it, which may not see it today, nor by the one that got it."""
    with grown.write() as db:
        units.move(db, "1/10/a/", "1/20/a/", "1/20/", NOW + 2 * HOUR)
    with grown.read() as db:
        at = NOW + HOUR
        assert seen(db, EAST, at) == {"1/10/"}
        assert seen(db, WEST, at) == {"1/20/", "1/20/b/", "1/20/b/z/"}
        assert seen(db, Scope(("1/",)), at) == seen(db, EVERYWHERE, at) == set(TREE)
        assert seen(db, Scope(("1/10/", "1/20/")), at) == set(TREE) - {"1/"}
        assert (homes(db, EAST, at), homes(db, WEST, at)) == (set(), {"W1"})
        assert homes(db, Scope(("1/10/", "1/20/")), at) == {"E1", "E2", "W1"}
        assert [row.path for row in units.chain(db, "1/10/a/z/", at)] == ["1/", "1/10/", "1/10/a/", "1/10/a/z/"]
        assert units.count_children(db, ["1/10/", "1/20/"], at) == {"1/10/": 1, "1/20/": 1}
        assert units.count_children(db, ["1/10/", "1/20/"]) == {"1/20/": 2}
        assert set(units.by_code(db, ["1/10/a/"], at=at)) == {"1/10/a/"}
        assert [row.path for row in units.with_level(db, "1/20/", Level.VILLAGE, at)] == ["1/20/b/"]


def test_a_town_renumbered_keeps_its_own_past(grown: Store) -> None:
    """The scope follows the unit, not the number: whoever carries the number today sees nothing by it."""
    with grown.write() as db:
        units.move(db, "1/10/", "1/30/", "1/", NOW + 2 * HOUR)
        units.move(db, "1/20/", "1/10/", "1/", NOW + 3 * HOUR)
    of_east, of_west = {"1/10/", "1/10/a/", "1/10/a/z/"}, {"1/20/", "1/20/b/", "1/20/b/z/"}
    with grown.read() as db:
        assert seen(db, Scope(("1/30/",)), NOW) == of_east
        assert seen(db, Scope(("1/10/",)), NOW) == of_west
        assert (homes(db, Scope(("1/30/",)), NOW), homes(db, Scope(("1/10/",)), NOW)) == ({"E1"}, {"W1"})


def test_a_ground_that_was_not_there_had_nothing(grown: Store) -> None:
    """A town made since has no past, and an empty scope has none at all."""
    with grown.write() as db:
        add_units(db, {"1/40/": "town"}, NOW + 2 * HOUR)
    with grown.read() as db:
        for scope in (Scope(("1/40/",)), Scope(())):
            assert seen(db, scope, NOW + HOUR) == set()
            assert homes(db, scope, NOW + HOUR) == set()


def test_a_home_that_moved_away_is_not_seen_by_way_of_the_past(grown: Store) -> None:
    """Not by the town it left nor the one it went to, nor one that belongs nowhere today; it counts where it was."""
    with grown.write() as db:
        households.leave(db, ["E1", "E2"], NOW + 2 * HOUR)
        households.place(db, ["E1"], ["1/20/b/z/"], NOW + 2 * HOUR)
    with grown.read() as db:
        at = NOW + HOUR
        assert (homes(db, EAST, at), homes(db, WEST, at)) == (set(), {"W1"})
        assert homes(db, Scope(("1/",)), at) == {"E1", "E2", "W1"}
        held: Any = dict(households.count_by_path(db, "", at))
        assert held == {"1/10/a/z/": 2, "1/20/b/z/": 1}
