"""The pictures of the guide to the board, taken from a running town with a planted hotspot; only when asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.boarding import plant
from tests.browser.conftest import PHONE, Opened, Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 300_000
SIZE = (1280, 800)

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_guide(town: Served, visit: Visit, pixels: Pixels) -> None:
    """Hotspots, heat, a unit in the drawer, a phone; each at most 300 KB."""

    def keep(opened: Opened, name: str) -> None:
        opened.watch.quiet(opened.page, 1500)
        size = pixels.write_small(opened.page.screenshot(animations="disabled"), PICTURES / f"board-{name}.png")
        assert size <= MOST_BYTES, (name, size)

    plant(town)
    for name, path, size in (
        ("hot", "/board?level=lin", SIZE),
        ("heat", "/board?layer=heat", SIZE),
        ("phone", "/board?level=lin", PHONE),
    ):
        opened = visit(town, path, size=size)
        opened.page.locator("body[data-shown]").wait_for()
        keep(opened, name)
    opened = visit(town, "/board?level=lin", size=SIZE)
    opened.page.locator(".told-places button").first.click()
    expect(opened.page.locator(".drawer-sentence.hot")).to_be_visible()
    keep(opened, "unit")
