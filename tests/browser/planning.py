"""Drives the panels of the redrawing page as a cadre does, and arranges what a cadre would find there."""

from __future__ import annotations

import re
import uuid
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.asking import ask
from tests.browser.conftest import Opened, Way
from tests.browser.served import Served

_POST = """
async ([path, body]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, told: await answer.json() };
}
"""


def send(opened: Opened, path: str, **body: Any) -> Any:
    """Ask the server to do something, as the same person."""
    answer = opened.page.evaluate(_POST, [path, body])
    assert answer["status"] < 300, (path, answer)
    return answer["told"]


def a_village(opened: Opened, served: Served, kind: str) -> dict[str, Any]:
    """Return a village of a kind, "rural" (houses) or "urban" (flats); where there is none, the first village."""
    top: dict[str, Any] = ask(opened, served, "/api/units?parent=")["items"][0]
    while top["level"] != "town":
        top = ask(opened, served, f"/api/units?parent={top['id']}")["items"][0]
    villages = ask(opened, served, f"/api/units?parent={top['id']}&limit=200")["items"]
    found: dict[str, Any] = next((one for one in villages if one["kind"] == kind), villages[0])
    return found


def plan_from_net(opened: Opened, village: dict[str, Any]) -> dict[str, Any]:
    """Make a plan that is a copy of a village's net."""
    plan: dict[str, Any] = send(opened, "/api/plans", unit_id=village["id"], **{"from": "net"})
    return plan


def a_plan(way: Way) -> dict[str, Any]:
    """Make a plan that is a copy of the net of a village of houses."""
    return plan_from_net(way.opened, a_village(way.opened, way.served, "rural"))


def edit(opened: Opened, plan_id: str, revision: int, act: str, **args: Any) -> dict[str, Any]:
    """Do one edit without the page."""
    body = {"id": str(uuid.uuid4()), "revision": revision, "act": act, **args}
    reply: dict[str, Any] = send(opened, f"/api/plans/{plan_id}/edits", **body)
    return reply


def break_a_lin(opened: Opened, served: Served, plan: dict[str, Any]) -> dict[str, Any]:
    """Give a full 邻 homes of its neighbour until it has one too many; return it with that count."""
    content = ask(opened, served, f"/api/plans/{plan['id']}/content")
    lins = [one for one in content["units"] if one["level"] == "lin"]
    rule = ask(opened, served, "/api/map")["rule"]
    most, least = rule["lin_homes_max"], rule["lin_homes_min"]
    for full in sorted(lins, key=lambda one: -one["homes"]):
        wanted = most + 1 - full["homes"]
        brothers = [one for one in lins if one["parent_id"] == full["parent_id"] and one["id"] != full["id"]]
        giver = next((one for one in brothers if one["homes"] - wanted >= least), None)
        if giver is None:
            continue
        moves = [{"unit_id": full["id"], "home_ids": _nearest_homes(content, giver, full)[:wanted]}]
        edit(opened, plan["id"], plan["revision"], "paint", moves=moves, pieces=True)
        return {**full, "homes": most + 1}
    raise AssertionError("no 邻 that could be filled beyond the rule")


def _nearest_homes(content: dict[str, Any], giver: dict[str, Any], full: dict[str, Any]) -> list[str]:
    lon, lat = full["label"]
    own = [one for one in content["homes"] if one["unit_id"] == giver["id"]]
    return [one["id"] for one in sorted(own, key=lambda one: (one["lon"] - lon) ** 2 + (one["lat"] - lat) ** 2)]


def open_plan(opened: Opened, served: Served, plan_id: str, view: str = "") -> Opened:
    """Open the redrawing page on a plan, at a view that its address may name."""
    opened.page.goto(f"{served.url}/draw?plan={plan_id}{view}")
    expect(opened.page.locator(".plan-head h2")).to_be_visible()
    at_rest(opened)
    return opened


def at_rest(opened: Opened) -> None:
    """Wait until the redrawing page is at work on nothing, and asks nothing any more."""
    expect(opened.page.locator("#side")).to_have_attribute("aria-busy", "false")
    opened.watch.quiet(opened.page, 150)


def tab(opened: Opened, words: str) -> Locator:
    """Open a tab at the left and return what it shows."""
    opened.page.get_by_role("tab", name=re.compile(words)).click()
    shown = opened.page.locator(".side-panel:not([hidden])")
    expect(shown).to_be_visible()
    return shown


def touch_drag(opened: Opened, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag a finger over the page: touch events, as the browser makes them of a real finger."""
    session = opened.page.context.new_cdp_session(opened.page)
    steps = 12
    for step in range(steps + 1):
        x = start[0] + (end[0] - start[0]) * step / steps
        y = start[1] + (end[1] - start[1]) * step / steps
        kind = "touchStart" if step == 0 else "touchMove"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        opened.page.wait_for_timeout(16)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def mouse_drag(opened: Opened, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse."""
    mouse = opened.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=12)
    mouse.up()


def middle(place: Locator) -> tuple[float, float]:
    """Return the middle of what a locator finds, in pixels of the page."""
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
