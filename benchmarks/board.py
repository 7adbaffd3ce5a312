#!/usr/bin/env python3
"""The board of a full county: how soon it is on the screen, how smoothly its days play, how fast a filter answers.

Run as ``benchmarks/board.py [--keep FOLDER] [--scale county] [--json] [--quick]``. It draws 60,000 invented issues over
400 days (a tenth with ``--quick``) into a copy of the published county, serves it, and opens the board in Chromium with
WebGL in software. The slider plays maps of twelve months that the browser already has; each filter is one that nobody
asked for before, so nothing of its answer is kept. There is no peer.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.locate import CHROMIUM, FLAGS
from benchmarks.prepared import Asked, asked, copy, published, row, show
from benchmarks.served import Served, served
from geodata.rules.actors import OPERATOR
from survey.actions import demo_issues
from webmap import session

ISSUES, ISSUES_QUICK = 60_000, 6_000
_WAIT_MS = 120_000
_LEVELS = ("village", "pian", "zu", "lin")
_FILTERS = ("", "&grade=ordinary", "&grade=harder", "&late=1", "&age=7", "&age=30")
# how often the map was given another day, and when
_WATCH = """
window.boardShown = [];
new MutationObserver(() => window.boardShown.push(performance.now()))
  .observe(document, { subtree: true, attributes: true, attributeFilter: ["data-shown"] });
"""


def main() -> None:
    """Fill, serve, open, play, filter."""
    with asked(__doc__ or "") as wanted:
        show(measure(wanted), as_json=wanted.as_json)


def measure(wanted: Asked) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    path = wanted.folder / f"{wanted.scale}-board.gpkg"
    copy(published(wanted), path)
    store = session.open_store(str(path))
    with store.write() as db:
        count = demo_issues.load_issues(db, OPERATOR, session.now(), 9, ISSUES_QUICK if wanted.quick else ISSUES)
    store.close()
    size = f"{count:,} issues, {wanted.scale}"
    with served(path) as to:
        first_s = _timed(to, "/api/board/hotspots?level=village")
        answers = {f"{level}{more}": 1000 * _timed(to, f"/api/board/hotspots?level={level}{more}")
                   for level in _LEVELS for more in _FILTERS}  # fmt: skip
        paints, fps = _browse(to, 2 if wanted.quick else 5) if CHROMIUM.exists() else ([], None)
    worst = max(answers, key=lambda name: answers[name])
    each = f"median of {', '.join(f'{one:.2f}' for one in paints)}" if paints else f"no {CHROMIUM.name} here"
    painted = statistics.median(paints) if paints else None
    middle = statistics.median(answers.values())
    told = (
        f"slowest of {len(answers)} maps of hotspots nobody asked for before: {worst}; median {middle:.0f} ms; {size}"
    )
    return [
        row(
            "first_paint_s",
            painted,
            None,
            "s",
            f"from the address to figures and hotspots on the screen; {each}; {size}",
        ),
        row("slider_fps", fps, None, "1/s", "days a second while the slider is dragged over maps that are at hand"),
        row("filter_ms", answers[worst], None, "ms", told),
        row("read_s", first_s, None, "s", "the first map after an event, for which all issues are read anew"),
    ]


def _timed(to: Served, path: str) -> float:
    began = time.perf_counter()
    to.get(path)
    return time.perf_counter() - began


def _browse(to: Served, times: int) -> tuple[list[float], float | None]:
    """Return the seconds until the board is there, each time in a fresh browser, and the slider's days a second."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        seconds, fps = [], None
        for _ in range(times):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            pairs = (part.split("=", 1) for part in to.cookie.split("; "))
            context.add_cookies([{"name": name, "value": value, "url": to.url} for name, value in pairs])
            context.add_init_script(_WATCH)
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{to.url}/board?level=pian", wait_until="commit")
            page.locator("body[data-shown]").wait_for(timeout=_WAIT_MS)
            page.locator("button.figure").first.wait_for(timeout=_WAIT_MS)
            seconds.append(time.perf_counter() - began)
            fps = _slide(page)
            context.close()
        browser.close()
    return seconds, fps


def _slide(page: Page) -> float:
    """Drag the slider over all its days twice, the second time with every map at hand; return the days a second."""
    slider = page.locator(".board-slider input")
    stops = int(slider.get_attribute("max") or 0)
    for _ in range(stops):
        slider.press("ArrowLeft")
    page.wait_for_timeout(6_000)
    page.evaluate("window.boardShown = []")
    for _ in range(stops):
        slider.press("ArrowRight")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    page.wait_for_timeout(500)
    marks: list[float] = page.evaluate("window.boardShown")
    return (len(marks) - 1) / ((marks[-1] - marks[0]) / 1000) if len(marks) > 2 else 0.0


if __name__ == "__main__":
    main()
