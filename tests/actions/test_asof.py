"""The published net as of a moment: lists, cards, tiles, search and exports tell what was, to who may see it today."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geodata.actions import browse, plans, tiles
from geodata.actions.export import export
from geodata.actions.take_households import take_households
from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, households, tilecache, units
from geodata.store.database import Store
from tests import village
from tests.actions.test_tiles import kept, place
from tests.rules.tile_reader import read_tile
from tests.village import COUNTY, EARLY, VILLAGES, Clock

TICK = dt.timedelta(microseconds=1)
BEFORE = EARLY + dt.timedelta(hours=1, minutes=30)  # homes and plans are there, nothing is published
FIRST = EARLY + dt.timedelta(hours=3)  # both villages are
NOON = EARLY + dt.timedelta(days=1, hours=4)  # of the day on which the first village is published twice more
LATER = NOON + dt.timedelta(days=1)
WHOLE = village.cadre("county_cadre", f"{COUNTY}/")
EAST = village.cadre("town_cadre", f"{COUNTY}/100/")
WEST = village.cadre("town_cadre", f"{COUNTY}/101/")
LEADER = village.cadre("leader", f"{COUNTY}/")


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*args)
    return refused.value.code


@pytest.fixture
def twice(published: Store) -> Store:
    """The tiny county, its first village published twice more at one noon, each time with one home more."""
    for n, code in enumerate(("E901", "E902")):
        frame = village.home_frame().iloc[[n]].assign(code=code)
        with published.write() as db:
            take_households(db, OPERATOR, NOON, frame)
        plan_id = village.draft_one(published, VILLAGES[0], Clock(NOON), seed=3 + n)
        village.publish_one(published, plan_id, NOON, f"第{n + 1}次")
    return published


def moments(store: Store) -> list[dt.datetime]:
    """Return when the first village became what it was: both later publications are of one noon, in order."""
    with store.read() as db:
        card = browse.show_unit(db, WHOLE, LATER, village.unit_id(store, VILLAGES[0]))
    return [entry.at for entry in reversed(card["history"]) if entry.kind == "publish"]


def lin(store: Store, actor: Actor, at: dt.datetime | None) -> dict[str, int]:
    """Return the homes of each 邻 of the first village by code, going down the tree as a reader does."""
    found: dict[str, int] = {}
    with store.read() as db:
        rows = browse.children(db, actor, LATER, "", "", 200, at)["items"]
        while rows:
            row = rows.pop()
            if row["level"] == "lin" and row["code"].startswith(VILLAGES[0]):
                found[row["code"]] = row["homes"]
            rows += browse.children(db, actor, LATER, row["id"], "", 200, at)["items"]
    return found


def drawn(store: Store, actor: Actor, at: dt.datetime | None, z: int = 16) -> dict[str, dict[str, Any]]:
    """Return what a tile draws, by layer: the homes of each unit by code, and the codes of the homes."""
    with store.read() as db:
        read = read_tile(gzip.decompress(tiles.tile(store, db, actor, *place(z), at)))
    return {name: {f.properties["code"]: f.properties.get("homes") for f in layer.features}
            for name, layer in read.items() if name not in ("label", "barrier")}  # fmt: skip


def test_one_noon_keeps_its_order(twice: Store) -> None:
    """Two publications of one moment are a tick apart; the net between them is the first of the two."""
    first, second, third = moments(twice)
    assert first < NOON <= second < third < NOON + dt.timedelta(seconds=1)
    asked = (NOON - TICK, second - TICK, second, third - TICK, third, None)
    assert [sum(lin(twice, EAST, at).values()) for at in asked] == [31, 32, 32, 33, 33, 33]
    with twice.read() as db:
        cards = [browse.show_unit(db, EAST, LATER, village.unit_id(twice, VILLAGES[0]), at) for at in asked]
        last = [card["history"][0].at for card in cards]
    assert last == [first, first, second, second, third, third]


def test_every_way_of_asking_tells_the_same(twice: Store, tmp_path: Path) -> None:
    """Tree, card, list of homes, tile and export agree at each moment, and the end agrees with now."""
    village_id = village.unit_id(twice, VILLAGES[0])
    for n, at in enumerate((BEFORE, FIRST, *moments(twice)[1:], LATER)):
        tree = lin(twice, WHOLE, at)
        assert bool(tree) == (at != BEFORE)
        with twice.read() as db:
            card = browse.show_unit(db, WHOLE, LATER, village_id, at)
            page = browse.homes_in(db, WHOLE, LATER, village_id, "", 200, at)
            opened = browse.county(db, WHOLE, LATER, at)
        assert card["homes"] == page["total"] == len(page["items"]) == 31 + max(0, min(n - 1, 2))
        assert (opened["counts"]["homes"], opened["counts"]["lin"]) == (card["homes"] + 31, len(tree) + 4 * bool(tree))
        assert (card["as_of"], opened["as_of"]) == (at, at)
        in_tile = drawn(twice, WHOLE, at)
        assert {k: v for k, v in in_tile.get("lin", {}).items() if k.startswith(VILLAGES[0])} == tree
        assert set(in_tile["home"]) <= {row["code"] for row in page["items"]}
        file = tmp_path / f"{n}.gpkg"
        with twice.write() as db:
            export(db, WHOLE, LATER, file, ("lin", "households"), VILLAGES[0], at)
            (noted, *_), _ = audit.page(db, EVERYWHERE, object=file.name)
        assert noted.detail["as_of"] == at.isoformat()
        told = gpd.read_file(file, layer="lin")
        assert tree == dict(zip(told["code"], told["homes"], strict=True))
        assert len(gpd.read_file(file, layer="households")) == card["homes"]
    assert lin(twice, WHOLE, LATER) == lin(twice, WHOLE, None)
    assert drawn(twice, WHOLE, LATER) == drawn(twice, WHOLE, None)


def test_counts_are_of_the_memberships_then(published: Store) -> None:
    """A home that came without a new version of its unit is not counted as of before it came."""
    frame = village.home_frame().iloc[[0]].assign(code="E900")
    with published.write() as db:
        take_households(db, OPERATOR, NOON, frame)
    with published.read() as db:
        home = households.one(db, EVERYWHERE, households.digests(db)["E900"][0])
        for at, more in ((None, 1), (NOON, 1), (NOON - TICK, 0)):
            card = browse.show_unit(db, EAST, LATER, home.unit_id, at)
            (row,) = [r for r in browse.children(db, EAST, LATER, card["parent_id"], "", 200, at)["items"]
                      if r["id"] == home.unit_id]  # fmt: skip
            here = browse.locate(db, EAST, LATER, *village_place(), at)["unit"]
            assert (
                card["homes"]
                == row["homes"]
                == here["homes"]
                == len(browse.homes_in(db, EAST, LATER, home.unit_id, "", 200, at)["items"])
            )
            assert card["homes"] == browse.show_unit(db, EAST, LATER, home.unit_id)["homes"] - 1 + more


def village_place() -> tuple[float, float]:
    """Return where the first home stands."""
    point = village.home_frame().geometry.iloc[0]
    return point.x, point.y


def test_violations_are_of_today(published: Store) -> None:
    """As of a moment neither list nor card says anything of broken rules, not even that there are none."""
    with published.read() as db:
        row = units.with_level(db, "", Level.LIN)[0]
        card = browse.show_unit(db, WHOLE, LATER, row.id, FIRST)
        listed = browse.children(db, WHOLE, LATER, "", "", 9, FIRST)["items"][0]
    assert not {"problems", "errors", "violations"} & (card.keys() | listed.keys())
    assert card["state"] == "ok"


def test_the_past_unmasks_nothing(published: Store) -> None:
    """A home's card of then is masked, tells its chain of then, and offers no unmasking."""
    with published.read() as db:
        home_id = households.digests(db)["E000"][0]
        was = browse.show_household(db, EAST, LATER, home_id, at=BEFORE)
        now = browse.show_household(db, EAST, LATER, home_id)
    assert ([step["level"] for step in was["chain"]][-1], now["chain"][-1]["level"]) == ("zu", "lin")
    assert (was["masked"], was["may_unmask"], now["may_unmask"], "*" in was["phone"]) == (True, False, True, True)
    assert "as_of" not in now


