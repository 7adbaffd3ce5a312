"""Homes come in by code: new, changed, moved, the same again; names and telephones sealed before they are stored."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from sqlalchemy import text

from geodata.actions import browse
from geodata.actions import take_households as take_households_module
from geodata.actions.take_households import take_households
from geodata.actions.take_units import Taken
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.store import households, publications, units
from geodata.store.database import Store
from geodata.store.types import lonlat_of
from tests import village
from tests.village import COUNTY, EARLY, VILLAGES

DAY = EARLY + dt.timedelta(days=1)


def take(store: Store, frame: gpd.GeoDataFrame, at: dt.datetime = DAY) -> Taken:
    with store.write() as db:
        return take_households(db, OPERATOR, at, frame)


def home(store: Store, code: str) -> Any:
    with store.read() as db:
        return households.one(db, EVERYWHERE, households.digests(db)[code][0])


def shown(store: Store, code: str) -> dict[str, Any]:
    with store.read() as db:
        return browse.show_household(db, OPERATOR, DAY, households.digests(db)[code][0], masked=False)


def test_the_same_homes_twice_change_nothing(published: Store) -> None:
    """Loading the file again keeps every membership, count and the ledger as they are."""
    with published.read() as db:
        before = (households.under(db, ""), publications.count(db, EVERYWHERE))
    taken = take(published, village.home_frame())
    assert taken.counts() == {"new": 0, "changed": 0, "unchanged": 31, "refused": 0}
    with published.read() as db:
        assert (households.under(db, ""), publications.count(db, EVERYWHERE)) == before


def test_a_new_telephone_moves_nobody(published: Store) -> None:
    """What is said of a home changes; the 邻 that its Plan gave it does not."""
    before = home(published, "E003")
    taken = take(published, village.home_frame().iloc[[3]].assign(phone="13912345678", floor="2"))
    assert taken.counts() == {"new": 0, "changed": 1, "unchanged": 0, "refused": 0}
    after = home(published, "E003")
    assert (after.unit_id, after.level) == (before.unit_id, "lin")
    card = shown(published, "E003")
    assert (card["phone"], card["floor"], card["head_name"]) == ("13912345678", "2", "张四东")


def test_a_home_that_moves_finds_its_unit_anew(published: Store) -> None:
    """Moved across the village it joins the 邻 of its 组 where it stands now; to the other village, that one's."""
    frame = village.home_frame().iloc[[0]]
    before = home(published, "E000")
    where = village.home_frame(1).geometry.iloc[0]
    moved = frame.assign(village=VILLAGES[1]).set_geometry([where])
    assert take(published, moved).changed == 1
    after = home(published, "E000")
    assert after.level == "lin"
    assert after.path.startswith(f"{COUNTY}/101/001/")
    assert before.path.startswith(f"{COUNTY}/100/001/")
    assert [units_homes(published, code) for code in VILLAGES] == [30, 32]


def units_homes(store: Store, code: str) -> int:
    with store.read() as db:
        return int(units.by_code(db, [code])[code].homes)


def test_a_new_home_joins_where_it_stands_in(published: Store) -> None:
    """Between two drafts a new home belongs to the 邻 of its own 组 around it, and every count above rises."""
    frame = village.home_frame().iloc[[4]].assign(code="E900")
    assert take(published, frame).new == 1
    assert home(published, "E900").unit_id == home(published, "E004").unit_id
    assert units_homes(published, COUNTY) == 63


def test_personal_fields_are_sealed(drawn: Store, tmp_path: Path) -> None:
    """No name and no telephone is readable in the database; each opens under its own home's id alone."""
    with drawn.read() as db:
        rows = db.run.execute(text("SELECT * FROM household")).all()
        first, second = rows[0]._mapping, rows[1]._mapping
        written = str([tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows])
    assert "张" not in written
    assert "1380000" not in written
    if drawn.embedded:
        drawn.close()
        raw = Path(drawn.target).read_bytes()
        assert "张一".encode() not in raw
        assert b"1380000" not in raw
    sealed = bytes(first["phone_sealed"])
    assert drawn.vault.open(sealed, f"household:phone:{first['id']}").startswith("138")
    with pytest.raises(Exception, match=r"vault\.wrong_key"):
        drawn.vault.open(sealed, f"household:phone:{second['id']}")


def test_what_was_received_is_kept(drawn: Store) -> None:
    """The place as received and its system stand beside the place in EPSG:4490."""
    with drawn.read() as db:
        row = db.run.execute(text("SELECT raw_x, raw_y, source_crs FROM household WHERE code = 'E000'")).one()
    assert row.source_crs == "EPSG:4490"
    assert (row.raw_x, row.raw_y) == pytest.approx((111.60025, 27.69975))
    assert lonlat_of([home(drawn, "E000").geom])[0].tolist() == pytest.approx([row.raw_x, row.raw_y])


def test_no_homes_is_nothing(drawn: Store) -> None:
    """An empty file writes nothing into the ledger."""
    assert take(drawn, village.home_frame().iloc[:0]) == Taken()


def test_many_homes_come_in_by_bulk(drawn: Store) -> None:
    """Two and a half thousand homes of one village: all counted, found by box, and the index is right after."""
    base = village.home_frame()
    frame = gpd.GeoDataFrame(base.iloc[[n % 31 for n in range(2500)]].reset_index(drop=True), crs=base.crs)
    frame["code"] = [f"B{n:05d}" for n in range(2500)]
    assert take(drawn, frame).new == 2500
    assert units_homes(drawn, VILLAGES[0]) == 2531
    with drawn.read() as db:
        assert len(households.in_box(db, EVERYWHERE, village.border(0).bounds)) == 2531
    assert take(drawn, frame).unchanged == 2500


def test_ids_are_random_and_in_order() -> None:
    """Each is a UUID of version 4, none comes twice, and a later home of the file has a later one."""
    ids = take_households_module._written(take_households_module._random_ids(1000))
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant, len(one)) for one in ids} == {(4, uuid.RFC_4122, 36)}
    assert ids == sorted(set(ids))
    assert take_households_module._written(take_households_module._random_ids(0)) == []


def test_part_by_part_is_as_at_once(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """New, changed and the same homes of one file are told apart whatever the size of the parts."""
    monkeypatch.setattr(take_households_module, "_AT_ONCE", 7)
    frame = village.home_frame()
    frame.loc[frame.index[:10], "phone"] = "13900000000"
    frame.loc[frame.index[25:], "code"] = [f"N{n}" for n in range(len(frame) - 25)]
    assert take(drawn, frame).counts() == {"new": 6, "changed": 10, "unchanged": 15, "refused": 0}
    assert take(drawn, frame).counts() == {"new": 0, "changed": 0, "unchanged": 31, "refused": 0}
    assert {shown(drawn, code)["phone"] for code in frame["code"][:10]} == {"13900000000"}
