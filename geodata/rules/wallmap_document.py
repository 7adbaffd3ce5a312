"""A village's wall map as one document: the sheets, the tree and the list of homes, with every word that is printed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules import masks
from geodata.rules.wallmap import FRAME_MM, Sheet, WallUnit, count_below
from geodata.rules.wallmap_labels import DETAIL_SHARE
from geodata.rules.wallmap_svg import BORDERS, FILLS, LINES
from geodata.rules.wallmap_tree import AREA_MM, TreePage

PARTS = ("map", "tree", "homes")
FORMATS = ("pdf", "png")

_LINE_NAMES = {"river": "河流", "stream": "溪沟", "railway": "铁路", "road": "道路"}
_ROWS_MOST = 28  # of the legend's table of counts


@dataclass(frozen=True)
class WallHome:
    """A home as the list names it: never a person; its address is masked before it is printed."""

    code: str
    address: str
    building: str
    entrance: str
    floor: str
    unit_id: str


@dataclass(frozen=True)
class Imprint:
    """What every page says of itself.

    Parameters
    ----------
    where
        County and town above the village, joined.
    holds
        The day for which the net holds, in the county's own time.
    plan
        Name of the plan that is shown; "" for the published net.
    made_by
        Who made the map.
    meridian
        Central meridian of the county's zone, degrees east.
    approval_no
        审图号, "" where none is set (地图管理条例 art. 15, 22).
    """

    where: str
    holds: dt.date
    made_on: dt.date
    plan: str
    made_by: str
    meridian: float
    approval_no: str
    synthetic: bool
    level_names: dict[str, str]


def compose(
    units: list[WallUnit],
    imprint: Imprint,
    sheets: Sequence[Sheet],
    tree: Sequence[TreePage],
    homes: Sequence[WallHome],
) -> dict[str, Any]:
    """Put the parts of a wall map together as plain values, ready for the typesetter.

    Parameters
    ----------
    units
        The village first, then all below it in the order of the net.
    homes
        In the order of the list; those of a unit that is not among ``units`` are left out.

    Returns
    -------
    dict
        ``title``, ``subtitle``, ``notes``, ``synthetic``, ``frame``, ``area`` and ``pages``.
    """
    village = units[0]
    words = imprint.level_names
    below = count_below(units, village.id)
    counts = [f"{below[level]} {words[level]}" for level in ("pian", "zu", "lin") if below[level]]
    grid = "".join(words[level] for level in ("pian", "zu", "lin"))
    return {
        "title": f"{village.name}{grid}网格图",
        "tree_title": f"{village.name}{grid}体系图",
        "homes_title": f"{village.name}各{words['lin']}住户名册",
        "where": imprint.where,
        "counts": "   ".join([*counts, f"{village.homes} 户"]),
        "notes": _notes(imprint),
        "holds": _day(imprint.holds),
        "maker": imprint.made_by,
        "synthetic": imprint.synthetic,
        "plan": imprint.plan,
        "frame": FRAME_MM,
        "area": AREA_MM,
        "fills": FILLS,
        "detail": DETAIL_SHARE,
        "pages": [
            *(_map_page(sheet, units, words, [one.focus.name for one in sheets[1:]]) for sheet in sheets),
            *({"kind": "tree", **dataclasses.asdict(page)} for page in tree),
            *([{"kind": "homes", "blocks": _blocks(units, homes, imprint)}] if homes else []),
        ],
    }


def _notes(imprint: Imprint) -> list[str]:
    state = f"规划方案“{imprint.plan}”，尚未发布" if imprint.plan else "已发布的片组邻网"
    notes = [
        f"数据截至  {_day(imprint.holds)}",
        f"内容  {state}",
        f"制图  {imprint.made_by}    {_day(imprint.made_on)}",
        f"坐标  CGCS2000  3°带高斯投影  中央经线 {imprint.meridian:g}°",
    ]
    return [*notes, f"审图号  {imprint.approval_no}"] if imprint.approval_no else notes


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _map_page(sheet: Sheet, units: list[WallUnit], words: dict[str, str], details: list[str]) -> dict[str, Any]:
    village = sheet.focus is units[0]
    return {
        "kind": "map",
        "details": f"另有分图：{'、'.join(details)}" if village and details else "",
        "heading": "" if village else sheet.focus.name,
        "svg": sheet.svg,
        "labels": [dataclasses.asdict(label) for label in sheet.labels],
        "scale": sheet.scale,
        "bar": dataclasses.asdict(sheet.bar),
        "legend": _legend(sheet, units, words),
        "table": _table(sheet.focus, units, words),
    }


def _legend(sheet: Sheet, units: list[WallUnit], words: dict[str, str]) -> list[dict[str, Any]]:
    """Return what the sheet shows, as lines with their strokes: borders from large to small, then the land's lines."""
    held = {unit.level for unit in units}
    names = {"village": "村（社区）界", **{level: f"{words[level]}界" for level in ("pian", "zu", "lin")}}
    rows: list[dict[str, Any]] = [
        {"name": names[level], "strokes": [{"stroke": BORDERS[level][0], "width": BORDERS[level][1]}],
         "dashed": level == "village"}
        for level in ("village", "pian", "zu", "lin") if level in held
    ]  # fmt: skip
    for kind in ("river", "stream", "railway", "road"):
        if kind in sheet.kinds:
            strokes = [{"stroke": stroke, "width": width} for stroke, width, _ in LINES[kind]]
            rows.append({"name": _LINE_NAMES[kind], "strokes": strokes, "dashed": kind == "railway"})
    if sheet.has_homes:
        rows.append({"name": "住户", "strokes": [], "dashed": False})
    return rows


