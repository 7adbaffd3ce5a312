"""Every page on the desk, a tablet and a phone: nothing cut, nothing over something else, fingers find every button."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.asking import a_home, a_unit, ask
from tests.browser.conftest import DESK, PHONE, TABLET, Opened, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served

SIZES = {"desk": DESK, "tablet": TABLET, "phone": PHONE}


def pages(opened: Opened, served: Served) -> dict[str, str]:
    """Return the address of every page, with a village, a 邻, a home and a plan open."""
    home, village = a_home(opened, served), a_unit(opened, served, "village")
    plan = ask(opened, served, "/api/plans")["items"][0]
    here = f"{home['lat']:.5f}/{home['lon']:.5f}"
    return {
        "map": "/map",
        "village": f"/map#13/{here}/{village['id']}",
        "lin": f"/map#16/{here}/{home['lin']['id']}",
        "home": f"/map#17.5/{here}/h-{home['id']}",
        "import": "/import",
        "plans": "/plans",
        "plan": f"/plans#{plan['id']}",
        "people": "/people",
        "posts": f"/posts?unit={village['id']}&level=zu",
        "elections": f"/posts?unit={village['id']}&level=lin",
        "chiefs": f"/chiefs?unit={village['id']}",
        "accounts": "/accounts",
        "password": "/password",
        "print": f"/print#14/{here}/{village['id']}",
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_no_word_is_cut_or_covered(town: Served, visit: Visit, size: str, lang: str) -> None:
    """On every page all words can be read whole and the page is no wider than the screen."""
    opened = visit(town, "/password", size=SIZES[size])
    page, watch = opened.page, opened.watch
    watch.context.add_cookies([{"name": "lang", "value": lang, "url": town.url}])
    found: list[str] = []
    for name, address in pages(opened, town).items():
        page.goto("about:blank")
        page.goto(town.url + address)
        watch.quiet(page, 300)
        found += [f"{name}: {fault}" for fault in faults(page) if not (name == "print" and size == "phone")]
    watch.context.clear_cookies(name="sanzhang_session")
    page.goto(town.url + "/signin")
    found += [f"signin: {fault}" for fault in faults(page)]
    assert found == []


def test_a_fingertip_finds_every_button_on_a_phone(town: Served, visit: Visit) -> None:
    """What can be pressed on a phone is at least 44 px high and wide, but for links inside a line of words."""
    opened = visit(town, "/password", size=PHONE)
    page, watch = opened.page, opened.watch
    found: list[str] = []
    for name, address in pages(opened, town).items():
        if name == "print":
            continue
        page.goto("about:blank")
        page.goto(town.url + address)
        watch.quiet(page, 300)
        found += [f"{name}: {one}" for one in small_targets(page)]
    assert found == []


def test_the_card_comes_up_from_below_on_a_phone(town: Served, visit: Visit) -> None:
    """On a phone the card is a sheet at the bottom; the side lies over the map and closes when something is picked."""
    opened = visit(town, size=PHONE)
    page, map_ = opened.page, opened.map
    map_.settle()
    village = a_unit(opened, town, "village")
    page.get_by_role("button", name="查找与辖区").click()
    page.get_by_role("combobox").first.fill(village["name"])
    page.get_by_role("option").first.click()
    expect(page.locator("#card h2")).to_contain_text(village["name"])
    map_.settle()
    box = page.locator("#card").bounding_box()
    assert box
    assert (round(box["x"]), round(box["width"]), round(box["y"] + box["height"])) == (0, PHONE[0], PHONE[1])
    assert box["y"] > PHONE[1] * 0.35
    expect(page.locator("#side")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
