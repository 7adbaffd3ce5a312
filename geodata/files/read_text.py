from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from geodata.files.sheet import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    Sheet,
    check_rows,
    frame_of,
    header_position,
    unique_headers,
)
from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem

_CHUNK = 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t"
_PREVIEW_ROWS = 10
_KEPT_WORDS = 20_000


def text_encoding(path: Path) -> str:
    """Tell how a text file is stored, by decoding all of it: a sample can be ASCII where the rest is not.

    Returns
    -------
    str
        ``utf-8-sig`` or ``utf-16`` by its mark, else ``utf-8`` if every byte of it is, else ``gb18030``.

    Raises
    ------
    Problem
        ``file.encoding`` (position) where it is none of them; ``file.not_text`` where zero bytes show it is no text.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark):
            _decode(path, name)
            return name
    try:
        zeros = _decode(path, "utf-8")
        name = "utf-8"
    except Problem:
        zeros = _decode(path, "gb18030")
        name = "gb18030"
    if zeros * 20 > path.stat().st_size:
        raise Problem("file.not_text")
    return name


def _decode(path: Path, name: str) -> int:
    """Decode a whole file piece by piece and return how many zero bytes it holds."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    position, zeros = 0, 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            zeros += piece.count(0)
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                raise Problem("file.encoding", position=position + error.start) from None
            position += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Problem("file.encoding", position=position) from None
    return zeros


def read_text(path: Path) -> tuple[str, str]:
    """Read a whole text file and how it was stored; raises as :func:`text_encoding`."""
    name = text_encoding(path)
    return path.read_bytes().decode(name), name


def _delimiter(path: Path, encoding: str) -> str:
    """Return the mark that splits the fullest of the first lines: comma, semicolon or tab, outside quotes."""
    with path.open(encoding=encoding, newline="") as file:
        lines = [file.readline(65_536) for _ in range(_PREVIEW_ROWS)]
    counts = dict.fromkeys(_DELIMITERS, 0)
    for line in lines:
        unquoted = "".join(line.split('"')[::2])
        for mark in counts:
            counts[mark] = max(counts[mark], unquoted.count(mark))
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def read_csv(path: Path, *, limit: int | None = None) -> Sheet:
    """Read a CSV or TSV table, every cell as text.

    Parameters
    ----------
    path
        UTF-8 (with or without mark), UTF-16 with a mark, or GB18030; comma, semicolon or tab; any line ends.
    limit
        Read no more than this many rows below the header, for a preview.

    Returns
    -------
    Sheet
        Rows with more cells than the header are refused (``row.extra_cells``), empty rows dropped, short ones filled.

    Raises
    ------
    Problem
        ``file.encoding`` (position), ``file.not_text``, ``file.csv_quotes`` (row), ``file.cell_too_long`` (row, limit),
        ``file.too_many_rows`` (limit), ``file.too_many_columns`` (columns, limit), ``file.no_header``.
    """
    encoding = text_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        rows = _records(file, _delimiter(path, encoding))
        return _table(rows, encoding, limit)


def _records(file: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its number, empty ones left out."""
    previous = csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    number = 0
    try:
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _csv_problem(str(error), number) from None
            if any(cells):
                yield number, cells
    finally:
        csv.field_size_limit(previous)


def _csv_problem(message: str, row: int) -> Problem:
    if "field limit" in message:
        return Problem("file.cell_too_long", row=row, limit=MAX_CELL_CHARACTERS)
    return Problem("file.csv_quotes", row=row)


def _table(records: Iterator[tuple[int, list[str]]], encoding: str, limit: int | None) -> Sheet:
    first = list(islice(records, _PREVIEW_ROWS))
    if not first:
        raise Problem("file.no_header")
    at = header_position([cells for _, cells in first])
    headers = first[at][1]
    while headers and not headers[-1].strip():
        headers = headers[:-1]
    if not headers:
        raise Problem("file.no_header")
    if len(headers) > MAX_COLUMNS:
        raise Problem("file.too_many_columns", columns=len(headers), limit=MAX_COLUMNS)
    columns: list[list[Any]] = [[] for _ in headers]
    filler = _Filler(columns)
    for number, cells in first[at + 1 :]:
        filler.add(number, cells, limit)
    for number, cells in records:
        if not filler.add(number, cells, limit):
            break
    notes = [{"code": "header_row", "row": first[at][0]}] if first[at][0] > 1 else []
    frame = frame_of(unique_headers(headers), columns, filler.numbers)
    return Sheet(frame, encoding, None, [], notes + filler.notes(), len(frame), filler.refusals)


class _Filler:
    """Puts records into columns, keeping one copy of each word that repeats."""

    def __init__(self, columns: list[list[Any]]) -> None:
        self.columns = columns
        self.numbers: list[int] = []
        self.refusals: list[Refusal] = []
        self._words: list[dict[str, str]] = [{} for _ in columns]
        self._cut = False

    def add(self, number: int, cells: list[str], limit: int | None) -> bool:
        """Take a record in; tell whether more are wanted."""
        if limit is not None and len(self.numbers) >= limit:
            self._cut = True
            return False
        check_rows(len(self.numbers) + 1)
        width = len(self.columns)
        if any(cell.strip() for cell in cells[width:]):
            values = {"cells": len(cells), "columns": width}
            self.refusals.append(Refusal(number, "", "", "row.extra_cells", values))
            return True
        self.numbers.append(number)
        cells += [""] * (width - len(cells))
        for column, words, cell in zip(self.columns, self._words, cells, strict=False):
            if len(words) < _KEPT_WORDS:
                cell = words.setdefault(cell, cell)
            column.append(unguarded(cell) if cell[:1] == "'" else cell)
        return True

    def notes(self) -> list[dict[str, Any]]:
        """Return what was left out."""
        return [{"code": "row_limit", "rows": len(self.numbers)}] if self._cut else []


def unguarded(cell: str) -> str:
    """Take off the apostrophe that our own reports put before a cell that a spreadsheet would run as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _GUARDED else cell


_GUARDED = frozenset("=+-@\t\r＝＋－＠ ")
