"""The pictures of the guide to issues, taken from a running town; only when they are asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.asking import ask
from tests.browser.conftest import PHONE, Opened, Visit
from tests.browser.living import Loop, ago, card
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 300_000
SIZE = (1280, 800)

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_guide(town: Served, visit: Visit, pixels: Pixels) -> None:
    """The morning page, map, board, an issue with a whistle, taking in, the ledger, a phone; each at most 300 KB."""

    def keep(opened: Opened, name: str) -> None:
        opened.watch.quiet(opened.page, 1500)
        size = pixels.write_small(opened.page.screenshot(animations="disabled"), PICTURES / f"issues-{name}.png")
        assert size <= MOST_BYTES, (name, size)

    first = visit(town, "/issues?view=list")
    loop = Loop(first, town)
    home = loop.homes()[0]
    bridge = whole_life(loop, (home["lon"], home["lat"]))
    village = next(one for one in loop.issue(bridge)["chain"] if one["level"] == "village")
    for name, path in (
        ("today", "/issues"),
        ("map", f"/issues?view=map&unit={village['id']}&state=any"),
        ("board", "/issues?view=board&state=any"),
        ("card", f"/issues?view=list&id={bridge}"),
        ("ledger", "/ledger?state=any"),
    ):
        opened = visit(town, path, size=SIZE)
        opened.watch.quiet(opened.page)
        keep(opened, name)
    opened = visit(town, "/issues?view=list&new=1", size=SIZE)
    message = "王小明 10:32\n长冲路口的路灯频闪，晚上看不清"
    opened.page.get_by_label("微信群").check()
    opened.page.get_by_label("聊天记录").fill(message)
    opened.page.get_by_role("button", name="读出来填好").click()
    expect(opened.page.locator(".draft-reasons")).to_be_visible()
    keep(opened, "intake")
    opened = visit(town, f"/issues?view=list&id={bridge}", size=PHONE)
    expect(card(opened.page).locator(".whistle")).to_be_visible()
    keep(opened, "phone")
    assert ask(first, town, f"/api/issues/{bridge}")["whistles"]


def whole_life(loop: Loop, place: tuple[float, float]) -> str:
    """Raise a bridge two months ago, tell progress, call offices of which one is late; return its id."""
    bridge = loop.raised("跨河桥", "旧桥仅1米宽还没护栏，小孩上学要过河", ago(days=61), place, place_text="小学旁")
    loop.took(bridge, "accepted", ago(days=60))
    loop.took(bridge, "progress", ago(days=33), text="列入小型项目，等资金批复")
    offices = list(loop.offices.values())
    loop.took(bridge, "whistled", ago(days=6), offices=offices[:2], sign_by=ago(days=5).isoformat(), topic="同去定方案")
    loop.took(bridge, "signed_in", ago(days=5.5), office=offices[0])
    loop.took(bridge, "signed_in", ago(days=3), office=offices[1])
    loop.took(bridge, "progress", ago(days=2), text="资金到位，下周进场")
    return bridge
