"""Looking at the net within one's scope: a reader of one town never meets the other, by whatever way they look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from geodata.actions import browse, ledger, plans
from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level, Violation
from geodata.store import audit, households, units, violations
from geodata.store.database import Db, Store
from tests import village
from tests.village import COUNTY, EARLY, STEP, TOWNS, VILLAGES, WEST, Clock

DAY = EARLY + dt.timedelta(days=1)
EAST = village.cadre("town_cadre", f"{COUNTY}/100/", "east")
WHOLE = village.cadre("county_cadre", f"{COUNTY}/", "county")
LEADER = village.cadre("leader", f"{COUNTY}/100/", "leader")
FIRST_HOME = (WEST + STEP / 2, village.NORTH - STEP / 2)
THERE = (FIRST_HOME[0] + village.APART, FIRST_HOME[1])


def refusal(call: Callable[..., Any], *args: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*args)
    return refused.value.code


def of_west(db: Db) -> list[Any]:
    return [row for level in Level for row in units.with_level(db, f"{COUNTY}/101/", level)]


def test_the_tree_begins_where_one_may_see(published: Store) -> None:
    """The county's readers begin at the county, a town's at the town; counts and boxes are of what they see."""
    with published.read() as db:
        assert [row["code"] for row in browse.children(db, WHOLE, DAY, "", "", 50)["items"]] == [COUNTY]
        page = browse.children(db, EAST, DAY, "", "", 50)
        assert ([row["code"] for row in page["items"]], page["total"], page["next"]) == ([TOWNS[0]], 1, None)
        town = page["items"][0]
        assert (town["homes"], town["children"], town["level"], town["problems"]) == (31, 1, "town", 0)
        assert town["bbox"] == pytest.approx(village.border(0, 0.001).bounds)
        opened = browse.county(db, EAST, DAY)
        counts = {"county": 0, "town": 1, "village": 1, "pian": 1, "zu": 3, "lin": 4, "homes": 31}
        assert opened["counts"] == {**counts, "homes_unassigned": 0}
        assert opened["scope_bbox"] == pytest.approx(village.border(0, 0.001).bounds)
        assert not opened["empty"]
        assert browse.county(db, WHOLE, DAY)["counts"]["homes"] == 62


def test_children_come_page_by_page(published: Store) -> None:
    """Two by two, by code, each once; the total is of all pages."""
    with published.read() as db:
        zu = next(r for r in units.with_level(db, "", Level.PIAN))
        first = browse.children(db, EAST, DAY, zu.id, "", 2)
        rest = browse.children(db, EAST, DAY, zu.id, first["next"], 2)
    codes = [row["code"] for page in (first, rest) for row in page["items"]]
    assert codes == sorted(codes)
    assert (len(codes), first["total"], rest["total"], rest["next"]) == (3, 3, 3, None)


def test_nothing_of_the_other_town_is_there(published: Store) -> None:
    """Every unit and home of the other town is unknown by id, in every way of asking (S-04, S-06)."""
    with published.write() as db:
        there = of_west(db)
        for row in there:
            violations.add(db, "", row.id, row.path, [Violation("gap", row.id)], {row.id: row.path})
    with published.read() as db:
        for row in there:
            assert refusal(browse.show_unit, db, EAST, DAY, row.id) == "unit.not_found"
            assert refusal(browse.children, db, EAST, DAY, row.id, "", 50) == "unit.not_found"
            assert refusal(browse.homes_in, db, EAST, DAY, row.id, "", 50) == "unit.not_found"
            assert refusal(browse.problems, db, EAST, DAY, row.id, "", "", 50) == "unit.not_found"
            assert refusal(ledger.list_plans, db, EAST, DAY, row.id, "", "", 50) == "unit.not_found"
            assert refusal(ledger.unit_by_code, db, EAST, DAY, row.code) == "unit.not_found"
            assert browse.find(db, EAST, DAY, row.code, 50) == []
        for home in households.under(db, f"{COUNTY}/101/"):
            assert refusal(browse.show_household, db, EAST, DAY, home.id) == "household.not_found"
            assert refusal(browse.unmask_household, db, EAST, DAY, home.id, "查看") == "household.not_found"
        assert browse.find(db, EAST, DAY, "西溪", 50) == []
        assert browse.find(db, EAST, DAY, "W0", 50) == []
        assert refusal(browse.locate, db, EAST, DAY, *THERE) == "locate.outside"
        assert browse.problems(db, EAST, DAY, "", "", "", 50) == {"items": [], "next": None, "total": 0}
        assert browse.problems(db, WHOLE, DAY, "", "", "", 50)["total"] == len(there)
        listed = ledger.list_publications(db, EAST, DAY, "", 50)
        assert [entry["unit"]["code"] for entry in listed["items"]] == [VILLAGES[0]]
        assert listed["total"] == 1
        assert ledger.list_publications(db, WHOLE, DAY, "", 50)["total"] == 7


def test_plans_are_of_ones_own_ground(drafted: Store) -> None:
    """The other town's plan, its violations and what it would change are unknown; the list shows one's own."""
    with drafted.read() as db:
        listed = ledger.list_plans(db, EAST, DAY, "", "", "", 50)
        assert ([row["unit"]["code"] for row in listed["items"]], listed["total"]) == ([VILLAGES[0]], 1)
        (other,) = set(ledger.newest_drafts(db, OPERATOR, DAY)) - {row["id"] for row in listed["items"]}
        for ask in (plans.show, plans.changes, ledger.show_plan):
            assert refusal(ask, db, EAST, DAY, other) == "plan.not_found"
        assert ledger.newest_drafts(db, EAST, DAY) == [listed["items"][0]["id"]]


def test_the_county_above_shows_only_ones_own_below(published: Store) -> None:
    """The chain names the county; asking for its children yields one's own town, asking for its card nothing."""
    with published.read() as db:
        top = units.tops(db, EVERYWHERE, "", 1)[0]
        page = browse.children(db, EAST, DAY, top.id, "", 50)
        assert ([row["code"] for row in page["items"]], page["total"]) == ([TOWNS[0]], 1)
        assert refusal(browse.show_unit, db, EAST, DAY, top.id) == "unit.not_found"


