"""Files come in: understood, shown, confirmed, taken in by one transaction; what is refused can be mended."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import text

from geodata.actions import intake
from geodata.actions.intake import Choices
from geodata.actions.take_units import Taken
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import households, units
from geodata.store.database import Store
from tests import village
from tests.village import COUNTY, EARLY, TOWNS, VILLAGES

DAY = EARLY + dt.timedelta(days=1)
HOMES = Choices("households")
TABLES = ("setting", "unit", "household", "membership", "publication", "import_mapping", "audit", "tile")


def homes_table(count: int = 31) -> pd.DataFrame:
    frame = village.home_frame().head(count)
    return pd.DataFrame({
        "户编码": frame["code"], "行政村": frame["village"], "村民小组": frame["zu"], "经度": frame.geometry.x,
        "纬度": frame.geometry.y, "户主姓名": frame["head_name"], "联系电话": frame["phone"],
    })  # fmt: skip


def csv(folder: Path, frame: pd.DataFrame, name: str = "homes.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(frame.to_csv(index=False).encode(encoding))
    return path


def counted(store: Store) -> dict[str, int]:
    with store.read() as db:
        return {table: int(db.run.execute(text(f"SELECT count(*) FROM {table}")).scalar()) for table in TABLES}


def take(store: Store, path: Path, choices: Choices) -> tuple[Taken, Any]:
    with store.write() as db:
        return intake.take(db, OPERATOR, DAY, path, choices)


@pytest.fixture
def empty_of_homes(drawn: Store) -> Store:
    """The drawn county with its homes away, ready to be brought by file."""
    with drawn.write() as db:
        for table in ("membership", "household"):
            db.run.execute(text(f"DELETE FROM {table}"))
    return drawn


def test_a_preview_writes_nothing(empty_of_homes: Store, tmp_path: Path) -> None:
    """Columns, coordinate system, first rows and points are shown; the store is as it was."""
    path = csv(tmp_path, homes_table(), encoding="gb18030")
    before = counted(empty_of_homes)
    with empty_of_homes.read() as db:
        shown = intake.preview(db, OPERATOR, DAY, path, HOMES)
    assert counted(empty_of_homes) == before
    assert shown.understood.mapping["code"] == "户编码"
    assert shown.understood.mapping["head_name"] == "户主姓名"
    assert (shown.understood.sheet.encoding, shown.understood.crs.crs) == ("gb18030", "EPSG:4490")
    assert shown.counts == {"accepted": 31, "refused": 0, "new": 31, "changed": 0, "unchanged": 0}
    assert (len(shown.sample), len(shown.points_ll), shown.partial) == (20, 31, False)
    assert shown.headers[0] == "户编码"


def test_a_file_is_taken_in_once(empty_of_homes: Store, tmp_path: Path) -> None:
    """All rows come in by one transaction; the same file again changes nothing but the audit."""
    path = csv(tmp_path, homes_table())
    told: list[float] = []
    with empty_of_homes.write() as db:
        taken, known = intake.take(db, OPERATOR, DAY, path, HOMES, told.append)
    assert (known.crs.crs, known.crs.reason) == ("EPSG:4490", "degrees")
    assert taken.counts() == {"new": 31, "changed": 0, "unchanged": 0, "refused": 0}
    assert told == sorted(told)
    once = counted(empty_of_homes)
    assert (once["household"], once["membership"]) == (31, 31)
    taken, _ = take(empty_of_homes, path, HOMES)
    assert taken.counts() == {"new": 0, "changed": 0, "unchanged": 31, "refused": 0}
    assert counted(empty_of_homes) == {**once, "audit": once["audit"] + 1}


def test_what_fails_on_the_way_leaves_nothing(empty_of_homes: Store, tmp_path: Path) -> None:
    """A failure after all rows were written takes every one of them back, remembered mapping included."""
    before = counted(empty_of_homes)

    def fail(share: float) -> None:
        if share > 0.9:
            raise RuntimeError

    with pytest.raises(RuntimeError), empty_of_homes.write() as db:
        intake.take(db, OPERATOR, DAY, csv(tmp_path, homes_table()), HOMES, fail)
    assert counted(empty_of_homes) == before


def test_refused_rows_are_mended_and_loaded_again(empty_of_homes: Store, tmp_path: Path) -> None:
    """Every refused row is in the report with row, field, value and why; mended there, it comes in."""
    table = homes_table(10).astype(object)
    table.loc[2, "户编码"] = ""
    table.loc[4, "经度"] = "x"
    table.loc[6, "户编码"] = table.loc[5, "户编码"]
    table.loc[8, ["经度", "纬度"]] = [0, 0]
    taken, known = take(empty_of_homes, csv(tmp_path, table), HOMES)
    assert taken.new == 5
    assert [(r.row, r.field, r.code) for r in taken.refusals] == [
        (4, "code", "code.missing"), (6, "lon", "coordinate.not_number"), (7, "code", "code.repeated"),
        (8, "code", "code.repeated"), (10, "coordinate", "coordinate.zero"),
    ]  # fmt: skip
    report = intake.write_report(tmp_path / "refused.xlsx", known, lambda refusal: refusal.code)
    book = openpyxl.load_workbook(report)
    page = book.active
    headers = [cell.value for cell in page[1]]
    whole = homes_table(10)
    for row, source in zip(range(2, 7), (2, 4, 5, 6, 8), strict=True):
        for name in whole.columns:
            page.cell(row, headers.index(name) + 1).value = whole.loc[source, name]
    book.save(report)
    taken, _ = take(empty_of_homes, report, HOMES)
    assert taken.counts() == {"new": 5, "changed": 0, "unchanged": 0, "refused": 0}
    assert counted(empty_of_homes)["household"] == 10


def test_a_chosen_mapping_is_remembered(empty_of_homes: Store, tmp_path: Path) -> None:
    """Columns nobody could recognise are named once; the next file with the same headers needs no telling."""
    table = homes_table().rename(columns={"户编码": "甲", "经度": "乙", "纬度": "丙"})
    path = csv(tmp_path, table)
    with pytest.raises(Problem) as refused:
        take(empty_of_homes, path, HOMES)
    assert refused.value.code in ("import.no_column", "import.no_coordinates")
    with empty_of_homes.read() as db:
        mapping = intake.recognised(db, path, HOMES)
    mapping |= {"code": "甲", "lon": "乙", "lat": "丙", "priority": ""}
    take(empty_of_homes, path, Choices("households", mapping=mapping))
    with empty_of_homes.read() as db:
        again = intake.preview(db, OPERATOR, DAY, path, HOMES)
    assert again.understood.remembered
    assert again.counts["unchanged"] == 31
    with pytest.raises(Problem) as refused:
        take(empty_of_homes, path, Choices("households", mapping={"code": "丁"}))
    assert refused.value.code == "import.unknown_column"


@pytest.mark.parametrize("written", ["text", "number", "exponent", "spaced"])
def test_codes_however_a_workbook_writes_them(store: Store, tmp_path: Path, written: str) -> None:
    """12-digit codes as text, as numbers, as 4.39901100001E+11 and with blanks are one and the same (D-10)."""
    forms: dict[str, list[Any]] = {
        "text": list(VILLAGES),
        "number": [float(code) for code in VILLAGES],
        "exponent": ["4.39901100001E+11", "4.39901101001E+11"],
        "spaced": [f" {code[:6]} {code[6:]} " for code in VILLAGES],
    }
    book = openpyxl.Workbook()
    for row in (["村编码", "村名称"], *zip(forms[written], ("东溪村", "西溪村"), strict=True)):
        book.active.append(list(row))
    book.save(tmp_path / "villages.xlsx")
    taken, _ = take(store, tmp_path / "villages.xlsx", Choices("units", "village"))
    assert taken.counts() == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    with store.read() as db:
        assert sorted(row.code for row in units.with_level(db, "", Level.VILLAGE)) == list(VILLAGES)


def test_a_code_that_lost_its_digits_is_refused(store: Store, tmp_path: Path) -> None:
    """4.39901E+11 names no village any more: the row is refused with the value as it stands."""
    path = csv(tmp_path, pd.DataFrame({"村编码": ["4.39901E+11", VILLAGES[1]], "村名称": ["东溪村", "西溪村"]}))
    taken, _ = take(store, path, Choices("units", "village"))
    assert [(r.row, r.code, r.value) for r in taken.refusals] == [(2, "code.lost_digits", "4.39901E+11")]
    assert taken.new == 1


def test_the_countys_own_file_is_not_brought_into_itself(drawn: Store, tmp_path: Path) -> None:
    """The live file, by its name or by a link, is refused before anything opens it; a copy is a file like others."""
    if not drawn.embedded:
        pytest.skip("PostGIS has no file")
    live = Path(drawn.target)
    link = tmp_path / "link.gpkg"
    link.symlink_to(live)
    for path in (live, link):
        for ask in (intake.understand, intake.recognised):
            with pytest.raises(Problem) as refused, drawn.read() as db:
                ask(db, path, Choices("units", "village", layer="unit"))
            assert refused.value.code == "import.own_file"
    drawn.close()
    copy = shutil.copy(live, tmp_path / "copy.gpkg")
    with drawn.read() as db:
        known = intake.understand(db, copy, Choices("units", "village", layer="unit"))
    assert {"东溪村", "西溪村"} <= set(known.rows["name"])


def test_only_the_county_brings_files(drawn: Store, tmp_path: Path) -> None:
    """A file may hold rows of any village: a town's cadre is told so, the county's is not."""
    path = csv(tmp_path, homes_table())
    for scope, allowed in ((f"{COUNTY}/100/", False), (f"{COUNTY}/", True), ("", True)):
        with drawn.write() as db:
            actor = village.cadre("county_cadre", scope)
            if allowed:
                intake.take(db, actor, DAY, path, HOMES)
                continue
            with pytest.raises(Problem) as refused:
                intake.take(db, actor, DAY, path, HOMES)
            assert refused.value.code == "import.county_only"
    with pytest.raises(Problem), drawn.read() as db:
        intake.require_county(db, village.cadre("leader", ""))


def test_homes_far_from_the_county_are_refused(empty_of_homes: Store, tmp_path: Path) -> None:
    """A home 50 km away is refused with how far; with only such homes the file's system is not known."""
    table = homes_table(20)
    table.loc[3, "经度"] += 0.5
    taken, _ = take(empty_of_homes, csv(tmp_path, table), HOMES)
    (refused,) = taken.refusals
    assert (refused.row, refused.code) == (5, "coordinate.outside_county")
    assert refused.values["away_km"] == pytest.approx(47, abs=3)


