from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.rules.kernels import Floats, Ints, inner

Bools = NDArray[np.bool_]

OVER, UNDER, LEFT, TORN, PIECES = range(5)
"""Places in ``Desk.now``: homes too many, homes too few, moves left, a 邻 in pieces (-1: none), how many pieces."""


class Net(NamedTuple):
    """The homes of one 组 and what a repair may do with them. 邻 are 0 .. t - 1, and t is a new one.

    A *bunch* is one home, or homes of one 邻 on one point with the same neighbours: none of them differs from another.

    Parameters
    ----------
    own
        (g,) the 邻 of each bunch.
    loose
        (g,) how many of its homes may move.
    indptr, indices
        Neighbouring bunches in compressed sparse rows.
    far_m
        (g, t + 1) metres to each 邻's chief; 0 to the new one, whose middle is not known yet.
    apart_m, by_apart
        (g, g) metres between bunches, and the bunches by them.
    out_m, by_out
        (g,) metres to the nearest chief that the bunch may go to, and the bunches by them.
    by_far
        (t + 1, g) the bunches by their metres to each chief.
    allow
        (t + 1, t + 1) True where homes may go from one 邻 to another.
    low, high
        (t + 1,) bounds of each 邻; 0 and 0 for one that is dissolved.
    must
        (t + 1,) True for those that must be within bounds even if no home of theirs moves.
    """

    own: Ints
    loose: Ints
    indptr: Ints
    indices: Ints
    far_m: Floats
    apart_m: Floats
    by_apart: Ints
    out_m: Floats
    by_out: Ints
    by_far: Ints
    allow: Bools
    low: Ints
    high: Ints
    must: Bools


class Desk(NamedTuple):
    """A repair as far as it is thought out, and scratch space, so that the search allocates nothing.

    ``here`` (g, t + 1) homes of a bunch in each 邻; ``bits`` (g,) the same as a set; ``free`` (g,) homes that may still
    move; ``shut`` (g, t + 1) above 0 where no further home goes; ``size``, ``kept`` (homes that never moved) and
    ``moved`` (homes that came or went) of each 邻; ``cost_m`` (1,).

    ``seen``, ``queue``, ``piece``, ``piece_homes``, ``need``, ``reach`` and ``link`` are scratch; ``now`` holds, at
    `OVER` and so on, what the node at hand is about. Row d of ``what`` and ``where`` holds the moves to try after d
    moves, ``price_m`` their metres, ``listed`` how many they are, ``at`` which is being tried. ``best_here`` and
    ``best_m`` (1,) keep the best repair met; ``steps`` holds the steps taken and the most allowed.
    """

    here: Ints
    bits: Ints
    free: Ints
    shut: Ints
    size: Ints
    kept: Ints
    moved: Ints
    cost_m: Floats
    seen: Ints
    queue: Ints
    piece: Ints
    piece_homes: Ints
    need: Ints
    reach: Ints
    link: Ints
    now: Ints
    what: Ints
    where: Ints
    price_m: Floats
    listed: Ints
    at: Ints
    best_here: Ints
    best_m: Floats
    steps: Ints


@inner
def is_bound(net: Net, desk: Desk, lin: int) -> bool:
    """Tell whether a 邻 must be in order: the broken one, a new one, and all that a home came to or left."""
    return bool(net.must[lin] or desk.moved[lin] > 0)


@inner
def excess(net: Net, lin: int, homes: int) -> int:
    """Return by how many homes a 邻 of so many is too large."""
    return int(max(homes - net.high[lin], 0))


@inner
def lack(net: Net, lin: int, homes: int) -> int:
    """Return by how many homes a 邻 of so many is too small."""
    return int(max(net.low[lin] - homes, 0))


@inner
def _mark(desk: Desk, bunch: int, lin: int) -> None:
    bit = 1 << lin
    if desk.here[bunch, lin] > 0:
        desk.bits[bunch] |= bit
    else:
        desk.bits[bunch] &= ~bit


@inner
def put(net: Net, desk: Desk, bunch: int, to: int) -> None:
    """Move one home of a bunch to another 邻."""
    own = net.own[bunch]
    desk.here[bunch, own] -= 1
    desk.here[bunch, to] += 1
    desk.free[bunch] -= 1
    desk.kept[own] -= 1
    desk.size[own] -= 1
    desk.size[to] += 1
    desk.moved[own] += 1
    desk.moved[to] += 1
    desk.cost_m[0] += net.far_m[bunch, to]
    _mark(desk, bunch, own)
    _mark(desk, bunch, to)


@inner
def put_back(net: Net, desk: Desk, bunch: int, to: int) -> None:
    """Undo `put`."""
    own = net.own[bunch]
    desk.here[bunch, own] += 1
    desk.here[bunch, to] -= 1
    desk.free[bunch] += 1
    desk.kept[own] += 1
    desk.size[own] += 1
    desk.size[to] -= 1
    desk.moved[own] -= 1
    desk.moved[to] -= 1
    desk.cost_m[0] -= net.far_m[bunch, to]
    _mark(desk, bunch, own)
    _mark(desk, bunch, to)


@inner
def may_move(net: Net, desk: Desk, bunch: int, to: int) -> bool:
    """Tell whether one more home of a bunch may go to a 邻; its own keeps at least one home, unless it is dissolved."""
    own = net.own[bunch]
    if own == to or desk.free[bunch] == 0 or desk.shut[bunch, to] > 0 or not net.allow[own, to]:
        return False
    return bool(desk.kept[own] > 1 or net.high[own] == 0)


@inner
def _note_reach(desk: Desk, bunch: int, steps: int) -> None:
    for lin in range(len(desk.reach)):
        if (desk.bits[bunch] >> lin) & 1:
            desk.reach[lin] = min(desk.reach[lin], steps)


@inner
def find_reach(net: Net, desk: Desk, bunch: int, most: int) -> None:
    """Write into ``reach`` how many steps along neighbours each 邻's ground is from a bunch, as far as ``most``."""
    desk.reach[:] = most + 1
    desk.seen[:] = -1
    desk.queue[0] = bunch
    desk.seen[bunch] = 0
    head, tail = 0, 1
    _note_reach(desk, bunch, 1)
    while head < tail:
        one = desk.queue[head]
        head += 1
        if desk.seen[one] == most:
            return
        for i in range(net.indptr[one], net.indptr[one + 1]):
            other = net.indices[i]
            if desk.seen[other] < 0:
                desk.seen[other] = desk.seen[one] + 1
                _note_reach(desk, other, desk.seen[other])
                desk.queue[tail] = other
                tail += 1


@inner
def _flood(net: Net, desk: Desk, lin: int, first: int, piece: int) -> int:
    desk.queue[0] = first
    desk.piece[first] = piece
    head, tail, homes = 0, 1, 0
    while head < tail:
        one = desk.queue[head]
        head += 1
        homes += desk.here[one, lin]
        for i in range(net.indptr[one], net.indptr[one + 1]):
            other = net.indices[i]
            if desk.here[other, lin] > 0 and desk.piece[other] < 0:
                desk.piece[other] = piece
                desk.queue[tail] = other
                tail += 1
    return homes


@inner
def find_pieces(net: Net, desk: Desk, lin: int) -> int:
    """Number the connected pieces of a 邻 in ``piece`` (-1: not of this 邻), count their homes; return how many."""
    desk.piece[:] = -1
    pieces = 0
    for first in range(len(net.own)):
        if desk.here[first, lin] > 0 and desk.piece[first] < 0:
            desk.piece_homes[pieces] = _flood(net, desk, lin, first, pieces)
            pieces += 1
    return pieces
