"""Base layers: what a county may configure, and which address each tile has at its source."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import base_layers
from geodata.rules.base_layers import BaseLayer, check_layers, check_tile, check_token, find_part, show_layer, tile_url
from geodata.rules.problems import Problem

TIANDITU: dict[str, Any] = {
    "id": "tdt-vec", "name": "天地图矢量", "kind": "tianditu", "layers": ["vec", "cva"], "token_env": "TIANDITU_TK",
    "attribution": "天地图", "approval_no": "GS(2024)0650号",
}  # fmt: skip
XYZ: dict[str, Any] = {
    "id": "ortho", "name": "航片", "kind": "xyz", "url": "http://10.1.2.3/tiles/{z}/{x}/{y}.png", "internal": True,
}  # fmt: skip
WMTS: dict[str, Any] = {
    "id": "gwc", "name": "影像", "kind": "wmts", "url": "http://maps.example/service/wmts", "layer": "county:影像",
    "matrix_set": "EPSG:3857", "matrix": "EPSG:3857:{z}",
}  # fmt: skip
PMTILES: dict[str, Any] = {"id": "low", "name": "底图", "kind": "pmtiles", "file": "basemap.pmtiles"}
ALL = [TIANDITU, XYZ, WMTS, PMTILES]


def refusal(values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the code and values with which one layer is refused."""
    with pytest.raises(Problem) as caught:
        BaseLayer.from_dict(values)
    return caught.value.code, caught.value.values


@pytest.mark.parametrize("values", ALL, ids=lambda v: v["kind"])
def test_a_configuration_returns_as_it_was_given(values: dict[str, Any]) -> None:
    """What is stored is what was configured, and reads back the same."""
    layer = BaseLayer.from_dict(values)
    kept = layer.to_dict()
    assert BaseLayer.from_dict(kept) == layer
    assert {key: kept[key] for key in values} == values


