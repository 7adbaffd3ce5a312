from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from geodata.rules.graph import count_pieces
from geodata.rules.kernels import Ints
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.repair_ground import (
    Local,
    RepairGround,
    check_ground,
    homes_moved,
    local_ground,
    make_desk,
    restricted,
    with_allowed,
)
from geodata.rules.repair_net import Bools, Net
from geodata.rules.repair_search import search_moves

Kind = Literal["give", "take", "swap", "chain", "split", "dissolve"]

MORE_MOVES = 6
"""How many homes more than the faults themselves a repair may move; beyond that a 组 is better redrafted."""

MORE_CHOICES = 3
"""How many homes more than the best repair another choice may move: no cadre would take a dearer one."""

STEPS, CHOICE_STEPS = 60_000, 6_000
"""Steps of the search, of some microseconds each, for the best repair and for each other choice."""


@dataclass(frozen=True)
class Repair:
    """One way to bring a 邻 back within the rules, and its price.

    Parameters
    ----------
    kind
        ``give``: the broken 邻 gives homes to others; ``take``: it gains some; ``swap``: both; ``chain``: homes also
        move between other 邻; ``split``: a new 邻 is made; ``dissolve``: the broken 邻's homes all go to others.
    moves
        (home, from, to), ordered by home; ``to`` is k, the number of 邻, for a new one.
    homes_moved
        How many homes lose their chief: those whose 邻 changes. In a split they are the homes of the new 邻 (the part
        that keeps the chief is the larger one where nothing but the number decides), in a 邻 dissolved all of them.
    distance_m
        Metres, as the crow flies, of these homes to the chief they now answer to; in a new 邻 to that of its homes
        from which the others are nearest in all, since its chief is chosen among them.
    lins
        The 邻 that lose or gain homes, ascending; k for a new one.
    sizes_after
        Homes of each of ``lins`` afterwards.
    optimal
        True where no repair of this kind moves fewer homes, or as many over fewer metres; of the first of a list,
        none of any kind. False where the search ended before it was sure.
    """

    kind: Kind
    moves: tuple[tuple[int, int, int], ...]
    homes_moved: int
    distance_m: float
    lins: tuple[int, ...]
    sizes_after: tuple[int, ...]
    optimal: bool = True


@dataclass
class _Quest:
    """One kind of repair that is being sought, with one more move each time."""

    net: Net
    steps: int
    is_sure: bool = True
    is_spent: bool = False
    here: Ints | None = None
    metres: float = np.inf
    moves: int = 0

    def is_open(self) -> bool:
        return self.here is None and not self.is_spent

    def seek(self, local: Local, moves: int) -> None:
        """Seek a repair of so many moves, knowing that fewer make none."""
        desk = make_desk(local, self.net, moves, self.steps)
        self.is_spent = not search_moves(self.net, desk, moves)
        self.is_sure &= not self.is_spent and (local.is_all or moves <= local.radius)
        self.steps -= int(desk.steps[0])
        if np.isfinite(desk.best_m[0]):
            self.here, self.metres, self.moves = desk.best_here, float(desk.best_m[0]), moves


