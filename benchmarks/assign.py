"""Who takes which post by where people live: village by village, over a county, where people are scarce.

The county is invented: 506 villages of hamlets, 25,173 posts, 40,000 people, no real persons. SciPy and OR-tools get
the very same costs in whole millimetres; OR-tools runs in a process of its own and is named where it is not installed.
Distances along roads are measured on invented lanes from hamlet to hamlet.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.rules.nearest import Assignment, Candidates, Posts, assign
from geodata.rules.road_distance import Ways, box_around, measure_ways
from geodata.rules.road_net import RoadNet, build_roads

Row = dict[str, Any]
PATIENCE_S = 10
SPARSE = """
import sys, time, numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
post, person, mm, n, m = np.load(sys.argv[1]).values()
pairs = csr_array((mm + 1.0, (post, person)), shape=(int(n), int(m)))
start = time.process_time()
row, col = min_weight_full_bipartite_matching(pairs)
print(time.process_time() - start, pairs[row, col].sum() - len(row))
"""
POSTS, PEOPLE, VILLAGES = 25_173, 40_000, 506
MARGINS_M = (1_000.0, 4_000.0, 12_000.0)  # as survey.actions.road_ways asks for more ground
FLOW = """
import sys, time, numpy as np
from ortools.graph.python import min_cost_flow
post, person, mm, n, m = np.load(sys.argv[1]).values()
n, m = int(n), int(m)
start = time.process_time()
flow = min_cost_flow.SimpleMinCostFlow()
source, sink = n + m, n + m + 1
one = lambda a, b, c: flow.add_arcs_with_capacity_and_unit_cost(a, b, np.ones(len(a), int), c)
one(post, n + person, mm)
one(np.full(n, source), np.arange(n), np.zeros(n, int))
one(n + np.arange(m), np.full(m, sink), np.zeros(m, int))
flow.set_nodes_supplies(np.array([source, sink]), np.array([n, -n]))
done = flow.solve() == flow.OPTIMAL
print(time.process_time() - start, flow.optimal_cost() if done else -1)
"""


def hamlets(rng: np.random.Generator) -> tuple[Any, Any]:
    """Return the villages' numbers and places of the hamlets of the invented county."""
    centre = np.column_stack([rng.uniform(0, 45_000, VILLAGES), rng.uniform(0, 40_000, VILLAGES)])
    village = np.repeat(np.arange(VILLAGES), rng.integers(8, 25, VILLAGES))
    return village, centre[village] + rng.normal(0, 700, (len(village), 2))


def lanes() -> list[Any]:
    """Return winding lanes of 24 corners that join all hamlets of the county to neighbours."""
    _, xy = hamlets(np.random.default_rng(7))
    rng = np.random.default_rng(3)
    corners = Delaunay(xy).simplices
    edges = np.unique(
        np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0
    )
    far = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T)
    size = (len(xy), len(xy))
    tree = minimum_spanning_tree(csr_array((far, edges.T), shape=size)).tocoo()
    more = edges[(far < 2_000) & (rng.random(len(edges)) < 0.35)]
    made = []
    for one, other in np.concatenate([np.column_stack(tree.coords), more]).tolist():
        along = np.linspace(xy[one], xy[other], 24)
        along[1:-1] += rng.normal(0, 8, (22, 2))
        made.append(shapely.LineString(along))
    return made


def by_road(given: Posts, chosen: Candidates, roads: RoadNet, village: str) -> tuple[Any, Any, Ways]:
    """Return the rows of a village's posts and people, and the ways between them."""
    posts, people = np.flatnonzero(np.array(given.areas) == village), np.flatnonzero(np.array(chosen.areas) == village)
    for margin_m in MARGINS_M:
        ways = measure_ways(roads, given.xy[posts], chosen.home_xy[people], margin_m)
        if ways.settled:
            break
    return posts, people, ways


def county_by_road(given: Posts, chosen: Candidates, roads: RoadNet) -> tuple[Assignment, int, int]:
    """Return the assignment of all villages along roads, the pairs measured and the villages settled at once."""
    parts = [by_road(given, chosen, roads, village) for village in dict.fromkeys(given.areas)]
    post = np.concatenate([np.repeat(posts, len(people)) for posts, people, _ in parts])
    person = np.concatenate([np.tile(people, len(posts)) for posts, people, _ in parts])
    metres = np.concatenate([ways.metres.ravel() for _, _, ways in parts])
    matrix = coo_array((metres, (post, person)), shape=(len(given.ids), len(chosen.ids)))
    return assign(given, chosen, distance_m=matrix), len(metres), sum(ways.settled for _, _, ways in parts)


