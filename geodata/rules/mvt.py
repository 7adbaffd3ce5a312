from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POINT, LINE, POLYGON = 1, 2, 3
"""The three geometry types of Mapbox Vector Tile specification 2.1, section 4.3.4."""

Value = str | int | float | bool | None

_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 15
"""Command ids of section 4.3.1; ClosePath stands here as its whole word, since it always counts one."""

_SHORT_TEXTS = [bytes([0x22, size + 2, 0x0A, size]) for size in range(126)]
"""What stands before a text of so many bytes as a layer's value: nearly every property of a unit is such a text."""

_HEAD, _MIDDLE = 6, 4
"""Words of a feature before its tags, and between its tags and its geometry."""


@dataclass(frozen=True)
class Parts:
    """Whole-number geometry of one type, laid out flat so that a whole layer is encoded at once.

    Parameters
    ----------
    kind
        ``POINT``, ``LINE`` or ``POLYGON``.
    xy
        (2, n) int32 tile units, x to the east and y to the south, rings without their closing vertex.
    sizes
        (p,) vertices in each part: a ring, a line, or all the points of one feature; never 0.
    owner
        (p,) row of the layer each part belongs to; parts of one row stand together, an outer ring before its holes.
    """

    kind: int
    xy: NDArray[np.int32]
    sizes: NDArray[np.int64]
    owner: NDArray[np.int64]


