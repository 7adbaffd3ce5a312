"""Signing in by 企业微信 on the page: set up, there and back, tied by oneself, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.rules.actors import OPERATOR
from survey.actions import accounts, outside
from tests.browser.conftest import DESK, PASSWORD, PHONE, choose_password, sign_in
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served
from tests.web.platforms import AGENT, CLIENT, SECRET, Platform
from webmap import session

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A stand-in for the platform on loopback."""
    made = Platform()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, platform: Platform) -> Iterator[Served]:
    """A county on its first day, with 企业微信 set up and one person tied to it."""
    folder = tmp_path_factory.mktemp("outside")
    served = Served(str(folder / "county.gpkg"), folder)
    store = session.open_store(served.db)
    with store.write() as db:
        outside.configure(db, OPERATOR, session.now(), [platform.settings("wecom", served.url, ask="石桥县数据局")])
        made, _ = accounts.create_account(db, OPERATOR, session.now(), "zhang", "张某", [("leader", "")])
        outside.link(db, OPERATOR, session.now(), made.id, "wecom", "zhang-1")
    store.close()
    served.start()
    yield served
    served.stop()


def opened(chromium: Browser, served: Served, size: tuple[int, int]) -> Page:
    """Open the sign-in page in a browser of its own."""
    page = chromium.new_context(locale="zh-CN", viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(f"{served.url}/signin?next=/security")
    return page


@SIZES
def test_there_and_back(county: Served, platform: Platform, chromium: Browser, size: tuple[int, int]) -> None:
    """One button, the platform, and the page that was wanted; the code is gone from the address."""
    page = opened(chromium, county, size)
    button = page.get_by_role("button", name="企业微信登录")
    expect(button).to_be_visible()
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []
    platform.coming = "zhang-1"
    button.click()
    page.wait_for_url("**/security")
    expect(page.locator("#content")).to_contain_text("企业微信")
    assert "code=" not in page.url
    page.context.close()


@SIZES
def test_who_has_no_account_is_told_whom_to_ask(
    county: Served, platform: Platform, chromium: Browser, size: tuple[int, int]
) -> None:
    """The sentence names the number and the office; the password still works on the same page."""
    page = opened(chromium, county, size)
    platform.coming = "nobody-yet"
    page.get_by_role("button", name="企业微信登录").click()
    told = page.locator("#signin-error")
    expect(told).to_contain_text("编号 nobody-yet")
    expect(told).to_contain_text("石桥县数据局")
    expect(page.get_by_label("密码")).to_be_visible()
    assert "code=" not in page.url and faults(page) == []
    page.context.close()


def test_one_ties_it_to_ones_own_account(county: Served, platform: Platform, chromium: Browser) -> None:
    """The security page asks for the password, goes there and back, and shows the number; it is untied again."""
    store = session.open_store(county.db)
    with store.write() as db:
        _, handed = accounts.create_account(db, OPERATOR, session.now(), "li", "李某", [("leader", "")])
    store.close()
    page = opened(chromium, county, PHONE)
    sign_in(page, county.url, "li", handed)
    choose_password(page, handed, PASSWORD)
    page.goto(f"{county.url}/security")
    page.get_by_role("button", name="绑定企业微信").click()
    platform.coming = "li-1"
    page.get_by_role("dialog").get_by_label("您的密码").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="去绑定").click()
    expect(page.locator("#platforms")).to_contain_text("编号 li-1")
    assert "code=" not in page.url and faults(page) == []
    page.get_by_role("button", name="解除企业微信").click()
    expect(page.get_by_role("button", name="绑定企业微信")).to_be_visible()
    page.context.close()


def test_an_administrator_sets_it_up_on_the_page(nothing_yet: Served, platform: Platform, visit: object) -> None:
    """Off until set up; the secret goes in, is told as kept, and is nowhere on the page or in any answer again."""
    page = visit(nothing_yet, "/accounts").page  # type: ignore[operator]
    fresh = visit(nothing_yet, "/signin", state=None).page  # type: ignore[operator]
    fresh.wait_for_timeout(500)
    expect(fresh.get_by_role("button", name="企业微信登录")).to_have_count(0)
    answers: list[str] = []
    page.on("response", lambda one: answers.append(one.text()) if "sign-in-providers" in one.url else None)
    page.get_by_role("button", name="外部登录设置").click()
    page.get_by_role("button", name="开通企业微信").click()
    form = page.get_by_role("dialog")
    for label, value in (("企业 ID（corpid）", CLIENT), ("应用的 AgentId", AGENT), ("密钥（Secret）", SECRET)):
        form.get_by_label(label).fill(value)
    form.get_by_text("专有部署的地址").click()
    form.get_by_label("接口地址").fill(platform.url)
    form.get_by_label("接口在政务内网").check()
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    expect(page.get_by_text("还没有密钥")).to_have_count(0)
    page.get_by_role("button", name="开通企业微信").click()
    expect(page.get_by_role("dialog").get_by_label("密钥（Secret）")).to_have_attribute(
        "placeholder", "已保存，不填就不改"
    )
    assert faults(page) == []
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    assert answers and not any(SECRET in one for one in answers)
    fresh.reload()
    expect(fresh.get_by_role("button", name="企业微信登录")).to_be_visible()
    page.get_by_role("button", name="不再使用企业微信").click()
    expect(page.get_by_role("button", name="不再使用企业微信")).to_have_count(0)
