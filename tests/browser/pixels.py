"""Pixels of screenshots: counted and compared by the browser that took them, written as small PNG files."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy.spatial import KDTree

_READ = """
async (text) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  let out = "";
  for (let at = 0; at < data.length; at += 32768) out += String.fromCharCode(...data.subarray(at, at + 32768));
  return [image.width, image.height, btoa(out)];
}
"""
COLOURS = 256


@dataclass(frozen=True)
class Look:
    """How much there is to see: distinct colours, and the share of the commonest one."""

    colours: int
    commonest_share: float


class Pixels:
    """Reads PNG pictures on an empty page of the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def read(self, png: bytes) -> NDArray[np.uint8]:
        """Return a picture as an array of (height, width, 3) of red, green, blue."""
        wide, high, text = self.page.evaluate(_READ, base64.b64encode(png).decode())
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(high, wide, 4)[:, :, :3]

    def look(self, png: bytes) -> Look:
        """Tell a drawn picture from a blank one."""
        counts = np.unique(_whole(self.read(png)), return_counts=True)[1]
        return Look(len(counts), float(counts.max() / counts.sum()))

    def differing(self, one: bytes, other: bytes) -> int:
        """Count the pixels that differ by more than the eye forgives."""
        apart = np.abs(self.read(one).astype(int) - self.read(other).astype(int))
        return int((apart.max(axis=2) > 40).sum())

    def write_small(self, png: bytes, path: Path) -> int:
        """Write a picture with at most 256 colours; return its size in bytes."""
        small = indexed_png(self.read(png))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small)
        return len(small)


def _whole(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    wide = rgb.astype(np.uint32)
    return wide[:, :, 0] << 16 | wide[:, :, 1] << 8 | wide[:, :, 2]


def indexed_png(rgb: NDArray[np.uint8]) -> bytes:
    """Return a PNG of the commonest 256 colours, every other pixel in the nearest of them (PNG, ISO/IEC 15948)."""
    colours, at, counts = np.unique(_whole(rgb), return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts)[:COLOURS]]
    split = lambda packed: np.column_stack((packed >> 16, packed >> 8 & 255, packed & 255)).astype(np.uint8)  # noqa: E731
    nearest: Any = KDTree(split(kept).astype(float)).query(split(colours).astype(float))[1]
    index = nearest[at].reshape(rgb.shape[:2]).astype(np.uint8)
    rows = np.column_stack((np.zeros(len(index), np.uint8), index)).tobytes()
    head = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", split(kept).tobytes()), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
