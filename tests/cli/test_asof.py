"""``sanzhang export --as-of``: the net of then from the command line, on both databases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner, Result

from geodata.actions.take_households import take_households
from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from tests import village
from tests.village import EARLY, VILLAGES, Clock
from webmap.cli import main

Export = Callable[[str], Result]


@pytest.fixture
def export(published: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Export a village that was published anew on 5 March, with a home more, as of a date."""
    noon = EARLY + dt.timedelta(days=4, hours=4)
    with published.write() as db:
        take_households(db, OPERATOR, noon, village.home_frame().iloc[[0]].assign(code="E900"))
    village.publish_one(published, village.draft_one(published, VILLAGES[0], Clock(noon), seed=3), noon)
    monkeypatch.setenv("SANZHANG_DB", published.target)
    monkeypatch.chdir(tmp_path)
    words = ("export", "net.gpkg", "--unit", VILLAGES[0], "--layers", "village,lin,households", "--json", "--as-of")
    return lambda as_of: CliRunner().invoke(main, [*words, as_of])


@pytest.mark.parametrize(
    ("as_of", "homes"), [("2026-03-04", 31), ("2026-03-05", 32), ("2026-03-05T11:59", 31), ("", 32)]
)
def test_an_export_is_of_its_date(export: Export, tmp_path: Path, as_of: str, homes: int) -> None:
    """The evening before 31 homes in the village, its 邻 and its list, that evening 32; the hour may be said too."""
    done = export(as_of)
    assert done.exit_code == 0, (done.output, done.exception)
    assert json.loads(done.stdout)["households"] == homes
    layers = {name: gpd.read_file(tmp_path / "net.gpkg", layer=name) for name in ("village", "lin", "households")}
    assert [int(layers[name]["homes"].sum()) for name in ("village", "lin")] == [homes, homes]
    assert len(layers["households"]) == homes
    assert set(layers["households"]["lin_code"]) == set(layers["lin"]["code"])


@pytest.mark.parametrize(("as_of", "code"), [("2999-01-01", "as_of.future"), ("5. März", "as_of.unreadable")])
def test_a_date_that_is_none_is_refused(export: Export, as_of: str, code: str) -> None:
    """By its name, with the exit code of every refusal."""
    done = export(as_of)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == code
