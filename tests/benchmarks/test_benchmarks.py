"""Each benchmark of the served product prints the rows it promises; how fast anything was is not asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"name", "ours", "peer", "ratio", "unit", "note"}
PROMISED = {
    "county": {"draft_s", "draft_peak_mb", "import_xlsx_s", "import_xlsx_peak_mb", "import_gpkg_s"},
    "tiles": {"fresh_p50_ms", "fresh_p99_ms", "cached_per_s"},
    "redraw": {"edit_p50_ms", "edit_p99_ms", "drag_updates_per_s", "publish_s"},
    "board": {"first_paint_s", "slider_fps", "filter_ms", "read_s"},
    "issues": {"list_ms", "one_ms", "clock_s", "intake_per_s", "lost"},
    "load": {"p95_ms", "read_p95_ms", "lost", "errors", "starts_p95_ms", "batch_per_s"},
    "field": {"bundle_kb", "interactive_s", "again_s", "save_ms", "scope_kb"},
    "locate": {"per_s", "first_paint_s", "script_kb", "start_s"},
}
MUST_BE_NONE = {"lost", "errors"}
# without a browser, and memory without /proc
MAY_BE_MISSING = {"first_paint_s", "slider_fps", "script_kb", "drag_updates_per_s"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the benchmarks keep the village that they share."""
    return tmp_path_factory.mktemp("benchmarks")


def run(name: str, folder: Path) -> list[dict[str, Any]]:
    """Run a benchmark on one village and return its rows."""
    line = [sys.executable, f"benchmarks/{name}.py", "--quick", "--json", "--scale", "village", "--keep", str(folder)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return rows


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_benchmark_prints_the_promised_rows(name: str, folder: Path) -> None:
    """Quick and small, it ends with one JSON document of rows with figures, units and notes."""
    rows = run(name, folder)
    assert {row["name"] for row in rows} >= PROMISED[name]
    for row in rows:
        assert set(row) == KEYS
        assert row["unit"] and row["note"]
        if row["name"] in MUST_BE_NONE:
            assert row["ours"] == 0
        elif row["name"] not in MAY_BE_MISSING:
            assert row["ours"] > 0
        if row["peer"]:
            assert row["ratio"] is not None and row["ratio"] >= 0
        else:
            assert row["ratio"] is None
