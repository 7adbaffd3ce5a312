"""How often a browser redraws what a hand drags: the live previews of the redrawing page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.edit_mix import Cadre
from benchmarks.locate import CHROMIUM, FLAGS
from benchmarks.served import Served, served

_TILE_PX = 512  # MapLibre's world is 512 px wide at zoom 0
_ZOOM = 17.0
_MARKS = "performance.getEntriesByName('draw:preview').map((mark) => mark.startTime)"


def updates_per_s(county: Path, cadre: Cadre, moves: int) -> list[float]:
    """Drag shared vertices of a plan about; return the updates a second of each drag.

    Snapping and the live counts of homes are on, as a person finds them; WebGL is drawn in software.
    """
    cadre.store.close()
    with served(county) as to, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        pairs = (part.split("=", 1) for part in to.cookie.split("; "))
        context.add_cookies([{"name": name, "value": value, "url": to.url} for name, value in pairs])
        rates = [_drag(context.new_page(), to, cadre, moves) for _ in range(3)]
        browser.close()
    return rates


def _drag(page: Page, to: Served, cadre: Cadre, moves: int) -> float:
    found = None
    while found is None:
        found = cadre.corner(9)
    at = found[0]
    lon, lat = round(float(at[0]), 5), round(float(at[1]), 5)
    page.goto(f"{to.url}/draw?plan={cadre.plan_id}#{_ZOOM:.2f}/{lat:.5f}/{lon:.5f}")
    tool = page.locator(".draw-tools [data-tool=vertex]")
    tool.wait_for()
    page.wait_for_timeout(4_000)
    tool.click()
    box = page.locator("#map").bounding_box() or {}
    x, y = _pixel(at, (lon, lat), box)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(moves):
        turn = step / 12
        page.mouse.move(x + 18 * math.sin(turn), y + 18 * math.cos(turn))
    marks: list[float] = page.evaluate(_MARKS)
    page.keyboard.press("Escape")
    page.close()
    if len(marks) < 3:
        raise RuntimeError(f"the drag left {len(marks)} marks: no vertex was taken at {x:.0f}, {y:.0f}")
    return (len(marks) - 1) / ((marks[-1] - marks[0]) / 1000)


def _pixel(place: Any, middle: tuple[float, float], box: Mapping[str, float]) -> tuple[float, float]:
    world = _TILE_PX * 2**_ZOOM

    def flat(lon: float, lat: float) -> tuple[float, float]:
        north = math.asinh(math.tan(math.radians(lat)))
        return (lon + 180) / 360 * world, (1 - north / math.pi) / 2 * world

    x, y = flat(float(place[0]), float(place[1]))
    x0, y0 = flat(*middle)
    return box["x"] + box["width"] / 2 + x - x0, box["y"] + box["height"] / 2 + y - y0
