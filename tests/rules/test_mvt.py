"""What the byte encoding of vector tiles holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.mvt import LINE, POINT, POLYGON, Parts, layer_bytes, varint_bytes, varint_lengths
from tests.rules.tile_reader import read_tile, read_varints

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=200),
    st.sampled_from(["第三邻", "𠮷田组", "", "0", "1", 0, 1, 1.0, True, False]),
)


def parts_of(kind: int, geometry: list[list[list[tuple[int, int]]]]) -> Parts:
    """Lay out a list of features, each a list of parts, each a list of vertices."""
    parts = [part for feature in geometry for part in feature]
    owner = [row for row, feature in enumerate(geometry) for _ in feature]
    xy = np.array([vertex for part in parts for vertex in part], dtype=np.int32).reshape(-1, 2).T
    return Parts(kind, xy, np.array([len(p) for p in parts], dtype=np.int64), np.array(owner, dtype=np.int64))


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 300), max_size=30))
@settings(max_examples=60)
def test_numbers_of_every_length_round_trip(numbers):
    """Whatever numbers are written side by side, they are read back in order."""
    words = np.array(numbers, dtype=np.uint64)
    data = varint_bytes(words, varint_lengths(words))
    assert read_varints(data) == numbers


def test_the_example_of_the_specification():
    """The polygon with a hole drawn in section 4.3.5.6 of the specification gives the words printed there."""
    outer = [(11, 11), (20, 11), (20, 20), (11, 20)]
    hole = [(13, 13), (13, 17), (17, 17), (17, 13)]
    square = [(0, 0), (10, 0), (10, 10), (0, 10)]
    data = layer_bytes("a", [parts_of(POLYGON, [[square, outer, hole]])], np.array([1], dtype=np.uint64), {}, 4096)
    words = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15]
    words += [9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15]
    assert bytes(words) in data
    assert read_tile(data)["a"].features[0].parts == [square, outer, hole]


@pytest.mark.parametrize("kind", [POINT, LINE, POLYGON])
def test_geometry_of_every_type_round_trips(kind):
    """Several features of several parts come back vertex by vertex, with ids of any size."""
    first = [(0, 0), (5, -3), (4096, 4096)]
    second = [(-64, 4160), (7, 7), (2, 9), (3, 3)]
    features = [[first], [second, first]] if kind != POINT else [[first], [second + first]]
    ids = np.array([0, 2**64 - 1], dtype=np.uint64)
    layer = read_tile(layer_bytes("线", [parts_of(kind, features)], ids, {}, 4096))["线"]
    assert [f.id for f in layer.features] == [0, 2**64 - 1]
    assert [f.kind for f in layer.features] == [kind, kind]
    assert (layer.version, layer.extent) == (2, 4096)
    if kind == POINT:
        features = [[[vertex] for vertex in part] for (part,) in features]
    assert [f.parts for f in layer.features] == features


def test_a_text_of_any_length_round_trips():
    """Texts around the length where a size takes a second byte, in letters and in Chinese, come back whole."""
    texts = ["x" * size for size in (0, 1, 125, 126, 127, 128, 5000)] + ["邻" * size for size in (41, 42, 43, 9000)]
    points = parts_of(POINT, [[[(1, 2)]] for _ in texts])
    data = layer_bytes("x", [points], np.arange(len(texts), dtype=np.uint64), {"t": texts}, 4096)
    assert [f.properties["t"] for f in read_tile(data)["x"].features] == texts


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12))
@settings(max_examples=120)
def test_properties_round_trip(rows):
    """Text, numbers, true and false come back with their type; nothing and not-a-number are left out."""
    points = parts_of(POINT, [[[(1, 2)]] for _ in rows])
    columns = {"名称": [a for a, _ in rows], "b": [b for _, b in rows]}
    ids = np.arange(len(rows), dtype=np.uint64)
    features = read_tile(layer_bytes("x", [points], ids, columns, 4096))["x"].features
    for feature, row in zip(features, rows, strict=True):
        expected = {
            key: value
            for key, value in zip(columns, row, strict=True)
            if value is not None and not (isinstance(value, float) and math.isnan(value))
        }
        assert feature.properties == expected
        assert [type(v) for v in feature.properties.values()] == [type(v) for v in expected.values()]


def test_properties_of_array_columns_round_trip():
    """Columns straight from a table, and single values of its types, are written as plain values."""
    points = parts_of(POINT, [[[(1, 2)]], [[(3, 4)]]])
    columns = {
        "homes": np.array([7, -7]),
        "share": np.array([0.25, np.nan]),
        "open": [np.True_, np.False_],
        "n": [np.int64(3), np.float64(1.5)],
        "f": [np.float32(0.5), np.str_("邻")],
    }
    features = read_tile(layer_bytes("x", [points], np.array([1, 2], dtype=np.uint64), columns, 4096))["x"].features
    assert features[0].properties == {"homes": 7, "share": 0.25, "open": True, "n": 3, "f": 0.5}
    assert features[1].properties == {"homes": -7, "open": False, "n": 1.5, "f": "邻"}


def test_a_value_is_stored_once():
    """A text that a thousand features share stands in the layer once."""
    points = parts_of(POINT, [[[(1, 2)]] for _ in range(1000)])
    data = layer_bytes("x", [points], np.arange(1000, dtype=np.uint64), {"town": ["蓝田街道"] * 1000}, 4096)
    assert data.count("蓝田街道".encode()) == 1


def test_only_the_rows_that_are_drawn_lend_their_properties():
    """A row without parts leaves nothing of itself in the layer, neither its values nor a key only it uses."""
    points = parts_of(POINT, [[[(1, 2)]], [[(3, 4)]]])
    points = Parts(POINT, points.xy, points.sizes, np.array([0, 2], dtype=np.int64))
    columns = {"name": ["one", "hidden", "three"], "secret": [None, "hidden too", None]}
    data = layer_bytes("x", [points], np.array([5, 6, 7], dtype=np.uint64), columns, 4096)
    assert [f.id for f in read_tile(data)["x"].features] == [5, 7]
    assert b"hidden" not in data
    assert b"secret" not in data


def test_a_layer_without_parts_is_no_bytes():
    """Nothing to draw leaves no layer."""
    assert layer_bytes("x", [], np.array([], dtype=np.uint64), {}, 4096) == b""
    assert layer_bytes("x", [parts_of(LINE, [])], np.array([], dtype=np.uint64), {"a": []}, 4096) == b""


@pytest.mark.parametrize("value", [b"raw", [1], 2**64, -(2**63) - 1])
def test_what_a_tile_cannot_hold_is_refused(value):
    """A property of an unknown type, or a number beyond 64 bits, is refused at once."""
    points = parts_of(POINT, [[[(1, 2)]]])
    columns = {"a": [value]} if not isinstance(value, list) else {"a": [tuple(value)]}
    with pytest.raises(TypeError):
        layer_bytes("x", [points], np.array([1], dtype=np.uint64), columns, 4096)
