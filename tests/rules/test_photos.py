"""What is taken for a photo, what it may be called, where it says it was taken, and how many a day."""

from __future__ import annotations

import datetime as dt
import doctest
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules import exif
from geodata.rules.problems import Problem
from survey.rules import photos
from survey.rules.photos import Sent
from tests.picturing import encoded, gps_of, jpeg, scene

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize("module", [exif, photos], ids=lambda m: m.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_a_photo_is_told_by_its_first_bytes() -> None:
    """JPEG, PNG and WebP are taken whatever they are called; the rest is not, and HEIC is told how to be avoided."""
    assert photos.kind_of(jpeg()[:32]) == "jpeg"
    assert [photos.kind_of(encoded(scene(), form)[:32]) for form in ("PNG", "WEBP")] == ["png", "webp"]
    heads = (b"", b"\xff\xd8", b"<svg xmlns=", b"<!doctype html>", b"%PDF-1.7", b"MZ", b"RIFF\x00\x00\x00\x00WAVE",
             encoded(scene(mode="P"), "GIF")[:32], b"GIF89a/*" + b"*/=1;alert(1)//")  # fmt: skip
    for head in heads:
        with pytest.raises(Problem, match=r"photo\.not_image"):
            photos.kind_of(head)
    for brand in (b"heic", b"mif1", b"avif"):
        with pytest.raises(Problem, match=r"photo\.heic"):
            photos.kind_of(b"\x00\x00\x00\x18ftyp" + brand + bytes(20))


@given(st.text(max_size=400))
def test_a_name_is_short_and_holds_nothing_invisible(name: str) -> None:
    """Whatever a photo is called, at most 120 visible characters and no path are kept; cleaning twice is once."""
    kept = photos.clean_name(name)
    assert len(kept) <= photos.NAME_MOST
    assert "/" not in kept
    assert "\\" not in kept
    assert all(unicodedata.category(one)[0] != "C" for one in kept)
    assert photos.clean_name(kept) == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [("路灯.jpg", "路灯.jpg"), ("桥.jpg", "桥.jpg"), ("../../etc/passwd", "passwd"), ("a\x00.jpg", "a.jpg"),
     ("😀.jpg", "😀.jpg"), ("x" * 300 + ".jpg", "x" * 116 + ".jpg"), ("\u202egpj.exe", "gpj.exe"), ("/", "")],
)  # fmt: skip
def test_names_from_phones_keep_what_people_read(name: str, kept: str) -> None:
    """Chinese names and emoji stay, paths, zeros and reversing marks go, the ending of a long one stays."""
    assert photos.clean_name(name) == kept


@given(st.floats(-179.99, 179.99), st.floats(-89.99, 89.99))
def test_a_place_comes_back_from_its_parts(lon: float, lat: float) -> None:
    """Degrees, minutes and seconds with their letters give the place they were made of, on all four quarters."""
    found = exif.place_of(gps_of(lon, lat))
    if abs(lon) < 1e-6 and abs(lat) < 1e-6:
        return
    assert found == pytest.approx((lon, lat), abs=1e-6)


class Ratio:
    """A fraction with nothing below its line, as phones write one before they know where they are."""

    def __float__(self) -> float:
        return math.nan


class Zero:
    """The same, as other readers give it."""

    def __float__(self) -> float:
        raise ZeroDivisionError


WHOLE = gps_of(111.5, 27.7)


@pytest.mark.parametrize(
    "gps",
    [{}, gps_of(0, 0), {k: v for k, v in WHOLE.items() if k != 1}, {k: v for k, v in WHOLE.items() if k != 4},
     WHOLE | {1: "E", 3: "N"}, WHOLE | {2: (Ratio(), 0, 0)}, WHOLE | {2: (Zero(), 0, 0)}, WHOLE | {2: (91, 0, 0)},
     WHOLE | {4: (181, 0, 0)}, WHOLE | {2: (27, 60, 0)}, WHOLE | {2: "27"}, WHOLE | {2: ()}, WHOLE | {1: 7},
     WHOLE | {2: ("x", 0, 0)}, WHOLE | {4: (-111, 0, 0)}, WHOLE | {1: "NORTH"}, WHOLE | {2: (math.inf, 0, 0)}],
)  # fmt: skip
def test_half_a_place_is_none(gps: dict[int, Any]) -> None:
    """Missing letters, 0/0, (0, 0), swapped letters and numbers off the earth give no place rather than a wrong one."""
    assert exif.place_of(gps) is None


def test_letters_come_as_text_or_bytes() -> None:
    """Padded and small letters and bytes are read; two numbers are enough."""
    assert exif.place_of({1: b"s\x00", 2: (27.5, 30.0), 3: "w ", 4: (111.0,)}) == (-111.0, -28.0)


def test_the_day_s_photos_are_counted_over_the_last_24_hours() -> None:
    """Who sent the most allowed waits until the first of them is a day old, to the second, and not longer."""
    assert photos.wait_s(None, NOW) == 0
    assert photos.wait_s(NOW - dt.timedelta(hours=23, seconds=0.5), NOW) == 3600
    assert photos.wait_s(NOW - dt.timedelta(hours=24), NOW) == 0
    assert photos.wait_s(NOW - dt.timedelta(days=9), NOW) == 0


def test_the_field_that_differs_is_named() -> None:
    """The same photo again is no conflict; the first field in which it is another one is told."""
    kept = Sent("p", "i", "before", "a.jpg")
    assert photos.differing(kept, "00", kept, "00") == ""
    assert photos.differing(kept, "00", Sent("p", "j", "after", "a.jpg"), "11") == "issue_id"
    assert photos.differing(kept, "00", kept, "11") == "bytes"
    assert photos.differing(kept, "00", Sent("p", "i", "after", "a.jpg"), "00") == "stage"
    assert photos.differing(kept, "00", Sent("p", "i", "before", "b.jpg"), "00") == "name"


def test_pairs_are_made_as_long_as_there_are_both() -> None:
    """Two before and one after make one pair; a stage that is not known is refused."""
    assert photos.pair_up(["a", "b"], ["c"]) == [("a", "c")]
    with pytest.raises(Problem, match=r"photo\.bad_stage"):
        photos.check_stage("later")
