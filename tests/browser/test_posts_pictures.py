"""The pictures of the guide to posts, taken from a running town; only when they are asked for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.asking import ask
from tests.browser.conftest import PHONE, Opened, Visit
from tests.browser.peopling import Village, village_with_people
from tests.browser.pixels import Pixels
from tests.browser.planning import send
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 300_000
SIZE = (1280, 800)

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_guide(town: Served, visit: Visit, pixels: Pixels) -> None:
    """A person's card, proposals on the map, an election, the chain on a phone and the chart, each at most 300 KB."""

    def keep(opened: Opened, name: str) -> None:
        opened.watch.quiet(opened.page, 1500)
        size = pixels.write_small(opened.page.screenshot(animations="disabled"), PICTURES / f"posts-{name}.png")
        assert size <= MOST_BYTES, (name, size)

    first = visit(town, "/map")
    village = village_with_people(first, town)
    vacate(first, town, village)
    place = f"/posts?unit={village.unit['id']}"

    opened = visit(town, f"/people?unit={village.unit['id']}", size=SIZE)
    opened.page.locator("tbody th button").nth(1).click()
    expect(opened.page.locator(".home-map canvas")).to_be_visible()
    keep(opened, "people")

    opened = visit(town, f"{place}&level=zu", size=SIZE)
    row = opened.page.locator(".proposal-row").nth(1)
    row.get_by_role("checkbox").check()
    row.hover()
    keep(opened, "proposal")

    opened = visit(town, f"{place}&level=lin", size=SIZE)
    opened.page.get_by_role("button", name="登记选举结果").first.click()
    expect(opened.page.get_by_role("dialog")).to_be_visible()
    keep(opened, "election")

    appoint(first, town, village, "pian")
    appoint(first, town, village, "zu")
    home = village.homes(village.units["lin"][0])[0]
    opened = visit(town, f"/map#17.00/{home['lat']:.5f}/{home['lon']:.5f}/h-{home['id']}", size=PHONE)
    expect(opened.page.locator(".contacts")).to_be_visible()
    opened.page.locator(".contacts").get_by_role("button", name=re.compile("打电话")).last.scroll_into_view_if_needed()
    keep(opened, "call")
    opened = visit(town, f"/chiefs?unit={village.unit['id']}", size=SIZE)
    expect(opened.page.locator(".chart-line").first).to_be_visible()
    keep(opened, "chart")


def vacate(opened: Opened, served: Served, village: Village) -> None:
    """End every appointment of a village."""
    for one in ask(opened, served, f"/api/units/{village.unit['id']}/tree")["items"]:
        for held in (holder for post in one["posts"] for holder in post["holders"]):
            send(opened, f"/api/appointments/{held['appointment']}/end", because="重来")


def appoint(opened: Opened, served: Served, village: Village, level: str) -> None:
    """Appoint all whom the map proposes at a level."""
    found = ask(opened, served, f"/api/appointments/proposal?unit={village.unit['id']}&level={level}")["rows"]
    rows = [
        {"unit_id": r["unit"]["id"], "officer_id": r["person"]["id"], "how": "residence"} for r in found if r["person"]
    ]
    send(opened, "/api/appointments", rows=rows)
