from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from geodata.files.guard import check_archive
from geodata.files.sheet import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    Sheet,
    check_rows,
    frame_of,
    header_position,
    unique_headers,
)
from geodata.rules.problems import Problem

_CHUNK = 256 * 1024
_MAX_STRINGS = 20_000_000
_HEADER_WITHIN = 10
_MAX_MERGES = 100_000
_KEPT_WORDS = 20_000
_LETTERS = {chr(65 + at): at + 1 for at in range(26)}
_RANGE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$")


def _parse(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    wanted: Callable[[], bool],
) -> None:
    """Feed an XML part to handlers piece by piece; a document type (and with it any entity) is refused."""
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

    def first(name: str, attributes: dict[str, str]) -> None:
        """See by the root whether names have prefixes: stripping each name would cost a third of the time."""
        if ":" in name:
            parser.StartElementHandler = lambda found, values: start(found.rpartition(":")[2], values)
            parser.EndElementHandler = lambda found: end(found.rpartition(":")[2])
            name = name.rpartition(":")[2]
        else:
            parser.StartElementHandler = start
        start(name, attributes)

    parser.StartElementHandler = first

    def refuse(*_: Any) -> None:
        raise Problem("file.xml_doctype")

    parser.StartDoctypeDeclHandler = refuse
    try:
        while wanted():
            piece = stream.read(_CHUNK)
            parser.Parse(piece, not piece)
            if not piece:
                return
    except (expat.ExpatError, zipfile.BadZipFile, EOFError) as error:
        raise Problem("archive.damaged") from error


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    """Read the words that cells refer to by number; phonetic hints (rPh) are left out."""
    names = [name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"]
    if not names:
        return []
    words: list[str] = []
    state = _StringState(words)
    with archive.open(names[0]) as stream:
        _parse(stream, state.start, state.end, state.text, lambda: True)
    return words


class _StringState:
    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.parts: list[str] = []
        self.inside = False
        self.hint = False

    def start(self, name: str, _: dict[str, str]) -> None:
        if name == "si":
            self.parts = []
        elif name == "rPh":
            self.hint = True
        elif name == "t":
            self.inside = not self.hint

    def end(self, name: str) -> None:
        if name == "t":
            self.inside = False
        elif name == "rPh":
            self.hint = False
        elif name == "si":
            if len(self.words) >= _MAX_STRINGS:
                raise Problem("file.too_many_rows", limit=_MAX_STRINGS)
            self.words.append("".join(self.parts))

    def text(self, data: str) -> None:
        if self.inside:
            self.parts.append(data)


@dataclass(slots=True)
class _Cells:
    """The cells of one sheet, by column, as the parser meets them."""

    words: list[str]
    limit: int | None
    columns: list[list[Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    unvalued: int = 0
    row: int = 0
    column: int = 0
    kind: str = "n"
    parts: list[str] = field(default_factory=list)
    taking: bool = False
    hint: bool = False
    formula: bool = False
    open_row: bool = False
    kept: list[dict[str, str] | None] = field(default_factory=list)

    def wanted(self) -> bool:
        """Tell whether more of the sheet is to be read."""
        return self.limit is None or len(self.numbers) < self.limit + _HEADER_WITHIN

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note what opens: a row, a cell, its value."""
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self.taking = not self.hint
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.row = _number(attributes.get("r"), self.row + 1)
            self.column = 0
            self.open_row = False
        elif name == "rPh":
            self.hint = True
        elif name == "mergeCell" and len(self.merges) < _MAX_MERGES:
            self.merges.append(attributes.get("ref", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self.column = _column_of(reference) if reference else self.column + 1
        self.kind = attributes.get("t", "n")
        self.parts = []
        self.formula = False

    def text(self, data: str) -> None:
        """Collect a value's characters."""
        if self.taking:
            self.parts.append(data)

    def end(self, name: str) -> None:
        """Store a cell when it closes."""
        if name in ("v", "t"):
            self.taking = False
        elif name == "rPh":
            self.hint = False
        elif name == "c":
            if self.parts:
                self._store(self._value("".join(self.parts)))
            elif self.formula:
                self.unvalued += 1

    def _value(self, text: str) -> Any:
        if self.kind == "s":
            at = int(text) if text.isdigit() else -1
            if not 0 <= at < len(self.words):
                raise Problem("archive.damaged")
            return self.words[at] or None
        if self.kind == "n":
            return _float(text)
        if self.kind == "b":
            return "是" if text == "1" else "否"
        if len(text) > MAX_CELL_CHARACTERS:
            raise Problem("file.cell_too_long", row=self.row, limit=MAX_CELL_CHARACTERS)
        return self._kept(text) if text else None  # str (of a formula), inlineStr, e (#N/A and so on), d (ISO date)

    def _kept(self, text: str) -> str:
        """Return one copy of a word that repeats within its column, as villages and 是 do and addresses do not."""
        while len(self.kept) < self.column:
            self.kept.append({})
        words = self.kept[self.column - 1]
        if words is None:
            return text
        if len(words) >= _KEPT_WORDS:
            self.kept[self.column - 1] = None
        return words.setdefault(text, text)

    def _store(self, value: Any) -> None:
        if value is None:
            return
        if not self.open_row:
            check_rows(len(self.numbers))
            for column in self.columns:
                column.append(None)
            self.numbers.append(self.row)
            self.open_row = True
        if self.column > len(self.columns):
            if self.column > MAX_COLUMNS:
                raise Problem("file.too_many_columns", columns=self.column, limit=MAX_COLUMNS)
            rows = len(self.numbers)
            self.columns += [[None] * rows for _ in range(self.column - len(self.columns))]
        self.columns[self.column - 1][-1] = value


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 9 else otherwise


def _float(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _column_of(reference: str) -> int:
    column = 0
    for letter in reference[:4]:
        at = _LETTERS.get(letter)
        if at is None:
            break
        column = column * 26 + at
    return max(column, 1)


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """List the workbook's sheets: name, visible, and the part that holds its cells."""
    found: list[tuple[str, bool, str]] = []
    targets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for attribute, value in attributes.items() if attribute.endswith(":id")), "")
            found.append((attributes.get("name", ""), attributes.get("state", "visible") == "visible", key))

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        try:
            with archive.open(part) as stream:
                _parse(stream, handler, lambda _: None, lambda _: None, lambda: True)
        except KeyError:
            raise Problem("archive.damaged") from None
    parts = set(archive.namelist())
    placed = [(name, visible, _part(targets.get(key, ""))) for name, visible, key in found]
    return [(name, visible, part) for name, visible, part in placed if part in parts]


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def read_xlsx(path: Path, *, layer: str | None = None, limit: int | None = None) -> Sheet:
    """Read one sheet of an XLSX or XLSM workbook as a stream, so that neither size nor a bomb fills the memory.

    Parameters
    ----------
    path
        The workbook; its archive is examined first (:func:`check_archive`).
    layer
        A sheet's name; None reads the first visible sheet that is not empty.
    limit
        Read no more than this many rows below the header.

    Returns
    -------
    Sheet
        Cells are text or float (dates stay Excel's serial numbers); merged cells are filled with their value.

    Raises
    ------
    Problem
        ``archive.*``; ``file.no_layer`` (layer, layers); ``file.no_header``; ``file.too_many_rows`` (limit);
        ``file.too_many_columns`` (columns, limit); ``file.cell_too_long`` (row, limit); ``file.xml_doctype``.
    """
    check_archive(path)
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = _sheets(archive)
            chosen = _choose(sheets, layer)
            words = _shared_strings(archive)
            for name, part in chosen:
                cells = _Cells(words, limit)
                with archive.open(part) as stream:
                    _parse(stream, cells.start, cells.end, cells.text, cells.wanted)
                if cells.numbers:
                    others = [other for other, _, _ in sheets if other != name]
                    return _sheet_of(cells, [name, *others], limit)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Problem("archive.damaged") from error
    raise Problem("file.no_header")


def _choose(sheets: list[tuple[str, bool, str]], layer: str | None) -> list[tuple[str, str]]:
    if layer is None:
        return [(name, part) for name, visible, part in sheets if visible]
    chosen = [(name, part) for name, _, part in sheets if name == layer]
    if not chosen:
        raise Problem("file.no_layer", layer=layer[:100], layers=[name for name, _, _ in sheets][:50])
    return chosen


def _sheet_of(cells: _Cells, layers: list[str], limit: int | None) -> Sheet:
    """Cut the header off the cells read and note what a person should know of them."""
    notes: list[dict[str, Any]] = []
    merges = [box for box in map(_box, cells.merges) if box is not None]
    at = header_position(list(zip(*(column[:_HEADER_WITHIN] for column in cells.columns), strict=True)))
    below = _header_depth(cells.numbers, at, merges)
    _fill_merges(cells, [box for box in merges if cells.numbers[at] <= box[0] < _number_at(cells.numbers, below)])
    if filled := _fill_merges(cells, [box for box in merges if box[0] >= _number_at(cells.numbers, below)]):
        notes.append({"code": "merged_filled", "cells": filled})
    first = list(zip(*(column[:_HEADER_WITHIN] for column in cells.columns), strict=True))
    headers = _headers(first, at, below)
    numbers = cells.numbers[below:]
    columns = cells.columns
    for column in columns:
        del column[:below]
    if limit is not None and len(numbers) > limit:
        notes.append({"code": "row_limit", "rows": limit})
        numbers = numbers[:limit]
        columns = [column[:limit] for column in columns]
    if cells.numbers[at] > 1:
        notes.append({"code": "header_row", "row": cells.numbers[at]})
    if cells.unvalued:
        notes.append({"code": "formula_without_value", "cells": cells.unvalued})
    if len(layers) > 1:
        notes.append({"code": "other_layers", "layers": layers[1:]})
    return Sheet(frame_of(unique_headers(headers), columns, numbers), "", None, layers, notes, len(numbers))


def _number_at(numbers: list[int], place: int) -> int:
    return numbers[place] if place < len(numbers) else numbers[-1] + 1


def _headers(first: list[tuple[Any, ...]], at: int, below: int) -> list[Any]:
    """Name each column by the lowest filled cell of the header's rows."""
    depth = range(min(below, len(first)) - 1, at - 1, -1)
    return [next((first[row][column] for row in depth if first[row][column]), None) for column in range(len(first[0]))]


Box = tuple[int, int, int, int]


def _box(reference: str) -> Box | None:
    """Read a merged range as (first row, first column, last row, last column)."""
    found = _RANGE.match(reference)
    if not found:
        return None
    return int(found[2]), _column_of(found[1]), int(found[4]), _column_of(found[3])


def _header_depth(numbers: list[int], at: int, merges: list[Box]) -> int:
    """Return the position of the first row below the header: a header of merged cells may be two or three rows deep."""
    top = numbers[at]
    bottom = max([top, *(last for row, _, last, _ in merges if row == top)])
    wide = any(row == top and column != last_column for row, column, _, last_column in merges)
    depth = min(bottom, top + 2)
    return next((place for place, number in enumerate(numbers) if number > depth), len(numbers)) if wide else at + 1


def _fill_merges(cells: _Cells, merges: list[Box]) -> int:
    """Give every cell of a merged range the value of its first; return how many were filled."""
    position = {number: at for at, number in enumerate(cells.numbers)} if merges else {}
    filled = 0
    for top, left, bottom, right in merges:
        at = position.get(top)
        if at is None or left > len(cells.columns):
            continue
        value = cells.columns[left - 1][at]
        if value is None:
            continue
        for row in range(at, len(cells.numbers)):
            if cells.numbers[row] > bottom:
                break
            for column in cells.columns[left - 1 : right]:
                if column[row] is None:
                    column[row] = value
                    filled += 1
    return filled
