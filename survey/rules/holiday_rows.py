"""A holiday table as a file, row by row."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from survey.rules.holidays import day_of, kind_of


def rows_from(frame: pd.DataFrame, mapping: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file, ``day`` and ``kind``, into days that may be kept, and a reason for each that may not.

    Where a file has no column for the kind, its days are days off.

    Returns
    -------
    tuple
        A GeoDataFrame without places: ``day`` (YYYY-MM-DD), ``kind`` (``off``, ``on``), ``row``; and the refusals:
        ``holiday.bad_day``, ``holiday.bad_kind``, ``row.repeated`` (rows), ``cell.*``.
    """
    check_mapping(frame, mapping, ("day",))
    rows = Rows(frame, mapping)
    days = rows.each("day", rows.texts("day", 60), lambda text: str(day_of(text)))
    kinds = rows.each("kind", rows.texts("kind", 40), lambda text: kind_of(text or "off"))
    rows.refuse_repeats([str(day) for day in days], "day", "row.repeated")
    return rows.kept({"day": days, "kind": kinds}), rows.finished()
