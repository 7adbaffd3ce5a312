"""Posts: proposed by residence, taken by a click, overridden with a reason, elected, handed over, called, printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.asking import ask
from tests.browser.conftest import DESK, PHONE, TABLET, Opened, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.peopling import Village, village_with_people
from tests.browser.planning import send
from tests.browser.served import Served


@pytest.fixture(params=["village", "village_on_postgis"])
def place(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The demo village on each database."""
    yield request.getfixturevalue(request.param)


def settled(place: Served, visit: Visit) -> tuple[Opened, Village]:
    """Return a page of the county, and its village with people and every post vacant."""
    opened = visit(place, "/map")
    village = village_with_people(opened, place)
    for one in ask(opened, place, f"/api/units/{village.unit['id']}/tree")["items"]:
        for held in (holder for post in one["posts"] for holder in post["holders"]):
            send(opened, f"/api/appointments/{held['appointment']}/end", because="重来")
    return opened, village


def posts_page(visit: Visit, place: Served, village: Village, level: str, size: tuple[int, int] = DESK) -> Opened:
    """Open the posts of the village at a level."""
    opened = visit(place, f"/posts?unit={village.unit['id']}&level={level}", size=size)
    expect(opened.page.locator(".posts-head")).to_contain_text(village.unit["name"])
    return opened


def rows(page: Page) -> Locator:
    """Return the rows of the proposals table."""
    return page.locator(".proposal-row")


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_proposals_tell_what_the_server_found(place: Served, visit: Visit, size: tuple[int, int]) -> None:
    """Each row has the person, the metres, inside or outside and the runner-up; nothing overlaps or is cut."""
    opened, village = settled(place, visit)
    found = ask(opened, place, f"/api/appointments/proposal?unit={village.unit['id']}&level=zu")
    page = posts_page(visit, place, village, "zu", size).page
    expect(rows(page)).to_have_count(len(found["rows"]))
    for at, row in enumerate(found["rows"]):
        expect(rows(page).nth(at)).to_contain_text(row["unit"]["name"])
        expect(rows(page).nth(at)).to_contain_text(row["person"]["name"])
        expect(rows(page).nth(at)).to_contain_text(re.compile(r"\d 米|公里"))
    expect(page.locator(".infeasible")).to_have_count(len(found["infeasible"]))
    expect(page.get_by_role("button", name="勾选要任命的")).to_be_disabled()
    page.wait_for_timeout(600)
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []


def test_nothing_is_appointed_without_a_click_and_a_click_is_taken_back(place: Served, visit: Visit) -> None:
    """All are chosen and appointed; the tree and the counts say so; the toast takes all of it back."""
    opened, village = settled(place, visit)
    page = posts_page(visit, place, village, "pian").page
    count = rows(page).count() or 1
    expect(rows(page).first).to_be_visible()
    count = rows(page).count()
    address = f"/api/posts?unit={village.unit['id']}&level=pian&limit=1"
    assert ask(opened, place, address)["counts"]["pian"]["held"] == 0
    page.get_by_label("全选").check()
    page.get_by_role("button", name=f"任命选中的 {count} 人").click()
    expect(page.get_by_text(f"已任命 {count} 人")).to_be_visible()
    expect(page.locator('[data-level="pian"] > .tree-row .holder').first).to_be_visible()
    assert ask(opened, place, address)["counts"]["pian"]["held"] == count
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text(f"已撤销 {count} 人的任命")).to_be_visible()
    assert ask(opened, place, address)["counts"]["pian"]["held"] == 0


def test_another_than_proposed_is_taken_with_a_reason_that_is_kept(place: Served, visit: Visit) -> None:
    """Without a reason the dialog stays; with one the person is appointed and the record tells why."""
    opened, village = settled(place, visit)
    page = posts_page(visit, place, village, "pian").page
    first = rows(page).first
    unit = first.locator(".proposal-unit").inner_text()
    first.get_by_role("button", name="换人").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="就用这个人").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请写理由")
    dialog.get_by_label("理由").fill("更熟悉这一片")
    dialog.get_by_role("button", name="就用这个人").click()
    expect(first).to_contain_text("另选")
    name = first.locator(".proposal-person").inner_text()
    page.get_by_role("button", name="任命选中的 1 人").click()
    expect(page.get_by_text("已任命 1 人")).to_be_visible()
    pian = next(one for one in village.units["pian"] if one["name"] == unit)
    record = ask(opened, place, f"/api/units/{pian['id']}/posts")
    assert record["posts"][0]["holders"][0]["officer"]["name"] == name
    assert record["history"][0]["reason"] == "更熟悉这一片"


def test_the_mode_is_chosen_and_stays_in_the_address(place: Served, visit: Visit) -> None:
    """The longest distance of the mode that makes it least is no longer than that of the other, on the page too."""
    opened, village = settled(place, visit)
    both = [
        ask(opened, place, f"/api/appointments/proposal?unit={village.unit['id']}&level=pian&mode={mode}")["longest_m"]
        for mode in ("total", "longest")
    ]
    assert both[1] <= both[0] + 0.5
    page = posts_page(visit, place, village, "pian").page
    page.get_by_role("button", name="最远的尽量近").click()
    expect(page).to_have_url(re.compile("mode=longest"))
    page.reload()
    expect(page.get_by_role("button", name="最远的尽量近")).to_have_attribute("aria-pressed", "true")


