"""Hotspots and heat: how fast, how exact, and how often right, on an invented county and on real ground.

The county has 31,761 units of 5 to 15 homes in hamlets of 506 villages; no real persons. How often a map without a
hotspot shows one, and how often a planted one is found, is counted on Liechtenstein's addresses, cut into 邻 by the
project's own rules, where that data set is beside the project. Run in the environment of ``requirements/bench.lock`` to
see the peers.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import peers_hotspots as peers
from benchmarks.corpus import LIECHTENSTEIN, generated, liechtenstein
from benchmarks.peers_hotspots import timed
from geodata.rules.graph import Sites
from geodata.rules.heat import Raster, heat
from geodata.rules.hotspot_exact import exact_tails
from geodata.rules.hotspots import Near, false_discovery, find_hotspots, getis_ord, within_band
from geodata.rules.partition import cut_many
from geodata.rules.profile import Profile
from geodata.rules.trends import mann_kendall

Row = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNITS, VILLAGES, BAND_M = 31_761, 506, 700.0
RASTER, BANDWIDTH_M = Raster(0.0, 50_000.0, 50_000.0 / 2048, 2048, 2048), 500.0
REAL_BAND_M, PLANTED_M, SQUARE_M = 500.0, 400.0, 400.0
TRUTHS = {"alike": "all homes alike", "homes": "homes unlike (gamma 0.2 a home)", "units": "units unlike (gamma 0.5)"}


def county(rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Return the places and homes of invented units in hamlets of 506 villages on 45 by 40 km."""
    centre = np.column_stack([rng.uniform(0, 45_000, VILLAGES), rng.uniform(0, 40_000, VILLAGES)])
    village = np.repeat(np.arange(VILLAGES), rng.integers(8, 25, VILLAGES))
    hamlet = centre[village] + rng.normal(0, 700, (len(village), 2))
    xy = hamlet[rng.integers(0, len(hamlet), UNITS)] + rng.normal(0, 150, (UNITS, 2))
    return xy, rng.integers(5, 16, UNITS)


def row(name: str, ours: float, unit: str, note: str, peer: float | None = None) -> Row:
    """Return one row of the report; the ratio is peer / ours."""
    ratio = None if peer is None or ours == 0 else round(peer / ours, 2)
    ours, peer = float(f"{ours:.5g}"), None if peer is None else float(f"{peer:.5g}")
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "unit": unit, "note": note}