def test_search_finds_what_was(twice: Store) -> None:
    """A home that came later is not found before, a 邻 that was not drawn yet neither; the chain is of then."""
    with twice.read() as db:
        for at, found in ((FIRST, 0), (LATER, 1)):
            assert len(browse.find(db, EAST, LATER, "E901", 9, at=at)) == found
        lin_code = next(row.code for row in units.with_level(db, "", Level.LIN) if row.code.startswith(VILLAGES[0]))
        for at, found in ((BEFORE, 0), (FIRST, 1)):
            assert len(browse.find(db, EAST, LATER, lin_code, 9, at=at)) == found
        (home,) = browse.find(db, EAST, LATER, "E000", 9, at=BEFORE)
        assert "东溪村" in home["detail"]


def test_who_left_a_ground_is_not_seen_by_way_of_the_past(published: Store) -> None:
    """Of a home that went to the other town neither town sees what was, and a leader sees no home at all."""
    gone = village.home_frame(1).iloc[[0]].assign(code="E000")
    with published.write() as db:
        take_households(db, OPERATOR, NOON, gone)
    with published.read() as db:
        home_id = households.digests(db)["E000"][0]
        assert browse.show_household(db, WEST, LATER, home_id)["code"] == "E000"
        village_id = village.unit_id(published, VILLAGES[0])
        for actor in (EAST, WEST, LEADER):
            card = functools.partial(browse.show_household, at=FIRST)
            assert refusal(card, db, actor, LATER, home_id) == "household.not_found"
            assert browse.find(db, actor, LATER, "E000", 9, at=FIRST) == []
            assert "E000" not in drawn(published, actor, FIRST).get("home", {})
        assert browse.show_household(db, WHOLE, LATER, home_id, at=FIRST)["chain"][1]["name"] == "东溪镇"
        page = browse.homes_in(db, EAST, LATER, village_id, "", 200, FIRST)
        assert (page["total"], len(page["items"])) == (31, 30)


