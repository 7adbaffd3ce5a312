from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.wallmap import WallUnit, make_sheets
from geodata.rules.wallmap_document import Imprint, WallHome, compose
from geodata.rules.wallmap_tree import AREA_MM, TreePage, lay_tree
from tests.rules.wall_ground import NAMES, squares

IMPRINT = Imprint("虚县东溪镇", dt.date(2026, 3, 6), dt.date(2026, 3, 7), "", "张干部", 111.0, "", False, NAMES)


def check_page(page: TreePage) -> None:
    """No two cards overlap, and cards and lines stay on the page."""
    boxes = [shapely.box(c.x, c.y, c.x + c.width, c.y + c.height) for c in page.cards]
    first, second = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert len(first) == len(second) == 0
    outer = shapely.box(-0.01, -0.01, AREA_MM[0] + 0.01, AREA_MM[1] + 0.01)
    assert all(shapely.covers(outer, box) for box in boxes)
    assert all(shapely.covers(outer, shapely.LineString([line[:2], line[2:]])) for line in page.lines)


def test_a_small_village_is_one_page() -> None:
    """The village above, its 片 side by side, then 组 and 邻, each with its count and a line for its chief."""
    (page,) = lay_tree(squares(2, 2, 3).units, NAMES)
    check_page(page)
    assert Counter(card.level for card in page.cards) == {"village": 1, "pian": 2, "zu": 4, "lin": 12}
    root, pian, zu, lin = (
        next(c for c in page.cards if c.level == level) for level in ("village", "pian", "zu", "lin")
    )
    assert (root.detail, pian.detail, zu.detail) == ("2片 · 4组 · 12邻 · 108户", "2组 · 6邻 · 54户", "27户")
    assert (root.post, pian.post, zu.post, lin.post, lin.chief) == ("", "片长", "组长", "邻长", "")
    assert root.y < pian.y < zu.y < lin.y


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 7), st.integers(0, 14), st.integers(0, 30))
def test_every_unit_stands_on_one_page(pians: int, zus: int, lins: int) -> None:
    """However large the village, each 组 and 邻 is drawn once; only the village and a 片 that goes on are repeated."""
    units = squares(pians, zus, lins).units if pians else squares(1, 1, 1).units[:1]
    pages = lay_tree(units, NAMES)
    for page in pages:
        check_page(page)
        assert page.cards[0].level == "village"
    drawn = Counter((card.level, "续" in card.name) for page in pages for card in page.cards)
    for level in ("zu", "lin"):
        assert drawn[level, False] == sum(unit.level == level for unit in units)
    assert drawn["pian", False] == sum(unit.level == "pian" for unit in units)
    assert drawn["village", True] == len(pages) - 1


def test_a_village_without_pian_shows_its_zu() -> None:
    """组 that hang on the village itself have no card above them; a chief who is known is named."""
    village = WallUnit("v", "village", "V", "石桥村", None, 9)
    zu = WallUnit("z", "zu", "Z", "老屋组", "v", 9, chief="张某")
    (page,) = lay_tree([village, zu], NAMES)
    assert [(card.name, card.chief) for card in page.cards] == [("石桥村", ""), ("老屋组", "张某")]


def homes() -> list[WallHome]:
    return [WallHome(f"H{n}", f"虚县东溪镇石桥村第1组{n}号", "3栋", "1单元", "2", "p0z0l0") for n in (1, 12)]


def test_the_document_says_what_every_page_must_say() -> None:
    """Title, counts, date, maker and coordinates; the synthetic mark, the plan and 审图号 where there are any."""
    ground = squares(2, 2, 2)
    document = compose(ground.units, IMPRINT, make_sheets(ground), lay_tree(ground.units, NAMES), [])
    assert document["title"] == "石桥村片组邻网格图"
    assert document["counts"] == "2 片   4 组   8 邻   72 户"
    assert [page["kind"] for page in document["pages"]] == ["map", "tree"]
    assert not any("审图号" in note for note in document["notes"])
    said = compose(ground.units, _with(plan="方案甲", approval_no="虚S(2026)001号", synthetic=True), [], [], homes())
    assert said["synthetic"]
    assert "规划方案“方案甲”，尚未发布" in said["notes"][1]
    assert said["notes"][-1].endswith("虚S(2026)001号")


def _with(**values: object) -> Imprint:
    return Imprint(**{**{name: getattr(IMPRINT, name) for name in IMPRINT.__dataclass_fields__}, **values})


def test_the_list_of_homes_is_masked_and_short() -> None:
    """Digits of the address are stars, what the page's head says is left out, and no field could hold a person."""
    (page,) = compose(squares(1, 1, 2).units, IMPRINT, [], [], homes())["pages"]
    (block,) = page["blocks"]
    assert block["chain"] == ["第1片", "第1组", "第1邻"]
    assert block["rows"] == [
        ["H1", "第1组*号".replace("1", "*"), "3栋", "1单元", "2"],
        ["H12", "第*组**号", "3栋", "1单元", "2"],
    ]
    assert (block["post"], block["homes"]) == ("邻长", 2)


def test_homes_that_only_the_village_holds_are_listed_under_it() -> None:
    """Before a net is drawn the village itself heads the list; a home of a unit that is not shown is left out."""
    units = squares(1, 1, 1).units[:1]
    listed = [WallHome("A", "石桥村", "", "", "", "v"), WallHome("B", "", "", "", "", "gone")]
    (page,) = compose(units, IMPRINT, [], [], listed)["pages"]
    assert [(block["chain"], block["rows"]) for block in page["blocks"]] == [
        (["石桥村"], [["A", "石桥村", "", "", ""]])
    ]


def test_the_table_of_counts_goes_two_levels_deep_where_there_is_room() -> None:
    """片 with their 组 below them in a small village, 片 alone in a large one, 组 on the sheet of a 片."""
    small, large = squares(2, 2, 1), squares(6, 4, 16)
    table = compose(small.units, IMPRINT, make_sheets(small), [], [])["pages"][0]["table"]
    assert [(row["name"], row["deep"], row["cells"]) for row in table["rows"][:2]] == [
        ("第1片", False, ["2", "2", "18"]), ("第1组", True, ["", "1", "9"]),
    ]  # fmt: skip
    assert (table["title"], table["head"], table["total"]) == ("各片户数", ["组", "邻", "户"], ["4", "4", "36"])
    pages = compose(large.units, IMPRINT, make_sheets(large), [], [])["pages"]
    assert (len(pages[0]["table"]["rows"]), pages[0]["details"]) == (
        6,
        "另有分图：第1片、第2片、第3片、第4片、第5片、第6片",
    )
    assert (pages[1]["table"]["title"], pages[1]["heading"], pages[1]["details"]) == ("各组户数", "第1片", "")


@pytest.mark.parametrize(("lins", "more"), [(28, 0), (40, 12)])
def test_a_table_too_long_says_how_many_are_missing(lins: int, more: int) -> None:
    """A 组 list beyond the legend's room is cut with a word about the rest."""
    village = WallUnit("v", "village", "V", "石桥村", None, 9)
    units = [village, *(WallUnit(f"z{n}", "zu", f"Z{n}", f"第{n}组", "v", 9) for n in range(lins))]
    ground = squares(1, 1, 1)
    sheet = make_sheets(ground)[0]
    page = compose(units, IMPRINT, [_focus(sheet, village)], [], [])["pages"][0]
    assert (len(page["table"]["rows"]), page["table"]["more"]) == (28, more)


def _focus(sheet: object, village: WallUnit) -> object:
    import dataclasses

    return dataclasses.replace(sheet, focus=village)
