"""How well and how fast 组 are cut into 邻, beside other libraries and certified optima, on one kept corpus.

Run in the environment of ``requirements/bench.lock`` to see the peers; a peer that is not installed is named in its
row. ``--certify`` proves optima that ``optima.json`` does not hold yet (long), ``--quick`` takes samples of the slow
rows.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus import OPTIMA, Zu, generated, hamlet_points, liechtenstein, read_optima, village_of
from benchmarks.peers_partition import HIGH, LOW, PEERS, quietly, spread
from geodata.rules.graph import Sites, count_pieces
from geodata.rules.partition import cut_many, cut_zu
from geodata.rules.profile import Profile
from geodata.rules.prove import prove_zu

PROFILE = Profile()
COUNTY_VILLAGES, COUNTY_ZU, COUNTY_HOMES = 506, 9_449, 280_000  # 涟源, A22 and A23
SAMPLE = {"k-means-constrained": (64, 320), "GerryChain ReCom": (8, 32)}  # 组 that a peer is asked for: quick, full
Row = dict[str, Any]


def together(grounds: list[Sites]) -> Sites:
    """Return many 组 as one ground, to be cut in one call."""
    first = np.append(0, np.cumsum([len(g.site_xy) for g in grounds]))
    return Sites(
        np.vstack([g.site_xy for g in grounds]),
        np.arange(first[-1]),
        np.repeat(np.arange(len(grounds)), np.diff(first)),
        np.vstack([g.edges + a for g, a in zip(grounds, first, strict=False)]),
        np.concatenate([g.crosses for g in grounds]),
    )


def row(name: str, ours: float, unit: str, note: str, peer: float | None = None) -> Row:
    """Return one row of the report; the ratio is peer / ours."""
    ratio = None if peer is None else round(peer / max(ours, 1e-12), 2)
    return {"name": name, "ours": round(ours, 5) + 0.0, "peer": peer, "ratio": ratio, "unit": unit, "note": note}


def judge(ground: Sites, labels: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Return how many units break the sizes, and how many lie in pieces."""
    size = np.bincount(labels)
    size = size[size > 0]
    pieces = count_pieces(labels, ground.edges, int(labels.max()) + 1)
    return int(((size < LOW) | (size > HIGH)).sum()), int((pieces > 1).sum())


def own_milliseconds(zus: list[Zu]) -> float:
    """Return our own CPU time for some 组, the mean of three runs, in milliseconds a 组."""
    whole = together([zu.ground for zu in zus])
    start = time.process_time()
    for seed in range(3):
        cut_many(whole, PROFILE, seed)
    return (time.process_time() - start) / (3 * len(zus)) * 1e3


def measure_peer(name: str, zus: list[Zu], ours: dict[str, tuple[int, float]]) -> Row:
    """Run one peer over some 组 with our number of 邻; a missing library is told by name."""
    seconds, sizes, pieces, units, more = 0.0, 0, 0, 0, []
    failed = 0
    for zu in zus:
        k, best = ours[zu.key]
        try:
            if units == 0:
                quietly(PEERS[name], zu.ground, k)  # imports and compilation are not timed
            start = time.process_time()
            labels = quietly(PEERS[name], zu.ground, k)
        except ImportError as missing:
            return {"peer": name, "missing": str(missing)}
        except Exception:  # noqa: BLE001 - a peer may fail on a 组; it is counted, not hidden
            failed += 1
            continue
        seconds += time.process_time() - start
        broken, torn = judge(zu.ground, labels)
        units += k
        sizes, pieces = sizes + broken, pieces + torn
        more.append(spread(zu.ground, labels) / max(best, 1e-9))
    if not more:
        return {"peer": name, "missing": f"failed on all {failed} 组"}
    done = len(more)
    return {
        "peer": name, "zu": done, "failed": failed, "ms": seconds / done * 1e3, "sizes": sizes / units,
        "pieces": pieces / units, "objective": float(np.mean(more)), "ours_ms": own_milliseconds(zus),
    }  # fmt: skip


def county_seconds(villages: int) -> tuple[float, float]:
    """Return the seconds of the ground and of the cutting of villages whose 组 are as many and as large as 涟源's."""
    rng = np.random.default_rng(7)
    graph_s = cut_s = 0.0
    for number in range(villages):
        count = COUNTY_ZU * (number + 1) // COUNTY_VILLAGES - COUNTY_ZU * number // COUNTY_VILLAGES
        mean = np.log(COUNTY_HOMES / COUNTY_ZU) - 0.045
        size = np.clip(np.exp(rng.normal(mean, 0.3, count)), 5, 112).astype(int)
        parts = [hamlet_points(int(n), rng) for n in size]
        start = time.process_time()
        cells = village_of(parts)
        middle = time.process_time()
        cut_many(cells, PROFILE)
        graph_s, cut_s = graph_s + middle - start, cut_s + time.process_time() - middle
    return graph_s, cut_s


