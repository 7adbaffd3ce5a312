"""People come in by file: recognised columns, refused rows, and once only by code, ID number, or name and telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.actions import intake, uploads
from geodata.actions.choices import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from survey.actions import officers, take_officers
from tests import village
from tests.actions.test_intake import csv
from tests.people import DAY, ID_NO, put
from tests.village import VILLAGES

assert take_officers.__doc__  # importing it makes the kind known
KIND = Choices("officers")


def table(**more: Any) -> pd.DataFrame:
    """Three people: two of the first village, one of nowhere known."""
    return pd.DataFrame({
        "姓名": ["李某甲", "王某乙", "赵某丙"], "联系电话": ["13800000001", "13800000002", ""],
        "身份证号": [ID_NO, "", ""], "行政村": ["东溪村", VILLAGES[0], "不知道村"], "户编码": ["E001", "", ""],
        "经度": ["", f"{village.WEST + 0.001}", ""], "纬度": ["", f"{village.NORTH - 0.001}", ""],
        "政治面貌": ["中共党员", "群众", ""], "身份": ["两委、志愿者", "小组长", "党员"], "联审结果": ["合格", "", ""],
        "联审日期": ["2026年2月1日", "", ""], "长期在外": ["", "是", "否"], **more,
    })  # fmt: skip


def bring(store: Store, path: Path, choices: Choices = KIND) -> Any:
    with store.write() as db:
        return intake.take(db, OPERATOR, DAY[1], path, choices)[0]


def listed(store: Store) -> dict[str, dict[str, Any]]:
    with store.read() as db:
        return {row["name"]: row for row in officers.page(db, OPERATOR, DAY[1], "", {}, "", 50)["items"]}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_of_people_is_recognised_and_taken_in(drawn: Store, tmp_path: Path, ending: str) -> None:
    """Chinese headers are known, the preview writes nothing, and the same file again changes nothing."""
    path = tmp_path / f"people.{ending}"
    table().to_excel(path, index=False) if ending == "xlsx" else table().to_csv(path, index=False)
    with drawn.read() as db:
        shown = intake.preview(db, OPERATOR, DAY[1], path, KIND)
    assert shown.counts == {"accepted": 3, "refused": 0, "new": 3, "changed": 0, "unchanged": 0}
    assert shown.understood.mapping["id_no"] == "身份证号"
    assert listed(drawn) == {}
    assert bring(drawn, path).counts() == {"new": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert bring(drawn, path).counts() == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}
    first, second, third = (listed(drawn)[name] for name in ("李某甲", "王某乙", "赵某丙"))
    assert (first["party"], first["tags"], first["vetting"], first["vetted_on"]) == (
        True, ["两委", "志愿者"], "passed", "2026-02-01",
    )  # fmt: skip
    assert (first["village"]["code"], first["household"]["code"], first["has_id_no"]) == (VILLAGES[0], "E001", True)
    assert (second["party"], second["away"], second["place"]) == (
        False,
        True,
        [village.WEST + 0.001, village.NORTH - 0.001],
    )
    assert (third["party"], third["tags"], third["village"], third["village_text"]) == (True, [], None, "不知道村")


def test_english_headers_and_no_places_will_do(drawn: Store, tmp_path: Path) -> None:
    """A name is all that is asked for; a file without coordinates needs no coordinate system."""
    path = csv(tmp_path, pd.DataFrame({"Name": ["Li"], "Phone": ["19900000001"], "Village": ["东溪村"]}), "p.csv")
    with drawn.read() as db:
        known = intake.understand(db, path, KIND)
    assert (known.crs.reason, known.mapping) == ("no_places", {"name": "Name", "phone": "Phone", "village": "Village"})
    assert bring(drawn, path).new == 1
    with drawn.read() as db, pytest.raises(Problem, match=r"import\.no_column"):
        intake.understand(db, csv(tmp_path, pd.DataFrame({"电话": ["1"]}), "q.csv"), KIND)


def test_each_bad_row_is_refused_with_its_reason(drawn: Store, tmp_path: Path) -> None:
    """What cannot be is told row by row, the ID number itself not repeated; the good rows come in."""
    rows = pd.DataFrame(
        [
            ["李某甲", "P1", "11010519491231002", "", "", "", "111.601", "27.699"],
            ["", "P2", "", "", "", "", "", ""],
            ["王某乙", "P3", "", "也许", "", "", "111.6021", "27.6991"],
            ["赵某丙", "P4", "", "", "2026-13-01", "", "111.6021", "27.6991"],
            ["陈某丁", "P5", "", "", "", "nobody", "111.6021", "27.6991"],
            ["周某戊", "P6", "", "", "", "", "120.0", "27.7"],
            ["吴某己", "P7", "", "", "", "", "111.601", ""],
            ["徐某庚", "P8", "", "", "", "", "x", "27.699"],
            ["孙某辛", "P9", "", "", "", "", "111.6021", "27.6991"],
            ["胡某甲", "P9", "", "", "", "", "111.6021", "27.6991"],
            ["朱某乙", "P11", "", "通过", "", "", "111.6021", "27.6991"],
        ],
        columns=["姓名", "编码", "身份证号", "联审结果", "联审日期", "户编码", "经度", "纬度"],
    )
    taken = bring(drawn, csv(tmp_path, rows, "bad.csv"))
    assert [(r.row, r.field, r.code) for r in taken.refusals] == [
        (2, "id_no", "officer.bad_id_no"), (3, "name", "officer.bad_name"), (4, "vetting", "officer.bad_vetting"),
        (5, "vetted_on", "officer.bad_day"), (6, "household", "officer.no_home"),
        (7, "coordinate", "coordinate.outside_county"), (8, "lat", "coordinate.missing"),
        (9, "lon", "coordinate.not_number"), (10, "code", "code.repeated"), (11, "code", "code.repeated"),
    ]  # fmt: skip
    assert taken.refusals[0].value == ""
    assert list(listed(drawn)) == ["朱某乙"]


def test_somebody_is_known_again_by_code_by_number_or_by_name_and_telephone(drawn: Store, tmp_path: Path) -> None:
    """Three files that say it in three ways make nobody twice; a new code of the county's own is taken over."""
    made = put(drawn, name="李某甲", phone="13800000001", id_no=ID_NO, village=VILLAGES[0], tags=["两委"])
    for columns in (
        {"编码": ["C1"], "姓名": ["李某甲"], "身份证号": [ID_NO.lower()]},
        {"编码": ["C1"], "姓名": ["李某佳"]},
        {"姓名": ["李某佳"], "电话": ["+86 138-0000-0001"], "长期在外": ["是"]},
    ):
        taken = bring(drawn, csv(tmp_path, pd.DataFrame(columns), "again.csv"))
        assert (taken.new, taken.changed) == (0, 1)
    (only,) = listed(drawn).values()
    assert (only["id"], only["code"], only["name"], only["away"]) == (made, "C1", "李某佳", True)
    assert (only["tags"], only["phone"], only["has_id_no"]) == (["两委"], "138****0001", True)


