"""A report as it comes in: read once, checked, and never changed afterwards (D08, D09, D17)."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.rules.problems import Problem
from survey.rules.deadlines import GRADES
from survey.rules.issue_fields import TEXT_MOST, moment_of
from survey.rules.issue_query import SOURCES

PLACE_SOURCES = ("pin", "phone", "photo", "unit", "file")
"""Where a place comes from: a pin that a person set, the phone at the moment of the shot, the picture, a unit named, a
file. The person's pin wins over the others."""

SKEW = dt.timedelta(minutes=5)
ACCURACY_MOST_M = 200.0
"""A circle wider than this says nothing of borders: a phone without sky gives kilometres."""
PHOTOS_MOST = 30
_KEYS = ("category_id", "text", "lon", "lat", "accuracy_m", "place_source", "place_text", "source", "grade",
         "device_at", "sent_at", "found_at", "photos", "accept_near", "places")  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What somebody tells: what, where (lon, lat in EPSG:4490 degrees) and from whom; ``raw`` is kept for ever."""

    category_id: str
    text: str
    lon: float
    lat: float
    accuracy_m: float | None
    place_source: str
    place_text: str
    source: str
    grade: str
    device_at: dt.datetime | None
    sent_at: dt.datetime | None
    photos: int
    raiser: Mapping[str, str]
    raw: Mapping[str, Any]

    def is_skewed(self, now: dt.datetime) -> bool:
        """Tell whether the phone's clock is more than five minutes off the server's.

        What was made offline days ago is no skew: only the moment of sending tells, or a report from the future.
        """
        if self.sent_at is not None:
            return abs(self.sent_at - now) > SKEW
        return self.device_at is not None and self.device_at - now > SKEW


def read_report(body: Mapping[str, Any]) -> Report:
    """Read a report.

    Raises
    ------
    Problem
        ``issue.field`` (field) for what is missing or not of its kind, ``issue.bad_grade`` (grade).
    """
    grade = _word(body, "grade", 20)
    if grade and grade not in GRADES:
        raise Problem("issue.bad_grade", grade=grade)
    return Report(
        category_id=_word(body, "category_id", 64, must=True),
        text=_word(body, "text", TEXT_MOST),
        lon=_degrees(body, "lon", 180),
        lat=_degrees(body, "lat", 90),
        accuracy_m=_metres(body.get("accuracy_m")),
        place_source=_of(body, "place_source", PLACE_SOURCES),
        place_text=_word(body, "place_text", 200),
        source=_of(body, "source", SOURCES),
        grade=grade,
        device_at=_moment(body, "device_at"),
        sent_at=_moment(body, "sent_at"),
        photos=_count(body.get("photos", 0)),
        raiser=_raiser(body.get("raiser")),
        raw={key: body[key] for key in _KEYS if key in body},
    )


def first_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return the first key in which two raw reports differ, "" where they are the same."""
    ours, theirs = (json.loads(json.dumps(value)) for value in (dict(one), dict(other)))
    return next((key for key in (*_KEYS, "raiser") if ours.get(key) != theirs.get(key)), "")


def _word(body: Mapping[str, Any], key: str, most: int, *, must: bool = False) -> str:
    value = body.get(key, "")
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > most or (must and not value.strip()):
        raise Problem("issue.field", field=key)
    return value.strip()


def _of(body: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = _word(body, key, 40, must=True)
    if value not in known:
        raise Problem("issue.field", field=key)
    return value


def _degrees(body: Mapping[str, Any], key: str, most: float) -> float:
    value = body.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or abs(value) > most:
        raise Problem("issue.field", field=key)
    return float(value)


def _metres(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise Problem("issue.field", field="accuracy_m")
    return float(value)


def _moment(body: Mapping[str, Any], key: str) -> dt.datetime | None:
    """Read a phone's moment; one without a zone, or none at all, is nothing one can use and is left out."""
    value = body.get(key)
    return moment_of(value) if isinstance(value, str) else None


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= PHOTOS_MOST:
        raise Problem("issue.field", field="photos")
    return value


def _raiser(value: Any) -> dict[str, str]:
    """Read name and telephone of who raised it, where somebody tells them."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Problem("issue.field", field="raiser")
    found = {key: str(value.get(key) or "").strip()[:60] for key in ("name", "phone")}
    return found if any(found.values()) else {}
