"""Units come in by code: again, moved, renamed, without towns, without borders, before their county."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geodata.actions import browse
from geodata.actions.setup import zone_of_county
from geodata.actions.take_units import Taken, preview_units, take_units
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.units import Level, Violation
from geodata.store import households, publications, units, violations
from geodata.store.database import Store
from geodata.store.types import shapes_of
from tests import village
from tests.village import COUNTY, EARLY, TOWNS, VILLAGES, border, unit_frame

DAY = EARLY + dt.timedelta(days=1)


def take(store: Store, frame: gpd.GeoDataFrame, level: Level, at: dt.datetime = DAY) -> Taken:
    with store.write() as db:
        return take_units(db, OPERATOR, at, frame, level)


def tree(store: Store) -> dict[str, str]:
    """Return the path of every unit in force by its code."""
    with store.read() as db:
        return {row.code: row.path for level in Level for row in units.with_level(db, "", level)}


def one(store: Store, code: str) -> Any:
    with store.read() as db:
        return units.by_code(db, [code])[code]


def test_a_county_comes_in(drawn: Store) -> None:
    """County, towns and villages lie in each other by path, with areas, label points and dated history."""
    paths = tree(drawn)
    assert paths[COUNTY] == f"{COUNTY}/"
    assert [paths[code] for code in TOWNS] == [f"{COUNTY}/100/", f"{COUNTY}/101/"]
    assert [paths[code] for code in VILLAGES] == [f"{COUNTY}/100/001/", f"{COUNTY}/101/001/"]
    row = one(drawn, VILLAGES[0])
    assert row.area_m2 == pytest.approx(443 * 332, rel=0.02)  # 9 x 50 m by 6 x 55 m, seen on the ground
    assert shapely.contains(village.border(0), shapely.Point(row.label_lon, row.label_lat))
    assert (row.kind, row.homes) == ("rural", 31)
    with drawn.read() as db:
        history = publications.of_unit(db, EVERYWHERE, row.id)
    assert [(entry.kind, entry.reason) for entry in history] == [("import", "village")]


def test_the_same_file_twice_changes_nothing(published: Store) -> None:
    """Loading every file again leaves versions, ledger and shapes alone, also after a net was published on them."""
    with published.read() as db:
        before = [units.with_shapes(db, "", list(Level)), publications.count(db, EVERYWHERE)]
    for level, frame in (
        (Level.COUNTY, village.county_frame()),
        (Level.TOWN, village.town_frame()),
        (Level.VILLAGE, village.village_frame()),
    ):
        taken = take(published, frame, level)
        assert taken.counts() == {"new": 0, "changed": 0, "unchanged": len(frame), "refused": 0}
    with published.read() as db:
        assert [units.with_shapes(db, "", list(Level)), publications.count(db, EVERYWHERE)] == before


def test_a_new_border_is_a_new_version(drawn: Store) -> None:
    """A village whose border moved keeps its id and homes; the old border stays readable as of then."""
    before = one(drawn, VILLAGES[0])
    frame = village.village_frame()
    frame.geometry = [village.border(0, 0.0004), village.border(1)]
    assert take(drawn, frame, Level.VILLAGE).counts() == {"new": 0, "changed": 1, "unchanged": 1, "refused": 0}
    after = one(drawn, VILLAGES[0])
    assert (after.id, after.homes) == (before.id, 31)
    assert after.area_m2 > before.area_m2
    with drawn.read() as db:
        was = units.one(db, EVERYWHERE, before.id, DAY - dt.timedelta(hours=1))
        assert was.area_m2 == before.area_m2


def test_a_list_without_borders_keeps_the_borders(drawn: Store) -> None:
    """A table of codes and names renames a village; its border, which the table does not hold, stays."""
    frame = unit_frame([(VILLAGES[0], "新溪村", None)], kind="rural")
    assert take(drawn, frame, Level.VILLAGE).changed == 1
    with drawn.read() as db:
        (row,) = units.with_shapes(db, one(drawn, VILLAGES[0]).path, (Level.VILLAGE,))
    assert row.name == "新溪村"
    assert shapes_of([row.geom])[0].equals(village.border(0))
    assert row.area_m2 > 0


def test_a_county_renamed_leaves_all_below_in_place(published: Store) -> None:
    """A new name is a new version of the county alone."""
    before = tree(published)
    assert take(published, village.county_frame().assign(name="新虚县"), Level.COUNTY).changed == 1
    assert tree(published) == before


def test_a_code_that_is_not_its_parents_is_refused_by_row(published: Store) -> None:
    """A village given to a town whose code it does not begin with is refused; the rest of the file comes in."""
    rows = [("439901100900", "新村", None), ("439901101900", "另村", None)]
    taken = take(published, unit_frame(rows, TOWNS[1], "rural"), Level.VILLAGE)
    assert [(r.row, r.code, r.field) for r in taken.refusals] == [(2, "code.not_in_parent", "code")]
    assert taken.new == 1


def test_towns_take_in_the_villages_that_came_before_them(store: Store) -> None:
    """Villages brought without towns hang under a stand-in county; each goes to its town when that comes."""
    frame = village.village_frame().assign(parent="")
    assert take(store, frame, Level.VILLAGE).new == 2
    assert tree(store)[VILLAGES[0]] == f"{COUNTY}/100001/"
    ids = {code: one(store, code).id for code in VILLAGES}
    with store.write() as db:
        held = one(store, VILLAGES[0])
        violations.add(db, "", held.id, held.path, [Violation("gap", held.id)], {held.id: held.path})
    assert take(store, village.town_frame(), Level.TOWN).new == 2
    paths = tree(store)
    assert [paths[code] for code in VILLAGES] == [f"{COUNTY}/100/001/", f"{COUNTY}/101/001/"]
    for which in (0, 1):
        row = one(store, VILLAGES[which])
        assert (row.id, row.parent_id) == (ids[VILLAGES[which]], one(store, TOWNS[which]).id)
    wang = village.cadre("leader", paths[TOWNS[0]])
    with store.read() as db:
        assert browse.problems(db, wang, DAY, "", "", "", 10)["total"] == 1
        assert zone_of_county(db).central_meridian == 111


@pytest.mark.parametrize("code", [COUNTY, "439900000000"])
def test_a_real_county_takes_the_place_of_the_stand_in(store: Store, code: str) -> None:
    """The county that comes last, under whatever code, is the one that towns brought: one root, all below it."""
    assert take(store, village.town_frame(), Level.TOWN).new == 2
    take(store, village.village_frame(), Level.VILLAGE)
    stand_in = one(store, COUNTY)
    assert stand_in.name == stand_in.code
    taken = take(store, village.county_frame().assign(code=code), Level.COUNTY)
    assert taken.counts() == {"new": 0, "changed": 1, "unchanged": 0, "refused": 0}
    with store.read() as db:
        (top,) = units.tops(db, EVERYWHERE, "", 10)
    assert (top.id, top.code, top.name, top.path) == (stand_in.id, code, "虚县", f"{code}/")
    assert all(path.startswith(f"{code}/") for path in tree(store).values())
    assert one(store, TOWNS[0]).parent_id == top.id


BOTH = [(COUNTY, "虚县", None), ("439902000000", "实县", None)]


def test_one_store_holds_one_county(drawn: Store) -> None:
    """A second county is refused by row, with the name of the one that is there."""
    both = unit_frame(BOTH)
    taken = take(drawn, both, Level.COUNTY)
    assert [(r.row, r.code, r.values) for r in taken.refusals] == [(3, "unit.second_county", {"held": "虚县"})]
    assert taken.unchanged == 1


def test_a_file_of_many_counties_is_refused(store: Store) -> None:
    """Into an empty store none of them comes: nobody knows which is meant."""
    taken = take(store, unit_frame(BOTH), Level.COUNTY)
    assert (taken.new, [r.row for r in taken.refusals]) == (0, [2, 3])
    assert tree(store) == {}


def test_a_unit_finds_its_parent_by_name_place_or_county(drawn: Store) -> None:
    """Named by name; else lying in it; else the county."""
    inside = village.border(0, -0.0004)
    rows = [("439901100011", "甲村", None), ("439901100012", "乙村", inside), ("439901100013", "丙村", None)]
    frame = unit_frame(rows).assign(parent=["东溪镇", "", ""])
    assert take(drawn, frame, Level.VILLAGE).new == 3
    paths = tree(drawn)
    assert [paths[code] for code, _, _ in rows] == [
        f"{COUNTY}/100/011/", f"{COUNTY}/100/012/", f"{COUNTY}/100013/",
    ]  # fmt: skip


def test_codes_of_the_countys_own_have_their_place(store: Store) -> None:
    """Villages numbered by nobody but the county, odd characters and all, lie below their town and above their 组."""
    take(store, unit_frame([("X县", "某县", None)]), Level.COUNTY)
    take(store, unit_frame([("T1", "某镇", None)]), Level.TOWN)
    taken = take(store, unit_frame([("甲/1", "甲村", None), ("r1155954-17", "乙村", None)], "T1"), Level.VILLAGE)
    assert taken.counts() == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    paths = tree(store)
    assert [paths["甲/1"], paths["r1155954-17"]] == ["X县/T1/甲%2F1/", "X县/T1/r1155954-17/"]
    assert take(store, unit_frame([("甲/1", "甲村", None)], "T1"), Level.VILLAGE).unchanged == 1


def test_groups_with_borders_take_their_homes(store: Store) -> None:
    """组 with codes and polygons of their own come in below the village, and homes that name them follow."""
    village.take_in(store)
    code = f"{VILLAGES[0]}0101"
    taken = take(store, unit_frame([(code, "丁组", village.border(0, -0.0005))], VILLAGES[0], "group"), Level.ZU)
    assert taken.new == 1
    assert tree(store)[code] == f"{COUNTY}/100/001/0101/"


def test_homes_wait_for_their_village(store: Store) -> None:
    """Homes brought first are kept in no unit, and taken in when their village comes."""
    from geodata.actions.take_households import take_households

    with store.write() as db:
        take_households(db, OPERATOR, EARLY, village.home_frame())
        assert households.count_unplaced(db) == 31
    take(store, village.village_frame(), Level.VILLAGE)
    with store.read() as db:
        assert households.count_unplaced(db) == 0
        assert {home.level for home in households.under(db, "")} == {"zu"}
    assert one(store, VILLAGES[0]).homes == 31


def test_no_ground_is_no_zone(store: Store) -> None:
    """Without any shape the county's zone is not known, and that is said."""
    take(store, unit_frame([(TOWNS[0], "东溪镇", None)]), Level.TOWN)
    with pytest.raises(Problem) as refused, store.read() as db:
        zone_of_county(db)
    assert refused.value.code == "county.no_ground"


