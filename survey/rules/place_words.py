"""The words of a text that may name a place, and which of the units that bear such names is meant.

What people say is 长冲组, 东溪村三组, 12组, or just 长冲; what the net holds is 第三组 or 3组. A text is searched for
names, never the net for texts: a county has 40,000 units, a message two or three names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_ENDINGS = (
    "村民小组", "居民小组", "小组", "社区", "街道", "小区", "屋场", "网格", "院子", "组", "村", "片", "邻", "镇", "乡",
)  # fmt: skip
_RUN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]+")
_NUMBERED = re.compile(
    r"^第?([0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]{1,3})"
    r"(村民小组|居民小组|小组|组|片|邻|网格)$"
)
_DOOR = re.compile(
    r"[0-9]{1,4}号(?:之[0-9]{1,3}|-[0-9]{1,3})?(?:[0-9]{1,3}栋)?(?:[0-9]{1,2}单元)?(?:[0-9]{1,5}[室房])?"
)
_BEFORE_MOST, _STEM_LEAST, _STEM_MOST = 8, 2, 4
_TENS = "十"
_DIGITS = "零一二三四五六七八九"
_STEM_ENDINGS = ("组", "村", "片", "社区", "镇", "乡", "街道")


class Place(Protocol):
    """A unit with a name."""

    @property
    def id(self) -> str:
        """The unit."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def path(self) -> str:
        """Where it stands in the tree."""


@dataclass(frozen=True)
class Meant:
    """A unit that a text may mean.

    Parameters
    ----------
    unit_id, path
        Which it is.
    said
        The words that name it, and those that name what is above it.
    """

    unit_id: str
    path: str
    said: tuple[str, ...]


def names_in(text: str) -> dict[str, str]:
    """Return the names of units that a text may hold, each with the words that say it, long ones first.

    >>> list(names_in("东溪村3组停电"))[:4]
    ['东溪村3组', '溪村3组', '东溪村', '村3组']
    """
    found: dict[str, str] = {}
    for run in _RUN.findall(text):
        for end in range(1, len(run) + 1):
            ending = next((one for one in _ENDINGS if run[:end].endswith(one)), "")
            for start in range(max(0, end - len(ending) - _BEFORE_MOST), end - len(ending)) if ending else ():
                for name in spellings(run[start:end]):
                    found.setdefault(name, run[start:end])
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), text.find(pair[1]))))


def stems_in(text: str) -> dict[str, str]:
    """Return names that a text may hold without their ending, as 长冲 for 长冲组, each with the words that say it."""
    found: dict[str, str] = {}
    for run in _RUN.findall(text):
        for length in range(_STEM_MOST, _STEM_LEAST - 1, -1):
            for start in range(len(run) - length + 1):
                stem = run[start : start + length]
                for ending in _STEM_ENDINGS:
                    found.setdefault(stem + ending, stem)
    return found


def doors_in(text: str) -> list[str]:
    """Return the house numbers that a text gives, each with up to eight characters before it, in order."""
    found = []
    for hit in _DOOR.finditer(text):
        before = re.search(r"[\u4e00-\u9fff0-9A-Za-z]{0,8}$", text[: hit.start()])
        found.append((before[0] if before else "").rpartition("号")[2] + hit[0])
    return found


def spellings(name: str) -> list[str]:
    """Return how a name may be written: a number in Chinese or Arabic digits, with 第 or without.

    >>> spellings("三组"), spellings("第12组"), spellings("长冲组")
    (['三组', '第三组', '3组', '第3组'], ['12组', '第12组', '十二组', '第十二组'], ['长冲组'])
    """
    found = _NUMBERED.match(name)
    if not found:
        return [name]
    said, ending = found.groups()
    number = int(said) if said.isdigit() else _number(said)
    both = [said, str(number) if not said.isdigit() else _chinese(number)]
    return [front + digits + ending for digits in both if digits for front in ("", "第")]


def _number(said: str) -> int:
    tens, ten, ones = said.partition(_TENS)
    if not ten:
        return int("".join(str(_DIGITS.index(digit)) for digit in said))
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def _chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese, "" for others."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return ""
    front = "" if not tens else _TENS if tens == 1 else _DIGITS[tens] + _TENS
    return front + (_DIGITS[ones] if ones else "")


def meant_by(said: Mapping[str, str], units: Iterable[Place]) -> list[Meant]:
    """Return the units that a text means, the likeliest first; several that are as likely are all at the front.

    A unit counts the more, the more of the text names it or what lies above it; of two that count alike the deeper is
    meant. A name inside a longer one that was found is not what was said.

    Parameters
    ----------
    said
        Name to the words of the text (:func:`names_in`, :func:`stems_in`).
    units
        Those of the net that bear one of the names.
    """
    rows = [(row, said[row.name]) for row in units if row.name in said]
    spoken = {words for _, words in rows}
    rows = [(row, words) for row, words in rows if not any(words != other and words in other for other in spoken)]
    found = []
    for row, words in rows:
        above = {other for place, other in rows if row.path.startswith(place.path) and place.path != row.path}
        found.append(Meant(row.id, row.path, (*sorted(above - {words}), words)))
    return sorted(found, key=_likeliness)


def _likeliness(one: Meant) -> tuple[int, int, str]:
    return (-sum(map(len, one.said)), -one.path.count("/"), one.path)


def is_sure(found: Sequence[Meant]) -> bool:
    """Tell whether the first of the units that a text may mean is likelier than the second."""
    return len(found) == 1 or (len(found) > 1 and _likeliness(found[0])[:2] != _likeliness(found[1])[:2])


def home_at(door: str, addresses: Sequence[str]) -> int | None:
    """Return which address a house number with the words before it means: the one that shares most, if it is one.

    >>> home_at("住在东溪村甲组3号", ["东溪村甲组13号", "东溪村甲组3号", "东溪村乙组3号"])
    1
    """
    hit = _DOOR.search(door)
    if not hit:
        return None
    for start in range(hit.start() + 1):
        wanted = re.compile(rf"(?<![0-9]){re.escape(door[start:])}(?![0-9])")
        fitting = [at for at, address in enumerate(addresses) if wanted.search(address)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None
