"""The register of people: what a file or a form says of an officer, cleaned and checked before it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geodata.rules.days import read_day
from geodata.rules.problems import Problem
from survey.rules.pools import PARTY, VETTING

TAGS_MOST = 20
_NAME_MOST, _TAG_MOST = 50, 20
_SPLIT = re.compile(r"[、,，;；/|\s]+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_VETTING_WORDS = {
    "passed": ("passed", "pass", "通过", "合格", "已通过", "联审通过"),
    "failed": ("failed", "fail", "未通过", "不通过", "不合格", "联审未通过"),
    "none": ("none", "", "未联审", "未审查", "待联审", "待审", "无"),
}


def checked_name(name: str) -> str:
    """Return a person's name without outer blanks, or ``officer.bad_name`` (most)."""
    kept = name.strip()
    if not 1 <= len(kept) <= _NAME_MOST or not kept.isprintable():
        raise Problem("officer.bad_name", most=_NAME_MOST)
    return kept


def tags_of(words: str | Iterable[str]) -> tuple[list[str], bool]:
    """Return the tags of a person, each once in the order given, and whether 党员 was among them.

    A text is split at commas, blanks and the like. Raises ``officer.bad_tag`` (most) for one of more than 20
    characters, or for more than 20 of them.

    >>> tags_of("两委、党员，小组长 两委")
    (['两委', '小组长'], True)
    """
    parts = _SPLIT.split(words) if isinstance(words, str) else words
    kept = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(kept) > TAGS_MOST or any(len(tag) > _TAG_MOST for tag in kept):
        raise Problem("officer.bad_tag", most=_TAG_MOST)
    return [tag for tag in kept if tag != PARTY], PARTY in kept


def vetting_of(word: str) -> str:
    """Return ``none``, ``passed`` or ``failed`` for how a file or a form says it (B09), or ``officer.bad_vetting``.

    >>> vetting_of("合格"), vetting_of("未通过"), vetting_of("")
    ('passed', 'failed', 'none')
    """
    wanted = word.strip().casefold()
    for state in VETTING:
        if wanted in _VETTING_WORDS[state]:
            return state
    raise Problem("officer.bad_vetting", value=word[:40])


def day_of(text: str) -> str:
    """Return a day as YYYY-MM-DD ("" for none), however a sheet writes it, or ``officer.bad_day`` (value).

    >>> day_of("2026年3月6日"), day_of("2026/3/6"), day_of("20260306"), day_of("2026-03-06 00:00:00"), day_of("")
    ('2026-03-06', '2026-03-06', '2026-03-06', '2026-03-06', '')
    """
    if not text.strip():
        return ""
    day = read_day(text)
    if day is None:
        raise Problem("officer.bad_day", value=text.strip()[:40])
    return day.isoformat()


def id_no_of(text: str) -> str:
    """Return an identity number (GB 11643-1999: 17 digits and a check character), "" for none.

    The check character is that of ISO 7064 MOD 11-2 over weights 2^i mod 11. Raises ``officer.bad_id_no``, which does
    not repeat the number: it is personal data.
    """
    kept = re.sub(r"\s", "", text).upper()
    if not kept:
        return ""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", kept):
        raise Problem("officer.bad_id_no")
    total = sum(int(digit) * weight for digit, weight in zip(kept, _WEIGHTS, strict=False))
    if _CHECKS[total % 11] != kept[-1]:
        raise Problem("officer.bad_id_no")
    return kept


def phone_digits(text: str) -> str:
    """Return what two spellings of a telephone number share: its digits, without the country's 86.

    >>> phone_digits("138-0000 0001"), phone_digits("+86 13800000001"), phone_digits("")
    ('13800000001', '13800000001', '')
    """
    digits = re.sub(r"[^0-9]", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
