"""What a phone sends of a visit, an errand or a home found otherwise: read once, checked, and never changed (D16, F05).

No track, no photo, no check-in: who was where and how it went is all that is asked for (国办函〔2026〕12号).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from geodata.rules.problems import Problem
from survey.rules.issue_fields import moment_of
from survey.rules.visits import ERRAND, OUTCOMES, VISIT

NOTE_MOST = 200
BELIEVED = dt.timedelta(days=60)
"""How old a phone's own moment may be: longer than any phone is without signal."""
SKEW = dt.timedelta(minutes=5)
WITHDRAWN_WITHIN = dt.timedelta(days=7)
FINDINGS = ("new", "gone", "wrong")
_TOLD = {"address": 200, "text": 500}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class VisitReport:
    """A visit (outcome home, away, refused, moved) or an errand (outcome: its kind) as it was sent.

    ``device_at`` is what the phone's clock said, None where it said nothing that can be read; ``unreadable`` tells of
    a clock that said something else.
    """

    kind: str
    outcome: str
    household_id: str
    unit_id: str
    note: str
    device_at: dt.datetime | None
    unreadable: bool = False


@dataclass(frozen=True)
class Finding:
    """A home that is new, gone, or not as the register says; ``place`` is (lon, lat) in EPSG:4490 degrees."""

    kind: str
    household_id: str
    place: tuple[float, float] | None
    told: Mapping[str, str] = field(default_factory=dict)
    device_at: dt.datetime | None = None


def read_visit(body: Mapping[str, Any], errands: Collection[str]) -> VisitReport:
    """Read a visit or an errand.

    Parameters
    ----------
    errands
        The kinds of errand that the county knows.

    Raises
    ------
    Problem
        ``visit.field`` (field) for what is missing or not of its kind; ``visit.unknown_errand`` (value).
    """
    kind = _choice(body, "kind", (VISIT, ERRAND))
    household_id = _id(body, "household")
    unit_id = _id(body, "unit")
    if kind == VISIT:
        outcome = _choice(body, "outcome", OUTCOMES)
        if not household_id:
            raise Problem("visit.field", field="household")
    else:
        outcome = _text(body, "outcome", 40)
        if outcome not in errands:
            raise Problem("visit.unknown_errand", value=outcome)
        if not household_id and not unit_id:
            raise Problem("visit.field", field="unit")
    told, made = body.get("device_at"), _moment(body)
    return VisitReport(
        kind, outcome, household_id, "" if household_id else unit_id, _text(body, "note", NOTE_MOST), made,
        unreadable=told not in (None, "") and made is None,
    )  # fmt: skip


def read_finding(body: Mapping[str, Any]) -> Finding:
    """Read what somebody found: a new home needs its place, one that is gone or wrong says which.

    Raises
    ------
    Problem
        ``finding.field`` (field).
    """
    kind = _choice(body, "kind", FINDINGS, "finding.field")
    household_id = _id(body, "household", "finding.field")
    if kind != "new" and not household_id:
        raise Problem("finding.field", field="household")
    place = _place(body)
    if kind == "new" and place is None:
        raise Problem("finding.field", field="lon")
    given = body.get("told")
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise Problem("finding.field", field="told")
    told = {key: _text(given, key, most, "finding.field") for key, most in _TOLD.items()}
    told = {key: value for key, value in told.items() if value}
    if kind != "gone" and not told:
        raise Problem("finding.field", field="told")
    return Finding(kind, "" if kind == "new" else household_id, place, told, _moment(body))


def moment(told: dt.datetime | None, now: dt.datetime, *, unreadable: bool = False) -> tuple[dt.datetime, bool]:
    """Return when something was made, and whether the phone's clock is off.

    A phone's own moment is believed from 60 days ago to five minutes ahead, so that what was done in a valley without
    signal keeps its day; of all else the server's clock decides, and the phone's is kept beside it.
    """
    if told is None:
        return now, unreadable
    if now - BELIEVED <= told <= now + SKEW:
        return min(told, now), False
    return now, True


def _choice(body: Mapping[str, Any], key: str, known: Collection[str], code: str = "visit.field") -> str:
    value = body.get(key)
    if not isinstance(value, str) or value not in known:
        raise Problem(code, field=key)
    return value


def _text(body: Mapping[str, Any], key: str, most: int, code: str = "visit.field") -> str:
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value.strip()) > most:
        raise Problem(code, field=key)
    return value.strip()


def _id(body: Mapping[str, Any], key: str, code: str = "visit.field") -> str:
    value = body.get(key)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Problem(code, field=key)
    return value


def _moment(body: Mapping[str, Any]) -> dt.datetime | None:
    value = body.get("device_at")
    return moment_of(value) if isinstance(value, str) else None


def _place(body: Mapping[str, Any]) -> tuple[float, float] | None:
    if body.get("lon") is None and body.get("lat") is None:
        return None
    found = []
    for key, most in (("lon", 180), ("lat", 90)):
        value = body.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or abs(float(value or 0)) > most:
            raise Problem("finding.field", field=key)
        found.append(float(value or 0))
    return found[0], found[1]
