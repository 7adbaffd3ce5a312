"""The card of what is chosen on the redrawing page: its acts by button, and flats by floor."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser import planning
from tests.browser.asking import ask
from tests.browser.conftest import Opened, Way
from tests.browser.layout import faults
from tests.browser.planning import open_plan, tab
from tests.browser.served import Served


def _content(opened: Opened, served: Served, plan: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = ask(opened, served, f"/api/plans/{plan['id']}/content")
    return content


def _open_on(way: Way, plan: dict[str, Any], unit: dict[str, Any]) -> Locator:
    """Open a plan with a unit chosen, as its permalink does; return the card."""
    lon, lat = unit["label"]
    opened = open_plan(way.opened, way.served, plan["id"], f"#17/{lat:.5f}/{lon:.5f}/{unit['id']}")
    card = opened.page.locator("#card")
    expect(card.locator(".code")).to_have_text(unit["code"])
    return card


def test_the_card_renames_locks_and_joins(way: Way) -> None:
    """Each act is one button, is told in a sentence, and is taken back by the button beside that sentence."""
    opened, served, _ = way
    plan = planning.a_plan(way)
    lins = [one for one in _content(opened, served, plan)["units"] if one["level"] == "lin"]
    brothers = [one for one in lins if one["parent_id"] == lins[0]["parent_id"]]
    unit = brothers[0] if len(brothers) > 1 else lins[-1]
    card = _open_on(way, plan, unit)
    page = opened.page
    assert faults(page) == []
    card.get_by_role("button", name="改名").click()
    card.get_by_label("名称").fill("水井边第一邻")
    page.keyboard.press("Enter")
    expect(card.locator("h2")).to_contain_text("水井边第一邻")
    card.get_by_role("button", name="锁定").click()
    expect(card.locator("h2")).to_contain_text("已锁定")
    card.get_by_role("button", name="解锁").click()
    expect(card.locator("h2")).not_to_contain_text("已锁定")
    card.get_by_text("和旁边的并成一个").click()
    assert faults(page) == []
    card.get_by_role("button", name="并", exact=False).and_(card.locator(".near-list .button")).first.click()
    expect(page.locator(".plan-head")).to_contain_text(f"{len(lins) - 1} 邻")
    page.locator(".toast").last.get_by_role("button", name="撤销").click()
    expect(page.locator(".plan-head")).to_contain_text(f"{len(lins)} 邻")
    expect(tab(opened, "历史").locator(".revisions > li")).to_have_count(6)


def test_a_floor_goes_to_another_lin(way: Way) -> None:
    """A block stands there floor by floor in the colours of its 邻; a ticked floor moves with all its homes."""
    opened, served, _ = way
    plan = planning.a_plan(way)
    content = _content(opened, served, plan)
    flat = next(one for one in content["homes"] if one["building"] and one["floor"])
    unit = next(one for one in content["units"] if one["id"] == flat["unit_id"])
    card = _open_on(way, plan, unit)
    page = opened.page
    card.get_by_role("button", name="楼里的户").click()
    expect(card.locator(".floor").first).to_be_visible()
    card.locator(".floor input[data-floor]").first.check()
    ticked = card.locator(".room input:checked").count()
    assert ticked > 0
    assert faults(page) == []
    ids = [one.get_attribute("value") for one in card.locator(".room input:checked").all()]
    target = card.get_by_label("搬到").input_value()
    card.get_by_role("button", name=f"搬 {ticked} 户").click()
    expect(page.locator(".toast").last).to_contain_text("户")
    holders = {one["id"]: one["unit_id"] for one in _content(opened, served, plan)["homes"]}
    assert {holders[str(one)] for one in ids} == {target}
    expect(card.locator(".stack-foot")).to_contain_text("先勾楼层或房号")


def test_what_is_locked_outlives_a_redraft(way: Way) -> None:
    """The 组 of a locked 邻 is drafted anew with progress; the locked 邻 keeps every home."""
    opened, served, _ = way
    plan = planning.a_plan(way)
    content = _content(opened, served, plan)
    village = next(one for one in content["units"] if one["level"] == "village")
    lin = next(one for one in content["units"] if one["level"] == "lin")
    planning.edit(opened, plan["id"], plan["revision"], "lock", unit_id=lin["id"], locked=True)
    before = {one["id"] for one in content["homes"] if one["unit_id"] == lin["id"]}
    card = _open_on(way, plan, village)
    expect(card.locator(".redraft")).to_contain_text("锁定的 1 个邻")
    card.get_by_role("button", name="重新起草").click()
    expect(opened.page.locator(".toast").last).to_contain_text("锁定的没有动", timeout=90_000)
    after = {one["id"] for one in _content(opened, served, plan)["homes"] if one["unit_id"] == lin["id"]}
    assert after == before