def village_by_road(given: Posts, chosen: Candidates, lines: Any) -> Assignment:
    """Return one village's proposal with runners-up, from the lines of its ground on."""
    village = given.areas[0]
    posts = np.flatnonzero(np.array(given.areas) == village)
    people = np.flatnonzero(np.array(chosen.areas) == village)
    ways = measure_ways(build_roads(lines), given.xy[posts], chosen.home_xy[people], MARGINS_M[0])
    one = Posts([given.ids[i] for i in posts], given.xy[posts], given.pools[posts])
    few = Candidates([chosen.ids[j] for j in people], chosen.home_xy[people], chosen.eligible[people])
    return assign(one, few, distance_m=ways.metres, runners_for=None)


def road_rows(given: Posts, chosen: Candidates) -> list[Row]:
    """Return the rows of distances along roads."""
    lines = np.array(lanes(), dtype=object)
    build_s, roads = timed(lambda: build_roads(lines))
    mine = np.array(given.areas) == given.areas[0]
    box = shapely.box(*box_around(given.xy[mine], MARGINS_M[0]))
    near = lines[shapely.STRtree(lines).query(box)]
    village_by_road(given, chosen, near)
    village_s, done = timed(lambda: next(filter(None, [village_by_road(given, chosen, near) for _ in range(10)])))
    note = f"{mine.sum()} posts, {len(near)} lanes read, runners-up; {told(done)}"
    rows = [row("proposal_roads_ms", village_s * 100, "ms CPU", note)]
    county_s, (done, pairs, settled) = timed(lambda: county_by_road(given, chosen, roads))
    note = f"{len(roads.segment_xy):,} segments built in {build_s:.1f} s, {pairs:,} pairs, {settled} villages settled"
    return [*rows, row("county_roads_s", county_s, "s CPU", f"{note}; {told(done)}")]


def county(posts: int, people: int, uneven: float, seed: int = 7) -> tuple[Posts, Candidates]:
    """Return invented posts and people in hamlets of 506 villages on 45 by 40 km; ``uneven`` spreads people unlike."""
    rng = np.random.default_rng(seed)
    village, hamlet_xy = hamlets(rng)
    weight = np.exp(uneven * (rng.normal(0, 1, VILLAGES)[village] + hamlet_xy[:, 0] / 22_500 - 1))

    def drawn(count: int, share: Any) -> tuple[Any, list[str]]:
        chosen = rng.choice(len(village), count, p=share / share.sum())
        return hamlet_xy[chosen] + rng.normal(0, 60, (count, 2)), [f"V{v}" for v in village[chosen]]

    xy, areas = drawn(posts, np.ones(len(village)))
    home_xy, lives = drawn(people, weight)
    given = Posts([f"P{i:06}" for i in range(posts)], xy, np.zeros(posts, int), areas=areas)
    chosen = Candidates([f"c{i:06}" for i in range(people)], home_xy, np.ones((people, 1), bool), areas=lives)
    return given, chosen


def anywhere(given: Posts) -> Posts:
    """Return posts that people of any village may take."""
    return Posts(given.ids, given.xy, given.pools)


def timed(call: Any) -> tuple[float, Any]:
    """Return processor seconds and the answer."""
    start = time.process_time()
    answer = call()
    return time.process_time() - start, answer


def row(name: str, ours: float, unit: str, note: str, peer: float | None = None) -> Row:
    """Return one row of the report; the ratio is peer / ours."""
    ratio = None if peer is None else round(peer / max(ours, 1e-12), 2)
    peer = None if peer is None else round(peer, 4)
    return {"name": name, "ours": round(ours, 4), "peer": peer, "ratio": ratio, "unit": unit, "note": note}


def by_village(given: Posts, chosen: Candidates) -> tuple[float, int, int]:
    """Return SciPy's processor seconds, village by village, with its millimetres and posts filled."""
    start, total, filled = time.process_time(), 0, 0
    mine, theirs = np.array(given.areas), np.array(chosen.areas)
    for village in np.unique(mine):
        xy, home_xy = given.xy[mine == village], chosen.home_xy[theirs == village]
        mm = np.rint(1000 * np.sqrt(((xy[:, None] - home_xy[None]) ** 2).sum(axis=2)))
        post, person = linear_sum_assignment(mm)
        total, filled = total + int(mm[post, person].sum()), filled + len(post)
    return time.process_time() - start, total, filled


def nearest_pairs(given: Posts, chosen: Candidates, k: int) -> csr_array:
    """Return the k nearest people of each post, in whole millimetres and 1 more (SciPy takes no 0)."""
    _, near = cKDTree(chosen.home_xy).query(given.xy, k)
    mm = np.rint(1000 * np.sqrt(((given.xy[:, None] - chosen.home_xy[near]) ** 2).sum(axis=2))) + 1
    shape = (len(given.ids), len(chosen.ids))
    return csr_array((mm.ravel(), near.ravel(), np.arange(len(near) + 1) * k), shape=shape)


