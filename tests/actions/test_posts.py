"""Posts as people look at them, and the contact chain up and down."""

from __future__ import annotations

from typing import Any

import pytest

from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.store import audit, households
from geodata.store.database import Store
from survey.actions import contacts, posts
from survey.actions.contacts import Spot
from tests import people, village
from tests.actions.test_officers import refusal
from tests.people import DAY, VILLAGE_PATHS, level_ids, name
from tests.village import COUNTY, TOWNS, VILLAGES

CADRE = village.cadre("village_cadre", VILLAGE_PATHS[0])
LEADER = village.cadre("leader", "439901000000/")


@pytest.fixture
def made(published: Store) -> dict[str, str]:
    """The people of the first village: the chiefs of its 片, first 组 and first 邻 hold their posts."""
    found = people.settle(published, team={"village": {"lawyer": 1}})
    name(published, level_ids(published, "lin")[0], found["lin0"], acting=True)
    name(published, level_ids(published, "zu")[0], found["zu0"])
    name(published, level_ids(published, "pian")[0], found["pian0"])
    return found


def page(store: Store, unit: str = COUNTY, level: str = "", state: str = "", after: str = "", limit: int = 50) -> Any:
    with store.read() as db:
        return posts.page(db, OPERATOR, DAY[2], village.unit_id(store, unit), level, state, after, limit)


def test_posts_are_listed_by_level_and_state(published: Store, made: dict[str, str]) -> None:
    """Held and vacant are counted by level; a page ends where the next begins; unknown words are refused."""
    found = page(published, level="lin", state="vacant")
    assert (len(found["items"]), found["next"]) == (7, None)
    assert found["counts"] == {"lin": {"posts": 8, "held": 1, "vacant": 7}, "zu": {"posts": 6, "held": 1, "vacant": 5},
                               "pian": {"posts": 2, "held": 1, "vacant": 1}}  # fmt: skip
    (one,) = page(published, level="lin", state="held")["items"]
    (chief,) = one["posts"]
    assert (chief["post"], chief["seats"], chief["vacant"], chief["holders"][0]["acting"]) == ("chief", 1, 0, True)
    first = page(published, level="lin", limit=3)
    rest = page(published, level="lin", after=first["next"], limit=50)
    assert len(first["items"]) + len(rest["items"]) == 8
    assert page(published, VILLAGES[0], "village")["items"][0]["posts"][0]["vacant"] == 1
    for more in ({"state": "x"}, {"level": "county"}):
        assert refusal(page, published, **more) in ("post.unknown_state", "appoint.no_level")


def test_names_and_numbers_are_by_right(published: Store, made: dict[str, str]) -> None:
    """A cadre reads names and masked telephones, a leader surnames alone."""
    lin = level_ids(published, "lin")[0]
    with published.read() as db:
        seen = posts.of_unit(db, CADRE, DAY[2], lin)
        told = posts.of_unit(db, LEADER, DAY[2], lin)
        assert refusal(posts.of_unit, db, village.cadre("leader", VILLAGE_PATHS[1]), DAY[2], lin) == "unit.not_found"
    assert seen["posts"][0]["holders"][0]["officer"] == {"id": made["lin0"], "name": "邻某0", "phone": "199****0000"}
    assert told["posts"][0]["holders"][0]["officer"] == {"id": made["lin0"], "name": "邻**", "phone": ""}
    assert (len(seen["history"]), told["history"], told["handovers"]) == (1, [], [])
    assert (seen["may_appoint"], told["may_appoint"], seen["elected"], seen["pool"]) == (True, False, False, [])
    assert seen["answering"]["stands_in"] is False


def test_the_tree_of_a_village_shows_what_is_vacant(published: Store, made: dict[str, str]) -> None:
    """Village, 片, 组 and 邻 in the order of a tree; a town has no one tree."""
    with published.read() as db:
        tree = posts.tree(db, CADRE, DAY[2], village.unit_id(published, VILLAGES[0]))
        assert refusal(posts.tree, db, OPERATOR, DAY[2], village.unit_id(published, TOWNS[0])) == "tree.too_large"
        assert refusal(posts.tree, db, CADRE, DAY[2], village.unit_id(published, VILLAGES[1])) == "unit.not_found"
    levels = [item["unit"]["level"] for item in tree["items"]]
    assert (levels[0], levels.count("pian"), levels.count("zu"), levels.count("lin")) == ("village", 1, 3, 4)
    paths = [item["unit"]["path"] for item in tree["items"]]
    assert paths == sorted(paths)
    assert tree["vacant"] == 1 + 2 + 3


