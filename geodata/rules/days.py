"""Days as people and sheets write them."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def read_day(text: str) -> dt.date | None:
    """Return the day that a text is, or None.

    >>> [str(read_day(t)) for t in ("2026年3月6日", "2026/3/6", "20260306", "2026-03-06 00:00:00", "2026-02-30")]
    ['2026-03-06', '2026-03-06', '2026-03-06', '2026-03-06', 'None']
    """
    wanted = text.strip()
    found = _DATE.fullmatch(wanted) or _PACKED_DATE.fullmatch(wanted)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
