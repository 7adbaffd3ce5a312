"""Common questions, answered at once."""

from __future__ import annotations

from typing import Any

from survey.actions import faq, take_faq
from survey.rules.faq import ANSWER_MOST, QUESTION_MOST
from webmap import fields
from webmap.routes import Asked, route

_REGISTERED = take_faq
"""Importing it makes common questions a kind of file."""
_MOST = {"question": QUESTION_MOST, "answer": ANSWER_MOST, "category": 80}


@route("GET", "/api/faq", "")
def ask(asked: Asked) -> dict[str, Any]:
    """Return the answers to ``q``, the best first, and whether any fits; without ``q`` the whole list."""
    question = asked.text("q", "", QUESTION_MOST)
    if question:
        limit = max(1, min(int(asked.number("limit", 3)), 10))
        return faq.ask(asked.db, asked.actor, asked.now, question, limit)
    retired = asked.text("all", "") == "1"
    return {"items": faq.list_entries(asked.db, asked.actor, asked.now, retired=retired)}


@route("PUT", "/api/faq/<faq_id>", "settings")
def put_entry(asked: Asked, faq_id: str) -> dict[str, Any]:
    """Add a question under an id that the client made, or change the fields given of one that is there."""
    values: dict[str, Any] = {name: fields.text(asked.body, name, most) for name, most in _MOST.items()
                              if name in asked.body}  # fmt: skip
    values |= {"retired": fields.flag(asked.body, "retired")} if "retired" in asked.body else {}
    return faq.put(asked.db, asked.actor, asked.now, fields.made_id(faq_id), values)


@route("POST", "/api/faq/<faq_id>/helped", "")
def helped(asked: Asked, faq_id: str) -> dict[str, int]:
    """Count that an answer helped."""
    return faq.count(asked.db, asked.actor, asked.now, faq_id, "helped")


@route("POST", "/api/faq/<faq_id>/passed-on", "")
def passed_on(asked: Asked, faq_id: str) -> dict[str, int]:
    """Count that an answer did not help, so that the question is passed on."""
    return faq.count(asked.db, asked.actor, asked.now, faq_id, "passed_on")
