"""Draws on the redrawing page as a hand does, with the mouse or with fingers, and asks the server what came of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import shapely
from playwright.sync_api import Page, expect
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tests.browser.asking import ask
from tests.browser.conftest import Opened, Visit
from tests.browser.served import Served

Place = tuple[float, float]
Pixel = tuple[float, float]
STEPS = 14
LONG_PRESS_MS = 750
# what a screen at 27 degrees north shows at zoom 0, in degrees of longitude a pixel
DEGREES_A_PIXEL = 360 / 512


_TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The page follows its address before anybody who asks to be told of it later.
_LOOK = """
(to) => new Promise((done) => {
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(done));
  if (location.hash === to) return drawn();
  addEventListener("hashchange", drawn, { once: true });
  location.hash = to;
})
"""


class Hand(Protocol):
    """A mouse or a finger."""

    def tap(self, at: Pixel) -> None: ...
    def double(self, at: Pixel) -> None: ...
    def press(self, at: Pixel) -> None: ...
    def move(self, at: Pixel) -> None: ...
    def lift(self) -> None: ...


class Mouse:
    """The mouse of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tap(self, at: Pixel) -> None:
        """Click."""
        self.page.mouse.click(*at)

    def double(self, at: Pixel) -> None:
        """Click twice."""
        self.page.mouse.dblclick(*at)

    def press(self, at: Pixel) -> None:
        """Put the button down."""
        self.page.mouse.move(*at)
        self.page.mouse.down()

    def move(self, at: Pixel) -> None:
        """Move on."""
        self.page.mouse.move(*at)

    def lift(self) -> None:
        """Let the button go."""
        self.page.mouse.up()


class Finger:
    """One finger, by the browser's own touch events."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)

    def tap(self, at: Pixel) -> None:
        """Tap."""
        self.press(at)
        self.lift()

    def double(self, at: Pixel) -> None:
        """Tap twice, as quickly as a finger does however busy the machine is."""
        tap = {"x": at[0], "y": at[1], "duration": 30, "tapCount": 2, "gestureSourceType": "touch"}
        self.cdp.send("Input.synthesizeTapGesture", tap)

    def press(self, at: Pixel) -> None:
        """Put the finger down."""
        self._send("touchStart", at)

    def move(self, at: Pixel) -> None:
        """Draw it on."""
        self._send("touchMove", at)

    def lift(self) -> None:
        """Lift it."""
        self.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _send(self, kind: str, at: Pixel) -> None:
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})


class Ground:
    """What a plan holds, as shapes to draw by."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.revision: int = content["revision"]
        self.units = {one["id"]: one for one in content["units"]}
        parents = {one["parent_id"] for one in self.units.values()}
        self.leaves = {
            id_: shape(one["geometry"])
            for id_, one in self.units.items()
            if id_ not in parents and one["level"] != "village"
        }
        self.homes = {one["id"]: one for one in content["homes"]}
        self.stars: dict[Place, set[str]] = defaultdict(set)
        self.edges: dict[frozenset[Place], set[str]] = defaultdict(set)
        for id_, ground in self.leaves.items():
            for ring in rings(ground):
                for a, b in pairwise(ring):
                    self.stars[a].add(id_)
                    self.edges[frozenset((a, b))].add(id_)

    def homes_of(self, unit_id: str) -> list[dict[str, Any]]:
        """Return the homes of a leaf."""
        return [one for one in self.homes.values() if one["unit_id"] == unit_id]

    def roomy_vertex(self) -> tuple[Place, float]:
        """Return the shared vertex with the most room around it, and the length of its shortest edge in degrees."""
        outer = {place for edge, units in self.edges.items() if len(units) == 1 for place in edge}
        room: dict[Place, float] = {}
        for edge in self.edges:
            if len(edge) == 2:
                a, b = edge
                for place in edge - outer:
                    room[place] = min(room.get(place, math.inf), math.dist(a, b))
        return max(((place, far) for place, far in room.items() if len(self.stars[place]) > 1), key=lambda one: one[1])

    def long_edge(self) -> tuple[Place, Place]:
        """Return the longest edge that two leaves share."""
        shared = [edge for edge, units in self.edges.items() if len(units) == 2 and len(edge) == 2]
        a, b = max(shared, key=lambda edge: math.dist(*edge))
        return a, b

    def neighbours(self) -> tuple[str, str]:
        """Return two leaves of one parent that share the longest border."""
        length: dict[tuple[str, str], float] = defaultdict(float)
        for edge, units in self.edges.items():
            if len(units) == 2:
                one, other = sorted(units)
                if self.units[one]["parent_id"] == self.units[other]["parent_id"]:
                    length[one, other] += math.dist(*edge)
        return max(length, key=lambda pair: length[pair])


