"""A browser, the counties it looks at, and the watch over every page it opens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.mapdriver import MapDriver
from tests.browser.pixels import Pixels
from tests.browser.served import Served, copy_county, make_once, sanzhang
from tests.browser.watch import Watch
from tests.conftest import missing

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
NO_WEBGL = [*(flag for flag in FLAGS if "swiftshader" not in flag), "--disable-webgl", "--disable-3d-apis"]
DESK, TABLET, PHONE = (1440, 900), (1024, 768), (360, 740)
PASSWORD = "Kan jian 1 zhi niao"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a browser, and is run once more before it has failed.

    On a machine that does ten things at once a browser now and then is given no time at all. The summary counts what
    was run again (``rerun``): a test that is there often has a fault of its own to be looked for.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


class Opened(NamedTuple):
    """A page, the map on it, and the watch over it."""

    page: Page
    map: MapDriver
    watch: Watch


Visit = Callable[..., Opened]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    if not Path(CHROMIUM).exists():
        missing(f"the browser {CHROMIUM} (package chromium-headless-shell)")
    expect.set_options(timeout=20_000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser that can reach nothing but loopback."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def pixels(chromium: Browser) -> Iterator[Pixels]:
    """A reader of screenshots."""
    context = chromium.new_context()
    yield Pixels(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent / "demo" if "PYTEST_XDIST_WORKER" in os.environ else base / "demo"
    folder.mkdir(exist_ok=True)
    return folder


def serve_copy(scale: str, run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a copy of a demo county of its own."""
    folder = tmp_path_factory.mktemp(scale)
    served = Served(copy_county(make_once(run_folder, scale), folder), folder).start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def town(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A town of five villages, about 2,700 homes; no test changes its net."""
    yield from serve_copy("town", run_folder, tmp_path_factory)


@pytest.fixture(scope="session")
def village(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A village of about 550 homes in a GeoPackage; tests may change it."""
    yield from serve_copy("village", run_folder, tmp_path_factory)


@pytest.fixture(scope="session")
def village_in_postgres(request: pytest.FixtureRequest) -> str:
    """The name of a database that holds the same village, made by the same command, to be copied."""
    url: str = request.getfixturevalue("cluster").url()
    sanzhang("demo", "--scale", "village", "--db", url, "--json")
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def village_on_postgis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same village on PostGIS; tests may change it."""
    yield from serve_copy_on_postgis(request, tmp_path_factory)


def serve_copy_on_postgis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a copy of the demo village of its own on PostGIS."""
    url = request.getfixturevalue("cluster").url(request.getfixturevalue("village_in_postgres"))
    served = Served(url, tmp_path_factory.mktemp("postgis")).start()
    yield served
    served.stop()


def _serve_nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("nothing")
    served = Served(str(folder / "county.gpkg"), folder).start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def nothing_yet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A county without a unit or a home."""
    yield from _serve_nothing(tmp_path_factory)


@pytest.fixture
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A county into which nobody has signed in yet."""
    yield from _serve_nothing(tmp_path_factory)


def sign_in(page: Page, url: str, name: str, password: str) -> None:
    """Sign in by the form, wherever that leads."""
    page.goto(f"{url}/signin")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda address: "/signin" not in address)


def choose_password(page: Page, old: str, new: str) -> None:
    """Change the one-time password on the page where one has been led."""
    page.get_by_label("原密码").fill(old)
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再输一次新密码").fill(new)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda address: "/password" not in address)


def administrator(browser: Browser, served: Served) -> Any:
    """Return what a browser keeps after the first administrator signed in and chose a password; done once a server."""
    if served.admin is None:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        name, handed = served.first_sign_in()
        sign_in(page, served.url, name, handed)
        choose_password(page, handed, PASSWORD)
        served.admin = context.storage_state()
        context.close()
    return served.admin


class Desks:
    """The administrator's own windows, one or more a server and size: wiped after each test and used by the next.

    What the browser keeps of scripts and glyphs is what a person's browser keeps from one day to the next; nothing else
    of a test is left to the one after it.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: dict[str, list[Watch]] = {}

    def take(self, served: Served, size: tuple[int, int], options: dict[str, Any]) -> Watch:
        """Return a window that no page of this test has."""
        key = f"{served.url} {size} {sorted(options.items())}"
        free = self.free.setdefault(key, [])
        if free:
            return free.pop()
        watch = watched(self.browser, served, size, administrator(self.browser, served), options)
        watch.key, watch.cookies = key, watch.context.cookies()
        return watch

    def give_back(self, watch: Watch) -> None:
        """Wipe a window and keep it for the next test."""
        watch.wipe()
        self.free[watch.key].append(watch)


@pytest.fixture(scope="session")
def desks(chromium: Browser) -> Iterator[Desks]:
    """The windows of this test run."""
    kept = Desks(chromium)
    yield kept
    for watch in [one for free in kept.free.values() for one in free]:
        watch.context.close()


def watched(browser: Browser, served: Served, size: tuple[int, int], state: Any, options: dict[str, Any]) -> Watch:
    """Open a window of a size with what a browser kept of somebody's session."""
    phone = {"has_touch": True, "is_mobile": True} if size == PHONE else {}
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        storage_state=state,
        reduced_motion="reduce",
        **phone,
        **options,
    )
    context.set_default_timeout(20_000)
    return Watch(context, served.url)


@pytest.fixture
def visit(chromium: Browser, desks: Desks) -> Iterator[Visit]:
    """Open pages of a server, signed in as its administrator unless told otherwise; checked when the test ends.

    ``fresh`` asks for a window that no test has used, as of somebody who comes for the first time.
    """
    opened: list[Watch] = []

    def one(
        served: Served,
        path: str = "/map",
        size: tuple[int, int] = DESK,
        state: Any = "administrator",
        browser: Browser = chromium,
        fresh: bool = False,
        **options: Any,
    ) -> Opened:
        if state == "administrator" and browser is chromium and not fresh:
            watch = desks.take(served, size, options)
        else:
            kept = administrator(chromium, served) if state == "administrator" else state
            watch = watched(browser, served, size, kept, options)
        opened.append(watch)
        page = watch.context.new_page()
        page.goto(served.url + path)
        return Opened(page, MapDriver(page, watch), watch)

    yield one
    for watch in opened:
        watch.check()
        if watch.key:
            desks.give_back(watch)
        else:
            watch.context.close()


class Way(NamedTuple):
    """A page, the county it looks at, and whether it is touched by fingers."""

    opened: Opened
    served: Served
    by_finger: bool


@pytest.fixture(params=[("village", DESK, False), ("village_on_postgis", TABLET, True)], ids=["desk-gpkg", "touch-pg"])
def way(request: pytest.FixtureRequest, visit: Visit) -> Way:
    """The redrawing page: by the mouse on a desk over the one database, by fingers on a tablet over the other."""
    base, size, by_finger = request.param
    served: Served = request.getfixturevalue(base)
    return Way(visit(served, "/draw", size=size, has_touch=by_finger), served, by_finger)
