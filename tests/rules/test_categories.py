"""The list of categories that a county starts with, what references mean, and a county's own list as a file."""

from __future__ import annotations

import doctest

import pandas as pd
import pytest

from geodata.rules.problems import Problem
from survey.rules import categories, category_words
from survey.rules.categories import LEVELS, SYMBOLS, finder, is_meant, list_shipped
from survey.rules.category_rows import categories_from
from survey.rules.deadlines import GRADES

SHIPPED = {f"{one.scheme}:{one.code}": one for one in list_shipped()}


@pytest.mark.parametrize("module", [categories, category_words], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_the_shipped_list_is_whole() -> None:
    """Every category has an id of its own, a major, and a grade, level and symbol that there are."""
    assert len({one.id for one in list_shipped()}) == len(SHIPPED) == len(list_shipped())
    assert all(one.major and one.name for one in list_shipped())
    assert {one.grade for one in list_shipped()} == set(GRADES)
    assert {one.level for one in list_shipped()} <= set(LEVELS)
    assert {one.symbol for one in list_shipped()} == set(SYMBOLS), "no symbol is drawn for nothing"


@pytest.mark.parametrize(
    ("key", "name", "kind", "grade"),
    [
        ("szcg-object:0118", "路灯", "object", "ordinary"),
        ("szcg-object:0208", "跨河桥", "object", "complex"),
        ("szcg-event:0110", "道路破损", "event", "harder"),
        ("szcg-event:0404", "下水道堵塞或破损", "event", "ordinary"),
        ("szcg-event:0599", "其他街面秩序事件", "event", "ordinary"),
        ("sanzhang:2101", "地界纠纷", "local", "harder"),
        ("sanzhang:2116", "电动车充电棚隐患", "local", "ordinary"),
    ],
)
def test_real_cases_have_their_category(key: str, name: str, kind: str, grade: str) -> None:
    """The cases of the reports stand in the list under the numbers of the standard, or in our extension."""
    assert (SHIPPED[key].name, SHIPPED[key].kind, SHIPPED[key].grade) == (name, kind, grade)


def test_early_warnings_are_restricted_and_go_to_the_county() -> None:
    """What only those may see whom the county names (D12) does not begin with a chief who may not see it."""
    restricted = [one for one in list_shipped() if one.restricted]
    assert {one.major for one in restricted} == {"苗头性隐患"}
    assert {one.level for one in restricted} == {"county"}


def test_a_reference_means_a_code_a_major_or_one_scheme() -> None:
    """0110 is 热力井盖 and 道路破损: its scheme says which; the beginning of a code means all below it."""
    object_, event = SHIPPED["szcg-object:0110"], SHIPPED["szcg-event:0110"]
    assert [is_meant("0110", one) for one in (object_, event)] == [True, True]
    assert [is_meant("szcg-event:0110", one) for one in (object_, event)] == [False, True]
    assert [is_meant("szcg-event:01", one) for one in (object_, event)] == [False, True]
    assert [is_meant(wrong, event) for wrong in ("", "szcg-event:", "011000", "02")] == [False] * 4


def test_others_name_a_category_by_code_name_or_keyword() -> None:
    """A name goes before a code; what two categories bear means neither."""
    known = finder(list_shipped())
    assert known["szcg-object:0118"] is known["路灯"] is known["频闪"] is SHIPPED["szcg-object:0118"]
    assert known["2101"] is known["地界纠纷"] is SHIPPED["sanzhang:2101"]
    assert "0110" not in known, "two schemes number so"


def table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def read(frame: pd.DataFrame) -> tuple[list[dict[str, object]], dict[int, str]]:
    rows, refusals = categories_from(frame, {name: name for name in frame.columns})
    return rows.to_dict("records"), {refusal.row: refusal.code for refusal in refusals}


def test_a_countys_own_list_is_read() -> None:
    """Words of either language, numbers that lost their zeros, keywords split, the scheme told by the kind."""
    rows, refused = read(table(
        code=["118", "0110", "2151", "X-7"], name=["路灯", "道路破损", "预约", "龙舟赛"],
        kind=["部件", "event", "", "扩展"], grade=["一般", "1周", "", "complex"],
        level=["", "乡镇", "村（社区）", "county"], keywords=["灯坏，路灯 灯坏", "", "", ""],
        restricted=["", "否", "", "是"],
    ))  # fmt: skip
    assert refused == {}
    assert [(row["scheme"], row["code"]) for row in rows] == [
        ("szcg-object", "0118"), ("szcg-event", "0110"), ("sanzhang", "2151"), ("sanzhang", "X-7"),
    ]  # fmt: skip
    assert [row["grade"] for row in rows] == ["ordinary", "harder", "ordinary", "complex"]
    assert [row["level"] for row in rows] == ["", "town", "village", "county"]
    assert rows[0]["keywords"] == ["灯坏", "路灯"]
    assert [row["restricted"] for row in rows] == [False, False, False, True]
    assert [row["symbol"] for row in rows] == ["utility", "waste", "service", "other"]


def test_minors_of_three_digits_are_kept_so() -> None:
    """Where a newer list has a code of five digits, all its numbers have; elsewhere such a code is refused."""
    rows, refused = read(table(code=["1018", "02080"], name=["路灯", "桥"], kind=["object", "object"]))
    assert (refused, [row["code"] for row in rows]) == ({}, ["01018", "02080"])
    assert read(table(code=["010180"], name=["路灯"], kind=["object"]))[1] == {2: "category.bad_code"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"code": ""}, "code.missing"),
        ({"code": "4.31382E+11"}, "code.lost_digits"),
        ({"code": "1/2"}, "category.bad_code"),
        ({"name": " "}, "category.no_name"),
        ({"kind": "事情"}, "category.bad_kind"),
        ({"kind": ""}, "category.bad_kind"),
        ({"grade": "急"}, "category.bad_grade"),
        ({"level": "省"}, "category.bad_level"),
        ({"symbol": "dragon"}, "category.bad_symbol"),
        ({"keywords": "长" * 41}, "category.bad_keywords"),
    ],
)
def test_a_row_that_cannot_be_says_why(row: dict[str, str], code: str) -> None:
    """Each fault of a row has its own reason."""
    good = {"code": "0118", "name": "路灯", "kind": "object", "grade": "", "level": "", "symbol": "", "keywords": ""}
    assert code in set(read(table(**{name: [text] for name, text in {**good, **row}.items()}))[1].values())


def test_a_list_names_each_category_once_and_each_scheme_in_one_version() -> None:
    """The same code twice is refused, and so is a scheme of which a file has two versions."""
    twice = table(code=["0118", "118"], name=["路灯", "街灯"], kind=["object", "object"])
    assert read(twice)[1] == {2: "code.repeated", 3: "code.repeated"}
    mixed = table(code=["0118", "0119"], name=["a", "b"], kind=["object"] * 2, version=["1", "2"])
    assert read(mixed)[1] == {2: "category.two_versions", 3: "category.two_versions"}
    with pytest.raises(Problem, match=r"import\.no_column"):
        categories_from(table(code=["0118"]), {"code": "code"})