def test_a_units_card(published: Store) -> None:
    """A 邻 tells its chain, rule, state, area, centre and what made it what it is."""
    with published.read() as db:
        row = units.with_level(db, "", Level.LIN)[0]
        card = browse.show_unit(db, EAST, DAY, row.id)
    assert [step["level"] for step in card["chain"]] == ["county", "town", "village", "pian", "zu"]
    assert card["rule"] == {"low": 5, "high": 15}
    assert card["state"] == "ok"
    assert card["area_m2"] > 1000
    assert [entry.kind for entry in card["history"]] == ["publish"]
    assert village.border(0).contains(shapely.Point(card["centre"]))


def test_homes_are_masked(published: Store) -> None:
    """In the list numbers of the address are stars; on the card name and telephone too; a leader sees neither."""
    with published.read() as db:
        village_id = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]].id
        page = browse.homes_in(db, EAST, DAY, village_id, "", 20)
        rest = browse.homes_in(db, EAST, DAY, village_id, page["next"], 20)
        assert (len(page["items"]), len(rest["items"]), page["total"], rest["next"]) == (20, 11, 31, None)
        first = page["items"][0]
        assert (first["code"], first["address"]) == ("E000", "东溪村甲组*号")
        assert first["lin_code"].startswith(VILLAGES[0])
        card = browse.show_household(db, EAST, DAY, first["id"])
        assert (card["head_name"], card["phone"], card["masked"]) == ("张**", "138****0000", True)
        assert card["may_unmask"]
        assert [step["level"] for step in card["chain"]] == [level.value for level in Level]
        assert refusal(browse.homes_in, db, LEADER, DAY, village_id, "", 20) == "unit.not_found"
        assert refusal(browse.show_household, db, LEADER, DAY, first["id"]) == "household.not_found"
        assert browse.find(db, LEADER, DAY, "E000", 5) == []


def test_unmasking_is_written_down_first(published: Store) -> None:
    """Without a reason nothing is shown; with one, who, which home, where and why are in the audit, the name is not."""
    with published.read() as db:
        home_id = households.digests(db)["E003"][0]
    for reason in ("", " x "):
        with published.write() as db:
            assert refusal(browse.unmask_household, db, EAST, DAY, home_id, reason) == "unmask.no_reason"
    with published.write() as db:
        card = browse.unmask_household(db, EAST, DAY, home_id, "  入户走访 ")
    assert (card["head_name"], card["phone"], card["address"]) == ("张四东", "13800000003", "东溪村乙组3号")
    with published.read() as db:
        rows, total = audit.page(db, EVERYWHERE, object=home_id)
    assert total == 1
    entry = rows[0]
    assert (entry.act, entry.by, entry.detail) == ("household.unmasked", "id-east", {"reason": "入户走访"})
    assert entry.path.startswith(f"{COUNTY}/100/001/")


