"""The county that the benchmarks of the served product run on, made through the program's own actions."""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pysqlite3

from geodata.actions.take_barriers import take_barriers
from geodata.actions.take_units import take_units
from geodata.rules.actors import OPERATOR
from geodata.rules.demo import DemoCounty
from geodata.rules.units import Level
from webmap import session

ROOT = Path(__file__).resolve().parents[1]
SEED = 7
CLI = [sys.executable, "-m", "webmap.cli"]


@dataclass(frozen=True)
class Asked:
    """What the person who runs a benchmark asked for.

    Parameters
    ----------
    scale
        ``county`` (281,000 homes), ``town`` (20,000) or ``village`` (550).
    folder
        Where the made county lies; kept for the next run where a person named it.
    db
        A published county that is there already, a file or a PostgreSQL URL, "" for one that is made (``load.py``).
    """

    quick: bool
    as_json: bool
    scale: str
    folder: Path
    db: str = ""


@contextmanager
def asked(description: str) -> Iterator[Asked]:
    """Read the command line that all of these benchmarks share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--quick", action="store_true", help="a town of 20,000 homes and fewer requests")
    parser.add_argument("--scale", choices=("village", "town", "county"), default=None)
    parser.add_argument("--keep", type=Path, default=None, help="folder where the made county is kept and found again")
    parser.add_argument("--db", default="", help="load.py: a published county that is there already, and is written to")
    chosen = parser.parse_args()
    scale = chosen.scale or ("town" if chosen.quick else "county")
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        yield Asked(chosen.quick, chosen.json, scale, chosen.keep.resolve(), chosen.db)
        return
    with tempfile.TemporaryDirectory(prefix="sanzhang-bench-") as folder:
        yield Asked(chosen.quick, chosen.json, scale, Path(folder), chosen.db)


def published(wanted: Asked) -> Path:
    """Return a county drafted and published, made by ``sanzhang demo`` where it is not there yet."""
    return _demo(wanted, "published", ())


def bare(wanted: Asked) -> Path:
    """Return a county with its homes, neither drafted nor published."""
    return _demo(wanted, "bare", ("--bare",))


def _demo(wanted: Asked, name: str, options: Sequence[str]) -> Path:
    path = wanted.folder / f"{wanted.scale}-{name}.gpkg"
    ready = path.with_suffix(".ready")
    if not ready.exists():
        for part in wanted.folder.glob(f"{path.name}*"):
            part.unlink()
        run("demo", "--scale", wanted.scale, "--seed", str(SEED), "--db", str(path), *options)
        ready.touch()
    return path


def copy(path: Path, to: Path) -> None:
    """Copy a county file with its key; the pages that still lie in its log come along."""
    for old in to.parent.glob(f"{to.name}*"):
        old.unlink()
    with closing(pysqlite3.connect(path)) as source, closing(pysqlite3.connect(to)) as target:
        source.backup(target)
    shutil.copyfile(path.with_suffix(".key"), to.with_suffix(".key"))


def ground_only(path: Path, made: DemoCounty) -> None:
    """Make a county that has its units, rivers and roads, but no homes: what an import of homes starts from."""
    store = session.open_store(str(path))
    made.units["row"] = range(2, len(made.units) + 2)
    with store.write() as db:
        for level in Level:
            chosen = made.units[made.units["level"] == level.value]
            if len(chosen):
                take_units(db, OPERATOR, session.now(), chosen, level)
        take_barriers(db, OPERATOR, session.now(), made.barriers)
    store.close()


HEADERS = {
    "code": "户编码", "village": "村", "zu": "组", "address": "地址", "building": "楼栋", "entrance": "单元",
    "floor": "楼层", "room": "房号", "priority": "重点", "head_name": "户主", "phone": "电话",
}  # fmt: skip
"""The columns of the files of homes, named as a county's own list names them."""


def homes_table(made: DemoCounty) -> gpd.GeoDataFrame:
    """Return the invented homes under Chinese headers, with their points."""
    table: gpd.GeoDataFrame = made.households.rename(columns=HEADERS)[[*HEADERS.values(), "geometry"]]
    return table


@dataclass(frozen=True)
class Run:
    """One command that was run.

    Parameters
    ----------
    seconds
        From its start to its end, start-up included.
    processor_s
        Processor time of all its processes: what other work on the machine hardly changes.
    peak_mb
        The largest memory of all its processes together.
    """

    answer: dict[str, Any]
    seconds: float
    processor_s: float
    peak_mb: float


def run(*arguments: str) -> Run:
    """Run one ``sanzhang`` command as a person does, and measure it and all its child processes together."""
    began, spent = time.monotonic(), _spent_s()
    process = subprocess.Popen([*CLI, *arguments, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watch.start()
    out, err = process.communicate()
    seconds = time.monotonic() - began
    watch.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments[:2])} failed: {err.decode()[-2000:]}{out.decode()[-500:]}")
    return Run(json.loads(out.decode().splitlines()[-1]), seconds, _spent_s() - spent, peak[0])


def _spent_s() -> float:
    """Return the processor time of every child process that has ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_resident_mb, _family(process.pid))))
        time.sleep(0.1)


def _family(pid: int) -> list[int]:
    """Return a process and all its children; on systems without /proc none, and no memory is told then."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:
        return found
    return found


def _resident_mb(pid: int) -> float:
    """Return the resident memory of a process: pages that processes share count once for each."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
    except OSError:
        return 0.0


def row(
    name: str, ours: float | None, peer: float | None, unit: str, note: str, *, higher_is_better: bool = False
) -> dict[str, Any]:
    """Return one row of the table; a ratio above 1 says that ours is better."""
    ratio = None
    if ours and peer:
        ratio = round(ours / peer if higher_is_better else peer / ours, 3)
    kept = [None if value is None else round(value, 3) for value in (ours, peer)]
    return {"name": name, "ours": kept[0], "peer": kept[1], "ratio": ratio, "unit": unit, "note": note}


def show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print the rows as one JSON document or as a table."""
    if as_json:
        print(json.dumps({"rows": rows}, ensure_ascii=False))
        return
    for each in rows:
        figures = "".join(f"{'-' if each[key] is None else each[key]!s:>12}" for key in ("ours", "peer", "ratio"))
        print(f"{each['name']:22}{figures}  {each['unit']}: {each['note']}")
