"""How often the best repair of a broken 邻 is the best there is, and how long it takes, on 500 cases.

The peer is exact: a mixed integer programme (``peer_repair.py``), whose prices ``repair_optima.json`` keeps by each
case's fingerprint. ``--certify`` solves the cases that are not kept yet (long); every run solves some anew, ``--quick``
fewer.
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

from benchmarks.peer_repair import Answer, solve
from benchmarks.repair_corpus import KINDS, PROFILE, Case, corpus
from geodata.rules.problems import Problem
from geodata.rules.repair import Repair, repairs

OPTIMA = Path(__file__).resolve().parent / "repair_optima.json"
SAME_M = 1e-3
PEER_S = (12.0, 60.0)  # how long the peer may solve cases anew: quick, full
Row = dict[str, Any]


def price(found: list[Repair]) -> Answer:
    """Return the price of the first proposal."""
    return Answer(found[0].homes_moved, found[0].distance_m) if found else Answer(-1, float("inf"))


def is_same(one: Answer, other: Answer) -> bool:
    """Tell whether two prices are the same: homes exactly, metres to a millimetre."""
    return one.moves == other.moves and (one.moves < 0 or abs(one.metres - other.metres) < SAME_M)


def propose(case: Case) -> list[Repair]:
    """Return our proposals for a case; none where none is proven to be there."""
    try:
        return repairs(case.ground, case.lin, PROFILE)
    except Problem as refusal:
        if refusal.code in ("repair.none", "repair.no_room", "repair.too_few_homes"):
            return []
        raise


def timed(cases: list[Case]) -> tuple[list[list[Repair]], np.ndarray[Any, Any]]:
    """Return the proposals for every case and the processor time of each call in milliseconds, after one that
    compiles.
    """
    propose(cases[0])
    found, seconds = [], []
    for case in cases:
        start = time.process_time()
        found.append(propose(case))
        seconds.append(time.process_time() - start)
    return found, np.array(seconds) * 1e3


def read_optima() -> dict[str, Answer]:
    """Return the kept prices by fingerprint."""
    kept = json.loads(OPTIMA.read_text()) if OPTIMA.exists() else {}
    return {
        key: Answer(int(moves), float("inf") if metres is None else metres) for key, (moves, metres) in kept.items()
    }


def certify(cases: list[Case], optima: dict[str, Answer]) -> None:
    """Solve the cases whose price is not kept yet, and keep each as soon as it is known."""
    for case in cases:
        if case.key not in optima:
            start = time.perf_counter()
            optima[case.key] = solve(case.ground, case.lin, PROFILE)
            print(f"{case.name}: {optima[case.key]} {time.perf_counter() - start:.1f} s", file=sys.stderr)
            keep(optima)


def keep(optima: dict[str, Answer]) -> None:
    """Write the prices: homes, and metres to a tenth of a millimetre (null where there is no repair)."""
    kept = {key: [a.moves, None if a.moves < 0 else round(a.metres, 4)] for key, a in sorted(optima.items())}
    OPTIMA.write_text("{\n" + ",\n".join(f'"{key}": {json.dumps(value)}' for key, value in kept.items()) + "\n}\n")


def peer_anew(cases: list[Case], ms: np.ndarray[Any, Any], optima: dict[str, Answer], seconds: float) -> Row:
    """Let the peer solve cases from all over the corpus until the time is up; say what it takes beside ours."""
    order = np.random.default_rng(1).permutation(len(cases))
    theirs, ours, differ = [], [], 0
    stop = time.perf_counter() + seconds
    for i in order:
        if time.perf_counter() > stop:
            break
        start = time.process_time()
        answer = solve(cases[i].ground, cases[i].lin, PROFILE)
        theirs.append((time.process_time() - start) * 1e3)
        ours.append(ms[i])
        differ += not is_same(answer, optima.get(cases[i].key, answer))
    return {"ours": float(np.mean(ours)), "peer": float(np.mean(theirs)), "cases": len(theirs), "differ": differ}


def measure(cases: list[Case], optima: dict[str, Answer], quick: bool) -> tuple[list[Row], list[Row]]:
    """Return the report's rows, and the table by kind of case."""
    found, ms = timed(cases)
    known = np.array([case.key in optima for case in cases])
    same = np.array([is_same(price(f), optima.get(c.key, Answer(-2, 0.0))) for f, c in zip(found, cases, strict=True)])
    unsure = sum(not f[0].optimal for f in found if f)
    peer = peer_anew(cases, ms, optima, PEER_S[1 - quick])
    table = []
    for kind in KINDS:
        rows = np.array([case.kind == kind for case in cases])
        chosen = [f for f, row in zip(found, rows, strict=True) if row and f]
        table.append({
            "kind": kind, "cases": int(rows.sum()), "none": int(rows.sum()) - len(chosen),
            "optimal": float(same[rows & known].mean()) if (rows & known).any() else None,
            "p50": float(np.median(ms[rows])), "worst": float(ms[rows].max()),
            "moved": float(np.mean([f[0].homes_moved for f in chosen])),
            "choices": float(np.mean([len(f) for f in chosen])),
        })  # fmt: skip
    share = float(same[known].mean()) if known.any() else None
    note = f"of {int(known.sum())} cases with a certified optimum, of {len(cases)}; {unsure} not sure of their own"
    redone = f"; HiGHS on {peer['cases']} of them anew, {peer['differ']} unlike the kept price"
    rows_out = [
        row("optimal_share", share, "share", note + redone),
        row(
            "p99_ms",
            float(np.percentile(ms, 99)),
            "ms",
            f"processor time of all proposals for a 邻; the slowest {ms.max():.1f} ms",
        ),
        row(
            "mean_ms", peer["ours"], "ms", f"HiGHS twice, lazy cuts, on {peer['cases']} cases, one price", peer["peer"]
        ),
    ]
    return rows_out, table


def row(name: str, ours: float | None, unit: str, note: str, peer: float | None = None) -> Row:
    """Return one row of the report; the ratio is peer / ours."""
    ratio = round(peer / ours, 2) if peer and ours else None
    return {
        "name": name, "ours": None if ours is None else round(ours, 4),
        "peer": None if peer is None else round(peer, 1), "ratio": ratio, "unit": unit, "note": note,
    }  # fmt: skip


def main() -> None:
    """Print the table and the rows."""
    ask = argparse.ArgumentParser(description=__doc__)
    for flag in ("--json", "--quick", "--certify"):
        ask.add_argument(flag, action="store_true")
    given = ask.parse_args()
    cases, optima = corpus(), read_optima()
    if given.certify:
        certify(cases, optima)
    rows, table = measure(cases, optima, given.quick)
    if given.json:
        print(json.dumps({"rows": rows}, ensure_ascii=False))
        return
    print(f"{'cases':>6}{'optimal':>9}{'p50 ms':>9}{'worst ms':>10}{'homes moved':>13}{'choices':>9}{'none':>6}")
    for t in table:
        optimal = "-" if t["optimal"] is None else f"{t['optimal']:.1%}"
        print(
            f"{t['cases']:>6}{optimal:>9}{t['p50']:>9.1f}{t['worst']:>10.1f}{t['moved']:>13.2f}{t['choices']:>9.1f}"
            f"{t['none']:>6}  {t['kind']}"
        )
    for r in rows:
        print(f"{r['name']:14}{r['ours']} {r['unit']} peer {r['peer']} ratio {r['ratio']}  {r['note']}")


if __name__ == "__main__":
    main()