BAD: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"name": "x", "kind": "xyz"}, "missing", {"layer": "", "field": "id"}),
    ({"id": "a", "kind": "xyz"}, "missing", {"layer": "a", "field": "name"}),
    ({"id": "a", "name": "x"}, "missing", {"layer": "a", "field": "kind"}),
    ({**XYZ, "kind": "google"}, "unknown_kind", {"layer": "ortho", "value": "google"}),
    ({**XYZ, "kind": ["xyz"]}, "unknown_kind", {"layer": "ortho", "value": "['xyz']"}),
    ({**XYZ, "file": "a.pmtiles"}, "unknown_key", {"layer": "ortho", "key": "file"}),
    ({**XYZ, "id": "Ortho"}, "bad_value", {"layer": "Ortho", "field": "id"}),
    ({**XYZ, "id": "a/../b"}, "bad_value", {"layer": "a/../b", "field": "id"}),
    ({**XYZ, "name": " "}, "missing", {"layer": "ortho", "field": "name"}),
    ({**XYZ, "name": "a\nb"}, "bad_value", {"layer": "ortho", "field": "name"}),
    ({**XYZ, "attribution": "x" * 201}, "bad_value", {"layer": "ortho", "field": "attribution"}),
    ({**XYZ, "internal": 1}, "bad_value", {"layer": "ortho", "field": "internal"}),
    ({**XYZ, "min_zoom": True}, "bad_value", {"layer": "ortho", "field": "min_zoom"}),
    ({**XYZ, "min_zoom": 9, "max_zoom": 8}, "bad_value", {"layer": "ortho", "field": "min_zoom"}),
    ({**XYZ, "max_zoom": 23}, "bad_value", {"layer": "ortho", "field": "min_zoom"}),
    ({**TIANDITU, "layers": []}, "missing", {"layer": "tdt-vec", "field": "layers"}),
    ({**TIANDITU, "layers": "vec"}, "bad_value", {"layer": "tdt-vec", "field": "layers"}),
    ({**TIANDITU, "layers": [["vec"]]}, "bad_value", {"layer": "tdt-vec", "field": "layers"}),
    ({**TIANDITU, "layers": ["vec", "vec"]}, "bad_value", {"layer": "tdt-vec", "field": "layers"}),
    ({**TIANDITU, "layers": ["vec", "osm"]}, "bad_value", {"layer": "tdt-vec", "field": "layers"}),
    ({**TIANDITU, "min_zoom": 0}, "bad_value", {"layer": "tdt-vec", "field": "max_zoom"}),
    ({**TIANDITU, "max_zoom": 19}, "bad_value", {"layer": "tdt-vec", "field": "max_zoom"}),
    ({**TIANDITU, "token_env": ""}, "no_token_named", {"layer": "tdt-vec"}),
    ({**TIANDITU, "token_file": "tdt.token"}, "no_token_named", {"layer": "tdt-vec"}),
    ({**TIANDITU, "token_env": "DATABASE_URL"}, "bad_value", {"layer": "tdt-vec", "field": "token_env"}),
    (
        {**TIANDITU, "token_env": "", "token_file": "county.key"},
        "bad_value",
        {"layer": "tdt-vec", "field": "token_file"},
    ),
    (
        {**TIANDITU, "token_env": "", "token_file": "../a.token"},
        "bad_value",
        {"layer": "tdt-vec", "field": "token_file"},
    ),
    ({**XYZ, "token_env": "A_TK"}, "no_token_named", {"layer": "ortho"}),
    ({**XYZ, "token_env": "A_TK", "token_file": "a.token"}, "no_token_named", {"layer": "ortho"}),
    ({**XYZ, "url": "http://h/{z}/{x}/{y}?t={token}"}, "no_token_named", {"layer": "ortho"}),
    ({**XYZ, "url": "http://h/{z}/{x}/{y}?TK=0123456789"}, "token_in_url", {"layer": "ortho"}),
    ({**XYZ, "url": "http://h/{z}/{x}"}, "placeholders", {"layer": "ortho", "wanted": "{z} {x} {y}"}),
    ({**XYZ, "url": "http://h/{z}/{x}/{y}/{-y}"}, "placeholders", {"layer": "ortho", "wanted": "{z} {x} {y}"}),
    ({**XYZ, "url": "http://h/{z}/{x}/{y}/{q}"}, "placeholders", {"layer": "ortho", "wanted": "{z} {x} {y}"}),
    ({**XYZ, "url": ""}, "missing", {"layer": "ortho", "field": "url"}),
    ({**WMTS, "url": "http://h/{z}"}, "placeholders", {"layer": "gwc", "wanted": "{token}"}),
    ({**WMTS, "matrix": "3857"}, "placeholders", {"layer": "gwc", "wanted": "{z}"}),
    ({**WMTS, "layer": ""}, "missing", {"layer": "gwc", "field": "layer"}),
    ({**WMTS, "format": "image/svg+xml"}, "bad_value", {"layer": "gwc", "field": "format"}),
    ({**PMTILES, "file": ""}, "missing", {"layer": "low", "field": "file"}),
    ({**PMTILES, "file": "../x.pmtiles"}, "bad_value", {"layer": "low", "field": "file"}),
    ({**PMTILES, "file": "a..pmtiles"}, "bad_value", {"layer": "low", "field": "file"}),
    ({**PMTILES, "file": "county.gpkg"}, "bad_value", {"layer": "low", "field": "file"}),
]


@pytest.mark.parametrize(("values", "code", "told"), BAD)
def test_a_fault_is_named(values: dict[str, Any], code: str, told: dict[str, Any]) -> None:
    """Every fault of a configuration is refused by a name, with the layer and the field."""
    assert refusal(values) == (f"base_layer.{code}", told)


@pytest.mark.parametrize(
    "start",
    [
        "file:///etc", "gopher://h", "ftp://h", "//h", "http://", "http://a b", "http://h\\@i", "http://u:p@h",
        "http://h:99999", "http://[::1", "http://127.1", "http://0x7f000001", "http://2130706433", "http://0177.0.0.1",
        "http://{z}.h", "http://例.example", "http://h\r\nX: y", "http://[fe80::1%25eth0]",
    ],
)  # fmt: skip
def test_an_address_in_disguise_is_refused(start: str) -> None:
    """Only http and https to a plainly written host are taken, even for a source within (S-10)."""
    assert refusal({**XYZ, "url": start + "/{z}/{x}/{y}"})[0] == "base_layer.bad_url"
    assert refusal({**XYZ, "url": "http://h/{z}/{x}/{y}#f"})[0] == "base_layer.bad_url"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "[::1]", "0.0.0.0", "100.64.0.1"])
