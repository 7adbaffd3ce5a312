"""Signing in with a code on the phone, and a phone that stays signed in, at desk and phone size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.rules.actors import OPERATOR
from survey.actions import accounts
from survey.rules.second_factor import code_at, secret_bytes, step_of
from tests.browser.conftest import DESK, PASSWORD, PHONE, choose_password, sign_in
from tests.browser.served import Served, sanzhang
from webmap import session


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A county on its first day under dengbao."""
    folder = tmp_path_factory.mktemp("strict")
    profile = folder / "profile.json"
    profile.write_text(json.dumps({"passwords": "dengbao", "name": "石桥县"}), encoding="utf-8")
    db = str(folder / "county.gpkg")
    sanzhang("init", "--db", db, "--profile", str(profile))
    served = Served(db, folder).start()
    yield served
    served.stop()


def make(served: Served, name: str, role: str) -> str:
    """Make an account beside the running server and return its one-time password."""
    store = session.open_store(served.db)
    with store.write() as db:
        _, handed = accounts.create_account(db, OPERATOR, session.now(), name, name, [(role, "")])
    store.close()
    return handed


def fits(page: Page) -> bool:
    """Tell whether the page needs no sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def set_up_code(page: Page) -> bytes:
    """Lead through setting up the code, and return its secret."""
    page.get_by_role("button", name="开始设置").click()
    page.get_by_label("您的密码").fill(PASSWORD)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("img", name="二维码")).to_be_visible()
    assert fits(page)
    secret = secret_bytes(re.sub(r"\s", "", page.locator(".secret").inner_text()))
    page.get_by_label("6 位动态码").fill("000000")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("动态码不对")
    page.get_by_label("6 位动态码").fill(code_at(secret, step_of(session.now())))
    page.get_by_role("button", name="保存").click()
    codes = page.get_by_role("dialog", name="恢复码")
    assert len(codes.locator("pre").inner_text().split()) == 8
    codes.get_by_role("button", name="好了").click()
    expect(page.locator("#second-factor")).to_contain_text("还剩 8 个恢复码")
    return secret


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_leader_signs_in_with_a_code(strict: Served, chromium: Browser, size: tuple[int, int]) -> None:
    """Led to the set-up before anything else, a leader scans, confirms, and is asked for the code from then on."""
    name = f"leader{size[0]}"
    handed = make(strict, name, "leader")
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, strict.url, name, handed)
    choose_password(page, handed, PASSWORD)
    page.wait_for_url("**/security")
    expect(page.locator("#second-factor")).to_contain_text("必须用动态码")
    secret = set_up_code(page)
    page.context.clear_cookies()
    page.goto(f"{strict.url}/signin")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    expect(page.get_by_label("动态码")).to_be_hidden()
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("动态码").fill(code_at(secret, step_of(session.now()) + 1))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/map")
    page.close()


def test_a_phone_stays_signed_in(strict: Served, chromium: Browser) -> None:
    """With the box ticked a lapsed session comes back by itself, until the device is forgotten on the page."""
    handed = make(strict, "chief", "village_cadre")
    page = chromium.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    sign_in(page, strict.url, "chief", handed)
    choose_password(page, handed, PASSWORD)
    page.wait_for_url("**/map")
    page.context.clear_cookies(name="sanzhang_session")
    page.goto(f"{strict.url}/signin")
    page.get_by_label("保持登录").check()
    page.get_by_label("账号").fill("chief")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/map")
    page.context.clear_cookies(name="sanzhang_session")
    page.goto(f"{strict.url}/security")
    page.wait_for_url("**/security")
    devices = page.locator("section", has=page.get_by_role("heading", name="保持登录的设备"))
    expect(devices.get_by_role("button")).to_have_count(1)
    assert fits(page)
    devices.get_by_role("button").click()
    page.wait_for_url("**/signin**")  # the session was the device's
    page.goto(f"{strict.url}/map")
    page.wait_for_url("**/signin**")
    page.wait_for_timeout(500)
    assert "/signin" in page.url
    page.close()


def test_an_administrator_sees_where_somebody_is_signed_in(strict: Served, chromium: Browser) -> None:
    """The accounts page lists another's sessions and ends one."""
    handed = make(strict, "boss", "administrator")
    page = chromium.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    sign_in(page, strict.url, "boss", handed)
    choose_password(page, handed, PASSWORD)
    page.wait_for_url("**/security")
    set_up_code(page)
    page.goto(f"{strict.url}/accounts")
    page.locator("tr", has_text="leader1440").get_by_role("button", name="登录和设备").click()
    shown = page.get_by_role("dialog")
    sessions = shown.locator("section", has=page.get_by_role("heading", name="正在登录"))
    expect(sessions.get_by_role("button").first).to_be_visible()
    before = sessions.get_by_role("button").count()
    sessions.get_by_role("button").first.click()
    expect(sessions.get_by_role("button")).to_have_count(before - 1)
    page.close()
