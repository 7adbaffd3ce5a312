"""A phone in the field: somebody with a ground of their own, signed in on the app, with a camera and a place."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import shapely
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from geodata.store.tables import unit
from survey.actions import accounts
from survey.store.issue_tables import issue, issue_event, photo
from survey.store.visit_tables import visit
from tests.browser.conftest import PASSWORD, choose_password, sign_in
from tests.browser.served import Served
from tests.browser.watch import Watch
from webmap import session

SIZES = {"small": (360, 740), "phone": (412, 915), "tablet": (768, 1024)}
SMALL = SIZES["small"]
BATCH = "**/api/field/batch"


def shot(words: str = "") -> dict[str, Any]:
    """Return a picture as a phone's camera gives it: larger than what is sent, and drawn, so that it is nobody's."""
    picture = Image.new("RGB", (2400, 1800), (188, 206, 214))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 1150, 2400, 1800), fill=(142, 150, 138))
    pen.rectangle((1130, 380, 1190, 1500), fill=(70, 74, 78))
    pen.rectangle((1130, 380, 1560, 430), fill=(70, 74, 78))
    pen.ellipse((1470, 420, 1640, 520), fill=(120, 116, 96))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=88)
    return {"name": f"IMG{words}.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


# the map's files come last
_HAS_ALL = """
async () => {
  const names = await caches.keys();
  const kept = (await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))).flat();
  const wanted = ["/field/worker.js", "/static/built/maplibre-worker"];
  return wanted.every((file) => kept.some(({ url }) => url.includes(file)));
}
"""


@dataclass(frozen=True)
class Person:
    """An account with a ground, its password, and a place on that ground (lon, lat)."""

    id: str
    name: str
    password: str
    unit_id: str
    place: tuple[float, float]


@contextmanager
def at(served: Served) -> Iterator[Store]:
    """Open a served county beside its server."""
    store = Store(served.db)
    try:
        yield store
    finally:
        store.close()


def somebody(served: Served, role: str = "field_worker", level: str = "zu", which: int = 0) -> Person:
    """Make an account with a role over a unit of a level, the one with so many before it."""
    wanted = select(unit.c.id, unit.c.geom, unit.c.homes)
    wanted = wanted.where(unit.c.level == level, unit.c.valid_to.is_(None), unit.c.homes > 0).order_by(unit.c.path)
    name = f"field{secrets.token_hex(4)}"
    with at(served) as store, store.write() as db:
        rows = db.run.execute(wanted).all()
        found = rows[which % len(rows)]
        unit_id = "" if role == "reporter" else found.id
        made, handed = accounts.create_account(db, OPERATOR, session.now(), name, "陈桂香", [(role, unit_id)])
    inside = shapely.from_wkb(found.geom).representative_point()
    return Person(made.id, name, handed, found.id, (round(inside.x, 7), round(inside.y, 7)))


class Phone:
    """A phone with one page of the app."""

    def __init__(self, context: BrowserContext, served: Served, person: Person) -> None:
        self.context, self.served, self.person = context, served, person
        self.watch = Watch(context, served.url)
        # what a page says by itself of a network that is not there, and of a session that is asked for first
        self.watch.allow("Failed to load resource")
        self.page: Page = context.new_page()

    def enter(self) -> Phone:
        """Sign in for the first time and open the app."""
        sign_in(self.page, self.served.url, self.person.name, self.person.password)
        choose_password(self.page, self.person.password, PASSWORD)
        return self.open()

    def enter_again(self) -> Phone:
        """Sign in with the password that was chosen, and open the app."""
        sign_in(self.page, self.served.url, self.person.name, PASSWORD)
        return self.open()

    def open(self, hash: str = "") -> Phone:
        """Open the app, whose service worker then holds it."""
        self.page.goto(f"{self.served.url}/field{hash}")
        self.is_there()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        while not self.page.evaluate(_HAS_ALL):
            self.page.wait_for_timeout(100)
        return self

    def is_there(self) -> None:
        """Wait until the first screen, or another, shows what the phone holds."""
        expect(self.page.locator(".field-tabs a").first).to_be_visible()

    def go(self, hash: str) -> None:
        """Go to a screen."""
        self.page.evaluate("(hash) => { location.hash = hash; }", hash)
        self.page.wait_for_timeout(80)

    def report(self, category: str = "路灯", text: str = "", photo: bool = True) -> None:
        """Report something: the shot, what it is, send."""
        page = self.page
        self.go("#home")
        if photo:
            page.locator("#shot").set_input_files([shot()])
        else:
            page.get_by_role("button", name="不拍照，直接上报").tap()
        expect(page.locator(".report-screen")).to_be_visible()
        if photo:
            expect(page.locator(".shot-frame")).to_have_count(1)
        self.choose(category)
        if text:
            page.get_by_placeholder("补充一句").fill(text)
        expect(page.locator(".place-ground")).to_be_visible()
        page.get_by_role("button", name="发送").tap()
        expect(page.locator(".home-screen")).to_be_visible()

    def choose(self, category: str) -> None:
        """Choose what it is: a tile that can be seen, else by searching."""
        exact = self.page.get_by_role("radio", name=category, exact=True)
        tile = exact if exact.count() else self.page.get_by_role("radio", name=re.compile(category))
        if tile.count() == 0:
            self.page.get_by_role("button", name="更多类别").tap()
            self.page.get_by_role("searchbox").fill(category)
        tile.first.tap()

    def count(self, name: str) -> int:
        """Return a figure of the first screen."""
        self.go("#home")
        return int(self.page.locator(f"[data-count={name}] b").inner_text())

    def all_sent(self, within_s: float = 30.0) -> None:
        """Wait until nothing is unsent; the person asks for it as one does, by touching the button."""
        self.go("#mine")
        self.page.get_by_role("button", name="现在更新").tap()
        self.go("#home")
        expect(self.page.locator("[data-count=unsent] b")).to_have_text("0", timeout=within_s * 1000)
        # and until the server has told what came of it
        expect(self.page.locator("body")).to_have_attribute("data-meeting", "no")

    def offline(self, yes: bool = True) -> None:
        """Take the network away, or give it back."""
        self.context.set_offline(yes)


Phones = Callable[..., Phone]


def phone_of(browser: Browser, served: Served, person: Person, size: tuple[int, int] = SMALL, **more: Any) -> Phone:
    """Return a person's own phone, standing on their ground."""
    lon, lat = person.place
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", has_touch=True, is_mobile=True,
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 12}, permissions=["geolocation"],
        reduced_motion="reduce", **more,
    )  # fmt: skip
    context.set_default_timeout(20_000)
    return Phone(context, served, person)


