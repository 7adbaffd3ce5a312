"""GeoJSON is read strictly: what is malformed is refused with its place."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.files.read import read_any
from geodata.files.read_geojson import geometry_from, read_geojson
from geodata.rules.problems import Problem

RING = [[111.6, 27.6], [111.7, 27.6], [111.7, 27.7], [111.6, 27.6]]
POINT = '{"type":"Feature","properties":{"编号":"A1"},"geometry":{"type":"Point","coordinates":[111.6,27.6]}}'


def collection(*features: str, extra: str = "") -> str:
    """Return a collection of features given as text."""
    return f'{{"type":"FeatureCollection",{extra}"features":[{",".join(features)}]}}'


def feature(geometry: Any, /, **properties: Any) -> str:
    """Return a feature as text."""
    return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}, ensure_ascii=False)


def written(path: Path, text: str | bytes) -> Path:
    """Write a file and return it."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_features_become_rows(tmp_path: Path) -> None:
    """Properties become columns, also those only some features have; numbers and nested values stay readable."""
    text = collection(
        feature({"type": "Point", "coordinates": [111.6, 27.6, 30]}, 编号="A1", 楼=3, 长号=4313821010010102003),
        feature({"type": "Polygon", "coordinates": [RING]}, 编号="A2", 是=True, 列=[1, "二"]),
        feature(None, 编号="A3", geometry="字段"),
        '{"type":"Feature","id":"f4","properties":null,"geometry":null}',
    )
    sheet = read_any(written(tmp_path / "a.json", text))
    frame = sheet.frame
    assert frame["编号"].tolist() == ["A1", "A2", "A3", None]
    assert (frame["楼"].iloc[0], frame["长号"].iloc[0]) == ("3", "4313821010010102003")
    assert (frame["是"].iloc[1], frame["列"].iloc[1], frame["geometry (2)"].iloc[2]) == ("是", '[1, "二"]', "字段")
    assert frame["id"].iloc[3] == "f4"
    assert frame.index.tolist() == [1, 2, 3, 4]
    assert not frame.geometry.iloc[0].has_z
    assert (sheet.declared_crs, sheet.encoding, sheet.rows, sheet.refusals) == (None, "utf-8", 4, [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    """A mark, UTF-16 and GB18030 are read although RFC 7946 wants plain UTF-8."""
    sheet = read_any(written(tmp_path / "a.geojson", collection(POINT).encode(encoding)))
    assert sheet.frame["编号"].tolist() == ["A1"]
    assert sheet.encoding == encoding


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::4547", "EPSG:4547"),
        ("EPSG:4490", "EPSG:4490"),
        ("http://www.opengis.net/def/crs/EPSG/0/4546", "EPSG:4546"),
        ("urn:ogc:def:crs:OGC:1.3:CRS27", None),
        ("自定义", None),
    ],
)
def test_the_old_crs_member(tmp_path: Path, name: str, declared: str | None) -> None:
    """A named EPSG system or CRS84 is honoured, before or after the features; anything else is refused."""
    member = json.dumps({"type": "name", "properties": {"name": name}}, ensure_ascii=False)
    for text in (collection(POINT, extra=f'"crs":{member},'), collection(POINT)[:-1] + f',"crs":{member}}}'):
        path = written(tmp_path / "a.geojson", text)
        if declared:
            assert read_any(path).declared_crs == declared
            continue
        with pytest.raises(Problem, match=r"geojson\.crs_unsupported"):
            read_any(path)


