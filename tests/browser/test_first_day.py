"""The first day: the one-time password, and a county that holds nothing yet."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Visit, choose_password
from tests.browser.served import Served


def test_the_one_time_password_must_be_changed_and_opens_an_empty_county(first_day: Served, visit: Visit) -> None:
    """A wrong password is refused in a sentence, the one-time one must be changed, and the map says what to do."""
    name, handed = first_day.first_sign_in()
    page, _, watch = visit(first_day, "/map", state=None)
    watch.allow("401")
    expect(page).to_have_url(re.compile("/signin"))
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    page.get_by_label("密码").fill(handed)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/password"))
    page.goto(first_day.url + "/map")
    expect(page).to_have_url(re.compile("/password"))
    page.get_by_label("原密码").fill(handed)
    page.get_by_label("新密码", exact=True).fill("short")
    page.get_by_label("再输一次新密码").fill("short")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_have_text("新密码至少 10 个字。")
    choose_password(page, handed, PASSWORD)
    expect(page.get_by_text("还没有住户")).to_be_visible()
    expect(page.get_by_role("link", name="导入数据")).to_be_visible()
    expect(page.get_by_text("sanzhang demo")).to_be_visible()
    page.locator(".account-menu summary").click()
    page.locator(".account-menu").get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/signin"))
