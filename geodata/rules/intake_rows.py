from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.rules.detect import CrsGuess
from geodata.rules.problems import Problem
from geodata.rules.table_cells import clean_texts, excel_errors, lost_digits

_SHOWN = 80
_NAMED_ROWS = 10


@dataclass(frozen=True)
class Refusal:
    """One cell, or one row, of a file that was not taken in, and why.

    Parameters
    ----------
    row
        The row as Excel numbers it, header included; for a layer of a vector file the feature, counted from 1.
    field
        Our name of the field (``code``, ``lon``, ``geometry`` ...).
    value
        What the cell holds, at most 80 characters.
    code, values
        The reason, with the names and values of a :class:`Problem`.
    """

    row: int
    field: str
    value: str
    code: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def row_numbers(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return each row's number in its file: the index where a reader named it ``row``, else counted below a header."""
    if frame.index.name == "row":
        return np.asarray(frame.index, dtype=np.int64)
    return np.arange(2, len(frame) + 2, dtype=np.int64)


def check_mapping(frame: pd.DataFrame, mapping: Mapping[str, str], required: Sequence[str]) -> None:
    """Refuse a mapping without a required field (``import.no_column``) or of no column (``import.unknown_column``)."""
    for name in required:
        if not mapping.get(name):
            raise Problem("import.no_column", field=name)
    for name, column in mapping.items():
        if column and column not in frame.columns:
            raise Problem("import.unknown_column", field=name, column=column)


def crs_of(crs: CrsGuess | str) -> tuple[str, bool]:
    """Return the system and whether the axes are swapped; raises ``crs.unknown`` for a guess that found none."""
    name, swapped = (crs, False) if isinstance(crs, str) else (crs.crs, crs.swapped)
    if not name:
        raise Problem("crs.unknown", crs="")
    return name, swapped


class Rows:
    """The rows of one file on their way in: their texts by field, and what speaks against each."""

    def __init__(self, frame: pd.DataFrame, mapping: Mapping[str, str]) -> None:
        self.frame = frame
        self.mapping = mapping
        self.numbers = row_numbers(frame)
        self.bad = np.zeros(len(frame), dtype=bool)
        self.refusals: list[Refusal] = []

    def texts(self, name: str, limit: int) -> list[str]:
        """Return a field's clean texts, "" where the file has no such column; refuse errors, lost digits, over-long."""
        column = self.mapping.get(name)
        if not column:
            return [""] * len(self.frame)
        texts = clean_texts(self.frame[column])
        self.refuse(excel_errors(texts), name, texts, "cell.excel_error")
        if max(map(len, texts), default=0) > limit:
            long = [at for at, text in enumerate(texts) if len(text) > limit]
            self.refuse(long, name, texts, "cell.too_long", limit=limit)
        return texts

    def refuse_lost_digits(self, name: str, texts: Sequence[str]) -> None:
        """Refuse the codes, numbers and phones whose last digits Excel has dropped."""
        self.refuse(lost_digits(texts), name, texts, "code.lost_digits")

    def refuse(self, where: Iterable[int], name: str, texts: Sequence[str], code: str, **values: Any) -> None:
        """Refuse the rows at these positions for one reason."""
        for at in map(int, where):
            self.add(at, name, texts[at] if len(texts) else "", code, values)

    def add(self, at: int, name: str, value: str, code: str, values: Mapping[str, Any]) -> None:
        """Refuse one row."""
        self.bad[at] = True
        self.refusals.append(Refusal(int(self.numbers[at]), name, value[:_SHOWN], code, dict(values)))

    def each(
        self, name: str, texts: Sequence[str], read: Callable[[str], object], *, secret: bool = False
    ) -> list[object]:
        """Read a column cell by cell; a cell that ``read`` refuses refuses its row, without its text where secret."""
        values: list[object] = []
        for at, text in enumerate(texts):
            try:
                values.append(read(text))
            except Problem as problem:
                self.add(at, name, "" if secret else text, problem.code, problem.values)
                values.append("")
        return values

    def refuse_repeats(self, codes: Sequence[str], name: str = "code", why: str = "code.repeated") -> None:
        """Refuse every row whose code, or what else it is known by, stands in another row too, naming up to ten."""
        series = pd.Series(codes, dtype=object)
        repeated = series.duplicated(keep=False) & (series != "")
        if not repeated.any():
            return
        places = np.nonzero(repeated.to_numpy())[0]
        groups: dict[str, list[int]] = {}
        for at in map(int, places):
            groups.setdefault(codes[at], []).append(int(self.numbers[at]))
        for at in map(int, places):
            self.add(at, name, codes[at], why, {"rows": groups[codes[at]][:_NAMED_ROWS]})

    def kept(
        self, columns: Mapping[str, Sequence[object]], places: NDArray[np.float64] | None = None
    ) -> gpd.GeoDataFrame:
        """Return the rows that nothing speaks against, each value as it is, in EPSG:4490.

        Parameters
        ----------
        columns
            By name, one value for each row of the file.
        places
            (n, 2) degrees EPSG:4490, NaN where a row gives no place; None where no row does.

        Returns
        -------
        GeoDataFrame
            The columns, ``row`` and ``geometry`` (None for no place); ``attrs["given"]`` names the fields that the
            file has, so that what it does not say is left as it is.
        """
        keep = np.flatnonzero(~self.bad)
        data = {name: pd.Series([values[at] for at in keep.tolist()], dtype=object) for name, values in columns.items()}
        shapes = np.full(len(keep), None, dtype=object)
        if places is not None:
            there = np.isfinite(places[keep]).all(axis=1)
            shapes[there] = shapely.points(places[keep][there])
        frame = gpd.GeoDataFrame(pd.DataFrame({**data, "row": self.numbers[keep]}), geometry=shapes, crs="EPSG:4490")
        frame.attrs["given"] = sorted(field for field, column in self.mapping.items() if column)
        return frame

    def finished(self) -> list[Refusal]:
        """Return the refusals in the order of the file."""
        return sorted(self.refusals, key=lambda refusal: refusal.row)
