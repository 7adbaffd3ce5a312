from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import python_calamine as calamine

from geodata.files.read_xlsx import read_xlsx
from geodata.files.sheet import MAX_COLUMNS, Sheet, frame_of, header_position, unique_headers
from geodata.rules.problems import Problem

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAX_XLS_BYTES = 60 * 1024 * 1024  # 65,536 rows fit in far less; calamine holds the whole sheet in memory
_HEADER_WITHIN = 10
_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's dates have no zone


def read_workbook(path: Path, *, layer: str | None = None, limit: int | None = None) -> Sheet:
    """Read a sheet of any Excel workbook: XLSX and XLSM as a stream, the old binary XLS through calamine.

    Parameters
    ----------
    path
        The workbook, known by its content.
    layer
        A sheet's name; None reads the first visible one that is not empty.
    limit
        Read no more than this many rows below the header.

    Raises
    ------
    Problem
        ``file.encrypted``; ``file.damaged``; ``file.too_big`` (bytes, limit); and all of :func:`read_xlsx`.
    """
    with path.open("rb") as file:
        if not file.read(8).startswith(_OLE):
            return read_xlsx(path, layer=layer, limit=limit)
    return _read_xls(path, layer, limit)


def _read_xls(path: Path, layer: str | None, limit: int | None) -> Sheet:
    size = path.stat().st_size
    if size > _MAX_XLS_BYTES:
        raise Problem("file.too_big", bytes=size, limit=_MAX_XLS_BYTES)
    if _ENCRYPTED in path.read_bytes():
        raise Problem("file.encrypted")
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        metadata = book.sheets_metadata
    except calamine.PasswordError:
        raise Problem("file.encrypted") from None
    except (calamine.CalamineError, OSError):
        raise Problem("file.damaged") from None
    names = [sheet.name for sheet in metadata]
    visible = [sheet.name for sheet in metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
    if layer is not None and layer not in names:
        raise Problem("file.no_layer", layer=layer[:100], layers=names[:50])
    for name in [layer] if layer is not None else visible:
        rows = [row for row in _rows(book, name) if any(cell is not None for cell in row[1])]
        if rows:
            return _sheet(rows, [name, *(other for other in names if other != name)], limit)
    raise Problem("file.no_header")


def _rows(book: Any, name: str) -> list[tuple[int, list[Any]]]:
    """Return a sheet's rows with their numbers in Excel."""
    try:
        sheet = book.get_sheet_by_name(name)
    except calamine.CalamineError:
        raise Problem("file.damaged") from None
    if sheet.width > MAX_COLUMNS:
        raise Problem("file.too_many_columns", columns=sheet.width, limit=MAX_COLUMNS)
    top = (sheet.start or (0, 0))[0] + 1
    cells = sheet.to_python(skip_empty_area=True)
    return [(top + at, [_cell(value) for value in row]) for at, row in enumerate(cells)]


def _cell(value: Any) -> Any:
    """Give a cell as text or float, as the XLSX reader does: a date as Excel's serial number."""
    if value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dt.date):
        return _serial(value)
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    return str(value)


def _serial(day: dt.date) -> float:
    """Return a date as Excel's serial number, which counts a 29 February 1900 that never was."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001
    serial = (moment - _DAY_ZERO) / dt.timedelta(days=1)
    return serial if serial >= 61 else serial - 1


def _sheet(rows: list[tuple[int, list[Any]]], layers: list[str], limit: int | None) -> Sheet:
    at = header_position([cells for _, cells in rows[:_HEADER_WITHIN]])
    notes: list[dict[str, Any]] = []
    if rows[at][0] > 1:
        notes.append({"code": "header_row", "row": rows[at][0]})
    if len(layers) > 1:
        notes.append({"code": "other_layers", "layers": layers[1:]})
    body = rows[at + 1 :]
    if limit is not None and len(body) > limit:
        body = body[:limit]
        notes.append({"code": "row_limit", "rows": limit})
    columns: list[Any] = list(zip(*(cells for _, cells in body), strict=True)) or [() for _ in rows[at][1]]
    frame = frame_of(unique_headers(rows[at][1]), columns, [number for number, _ in body])
    return Sheet(frame, "", None, layers, notes, len(frame))
