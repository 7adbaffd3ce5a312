"""What somebody without an account sends: read once, checked, and let through by a person before it is anybody's work.

Off by default. A resident says what and where; name and telephone are theirs to leave out, and are never shown back.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geodata.rules.problems import Problem

TEXT_MOST = 1_000
RATINGS = ("solved", "half", "not")
WAITING, TAKEN, REFUSED = "waiting", "taken", "refused"
LIMITS = ((5, dt.timedelta(hours=1)), (20, dt.timedelta(days=1)))
"""How many reports one network address may send within how long: a village shop's line is shared by several people."""
COUNTY_LIMIT = (600, dt.timedelta(hours=1))
"""How many the whole county takes: beyond it a machine is sending, and telephones still ring."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without what is read for something else over the telephone
_CODE_LETTERS = 12


@dataclass(frozen=True)
class ResidentReport:
    """A report as it came; the place is (lon, lat) in EPSG:4490 degrees."""

    category_id: str
    text: str
    lon: float
    lat: float
    place_text: str
    raiser: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready to be sealed."""
        return {"category_id": self.category_id, "text": self.text, "lon": self.lon, "lat": self.lat,
                "place_text": self.place_text, "raiser": dict(self.raiser)}  # fmt: skip


def read_resident(body: Mapping[str, Any]) -> ResidentReport:
    """Read a report: {"category_id", "text", "lon", "lat", "place_text"?, "name"?, "phone"?}.

    Raises
    ------
    Problem
        ``resident.field`` (field).
    """
    raiser = {key: _text(body, key, 60) for key in ("name", "phone")}
    return ResidentReport(
        _text(body, "category_id", 64, least=1), _text(body, "text", TEXT_MOST, least=2), _degrees(body, "lon", 180),
        _degrees(body, "lat", 90), _text(body, "place_text", 200),
        {key: value for key, value in raiser.items() if value},
    )  # fmt: skip


def code_of(digest: str) -> str:
    """Return the code by which a report is followed, made of a keyed digest in hexadecimal (59 bits of it).

    >>> code_of("0123456789abcdef0123456789abcdef")
    'HPTQ-9D9Z-MVKV'
    """
    number, letters = int(digest, 16), []
    for _ in range(_CODE_LETTERS):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "-".join("".join(letters[at : at + 4]) for at in range(0, _CODE_LETTERS, 4))


def clean_code(code: str) -> str:
    """Return a code as it was given out, however it is typed; "" for what is none.

    >>> clean_code(" hptq 9d9z-mvkv "), clean_code("HPTQ")
    ('HPTQ-9D9Z-MVKV', '')
    """
    letters = "".join(one for one in code.upper() if one not in " -")
    if len(letters) != _CODE_LETTERS or any(one not in _LETTERS for one in letters):
        return ""
    return "-".join(letters[at : at + 4] for at in range(0, _CODE_LETTERS, 4))


def wait_s(nth_latest: dt.datetime | None, span: dt.timedelta, now: dt.datetime) -> int:
    """Return the whole seconds until another may come; ``nth_latest`` is the n-th counted back, None for fewer."""
    if nth_latest is None:
        return 0
    return max(0, math.ceil((nth_latest + span - now).total_seconds()))


def _text(body: Mapping[str, Any], key: str, most: int, *, least: int = 0) -> str:
    value = body.get(key)
    value = "" if value is None else value
    if not isinstance(value, str) or not least <= len(value.strip()) <= most:
        raise Problem("resident.field", field=key)
    return value.strip()


def _degrees(body: Mapping[str, Any], key: str, most: int) -> float:
    value = body.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or abs(value) > most:
        raise Problem("resident.field", field=key)
    return float(value)
