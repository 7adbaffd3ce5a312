from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.graph import Ground, Sites
from geodata.rules.partition import LinCut
from geodata.rules.profile import Profile
from geodata.rules.proposal import VillageGround, ground_cells
from geodata.rules.prove import Proof, prove_zu
from geodata.rules.stacks import StackColumns


@dataclass(frozen=True)
class ZuCase:
    """One 组 with its cut, ready to be proved anywhere: its ground, stacks and the 邻 label of each home."""

    zu_id: str
    ground: Sites
    stack: StackColumns
    lin_of_home: NDArray[np.int64]


def cases_of(ground: VillageGround, zu_of_home: Sequence[str], lin_of_home: Sequence[str]) -> list[ZuCase]:
    """Split a drafted village into its 组, each with the part of the village's adjacency that lies inside it.

    Parameters
    ----------
    ground
        The village as it was drafted.
    zu_of_home, lin_of_home
        (n,) ids of the 组 and 邻 of each home in the plan; "" for none, which leaves the home out.
    """
    names = sorted({zu for zu in zu_of_home if zu})
    place = {zu: i for i, zu in enumerate(names)}
    index = np.array([place.get(zu, -1) for zu in zu_of_home], dtype=np.intp)
    cells = ground_cells(dataclasses.replace(ground, zu_of_home=index))
    lins = np.asarray(lin_of_home, dtype=object)
    return [_case(ground, cells, index, lins, at, zu) for at, zu in enumerate(names)]


def _case(
    ground: VillageGround, cells: Ground, index: NDArray[np.intp], lins: NDArray[np.object_], at: int, zu: str
) -> ZuCase:
    homes = np.flatnonzero(index == at)
    sites, site_of_home = np.unique(np.asarray(cells.site_of_home)[homes], return_inverse=True)
    name = np.full(len(cells.site_xy), -1, dtype=np.int64)
    name[sites] = np.arange(len(sites))
    edges = name[np.asarray(cells.edges, dtype=np.int64).reshape(-1, 2)]
    inside = (edges >= 0).all(axis=1)
    labels = np.unique(lins[homes].astype(str), return_inverse=True)[1]
    columns = (getattr(ground.stack, field)[homes] for field in ("building", "entrance", "floor", "room"))
    return ZuCase(
        zu,
        Sites(
            np.asarray(cells.site_xy)[sites],
            site_of_home.astype(np.int64),
            np.zeros(len(sites), dtype=np.int64),
            edges[inside],
            np.asarray(cells.crosses)[inside],
        ),
        StackColumns(*columns),
        labels.astype(np.int64),
    )


def prove_case(case: ZuCase, profile: Profile) -> Proof:
    """Say how far from optimal the 邻 of one 组 are at most; see `prove_zu`."""
    return prove_zu(case.ground, profile, LinCut(case.lin_of_home, 0.0, ()), case.stack)
