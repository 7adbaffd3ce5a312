"""Which issues are asked for: one query for the list, the board, the map and the file, and who may see which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from geodata.rules.actors import Scope
from geodata.rules.problems import Problem
from survey.rules.deadlines import GRADES, ZONE
from survey.rules.issue_case import OPEN, STATES

SOURCES = ("app", "desk", "phone", "chat", "box", "reception", "patrol", "file", "resident")
"""How an issue came in: by the phone app, or through the desk from a call, a chat (D05), the suggestion box (D04), a
reception hour (D03), a patrol, another platform's file (D06), or a resident's own page."""

SORTS = ("due", "at", "-at")
TRAYS = ("in_tray", "overdue", "whistles", "checks", "answers", "reviews")
"""What a console of a level shows (I05): to accept, late, offices to sign in, checks to make, answers owed, ratings."""


@dataclass(frozen=True)
class Sight:
    """Which issues somebody may see: those on their ground, those they raised, those they or their office deal with.

    Parameters
    ----------
    ground
        The scope of the right ``issues``.
    restricted
        Where issues of restricted categories are seen (D12), beside by those who deal with them.
    units
        The units that the actor answers for today.
    office_id
        Their office, "" for none.
    account_id
        Whose own reports are always seen.
    """

    ground: Scope
    restricted: Scope
    units: frozenset[str] = frozenset()
    office_id: str = ""
    account_id: str = ""


@dataclass(frozen=True)
class IssueQuery:
    """A filter with its order; what is empty does not filter.

    Parameters
    ----------
    unit
        A unit's id; its path is found by whoever runs the query.
    states
        ``OPEN`` unless others are asked for.
    holder
        ``mine``, ``unit:ID`` or ``office:ID``.
    tray
        One of ``TRAYS``.
    box
        (west, south, east, north) degrees.
    """

    unit: str = ""
    states: tuple[str, ...] = OPEN
    category: str = ""
    major: str = ""
    grade: str = ""
    late: bool = False
    holder: str = ""
    raised: bool = False
    source: str = ""
    from_at: dt.datetime | None = None
    to_at: dt.datetime | None = None
    words: str = ""
    box: tuple[float, float, float, float] | None = None
    sort: str = "due"
    tray: str = ""


KEYS = ("unit", "state", "category", "major", "grade", "late", "holder", "raised", "source", "from", "to", "q", "box",
        "sort")  # fmt: skip


def query_from(values: Mapping[str, str]) -> IssueQuery:
    """Read a query from the keys of an address; unknown keys are somebody else's.

    Raises
    ------
    Problem
        ``issue.bad_query`` (field, value).
    """
    given = {key: values.get(key, "").strip() for key in KEYS}
    return IssueQuery(
        unit=given["unit"],
        states=_states(given["state"]),
        category=given["category"],
        major=given["major"],
        grade=_one_of(given["grade"], GRADES, "grade"),
        late=given["late"] == "1",
        holder=_holder(given["holder"]),
        raised=_one_of(given["raised"], ("mine",), "raised") == "mine",
        source=_one_of(given["source"], SOURCES, "source"),
        from_at=_day(given["from"], "from"),
        to_at=_day(given["to"], "to", after=True),
        words=given["q"][:100],
        box=_box(given["box"]),
        sort=_one_of(given["sort"], SORTS, "sort") or "due",
    )


def _states(value: str) -> tuple[str, ...]:
    if not value:
        return OPEN
    if value == "any":
        return STATES
    return tuple(_one_of(one.strip(), STATES, "state") for one in value.split(",") if one.strip())


def _one_of(value: str, known: tuple[str, ...], name: str) -> str:
    if value and value not in known:
        raise Problem("issue.bad_query", field=name, value=value[:40])
    return value


def _holder(value: str) -> str:
    kind, _, rest = value.partition(":")
    if value and value != "mine" and (kind not in ("unit", "office") or not rest):
        raise Problem("issue.bad_query", field="holder", value=value[:40])
    return value


def _day(value: str, name: str, *, after: bool = False) -> dt.datetime | None:
    """Return the first instant of a day in Shanghai, or of the day after."""
    if not value:
        return None
    try:
        found = dt.date.fromisoformat(value)
        return dt.datetime.combine(found + dt.timedelta(days=after), dt.time(), ZONE).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Problem("issue.bad_query", field=name, value=value[:40]) from error


def _box(value: str) -> tuple[float, float, float, float] | None:
    if not value:
        return None
    try:
        west, south, east, north = (float(one) for one in value.split(","))
    except ValueError as error:
        raise Problem("issue.bad_query", field="box", value=value[:60]) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem("issue.bad_query", field="box", value=value[:60])
    return (west, south, east, north)