def certify(zus: list[Zu], optima: dict[str, float]) -> dict[str, float]:
    """Prove the optima that are not known yet, the smallest 组 first; each is kept at once, so it may be stopped.

    Those that stay open are left out, and so is what the corpus holds no more.
    """
    known = {zu.key: optima[zu.key] for zu in zus if zu.key in optima}
    for zu in sorted(zus, key=lambda zu: len(zu.ground.site_xy)):
        if zu.key not in known:
            proof = prove_zu(zu.ground, PROFILE, cut_zu(zu.ground, PROFILE))
            if proof.best_m2 - proof.lower_bound_m2 <= 1e-7 * proof.best_m2:
                known[zu.key] = round(proof.best_m2, 4)
                OPTIMA.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n")
            print(f"{zu.name}: {len(zu.ground.site_xy)} homes, gap {proof.gap_share:.2e}", file=sys.stderr)
    return known


def measure(quick: bool, optima: dict[str, float], zus: list[Zu]) -> tuple[list[Row], list[Row]]:
    """Return the report's rows, and the table of peers."""
    whole = together([zu.ground for zu in zus])
    cut_many(together([zus[0].ground]), PROFILE)
    start = time.process_time()
    cut = cut_many(whole, PROFILE)
    ours_ms = (time.process_time() - start) / len(zus) * 1e3
    units = np.bincount(cut.zu_of_lin)
    ours = {zu.key: (int(units[i]), float(cut.objective_m2[i])) for i, zu in enumerate(zus)}
    gaps = np.array([ours[zu.key][1] / optima[zu.key] - 1.0 for zu in zus if zu.key in optima])
    broken = [v for v in cut.violations if v.rule in ("too_few_homes", "too_many_homes")]
    torn = [v for v in cut.violations if v.rule == "in_pieces"]
    table = []
    fair = [zu for zu in zus if not zu.ground.crosses.any()]  # no peer knows of barriers
    for name in PEERS:
        few, many = SAMPLE.get(name, (6, 60))
        step = max(1, len(fair) // (few if quick else many))
        table.append(measure_peer(name, fair[step // 2 :: step], ours))
    some = COUNTY_VILLAGES // 20 if quick else COUNTY_VILLAGES
    graph_s, cut_s = county_seconds(some)
    scale = COUNTY_VILLAGES / some
    share = float((gaps < 1e-6).mean()) if len(gaps) else float("nan")
    worst = f"worst {gaps.max():.2%}" if len(gaps) else "no certified optimum is kept"
    rows = [
        peer_row("cut", table[0], ours_ms),
        peer_row("recom", table[1], ours_ms),
        row("optimal_share", share, "share", f"of {len(gaps)} 组 with a certified optimum, of {len(zus)}"),
        row("mean_gap", float(gaps.mean()) if len(gaps) else float("nan"), "share", worst),
        row("in_pieces", len(torn), "邻", f"of {len(cut.zu_of_lin)}"),
        row("size_violations", len(broken), "邻", f"of {len(cut.zu_of_lin)}"),
        row(
            "county_s",
            (graph_s + cut_s) * scale,
            "s CPU",
            f"cells and their neighbours {graph_s * scale:.1f}, cut {cut_s * scale:.1f}, of {some} villages",
        ),
    ]
    whole_row = {"peer": "ours", "zu": len(zus), "failed": 0, "ms": ours_ms, "objective": 1.0}
    whole_row |= {"sizes": len(broken) / len(cut.zu_of_lin), "pieces": len(torn) / len(cut.zu_of_lin)}
    return rows, [whole_row, *table]


def peer_row(name: str, peer: Row, ours_ms: float) -> Row:
    """Return the row that sets one peer's time beside ours."""
    if "missing" in peer:
        return row(name, ours_ms, "ms/组", f"{peer['peer']}: {peer['missing']}")
    note = f"{peer['peer']} on {peer['zu']} 组 without a barrier: {peer['objective']:.3f} of our objective, "
    note += f"pieces {peer['pieces']:.0%}"
    note += ", the best plan of 1,000 steps" if name == "recom" else ""
    return row(name, peer["ours_ms"], "ms/组", note, round(peer["ms"], 3))


def main() -> None:
    """Print the table and the rows."""
    ask = argparse.ArgumentParser(description=__doc__)
    for flag in ("--json", "--quick", "--certify"):
        ask.add_argument(flag, action="store_true")
    given = ask.parse_args()
    zus = [*generated(), *liechtenstein()]
    optima = certify(zus, read_optima()) if given.certify else read_optima()
    rows, table = measure(given.quick, optima, zus)
    if given.json:
        print(json.dumps({"rows": rows}, ensure_ascii=False))
        return
    print(f"{'':22}{'组':>4}{'ms/组':>10}{'objective':>11}{'sizes broken':>14}{'in pieces':>11}{'failed':>8}")
    for t in table:
        if "missing" in t:
            print(f"{t['peer']:22} not run: {t['missing']}")
        else:
            print(
                f"{t['peer']:22}{t['zu']:>4}{t['ms']:>10.2f}{t['objective']:>11.3f}{t['sizes']:>14.1%}"
                f"{t['pieces']:>11.1%}{t['failed']:>8}"
            )
    for r in rows:
        print(f"{r['name']:18}{r['ours']:>12} {r['unit']:8} peer {r['peer']} ratio {r['ratio']}  {r['note']}")


if __name__ == "__main__":
    main()
