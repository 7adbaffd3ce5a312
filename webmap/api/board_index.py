"""The index of the board, and the month's hard cases."""

from __future__ import annotations

from typing import Any

from survey.actions import board_index
from survey.rules.composite import formula_words
from webmap import fields
from webmap.routes import Asked, route


@route("GET", "/api/board/index", "issues")
def show_index(asked: Asked) -> dict[str, Any]:
    """Return the kept indexes of a unit with the formula in words."""
    told = board_index.show_index(asked.db, asked.actor, asked.now, asked.text("unit"))
    return {**told, "formula": formula_words(told["weights"], asked.lang)}


@route("POST", "/api/board/index", "desk")
def keep_index(asked: Asked) -> dict[str, Any]:
    """Reckon and keep the index of a unit: {"unit", "period": "2026-03"}."""
    body = asked.body
    unit, period = fields.text(body, "unit"), fields.text(body, "period", 10)
    return board_index.keep_index(asked.db, asked.actor, asked.now, unit, period)


@route("GET", "/api/board/reviews", "issues")
def list_reviews(asked: Asked) -> dict[str, Any]:
    """Return the hard cases of a unit's month, the last one that is over where none is named."""
    unit, month = asked.text("unit"), asked.text("month", "")
    return board_index.list_cases(asked.db, asked.actor, asked.now, unit, month)


@route("POST", "/api/board/reviews", "desk")
def draw_reviews(asked: Asked) -> dict[str, Any]:
    """Choose the hard cases of a month: {"unit", "month": "2026-03"}."""
    body = asked.body
    unit, month = fields.text(body, "unit"), fields.text(body, "month", 10)
    return board_index.draw_cases(asked.db, asked.actor, asked.now, unit, month)


@route("PUT", "/api/board/reviews/<case_id>", "desk")
def settle_review(asked: Asked, case_id: str) -> dict[str, Any]:
    """Write what was found of a hard case: {"finding"}."""
    finding = fields.text(asked.body, "finding", board_index.FINDING_MOST)
    return board_index.settle_case(asked.db, asked.actor, asked.now, case_id, finding)
