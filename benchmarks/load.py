#!/usr/bin/env python3
"""A mobilisation morning: reports with photos, readers of map and desk, phones coming back, and sessions opened.

Run as ``benchmarks/load.py [--keep FOLDER] [--scale county] [--json] [--quick] [--db URL]``. Under ``sanzhang serve``
it sends, for 15 minutes (15 seconds with ``--quick``), 5.2 reports a second, each with a photo of 300 kB of its own,
while 2 tiles a second and a desk every two seconds are read: the profile of 1,800 reporters who all send within six
minutes. A report is sent when its moment has come, whether those before it were answered or not, and its time runs from
that moment to the answer to its photo. Then 25 sessions a second are opened by device tokens, and at last one phone
drains what it kept, in batches of 200. There is no peer.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PIL import Image

from benchmarks.prepared import Asked, asked, copy, published, row, show
from benchmarks.served import Served, served
from geodata.rules.actors import OPERATOR, Actor
from geodata.store import households, settings
from geodata.store.types import lonlat_of
from survey.actions import accounts, categories, devices
from survey.store import accounts as kept_accounts
from survey.store import issues as kept
from survey.store import photos as kept_photos
from survey.store import visits as kept_visits
from webmap import session

REPORTS_PER_S, TILES_PER_S, DESKS_PER_S, STARTS_PER_S = 5.2, 2.0, 0.5, 25.0
MORNING_S, MORNING_QUICK_S = 900.0, 15.0
STARTS_S, STARTS_QUICK_S = 60.0, 6.0
PHONES = 25
BATCH, BATCHES, BATCHES_QUICK = 200, 20, 2
PHOTO_BYTES = 300_000
SENDERS = 32
WARMING = 6
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_DEVICE = re.compile(r"sanzhang_device=([^;]+)")


@dataclass
class Heard:
    """What came of all that was sent: seconds each took, refusals, and the ids that were answered for."""

    took_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, took_s: float, error: str = "", done: tuple[str, str] | None = None) -> None:
        """Take note of one."""
        with self.lock:
            self.took_s.append(took_s)
            if error:
                self.errors.append(error)
            elif done is not None:
                self.ids.append(done)

    @property
    def p95_ms(self) -> float:
        """Milliseconds within which 95 of 100 were answered."""
        return float(np.percentile(self.took_s, 95)) * 1000 if self.took_s else float("nan")


class Line:
    """One connection that stays open, as a browser's does."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port, self.headers = port, headers
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(
        self, method: str, path: str, body: bytes | None, kind: str = "application/json"
    ) -> tuple[int, bytes, Any]:
        """Send one request; return status, body and headers."""
        sent = {**self.headers, "Content-Type": kind}
        for last in (False, True):
            try:
                self.connection.request(method, path, body, sent)
                answer = self.connection.getresponse()
                return answer.status, answer.read(), answer.headers
            except (http.client.HTTPException, OSError):
                self.connection.close()  # the server ended an idle connection: once more on a new one
                if last:
                    raise
        raise AssertionError


def main() -> None:
    """Serve, send, count."""
    with asked(__doc__ or "") as wanted:
        show(measure(wanted), as_json=wanted.as_json)


def measure(wanted: Asked) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    county = wanted.db or _own(wanted)
    tokens = _prepare(county)
    store = session.open_store(county)
    with store.read() as db:
        homes = households.under(db, "")
        category = next(one.id for one in kept.categories(db).values() if not one.restricted)
    places, ids = lonlat_of([home.geom for home in homes]), [home.id for home in homes]
    seconds = MORNING_QUICK_S if wanted.quick else MORNING_S
    with served(county, folder=wanted.folder) as running:
        headers = _headers(running)
        heard, read = _morning(running, headers, places, category, seconds)
        starts = _starts(running, tokens, STARTS_QUICK_S if wanted.quick else STARTS_S)
        batch_per_s, drained = _drain(running, headers, ids, BATCHES_QUICK if wanted.quick else BATCHES)
    with store.read() as db:
        lost = sum(kept.raw(db, one) is None or kept_photos.one(db, two) is None for one, two in heard.ids)
        lost += sum(kept_visits.one(db, one) is None for one in drained)
    store.close()
    errors = heard.errors + read.errors + starts.errors
    kind = "PostGIS" if "://" in county else "GeoPackage"
    size = f"{len(ids):,} homes, {kind}, 2 workers of 4 threads"
    told = f"{len(heard.took_s):,} reports with a photo of 300 kB in {seconds:.0f} s; {size}"
    return [
        row("p95_ms", heard.p95_ms, None, "ms", f"from the moment of sending to the photo's answer: {told}"),
        row("read_p95_ms", read.p95_ms, None, "ms", "tiles and desks read meanwhile"),
        row("lost", lost, None, "items", "answered for and not found afterwards"),
        row("errors", len(errors), None, "answers", f"refused or broken{': ' + errors[0] if errors else ''}"),
        row("starts_p95_ms", starts.p95_ms, None, "ms", f"{STARTS_PER_S:.0f} sessions a second by device tokens"),
        row("batch_per_s", batch_per_s, None, "1/s", f"visits of one phone, in batches of {BATCH}"),
    ]  # fmt: skip