def varint_lengths(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count the bytes each number takes as a protocol buffer varint: seven bits in a byte, 1 to 10 bytes.

    >>> varint_lengths(np.array([0, 127, 128, 2**64 - 1], dtype=np.uint64)).tolist()
    [1, 1, 2, 10]
    """
    lengths = np.ones(len(words), dtype=np.int64)
    more = np.flatnonzero(words > 127)
    rest = words[more] >> np.uint64(7)
    while more.size:
        lengths[more] += 1
        longer = rest > 127
        more, rest = more[longer], rest[longer] >> np.uint64(7)
    return lengths


def varint_bytes(words: NDArray[np.uint64], lengths: NDArray[np.int64]) -> bytes:
    """Write numbers one after another as varints; ``lengths`` is what `varint_lengths` said of them.

    >>> varint_bytes(np.array([1, 300], dtype=np.uint64), np.array([1, 2])).hex()
    '01ac02'
    """
    ends = np.cumsum(lengths)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    place, rest, left = ends - lengths, words, lengths
    while place.size:
        longer = left > 1
        # the cast keeps the low eight bits; the eighth says "more follows" and is 0 in a last byte already
        out[place] = rest.astype(np.uint8) | (longer.view(np.uint8) << 7)
        place, rest, left = place[longer] + 1, rest[longer] >> np.uint64(7), left[longer] - 1
    return out.tobytes()


def layer_bytes(
    name: str,
    groups: Sequence[Parts],
    ids: NDArray[np.uint64],
    properties: dict[str, Sequence[Value]],
    extent: int,
) -> bytes:
    """Encode one layer as the bytes it takes inside a tile, or as no bytes when no feature is left.

    Parameters
    ----------
    name
        What the style calls the layer.
    groups
        Geometry by type; a row without parts becomes no feature.
    ids
        (rows,) feature ids.
    properties
        Columns of ``rows`` values; None and not-a-number are left out of a feature.
    extent
        Tile units along a side.

    Notes
    -----
    Mapbox Vector Tile specification 2.1, section 4 and its ``vector_tile.proto``. All features of a layer are
    one stream of varints, so their lengths and bytes are found for the whole layer together.

    Raises
    ------
    TypeError
        When a property is none of the types the specification knows.
    """
    groups = [g for g in groups if len(g.sizes)]
    if not groups:
        return b""
    rows = [g.owner[_first_of_each(g.owner)] for g in groups]
    tags, tag_counts, keys, values = _tag_table(np.concatenate(rows), properties)
    body = [_length_delimited(1, name.encode("utf-8", "replace"))]
    row_at, tag_at = 0, 0
    for group, own in zip(groups, rows, strict=True):
        counts = tag_counts[row_at : row_at + len(own)]
        mine = tags[tag_at : tag_at + int(counts.sum())]
        body.append(_features(group, ids[own], mine, counts))
        row_at, tag_at = row_at + len(own), tag_at + len(mine)
    body += [_length_delimited(3, key.encode("utf-8", "replace")) for key in keys]
    body += values
    body.append(b"\x28" + _varint(extent) + b"\x78\x02")
    return _length_delimited(3, b"".join(body))


def _first_of_each(owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    first = np.ones(len(owner), dtype=np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    return first


def _features(parts: Parts, ids: NDArray[np.uint64], tags: NDArray[np.uint64], tag_counts: NDArray[np.int64]) -> bytes:
    """Lay every feature's words in one stream: header, tags, header of the geometry, geometry; then write it."""
    first = _first_of_each(parts.owner)
    geometry, part_words = _geometry_words(parts, first)
    words_to = np.append(np.flatnonzero(first)[1:], len(first)) - 1
    geometry_counts = np.diff(np.cumsum(part_words)[words_to], prepend=0)
    tag_lengths, geometry_lengths = varint_lengths(tags), varint_lengths(geometry)
    tag_bytes = _sums(tag_lengths, tag_counts)
    geometry_bytes = _sums(geometry_lengths, geometry_counts)
    id_lengths = varint_lengths(ids)
    tag_size, geometry_size = varint_lengths(tag_bytes), varint_lengths(geometry_bytes)
    feature_bytes = (id_lengths + tag_size + geometry_size + 5).astype(np.uint64) + tag_bytes + geometry_bytes

    counts = _HEAD + tag_counts + _MIDDLE + geometry_counts
    start = np.cumsum(counts) - counts
    words = np.empty(int(counts.sum()), dtype=np.uint64)
    lengths = np.ones(len(words), dtype=np.int64)
    for offset, fixed in ((0, 0x12), (2, 0x08), (4, 0x12)):
        words[start + offset] = fixed
    middle = start + _HEAD + tag_counts
    for offset, fixed in ((0, 0x18), (1, parts.kind), (2, 0x22)):
        words[middle + offset] = fixed
    for place, content, content_lengths in (
        (start + 1, feature_bytes, varint_lengths(feature_bytes)),
        (start + 3, ids, id_lengths),
        (start + 5, tag_bytes, tag_size),
        (middle + 3, geometry_bytes, geometry_size),
        (_run_places(start + _HEAD, tag_counts), tags, tag_lengths),
        (_run_places(middle + _MIDDLE, geometry_counts), geometry, geometry_lengths),
    ):
        words[place] = content
        lengths[place] = content_lengths
    return varint_bytes(words, lengths)


def _geometry_words(parts: Parts, first: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Turn vertices into command words; return them with the number of words of each part (section 4.3)."""
    sizes = parts.sizes
    step = parts.xy.astype(np.int32)
    step[:, 1:] -= parts.xy[:, :-1]
    fresh = (np.cumsum(sizes) - sizes)[first]
    step[:, fresh] = parts.xy[:, fresh]  # the cursor goes back to the corner of the tile for each feature
    zigzag = (step << 1) ^ (step >> 31)
    commands = 1 if parts.kind == POINT else 2
    counts = 2 * sizes + commands + (parts.kind == POLYGON)
    ends = np.cumsum(counts)
    start = ends - counts
    words = np.empty(int(ends[-1]), dtype=np.uint64)
    is_step = np.ones(len(words), dtype=np.bool_)
    if parts.kind == POINT:
        words[start] = (sizes << 3) | _MOVE_TO
    else:
        words[start] = (1 << 3) | _MOVE_TO
        words[start + 3] = ((sizes - 1) << 3) | _LINE_TO
        is_step[start + 3] = False
    is_step[start] = False
    if parts.kind == POLYGON:
        words[ends - 1] = _CLOSE_PATH
        is_step[ends - 1] = False
    words[is_step] = zigzag.T.ravel().view(np.uint32)
    return words, counts


def _sums(lengths: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Add up consecutive runs, of which some may be empty."""
    total = np.concatenate([[0], np.cumsum(lengths)])
    ends = np.cumsum(counts)
    sums: NDArray[np.uint64] = (total[ends] - total[ends - counts]).astype(np.uint64)
    return sums


def _run_places(start: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the place of every member of runs that start at ``start``."""
    before = np.cumsum(counts) - counts
    return np.repeat(start - before, counts) + np.arange(int(counts.sum()))


def _tag_table(
    rows: NDArray[np.int64], properties: dict[str, Sequence[Value]]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], list[str], list[bytes]]:
    """Number the keys and values the features use; return tags, tags in each feature, keys and encoded values."""
    table: dict[tuple[type, Value], int] = {}
    keys: list[str] = []
    pairs = np.full((len(rows), 2 * len(properties)), -1, dtype=np.int64)
    for key, column in properties.items():
        picked = _picked(column, rows)
        codes = [
            -1 if value is None or value != value else table.setdefault((type(value), value), len(table))
            for value in picked
        ]
        if max(codes) < 0:
            continue
        at = 2 * len(keys)
        pairs[:, at + 1] = codes
        pairs[:, at] = np.where(pairs[:, at + 1] < 0, -1, len(keys))
        keys.append(key)
    used = pairs >= 0
    return pairs[used].astype(np.uint64), used.sum(axis=1), keys, [_value(v) for _, v in table]


def _picked(column: Sequence[Value], rows: NDArray[np.int64]) -> list[Value]:
    if isinstance(column, np.ndarray):
        values: list[Value] = column[rows].tolist()
        return values
    return [column[row] for row in rows.tolist()]


def _value(value: Value) -> bytes:
    """Encode one property as a layer's value: string, double, uint, sint or bool (section 4.1)."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace")
        if len(text) < len(_SHORT_TEXTS):
            return _SHORT_TEXTS[len(text)] + text
        return _length_delimited(4, _length_delimited(1, text))
    return _length_delimited(4, _number(value))


def _number(value: Value) -> bytes:
    if isinstance(value, bool | np.bool_):
        return b"\x38\x01" if value else b"\x38\x00"
    if isinstance(value, int | np.integer):
        whole = int(value)
        return b"\x28" + _varint(whole) if whole >= 0 else b"\x30" + _varint(-2 * whole - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + struct.pack("<d", value)
    raise TypeError(f"a tile property is text, a number, true or false, not {type(value).__name__}")


def _varint(number: int) -> bytes:
    if number < 128:
        return bytes((number,))
    if number >> 64:
        raise TypeError("a tile property is a whole number of at most 64 bits")
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _length_delimited(field: int, content: bytes) -> bytes:
    return bytes((field << 3 | 2,)) + _varint(len(content)) + content
