"""What may come in as JSON, and what goes out."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.units import Violation
from webmap import errors, fields, sentences, wire

BAD = {
    "NaN": (b'{"a": NaN}', "wire.not_finite"),
    "infinity": (b'{"a": -Infinity}', "wire.not_finite"),
    "overflow": (b'{"a": 1e999}', "wire.not_finite"),
    "duplicate key": (b'{"a": 1, "a": 2}', "wire.duplicate_key"),
    "lone surrogate": (rb'{"a": "\ud800"}', "wire.not_utf8"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "wire.not_utf8"),
    "deep nesting": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "wire.not_json"),
    "cut off": (b'{"a": ', "wire.not_json"),
    "a list": (b"[1]", "wire.not_object"),
    "nothing": (b"", "wire.not_json"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "wire.not_json"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_json_object_is_refused_by_name(case: str) -> None:
    """Each kind of bad JSON is a refusal that says what is wrong, never a failure of the server."""
    raw, code = BAD[case]
    with pytest.raises(Problem) as refused:
        wire.parse_json(raw)
    assert refused.value.code == code


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False),
                                                       st.text(), st.booleans(), st.none()), max_size=5))  # fmt: skip
def test_any_json_object_comes_through(value: dict[str, object]) -> None:
    """What is a JSON object is read as it was written."""
    raw = json.dumps(value, ensure_ascii=False)
    try:
        encoded = raw.encode("utf-8")
    except UnicodeEncodeError:
        return
    assert wire.parse_json(encoded) == value


def test_values_go_out_plain() -> None:
    """Moments are UTC, dataclasses objects, numpy numbers numbers; NaN never leaves."""
    moment = dt.datetime(2026, 3, 6, 14, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    out = json.loads(wire.dumps({"at": moment, "n": np.int64(3), "v": Violation("gap", "u"), "s": {1}}))
    assert out["at"] == "2026-03-06T06:20:00Z"
    assert out["n"] == 3
    assert out["v"]["rule"] == "gap"
    with pytest.raises(ValueError, match="Out of range"):
        wire.dumps({"x": float("nan")})
    with pytest.raises(TypeError):
        wire.dumps({"x": object()})


@pytest.mark.parametrize(
    ("code", "status"),
    [("plan.stale", 409), ("unit.not_found", 404), ("scope.outside", 404), ("wire.missing", 400), ("session.none", 401),
     ("right.missing", 403), ("crs.unknown", 422), ("session.wait", 429), ("store.busy", 503)],
)  # fmt: skip
def test_every_refusal_has_its_status(code: str, status: int) -> None:
    """The one table decides the status, by name or by the ending of the name."""
    assert errors.status_of(code) == status


def test_fields_are_read_by_their_kind() -> None:
    """A field of another kind is refused by its name."""
    body = {"t": "x" * 300, "n": True, "o": [1], "m": {"a": 1}, "f": "yes"}
    for read in (
        lambda: fields.text(body, "t"),
        lambda: fields.whole(body, "n", 0),
        lambda: fields.objects(body, "o"),
        lambda: fields.texts(body, "m"),
        lambda: fields.flag(body, "f"),
        lambda: fields.text(body, "absent"),
    ):
        with pytest.raises(Problem, match=r"wire\."):
            read()
    assert fields.whole(body, "absent", 7) == 7


def test_a_sentence_misses_no_value_loudly() -> None:
    """A sentence whose value is missing shows a question mark instead of failing the answer."""
    assert sentences.by_code("coordinate.outside_county", {}, "zh") == "位置在县界外 ? 公里。"
    assert sentences.by_code("no.such", {}, "en") == "no.such"
    assert "17" in sentences.violation("too_many_homes", {"homes": 17, "high": 15}, "en")
