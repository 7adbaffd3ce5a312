"""The operator's lists: categories, offices, common questions and holidays come in by command."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geodata.rules.actors import OPERATOR
from survey.actions import categories, holidays
from survey.rules.categories import list_shipped
from tests.actions.test_intake import csv
from tests.cli.test_cli import Run, run
from webmap import session

assert run


def test_a_new_county_has_its_categories(run: Run) -> None:
    """Making the county gives it the list that it starts with."""
    run.json("init")
    store = session.open_store(run.target)
    with store.read() as db:
        assert len(categories.list_categories(db, OPERATOR, session.now())) == len(list_shipped())
        assert categories.known(db, session.now())[0].id == list_shipped()[0].id
    store.close()


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("offices", pd.DataFrame({"部门编码": ["zj"], "部门名称": ["住建局"]})),
        ("categories", pd.DataFrame({"代码": ["L1"], "名称": ["龙舟赛"], "种类": ["扩展"]})),
        ("faq", pd.DataFrame({"问题": ["医保怎么交"], "答案": ["线上缴纳"]})),
        ("holidays", pd.DataFrame({"日期": ["2026年2月17日"], "安排": ["休"]})),
    ],
)
def test_a_list_comes_in_once(run: Run, tmp_path: Path, kind: str, frame: pd.DataFrame) -> None:
    """The first time it is new, the second time nothing changes; both tell so as one JSON document."""
    run.json("init")
    path = csv(tmp_path, frame, f"{kind}.csv")
    assert run.json("import", kind, "--yes", path)["new"] == 1
    assert run.json("import", kind, "--yes", path)["unchanged"] == 1
    assert "未变 1" in run("import", kind, "--yes", path).stdout


def test_holidays_come_as_json_too(run: Run, tmp_path: Path) -> None:
    """The same table as an object; what is none says why and changes nothing."""
    run.json("init")
    path = tmp_path / "days.json"
    path.write_text(json.dumps({"off": ["2026-02-17"], "on": ["2026-02-14"]}), encoding="utf-8-sig")
    kept = {"off": ["2026-02-17"], "on": ["2026-02-14"]}
    assert run.json("import", "holidays", "--dry-run", path) == run.json("import", "holidays", path) == kept
    path.write_text('{"off": ["2027-01-01", "2027-01-01"]}', encoding="utf-8")
    assert run.json("import", "holidays", path, code=1)["error"]["code"] == "holiday.repeated"
    store = session.open_store(run.target)
    with store.read() as db:
        assert len(holidays.table(db).off) == 1
    store.close()
