"""The field app on a slow phone: how much is fetched, how soon it is usable, how soon a report is safe, what is held.

The phone is Chromium slowed down six times, its network "slow 4G" as Lighthouse applies it to each request (562.5 ms,
1,474 kbit/s down, 675 up). It needs ``chromium-headless-shell``.
"""

from __future__ import annotations

import io
import statistics
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import prepared, served
from benchmarks.locate import CHROMIUM, FLAGS
from benchmarks.prepared import row
from geodata.store.tables import unit
from webmap import session

HOMES = 200
SLOWER = 6
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 1474.56 * 125, "uploadThroughput": 675 * 125}
_WAIT_MS = 60_000
_MARK = "(name) => performance.getEntriesByName(name).at(-1)?.startTime ?? null"
_FETCHED = """
() => {
  const until = performance.getEntriesByName("field:usable")[0].startTime;
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const own = all.filter(({ name, responseEnd }) => responseEnd <= until && !name.includes("/api/"));
  return own.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000;
}
"""


def ground_of(county: Path) -> str:
    """Return the id of the unit whose homes are nearest to a chief's 200."""
    store = session.open_store(str(county))
    with store.read() as db:
        rows = db.run.execute(select(unit.c.id, unit.c.homes).where(unit.c.valid_to.is_(None))).all()
    store.close()
    return str(min(rows, key=lambda one: (abs(one.homes - HOMES), one.id)).id)


def _slow(page: Page) -> CDPSession:
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return wire


def _marked_ms(page: Page, name: str) -> float:
    for _ in range(_WAIT_MS // 20):
        found: float | None = page.evaluate(_MARK, name)
        if found is not None:
            return found
        page.wait_for_timeout(20)
    raise RuntimeError(f"the page never came to {name}")


def _context(browser: Browser, to: served.Served) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, permissions=["geolocation"],
        geolocation={"longitude": 111.6, "latitude": 27.7, "accuracy": 10},
    )  # fmt: skip
    pairs = (part.split("=", 1) for part in to.cookie.split("; "))
    context.add_cookies([{"name": name, "value": value, "url": to.url} for name, value in pairs])
    return context


def phone(browser: Browser, to: served.Served, picture: bytes) -> dict[str, float]:
    """Open the app for the first time, shoot, and open it again without signal; return the figures."""
    context = _context(browser, to)
    page = context.new_page()
    _slow(page)
    page.goto(f"{to.url}/field", wait_until="commit")
    first_s = _marked_ms(page, "field:usable") / 1000
    bundle_kb = page.evaluate(_FETCHED)
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.wait_for_timeout(12_000)  # the map is fetched at rest
    shot = {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": picture}
    page.locator("#shot").set_input_files([shot])
    save_ms = _marked_ms(page, "field:saved") - _marked_ms(page, "field:shutter")
    context.set_offline(True)
    again = context.new_page()
    _slow(again).send("Network.emulateNetworkConditions", {**SLOW_4G, "offline": True})
    again.goto(f"{to.url}/field", wait_until="commit")
    again_s = _marked_ms(again, "field:usable") / 1000
    context.close()
    return {"bundle_kb": bundle_kb, "interactive_s": first_s, "again_s": again_s, "save_ms": save_ms}


def scope_kb(browser: Browser, to: served.Served) -> tuple[float, int]:
    """Return the size of what a phone is told at first, as sent, and how many homes are in it."""
    context = _context(browser, to)
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda one: sizes.append(int(one.headers.get("content-length", 0))))
    page.goto(f"{to.url}/signin")
    sizes.clear()
    homes = page.evaluate("fetch('/api/field/scope').then((one) => one.json()).then((one) => one.homes.length)")
    page.wait_for_timeout(200)
    context.close()
    return sizes[0] / 1000, int(homes)


def measure(wanted: prepared.Asked) -> list[dict[str, Any]]:
    """Serve the county to somebody with some 200 homes."""
    county = prepared.published(wanted)
    written = io.BytesIO()
    Image.effect_noise((3000, 2250), 40).convert("RGB").save(written, "JPEG", quality=80)
    picture = written.getvalue()
    with served.served(county, [("field_worker", ground_of(county))]) as to, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        runs = [phone(browser, to, picture) for _ in range(1 if wanted.quick else 5)]
        size_kb, homes = scope_kb(browser, to)
        browser.close()

    def told(name: str) -> float:
        return statistics.median(run[name] for run in runs)

    slow = f"processor {SLOWER} times slower, slow 4G; median of {len(runs)}"
    shot = f"from the shutter to the draft and its {len(picture) / 1e6:.1f} MB picture sealed on the phone; {slow}"
    return [
        row("bundle_kb", told("bundle_kb"), None, "KB", "page, scripts, style as sent until it is usable, without map"),
        row("interactive_s", told("interactive_s"), None, "s", f"first visit, to what one can use; {slow}"),
        row("again_s", told("again_s"), None, "s", f"again without signal; processor {SLOWER} times slower"),
        row("save_ms", told("save_ms"), None, "ms", shot),
        row("scope_kb", size_kb, None, "KB", f"what a phone holds, as sent (gzip): {homes} homes"),
    ]


def main() -> None:
    """Measure and print."""
    with prepared.asked(__doc__) as wanted:
        prepared.show(measure(wanted), as_json=wanted.as_json)


if __name__ == "__main__":
    main()
