"""Another platform's file: what each row becomes, and why a row may not come in."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata.rules.problems import Problem
from survey.rules.outside_rows import issues_from
from survey.rules.outside_words import moment_of, source_of, state_of, update_note

COUNTY = shapely.box(111.5, 27.6, 111.8, 27.8)


def read(frame: pd.DataFrame, platform: str = "热线") -> tuple[list[dict[str, object]], list[tuple[int, str]]]:
    mapping = {name: name for name in frame.columns if name != "geometry"}
    rows, refusals = issues_from(frame, mapping, "EPSG:4490", COUNTY, platform)
    return rows.to_dict("records"), [(one.row, one.code) for one in refusals]


def test_a_row_becomes_a_report() -> None:
    """Time in Shanghai's zone, state and source in our words, the caller taken out of the text, the place a point."""
    frame = pd.DataFrame({
        "reference": ["A1", "A2"], "category": ["路灯", "0404"], "at": ["2026-03-06 10:31", 46_087.5],
        "text": ["路灯坏了，联系人李四13800001234", "堵了"], "lon": [111.6, None], "lat": [27.7, None],
        "unit": ["", "东溪村"], "state": ["已办结", ""], "source": ["热线", "来信"], "grade": ["较难", ""],
    })  # fmt: skip
    (first, second), refused = read(frame)
    assert refused == []
    assert (first["text"], first["name"], first["phone"]) == ("路灯坏了", "李四", "13800001234")
    assert first["at"] == dt.datetime(2026, 3, 6, 2, 31, tzinfo=dt.UTC)
    assert (first["state"], first["source"], first["grade"], first["platform"]) == ("closed", "phone", "harder", "热线")
    assert first["geometry"] == shapely.Point(111.6, 27.7)
    assert second["at"] == dt.datetime(2026, 3, 6, 4, 0, tzinfo=dt.UTC)
    assert (second["state"], second["source"], second["grade"], second["geometry"]) == ("open", "file", "", None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"reference": ""}, "outside.no_reference"),
        ({"reference": "1.23457E+15"}, "code.lost_digits"),
        ({"category": ""}, "outside.no_category"),
        ({"at": "昨天"}, "outside.bad_time"),
        ({"state": "不知道"}, "outside.bad_state"),
        ({"at": "2026-03-06", "closed": "2026-03-05"}, "outside.closed_before"),
        ({"grade": "特急"}, "category.bad_grade"),
        ({"lon": "x"}, "coordinate.not_number"),
        ({"lon": "110.0"}, "coordinate.outside_county"),
        ({"text": "长" * 2_001}, "cell.too_long"),
    ],
)
def test_a_row_that_cannot_be_says_why(row: dict[str, str], code: str) -> None:
    """Each fault of a row has its own reason."""
    good = {
        "reference": "A1",
        "category": "路灯",
        "at": "",
        "state": "",
        "closed": "",
        "grade": "",
        "lon": "111.6",
        "lat": "27.7",
    }
    frame = pd.DataFrame({name: [text] for name, text in {**good, "text": "", **row}.items()})
    assert read(frame)[1] == [(2, code)]


def test_a_row_with_a_time_of_closing_is_closed() -> None:
    """Where no state is told; a state that is told counts."""
    frame = pd.DataFrame({"reference": ["1", "2"], "category": ["a", "a"], "closed": ["2026-03-06", "2026-03-06"],
                          "state": ["", "待办"]})  # fmt: skip
    assert [row["state"] for row in read(frame)[0]] == ["closed", "open"]


def test_one_reference_of_one_platform_stands_in_one_row() -> None:
    """Two rows of one number are refused; the same number of two platforms is two issues."""
    twice = pd.DataFrame({"reference": ["A1", "A1"], "category": ["a", "b"], "platform": ["甲", "乙"]})
    assert read(twice)[1] == []
    assert read(twice.assign(platform="甲"))[1] == [(2, "row.repeated"), (3, "row.repeated")]


def test_whose_file_it_is_must_be_said() -> None:
    """Without a platform two files could not be told apart; a layer of points needs no columns for its places."""
    frame = pd.DataFrame({"reference": ["A1"], "category": ["a"]})
    with pytest.raises(Problem, match=r"outside\.no_platform"):
        read(frame, "")
    layer = gpd.GeoDataFrame(frame, geometry=[shapely.Point(111.6, 27.7)], crs="EPSG:4490")
    assert read(layer)[0][0]["geometry"] == shapely.Point(111.6, 27.7)


def test_words_of_others_are_understood() -> None:
    """Moments with their own zone, states with spaces and underscores, sources by name, the note in one line."""
    assert moment_of("2026-03-06T10:31:00+00:00") == dt.datetime(2026, 3, 6, 10, 31, tzinfo=dt.UTC)
    assert moment_of(" ") is None
    assert [state_of(word) for word in ("", "Closed", "办理 中", "已_办结")] == ["open", "closed", "open", "closed"]
    assert [source_of(word) for word in ("微信群", "12345", "", "某某")] == ["chat", "phone", "file", "file"]
    assert update_note("热线", "修好了", "closed") == "热线更新（对方平台已办结）：修好了"
