"""The kept index, the hard cases of a month, and the board as files, on both databases."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import shapely
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from geodata.actions.setup import set_profile
from geodata.files.board import default_template
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store import units
from geodata.store.database import Store
from geodata.store.tables import audit as audit_table
from survey.actions import board, board_index, board_sensitive
from survey.actions.board_pack import pack
from survey.rules.board_pack import withheld, withheld_series
from survey.rules.board_query import board_query
from tests.issuing import furnish, place, raise_one, take
from tests.village import border, cadre
from webmap import board_files, sentences_board

NOW = dt.datetime(2026, 3, 20, 4, tzinfo=dt.UTC)
COUNTY, EAST, WEST = "439901000000/", "439901000000/100/", "439901000000/101/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def month(published: Store) -> tuple[Store, list[Any], str]:
    """The county in the middle of April: ten issues of March in the first village, two solved, one taken up again."""
    furnish(published)
    rows = [raise_one(published, OPERATOR, NOW - n * DAY, at=place(0.5 + n % 3, 0.5 + (n % 6) // 3)) for n in range(10)]
    for row in rows[:2]:
        take(published, OPERATOR, row.id, "accepted", NOW + DAY)
        take(published, OPERATOR, row.id, "solved", NOW + DAY, remedy=["on_spot"], text="修好了")
    take(published, OPERATOR, rows[0].id, "answered", NOW + DAY, how="phone", text="已告知")
    take(published, OPERATOR, rows[0].id, "rated", NOW + 2 * DAY, score="half")
    with published.read() as db:
        return published, rows, units.tops(db, OPERATOR.scope("see"), "", 1)[0].id


LATER = NOW + 30 * DAY


def test_the_index_is_kept_by_its_formula(month: tuple[Store, list[Any], str]) -> None:
    """A month that is over gets an index, kept with its parts; a running one and a wrong formula are refused."""
    store, _, county = month
    with store.write() as db:
        made = board_index.keep_index(db, OPERATOR, LATER, county, "2026-03")
        board_index.keep_index(db, OPERATOR, LATER, county, "2026-03")
        shown = board_index.show_index(db, cadre("leader", COUNTY), LATER, county)
        with pytest.raises(Problem) as running:
            board_index.keep_index(db, OPERATOR, LATER, county, "2026-04")
    parts = made["value"]["parts"]
    assert parts["solved_share"] == {"value": 0.1, "weight": 30}
    mean = sum(one["value"] * one["weight"] for one in parts.values()) / sum(one["weight"] for one in parts.values())
    assert made["value"]["index"] == pytest.approx(100 * mean)
    assert [(one["period"], one["value"]) for one in shown["items"]] == [("2026-03", made["value"])]
    assert running.value.code == "board.period_running"
    with store.write() as db:
        set_profile(db, OPERATOR, LATER, {"index_weights": {"load": 1}})
        with pytest.raises(Problem) as wrong:
            board_index.keep_index(db, OPERATOR, LATER, county, "2026-03")
    assert wrong.value.code == "board.bad_formula"


def test_a_month_has_ten_hard_cases_with_findings(month: tuple[Store, list[Any], str]) -> None:
    """Chosen once, the one that came back first; a finding is written once, by who holds the desk there."""
    store, rows, county = month
    with store.write() as db:
        first = board_index.draw_cases(db, OPERATOR, LATER, county, "2026-03")
        again = board_index.draw_cases(db, OPERATOR, LATER + DAY, county, "2026-03")
        assert [one["id"] for one in again["items"]] == [one["id"] for one in first["items"]]
        case = first["items"][0]
        for _ in range(2):
            board_index.settle_case(db, OPERATOR, LATER, case["id"], "灯具批次有问题，整条路一起换")
        with pytest.raises(Problem) as taken:
            board_index.settle_case(db, cadre("county_cadre", COUNTY), LATER, case["id"], "另一种说法")
        with pytest.raises(Problem) as outside:
            board_index.settle_case(db, cadre("town_cadre", WEST), LATER, case["id"], "别处")
        shown = board_index.list_cases(db, cadre("leader", COUNTY), LATER, county)
    assert len(first["items"]) == 9, "the one that was solved in time is no hard case"
    assert case["issue_id"] == rows[0].id
    assert case["why"]["reopened"] == 1
    assert (taken.value.code, outside.value.code) == ("board.finding_taken", "board.not_found")
    assert shown["items"][0]["finding"].startswith("灯具")


def test_what_is_small_is_withheld_in_files() -> None:
    """Fewer than 5 homes or 3 issues show nothing, nor may the total tell them; months move in steps of three."""
    counts, homes = np.array([9, 2, 8, 4, 5]), np.array([30, 30, 4, 30, 30])
    shown = withheld(counts, homes)
    assert shown[[1, 2]].tolist() == [-1, -1]
    hidden = shown < 0
    assert counts[hidden].sum() >= 3
    assert homes[hidden].sum() >= 5
    series = withheld_series(np.array([[1, 2, 4, 5, 7]]), np.array([30]), np.array([True]))
    assert series.tolist() == [[0, 0, 4, 4, 7]]


def test_every_file_says_the_same_and_withholds_what_is_small(month: tuple[Store, list[Any], str]) -> None:
    """HTML, PDF, PNG, XLSX and DOCX carry the figures and the note; no issue's text, number or place is in them."""
    store, rows, _ = month
    words = sentences_board.file_words("zh")
    with store.write() as db:
        made = pack(db, OPERATOR, NOW, board_query({"level": "lin", "period": "90d"}),
                    lambda row: sentences_board.place(row, "zh"), words)  # fmt: skip
        told = set(db.run.execute(select(audit_table.c.act)).scalars())
        files = {kind: board_files.make(made, kind, "zh", db.store.folder) for kind in board_files.KINDS}
    assert "board.taken" in told
    solved = next(one for one in made.figures if one["name"] == "solved_share")
    assert files["pdf"].startswith(b"%PDF")
    assert Image.open(io.BytesIO(files["png"])).width > 1500
    sheet = load_workbook(io.BytesIO(files["xlsx"]))
    cells = [[cell.value for cell in row] for row in sheet[sheet.sheetnames[0]].iter_rows()]
    assert [solved["title"], solved["value"]] == next(row[:2] for row in cells if row[0] == solved["title"])
    counted = [row[3].value for row in list(sheet[sheet.sheetnames[1]].iter_rows())[1:]]
    assert set(counted) - {"不显示"} <= set(range(3, 11))
    brief = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    html = files["html"].decode()
    for text in (brief, html):
        assert "不足5户" in text
        assert rows[5].number not in text
        assert "路灯频闪" not in text
        assert "{{" not in text.replace("{{ this", "")
    assert solved["value"] in brief
    assert "cdn" not in html
    assert 'src="http' not in html
    assert "<link" not in html


