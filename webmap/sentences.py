"""Every Problem and Violation as a sentence, in Chinese and in English."""

from __future__ import annotations

import math
from typing import Any

from geodata.rules.problems import Problem
from webmap import (
    sentences_around,
    sentences_board,
    sentences_en,
    sentences_field,
    sentences_hotspots,
    sentences_issues,
    sentences_photos,
    sentences_plan,
    sentences_posts,
    sentences_sign_in,
    sentences_zh,
)

_MORE = (
    sentences_around,
    sentences_board,
    sentences_field,
    sentences_hotspots,
    sentences_issues,
    sentences_photos,
    sentences_plan,
    sentences_posts,
    sentences_sign_in,
)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def by_code(code: str, values: dict[str, Any], lang: str) -> str:
    """Return the sentence for a code; one without a sentence is shown by its name, so that nothing is swallowed."""
    return problems(lang).get(code, code).format_map(_Lenient(sentences_issues.named(values, lang)))


def problems(lang: str) -> dict[str, str]:
    """Return the sentence of every Problem by its code."""
    if lang == "en":
        tables = [one.PROBLEMS_EN for one in _MORE]
        return sentences_en.PROBLEMS | {code: said for table in tables for code, said in table.items()}
    tables = [one.PROBLEMS_ZH for one in _MORE]
    return sentences_zh.PROBLEMS | {code: said for table in tables for code, said in table.items()}


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


def _spoken(lang: str) -> str:
    return "en" if lang == "en" else "zh"


def edit(act: str, detail: dict[str, Any], lang: str) -> str:
    """Return what an edit of a plan did as a sentence."""
    names = [f"“{name}”" for name in detail.get("names", ())]
    joined = ("、" if lang != "en" else ", ").join(names)
    homes = detail.get("homes", 0)
    values = {
        "names": joined,
        "names_or_new": joined or ("新的邻" if lang != "en" else "a new 邻"),
        "homes": homes,
        "homes_zh": f"，{homes} 户随之换邻" if homes else "",
        "homes_en": f"; {homes} homes change 邻" if homes else "",
        "to": detail.get("to", ""),
    }
    table = sentences_plan.EDITS[_spoken(lang)]
    act = f"un{act}" if detail.get("locked") is False else act
    return table.get(act, act).format_map(_Lenient(values))


def repair(item: dict[str, Any], lang: str) -> str:
    """Return a proposed repair and its price as a sentence."""
    tongue = _spoken(lang)
    receivers = ("、" if tongue == "zh" else ", ").join(
        f"“{size['name']}”" for size in item["sizes"] if size["after"] > size["before"] and size["name"]
    )
    values = {"homes": item["homes_moved"], "receivers": receivers, "metres": round(item["distance_m"])}
    words: str = sentences_plan.REPAIRS[tongue].get(item["kind"], "") + sentences_plan.PRICE[tongue]
    return words.format_map(_Lenient(values)) + ("" if item["optimal"] else sentences_plan.UNSURE[tongue])


def comparison(found: dict[str, Any], lang: str) -> str:
    """Return how two plans differ as a sentence."""
    tongue = _spoken(lang)
    if not (found["homes_moved"] or found["units_new"] or found["units_gone"] or found["units_changed"]):
        return sentences_plan.SAME[tongue]
    scores = [_mean_m(found[side], found["homes"]) for side in ("a", "b")]
    score = "" if None in scores else sentences_plan.SCORE[tongue].format(a=scores[0], b=scores[1])
    values = {
        "homes": found["homes"], "moved": found["homes_moved"], "new": found["units_new"], "gone": found["units_gone"],
        "changed": found["units_changed"], "score": score,
    }  # fmt: skip
    return sentences_plan.COMPARISON[tongue].format_map(_Lenient(values)).rstrip()


def title(side: dict[str, Any], lang: str) -> str:
    """Return what one side of a comparison is called: the published net, or a plan with its revision."""
    table = sentences_plan.TITLES[_spoken(lang)]
    return table[side["kind"]].format_map(_Lenient(side))


def _mean_m(title: dict[str, Any], homes: int) -> float | None:
    """Return the root of a plan's mean squared distance, in metres; None for the published net."""
    return None if "objective_m2" not in title or not homes else round((title["objective_m2"] / homes) ** 0.5, 1)
