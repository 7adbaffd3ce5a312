"""Which unit a home joins: the village and 组 it names, else the ones it stands in; nowhere is a place too."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pytest

from geodata.actions import adopt as adopting
from geodata.actions import browse
from geodata.actions.adopt import adopt
from geodata.actions.take_households import take_households
from geodata.actions.take_units import take_units
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import households, units
from geodata.store.database import Store
from tests import village
from tests.village import COUNTY, EARLY, VILLAGES

DAY = EARLY + dt.timedelta(days=1)


def bring(store: Store, **columns: object) -> str:
    """Bring one home in, standing where the first of 甲组 stands, and return the path of its unit or ""."""
    frame: gpd.GeoDataFrame = village.home_frame().iloc[[0]].assign(code="X1", **columns)
    with store.write() as db:
        take_households(db, OPERATOR, DAY, frame)
        found = households.one(db, EVERYWHERE, households.digests(db)["X1"][0])
    return str(found.path)


EAST = f"{COUNTY}/100/001/"
WESTERN = f"{COUNTY}/101/001/"


@pytest.mark.parametrize(("columns", "path"), [
    ({}, f"{EAST}0003/"),
    ({"zu": ""}, EAST),
    ({"village": "西溪村"}, f"{WESTERN}0003/"),
    ({"village": "", "zu": "丙组"}, f"{EAST}0001/"),
    ({"zu": "丁组"}, f"{EAST}0004/"),
    ({"zu": f"{VILLAGES[0]}0002"}, f"{EAST}0002/"),
    ({"village": "无此村"}, ""),
])  # fmt: skip
def test_a_home_joins_what_it_names(drawn: Store, columns: dict[str, str], path: str) -> None:
    """Village by code, by name, by place; 组 by name or code, made where it is new; an unknown village: nowhere."""
    assert bring(drawn, **columns) == path


@pytest.mark.parametrize(("zu", "level"), [("甲组", "lin"), ("", "lin"), ("丙组", "zu")])
def test_in_a_published_net_it_joins_its_group(published: Store, zu: str, level: str) -> None:
    """Where its own 组 (or none named) has a 邻 around it, that is where it goes; never into another 组's."""
    path = bring(published, zu=zu)
    with published.read() as db:
        assert units.chain(db, path)[-1].level == level


def test_two_villages_of_one_name(drawn: Store) -> None:
    """A name that two villages bear decides nothing; the home is kept in no unit."""
    rows = [("439901100901", "同名村", None), ("439901100902", "同名村", None)]
    with drawn.write() as db:
        take_units(db, OPERATOR, EARLY, village.unit_frame(rows), Level.VILLAGE)
    assert bring(drawn, village="同名村") == ""


def test_a_home_outside_every_village_is_kept(drawn: Store) -> None:
    """It is counted, listed and shown to who sees the whole county, and to nobody else."""
    frame = village.home_frame().iloc[[0]].assign(code="X1", village="", zu="")
    frame = frame.set_geometry(frame.geometry.translate(0.01, 0))
    with drawn.write() as db:
        take_households(db, OPERATOR, DAY, frame)
    with drawn.read() as db:
        home_id = households.digests(db)["X1"][0]
        assert [row.id for row in households.unplaced(db, "", 10)] == [home_id]
        for path in ("", f"{COUNTY}/"):
            county = village.cadre("county_cadre", path)
            assert browse.county(db, county, DAY)["counts"]["homes_unassigned"] == 1
            card = browse.show_household(db, county, DAY, home_id)
            assert (card["chain"], card["may_unmask"], card["head_name"]) == ([], True, "张**")
        town = village.cadre("town_cadre", f"{COUNTY}/100/")
        assert browse.county(db, town, DAY)["counts"]["homes_unassigned"] == 0
        with pytest.raises(Problem) as refused:
            browse.show_household(db, town, DAY, home_id)
    assert refused.value.code == "household.not_found"


def test_more_groups_than_two_digits(drawn: Store) -> None:
    """A village whose list names 120 组 gets 120, each with a code of its own."""
    base = village.home_frame()
    frame = gpd.GeoDataFrame(base.iloc[[n % 31 for n in range(120)]].reset_index(drop=True), crs=base.crs)
    frame["code"] = [f"B{n:05d}" for n in range(120)]
    frame["zu"] = [f"第{n}组" for n in range(120)]
    with drawn.write() as db:
        take_households(db, OPERATOR, DAY, frame)
        rows = list(units.with_level(db, EAST, Level.ZU))
    assert len(rows) == len({row.code for row in rows}) == len({row.path for row in rows}) == 123


def test_a_code_once_freed_is_not_given_twice(drawn: Store) -> None:
    """With the middle 组 gone, a new one fills its number and never doubles the last one's."""
    with drawn.write() as db:
        middle = next(row for row in units.with_level(db, EAST, Level.ZU) if row.code.endswith("0002"))
        units.end(db, [middle.id], DAY)
    bring(drawn, zu="丁组")
    with drawn.read() as db:
        codes = [row.code[-4:] for row in units.with_level(db, EAST, Level.ZU)]
    assert codes == ["0001", "0002", "0003"]


def test_only_the_homes_asked_for(drawn: Store) -> None:
    """Adopting some ids leaves others where they are."""
    with drawn.write() as db:
        homes = [home.id for home in households.under(db, EAST)]
        households.leave(db, homes, DAY)
        assert adopt(db, DAY + dt.timedelta(seconds=1), homes[:3]) == 3
        assert households.count_unplaced(db) == 28
        assert adopt(db, DAY + dt.timedelta(seconds=1), ["none"]) == 0


def test_part_by_part_is_as_at_once(published: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Homes looked at seven at a time find the units they find together, new 组 are made once, the lost ones stay."""
    with published.write() as db:
        homes = {home.id: home.unit_id for home in households.under(db, "")}
        lost = village.home_frame().iloc[:9].assign(village="无此村")
        lost["code"] = [f"L{n}" for n in range(9)]
        new = village.home_frame(1).assign(zu="丁组")
        new["code"] = [f"N{n}" for n in range(31)]
        take_households(db, OPERATOR, DAY, lost)
        households.leave(db, list(homes), DAY + dt.timedelta(hours=1))
        monkeypatch.setattr(adopting, "_AT_ONCE", 7)
        assert adopt(db, DAY + dt.timedelta(hours=2)) == len(homes)
        assert {home.id: home.unit_id for home in households.under(db, "")} == homes
        take_households(db, OPERATOR, DAY + dt.timedelta(hours=3), new)
        assert [row.homes for row in units.with_level(db, WESTERN, Level.ZU) if row.name == "丁组"] == [31]
        assert households.count_unplaced(db) == 9
