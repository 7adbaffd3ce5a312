"""What the map page shows and answers, over a town of five villages."""

from __future__ import annotations

import gzip
import re
import urllib.request

import pytest
from playwright.sync_api import Playwright, Route, expect
from pyproj import Geod

from tests.browser.asking import a_home, a_unit, ask
from tests.browser.conftest import CHROMIUM, NO_WEBGL, Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served
from tests.rules.tile_reader import read_tile, read_varint

MOST_TRANSFER_KB = 450
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def without_labels(tile: bytes) -> bytes:
    """Return a vector tile without its layer of labels: each layer is one field of the message, key 26."""
    kept, at = b"", 0
    while at < len(tile):
        key, after = read_varint(tile, at)
        size, body = read_varint(tile, after)
        assert key == 26
        if next(iter(read_tile(tile[at : body + size]))) != "label":
            kept += tile[at : body + size]
        at = body + size
    return kept


@pytest.mark.parametrize("zoom", [11.2, 13.4, 16.0])
def test_the_labels_are_drawn(town: Served, visit: Visit, pixels: Pixels, zoom: float) -> None:
    """The same view with and without the label layer of its tiles differs by the ink of Chinese words."""
    opened = visit(town)
    home = a_home(opened, town)
    address = f"/map#{zoom}/{home['lat']}/{home['lon']}"
    words: set[str] = set()

    def strip(route: Route) -> None:
        tile = route.fetch().body()
        label = read_tile(tile).get("label")
        words.update(str(one.properties.get("name", "")) for one in (label.features if label else []))
        route.fulfill(body=without_labels(tile), content_type="application/vnd.mapbox-vector-tile")

    bare = visit(town, "/signin")
    bare.watch.context.route("**/tiles/**", strip)
    bare.page.goto(town.url + address)
    with_labels = visit(town, address)
    ink = pixels.differing(with_labels.map.picture(), bare.map.picture())
    assert any(CHINESE.search(word) for word in words), words
    assert ink > 800, f"{ink} pixels of labels at zoom {zoom}"
    apart = with_labels.page.evaluate(
        """() => {
          const pen = Object.assign(document.createElement("canvas"), { width: 64, height: 32 }).getContext("2d");
          const draw = (word) => {
            pen.clearRect(0, 0, 64, 32);
            pen.font = `24px ${getComputedStyle(document.body).fontFamily}`;
            pen.fillText(word, 2, 26);
            return pen.getImageData(0, 0, 64, 32).data.join();
          };
          return new Set(["邻", "组", "村", "镇"].map(draw)).size;
        }"""
    )
    assert apart == 4, "Chinese letters all look the same: the font lacks them"


def test_the_furniture_of_the_map(town: Served, visit: Visit) -> None:
    """Legend, scale, the words on the missing 审图号 and the mark of synthetic data stand on the map."""
    opened = visit(town)
    page, map_ = opened.page, opened.map
    map_.settle()
    expect(page.get_by_text("图例")).to_be_visible()
    expect(page.locator(".legend li")).not_to_have_count(0)
    expect(page.locator(".maplibregl-ctrl-scale")).to_have_text(re.compile(r"\d+\s*(米|公里)"))
    expect(page.locator("#map-foot")).to_contain_text("未设置审图号")
    expect(page.locator("#badges")).to_contain_text("演示数据（虚构）")
    before = page.locator(".legend li").count()
    home = a_home(opened, town)
    map_.go(home["lon"], home["lat"], 16.5)
    expect(page.locator(".legend")).to_contain_text("住户")
    assert page.locator(".legend li").count() > before


def test_the_problems_are_stepped_through(town: Served, visit: Visit) -> None:
    """Next and previous fly from one problem to the next, and the count is the server's."""
    opened = visit(town)
    page, map_ = opened.page, opened.map
    map_.settle()
    found = ask(opened, town, "/api/violations?limit=50")
    page.get_by_role("tab", name=re.compile("问题")).click()
    expect(page.locator(".problem-at")).to_have_text(f"共 {found['total']:,} 处")
    seen = []
    for at, step in ((0, "下一处"), (1, "下一处"), (0, "上一处")):
        page.get_by_role("button", name=step).click()
        expect(page.locator(".problem-at")).to_have_text(f"{at + 1} / {found['total']:,}")
        lon, lat = found["items"][at]["place"]
        page.wait_for_function(
            """([lon, lat]) => { const [, y, x] = location.hash.slice(1).split("/").map(Number);
                                 return Math.abs(x - lon) < 0.01 && Math.abs(y - lat) < 0.01; }""",
            arg=[lon, lat],
        )
        map_.settle()
        seen.append(map_.view())
        box, (x, y) = map_.box(), map_.pixel(lon, lat)
        assert box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]
    assert seen[0] != seen[1]


