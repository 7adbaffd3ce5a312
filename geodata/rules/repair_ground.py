from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.rules.graph import renumber, unique_pairs
from geodata.rules.kernels import Floats, Ints
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.repair_net import Bools, Desk, Net

MOST_LIN = 60
"""邻 of one 组 that a repair looks at, nearest first: as many as fit into the bits of a number."""


@dataclass(frozen=True)
class RepairGround:
    """The homes around a 邻 that breaks a rule, and who answers for them: at least those of its 组.

    Parameters
    ----------
    xy
        (n, 2) homes, metres in the county's own zone.
    lin_of_home
        (n,) the 邻 of each home, 0 .. k - 1.
    zu_of_lin
        (k,) the 组 of each 邻.
    edges
        (e, 2) homes whose ground lies side by side; homes on one point are each other's neighbours.
    chief_xy
        (k, 2) metres: the home of each 邻's chief; the centre of the 邻's homes where there is none.
    locked
        (k,) True for 邻 that neither lose nor gain homes.
    stack_rank
        (n,) place of a home among those on its point; see `stack_ranks`.
    chief_home
        (k,) the chief's own home, -1 where there is none or where the chief lives elsewhere; it stays in its 邻 unless
        the 邻 is dissolved. None: no chief's home is known.
    """

    xy: NDArray[np.float64]
    lin_of_home: NDArray[np.integer]
    zu_of_lin: NDArray[np.integer]
    edges: NDArray[np.integer]
    chief_xy: NDArray[np.float64]
    locked: NDArray[np.bool_]
    stack_rank: NDArray[np.integer]
    chief_home: NDArray[np.integer] | None = None


@dataclass(frozen=True)
class Local:
    """The 组 of a broken 邻 as the search sees it: bunches of homes that nothing tells apart.

    ``lins`` (t,) the 邻 looked at, the broken one first; ``homes`` of each bunch in stack order; ``is_all`` False
    where 邻 of the 组 more than ``radius`` borders away were left out, which no repair of at most so many homes
    touches; ``chiefs`` (g,) True for a chief's own home. ``net`` allows everything but a new 邻.
    """

    lins: Ints
    homes: list[Ints]
    radius: int
    is_all: bool
    chiefs: Bools
    net: Net


def check_ground(ground: RepairGround, lin: int) -> None:
    """Refuse arrays that do not fit each other (``repair.wrong_length``) and a 邻 that is not there
    (``repair.not_found``).
    """
    n, k = len(ground.lin_of_home), len(ground.zu_of_lin)
    rows = {
        "xy": (len(ground.xy), n),
        "stack_rank": (len(ground.stack_rank), n),
        "chief_xy": (len(ground.chief_xy), k),
        "locked": (len(ground.locked), k),
        "chief_home": (k if ground.chief_home is None else len(ground.chief_home), k),
    }
    for what, (found, wanted) in rows.items():
        if found != wanted:
            raise Problem("repair.wrong_length", what=what, rows=found, wanted=wanted)
    if not 0 <= lin < k:
        raise Problem("repair.not_found", lin=int(lin))