def peer_on(name: str, program: str, pairs: csr_array) -> tuple[float | None, str]:
    """Return a peer's processor seconds on given pairs, and what it found; it runs apart, as some never end."""
    post, person = pairs.nonzero()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.npz"
        np.savez(path, post=post, person=person, mm=pairs.data.astype(np.int64) - 1, n=pairs.shape[0], m=pairs.shape[1])
        line = [sys.executable, "-c", program, str(path)]
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            return None, f"{name} on 32 nearest: not done after {PATIENCE_S} s"
    if done.returncode:
        reason = "is not installed" if "ModuleNotFoundError" in done.stderr else "finds no assignment on 32 nearest"
        return None, f"{name} {reason}"
    seconds, cost = (float(word) for word in done.stdout.split())
    if cost < 0:
        return None, f"{name} finds no assignment on 32 nearest"
    return seconds, f"{name} on 32 nearest {seconds:.2f} s, {cost / 1e6:.3f} km, no proof"


def samples(count: int) -> int:
    """Return how many of some random problems end at exactly SciPy's total."""
    equal = 0
    for seed in range(count):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 60))
        xy, home_xy = rng.normal(0, 2000, (n, 2)), rng.normal(300, 1500, (n + int(rng.integers(0, 40)), 2))
        mm = np.rint(1000 * np.sqrt(((xy[:, None] - home_xy[None]) ** 2).sum(axis=2)))
        post, person = linear_sum_assignment(mm)
        given = Posts([str(i) for i in range(n)], xy, np.zeros(n, int))
        chosen = Candidates([str(j) for j in range(len(home_xy))], home_xy, np.ones((len(home_xy), 1), bool))
        equal += round(assign(given, chosen).total_m * 1000) == int(mm[post, person].sum())
    return equal


def told(done: Assignment) -> str:
    """Return what an answer says of itself."""
    short = sum(len(u.empty) for u in done.unfilled)
    proof = "proved" if done.proved else f"stopped, gap {done.gap_m:.0f} m"
    return f"{done.total_m / 1000:.3f} km, longest {done.longest_m:.0f} m, {short} empty, {proof}"


def measure(quick: bool) -> list[Row]:
    """Return the report's rows."""
    part = 8 if quick else 1
    given, chosen = county(POSTS // part, PEOPLE // part, 0.0)
    assign(*county(60, 90, 0.0), "longest", runners_for=None)  # compilation is not timed
    assign(*county(3_000, 3_030, 0.6))
    village_s, done = timed(lambda: assign(given, chosen))
    peer_s, mm, filled = by_village(given, chosen)
    same = "equal to" if (round(done.total_m * 1000), len(done.rows)) == (mm, filled) else "NOT equal to"
    rows = [row("by_village_s", village_s, "s CPU", f"{told(done)}; {same} SciPy's dense solver", peer_s)]
    county_s, done = timed(lambda: assign(anywhere(given), chosen))
    pairs = nearest_pairs(given, chosen, 32)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peer, note = peer_on("SciPy", SPARSE, pairs)
    flow = peer_on("OR-tools", FLOW, pairs)[1]
    rows.append(row("county_s", county_s, "s CPU", f"{told(done)}; peak {peak:.0f} MB; {note}; {flow}", peer))
    rows.append(row("county_proved", float(done.proved), "1 or 0", f"over {len(given.ids) * len(chosen.ids):,} pairs"))
    scarce = county(POSTS // part, 25_500 // part, 0.3)
    scarce_s, done = timed(lambda: assign(anywhere(scarce[0]), scarce[1]))
    peer, note = peer_on("SciPy", SPARSE, nearest_pairs(*scarce, 32))
    rows.append(row("scarce_s", scarce_s, "s CPU", f"{told(done)}; {note}", peer))
    longest_s, done = timed(lambda: assign(anywhere(given), chosen, "longest"))
    rows.append(row("bottleneck_s", longest_s, "s CPU", told(done)))
    one = Posts(given.ids[:50], given.xy[:50], given.pools[:50])
    few = Candidates(chosen.ids[:80], chosen.home_xy[:80], chosen.eligible[:80])
    proposal_s, _ = timed(lambda: [assign(one, few, runners_for=None) for _ in range(10)])
    count = 100 if quick else 500
    note = f"50 posts, 80 people, with runners-up; {samples(count)} of {count} random samples equal SciPy's total"
    return [*rows, row("proposal_ms", proposal_s * 100, "ms CPU", note), *road_rows(given, chosen)]


def main() -> None:
    """Print the rows."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--quick", action="store_true")
    asked = ask.parse_args()
    rows = measure(asked.quick)
    if asked.json:
        print(json.dumps({"rows": rows}, ensure_ascii=False))
        return
    for r in rows:
        print(f"{r['name']:14}{r['ours']:>10} {r['unit']:8} peer {r['peer']} ratio {r['ratio']}  {r['note']}")


if __name__ == "__main__":
    main()