def test_a_countys_own_template_is_kept_and_a_broken_one_refused(store: Store) -> None:
    """The template comes back as it was edited; one that reaches beyond its fields is refused."""
    own = default_template(sentences_board.file_words("zh"))
    board_files.keep_template(store.folder, own)
    assert board_files.template(store.folder, "zh") == own
    for body in (b"no document", own.replace(b"PK", b"XX")):
        with pytest.raises(Problem) as refused:
            board_files.keep_template(store.folder, body)
        assert refused.value.code == "board.template_broken"


def test_sensitive_places_are_in_no_file(month: tuple[Store, list[Any], str]) -> None:
    """What lies in a sensitive place counts on the board and in no file; what is no polygon is refused."""
    store, _, _ = month
    words = sentences_board.file_words("zh")

    def solved(db: Any) -> str:
        made = pack(db, OPERATOR, NOW, board_query({"level": "lin", "period": "90d"}), lambda _row: "", words)
        return next(one["bottom"] for one in made.figures if one["name"] == "solved_share")

    around = json.loads(shapely.to_geojson(border(0)))
    with store.write() as db:
        assert solved(db) == "10"
        board_sensitive.put(db, OPERATOR, NOW, {"features": [{"geometry": around, "properties": {"name": "学校"}}]})
        assert solved(db) == "0"
        assert (
            board.figures(db, OPERATOR, NOW, board_query({"period": "90d"}))["figures"]["solved_share"]["bottom"] == 10
        )
        for wrong in ({}, {"geometry": {"type": "Point", "coordinates": [1, 2]}}, {"geometry": {"type": "Polygon"}}):
            with pytest.raises(Problem) as refused:
                board_sensitive.put(db, OPERATOR, NOW, {"features": [wrong]})
            assert refused.value.code == "board.bad_places"
