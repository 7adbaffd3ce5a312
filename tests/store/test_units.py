"""The tree in the store: scopes as ranges of paths, versions by date, moves that take all below along."""

from __future__ import annotations

import datetime as dt
import math
import threading
import time
from collections.abc import Iterator

import pytest
import shapely
from sqlalchemy import text

from geodata.rules.actors import EVERYWHERE, Scope
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import database, settings, tilecache, units
from geodata.store.database import Store
from tests.conftest import NOW

HOUR = dt.timedelta(hours=1)
PATHS = ["1/", "1/10/", "1/10/a/", "1/100/", "1/100/a/", "1/10/a/b/", "1/10/é/", "1/10/村/"]
LEVELS = ["county", "town", "village", "town", "village", "zu", "village", "village"]


@pytest.fixture
def tree(store: Store) -> Iterator[Store]:
    """Eight units whose paths try every way of mistaking a prefix."""
    parents = [None, "1/", "1/10/", "1/", "1/100/", "1/10/a/", "1/10/", "1/10/"]
    shape = shapely.multipolygons([shapely.box(111, 27, 112, 28)])
    with store.write() as db:
        units.add(
            db,
            {"id": PATHS, "level": LEVELS, "code": [p[:-1] for p in PATHS], "name": PATHS, "path": PATHS,
             "parent_id": parents, "geom": [shape, *[None] * 7]},
            NOW,
        )  # fmt: skip
    return store


@pytest.mark.parametrize(("scope", "seen"), [
    ((), []),
    (("",), PATHS),
    (("1/",), PATHS),
    (("1/10/",), ["1/10/", "1/10/a/", "1/10/a/b/", "1/10/é/", "1/10/村/"]),
    (("1/100/",), ["1/100/", "1/100/a/"]),
    (("1/10/a/", "1/100/a/"), ["1/10/a/", "1/10/a/b/", "1/100/a/"]),
    (("2/",), []),
    (("1/10/村/",), ["1/10/村/"]),
])  # fmt: skip
def test_a_scope_is_its_paths_and_what_lies_below(tree: Store, scope: tuple[str, ...], seen: list[str]) -> None:
    """10 is not 100; letters of any script sort by bytes on both databases; Python and SQL agree on every unit."""
    with tree.read() as db:
        found = {path for path in PATHS if units.one(db, Scope(scope), path) is not None}
        assert found == set(seen) == {path for path in PATHS if Scope(scope).covers(path)}
        assert sum(units.count_by_level(db, Scope(scope)).values()) == len(seen)
        box = units.in_box(db, Scope(scope), (111.5, 27.5, 111.6, 27.6), list(Level))
        assert [row.id for row in box] == (["1/"] if "1/" in seen else [])


def test_the_top_of_a_scope(tree: Store) -> None:
    """The county for those who see it, else the units that the scope names, by code and page by page."""
    with tree.read() as db:
        for scope, expected in ((("",), ["1/"]), (("1/100/", "1/10/a/"), ["1/10/a/", "1/100/"]), ((), [])):
            assert [row.id for row in units.tops(db, Scope(scope), "", 10)] == expected
            assert units.count_page(db, Scope(scope), "") == len(expected)
        page = units.tops(db, Scope(("1/100/", "1/10/a/")), "1/10/a", 1)
        assert [row.id for row in page] == ["1/100/"]
        assert units.count_page(db, Scope(("1/10/",)), "1/") == 1
        assert [units.is_whole(Scope(p)) for p in ((), ("",), ("1/",), ("1/10/",))] == [False, True, True, False]


def test_chain_and_children(tree: Store) -> None:
    """From the county down, and from a parent to its own children alone."""
    with tree.read() as db:
        assert [row.id for row in units.chain(db, "1/10/a/b/")] == ["1/", "1/10/", "1/10/a/", "1/10/a/b/"]
        assert [row.id for row in units.children(db, EVERYWHERE, "1/", "", 9)] == ["1/10/", "1/100/"]
        assert units.count_children(db, ["1/", "1/10/", "none"]) == {"1/": 2, "1/10/": 3}
        assert units.boxes(db, [units.one(db, EVERYWHERE, "1/").fid]) == {
            units.one(db, EVERYWHERE, "1/").fid: (111, 27, 112, 28)
        }


def test_versions_by_date(tree: Store) -> None:
    """A unit renamed and then ended is read as of each moment; on the moment itself the new version holds."""
    with tree.write() as db:
        units.end(db, ["1/10/a/b/"], NOW + HOUR)
        row = {"level": ["zu"], "code": ["1/10/a/b"], "path": ["1/10/a/b/"], "parent_id": ["1/10/a/"], "geom": [None]}
        units.add(db, {"id": ["1/10/a/b/"], "name": ["新"], **row}, NOW + HOUR)
        units.end(db, ["1/10/a/b/"], NOW + 2 * HOUR)

    def name(at: dt.datetime | None) -> str | None:
        found = units.one(db, EVERYWHERE, "1/10/a/b/", at)
        return found and found.name

    with tree.read() as db:
        moments = (NOW - HOUR, NOW, NOW + HOUR / 2, NOW + HOUR, NOW + 2 * HOUR, None)
        assert [name(at) for at in moments] == [None, "1/10/a/b/", "1/10/a/b/", "新", None, None]
        assert [v.name for v in units.versions(db, EVERYWHERE, "1/10/a/b/")] == ["新", "1/10/a/b/"]
        assert units.versions(db, Scope(("1/100/",)), "1/10/a/b/") == []


