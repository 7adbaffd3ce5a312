from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules import crs
from geodata.rules.plan import Plan, PlanHome, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.segments import insert_points, shared_borders
from geodata.rules.units import Level

NODE_M = 1e-4
"""A drawn line that meets a border puts a vertex into it; a tenth of a millimetre off is on it."""
SNAP_M = 0.1
"""A drawn line passes through a border's vertex that is nearer than this: a decimetre, so no needle is cut off."""
FOOTHOLD_M = 0.5
"""How far into its own slice a stacked home is looked for: half a metre."""

Shapes = NDArray[np.object_]
NO_LINES = np.zeros((0, 2, 2))


@dataclass
class Piece:
    """A part of one leaf's ground after a cut: what stands on it, and the unit it is to belong to ("" = stays)."""

    leaf: PlanUnit
    shape: BaseGeometry
    homes: list[PlanHome] = field(default_factory=list)
    to: str = ""
    taker: str = ""


@dataclass(frozen=True)
class Redrawn:
    """What an act did, before the plan is put in order again by ``settle``.

    Parameters
    ----------
    ground
        New shape by leaf id, None for a leaf that is gone; (Multi)Polygons in metres of the county's zone.
    refined
        Leaves whose ground is the same but for vertices that their neighbours brought.
    holder
        The leaf of each home that changed it, by home id.
    units
        Units that are new or hang under another parent; their shapes follow from the leaves.
    """

    ground: Mapping[str, BaseGeometry | None] = field(default_factory=dict)
    refined: Mapping[str, BaseGeometry] = field(default_factory=dict)
    holder: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, PlanUnit] = field(default_factory=dict)


def objects(shapes: Iterable[BaseGeometry]) -> Shapes:
    """Return shapes as an array of objects, also where numpy would take a MultiPolygon apart."""
    listed = list(shapes)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def footholds(plan: Plan, leaf: PlanUnit) -> Shapes:
    """Return where each home of a leaf stands on the leaf's own ground, in the order of ``plan.homes_of``.

    A stacked home's point may lie in the slice of a neighbour; it is then looked for in its own slice next to it.
    """
    homes = plan.homes_of.get(leaf.id, ())
    points = np.asarray(shapely.points([h.xy for h in homes]) if homes else objects([]), dtype=object)
    if leaf.shape_xy.is_empty or not len(points):
        return points
    for i in np.flatnonzero(~shapely.intersects(leaf.shape_xy, points)).tolist():
        near = shapely.get_point(shapely.shortest_line(leaf.shape_xy, points[i]), 0)
        room = shapely.intersection(leaf.shape_xy, shapely.buffer(near, FOOTHOLD_M))
        points[i] = near if shapely.area(room) == 0 else shapely.point_on_surface(room)
    return points


def carve(plan: Plan, leaves: Sequence[PlanUnit], cut: BaseGeometry) -> list[Piece]:
    """Cut leaves along a line, and give every other leaf at hand the new vertices on its border.

    Parameters
    ----------
    leaves
        The leaves that may be cut.
    cut
        A LineString or LinearRing in metres of the county's zone.

    Returns
    -------
    list of Piece
        For every leaf at hand its pieces, together tiling what the leaves tiled, with equal vertices on both sides of
        every border; a leaf that is not cut is one piece, the same object where it got no vertex.
    """
    shapes = objects(leaf.shape_xy for leaf in leaves)
    others = leaves_near(plan, shapes, {leaf.id for leaf in leaves})
    line, shapes = _fitted(cut, shapes)
    crossed = _crossed(shapes, line)
    pieces = [Piece(leaf, leaf.shape_xy) for leaf, cross in zip(leaves, crossed, strict=True) if not cross]
    pieces += _faces([leaf for leaf, cross in zip(leaves, crossed, strict=True) if cross], shapes[crossed], line)
    pieces += [Piece(leaf, leaf.shape_xy) for leaf in others]
    known = keys_of(objects(leaf.shape_xy for leaf in (*leaves, *others)))
    new = np.setdiff1d(keys_of(objects(p.shape for p in pieces)), known)
    if len(new):
        points = np.column_stack([new.real, new.imag])
        noded = insert_points(objects(p.shape for p in pieces), points, NODE_M)
        for piece, shape in zip(pieces, noded, strict=True):
            piece.shape = shape
    _seat(plan, pieces)
    return pieces


def keys_of(shapes: Shapes) -> NDArray[np.complex128]:
    """Return the different vertices of shapes as one number each: x + y i, sorted."""
    xy = shapely.get_coordinates(shapes)
    return np.unique(xy[:, 0] + 1j * xy[:, 1])


