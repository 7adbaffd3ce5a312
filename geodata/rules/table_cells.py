from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = list[str]

_EXACT = 10**15  # a double keeps every whole number up to here; Excel keeps 15 digits and writes zeros for the rest
_CONTROL = (
    *range(0x20),  # C0, NUL among them, and C1
    *range(0x7F, 0xA0),
    *(0x00AD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF),  # zero width, invisible
    *range(0x202A, 0x202F),  # text direction overrides
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),  # half a character: it can be neither stored nor shown
)
_TABLE: dict[int, str] = dict.fromkeys(_CONTROL, "")
_TABLE |= dict.fromkeys((0x09, 0x0A, 0x0D, 0x2028, 0x2029, 0x3000, 0x00A0), " ")
# Full-width digits and letters, and the few marks numbers and codes are written with; other punctuation stays Chinese.
_TABLE |= {
    code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_TABLE |= {0xFF0D: "-", 0xFF0E: ".", 0xFF0B: "+"}
_DIRTY = np.zeros(0x10000, dtype=bool)  # by UTF-16 unit: forty times faster over a column than a pattern
_DIRTY[[code for code in _TABLE if code and not 0xD800 <= code < 0xE000]] = True
_SEPARATOR = "\x00"
_EXPONENT = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d{2,}")
_MAYBE_EXPONENT = re.compile(r"[eE]\+?\d{2}")
_DMS = re.compile(
    r"""^(?P<front>[NSEW东西南北]?[经纬]?)\s*(?P<d>\d{1,3})\s*[°度º]\s*
    ((?P<m>\d{1,2}(\.\d+)?)\s*['′’分]\s*)?((?P<s>\d{1,2}(\.\d+)?)\s*("|″|”|''|′′|秒)\s*)?(?P<back>[NSEW]?)$""",
    re.VERBOSE | re.IGNORECASE,
)
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


def _text(value: Any) -> str:
    """Write one cell that is not text as a person would have typed it; a number that lost digits keeps its exponent."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if number != number:
            return ""
        if number.is_integer():
            return str(int(number)) if abs(number) < _EXACT else f"{number:.14e}"
        return repr(number)
    return str(value)


def clean_texts(values: Iterable[Any]) -> Texts:
    """Turn a column of cells into clean text: the one form in which codes and names are compared and stored.

    Parameters
    ----------
    values
        Text, numbers, None, NaN, as the readers give them.

    Returns
    -------
    list of str
        Without control, zero-width and direction characters, spaces at the ends, or halves of characters; full-width
        digits and letters made ordinary; 12.0 written 12. A number of 16 digits or more, whose end Excel has replaced
        by zeros, comes back with an exponent, which :func:`lost_digits` finds.
    """
    cells = values.to_numpy(dtype=object).tolist() if isinstance(values, pd.Series) else values
    texts = [value if type(value) is str else _text(value) for value in cells]
    blob = _SEPARATOR.join(texts)
    if blob.count(_SEPARATOR) != max(len(texts) - 1, 0):
        texts = [text.replace(_SEPARATOR, "") for text in texts]
        blob = _SEPARATOR.join(texts)
    if _is_dirty(blob):
        table = {code: mark for code, mark in _TABLE.items() if code}
        texts = blob.translate(table).split(_SEPARATOR)
    return [text.strip() for text in texts]


def _is_dirty(blob: str) -> bool:
    """Tell whether a text holds anything that is to be taken out or written otherwise."""
    try:
        units = np.frombuffer(blob.encode("utf-16-le"), dtype=np.uint16)
    except UnicodeEncodeError:  # half a character
        return True
    return bool(_DIRTY[units].any())


def lost_digits(texts: Sequence[str]) -> NDArray[np.intp]:
    """Return the positions of codes or numbers whose end is gone: 4.31382E+11, or a float of 16 digits."""
    if not _MAYBE_EXPONENT.search(_SEPARATOR.join(texts)):
        return np.empty(0, dtype=np.intp)
    return np.array([at for at, text in enumerate(texts) if _EXPONENT.fullmatch(text)], dtype=np.intp)


def excel_errors(texts: Sequence[str]) -> NDArray[np.intp]:
    """Return the positions of cells in which Excel shows an error instead of a value."""
    if EXCEL_ERRORS.isdisjoint(texts):
        return np.empty(0, dtype=np.intp)
    return np.array([at for at, text in enumerate(texts) if text in EXCEL_ERRORS], dtype=np.intp)


def _from_dms(text: str) -> float:
    found = _DMS.match(text)
    if not found:
        return float("nan")
    value = float(found["d"]) + float(found["m"] or 0) / 60 + float(found["s"] or 0) / 3600
    return -value if {found["front"][:1].upper(), found["back"].upper()} & {"S", "W", "南", "西"} else value


def numbers(values: Iterable[Any]) -> tuple[NDArray[np.float64], Texts]:
    """Read a column of coordinates: plain numbers, or degrees, minutes and seconds as 111°40′12″E.

    Returns
    -------
    tuple
        (n,) float64 with NaN where a cell is empty or no number, and the cleaned text of each cell.
    """
    if isinstance(values, (pd.Series, np.ndarray)) and values.dtype.kind in "fiu":
        plain = np.asarray(values, dtype=np.float64)
        return plain, []
    texts = clean_texts(values)
    parsed = np.array(pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce"), dtype=np.float64)
    for at in np.nonzero(np.isnan(parsed))[0]:
        if texts[at]:
            parsed[at] = _from_dms(texts[at])
    return parsed, texts


_NO = frozenset(
    {
        "",
        "0",
        "否",
        "无",
        "n",
        "no",
        "f",
        "false",
        "×",
        "x",
        "✗",
        "-",
        "—",
        "/",
        "\\",
        "没有",
        "普通",
        "一般",
        "none",
        "null",
    }
)


def truth(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Read yes and no: 是, √, 1, yes or any kind of priority home mean yes; 否, 无, 0, 非重点 and nothing mean no."""
    known = {text: text.casefold() not in _NO and text[0] not in "非不未" for text in set(texts) if text} | {"": False}
    return np.array([known[text] for text in texts], dtype=bool)
