"""Invented issues for an invented county: what is reported, and what became of it. No real matter and no real person.

How many there are and how they end follows the reports: 9,900 events a year in a county of about 280,000 homes (D17,
S0), of 1,673 gathered 1,341 solved (E14, S2: 80.2 %); most are small matters of light, road, water and neighbours.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

A_YEAR_PER_HOME = 9_900 / 280_000
"""Events a year and home (D17, A22)."""
SOLVED_SHARE = 0.802
SPAN_DAYS = 400
_NEAR_DEG = 0.0003  # a matter lies within some thirty metres of the home that tells of it

KINDS: Sequence[tuple[str, str, float]] = (
    ("object 0118", "路灯不亮，晚上看不见路", 0.20), ("event 0110", "水泥路面破损，骑车容易摔", 0.14),
    ("event 0404", "下水道堵了，雨天污水漫到路上", 0.10), ("event 0103", "垃圾池满了几天没人清", 0.12),
    ("object 0208", "小桥没有护栏，老人孩子过桥危险", 0.03), ("event 0105", "沟里有垃圾，水发臭", 0.07),
    ("local 2101", "两家为屋前一块地的界线有争执", 0.06), ("local 2113", "电线老化，担心起火", 0.08),
    ("local 2131", "想给村里的老人装一个扶手", 0.05), ("local 2141", "建议在晒谷坪边加一排长凳", 0.05),
    ("event 0408", "通信线垂到路面上", 0.05), ("event 0402", "自来水管漏水", 0.05),
)  # fmt: skip
"""Category (kind and code), what is said, share."""


@dataclass(frozen=True)
class Happened:
    """One event of an invented life: what, when, and what it says."""

    id: str
    kind: str
    at: dt.datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class InventedIssue:
    """An invented issue: category (kind and code), words, place (lon, lat in EPSG:4490 degrees), and its life."""

    id: str
    category: str
    text: str
    lon: float
    lat: float
    source: str
    at: dt.datetime
    life: tuple[Happened, ...]


def invent(
    places_ll: NDArray[np.float64], count: int, now: dt.datetime, rng: np.random.Generator
) -> Iterator[InventedIssue]:
    """Return invented issues of the last 400 days, near homes, four in five of them solved.

    Parameters
    ----------
    places_ll
        (n, 2) homes, degrees EPSG:4490.
    now
        Nothing happens after it.
    """
    shares = np.array([share for _, _, share in KINDS])
    kinds = rng.choice(len(KINDS), count, p=shares / shares.sum())
    homes = rng.integers(len(places_ll), size=count)
    ages_days = rng.uniform(0.01, SPAN_DAYS, count)
    jitter = rng.normal(0, _NEAR_DEG / 2, (count, 2)).clip(-_NEAR_DEG, _NEAR_DEG)
    for n in range(count):
        category, text, _ = KINDS[int(kinds[n])]
        at = now - dt.timedelta(days=float(ages_days[n]))
        lon, lat = (places_ll[homes[n]] + jitter[n]).tolist()
        source = ("app", "app", "app", "phone", "chat", "patrol")[int(rng.integers(6))]
        yield InventedIssue(_id(rng), category, text, lon, lat, source, at, tuple(_life(at, now, rng)))


def _id(rng: np.random.Generator) -> str:
    return str(uuid.UUID(bytes=rng.bytes(16), version=4))


def _life(at: dt.datetime, now: dt.datetime, rng: np.random.Generator) -> Iterator[Happened]:
    """Return what happened to an issue until now: step by step, each some hours or days after the one before."""
    for kind, hours, detail in _course(rng):
        at += dt.timedelta(hours=float(rng.gamma(2.0, hours / 2.0)) + 0.01)
        if at >= now:
            return
        yield Happened(_id(rng), kind, at, detail)


def _course(rng: np.random.Generator) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Return the steps of a life with the hours that each takes about, most of them to a good end."""
    end = rng.random()
    if end > 0.95:
        return  # nobody has taken it yet
    yield "accepted", 8, {}
    for _ in range(int(rng.integers(3, 7)) if rng.random() < 0.5 else 1):
        yield "progress", 10, {"text": "已联系，正在处理"}
    if end > SOLVED_SHARE:
        return  # still in hand
    yield "solved", 18, {"remedy": [("on_spot", "money", "project")[int(rng.integers(3))]], "text": "已处理好"}
    yield "answered", 10, {"how": ("phone", "visit", "app", "read_out")[int(rng.integers(4))], "text": "已告知反映人"}
    if rng.random() < 0.07:
        yield "rated", 20, {"score": "half", "text": "还有一处没弄好"}
        yield "progress", 12, {"text": "再去看了一次"}
        yield "solved", 20, {"remedy": ["on_spot"], "text": "补修好了"}
        yield "answered", 8, {"how": "phone", "text": "已回访"}
    if rng.random() < 0.85:
        yield "rated", 30, {"score": "solved"}
    else:
        yield "closed", 200, {}
