"""The accounts page: a village cadre is made, sees one village, and the auditor reads what was done."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.asking import a_home, a_unit, ask
from tests.browser.conftest import PASSWORD, Visit, choose_password, sign_in
from tests.browser.served import Served


def make_account(page: Page, name: str, shown: str, role: str, unit: str | None) -> str:
    """Fill the form of a new account and return the one-time password that it shows."""
    page.get_by_role("button", name="新建账号").click()
    form = page.get_by_role("dialog")
    form.get_by_label("账号（登录时用）").fill(name)
    form.get_by_label("姓名").fill(shown)
    form.get_by_label("角色", exact=True).select_option(label=role)
    if unit is None:
        form.get_by_role("button", name="全境").click()
    else:
        form.get_by_role("combobox").last.fill(unit)
        form.locator(".found [role=option]").first.click()
    form.get_by_role("button", name="加上这个角色").click()
    expect(form.locator(".role-list")).to_contain_text(role)
    form.get_by_role("button", name="保存").click()
    once = page.get_by_role("dialog", name=f"{shown} 的一次性密码")
    password = once.locator("pre").inner_text().strip()
    expect(once).to_contain_text("只显示这一次")
    once.get_by_role("button", name="好了").click()
    expect(page.get_by_text(password)).to_have_count(0)
    return password


def test_a_village_cadre_sees_one_village_only(town: Served, visit: Visit) -> None:
    """The one-time password is shown once; whoever signs in with it sees the own village and no other."""
    opened = visit(town, "/accounts")
    village = a_unit(opened, town, "village")
    handed = make_account(opened.page, "cun1", "村干部一", "村干部", village["name"])
    row = opened.page.locator("tr", has_text="村干部一")
    expect(row).to_contain_text("待改密码")
    expect(row).to_contain_text(village["name"])

    cadre = visit(town, "/signin", state=None)
    cadre.watch.allow("404")
    sign_in(cadre.page, town.url, "cun1", handed)
    choose_password(cadre.page, handed, PASSWORD)
    top = ask(cadre, town, "/api/units?parent=")["items"]
    assert [one["id"] for one in top] == [village["id"]]
    tree = cadre.page.get_by_role("tree")
    expect(tree.locator('[data-level="village"]')).to_have_count(1)
    expect(tree).to_contain_text(village["name"])
    assert cadre.page.request.get(f"{town.url}/api/accounts").status == 403
    others = [one for one in ask(opened, town, "/api/search?q=村&limit=10")["items"] if one["id"] != village["id"]]
    assert cadre.page.request.get(f"{town.url}/api/units/{others[0]['id']}").status in (403, 404)
    expect(cadre.page.get_by_role("navigation").first).not_to_contain_text("账号")


def test_the_auditor_reads_who_looked_at_a_home_and_why(town: Served, visit: Visit) -> None:
    """A home's full card is asked for with a reason; the audit page of the auditor shows both, and the home no name."""
    opened = visit(town, "/accounts")
    handed = make_account(opened.page, "shenji1", "审计员一", "审计管理员", None)
    home = a_home(opened, town)
    page = opened.page
    page.goto(f"{town.url}/map#17.5/{home['lat']}/{home['lon']}/h-{home['id']}")
    page.get_by_role("button", name="查看完整信息").click()
    page.get_by_label("理由").fill("上门核对门牌")
    page.get_by_role("button", name="查看并记录").click()
    expect(page.locator("#card")).to_contain_text("这次查看已记入审计")

    auditor = visit(town, "/signin", state=None)
    sign_in(auditor.page, town.url, "shenji1", handed)
    choose_password(auditor.page, handed, PASSWORD)
    auditor.page.goto(town.url + "/audit")
    row = auditor.page.locator("tbody tr", has_text="查看完整信息").first
    expect(row).to_contain_text("上门核对门牌")
    expect(row).to_contain_text("admin")

    auditor.page.locator("details.seen summary").click()
    auditor.page.get_by_label("住户编码").fill(home["code"])
    auditor.page.get_by_role("button", name="查", exact=True).click()
    expect(auditor.page.locator("details.seen tbody tr", has_text="上门核对门牌")).to_have_count(1)