def local_ground(ground: RepairGround, lin: int, profile: Profile) -> Local:
    """Gather the homes that a repair of a 邻 may move: those of its 组, but not of locked 邻."""
    lin_of_home = np.asarray(ground.lin_of_home, dtype=np.int64)
    edges = np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)
    lins, radius, is_all = _lins_near(ground, lin_of_home, edges, lin)
    name = np.full(len(ground.zu_of_lin) + 1, -1, np.int64)
    name[lins] = np.arange(len(lins))
    label = name[lin_of_home]
    homes = np.flatnonzero(label >= 0)
    place = np.full(len(label), -1, np.int64)
    place[homes] = np.arange(len(homes))
    inside = place[edges]
    inside = inside[(inside >= 0).all(axis=1) & (inside[:, 0] != inside[:, 1])]
    pairs = unique_pairs(np.vstack([inside, inside[:, ::-1]]), len(homes))[0]
    xy = np.asarray(ground.xy, dtype=np.float64)[homes]
    chiefs = np.zeros(len(label) + 1, bool)
    if ground.chief_home is not None:
        chiefs[np.asarray(ground.chief_home, dtype=np.int64)[lins]] = True  # -1 falls on the spare last place
    bunch = _bunches(xy, label[homes], pairs, chiefs[homes])
    members = [homes[bunch == i] for i in range(int(bunch.max()) + 1)]
    members = [m[np.argsort(np.asarray(ground.stack_rank)[m], kind="stable")] for m in members]
    first = np.array([m[0] for m in members])
    sizes = np.array([len(m) for m in members])
    near = unique_pairs(bunch[pairs], len(members))[0]
    net = _net(
        label[first], sizes, near[near[:, 0] != near[:, 1]], np.asarray(ground.xy, dtype=np.float64)[first],
        np.asarray(ground.chief_xy, dtype=np.float64)[lins], profile,
    )  # fmt: skip
    return Local(lins, members, radius, is_all, chiefs[first], net)


def _lins_near(ground: RepairGround, label: Ints, edges: Ints, lin: int) -> tuple[Ints, int, bool]:
    """Return the 邻 that may take part, nearest first, how far they reach, and whether they are all."""
    zu = np.asarray(ground.zu_of_lin)
    fit = (zu == zu[lin]) & ~np.asarray(ground.locked, dtype=bool)
    ends = label[edges]
    ends = ends[fit[ends].all(axis=1)]
    out, layer = [lin], [lin]
    radius = 0
    while layer:
        beside = np.unique(ends[np.isin(ends, layer).any(axis=1)])
        layer = [int(one) for one in beside if one not in out]
        if len(out) + len(layer) > MOST_LIN:
            return np.array(out, dtype=np.int64), radius, False
        out += layer
        radius += 1
    return np.array(out, dtype=np.int64), radius, True


def _bunches(xy: Floats, label: Ints, pairs: Ints, is_chief: Bools) -> Ints:
    """Number the homes so that those have one number which share 邻, point and neighbours; a chief's is alone."""
    n = len(label)
    count = np.bincount(pairs[:, 0], minlength=n)
    first = np.append(0, np.cumsum(count))
    keys: dict[tuple[float, float, int, bytes, int], int] = {}
    out = np.empty(n, np.int64)
    for i in range(n):
        closed = np.sort(np.append(pairs[first[i] : first[i + 1], 1], i)).tobytes()
        key = (float(xy[i, 0]), float(xy[i, 1]), int(label[i]), closed, i if is_chief[i] else -1)
        out[i] = keys.setdefault(key, len(keys))
    return renumber(out)


def _net(own: Ints, sizes: Ints, near: Ints, xy: Floats, chief_xy: Floats, profile: Profile) -> Net:
    """Lay bunches out for the search, with everything allowed but a new 邻."""
    g, t = len(own), len(chief_xy)
    far_m = np.zeros((g, t + 1))
    far_m[:, :t] = np.sqrt(((xy[:, None] - chief_xy[None]) ** 2).sum(axis=2))
    apart_m = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    allow = np.ones((t + 1, t + 1), bool)
    allow[:, t] = False
    must = np.zeros(t + 1, bool)
    must[0] = True
    graph = csr_array((np.ones(len(near), np.int8), (near[:, 0], near[:, 1])), shape=(g, g))
    net = Net(
        own=own, loose=sizes.astype(np.int64), indptr=graph.indptr.astype(np.int64),
        indices=graph.indices.astype(np.int64), far_m=far_m, apart_m=apart_m,
        by_apart=np.argsort(apart_m, axis=1, kind="stable"), out_m=np.zeros(g), by_out=np.zeros(g, np.int64),
        by_far=np.ascontiguousarray(np.argsort(far_m, axis=0, kind="stable").T), allow=allow,
        low=np.full(t + 1, profile.lin_homes_min), high=np.full(t + 1, profile.lin_homes_max), must=must,
    )  # fmt: skip
    return with_allowed(net, allow)


