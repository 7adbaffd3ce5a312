"""Pictures made for tests, and issues in the tiny county that they belong to."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from typing import Any

import numpy as np
import shapely
from PIL import ExifTags, Image

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.store.issue_tables import issue
from tests.village import EARLY, NORTH, WEST

CANARY = b"CANARY-7f3a"
HERE = (111.5012345, 27.7012345)


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue, with a green corner at the top left."""
    samples = np.zeros((height, width, 3), dtype=np.uint8)
    samples[:, : width // 2] = (220, 30, 30)
    samples[:, width // 2 :] = (30, 30, 220)
    samples[: height // 4, : width // 4] = (30, 220, 30)
    return Image.fromarray(samples).convert(mode)


def gps_of(lon: float, lat: float) -> dict[int, Any]:
    """Return the GPS tags of a place."""

    def parts(value: float) -> tuple[float, float, float]:
        minutes = abs(value) % 1 * 60
        return (float(int(abs(value))), float(int(minutes)), round(minutes % 1 * 60, 4))

    return {1: "N" if lat >= 0 else "S", 2: parts(lat), 3: "E" if lon >= 0 else "W", 4: parts(lon)}


def jpeg(
    picture: Image.Image | None = None, *, orientation: int = 1, gps: dict[int, Any] | None = None, **options: Any
) -> bytes:
    """Return a JPEG as a phone writes it: with EXIF, a place, and whatever else the options give."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = CANARY.decode()
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    written = io.BytesIO()
    (picture or scene()).save(written, "JPEG", quality=90, exif=exif, **options)
    return written.getvalue()


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    """Return a picture in a form (PNG, WEBP, …)."""
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def bomb_png(width: int, height: int) -> bytes:
    """Return a PNG of one colour whose few kilobytes say that it is as large as this."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    squeezer = zlib.compressobj(9)
    row = bytes(1 + width)
    rows = b"".join(squeezer.compress(row) for _ in range(min(height, 2000))) + squeezer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def put_issue(store: Store, path: str, number: str = "20260306-0001", **values: Any) -> str:
    """Write an issue that lies in a unit, and return its id."""
    made = str(uuid.uuid4())
    row = {
        "id": made, "number": number, "digest": "", "raw": {}, "category_id": "", "grade": "ordinary",
        "state": "waiting", "source": "desk", "geom": shapely.Point(WEST, NORTH), "path": path, "path_then": path,
        "by": "operator", "by_id": OPERATOR.id, "at": EARLY, "holder_path": path, **values,
    }  # fmt: skip
    with store.write() as db:
        db.run.execute(issue.insert().values(**row))
    return made
