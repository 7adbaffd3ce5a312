"""The pictures of the guide to redrawing, taken from a running town; only when they are asked for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import planning
from tests.browser.asking import ask
from tests.browser.conftest import Opened, Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 300_000
SIZE = (1280, 800)

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_guide(town: Served, visit: Visit, pixels: Pixels) -> None:
    """Opening a village, moving a border, mending a 邻, comparing and publishing, each at most 300 KB."""

    def keep(opened: Opened, name: str) -> None:
        opened.watch.quiet(opened.page, 1200)
        size = pixels.write_small(opened.page.screenshot(animations="disabled"), PICTURES / f"draw-{name}.png")
        assert size <= MOST_BYTES, (name, size)

    first = visit(town, "/draw")
    village = planning.a_village(first, town, "rural")
    broken_plan = planning.plan_from_net(first, village)
    broken = planning.break_a_lin(first, town, broken_plan)
    keep(visit(town, f"/draw?unit={village['id']}", size=SIZE), "open")

    lin = next(
        one
        for one in ask(first, town, f"/api/plans/{broken_plan['id']}/content")["units"]
        if one["level"] == "lin" and one["id"] != broken["id"]
    )
    lon, lat = lin["label"]
    opened = visit(town, f"/draw?plan={broken_plan['id']}#15.90/{lat:.5f}/{lon:.5f}/{lin['id']}", size=SIZE)
    opened.page.get_by_role("toolbar").get_by_role("button", name=re.compile("移动边界")).click()
    keep(opened, "edit")

    opened = planning.open_plan(visit(town, "/draw", size=SIZE), town, broken_plan["id"])
    planning.tab(opened, "问题").get_by_role("button", name=re.compile("怎么修")).first.click()
    opened.page.locator(".repair").first.hover()
    keep(opened, "repair")

    opened = planning.open_plan(visit(town, "/draw", size=SIZE), town, broken_plan["id"])
    planning.tab(opened, "比较").get_by_role("button", name="在图上左右对照").click()
    expect(opened.page.get_by_role("slider")).to_be_visible()
    keep(opened, "compare")

    plan = planning.plan_from_net(first, village)
    planning.edit(first, plan["id"], plan["revision"], "rename", unit_id=lin["id"], name="桥头邻")
    opened = planning.open_plan(visit(town, "/draw", size=SIZE), town, plan["id"])
    opened.page.get_by_role("button", name="发布…").click()
    expect(opened.page.get_by_role("dialog")).to_be_visible()
    keep(opened, "publish")
