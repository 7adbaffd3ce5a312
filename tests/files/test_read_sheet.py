"""Excel workbooks: values, headers, merged cells, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geodata.files.read import read_any
from geodata.files.read_sheet import _cell, _read_xls
from geodata.files.write import write_xlsx
from geodata.rules.problems import Problem

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NOON_1900 = dt.datetime.fromisoformat("1900-02-28T12:00")
MORNING_2024 = dt.datetime.fromisoformat("2024-01-05T06:00")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(path: Path, rows: list[list[Any]], merges: tuple[str, ...] = ()) -> Path:
    """Save rows as a workbook, as a person would."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def raw(path: Path, cells: str, strings: str = "", prefix: str = "") -> Path:
    """Write a workbook's XML by hand, for what no program writes."""
    sheets = f'<{prefix}sheets><{prefix}sheet name="表" r:id="r1"/></{prefix}sheets>'
    workbook = f'<{prefix}workbook {NS} xmlns:r="{RELATION}">{sheets}</{prefix}workbook>'
    if prefix:
        workbook = workbook.replace("xmlns=", f"xmlns:{prefix[:-1]}=", 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", workbook)
        relation = '<Relationships><Relationship Id="r1" Target="/xl/s.xml"/></Relationships>'
        archive.writestr("xl/_rels/workbook.xml.rels", relation)
        archive.writestr("xl/s.xml", cells)
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
    return path


def rows_of(path: Path, **options: Any) -> list[list[Any]]:
    """Return the cells of a workbook's first sheet."""
    return [
        [None if cell != cell else cell for cell in row] for row in read_any(path, **options).frame.to_numpy().tolist()
    ]


def test_values_of_every_kind(tmp_path: Path) -> None:
    """Text, numbers, yes and no come out as they are; dates stay serial numbers, 59, 60 and 61 too."""
    path = saved(
        tmp_path / "a.xlsx",
        [
            ["编号", "数", "是否", "日期", "长号"],
            ["001", 1.5, True, dt.date(2024, 1, 5), 430524199001011239],
            [" 全角１ ", 60, False, dt.date(1900, 2, 28), None],
            [None, 61, None, "2024年1月5日", "430524199001011239"],
        ],
    )
    sheet = read_any(path)
    assert rows_of(path) == [
        ["001", 1.5, "是", 45296.0, 4.305241990010113e17],
        [" 全角１ ", 60.0, "否", 59.0, None],
        [None, 61.0, None, "2024年1月5日", "430524199001011239"],
    ]
    assert sheet.frame["数"].dtype == float
    assert sheet.frame.index.tolist() == [2, 3, 4]
    assert (sheet.encoding, sheet.layers, sheet.notes) == ("", ["Sheet"], [])


def test_titles_and_merged_headers(tmp_path: Path) -> None:
    """A title row is passed over, and a header two rows deep is named by its lower row."""
    path = saved(
        tmp_path / "a.xlsx",
        [
            ["农户信息表"],
            ["编号", "户主", None, "坐标", None],
            [None, "姓名", "电话", "经度", "纬度"],
            ["A1", "张三", "138", 111.6, 27.6],
        ],
        ("A1:E1", "A2:A3", "B2:C2", "D2:E2"),
    )
    sheet = read_any(path)
    assert list(sheet.frame.columns) == ["编号", "姓名", "电话", "经度", "纬度"]
    assert sheet.frame.index.tolist() == [4]
    assert {"code": "header_row", "row": 2} in sheet.notes


def test_merged_cells_are_filled(tmp_path: Path) -> None:
    """A village written once over three merged rows belongs to all three."""
    path = saved(tmp_path / "a.xlsx", [["村", "户"], ["东风村", 1], [None, 2], [None, 3], ["西村", 4]], ("A2:A4",))
    sheet = read_any(path)
    assert sheet.frame["村"].tolist() == ["东风村", "东风村", "东风村", "西村"]
    assert {"code": "merged_filled", "cells": 2} in sheet.notes


def test_sheets(tmp_path: Path) -> None:
    """The first visible sheet that holds anything is read; hidden and empty ones only by name."""
    book = openpyxl.Workbook()
    book.active.title = "空"
    for name, cell in (("隐藏", "h"), ("数据", "d"), ("其他", "o")):
        sheet = book.create_sheet(name)
        sheet.append(["编号"])
        sheet.append([cell])
    book["隐藏"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    sheet = read_any(tmp_path / "a.xlsx")
    assert sheet.layers == ["数据", "空", "隐藏", "其他"]
    assert rows_of(tmp_path / "a.xlsx") == [["d"]]
    assert rows_of(tmp_path / "a.xlsx", layer="隐藏") == [["h"]]
    for layer, code in (("没有", "file.no_layer"), ("空", "file.no_header")):
        with pytest.raises(Problem, match=code):
            read_any(tmp_path / "a.xlsx", layer=layer)


def test_formulas_without_values_are_noted(tmp_path: Path) -> None:
    """A formula that was never calculated gives an empty cell and a note, one that was gives its value."""
    cells = (
        f'<worksheet {NS}><sheetData><row r="1"><c r="A1" t="str"><v>编号</v></c><c r="B1" t="str"><v>和</v></c></row>'
    )
    cells += '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2+1</f><v>2</v></c></row>'
    cells += '<row r="3"><c r="A3"><v>5</v></c><c r="B3"><f>A3+1</f></c></row></sheetData></worksheet>'
    sheet = read_any(raw(tmp_path / "a.xlsx", cells))
    assert sheet.notes == [{"code": "formula_without_value", "cells": 1}]
    assert rows_of(tmp_path / "a.xlsx") == [[1.0, 2.0], [5.0, None]]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_unusual_but_lawful_xml(tmp_path: Path, prefix: str) -> None:
    """Cells without references, rich text, phonetic hints, inline strings, errors and prefixed names are read."""
    p = prefix
    root = f"{p}worksheet " + (NS.replace("xmlns=", f"xmlns:{p[:-1]}=") if p else NS)
    cells = (
        f"<{root}><{p}sheetData><{p}row><{p}c t='s'><{p}v>0</{p}v></{p}c><{p}c t='s'><{p}v>1</{p}v></{p}c></{p}row>"
        f"<{p}row><{p}c t='inlineStr'><{p}is><{p}r><{p}t>甲</{p}t></{p}r><{p}r><{p}t>乙</{p}t></{p}r></{p}is></{p}c>"
        f"<{p}c t='e'><{p}v>#N/A</{p}v></{p}c></{p}row>"
        f"<{p}row r='9'><{p}c r='B9' t='n'><{p}v>1e2</{p}v></{p}c></{p}row></{p}sheetData></{p}worksheet>"
    )
    strings = f"<sst {NS}><si><t>编号</t></si><si><r><t>户</t></r><r><t>主</t></r><rPh><t>hu</t></rPh></si></sst>"
    sheet = read_any(raw(tmp_path / "a.xlsx", cells, strings, p))
    assert list(sheet.frame.columns) == ["编号", "户主"]
    assert sheet.frame.to_numpy().tolist() == [["甲乙", "#N/A"], [None, 100.0]]
    assert sheet.frame.index.tolist() == [2, 9]


def row(*cells: str) -> str:
    """Return a sheet of one row of these cells' XML."""
    return f"<worksheet {NS}><sheetData><row r='1'>{''.join(cells)}</row></sheetData></worksheet>"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (row("<c r='XFD1'><v>1</v></c>"), "file.too_many_columns"),
        (row("<c r='A1' t='s'><v>7</v></c>"), "archive.damaged"),
        (row("<c r='A1' t='s'><v>-1</v></c>"), "archive.damaged"),
        (row("<c r='A1' t='str'><v>" + "x" * 1_000_001 + "</v></c>"), "file.cell_too_long"),
        ("<worksheet><sheetData><row>", "archive.damaged"),
        (f'<!DOCTYPE a [<!ENTITY b "{"c" * 9}">]><worksheet {NS}>&b;</worksheet>', "file.xml_doctype"),
        (f"<worksheet {NS}><sheetData/></worksheet>", "file.no_header"),
    ],
)
def test_hostile_sheets_are_refused(tmp_path: Path, cells: str, code: str) -> None:
    """A cell far to the right, a word that is not there, an entity or a cut file are refused by name."""
    with pytest.raises(Problem) as refused:
        read_any(raw(tmp_path / "a.xlsx", cells))
    assert refused.value.code == code


