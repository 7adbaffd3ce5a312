"""Going back to a date on the map page: what was is shown, says that it is not today, and cannot be changed."""

from __future__ import annotations

import datetime as dt
import gzip
import math
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import expect

from geodata.rules.asof import COUNTY_TIME
from tests.browser.asking import ask
from tests.browser.conftest import PHONE, Opened, Visit
from tests.browser.past import Past, change
from tests.browser.served import Served, copy_county, make_once
from tests.conftest import KINDS
from tests.rules.tile_reader import read_tile

OF_THE_NET = re.compile(r"/(api/(map|units|households|search|locate)|tiles)\b")


@pytest.fixture(scope="module", params=KINDS)
def aged(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, Past]]:
    """A village with a past of three days, published twice more today with a home more each time."""
    folder = tmp_path_factory.mktemp("past")
    if request.param == "gpkg":
        target = copy_county(make_once(run_folder, "village"), folder)
    else:
        target = request.getfixturevalue("cluster").url(request.getfixturevalue("village_in_postgres"))
    past = change(target, folder)
    served = Served(target, folder).start()
    yield served, past
    served.stop()


def yesterday() -> dt.date:
    """Return the day before today in the county."""
    return dt.datetime.now(COUNTY_TIME).date() - dt.timedelta(days=1)


def choose_village(opened: Opened, past: Past) -> None:
    """Find the village by its code and open its card."""
    opened.page.get_by_role("combobox").first.fill(past.village["code"])
    opened.page.get_by_role("option").first.click()
    expect(opened.page.locator("#card .code")).to_have_text(past.village["code"])


def tells(opened: Opened, past: Past, homes: int) -> None:
    """Check that summary, tree, card and list of homes all tell this many homes in the village."""
    page = opened.page
    row = page.locator(f'[data-id="{past.village["id"]}"] > .tree-row .tree-homes')
    expect(row).to_contain_text(str(homes))
    expect(page.locator("#card .facts")).to_contain_text(f"{homes} 户")
    page.get_by_role("button", name="看住户").click()
    expect(page.locator("#card .card-homes")).to_contain_text(re.compile(rf"\D{homes}\D"))


