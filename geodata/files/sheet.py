from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 1_000_000
_HEADER_WITHIN = 10


@dataclass
class Sheet:
    """One table or layer as it was read, before anything is understood of it.

    Parameters
    ----------
    frame
        A DataFrame, or a GeoDataFrame where the file holds geometry. Cells are text or float, empty ones None or NaN;
        the index is named ``row`` and holds each row's number in the file.
    encoding
        How its text was stored (``utf-8``, ``gb18030`` ...), "" where the format leaves no choice.
    declared_crs
        ``"EPSG:n"`` or WKT as the file declares it, or None.
    layers
        All sheets or layers of the file, the one read first.
    notes
        What a person should know: dictionaries with ``code`` and its values (``formula_without_value`` cells,
        ``merged_filled`` cells, ``header_row`` row, ``other_layers`` layers, ``row_limit`` rows).
    rows
        Rows read into the frame.
    refusals
        Rows that could not even be read, to be listed with those that :mod:`geodata.rules.intake` refuses.
    """

    frame: pd.DataFrame
    encoding: str = ""
    declared_crs: str | None = None
    layers: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def unique_headers(cells: Sequence[object]) -> list[str]:
    """Make a row of cells into column names: stripped, numbered where one repeats, 列n where one is empty."""
    names: list[str] = []
    taken: dict[str, int] = {}
    for at, cell in enumerate(cells, start=1):
        name = "" if cell is None else str(cell).strip("\ufeff \t\r\n\u3000")
        name = " ".join(name.split()) or f"列{at}"
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return names


def header_position(first_rows: Sequence[Sequence[object]]) -> int:
    """Return which of a table's first rows holds the column names: the first one about as full as the fullest.

    A title such as 涟源市农户信息表 above the table fills one cell only.
    """
    counts = [sum(cell not in (None, "") for cell in row) for row in first_rows[:_HEADER_WITHIN]]
    fullest = max(counts, default=0)
    return next((at for at, count in enumerate(counts) if count and count * 2 >= fullest), 0)


def check_rows(rows: int) -> None:
    """Refuse a table of more than a million rows (``file.too_many_rows``: limit)."""
    if rows > MAX_ROWS:
        raise Problem("file.too_many_rows", limit=MAX_ROWS)


def frame_of(headers: Sequence[str], columns: list[Any], numbers: Sequence[int]) -> pd.DataFrame:
    """Make columns of cells into a table indexed by row number; each column is let go as it is taken in."""
    index = pd.Index(np.asarray(numbers, dtype=np.int64), name="row")
    data = {}
    for at, name in enumerate(headers):
        cells = _compact(columns[at])
        data[name] = pd.Series(cells, index=index, dtype=cells.dtype, copy=False)  # no dtype: pandas copies all words
        columns[at] = ()
    return pd.DataFrame(data, index=index, copy=False)


def _compact(values: Sequence[Any]) -> NDArray[Any]:
    """Hold a column of numbers as numbers, a quarter of the memory; any other as it is."""
    if values and all(type(value) is float or value is None for value in values):
        return np.array(values, dtype=np.float64)
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells
