"""A small reader of vector tiles, written from the specification alone, to check what the encoder writes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ReadFeature:
    """A feature as it stands in a tile: ``parts`` are lists of (x, y); the parts of polygons are not closed."""

    id: int = 0
    kind: int = 0
    properties: dict[str, Any] = field(default_factory=dict)
    parts: list[list[tuple[int, int]]] = field(default_factory=list)


@dataclass
class ReadLayer:
    """A layer as it stands in a tile."""

    name: str = ""
    extent: int = 0
    version: int = 0
    features: list[ReadFeature] = field(default_factory=list)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Read one varint; return it and where the next byte stands."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def read_varints(data: bytes) -> list[int]:
    """Read a packed field of varints."""
    out, at = [], 0
    while at < len(data):
        number, at = read_varint(data, at)
        out.append(number)
    return out


def read_fields(data: bytes) -> list[tuple[int, Any]]:
    """Read a message as (field number, value) pairs, in order."""
    out: list[tuple[int, Any]] = []
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = read_varint(data, at)
        elif kind == 2:
            size, at = read_varint(data, at)
            value, at = data[at : at + size], at + size
            assert len(value) == size
        else:
            assert kind == 1
            value, at = struct.unpack("<d", data[at : at + 8])[0], at + 8
        out.append((key >> 3, value))
    return out


def unzigzag(number: int) -> int:
    """Undo the zig-zag of signed numbers."""
    return (number >> 1) ^ -(number & 1)


def read_value(data: bytes) -> Any:
    """Read a property's value."""
    ((number, value),) = read_fields(data)
    return {
        1: lambda: value.decode("utf-8"),
        3: lambda: value,
        5: lambda: value,
        6: lambda: unzigzag(value),
        7: lambda: bool(value),
    }[number]()


def read_parts(words: list[int], kind: int) -> list[list[tuple[int, int]]]:
    """Follow the commands of a geometry."""
    parts: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(words):
        command, count = words[at] & 7, words[at] >> 3
        at += 1
        assert count > 0
        if command == 7:
            assert kind == 3 and count == 1 and len(parts[-1]) >= 3
            continue
        for _ in range(count):
            x, y = x + unzigzag(words[at]), y + unzigzag(words[at + 1])
            at += 2
            if command == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def read_tile(data: bytes) -> dict[str, ReadLayer]:
    """Read a whole tile: layers by name; every geometry must be one the specification allows."""
    layers = {}
    for number, content in read_fields(data):
        assert number == 3
        layer, keys, values, raw = ReadLayer(), [], [], []
        for place, value in read_fields(content):
            if place == 1:
                layer.name = value.decode("utf-8")
            elif place == 2:
                raw.append(value)
            elif place == 3:
                keys.append(value.decode("utf-8"))
            elif place == 4:
                values.append(read_value(value))
            elif place == 5:
                layer.extent = value
            else:
                assert place == 15
                layer.version = value
        layer.features = [read_feature(feature, keys, values) for feature in raw]
        assert len(set(keys)) == len(keys)
        assert layer.features and layer.name not in layers
        layers[layer.name] = layer
    return layers


def read_feature(data: bytes, keys: list[str], values: list[Any]) -> ReadFeature:
    """Read one feature with the layer's keys and values."""
    fields = dict(read_fields(data))
    tags = read_varints(fields[2])
    feature = ReadFeature(fields[1], fields[3])
    feature.properties = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
    feature.parts = read_parts(read_varints(fields[4]), feature.kind)
    assert feature.parts
    assert all(len(part) >= feature.kind for part in feature.parts)
    return feature


def doubled_area(ring: list[tuple[int, int]]) -> int:
    """Give twice a ring's area by the surveyor's formula, positive when clockwise on screen."""
    onward = [*ring[1:], ring[0]]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, onward, strict=True))
