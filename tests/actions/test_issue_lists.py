"""Categories, offices, holidays and common questions on both databases: given, brought by file, changed, retired."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.actions import intake
from geodata.actions.choices import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Store
from survey.actions import categories, faq, holidays, issues, offices, take_categories, take_faq, take_offices
from survey.rules.categories import list_shipped
from tests.actions.test_intake import csv
from tests.village import COUNTY, TOWNS, cadre

DAY = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
ADMINISTRATOR = cadre("administrator", f"{COUNTY}/", "admin")
LAMP, BRIDGE = list_shipped()[17], next(one for one in list_shipped() if one.name == "跨河桥")
OFFICE = str(uuid.UUID(int=7 + (4 << 76) + (2 << 62)))
KINDS = (take_categories.KIND, take_offices.KIND, take_faq.KIND, holidays.KIND)


def bring(store: Store, folder: Path, kind: str, frame: pd.DataFrame, actor: Any = OPERATOR) -> dict[str, int]:
    """Bring a file, and check that the preview said what then was done."""
    path, choices = csv(folder, frame, f"{kind}.csv"), Choices(kind)
    with store.read() as db:
        shown = intake.preview(db, OPERATOR, DAY, path, choices)
    with store.write() as db:
        taken, known = intake.take(db, actor, DAY, path, choices)
    counts = taken.counts()
    assert {name: shown.counts[name] for name in counts} == counts
    counts["codes"] = sorted({one.code for one in known.refusals})  # type: ignore[assignment]
    return counts


def listed(store: Store, *, retired: bool = False) -> dict[str, dict[str, Any]]:
    with store.read() as db:
        rows = categories.list_categories(db, OPERATOR, DAY, retired=retired)
    return {f"{row['scheme']}:{row['code']}": row for row in rows}


def refused(store: Store, code: str, act: Any, *args: Any) -> None:
    with pytest.raises(Problem, match=code.replace(".", r"\.")), store.write() as db:
        act(db, *args)


def test_a_county_starts_with_the_shipped_list(store: Store) -> None:
    """It is shown before anything is written, given once, and the ids are the same before and after."""
    before = listed(store)
    assert before["szcg-object:0118"]["name"] == "路灯"
    with store.write() as db:
        assert [categories.ensure(db, DAY) for _ in range(2)] == [len(list_shipped()), 0]
    assert listed(store) == before
    with store.read() as db:
        assert [row.id for row in categories.known(db, DAY)] == [one.id for one in list_shipped()]


def test_a_category_is_found_on_first_use(store: Store) -> None:
    """The first report of a county that was never given a list finds its category; a retired one is not for reports."""
    with store.write() as db:
        assert categories.find(db, DAY, LAMP.id).name == "路灯"
        categories.change(db, OPERATOR, DAY, LAMP.id, {"retired": True})
    refused(store, "issue.unknown_category", categories.find, DAY, LAMP.id)
    refused(store, "issue.unknown_category", categories.find, DAY, "nothing")
    assert "szcg-object:0118" not in listed(store)
    assert listed(store, retired=True)["szcg-object:0118"]["retired"]


def test_a_category_is_changed_by_who_sets_the_countys_lists(published: Store) -> None:
    """Grade, level, office, words and symbol; what cannot be is refused, and so is who holds no such right."""
    with published.write() as db:
        offices.put(db, ADMINISTRATOR, DAY, OFFICE, {"code": "zhujian", "name": "住建局", "unit": COUNTY})
        changed = categories.change(db, ADMINISTRATOR, DAY, BRIDGE.id, {
            "grade": "较难", "level": "镇", "office_code": "zhujian", "keywords": ["大桥", "大桥"], "restricted": True,
            "symbol": "", "name": "桥梁",
        })  # fmt: skip
    told = (changed["grade"], changed["level"], changed["office_code"], changed["keywords"], changed["symbol"])
    assert told == ("harder", "town", "zhujian", ["大桥"], "road")
    assert (changed["restricted"], changed["name"], changed["retired"]) == (True, "桥梁", False)
    for values, code in (({"office_code": "none"}, "category.no_office"), ({"grade": "?"}, "category.bad_grade"),
                         ({"name": " "}, "category.no_name")):  # fmt: skip
        refused(published, code, categories.change, OPERATOR, DAY, BRIDGE.id, values)
    refused(published, "category.not_found", categories.change, OPERATOR, DAY, "none", {})
    for role, path in (("county_cadre", ""), ("administrator", f"{COUNTY}/100/")):
        refused(published, "right.missing", categories.change, cadre(role, path), DAY, BRIDGE.id, {})
    with published.read() as db:
        acts = [row.act for row in audit.page(db, OPERATOR.scope("audit"), None, 20, BRIDGE.id)[0]]
    assert acts == ["category.changed"]


def test_a_category_of_ones_own_is_added(store: Store) -> None:
    """It stands behind the others; a code that is taken is refused."""
    with store.write() as db:
        made = categories.add(db, OPERATOR, DAY, {"code": "L1", "name": "龙舟赛", "kind": "local", "grade": "一般"})
    assert (made["scheme"], made["version"], made["symbol"]) == ("sanzhang", "1", "other")
    assert list(listed(store).values())[-1] == made
    refused(store, "category.taken", categories.add, OPERATOR, DAY, {"code": "0118", "name": "灯", "kind": "object"})
    refused(store, "category.bad_code", categories.add, OPERATOR, DAY, {"code": "?", "name": "灯", "kind": "object"})
    refused(store, "category.bad_kind", categories.add, OPERATOR, DAY, {"code": "1", "name": "灯", "kind": "x"})


def test_a_list_is_brought_twice_and_is_one(store: Store, tmp_path: Path) -> None:
    """New, changed, as before; a file without a column leaves what is there, an office that is not there is refused."""
    frame = pd.DataFrame({"代码": ["0118", "2199", "L1"], "名称": ["路灯", "其他事项", "龙舟赛"],
                          "种类": ["部件", "", "扩展"], "分级": ["较难", "一般", "复杂"]})  # fmt: skip
    assert bring(store, tmp_path, "categories", frame) == {
        "new": 1, "changed": 1, "unchanged": 1, "refused": 0, "codes": [],
    }  # fmt: skip
    assert bring(store, tmp_path, "categories", frame)["unchanged"] == 3
    lamp = listed(store)["szcg-object:0118"]
    assert (lamp["grade"], lamp["name_en"], "频闪" in lamp["keywords"]) == ("harder", "street light", True)
    lost = frame.assign(部门="nobody")
    assert bring(store, tmp_path, "categories", lost)["codes"] == ["category.no_office"]
    gone = frame[2:].assign(停用="是")
    assert bring(store, tmp_path, "categories", gone)["changed"] == 1
    assert "sanzhang:L1" not in listed(store)
    assert bring(store, tmp_path, "categories", frame[2:])["unchanged"] == 1, (
        "a file that does not say so takes nobody back"
    )


def test_a_new_version_of_a_scheme_takes_the_place_of_the_old(store: Store, tmp_path: Path) -> None:
    """One version is in force; issues of the old keep it, and the old can be brought back."""
    frame = pd.DataFrame({"代码": ["0118", "0208"], "名称": ["照明路灯", "跨河桥"], "种类": "部件", "版本": "2030"})
    assert bring(store, tmp_path, "categories", frame)["new"] == 2
    held = listed(store)
    assert [key for key in held if key.startswith("szcg-object")] == ["szcg-object:0118", "szcg-object:0208"]
    assert (held["szcg-object:0118"]["name"], held["szcg-object:0208"]["keywords"]) == (
        "照明路灯",
        list(BRIDGE.keywords),
    )
    assert "szcg-event:0110" in held, "another scheme is not touched"
    old = frame.assign(版本="2013", 名称=["路灯", "跨河桥"])
    assert bring(store, tmp_path, "categories", old)["changed"] == 2
    assert listed(store)["szcg-object:0118"]["version"] == "2013"


def test_offices_are_brought_changed_and_retired(published: Store, tmp_path: Path) -> None:
    """Known by their code, each of the county or of a town; the same file again changes nothing."""
    frame = pd.DataFrame({"部门编码": ["zhujian", "dx-1", "?", "x"], "部门名称": ["住建局", "东溪镇水利站", "a", ""],
                          "所属": ["", TOWNS[0], "", ""]})  # fmt: skip
    done = bring(published, tmp_path, "offices", frame)
    assert done == {
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "refused": 2,
        "codes": ["office.bad_code", "office.bad_name"],
    }
    again = frame[:2].assign(部门名称=["住建局", "水利站"])
    assert bring(published, tmp_path, "offices", again)["changed"] == 1
    assert bring(published, tmp_path, "offices", again.assign(所属="不知道"))["codes"] == ["office.no_unit"]
    with published.read() as db:
        rows = {row["code"]: row for row in offices.list_offices(db, OPERATOR, DAY)}
    assert (rows["dx-1"]["name"], rows["dx-1"]["unit"]["name"], rows["zhujian"]["unit"]) == ("水利站", "东溪镇", None)
    assert bring(published, tmp_path, "offices", again[:1].assign(停用="是"))["changed"] == 1
    with published.write() as db:
        assert [row["code"] for row in offices.list_offices(db, OPERATOR, DAY)] == ["dx-1"]
        assert offices.put(db, OPERATOR, DAY, rows["zhujian"]["id"], {"retired": False})["retired"] is False
    refused(published, "office.taken", offices.put, OPERATOR, DAY, OFFICE, {"code": "dx-1", "name": "x"})
    refused(published, "office.no_unit", offices.put, OPERATOR, DAY, OFFICE, {"code": "a", "name": "x", "unit": "?"})
    refused(published, "office.bad_name", offices.put, OPERATOR, DAY, OFFICE, {"code": "a"})
    refused(published, "office.not_found", offices.find, DAY, OFFICE)


def test_an_office_put_twice_is_one(store: Store) -> None:
    """The same request again writes nothing, not even a row of the audit."""
    values = {"code": "a", "name": "甲局"}
    for _ in range(2):
        with store.write() as db:
            assert offices.put(db, OPERATOR, DAY, OFFICE, values)["name"] == "甲局"
    with store.read() as db:
        assert len(audit.page(db, OPERATOR.scope("audit"), None, 20, OFFICE)[0]) == 1


def test_a_holiday_table_is_brought_a_year_at_a_time(store: Store, tmp_path: Path) -> None:
    """The years a file names are as it says; what counts deadlines reads the same days."""
    with store.write() as db:
        holidays.replace(db, OPERATOR, DAY, {"off": ["2025-10-01", "2026-01-01"], "on": []})
    frame = pd.DataFrame({"日期": ["2026年2月17日", "2026-02-14", "x"], "安排": ["休", "班", "休"]})
    done = bring(store, tmp_path, "holidays", frame)
    assert (done["new"], done["refused"], done["codes"]) == (2, 1, ["holiday.bad_day"])
    assert bring(store, tmp_path, "holidays", frame)["unchanged"] == 2
    with store.read() as db:
        assert holidays.show(db, OPERATOR, DAY) == {"off": ["2025-10-01", "2026-02-17"], "on": ["2026-02-14"]}
        assert issues.calendar_of(db).off == {dt.date(2025, 10, 1), dt.date(2026, 2, 17)}
        assert not issues.calendar_of(db).works(dt.date(2026, 2, 17))
    refused(store, "right.missing", holidays.replace, cadre("town_cadre", ""), DAY, {})
    with store.write() as db:
        assert holidays.add_years(db, OPERATOR, DAY, {"off": ["2027-01-01"]})["off"][-1] == "2027-01-01"


def test_questions_are_brought_asked_and_counted(store: Store, tmp_path: Path) -> None:
    """A list by file, an answer at once, none where none fits, and how often it helped."""
    asked = ["医保怎么交？", "路灯坏了找谁", "停水了怎么办"]
    frame = pd.DataFrame(
        {"问题": asked, "答案": ["线上缴纳。", "上报路灯。", "看公告。"], "类别": ["", "路灯", "2163"]}
    )
    assert bring(store, tmp_path, "faq", frame)["new"] == 3
    assert (
        bring(store, tmp_path, "faq", frame.assign(问题=["医保 怎么交", "路灯坏了找谁", "停水了怎么办"]))["changed"]
        == 1
    )
    assert bring(store, tmp_path, "faq", frame.assign(类别="不知道"))["codes"] == ["faq.no_category"]
    with store.write() as db:
        found = faq.ask(db, OPERATOR, DAY, "路灯不亮了", 3)
        (answer,) = found["items"]
        assert (found["fits"], answer["answer"], answer["category"]["id"]) == (True, "上报路灯。", LAMP.id)
        assert (
            faq.ask(db, OPERATOR, DAY, "狗咬人了", 3)
            == faq.ask(db, OPERATOR, DAY, " ", 3)
            == {"items": [], "fits": False}
        )
        assert faq.count(db, OPERATOR, DAY, answer["id"], "helped") == {"helped": 1, "passed_on": 0}
        assert faq.count(db, OPERATOR, DAY, answer["id"], "passed_on") == {"helped": 1, "passed_on": 1}
        changed = faq.put(db, OPERATOR, DAY, answer["id"], {"answer": "找邻长。", "category": "", "retired": True})
        assert (changed["answer"], changed["category"], changed["retired"]) == ("找邻长。", None, True)
        assert faq.ask(db, OPERATOR, DAY, "路灯不亮了", 3)["fits"] is False, "what is taken out answers nobody"
        assert len(faq.list_entries(db, OPERATOR, DAY)) == 2
    refused(store, "faq.not_found", faq.count, OPERATOR, DAY, answer["id"], "helped")
    refused(store, "faq.bad_answer", faq.put, OPERATOR, DAY, OFFICE, {"question": "x"})
    refused(store, "faq.no_category", faq.put, OPERATOR, DAY, OFFICE, {"question": "x", "answer": "y", "category": "?"})
    with store.write() as db:
        assert faq.put(db, OPERATOR, DAY, OFFICE, {"question": "x", "answer": "y"})["helped"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_is_brought_by_who_imports_for_the_whole_county(published: Store, kind: str) -> None:
    """A town's cadre does not change what the whole county uses."""
    takers = {"categories": take_categories.take_categories, "offices": take_offices.take_offices,
              "faq": take_faq.take_faq, "holidays": holidays.take_holidays}  # fmt: skip
    with pytest.raises(Problem, match=r"right\.missing"), published.write() as db:
        takers[kind](db, cadre("town_cadre", f"{COUNTY}/100/"), DAY, pd.DataFrame())
    with published.read() as db:
        assert settings.get(db, "holidays") is None
