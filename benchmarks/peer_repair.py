"""The exact peer of repairs: a mixed integer programme, solved by HiGHS twice, with connectivity as lazy cuts.

It shares nothing with the house's search but the definition of a repair.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.rules.profile import Profile
from geodata.rules.repair import RepairGround

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass
class Model:
    """Columns: homes by 邻 (n, k + 1), the homes of a new 邻 by its middle (n, n), middles (n,), 邻 touched (k,), and
    one root for each old 邻 among its homes (n,), from which it is connected.

    A row is ``low <= coefficients @ columns <= high``.
    """

    n: int
    k: int
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.n * (self.k + 1) + self.n * self.n + self.n + self.k + self.n

    def x(self, home: int, lin: int) -> int:
        """Return the column that is 1 where a home is of a 邻."""
        return home * (self.k + 1) + lin

    def z(self, home: int, middle: int) -> int:
        """Return the column that is 1 where a home belongs to a new 邻 with that middle."""
        return self.n * (self.k + 1) + home * self.n + middle

    def y(self, middle: int) -> int:
        """Return the column that is 1 where a home is the middle of the new 邻."""
        return self.n * (self.k + 1) + self.n * self.n + middle

    def t(self, lin: int) -> int:
        """Return the column that is 1 where a 邻 loses or gains homes."""
        return self.n * (self.k + 1) + self.n * self.n + self.n + lin

    def w(self, home: int) -> int:
        """Return the column that is 1 where a home is the root of the 邻 it was of and still is."""
        return self.t(self.k) + home

    def add(self, columns: list[int], values: list[float], low: float, high: float) -> None:
        """Add a row."""
        self.rows.append((columns, values, low, high))

    def matrix(self) -> LinearConstraint:
        """Return the rows as the solver takes them."""
        row = np.repeat(np.arange(len(self.rows)), [len(r[0]) for r in self.rows])
        column = np.concatenate([r[0] for r in self.rows])
        value = np.concatenate([r[1] for r in self.rows])
        whole = coo_array((value, (row, column)), shape=(len(self.rows), self.columns)).tocsr()
        return LinearConstraint(whole, [r[2] for r in self.rows], [r[3] for r in self.rows])


@dataclass(frozen=True)
class Answer:
    """The price of the best repair; ``moves`` -1 where there is none."""

    moves: int
    metres: float


def solve(ground: RepairGround, lin: int, profile: Profile) -> Answer:
    """Return the best price over the kinds of repair: with the 邻 there are, with a new one, with one dissolved."""
    homes = int((ground.lin_of_home == lin).sum())
    best = Answer(-1, np.inf)
    for kind in ("dissolve" if homes < profile.lin_homes_min else "new", "keep"):
        found = _solve_kind(ground, lin, profile, kind, best.moves if best.moves >= 0 else len(ground.xy))
        if found.moves >= 0 and (best.moves < 0 or (found.moves, found.metres) < (best.moves, best.metres)):
            best = found
    return best


def _solve_kind(ground: RepairGround, lin: int, profile: Profile, kind: str, most: int) -> Answer:
    """Return the best price of one kind that moves at most so many homes."""
    old = np.asarray(ground.lin_of_home)
    n, k = len(old), len(ground.zu_of_lin)
    model = Model(n, k)
    upper = _build(model, ground, lin, profile, kind)
    moves = np.zeros(model.columns)
    metres = np.zeros(model.columns)
    far = np.sqrt(((ground.xy[:, None] - ground.chief_xy[None]) ** 2).sum(axis=2))
    apart = np.sqrt(((ground.xy[:, None] - ground.xy[None]) ** 2).sum(axis=2))
    for home in range(n):
        for to in range(k + 1):
            if to != old[home]:
                moves[model.x(home, to)] = 1.0
                metres[model.x(home, to)] = far[home, to] if to < k else 0.0
        for middle in range(n):
            metres[model.z(home, middle)] = apart[home, middle]
    moved = np.flatnonzero(moves)
    model.add(moved.tolist(), [1.0] * len(moved), 0, most)
    if kind == "new":
        _build_middle(model, profile.lin_homes_max)
    # Half a home at most for all metres there can be: the fewest homes stay the fewest, few answers lie in pieces.
    guided = moves + metres * (0.5 / (len(old) * max(float(far.max()), float(apart.max()), 1.0)))
    first = _solve_lazily(model, ground, guided, upper)
    if first is None:
        return Answer(-1, np.inf)
    fewest = round(float(moves @ np.round(first)))
    model.add(moved.tolist(), [1.0] * len(moved), fewest, fewest)
    second = _solve_lazily(model, ground, metres, upper)
    assert second is not None, "the first answer is one"
    return Answer(fewest, float(metres @ np.round(second)))


def _build(model: Model, ground: RepairGround, lin: int, profile: Profile, kind: str) -> Floats:
    """Write the rules as rows; return the columns' upper bounds (0 for what may not be)."""
    n, k = model.n, model.k
    upper = np.ones(model.columns)
    for home in range(n):
        _build_home(model, ground, lin, home, upper)
    for to in range(k):
        if to == lin and kind == "dissolve":
            upper[[model.x(home, to) for home in range(n)]] = 0.0
        else:
            _build_lin(model, ground, profile, to, to == lin)
    if kind == "new":
        model.add([model.x(home, k) for home in range(n)], [1.0] * n, profile.lin_homes_min, profile.lin_homes_max)
    else:
        upper[[model.x(home, k) for home in range(n)]] = 0.0
        upper[model.z(0, 0) : model.t(0)] = 0.0
    _build_beside(model, ground, lin, profile.lin_homes_min, kind)
    return upper


