"""Names on a wall map: each where it is best read, none over another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.labels import label_points

MM_PER_PT = 0.3528
LINE_HEIGHT_EM = 1.2
SIZES_PT = {"pian": (21.0, 17.0, 14.0, 11.5), "zu": (10.5, 9.5, 8.5, 7.5), "lin": (7.8, 7.0, 6.2, 5.6)}
"""Type sizes tried for the names of each level, from the one wished for to the least that is read on a wall."""

TIGHT_PT = {"pian": (14.0, 11.5), "zu": (8.5, 7.5, 6.8), "lin": (6.2, 5.6, 5.2)}
"""The same for a village whose names would not all fit otherwise."""

LARGE_PT = {
    "pian": (21.0, 17.0, 14.0, 11.5),
    "zu": (15.0, 13.0, 11.0, 9.5, 7.5),
    "lin": (11.0, 9.5, 8.0, 7.0, 6.2, 5.6),
    "around": (11.0, 9.0),
}
"""The same on the sheet of one 片, where there is more room."""

DETAIL_SHARE = {"pian": 0.5, "zu": 0.78, "lin": 0.86, "around": 1.0}
"""Size of a name's second line in terms of its first."""

_BESIDE_PT = 5.6
_REACH_MM = np.array([4.0, 5.5, 7.5, 10.0, 13.0, 17.0, 22.0, 28.0, 35.0, 45.0, 60.0])
_GRID = 13  # candidate places along either side of a unit's box
_CLEAR_MM = 0.5  # white around every label
_SPILL_SHARE = 0.72  # of a 邻's label that must stand on its own ground, where it does not fit wholly
_LINE_SIZES_PT = (7.5, 6.5)
_LINE_STYLES = {"river": "water", "stream": "water", "road": "road", "railway": "road"}

Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class Named:
    """A unit that wants its name on the map: its lines of text and its ground in millimetres."""

    place: int
    level: str
    lines: tuple[str, ...]
    shape_mm: Any
    fill: int = 0


@dataclass(frozen=True)
class Label:
    """A name on the paper.

    Parameters
    ----------
    x, y
        Its centre, in millimetres of the frame.
    width, height
        What it covers, upright or turned.
    style
        ``pian``, ``zu``, ``lin``, ``beside`` (named outside its ground), ``around`` (a 片 only hinted at),
        ``water`` or ``road``.
    angle_deg
        Turned clockwise on the paper.
    leader
        The end of the thin line that ties a ``beside`` label to its ground, and where it begins at the label.
    """

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    size_pt: float
    style: str
    fill: int = 0
    angle_deg: float = 0.0
    leader: tuple[float, float, float, float] | None = None


