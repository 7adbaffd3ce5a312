"""How long an edit of a plan takes on the server, how live a drag is in a browser, how long publishing a village takes.

Edits are a random mix of nine acts (``edit_mix.MIX``) through the program's own actions, each in a transaction of its
own on a GeoPackage that is written through to the disk: a village of 1,500 homes and some 150 邻, and the same mix on
a plan of a town of 20,000 homes, for an edit is to cost what it touches. Publishing runs inside a county of 281,000
homes. With ``--quick`` one town of three such villages serves for all.

The peer of an edit is geopandas over the whole net of the village, in memory (``peer_redraw.py``).
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import drag, peer_redraw, prepared
from benchmarks.edit_mix import Cadre, Done
from benchmarks.locate import CHROMIUM
from benchmarks.prepared import Asked, row
from geodata.actions import plan_open, plans, tiles
from geodata.actions.take_households import take_households
from geodata.rules.actors import OPERATOR
from geodata.rules.demo import make_sized_demo
from geodata.rules.demo_ground import DemoSize
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from geodata.store.tables import tile
from webmap import session

VILLAGE = DemoSize(towns=1, villages=1, zu=50, area_m2=9.5e6, urban=0, cell_m=24.0)
THREE = replace(VILLAGE, villages=3, zu=150, area_m2=28.5e6)
WARM = 25  # edits before the clock counts: the first ones load and compile what drafting shares with them


@dataclass(frozen=True)
class Grounds:
    """The county files that are measured: one village, a town, and where a village is published."""

    village: Path
    town: Path
    county: Path


def grounds(wanted: Asked) -> Grounds:
    """Make the counties, or find those that an earlier run kept."""
    if wanted.scale == "village":
        only = prepared.published(wanted)
        return Grounds(only, only, only)
    if wanted.quick:
        three = _made(wanted, "three-villages", THREE)
        return Grounds(three, three, three)
    town = prepared.published(replace(wanted, scale="town"))
    return Grounds(_made(wanted, "large-village", VILLAGE), town, prepared.published(wanted))


def _made(wanted: Asked, name: str, size: DemoSize) -> Path:
    """Make, draft and publish an invented county of a size."""
    path = wanted.folder / f"{name}.gpkg"
    ready = path.with_suffix(".ready")
    if ready.exists():
        return path
    for part in wanted.folder.glob(f"{path.name}*"):
        part.unlink()
    made = make_sized_demo(size, prepared.SEED)
    prepared.ground_only(path, made)
    homes = made.households
    homes["source_crs"], homes["raw_x"], homes["raw_y"] = "EPSG:4490", homes.geometry.x, homes.geometry.y
    store = session.open_store(str(path))
    with store.write() as db:
        take_households(db, OPERATOR, session.now(), homes)
    store.close()
    prepared.run("draft", "--db", str(path), "--jobs", "2")
    prepared.run("publish", "--all", "--db", str(path))
    ready.touch()
    return path


def opened(wanted: Asked, county: Path, name: str) -> Store:
    """Return the store of a copy of a county, to be changed."""
    to = wanted.folder / f"redraw-{name}.gpkg"
    prepared.copy(county, to)
    return session.open_store(str(to))


def plan_of(store: Store, level: Level, nth: int = 0) -> tuple[str, Any]:
    """Open a plan from the published net of the ``nth`` unit of a level, of those with most homes; return its row."""
    with store.write() as db:
        rows = units.with_level(db, "", level)
        unit = sorted(rows, key=lambda one: (-one.homes, one.path))[nth]
        return plan_open.from_net(db, OPERATOR, session.now(), unit.id), unit


def edits(wanted: Asked, on: Grounds) -> list[dict[str, Any]]:
    """Edit a village and a town."""
    count = 150 if wanted.quick else 1_000
    done: dict[str, Done] = {}
    told: dict[str, str] = {}
    theirs: list[float] = []
    for name, county, level in (("village", on.village, Level.VILLAGE), ("town", on.town, Level.TOWN)):
        store = opened(wanted, county, name)
        cadre = Cadre(store, plan_of(store, level)[0], seed=3)
        told[name] = f"{len(cadre.homes)} homes in {len(cadre.lins)} 邻"
        if name == "village":
            theirs = peer_redraw.edit_ms(cadre, 5 if wanted.quick else 40)
        cadre.work(WARM)
        done[name] = cadre.work(count)
        store.close()
    return [_edit_row(share, done, told, theirs) for share in (0.5, 0.99)]


def _edit_row(share: float, done: dict[str, Done], told: dict[str, str], theirs: list[float]) -> dict[str, Any]:
    ours, town = done["village"], done["town"]
    times = town.of(share, cpu=True) / ours.of(share, cpu=True)
    note = (
        f"{len(ours.wall_ms)} edits of a village of {told['village']}, "
        f"of the processor {ours.of(share, cpu=True):.1f}; "
        f"a town of {told['town']}: {town.of(share):.1f}, of the processor {town.of(share, cpu=True):.1f}, "
        f"{times:.2f} times the village's; refused {len(ours.refused_ms)}, "
        f"at most {max(ours.refused_ms, default=0):.0f}; medians: {ours.by_act()}; "
        f"peer: geopandas over the village's whole net in memory"
    )
    name = "edit_p50_ms" if share == 0.5 else "edit_p99_ms"
    return row(name, ours.of(share), float(np.quantile(theirs, share)), "ms", note)


def dragging(wanted: Asked, on: Grounds) -> dict[str, Any]:
    """Drag in a browser."""
    if not CHROMIUM.exists():
        return row("drag_updates_per_s", None, None, "1/s", f"no {CHROMIUM.name} here")
    store = opened(wanted, on.village, "drag")
    cadre = Cadre(store, plan_of(store, Level.VILLAGE)[0], seed=5)
    rates = drag.updates_per_s(Path(store.target), cadre, 120 if wanted.quick else 300)
    each = ", ".join(f"{rate:.0f}" for rate in rates)
    note = f"a shared vertex of a village of {len(cadre.homes)} homes dragged in headless Chromium; median of {each}"
    return row("drag_updates_per_s", statistics.median(rates), None, "1/s", note, higher_is_better=True)


def publishing(wanted: Asked, on: Grounds) -> dict[str, Any]:
    """Publish villages one by one inside a county, and count the tiles that stay kept."""
    store = opened(wanted, on.county, "publish")
    with store.read() as db:
        homes = sum(unit.homes for unit in units.with_level(db, "", Level.VILLAGE))
        everywhere = units.with_level(db, "", Level.VILLAGE)
    took, spent, kept = [], [], []
    _keep_tiles(store, everywhere[:: max(1, len(everywhere) // 60)])
    for nth in range(min(len(everywhere), 2 if wanted.quick else 7)):
        plan_id, village = plan_of(store, Level.VILLAGE, nth)
        Cadre(store, plan_id, seed=nth).work(5)
        _keep_tiles(store, [village])
        before = _tiles(store)
        cpu_s, began = time.process_time(), time.perf_counter()
        with store.write() as db:
            plans.publish(db, OPERATOR, session.now(), plan_id, "benchmark")
        took.append(time.perf_counter() - began)
        spent.append(time.process_time() - cpu_s)
        kept.append(f"{_tiles(store)} of {before}")
    store.close()
    note = (
        f"a village of {village.homes} homes inside {homes} homes in {len(everywhere)} villages, 5 edits published; "
        f"median of {', '.join(f'{s:.2f}' for s in took)}, of the processor {statistics.median(spent):.2f}; "
        f"tiles that stayed kept: {'; '.join(kept)}"
    )
    return row("publish_s", statistics.median(took), None, "s", note)


def _keep_tiles(store: Store, villages: Any) -> None:
    """Ask for the tiles in the middle of some villages, so that the cache holds them."""
    for village in villages:
        if village.label_lon is None:
            continue
        for z in (10, 13, 15):
            x = int((village.label_lon + 180) / 360 * (1 << z))
            north = np.arcsinh(np.tan(np.radians(village.label_lat)))
            y = int((1 - north / np.pi) / 2 * (1 << z))
            with store.read() as db:
                tiles.tile(store, db, OPERATOR, z, x, y)


def _tiles(store: Store) -> int:
    with store.read() as db:
        return len(db.run.execute(tile.select()).all())


def main() -> None:
    """Measure and print."""
    with prepared.asked(__doc__) as wanted:
        on = grounds(wanted)
        rows = [*edits(wanted, on), dragging(wanted, on), publishing(wanted, on)]
        prepared.show(rows, as_json=wanted.as_json)


if __name__ == "__main__":
    main()
