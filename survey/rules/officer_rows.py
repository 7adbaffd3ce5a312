"""A file of people, row by row: what may be taken into the register, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geodata.rules.detect import CrsGuess
from geodata.rules.intake import village_codes
from geodata.rules.intake_places import optional_places
from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.problems import Problem
from geodata.rules.table_cells import truth
from survey.rules.register import checked_name, day_of, id_no_of, phone_digits, tags_of, vetting_of

FIELDS = (
    "code", "name", "phone", "id_no", "village", "household", "lon", "lat", "x", "y", "party", "tags", "vetting",
    "vetted_on", "vetted_by", "away", "training_due", "training_done",
)  # fmt: skip
_LENGTHS = {
    "code": 64, "name": 100, "phone": 60, "id_no": 40, "village": 100, "household": 64, "party": 40, "tags": 400,
    "vetting": 40, "vetted_on": 40, "vetted_by": 100, "away": 40, "training_due": 40, "training_done": 40,
}  # fmt: skip


def officers_from(
    frame: pd.DataFrame,
    mapping: Mapping[str, str],
    crs: CrsGuess | str,
    county_ll: BaseGeometry | None,
    known_villages: Mapping[str, str],
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into officers that may be kept, and a reason for each row that may not.

    Parameters
    ----------
    frame
        A table, or a layer of points; an index named ``row`` gives the rows' numbers in the file.
    mapping
        Field (``FIELDS``) to column; ``name`` is required, places are not.
    crs
        The system of the coordinates, where there are any.
    county_ll
        The county in EPSG:4490 degrees; a home more than 5 km outside it is refused. None: not checked.
    known_villages
        Code to name; villages written by name come back as codes.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490 (``code, name, phone, id_no, village, household, party, tags`` (lists),
        ``vetting, vetted_on, vetted_by, away, training_due, training_done, geometry`` (None where the row gives no
        place), ``row``; ``attrs["given"]`` names the fields that the file has) and the refusals in the order of
        the file: ``officer.*``, ``code.repeated``, ``code.lost_digits``, ``coordinate.*``, ``cell.*``.

    Raises
    ------
    Problem
        ``import.no_column`` (field), ``import.unknown_column`` (field, column), ``crs.unknown`` (crs).
    """
    check_mapping(frame, mapping, ("name",))
    rows = Rows(frame, mapping)
    texts = {field: rows.texts(field, most) for field, most in _LENGTHS.items()}
    for field in ("code", "phone", "id_no", "household"):
        rows.refuse_lost_digits(field, texts[field])
    rows.refuse_repeats(texts["code"])
    columns: dict[str, list[object]] = {name: list(texts[name]) for name in ("code", "phone", "household", "vetted_by")}
    columns["name"] = rows.each("name", texts["name"], checked_name)
    # the report of refused rows does not repeat an ID number beside the reason
    columns["id_no"] = rows.each("id_no", texts["id_no"], id_no_of, secret=True)
    columns["vetting"] = rows.each("vetting", texts["vetting"], vetting_of)
    for field in ("vetted_on", "training_due", "training_done"):
        columns[field] = rows.each(field, texts[field], day_of)
    columns["village"] = list(village_codes(texts["village"], known_villages))
    _people(rows, columns, texts)
    _refuse_the_same(rows, columns)
    places = optional_places(rows, crs, county_ll)
    return rows.kept(columns, places), rows.finished()


def _people(rows: Rows, columns: dict[str, list[object]], texts: Mapping[str, list[str]]) -> None:
    """Read who is a party member, who is away, and the tags; 党员 among the tags counts as the member."""
    columns["away"] = truth(texts["away"]).tolist()
    member = np.array(["党员" in text and "非" not in text for text in texts["party"]]) | (
        truth(texts["party"])
        & np.array([text not in ("群众", "共青团员", "团员") for text in texts["party"]], dtype=bool)
    )
    columns["tags"] = [[] for _ in texts["tags"]]
    for at, text in enumerate(texts["tags"]):
        try:
            columns["tags"][at], also = tags_of(text)
        except Problem as problem:
            rows.add(at, "tags", text, problem.code, problem.values)
        else:
            member[at] |= also
    columns["party"] = member.tolist()


def _refuse_the_same(rows: Rows, columns: Mapping[str, list[object]]) -> None:
    """Refuse rows that are one person by ID number, or by name and telephone: the file must say which row counts."""
    phones = [phone_digits(str(text)) for text in columns["phone"]]
    by_phone = [(name, phone) if phone else None for name, phone in zip(columns["name"], phones, strict=True)]
    for field, keys in (("id_no", [key or None for key in columns["id_no"]]), ("phone", by_phone)):
        met: dict[object, list[int]] = {}
        for at, key in enumerate(keys):
            if key is not None and not rows.bad[at]:
                met.setdefault(key, []).append(at)
        for places in met.values():
            for at in places if len(places) > 1 else ():
                rows.add(
                    at, field, "", "officer.repeated", {"rows": [int(rows.numbers[other]) for other in places[:10]]}
                )