class Board:
    """The paper so far: boxes of placed names, leaders, and the homes that names should not cover."""

    def __init__(
        self,
        frame_mm: tuple[float, float],
        dots: NDArray[np.float64],
        sizes_pt: Mapping[str, Sequence[float]] = SIZES_PT,
    ) -> None:
        self.sizes_pt = sizes_pt
        self.frame_mm, self.dots = frame_mm, np.asarray(dots, dtype=np.float64).reshape(-1, 2)
        self.boxes: list[tuple[float, float, float, float]] = []
        self.leaders: list[Any] = []

    def free(self, boxes: Boxes) -> NDArray[np.bool_]:
        """Tell which of (c, 4) boxes lie in the frame and touch nothing placed before."""
        width, height = self.frame_mm
        ok = (boxes[:, 0] > 1) & (boxes[:, 1] > 1) & (boxes[:, 2] < width - 1) & (boxes[:, 3] < height - 1)
        if self.boxes:
            held = np.array(self.boxes) + np.array([-_CLEAR_MM, -_CLEAR_MM, _CLEAR_MM, _CLEAR_MM])
            apart = (boxes[:, None, 0] >= held[None, :, 2]) | (boxes[:, None, 2] <= held[None, :, 0])
            apart |= (boxes[:, None, 1] >= held[None, :, 3]) | (boxes[:, None, 3] <= held[None, :, 1])
            ok &= apart.all(axis=1)
        if self.leaders and ok.any():
            chosen = np.flatnonzero(ok)
            crossed, _ = shapely.STRtree(self.leaders).query(_rectangles(boxes[chosen]), predicate="intersects")
            ok[chosen[crossed]] = False
        return ok

    def covered(self, boxes: Boxes, points: NDArray[np.float64] | None = None) -> NDArray[np.int64]:
        """Count the homes (or other points) that each of (c, 4) boxes would cover."""
        dots = self.dots if points is None else points
        if not len(dots):
            return np.zeros(len(boxes), dtype=np.int64)
        near = (dots[:, 0] > boxes[:, 0].min()) & (dots[:, 0] < boxes[:, 2].max())
        x, y = dots[near, 0][None, :], dots[near, 1][None, :]
        hit = (x > boxes[:, 0:1]) & (x < boxes[:, 2:3]) & (y > boxes[:, 1:2]) & (y < boxes[:, 3:4])
        counted: NDArray[np.int64] = hit.sum(axis=1)
        return counted

    def crossed(self, leaders: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell which thin lines would run over a name or over another thin line."""
        held = [*(_rectangles(np.array(self.boxes)) if self.boxes else ()), *self.leaders]
        out = np.zeros(len(leaders), dtype=bool)
        if held:
            out[shapely.STRtree(held).query(leaders, predicate="intersects")[0]] = True
        return out

    def take(self, label: Label) -> Label:
        """Hold a label's ground, and its leader's."""
        half_w, half_h = label.width / 2, label.height / 2
        self.boxes.append((label.x - half_w, label.y - half_h, label.x + half_w, label.y + half_h))
        if label.leader is not None:
            self.leaders.append(shapely.LineString([label.leader[:2], label.leader[2:]]))
        return label


def text_em(text: str) -> float:
    """Return the width of a text in ems: a Chinese character is one, a Latin letter or digit 0.58, a space 0.25."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.25 if char == " " else 0.58 for char in text)


def text_box(lines: Sequence[str], size_pt: float, detail_share: float) -> tuple[float, float]:
    """Return width and height in millimetres of lines of text, all but the first of them smaller."""
    sizes = [size_pt * MM_PER_PT * (1 if n == 0 else detail_share) for n in range(len(lines))]
    width = max(text_em(line) * size for line, size in zip(lines, sizes, strict=True))
    return width, sum(sizes) * LINE_HEIGHT_EM


def place_areas(board: Board, named: Sequence[Named], *, callouts: float) -> tuple[list[Label], list[int]]:
    """Set the names of 片, 组 and 邻, the larger units first, among equals the one with least room.

    Parameters
    ----------
    callouts
        The most names, as a share of all, that may stand beside their ground with a thin line where they do not fit on
        it; with more than that all of these go unnamed, and so they do with 0.

    Returns
    -------
    list of Label
        No two overlap, and no leader runs under a label.
    list of int
        ``place`` of each unit that is not named on its own ground; those of them that are not named at all come last,
        after a -1.
    """
    lins = [one for one in named if one.level == "lin"]
    poles = _poles(lins)
    labels: list[Label] = []
    left: list[Named] = []
    for level in ("pian", "zu", "lin"):
        for one in _smallest_first(one for one in named if one.level == level):
            wanted = None if level == "lin" else poles
            label = _on_ground(board, one, wanted)
            if label is None:
                left.append(one)
            else:
                labels.append(board.take(label))
    unnamed: list[int] = []
    crowded = len(left) > callouts * len(named)
    for one in left:
        label = None if crowded else _beside(board, one)
        if label is None:
            unnamed.append(one.place)
        else:
            labels.append(board.take(label))
    beside = [one.place for one in left if one.place not in unnamed]
    return labels, [*beside, -1, *unnamed]


def place_around(board: Board, named: Sequence[Named]) -> list[Label]:
    """Set the names of what lies around a sheet's own ground where it is free, so that one finds the next sheet."""
    found = (_on_ground(board, one, None) for one in named)
    return [board.take(label) for label in found if label is not None]


def _smallest_first(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda one: (float(shapely.area(one.shape_mm)), one.place))


def _poles(named: Sequence[Named]) -> NDArray[np.float64]:
    """Return (n, 2) places where small units would like their names, which larger ones should leave free."""
    if not named:
        return np.zeros((0, 2))
    shapes = np.empty(len(named), dtype=object)
    shapes[:] = [one.shape_mm for one in named]
    points = [point for point in label_points(shapes) if point is not None]
    return shapely.get_coordinates(points).reshape(-1, 2)


def _on_ground(board: Board, one: Named, poles: NDArray[np.float64] | None) -> Label | None:
    """Find the best place on a unit's own ground: wholly on it in the largest type, else for the larger part."""
    centres = _candidates(one.shape_mm)
    if not len(centres):
        return None
    shapely.prepare(one.shape_mm)
    reach = math.sqrt(float(shapely.area(one.shape_mm))) + 1e-9
    for spill, size_pt, lines in _settings(board, one):
        width, height = text_box(lines, size_pt, DETAIL_SHARE[one.level])
        boxes = _boxes(centres, width, height)
        ok = board.free(boxes)
        ok[ok] = _stands(one.shape_mm, boxes[ok], spill=spill)
        if not ok.any():
            continue
        cost = np.hypot(*(centres[ok] - centres[0]).T) / reach + 0.12 * board.covered(boxes[ok])
        if poles is not None:
            cost = cost + 0.35 * board.covered(boxes[ok] + np.array([-2.5, -2, 2.5, 2]), poles)
        x, y = centres[ok][int(np.argmin(cost))].tolist()
        return Label(x, y, width, height, lines, size_pt, one.level, one.fill)
    return None


def _settings(board: Board, one: Named) -> Iterator[tuple[bool, float, tuple[str, ...]]]:
    """Give the ways to set a name that a unit's box has room for: (may it spill, size, lines), the best first."""
    west, north, east, south = shapely.bounds(one.shape_mm).tolist()
    for spill in (False, True):
        share = _SPILL_SHARE if spill else 1.0
        for size_pt in board.sizes_pt[one.level]:
            for lines in _forms(one):
                width, height = text_box(lines, size_pt, DETAIL_SHARE[one.level])
                if min(width, east - west) * min(height, south - north) >= share * width * height:
                    yield spill, size_pt, lines


def _forms(one: Named) -> Iterator[tuple[str, ...]]:
    """Give the ways to set a name: in two lines, then in one, as a narrow unit wants it."""
    yield one.lines
    if one.level != "pian":
        yield (" ".join(one.lines),)


def _stands(shape: Any, boxes: Boxes, *, spill: bool) -> NDArray[np.bool_]:
    """Tell which boxes stand on a shape: wholly, or with the larger part of them where that is allowed."""
    rectangles = _rectangles(boxes)
    within: NDArray[np.bool_] = shapely.contains(shape, rectangles)
    if spill:
        some = np.flatnonzero(~within & shapely.intersects(shape, rectangles))
        share = shapely.area(shapely.intersection(shape, rectangles[some])) / shapely.area(rectangles[some])
        within[some[share >= _SPILL_SHARE]] = True
    return within


def _rectangles(boxes: Boxes) -> NDArray[np.object_]:
    return np.asarray(shapely.box(*boxes.T), dtype=object)


def _boxes(centres: NDArray[np.float64], width: float, height: float) -> Boxes:
    half = np.array([width / 2, height / 2])
    return np.hstack([centres - half, centres + half])


def _candidates(shape: Any) -> NDArray[np.float64]:
    """Return (c, 2) places inside a shape, the one farthest from its border first."""
    pole = label_points(np.array([shape], dtype=object))[0]
    if pole is None:
        return np.zeros((0, 2))
    west, north, east, south = shapely.bounds(shape).tolist()
    xs, ys = np.meshgrid(np.linspace(west, east, _GRID + 2)[1:-1], np.linspace(north, south, _GRID + 2)[1:-1])
    grid = np.column_stack([xs.ravel(), ys.ravel()])
    inside = grid[shapely.contains_xy(shape, grid[:, 0], grid[:, 1])]
    return np.vstack([shapely.get_coordinates(pole), inside])


def _beside(board: Board, one: Named) -> Label | None:
    """Name a small 邻 near its ground, tied to it by a thin line that crosses no name and no other such line."""
    lines = (" ".join(one.lines),)
    width, height = text_box(lines, _BESIDE_PT, 1.0)
    target = _candidates(one.shape_mm)[:1]
    if not len(target):
        return None
    angles = np.arange(0, 2 * math.pi, math.pi / 18)
    ways = np.column_stack([np.cos(angles), np.sin(angles)])
    steps = (_REACH_MM[:, None, None] * ways[None]).reshape(-1, 2)
    centres = target + steps + np.sign(np.tile(ways, (len(_REACH_MM), 1))) * [width / 2, 0]
    boxes = _boxes(centres, width, height)
    free = np.flatnonzero(board.free(boxes))
    far = np.repeat(_REACH_MM, len(ways))[free]
    order = free[np.argsort(far + 0.8 * board.covered(boxes[free]), kind="stable")]
    starts = np.clip(target, boxes[order, :2], boxes[order, 2:])  # the place of each box that is nearest to the ground
    ends_mm = np.stack([starts, np.broadcast_to(target, starts.shape)], axis=1)
    leaders = np.asarray(shapely.linestrings(ends_mm), dtype=object)
    clear = np.flatnonzero(~board.crossed(leaders))
    if not len(clear):
        return None
    first = clear[0]
    x, y = centres[order[first]].tolist()
    ends = (float(starts[first, 0]), float(starts[first, 1]), float(target[0, 0]), float(target[0, 1]))
    return Label(x, y, width, height, lines, _BESIDE_PT, "beside", one.fill, leader=ends)


def place_lines(board: Board, lines: Sequence[tuple[str, str, Any]]) -> list[Label]:
    """Set the names of rivers, railways and roads along them, once each and where nothing else stands.

    Parameters
    ----------
    lines
        (kind, name, line in millimetres); a line without a name goes unnamed.
    """
    labels: list[Label] = []
    for kind, name in sorted({(kind, name) for kind, name, _ in lines if name}):
        pieces = shapely.union_all([line for at, called, line in lines if (at, called) == (kind, name)])
        label = _along(board, name, _LINE_STYLES[kind], pieces)
        if label is not None:
            labels.append(board.take(label))
    return labels


def _along(board: Board, name: str, style: str, pieces: Any) -> Label | None:
    merged = shapely.get_parts(shapely.line_merge(pieces))
    for size_pt in _LINE_SIZES_PT:
        width, height = text_box((name,), size_pt, 1.0)
        for line in sorted(merged, key=lambda part: -part.length):
            label = _on_line(board, name, style, line, (size_pt, width, height))
            if label is not None:
                return label
    return None


def _on_line(board: Board, name: str, style: str, line: Any, size: tuple[float, float, float]) -> Label | None:
    """Find the straightest free stretch of a line that is long enough for a name."""
    size_pt, width, height = size
    if line.length < width * 1.3:
        return None
    middles = np.linspace(width * 0.65, line.length - width * 0.65, 40)
    heads, middle, tails = (
        shapely.get_coordinates(shapely.line_interpolate_point(line, middles + step))
        for step in (-width / 2, 0, width / 2)
    )
    angles = np.degrees(np.arctan2(*(tails - heads).T[::-1]))
    angles = (angles + 90) % 180 - 90  # never upside down
    turned = np.radians(np.abs(angles))
    spans = np.column_stack([
        width * np.cos(turned) + height * np.sin(turned), width * np.sin(turned) + height * np.cos(turned)
    ])  # fmt: skip
    boxes = np.hstack([middle - spans / 2, middle + spans / 2])
    bend = np.hypot(*(middle - (heads + tails) / 2).T) / width
    chord = np.hypot(*(tails - heads).T) / width
    ok = board.free(boxes) & (bend < 0.12) & (chord > 0.93)
    if not ok.any():
        return None
    at = int(np.argmin(np.where(ok, bend + 0.05 * board.covered(boxes), np.inf)))
    x, y = middle[at].tolist()
    return Label(x, y, float(spans[at, 0]), float(spans[at, 1]), (name,), size_pt, style, angle_deg=float(angles[at]))
