"""Pictures are made anew: upright, no larger than wanted, with nothing of what the old file told; bombs are refused."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from geodata.files.pictures import develop
from geodata.rules.problems import Problem
from tests.picturing import CANARY, HERE, bomb_png, encoded, gps_of, jpeg, scene


def put(folder: Path, body: bytes) -> Path:
    path = folder / "raw"
    path.write_bytes(body)
    return path


def seen(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def near(picture: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    x, y = int(at[0] * picture.width), int(at[1] * picture.height)
    found = np.asarray(picture.convert("RGB"), dtype=int)[y, x]
    return bool(np.abs(found - np.array(colour)).max() < 60)


def test_nothing_of_the_old_file_is_in_the_new_ones(tmp_path: Path) -> None:
    """EXIF, place, comment, XMP, profile and bytes behind the end are gone from both files, by their bytes."""
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
    body = jpeg(gps=gps_of(*HERE), comment=CANARY, xmp=xmp, icc_profile=b"ICC" + CANARY) + CANARY * 100
    assert body.count(CANARY) > 100
    assert b"Exif" in body
    made = develop(put(tmp_path, body), 1600, 320)
    for new in (made.full, made.thumb):
        for trace in (CANARY, b"Exif", b"ns.adobe", b"ICC_PROFILE", b"\xff\xe1", b"\xff\xe2", b"\xff\xfe"):
            assert trace not in new
        assert seen(new).getexif() == {}
        assert seen(new).format == "JPEG"
    assert made.place == pytest.approx(HERE, abs=1e-6)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_the_camera_was_held(tmp_path: Path, orientation: int) -> None:
    """Whichever of the eight ways a phone was held, the corner that was at the top left is there again."""
    backwards: dict[int, Any] = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    turned = scene(64, 48).transpose(backwards[orientation]) if orientation > 1 else scene(64, 48)
    made = develop(put(tmp_path, jpeg(turned, orientation=orientation)), 1600, 320)
    picture = seen(made.full)
    assert (made.width, made.height) == picture.size == (64, 48)
    assert near(picture, (0.1, 0.1), (30, 220, 30))
    assert near(picture, (0.25, 0.75), (220, 30, 30))
    assert near(picture, (0.75, 0.75), (30, 30, 220))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16", "RGB16", "PA"])
def test_every_kind_of_samples_comes_out_as_plain_colours(tmp_path: Path, mode: str) -> None:
    """Greys, palettes, transparency, printers' colours and 16 bits all become RGB of 8 bits, none burnt out."""
    if mode == "I;16":
        ramp = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
        body = encoded(Image.fromarray(ramp), "PNG")
    elif mode == "RGB16":
        body = rgb16()
    elif mode == "CMYK":
        body = encoded(scene(mode="CMYK"), "JPEG")
    elif mode == "PA":
        clear = scene(mode="RGBA")
        clear.putalpha(Image.new("L", clear.size, 0))
        body = encoded(clear.quantize(16), "PNG")
    else:
        body = encoded(scene(mode=mode), "PNG")
    picture = seen(develop(put(tmp_path, body), 1600, 320).full)
    assert picture.mode == "RGB"
    samples = np.asarray(picture, dtype=int)
    if mode in ("I;16", "RGB16"):
        assert samples[0, 0].max() < 20
        assert samples[-1, -1].min() > 235
        assert 100 < samples[24].mean() < 156
    elif mode == "PA":
        assert samples.min() > 240, "what is transparent is white paper"
    elif mode in ("P", "RGBA", "CMYK"):
        assert near(picture, (0.75, 0.75), (30, 30, 220))