def test_far_apart_cells_take_no_room(tmp_path: Path) -> None:
    """Two cells a million rows apart are two rows, not a million."""
    rows = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='A1048576'><v>2</v></c></row>"
    cells = f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>"
    assert read_any(raw(tmp_path / "a.xlsx", cells)).frame.index.tolist() == [1_048_576]


def test_row_limit_and_preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview stops early and says so; a sheet above the row limit is refused."""
    path = write_xlsx(tmp_path / "a.xlsx", {"表": (["编号"], [[f"A{at}"] for at in range(60)])})
    sheet = read_any(path, limit=20)
    assert (sheet.rows, sheet.notes) == (20, [{"code": "row_limit", "rows": 20}])
    assert read_any(path, limit=60).notes == []
    monkeypatch.setattr("geodata.files.sheet.MAX_ROWS", 10)
    with pytest.raises(Problem, match=r"file\.too_many_rows"):
        read_any(path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
    ],
)
def test_old_and_encrypted_workbooks(tmp_path: Path, data: bytes, code: str) -> None:
    """A damaged XLS and a workbook with a password are told apart."""
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(Problem) as refused:
        read_any(path)
    assert refused.value.code == code


def test_a_workbook_without_its_parts_is_damaged(tmp_path: Path) -> None:
    """A zip that claims to be a workbook but lacks its relations is called damaged."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", f"<workbook {NS}/>")
    with pytest.raises(Problem, match=r"archive\.damaged"):
        read_any(tmp_path / "a.xlsx")