def _table(focus: WallUnit, units: list[WallUnit], words: dict[str, str]) -> dict[str, Any]:
    """Return the counts of the units below the sheet's own, two levels of them where the legend has room."""
    first = [unit for unit in units if unit.parent_id == focus.id]
    second = {row.id: [unit for unit in units if unit.parent_id == row.id and unit.level != "lin"] for row in first}
    nested = len(first) + sum(map(len, second.values())) <= _ROWS_MOST
    rows = [(row, n) for one in first for n, row in enumerate([one, *(second[one.id] if nested else [])])]
    levels = [level for level in ("zu", "lin") if any(_deeper(row.level, level) for row in first)]
    fills = {unit.id: unit.fill if unit.level == "pian" else focus.fill for unit in first}
    shown = [
        {"name": row.name, "fill": fills.get(row.id, 0), "deep": n > 0, "cells": _cells(units, row, levels)}
        for row, n in rows[:_ROWS_MOST]
    ]  # fmt: skip
    return {
        "title": f"各{words[first[0].level]}户数" if first else "户数",
        "head": [*(words[level] for level in levels), "户"],
        "rows": shown,
        "total": _cells(units, focus, levels),
        "more": max(0, len(rows) - _ROWS_MOST),
    }


def _cells(units: list[WallUnit], row: WallUnit, levels: list[str]) -> list[str]:
    below = count_below(units, row.id)
    return [*(str(below[level]) if _deeper(row.level, level) else "" for level in levels), str(row.homes)]


def _deeper(level: str, than: str) -> bool:
    order = ("village", "pian", "zu", "lin")
    return order.index(level) < order.index(than)


def _blocks(units: list[WallUnit], homes: Sequence[WallHome], imprint: Imprint) -> list[dict[str, Any]]:
    """Return the homes unit by unit, each block headed by the chain of names down to the unit."""
    words, known = imprint.level_names, imprint.where + units[0].name
    by_id = {unit.id: unit for unit in units}
    held: dict[str, list[WallHome]] = {}
    for home in homes:
        held.setdefault(home.unit_id, []).append(home)
    return [
        {
            "chain": _chain(by_id, unit) or [unit.name],
            "post": f"{words[unit.level]}长",
            "chief": unit.chief,
            "homes": len(held[unit.id]),
            "rows": [[home.code, masks.address(_short(home.address, known)), home.building, home.entrance, home.floor]
                     for home in held[unit.id]],
        }
        for unit in units if unit.id in held
    ]  # fmt: skip


def _short(address: str, known: str) -> str:
    """Take from an address what the page's head says already: county, town and village.

    >>> _short("虚县东溪镇东溪村甲组3号", "虚县东溪镇东溪村")
    '甲组3号'
    """
    at = next((n for n in range(len(known)) if address.startswith(known[n:])), len(known))
    rest = address[len(known) - at :]
    return rest or address


def _chain(by_id: dict[str, WallUnit], unit: WallUnit) -> list[str]:
    """Return the names from the 片 down to a unit; none for the village itself."""
    names: list[str] = []
    at: WallUnit | None = unit
    while at is not None and at.level != "village":
        names.insert(0, at.name)
        at = by_id.get(at.parent_id or "")
    return names
