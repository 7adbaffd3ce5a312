"""A web worker starts without what only files, pictures and messages need."""

from __future__ import annotations

import subprocess
import sys


def test_a_web_worker_starts_without_the_libraries_of_rare_work() -> None:
    """Neither Pillow nor Apprise, nor what reads and writes other programs' files, is loaded at start."""
    rare = ("PIL", "apprise", "requests", "openpyxl", "geopandas", "jieba", "bm25s")
    script = f"import sys, webmap.app; print(sorted(set(sys.modules) & set({rare!r})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