def test_a_preview_tells_new_from_changed(drawn: Store, tmp_path: Path) -> None:
    """Against 31 homes held: one changed, one new, the rest as before; likewise for villages renamed."""
    table = homes_table()
    with drawn.write() as db:
        intake.take(db, OPERATOR, DAY, csv(tmp_path, table), HOMES)
    table.loc[0, "联系电话"] = "13900000000"
    table.loc[1, "户编码"] = "E900"
    with drawn.read() as db:
        shown = intake.preview(db, OPERATOR, DAY, csv(tmp_path, table), HOMES)
        assert {k: shown.counts[k] for k in ("new", "changed", "unchanged")} == {
            "new": 1, "changed": 1, "unchanged": 29,
        }  # fmt: skip
    named = pd.DataFrame({"编码": VILLAGES, "名称": ["东溪村", "西溪村"]})
    take(drawn, csv(tmp_path, named, "v.csv"), Choices("units", "village"))
    frame = pd.DataFrame({
        "编码": [*VILLAGES, f"{TOWNS[0][:9]}777", "500101001001"], "名称": ["东溪村", "改名村", "新村", "远村"],
    })  # fmt: skip
    with drawn.read() as db:
        shown = intake.preview(db, OPERATOR, DAY, csv(tmp_path, frame, "v.csv"), Choices("units", "village"))
    assert shown.counts == {"accepted": 3, "refused": 1, "new": 1, "changed": 1, "unchanged": 1}
    assert [refusal.code for refusal in shown.understood.refusals] == ["code.not_in_parent"]