def test_an_empty_file_changes_nothing(store: Store) -> None:
    """No rows, no county, no ledger entry."""
    assert take(store, village.town_frame().iloc[:0], Level.TOWN) == Taken()
    assert tree(store) == {}


def test_a_preview_tells_what_will_be_done(published: Store) -> None:
    """Name, kind, parent and shape are compared as they are stored; what the preview counts is what is then taken."""
    base = village.village_frame()
    moved = base.geometry.tolist()
    moved[0] = border(0, 0.0005)
    frames = [
        base, base.assign(name=["东溪村", "改名村"]), base.assign(kind="urban"), base.set_geometry(moved),
        base.assign(parent=[TOWNS[0], TOWNS[0]]), base.drop(columns="geometry").assign(geometry=None),
    ]  # fmt: skip
    for frame, wanted in zip(frames, ((0, 0, 2), (0, 1, 1), (0, 2, 0), (0, 1, 1), (0, 0, 1), (0, 0, 2)), strict=True):
        with published.read() as db:
            shown = preview_units(db, frame, Level.VILLAGE)
        assert (shown.new, shown.changed, shown.unchanged) == wanted
    with published.read() as db:
        before = [tuple(row) for row in units.with_level(db, "", Level.VILLAGE)]
    for frame in frames[:2]:
        with published.read() as db:
            shown = preview_units(db, frame, Level.VILLAGE)
            assert [tuple(row) for row in units.with_level(db, "", Level.VILLAGE)] == before
        assert take(published, frame, Level.VILLAGE, DAY).counts() == shown.counts()


def test_a_preview_before_there_is_a_county(store: Store) -> None:
    """Towns that come first are all new, as they will be; a county of another file is the one county."""
    with store.read() as db:
        assert preview_units(db, village.town_frame(), Level.TOWN).counts()["new"] == 2
        assert preview_units(db, village.county_frame(), Level.COUNTY).counts()["new"] == 1
        assert units.tops(db, EVERYWHERE, "", 1) == []
