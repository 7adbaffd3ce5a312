"""``sanzhang duties`` tells what the server does by itself."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from webmap.chores import Worker
from webmap.cli import main
from webmap.session import open_store


def test_duties_are_listed_for_people_and_as_json(tmp_path: Path) -> None:
    """Before the server ran there is nothing; afterwards each duty is a line with its last and next run."""
    target = str(tmp_path / "county.gpkg")
    store = open_store(target, tmp_path)
    assert "还没有" in CliRunner().invoke(main, ["duties", "--db", target]).stdout
    Worker(store).turn()
    store.close()
    lines = CliRunner().invoke(main, ["duties", "--db", target]).stdout
    assert "photo_sweep" in lines
    assert "下次" in lines
    found = json.loads(CliRunner().invoke(main, ["duties", "--db", target, "--json"]).stdout)
    assert {row["name"] for row in found["items"]} == {"clock", "notices", "photo_sweep", "photos"}
