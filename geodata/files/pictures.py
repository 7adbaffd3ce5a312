"""Pictures from strangers' cameras: decoded within bounds, turned upright, and made anew without what they told.

What is kept is drawn into a fresh picture, so nothing of the old file can ride along: no EXIF, no place, no thumbnail,
no colour profile, no comment, no bytes behind the end. It is done in a process of its own (``webmap.aside``), since
decoders meet hostile bytes here.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps

from geodata.rules.exif import place_of
from geodata.rules.problems import Problem

MOST_PIXELS = 40_000_000  # 8,000 x 5,000; decoded that is 160 MB
MOST_PIXELS_WEBP = 15_000_000  # whose decoder holds four copies; no camera writes it, chats do, at a tenth of this
_STRIP_ROWS = 256
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82  # of the larger one: at 1,600 px about 300 kB, and a house number stays readable
_THUMB_QUALITY = 78
# what decoders raise at bytes that are no picture; a few of them are slips of the decoders
_DAMAGED = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError,
            ZeroDivisionError, AttributeError, struct.error)  # fmt: skip


@dataclass(frozen=True)
class Developed:
    """A picture made anew: JPEG in two sizes, and the place that it named (lon, lat in degrees), a hint only."""

    full: bytes
    thumb: bytes
    width: int
    height: int
    place: tuple[float, float] | None


def develop(path: Path, largest_px: int, thumb_px: int) -> Developed:
    """Make a picture anew from a file that somebody sent.

    JPEG serves all. Of a made picture of 1,600 px WebP saved two fifths of the bytes and cost twelve times the
    computing to write, which is what a busy morning has least of.

    Parameters
    ----------
    largest_px, thumb_px
        The longer side of the two pictures, in pixels; smaller ones are not made larger.

    Raises
    ------
    Problem
        ``photo.too_many_pixels``; ``photo.damaged`` for what cannot be decoded whole.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes we judge ourselves, and of odd metadata that goes anyway
            with Image.open(path, formats=_FORMATS) as picture:
                _check_size(*picture.size, MOST_PIXELS_WEBP if picture.format == "WEBP" else MOST_PIXELS)
                place = _place(picture)
                return _made(_upright(picture, largest_px), largest_px, thumb_px, place)
    except Image.DecompressionBombError:
        raise Problem("photo.too_many_pixels") from None
    except _DAMAGED as error:
        raise Problem("photo.damaged") from error


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise Problem("photo.too_many_pixels")
    if not width or not height:
        raise Problem("photo.damaged")


def _place(picture: Image.Image) -> tuple[float, float] | None:
    """Return the place in a picture's EXIF; metadata that cannot be read is no reason to lose the picture."""
    try:
        return place_of(picture.getexif().get_ifd(ExifTags.IFD.GPSInfo))
    except _DAMAGED:
        return None


def _upright(picture: Image.Image, largest_px: int) -> Image.Image:
    """Return the first frame as RGB, no larger than wanted, turned as the camera was held."""
    try:
        orientation = int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGED:
        orientation = 1
    picture.draft("RGB", (largest_px, largest_px))  # a JPEG is decoded at an eighth, a quarter or half of its size
    picture.load()
    plain = _reduced(picture, max(1, max(picture.size) // (2 * largest_px)))
    plain.thumbnail((largest_px, largest_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    plain.getexif()[ExifTags.Base.Orientation] = orientation
    return ImageOps.exif_transpose(plain)


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """Return a picture in plain colours, its sides divided by a whole number.

    It is done a few rows at a time: turning all of a large picture's samples into others would hold it twice.
    """
    width, height = (-(-side // factor) for side in picture.size)
    small = Image.new("RGB", (width, height))
    rows = max(1, _STRIP_ROWS // factor) * factor
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        small.paste(_on_white(_eight_bits(strip)).reduce(factor), (0, top // factor))
    return small


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture whose samples have 8 bits and can be mixed: greys of 16 bits and palettes cannot."""
    if picture.mode.startswith("I") or picture.mode == "F":
        samples: Any = np.asarray(picture)
        return Image.fromarray((np.clip(samples, 0, 65535).astype(np.uint16) >> 8).astype(np.uint8))
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a fresh RGB picture with nothing but the pixels; what is transparent becomes white paper."""
    fresh = Image.new("RGB", picture.size, "white")
    if picture.mode in ("RGBA", "LA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        fresh.paste(clear, mask=clear.getchannel("A"))
    else:
        fresh.paste(picture.convert("RGB"))
    return fresh


def _made(picture: Image.Image, largest_px: int, thumb_px: int, place: tuple[float, float] | None) -> Developed:
    full = _jpeg(picture, _QUALITY)
    width, height = picture.size
    picture.thumbnail((thumb_px, thumb_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Developed(full, _jpeg(picture, _THUMB_QUALITY), width, height, place)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture)  # a saved picture takes comments and profiles along from where it came
    written = io.BytesIO()
    fresh.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()
