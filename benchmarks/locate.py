"""How many points a second find their 邻 over HTTP, and how soon a browser paints the county's net.

The peer of the points is PostGIS (ST_Contains with an index), asked one after the other over a socket, without HTTP
and rights. The browser is Chromium with WebGL in software and an empty cache; it needs ``chromium-headless-shell``.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import prepared, served
from benchmarks.peer_postgis import open_peer
from benchmarks.prepared import row

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
_WAIT_S = 60
# a frame's ground is two triangles; the first draw of many is the first of the net, and it is seen a frame later
_WATCH = """
const draw = WebGL2RenderingContext.prototype.drawElements;
WebGL2RenderingContext.prototype.drawElements = function (mode, count, ...rest) {
  draw.call(this, mode, count, ...rest);
  if (count > 300 && window.netDrawn === undefined) {
    window.netDrawn = null;
    requestAnimationFrame(() => { window.netDrawn = performance.now(); });
  }
};
"""


def locate(to: served.Served, county: Path, count: int) -> tuple[float, Any]:
    """Return how many points are answered a second on 8 connections, and the points."""
    places = served.home_places(county, count)
    paths = [f"/api/locate?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in places.tolist()]
    served.ask_all(to, paths[:200], 8, accept=(200, 404))
    return served.ask_all(to, paths, 8, accept=(200, 404)).per_s, places


def first_paint(to: served.Served, times: int) -> tuple[list[float], float]:
    """Return the seconds from the address to the net on the screen, and the KB of JS and CSS as sent."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        runs = [_visit(browser, to) for _ in range(times)]
        browser.close()
    return [seconds for seconds, _ in runs], runs[0][1]


def _visit(browser: Browser, to: served.Served) -> tuple[float, float]:
    sent: list[int] = []

    def count(response: Response) -> None:
        if response.url.endswith((".js", ".css")):
            sent.append(int(response.headers.get("content-length", 0)))

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    pairs = (part.split("=", 1) for part in to.cookie.split("; "))
    context.add_cookies([{"name": name, "value": value, "url": to.url} for name, value in pairs])
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.on("response", count)
    page.goto(f"{to.url}/map", wait_until="commit")
    drawn_ms = None
    for _ in range(_WAIT_S * 20):
        drawn_ms = page.evaluate("window.netDrawn")  # no wait_for_function: the page's policy forbids eval
        if drawn_ms:
            break
        page.wait_for_timeout(50)
    context.close()
    if not drawn_ms:
        raise RuntimeError(f"no net drawn within {_WAIT_S} s")
    return drawn_ms / 1000, sum(sent) / 1024


def measure(wanted: prepared.Asked) -> list[dict[str, Any]]:
    """Serve the county, ask for points, open the map."""
    county = prepared.published(wanted)
    count = 2_000 if wanted.quick else 20_000
    with served.served(county) as to:
        per_s, places = locate(to, county, count)
        paints, sent_kb = first_paint(to, 2 if wanted.quick else 5) if CHROMIUM.exists() else ([], 0.0)
    with open_peer(county) as peer:
        theirs = peer.points_per_s(places[:2_000]) if peer else None
    told = f"{count} points on 8 connections, granian 2 x 4; " + (
        "peer: PostGIS ST_Contains on one connection" if theirs else "no PostGIS here to compare with"
    )
    painted = statistics.median(paints) if paints else None
    each = f"median of {', '.join(f'{s:.2f}' for s in paints)}" if paints else f"no {CHROMIUM.name} here"
    return [
        row("per_s", per_s, theirs, "1/s", told, higher_is_better=True),
        row("first_paint_s", painted, None, "s", f"from the address to the net drawn, WebGL in software; {each}"),
        row("script_kb", sent_kb if paints else None, None, "KB", "JS and CSS of the map page as sent (gzip)"),
        row("start_s", to.up_s, None, "s", "from the command serve to its first answer"),
    ]


def main() -> None:
    """Measure and print."""
    with prepared.asked(__doc__) as wanted:
        prepared.show(measure(wanted), as_json=wanted.as_json)


if __name__ == "__main__":
    main()