def in_tile(opened: Opened, past: Past) -> int:
    """Return how many homes the village has by the tile of the page's own addresses over the middle of the map."""
    view = opened.map.view()
    side, north = 2**11, math.asinh(math.tan(math.radians(view.lat)))
    x, y = int((view.lon + 180) / 360 * side), int((1 - north / math.pi) / 2 * side)
    address = next(one for one in reversed(opened.watch.requests) if "/tiles/" in one)
    body = opened.page.request.get(re.sub(r"/\d+/\d+/\d+\.mvt", f"/11/{x}/{y}.mvt", address)).body()
    tile = read_tile(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    (homes,) = (f.properties["homes"] for f in tile["village"].features if f.properties["uid"] == past.village["id"])
    return int(homes)


def test_a_day_back_and_today_again(aged: tuple[Served, Past], visit: Visit) -> None:
    """A date chosen in the side: counts of then in summary, tree, card, list and tiles, under a bar that says so."""
    served, past = aged
    opened = visit(served)
    page = opened.page
    opened.map.settle()
    expect(page.locator(".past-bar")).to_have_count(0)
    choose_village(opened, past)
    tells(opened, past, past.village["homes"] + past.gained)
    assert in_tile(opened, past) == past.village["homes"] + past.gained
    expect(page.get_by_role("link", name="起草方案")).to_be_visible()

    day = yesterday()
    opened.watch.requests.clear()
    page.get_by_label("截至").fill(day.isoformat())
    page.wait_for_url(f"**as_of={day.isoformat()}**")
    expect(page.locator(".past-bar")).to_contain_text(f"{day.month}月{day.day}日")
    expect(page.locator(".past-bar")).to_contain_text("不是今天的")
    opened.map.settle()
    tells(opened, past, past.village["homes"])
    assert in_tile(opened, past) == past.village["homes"]
    asked = [one for one in opened.watch.requests if OF_THE_NET.search(urlsplit(one).path)]
    assert len(asked) > 4
    assert {parse_qs(urlsplit(one).query).get("as_of", [""])[0] for one in asked} == {day.isoformat()}
    expect(page.get_by_role("link", name="起草方案")).to_have_count(0)
    expect(page.locator("#card")).not_to_contain_text("不合规定")
    page.get_by_role("tab", name=re.compile("问题")).click()
    expect(page.locator("#panel-problems")).to_contain_text("回到今天")
    page.locator("#card .card-homes button").first.click()
    expect(page.locator("#card h2 .chip")).to_have_text("住户")
    expect(page.locator("#card")).to_contain_text("请回到今天")
    expect(page.get_by_role("button", name="查看完整信息")).to_have_count(0)

    page.locator(".past-bar").get_by_role("button", name="回到今天").click()
    page.wait_for_url(lambda address: "as_of" not in address)
    expect(page.locator(".past-bar")).to_have_count(0)


def test_the_address_carries_the_moment(aged: tuple[Served, Past], visit: Visit) -> None:
    """The instant before today's first change, from the address alone; the print page shows the same and says so."""
    served, past = aged
    for at, homes in ((past.before, past.village["homes"]), (past.after, past.village["homes"] + past.gained)):
        opened = visit(served, f"/map?as_of={quote(at)}")
        page = opened.page
        opened.map.settle()
        choose_village(opened, past)
        tells(opened, past, homes)
        assert f"as_of={quote(at)}" in page.url
        counts = ask(opened, served, f"/api/map?as_of={quote(at)}")["counts"]
        expect(page.locator(".summary")).to_contain_text(f"住户 {counts['homes']:,}")
    page.get_by_role("link", name=re.compile("打印")).click()
    page.wait_for_url("**/print?as_of=**")
    expect(page.locator(".print-sheet .badge.past")).to_contain_text("截至")
    page.get_by_role("link", name="回到地图").click()
    page.wait_for_url("**/map?as_of=**")


def test_between_two_publications_of_one_day(aged: tuple[Served, Past], visit: Visit) -> None:
    """As of the moment between them there is one home more, not two, and the card's history ends with the first."""
    served, past = aged
    opened = visit(served)
    card = ask(opened, served, f"/api/units/{past.village['id']}")
    newest, older = [row for row in card["history"] if row["kind"] == "publish"][:2]
    assert (newest["reason"], older["reason"]) == ("改2", "改1")
    # the wire tells whole seconds: a second later the first of the two is surely there, and the second is not yet
    at = (dt.datetime.fromisoformat(older["at"]) + dt.timedelta(seconds=1)).isoformat()
    opened.page.goto(f"{served.url}/map?as_of={quote(at)}")
    choose_village(opened, past)
    tells(opened, past, past.village["homes"] + 1)
    expect(opened.page.locator("#card .history")).to_contain_text("改1")
    expect(opened.page.locator("#card .history")).not_to_contain_text("改2")


def test_a_date_that_is_none_is_told(aged: tuple[Served, Past], visit: Visit) -> None:
    """A wrong or a future date in the address is refused in a sentence, and the way back stays open."""
    served, _ = aged
    for as_of, words in (("gestern", "不是日期"), ("2999-01-01", "还没有到")):
        opened = visit(served, f"/map?as_of={as_of}")
        opened.watch.allow("422")
        expect(opened.page.get_by_text(re.compile(words)).first).to_be_visible()
        opened.page.locator(".past-bar").get_by_role("button", name="回到今天").click()
        opened.page.wait_for_url(lambda address: "as_of" not in address)
        opened.map.settle()


def test_on_a_phone_nobody_takes_it_for_today(aged: tuple[Served, Past], visit: Visit) -> None:
    """The bar stands over the map of a phone too, and nothing of it is cut off."""
    served, _ = aged
    opened = visit(served, f"/map?as_of={yesterday().isoformat()}", size=PHONE)
    opened.map.settle()
    bar = opened.page.locator(".past-bar")
    expect(bar).to_be_in_viewport(ratio=1)
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
