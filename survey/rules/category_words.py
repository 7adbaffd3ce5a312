"""What a person may write of a category, in a file or a form, and what it means."""

from __future__ import annotations

import re

from geodata.rules.problems import Problem
from survey.rules.categories import SYMBOLS

KEYWORDS_MOST, KEYWORD_MOST = 40, 40
_SPLIT = re.compile(r"[、,，;；|\s]+")
_NUMBERED = re.compile(r"[0-9]{1,5}")
_FREE = re.compile(r"[0-9A-Za-z._-]{1,20}")
_WORDS = {
    "kind": {"object": "部件 管理部件 设施", "event": "事件 管理事件", "local": "扩展 本地 自定义 三长 三长制"},
    "grade": {
        "instant": "即时 立即 秒回 即办 0",
        "ordinary": "一般 普通 一般问题 2天 2",
        "harder": "较难 较难问题 1周 7天 一周",
        "complex": "复杂 复杂问题 1个月 一个月",
    },
    "level": {
        "": "最近 三长 就近 nearest",
        "lin": "邻 邻长",
        "zu": "组 组长 小组 村民小组",
        "pian": "片 片长 网格",
        "village": "村 社区 村社区 村（社区） 村级",
        "town": "乡镇 镇 乡 街道 乡镇街道 乡级",
        "county": "县 市 区 县市 县级 市级",
    },
}


def choice_of(field: str, text: str, known: tuple[str, ...]) -> str:
    """Return the ``kind``, ``grade`` or ``level`` that a word means, or ``category.bad_kind``,
    ``category.bad_grade`` or ``category.bad_level`` (value).

    >>> choice_of("grade", "较难", ("ordinary", "harder")), choice_of("level", "乡镇", ("", "town"))
    ('harder', 'town')
    """
    wanted = text.strip().casefold()
    for name in known:
        if wanted == name or wanted in _WORDS[field].get(name, "").split():
            return name
    raise Problem(f"category.bad_{field}", value=text[:40])


def symbol_of(text: str) -> str:
    """Return a symbol of the map, "" for none said, or ``category.bad_symbol`` (value, known)."""
    if text and text not in SYMBOLS:
        raise Problem("category.bad_symbol", value=text[:40], known=" ".join(SYMBOLS))
    return text


def keywords_of(text: str) -> list[str]:
    """Return words split at commas and blanks, each once, or ``category.bad_keywords`` (most, longest)."""
    kept = list(dict.fromkeys(word for word in _SPLIT.split(text) if word))
    if len(kept) > KEYWORDS_MOST or any(len(word) > KEYWORD_MOST for word in kept):
        raise Problem("category.bad_keywords", most=KEYWORDS_MOST, longest=KEYWORD_MOST)
    return kept


def checked_name(text: str) -> str:
    """Return a name without outer blanks, or ``category.no_name``."""
    if not text.strip():
        raise Problem("category.no_name")
    return text.strip()


def checked_code(text: str, kind: str, width: int = 2) -> str:
    """Return a code in its kept form: two digits of the major and ``width`` of the minor, zeros in front restored.

    The minor has two digits in GB/T 30428.2-2013 as deployed, three in a newer schema; a code of ``local`` may be any
    short text. Raises ``category.bad_code`` (value).

    >>> checked_code("118", "object"), checked_code("1018", "object", 3), checked_code("X-7", "local")
    ('0118', '01018', 'X-7')
    """
    if kind == "local" and _FREE.fullmatch(text):
        return text
    if kind != "local" and _NUMBERED.fullmatch(text) and len(text) <= 2 + width:
        return text.zfill(2 + width)
    raise Problem("category.bad_code", value=text[:40])
