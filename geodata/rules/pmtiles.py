"""What a PMTiles file says of itself (PMTiles version 3 specification): its zooms, and what its tiles are."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass

from geodata.rules.problems import Problem

HEADER_BYTES = 127
MOST_METADATA_BYTES = 2_000_000

_RASTER = frozenset({2, 3, 4, 5})  # PNG, JPEG, WebP, AVIF
_VECTOR = 1
_PLAIN, _GZIP = 1, 2


@dataclass(frozen=True)
class Header:
    """The part of the header that matters to the map.

    Parameters
    ----------
    form
        ``raster`` or ``vector``.
    metadata_at, metadata_bytes, compression
        Where the metadata lie in the file, and how they are packed: 1 not at all, 2 gzip.
    """

    form: str
    min_zoom: int
    max_zoom: int
    metadata_at: int
    metadata_bytes: int
    compression: int


def read_header(head: bytes) -> Header:
    """Read a file's first 127 bytes.

    Raises
    ------
    Problem
        ``base_layer.not_pmtiles`` for anything but version 3 with pictures or vector tiles inside.
    """
    if len(head) < HEADER_BYTES or head[:8] != b"PMTiles\x03":
        raise Problem("base_layer.not_pmtiles")
    metadata_at, metadata_bytes = struct.unpack_from("<QQ", head, 24)
    compression, kind, low, high = head[97], head[99], head[100], head[101]
    if (kind != _VECTOR and kind not in _RASTER) or low > high:
        raise Problem("base_layer.not_pmtiles")
    return Header("raster" if kind in _RASTER else "vector", low, high, metadata_at, metadata_bytes, compression)


def vector_layer_ids(header: Header, metadata: bytes) -> list[str]:
    """Return the names of the layers in vector tiles, as the metadata list them; empty where they do not.

    Parameters
    ----------
    metadata
        As they lie in the file; unpacked no further than ``MOST_METADATA_BYTES``.
    """
    try:
        if header.compression == _GZIP:
            metadata = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(metadata, MOST_METADATA_BYTES)
        listed = json.loads(metadata).get("vector_layers", [])
        return [str(one["id"]) for one in listed]
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError, zlib.error):
        return []
