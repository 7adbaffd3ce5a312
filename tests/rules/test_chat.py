"""A pasted message taken apart, the place it names, and the category it is about."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.actions.wording import cut
from survey.rules import chat, guessing, place_words
from survey.rules.categories import list_shipped
from survey.rules.chat import take_apart


@pytest.mark.parametrize("module", [chat, place_words], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pasted", "text", "names", "phones"),
    [
        ("路灯坏了（李四，13800001234）", "路灯坏了", ["李四"], ["13800001234"]),
        ("请派人来修李四138-0000-1234", "请派人来修", ["李四"], ["13800001234"]),
        ("13800001234 李四 反映水管爆了", "反映水管爆了", ["李四"], ["13800001234"]),
        (
            "我是长冲组的李四，桥没护栏，电话13800001234。",
            "我是长冲组的居民，桥没护栏。",
            ["李四"],
            ["13800001234"],
        ),
        ("我叫王小明，邻居占了我家地界。", "邻居占了我家地界。", ["王小明"], []),
        ("联系人：欧阳锋，电话 0738-4412345，停电了", "停电了", ["欧阳锋"], ["07384412345"]),
        ("李四 10:31\n下水道堵塞", "下水道堵塞", ["李四"], []),
        ("长冲组-李四 2026/3/5 10:31\n路灯坏了，李四家门口", "路灯坏了，本人家门口", ["李四"], []),
        ("东溪村 12:30\n东溪村停电", "东溪村停电", ["东溪村"], []),
        ("路灯坏了。小李", "路灯坏了。", ["小李"], []),
        ("@网格员小王 垃圾没人收 ——刘芳", "垃圾没人收", ["刘芳"], []),
        ("身份证43138219800101123X 要办低保", "身份证 要办低保", [], []),
        ("路口红绿灯坏了，周围住户很担心", "路口红绿灯坏了，周围住户很担心", [], []),
        ("12:30 停电", "12:30 停电", [], []),
        ("李四 13800001234", "", ["李四"], ["13800001234"]),
    ],
)
def test_names_and_numbers_are_kept_apart(pasted: str, text: str, names: list[str], phones: list[str]) -> None:
    """What is the matter stays, who says so goes: beside a number, behind a dash, in a group's line, in words."""
    found = take_apart(pasted)
    assert (found.text, list(found.names), list(found.phones)) == (text, names, phones)


@given(
    st.text("李四张三路灯坏了组村：:，。—-（） \n0123456789@", max_size=60),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
)
def test_no_telephone_number_is_left_in_a_text(around: str, phone: str) -> None:
    """Whatever stands around a number, it is not in the text; taking a text apart twice changes nothing more."""
    middle = len(around) // 2
    front, back = around[:middle].rstrip("0123456789-"), around[middle:].lstrip("0123456789-")
    text = take_apart(f"{front} {phone} {back}").text
    assert phone not in text
    assert take_apart(text).phones == ()


@dataclass(frozen=True)
class Unit:
    """A unit of a little net."""

    id: str
    name: str
    path: str


NET = [
    Unit("v1", "东溪村", "c/1/"), Unit("v2", "西溪村", "c/2/"),
    Unit("z1", "长冲组", "c/1/1/"), Unit("z2", "第三组", "c/1/2/"), Unit("z3", "3组", "c/2/1/"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("长冲组路灯频闪", ["z1"]),
        ("东溪村三组停电", ["z2"]),
        ("西溪村第3组停电", ["z3"]),
        ("三组停电", ["z2", "z3"]),
        ("长冲停电", ["z1"]),
        ("东溪村停电", ["v1"]),
        ("停电", []),
    ],
)
def test_a_place_is_found_by_what_people_call_it(text: str, wanted: list[str]) -> None:
    """With or without its ending, its number in either digits; what stands above it tells which of two is meant."""
    said = place_words.names_in(text)
    rows = [unit for unit in NET if unit.name in said]
    if not rows:
        said = place_words.stems_in(text)
        rows = [unit for unit in NET if unit.name in said]
    found = place_words.meant_by(said, rows)
    best = [one.unit_id for one in found if not place_words.is_sure(found)] or [one.unit_id for one in found[:1]]
    assert best == wanted


def test_a_house_number_means_one_address() -> None:
    """3号 is not 13号; where two addresses fit, nobody guesses."""
    addresses = ["东溪村甲组13号", "东溪村甲组3号", "东溪村乙组3号"]
    assert place_words.doors_in("甲组3号门口和乙组3号") == ["甲组3号", "门口和乙组3号"]
    assert [place_words.home_at(door, addresses) for door in ("甲组3号", "3号", "13号", "9号", "甲组")] == [
        1, None, 0, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("长冲组路灯频闪，晚上看不见路", "路灯"),
        ("旧桥仅1米宽还没护栏", "跨河桥"),
        ("电动车充电棚安全隐患", "电动车充电棚隐患"),
        ("下水道堵塞，污水横流", "下水道堵塞或破损"),
        ("小区道路改造", "小区道路改造"),
        ("电梯安装推进困难", "电梯安装和维修"),
        ("邻居占了我家地界，吵起来了", "地界纠纷"),
        ("有人扬言要集体上访", "苗头性、倾向性隐患"),
        ("池塘边没有警示牌小孩玩水", "溺水隐患"),
        ("包工头拖欠工资", "劳资纠纷"),
    ],
)
def test_real_cases_find_their_category(text: str, name: str) -> None:
    """The cases of the reports (D08 to D15) are filled in without asking."""
    found = guessing.guess(text, cut(text), list_shipped(), 3)
    assert (found[0].category.name, guessing.is_sure(found)) == (name, True)
    assert all(word in text for word in found[0].words)


def test_what_may_be_two_categories_is_asked() -> None:
    """Words that fit two categories alike fill in neither, and a message about nothing has none."""
    assert not guessing.is_sure(guessing.guess("建议装个监控", cut("建议装个监控"), list_shipped(), 3))
    assert guessing.guess("你好", cut("你好"), list_shipped(), 3) == []
    assert not guessing.is_sure([])
