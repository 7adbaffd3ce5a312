"""How long a whole county takes: drafted from the store into stored Plans, and its homes taken in from a file.

Each figure is one ``sanzhang`` command from its start to its end, start-up included, and the memory of all its
processes together. Peers: openpyxl walking through the rows of the same workbook (it stores nothing), and geopandas
reading the same GeoPackage and writing it to another (it checks nothing and seals nothing).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import prepared
from benchmarks.prepared import Asked, Run, row
from geodata.files.write import write_xlsx
from geodata.rules.demo import make_demo


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def write_homes(folder: Path, homes: gpd.GeoDataFrame) -> tuple[Path, Path]:
    """Write the homes as a workbook and as a GeoPackage."""
    book, package = folder / "homes.xlsx", folder / "homes.gpkg"
    table = homes.drop(columns="geometry")
    table["经度"], table["纬度"] = homes.geometry.x, homes.geometry.y
    write_xlsx(book, {"户": (list(table.columns), table.itertuples(index=False, name=None))})
    homes.to_file(package, layer="homes", engine="pyogrio")
    return book, package


def by_openpyxl(book: Path) -> int:
    """Walk through every row of a workbook."""
    opened = openpyxl.load_workbook(book, read_only=True)
    return sum(1 for _ in opened.active.iter_rows(values_only=True))


def by_geopandas(package: Path) -> None:
    """Read a GeoPackage and write it to another."""
    gpd.read_file(package).to_file(package.with_name("copied.gpkg"), layer="homes")


def take_in(base: Path, file: Path) -> Run:
    """Import homes from a file into a copy of a county that has none."""
    copy = base.with_name(f"{file.suffix[1:]}.gpkg")
    prepared.copy(base, copy)
    return prepared.run("import", "households", str(file), "--yes", "--db", str(copy))


def draft(wanted: Asked) -> list[dict[str, Any]]:
    """Draft every village of the county."""
    bare = prepared.bare(wanted)
    copy = wanted.folder / "draft.gpkg"
    prepared.copy(bare, copy)
    done = prepared.run("draft", "--db", str(copy), "--jobs", "2")
    answer = done.answer
    note = (
        f"{answer['homes']} homes, {answer['zu']} 组 -> {answer['lin']} 邻 in {len(answer['plans'])} stored Plans, "
        f"2 processes, {done.processor_s:.0f} s of processor time, at most {done.peak_mb:.0f} MB together; "
        f"not drafted: {len(answer['refused'])}"
    )
    return [
        row("draft_s", done.seconds, None, "s", note),
        row("draft_peak_mb", done.peak_mb, None, "MB", "all processes together"),
    ]


def imports(wanted: Asked) -> list[dict[str, Any]]:
    """Take the county's homes in from a workbook and from a GeoPackage."""
    made = make_demo(wanted.scale, prepared.SEED)  # type: ignore[arg-type]
    base = wanted.folder / "ground.gpkg"
    for part in wanted.folder.glob("ground.gpkg*"):
        part.unlink()
    prepared.ground_only(base, made)
    book, package = write_homes(wanted.folder, prepared.homes_table(made))
    del made
    rows = []
    for name, file, peer, told in (
        ("import_xlsx", book, lambda: by_openpyxl(book), "openpyxl only walking through the rows"),
        ("import_gpkg", package, lambda: by_geopandas(package), "geopandas read_file and to_file"),
    ):
        done = take_in(base, file)
        note = (
            f"{done.answer['new']} homes taken in, {done.answer['refused']} refused, "
            f"{done.processor_s:.0f} s of processor time, at most {done.peak_mb:.0f} MB; peer: {told}"
        )
        rows.append(row(f"{name}_s", done.seconds, seconds(peer), "s", note))
        rows.append(row(f"{name}_peak_mb", done.peak_mb, None, "MB", "the whole process"))
    return rows


def main() -> None:
    """Measure and print."""
    with prepared.asked(__doc__) as wanted:
        rows = [*draft(wanted), *imports(wanted)]
        prepared.show(rows, as_json=wanted.as_json)


if __name__ == "__main__":
    main()
