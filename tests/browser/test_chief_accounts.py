"""Accounts of chiefs from the page: for a village at once, on the card of one, and what such an account then sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.asking import ask
from tests.browser.conftest import DESK, PASSWORD, PHONE, Opened, Visit, choose_password, sign_in
from tests.browser.layout import faults, small_targets
from tests.browser.peopling import Village, village_with_people
from tests.browser.planning import send
from tests.browser.served import Served


@pytest.fixture(params=["village", "village_on_postgis"])
def place(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The demo village on each database."""
    yield request.getfixturevalue(request.param)


def with_chiefs(place: Served, visit: Visit) -> tuple[Opened, Village]:
    """Return a page of the county, whose village has the 组长 that the map proposes, and nobody else."""
    opened = visit(place, "/map")
    village = village_with_people(opened, place)
    for one in ask(opened, place, f"/api/units/{village.unit['id']}/tree")["items"]:
        for held in (holder for post in one["posts"] for holder in post["holders"]):
            send(opened, f"/api/appointments/{held['appointment']}/end", because="重来")
    found = ask(opened, place, f"/api/appointments/proposal?unit={village.unit['id']}&level=zu")["rows"]
    rows = [{"unit_id": r["unit"]["id"], "officer_id": r["person"]["id"], "how": "residence"} for r in found]
    send(opened, "/api/appointments", rows=rows)
    return opened, village


def choose_village(page: Page, name: str) -> None:
    """Choose the village in the section of the chiefs."""
    section = page.locator(".chief-accounts")
    section.get_by_role("combobox").fill(name)
    section.locator(".found [role=option]").first.click()
    expect(section).to_contain_text(re.compile(r"在任 \d+ 人"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_all_chiefs_of_a_village_are_given_accounts(place: Served, visit: Visit, size: tuple[int, int]) -> None:
    """A sheet with a one-time password each, to print; a chief who signs in with it sees their own 组 and no more."""
    opened, village = with_chiefs(place, visit)
    page = visit(place, "/accounts", size=size).page
    page.get_by_role("button", name="为三长开通账号").click()
    choose_village(page, village.unit["name"])
    begin = page.get_by_role("button", name=re.compile(r"开通这 \d+ 个账号"))
    if begin.count() == 0:
        expect(page.locator(".chief-accounts")).to_contain_text("都有账号了")
        return
    begin.click()
    sheet = page.locator(".pass-sheet")
    expect(sheet.locator("tbody tr").first).to_be_visible()
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".topbar")).not_to_be_visible()
    expect(page.get_by_role("button", name="新建账号")).not_to_be_visible()
    expect(sheet).to_be_visible()
    page.emulate_media(media="screen")
    line = sheet.locator("tbody tr").first
    name, handed = (line.locator("code").nth(at).inner_text() for at in (0, 1))
    person = line.locator("th").inner_text()
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", handed)
    chief = visit(place, "/signin", size=size, state=None)
    sign_in(chief.page, place.url, name, handed)
    choose_password(chief.page, handed, PASSWORD)
    top = ask(chief, place, "/api/units?parent=")["items"]
    held = ask(opened, place, f"/api/officers?q={person}")["items"][0]["posts"]
    assert [one["id"] for one in top] == [held[0]["unit"]["id"]]
    assert chief.page.request.get(f"{place.url}/api/units/{village.unit['id']}").status == 404


def test_the_card_tells_of_the_account(place: Served, visit: Visit) -> None:
    """Made on the card of a person, shown with its state, untied, tied again by its name, gone with the person."""
    opened, village = with_chiefs(place, visit)
    card = send(opened, "/api/officers", name="账某", village=village.unit["code"], code="ACC1", tags=["志愿者"])
    page = visit(place, f"/people#{card['id']}").page
    shown = page.locator(".officer-account")
    expect(shown).to_contain_text("还没有账号")
    shown.get_by_role("button", name="开通账号").click()
    once = page.get_by_role("dialog", name="账某 的一次性密码")
    account = re.search(r"账号是 (\S+?)。", once.inner_text())
    assert account
    once.get_by_role("button", name="好了").click()
    expect(shown).to_contain_text("待改密码")
    expect(shown).to_contain_text(account[1])
    shown.get_by_role("button", name="不再对应").click()
    page.get_by_role("dialog").get_by_role("button", name="不再对应").click()
    expect(shown).to_contain_text("还没有账号")
    shown.get_by_role("button", name="用已有的账号").click()
    page.get_by_role("dialog").get_by_label("账号（登录时用）").fill(account[1])
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(shown).to_contain_text(account[1])
    assert faults(page) == []
    page.locator(".officer").get_by_role("button", name="退出名册").click()
    page.get_by_role("dialog").get_by_label("理由").fill("搬走了")
    page.get_by_role("dialog").get_by_role("button", name="退出名册").click()
    expect(shown).to_contain_text("已停用")


def test_roads_or_straight_lines_are_chosen(place: Served, visit: Visit) -> None:
    """Each proposal says along what it was measured; the choice stays in the address."""
    opened, village = with_chiefs(place, visit)
    for one in ask(opened, place, f"/api/units/{village.unit['id']}/tree")["items"]:
        for held in (holder for post in one["posts"] for holder in post["holders"]):
            send(opened, f"/api/appointments/{held['appointment']}/end", because="重来")
    page = visit(place, f"/posts?unit={village.unit['id']}&level=zu").page
    address = f"/api/appointments/proposal?unit={village.unit['id']}&level=zu"
    by_road = ask(opened, place, address)
    assert (by_road["along"], by_road["roads"]) == ("roads", True)
    expect(page.get_by_role("button", name="沿路", exact=True)).to_have_attribute("aria-pressed", "true")
    words = {"road": "沿路"}
    for at, row in enumerate(by_road["rows"]):
        expect(page.locator(".proposal-row").nth(at)).to_contain_text(words.get(row["measure"], "直线"))
    page.get_by_role("button", name="直线", exact=True).click()
    expect(page).to_have_url(re.compile("along=straight"))
    expect(page.get_by_role("button", name="直线", exact=True)).to_have_attribute("aria-pressed", "true")
    straight = ask(opened, place, f"{address}&along=straight")
    assert straight["total_m"] < by_road["total_m"]
    for at in range(len(straight["rows"])):
        expect(page.locator(".proposal-row").nth(at)).to_contain_text("直线")
    assert faults(page) == []