def test_a_linked_crs_is_refused(tmp_path: Path) -> None:
    """A system that is only linked to cannot be known."""
    text = collection(POINT, extra='"crs":{"type":"link","properties":{"href":"x"}},')
    with pytest.raises(Problem, match=r"geojson\.crs_unsupported"):
        read_any(written(tmp_path / "a.geojson", text))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (collection(POINT.replace("27.6", "NaN")), "json.not_finite", 1),
        (collection("\n" + POINT.replace("27.6", "-Infinity")), "json.not_finite", 2),
        (collection(POINT, "\n" + POINT.replace('"A1"', '"A1","编号":"A2"')), "json.repeated_key", 2),
        ('{"type":"FeatureCollection","features":[],\n"features":[]}', "json.repeated_key", 2),
        (collection(POINT.replace("111.6", "1" * 5_000)), "json.number_too_long", 1),
        (collection(POINT.replace('"A1"', "[" * 100_000 + "]" * 100_000)), "json.too_deep", 1),
        (collection(POINT.replace("[111.6,27.6]", "[" * 100_000)), "json.too_deep", 1),
        ("[" * 100_000, "json.malformed", 1),
        (collection(POINT.replace("A1", "\\ud800")), "json.half_character", 1),
        (collection(POINT.replace("A1", "\\udc00x")), "json.half_character", 1),
        (collection(POINT.replace("A1", "\\ud83d\\ud83d\\ude00")), "json.half_character", 1),
        (collection(POINT)[:-1], "json.malformed", 1),
        (collection(POINT)[:-20], "json.malformed", 1),
        (collection(POINT) + "x", "json.malformed", 1),
        (collection(POINT).replace("]}", "],}")[:-1] + "}", "json.malformed", 1),
        (collection(POINT + ","), "json.malformed", 1),
        (collection(POINT + POINT), "json.malformed", 1),
        (collection(POINT).replace('"type":"FeatureCollection",', "type:1,"), "json.malformed", 1),
        (collection(POINT.replace("27.6", "027.6")), "json.malformed", 1),
        ("{", "json.malformed", 1),
        ('{"features"', "json.malformed", 1),
        ('{"features":', "json.malformed", 1),
        ('{"features":{}}', "json.malformed", 1),
        ('{"type":', "json.malformed", 1),
        ("{}", "geojson.not_collection", None),
        (POINT, "geojson.not_collection", None),
        ('{"type":"Topology","objects":{}}', "geojson.not_collection", None),
    ],
)
def test_malformed_files_are_refused_with_their_place(tmp_path: Path, text: str, code: str, line: int | None) -> None:
    """Whatever is no JSON, or JSON that other readers would guess about, is refused within a second with its line."""
    start = time.process_time()
    with pytest.raises(Problem) as refused:
        read_any(written(tmp_path / "a.geojson", text))
    assert time.process_time() - start < 1.0
    assert refused.value.code == code or (code == "json.too_deep" and refused.value.code == "json.malformed")
    assert refused.value.values.get("line") == line
    assert line is None or refused.value.values["column"] >= 1


