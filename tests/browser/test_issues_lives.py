"""Whole lives of issues, played on the page at the desk and on a phone, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.asking import ask
from tests.browser.conftest import DESK, PHONE, Opened, Visit
from tests.browser.living import Loop, ago, card, is_in, press, step, told
from tests.browser.planning import edit, plan_from_net, send
from tests.browser.served import Served

# each life at one size on the one database and at the other on the other, so that all four are walked by some
HERE = [("village", DESK), ("village_on_postgis", PHONE)]
THERE = [("village", PHONE), ("village_on_postgis", DESK)]


class Stage:
    """A page of the desk, and the county behind it."""

    def __init__(self, served: Served, visit: Visit, size: tuple[int, int]) -> None:
        self.served = served
        self.opened: Opened = visit(served, "/issues?view=list", size=size)
        self.page = self.opened.page
        self.loop = Loop(self.opened, served)

    def open(self, issue_id: str) -> None:
        """Open an issue by its link."""
        self.page.goto(f"{self.served.url}/issues?view=list&id={issue_id}")
        expect(card(self.page).locator("h2")).to_be_visible()


@pytest.fixture
def stage(request: pytest.FixtureRequest, visit: Visit) -> Iterator[Stage]:
    """A page at one size over one county."""
    county, size = request.param
    yield Stage(request.getfixturevalue(county), visit, size)


def on(pairs: list[tuple[str, tuple[int, int]]]) -> pytest.MarkDecorator:
    """Walk a life on these pairs of a county and a size."""
    names = [f"{county}-{'phone' if size == PHONE else 'desk'}" for county, size in pairs]
    return pytest.mark.parametrize("stage", pairs, ids=names, indirect=True)


@on(HERE)
def test_a_street_light_is_solved_in_two_days(stage: Stage) -> None:
    """A call is taken in, accepted by a double click that counts once, solved, answered, rated, and stands in files."""
    page, home = stage.page, stage.loop.homes()[0]
    page.get_by_role("button", name="登记").click()
    intake = page.locator(".intake")
    intake.get_by_role("button", name="登记").click()
    expect(intake).to_contain_text("写一句反映什么")
    intake.get_by_label("反映什么").fill("路口的灯一闪一闪，晚上看不清")
    intake.get_by_label("找类别").fill("0118")
    intake.locator(".category-button").first.click()
    intake.get_by_label("找名称、编码、地址").fill(home["code"])
    page.get_by_role("option").filter(has_text=home["code"]).first.click()
    expect(intake.locator(".near-where")).to_contain_text(home["lin"]["name"])
    intake.get_by_label("姓名").fill("刘春和")
    intake.get_by_label("电话", exact=True).last.fill("19900001234")
    intake.get_by_role("button", name="登记").click()
    is_in(page, "待接单")
    number = card(page).locator(".card-bar .code").inner_text()
    expect(card(page)).to_contain_text("199****1234")
    page.locator('.step-bar [data-step="accepted"]').dblclick()
    is_in(page, "办理中")
    assert [one for one in told(page) if "接单" in one] == ["admin接单"]
    expect(card(page).locator(".card-clocks")).to_contain_text(re.compile(r"还剩 \d 天"))
    step(page, "solved", {"内容": "换了灯泡"}, ("现场解决",))
    is_in(page, "待反馈")
    assert page.locator('[data-step="closed"]').count() == 0, "it cannot close before the raiser was told"
    step(page, "answered", {"内容": "打电话说修好了"}, ("打电话",))
    step(page, "rated", pick=("解决了",))
    is_in(page, "已办结")
    assert told(page)[0] == "admin代记群众评价：解决了"
    found = ask(stage.opened, stage.served, f"/api/issues?state=any&q={number}")["items"]
    assert [one["state"] for one in found] == ["closed"]
    csv = page.request.get(f"{stage.served.url}/api/issues/export?format=csv&state=any&q={number}").text()
    assert number in csv and "刘春和" not in csv
    page.goto(f"{stage.served.url}/ledger?state=any&q={number}")
    expect(page.locator(".ledger-table tbody tr")).to_have_count(1)
    expect(page.locator(".ledger-table tbody")).to_contain_text("现场解决：打电话说修好了")


@on(THERE)
def test_a_bridge_tells_progress_for_two_months(stage: Stage) -> None:
    """No result is due, progress is due each month and leads on; photos stand side by side, before and after."""
    loop, page, home = stage.loop, stage.page, stage.loop.homes()[0]
    bridge = loop.raised("跨河桥", "旧桥仅1米宽还没护栏", ago(days=62), (home["lon"], home["lat"]), photos=3)
    loop.took(bridge, "accepted", ago(days=61))
    loop.took(bridge, "progress", ago(days=33), text="列入小型项目")
    loop.took(bridge, "progress", ago(days=5), text="资金到位")
    stage.open(bridge)
    clocks = card(page).locator(".card-clocks")
    expect(clocks).to_contain_text("不限时出结果")
    expect(clocks).to_contain_text(re.compile(r"还剩 2\d 天"))
    assert page.locator(".step-bar .primary").get_attribute("data-step") == "progress"
    step(page, "progress", {"内容": "桥面铺好了"})
    expect(card(page).locator(".timeline")).to_contain_text("桥面铺好了")
    assert [one for one in told(page) if "报进展" in one] == ["admin报进展", "周支书报进展", "周支书报进展"]
    for stage_words, colour in (("办理前", "#804020"), ("办理后", "#208040")):
        add_photo(stage, stage_words, colour)
    expect(card(page).locator(".photo-pair img")).to_have_count(2)
    expect(card(page).locator(".card-photos h3")).to_contain_text("2 / 3 张已到")
    step(page, "solved", {"内容": "新桥通了"}, ("资金支持", "项目支持"))
    step(page, "answered", {"内容": "请他来看了"}, ("上门",))
    step(page, "rated", pick=("解决了",))
    is_in(page, "已办结")


def add_photo(stage: Stage, words: str, colour: str) -> None:
    """Add a photo of one colour by the card."""
    kept = BytesIO()
    Image.new("RGB", (320, 240), colour).save(kept, "JPEG")
    stage.page.get_by_role("button", name="加照片").click()
    dialog = stage.page.get_by_role("dialog")
    dialog.get_by_label(words).check()
    dialog.locator("input[type=file]").set_input_files(
        {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}
    )
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


@on(HERE)
def test_a_dispute_takes_four_sessions(stage: Stage) -> None:
    """The fourth session agrees on a line that is drawn on the map; sessions are counted in the sentences."""
    loop, page, home = stage.loop, stage.page, stage.loop.homes()[0]
    dispute = loop.raised("地界纠纷", "两家为屋后地界争吵", ago(days=6), (home["lon"], home["lat"]))
    loop.took(dispute, "accepted", ago(days=5.9))
    for days in (5, 4, 3):
        loop.took(dispute, "mediated", ago(days=days), parties="陈家、李家", result="not_yet")
    stage.open(dispute)
    press(page, "mediated")
    dialog = page.get_by_role("dialog")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".field-error:not([hidden])")).to_have_count(2)
    dialog.get_by_label("谁参加了").fill("陈家、李家、片长")
    dialog.get_by_label("谈成了", exact=True).check()
    line = dialog.locator(".place-map canvas")
    line.scroll_into_view_if_needed()
    stage.opened.watch.quiet(page)
    box = line.bounding_box()
    assert box
    for share in (0.3, 0.6):
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
        page.wait_for_timeout(350)  # two clicks close together would be a double click
    expect(dialog).to_contain_text("已点 2 处")
    dialog.locator("button[type=submit]").click()
    expect(card(page).locator(".timeline")).to_contain_text("admin第4次调解，谈成了")
    expect(card(page).locator(".timeline")).to_contain_text("画了双方同意的界线")
    assert next(one for one in told(page) if "还没谈成" in one) == "周支书第3次调解，还没谈成"
    step(page, "solved", {"内容": "立了界桩"}, ("现场解决",))
    is_in(page, "待反馈")


@on(THERE)
def test_a_refusal_and_a_whistle_with_one_office_late(stage: Stage) -> None:
    """A refusal names whose it is and is counted; of two offices called one comes late, which the card says."""
    loop, page, home = stage.loop, stage.page, stage.loop.homes()[0]
    light = loop.raised("路灯", "整条街的灯都不亮", ago(hours=20), (home["lon"], home["lat"]))
    stage.open(light)
    press(page, "refused")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("是供电线路")
    dialog.get_by_label("部门", exact=True).first.check()
    dialog.get_by_role("combobox", name="部门").select_option("住建局")
    dialog.locator("button[type=submit]").click()
    expect(card(page).locator(".card-head")).to_contain_text("退回 1 次")
    expect(card(page).locator(".card-parties")).to_contain_text("住建局")
    assert told(page)[0] == "admin退回，转给住建局"
    press(page, "accepted")
    is_in(page, "办理中")
    called = [loop.offices["住建局"], loop.offices["电信公司"]]
    loop.took(light, "whistled", ago(hours=10), offices=called, sign_by=ago(hours=5).isoformat(), topic="同去现场")
    loop.took(light, "signed_in", ago(hours=8), office=called[0])
    stage.open(light)
    whistle = card(page).locator(".whistle")
    expect(whistle).to_contain_text(re.compile(r"电信公司\s*没有报到，已晚 5 小时"))
    step(page, "signed_in")
    expect(whistle).to_contain_text("晚了 5 小时")
    assert told(page)[0] == "电信公司报到，晚了5 小时"
    press(page, "whistle_rated")
    page.get_by_role("dialog").get_by_label("哪个部门").select_option("电信公司")
    page.get_by_role("dialog").get_by_label("2 星").check()
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(whistle).to_contain_text("2 星")


@on(HERE)
def test_a_bad_rating_opens_it_again(stage: Stage) -> None:
    """Not solved after all: one tap puts it back in hand with a new clock, and only a good rating closes it."""
    loop, page, home = stage.loop, stage.page, stage.loop.homes()[0]
    drain = loop.raised("雨水箅子", "一下雨就积水", ago(days=5), (home["lon"], home["lat"]))
    for kind, days, detail in (
        ("accepted", 4.9, {}),
        ("solved", 4, {"remedy": ["on_spot"], "text": "掏了"}),
        ("answered", 3, {"how": "phone", "text": "说通了"}),
    ):
        loop.took(drain, kind, ago(days=days), **detail)
    stage.open(drain)
    step(page, "rated", {"内容": "昨天又堵了"}, ("没解决",))
    is_in(page, "办理中")
    expect(card(page).locator(".card-clocks")).to_contain_text(re.compile(r"还剩 [12] 天"))
    step(page, "solved", {"内容": "换了管子"}, ("项目支持",))
    step(page, "answered", {"内容": "当面看了"}, ("当面读给对方听",))
    step(page, "rated", pick=("解决了", "对方不用手机，由我当面读了、代为评价"))
    is_in(page, "已办结")
    assert loop.issue(drain)["reopened"] == 1
    assert [one for one in told(page) if "评价" in one] == ["admin代记群众评价：解决了", "admin代记群众评价：没解决"]


@on(THERE)
def test_a_border_is_redrawn_half_way(stage: Stage) -> None:
    """A redraw hands the open issue to the new 邻; the card shows whose it was and is, and undoing gives it back."""
    loop, page, opened = stage.loop, stage.page, stage.opened
    home = next(one for one in loop.homes(least=7) if not one["building"])
    light = loop.raised("路灯", "门口的灯不亮", ago(hours=20), (home["lon"], home["lat"]))
    loop.took(light, "accepted", ago(hours=19))
    before = loop.issue(light)
    village = next(one for one in before["chain"] if one["level"] == "village")
    plan = plan_from_net(opened, village)
    content = ask(opened, stage.served, f"/api/plans/{plan['id']}/content")
    own = next(one for one in content["units"] if one["id"] == home["lin"]["id"])
    other = next(one for one in content["units"] if one["parent_id"] == own["parent_id"] and one["id"] != own["id"])
    moves = [{"unit_id": other["id"], "home_ids": [home["id"]]}]
    edit(opened, plan["id"], plan["revision"], "paint", moves=moves, pieces=True)
    send(opened, f"/api/plans/{plan['id']}/publish", reason="浏览器测试划界")
    after = loop.issue(light)
    assert after["unit"]["id"] == other["id"] and after["then"]["chain"][-1]["id"] == own["id"]
    stage.open(light)
    places = card(page).locator(".then-now")
    expect(places).to_contain_text(re.compile(rf"上报时.*{own['name']}.*现在.*{other['name']}", re.DOTALL))
    assert told(page)[0] == f"片组邻重新划定，交到{other['name']}手里"
    is_in(page, "办理中")
    last = ask(opened, stage.served, "/api/publications")["items"][0]
    send(opened, f"/api/publications/{last['id']}/undo", reason="浏览器测试划界撤销")
    assert loop.issue(light)["holder"]["id"] == own["id"]