def test_a_village_that_moved_is_only_the_countys_then(published: Store, tmp_path: Path) -> None:
    """Neither town has its card, tile, place or export as of before the move; the county has them as they were."""
    with published.write() as db:
        other = units.by_code(db, [village.TOWNS[1]])[village.TOWNS[1]]
        units.move(db, f"{COUNTY}/100/001/", f"{COUNTY}/101/002/", other.id, NOON)
        plans.refresh_tiles(db, "")
    village_id = village.unit_id(published, VILLAGES[0])
    with published.write() as db:
        assert browse.show_unit(db, WEST, LATER, village_id)["homes"] == 31
        for actor in (EAST, WEST):
            assert refusal(browse.show_unit, db, actor, LATER, village_id, FIRST) == "unit.not_found"
            assert refusal(browse.homes_in, db, actor, LATER, village_id, "", 9, FIRST) == "unit.not_found"
            to = tmp_path / "x.gpkg"
            assert refusal(export, db, actor, LATER, to, ("lin",), VILLAGES[0], FIRST) == "unit.not_found"
            shown = [code for layer in drawn(published, actor, FIRST).values() for code in layer]
            assert not [code for code in shown if code.startswith(("E", VILLAGES[0]))]
        assert browse.locate(db, EAST, LATER, *village_place(), FIRST)["unit"]["level"] == "town"
        was = browse.show_unit(db, WHOLE, LATER, village_id, FIRST)
        assert (was["chain"][1]["name"], was["homes"]) == ("东溪镇", 31)
    assert drawn(published, WHOLE, FIRST)["village"] == {VILLAGES[0]: 31}


def test_a_tile_of_then_is_never_kept(twice: Store) -> None:
    """It neither comes from the cache nor goes into it, and does not pass for the tile of now."""
    with twice.write() as db:
        tilecache.drop(db)
    was = drawn(twice, WHOLE, FIRST)
    assert kept(twice) == []
    now = drawn(twice, WHOLE, None)
    assert len(kept(twice)) == 1
    assert was != now == drawn(twice, WHOLE, None)
    assert drawn(twice, WHOLE, FIRST) == was
    for z in (8, 10, 12, 14):
        assert drawn(twice, WHOLE, BEFORE, z).keys() & {"pian", "lin"} == set()


def test_before_the_county_there_was_nothing(published: Store) -> None:
    """As of a year ago the map opens empty, without an invitation to import."""
    at = EARLY - dt.timedelta(days=365)
    with published.read() as db:
        opened = browse.county(db, WHOLE, LATER, at)
        assert (opened["counts"]["homes"], opened["county"]["id"], opened["empty"]) == (0, None, False)
        assert browse.children(db, WHOLE, LATER, "", "", 9, at)["items"] == []
        assert refusal(browse.locate, db, WHOLE, LATER, *village_place(), at) == "locate.outside"
    assert drawn(published, WHOLE, at) == {}
