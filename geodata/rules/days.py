"""Days and times as people and sheets write them."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2})[:：时](\d{1,2})?(?:[:：分](\d{1,2})?秒?(?:\.\d+)?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel counts days from here, in nobody's zone
_SERIALS = (25_569, 73_051)  # 1970 to 2099: what else a sheet counts in five digits is hardly a day


def read_day(text: str) -> dt.date | None:
    """Return the day that a text is, or None; a time behind it must be midnight, as sheets write it.

    >>> [str(read_day(t)) for t in ("2026年3月6日", "2026/3/6", "20260306", "2026-03-06 00:00:00", "46087")]
    ['2026-03-06', '2026-03-06', '2026-03-06', '2026-03-06', '2026-03-06']
    >>> read_day("2026-02-30"), read_day("2026-03-06 10:31")
    (None, None)
    """
    found = read_time(text)
    return found.date() if found is not None and found.time() == dt.time() else None


def read_time(text: str) -> dt.datetime | None:
    """Return the day and time that a text is, without a zone; midnight where it gives no time; or None.

    >>> [str(read_time(t)) for t in ("2026-03-06T10:31:05", "2026年3月6日10时31分", "2026/3/6 9:05", "46087.5")]
    ['2026-03-06 10:31:05', '2026-03-06 10:31:00', '2026-03-06 09:05:00', '2026-03-06 12:00:00']
    """
    wanted = text.strip()
    if _SERIAL.fullmatch(wanted):
        return _from_serial(float(wanted))
    day = _DATE.match(wanted) or _PACKED_DATE.match(wanted)
    behind = wanted[day.end() :].lstrip(" T") if day else ""
    time = _TIME.fullmatch(behind) if behind else None
    if day is None or (behind and time is None):
        return None
    parts = [int(part or 0) for part in (*day.groups(), *(time.groups() if time else ()))]
    try:
        return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the sheet names no zone
    except ValueError:
        return None


def _from_serial(days: float) -> dt.datetime | None:
    """Return Excel's number of a day and the share of it gone by, to the second."""
    if not _SERIALS[0] <= days < _SERIALS[1]:
        return None
    return _DAY_ZERO + dt.timedelta(seconds=round(days * 86_400))
