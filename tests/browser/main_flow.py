"""The main flow, for any county: see the net, come near, read the cards, find a place, come back by its address."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.asking import a_home, ask
from tests.browser.conftest import Opened, Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PHONE_NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def see_the_net(served: Served, visit: Visit, pixels: Pixels) -> None:
    """The map is drawn, not blank, and the side tells the very numbers that the server counts."""
    opened = visit(served)
    look = pixels.look(opened.map.picture())
    assert look.colours > 200 and look.commonest_share < 0.9, look
    counts = ask(opened, served, "/api/map")["counts"]
    told = opened.page.locator(".summary p").first.inner_text().replace(",", "")
    for level in ("village", "pian", "zu", "lin", "homes"):
        assert re.search(rf"\b{counts[level]}\b", told), (level, counts[level], told)
    top = ask(opened, served, "/api/units?parent=")["items"]
    row = opened.page.locator(f'[data-id="{top[0]["id"]}"] > .tree-row')
    expect(row).to_contain_text(top[0]["name"])
    expect(row).to_contain_text(f"{top[0]['homes']:,}")


def come_near(served: Served, visit: Visit) -> None:
    """Wheel from the whole to a home: the 邻 and the home tell what they are, masked until asked why."""
    opened = visit(served)
    page, map_ = opened.page, opened.map
    map_.settle()
    home = a_home(opened, served)
    map_.wheel_to(home["lon"], home["lat"], 17.6)
    assert math.dist(map_.pixel(home["lon"], home["lat"]), middle(opened)) < 600
    click_ground(opened, served, home["lin"])
    expect(page.locator("#card h2")).to_have_text(re.compile("邻"))
    code = page.locator("#card .code").inner_text()
    assert ask(opened, served, f"/api/search?q={code}")["items"][0]["kind"] == "unit"
    map_.settle()
    page.mouse.click(*map_.pixel(home["lon"], home["lat"]))
    expect(page.locator("#card h2 .chip")).to_have_text("住户")
    card = page.locator("#card")
    expect(card).to_contain_text("*")
    masked = card.inner_text()
    assert not re.search(PHONE_NUMBER, masked), masked
    page.get_by_role("button", name="查看完整信息").click()
    reason = f"电话核对地址 {served.port}"
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="查看并记录").click()
    expect(card).to_contain_text("这次查看已记入审计")
    assert re.search(PHONE_NUMBER, card.inner_text()), card.inner_text()


def find_by_name(served: Served, visit: Visit) -> None:
    """Typing a village's name and pressing Enter flies there; its address opens the same view again."""
    opened = visit(served)
    page, map_ = opened.page, opened.map
    map_.settle()
    village = ask(opened, served, "/api/search?q=村&limit=5")["items"][0]
    page.keyboard.press("Tab")
    box = page.get_by_role("combobox").first
    for _ in range(20):
        if box.evaluate("(e) => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(village["label"], delay=20)
    expect(page.get_by_role("option").first).to_contain_text(village["label"])
    page.keyboard.press("Enter")
    expect(page.locator("#card h2")).to_contain_text(village["label"])
    map_.settle()
    west, south, east, north = village["bbox"]
    view = map_.view()
    assert west <= view.lon <= east and south <= view.lat <= north
    address = page.evaluate("location.href")
    again = visit(served, address.removeprefix(served.url))
    again.map.settle()
    assert again.map.view() == pytest.approx(view, abs=1e-4)
    expect(again.page.locator("#card h2")).to_contain_text(village["label"])


def middle(opened: Opened) -> tuple[float, float]:
    """Return the middle of the map on the page."""
    box = opened.map.box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def click_ground(opened: Opened, served: Served, lin: dict[str, Any]) -> None:
    """Click where a 邻 is and no home stands: half way between its homes and its middle."""
    homes = ask(opened, served, f"/api/units/{lin['id']}/households")["items"]
    pixels_ = [opened.map.pixel(one["lon"], one["lat"]) for one in homes]
    start = pixels_[0]
    for angle in range(0, 360, 30):
        x, y = start[0] + 18 * math.cos(math.radians(angle)), start[1] + 18 * math.sin(math.radians(angle))
        if min(math.dist((x, y), one) for one in pixels_) > 12:
            opened.page.mouse.click(x, y)
            return
    raise AssertionError("no free ground near the home")
