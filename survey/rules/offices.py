"""How an office may be called."""

from __future__ import annotations

import re

from geodata.rules.problems import Problem

CODE_MOST, NAME_MOST = 40, 80
_CODE = re.compile(rf"[0-9A-Za-z\u4e00-\u9fff._-]{{1,{CODE_MOST}}}")


def checked_code(text: str) -> str:
    """Return an office's code, letters, digits, Chinese, ``.``, ``_`` and ``-``, or ``office.bad_code`` (value)."""
    kept = text.strip()
    if not _CODE.fullmatch(kept):
        raise Problem("office.bad_code", value=kept[:40])
    return kept


def checked_name(text: str) -> str:
    """Return an office's name without outer blanks, or ``office.bad_name`` (most)."""
    kept = text.strip()
    if not 1 <= len(kept) <= NAME_MOST or not kept.isprintable():
        raise Problem("office.bad_name", most=NAME_MOST)
    return kept
