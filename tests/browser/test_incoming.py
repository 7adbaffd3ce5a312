"""What comes in from outside: a resident's report from its page to an answer, homes that changed, what was refused."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from geodata.rules.actors import OPERATOR
from survey.actions import field_batch, findings
from tests.browser.asking import a_home, ask
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served
from tests.issuing import new_id
from webmap import session

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def switch_on(page: Page, url: str) -> None:
    """Switch the residents' page on by the settings."""
    page.goto(f"{url}/settings")
    box = page.get_by_label("居民反映")
    expect(box).to_be_enabled()
    if not box.is_checked():
        box.check()
        expect(page.locator(".toasts")).to_contain_text("已打开")


@SIZES
def test_a_resident_is_heard_let_through_and_told(village: Served, visit: Visit, size: tuple[int, int]) -> None:
    """Without an account or a position: sent from the page, let through by the desk, followed by the code."""
    desk = visit(village, "/settings", size)
    switch_on(desk.page, village.url)
    resident = visit(village, "/report", size, state=None).page
    text = f"桥上的护栏断了一截 {size[0]}"
    resident.get_by_label("是什么问题").select_option(index=1)
    resident.get_by_label("写清楚是什么").fill(text)
    resident.get_by_label("选在哪个村").select_option(index=1)
    resident.get_by_label("您的电话").fill("13800001234")
    assert faults(resident) == []
    if size == PHONE:
        assert small_targets(resident) == []
    resident.get_by_role("button", name="发送").click()
    code = resident.locator(".follow-code").inner_text()

    page = desk.page
    page.goto(f"{village.url}/incoming")
    line = page.locator("#reports li", has_text=text)
    expect(line).to_be_visible()
    expect(line).not_to_contain_text("13800001234")
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []
    line.get_by_role("button", name="放行", exact=True).click()
    expect(page.locator("#reports li", has_text=text)).to_have_count(0)
    resident.get_by_label("查询码", exact=True).fill(code)
    resident.get_by_role("button", name="查看").click()
    expect(resident.get_by_text(re.compile("等人接单|正在办"))).to_be_visible()


def test_homes_that_changed_and_what_was_sent_back_wait_for_a_word(village: Served, visit: Visit) -> None:
    """A home that is gone is taken from the register; a refusal has its reason; what was refused is closed."""
    opened = visit(village, "/incoming", DESK)
    page, home = opened.page, a_home(opened, village)
    store, now = session.open_store(village.db), session.now()
    gone = {"kind": "wrong", "household": home["id"], "told": {"text": "门牌写错了"}}
    with store.write() as db:
        findings.tell(db, OPERATOR, now, new_id(), gone)
        findings.tell(db, OPERATOR, now, new_id(), {**gone, "kind": "gone", "told": {"text": "全家搬去县城了"}})
    with store.read() as db:
        field_batch.take(db, OPERATOR, now, [{"id": new_id(), "kind": "visit", "body": {"household": "nobody's"}}])
    page.reload()
    wrong = page.locator("#findings li", has_text="门牌写错了")
    expect(wrong).to_be_visible()
    assert faults(page) == []
    wrong.get_by_role("button", name="不改").click()
    page.get_by_role("dialog").get_by_label("为什么不改").fill("核过了，门牌没有错")
    page.get_by_role("dialog").get_by_role("button", name="不改").click()
    expect(wrong).to_have_count(0)
    page.locator("#findings li", has_text="全家搬去县城了").get_by_role("button", name="改名册").click()
    expect(page.locator("#findings li", has_text="全家搬去县城了")).to_have_count(0)
    left = ask(opened, village, f"/api/units/{home['lin']['id']}/households")["items"]
    assert home["id"] not in {one["id"] for one in left}
    mine = page.locator("#shelf li", has_text="操作员")
    before = mine.count()
    expect(mine.first).to_contain_text("走访")
    mine.first.get_by_role("button", name="了结").click()
    page.get_by_role("dialog").get_by_label("怎么处理的").fill("户名写错，已经告诉他")
    page.get_by_role("dialog").get_by_role("button", name="了结").click()
    expect(mine).to_have_count(before - 1)
    page.locator("section", has=page.locator("#shelf")).get_by_label("处理过的也列出来").check()
    expect(page.locator("#shelf")).to_contain_text("户名写错，已经告诉他")
