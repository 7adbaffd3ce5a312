"""CSV and TSV in every form they arrive in."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from geodata.files.read import kind_of, read_any
from geodata.rules.problems import Problem
from tests.real_data import real_file

TEXT = '编号,户主,地址\nA1,𠮷田㐂,中路1号\nA2,李四,"东街,2号"\n'
SEMICOLONS = "编号;户主;地址\nA1;𠮷田㐂;中路1号\nA2;李四;东街,2号\n"
ROWS = [["A1", "𠮷田㐂", "中路1号"], ["A2", "李四", "东街,2号"]]


def written(path: Path, data: bytes) -> Path:
    """Write bytes to a file and return it."""
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
        (TEXT.replace("\n", "\r\n", 1).encode(), "utf-8"),
        (TEXT.replace("号\n", "号,,,\n").encode(), "utf-8"),
        (("\n\n" + TEXT + "\n,,\n").encode(), "utf-8"),
        (TEXT.rstrip("\n").encode("gb18030"), "gb18030"),
        (SEMICOLONS.replace(";", "\t").encode(), "utf-8"),
        (SEMICOLONS.encode("gb18030"), "gb18030"),
    ],
)
def test_encodings_line_ends_and_delimiters(tmp_path: Path, data: bytes, encoding: str) -> None:
    """UTF-8, its mark, UTF-16, GB18030 with rare characters, all line ends and delimiters give the same cells."""
    sheet = read_any(written(tmp_path / "无扩展名", data))
    assert sheet.encoding == encoding
    assert list(sheet.frame.columns) == ["编号", "户主", "地址"]
    assert sheet.frame.to_numpy().tolist() == ROWS
    assert (sheet.rows, sheet.declared_crs, sheet.refusals) == (2, None, [])


def test_the_whole_file_decides_the_encoding(tmp_path: Path) -> None:
    """A file that is plain ASCII for a megabyte and GB18030 in its last row is read as GB18030."""
    data = b"a,b\n" + b"1,2\n" * 280_000 + "3,涟源\n".encode("gb18030")
    sheet = read_any(written(tmp_path / "a.csv", data))
    assert sheet.encoding == "gb18030"
    assert sheet.frame["b"].iloc[-1] == "涟源"


def test_rows_keep_the_numbers_excel_shows(tmp_path: Path) -> None:
    """A title, empty rows and cells with line breaks do not shift the numbers rows are refused under."""
    text = '涟源市农户信息表,,\n编号,户主,地址\nA1,张三,"中路\n1号"\n\nA2,李四,东街\n'
    sheet = read_any(written(tmp_path / "a.csv", text.encode()))
    assert list(sheet.frame.columns) == ["编号", "户主", "地址"]
    assert sheet.frame.index.tolist() == [3, 5]
    assert sheet.notes == [{"code": "header_row", "row": 2}]


def test_rows_that_do_not_fit(tmp_path: Path) -> None:
    """A row with more cells than columns is refused by its number; a short one is filled."""
    sheet = read_any(written(tmp_path / "a.csv", "编号,地址\nA1,中路,1号\nA2\nA3,东街\n".encode()))
    assert sheet.frame.to_numpy().tolist() == [["A2", ""], ["A3", "东街"]]
    assert [(refusal.row, refusal.code) for refusal in sheet.refusals] == [(2, "row.extra_cells")]


def test_headers_are_made_unique(tmp_path: Path) -> None:
    """Empty and repeated headers get names of their own; columns without a header at the end are dropped."""
    sheet = read_any(written(tmp_path / "a.csv", "编号,,坐标,坐标,\n1,2,3,4,\n".encode()))
    assert list(sheet.frame.columns) == ["编号", "列2", "坐标", "坐标 (2)"]


def test_preview(tmp_path: Path) -> None:
    """A preview reads the first rows only and says so."""
    data = ("编号\n" + "".join(f"A{at}\n" for at in range(50))).encode()
    for limit, expected in ((20, 20), (5, 5), (100, 50)):
        sheet = read_any(written(tmp_path / "a.csv", data), limit=limit)
        assert sheet.rows == len(sheet.frame) == expected
        assert (sheet.notes == [{"code": "row_limit", "rows": expected}]) == (limit < 50)


def test_a_cell_of_a_million_characters(tmp_path: Path) -> None:
    """A cell just under the limit is read, one above it refused with its row; the csv module keeps its own limit."""
    before = csv.field_size_limit()
    assert len(read_any(written(tmp_path / "a.csv", b"a,b\n1," + b"x" * 999_999)).frame["b"].iloc[0]) == 999_999
    with pytest.raises(Problem) as refused:
        read_any(written(tmp_path / "b.csv", b"a,b\n1,2\n1," + b"x" * 1_000_001))
    assert (refused.value.code, refused.value.values["row"]) == ("file.cell_too_long", 3)
    assert csv.field_size_limit() == before


def test_our_own_guard_is_taken_off(tmp_path: Path) -> None:
    """The apostrophe our reports put before a dangerous cell does not come back as part of it."""
    sheet = read_any(written(tmp_path / "a.csv", "a,b\n'=1+1,'普通\n".encode()))
    assert sheet.frame.to_numpy().tolist() == [["=1+1", "'普通"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff" * 100, "file.encoding"),
        (b"a,b\n1,\x81", "file.encoding"),
        (b"\xef\xbb\xbfa,b\n\xff\n", "file.encoding"),
        (b"\xff\xfea\x00\n\x00b", "file.encoding"),
        ("a,b\n1,2\n".encode("utf-16-le"), "file.not_text"),
        (bytes(500), "file.not_text"),
        (b'a,b\n1,"open\n', "file.csv_quotes"),
        (b'a,b\n1,"x"y\n', "file.csv_quotes"),
        (b"\n\n,,\n", "file.no_header"),
        (b" , \n\n", "file.no_header"),
        (b",".join(b"c%d" % at for at in range(501)) + b"\n", "file.too_many_columns"),
        (b"%PDF-1.7", "file.kind_unknown"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "file.kind_unknown"),
        (b"\xff\xd8\xff\xe0 jpeg", "file.kind_unknown"),
        (b"<html><table><tr><td>1</td></tr></table>", "file.html_as_excel"),
        (b"  <TABLE border=1>", "file.html_as_excel"),
        (
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "file.xml_spreadsheet",
        ),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', "file.xml_doctype"),
        (b"<gml:FeatureCollection/>", "file.kind_unknown"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    """Broken encodings and quotes, pictures, web pages named .xls and the like are each refused by name."""
    with pytest.raises(Problem) as refused:
        read_any(written(tmp_path / "homes.xls", data))
    assert refused.value.code == code


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table above the row limit is refused, not cut."""
    monkeypatch.setattr("geodata.files.sheet.MAX_ROWS", 10)
    with pytest.raises(Problem, match=r"file\.too_many_rows"):
        read_any(written(tmp_path / "a.csv", b"a\n" + b"1\n" * 11))


def test_layers_belong_to_files_that_have_them(tmp_path: Path) -> None:
    """Asking a CSV for a layer is refused; NUL bytes in a cell do not stop a file."""
    path = written(tmp_path / "a.csv", b"a,b\n1,x\x00y\n" + b"1,2\n" * 20)
    assert kind_of(path) == "csv"
    assert read_any(path).rows == 21
    with pytest.raises(Problem, match=r"file\.no_layer"):
        read_any(path, layer="x")


def test_the_real_division_list(tmp_path: Path) -> None:
    """The real list of 31,997 divisions reads whole, as text."""
    path = written(tmp_path / "divisions.csv", gzip.decompress(real_file("hunan_divisions_2023.csv.gz").read_bytes()))
    sheet = read_any(path)
    assert sheet.frame["level"].isin(["town", "village"]).sum() == 2_029 + 29_816
    assert sheet.frame["code"].str.startswith("431382").sum() == 527