def test_an_elected_post_shows_candidates_and_takes_down_the_result(place: Served, visit: Visit) -> None:
    """Nobody is proposed for a 邻; the day and votes of its election are written down and stand in the record."""
    opened, village = settled(place, visit)
    page = posts_page(visit, place, village, "lin").page
    expect(page.get_by_text("邻长由选举产生")).to_be_visible()
    expect(page.get_by_label("全选")).to_have_count(0)
    page.get_by_role("button", name="登记选举结果").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_label("选举日期").fill("2026-03-06")
    dialog.get_by_label("得票").fill("9")
    dialog.get_by_label("应到户数").fill("8")
    dialog.get_by_role("button", name="登记选举结果").click()
    expect(dialog.get_by_role("alert")).to_contain_text("得票不能多于")
    dialog.get_by_label("应到户数").fill("12")
    dialog.get_by_role("button", name="登记选举结果").click()
    expect(page.get_by_text("已任命 1 人")).to_be_visible()
    held = ask(opened, place, f"/api/posts?unit={village.unit['id']}&level=lin&state=held")["items"]
    record = ask(opened, place, f"/api/units/{held[0]['unit']['id']}/posts")["history"][0]
    assert (record["elected_on"], record["result"]["votes"], record["result"]["of"]) == ("2026-03-06", 9, 12)


def a_chief(opened: Opened, place: Served, village: Village) -> dict[str, str]:
    """Appoint the proposed chief of the first 片 and return the row."""
    found = ask(opened, place, f"/api/appointments/proposal?unit={village.unit['id']}&level=pian")["rows"]
    row = next(one for one in found if one["unit"]["id"] == village.units["pian"][0]["id"])
    chosen = {"unit_id": row["unit"]["id"], "officer_id": row["person"]["id"], "how": "residence"}
    send(opened, "/api/appointments", rows=[chosen])
    return {**chosen, "name": row["person"]["name"], "unit": row["unit"]["name"]}


def test_who_leaves_hands_over_on_one_page(place: Served, visit: Visit) -> None:
    """Ending a post asks why, offers the page of what passed, and that page names who stands in and how many homes."""
    opened, village = settled(place, visit)
    chief = a_chief(opened, place, village)
    page = posts_page(visit, place, village, "pian").page
    page.get_by_text("在任片长").click()
    page.locator(".holders li", has_text=chief["name"]).get_by_role("button", name="卸任").click()
    page.get_by_role("dialog").get_by_label("理由").fill("任期满")
    page.get_by_role("dialog").get_by_role("button", name="卸任").click()
    page.get_by_role("button", name="看交接单").click()
    sheet = page.locator(".handover")
    expect(sheet).to_contain_text(chief["name"])
    expect(sheet).to_contain_text(f"{village.units['pian'][0]['homes']} 户")
    expect(sheet).to_contain_text(village.unit["name"])
    assert faults(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_home_tells_whom_to_call(place: Served, visit: Visit, size: tuple[int, int]) -> None:
    """The card of a home has 邻长, 组长, 片长, the vacant ones marked; after a reason the call button dials."""
    opened, village = settled(place, visit)
    chief = a_chief(opened, place, village)
    tree = ask(opened, place, f"/api/units/{village.unit['id']}/tree")["items"]
    zu = next(one["unit"] for one in tree if one["unit"]["parent_id"] == chief["unit_id"])
    home = village.homes(zu)[0]
    view = f"#17.00/{home['lat']:.5f}/{home['lon']:.5f}/h-{home['id']}"
    page = visit(place, f"/map{view}", size=size).page
    chain = page.locator(".contacts")
    expect(chain).to_contain_text(f"邻长空缺，现在由{chief['name']}代管")
    expect(chain.get_by_text("空缺", exact=True)).to_have_count(2)
    chain.get_by_role("button", name=f"给{chief['name']}打电话").click()
    page.get_by_role("dialog").get_by_label("为什么要看").fill("上门前联系")
    page.get_by_role("dialog").get_by_role("button", name="显示号码").click()
    link = chain.get_by_role("link", name=f"给{chief['name']}打电话")
    expect(link).to_have_attribute("href", re.compile(r"^tel:199\d{8}$"))
    page.wait_for_timeout(400)
    assert faults(page) == []


def test_vacancies_are_a_layer_that_the_legend_switches(place: Served, visit: Visit) -> None:
    """The switch asks for the vacancies once it is on, and draws them; off, the map is as before."""
    _, village = settled(place, visit)
    lon, lat = next(one["place"] for one in village.units["pian"] if one["place"])
    opened = visit(place, f"/map#12.50/{lat:.5f}/{lon:.5f}")
    page = opened.page
    before = opened.map.picture()
    if page.locator(".legend").get_attribute("open") is None:
        page.locator(".legend summary").click()
    with page.expect_response(re.compile("vacancies.*level=pian")):
        page.get_by_label("空缺的岗位").check()
    with_rings = opened.map.picture()
    assert with_rings != before
    page.get_by_label("空缺的岗位").uncheck()
    opened.watch.quiet(page, 600)
    assert opened.map.picture() != with_rings


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_chart_names_every_post_on_screen_and_paper(place: Served, visit: Visit, size: tuple[int, int]) -> None:
    """Every 片, 组 and 邻 stands on it with its holder or that the post is vacant; printed, the bars are gone."""
    opened, village = settled(place, visit)
    chief = a_chief(opened, place, village)
    page = visit(place, f"/chiefs?unit={village.unit['id']}", size=size).page
    lines = page.locator(".chart-line")
    expect(lines).to_have_count(sum(len(units) for units in village.units.values()))
    expect(page.locator(".chart-pian", has_text=chief["unit"]).first).to_contain_text(chief["name"])
    expect(page.locator(".chart .vacant")).to_have_count(lines.count() - 1)
    assert faults(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
