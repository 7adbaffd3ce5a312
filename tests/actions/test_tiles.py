"""Vector tiles: what each reader gets, what is kept for whom, and when it is forgotten."""

from __future__ import annotations

import datetime as dt
import gzip
import math
import threading
from typing import Any

import pytest
from sqlalchemy import text

from geodata.actions import ledger, plans, tiles
from geodata.actions.take_households import take_households
from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import tilecache
from geodata.store.database import Store
from tests import village
from tests.rules.tile_reader import ReadLayer, read_tile
from tests.village import COUNTY, EARLY, NORTH, WEST

DAY = EARLY + dt.timedelta(days=1)
WHOLE = village.cadre("county_cadre", f"{COUNTY}/")
EAST = village.cadre("town_cadre", f"{COUNTY}/100/")
LEADER = village.cadre("leader", f"{COUNTY}/")


def place(z: int, which: int = 0) -> tuple[int, int, int]:
    """Return the tile of a zoom that holds the middle of a village."""
    lon, lat = WEST + which * village.APART + village.WIDE / 2, NORTH - village.HIGH / 2
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lon + 180) / 360 * 2**z), int(y * 2**z)


def layers(store: Store, actor: Actor, z: int, which: int = 0) -> dict[str, ReadLayer]:
    with store.read() as db:
        body = tiles.tile(store, db, actor, *place(z, which))
    return read_tile(gzip.decompress(body))


def codes(layer: ReadLayer | None) -> set[str]:
    return {f.properties["code"] for f in layer.features} if layer else set()


def kept(store: Store) -> list[tuple[int, str]]:
    with store.read() as db:
        return [tuple(row) for row in db.run.execute(text("SELECT z, scope FROM tile ORDER BY z, scope"))]


def test_levels_come_with_the_zoom(published: Store) -> None:
    """Villages from afar, 邻 from near, homes and the river nearer still."""
    assert set(layers(published, WHOLE, 9)) >= {"county", "town", "village", "label"}
    assert "lin" not in layers(published, WHOLE, 9)
    near = layers(published, WHOLE, 16)
    assert {"lin", "home", "barrier"} <= set(near)
    assert {f.properties["state"] for f in near["lin"].features} == {"ok"}
    assert {f.properties["stack"] for f in near["home"].features} == {1}


def test_each_reader_gets_what_they_may_see(published: Store) -> None:
    """The same tile for three readers: homes for cadres, none for a leader, nothing of another town for a town's."""
    for z in (9, 13, 15):
        for which in (0, 1):
            seen = {name: layers(published, actor, z, which) for name, actor in
                    (("whole", WHOLE), ("east", EAST), ("leader", LEADER))}  # fmt: skip
            assert ("home" in seen["whole"]) == (z >= 14)
            assert "home" not in seen["leader"]
            for layer in seen["east"].values():
                if layer.name in ("town", "village", "pian", "zu", "lin"):
                    assert all(code.startswith(("439901100", "439901000")) for code in codes(layer))
                if layer.name == "home":
                    assert all(code.startswith("E") for code in codes(layer))
    assert codes(layers(published, WHOLE, 9)["village"]) == set(village.VILLAGES)


def test_tiles_are_kept_by_scope(published: Store) -> None:
    """A second ask is answered from the cache; a reader of another scope never gets a tile kept for the first."""
    place_9 = place(9)
    with published.read() as db:
        first = tiles.tile(published, db, WHOLE, *place_9)
    assert kept(published) == [(9, f"{COUNTY}/|{COUNTY}/")]
    with published.read() as db:
        assert tiles.tile(published, db, WHOLE, *place_9) == first
        assert tilecache.get(db, *place_9, tiles.scope_key(LEADER)) is None
        tiles.tile(published, db, EAST, *place_9)
        tiles.tile(published, db, LEADER, *place_9)
    assert [scope for _, scope in kept(published)] == [
        f"{COUNTY}/100/|{COUNTY}/100/", f"{COUNTY}/|", f"{COUNTY}/|{COUNTY}/",
    ]  # fmt: skip