def _build_home(model: Model, ground: RepairGround, lin: int, home: int, upper: Floats) -> None:
    """Write that a home is of one 邻, that its move touches two, and what is locked."""
    old = int(ground.lin_of_home[home])
    model.add([model.x(home, to) for to in range(model.k + 1)], [1.0] * (model.k + 1), 1, 1)
    for to in range(model.k + 1):
        if to < model.k and to != lin:
            sign = -1.0 if to == old else 1.0  # a home that comes or goes touches the 邻
            model.add([model.t(to), model.x(home, to)], [1.0, -sign], 1.0 if to == old else 0.0, 2.0)
        if to != old and (ground.locked[old] or (to < model.k and ground.locked[to])):
            upper[model.x(home, to)] = 0.0


def _build_lin(model: Model, ground: RepairGround, profile: Profile, to: int, is_broken: bool) -> None:
    """Write the bounds of a 邻, in force for others than the broken one where they are touched, and who stays."""
    low, high, n = profile.lin_homes_min, profile.lin_homes_max, model.n
    assert ground.chief_home is not None
    all_homes = [model.x(home, to) for home in range(n)]
    own = [model.x(int(home), to) for home in np.flatnonzero(ground.lin_of_home == to)]
    model.add([model.w(int(home)) for home in np.flatnonzero(ground.lin_of_home == to)], [1.0] * len(own), 1, 1)
    for home in np.flatnonzero(ground.lin_of_home == to):
        model.add([model.w(int(home)), model.x(int(home), to)], [1.0, -1.0], -np.inf, 0)
    if ground.chief_home[to] >= 0:
        model.add([model.w(int(ground.chief_home[to]))], [1.0], 1, 1)
    if is_broken:
        model.add(all_homes, [1.0] * n, low, high)
        model.add([model.t(to)], [1.0], 1, 1)
    else:
        model.add([*all_homes, model.t(to)], [1.0] * n + [-float(low)], 0, np.inf)
        model.add([*all_homes, model.t(to)], [1.0] * n + [float(n)], -np.inf, high + n)


def _build_beside(model: Model, ground: RepairGround, lin: int, low: int, kind: str) -> None:
    """Write what follows from connectivity for single homes, so that fewer lazy cuts are wanted: a home of a 邻 of two
    homes or more has a neighbour there.
    """
    beside: list[list[int]] = [[] for _ in range(model.n)]
    for a, b in np.asarray(ground.edges):
        beside[a].append(int(b))
        beside[b].append(int(a))
    for home, old in enumerate(ground.lin_of_home):
        for to in range(model.k + (kind == "new")):
            columns = [model.x(home, to)] + [model.x(other, to) for other in beside[home]]
            values = [1.0] + [-1.0] * len(beside[home])
            if low > 1 and (to != old or to == lin):
                model.add(columns, values, -np.inf, 0)
            elif low > 1:
                model.add([*columns, model.t(to)], [*values, 1.0], -np.inf, 1)


