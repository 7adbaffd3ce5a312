"""What is written out: refused rows to mend, layers for other programs, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geodata.files.read import read_any
from geodata.files.write import REPORT_HEADERS, guarded, write_csv, write_layers, write_refused, write_xlsx
from geodata.rules.columns import recognise
from geodata.rules.intake import Refusal, households_from
from geodata.rules.problems import Problem
from tests.conftest import missing

DANGEROUS = [
    "=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1",
    "＋1+A1", "－1+A1", "＠SUM(A1)", "  =1+1", " \t+A1", '=HYPERLINK("http://x","y")', "=cmd|'/C calc'!A0",
    "|calc", "\x00=1+1", "+86 138 =1",
]  # fmt: skip
HARMLESS: list[Any] = [
    "张三", "A1", "1+1", "-3.5", "+3", "-1e-5", "+86 13800000000", "+8613800000000", "+86-138-0000-0000", "", "'普通",
    5, -5.5, None, "3=x", "#1",
]  # fmt: skip


@pytest.mark.parametrize("cell", DANGEROUS)
def test_formulas_are_made_inert(cell: str) -> None:
    """Whatever a spreadsheet would run gets an apostrophe before it."""
    assert guarded(cell) == "'" + cell


@pytest.mark.parametrize("cell", HARMLESS)
def test_numbers_and_phones_are_left_alone(cell: Any) -> None:
    """Numbers, phones with a country code and ordinary text stay as they are."""
    assert guarded(cell) == cell


def test_xlsx_holds_text_not_formulas(tmp_path: Path) -> None:
    """In a workbook every dangerous cell is plain text, unchanged; numbers are numbers."""
    path = write_xlsx(tmp_path / "a.xlsx", {"表:1/2": (["=名称", "数"], [[cell, 1.5] for cell in DANGEROUS])})
    sheet = openpyxl.load_workbook(path).active
    assert sheet.title == "表_1_2"
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} <= {"s", "inlineStr"}
    assert {cell.data_type for cell in cells if not isinstance(cell.value, str)} == {"n"}
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read_any(path).frame["数"].tolist() == [1.5] * len(DANGEROUS)


def test_csv_is_guarded_and_opens_rightly(tmp_path: Path) -> None:
    """A CSV carries the mark Excel needs, CRLF, the guard, and comes back as it was through our own reader."""
    cells = ["=1+1", "@x", "+86 13800000000", "𠮷", 'a,"b"\nc', "'普通", "-5"]
    path = write_csv(tmp_path / "a.csv", ["值", "号"], [[cell, at] for at, cell in enumerate(cells)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:3] == ["'=1+1", "'@x"]
    assert read_any(path).frame["值"].tolist() == cells


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_inert_in_libreoffice(tmp_path: Path, ending: str) -> None:
    """Opened by a real office program, no exported cell is calculated."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        missing("LibreOffice (package libreoffice-calc-nogui)")
        return
    cells = [[cell] for cell in ("=1+1", '=HYPERLINK("http://x")', "＝1+1", "+86 13800000000")]
    path = tmp_path / f"a.{ending}"
    write_csv(path, ["值"], cells) if ending == "csv" else write_xlsx(path, {"表": (["值"], cells)})
    command = [office, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert "table:formula" not in (tmp_path / "a.fods").read_text(encoding="utf-8")


def why(refusal: Refusal) -> str:
    """Make a sentence of a refusal, as the edge does."""
    return f"原因：{refusal.code}"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_refused_rows_can_be_mended_and_loaded_again(tmp_path: Path, ending: str) -> None:
    """The report holds the refused rows as they were, each once with all reasons; once mended it loads."""
    source = tmp_path / "source.csv"
    source.write_text("编号,经度,纬度,备注\nA1,111.6,27.6,好\n,x,27.6,=1+1\nA3,0,0,坏\n", encoding="utf-8")
    frame = read_any(source).frame
    mapping = recognise(list(frame.columns), "households")
    _, refusals = households_from(frame, mapping, "EPSG:4490", None)
    path = write_refused(tmp_path / f"refused.{ending}", refusals, why, frame)
    report = read_any(path).frame
    assert list(report.columns) == ["编号", "经度", "纬度", "备注", *REPORT_HEADERS]
    assert report["备注"].tolist() == ["=1+1", "坏"]
    assert [str(value).removesuffix(".0") for value in report["文件行号"]] == ["3", "4"]
    assert report["问题字段"].tolist() == ["code; lon", "coordinate"]
    assert report["未收原因"].tolist() == ["原因：code.missing 原因：coordinate.not_number", "原因：coordinate.zero"]
    assert recognise(list(report.columns), "households") == mapping
    report["编号"], report["经度"], report["纬度"] = ["A2", "A3"], ["111.6", "111.7"], ["27.6", "27.7"]
    homes, refusals = households_from(report, mapping, "EPSG:4490", None)
    assert (homes["code"].tolist(), refusals) == (["A2", "A3"], [])


def test_refusals_without_their_table(tmp_path: Path) -> None:
    """Refusals of a layer are listed by row, field, value and reason alone; rows no table holds are not lost."""
    refusals = [Refusal(9, "geometry", "", "geometry.missing"), Refusal(2, "code", "x", "code.missing")]
    path = write_refused(tmp_path / "r.csv", refusals, why)
    assert read_any(path).frame.to_numpy().tolist() == [
        ["2", "code", "x", "原因：code.missing"],
        ["9", "geometry", "", "原因：geometry.missing"],
    ]
    layer = gpd.GeoDataFrame({"名": ["甲"]}, geometry=[None], index=pd.Index([2], name="row"))
    frame = read_any(write_refused(tmp_path / "r2.csv", refusals, why, layer)).frame
    assert frame["名"].tolist() == ["甲", ""]
    with pytest.raises(Problem, match=r"file\.kind_unknown"):
        write_refused(tmp_path / "r.pdf", refusals, why)


SQUARE = shapely.box(111.6, 27.6, 111.7, 27.7)
UNITS = gpd.GeoDataFrame(
    {"code": ["1", "2", "3"], "homes": [5, 6, 7], "open": [True, False, None], "name": ["=甲", "乙\x00", None]},
    geometry=[SQUARE, shapely.MultiPolygon([SQUARE]), None],
    crs="EPSG:4490",
)
HOMES = gpd.GeoDataFrame(
    {"code": ["A1", "A2"], "area_m2": [np.float64(1.5), np.nan]},
    geometry=shapely.points([[111.123456789, 27.6], [111.7, 27.7]]),
    crs="EPSG:4490",
)


def test_geopackage_of_several_layers(tmp_path: Path) -> None:
    """All layers of a GeoPackage come back with their system, their text and their borders."""
    path = write_layers(
        tmp_path / "a.gpkg", {"village": UNITS, "households": HOMES, "posts": pd.DataFrame({"name": ["片长"]})}
    )
    assert [name for name, _ in pyogrio.list_layers(path)] == ["village", "households", "posts"]
    sheet = read_any(path)
    assert (sheet.declared_crs, sheet.rows) == ("EPSG:4490", 3)
    assert sheet.frame["name"].iloc[:2].tolist() == ["=甲", "乙"]
    assert sheet.frame.geometry.iloc[0].area == pytest.approx(SQUARE.area)
    assert read_any(path, layer="households").frame.geometry.iloc[0].x == 111.123456789


def test_geojson(tmp_path: Path) -> None:
    """GeoJSON is RFC 7946: lon first, seven decimals, shells counter-clockwise, no crs member."""
    path = write_layers(tmp_path / "a.geojson", {"village": UNITS})
    sheet = read_any(path)
    assert (sheet.declared_crs, sheet.refusals, sheet.rows) == (None, [], 3)
    assert all(part.exterior.is_ccw for shape in sheet.frame.geometry[:2] for part in shapely.get_parts(shape))
    homes = read_any(write_layers(tmp_path / "b.geojson", {"households": HOMES})).frame
    assert homes.geometry.iloc[0].coords[0] == (111.1234568, 27.6)


def test_tables(tmp_path: Path) -> None:
    """In XLSX and CSV points become lon and lat; borders are left out; several layers are several sheets."""
    path = write_layers(tmp_path / "a.xlsx", {"village": UNITS, "households": HOMES})
    assert read_any(path).layers == ["village", "households"]
    assert read_any(path).frame["name"].tolist() == ["=甲", "乙", None]
    homes = read_any(write_layers(tmp_path / "a.csv", {"households": HOMES})).frame
    assert list(homes.columns) == ["code", "area_m2", "lon", "lat"]
    assert homes.to_numpy().tolist() == [["A1", "1.5", "111.1234568", "27.6"], ["A2", "", "111.7", "27.7"]]
    plain = read_any(write_layers(tmp_path / "b.csv", {"posts": pd.DataFrame({"name": ["片长"]})}))
    assert plain.frame["name"].tolist() == ["片长"]


def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused or failing export leaves the file that was there, and nothing else."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr("geodata.files.write._MAX_XLSX_ROWS", 1)
    with pytest.raises(Problem, match=r"file\.too_many_rows"):
        write_layers(path, {"households": HOMES})
    for name in ("a.csv", "a.geojson"):
        with pytest.raises(Problem, match=r"export\.one_layer"):
            write_layers(tmp_path / name, {"a": HOMES, "b": HOMES})
    with pytest.raises(Problem, match=r"file\.kind_unknown"):
        write_layers(tmp_path / "a.docx", {"a": HOMES})
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.xlsx"]