def test_publishing_forgets_the_tiles_of_its_village_alone(drafted: Store) -> None:
    """Tiles that draw the village are made anew, at every zoom; those of the other village stay."""
    for which in (0, 1):
        for z in (9, 15):
            layers(drafted, WHOLE, z, which)
    assert [z for z, _ in kept(drafted)] == [9, 15, 15]
    with drafted.read() as db:
        plan_id = ledger.newest_drafts(db, OPERATOR, DAY)[0]
        other = tilecache.get(db, *place(15, 1), tiles.scope_key(WHOLE))
    village.publish_one(drafted, plan_id, DAY)
    with drafted.read() as db:
        assert tilecache.get(db, *place(15, 1), tiles.scope_key(WHOLE)) == other
        assert tilecache.get(db, *place(15), tiles.scope_key(WHOLE)) is None
        assert tilecache.get(db, *place(9), tiles.scope_key(WHOLE)) is None
    assert len(layers(drafted, WHOLE, 15)["lin"].features) == 4
    with drafted.read() as db:
        publication = ledger.list_publications(db, OPERATOR, DAY, "", 1)["items"][0]["id"]
    with drafted.write() as db:
        plans.undo(db, OPERATOR, DAY, publication)
    assert "lin" not in layers(drafted, WHOLE, 15)


def test_an_import_forgets_every_tile(drawn: Store) -> None:
    """New homes change counts up to the county."""
    layers(drawn, WHOLE, 9)
    with drawn.write() as db:
        take_households(db, OPERATOR, DAY, village.home_frame().iloc[[0]].assign(code="E900"))
    assert kept(drawn) == []
    (county,) = layers(drawn, WHOLE, 9)["county"].features
    assert county.properties["homes"] == 63


def test_a_stale_tile_is_never_kept(drafted: Store) -> None:
    """A tile read before a publication and finished after it is answered once and not kept."""
    with drafted.read() as db:
        plan_id = ledger.newest_drafts(db, OPERATOR, DAY)[0]

    def overtaken(*args: Any) -> Any:
        found = real(*args)
        village.publish_one(drafted, plan_id, DAY)
        return found

    real = tiles._layers
    tiles._layers, before = overtaken, real
    try:
        assert "lin" not in layers(drafted, WHOLE, 15)
    finally:
        tiles._layers = before
    assert kept(drafted) == []
    assert "lin" in layers(drafted, WHOLE, 15)


def test_a_tile_waits_for_no_writer(published: Store) -> None:
    """While somebody takes a county in, a tile is answered at once, though it cannot be kept."""
    with published.write() as db:
        db.run.execute(text("UPDATE setting SET value = value WHERE key = 'zone_lon'"))
        began = threading.Event()
        done: list[int] = []

        def ask() -> None:
            began.set()
            done.append(len(layers(published, WHOLE, 9)))

        reader = threading.Thread(target=ask)
        reader.start()
        began.wait()
        reader.join(5)
        assert done


def test_many_readers_ask_for_one_tile(published: Store) -> None:
    """The first ask of several readers at once fails for none of them."""
    together = threading.Barrier(6)
    ended: list[Any] = []

    def ask() -> None:
        together.wait()
        try:
            ended.append(len(layers(published, WHOLE, 15)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            ended.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ended)) == 1
    assert isinstance(ended[0], int)


def test_a_plans_own_tile(drafted: Store) -> None:
    """A plan is drawn from its own units before it is published; nothing of it is kept."""
    with drafted.read() as db:
        plan = plans.show(db, WHOLE, DAY, ledger.newest_drafts(db, OPERATOR, DAY)[0])
        body = tiles.plan_tile(db, WHOLE, plan, *place(15))
        elsewhere = tiles.plan_tile(db, LEADER, plan, *place(15, 1))
    found = read_tile(gzip.decompress(body))
    assert len(found["lin"].features) == 4
    assert len(found["home"].features) == 31
    assert set(read_tile(gzip.decompress(elsewhere))) == {"barrier"}
    assert kept(drafted) == []


@pytest.mark.parametrize("where", [(21, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_that_is_not(published: Store, where: tuple[int, int, int]) -> None:
    """Places outside the grid are refused by name."""
    with pytest.raises(Problem) as refused, published.read() as db:
        tiles.tile(published, db, WHOLE, *where)
    assert refused.value.code == "tile.out_of_range"
