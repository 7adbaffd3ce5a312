"""Administrative codes, however a file holds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.codes import code_level, parent_code, parse_code, path_step
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from tests.real_data import lianyuan_divisions


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("431382101001", "431382101001"),
        (" 431382 101 001\u3000", "431382101001"),
        ("４３１３８２１０１００１", "431382101001"),
        ("\ufeff431382101001", "431382101001"),
        ("'431382101001", "431382101001"),
        ("431382101001.0", "431382101001"),
        ("431382101001.00", "431382101001"),
        (431382101001, "431382101001"),
        (431382101001.0, "431382101001"),
        (np.float64(431382101001.0), "431382101001"),
        (np.int64(431382101001), "431382101001"),
        ("4.31382101001E+11", "431382101001"),
        ("4.31382101001e11", "431382101001"),
        ("431382", "431382000000"),
        (431382.0, "431382000000"),
        ("431382101", "431382101000"),
        ("43138210100101", "43138210100101"),
        ("4313821010010102", "4313821010010102"),
        ("4313821010010102003", "4313821010010102003"),
        (4313821010010102003, "4313821010010102003"),
    ],
)
def test_parse_code(value: object, code: str) -> None:
    """Text, int, float, full-width digits, spaces and a whole exponent all give the same code."""
    assert parse_code(value) == code


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("4.31382E+11", "code.lost_digits"),
        ("4.3E+11", "code.lost_digits"),
        ("4.313821010010102E+30", "code.lost_digits"),
        (4.31382101001010e18, "code.lost_digits"),
        (1e15, "code.lost_digits"),
        ("4.3138210100123E+11", "code.not_digits"),
        (431382101001.5, "code.not_digits"),
        (float("nan"), "code.not_digits"),
        (float("inf"), "code.not_digits"),
        (True, "code.not_digits"),
        ("", "code.not_digits"),
        (None, "code.not_digits"),
        ("涟源市", "code.not_digits"),
        ("-431382", "code.not_digits"),
        ("43138２x", "code.not_digits"),
        ("٤٣١٣٨٢", "code.not_digits"),
        ("43138210100", "code.bad_length"),
        ("4313821010011", "code.bad_length"),
        ("9" * 5000, "code.bad_length"),
    ],
)
def test_parse_code_refuses(value: object, problem: str) -> None:
    """What has lost digits, or is no code, is refused by name."""
    with pytest.raises(Problem) as refused:
        parse_code(value)
    assert refused.value.code == problem
    assert len(str(refused.value.values["value"])) <= 80


@given(st.integers(110000_000_000, 829999_999_999))
@settings(max_examples=60)
def test_every_form_of_a_code_is_the_same_code(number: int) -> None:
    """Text, int and float of any 12 digits agree."""
    assert parse_code(str(number)) == parse_code(number) == parse_code(float(number)) == str(number)


@pytest.mark.parametrize(
    ("code", "level", "parent", "step"),
    [
        ("431382000000", Level.COUNTY, "", "431382"),
        ("431382101000", Level.TOWN, "431382000000", "101"),
        ("431382101001", Level.VILLAGE, "431382101000", "001"),
        ("43138210100101", Level.PIAN, "431382101001", "01"),
        ("4313821010010102", Level.ZU, "43138210100101", "02"),
        ("4313821010010102003", Level.LIN, "4313821010010102", "003"),
    ],
)
def test_levels_parents_and_steps(code: str, level: Level, parent: str, step: str) -> None:
    """A code tells its level, its parent and its own step of the path."""
    assert code_level(code) is level
    assert parent_code(code) == parent
    assert path_step(code, parent) == step


@pytest.mark.parametrize(
    ("code", "parent"),
    [("431382101001", "431382102000"), ("431382101000", "431382101001"), ("431382000000", "431382000000")],
)
def test_step_of_a_stranger_is_refused(code: str, parent: str) -> None:
    """A unit whose code does not begin with its parent's has no step there."""
    with pytest.raises(Problem, match=r"code\.not_in_parent"):
        path_step(code, parent)


def test_short_codes_have_levels_too() -> None:
    """Codes of 6 and 9 digits are county and town."""
    assert (code_level("431382"), code_level("431382101")) == (Level.COUNTY, Level.TOWN)


def test_lianyuan_has_20_towns_and_506_villages() -> None:
    """The real codes of 涟源 give 20 towns and 506 villages, each with its parent in the list, as numbers too."""
    table = lianyuan_divisions()
    codes = [parse_code(float(code)) for code in table["code"]]
    assert codes == table["code"].tolist()
    levels = [code_level(code) for code in codes]
    assert (levels.count(Level.COUNTY), levels.count(Level.TOWN), levels.count(Level.VILLAGE)) == (1, 20, 506)
    assert [level.value for level in levels] == table["level"].tolist()
    for code, parent in zip(codes[1:], table["parent_code"][1:], strict=True):
        assert parent_code(code) == parent
        assert path_step(code, parent) in code
