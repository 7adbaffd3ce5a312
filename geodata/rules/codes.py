from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import numpy as np

from geodata.rules.problems import Problem
from geodata.rules.units import Level

# county 6 + town 3 + village 3 (GB/T 2260, GB/T 10114, statistical code), then our own 片 2 + 组 2 + 邻 3.
_ENDS = {Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12, Level.PIAN: 14, Level.ZU: 16, Level.LIN: 19}
_LENGTHS = frozenset(_ENDS.values())
_EXPONENT = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_FLOAT_EXACT = 10**15  # a double holds every whole number up to here as typed; above, Excel has already dropped digits


def _digits(value: object) -> str:
    """Write a cell's value as the digits a person typed; raises ``code.lost_digits`` where they are gone."""
    if isinstance(value, bool):
        raise Problem("code.not_digits", value=str(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if not np.isfinite(number) or number != int(number):
            raise Problem("code.not_digits", value=repr(number))
        if abs(number) >= _FLOAT_EXACT:
            raise Problem("code.lost_digits", value=repr(number))
        return str(int(number))
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).strip("'\ufeff\u200b")
    if _EXPONENT.fullmatch(text):
        return _from_exponent(text)
    return re.sub(r"\.0+$", "", text)


def _from_exponent(text: str) -> str:
    """Read 4.31382101001E+11 where every digit is still there; 4.31382E+11 has lost half of them."""
    mantissa, exponent = re.split("[eE]", text)
    shown = len(mantissa.lstrip("+-").replace(".", ""))
    if shown < int(exponent) + 1 or int(exponent) > 18:
        raise Problem("code.lost_digits", value=text)
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    kept = int(exponent)
    if fraction[kept:].strip("0"):
        raise Problem("code.not_digits", value=text)
    return whole + fraction[:kept].ljust(kept, "0")


def parse_code(value: object) -> str:
    """Read an administrative code out of a cell, however Excel, a phone or a person wrote it.

    Parameters
    ----------
    value
        Text (full-width digits, spaces, a trailing ``.0`` and 4.31382101001E+11 are understood), int or float. 6, 9
        and 12 digits are county, town and village; 14, 16 and 19 digits our own 片, 组 and 邻 below a village.

    Returns
    -------
    str
        12 digits for county, town and village (the short forms are filled with zeros, so that 431382101 and
        431382101000 are one town), else the 14, 16 or 19 digits given.

    Raises
    ------
    Problem
        ``code.lost_digits`` (value) for 4.31382E+11 or a float of 16 digits; ``code.not_digits`` (value);
        ``code.bad_length`` (value, digits).

    Notes
    -----
    GB/T 2260 (county), GB/T 10114 (town), the statistical division code (village).

    >>> parse_code("４３１３８２ 101 001"), parse_code(431382101.0)
    ('431382101001', '431382101000')
    """
    text = _digits(value)
    if not (text.isascii() and text.isdigit()):
        raise Problem("code.not_digits", value=str(value)[:80])
    if len(text) not in _LENGTHS:
        raise Problem("code.bad_length", value=text[:80], digits=len(text))
    return text.ljust(12, "0")


def code_level(code: str) -> Level:
    """Tell which level a code from :func:`parse_code` names: trailing zeros mark a county or a town.

    >>> code_level("431382101000").value, code_level("4313821010010102003").value
    ('town', 'lin')
    """
    if len(code) > 12:
        return next(level for level, end in _ENDS.items() if end == len(code))
    if code[9:] not in ("", "000"):
        return Level.VILLAGE
    return Level.TOWN if code[6:9] not in ("", "000") else Level.COUNTY


def parent_code(code: str) -> str:
    """Return the code of the unit a code lies in, or "" for a county.

    >>> parent_code("431382101001"), parent_code("43138210100101"), parent_code("431382000000")
    ('431382101000', '431382101001', '')
    """
    level = code_level(code)
    if level is Level.COUNTY:
        return ""
    above = {below: upper for upper, below in pairwise(Level)}[level]
    return code[: _ENDS[above]].ljust(12, "0")


def path_step(code: str, parent: str) -> str:
    """Return a unit's own part of its code, the step its path takes from its parent's (see ``units.child_path``).

    Raises ``code.not_in_parent`` (value, parent) where the code does not begin with the parent's.

    >>> path_step("431382101001", "431382101000"), path_step("431382101000", "431382000000")
    ('001', '101')
    >>> path_step("431382000000", "")
    '431382'
    """
    own = code[: _ENDS[code_level(code)]]
    if not parent:
        return own
    stem = parent[: _ENDS[code_level(parent)]]
    if len(stem) >= len(own) or not own.startswith(stem):
        raise Problem("code.not_in_parent", value=code, parent=parent)
    return own[len(stem) :]
