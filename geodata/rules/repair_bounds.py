from __future__ import annotations

import numpy as np

from geodata.rules.kernels import inner
from geodata.rules.repair_net import OVER, UNDER, Desk, Net, excess, is_bound, lack

NEVER = 1 << 30
"""More moves than any repair takes: it cannot be done."""


@inner
def breaches(net: Net, desk: Desk) -> tuple[int, int]:
    """Return by how many homes the 邻 that must be in order are too large, and too small, together."""
    over = under = 0
    for lin in range(len(desk.size)):
        if is_bound(net, desk, lin):
            over += excess(net, lin, desk.size[lin])
            under += lack(net, lin, desk.size[lin])
    return over, under


@inner
def breaches_after(net: Net, desk: Desk, own: int, to: int) -> int:
    """Return below which number of moves nothing is mended once one more home went from one 邻 to another."""
    over, under = desk.now[OVER], desk.now[UNDER]
    a, b = desk.size[own], desk.size[to]
    if is_bound(net, desk, own):
        over -= excess(net, own, a)
        under -= lack(net, own, a)
    if is_bound(net, desk, to):
        over -= excess(net, to, b)
        under -= lack(net, to, b)
    over += excess(net, own, a - 1) + excess(net, to, b + 1)
    under += lack(net, own, a - 1) + lack(net, to, b + 1)
    return int(max(over, under))


@inner
def _find_links(net: Net, desk: Desk) -> None:
    """Write into ``link`` which 邻 lie beside each 邻, as a set of bits."""
    desk.link[:] = 0
    for bunch in range(len(net.own)):
        beside = desk.bits[bunch]
        for i in range(net.indptr[bunch], net.indptr[bunch + 1]):
            beside |= desk.bits[net.indices[i]]
        for lin in range(len(desk.link)):
            if (desk.bits[bunch] >> lin) & 1:
                desk.link[lin] |= beside


@inner
def _room_in(net: Net, desk: Desk, layer: int, is_over: bool) -> int:
    room = 0
    for lin in range(len(desk.size)):
        if (layer >> lin) & 1:
            room += max(net.high[lin] - desk.size[lin], 0) if is_over else max(desk.size[lin] - net.low[lin], 0)
    return room


@inner
def _full_layers(net: Net, desk: Desk, homes: int, is_over: bool) -> int:
    """Return how many layers around the 邻 that are too large (or too small) cannot take (or give) so many homes."""
    ball = layer = 0
    for lin in range(len(desk.size)):
        fault = excess(net, lin, desk.size[lin]) if is_over else lack(net, lin, desk.size[lin])
        if fault > 0 and is_bound(net, desk, lin):
            layer |= 1 << lin
    layers = 0
    while homes > 0:
        ball |= layer
        beside = 0
        for lin in range(len(desk.size)):
            if (layer >> lin) & 1:
                beside |= desk.link[lin]
        layer = beside & ~ball
        if layer == 0:
            return NEVER
        homes -= _room_in(net, desk, layer, is_over)
        layers += 1
    return layers - 1


@inner
def fewest_moves(net: Net, desk: Desk, over: int, under: int) -> int:
    """Return a number of moves below which no repair is: by size, and by how far the room is.

    Let the 邻 too large be layer 0, those next to them layer 1, and so on. If what they have too much does not find
    room within s layers, some home must leave these; then some home of layer s itself moves: the one that leaves, or,
    where a 邻 beyond reaches over the layer, one that it takes on the way, since every 邻 keeps a home of its own and
    stays connected. One move more, then, for every layer without room. The same holds for homes wanted.
    """
    new = len(desk.size) - 1
    if net.must[new]:
        return max(over, under)
    _find_links(net, desk)
    bound = 0
    if over > 0:
        bound = over + _full_layers(net, desk, over, True)
    if under > 0:
        bound = max(bound, under, 1 + _full_layers(net, desk, under, False))
    return bound


@inner
def _out_metres(net: Net, desk: Desk, over: int) -> float:
    """Return the least metres of as many homes as must leave the 邻 that are too large."""
    for lin in range(len(desk.size)):
        desk.need[lin] = excess(net, lin, desk.size[lin]) if is_bound(net, desk, lin) else 0
    total_m = 0.0
    for bunch in net.by_out:
        if over == 0:
            break
        taken = min(desk.need[net.own[bunch]], desk.free[bunch])
        if taken > 0:
            total_m += taken * net.out_m[bunch]
            desk.need[net.own[bunch]] -= taken
            over -= taken
    return float(total_m) if over == 0 else np.inf


@inner
def _may_join(net: Net, desk: Desk, bunch: int) -> bool:
    new = len(desk.size) - 1
    return bool(desk.free[bunch] > 0 and desk.shut[bunch, new] == 0 and net.allow[net.own[bunch], new])


@inner
def _joining_metres(net: Net, desk: Desk, middle: int, need: int) -> float:
    total_m = 0.0
    for bunch in net.by_apart[middle]:
        if need == 0:
            return total_m
        if _may_join(net, desk, bunch):
            taken = min(need, desk.free[bunch])
            total_m += taken * net.apart_m[middle, bunch]
            need -= taken
    return total_m if need == 0 else np.inf


@inner
def new_metres(net: Net, desk: Desk, need: int, is_whole: bool) -> float:
    """Return the metres of a new 邻's homes to its middle; unless it is whole, a bound for when ``need`` more join it.

    The middle is the home of its own from which the others are nearest in all.
    """
    new = len(desk.size) - 1
    members = 0
    for bunch in range(len(net.own)):
        if desk.here[bunch, new] > 0:
            desk.queue[members] = bunch
            members += 1
    best_m = np.inf
    for middle in range(len(net.own)):
        if desk.here[middle, new] > 0 or (not is_whole and _may_join(net, desk, middle)):
            total_m = 0.0
            for i in range(members):
                total_m += desk.here[desk.queue[i], new] * net.apart_m[middle, desk.queue[i]]
            if total_m < best_m:
                best_m = min(best_m, total_m + _joining_metres(net, desk, middle, need))
    return best_m


@inner
def _in_metres(net: Net, desk: Desk, lin: int) -> float:
    """Return the least metres of as many homes as a 邻 that is too small must gain."""
    need = lack(net, lin, desk.size[lin])
    total_m = 0.0
    for bunch in net.by_far[lin]:
        own = net.own[bunch]
        if need == 0:
            break
        if own != lin and desk.shut[bunch, lin] == 0 and net.allow[own, lin]:
            taken = min(need, desk.free[bunch])
            total_m += taken * net.far_m[bunch, lin]
            need -= taken
    return float(total_m) if need == 0 else np.inf


@inner
def metres_left(net: Net, desk: Desk, over: int, under: int) -> float:
    """Return metres below which what is left of a repair cannot be done (with those of a new 邻 from its beginning)."""
    new = len(desk.size) - 1
    out_m = 0.0
    if over > 0:
        out_m = _out_metres(net, desk, over)
    in_m = 0.0
    if under > 0:
        for lin in range(new):
            if is_bound(net, desk, lin) and desk.size[lin] < net.low[lin]:
                in_m += _in_metres(net, desk, lin)
    if net.must[new]:
        in_m += new_metres(net, desk, lack(net, new, desk.size[new]), False)
    return max(out_m, in_m)
