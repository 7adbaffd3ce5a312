"""Another platform's file on both databases: each row one issue, however often it comes, and never two."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.actions import intake
from geodata.actions.choices import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Store
from survey.actions import issue_lists, issues, take_issues
from survey.rules.categories import list_shipped
from survey.rules.issue_query import query_from
from survey.store import issues as kept
from tests.actions.test_intake import csv
from tests.issuing import place, take
from tests.village import VILLAGES, cadre

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
LAMP = list_shipped()[17]
KIND = Choices(take_issues.KIND, platform="热线")


def table(**more: Any) -> pd.DataFrame:
    """Three calls: one with a point, one that names a 组, one that was closed there."""
    (lon, lat), (east, south) = place(), place(2.5, 0.5)
    return pd.DataFrame({
        "工单编号": ["A1", "A2", "A3"], "类型": ["路灯", "szcg-event:0404", "Beleuchtung"],
        "内容": ["路灯坏了，联系人李四13800001234", "堵了", "灯又亮了"],
        "上报时间": ["2026-03-05 10:31", "", "2026-03-01"],
        "办结时间": ["", "", "2026-03-02 09:00"], "村": ["", "东溪村", ""], "组": ["", "甲组", ""],
        "经度": [lon, "", east], "纬度": [lat, "", south], **more,
    })  # fmt: skip


def bring(store: Store, path: Path, choices: Choices = KIND, actor: Any = OPERATOR) -> tuple[dict[str, int], list[str]]:
    """Bring a file, and check that the preview said what then was done."""
    with store.read() as db:
        shown = intake.preview(db, OPERATOR, NOW, path, choices)
    with store.write() as db:
        taken, _ = intake.take(db, actor, NOW, path, choices)
    counts = taken.counts()
    assert {name: shown.counts[name] for name in counts} == counts
    return counts, [one.code for one in taken.refusals]


def listed(store: Store) -> dict[str, dict[str, Any]]:
    with store.read() as db:
        page = issue_lists.page(db, OPERATOR, NOW, query_from({"state": "any"}), "", 50)
    return {row["text"]: row for row in page["items"]}


def known(*categories: str) -> Choices:
    return Choices(take_issues.KIND, platform="热线", categories=dict.fromkeys(categories, LAMP.id))


def test_each_row_is_one_issue_however_often_it_comes(published: Store, tmp_path: Path) -> None:
    """New the first time, nothing the second; what their word stands for is remembered for the next file."""
    path = csv(tmp_path, table(), "a.csv")
    assert bring(published, path) == (
        {"new": 2, "changed": 0, "unchanged": 0, "refused": 1},
        ["outside.unknown_category"],
    )
    assert bring(published, path, known("Beleuchtung"))[0] == {"new": 1, "changed": 0, "unchanged": 2, "refused": 0}
    assert bring(published, path)[0] == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}
    rows = listed(published)
    assert sorted(rows) == ["堵了", "灯又亮了", "路灯坏了"]
    lamp, drain, done = rows["路灯坏了"], rows["堵了"], rows["灯又亮了"]
    assert (lamp["state"], lamp["source"], lamp["at"]) == (
        "waiting",
        "file",
        dt.datetime(2026, 3, 5, 2, 31, tzinfo=dt.UTC),
    )
    assert (drain["place_text"], drain["at"], drain["chain"][4]["name"]) == ("东溪村甲组", NOW, "甲组")
    assert (done["state"], done["closed_at"]) == ("closed", dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC))
    with published.read() as db:
        row = kept.raw(db, lamp["id"])
        assert issues.raiser_of(db, row) == {"name": "李四", "phone": "13800001234"}
        assert "13800001234" not in json.dumps(row.raw)
        case = issues.folded(kept.events_by_issue(db, [done["id"]])[done["id"]])
        detail = audit.page(db, OPERATOR.scope("audit"), None, 1, None)[0][0].detail
    assert (case.state, case.skipped, case.counted) == ("closed", (), 5)
    assert (detail["counts"]["unchanged"], detail["platforms"]) == (3, ["热线"])


def test_what_changed_there_is_a_note_here(published: Store, tmp_path: Path) -> None:
    """Other words of the same number are a note under the same issue, once; a withdrawn one does not come back."""
    bring(published, csv(tmp_path, table(), "a.csv"), known("Beleuchtung"))
    path = csv(tmp_path, table(内容=["路灯坏了，还没修", "堵了", "灯又亮了"]), "b.csv")
    lamp = listed(published)["路灯坏了"]
    assert bring(published, path)[0] == {"new": 0, "changed": 1, "unchanged": 2, "refused": 0}
    assert bring(published, path)[0]["unchanged"] == 3
    with published.read() as db:
        notes = [row for row in kept.event_rows(db, lamp["id"]) if row.kind == "noted"]
    assert [row.detail["text"] for row in notes] == ["热线更新：路灯坏了，还没修"]
    assert len(listed(published)) == 3
    take(published, OPERATOR, lamp["id"], "withdrawn", NOW, reason="重复")
    assert bring(published, csv(tmp_path, table(), "c.csv"))[0]["changed"] == 1
    assert [row["state"] for row in listed(published).values()].count("withdrawn") == 1


def test_two_platforms_may_use_one_number(published: Store, tmp_path: Path) -> None:
    """A1 of the hotline and A1 of the app are two issues; the file may say whose each row is."""
    frame = table(平台=["热线", "甲", "乙"], 类型=["路灯"] * 3, 工单编号=["A1"] * 3)
    path = csv(tmp_path, frame, "a.csv")
    assert bring(published, path, Choices(take_issues.KIND))[0]["new"] == 3
    assert bring(published, csv(tmp_path, table(类型=["路灯"] * 3), "b.csv"))[0] == {
        "new": 2, "changed": 0, "unchanged": 1, "refused": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"上报时间": ["2027-01-01", "", ""], "办结时间": [""] * 3}, "outside.in_future"),
        ({"村": ["", "不知道", ""]}, "outside.no_unit"),
        ({"村": [""] * 3, "组": [""] * 3}, "outside.no_place"),
        ({"村": [""] * 3}, "outside.no_unit"),
        ({"经度": [111.59, "", 111.6], "纬度": [27.7005, "", 27.699]}, "issue.outside"),
    ],
)
def test_a_row_that_cannot_be_raised_says_why(
    published: Store, tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    """The others of its file come in; a 组 of a name that two villages have needs its village."""
    path = csv(tmp_path, table(**{"类型": ["路灯"] * 3, **more}), "a.csv")
    with published.write() as db:
        taken, _ = intake.take(db, OPERATOR, NOW, path, KIND)
    assert ([one.code for one in taken.refusals], taken.new) == ([code], 2)


def test_a_file_is_brought_for_the_whole_county(published: Store, tmp_path: Path) -> None:
    """A village's cadre does not bring another's issues."""
    path = csv(tmp_path, table(), "a.csv")
    with pytest.raises(Problem, match=r"import\.county_only"), published.write() as db:
        intake.take(db, cadre("village_cadre", f"{VILLAGES[0]}/"), NOW, path, KIND)
    assert listed(published) == {}