def rgb16() -> bytes:
    """Return a PNG of 16 bits a colour, which Pillow reads but does not write."""
    ramp = np.repeat(np.linspace(0, 65535, 64 * 48).astype(">u2"), 3).reshape(48, 64 * 3)
    rows = b"".join(b"\x00" + row.tobytes() for row in ramp)
    grey = encoded(Image.new("L", (1, 1)), "PNG")
    ihdr = (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + b"\x10\x02\x00\x00\x00"
    parts = [grey[:8]]
    for name, body in ((b"IHDR", ihdr), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        parts.append(len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big"))
    return b"".join(parts)


def test_a_large_picture_is_made_small_and_a_small_one_is_left(tmp_path: Path) -> None:
    """The longer side is 1,600 and 320 pixels at most, upright ones too; nothing is enlarged."""
    made = develop(put(tmp_path, jpeg(scene(2400, 3200))), 1600, 320)
    assert (made.width, made.height) == (1200, 1600)
    assert seen(made.thumb).size == (240, 320)
    assert seen(develop(put(tmp_path, jpeg(scene(100, 40))), 1600, 320).thumb).size == (100, 40)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_many_frames_the_first_is_kept(tmp_path: Path, form: str) -> None:
    """A moving picture of 300 frames becomes its first one."""
    others = [Image.new("RGB", (64, 48), (n % 256, 0, 0)) for n in range(300)]
    body = encoded(scene(), form, save_all=True, append_images=others, duration=10)
    picture = seen(develop(put(tmp_path, body), 1600, 320).full)
    assert near(picture, (0.75, 0.75), (30, 30, 220))
    assert not getattr(picture, "is_animated", False)


@pytest.mark.parametrize(("width", "height"), [(13_000, 13_000), (19_000, 19_000), (40_001, 1_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, width: int, height: int) -> None:
    """A few kilobytes that call themselves hundreds of millions of pixels are refused by their header."""
    body = bomb_png(width, height)
    assert len(body) < 100_000
    with pytest.raises(Problem, match=r"photo\.too_many_pixels"):
        develop(put(tmp_path, body), 1600, 320)


def test_what_cannot_be_decoded_whole_is_refused(tmp_path: Path) -> None:
    """Cut-off, empty, foreign and garbled files are told as damaged; none is a defect."""
    whole = jpeg(scene(640, 480))
    garbled = [whole[:200] + bytes([n]) * 400 for n in (0, 85, 255)]
    gif = encoded(scene(mode="P"), "GIF")
    for body in (
        b"",
        whole[: len(whole) // 2],
        whole[:30],
        b"<svg/>",
        b"%PDF-1.7",
        gif,
        *garbled,
        b"\xff\xd8\xff" * 40,
    ):
        with pytest.raises(Problem, match=r"photo\.damaged"):
            develop(put(tmp_path, body), 1600, 320)


def test_metadata_that_cannot_be_read_loses_no_picture(tmp_path: Path) -> None:
    """Nonsense in the EXIF, and ten megabytes of it in a PNG, cost the place and nothing else."""
    whole = jpeg(gps=gps_of(*HERE))
    at = whole.index(b"Exif\x00\x00") + 14
    made = develop(put(tmp_path, whole[:at] + bytes(range(200, 230)) + whole[at + 30 :]), 1600, 320)
    assert made.place is None
    assert (made.width, made.height) in ((64, 48), (48, 64))
    info = PngImagePlugin.PngInfo()
    info.add(b"eXIf", b"MM\x00*" + bytes(10_000_000))
    assert develop(put(tmp_path, encoded(scene(), "PNG", pnginfo=info)), 1600, 320).place is None


@pytest.mark.parametrize(("form", "mode", "width"), [("PNG", "RGBA", 8_000), ("WEBP", "RGB", 3_000)])
def test_the_largest_pictures_take_no_more_memory_than_they_should(
    tmp_path: Path, form: str, mode: str, width: int
) -> None:
    """Forty million pixels (of WebP fifteen) are made small within 310 MiB, in a process of their own."""
    Image.new(mode, (width, 5_000), "red").save(tmp_path / "raw", form, compress_level=1, method=0)
    script = (
        "import pathlib, re, sys\n"
        "from geodata.files.pictures import develop\n"
        "made = develop(pathlib.Path(sys.argv[1]), 1600, 320)\n"
        "print(made.height, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "raw")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    height, peak_kib = done.stdout.split()
    assert int(height) in (1000, 1600)
    assert int(peak_kib) < 310 * 1024
