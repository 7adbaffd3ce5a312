"""The composite index of a ground and a period, by a formula that anybody can read (G01, G02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.rules.problems import Problem
from survey.rules.figures import FIGURES, Counted

HUNDRED = 100.0


@dataclass(frozen=True)
class Index:
    """An index with its parts: what each figure was (0 to 1, turned so that more is better) and what it weighed.

    ``value`` is None where none of the figures could be told; a figure that could not is left out with its weight.
    """

    value: float | None
    parts: Mapping[str, tuple[float | None, float]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready to be kept."""
        parts = {name: {"value": value, "weight": weight} for name, (value, weight) in self.parts.items()}
        return {"index": self.value, "parts": parts}


def check_weights(weights: Mapping[str, float]) -> None:
    """Refuse figures that there are not, or that are no share of which more or less is better.

    Raises
    ------
    Problem
        ``board.bad_formula`` (key, value).
    """
    for name, weight in weights.items():
        one = FIGURES.get(name)
        if one is None or one.unit != "share" or one.better == 0:
            raise Problem("board.bad_formula", key=name, value=str(weight))


def reckon_index(weights: Mapping[str, float], figures: Mapping[str, Counted]) -> Index:
    """Return 100 times the weighted mean of the figures; of those of which less is better, one less the figure.

    >>> figures = {"solved_share": Counted(1, 2), "visit_overdue": Counted(1, 4)}
    >>> reckon_index({"solved_share": 3, "visit_overdue": 1}, figures).value
    56.25
    """
    check_weights(weights)
    parts: dict[str, tuple[float | None, float]] = {}
    for name, weight in weights.items():
        value = figures[name].value
        parts[name] = (value if value is None or FIGURES[name].better > 0 else 1.0 - value, float(weight))
    told = [(value, weight) for value, weight in parts.values() if value is not None]
    total = sum(weight for _, weight in told)
    mean = HUNDRED * sum(value * weight for value, weight in told) / total if total else None
    return Index(mean, parts)


def formula_words(weights: Mapping[str, float], lang: str) -> str:
    """Return the formula as people read it.

    >>> formula_words({"solved_share": 3, "visit_overdue": 1}, "zh")
    '办结率×75%＋（1－走访逾期）×25%，乘100'
    """
    key = "en" if lang == "en" else "zh"
    total = sum(weights.values())
    parts = []
    for name, weight in weights.items():
        title = FIGURES[name].titles[key]
        turned = title if FIGURES[name].better > 0 else f"(1 - {title})" if key == "en" else f"（1－{title}）"
        parts.append(f"{turned}{' x ' if key == 'en' else '×'}{HUNDRED * weight / total:.0f}%")
    return f"({' + '.join(parts)}) x 100" if key == "en" else f"{'＋'.join(parts)}，乘100"
