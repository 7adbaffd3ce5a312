"""Cells of tables: clean text, numbers, yes and no."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.table_cells import clean_texts, excel_errors, lost_digits, numbers, truth


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  张三 ", "张三"),
        ("１２３ＡＢｃ", "123ABc"),
        ("中心路（东）１号", "中心路（东）1号"),
        ("a\x00b\x07c", "abc"),
        ("一\t二\n三", "一 二 三"),
        ("\ufeff\u200b名\u202e字", "名字"),
        ("半\ud83d字", "半字"),
        ("𠮷㐂😀", "𠮷㐂😀"),
        ("\u3000 x \u3000", "x"),
        ("１１１．６６", "111.66"),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (12.0, "12"),
        (12.5, "12.5"),
        (12, "12"),
        (np.float64(431382101001.0), "431382101001"),
        (13800000000.0, "13800000000"),
        (430524199001011239.0, "4.30524199001011e+17"),
        (True, "True"),
    ],
)
def test_clean_texts(cell: object, text: str) -> None:
    """A cell becomes the text a person meant, whatever it is held as."""
    assert clean_texts([cell]) == [text]
    assert clean_texts(pd.Series([cell, "x"], dtype=object)) == [text, "x"]


@given(st.lists(st.text(), max_size=6))
@settings(max_examples=80)
def test_cleaning_is_stable(cells: list[str]) -> None:
    """Any text at all comes back once for each cell, and a second cleaning changes nothing."""
    once = clean_texts(cells)
    assert len(once) == len(cells)
    assert clean_texts(once) == once
    assert all("\x00" not in text and text == text.strip() for text in once)


def test_lost_digits_and_errors_are_found() -> None:
    """A number of 16 digits and a short exponent have lost digits; an Excel error is no value."""
    texts = clean_texts([430524199001011239.0, "4.31382E+11", "e15", "1E05x", "431382"])
    assert lost_digits(texts).tolist() == [0, 1]
    assert lost_digits(["431382"]).tolist() == []
    assert excel_errors(["a", "#N/A", "#REF!"]).tolist() == [1, 2]
    assert excel_errors(["a"]).tolist() == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("111.5", 111.5),
        ("１１１.5", 111.5),
        ("1e2", 100.0),
        ("111°40′12″", 111.67),
        ("111°40'12\"E", 111.67),
        ("东经111度40分12秒", 111.67),
        ("27°41.5′N", 27.0 + 41.5 / 60),
        ("27°S", -27.0),
        (111.5, 111.5),
        ("", None),
        ("abc", None),
        ("111,5", None),
        ("111°abc", None),
        (None, None),
    ],
)
def test_numbers(cell: object, value: float | None) -> None:
    """Coordinates are read as numbers or as degrees, minutes and seconds; anything else is NaN."""
    parsed, texts = numbers(pd.Series([cell], dtype=object))
    assert len(texts) == 1
    assert np.isnan(parsed[0]) if value is None else parsed[0] == pytest.approx(value)


def test_numbers_of_a_numeric_column() -> None:
    """A column that is numeric already is taken as it is."""
    parsed, texts = numbers(pd.Series([1, 2]))
    assert parsed.tolist() == [1.0, 2.0]
    assert texts == []


def test_truth() -> None:
    """Yes and no in the ways people write them; naming a kind of priority means yes."""
    yes = ["是", "1", "√", "Yes", "TRUE", "低保户", "重点户", "有"]
    no = ["", "否", "0", "无", "no", "False", "非重点", "不是", "未列入", "/", "-", "×"]
    assert truth(yes).all()
    assert not truth(no).any()
    assert truth([]).shape == (0,)
