"""Drives the map as a hand does, and reads from its address where it looks."""

from __future__ import annotations

import math
from typing import NamedTuple

from playwright.sync_api import Page

from tests.browser.watch import Watch

TILE_PX = 512  # MapLibre's world is 512 px wide at zoom 0
MOST_TURNS = 80
# a PNG of bare ground under legend and tools is smaller than this, one with a net on it larger
BARE_BYTES_A_PIXEL = 0.04


class View(NamedTuple):
    """Zoom, and the place in the middle, as the address tells them (5 decimals: about a metre)."""

    zoom: float
    lat: float
    lon: float


class MapDriver:
    """One map page."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page, self.watch = page, watch

    def settle(self) -> None:
        """Wait until the view stands still and every tile has come."""
        self.page.locator("#map canvas").wait_for()
        self.watch.until(self.page, lambda: any("/tiles/" in path for path in self.watch.paths()))
        before = ""
        for _ in range(MOST_TURNS):
            self.watch.quiet(self.page, 250)
            now = self.page.evaluate("location.hash")
            if now == before:
                break
            before = now
            self.page.wait_for_timeout(150)
        self.page.wait_for_timeout(250)  # labels fade in for 120 ms

    def picture(self) -> bytes:
        """Return the map as drawn, once two pictures in a row are the same and more than bare ground."""
        self.settle()
        box = self.box()
        before = b""
        for _ in range(40):
            now = self.page.screenshot(clip=box, animations="disabled")
            if now == before and len(now) > box["width"] * box["height"] * BARE_BYTES_A_PIXEL:
                break
            before = now
            self.page.wait_for_timeout(120)
        return before

    def box(self) -> dict[str, float]:
        """Return where the map's canvas lies on the page, in pixels."""
        box = self.page.locator("#map").bounding_box()
        assert box
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def view(self) -> View:
        """Return where the map looks; told once it has moved or something was chosen."""
        hash_ = self.page.evaluate("location.hash")
        parts = hash_.removeprefix("#").split("/")
        assert len(parts) >= 3, f"the address tells no view: {hash_!r}"
        return View(*(float(part) for part in parts[:3]))

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place stands on the page."""
        view, box = self.view(), self.box()
        x, y = _world(lon, lat, view.zoom)
        middle_x, middle_y = _world(view.lon, view.lat, view.zoom)
        return box["x"] + box["width"] / 2 + x - middle_x, box["y"] + box["height"] / 2 + y - middle_y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return which place (lon, lat) stands at a pixel of the page."""
        view, box = self.view(), self.box()
        middle_x, middle_y = _world(view.lon, view.lat, view.zoom)
        return _place(
            middle_x + x - box["x"] - box["width"] / 2, middle_y + y - box["y"] - box["height"] / 2, view.zoom
        )

    def wheel_to(self, lon: float, lat: float, zoom: float) -> None:
        """Turn the wheel over a place until the map is that near."""
        box = self.box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._turn(120)
        for _ in range(MOST_TURNS):
            left = zoom - self.view().zoom
            if left <= 0.05:
                return self.settle()
            self.page.mouse.move(*self._within(*self.pixel(lon, lat)))
            self._turn(min(1500.0, max(60.0, 420.0 * left)))
        raise AssertionError(f"the wheel did not bring the map to zoom {zoom}: {self.view()}")

    def _turn(self, by: float) -> None:
        before = self.page.evaluate("location.hash")
        self.page.mouse.wheel(0, -by)
        self.page.wait_for_function("(before) => location.hash !== before", arg=before)
        for _ in range(MOST_TURNS):
            now = self.page.evaluate("location.hash")
            if now == before:
                break
            before = now
            self.page.wait_for_timeout(250)

    def go(self, lon: float, lat: float, zoom: float) -> None:
        """Open a view by its address, as a bookmark does."""
        self.page.evaluate("(to) => { location.hash = to }", f"#{zoom:.2f}/{lat:.5f}/{lon:.5f}")
        self.settle()

    def _within(self, x: float, y: float) -> tuple[float, float]:
        box = self.box()
        return (
            min(max(x, box["x"] + 80), box["x"] + box["width"] - 20),
            min(max(y, box["y"] + 20), box["y"] + box["height"] - 40),
        )


def _world(lon: float, lat: float, zoom: float) -> tuple[float, float]:
    side = TILE_PX * 2**zoom
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return side * (lon + 180) / 360, side * (0.5 - y / (2 * math.pi))


def _place(x: float, y: float, zoom: float) -> tuple[float, float]:
    side = TILE_PX * 2**zoom
    lat = math.degrees(2 * math.atan(math.exp((0.5 - y / side) * 2 * math.pi)) - math.pi / 2)
    return x / side * 360 - 180, lat