def issues_of(served: Served, person: Person) -> list[Any]:
    """Return the issues that a person raised, the oldest first."""
    with at(served) as store, store.read() as db:
        return list(db.run.execute(select(issue).where(issue.c.by_id == person.id).order_by(issue.c.at)).all())


def events_of(served: Served, person: Person) -> list[Any]:
    """Return the steps that a person took, without reports."""
    rows = select(issue_event).where(issue_event.c.by_id == person.id, issue_event.c.kind != "reported")
    with at(served) as store, store.read() as db:
        return list(db.run.execute(rows.order_by(issue_event.c.at)).all())


def visits_of(served: Served, person: Person) -> list[Any]:
    """Return the visits and errands of a person, those taken back too."""
    with at(served) as store, store.read() as db:
        return list(db.run.execute(select(visit).where(visit.c.by_id == person.id).order_by(visit.c.fid)).all())


def photos_of(served: Served, issue_id: str) -> list[Any]:
    """Return the photos of an issue."""
    with at(served) as store, store.read() as db:
        return list(db.run.execute(select(photo).where(photo.c.issue_id == issue_id)).all())


def once(act: Callable[[Route], None]) -> Callable[[Route], None]:
    """Do something to the first request only; all later ones go through."""
    done: list[bool] = []

    def handle(route: Route) -> None:
        if done:
            route.continue_()
        else:
            done.append(True)
            act(route)

    return handle
