"""What other libraries make of the same 组; each is imported only when it is asked, and named where it is missing."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.rules.graph import Sites

LOW, HIGH = 5, 15
Peer = Callable[[Sites, int], NDArray[np.int64]]


def kmeans_constrained(ground: Sites, k: int) -> NDArray[np.int64]:
    """k-means-constrained with ten restarts: sizes kept by min-cost flow, no idea of neighbours."""
    from k_means_constrained import KMeansConstrained

    model = KMeansConstrained(k, size_min=LOW, size_max=HIGH, n_init=10, random_state=0, n_jobs=1)
    return np.asarray(model.fit_predict(ground.site_xy - ground.site_xy.mean(axis=0)))


def _gerry() -> tuple[Any, Any]:
    """Import GerryChain, which asks geopandas for an option that 1.2 no longer has."""
    import geopandas

    if not hasattr(geopandas.options, "use_pygeos"):
        with contextlib.suppress(Exception):
            geopandas.options.__class__.use_pygeos = False
    import gerrychain
    from gerrychain import tree

    return gerrychain, tree


def recom(ground: Sites, k: int, steps: int = 1000) -> NDArray[np.int64]:
    """GerryChain: a recursive tree cut, then ReCom steps; the best plan met by squared distance within the sizes."""
    gerrychain, tree = _gerry()
    import networkx

    random.seed(0)
    n = len(ground.site_xy)
    plain = networkx.Graph()
    plain.add_nodes_from(range(n), homes=1)
    plain.add_edges_from(ground.edges.tolist())
    graph = gerrychain.Graph.from_networkx(plain)
    slack = min(HIGH * k / n - 1.0, 1.0 - LOW * k / n)
    start = tree.recursive_tree_part(graph, range(k), n / k, "homes", max(slack * 0.6, 0.05))
    partition = gerrychain.Partition(graph, start, {"homes": gerrychain.updaters.Tally("homes")})
    step = gerrychain.proposals.recom
    chain = gerrychain.MarkovChain(
        lambda p: step(p, pop_col="homes", pop_target=n / k, epsilon=slack, node_repeats=1),
        [gerrychain.constraints.contiguous],
        gerrychain.accept.always_accept,
        partition,
        steps,
    )
    best, least = np.zeros(n, np.int64), np.inf
    for state in chain:
        labels = np.array([state.assignment[i] for i in range(n)])
        size = np.bincount(labels, minlength=k)
        cost = spread(ground, labels) if size.min() >= LOW and size.max() <= HIGH else np.inf
        if cost < least:
            best, least = labels, cost
    return best


def ward(ground: Sites, k: int) -> NDArray[np.int64]:
    """scikit-learn's Ward linkage over the neighbours: connected, no idea of sizes."""
    from scipy.sparse import coo_array
    from sklearn.cluster import AgglomerativeClustering

    n = len(ground.site_xy)
    both = np.vstack([ground.edges, ground.edges[:, ::-1]])
    joined = coo_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n)).tocsr()
    return np.asarray(AgglomerativeClustering(k, connectivity=joined).fit_predict(ground.site_xy))


def _spopt_frame(ground: Sites) -> tuple[Any, Any]:
    """Return the homes and their neighbours as spopt wants them."""
    import geopandas
    from libpysal.weights import W

    near: dict[int, list[int]] = {i: [] for i in range(len(ground.site_xy))}
    for a, b in ground.edges.tolist():
        near[a].append(b)
        near[b].append(a)
    xy = ground.site_xy - ground.site_xy.mean(axis=0)
    frame = geopandas.GeoDataFrame({"x": xy[:, 0], "y": xy[:, 1]}, geometry=geopandas.points_from_xy(*xy.T))
    return frame, W(near, silence_warnings=True)


def skater(ground: Sites, k: int) -> NDArray[np.int64]:
    """Spopt's SKATER: cuts of a spanning tree, with a least size."""
    from spopt.region import Skater

    frame, near = _spopt_frame(ground)
    model = Skater(frame, near, ["x", "y"], n_clusters=k, floor=LOW)
    model.solve()
    return np.asarray(model.labels_).astype(np.int64)


def azp(ground: Sites, k: int) -> NDArray[np.int64]:
    """Spopt's AZP: moves between connected regions, no idea of sizes."""
    from spopt.region import AZP

    frame, near = _spopt_frame(ground)
    model = AZP(frame, near, ["x", "y"], n_clusters=k, random_state=0)
    model.solve()
    return np.asarray(model.labels_).astype(np.int64)


def metis(ground: Sites, k: int) -> NDArray[np.int64]:
    """METIS: even parts by few cut edges, weighted by nearness."""
    import pymetis

    n = len(ground.site_xy)
    near: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    length = np.sqrt(((ground.site_xy[ground.edges[:, 0]] - ground.site_xy[ground.edges[:, 1]]) ** 2).sum(axis=1))
    weight = np.maximum(1, 1000.0 / (1.0 + length)).astype(int)
    for (a, b), w in zip(ground.edges.tolist(), weight.tolist(), strict=True):
        near[a].append((b, w))
        near[b].append((a, w))
    first = np.append(0, np.cumsum([len(row) for row in near])).tolist()
    flat = [edge for row in near for edge in row]
    _, labels = pymetis.part_graph(
        k, xadj=first, adjncy=[b for b, _ in flat], eweights=[w for _, w in flat], contiguous=True
    )
    return np.asarray(labels)


def spread(ground: Sites, labels: NDArray[np.int64]) -> float:
    """Return the total squared distance to the units' centres, in square metres."""
    xy = ground.site_xy
    return float(sum(((xy[labels == i] - xy[labels == i].mean(axis=0)) ** 2).sum() for i in np.unique(labels)))


def quietly(peer: Peer, ground: Sites, k: int) -> NDArray[np.int64]:
    """Run a peer without its warnings and prints."""
    sink = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        warnings.simplefilter("ignore")
        return peer(ground, k)


PEERS: dict[str, Peer] = {
    "k-means-constrained": kmeans_constrained,
    "GerryChain ReCom": recom,
    "Ward, connected": ward,
    "SKATER": skater,
    "AZP": azp,
    "METIS": metis,
}