def leaves_near(plan: Plan, shapes: Shapes, but: Container[str] = ()) -> list[PlanUnit]:
    """Return the leaves at hand whose boxes meet the box of some shapes."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    found = [leaf for leaf in plan.leaves() if leaf.id not in but]
    bounds = shapely.bounds(objects(leaf.shape_xy for leaf in found)).reshape(-1, 4)
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return [found[i] for i in np.flatnonzero(meets).tolist()]


def _fitted(cut: BaseGeometry, shapes: Shapes) -> tuple[BaseGeometry, Shapes]:
    """Fit a drawn line to the borders it all but touches, so that no sliver is left between the two.

    The line goes through a border's vertex that it passes within ``SNAP_M``; a vertex of its own that close to a border
    is put onto it, and into the shapes, so that both have the very same point.
    """
    corners: BaseGeometry = shapely.multipoints(list(shapely.get_coordinates(shapes)))
    line: BaseGeometry = shapely.snap(cut, corners, SNAP_M)
    borders = shapely.union_all(shapely.boundary(shapes))
    xy = shapely.get_coordinates(line)
    points = np.asarray(shapely.points(xy), dtype=object)
    loose = ~np.isin(xy[:, 0] + 1j * xy[:, 1], keys_of(shapes)) & shapely.dwithin(borders, points, SNAP_M)
    if loose.any():
        xy[loose] = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(borders, points[loose]), 0))
        shapes = insert_points(shapes, xy[loose], NODE_M)
    xy = xy[np.append(True, (xy[1:] != xy[:-1]).any(axis=1))]
    return (shapely.LineString(xy) if len(xy) > 1 else line), shapes


def _crossed(shapes: Shapes, line: BaseGeometry) -> NDArray[np.bool_]:
    """Tell which shapes have a line through their inside, and not only along their border."""
    inner = shapely.intersection(shapes, line)
    return np.asarray(shapely.length(shapely.difference(inner, shapely.boundary(shapes))) > NODE_M)


def _faces(leaves: Sequence[PlanUnit], shapes: Shapes, line: BaseGeometry) -> list[Piece]:
    if not leaves:
        return []
    noded = shapely.union_all([*shapely.boundary(shapes), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    at, face = shapely.STRtree(shapely.point_on_surface(faces)).query(shapes, predicate="contains")
    return [Piece(leaves[i], faces[j]) for i, j in sorted(zip(at.tolist(), face.tolist(), strict=True))]


def _seat(plan: Plan, pieces: Sequence[Piece]) -> None:
    """Give every home to the piece of its own leaf that it stands on."""
    by_leaf: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_leaf.setdefault(piece.leaf.id, []).append(piece)
    for leaf_id, own in by_leaf.items():
        homes = plan.homes_of.get(leaf_id, ())
        if len(own) == 1 or not homes:
            own[0].homes = list(homes)
            continue
        points = footholds(plan, own[0].leaf)
        away = shapely.distance(objects(p.shape for p in own)[:, None], points[None, :])
        for home, at in zip(homes, np.argmin(away, axis=0).tolist(), strict=True):
            own[at].homes.append(home)


def hand_over(plan: Plan, pieces: Sequence[Piece], level: Level, born: Mapping[str, PlanUnit], ids: Ids) -> Redrawn:
    """Hang pieces under the units they are to belong to, cutting the units between where both sides keep homes.

    Parameters
    ----------
    pieces
        Every piece at hand; ``to`` names the unit of ``level`` that a piece shall belong to, "" where it stays.
    born
        Units that do not exist yet, by id; ``to`` may name them.
    ids
        Gives a new unit its id.

    Returns
    -------
    Redrawn
        A unit in between that goes over whole keeps its id; of one that is cut the part with the most homes does.
        Ground on which nobody lives joins the neighbour with the longest common border, in the same unit first.
    """
    units: dict[str, PlanUnit] = dict(born)
    kept = _keepers(plan, pieces, level)
    for piece in pieces:
        if piece.homes:
            piece.taker = _taker(plan, piece, level, kept, units, ids)
        elif piece.to and (piece.leaf.level is level or _is_leaf_to_be(plan, piece.to, units)):
            piece.taker = piece.to
    _settle_empty(plan, pieces, units)
    return _collected(plan, pieces, units)


@dataclass
class Ids:
    """New unit ids in the order they are asked for: made by the caller of a number, so that rules stay pure."""

    make: Callable[[int], str]
    taken: int = 0

    def take(self) -> str:
        """Return the next id."""
        self.taken += 1
        return self.make(self.taken - 1)


def _is_leaf_to_be(plan: Plan, unit_id: str, units: Mapping[str, PlanUnit]) -> bool:
    unit = plan.units.get(unit_id) or units[unit_id]
    return not plan.children.get(unit_id) and unit.level is Level.LIN


def _owner(plan: Plan, piece: Piece, level: Level) -> str:
    """Return the unit of a level that a piece belongs to after the act."""
    if piece.to:
        return piece.to
    above = plan.at_level(piece.leaf, level)
    return above.id if above is not None else ""


def _between(plan: Plan, leaf: PlanUnit, level: Level) -> list[PlanUnit]:
    """Return the units from just below ``level`` down to a leaf."""
    return [u for u in plan.above(leaf) if u.level.depth > level.depth][::-1]


def _keepers(plan: Plan, pieces: Sequence[Piece], level: Level) -> dict[tuple[str, str], int]:
    """Count the homes of each unit below ``level`` by the owner that they come to: (unit, owner) -> homes."""
    homes: dict[tuple[str, str], int] = {}
    for piece in pieces:
        owner = _owner(plan, piece, level)
        for unit in _between(plan, piece.leaf, level):
            homes[unit.id, owner] = homes.get((unit.id, owner), 0) + len(piece.homes)
    return homes


def _taker(
    plan: Plan,
    piece: Piece,
    level: Level,
    homes: Mapping[tuple[str, str], int],
    units: dict[str, PlanUnit],
    ids: Ids,
) -> str:
    """Return the leaf that takes a piece, making the units between its owner and the leaf where they are needed."""
    owner = _owner(plan, piece, level)
    if piece.leaf.level is level:
        return owner
    parent = owner
    for unit in _between(plan, piece.leaf, level):
        shares = {o: n for (u, o), n in homes.items() if u == unit.id and n}
        keeper = max(shares, key=lambda o: (shares[o], o == _home_owner(plan, unit, level), o))
        if owner == keeper:
            now = units.get(unit.id, unit)
            if now.parent_id != parent:
                units[unit.id] = PlanUnit(**{**vars(now), "parent_id": parent})
            parent = unit.id
            continue
        key = f"{unit.id}>{owner}"
        made = next((u for u in units.values() if u.path == key), None)
        if made is None:
            made = PlanUnit(ids.take(), unit.level, unit.kind, "", "", key, parent)
            units[made.id] = made
        parent = made.id
    return parent


def _home_owner(plan: Plan, unit: PlanUnit, level: Level) -> str:
    above = plan.at_level(unit, level)
    return above.id if above is not None else ""


def _settle_empty(plan: Plan, pieces: Sequence[Piece], units: Mapping[str, PlanUnit]) -> None:
    """Give ground without homes to a leaf: its own where that stays whole, else the neighbour along most border."""
    touched = {p.leaf.id for p in pieces if p.to} | {p.leaf.id for p in pieces if _is_cut(p, pieces)}
    for piece in pieces:
        if not piece.taker and piece.leaf.id not in touched:
            piece.taker = piece.leaf.id
    left = [i for i, p in enumerate(pieces) if not p.taker]
    if not left:
        return
    borders = shared_borders(objects(p.shape for p in pieces), NO_LINES)
    while left:
        best = _best_neighbour(plan, pieces, units, borders.pairs, borders.border_m, set(left))
        if best is None:
            for i in left:  # ground that touches nobody with homes stays what it was
                pieces[i].taker = pieces[i].leaf.id
            return
        at, taker = best
        pieces[at].taker = taker
        left.remove(at)


def _is_cut(piece: Piece, pieces: Sequence[Piece]) -> bool:
    return any(other.leaf.id == piece.leaf.id and other is not piece for other in pieces)


def _best_neighbour(
    plan: Plan,
    pieces: Sequence[Piece],
    units: Mapping[str, PlanUnit],
    pairs: NDArray[np.intp],
    border: NDArray[np.float64],
    left: set[int],
) -> tuple[int, str] | None:
    best: tuple[tuple[bool, bool, float], int, str] | None = None
    for (i, j), length in zip(pairs.tolist(), border.tolist(), strict=True):
        for piece, other in ((i, j), (j, i)):
            if piece not in left or other in left:
                continue
            taker = pieces[other].taker
            strange = _parent_of(plan, units, taker) != _parent_of(plan, units, pieces[piece].leaf.id)
            rank = (pieces[piece].to == pieces[other].to, not strange, length)
            if best is None or rank > best[0]:
                best = (rank, piece, taker)
    return None if best is None else (best[1], best[2])


def _parent_of(plan: Plan, units: Mapping[str, PlanUnit], unit_id: str) -> str:
    return (units.get(unit_id) or plan.units[unit_id]).parent_id


def united(plan: Plan, shapes: Shapes) -> BaseGeometry:
    """Unite shapes that lie side by side; refuse what a drawn line left without a clean border (``redraw.folds``)."""
    try:
        whole: BaseGeometry = shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException as error:
        lon, lat = crs.to_ll(shapely.get_coordinates(shapely.point_on_surface(shapes[0])), plan.zone)[0].tolist()
        raise Problem("redraw.folds", place=(lon, lat)) from error
    return whole


def _collected(plan: Plan, pieces: Sequence[Piece], units: Mapping[str, PlanUnit]) -> Redrawn:
    """Unite the pieces by the leaf that takes them."""
    parts: dict[str, list[Piece]] = {}
    for piece in pieces:
        parts.setdefault(piece.taker, []).append(piece)
    ground: dict[str, BaseGeometry | None] = {}
    refined: dict[str, BaseGeometry] = {}
    for taker, own in parts.items():
        old = plan.units.get(taker)
        if old is not None and len(own) == 1 and own[0].leaf.id == taker and not _is_cut(own[0], pieces):
            if own[0].shape is not old.shape_xy:
                refined[taker] = own[0].shape
            continue
        ground[taker] = own[0].shape if len(own) == 1 else united(plan, objects(p.shape for p in own))
    for leaf_id in {p.leaf.id for p in pieces} - parts.keys():
        ground[leaf_id] = None
    holder = {h.id: p.taker for p in pieces for h in p.homes if h.unit_id != p.taker}
    return Redrawn(ground, refined, holder, units)
