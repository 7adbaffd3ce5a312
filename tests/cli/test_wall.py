"""``sanzhang wall``: a village's wall map as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geodata.store.database import Store
from tests.village import VILLAGES
from webmap.cli import main


def test_a_wall_map_is_written_where_it_is_wanted(
    published: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One JSON document names the file; several pictures come as one zip; a refusal ends with 1."""
    monkeypatch.setenv("SANZHANG_DB", published.target)
    done = CliRunner().invoke(main, ["wall", VILLAGES[0], str(tmp_path / "out.pdf"), "--parts", "tree", "--json"])
    assert done.exit_code == 0, done.output
    assert Path(json.loads(done.stdout)["file"]).read_bytes().startswith(b"%PDF-")
    assert CliRunner().invoke(main, ["wall", VILLAGES[0], str(tmp_path / "out.png")]).exit_code == 0
    assert (tmp_path / "out.zip").exists()
    for arguments in (["wall", VILLAGES[0], "no/folder.pdf"], ["wall", "0", "x.pdf"], ["wall", VILLAGES[0], "x.doc"]):
        assert CliRunner().invoke(main, arguments).exit_code == 1