def _build_middle(model: Model, high: int) -> None:
    """Write that a new 邻 has one middle among its homes, to which all belong; the middles of homes need not be whole
    numbers, since with one middle and whole homes they are.
    """
    n, k = model.n, model.k
    model.add([model.y(home) for home in range(n)], [1.0] * n, 1, 1)
    for home in range(n):
        middles = [model.z(home, middle) for middle in range(n)]
        model.add([*middles, model.x(home, k)], [1.0] * n + [-1.0], 0, 0)
        model.add([model.x(home, k), model.y(home)], [1.0, -1.0], 0, 1)
    for middle in range(n):
        members = [model.z(home, middle) for home in range(n)]
        model.add([*members, model.y(middle)], [1.0] * n + [-float(high)], -np.inf, 0)
        for home in range(n):
            model.add([model.z(home, middle), model.y(middle)], [1.0, -1.0], -np.inf, 0)


def _solve_lazily(model: Model, ground: RepairGround, cost: Floats, upper: Floats) -> Floats | None:
    """Solve, cut off what lies in pieces, and solve again; None where nothing is left."""
    whole = np.ones(model.columns)
    whole[model.z(0, 0) : model.y(0)] = 0.0
    while True:
        answer = milp(
            cost, constraints=model.matrix(), integrality=whole, bounds=Bounds(0, upper), options={"mip_rel_gap": 0.0}
        )
        if answer.x is None:
            assert answer.status == 2, answer.message
            return None
        if not _cut_pieces(model, ground, np.round(answer.x)):
            return np.asarray(answer.x)


def _cut_pieces(model: Model, ground: RepairGround, columns: Floats) -> bool:
    """Add rows for every 邻 that is touched and in pieces: of a piece without the root no home is of the 邻, unless one
    of the homes some steps around the piece is, or the root is nearer.
    """
    label = columns[: model.n * (model.k + 1)].reshape(model.n, model.k + 1).argmax(axis=1)
    old, edges = np.asarray(ground.lin_of_home), np.asarray(ground.edges)
    touched = np.unique(np.concatenate([label[label != old], old[label != old]]))
    same = edges[label[edges[:, 0]] == label[edges[:, 1]]]
    graph = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(model.n, model.n))
    _, piece = connected_components(graph, directed=False)
    is_cut = False
    for lin in touched:
        names = np.unique(piece[label == lin])
        for name in names if len(names) > 1 else []:
            _cut_around(model, edges, old, piece == name, (label == lin) & (piece != name), int(lin))
            is_cut = True
    return is_cut


def _cut_around(
    model: Model, edges: NDArray[np.integer], old: NDArray[np.integer], piece: Bools, rest: Bools, lin: int
) -> None:
    """Write one row for each home of a piece and each ring of homes about it, as far as the rest of the 邻."""
    inside = piece.copy()
    while True:
        near = np.unique(edges[inside[edges].any(axis=1)])
        ring = near[~inside[near]]
        own = np.flatnonzero(inside) if lin == model.k else np.flatnonzero(inside & (old == lin))
        roots = [model.y(int(i)) if lin == model.k else model.w(int(i)) for i in own]
        for one in np.flatnonzero(piece):
            _forbid(model, model.x(int(one), lin), [*(model.x(int(i), lin) for i in ring), *roots], lin)
        inside[ring] = True
        if len(ring) == 0 or rest[ring].any():
            return


def _forbid(model: Model, one: int, others: list[int], lin: int) -> None:
    """Write that one column is 0 where all the others are; a 邻 that is not touched may lie as it lies."""
    columns, values = [one, *others], [1.0] + [-1.0] * len(others)
    if lin < model.k:
        columns.append(model.t(lin))
        values.append(1.0)
    model.add(columns, values, -np.inf, 1.0 if lin < model.k else 0.0)
