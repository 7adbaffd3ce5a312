"""A county's offices, row by row: what may be taken in, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.table_cells import truth
from survey.rules.offices import checked_code, checked_name

FIELDS = ("code", "name", "unit", "retired")


def offices_from(frame: pd.DataFrame, mapping: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into offices that may be kept, and a reason for each row that may not.

    Parameters
    ----------
    mapping
        Field (``FIELDS``) to column; ``code`` and ``name`` are required. ``unit`` is the county or town that an office
        belongs to, by code or name; without one it is the county's.

    Returns
    -------
    tuple
        A GeoDataFrame without places: ``code, name, unit`` (as written), ``retired`` (bool), ``row``; and the
        refusals: ``office.*``, ``code.*``, ``cell.*``.
    """
    check_mapping(frame, mapping, ("code", "name"))
    rows = Rows(frame, mapping)
    texts = {field: rows.texts(field, 200) for field in FIELDS}
    rows.refuse([at for at, text in enumerate(texts["code"]) if not text], "code", (), "code.missing")
    rows.refuse_lost_digits("code", texts["code"])
    rows.refuse_repeats(texts["code"])
    columns: dict[str, list[object]] = {
        "code": rows.each("code", texts["code"], lambda text: checked_code(text) if text else ""),
        "name": rows.each("name", texts["name"], checked_name),
        "unit": list(texts["unit"]),
        "retired": truth(texts["retired"]).tolist(),
    }
    return rows.kept(columns), rows.finished()