def test_one_person_in_two_rows_and_one_who_has_left_are_refused(drawn: Store, tmp_path: Path) -> None:
    """A file must say which row counts, and does not take back somebody whom people retired."""
    gone = put(drawn, name="吴某己", code="G1", village=VILLAGES[0])
    with drawn.write() as db:
        officers.retire(db, OPERATOR, DAY[1], gone, "外出")
    put(drawn, name="李某甲", code="C1", id_no=ID_NO)
    rows = pd.DataFrame({
        "编码": ["", "", "G1", "C1", ""], "姓名": ["王某乙", "王某乙", "吴某己", "李某甲", "李某家"],
        "电话": ["19900000001", "199 0000 0001", "", "", ""], "身份证号": ["", "", "", "", ID_NO],
    })  # fmt: skip
    taken = bring(drawn, csv(tmp_path, rows, "twice.csv"))
    assert [(r.row, r.code) for r in taken.refusals] == [
        (2, "officer.repeated"), (3, "officer.repeated"), (4, "officer.retired"), (6, "officer.repeated"),
    ]  # fmt: skip
    assert list(listed(drawn)) == ["李某甲"]


def test_a_file_does_not_part_what_people_merged(drawn: Store, tmp_path: Path) -> None:
    """The file that once brought two entries brings neither back after they became one."""
    path = csv(tmp_path, pd.DataFrame({"编码": ["A1", "A2"], "姓名": ["李某甲", "李某贾"]}), "two.csv")
    assert bring(drawn, path).new == 2
    ids = {name: row["id"] for name, row in listed(drawn).items()}
    with drawn.write() as db:
        officers.merge(db, OPERATOR, DAY[2], ids["李某甲"], ids["李某贾"])
    with drawn.read() as db:
        assert intake.preview(db, OPERATOR, DAY[2], path, KIND).counts["unchanged"] == 2
    assert bring(drawn, path).counts() == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert list(listed(drawn)) == ["李某甲"]


def test_people_come_through_the_upload_of_the_page(drawn: Store, tmp_path: Path) -> None:
    """The web's upload keeps the file as its kind; an unknown kind is refused with those there are."""
    path = csv(tmp_path, table(), "people.csv")
    with drawn.write() as db:
        batch = uploads.receive(
            db, OPERATOR, DAY[1], "people.csv", KIND, lambda to: to.write_bytes(path.read_bytes()) and None
        )
        row, shown = uploads.show(db, OPERATOR, DAY[1], batch)
    assert (row.kind, shown.counts["new"]) == ("officers", 3)
    with pytest.raises(Problem) as refused:
        Choices("cows")
    assert {"units", "households", "barriers", KIND.kind} <= set(refused.value.values["known"])
