"""A county that fits in the head: two towns, one village each, 31 homes in three 组, a river through the middle.

Each letter of the drawing is a home of the 组 of that name, 50 m from the next; ``|`` is the river. The draft has one
邻 for 甲 (9 homes), two for 乙 (16 homes, on the other bank) and one for 丙 (6 homes).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.actions import plans
from geodata.actions.drafting import draft
from geodata.actions.take_barriers import take_barriers
from geodata.actions.take_households import take_households
from geodata.actions.take_units import take_units
from geodata.rules.actors import OPERATOR, Actor, Grant
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from survey.rules.roles import ROLES

PICTURE = """
a a a . | b b b b
a a a . | b b b b
a a a . | b b b b
. . . . | b b b b
c c c . | . . . .
c c c . | . . . .
"""
ZU = {"a": "甲组", "b": "乙组", "c": "丙组"}
STEP = 0.0005  # degrees: about 50 m
WEST, NORTH = 111.60, 27.70
APART = 0.02  # degrees between the two villages
COUNTY, TOWNS, VILLAGES = (
    "439901000000",
    ("439901100000", "439901101000"),
    ("439901100001", "439901101001"),
)
EARLY = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
ROWS = [line.split() for line in PICTURE.split("\n") if line]
WIDE, HIGH = len(ROWS[0]) * STEP, len(ROWS) * STEP


def border(which: int, margin: float = 0.0) -> Any:
    """Return the rectangle of a village, ``margin`` degrees wider all around."""
    west = WEST + which * APART
    return shapely.box(west - margin, NORTH - HIGH - margin, west + WIDE + margin, NORTH + margin)


def unit_frame(rows: list[tuple[str, str, Any]], parent: str = "", kind: str = "") -> gpd.GeoDataFrame:
    """Return units as ``take_units`` wants them, from (code, name, shape)."""
    codes, names, shapes = (list(column) for column in zip(*rows, strict=True))
    held = np.empty(len(rows), dtype=object)
    held[:] = shapes
    data = {"code": codes, "name": names, "parent": parent, "kind": kind, "homes": 0, "row": range(2, len(rows) + 2)}
    return gpd.GeoDataFrame(data, geometry=held, crs="EPSG:4490")


def county_frame() -> gpd.GeoDataFrame:
    """Return the county around both villages."""
    return unit_frame([(COUNTY, "虚县", shapely.union(border(0, 0.005), border(1, 0.005)).envelope)])


def town_frame() -> gpd.GeoDataFrame:
    """Return the two towns, each the ground around its village."""
    return unit_frame([(TOWNS[i], f"{'东西'[i]}溪镇", border(i, 0.001)) for i in (0, 1)], COUNTY)


def village_frame() -> gpd.GeoDataFrame:
    """Return the two villages."""
    frame = unit_frame([(VILLAGES[i], f"{'东西'[i]}溪村", border(i)) for i in (0, 1)], kind="rural")
    frame["parent"] = list(TOWNS)
    return frame


def home_frame(which: int = 0) -> gpd.GeoDataFrame:
    """Return the 31 homes of a village as ``take_households`` wants them."""
    found = [(at, row, letter) for row, line in enumerate(ROWS) for at, letter in enumerate(line) if letter in ZU]
    xs = [WEST + which * APART + (at + 0.5) * STEP for at, _, _ in found]
    ys = [NORTH - (row + 0.5) * STEP for _, row, _ in found]
    blank = dict.fromkeys(("building", "entrance", "floor", "room"), "")
    rows = [
        {
            "code": f"{'EW'[which]}{n:03d}", "village": VILLAGES[which], "zu": ZU[letter], "lin": "",
            "address": f"{'东西'[which]}溪村{ZU[letter]}{n}号", **blank, "priority": n % 10 == 0,
            "head_name": f"张{'一二三四五六七八九十'[n % 10]}{'东西'[which]}", "phone": f"138{which}000{n:04d}",
            "source_crs": "EPSG:4490", "raw_x": x, "raw_y": y, "row": n + 2,
        }
        for n, ((_, _, letter), x, y) in enumerate(zip(found, xs, ys, strict=True))
    ]  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapely.points(xs, ys), crs="EPSG:4490")


def river_frame() -> gpd.GeoDataFrame:
    """Return the river through each village."""
    at = ROWS[0].index("|") + 0.5
    lines = [
        shapely.LineString([(WEST + i * APART + at * STEP, NORTH + y) for y in (0.0005, -HIGH - 0.0005)])
        for i in (0, 1)
    ]
    return gpd.GeoDataFrame({"kind": "river", "name": ["东溪", "西溪"]}, geometry=lines, crs="EPSG:4490")


class Here(Executor):
    """Computes at once, where it is asked."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
            done.set_exception(error)
        return done


class Clock:
    """A clock that is a second later each time it is asked."""

    def __init__(self, at: dt.datetime = EARLY) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        self.at += dt.timedelta(seconds=1)
        return self.at


def cadre(role: str, path: str, name: str = "wang") -> Actor:
    """Return an account's rights as they are over one unit's ground."""
    return Actor(f"id-{name}", name, (Grant(role, path, ROLES[role]),))


def silent(share: float, message: str = "") -> None:
    """Take note of progress, and say nothing."""


def unit_id(store: Store, code: str) -> str:
    """Return the id of the unit in force that carries a code."""
    with store.read() as db:
        return str(units.by_code(db, [code])[code].id)


def take_in(store: Store) -> None:
    """Bring the whole county in through the same actions as real data."""
    clock = Clock()
    with store.write() as db:
        for level, frame in (
            (Level.COUNTY, county_frame()),
            (Level.TOWN, town_frame()),
            (Level.VILLAGE, village_frame()),
        ):
            take_units(db, OPERATOR, clock(), frame, level)
        take_barriers(db, OPERATOR, clock(), river_frame())
        for which in (0, 1):
            take_households(db, OPERATOR, clock(), home_frame(which))


def draft_one(store: Store, code: str, clock: Clock | None = None, seed: int = 0) -> str:
    """Draft one village and return the plan's id."""
    made = draft(store, OPERATOR, clock or Clock(EARLY + dt.timedelta(hours=1)), unit_id(store, code), seed, Here(),
                 silent)  # fmt: skip
    (plan_id,) = made["plans"]
    return str(plan_id)


def publish_one(store: Store, plan_id: str, at: dt.datetime | None = None, reason: str = "") -> str:
    """Publish a plan and return the publication's id."""
    with store.write() as db:
        return plans.publish(db, OPERATOR, at or EARLY + dt.timedelta(hours=2), plan_id, reason)


def draft_all(store: Store) -> list[str]:
    """Bring the county in and draft both villages."""
    take_in(store)
    return [draft_one(store, code) for code in VILLAGES]


def publish_all(store: Store) -> None:
    """Bring the county in, draft both villages and publish both drafts."""
    for plan_id in draft_all(store):
        publish_one(store, plan_id)
