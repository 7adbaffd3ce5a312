"""Another platform's file of issues, row by row: what may be taken in, and why the rest may not (D06).

What makes two rows one issue is the platform and its reference number. Telephone numbers and the names beside them are
taken out of the text, as out of a chat message: they go into sealed fields.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geodata.rules.detect import CrsGuess
from geodata.rules.intake_places import optional_places
from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.problems import Problem
from survey.rules.category_words import choice_of
from survey.rules.chat import take_apart
from survey.rules.deadlines import GRADES
from survey.rules.issue_fields import TEXT_MOST
from survey.rules.outside_words import moment_of, source_of, state_of

FIELDS = (
    "platform", "reference", "at", "category", "text", "place", "unit", "zu", "lon", "lat", "x", "y", "state", "closed",
    "source", "grade",
)  # fmt: skip
_LENGTHS = {
    "platform": 60, "reference": 80, "at": 60, "closed": 60, "category": 80, "text": TEXT_MOST, "place": 200,
    "unit": 100, "zu": 100, "state": 40, "source": 40, "grade": 40,
}  # fmt: skip


def issues_from(
    frame: pd.DataFrame,
    mapping: Mapping[str, str],
    crs: CrsGuess | str,
    county_ll: BaseGeometry | None,
    platform: str = "",
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into issues that may be raised, and a reason for each row that may not.

    Parameters
    ----------
    frame
        A table, or a layer of points; an index named ``row`` gives the rows' numbers in the file.
    mapping
        Field (``FIELDS``) to column; ``reference`` and ``category`` are required.
    crs, county_ll
        As for homes (``geodata.rules.intake``); places are not required.
    platform
        Whose file it is, where it has no column that says so.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490: ``platform, reference, at`` (aware, None for none said), ``category`` and ``unit``,
        ``zu`` as written, ``text, place, name, phone, state`` (``open``, ``closed``), ``closed_at`` (aware, None for
        none said), ``source, grade, row`` and ``geometry`` (None where the row gives no place). Where no state is told
        a row with a time of closing is closed. And the refusals: ``outside.*``, ``category.bad_grade``,
        ``code.lost_digits``, ``row.repeated`` (rows), ``coordinate.*``, ``cell.*``.

    Raises
    ------
    Problem
        ``outside.no_platform`` where neither a column nor ``platform`` says whose file it is; ``import.no_column``
        (field), ``import.unknown_column`` (field, column), ``crs.unknown`` (crs).
    """
    check_mapping(frame, mapping, ("reference", "category"))
    if not platform and not mapping.get("platform"):
        raise Problem("outside.no_platform")
    rows = Rows(frame, mapping)
    texts = {field: rows.texts(field, most) for field, most in _LENGTHS.items()}
    rows.refuse_lost_digits("reference", texts["reference"])
    rows.refuse([at for at, text in enumerate(texts["reference"]) if not text], "reference", (), "outside.no_reference")
    rows.refuse([at for at, text in enumerate(texts["category"]) if not text], "category", (), "outside.no_category")
    columns: dict[str, list[object]] = {name: list(texts[name]) for name in ("reference", "category", "unit", "zu")}
    columns["platform"] = [text or platform for text in texts["platform"]]
    columns["place"] = list(texts["place"])
    columns["at"] = rows.each("at", texts["at"], moment_of)
    columns["closed_at"] = rows.each("closed", texts["closed"], moment_of)
    said = [text or ("closed" if done else "") for text, done in zip(texts["state"], texts["closed"], strict=True)]
    columns["state"] = rows.each("state", said, state_of)
    rows.refuse(_closed_before(columns), "closed", texts["closed"], "outside.closed_before")
    columns["source"] = [source_of(text) for text in texts["source"]]
    columns["grade"] = rows.each("grade", texts["grade"], lambda text: choice_of("grade", text, ("", *GRADES)))
    _take_apart(columns, texts["text"])
    named = zip(columns["platform"], texts["reference"], strict=True)
    keys = [f"{whose} {reference}" if reference else "" for whose, reference in named]
    rows.refuse_repeats(keys, "reference", "row.repeated")
    places = optional_places(rows, crs, county_ll)
    return rows.kept(columns, places), rows.finished()


def _closed_before(columns: Mapping[str, list[object]]) -> list[int]:
    """Return the positions of rows that were closed before they were reported."""
    times = zip(columns["at"], columns["closed_at"], strict=True)
    both = ((n, a, b) for n, (a, b) in enumerate(times) if isinstance(a, dt.datetime) and isinstance(b, dt.datetime))
    return [n for n, reported, closed in both if closed < reported]


def _take_apart(columns: dict[str, list[object]], texts: list[str]) -> None:
    """Take names and numbers out of the texts."""
    told = [take_apart(text) for text in texts]
    columns["text"] = [message.text for message in told]
    columns["name"] = [next(iter(message.names), "") for message in told]
    columns["phone"] = [next(iter(message.phones), "") for message in told]
