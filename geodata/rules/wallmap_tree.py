"""The 片-组-邻 tree as a chart: boxes and lines in millimetres, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.rules.wallmap import WallUnit, count_below

AREA_MM = (392.0, 246.0)
"""What a landscape A3 page leaves below the title and between the margins."""

_ROOT_MM = (110.0, 15.0)
_HEAD_MM = 14.5  # a 片's card
_ZU_MM = 14.5
_LIN_MM = 13.0
_DROP_MM = 5.0  # from a card to the cards below it
_SIDE_MM = 7.0  # where the trunk runs down beside the tiers
_BETWEEN_MM = 9.0  # between two tiers
_COLUMN_MM = (34.0, 52.0)  # the least and the most a column of 邻 is wide
_GAP_MM = 3.0
_STACK_MOST = 12  # 邻 one below the other before a 组 takes a second column


@dataclass(frozen=True)
class Card:
    """A unit's box on a page: where it stands, what it says, and the line for its chief."""

    x: float
    y: float
    width: float
    height: float
    level: str
    name: str
    detail: str
    post: str
    chief: str = ""
    fill: int = 0


@dataclass
class TreePage:
    """A page of the chart: cards, and lines (x1, y1, x2, y2) that join them."""

    cards: list[Card] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class _Branch:
    """A 片, or part of one, with the columns of its 组."""

    pian: WallUnit | None
    zus: list[tuple[WallUnit, list[WallUnit]]]
    part: int = 0

    @property
    def columns(self) -> int:
        return sum(_span(lins) for _, lins in self.zus) or 1

    @property
    def height(self) -> float:
        most = max((min(len(lins), _STACK_MOST) for _, lins in self.zus), default=0)
        head = _HEAD_MM + _DROP_MM if self.pian is not None else 0.0
        return head + (_ZU_MM if self.zus else 0.0) + (most * (_LIN_MM + 1.0) + 1.0 if most else 0.0)


