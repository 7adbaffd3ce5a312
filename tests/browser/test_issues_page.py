"""The desk of issues: its views of one query, what it does with many, taking in, conflicts, keys, and how it fits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.asking import ask
from tests.browser.conftest import DESK, PHONE, TABLET, Opened, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.living import CARD, Loop, ago, card, is_in, press, told
from tests.browser.served import Served

SIZES = {"desk": DESK, "tablet": TABLET, "phone": PHONE}


def furnished(served: Served, visit: Visit, size: tuple[int, int] = DESK) -> tuple[Opened, Loop]:
    """Return a page of a county in which somebody has raised a few issues of every state, one overdue."""
    opened = visit(served, "/issues?view=list", size=size)
    loop = Loop(opened, served)
    if ask(opened, served, "/api/issues?state=any&q=柜子里的样子")["total"] == 0:
        furnish(loop)
    return opened, loop


def furnish(loop: Loop) -> None:
    """Raise one waiting and overdue, one in hand with a whistle and a pause, one solved, one answered."""
    homes = loop.homes()
    spots = [(home["lon"], home["lat"]) for home in homes[:4]]
    loop.raised("暴露垃圾", "柜子里的样子：垃圾没人收", ago(days=5), spots[0], place_text="村口")
    whistled = loop.raised("道路破损", "柜子里的样子：水泥路塌了一块，三轮车过不去", ago(hours=30), spots[1])
    loop.took(whistled, "accepted", ago(hours=29))
    offices = list(loop.offices.values())
    loop.took(whistled, "whistled", ago(hours=9), offices=offices, sign_by=ago(hours=2).isoformat(), topic="同去现场")
    loop.took(whistled, "signed_in", ago(hours=8), office=offices[0])
    loop.took(whistled, "paused", ago(hours=7), reason="等天晴")
    for state, text in (("solved", "换了灯"), ("answered", "打了电话")):
        spot = spots[2 if state == "solved" else 3]
        one = loop.raised("路灯", f"柜子里的样子：{text}", ago(days=1), spot, raiser={"name": "刘春和", "phone": "199"})
        loop.took(one, "accepted", ago(hours=20))
        loop.took(one, "solved", ago(hours=10), remedy=["on_spot"], text=text)
        if state == "answered":
            loop.took(one, "answered", ago(hours=9), how="phone", text=text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_or_covered_or_too_small(village: Served, visit: Visit, size: str, lang: str) -> None:
    """Every view, an open issue, a step's form, taking in and print: words whole, fingers find every button."""
    opened, _ = furnished(village, visit, SIZES[size])
    page, watch = opened.page, opened.watch
    watch.context.add_cookies([{"name": "lang", "value": lang, "url": village.url}])
    issue = ask(opened, village, "/api/issues?q=三轮车过不去")["items"][0]["id"]
    found: list[str] = []

    def look(name: str) -> None:
        watch.quiet(page, 300)
        found.extend(f"{name}: {fault}" for fault in faults(page))
        if size == "phone" and name not in ("ledger", "sheet"):
            found.extend(f"{name}: small {one}" for one in small_targets(page))

    for view in ("today", "list", "map", "board"):
        page.goto(f"{village.url}/issues?view={view}&state=any")
        look(view)
    page.goto(f"{village.url}/issues?view=list&id={issue}")
    expect(page.locator(f"{CARD} .whistle")).to_be_visible()
    look("card")
    press(page, "mediated")
    look("form")
    page.keyboard.press("Escape")
    page.goto(f"{village.url}/issues?view=list&new=1")
    look("intake")
    for name, address in (("ledger", "/ledger?q=柜子里"), ("sheet", f"/ledger?id={issue}")):
        page.goto(village.url + address)
        expect(page.locator(".ledger-sheet")).to_be_visible()
        if size == "desk":
            look(name)
    assert found == []


def test_one_query_is_seen_as_list_board_and_map(village: Served, visit: Visit) -> None:
    """A word and a state narrow all three alike, the address keeps both, and totals are those of the server."""
    opened, _ = furnished(village, visit)
    page = opened.page
    page.get_by_placeholder("编号、内容、地点").fill("柜子里的样子")
    expect(page.locator(".issue-table tbody tr")).to_have_count(4)
    page.locator(".filter-menu summary").nth(1).click()
    page.get_by_role("checkbox", name="待评价").uncheck()
    expect(page.locator(".issue-table tbody tr")).to_have_count(3)
    page.keyboard.press("Escape")
    said = ask(opened, village, "/api/issues?q=柜子里的样子&state=waiting,in_hand,solved")
    expect(page.locator(".issue-totals")).to_contain_text(f"共 {said['total']} 件")
    expect(page.locator(".issue-totals")).to_contain_text(f"超期 {said['late']} 件")
    page.get_by_role("button", name="看板").click()
    expect(page.locator(".board-column")).to_have_count(3)
    expect(page.locator(".issue-tile")).to_have_count(3)
    page.reload()
    expect(page.locator(".issue-tile")).to_have_count(3)
    expect(page.get_by_placeholder("编号、内容、地点")).to_have_value("柜子里的样子")
    page.get_by_role("button", name="地图", exact=True).click()
    points = ask(opened, village, "/api/issues/points?q=柜子里的样子&state=waiting,in_hand,solved")["features"]
    expect(page.locator(".issue-totals")).to_contain_text(f"共 {len(points)} 件")
    opened.watch.quiet(page, 900)
    middle = page.locator("#map canvas").bounding_box()
    assert middle
    page.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_placeholder("编号、内容、地点")).to_have_value("")
    assert "q=" not in page.url and "view=map" in page.url


