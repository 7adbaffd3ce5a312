"""500 邻 that break the rule of 5 to 15 homes: drafted by the house on invented villages, then homes came or went."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules import crs
from geodata.rules.cells import Cells, cut_cells
from geodata.rules.demo import DemoCounty, make_demo
from geodata.rules.drafting import draft_village
from geodata.rules.profile import Profile
from geodata.rules.repair import RepairGround
from geodata.rules.stacks import StackColumns, stack_ranks

PROFILE = Profile()
LOW, HIGH = PROFILE.lin_homes_min, PROFILE.lin_homes_max
VILLAGES = 20
KINDS = {
    "16th home": (16, "", 90), "4th home": (4, "", 90), "16th, neighbours full": (16, "beside", 60),
    "4th, neighbours at 5": (4, "beside", 60), "16th, a chain": (16, "chain", 40), "4th, a chain": (4, "chain", 40),
    "16th, all full": (16, "all", 25), "4th, all at 5": (4, "all", 25), "16th, one locked": (16, "locked", 20),
    "20 homes": (20, "", 15), "20, neighbours full": (20, "beside", 10), "2 homes": (2, "", 15),
    "2, neighbours at 5": (2, "beside", 10),
}  # fmt: skip
"""What is wrong, the homes of the broken 邻, what was done to the others, and how many cases."""


@dataclass(frozen=True)
class Case:
    """A broken 邻: its kind and number, its ground, and its own index."""

    kind: str
    name: str
    ground: RepairGround
    lin: int

    @property
    def key(self) -> str:
        """A fingerprint of the coordinates in centimetres, the 邻, the neighbours and what may not move."""
        g = self.ground
        cm = np.round(np.vstack([g.xy, g.chief_xy]) * 100.0).astype(np.int64)
        assert g.chief_home is not None
        rest = [g.lin_of_home, np.sort(g.edges, axis=None), g.locked, g.chief_home, [self.lin]]
        told = cm.tobytes() + b"".join(np.asarray(part, dtype=np.int64).tobytes() for part in rest)
        return hashlib.sha256(told).hexdigest()[:16]


class Homes:
    """The homes of one 组 while they come and go."""

    def __init__(self, xy: NDArray[np.float64], lin: NDArray[np.int64], rank: NDArray[np.int64]) -> None:
        self.xy = [(float(x), float(y)) for x, y in xy]
        self.lin = [int(i) for i in lin]
        self.rank = [int(i) for i in rank]
        self.beside: list[set[int]] = [set() for _ in self.lin]

    def of(self, lin: int) -> list[int]:
        """Return the homes of a 邻."""
        return [home for home, own in enumerate(self.lin) if own == lin]

    def lins_beside(self, lin: int) -> set[int]:
        """Return the 邻 that lie beside one."""
        return {self.lin[other] for home in self.of(lin) for other in self.beside[home]} - {lin, -1}

    def far_m(self, one: int, other: int) -> float:
        """Return the metres between two homes."""
        return float(np.hypot(self.xy[one][0] - self.xy[other][0], self.xy[one][1] - self.xy[other][1]))

    def add(self, lin: int, rng: np.random.Generator) -> None:
        """Build a home beside one of a 邻: a flat in the same stack, or a house next to it."""
        host = int(rng.choice(self.of(lin)))
        new = len(self.lin)
        mates = [home for home in self.beside[host] if self.xy[home] == self.xy[host]]
        near = sorted(self.beside[host], key=lambda home: (self.far_m(host, home), home))
        friends = {host, *(self.beside[host] if mates else near[:2])}
        step = (0.0, 0.0) if mates else rng.normal(0.0, 9.0, 2)
        self.xy.append((self.xy[host][0] + float(step[0]), self.xy[host][1] + float(step[1])))
        self.lin.append(lin)
        self.rank.append(1 + max(self.rank[home] for home in (host, *mates)) if mates else 0)
        self.beside.append(friends)
        for home in friends:
            self.beside[home].add(new)

    def remove(self, lin: int, rng: np.random.Generator) -> None:
        """Take a home of a 邻 away; the nearest neighbour, of the same 邻 first, has its ground from then on."""
        gone = int(rng.choice(self.of(lin)))
        order = sorted(self.beside[gone], key=lambda home: (self.lin[home] != lin, self.far_m(gone, home), home))
        for home in self.beside[gone]:
            self.beside[home].discard(gone)
            if home != order[0]:
                self.beside[home].add(order[0])
                self.beside[order[0]].add(home)
        self.beside[gone] = set()
        self.lin[gone] = -1

    def resize(self, lin: int, homes: int, rng: np.random.Generator) -> None:
        """Let homes come or go until a 邻 has so many."""
        while len(self.of(lin)) < homes:
            self.add(lin, rng)
        while len(self.of(lin)) > homes:
            self.remove(lin, rng)

    def ground(self, locked: set[int], rng: np.random.Generator) -> RepairGround:
        """Return the 组 as it stands: four 邻 of five have a chief among their homes."""
        kept = [home for home, lin in enumerate(self.lin) if lin >= 0]
        place = {home: i for i, home in enumerate(kept)}
        xy, lin = np.array([self.xy[home] for home in kept]), np.array([self.lin[home] for home in kept])
        k = int(lin.max()) + 1
        chief = np.array([int(rng.choice(np.flatnonzero(lin == i))) if rng.random() < 0.8 else -1 for i in range(k)])
        middle = np.array([xy[lin == i].mean(axis=0) for i in range(k)])
        edges = sorted((place[a], place[b]) for a in kept for b in self.beside[a] if a < b)
        return RepairGround(
            xy=xy, lin_of_home=lin, zu_of_lin=np.zeros(k, np.int64), edges=np.array(edges),
            locked=np.isin(range(k), list(locked)), chief_xy=np.where(chief[:, None] >= 0, xy[chief], middle),
            stack_rank=np.array([self.rank[h] for h in kept]), chief_home=chief,
        )  # fmt: skip


def drafted(made: DemoCounty, count: int) -> Iterator[Homes]:
    """Yield the 组 of the first and the last villages of a made county, as the house drafts them."""
    zone = crs.county_zone(111.85)
    villages = made.units[made.units["level"] == "village"]
    chosen = sorted({*range(count // 2), *range(len(villages) - count // 2, len(villages))})
    barriers = made.barriers[made.barriers["kind"] != "stream"]
    lines = [line for line in crs.shapes_to_xy(barriers.geometry.to_numpy(), zone) if line.length]
    for row in chosen:
        village = villages.iloc[row]
        rows = made.households[made.households["village"] == village["code"]]
        ll = np.column_stack([rows.geometry.x, rows.geometry.y])
        zu = np.unique(rows["zu"].to_numpy().astype(str), return_inverse=True)[1]
        shape = crs.shapes_to_xy(np.array([village.geometry], dtype=object), zone)[0]
        cells = cut_cells(shape, crs.to_xy(ll, zone), zu, None, lines)
        stack = StackColumns(*(rows[c].to_numpy() for c in ("building", "entrance", "floor", "room")))
        lin = draft_village(cells, stack, PROFILE, 1).lin_of_home
        ranks = stack_ranks(cells.site_of_home, stack.building, stack.entrance, stack.floor, stack.room)
        yield from _by_zu(cells, zu, lin, ranks)


def _by_zu(cells: Cells, zu: NDArray[np.int64], lin: NDArray[np.int64], ranks: NDArray[np.intp]) -> Iterator[Homes]:
    site_zu = np.asarray(cells.zu_of_site)
    for one in range(int(zu.max()) + 1):
        homes = np.flatnonzero(zu == one)
        label = np.unique(lin[homes], return_inverse=True)[1]
        out = Homes(cells.site_xy[cells.site_of_home[homes]], label, ranks[homes])
        at: dict[int, list[int]] = {}
        for i, home in enumerate(homes):
            at.setdefault(int(cells.site_of_home[home]), []).append(i)
        inside = cells.edges[(site_zu[cells.edges] == one).all(axis=1)]
        pairs = [(int(a), int(b)) for a, b in inside] + [(site, site) for site in at]
        for a, b in pairs:
            for i in at[a]:
                out.beside[i] |= {j for j in at[b] if j != i}
                for j in at[b]:
                    out.beside[j] |= {i} - {j}
        yield out


def _fits(homes: Homes, lin: int, how: str) -> bool:
    """Tell whether a 邻 of a 组 can be broken in a way."""
    lins = set(homes.lin)
    beside = homes.lins_beside(lin)
    if how == "chain":
        return 0 < len(beside) < len(lins) - 1
    return len(beside) > 0


def break_one(homes: Homes, lin: int, wanted: int, how: str, rng: np.random.Generator) -> set[int]:
    """Break a 邻, and fill or thin out others; return those that are locked."""
    beside = homes.lins_beside(lin)
    lins = set(homes.lin)
    edge = HIGH if wanted > HIGH else LOW
    touched = {"": set(), "locked": set(), "beside": beside, "chain": beside, "all": lins - {lin}}[how]
    for other in sorted(touched):
        homes.resize(other, edge, rng)
    homes.resize(lin, wanted, rng)
    return {min(beside)} if how == "locked" and len(beside) > 1 else set()


def corpus() -> list[Case]:
    """Return the 500 cases, always the same."""
    rng = np.random.default_rng(20220601)
    zus = [homes for homes in drafted(make_demo("town"), VILLAGES) if len(set(homes.lin)) >= 2]
    out: list[Case] = []
    for kind, (wanted, how, count) in KINDS.items():
        made = 0
        while made < count:
            source = zus[int(rng.integers(len(zus)))]
            lin = int(rng.integers(max(source.lin) + 1))
            if not _fits(source, lin, how):
                continue
            homes = Homes(np.array(source.xy), np.array(source.lin), np.array(source.rank))
            homes.beside = [set(one) for one in source.beside]
            locked = break_one(homes, lin, wanted, how, rng)
            out.append(Case(kind, f"{kind} {made:03d}", homes.ground(locked, rng), lin))
            made += 1
    return out
