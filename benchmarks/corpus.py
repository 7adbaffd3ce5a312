"""The kept corpus of 组 on real ground: the cells of their villages, cut by `cut_cells` with roads and rivers.

240 are generated, six to a village; the rest are from Liechtenstein's addresses where that data set is beside the
project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.cells import Cells, cut_cells
from geodata.rules.graph import Sites, find_pieces

HERE = Path(__file__).resolve().parent
LIECHTENSTEIN = HERE.parent / "../shared/data/liechtenstein/liechtenstein_osm.gpkg.zip"
OPTIMA = HERE / "optima.json"


@dataclass(frozen=True)
class Zu:
    """One 组 of the corpus: its name, its ground, and a fingerprint of both."""

    name: str
    ground: Sites

    @property
    def key(self) -> str:
        """A fingerprint of the coordinates in centimetres, of the neighbours and of those across a barrier."""
        cm = np.round(self.ground.site_xy * 100.0).astype(np.int64)
        links = np.column_stack([self.ground.edges, self.ground.crosses]).astype(np.int64)
        return hashlib.sha256(cm.tobytes() + links.tobytes()).hexdigest()[:16]


def zus_of(cells: Cells, name: str) -> list[Zu]:
    """Return the 组 of a village that are one piece of ground, each with its own homes and neighbours."""
    found = []
    for zu in np.unique(cells.zu_of_site):
        sites = np.flatnonzero(cells.zu_of_site == zu)
        inside = (cells.zu_of_site[cells.edges] == zu).all(axis=1)
        edges = np.searchsorted(sites, cells.edges[inside]).astype(np.int64)
        if not find_pieces(len(sites), edges).any():
            zero = np.zeros(len(sites), np.int64)
            ground = Sites(cells.site_xy[sites], np.arange(len(sites)), zero, edges, cells.crosses[inside])
            found.append(Zu(f"{name}-{zu:03d}", ground))
    return found


def hamlet_points(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return n homes in loose hamlets of about eight, along a lane each, with a few alone: metres."""
    centres = rng.uniform(0.0, 45.0 * np.sqrt(n), (max(2, n // 8), 2))
    angle = rng.uniform(0.0, np.pi, len(centres))
    hamlet = rng.integers(0, len(centres), n)
    along, aside = rng.normal(0.0, 45.0, n), rng.normal(0.0, 15.0, n)
    lane = np.column_stack([np.cos(angle), np.sin(angle)])[hamlet]
    return centres[hamlet] + along[:, None] * lane + aside[:, None] * lane[:, ::-1] * np.array([-1.0, 1.0])


def village_of(parts: Sequence[NDArray[np.float64]]) -> Cells:
    """Return the ground of a village in which 组 lie side by side, row by row, with a road through the second row."""
    columns = int(np.ceil(np.sqrt(len(parts))))
    step = max(float(np.ptp(part, axis=0).max()) for part in parts) + 40.0
    place = np.array([divmod(i, columns)[::-1] for i in range(len(parts))]) * step
    homes = np.vstack([part - part.min(axis=0) + at for part, at in zip(parts, place, strict=True)])
    zu = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    low, high = homes.min(axis=0) - 100.0, homes.max(axis=0) + 100.0
    east = np.linspace(low[0] - 10, high[0] + 10, 60)
    road = shapely.LineString(np.column_stack([east, 1.4 * step + 40.0 * np.sin(east / 150.0)]))
    return cut_cells(shapely.box(*low, *high), homes, zu, None, [road])


def generated(count: int = 240, in_village: int = 6) -> list[Zu]:
    """Return generated 组 of 16–112 homes: half of sizes as 涟源's (about 30 and a long tail), half evenly spread."""
    rng = np.random.default_rng(20180601)
    usual = np.clip(np.exp(rng.normal(np.log(32.0), 0.4, count // 2)), 16, 112).astype(int)
    sizes = rng.permutation(np.concatenate([usual, rng.integers(16, 113, count - count // 2)]))
    parts = [hamlet_points(int(n), rng) for n in sizes]
    villages = [village_of(parts[i : i + in_village]) for i in range(0, count, in_village)]
    return [zu for i, cells in enumerate(villages) for zu in zus_of(cells, f"generated-{i:03d}")]


def _halves(xy: NDArray[np.float64], chosen: NDArray[np.intp], most: int) -> list[NDArray[np.intp]]:
    """Halve points across their longer side until no part has more than ``most``."""
    if len(chosen) <= most:
        return [chosen]
    axis = int(np.argmax(np.ptp(xy[chosen], axis=0)))
    order = chosen[np.argsort(xy[chosen, axis], kind="stable")]
    return _halves(xy, order[: len(order) // 2], most) + _halves(xy, order[len(order) // 2 :], most)


def liechtenstein(count: int = 80) -> list[Zu]:
    """Return 组 of real homes on real ground, between real roads and rivers; [] without the data.

    Each commune's addresses are halved until at most 40, 70 or 112 are left.
    """
    if not LIECHTENSTEIN.exists():
        return []
    import geopandas

    layers = ("admin", "addresses", "roads", "waterways")
    admin, homes, roads, water = (geopandas.read_file(LIECHTENSTEIN, layer=name).to_crs(2056) for name in layers)
    main = roads[roads["highway"].isin(["motorway", "trunk", "primary", "secondary"])]
    barriers = np.concatenate([main.geometry.to_numpy(), water[water["waterway"] == "river"].geometry.to_numpy()])
    communes = admin[admin["admin_level"] == "8"].sort_values("name")
    found: list[Zu] = []
    for i, (name, village) in enumerate(zip(communes["name"], communes.geometry, strict=True)):
        own = homes.geometry[homes["municipality"] == name]
        xy = np.unique(np.column_stack([own.x, own.y]).round(2), axis=0)
        zu = np.empty(len(xy), dtype=np.intp)
        for label, part in enumerate(_halves(xy, np.arange(len(xy)), (40, 70, 112)[i % 3])):
            zu[part] = label
        near = list(barriers[shapely.intersects(village, barriers)])
        found += zus_of(cut_cells(village, xy, zu, None, near), f"liechtenstein-{i:02d}")
    found = [zu for zu in found if len(zu.ground.site_xy) >= 16]
    return found[:: max(1, len(found) // count)][:count]


def read_optima() -> dict[str, float]:
    """Return the certified optima in square metres by fingerprint; only those that a proof has closed."""
    return dict(json.loads(OPTIMA.read_text())) if OPTIMA.exists() else {}