def test_the_language_is_switched_there_and_back(town: Served, visit: Visit) -> None:
    """One press brings the page in English, another brings it back."""
    page = visit(town).page
    expect(page.get_by_role("tab", name=re.compile("问题"))).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("tab", name=re.compile("Problems", re.I))).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("tab", name=re.compile("问题"))).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_measured_length_is_the_length_on_the_ellipsoid(town: Served, visit: Visit) -> None:
    """Two clicks tell the metres that pyproj's geodesic tells, within half a percent."""
    opened = visit(town)
    page, map_ = opened.page, opened.map
    map_.settle()
    home = a_home(opened, town)
    map_.go(home["lon"], home["lat"], 15.2)
    box = map_.box()
    ends = [(box["x"] + 320, box["y"] + 200), (box["x"] + 620, box["y"] + 380)]
    metres = Geod(ellps="GRS80").inv(*map_.place(*ends[0]), *map_.place(*ends[1]))[2]
    page.get_by_role("button", name="量距离").click()
    expect(page.get_by_text("在图上点两处以上量距离")).to_be_visible()
    for end in ends:
        page.mouse.click(*end)
    expect(page.locator(".measure-panel output")).to_contain_text("长")
    told = re.search(r"长 ([\d,.]+) (米|公里)", page.locator(".measure-panel output").inner_text())
    assert told
    length = float(told[1].replace(",", "")) * (1000 if told[2] == "公里" else 1)
    assert length == pytest.approx(metres, rel=0.005)
    page.keyboard.press("Escape")
    expect(page.locator(".measure-panel")).to_have_count(0)


def test_without_webgl_the_units_are_listed(town: Served, visit: Visit, playwright: Playwright) -> None:
    """A browser that cannot draw says so in a sentence and lists what the map would show, down to the cards."""
    plain = playwright.chromium.launch(executable_path=CHROMIUM, args=NO_WEBGL)
    opened = visit(town, browser=plain)
    page = opened.page
    expect(page.get_by_text("这个浏览器画不出地图")).to_be_visible()
    expect(page.get_by_text("请换用新版")).to_be_visible()
    village = a_unit(opened, town, "village")
    top = ask(opened, town, "/api/units?parent=")["items"][0]
    page.locator("#map").get_by_role("button", name=top["name"]).click()
    expect(page.locator("#card h2")).to_contain_text(top["name"])
    page.get_by_role("combobox").first.fill(village["name"])
    page.get_by_role("option").first.click()
    expect(page.locator("#card h2")).to_contain_text(village["name"])
    opened.watch.check()
    plain.close()


def test_the_first_load_is_small(town: Served, visit: Visit) -> None:
    """All scripts and styles that the map page loads are at most 450 KB, sent compressed by gzip."""
    opened = visit(town, fresh=True)
    opened.map.settle()
    wanted = {one for one in opened.watch.requests if re.search(r"\.(js|css)$", one)}
    total = 0
    for one in wanted:
        with urllib.request.urlopen(urllib.request.Request(one, headers={"Accept-Encoding": "gzip"})) as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip" or len(body) < 1500, one
            assert len(gzip.decompress(body)) > len(body) if answer.headers["Content-Encoding"] else True
            total += len(body)
    assert len(wanted) > 3
    assert total <= MOST_TRANSFER_KB * 1024, f"{total / 1024:.0f} KB"


def test_the_map_of_a_plan_shows_the_plans_ground(town: Served, visit: Visit) -> None:
    """The map of a village's plan opens on that village, where the scale tells metres, not on the whole county."""
    opened = visit(town, "/plans")
    plan = ask(opened, town, "/api/plans")["items"][0]
    opened.page.locator(f'[data-id="{plan["id"]}"]').click()
    expect(opened.page.locator(".plan-map canvas")).to_be_visible()
    expect(opened.page.locator(".plan-map .maplibregl-ctrl-scale")).to_have_text(re.compile(r"\d00\s米"))
