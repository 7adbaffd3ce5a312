"""The main flow and the plans page over a village, on both databases."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import main_flow
from tests.browser.asking import a_unit, ask
from tests.browser.conftest import Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served


@pytest.fixture(params=["village", "village_on_postgis"])
def served(request: pytest.FixtureRequest) -> Served:
    """A village in a GeoPackage, then on PostGIS."""
    found: Served = request.getfixturevalue(request.param)
    return found


def test_the_main_flow(served: Served, visit: Visit, pixels: Pixels) -> None:
    """The net is seen with its counts, a 邻 and a home are reached by the wheel, a place is found by name."""
    main_flow.see_the_net(served, visit, pixels)
    main_flow.come_near(served, visit)
    main_flow.find_by_name(served, visit)


def test_from_draft_to_publication_and_back(served: Served, visit: Visit, pixels: Pixels) -> None:
    """The button on a village's card drafts it, the plan is drawn, published with a reason, and undone with another."""
    opened = visit(served)
    page = opened.page
    village = a_unit(opened, served, "village")
    page.get_by_role("combobox").first.fill(village["name"])
    page.get_by_role("option").first.click()
    page.get_by_role("link", name="起草方案").click()
    expect(page.locator(".draft-target")).to_contain_text(village["name"])
    page.get_by_role("button", name="起草", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".plan-card h2")).to_have_text(re.compile("."), timeout=90_000)
    plan = ask(opened, served, "/api/plans")["items"][0]
    assert plan["state"] == "draft"
    figures = page.locator(".plan-card .figures")
    for level in ("homes", "pian", "zu", "lin"):
        expect(figures).to_contain_text(f"{plan['counts'][level]:,}")
    opened.watch.until(page, lambda: any(f"/api/plans/{plan['id']}/tiles/" in path for path in opened.watch.paths()))
    opened.watch.quiet(page, 600)
    assert pixels.look(page.locator(".plan-map").screenshot()).colours > 60
    before = ask(opened, served, "/api/publications")["items"][0]["seq"]

    page.get_by_role("button", name="发布", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("户换邻")
    dialog.get_by_label(re.compile("理由")).fill("浏览器测试发布")
    dialog.get_by_role("button", name="发布").click()
    expect(page.locator(".plan-card header")).to_contain_text("现行")
    row = page.locator("table.table tbody tr").first
    expect(row).to_contain_text("浏览器测试发布")
    assert ask(opened, served, "/api/publications")["items"][0]["seq"] == before + 1

    row.get_by_role("button", name="撤销").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("理由")).fill("浏览器测试撤销")
    dialog.get_by_role("button", name="撤销").click()
    expect(page.locator("table.table tbody tr").first).to_contain_text("浏览器测试撤销")
    expect(page.locator("table.table tbody tr").nth(1)).to_contain_text("已撤销")
