"""The kept corpus of 组: 240 generated, the rest from Liechtenstein's addresses where that data set is beside the
project.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from geodata.rules.graph import Sites

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
        """A fingerprint of the coordinates in centimetres and of the neighbours."""
        cm = np.round(self.ground.site_xy * 100.0).astype(np.int64)
        return hashlib.sha256(cm.tobytes() + np.sort(self.ground.edges, axis=0).tobytes()).hexdigest()[:16]


def gabriel_edges(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the pairs of points whose diameter circle holds no third point; connected, and like walls between
    cells.
    """
    corners = Delaunay(xy, qhull_options="QJ Pp").simplices.astype(np.int64)
    pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    middle = (xy[edges[:, 0]] + xy[edges[:, 1]]) / 2.0
    radius2 = ((xy[edges[:, 0]] - middle) ** 2).sum(axis=1)
    keep = np.ones(len(edges), bool)
    for i in range(0, len(edges), 4096):
        far2 = ((xy[None] - middle[i : i + 4096, None]) ** 2).sum(axis=2)
        keep[i : i + 4096] = (far2 >= radius2[i : i + 4096, None] - 1e-6).all(axis=1)
    return edges[keep]


def ground_of(xy: NDArray[np.float64]) -> Sites:
    """Return points, one home on each, as the ground of one 组."""
    edges = gabriel_edges(xy)
    zero = np.zeros(len(xy), np.int64)
    return Sites(xy, np.arange(len(xy)), zero, edges, np.zeros(len(edges), bool))


def hamlet_points(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return n homes in loose hamlets of about eight, along a lane each, with a few alone: metres."""
    centres = rng.uniform(0.0, 45.0 * np.sqrt(n), (max(2, n // 8), 2))
    angle = rng.uniform(0.0, np.pi, len(centres))
    hamlet = rng.integers(0, len(centres), n)
    along, aside = rng.normal(0.0, 45.0, n), rng.normal(0.0, 15.0, n)
    lane = np.column_stack([np.cos(angle), np.sin(angle)])[hamlet]
    return centres[hamlet] + along[:, None] * lane + aside[:, None] * lane[:, ::-1] * np.array([-1.0, 1.0])


def generated(count: int = 240) -> list[Zu]:
    """Return generated 组 of 16–112 homes: half of sizes as 涟源's (about 30 and a long tail), half evenly spread."""
    rng = np.random.default_rng(20180601)
    usual = np.clip(np.exp(rng.normal(np.log(32.0), 0.4, count // 2)), 16, 112).astype(int)
    sizes = np.concatenate([usual, rng.integers(16, 113, count - count // 2)])
    return [Zu(f"generated-{i:03d}", ground_of(hamlet_points(int(n), rng))) for i, n in enumerate(sizes)]


def _halves(xy: NDArray[np.float64], most: int) -> list[NDArray[np.float64]]:
    """Halve points across their longer side until no part has more than ``most``."""
    if len(xy) <= most:
        return [xy]
    axis = int(np.argmax(np.ptp(xy, axis=0)))
    order = np.argsort(xy[:, axis], kind="stable")
    return _halves(xy[order[: len(xy) // 2]], most) + _halves(xy[order[len(xy) // 2 :]], most)


def liechtenstein(count: int = 80) -> list[Zu]:
    """Return 组 of real homes: each commune's addresses halved until at most 40, 70 or 112 are left; [] without the
    data.
    """
    if not LIECHTENSTEIN.exists():
        return []
    import geopandas

    with TemporaryDirectory() as folder:
        zipfile.ZipFile(LIECHTENSTEIN).extractall(folder)
        file = next(Path(folder).rglob("*.gpkg"))
        homes = geopandas.read_file(file, layer="addresses").to_crs(2056)
    commune = next(c for c in homes.columns if "commune" in c or "admin" in c or "city" in c)
    parts: list[NDArray[np.float64]] = []
    for i, (_, rows) in enumerate(homes.groupby(commune, sort=True)):
        xy = np.unique(np.column_stack([rows.geometry.x, rows.geometry.y]).round(2), axis=0)
        parts += [part for part in _halves(xy, (40, 70, 112)[i % 3]) if len(part) >= 16]
    step = max(1, len(parts) // count)
    return [Zu(f"liechtenstein-{i:03d}", ground_of(xy)) for i, xy in enumerate(parts[::step][:count])]


def read_optima() -> dict[str, float]:
    """Return the certified optima in square metres by fingerprint; only those that a proof has closed."""
    return dict(json.loads(OPTIMA.read_text())) if OPTIMA.exists() else {}