def _span(lins: Sequence[Any]) -> int:
    return max(1, -(-len(lins) // _STACK_MOST))


def lay_tree(units: list[WallUnit], level_names: dict[str, str]) -> list[TreePage]:
    """Lay out the tree of a village: the village above, 片 side by side, below them their 组 and 邻.

    Parameters
    ----------
    units
        The village first, then its 片, 组 and 邻 in the order of the net.
    level_names
        What the county calls each level; the post of a unit is named by it with 长.

    Returns
    -------
    list
        Pages of ``AREA_MM``; every unit stands on exactly one of them, but for the village and a 片 that goes on, which
        are repeated. No two cards of a page overlap.
    """
    most = int((AREA_MM[0] - _SIDE_MM + _GAP_MM) // (_COLUMN_MM[0] + _GAP_MM))
    tiers = _tiers([part for branch in _branches(units) for part in _parts(branch, most)], most)
    used = max((sum(branch.columns for branch in tier) for tier in tiers), default=1)
    column = min(_COLUMN_MM[1], (AREA_MM[0] - _SIDE_MM - (used - 1) * _GAP_MM) / used)
    chart = _Chart(units, level_names, column, alone=len(tiers) == 1)
    for tier in tiers:
        chart.add(tier)
    return chart.finish()


def _branches(units: list[WallUnit]) -> list[_Branch]:
    below: dict[str | None, list[WallUnit]] = {}
    for unit in units[1:]:
        below.setdefault(unit.parent_id, []).append(unit)
    village = units[0].id
    found = [
        _Branch(pian, [(zu, below.get(zu.id, [])) for zu in below.get(pian.id, [])])
        for pian in below.get(village, [])
        if pian.level == "pian"
    ]
    loose = [(zu, below.get(zu.id, [])) for zu in below.get(village, []) if zu.level != "pian"]
    return [*found, *([_Branch(None, loose)] if loose else [])]


def _parts(branch: _Branch, most: int) -> list[_Branch]:
    """Divide a 片 with more 组 than a page is wide."""
    if branch.columns <= most:
        return [branch]
    parts: list[list[Any]] = [[]]
    for zu, lins in branch.zus:
        if parts[-1] and sum(_span(below) for _, below in parts[-1]) + _span(lins) > most:
            parts.append([])
        parts[-1].append((zu, lins))
    return [_Branch(branch.pian, zus, number) for number, zus in enumerate(parts)]


def _tiers(branches: list[_Branch], most: int) -> list[list[_Branch]]:
    tiers: list[list[_Branch]] = []
    for branch in branches:
        if not tiers or sum(one.columns for one in tiers[-1]) + branch.columns > most:
            tiers.append([])
        tiers[-1].append(branch)
    return tiers


class _Chart:
    """Pages as they fill, tier by tier."""

    def __init__(self, units: list[WallUnit], level_names: dict[str, str], column_mm: float, *, alone: bool) -> None:
        self.units, self.words, self.column, self.alone = units, level_names, column_mm, alone
        self.pages: list[TreePage] = []
        self.buses: list[tuple[float, float, float]] = []  # of the page at work: y, first and last 片 below it
        self.y = AREA_MM[1]

    def add(self, tier: list[_Branch]) -> None:
        """Set a tier of 片 below what stands, or at the head of a new page."""
        height = max(branch.height for branch in tier)
        if not self.pages or self.y + height > AREA_MM[1]:
            self._turn()
        self._tier(tier)
        self.y += height + _BETWEEN_MM

    def finish(self) -> list[TreePage]:
        """Give the pages; a village without a unit below stands alone on one."""
        if not self.pages:
            self._turn()
        self._close()
        return self.pages

    def _turn(self) -> None:
        """Begin a page with the village at its head."""
        self._close()
        name = self.units[0].name + ("（续）" if self.pages else "")
        below = count_below(self.units, self.units[0].id)
        counts = [f"{below[level]}{self.words[level]}" for level in ("pian", "zu", "lin") if below[level]]
        detail = " · ".join([*counts, f"{self.units[0].homes}户"])
        left = (AREA_MM[0] - _ROOT_MM[0]) / 2
        self.pages.append(TreePage([Card(left, 0, *_ROOT_MM, "village", name, detail, "")]))
        self.y = _ROOT_MM[1] + 2 * _DROP_MM
        self.buses = []

    def _close(self) -> None:
        """Join the tiers of a page to the village, by a trunk at its left where there are several."""
        if not self.buses:
            return
        middle, (top, first, last) = AREA_MM[0] / 2, self.buses[0]
        several = len(self.buses) > 1
        lines = [
            (middle, _ROOT_MM[1], middle, top),
            (0 if several else min(first, middle), top, max(last, middle), top),
        ]
        lines += [(0, y, end, y) for y, _, end in self.buses[1:]]
        if several:
            lines.append((0, top, 0, self.buses[-1][0]))
        self.pages[-1].lines += lines

    def _tier(self, tier: list[_Branch]) -> None:
        page = self.pages[-1]
        columns = sum(branch.columns for branch in tier)
        x = (AREA_MM[0] - self._wide(columns)) / 2 if self.alone else _SIDE_MM
        bus = self.y - _DROP_MM
        ends = []
        for branch in tier:
            span = self._wide(branch.columns)
            ends.append(x + span / 2)
            page.lines.append((x + span / 2, bus, x + span / 2, self.y))
            self._branch(page, branch, x, span)
            x += span + _GAP_MM
        self.buses.append((bus, min(ends), max(ends)))

    def _wide(self, columns: int) -> float:
        return columns * self.column + (columns - 1) * _GAP_MM

    def _branch(self, page: TreePage, branch: _Branch, x: float, span: float) -> None:
        y = self.y
        fill = branch.pian.fill if branch.pian is not None else 0
        if branch.pian is not None:
            below = count_below(self.units, branch.pian.id)
            detail = " · ".join(f"{below[level]}{self.words[level]}" for level in ("zu", "lin") if below[level])
            detail = " · ".join(filter(None, (detail, f"{branch.pian.homes}户")))
            name = branch.pian.name + ("（续）" if branch.part else "")
            page.cards.append(self._card(branch.pian, x, y, span, _HEAD_MM, name, detail, fill))
            y += _HEAD_MM + _DROP_MM
        ends = []
        for zu, lins in branch.zus:
            wide = self._wide(_span(lins))
            ends.append(x + wide / 2)
            page.cards.append(self._card(zu, x, y, wide, _ZU_MM, zu.name, f"{zu.homes}户", fill))
            self._stack(page, lins, x, y + _ZU_MM, fill)
            x += wide + _GAP_MM
        if branch.pian is not None and ends:
            bus = y - _DROP_MM / 2
            page.lines += [(end, bus, end, y) for end in ends]
            middle = x - _GAP_MM - span / 2
            page.lines += [(middle, bus - _DROP_MM / 2, middle, bus), (min(ends), bus, max(ends), bus)]

    def _stack(self, page: TreePage, lins: list[WallUnit], x: float, y: float, fill: int) -> None:
        """Stand 邻 below their 组, a dozen to a column."""
        for place, lin in enumerate(lins):
            column, row = divmod(place, _STACK_MOST)
            left = x + column * (self.column + _GAP_MM)
            top = y + 1.0 + row * (_LIN_MM + 1.0)
            page.cards.append(self._card(lin, left, top, self.column, _LIN_MM, lin.name, f"{lin.homes}户", fill))

    def _card(
        self, unit: WallUnit, x: float, y: float, width: float, height: float, name: str, detail: str, fill: int
    ) -> Card:
        return Card(x, y, width, height, unit.level, name, detail, f"{self.words[unit.level]}长", unit.chief, fill)