def test_a_dot_on_the_map_opens_its_issue(village: Served, visit: Visit) -> None:
    """One issue alone on the map stands in its middle; a click there opens it beside the map."""
    opened, _ = furnished(village, visit)
    page = opened.page
    page.goto(f"{village.url}/issues?view=map&q=三轮车过不去")
    expect(page.locator(".issue-totals")).to_contain_text("共 1 件")
    opened.watch.quiet(page, 900)
    box = page.locator("#map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card(page)).to_contain_text("三轮车过不去")
    expect(page).to_have_url(re.compile("view=map.*id="))
    page.get_by_role("button", name="关上").click()
    expect(card(page)).to_have_count(0)


def test_the_morning_page_counts_what_waits(village: Served, visit: Visit) -> None:
    """The trays tell the server's figures, each leads to its issues, and another desk is looked at by its unit."""
    opened, _ = furnished(village, visit)
    page = opened.page
    page.goto(f"{village.url}/issues")
    trays = ask(opened, village, "/api/issues/console")["trays"]
    for name, tray in trays.items():
        expect(page.locator(f'[data-figure="{name}"] strong')).to_have_text(str(tray["total"]))
    page.locator('[data-figure="overdue"]').click()
    expect(page.locator('[data-tray="overdue"] h2')).to_be_focused()
    page.locator('[data-tray="whistles"]').get_by_text("三轮车过不去").click()
    expect(card(page)).to_contain_text("三轮车过不去")
    town = ask(opened, village, "/api/units?parent=" + ask(opened, village, "/api/units?parent=")["items"][0]["id"])
    page.locator(".console-head summary").click()
    page.locator(f'[data-id="{town["items"][0]["id"]}"] > .tree-row').click()
    expect(page.locator(".console-head h2")).to_contain_text(town["items"][0]["name"])


def test_many_are_urged_at_once_and_the_refused_are_named(village: Served, visit: Visit) -> None:
    """One of three ticked issues is merged meanwhile by somebody else: it is listed with its sentence, not done."""
    opened, loop = furnished(village, visit)
    page, place = opened.page, loop.homes()[0]
    ids = [
        loop.raised("公厕指示牌", f"一起催的第 {n} 件", ago(hours=n), (place["lon"], place["lat"])) for n in (1, 2, 3)
    ]
    page.goto(f"{village.url}/issues?view=list&q=一起催的")
    expect(page.locator(".issue-table tbody tr")).to_have_count(3)
    page.get_by_label("选中这一页").check()
    expect(page.locator(".bulk-bar")).to_contain_text("选了 3 件")
    loop.took(ids[1], "merged", ago(minutes=1), into=ids[0])
    page.locator(".bulk-bar").get_by_role("button", name="催办").click()
    page.get_by_role("dialog").get_by_role("button", name="催办").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 件没有办成")
    expect(dialog.locator(".refused-list li")).to_contain_text("已并案")
    dialog.get_by_role("button", name="好了").click()
    expect(page.locator(".issue-table tbody tr")).to_have_count(2)
    page.get_by_label("选中这一页").check()
    page.locator(".bulk-bar").get_by_role("button", name="并案").click()
    page.get_by_role("dialog").get_by_role("button", name="并案").click()
    expect(page.get_by_text("1 件都办好了")).to_be_visible()
    expect(page.locator(".issue-table tbody tr")).to_have_count(1)
    expect(page.locator(".issue-table tbody tr")).to_contain_text("3 人反映")


def test_who_comes_too_late_is_told_what_the_other_did(village: Served, visit: Visit) -> None:
    """Somebody else accepts while the issue is open here: the click says so and shows the issue as it is now."""
    opened, loop = furnished(village, visit)
    page, place = opened.page, loop.homes()[0]
    issue = loop.raised("路灯", "两个人同时接的单", ago(hours=1), (place["lon"], place["lat"]))
    page.goto(f"{village.url}/issues?view=list&id={issue}")
    is_in(page, "待接单")
    loop.took(issue, "accepted", ago(seconds=5))
    opened.watch.allow("409")
    press(page, "accepted")
    note = page.get_by_role("alert").filter(has_text="有人先走了一步")
    expect(note).to_contain_text("周支书 已接单")
    is_in(page, "办理中")
    assert [one for one in told(page) if "接单" in one] == ["周支书接单"]


def test_a_chat_message_becomes_a_draft_and_the_same_again_a_voice(village: Served, visit: Visit) -> None:
    """A pasted message fills the form with reasons, asks for what it lacks, and offers the open one near by."""
    opened, loop = furnished(village, visit)
    page, place = opened.page, loop.homes()[0]
    light = loop.raised("路灯", "长冲路口的路灯频闪", ago(hours=1), (place["lon"], place["lat"]))
    page.goto(f"{village.url}/issues?view=list&new=1")
    intake = page.locator(".intake")
    intake.get_by_label("微信群").check()
    intake.get_by_label("聊天记录").fill("王小明 10:32\n长冲路口的路灯频闪，晚上看不清，13900001111")
    intake.get_by_role("button", name="读出来填好").click()
    expect(intake.locator(".draft-reasons li").first).to_be_visible()
    expect(intake.get_by_label("反映什么")).to_have_value(re.compile("路灯频闪"))
    expect(intake.get_by_label("反映什么")).not_to_have_value(re.compile("13900001111"))
    expect(intake.locator(".category-chosen")).to_contain_text("路灯")
    intake.get_by_label("找名称、编码、地址").fill(place["code"])
    page.get_by_role("option").filter(has_text=place["code"]).first.click()
    intake.get_by_label("大约 200 米以内").check()
    expect(intake.locator(".near-border")).to_contain_text("都会收到")
    intake.locator(".similar-one", has_text="路灯频闪").get_by_role("button", name="我也反映").click()
    expect(page.get_by_text("现在 2 人反映")).to_be_visible()
    expect(card(page)).to_contain_text("长冲路口的路灯频闪")
    assert loop.issue(light)["voices"] == 2


def test_a_view_is_saved_used_and_taken_back(village: Served, visit: Visit) -> None:
    """A saved view shows its query again; deleting it is undone by a word."""
    opened, _ = furnished(village, visit)
    page = opened.page
    page.get_by_label("只看超期").check()
    tools = page.locator(".tools-menu")
    tools.locator("summary").click()
    tools.get_by_role("button", name="存为常用视图").click()
    page.get_by_role("dialog").get_by_label("起个名字").fill("天天看的超期")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    page.goto(f"{village.url}/issues")
    tools.locator("summary").click()
    tools.get_by_role("button", name="天天看的超期", exact=True).click()
    expect(page.get_by_label("只看超期")).to_be_checked()
    expect(page).to_have_url(re.compile("late=1"))
    tools.locator("summary").click()
    tools.get_by_role("button", name="删掉常用视图“天天看的超期”").click()
    page.get_by_role("button", name="撤销").click()
    opened.watch.quiet(page)
    tools.locator("summary").click()
    expect(tools.get_by_role("button", name="天天看的超期", exact=True)).to_be_visible()


def test_everything_is_reached_by_the_keyboard(village: Served, visit: Visit) -> None:
    """Enter on a row opens the issue and puts the focus on it, Escape closes it and gives the focus back."""
    opened, _ = furnished(village, visit)
    page = opened.page
    page.goto(f"{village.url}/issues?view=list&q=三轮车过不去")
    row = page.locator(".issue-open").first
    row.focus()
    page.keyboard.press("Enter")
    expect(card(page).locator("h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(row).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile("/issues"))


def test_the_bell_tells_what_came_in_and_leads_there(village: Served, visit: Visit) -> None:
    """What was handed to the county's desk is counted on every page, and its notice leads to the issue."""
    opened, loop = furnished(village, visit)
    place = loop.homes()[0]
    county = ask(opened, village, "/api/units?parent=")["items"][0]
    issue = loop.raised("路灯", "交给县里看的灯", ago(hours=1), (place["lon"], place["lat"]))
    loop.took(issue, "dispatched", ago(minutes=50), to={"kind": "unit", "id": county["id"]})
    page = visit(village, "/people").page
    expect(page.locator(".bell-count")).to_have_text(re.compile(r"\d"))
    page.locator("#bell summary").click()
    number = loop.issue(issue)["number"]
    page.locator(".bell-list a", has_text=number).click()
    expect(card(page)).to_contain_text("交给县里看的灯")
    read = ask(opened, village, "/api/notices?limit=50")["items"]
    assert [one["read"] for one in read if one["issue"] == issue] == [True]