def test_vacancies_are_points_for_the_map(published: Store, made: dict[str, str]) -> None:
    """GeoJSON of one level within the reader's ground."""
    with published.read() as db:
        found = posts.vacancies(db, CADRE, DAY[2], "", "lin")
        everywhere = posts.vacancies(db, LEADER, DAY[2], "", "")
    assert (found["type"], len(found["features"]), found["partial"], found["without_place"]) == (
        "FeatureCollection", 3, False, 0,
    )  # fmt: skip
    assert len(everywhere["features"]) == 7
    lon, lat = found["features"][0]["geometry"]["coordinates"]
    assert village.border(0).contains(village.shapely.Point(lon, lat))


def home_in(store: Store, unit_id: str) -> str:
    with store.read() as db:
        return next(row.id for row in households.under(db, "") if row.unit_id == unit_id)


def test_the_chain_leads_from_a_home_a_unit_or_a_point(published: Store, made: dict[str, str]) -> None:
    """邻长, 组长, 片长, village and above, with whom to ask while a post is vacant; the same from all three."""
    first, vacant = level_ids(published, "lin")[0], level_ids(published, "lin")[-1]
    home = home_in(published, first)
    with published.read() as db:
        row = households.one(db, EVERYWHERE, home)
        lon, lat = village.shapely.from_wkb(row.geom).coords[0]
        chains = [
            contacts.chain(db, CADRE, DAY[2], spot) for spot in (Spot(home), Spot("", first), Spot("", "", (lon, lat)))
        ]
        other = contacts.chain(db, CADRE, DAY[2], Spot("", vacant))
    assert chains[0] == chains[1] == chains[2]
    steps = chains[0]["steps"]
    assert [step["level"] for step in steps] == ["lin", "zu", "pian", "village", "town", "county"]
    assert [step["chief"][0]["officer"]["id"] for step in steps[:3]] == [made["lin0"], made["zu0"], made["pian0"]]
    assert (steps[0]["chief"][0]["officer"]["phone"], chains[0]["masked"]) == ("199****0000", True)
    assert (other["steps"][0]["vacant"], other["answering"]["stands_in"]) == (True, True)
    assert other["answering"]["holder"]["officer"]["id"] == made["pian0"]


def test_numbers_to_call_ask_for_a_reason_and_leave_a_row(published: Store, made: dict[str, str]) -> None:
    """Who may unmask there reads the numbers once the audit tells why; nobody else does."""
    first = level_ids(published, "lin")[0]
    with published.write() as db:
        assert refusal(contacts.call, db, CADRE, DAY[2], Spot("", first), "") == "unmask.no_reason"
        assert refusal(contacts.call, db, LEADER, DAY[2], Spot("", first), "打电话") == "unit.not_found"
        told = contacts.call(db, CADRE, DAY[2], Spot("", first), "通知开会")
        row = audit.page(db, EVERYWHERE, None, 1)[0][0]
    assert told["steps"][0]["chief"][0]["officer"]["phone"] == "19900000000"
    assert (row.act, row.object, row.detail["reason"]) == ("contacts.unmasked", first, "通知开会")
    assert row.detail["officers"] == [made["lin0"], made["zu0"], made["pian0"]]


def test_a_chain_ends_at_the_readers_border(published: Store, made: dict[str, str]) -> None:
    """Another village's home, unit or point, and one named by nothing, are refused."""
    there = level_ids(published, "lin", 1)[0]
    home = home_in(published, there)
    place = (village.WEST + village.APART + 0.0004, village.NORTH - 0.0004)
    with published.read() as db:
        for spot, code in (
            (Spot(home), "household.not_found"), (Spot("", there), "unit.not_found"), (Spot(), "contact.no_spot"),
            (Spot("", "", place), "locate.outside"),
        ):  # fmt: skip
            assert refusal(contacts.chain, db, CADRE, DAY[2], spot) == code
        assert refusal(contacts.chain, db, LEADER, DAY[2], Spot(home)) == "household.not_found"


def test_down_from_a_chief_to_the_homes(published: Store, made: dict[str, str]) -> None:
    """Each unit of a chief, the first one's homes page by page; nobody else's units, and none where none is held."""
    first = level_ids(published, "lin")[0]
    with published.read() as db:
        found = contacts.homes_of(db, CADRE, DAY[2], made["lin0"], "", "", 50)
        none = contacts.homes_of(db, CADRE, DAY[2], made["lin1"], "", "", 50)
        assert (
            refusal(contacts.homes_of, db, CADRE, DAY[2], made["lin0"], level_ids(published, "lin")[1], "", 5)
            == "unit.not_found"
        )
        assert refusal(contacts.homes_of, db, LEADER, DAY[2], made["lin0"], "", "", 5) == "officer.not_found"
    assert (found["unit"], found["total"], len(found["items"])) == (first, found["total"], found["total"])
    assert [row["id"] for row in found["units"]] == [first]
    assert all("*" in item["address"] for item in found["items"])
    assert (none["units"], none["total"]) == ([], 0)