def _own(wanted: Asked) -> str:
    """Make a published county of one's own and return its file."""
    path = wanted.folder / f"{wanted.scale}-load.gpkg"
    copy(published(wanted), path)
    return str(path)


def _prepare(county: str) -> list[str]:
    """Give the county categories, room for photos, and phones that stay signed in; return their tokens."""
    store = session.open_store(county)
    now = session.now()
    tokens = []
    with store.write() as db:
        categories.ensure(db, now)
        settings.put(db, "profile", {**settings.get(db, "profile", {}), "photos_per_day": 10_000})
        for n in range(PHONES):
            made, _ = accounts.create_account(
                db, OPERATOR, now, f"phone{n}-{now:%H%M%S}", f"phone{n}", [("reporter", "")]
            )
            kept_accounts.set_secret(db, made.id, kept_accounts.secret_of(db, made.id), must_change=False)
            tokens.append(devices.remember(db, Actor(made.id, made.name), now, "phone", "127.0.0.1")[1])
    store.close()
    return tokens


def _headers(running: Served) -> dict[str, str]:
    """Return the headers of who is signed in, with the token that a page gives out."""
    line = Line(running.port, {"Cookie": running.cookie})
    _, page, _ = line.send("GET", "/issues", None)
    found = _TOKEN.search(page.decode())
    return {"Cookie": running.cookie, "X-CSRFToken": found.group(1) if found else ""}