def test_the_old_reader_agrees_with_the_stream(tmp_path: Path) -> None:
    """What is read through calamine, as XLS is, comes out as the stream reads it: cells, numbers of rows, notes."""
    rows: list[list[Any]] = [["农户信息表", None, None, None], ["编号", "数", "是", "日期"]]
    rows += [["001", 1.5, True, dt.date(2024, 1, 5)], ["002", 2, False, None]]
    path = saved(tmp_path / "a.xlsx", [*rows, [None] * 4, ["003", 3, None, NOON_1900]])
    stream, whole = read_any(path), _read_xls(path, None, None)
    assert whole.frame.equals(stream.frame)
    assert whole.frame.index.tolist() == stream.frame.index.tolist() == [3, 4, 6]
    assert (whole.layers, whole.notes) == (stream.layers, stream.notes)
    preview = _read_xls(path, "Sheet", 1)
    assert (preview.rows, preview.notes[-1]) == (1, {"code": "row_limit", "rows": 1})
    with pytest.raises(Problem, match=r"file\.no_layer"):
        _read_xls(path, "没有", None)
    with pytest.raises(Problem, match=r"file\.no_header"):
        _read_xls(saved(tmp_path / "b.xlsx", []), None, None)


def test_times_are_parts_of_a_day() -> None:
    """Times and durations, which calamine makes of number formats, go back to Excel's numbers."""
    assert (_cell(dt.time(12)), _cell(dt.timedelta(hours=36)), _cell(dt.date(2024, 1, 5))) == (0.5, 1.5, 45296.0)
    assert (_cell(MORNING_2024), _cell(""), _cell("x")) == (45296.25, None, "x")


def test_a_table_needs_no_gdal() -> None:
    """The readers and writers load without the 30 MB that only map files need."""
    line = "import sys, geodata.files.read, geodata.files.write; sys.exit('pyogrio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", line], check=False).returncode == 0
