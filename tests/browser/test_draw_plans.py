"""The panels of the redrawing page, driven as a cadre drives them: steps 2 and 4 to 7, by mouse and by finger."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import planning
from tests.browser.asking import ask
from tests.browser.conftest import Opened, Way
from tests.browser.layout import faults
from tests.browser.planning import middle, open_plan, tab


def test_a_village_is_chosen_and_its_net_opened_as_a_plan(way: Way) -> None:
    """From the empty page by search to the village, by one button to a plan of it, and the address opens it again."""
    opened, served, _ = way
    page = opened.page
    village = planning.a_village(opened, served, "rural")
    expect(page.locator(".open-steps li")).to_have_count(4)
    page.get_by_role("combobox").fill(village["name"])
    page.get_by_role("option").first.click()
    expect(page.locator(".open-panel h2")).to_have_text(village["name"])
    counts = ask(opened, served, f"/api/units/{village['id']}/content")["counts"]
    expect(page.locator(".open-panel")).to_contain_text(f"{counts['lin']} 邻")
    planning.at_rest(opened)
    assert faults(page) == []

    page.get_by_role("button", name="打开来改").click()
    expect(page.locator(".stepper .now")).to_have_text("起草")
    expect(page.locator(".plan-head")).to_contain_text(f"{counts['lin']} 邻")
    page.wait_for_url(re.compile(r"/draw\?plan="))
    planning.at_rest(opened)
    assert faults(page) == []
    address = page.evaluate("location.href")
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".plan-head h2")).to_have_text(village["name"])


def test_drafts_come_side_by_side_and_one_is_taken(way: Way) -> None:
    """Three wishes give three cards with scores and a sentence on how they differ; one click opens one of them."""
    opened, served, _ = way
    page = opened.page
    village = planning.a_village(opened, served, "rural")
    page.goto(f"{served.url}/draw?unit={village['id']}")
    page.get_by_role("button", name="起草", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    cards = page.locator(".draft-card")
    expect(cards).to_have_count(3, timeout=120_000)
    for card in cards.all():
        expect(card).to_contain_text(re.compile(r"平均离中心\s*[\d.]+ 米"))
    expect(cards.nth(1).locator(".difference")).to_contain_text("户")
    assert faults(page) == []
    plan_id = cards.nth(1).get_attribute("data-plan")
    cards.nth(1).get_by_role("button", name="用这个改").click()
    page.wait_for_url(re.compile(f"plan={plan_id}"))
    page.get_by_role("button", name="换方案").click()
    rows = page.locator(".earlier")
    expect(rows.nth(2)).to_be_visible()
    rows.first.get_by_role("button", name="照它另开一份").click()
    expect(page.locator(".stepper .now")).to_have_text("起草")
    page.wait_for_url(lambda address: "plan=" in address and str(plan_id) not in address)


def test_a_broken_lin_is_walked_to_and_mended_by_one_click(way: Way) -> None:
    """The walker goes to the problem, the map proposes ways with their price; one click mends it, one takes it back."""
    first, served, _ = way
    plan = planning.a_plan(way)
    broken = planning.break_a_lin(first, served, plan)
    opened = open_plan(first, served, plan["id"])
    page = opened.page
    problems = tab(opened, "问题")
    row = problems.locator(".problem.error").filter(has_text=f"有 {broken['homes']} 户")
    expect(row).to_have_count(1)
    total = problems.locator(".problem").count()
    page.keyboard.press("n")
    expect(problems.locator(".problem-at")).to_have_text(f"1 / {total}")
    expect(row).to_have_attribute("aria-current", "true")
    card = page.locator("#card")
    expect(card.locator("h2")).to_contain_text(broken["name"])
    expect(card.locator(".rule.broken")).to_be_visible()

    row.get_by_role("button", name=re.compile("怎么修")).click()
    proposals = card.locator(".repair")
    expect(proposals.first).to_contain_text("换邻长")
    planning.at_rest(opened)
    assert faults(page) == []
    expect(proposals.first).to_contain_text(f"{broken['homes']}")
    proposals.first.get_by_role("button", name="就这样改").click()
    toast = page.locator(".toast").last
    expect(toast).to_be_visible()
    expect(row).to_have_count(0)
    toast.get_by_role("button", name="撤销").click()
    expect(row).to_have_count(1)


def test_history_undoes_looks_back_and_returns(way: Way) -> None:
    """Who, when and what of every edit; undo also after the browser was closed; a revision is seen and brought back."""
    first, served, _ = way
    plan = planning.a_plan(way)
    lin = next(one for one in ask(first, served, f"/api/plans/{plan['id']}/content")["units"] if one["level"] == "lin")
    for at, name in enumerate(("桥头邻", "井边邻")):
        planning.edit(first, plan["id"], plan["revision"] + at, "rename", unit_id=lin["id"], name=name)
    opened = open_plan(first, served, plan["id"])
    page = opened.page
    history = tab(opened, "历史")
    rows = history.locator(".revisions > li")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("桥头邻")
    expect(rows.first).to_contain_text(re.compile(r"\d+月\d+日 周. \d\d:\d\d"))
    undo = history.locator(".undo-line button").first
    expect(undo).to_contain_text("桥头邻")
    undo.click()
    expect(rows).to_have_count(4)
    redo = history.locator(".undo-line button").nth(1)
    expect(redo).to_be_enabled()
    redo.click()
    expect(rows).to_have_count(5)

    rows.nth(4).get_by_role("button", name=re.compile("^看")).click()
    expect(page.locator(".swipe")).to_contain_text("只看，不能改")
    planning.at_rest(opened)
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".swipe")).to_have_count(0)
    rows.nth(4).get_by_role("button", name=re.compile("^回到这一版")).click()
    expect(rows).to_have_count(6)
    names = [one["name"] for one in ask(opened, served, f"/api/plans/{plan['id']}/content")["units"]]
    assert "井边邻" not in names
    assert "桥头邻" not in names


def test_a_plan_is_compared_with_the_net_by_a_swipe(way: Way) -> None:
    """Sentence, counts and table name the homes that move; the handle follows mouse, finger and arrow keys."""
    first, served, by_finger = way
    plan = planning.a_plan(way)
    planning.break_a_lin(first, served, plan)
    told = ask(first, served, f"/api/comparisons?a=net&b={plan['id']}")
    opened = open_plan(first, served, plan["id"])
    page = opened.page
    compared = tab(opened, "比较")
    expect(compared.locator(".compare-sentence")).to_have_text(told["sentence"])
    expect(compared.locator(".figure dd").first).to_have_text(str(told["homes_moved"]))
    expect(compared.locator(".moved tbody tr")).to_have_count(told["homes_moved"])
    compared.get_by_role("button", name="在图上左右对照").click()
    handle = page.get_by_role("slider")
    expect(handle).to_have_attribute("aria-valuenow", "50")
    planning.at_rest(opened)
    assert faults(page) == []
    start = middle(handle)
    drag = planning.touch_drag if by_finger else planning.mouse_drag
    drag(opened, start, (start[0] - 150, start[1]))
    moved_to = int(handle.get_attribute("aria-valuenow") or "50")
    assert 20 < moved_to < 45, moved_to
    handle.focus()
    page.keyboard.press("End")
    expect(handle).to_have_attribute("aria-valuenow", "100")
    compared.locator(".moved button").first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".swipe")).to_have_count(0)


def test_a_plan_is_sent_returned_approved_published_and_undone(way: Way) -> None:
    """The whole way: a comment at a place, a return that says why, approval, a date and a reason, and back."""
    first, served, by_finger = way
    plan = planning.a_plan(way)
    content = ask(first, served, f"/api/plans/{plan['id']}/content")
    lin = next(one for one in content["units"] if one["level"] == "lin")
    planning.edit(first, plan["id"], plan["revision"], "rename", unit_id=lin["id"], name=f"桥头邻{plan['id'][:4]}")
    opened = open_plan(first, served, plan["id"])
    _send_and_return(opened, by_finger=by_finger)
    _approve(opened)
    before = ask(opened, served, "/api/publications")["items"][0]["seq"]
    _publish(opened)
    assert ask(opened, served, "/api/publications")["items"][0]["seq"] == before + 1
    _take_back(opened)
    assert ask(opened, served, "/api/publications")["items"][0]["kind"] == "undo"


def _send_and_return(opened: Opened, *, by_finger: bool) -> None:
    page, review = opened.page, tab(opened, "送审")
    review.get_by_label("说明").fill("请看一看")
    review.get_by_role("button", name="送审").click()
    expect(page.locator(".stepper .now")).to_have_text("送审")
    review.get_by_label("写意见").fill("这里名字要改")
    review.get_by_role("button", name="点在图上").click()
    place = middle(page.locator(".pick-cover"))
    if by_finger:
        page.touchscreen.tap(*place)
    else:
        page.mouse.click(*place)
    review.get_by_role("button", name="写下").click()
    expect(page.locator(".maplibregl-marker.pin")).to_have_text("1")
    assert faults(page) == []
    review.get_by_label("批复意见").fill("名字改回来")
    review.get_by_role("button", name="退回").click()
    expect(page.locator(".stepper .now")).to_have_text("起草")
    remark = review.locator(".remarks li").filter(has_text="这里名字要改")
    remark.get_by_role("button", name="了结").click()
    expect(remark.get_by_role("button", name="重新打开")).to_be_visible()


def _approve(opened: Opened) -> None:
    page, review = opened.page, tab(opened, "送审")
    review.get_by_role("button", name="送审").click()
    expect(page.locator(".stepper .now")).to_have_text("送审")
    review.get_by_role("button", name="批准").click()
    expect(page.locator(".stepper .now")).to_have_text("批准")


def _publish(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("button", name="发布…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("换邻的户")
    expect(dialog).to_contain_text(re.compile(r"新单元要配人的岗位\s*\d+ 个"))
    expect(dialog.get_by_label("生效日期")).not_to_have_value("")
    assert faults(page) == []
    dialog.get_by_label(re.compile("理由")).fill("浏览器测试发布")
    dialog.get_by_role("button", name=re.compile("^发布")).click()
    expect(page.locator(".stepper .now")).to_have_text("发布")
    expect(page.locator(".entry")).to_contain_text("浏览器测试发布")


def _take_back(opened: Opened) -> None:
    entry = opened.page.locator(".entry")
    entry.get_by_role("button", name="撤销").click()
    dialog = opened.page.get_by_role("dialog")
    dialog.get_by_label(re.compile("理由")).fill("浏览器测试撤销")
    dialog.get_by_role("button", name="撤销").click()
    expect(entry).to_contain_text("已撤销")
    expect(entry.get_by_role("button", name="照它另开一份")).to_be_visible()


def test_what_breaks_a_rule_bars_the_way_to_publishing(way: Way) -> None:
    """The dialog names the errors and leads to each; its button stays shut until they are mended."""
    first, served, _ = way
    plan = planning.a_plan(way)
    broken = planning.break_a_lin(first, served, plan)
    opened = open_plan(first, served, plan["id"])
    page = opened.page
    page.get_by_role("button", name="发布…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("必须先改")
    expect(dialog.get_by_role("button", name=re.compile("^发布"))).to_be_disabled()
    assert faults(page) == []
    dialog.get_by_role("alert").get_by_role("button").first.click()
    expect(page.locator("#card h2")).to_contain_text(broken["name"])
