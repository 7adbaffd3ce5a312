"""The operator's door: every command of the main job, its JSON, and its exit codes 0, 1 and 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests import village
from tests.actions.test_intake import csv, homes_table
from tests.conftest import KINDS
from tests.village import Here
from webmap.cli import main
from webmap.cli import plans as plan_commands

Run = Any


@pytest.fixture(params=KINDS)
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a county of its own; ``run.json`` gives its one JSON document."""
    embedded = request.param == "gpkg"
    target = str(tmp_path / "store.gpkg") if embedded else request.getfixturevalue("cluster").url()
    monkeypatch.setenv("SANZHANG_DB", target)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan_commands, "pool", lambda jobs: Here())

    def call(*args: object) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args])

    def as_json(*args: object, code: int = 0) -> Any:
        done = call(*args, "--json")
        assert done.exit_code == code, (done.output, done.exception)
        return json.loads(done.stdout)

    call.json = as_json  # type: ignore[attr-defined]
    call.target = target  # type: ignore[attr-defined]
    return call


def files(folder: Path) -> dict[str, Path]:
    paths = {}
    for level, frame in (
        ("county", village.county_frame()), ("town", village.town_frame()), ("village", village.village_frame()),
        ("lines", village.river_frame()),
    ):  # fmt: skip
        paths[level] = folder / f"{level}.gpkg"
        frame.drop(columns=[c for c in ("row", "homes") if c in frame]).to_file(paths[level], driver="GPKG")
    paths["homes"] = csv(folder, homes_table())
    return paths


def test_from_nothing_to_a_published_net(run: Run, tmp_path: Path) -> None:
    """init, import, draft, check, publish, undo: each says what it did as one JSON document and exits 0."""
    assert run.json("init").keys() == {"account", "one_time_password"}
    paths = files(tmp_path)
    for level in ("county", "town", "village"):
        taken = run.json("import", "units", "--level", level, "--yes", paths[level])
        assert (taken["refused"], taken["new"]) == (0, 1 if level == "county" else 2)
    assert run.json("import", "barriers", "--yes", paths["lines"])["new"] == 2
    dry = run.json("import", "households", "--dry-run", paths["homes"])
    assert (dry["new"], dry["crs"]) == (31, "EPSG:4490")
    taken = run.json("import", "households", "--yes", paths["homes"])
    assert (taken["new"], taken["report"], taken["refusals"]) == (31, None, [])
    assert run.json("import", "households", "--yes", paths["homes"])["unchanged"] == 31
    drafted = run.json("draft", "--unit", village.VILLAGES[0], "--prove")
    assert (drafted["homes"], drafted["lin"], drafted["violations"], drafted["refused"]) == (31, 4, {}, [])
    assert drafted["proofs"][0]["worst_share"] <= 0.1
    (plan_id,) = drafted["plans"]
    assert run.json("check", "--plan", plan_id) == {"violations": [], "counts": {}}
    published = run.json("publish", plan_id, "--reason", "首次")
    assert (len(published["published"]), published["refused"]) == (1, [])
    assert run.json("check", "--unit", village.VILLAGES[0])["counts"] == {}
    undone = run.json("undo", published["published"][0], "--reason", "试")
    assert undone["publication"] != published["published"][0]
    again = run.json("draft", "--seed", 3)
    assert len(again["plans"]) == 1
    assert len(run.json("publish", "--all")["published"]) == 1


def test_people_are_told_in_sentences(run: Run, tmp_path: Path) -> None:
    """Without --json the same commands speak Chinese; nothing else is on standard output."""
    paths = files(tmp_path)
    assert "一次性密码" in run("init").stdout
    for level in ("county", "town", "village"):
        assert "新增" in run("import", "units", "--level", level, "--yes", paths[level]).stdout
    asked = run("import", "households", paths["homes"])
    assert (asked.exit_code, "确认写入" in asked.output) == (1, True)
    assert "新增 31" in run("import", "households", "--yes", paths["homes"]).stdout
    assert "31 户" in run("draft").stdout
    assert "已发布 1 个方案" in run("publish", "--all").stdout
    assert "全部合规" in run("check").stdout