def repairs(ground: RepairGround, lin: int, profile: Profile, most: int = 5) -> list[Repair]:
    """Propose the repairs of a broken 邻 that move the fewest homes away from their chief, then over the fewest metres.

    A repair is a new assignment of homes after which the broken 邻 and all that lose or gain homes have
    ``profile.lin_homes_min`` .. ``lin_homes_max`` homes and lie in one piece on ``ground.edges``. Homes stay in their
    组; locked 邻 are not touched; every 邻 keeps its chief's home and at least one home. A 邻 with too many homes, or
    in pieces, may be split (one new 邻); one with too few may be dissolved.

    Returns
    -------
    At most ``most``, best first, by ``homes_moved`` and ``distance_m``; no two of the same kind and the same 邻. The
    first is the best of all repairs, each other one the best of its kind among the 邻 that it touches or avoids.

    Raises
    ------
    Problem
        ``repair.not_broken`` (homes); ``repair.locked``; ``repair.no_room`` (homes, room) where the 组 cannot hold its
        homes within the bounds; ``repair.too_few_homes`` (homes, low) where it has none to fill the 邻;
        ``repair.none`` (moves) where there is no repair of at most so many homes; ``repair.unsettled`` where the
        search ended before it found one; ``repair.not_found`` (lin) and ``repair.wrong_length`` (what, rows, wanted)
        for a call that does not fit.
    """
    check_ground(ground, lin)
    fault = _fault(ground, lin, profile)
    local = local_ground(ground, lin, profile)
    quests = _main_quests(local, profile, fault)
    moves = _seek_first(local, quests, fault)
    if not any(quest.here is not None for quest in quests):
        raise _none_found(local, quests, fault, moves)
    is_settled = all(quest.is_sure for quest in quests)
    found = [quest for quest in quests if quest.here is not None]
    for net in _choices(local, quests, fault):
        quest = _Quest(net, CHOICE_STEPS)
        for more in range(moves, moves + MORE_CHOICES + 1):
            if quest.is_open():
                quest.seek(local, more)
        found += [quest] if quest.here is not None else []
    return _ranked([_repair(ground, local, quest) for quest in found], is_settled, most)


def ready() -> None:
    """Compile the search on three homes, so that whoever asks first for a repair does not wait ten seconds for that."""
    row = np.arange(3)
    ground = RepairGround(
        xy=np.column_stack([row, row]).astype(np.float64),
        lin_of_home=np.array([0, 0, 1]),
        zu_of_lin=np.zeros(2, np.int64),
        edges=np.column_stack([row[:2], row[1:]]),
        chief_xy=np.array([[0.0, 0.0], [2.0, 2.0]]),
        locked=np.zeros(2, np.bool_),
        stack_rank=np.zeros(3, np.int64),
    )
    repairs(ground, 0, Profile(lin_homes_min=1, lin_homes_max=1))


def _fault(ground: RepairGround, lin: int, profile: Profile) -> int:
    """Return by how many homes a 邻 is too large (or, below 0, too small); 0 where it only lies in pieces."""
    label = np.asarray(ground.lin_of_home, dtype=np.int64)
    homes = int((label == lin).sum())
    if ground.locked[lin]:
        raise Problem("repair.locked")
    fault = max(homes - profile.lin_homes_max, 0) + min(homes - profile.lin_homes_min, 0)
    edges = np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)
    if homes == 0 or (fault == 0 and count_pieces(label, edges, len(ground.zu_of_lin))[lin] == 1):
        raise Problem("repair.not_broken", homes=homes)
    return fault


def _main_quests(local: Local, profile: Profile, fault: int) -> list[_Quest]:
    """Return the kinds of repair that make up all of them: with the 邻 that are there, and with one more or less."""
    allow = local.net.allow
    quests = [_Quest(restricted(local, allow), STEPS)]
    if fault < 0:
        return [*quests, _Quest(restricted(local, _but(allow, to=0), dissolve=True), STEPS)]
    with_new = allow.copy()
    with_new[:-1, -1] = True
    return [*quests, _Quest(restricted(local, with_new, new=True), STEPS)]


def _but(allow: Bools, to: int) -> Bools:
    """Return what is allowed without what goes to or comes from one 邻 (0: only without what goes to it)."""
    out = allow.copy()
    out[:, to] = False
    if to > 0:
        out[to, :] = False
    return out


def _most_moves(local: Local, fault: int) -> int:
    return MORE_MOVES + max(abs(fault), int(local.net.low[0]))


def _seek_first(local: Local, quests: list[_Quest], fault: int) -> int:
    """Seek the best repair with one move more each time; return how many moves it takes, or how many were tried."""
    moves = 0
    while moves < _most_moves(local, fault) and any(quest.is_open() for quest in quests):
        moves += 1
        for quest in quests:
            if quest.is_open():
                quest.seek(local, moves)
        if any(quest.here is not None for quest in quests):
            break
    return moves