def test_lines_come_in_from_a_file(drawn: Store, tmp_path: Path) -> None:
    """Rivers and roads by their kind; a table without geometry is refused, and so is a kind nobody knows."""
    frame = village.river_frame().assign(name=["横渠", "竖渠"])
    frame.geometry = frame.geometry.translate(0.001, 0)
    frame.to_file(tmp_path / "lines.gpkg", driver="GPKG")
    choices = Choices("barriers")
    with drawn.read() as db:
        assert intake.preview(db, OPERATOR, DAY, tmp_path / "lines.gpkg", choices).counts["new"] == 2
    assert take(drawn, tmp_path / "lines.gpkg", choices)[0].new == 2
    assert take(drawn, tmp_path / "lines.gpkg", choices)[0].unchanged == 2
    with pytest.raises(Problem) as refused:
        take(drawn, csv(tmp_path, pd.DataFrame({"kind": ["river"], "name": ["x"]})), choices)
    assert refused.value.code == "import.no_geometry"


@pytest.mark.parametrize(("values", "code"), [
    ({"kind": "cats"}, "import.unknown_kind"),
    ({"kind": "units"}, "import.no_level"),
    ({"kind": "units", "level": "street"}, "import.no_level"),
])  # fmt: skip
def test_choices_nobody_can_mean(values: dict[str, str], code: str) -> None:
    """Unknown kinds and levels are refused with what is known."""
    with pytest.raises(Problem) as refused:
        Choices(**values)
    assert refused.value.code == code


def test_a_chosen_system_is_taken_at_its_word(empty_of_homes: Store, tmp_path: Path) -> None:
    """Chosen GCJ-02 with swapped columns is converted: homes lie about 600 m from where the file says."""
    table = homes_table().rename(columns={"经度": "纬度", "纬度": "经度"})
    taken, known = take(empty_of_homes, csv(tmp_path, table), Choices("households", crs="gcj02", swapped=True))
    assert (taken.new, known.crs.reason, known.crs.crs) == (31, "chosen", "gcj02")
    with empty_of_homes.read() as db:
        row = db.run.execute(text("SELECT raw_x, raw_y, source_crs FROM household WHERE code = 'E000'")).one()
        assert (row.raw_x, row.source_crs) == (pytest.approx(27.69975), "gcj02")
        near = households.in_box(db, EVERYWHERE, village.border(0).bounds)
        moved = households.in_box(db, EVERYWHERE, village.border(0, 0.02).bounds)
    assert len(near) < len(moved) == 31
