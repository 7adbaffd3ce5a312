"""The board in a browser at three sizes, on both databases: a planted hotspot is found, told, drilled into and left."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.asking import ask
from tests.browser.boarding import plant
from tests.browser.conftest import DESK, PHONE, Opened, Visit, serve_copy, serve_copy_on_postgis
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served

WALL = (1920, 1080)


def shown(page: Page, layer: str) -> None:
    """Wait until a layer has come."""
    page.locator(f'body[data-shown^="{layer}"]').wait_for()


def sound(opened: Opened, size: tuple[int, int]) -> None:
    """Nothing is cut, nothing lies over something else, and fingers find every button."""
    opened.watch.quiet(opened.page)
    assert faults(opened.page) == []
    if size == PHONE:
        assert small_targets(opened.page) == []


@pytest.fixture(scope="module")
def village(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A village of these tests alone: what others raise and redraw would make it another map."""
    yield from serve_copy("village", run_folder, tmp_path_factory)


@pytest.fixture(scope="module")
def village_on_postgis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same on PostGIS."""
    yield from serve_copy_on_postgis(request, tmp_path_factory)


@pytest.mark.parametrize(
    ("base", "size"), [("village", DESK), ("village_on_postgis", PHONE)], ids=["desk-gpkg", "phone-pg"]
)
def test_a_planted_hotspot_is_found_and_drilled_into(
    request: pytest.FixtureRequest, visit: Visit, base: str, size: tuple[int, int]
) -> None:
    """From the map to the place, its sentence, its chiefs, its issue, and back to the same view."""
    served: Served = request.getfixturevalue(base)
    planted = plant(served)
    opened = visit(served, "/board?level=lin", size=size)
    page = opened.page
    shown(page, "hotspots")
    told = ask(opened, served, "/api/board/hotspots?level=lin")
    hot = {one["properties"]["id"] for one in told["shapes"]["features"] if one["properties"]["mark"] == "hot"}
    assert hot & set(planted)
    first = page.locator(".told-places li").first
    expect(first).to_contain_text(re.compile(r"是平均的 [\d.]+ 倍，\d+ 件未办结，\d+ 户，误报率 q "))
    sound(opened, size)
    first.get_by_role("button").click()
    drawer = page.get_by_role("complementary", name="详情")
    expect(drawer.locator(".drawer-sentence.hot")).to_contain_text("件未办结")
    expect(drawer.locator("svg.trend rect")).to_have_count(24)
    expect(drawer.locator(".drawer-figures dt").first).to_have_text("办结率")
    expect(drawer.get_by_role("link", name="派人进驻")).to_have_attribute("href", re.compile(r"^/posts\?unit="))
    expect(drawer.get_by_role("heading", name="谁负责")).to_be_visible()
    sound(opened, size)
    view = page.url
    drawer.locator(".drawer-issues a").first.click()
    expect(page.locator(".issue-card")).to_be_visible()
    page.go_back()
    shown(page, "hotspots")
    assert page.url == view
    expect(page.locator(".drawer-sentence.hot")).to_be_visible()
    drawer.get_by_role("button", name="关闭").click()
    expect(drawer).to_be_hidden()


def test_layers_filters_and_days_stand_in_the_address(village: Served, visit: Visit) -> None:
    """Heat, silence and change have their layers; a day, a level and a grade come back from the address."""
    plant(village)
    opened = visit(village, "/board?level=zu")
    page = opened.page
    shown(page, "hotspots")
    for layer, words in (("heat", "每平方公里"), ("silent", "静默"), ("patterns", "这些词什么意思")):
        page.locator(f'[data-layer="{layer}"]').click()
        shown(page, layer)
        expect(page.locator(".board-told")).to_contain_text(words)
        sound(opened, DESK)
    page.locator('[data-layer="hotspots"]').click()
    page.get_by_label("比较的级别").select_option("hex")
    page.get_by_label("难度").select_option("ordinary")
    slider = page.get_by_role("slider", name="看哪一天")
    slider.press("Home")
    page.locator('body[data-shown^="hotspots 20"]').wait_for()
    view = page.url
    for part in ("level=hex", "grade=ordinary", "at=20"):
        assert part in view
    before = page.locator(".slider-told").inner_text()
    page.reload()
    page.locator('body[data-shown^="hotspots 20"]').wait_for()
    opened.watch.quiet(page)
    assert page.url == view
    assert page.locator(".slider-told").inner_text() == before
    page.get_by_role("button", name="播放").click()
    page.locator('body[data-shown="hotspots"]').wait_for(timeout=60_000)
    assert "at=" not in page.url


def test_every_figure_has_its_formula_and_is_the_servers(village: Served, visit: Visit) -> None:
    """A click on a figure tells how it is reckoned from which two numbers; the index and the hard cases follow."""
    opened = visit(village, "/board")
    page = opened.page
    opened.watch.quiet(page)
    told = ask(opened, village, "/api/board/figures?period=30d")
    assert page.locator(".figure").first.locator("strong").inner_text() == str(told["open"])
    page.locator("button.figure").first.click()
    table = page.locator(".figure-table")
    for name, one in told["figures"].items():
        row = table.locator(f'[data-figure="{name}"]')
        expect(row).to_contain_text(told["defined"][name]["formula"])
        expect(row).to_contain_text(f"{told['defined'][name]['top']} {one['top']:,}")
    page.get_by_role("button", name="算出并保存上月").click()
    expect(page.locator(".index-rows li")).to_have_count(1)
    page.get_by_role("button", name="挑出上月的疑难件").click()
    form = page.locator(".case-form").first
    form.get_by_label("研判意见").fill("同一条线路，一起换线")
    form.get_by_role("button", name="写好").click()
    expect(page.locator(".case-finding").first).to_contain_text("同一条线路")
    sound(opened, DESK)


def test_what_is_taken_away_opens_without_a_network(
    village: Served, visit: Visit, chromium: Browser, tmp_path: Path
) -> None:
    """The menu hands out five files; the web page draws its map and its slider with the network off."""
    plant(village)
    opened = visit(village, "/board?level=zu")
    page = opened.page
    shown(page, "hotspots")
    page.locator(".board-take > summary").click()
    files = {}
    for kind in ("html", "pdf", "png", "xlsx", "docx"):
        with page.expect_download(timeout=60_000) as got:
            page.locator(f'[data-take="{kind}"]').click()
        files[kind] = tmp_path / f"board.{kind}"
        got.value.save_as(files[kind])
        assert got.value.suggested_filename.endswith(f".{kind}")
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    assert zipfile.ZipFile(files["docx"]).testzip() is None
    context = chromium.new_context(offline=True)
    alone = context.new_page()
    errors: list[str] = []
    alone.on("pageerror", lambda error: errors.append(str(error)))
    alone.on("requestfailed", lambda one: errors.append(one.url))
    alone.goto(files["html"].as_uri())
    expect(alone.locator(".board-time output")).to_have_text(re.compile(r"\d{4}-\d\d-\d\d"))
    expect(alone.locator("canvas")).to_have_count(1)
    alone.locator(".board-time input").press("Home")
    expect(alone.locator(".told")).to_contain_text("不足5户")
    assert errors == []
    context.close()


def test_a_wall_shows_figures_and_map_alone(village: Served, visit: Visit) -> None:
    """On a wall there is no bar, no filter and no slider; the figures are large and nothing is cut."""
    plant(village)
    opened = visit(village, "/board?wall=1&level=lin", size=WALL)
    page = opened.page
    shown(page, "hotspots")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.locator(".board-tools")).to_be_hidden()
    expect(page.locator(".board-slider")).to_be_hidden()
    expect(page.locator(".board-told")).to_contain_text("更新")
    sound(opened, WALL)


def test_a_first_day_says_what_belongs_here(nothing_yet: Served, visit: Visit) -> None:
    """Without a net the board says what brings it, and asks for nothing that is not there."""
    opened = visit(nothing_yet, "/board")
    expect(opened.page.get_by_role("heading", name="还没有可以比较的范围")).to_be_visible()
    expect(opened.page.get_by_role("link", name="去画邻")).to_be_visible()
    assert faults(opened.page) == []