def test_a_move_takes_all_below_along(tree: Store) -> None:
    """A village hung under another town: itself and its 组 have new paths and versions, nothing else has."""
    with tree.write() as db:
        units.move(db, "1/10/a/", "1/100/z/", "1/100/", NOW + HOUR)
        assert units.one(db, EVERYWHERE, "1/10/a/").path == "1/100/z/"
        assert units.one(db, EVERYWHERE, "1/10/a/").parent_id == "1/100/"
        assert units.one(db, EVERYWHERE, "1/10/a/b/").path == "1/100/z/b/"
        assert units.one(db, EVERYWHERE, "1/10/a/b/").parent_id == "1/10/a/"
        assert units.one(db, EVERYWHERE, "1/10/a/b/", NOW).path == "1/10/a/b/"
        assert units.one(db, Scope(("1/10/",)), "1/10/a/") is None
        units.move_under(db, "1/", "9/", NOW + 2 * HOUR)
        assert units.one(db, EVERYWHERE, "1/100/a/").path == "9/100/a/"
        assert units.one(db, EVERYWHERE, "1/100/a/").parent_id == "1/100/"
        assert units.one(db, EVERYWHERE, "1/").path == "1/"
        (shape,) = units.shapes_by_id(db, PATHS).values()
        assert shape.bounds == (111, 27, 112, 28)
        units.move_under(db, "none/", "x/", NOW + 3 * HOUR)


def test_codes_and_counts(tree: Store) -> None:
    """Found by code, at a level; a count is written into the version in force."""
    with tree.write() as db:
        assert set(units.by_code(db, ["1/10", "1/100/a", "none"])) == {"1/10", "1/100/a"}
        assert set(units.by_code(db, ["1/10", "1/100/a"], Level.TOWN)) == {"1/10"}
        units.set_homes(db, {"1/10/": 7})
        units.set_homes(db, {})
        assert {row.id: row.homes for row in units.paths(db, "1/10/")}["1/10/"] == 7


def test_a_busy_store_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for the writer's place too long is refused by name, at once where waiting was not asked for."""
    if not store.embedded:
        pytest.skip("PostgreSQL has no one writer's place")
    monkeypatch.setattr(database, "PATIENCE_S", 0.3)
    with store.write() as db:
        settings.put(db, "x", 1)
        for waits, most_s in ((False, 0.25), (True, 5.0)):
            began = time.monotonic()
            with pytest.raises(Problem) as refused, store.write(waits=waits):
                pass
            assert (refused.value.code, refused.value.values) == ("store.busy", {"seconds": 5})
            assert time.monotonic() - began < most_s
        with store.read() as reader:
            assert settings.get(reader, "x") is None
    with store.write() as db:
        assert settings.get(db, "x") == 1


def test_a_deadlock_is_busy_too(store: Store) -> None:
    """On PostgreSQL two writers who need each other's rows: one goes on, the other is told to come again."""
    if store.embedded:
        pytest.skip("SQLite has one writer")
    with store.write() as db:
        for key in "ab":
            settings.put(db, key, 0)
    both = threading.Barrier(2)
    ended: list[str] = []

    def write(first: str, second: str) -> None:
        try:
            with store.write() as db:
                settings.put(db, first, 1)
                both.wait()
                settings.put(db, second, 1)
            ended.append("written")
        except Problem as problem:
            ended.append(problem.code)

    threads = [threading.Thread(target=write, args=keys) for keys in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["store.busy", "written"]


def test_a_full_disk_is_said(store: Store) -> None:
    """When no page is left the act is refused by name and nothing of it is kept; reading goes on."""
    if not store.embedded:
        pytest.skip("a full disk cannot be made for the cluster here")
    with pytest.raises(Problem) as refused, store.write() as db:
        pages = db.run.execute(text("PRAGMA page_count")).scalar_one()
        db.run.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        settings.put(db, "big", "x" * 1_000_000)
    assert refused.value.code == "store.full"
    with store.write() as db:
        db.run.execute(text("PRAGMA max_page_count = 1000000"))
        assert settings.get(db, "big") is None
        settings.put(db, "big", "y")


def test_a_reader_sees_one_moment(store: Store) -> None:
    """What others write while a reader reads is not seen before the reader begins anew."""
    with store.write() as db:
        settings.put(db, "x", 1)
    with store.read() as reader:
        assert settings.get(reader, "x") == 1
        with store.write() as db:
            settings.put(db, "x", 2)
        assert settings.get(reader, "x") == 1
    with store.read() as reader:
        assert settings.get(reader, "x") == 2


def test_tiles_are_dropped_where_they_draw(store: Store) -> None:
    """A box takes away the tiles that meet it, and their neighbours that draw over the edge; the rest stay."""
    south = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * 6800.6 / 2**14))))
    with store.write() as db:
        for z, x, y in ((0, 0, 0), (14, 13270, 6800), (14, 13271, 6800), (14, 13280, 6800), (14, 13270, 6810)):
            tilecache.put(db, z, x, y, "s", b"1")
            tilecache.put(db, z, x, y, "s", b"2")
        west = 13270.5 / 2**14 * 360 - 180
        tilecache.drop(db, (west, south, west + 0.001, south + 0.001))
        left = {tuple(row) for row in db.run.execute(text("SELECT z, x, y FROM tile"))}
        assert left == {(14, 13271, 6800), (14, 13280, 6800), (14, 13270, 6810)}
        assert tilecache.get(db, 14, 13280, 6800, "s") == b"2"
        tilecache.drop(db, (west + 0.5 / 2**14 * 360 - 1e-6, south, west + 0.5 / 2**14 * 360, south + 0.001))
        assert tilecache.get(db, 14, 13271, 6800, "s") is None
        tilecache.drop(db)
        assert db.run.execute(text("SELECT count(*) FROM tile")).scalar() == 0