def least(call: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Return the least processor seconds of a few calls, and the last answer."""
    runs = [timed(call) for _ in range(times)]
    return min(seconds for seconds, _ in runs), runs[-1][1]


def asked(name: str, call: Callable[[], Any], times: int = 1) -> tuple[float | None, Any, str]:
    """Return a peer's processor seconds and answer, the better of ``times`` calls, or why there are none."""
    try:
        return *least(call, times), ""
    except ImportError:
        return None, None, f"{name} is not installed"


def statistics(xy: Floats, homes: Ints, quick: bool) -> list[Row]:
    """Return the rows of Gi* and of the exact p-values."""
    rng = np.random.default_rng(11)
    counts = rng.multinomial(10_000, homes / homes.sum())
    warm = within_band(xy[:200], BAND_M)
    exact_tails(counts[:200], warm)  # compilation is not timed
    near_s, near = least(lambda: within_band(xy, BAND_M), 3)
    gi_s, z = least(lambda: getis_ord(counts, near), 9)
    graph_s, graph, missing = asked("libpysal", lambda: peers.graph(xy, BAND_M))
    peer_s, theirs, note = (None, None, missing) if missing else asked("esda", lambda: peers.gi_star(counts, graph), 3)
    note = note or f"z differ by {np.abs(z - theirs.Zs).max():.1e} at most"
    tell = f"{UNITS:,} units, {near.count.mean():.0f} neighbours each within {BAND_M:.0f} m, 10,000 issues"
    both = None if peer_s is None or graph_s is None else peer_s + graph_s
    rows = [
        row("gi", gi_s, "s CPU", f"{tell}; {note or 'peer: esda with a Graph'}", peer_s),
        row(
            "gi_with_weights", gi_s + near_s, "s CPU", "the same, neighbours found anew; peer: libpysal and esda", both
        ),
    ]
    exact_s, (upper, _) = least(lambda: exact_tails(counts, near))
    peer_s = None
    note = missing
    if not missing:
        small = peers.graph(xy[:200], BAND_M)
        peers.timed(lambda: peers.gi_star(counts[:200], small, 9))  # its compilation is not timed either
        rounds = 99 if quick else 999
        peer_s, theirs, note = asked("esda", lambda: peers.gi_star(counts, graph, rounds))
        some = near.count > 0
        away = np.abs(theirs.p_sim - np.minimum(upper, 1 - upper))[some].max()
        note = f"peer: esda's 999 permutations ({rounds} timed), which lie up to {away:.3f} from the exact p"
        peer_s = None if peer_s is None else peer_s * 999 / rounds
    rows.append(row("exact_p_10k", exact_s, "s CPU", f"both tails of all units; {note}", peer_s))
    rate = rng.gamma(0.5, size=UNITS) * homes
    many = rng.multinomial(100_000, rate / rate.sum())
    many_s, _ = least(lambda: exact_tails(many, near), 1 if quick else 3)
    tell = f"100,000 issues, units unlike (gamma 0.5), {len(np.unique(many))} different counts up to {many.max()}"
    return [*rows, row("exact_p_100k_s", many_s, "s CPU", tell), called_hot(near, homes, rng)]


def called_hot(near: Near, homes: Ints, rng: np.random.Generator) -> Row:
    """Return how many units are called hot in a county where units differ and nothing gathers."""
    rate = rng.gamma(0.5, size=UNITS) * homes
    counts = rng.multinomial(10_000, rate / rate.sum())
    seconds, found = least(lambda: find_hotspots(counts, near, homes), 3)
    hot = {null: int(find_hotspots(counts, near, homes, null).hot.sum()) for null in ("dealt", "even_homes")}
    by_z = int((false_discovery(norm.sf(getis_ord(counts, near))) <= 0.05).sum())
    told = f"no hotspot there, units unlike; called hot: normal z {by_z}, " + ", ".join(
        f"{k} {v}" for k, v in hot.items()
    )
    return row("map_s", seconds, "s CPU", f"one map by uneven_homes; {told}, uneven_homes {int(found.hot.sum())}")


def density(rng: np.random.Generator, quick: bool) -> list[Row]:
    """Return the rows of heat."""
    centre = rng.uniform(0, 50_000, (500, 2))
    xy = centre[rng.integers(0, 500, 1_000_000)] + rng.normal(0, 800, (1_000_000, 2))
    xy = np.clip(xy, RASTER.cell_m, 50_000 - RASTER.cell_m)  # KDEpy wants all points inside
    weights = rng.uniform(1, 3, len(xy))
    heat(xy[:9], RASTER, BANDWIDTH_M)  # compilation is not timed
    heat_s, ours = least(lambda: heat(xy, RASTER, BANDWIDTH_M, weights), 3)
    fine_s, _ = timed(lambda: heat(xy, RASTER, 100.0, weights))
    peer_s, theirs, missing = asked("KDEpy", lambda: peers.kde(xy, weights, RASTER, BANDWIDTH_M))
    at = rng.integers(0, 2048, (60 if quick else 400, 2))
    at[0] = np.unravel_index(int(ours.argmax()), ours.shape)
    x, y = RASTER.centres()
    exact = np.array([summed(xy, weights, x[c], y[r], BANDWIDTH_M) for r, c in at])
    error, peer_error = (
        None if d is None else float(np.abs(d[at[:, 0], at[:, 1]] - exact).max() / ours.max()) for d in (ours, theirs)
    )
    tell = f"1,000,000 weighted points, 2048 x 2048 cells, bandwidth {BANDWIDTH_M:.0f} m; 100 m: {fine_s:.2f} s"
    worst = max(alone(at_xy) for at_xy in rng.uniform(20_000, 30_000, (8, 2)))
    note = f"of the maximum, against the exact sum at {len(at)} cells; one point alone {worst:.1e}"
    return [
        row("heat_s", heat_s, "s CPU", f"{tell}; {missing or 'peer: KDEpy by FFT'}", peer_s),
        row("heat_error", error or 0.0, "share", f"{note}; {missing or 'peer: KDEpy'}", peer_error),
    ]


def summed(xy: Floats, weights: Floats, x: float, y: float, h: float) -> float:
    """Return the exact density at one place."""
    away_m2 = (xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2
    return float((weights * np.exp(-away_m2 / (2 * h * h))).sum() * 1e6 / (2 * np.pi * h * h))


def alone(place: Floats) -> float:
    """Return the greatest error of one point's density over the raster, by its maximum."""
    x, y = RASTER.centres()
    kernel = np.exp(-((y[:, None] - place[1]) ** 2 + (x - place[0]) ** 2) / (2 * BANDWIDTH_M**2))
    top = 1e6 / (2 * np.pi * BANDWIDTH_M**2)
    return float(np.abs(heat(place[None], RASTER, BANDWIDTH_M) / top - kernel).max())


def real_homes(quick: bool) -> tuple[str, Floats, Ints]:
    """Return the homes of Liechtenstein (of invented villages in haste, or without the data), and the 邻 of each."""
    real = LIECHTENSTEIN.exists() and not quick
    name = "Liechtenstein" if real else "invented villages"
    places, lins, known = [], [], 0
    for zu in liechtenstein(400) if real else generated(120):
        xy = zu.ground.site_xy[zu.ground.site_of_home]
        # Each invented village begins at 0, 0.
        places.append(xy if real else xy + 3_000.0 * np.array(divmod(int(zu.name.split("-")[1]), 5)))
        lins.append(cut_zu(zu.ground) + known)
        known = int(lins[-1].max()) + 1
    return name, np.vstack(places), np.concatenate(lins)


def centred(home_xy: Floats, unit: Ints) -> tuple[Floats, Ints]:
    """Return the middle of each unit's homes, and how many it has."""
    homes = np.bincount(unit)
    return np.column_stack([np.bincount(unit, home_xy[:, axis]) / homes for axis in (0, 1)]), homes


def cut_zu(ground: Sites) -> Ints:
    """Return the 邻 of each home of a 组."""
    return cut_many(ground, Profile()).lin_of_home


def expected(truth: str, homes: Ints, rng: np.random.Generator) -> Floats:
    """Return how many issues to expect of each unit where nothing gathers."""
    if truth == "alike":
        return homes.astype(float)
    return rng.gamma(0.2 * homes) if truth == "homes" else homes * rng.gamma(0.5, size=len(homes))


def judged(counts: Ints, homes: Ints, near: Near) -> dict[str, NDArray[np.bool_]]:
    """Return which units each way of testing calls hot."""
    found = {null: find_hotspots(counts, near, homes, null) for null in ("uneven_homes", "dealt", "even_homes")}
    hot = {null: one.hot for null, one in found.items()}
    hot["uneven_homes, BY"] = false_discovery(found["uneven_homes"].p, "any") <= 0.05
    hot["normal z"] = false_discovery(norm.sf(getis_ord(counts, near))) <= 0.05
    return hot


def listed(shares: dict[str, float]) -> str:
    """Return other ways and their shares."""
    return ", ".join(f"{name} {share:.3f}" for name, share in shares.items() if name != "uneven_homes")


def trials(quick: bool) -> list[Row]:
    """Return how often a map without a hotspot shows one, and how often a planted one is found."""
    name, home_xy, lin = real_homes(quick)
    _, square = np.unique(np.floor(home_xy / SQUARE_M), axis=0, return_inverse=True)
    rng = np.random.default_rng(12)
    maps = 40 if quick else 600
    xy, homes = centred(home_xy, lin)
    lins = f"{maps} maps of {len(xy):,} 邻 of {name}"
    rows = [false_alarms("", lins, within_band(xy, REAL_BAND_M), homes, truth, maps, rng) for truth in TRUTHS]
    xy, homes = centred(home_xy, square.ravel())
    squares = f"{maps} maps of {len(xy):,} squares of {SQUARE_M:.0f} m with {homes.min()} to {homes.max()} homes"
    near = within_band(xy, 2.3 * SQUARE_M)
    rows += [false_alarms("_squares", squares, near, homes, truth, maps, rng) for truth in TRUTHS]
    for truth, times in (("alike", 2), ("alike", 3), ("alike", 5), ("units", 5)):
        rows.append(power(*centred(home_xy, lin), truth, times, max(maps // 5, 20), rng))
    return rows


def false_alarms(
    suffix: str, where: str, near: Near, homes: Ints, truth: str, maps: int, rng: np.random.Generator
) -> Row:
    """Return how many maps show a hotspot where there is none; the peer is the normal tail of Gi* of the counts."""
    issues = int(0.08 * homes.sum())
    any_hot: dict[str, float] = {}
    for _ in range(maps):
        mean = expected(truth, homes, rng)
        for way, hot in judged(rng.multinomial(issues, mean / mean.sum()), homes, near).items():
            any_hot[way] = any_hot.get(way, 0.0) + hot.any() / maps
    note = f"{where}, {issues:,} issues, {TRUTHS[truth]}, none planted; {listed(any_hot)}"
    return row(f"false_{truth}{suffix}", any_hot["uneven_homes"], "share of maps", note, any_hot["normal z"])


def power(xy: Floats, homes: Ints, truth: str, times: int, maps: int, rng: np.random.Generator) -> Row:
    """Return how often a planted hotspot is found, and how much of what is hot lies away from it."""
    near, tree, seen, away = within_band(xy, REAL_BAND_M), cKDTree(xy), {}, 0.0
    for _ in range(maps):
        planted = np.zeros(len(xy), bool)
        planted[tree.query_ball_point(xy[rng.choice(len(xy), p=homes / homes.sum())], PLANTED_M)] = True
        mean = expected(truth, homes, rng) * np.where(planted, times, 1)
        for way, hot in judged(rng.multinomial(int(0.08 * homes.sum()), mean / mean.sum()), homes, near).items():
            seen[way] = seen.get(way, 0.0) + hot[planted].any() / maps
            if way == "uneven_homes":
                away += (hot & (near.total(planted, own=True) == 0)).sum() / max(hot.sum(), 1) / maps
    note = (
        f"{maps} maps, one place {PLANTED_M:.0f} m around with {times} times the rate, {TRUTHS[truth]}; of what is hot"
    )
    note = f"{note} {away:.3f} lies away from it; {listed(seen)}"
    return row(f"power_{truth}_x{times}", seen["uneven_homes"], "share found", note)


def trend(rng: np.random.Generator) -> Row:
    """Return the row of Mann and Kendall's test over two years of months."""
    series = rng.poisson(1.0, (UNITS, 24))
    mann_kendall(series[:5])
    seconds, ours = least(lambda: mann_kendall(series), 3)
    peer_s, theirs, missing = asked("pymannkendall", lambda: peers.trends(series[:60]))
    note = missing or f"p differ by {np.abs(ours.p[:60] - theirs).max():.0e} at most; peer: pymannkendall, by 60 units"
    peer = None if peer_s is None else peer_s * UNITS / 60
    return row("trend_s", seconds, "s CPU", f"{UNITS:,} units, 24 months; {note}", peer)


def measure(quick: bool) -> list[Row]:
    """Return the report's rows."""
    rng = np.random.default_rng(7)
    rows = statistics(*county(rng), quick)
    return [*rows, *density(rng, quick), trend(rng), *trials(quick)]


def main() -> None:
    """Print the rows."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--quick", action="store_true")
    chosen = ask.parse_args()
    rows = measure(chosen.quick)
    if chosen.json:
        print(json.dumps({"rows": rows}, ensure_ascii=False))
        return
    for r in rows:
        print(f"{r['name']:16}{r['ours']:>11} {r['unit']:14} peer {r['peer']} ratio {r['ratio']}  {r['note']}")


if __name__ == "__main__":
    main()