def test_an_address_within_is_said_to_be_within(host: str) -> None:
    """Private addresses are refused when configured, unless the layer says that it is internal (S-10)."""
    found = refusal({**XYZ, "url": f"http://{host}/{{z}}/{{x}}/{{y}}", "internal": False})
    assert found == ("base_layer.address_refused", {"layer": "ortho", "host": host.strip("[]")})


def test_metadata_addresses_are_never_within() -> None:
    """Saying internal does not open the addresses where clouds hand out secrets."""
    for host in ("169.254.169.254", "100.100.100.200", "[fd00:ec2::254]", "0.0.0.0"):
        assert refusal({**XYZ, "url": f"http://{host}/{{z}}/{{x}}/{{y}}"})[0] == "base_layer.address_refused"


@pytest.mark.parametrize("name", ["EPSG:4490", "c", "vec_c", "CustomCRS4490ScaleEPSG4490", "urn:x:GoogleCRS84Quad"])
def test_a_grid_in_degrees_is_refused(name: str) -> None:
    """A matrix set in degrees does not fit the map's grid; those in Web Mercator do, however they are called."""
    assert refusal({**WMTS, "matrix_set": name}) == ("base_layer.wrong_grid", {"layer": "gwc", "matrix_set": name})
    for good in ("EPSG:3857", "w", "GoogleMapsCompatible", "default028mm", "xyzc"):
        BaseLayer.from_dict({**WMTS, "matrix_set": good})


def test_a_tianditu_tile() -> None:
    """The address is Tianditu's KVP, on one of its eight hosts, always the same for one tile."""
    layer = BaseLayer.from_dict(TIANDITU)
    assert (layer.min_zoom, layer.max_zoom, layer.parts) == (1, 18, ("vec", "cva"))
    assert tile_url(layer, "cva", 12, 3317, 1725, "abc&x=1") == (
        "https://t2.tianditu.gov.cn/cva_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=cva&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=12&TILEROW=1725&TILECOL=3317&tk=abc%26x%3D1"
    )
    assert layer.hosts == base_layers.TIANDITU_HOSTS


def test_an_xyz_tile() -> None:
    """Rows are counted from the north, or from the south where the template says so."""
    layer = BaseLayer.from_dict(XYZ)
    assert tile_url(layer, "", 3, 6, 2) == "http://10.1.2.3/tiles/3/6/2.png"
    assert layer.hosts == ("10.1.2.3",)
    south = BaseLayer.from_dict({**XYZ, "url": "https://h:8443/{token}/{z}/{x}/{-y}", "token_file": "a.token"})
    assert tile_url(south, "", 3, 6, 2, "secret/1") == "https://h:8443/secret%2F1/3/6/5"


@pytest.mark.parametrize(("url", "start"), [
    ("http://h/wmts", "http://h/wmts?"), ("http://h/wmts?map=a", "http://h/wmts?map=a&"), ("http://h/?", "http://h/?"),
])  # fmt: skip
def test_a_wmts_tile(url: str, start: str) -> None:
    """The address is OGC WMTS 1.0.0 GetTile by key-value pairs, appended to what the address already asks."""
    found = tile_url(BaseLayer.from_dict({**WMTS, "url": url}), "", 5, 26, 13)
    assert found.startswith(start + "SERVICE=WMTS&")
    pairs = {key: value[0] for key, value in parse_qs(urlsplit(found).query, keep_blank_values=True).items()}
    pairs.pop("map", None)
    assert pairs == {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "county:影像", "STYLE": "",
        "TILEMATRIXSET": "EPSG:3857", "FORMAT": "image/png", "TILEMATRIX": "EPSG:3857:5", "TILEROW": "13",
        "TILECOL": "26",
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 18), st.data())
def test_no_tile_leaves_the_configured_hosts(z: int, data: st.DataObject) -> None:
    """Whatever tile and token, the host is one that the layer names, and the token stays in its field."""
    x, y = data.draw(st.integers(0, (1 << z) - 1)), data.draw(st.integers(0, (1 << z) - 1))
    token = data.draw(st.text(max_size=30))
    for values in (TIANDITU, WMTS, {**XYZ, "url": "http://h.example/{z}/{x}/{y}?tk={token}", "token_env": "A_TK"}):
        layer = BaseLayer.from_dict(values)
        check_tile(layer, z, x, y)
        for part in layer.parts:
            url = urlsplit(tile_url(layer, part, z, x, y, token))
            assert url.hostname in layer.hosts
            assert not layer.needs_token or parse_qs(url.query, keep_blank_values=True)["tk"] == [token]