def test_finding_by_name_code_and_address(published: Store) -> None:
    """Exact names come first, larger ground before smaller, homes after units; wildcards are plain characters."""
    with published.read() as db:
        found = browse.find(db, WHOLE, DAY, "东溪", 10)
        assert [row["label"] for row in found[:2]] == ["东溪镇", "东溪村"]
        assert {row["kind"] for row in found[2:]} == {"household"}
        assert browse.find(db, WHOLE, DAY, "东溪村", 10)[0]["label"] == "东溪村"
        assert browse.find(db, WHOLE, DAY, VILLAGES[0], 1)[0]["detail"] == f"虚县 · 东溪镇 · {VILLAGES[0]}"
        (home,) = browse.find(db, EAST, DAY, "E010", 10)
        assert (home["kind"], home["label"]) == ("household", "E010")
        assert "乙组**号" in home["detail"]
        assert home["lon"] == pytest.approx(WEST + 5.5 * STEP, abs=0.002)
        for text in ("%", "_", "'", "\\", "", "  ", "' OR 1=1 --"):
            assert browse.find(db, WHOLE, DAY, text, 10) == []


def test_a_point_finds_its_unit(published: Store) -> None:
    """In the village the 邻, with its chain; in the town outside the village the town; beyond, nothing."""
    with published.read() as db:
        found = browse.locate(db, EAST, DAY, *FIRST_HOME)
        home = households.one(db, EVERYWHERE, households.digests(db)["E000"][0])
        assert found["unit"]["id"] == home.unit_id
        assert [step["level"] for step in found["chain"]] == [level.value for level in Level]
        between = (WEST - 0.0005, village.NORTH)
        assert browse.locate(db, EAST, DAY, *between)["unit"]["code"] == TOWNS[0]
        assert refusal(browse.locate, db, WHOLE, DAY, 0.0, 0.0) == "locate.outside"
        edge = units.boxes(db, [units.by_code(db, [found["unit"]["code"]])[found["unit"]["code"]].fid])
        (west, south, east, north) = next(iter(edge.values()))
        middle = (south + north) / 2
        assert browse.locate(db, EAST, DAY, east, middle) == browse.locate(db, EAST, DAY, east, middle)
        assert west < east


def test_an_empty_county_says_so(store: Store) -> None:
    """Before anything came in the map opens all the same, and says that it is empty."""
    with store.read() as db:
        opened = browse.county(db, OPERATOR, DAY)
        assert (opened["empty"], opened["county"]["id"], opened["scope_bbox"]) == (True, None, None)
        assert browse.children(db, OPERATOR, DAY, "", "", 50) == {"items": [], "next": None, "total": 0}


def test_nobody_sees_nothing(published: Store) -> None:
    """An account without a role sees no unit, no home, no plan and no entry."""
    nobody = Actor("x", "x")
    with published.read() as db:
        assert browse.children(db, nobody, DAY, "", "", 50)["items"] == []
        assert browse.find(db, nobody, DAY, "东", 50) == []
        assert refusal(browse.locate, db, nobody, DAY, *FIRST_HOME) == "locate.outside"
        assert ledger.list_plans(db, nobody, DAY, "", "", "", 50)["items"] == []
        assert ledger.list_publications(db, nobody, DAY, "", 50) == {"items": [], "next": None, "total": 0}
        assert browse.county(db, nobody, DAY)["counts"]["homes"] == 0


def test_a_moved_town_is_seen_at_its_new_place(published: Store) -> None:
    """After a redraft the history of a kept 邻 shows both publications, newest first."""
    plan_id = village.draft_one(published, VILLAGES[0], Clock(DAY), seed=3)
    village.publish_one(published, plan_id, DAY + dt.timedelta(hours=1))
    with published.read() as db:
        entries = ledger.list_publications(db, EAST, DAY, "", 50)["items"]
    assert [entry["kind"] for entry in entries] == ["publish", "publish"]
    assert [entry["may_undo"] for entry in entries] in ([True, False], [False, True])
