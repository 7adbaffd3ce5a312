"""Every Problem and Violation as a sentence, in Chinese and in English."""

from __future__ import annotations

import math
from typing import Any

from geodata.rules.problems import Problem
from webmap import sentences_en, sentences_zh


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def by_code(code: str, values: dict[str, Any], lang: str) -> str:
    """Return the sentence for a code; one without a sentence is shown by its name, so that nothing is swallowed."""
    table = sentences_en.PROBLEMS if lang == "en" else sentences_zh.PROBLEMS
    return table.get(code, code).format_map(_Lenient(values))


def problem(refused: Problem, lang: str) -> str:
    """Return a Problem's sentence."""
    return by_code(refused.code, refused.values, lang)


def violation(rule: str, values: dict[str, Any], lang: str) -> str:
    """Return the sentence for a rule that a unit breaks."""
    table = sentences_en.VIOLATIONS if lang == "en" else sentences_zh.VIOLATIONS
    return table.get(rule, rule).format_map(_Lenient(values))


def shown_violation(row: Any, lang: str) -> dict[str, Any]:
    """Return a stored violation as it goes over the wire."""
    unit = None
    if row.code is not None:
        unit = {"id": row.unit_id, "level": row.level, "name": row.name, "code": row.code}
    return {
        "rule": row.rule,
        "severity": row.severity,
        "unit": unit,
        "sentence": violation(row.rule, row._mapping["values"], lang),
        "place": [row.lon, row.lat] if row.lon is not None else None,
        "values": row._mapping["values"],
    }


def crs(guess: Any, lang: str) -> str:
    """Return what is known of a file's coordinate system as a sentence."""
    table = sentences_en.CRS if lang == "en" else sentences_zh.CRS
    share = guess.values.get("share_inside")
    values = {**guess.values, "crs": guess.crs, "share": "" if share is None else f"{share:.0%}"}
    offset_m = float(values.get("offset_m", math.nan))
    values["offset_m"] = "?" if math.isnan(offset_m) else round(offset_m)
    sentence = table.get(guess.reason, table["unknown"]).format_map(_Lenient(values))
    return sentence + (table["and_swapped"] if guess.swapped and guess.reason != "swapped" else "")


def note(found: dict[str, Any], lang: str) -> str:
    """Return what a reader noticed about a file as a sentence."""
    table = sentences_en.NOTES if lang == "en" else sentences_zh.NOTES
    code = str(found["code"])
    return table.get(code, code).format_map(_Lenient(found))
