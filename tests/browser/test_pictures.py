"""The pictures of the README and the documents, taken from a running town; only when they are asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.asking import a_home, a_unit, ask
from tests.browser.conftest import PHONE, Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 300_000

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_documents(town: Served, visit: Visit, pixels: Pixels) -> None:
    """The map at the desk, near by with a card, on a phone, and the plans and import pages, each at most 300 KB."""
    first = visit(town)
    home, last = a_home(first, town), a_unit(first, town, "village")
    villages = ask(first, town, f"/api/units?parent={last['parent_id']}&limit=200")["items"]
    village = villages[len(villages) // 2]
    plan = ask(first, town, "/api/plans")["items"][0]
    west, south, east, north = village["bbox"]
    middle = f"{(south + north) / 2:.5f}/{(west + east) / 2:.5f}"
    here = f"{home['lat']:.5f}/{home['lon']:.5f}"
    for name, address, size in (
        ("map", f"/map#13.4/{middle}/{village['id']}", (1280, 800)),
        ("lin", f"/map#16.2/{here}/{home['lin']['id']}", (1280, 800)),
        ("phone", f"/map#15.4/{here}/{home['lin']['id']}", PHONE),
        ("print", f"/print#14/{middle}/{village['id']}", (1280, 900)),
        ("plans", f"/plans#{plan['id']}", (1280, 800)),
        ("import", "/import", (1280, 800)),
    ):
        opened = visit(town, address, size=size)
        if name in ("plans", "import"):
            opened.watch.quiet(opened.page, 1500)
        else:
            opened.map.picture()
        size_bytes = pixels.write_small(opened.page.screenshot(animations="disabled"), PICTURES / f"{name}.png")
        assert size_bytes <= MOST_BYTES, (name, size_bytes)
