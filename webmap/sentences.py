"""Every Problem and Violation as a sentence, in Chinese and in English."""

from __future__ import annotations

from typing import Any

from geodata.rules.problems import Problem
from webmap.sentences_zh import PROBLEMS as ZH
from webmap.sentences_en import PROBLEMS as EN


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def problem(problem: Problem, lang: str) -> str:
    """Return a Problem's sentence; a code without one is shown by its name, so that nothing is swallowed."""
    table = EN if lang == "en" else ZH
    pattern = table.get(problem.code, problem.code)
    return pattern.format_map(_Lenient(problem.values))