@pytest.mark.parametrize("place", [(0, 0, 0), (19, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (10**6, 0, 0)])
def test_a_tile_off_the_grid_is_refused(place: tuple[int, int, int]) -> None:
    """No source is asked for a tile that cannot be."""
    with pytest.raises(Problem, match=r"tile\.out_of_range"):
        check_tile(BaseLayer.from_dict(TIANDITU), *place)


def test_the_whole_configuration() -> None:
    """Ids are unique and the list is bounded; what no longer holds is left out when it is read."""
    assert [layer.id for layer in check_layers(ALL)] == ["tdt-vec", "ortho", "gwc", "low"]
    with pytest.raises(Problem, match=r"base_layer\.duplicate_id"):
        check_layers([XYZ, {**PMTILES, "id": "ortho"}])
    with pytest.raises(Problem, match=r"base_layer\.too_many"):
        check_layers([{**XYZ, "id": f"a{n}"} for n in range(21)])
    stored = ["nonsense", {**XYZ, "kind": "gone"}, PMTILES, {**PMTILES, "name": "again"}]
    assert base_layers.take_sound(stored) == [BaseLayer.from_dict(PMTILES)]


def test_what_the_map_is_told() -> None:
    """The map hears of addresses on this server only: no source, no token, no place of a token."""
    layers = check_layers(ALL)
    shown = [show_layer(layer) for layer in layers]
    assert shown[0] == {
        "id": "tdt-vec", "name": "天地图矢量", "kind": "raster", "url": "/base/tdt-vec.vec/{z}/{x}/{y}",
        "urls": ["/base/tdt-vec.vec/{z}/{x}/{y}", "/base/tdt-vec.cva/{z}/{x}/{y}"], "attribution": "天地图",
        "approval_no": "GS(2024)0650号", "min_zoom": 1, "max_zoom": 18,
    }  # fmt: skip
    assert [(one["kind"], one["url"]) for one in shown[1:]] == [
        ("raster", "/base/ortho/{z}/{x}/{y}"),
        ("raster", "/base/gwc/{z}/{x}/{y}"),
        ("pmtiles", "/base/low.pmtiles"),
    ]
    assert not any(secret in str(shown) for secret in ("TIANDITU_TK", "10.1.2.3", "maps.example"))
    assert find_part(layers, "tdt-vec.cva") == (layers[0], "cva")
    assert find_part(layers, "ortho") == (layers[1], "")
    for unknown in ("tdt-vec", "tdt-vec.img", "ortho.", "low", ""):
        with pytest.raises(Problem, match=r"base_layer\.not_found"):
            find_part(layers, unknown)


def test_what_counts_as_a_token() -> None:
    """A token is a plain word; anything else found in its place is never sent."""
    layer = BaseLayer.from_dict(TIANDITU)
    assert check_token(layer, " 0123456789abcdef\n") == "0123456789abcdef"
    assert check_token(BaseLayer.from_dict(XYZ), "whatever it is") == ""
    for bad in (None, "", "short", "two words of it", "a\nb" * 5):
        with pytest.raises(Problem, match=r"base_layer\.no_token"):
            check_token(layer, bad)