def test_refusals_exit_1_with_a_sentence(run: Run, tmp_path: Path) -> None:
    """A refusal is a sentence on standard error and a code in the JSON, in the chosen language; never a traceback."""
    run.json("init")
    bare = csv(tmp_path, pd.DataFrame({"a": ["1"]}), "a.csv")
    absent = run("import", "households", "--yes", tmp_path / "absent.csv")
    assert (absent.exit_code, "absent.csv" in absent.stderr, absent.stdout) == (1, True, "")
    for args, code in (
        (("draft",), "draft.no_villages"),
        (("draft", "--unit", "none"), "unit.not_found"),
        (("check", "--plan", "none"), "plan.not_found"),
        (("undo", "none"), "publication.not_found"),
        (("init",), "account.administrator_exists"),
        (("import", "households", "--yes", bare), "import.no_coordinates"),
        (("import", "units", "--level", "village", "--map", "x", "--yes", csv(tmp_path, homes_table())),
         "import.bad_map"),
    ):  # fmt: skip
        told = run.json(*args, code=1)
        assert told["error"]["code"] == code
        english = run(*args, "--lang", "en")
        assert english.exit_code == 1
        assert english.stderr.strip()
        assert "Traceback" not in english.output
    assert run.json("publish", "none", code=1)["refused"][0]["code"] == "plan.not_found"


@pytest.mark.parametrize("args", [
    ("publish",), ("import", "units", "x.csv"), ("draft", "--seed", "x"), ("nonsense",), ("undo",),
    ("import", "units", "--level", "street", "x.csv"),
])  # fmt: skip
def test_misuse_exits_2(run: Run, args: tuple[str, ...]) -> None:
    """A command used wrongly says how it is used."""
    done = run(*args)
    assert (done.exit_code, "Usage" in done.stderr) == (2, True)


def test_refused_rows_are_reported_beside_the_file(run: Run, tmp_path: Path) -> None:
    """Some rows refused: exit 0 and a report to mend; all refused: exit 1."""
    paths = files(tmp_path)
    for level in ("county", "town", "village"):
        run.json("import", "units", "--level", level, "--yes", paths[level])
    table = homes_table().astype(object)
    table.loc[0, "经度"] = "x"
    taken = run.json("import", "households", "--yes", csv(tmp_path, table))
    assert (taken["new"], taken["refused"]) == (30, 1)
    assert Path(taken["report"]).name == "homes-refused.xlsx"
    assert taken["refusals"] == [{"row": 2, "field": "lon", "value": "x", "code": "coordinate.not_number"}]
    table["户编码"] = ""
    taken = run.json(
        "import", "households", "--yes", "--report", tmp_path / "r.csv", csv(tmp_path, table, "bad.csv"), code=1
    )
    assert (taken["new"], (tmp_path / "r.csv").exists()) == (0, True)


def test_the_countys_own_file(run: Run, tmp_path: Path) -> None:
    """The live file is not brought into itself, and another kind of file is no county."""
    run.json("init")
    live = tmp_path / "store.gpkg"
    if not live.exists():
        pytest.skip("PostGIS has no file")
    told = run.json("import", "units", "--level", "village", "--layer", "unit", "--yes", live, code=1)
    assert told["error"]["code"] == "import.own_file"
    assert run.json("check", "--db", tmp_path / "county.txt", code=1)["error"]["code"] == "store.not_gpkg"
    (tmp_path / "text.gpkg").write_text("this is no database at all, but it is called one\n" * 100)
    assert run.json("check", "--db", tmp_path / "text.gpkg", code=1)["error"]["code"] == "store.not_database"


def test_a_profile_sets_the_bounds(run: Run, tmp_path: Path) -> None:
    """The county's own bounds hold in the draft; unknown keys and impossible bounds are refused."""
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"name": "虚县", "lin_homes_max": 9}), encoding="utf-8")
    run.json("init", "--profile", profile)
    paths = files(tmp_path)
    for level in ("county", "town", "village"):
        run.json("import", "units", "--level", level, "--yes", paths[level])
    run.json("import", "households", "--yes", paths["homes"])
    assert run.json("draft")["violations"] == {}
    profile.write_text(json.dumps({"cats": 9}), encoding="utf-8")
    assert run.json("init", "--profile", profile, code=1)["error"]["code"] == "profile.unknown_key"