def rings(ground: BaseGeometry) -> list[list[Place]]:
    """Return all rings of a polygon or several, as places."""
    polygons = shapely.get_parts(ground)
    return [[(x, y) for x, y in ring.coords] for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]


class Drawing:
    """A plan of its own, open on the redrawing page."""

    def __init__(self, served: Served, visit: Visit, size: tuple[int, int], touch: bool) -> None:
        self.served = served
        self.opened: Opened = visit(served, "/password", size=size, has_touch=touch)
        self.page, self.watch = self.opened.page, self.opened.watch
        village = self._village()
        self.plan_id: str = self.post("/api/plans", {"unit_id": village, "from": "net"}, 201)["id"]
        self.page.goto(f"{served.url}/draw?plan={self.plan_id}")
        self.page.locator("#map canvas").first.wait_for()
        expect(self.page.locator(".draw-tools [data-tool=vertex]")).to_be_enabled()
        self.page.wait_for_function("location.hash.split('/').length >= 3")  # the village is shown whole
        self.settle()
        self.hand: Hand = Finger(self.page) if touch else Mouse(self.page)

    def ground(self) -> Ground:
        """Return what the plan holds now, as the server says."""
        return Ground(ask(self.opened, self.served, f"/api/plans/{self.plan_id}/content"))

    def post(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        """Ask the server for something beside the page, as the same person."""
        token = self.page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
        answer = self.page.request.post(self.served.url + path, data=body, headers={"X-CSRFToken": token})
        assert answer.status == status, f"{path}: {answer.status} {answer.text()[:400]}"
        return answer.json()

    def settle(self) -> None:
        """Wait until the page is at work on nothing, and what came of it is drawn."""
        expect(self.page.locator("#side")).to_have_attribute("aria-busy", "false")
        self.page.evaluate(_TWO_FRAMES)

    def take(self, tool: str) -> None:
        """Take a tool from the toolbar."""
        button = self.page.locator(f".draw-tools [data-tool={tool}]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def look(self, places: Sequence[Place], span_px: float = 260) -> None:
        """Show places in the middle, so near that they span this many pixels."""
        west, south, east, north = shapely.MultiPoint(list(places)).bounds
        wide = max(east - west, (north - south) / math.cos(math.radians(south)), 1e-6)
        zoom = min(19.0, math.log2(span_px * DEGREES_A_PIXEL / wide))
        lon, lat = (west + east) / 2, (south + north) / 2
        self.page.evaluate(_LOOK, f"#{zoom:.2f}/{lat:.5f}/{lon:.5f}")

    def pixel(self, place: Place) -> Pixel:
        """Return where a place stands on the page."""
        return self.opened.map.pixel(*place)

    def place(self, at: Pixel) -> Place:
        """Return the place under a pixel."""
        return self.opened.map.place(*at)

    def draw(self, way: Sequence[Pixel]) -> None:
        """Press, draw along a way and let go."""
        self.hand.press(way[0])
        for a, b in pairwise(way):
            for step in range(1, STEPS + 1):
                share = step / STEPS
                self.hand.move((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
        self.hand.lift()

    def hold(self, at: Pixel) -> None:
        """Press long."""
        self.hand.press(at)
        self.page.wait_for_timeout(LONG_PRESS_MS)
        self.hand.lift()

    def tap(self, at: Pixel) -> None:
        """Tap once, far enough in time from the tap before that the two are not one double tap."""
        self.hand.tap(at)
        self.page.wait_for_timeout(420)

    def double(self, at: Pixel) -> None:
        """Tap twice quickly."""
        self.hand.double(at)

    def changed(self, revision: int) -> Ground:
        """Wait until the plan is at a revision, and return what it holds."""
        self.settle()
        for _ in range(60):
            ground = self.ground()
            if ground.revision >= revision:
                break
            self.page.wait_for_timeout(100)
        self.settle()
        toasts = self.page.locator(".toast.error, .offer").all_inner_texts()
        assert ground.revision == revision, f"revision {ground.revision}, not {revision}; the page says {toasts}"
        return ground

    def choose(self, unit_id: str) -> None:
        """Choose a leaf by a tap in its middle."""
        self.tap(self.pixel(middle_of(self.ground(), unit_id)))

    def _village(self) -> str:
        below = ask(self.opened, self.served, "/api/units?parent=")["items"]
        while below[0]["level"] != "village":
            below = ask(self.opened, self.served, f"/api/units?parent={below[0]['id']}&limit=200")["items"]
        return str(max(below, key=lambda one: one["homes"])["id"])


def middle_of(ground: Ground, unit_id: str) -> Place:
    """Return a place well inside a unit's largest part, away from its border."""
    part = max(shapely.get_parts(shape(ground.units[unit_id]["geometry"])), key=lambda one: one.area)
    point = shapely.maximum_inscribed_circle(part).coords[0]
    return point[0], point[1]