def with_allowed(net: Net, allow: Bools) -> Net:
    """Return a net in which homes go only from one 邻 to another where ``allow`` says so."""
    reach_m = np.where(allow[net.own], net.far_m, np.inf)
    reach_m[np.arange(len(net.own)), net.own] = np.inf
    out_m = reach_m.min(axis=1)
    return net._replace(allow=allow, out_m=out_m, by_out=np.argsort(out_m, kind="stable"))


def restricted(local: Local, allow: Bools, *, new: bool = False, dissolve: bool = False) -> Net:
    """Return the net of one kind of repair: what may move, whether a 邻 is made and whether the broken one goes."""
    low, high, must = local.net.low.copy(), local.net.high.copy(), local.net.must.copy()
    must[-1] = new
    if dissolve:
        low[0] = high[0] = 0
    loose = np.where(local.chiefs & ~(dissolve & (local.net.own == 0)), 0, local.net.loose)
    return with_allowed(local.net._replace(low=low, high=high, must=must, loose=loose), allow)


def make_desk(local: Local, net: Net, moves: int, steps: int) -> Desk:
    """Return room for a search of at most so many moves and steps, with no home moved yet."""
    g, t = net.far_m.shape
    sizes = np.array([len(homes) for homes in local.homes])
    here = np.zeros((g, t), np.int64)
    here[np.arange(g), net.own] = sizes
    size = here.sum(axis=0)
    ints = np.zeros((5, g), np.int64)
    lists = np.zeros((2, moves + 1, g * t), np.int64)
    return Desk(
        here=here, bits=1 << net.own, free=net.loose.copy(), shut=np.zeros((g, t), np.int64), size=size,
        kept=size.copy(), moved=np.zeros(t, np.int64), cost_m=np.zeros(1), seen=ints[0], queue=ints[1], piece=ints[2],
        piece_homes=ints[3], need=np.zeros(t, np.int64), reach=np.zeros(t, np.int64), link=np.zeros(t, np.int64),
        now=np.zeros(5, np.int64), what=lists[0], where=lists[1], price_m=np.zeros((moves + 1, g * t)),
        listed=np.zeros(moves + 1, np.int64), at=np.zeros(moves + 1, np.int64), best_here=here.copy(),
        best_m=np.full(1, np.inf), steps=np.array([0, steps]),
    )  # fmt: skip


def homes_moved(ground: RepairGround, local: Local, here: Ints) -> list[tuple[int, int, int]]:
    """Name the homes of a repair: (home, from, to), each 邻 by its index, a new one by the number of 邻.

    Of homes on one point that nothing else tells apart, those nearest in the stack to the 邻 that takes them go.
    """
    k = len(ground.zu_of_lin)
    name = np.append(local.lins, k)
    out = []
    for bunch, homes in enumerate(local.homes):
        own = int(local.net.own[bunch])
        gains = [to for to in np.flatnonzero(here[bunch]) if to != own]
        sides = sorted((_side(ground, homes, int(name[to])), int(to)) for to in gains)
        below, above = 0, len(homes)
        for side, to in sides:
            if side < 0:
                taken, below = homes[below : below + here[bunch, to]], below + int(here[bunch, to])
                out += [(int(home), int(name[own]), int(name[to])) for home in taken]
        for side, to in reversed(sides):
            if side >= 0:
                taken, above = homes[above - here[bunch, to] : above], above - int(here[bunch, to])
                out += [(int(home), int(name[own]), int(name[to])) for home in taken]
    return sorted(out)


def _side(ground: RepairGround, homes: Ints, lin: int) -> float:
    """Return how far above these homes of a stack those of another 邻 live on the same point; 0 where none do."""
    same = (ground.xy == ground.xy[homes[0]]).all(axis=1) & (ground.lin_of_home == lin)
    rank = np.asarray(ground.stack_rank)
    return float(rank[same].mean() - rank[homes].mean()) if same.any() else 0.0
