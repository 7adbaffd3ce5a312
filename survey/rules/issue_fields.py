"""What a step says: each field by its kind, checked before it is written, and told to the page that asks for it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules.problems import Problem
from survey.rules.deadlines import GRADES

TEXT_MOST = 2_000
NAMED_MOST = 50  # offices or helpers of one step
VERTICES_MOST = 500  # of a sketched line (D15): a border between two plots
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "score": ("solved", "half", "not"),  # 评单
    "result": ("agreed", "not_yet", "failed"),  # of a mediation session
    "how": ("app", "phone", "visit", "read_out", "notice"),  # in which way somebody was answered
    "level": ("village", "town", "county"),  # 市、乡、村三级现场核实 (E11)
    "grade": GRADES,
}
REMEDIES = ("on_spot", "money", "project")
"""现场协调、资金支持、项目支持 (E10)."""


@dataclass(frozen=True)
class Field:
    """A field as a page asks for it: its kind, its choices, and whether it may be left out."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    optional: bool = False


def moment_of(value: Any) -> dt.datetime | None:
    """Read an ISO 8601 moment with its zone; None where it is none."""
    try:
        found = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _text(value: Any) -> Any:
    return value.strip()[:TEXT_MOST] if isinstance(value, str) and value.strip() else None


def _id(value: Any) -> Any:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _ids(value: Any) -> Any:
    if not isinstance(value, list) or not 0 < len(value) <= NAMED_MOST:
        return None
    return list(dict.fromkeys(value)) if all(_id(one) for one in value) else None


def _party(value: Any) -> Any:
    if not isinstance(value, dict) or value.get("kind") not in ("unit", "office") or not _id(value.get("id")):
        return None
    return {"kind": value["kind"], "id": value["id"]}


def _remedy(value: Any) -> Any:
    if not isinstance(value, list) or not value or not all(one in REMEDIES for one in value):
        return None
    return list(dict.fromkeys(value))


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _stars(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5 else None


def _moment(value: Any) -> Any:
    found = moment_of(value) if isinstance(value, str) else None
    return found.astimezone(dt.UTC).isoformat() if found is not None else None


def _line(value: Any) -> Any:
    """Take a GeoJSON LineString (lon, lat in EPSG:4490 degrees): the line that two parties agreed on."""
    if not isinstance(value, dict) or value.get("type") != "LineString":
        return None
    places = value.get("coordinates")
    if not isinstance(places, list) or not 2 <= len(places) <= VERTICES_MOST:
        return None
    return {"type": "LineString", "coordinates": places} if all(map(_is_place, places)) else None


def _is_place(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in value):
        return False
    return bool(abs(value[0]) <= 180 and abs(value[1]) <= 90)


def _choice(name: str) -> Callable[[Any], Any]:
    return lambda value: value if value in CHOICES[name] else None


_READ: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("reason", "text", "note", "topic", "parties"), ("text", _text)),
    **{name: ("choice", _choice(name)) for name in CHOICES},
    "to": ("party", _party),
    "helpers": ("offices", _ids),
    "offices": ("offices", _ids),
    "office": ("office", _id),
    "into": ("issue", _id),
    "unit": ("unit", _id),
    "category_id": ("category", _id),
    "remedy": ("remedy", _remedy),
    "stars": ("stars", _stars),
    "sign_by": ("moment", _moment),
    "until": ("moment", _moment),
    "passed": ("flag", _flag),
    "binding": ("flag", _flag),
    "read_out": ("flag", _flag),
    "line": ("line", _line),
}


def fields_of(names: Sequence[str]) -> list[Field]:
    """Return the fields of a step as a page asks for them; a name with ``?`` may be left out."""
    found = []
    for name in names:
        bare = name.rstrip("?")
        choices = CHOICES.get(bare, REMEDIES if bare == "remedy" else ())
        found.append(Field(bare, _READ[bare][0], choices, name.endswith("?")))
    return found


def read_detail(names: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a step says, cleaned; what it was not asked for is left out.

    Raises
    ------
    Problem
        ``issue.field`` (field) for one that is missing or not of its kind.
    """
    kept = {}
    for name in names:
        bare = name.rstrip("?")
        value = given.get(bare)
        if value is None or value == "" or value == []:
            if name.endswith("?"):
                continue
            raise Problem("issue.field", field=bare)
        read = _READ[bare][1](value)
        if read is None:
            raise Problem("issue.field", field=bare)
        kept[bare] = read
    return kept
