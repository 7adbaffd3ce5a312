from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment

from geodata.rules.intake_rows import Refusal, row_numbers
from geodata.rules.problems import Problem

REPORT_HEADERS = ("文件行号", "问题字段", "问题内容", "未收原因")
_MAX_XLSX_ROWS = 1_048_575
_MAX_CELL = 32_767
_RUNS = re.compile(r"^[\s\x00-\x20]*[=+\-@＝＋－＠|]|^[\t\r\n]")
# A number, or a phone with its country code: both begin with a sign and neither can call anything.
_HARMLESS = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$|^\+\d{1,3}[ -]?\d[\d -]{4,16}\d$")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECIMALS = 7  # 1 cm on the ground


def guarded(value: Any) -> Any:
    """Make a cell inert that a spreadsheet would run as a formula, by an apostrophe before it.

    Numbers and phones such as +86 13800000000 stay as they are; so does everything that is not text.

    >>> guarded("=1+1"), guarded("+86 13800000000"), guarded("-3.5")
    ("'=1+1", '+86 13800000000', '-3.5')
    """
    if not isinstance(value, str) or not _RUNS.match(value) or _HARMLESS.match(value):
        return value
    return "'" + value


def _plain(value: Any) -> Any:
    """Return a cell as text, number or None, whatever a frame holds it as."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return "是" if value else "否"
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, (str, int, float)):
        return value
    return str(value)


def _replace(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file beside its name and move it there when it is whole: nobody ever sees half of it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".sanzhang-") as folder:
        part = Path(folder) / path.name
        write(part)
        part.replace(path)
    return path


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write a table as CSV that Excel opens rightly (UTF-8 with its mark, CRLF) and runs nothing of."""

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
            writer = csv.writer(file)
            writer.writerow([guarded(header) for header in headers])
            for row in rows:
                writer.writerow([guarded(_plain(value)) for value in row])

    return _replace(path, write)


def write_xlsx(path: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> Path:
    """Write tables as the sheets of one workbook, every text stored as text so that no formula can run.

    Parameters
    ----------
    path
        Where; replaced as a whole.
    sheets
        Sheet name to (headers, rows).

    Raises
    ------
    Problem
        ``file.too_many_rows`` (limit) above what a sheet holds.
    """

    def write(part: Path) -> None:
        book = Workbook(write_only=True)
        try:
            for name, (headers, rows) in sheets.items():
                _fill(book.create_sheet(_sheet_name(name)), headers, rows)
        finally:  # closes openpyxl's writers also where a row failed; the part is then thrown away
            book.save(part)

    return _replace(path, write)


def _fill(sheet: Any, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, header) for header in headers])
    for count, row in enumerate(rows, start=1):
        if count > _MAX_XLSX_ROWS:
            raise Problem("file.too_many_rows", limit=_MAX_XLSX_ROWS)
        sheet.append([_cell(sheet, _plain(value)) for value in row])


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31] or "Sheet1"


def _cell(sheet: Any, value: Any) -> Any:
    """Return a cell for openpyxl: text that would be taken for a formula is marked as text and shown quoted."""
    if not isinstance(value, str):
        return value
    text = _ILLEGAL.sub("", value)[:_MAX_CELL]
    if not _RUNS.match(text):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(horizontal="general")
    return cell


def write_refused(
    path: Path,
    refusals: Sequence[Refusal],
    why: Callable[[Refusal], str],
    frame: pd.DataFrame | None = None,
) -> Path:
    """Write the rows that were not taken in, with the reason beside each, as a file to mend and load again.

    Parameters
    ----------
    path
        Ends in ``.csv`` or ``.xlsx``.
    refusals
        From :mod:`geodata.rules.intake` and :class:`geodata.files.read.Sheet`.
    why
        Makes the sentence of a refusal.
    frame
        The table as it was read; its own columns then come first, unchanged, so that the file can be loaded again. A
        row with several reasons stands once, the reasons joined.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    Problem
        ``file.kind_unknown`` for any other ending.
    """
    headers, rows = _report(refusals, why, frame)
    if path.suffix.lower() == ".csv":
        return write_csv(path, headers, rows)
    if path.suffix.lower() == ".xlsx":
        return write_xlsx(path, {"未收": (headers, rows)})
    raise Problem("file.kind_unknown")


