"""PMTiles: what a file says of itself, however wrong it is."""

from __future__ import annotations

import gzip
import json
import struct

import pytest

from geodata.rules.pmtiles import HEADER_BYTES, MOST_METADATA_BYTES, read_header, vector_layer_ids
from geodata.rules.problems import Problem


def head(kind: int = 2, low: int = 0, high: int = 14, compression: int = 2) -> bytes:
    """Write a header with what matters here."""
    made = bytearray(HEADER_BYTES)
    made[:8] = b"PMTiles\x03"
    struct.pack_into("<QQ", made, 24, 1000, 50)
    made[97], made[99], made[100], made[101] = compression, kind, low, high
    return bytes(made)


@pytest.mark.parametrize(("kind", "form"), [(1, "vector"), (2, "raster"), (3, "raster"), (4, "raster"), (5, "raster")])
def test_a_header_is_read(kind: int, form: str) -> None:
    """Zooms, kind and the place of the metadata are where version 3 puts them."""
    found = read_header(head(kind, 2, 12))
    assert (found.form, found.min_zoom, found.max_zoom, found.metadata_at, found.metadata_bytes) == (
        form, 2, 12, 1000, 50,
    )  # fmt: skip


@pytest.mark.parametrize("wrong", [b"", head()[:-1], b"PMTiles\x02" + head()[8:], head(0), head(9), head(2, 5, 4)])
def test_another_file_is_refused(wrong: bytes) -> None:
    """A short, older, unknown or contradictory header is no PMTiles."""
    with pytest.raises(Problem, match=r"base_layer\.not_pmtiles"):
        read_header(wrong)


def test_vector_layers_are_named() -> None:
    """The names come from the metadata, packed or plain; metadata that make no sense name none."""
    words = json.dumps({"vector_layers": [{"id": "land"}, {"id": "水系"}]}).encode()
    assert vector_layer_ids(read_header(head(1)), gzip.compress(words)) == ["land", "水系"]
    assert vector_layer_ids(read_header(head(1, compression=1)), words) == ["land", "水系"]
    for wrong in (b"", b"\xff", b"[]", b'{"vector_layers":[1]}', b'{"vector_layers":[{}]}', b'{"vector_layers":1}'):
        assert vector_layer_ids(read_header(head(1, compression=1)), wrong) == []
        assert vector_layer_ids(read_header(head(1)), wrong) == []


def test_a_bomb_is_not_unpacked() -> None:
    """Metadata that unpack to more than the bound are cut there, and then are no JSON."""
    bomb = gzip.compress(b'{"a":"' + b" " * (MOST_METADATA_BYTES * 5) + b'"}')
    assert vector_layer_ids(read_header(head(1)), bomb) == []