def _none_found(local: Local, quests: list[_Quest], fault: int, moves: int) -> Problem:
    homes = sum(len(bunch) for bunch in local.homes)
    low, high, lins = int(local.net.low[0]), int(local.net.high[0]), len(local.lins)
    if fault > 0 and local.is_all and homes > high * (lins + 1):
        return Problem("repair.no_room", homes=homes, room=high * (lins + 1))
    if fault < 0 and local.is_all and homes < low:
        return Problem("repair.too_few_homes", homes=homes, low=low)
    return Problem("repair.none", moves=moves) if all(q.is_sure for q in quests) else Problem("repair.unsettled")


def _choices(local: Local, quests: list[_Quest], fault: int) -> Iterator[Net]:
    """Yield the nets of the other choices: with one 邻 alone, with none but neighbours, without each that the best
    one touches, and the kind of repair that came second.
    """
    allow = local.net.allow
    t = len(local.lins)
    none = np.zeros_like(allow)
    for other in range(1, t):
        pair = none.copy()
        pair[0, other] = pair[other, 0] = True
        if 2 * local.net.low[0] <= _homes_of(local, (0, other)) <= 2 * local.net.high[0]:
            yield restricted(local, pair)
    star = none.copy()
    star[0, 1:t] = star[1:t, 0] = True
    yield restricted(local, star)
    if fault >= 0:
        own = none.copy()
        own[0, t] = True
        yield restricted(local, own, new=True)
    for quest in quests:
        if quest.here is None:
            yield quest.net
            continue
        for other in _touched(local, quest.here)[1:]:
            if other < t:
                yield with_allowed(quest.net, _but(quest.net.allow, to=other))


def _homes_of(local: Local, lins: tuple[int, ...]) -> int:
    return sum(len(homes) for homes, own in zip(local.homes, local.net.own, strict=True) if own in lins)


def _touched(local: Local, here: Ints) -> list[int]:
    """Return the 邻 that homes came to or left, as the search numbers them."""
    g = np.arange(len(here))
    went = here.copy()
    went[g, local.net.own] = 0
    froms = local.net.own[went.sum(axis=1) > 0]
    return sorted({int(i) for i in froms} | {int(i) for i in np.flatnonzero(went.sum(axis=0))})


def _repair(ground: RepairGround, local: Local, quest: _Quest) -> Repair:
    """Turn what a search found into a repair."""
    assert quest.here is not None
    moves = homes_moved(ground, local, quest.here)
    k = len(ground.zu_of_lin)
    sizes = np.bincount(ground.lin_of_home, minlength=k + 1)
    for _, own, to in moves:
        sizes[own] -= 1
        sizes[to] += 1
    lins = tuple(sorted({lin for _, own, to in moves for lin in (own, to)}))
    kind = _kind(int(local.lins[0]), k, moves, int(sizes[local.lins[0]]))
    after = tuple(int(sizes[lin]) for lin in lins)
    return Repair(kind, tuple(moves), len(moves), quest.metres, lins, after, quest.is_sure)


def _kind(lin: int, k: int, moves: list[tuple[int, int, int]], homes_after: int) -> Kind:
    if homes_after == 0:
        return "dissolve"
    if any(to == k for _, _, to in moves):
        return "split"
    if any(lin not in (own, to) for _, own, to in moves):
        return "chain"
    gives, takes = any(own == lin for _, own, _ in moves), any(to == lin for _, _, to in moves)
    if gives and takes:
        return "swap"
    return "give" if gives else "take"


def _ranked(found: list[Repair], is_settled: bool, most: int) -> list[Repair]:
    """Order repairs by price and keep the best of each kind and 邻; the first is only sure where all kinds are."""
    found.sort(key=lambda r: (r.homes_moved, round(r.distance_m, 6), r.kind, r.lins))
    out: dict[tuple[str, tuple[int, ...]], Repair] = {}
    for repair in found:
        out.setdefault((repair.kind, repair.lins), repair)
    best, *others = out.values()
    return [replace(best, optimal=best.optimal and is_settled), *others][:most]