def test_whole_surrogate_pairs_are_characters(tmp_path: Path) -> None:
    """An escaped pair, an escaped backslash before u and ordinary escapes are no half characters."""
    cell = "\\ud83d\\ude00 \\\\ud800 \\u6d9f"
    sheet = read_any(written(tmp_path / "a.geojson", collection(POINT.replace("A1", cell))))
    assert sheet.frame["编号"].tolist() == ["😀 \\ud800 涟"]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "Polygon", "coordinates": []}, "geometry.too_few_points"),
        ({"type": "Polygon", "coordinates": [[]]}, "geometry.too_few_points"),
        ({"type": "Polygon", "coordinates": [RING[:2]]}, "geometry.too_few_points"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [111.6, 27.65]]]}, "geometry.not_closed"),
        ({"type": "Polygon", "coordinates": [[[1, 2, 3, 4, 5]] * 4]}, "geometry.bad_position"),
        ({"type": "Polygon", "coordinates": [[[1]] * 4]}, "geometry.bad_position"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "geometry.bad_position"),
        ({"type": "Polygon", "coordinates": RING}, "geometry.bad_position"),
        ({"type": "Polygon", "coordinates": "x"}, "geometry.wrong_type"),
        ({"type": "Polygon", "coordinates": ["x"]}, "geometry.bad_position"),
        ({"type": "Polygon"}, "geometry.wrong_type"),
        ({"type": "Polygon", "coordinates": [RING] * 1_001}, "geometry.too_many_parts"),
        ({"type": "Polygon", "coordinates": [[*RING[:3] * 1_700, RING[0]]]}, "geometry.too_many_vertices"),
        ({"type": "MultiPolygon", "coordinates": [[RING]] * 1_001}, "geometry.too_many_parts"),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry.too_few_points"),
        ({"type": "MultiPolygon", "coordinates": [[RING[:2]]]}, "geometry.too_few_points"),
        ({"type": "Point", "coordinates": []}, "geometry.bad_position"),
        ({"type": "Point", "coordinates": [1e308, 2]}, "geometry.bad_position"),
        ({"type": "Point", "coordinates": [None, 2]}, "geometry.bad_position"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "geometry.too_few_points"),
        ({"type": "MultiPoint", "coordinates": [[1, 2]] * 100_001}, "geometry.too_many_vertices"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry.wrong_type"),
        ({"type": "Curve", "coordinates": []}, "geometry.wrong_type"),
        ({"type": ["Point"], "coordinates": [1, 2]}, "geometry.wrong_type"),
        ({}, "geometry.wrong_type"),
        ("POINT (1 2)", "geometry.wrong_type"),
        ([1, 2], "geometry.wrong_type"),
    ],
)
def test_bad_geometries_refuse_their_own_feature(tmp_path: Path, geometry: Any, code: str) -> None:
    """A feature whose geometry is not well formed is refused by its number; the others come in."""
    sheet = read_any(written(tmp_path / "a.geojson", collection(POINT, feature(geometry), POINT)))
    assert [(refusal.row, refusal.field, refusal.code) for refusal in sheet.refusals] == [(2, "geometry", code)]
    assert sheet.frame.index.tolist() == [1, 3]


@pytest.mark.parametrize("text", ["1", "null", '{"type":"Point","coordinates":[1,2]}', '{"type":"feature"}'])
def test_what_is_no_feature_is_refused(tmp_path: Path, text: str) -> None:
    """A member of the collection that is no feature is refused by its number."""
    sheet = read_any(written(tmp_path / "a.geojson", collection(text)))
    assert [(refusal.row, refusal.code) for refusal in sheet.refusals] == [(1, "geojson.not_feature")]


def test_every_lawful_geometry() -> None:
    """All seven types but the collection are built as they are."""
    for wkt in (
        "POINT (1 2)", "MULTIPOINT (1 2, 3 4)", "LINESTRING (1 2, 3 4)", "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
        "POLYGON ((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2, 2 1))", "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)))",
    ):  # fmt: skip
        shape = shapely.from_wkt(wkt)
        assert geometry_from(json.loads(shapely.to_geojson(shape))).equals(shape)
    assert geometry_from(None) is None


LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["Point", "Polygon", ""])
)
KEY = st.sampled_from(["type", "coordinates", "a"])
JSON = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner), max_leaves=12)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_any_json_is_a_geometry_or_a_problem(value: Any) -> None:
    """No JSON value at all makes the builder fail in another way than by a named problem."""
    try:
        shape = geometry_from(value)
    except Problem as problem:
        assert problem.code.startswith("geometry.")
    else:
        assert shape is None or not shape.is_empty


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview stops early; too many features, columns or bytes are refused."""
    path = written(tmp_path / "a.geojson", collection(*[POINT] * 30))
    sheet = read_geojson(path, limit=20)
    assert (sheet.rows, sheet.notes) == (20, [{"code": "row_limit", "rows": 20}])
    assert read_geojson(path, limit=30).notes == []
    monkeypatch.setattr("geodata.files.sheet.MAX_ROWS", 10)
    with pytest.raises(Problem, match=r"file\.too_many_rows"):
        read_geojson(path)
    many = json.dumps({f"c{at}": 1 for at in range(501)})
    with pytest.raises(Problem, match=r"file\.too_many_columns"):
        read_geojson(written(tmp_path / "b.geojson", collection(POINT.replace('{"编号":"A1"}', many))))
    monkeypatch.setattr("geodata.files.read_geojson.MAX_GEOJSON_BYTES", 10)
    with pytest.raises(Problem, match=r"file\.too_big"):
        read_geojson(path)
