"""Recognition of column names."""

from __future__ import annotations

import pytest

from geodata.rules.columns import Kind, header_signature, recognise


@pytest.mark.parametrize(
    ("kind", "headers", "expected"),
    [
        (
            "households",
            ["序号", "户编号", "户主姓名", "联系电话", "行政村", "村民小组", "经度（°）", "纬度(度)"],
            {"code": "户编号", "village": "行政村", "zu": "村民小组", "lon": "经度（°）", "lat": "纬度(度)",
             "head_name": "户主姓名", "phone": "联系电话"},
        ),
        (
            "households",
            ["楼栋", "单元", "楼层", "房号", "是否重点户", "家庭住址"],
            {"address": "家庭住址", "building": "楼栋", "entrance": "单元", "floor": "楼层", "room": "房号",
             "priority": "是否重点户"},
        ),
        ("households", ["\ufeffCode", "LON", "Ａddress"], {"code": "\ufeffCode", "lon": "LON", "address": "Ａddress"}),
        ("households", ["编号", "Ｘ坐标", "Ｙ 坐标"], {"code": "编号", "x": "Ｘ坐标", "y": "Ｙ 坐标"}),
        ("households", ["编号", "横坐标", "纵坐标"], {"code": "编号", "x": "横坐标", "y": "纵坐标"}),
        ("households", ["id", "code", "邻", "组", "村"], {"code": "code", "village": "村", "zu": "组", "lin": "邻"}),
        ("households", ["osm_id", "addr:street", "municipality"], {"code": "osm_id", "village": "municipality"}),
        ("households", ["*户编号(必填)", "姓名"], {"code": "*户编号(必填)", "head_name": "姓名"}),
        ("units", ["code", "level", "name", "parent_code"], {"code": "code", "name": "name", "parent": "parent_code"}),
        ("units", ["行政区划代码", "上级", "总户数"], {"code": "行政区划代码", "parent": "上级", "homes": "总户数"}),
        ("units", ["名称", "城乡分类"], {"name": "名称", "kind": "城乡分类"}),
        ("units", ["XZQDM", "XZQMC"], {"code": "XZQDM", "name": "XZQMC"}),
        ("barriers", ["osm_id", "类型", "道路名称"], {"kind": "类型", "name": "道路名称"}),
        ("barriers", ["fclass", "name"], {"kind": "fclass", "name": "name"}),
        ("households", ["经度", "经度", "行号", "未收原因"], {"lon": "经度"}),
        ("units", [], {}),
    ],
)  # fmt: skip
def test_recognise(kind: Kind, headers: list[str], expected: dict[str, str]) -> None:
    """Usual names in Chinese and English find their field, whatever their width, case, spaces or remarks."""
    assert recognise(headers, kind) == expected


@pytest.mark.parametrize("kind", ["units", "households", "barriers"])
def test_each_header_serves_once(kind: Kind) -> None:
    """No column is given to two fields, even where its name could mean both."""
    headers = ["名称", "name", "村", "组", "类型", "编号", "id", "kind", "单元", "所属村", "上级"]
    found = recognise(headers, kind)
    assert len(set(found.values())) == len(found)


def test_our_own_words_are_recognised() -> None:
    """Files we write ourselves come back without help."""
    places = ["code", "name", "village", "zu", "lin", "lon", "lat", "x", "y", "address"]
    fields = [*places, "building", "entrance", "floor", "room", "priority", "head_name", "phone"]
    assert recognise(fields, "households") == {field: field for field in fields}
    units = ["code", "name", "parent", "kind", "homes"]
    assert recognise(units, "units") == {field: field for field in units}


def test_signature() -> None:
    """The key of a set of headers ignores their order and outer spaces, and nothing else."""
    key = header_signature(["编号", "经度"])
    assert key == header_signature(["\ufeff经度 ", "编号"])
    assert key != header_signature(["编号", "纬度"])
    assert len(key) == 16
