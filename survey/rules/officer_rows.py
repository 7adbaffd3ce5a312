"""A file of people, row by row: what may be taken into the register, and why the rest may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.crs import convert
from geodata.rules.detect import CrsGuess
from geodata.rules.intake import refuse_far_points, village_codes
from geodata.rules.intake_rows import Refusal, Rows, check_mapping, crs_of
from geodata.rules.problems import Problem
from geodata.rules.table_cells import numbers, truth
from survey.rules.register import checked_name, day_of, id_no_of, phone_digits, tags_of, vetting_of

FIELDS = (
    "code", "name", "phone", "id_no", "village", "household", "lon", "lat", "x", "y", "party", "tags", "vetting",
    "vetted_on", "vetted_by", "away", "training_due", "training_done",
)  # fmt: skip
_LENGTHS = {
    "code": 64, "name": 100, "phone": 60, "id_no": 40, "village": 100, "household": 64, "party": 40, "tags": 400,
    "vetting": 40, "vetted_on": 40, "vetted_by": 100, "away": 40, "training_due": 40, "training_done": 40,
}  # fmt: skip
_SECRET = frozenset({"id_no"})  # what a report of refused rows does not repeat beside the reason


def has_places(frame: pd.DataFrame, mapping: Mapping[str, str]) -> bool:
    """Tell whether a file gives places: it is a layer, or both columns of a pair of coordinates are there."""
    pairs = (("lon", "lat"), ("x", "y"))
    return isinstance(frame, gpd.GeoDataFrame) or any(mapping.get(a) and mapping.get(b) for a, b in pairs)


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
    columns["name"] = _each(rows, "name", texts["name"], checked_name)
    columns["id_no"] = _each(rows, "id_no", texts["id_no"], id_no_of)
    columns["vetting"] = _each(rows, "vetting", texts["vetting"], vetting_of)
    for field in ("vetted_on", "training_due", "training_done"):
        columns[field] = _each(rows, field, texts[field], day_of)
    columns["village"] = list(village_codes(texts["village"], known_villages))
    _people(rows, columns, texts)
    _refuse_the_same(rows, columns)
    places = _places(rows, crs, county_ll)
    return _kept(rows, columns, places, mapping), rows.finished()


def _each(rows: Rows, field: str, texts: Sequence[str], read: Callable[[str], object]) -> list[object]:
    """Read a column cell by cell; a cell that cannot be read refuses its row with the reason given."""
    values: list[object] = []
    for at, text in enumerate(texts):
        try:
            values.append(read(text))
        except Problem as problem:
            rows.add(at, field, "" if field in _SECRET else text, problem.code, problem.values)
            values.append("")
    return values


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


def _places(rows: Rows, crs: CrsGuess | str, county_ll: BaseGeometry | None) -> NDArray[np.float64]:
    """Return (n, 2) degrees EPSG:4490 of each row's home, NaN where the row gives none."""
    nowhere = np.full((len(rows.frame), 2), np.nan)
    if not has_places(rows.frame, rows.mapping):
        return nowhere
    name, swapped = crs_of(crs)
    raw = _layer_points(rows, rows.frame) if isinstance(rows.frame, gpd.GeoDataFrame) else _cells(rows)
    there = np.isfinite(raw).all(axis=1)
    ll = nowhere.copy()
    ll[there] = convert(raw[there], name, swapped=swapped)
    refuse_far_points(rows, raw, ll, county_ll)
    return ll


def _layer_points(rows: Rows, frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    shapes = np.asarray(frame.geometry.array, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    rows.refuse(np.nonzero(~missing & (shapely.get_type_id(shapes) != 0))[0], "geometry", (), "geometry.not_point")
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _cells(rows: Rows) -> NDArray[np.float64]:
    """Return the coordinates of each row; both cells may be empty, one alone may not."""
    pair = ("lon", "lat") if rows.mapping.get("lon") and rows.mapping.get("lat") else ("x", "y")
    read = [numbers(rows.frame[rows.mapping[name]]) for name in pair]
    texts = [found[1] or ["" if v != v else repr(v) for v in found[0].tolist()] for found in read]
    empty = [np.array([not text for text in column], dtype=bool) for column in texts]
    for at, name in enumerate(pair):
        wrong = ~empty[at] & ~(np.abs(read[at][0]) < 1e9)  # NaN, Inf and 1e308 all fail this
        rows.refuse(np.nonzero(wrong)[0], name, texts[at], "coordinate.not_number")
        rows.refuse(np.nonzero(empty[at] & ~empty[1 - at])[0], name, texts[at], "coordinate.missing")
    return np.column_stack([np.where(rows.bad, np.nan, found[0]) for found in read])


def _kept(
    rows: Rows, columns: Mapping[str, list[object]], places: NDArray[np.float64], mapping: Mapping[str, str]
) -> gpd.GeoDataFrame:
    keep = np.flatnonzero(~rows.bad)
    data = {name: pd.Series([values[at] for at in keep], dtype=object) for name, values in columns.items()}
    shapes = np.full(len(keep), None, dtype=object)
    there = np.isfinite(places[keep]).all(axis=1)
    shapes[there] = shapely.points(places[keep][there])
    frame = gpd.GeoDataFrame(pd.DataFrame({**data, "row": rows.numbers[keep]}), geometry=shapes, crs="EPSG:4490")
    frame.attrs["given"] = sorted(field for field in FIELDS if mapping.get(field))
    return frame
