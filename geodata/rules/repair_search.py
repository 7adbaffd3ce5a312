from __future__ import annotations

from geodata.rules.kernels import compiled, inner
from geodata.rules.repair_bounds import breaches, breaches_after, fewest_moves, metres_left, new_metres
from geodata.rules.repair_net import (
    LEFT,
    OVER,
    PIECES,
    TORN,
    UNDER,
    Desk,
    Net,
    excess,
    find_pieces,
    find_reach,
    is_bound,
    lack,
    may_move,
    put,
    put_back,
)

SAME_M = 1e-7
"""Distances that differ by less are the same."""


@inner
def _find_torn(net: Net, desk: Desk) -> None:
    """Find a 邻 that must be in order and lies in pieces; those are then in ``piece``."""
    desk.now[TORN] = -1
    for lin in range(len(desk.size)):
        if is_bound(net, desk, lin) and desk.size[lin] > 1 and net.high[lin] > 0:
            desk.now[PIECES] = find_pieces(net, desk, lin)
            if desk.now[PIECES] > 1:
                desk.now[TORN] = lin
                return


@inner
def _keep(net: Net, desk: Desk) -> None:
    new = len(desk.size) - 1
    total_m = desk.cost_m[0]
    if net.must[new]:
        total_m += new_metres(net, desk, 0, True)
    if total_m < desk.best_m[0] - SAME_M:
        desk.best_m[0] = total_m
        for bunch in range(len(net.own)):  # element by element: a copy at one stroke would need memory
            for lin in range(len(desk.size)):
                desk.best_here[bunch, lin] = desk.here[bunch, lin]


@inner
def _worst(net: Net, desk: Desk, is_over: bool) -> int:
    """Return the 邻 that has most homes too many (or too few), -1 where none has or only a new one without homes."""
    worst, most = -1, 0
    for lin in range(len(desk.size)):
        if is_bound(net, desk, lin) and desk.size[lin] > 0:
            fault = excess(net, lin, desk.size[lin]) if is_over else lack(net, lin, desk.size[lin])
            if fault > most:
                worst, most = lin, fault
    return worst


@inner
def _offer(net: Net, desk: Desk, depth: int, bunch: int, to: int) -> None:
    """Add a move to those to try, unless what it breaks cannot be mended by the moves left after it."""
    if may_move(net, desk, bunch, to) and breaches_after(net, desk, net.own[bunch], to) < desk.now[LEFT]:
        i = desk.listed[depth]
        desk.what[depth, i], desk.where[depth, i] = bunch, to
        desk.price_m[depth, i] = net.far_m[bunch, to]
        desk.listed[depth] += 1


@inner
def _offer_away(net: Net, desk: Desk, depth: int, bunch: int, most: int) -> None:
    """Add the moves of a home to every 邻 whose ground is within ``most`` steps, and to a new one that has none yet."""
    new = len(desk.size) - 1
    find_reach(net, desk, bunch, most)
    for lin in range(len(desk.size)):
        if desk.reach[lin] <= most or (lin == new and desk.size[new] == 0):
            _offer(net, desk, depth, bunch, lin)


@inner
def _offer_one_of(net: Net, desk: Desk, depth: int, small: int, inside: bool) -> None:
    """Where all homes inside (or outside) a piece can still leave, add the moves of one of them: if all do, it does."""
    lin = desk.now[TORN]
    homes, chosen = 0, -1
    for bunch in range(len(net.own)):
        if desk.here[bunch, lin] > 0 and (desk.piece[bunch] == small) == inside:
            homes += desk.here[bunch, lin]
            chosen = bunch
            if net.own[bunch] != lin or desk.free[bunch] < desk.here[bunch, lin]:
                return
    if homes <= desk.now[LEFT]:
        _offer_away(net, desk, depth, chosen, desk.now[LEFT])


@inner
def _touches(net: Net, desk: Desk, bunch: int, piece: int) -> bool:
    found = False
    for i in range(net.indptr[bunch], net.indptr[bunch + 1]):
        found |= desk.piece[net.indices[i]] == piece
    return bool(found)


@inner
def _join_pieces(net: Net, desk: Desk, depth: int) -> None:
    """List the moves one of which joins the smallest piece of a torn 邻, empties it, or empties all the others."""
    lin = desk.now[TORN]
    small = 0
    for piece in range(1, desk.now[PIECES]):
        if desk.piece_homes[piece] < desk.piece_homes[small]:
            small = piece
    for bunch in range(len(net.own)):
        if desk.here[bunch, lin] == 0 and _touches(net, desk, bunch, small):
            _offer(net, desk, depth, bunch, lin)
    _offer_one_of(net, desk, depth, small, True)
    _offer_one_of(net, desk, depth, small, False)