def photos() -> Iterator[bytes]:
    """Yield photos of some 300 kB, no two of the same bytes."""
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (420, 560, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(noise).save(held, "JPEG", quality=88)
    body = held.getvalue()
    body += bytes(max(0, PHOTO_BYTES - len(body)))
    while True:
        yield body + rng.bytes(16)


def _on_time(per_s: float, seconds: float, act: Callable[[int, float], None], pool: ThreadPoolExecutor) -> None:
    """Hand out an act for each moment that comes, whether those before it are done or not."""
    began = time.monotonic()
    for n in range(int(per_s * seconds)):
        moment = began + n / per_s
        time.sleep(max(0.0, moment - time.monotonic()))
        pool.submit(act, n, moment)


def _lines(running: Served, headers: dict[str, str]) -> Callable[[], Line]:
    """Return what gives each thread a connection of its own."""
    own = threading.local()

    def line() -> Line:
        if not hasattr(own, "line"):
            own.line = Line(running.port, headers)
        found: Line = own.line
        return found

    return line


def _morning(
    running: Served, headers: dict[str, str], places: Any, category: str, seconds: float
) -> tuple[Heard, Heard]:
    """Send reports with photos while tiles and desks are read."""
    heard, read, line = Heard(), Heard(), _lines(running, headers)
    rng, pictures, turn = np.random.default_rng(6), photos(), threading.Lock()

    def report(_: int, moment: float) -> None:
        with turn:
            issue_id, photo_id = (str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(2))
            lon, lat = places[int(rng.integers(len(places)))].tolist()
            picture = next(pictures)
        body = {"category_id": category, "text": "路灯不亮", "lon": lon, "lat": lat, "place_source": "phone",
                "source": "app", "accuracy_m": 12.0, "photos": 1}  # fmt: skip
        try:
            status, told, _ = line().send("PUT", f"/api/issues/{issue_id}", json.dumps(body).encode())
            path = f"/api/issues/{issue_id}/photos/{photo_id}?stage=before&name=a.jpg"
            if status == 201:
                status, told, _ = line().send("PUT", path, picture, "image/jpeg")
            error = "" if status == 201 else f"{status} {told[:80]!r}"
        except (http.client.HTTPException, OSError) as broken:
            error = repr(broken)
        heard.note(time.monotonic() - moment, error, (issue_id, photo_id))

    def look(path: str) -> Callable[[int, float], None]:
        def get(_: int, moment: float) -> None:
            status, told, _ = line().send("GET", path, None)
            read.note(time.monotonic() - moment, "" if status < 400 else f"{status} {told[:80]!r}")

        return get

    lon, lat = places.mean(axis=0).tolist()
    tile = f"/tiles/1/14/{int((lon + 180) / 360 * 2**14)}/{_tile_row(lat, 14)}.mvt"
    _warm(running, headers, (tile, "/api/issues/console"))
    with ThreadPoolExecutor(SENDERS) as pool, ThreadPoolExecutor(3) as clocks:
        wanted = ((REPORTS_PER_S, report), (TILES_PER_S, look(tile)), (DESKS_PER_S, look("/api/issues/console")))
        for done in [clocks.submit(_on_time, per_s, seconds, act, pool) for per_s, act in wanted]:
            done.result()
    return heard, read


def _warm(running: Served, headers: dict[str, str], paths: tuple[str, ...]) -> None:
    """Ask some times before the morning, each on a line of its own: every worker then has loaded what it needs."""
    for _ in range(WARMING):
        for path in paths:
            Line(running.port, headers).send("GET", path, None)


def _tile_row(lat: float, z: int) -> int:
    """Return the row of the tile that holds a latitude, in degrees, on the map's own grid."""
    y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return int((1 - y / np.pi) / 2 * 2**z)


def _starts(running: Served, tokens: list[str], seconds: float) -> Heard:
    """Open sessions by device tokens, each phone with the token that its last answer brought."""
    heard = Heard()
    held = dict(enumerate(tokens))
    line = Line(running.port, {})
    _, page, said = line.send("GET", "/signin", None)
    found = _TOKEN.search(page.decode())
    form = str(said["Set-Cookie"]).partition(";")[0]
    csrf = found.group(1) if found else ""
    lines = _lines(running, {"X-CSRFToken": csrf})
    turns = [threading.Lock() for _ in tokens]

    def start(n: int, moment: float) -> None:
        which = n % len(tokens)
        with turns[which]:
            mine = lines()
            mine.headers = {"X-CSRFToken": csrf, "Cookie": f"{form}; sanzhang_device={held[which]}"}
            status, told, answer = mine.send("POST", "/api/session/device", b"{}")
            following = [_DEVICE.search(one) for one in answer.get_all("Set-Cookie") or []]
            held[which] = next((one.group(1) for one in following if one), held[which])
        heard.note(time.monotonic() - moment, "" if status == 200 else f"{status} {told[:80]!r}")

    with ThreadPoolExecutor(SENDERS) as pool:
        _on_time(STARTS_PER_S, seconds, start, pool)
    return heard


def _drain(running: Served, headers: dict[str, str], homes: list[str], batches: int) -> tuple[float, list[str]]:
    """Send what one phone kept, batch by batch; return items a second, and the ids that were answered for."""
    rng, line = np.random.default_rng(7), Line(running.port, headers)
    done: list[str] = []
    began = time.monotonic()
    for _ in range(batches):
        items = [
            {"id": str(uuid.UUID(bytes=rng.bytes(16), version=4)), "kind": "visit",
             "body": {"kind": "visit", "outcome": "home", "household": homes[int(rng.integers(len(homes)))]}}
            for _ in range(BATCH)
        ]  # fmt: skip
        _, told, _ = line.send("POST", "/api/field/batch", json.dumps({"client": 1, "items": items}).encode())
        done += [one["id"] for one in json.loads(told)["items"] if one["status"] in (200, 201)]
    return len(done) / (time.monotonic() - began), done


if __name__ == "__main__":
    main()
