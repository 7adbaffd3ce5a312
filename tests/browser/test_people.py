"""The register of officers: filling, narrowing, a card with its home, full numbers, doubles, leaving, importing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.asking import ask
from tests.browser.conftest import DESK, PHONE, TABLET, Opened, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.peopling import village_with_people
from tests.browser.planning import send
from tests.browser.served import Served

CARD = ".officer"


@pytest.fixture(params=["village", "village_on_postgis"])
def place(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The demo village on each database."""
    yield request.getfixturevalue(request.param)


def row(page: Page, name: str) -> None:
    """Open the card of somebody in the list."""
    page.get_by_role("table").get_by_role("button", name=name, exact=True).click()
    expect(page.locator(CARD).get_by_role("heading", level=2)).to_contain_text(name)


def settled(place: Served, visit: Visit) -> Opened:
    """Return a page of the county whose village has its people."""
    opened = visit(place, "/map")
    village_with_people(opened, place)
    return opened


def test_an_empty_register_teaches_what_belongs_there(nothing_yet: Served, visit: Visit) -> None:
    """On the first day the page says who is to be brought in, and has the two ways to do it."""
    page = visit(nothing_yet, "/people").page
    expect(page.get_by_role("heading", name="名册里还没有人")).to_be_visible()
    expect(page.get_by_role("link", name="从表格导入")).to_have_attribute("href", "/import?kind=officers")
    expect(page.get_by_role("button", name="新增人员")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_the_list_and_a_card_fit_the_screen(place: Served, visit: Visit, size: tuple[int, int]) -> None:
    """Nothing overlaps, is cut or too small for a finger, in the list and on a card with its map."""
    settled(place, visit)
    page = visit(place, "/people", size=size).page
    expect(page.locator("tbody tr").first).to_be_visible()
    assert faults(page) == []
    page.locator("tbody th button").first.click()
    expect(page.locator(f"{CARD} .home-map canvas")).to_be_visible()
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []
        page.get_by_role("button", name="回到名册").click()
        expect(page.locator("tbody tr").first).to_be_visible()


def test_filters_narrow_the_list_and_stay_in_the_address(place: Served, visit: Visit) -> None:
    """A tag, a name and no post leave exactly those whom the server counts; reloading shows the same."""
    opened = settled(place, visit)
    page = visit(place, "/people").page
    page.get_by_label("标签", exact=True).select_option("小组长")
    wanted = ask(opened, place, "/api/officers?tag=小组长&limit=200")["items"]
    expect(page.locator("tbody tr")).to_have_count(len(wanted))
    page.get_by_label("姓名或编码").fill(wanted[0]["name"])
    expect(page.locator("tbody tr")).to_have_count(sum(wanted[0]["name"] in one["name"] for one in wanted))
    page.reload()
    expect(page.get_by_label("姓名或编码")).to_have_value(wanted[0]["name"])
    page.get_by_label("姓名或编码").fill("没有这个人")
    expect(page.get_by_text("没有符合的人")).to_be_visible()


def test_somebody_is_added_changed_unmasked_and_leaves(place: Served, visit: Visit) -> None:
    """The number is masked, shown whole for a written reason only, and whoever left is found among the retired."""
    opened = settled(place, visit)
    page, _, watch = visit(place, "/people")
    page.get_by_role("button", name="新增人员").click()
    form = page.get_by_role("dialog")
    watch.allow("422")  # a person without a name is refused
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("姓名", exact=True).fill("新来的人")
    form.get_by_label("电话", exact=True).fill("19911112222")
    village = ask(opened, place, "/api/officers?limit=1")["items"][0]["village"]["code"]
    form.get_by_label("村（社区）").fill(village)
    form.get_by_label("标签").fill("退伍军人、党员")
    form.get_by_role("button", name="保存").click()
    card = page.locator(CARD)
    expect(card).to_contain_text("199****2222")
    expect(card).to_contain_text("党员")
    expect(card).to_contain_text("不知道住在哪里")
    card.get_by_role("button", name="看完整号码").click()
    page.get_by_role("dialog").get_by_label("为什么要看").fill("核对电话")
    page.get_by_role("dialog").get_by_role("button", name="看完整号码").click()
    expect(card.get_by_role("link", name="给新来的人打电话")).to_have_attribute("href", "tel:19911112222")
    card.get_by_role("button", name="修改").click()
    page.get_by_role("dialog").get_by_label("长期在外").check()
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(card.locator("h2")).to_contain_text("长期在外")
    expect(card).to_contain_text("199****2222")
    page.get_by_label("联审", exact=True).select_option("未联审")
    page.get_by_role("search", name="人员名册").get_by_label("长期在外").check()
    away = ask(opened, place, "/api/officers?vetting=none&away=1&limit=200")["items"]
    assert all(one["away"] and one["vetting"] == "none" for one in away)
    expect(page.locator("tbody tr")).to_have_count(len(away))
    card.get_by_role("button", name="退出名册").click()
    page.get_by_role("dialog").get_by_label("理由").fill("搬走了")
    page.get_by_role("dialog").get_by_role("button", name="退出名册").click()
    expect(card.locator("h2")).to_contain_text("已退出")
    expect(page.get_by_role("table").get_by_role("button", name="新来的人")).to_have_count(0)
    page.get_by_label("已退出").check()
    row(page, "新来的人")


def test_two_entries_of_one_person_are_offered_and_merged(place: Served, visit: Visit) -> None:
    """The same name and telephone twice is told, side by side; the one that is kept takes over what it lacked."""
    opened = settled(place, visit)
    village = ask(opened, place, "/api/officers?limit=1")["items"][0]["village"]["code"]
    for code, tags in (("D1", ["志愿者"]), ("D2", ["骑手"])):
        send(opened, "/api/officers", name="双名人", phone="19933334444", village=village, code=code, tags=tags)
    page = visit(place, "/people").page
    page.get_by_role("button", name=re.compile("可能是同一个人")).click()
    pair = page.locator(".double", has_text="D1")
    expect(pair).to_contain_text("姓名和电话相同")
    pair.get_by_role("button", name="留 双名人（D1）").click()
    expect(page.get_by_text("已合并，留下的是 双名人")).to_be_visible()
    expect(page.locator(f"{CARD} h2")).to_contain_text("骑手")
    send(opened, f"/api/officers/{ask(opened, place, '/api/officers?q=D1')['items'][0]['id']}/retire", because="试完")


def test_a_sheet_of_people_comes_in_by_the_import_page(place: Served, visit: Visit, tmp_path: Path) -> None:
    """The import page is opened for officers, tells the refused row and leads to the register."""
    opened = settled(place, visit)
    village = ask(opened, place, "/api/officers?limit=1")["items"][0]["village"]["code"]
    page = visit(place, "/people").page
    page.get_by_role("link", name="从表格导入").click()
    expect(page.get_by_role("radio", name=re.compile("人员名册"))).to_be_checked()
    book = Workbook()
    sheet = book.active
    assert sheet
    for line in (
        ["姓名", "电话", "村", "身份标签", "身份证号"],
        ["表中甲", "19955550001", village, "两委、党员", ""],
        ["表中乙", "19955550002", village, "志愿者", "123"],
    ):
        sheet.append(line)
    path = tmp_path / "人员.xlsx"
    book.save(path)
    page.locator("#import-file").set_input_files(path)
    expect(page.get_by_role("heading", name="不收的 1 行")).to_be_visible()
    page.get_by_role("button", name=re.compile("确认|写入|导入")).last.click()
    page.get_by_role("link", name="去看人员名册").click()
    page.get_by_label("姓名或编码").fill("表中")
    expect(page.locator("tbody tr")).to_have_count(1)