@inner
def _lies_by(net: Net, desk: Desk, bunch: int, lin: int) -> bool:
    """Tell whether a bunch has a neighbour, or a home of its own, in a 邻."""
    found = desk.here[bunch, lin] > 0
    for i in range(net.indptr[bunch], net.indptr[bunch + 1]):
        found |= desk.here[net.indices[i], lin] > 0
    return bool(found)


@inner
def _fill(net: Net, desk: Desk, depth: int, lin: int) -> None:
    """List the moves of neighbouring homes into a 邻 that lacks homes.

    The first home that it gains lies beside the ground it has, since it stays connected and keeps a home.
    """
    for bunch in range(len(net.own)):
        if net.own[bunch] != lin and desk.free[bunch] > 0 and _lies_by(net, desk, bunch, lin):
            _offer(net, desk, depth, bunch, lin)


@inner
def _empty(net: Net, desk: Desk, depth: int, lin: int) -> None:
    """List the moves of homes out of a 邻 that has too many or is dissolved; of -1, all moves into an empty new one.

    Of the homes that leave, one lies within as many steps of the ground that takes it as moves are left for other
    homes on the way. Of a 邻 that is dissolved all leave, so any one of them will do.
    """
    for bunch in range(len(net.own)):
        if lin < 0:
            _offer(net, desk, depth, bunch, len(desk.size) - 1)
        elif net.own[bunch] == lin and desk.free[bunch] > 0:
            if net.high[lin] == 0:
                _offer_away(net, desk, depth, bunch, desk.now[LEFT])
                return
            _offer_away(net, desk, depth, bunch, 1 + desk.now[LEFT] - excess(net, lin, desk.size[lin]))


@inner
def _list_moves(net: Net, desk: Desk, depth: int) -> None:
    """List moves one of which must be part of any repair from here."""
    too_small = _worst(net, desk, False)
    if desk.now[TORN] >= 0:
        _join_pieces(net, desk, depth)
    elif too_small >= 0:
        _fill(net, desk, depth, too_small)
    else:
        _empty(net, desk, depth, _worst(net, desk, True))


@inner
def _sort(desk: Desk, depth: int) -> None:
    """Sort the moves to try by their metres: good repairs come early and cut others short."""
    what, where, price_m = desk.what[depth], desk.where[depth], desk.price_m[depth]
    for i in range(1, desk.listed[depth]):
        one, to, metres = what[i], where[i], price_m[i]
        j = i
        while j > 0 and price_m[j - 1] > metres:
            what[j], where[j], price_m[j] = what[j - 1], where[j - 1], price_m[j - 1]
            j -= 1
        what[j], where[j], price_m[j] = one, to, metres


@inner
def _enter(net: Net, desk: Desk, depth: int, moves: int) -> None:
    """Judge a node: keep it where it is a repair, else list the moves to try."""
    desk.at[depth] = desk.listed[depth] = 0
    desk.steps[0] += 1
    if desk.steps[0] >= desk.steps[1]:
        return
    over, under = breaches(net, desk)
    left = moves - depth
    if max(over, under) > left:
        return
    if desk.cost_m[0] + metres_left(net, desk, over, under) >= desk.best_m[0] - SAME_M:
        return
    desk.now[OVER], desk.now[UNDER], desk.now[LEFT] = over, under, left
    _find_torn(net, desk)
    if over == 0 and under == 0 and desk.now[TORN] < 0:
        _keep(net, desk)
    elif left > 0 and fewest_moves(net, desk, over, under) <= left:
        _list_moves(net, desk, depth)
        _sort(desk, depth)


@compiled
def search_moves(net: Net, desk: Desk, moves: int) -> bool:
    """Find the repair of at most so many moves that costs the fewest metres, where fewer moves make none.

    Every node of the search has a fault that any repair must mend: a 邻 with too many homes, with too few, or in
    pieces. Some move among a few must then be part of it; each is tried in turn, and is shut for the branches
    after it, so that no set of moves is met twice and none is missed.

    Returns
    -------
    False where the steps allowed ended before the search: what is in ``best_here`` may then not be the best.
    """
    depth = 0
    _enter(net, desk, 0, moves)
    while depth >= 0:
        i = desk.at[depth]
        if i == desk.listed[depth]:
            for j in range(i):
                desk.shut[desk.what[depth, j], desk.where[depth, j]] -= 1
            depth -= 1
            if depth >= 0:
                i = desk.at[depth]
                put_back(net, desk, desk.what[depth, i], desk.where[depth, i])
                desk.shut[desk.what[depth, i], desk.where[depth, i]] += 1
                desk.at[depth] += 1
            continue
        put(net, desk, desk.what[depth, i], desk.where[depth, i])
        depth += 1
        _enter(net, desk, depth, moves)
    return bool(desk.steps[0] < desk.steps[1])
