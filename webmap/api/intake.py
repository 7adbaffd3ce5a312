"""Before an issue is raised: a pasted message as a draft, and open issues near that may be the same."""

from __future__ import annotations

from typing import Any

from geodata.rules.problems import Problem
from survey.actions import answering, chat, similar, take_issues
from survey.rules.chat import TEXT_MOST as CHAT_MOST
from survey.rules.issue_fields import TEXT_MOST
from webmap import fields, sentences_around
from webmap.routes import Asked, route

_REGISTERED = take_issues
"""Importing it makes issues of another platform a kind of file."""


@route("POST", "/api/issues/draft", "report", writes=False)
def draft_issue(asked: Asked) -> dict[str, Any]:
    """Return what a pasted message would be as an issue; nothing is written."""
    found = chat.draft(asked.db, asked.actor, asked.now, fields.text(asked.body, "text", CHAT_MOST))
    hints = [{**hint, "sentence": sentences_around.hint(hint, asked.lang)} for hint in found["hints"]]
    return {**found, "hints": hints}


@route("GET", "/api/issues/ground", "report")
def show_ground(asked: Asked) -> dict[str, Any]:
    """Return whose ground a place is, and whom else the circle of how surely it is known reaches."""
    lon, lat = _place(asked)
    return answering.show_ground(asked.db, asked.actor, asked.now, lon, lat, asked.number("accuracy_m", 0))


@route("GET", "/api/issues/similar", "report")
def list_similar(asked: Asked) -> dict[str, Any]:
    """Return open issues near a place that may be the same."""
    lon, lat = _place(asked)
    category, text = asked.text("category", ""), asked.text("text", "", TEXT_MOST)
    return {"items": similar.near(asked.db, asked.actor, asked.now, lon, lat, category, text)}


def _place(asked: Asked) -> tuple[float, float]:
    lon, lat = asked.number("lon"), asked.number("lat")
    if abs(lon) > 180 or abs(lat) > 90:
        raise Problem("coordinate.off_earth", lon=lon, lat=lat)
    return lon, lat