def _report(
    refusals: Sequence[Refusal], why: Callable[[Refusal], str], frame: pd.DataFrame | None
) -> tuple[list[str], list[list[Any]]]:
    by_row: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        by_row.setdefault(refusal.row, []).append(refusal)
    columns = [] if frame is None else [name for name in frame.columns if name != "geometry"]
    place: dict[int, int] = {}
    if frame is not None:
        place = {int(number): at for at, number in enumerate(row_numbers(frame))}
    cells = {} if frame is None else {name: frame[name].array for name in columns}
    rows: list[list[Any]] = []
    for number in sorted(by_row):
        found = by_row[number]
        at = place.get(number)
        own = [None if at is None else cells[name][at] for name in columns]
        fields = "; ".join(dict.fromkeys(refusal.field for refusal in found if refusal.field))
        values = "; ".join(dict.fromkeys(refusal.value for refusal in found if refusal.value))
        rows.append([*own, number, fields, values, " ".join(dict.fromkeys(why(refusal) for refusal in found))])
    return [*columns, *REPORT_HEADERS], rows


def write_layers(path: Path, layers: Mapping[str, pd.DataFrame]) -> Path:
    """Write layers for other programs, the format by the file's ending.

    Parameters
    ----------
    path
        ``.gpkg`` or ``.xlsx`` hold all layers; ``.geojson`` and ``.csv`` exactly one.
    layers
        Layer name to GeoDataFrame (EPSG:4490, lon first) or plain DataFrame. In XLSX and CSV points become ``lon`` and
        ``lat`` with 7 decimals (1 cm); borders are left out.

    Returns
    -------
    Path
        ``path``, replaced as a whole.

    Raises
    ------
    Problem
        ``export.one_layer`` (layers) where the format holds one only; ``file.kind_unknown``; ``file.too_many_rows``.
    """
    suffix = path.suffix.lower()
    if suffix in (".geojson", ".csv") and len(layers) != 1:
        raise Problem("export.one_layer", layers=list(layers))
    if suffix == ".gpkg":
        return _replace(path, lambda part: _write_gpkg(part, layers))
    if suffix == ".xlsx":
        return write_xlsx(path, {name: _table(frame) for name, frame in layers.items()})
    if suffix == ".csv":
        return write_csv(path, *_table(next(iter(layers.values()))))
    if suffix == ".geojson":
        return _replace(path, lambda part: _write_geojson(part, layers))
    raise Problem("file.kind_unknown")


def _write_gpkg(part: Path, layers: Mapping[str, pd.DataFrame]) -> None:
    """Write each layer as a table; pyogrio writes on the local disk only, so the finished file is copied over."""
    with tempfile.TemporaryDirectory(prefix="sanzhang-") as folder:
        made = Path(folder) / "layers.gpkg"
        for name, frame in layers.items():
            _write_layer(_portable(frame), made, layer=name, append=made.exists())
        shutil.copyfile(made, part)


def _write_layer(frame: pd.DataFrame, path: Path, **options: Any) -> None:
    from pyogrio import write_dataframe  # GDAL takes 30 MB, which who brings or takes a table need not have

    write_dataframe(frame, path, **options, **_kind(frame))


def _kind(frame: pd.DataFrame) -> dict[str, Any]:
    """Name the geometry type of a layer that holds single and multiple polygons, or nothing at all."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return {}
    kinds = {kind for kind in frame.geometry.geom_type.unique() if kind}
    if kinds <= {"Polygon", "MultiPolygon"} and kinds:
        return {"geometry_type": "MultiPolygon", "promote_to_multi": True}
    return {"geometry_type": kinds.pop()} if len(kinds) == 1 else {"geometry_type": "Unknown"}


def _portable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose cells are all text, numbers or geometry."""
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else ""
    ready = frame.copy(deep=False)
    for name in ready.columns:
        if name != geometry and ready[name].dtype == object:
            ready[name] = [_portable_cell(value) for value in ready[name]]
    return ready


def _portable_cell(value: Any) -> Any:
    plain = _plain(value)
    return _ILLEGAL.sub("", plain) if isinstance(plain, str) else plain


def _write_geojson(part: Path, layers: Mapping[str, pd.DataFrame]) -> None:
    name, frame = next(iter(layers.items()))
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": str(_DECIMALS), "WRITE_NAME": "NO"}
    ready = _portable(frame)
    if isinstance(ready, gpd.GeoDataFrame):
        # RFC 7946 knows WGS 84 only; CGCS2000 is the same to some centimetres, so the numbers stay as they are.
        ready = ready.set_geometry(shapely.orient_polygons(np.asarray(ready.geometry.array)), crs="EPSG:4326")
    _write_layer(ready, part, layer=name, driver="GeoJSON", layer_options=options)


def _table(frame: pd.DataFrame) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return a layer as headers and rows, its points as lon and lat."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return [str(name) for name in frame.columns], frame.itertuples(index=False, name=None)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = np.asarray(frame.geometry.array, dtype=object)
    if len(shapes) and bool((shapely.get_type_id(shapes) <= 0).all()):
        table["lon"] = np.round(shapely.get_x(shapes), _DECIMALS)
        table["lat"] = np.round(shapely.get_y(shapes), _DECIMALS)
    return [str(name) for name in table.columns], table.itertuples(index=False, name=None)
