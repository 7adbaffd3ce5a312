"""Photos of issues: what is taken for one, what it may be called, how many a day, and which two are a pair."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from geodata.rules.problems import Problem

VOICE = "voice"
STAGES = ("before", "after", "check", VOICE)
"""At which step it was taken: what was found, what was done about it, an on-site check (D09, E11); or a recording."""
SOUND_MB_MOST = 1  # three minutes of speech as phones record it

HEAD_BYTES = 32  # so many first bytes tell what a file is
NAME_MOST = 120
DAY = dt.timedelta(hours=24)
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_SOUND = (b"M4A ", b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"dash", b"3gp4", b"3gp5")


@dataclass(frozen=True)
class Sent:
    """A photo as it is told beside its bytes: the client's id, the issue, the stage, what its sender calls it."""

    id: str
    issue_id: str
    stage: str = ""
    name: str = ""


def kind_of(head: bytes) -> str:
    """Return ``jpeg``, ``png`` or ``webp`` by the first bytes of a file; its name and declared type say nothing.

    Raises
    ------
    Problem
        ``photo.heic`` for what an iPhone keeps unless told otherwise, and AVIF; ``photo.not_image`` for all else.

    >>> kind_of(bytes.fromhex("ffd8ffe0") + bytes(28))
    'jpeg'
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        raise Problem("photo.heic")
    raise Problem("photo.not_image")


def sound_of(head: bytes) -> str:
    """Return ``webm``, ``ogg`` or ``mp4`` by the first bytes of a recording, as browsers of phones make them.

    Raises ``photo.not_sound`` for all else.

    >>> sound_of(b"OggS" + bytes(28))
    'ogg'
    """
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND:
        return "mp4"
    raise Problem("photo.not_sound")


def check_stage(stage: str) -> str:
    """Return a stage, or raise ``photo.bad_stage`` (value, known)."""
    if stage not in STAGES:
        raise Problem("photo.bad_stage", value=stage[:40], known=", ".join(STAGES))
    return stage


def clean_name(name: str) -> str:
    r"""Return what a photo may be called on the screen and in a download: no path, nothing invisible, not endless.

    The name is never used on the disk: a library that makes names safe turns 路灯.jpg and 桥.jpg both into jpg.

    >>> clean_name("../../路灯.jpg"), clean_name("a\x00b\u202egpj.exe"), clean_name("C:\\DCIM\\桥.jpg")
    ('路灯.jpg', 'abgpj.exe', '桥.jpg')
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in plain if unicodedata.category(one)[0] != "C").strip()
    if len(seen) <= NAME_MOST:
        return seen
    stem, dot, ending = seen.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
    return seen[: NAME_MOST - len(kept)] + kept


def differing(kept: Sent, kept_sha256: str, sent: Sent, sha256: str) -> str:
    """Return the first field in which a photo sent again under its id is another one; "" where it is the same."""
    pairs = (
        ("issue_id", kept.issue_id, sent.issue_id), ("bytes", kept_sha256, sha256),
        ("stage", kept.stage, sent.stage), ("name", kept.name, sent.name),
    )  # fmt: skip
    return next((field for field, ours, theirs in pairs if ours != theirs), "")


def wait_s(nth_latest: dt.datetime | None, now: dt.datetime) -> int:
    """Return the whole seconds until somebody may send another photo, 0 for at once.

    Parameters
    ----------
    nth_latest
        When they sent the n-th photo counted back from the last one, n being the most of 24 hours; None for fewer.
    """
    if nth_latest is None:
        return 0
    left = (nth_latest + DAY - now).total_seconds()
    return max(0, -int(-left // 1))


def pair_up(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Return before and after pairs: the first of each, the second of each and so on, as long as there are both.

    Parameters
    ----------
    before, after
        Ids of the photos that can be shown, in the order in which they came.
    """
    return list(zip(before, after, strict=False))
