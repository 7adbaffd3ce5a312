"""Hotspots at the command line."""

from __future__ import annotations

from geodata.rules.actors import OPERATOR
from tests.cli.test_cli import Run, run
from tests.issuing import furnish, raise_one
from tests.village import publish_all
from webmap import session

assert run


def test_hotspots_are_told_as_of_a_day(run: Run) -> None:
    """One JSON document with level, what was tested and the places; before anything happened there are none."""
    run.json("init")
    store = session.open_store(run.target)
    publish_all(store)
    furnish(store)
    for _ in range(4):
        raise_one(store, OPERATOR)
    store.close()
    told = run.json("hotspots", "--level", "lin")
    assert (told["level"], told["issues"], told["null"]) == ("lin", 4, "uneven_homes")
    assert told["bearing"]["bears"] is False
    assert "数据太少" in told["caution"]
    assert run.json("hotspots", "--level", "lin", "--at", "2026-03-02")["issues"] == 0
