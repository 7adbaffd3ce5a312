"""The county's categories of issues."""

from __future__ import annotations

from typing import Any

from survey.actions import categories, take_categories
from survey.rules.category_words import KEYWORDS_MOST
from webmap import fields
from webmap.routes import Asked, route
from webmap.wire import Reply

_REGISTERED = take_categories
"""Importing it makes categories a kind of file."""
_TEXTS = ("name", "name_en", "major", "grade", "level", "office_code", "symbol")


@route("GET", "/api/categories", "")
def list_categories(asked: Asked) -> dict[str, Any]:
    """Return the categories in their order; ``all=1`` with those no longer used."""
    retired = asked.text("all", "") == "1"
    return {"items": categories.list_categories(asked.db, asked.actor, asked.now, retired=retired)}


@route("POST", "/api/categories", "settings")
def add_category(asked: Asked) -> Reply:
    """Add a category of the county's own."""
    values = _values(asked.body) | {name: fields.text(asked.body, name) for name in ("code", "name")}
    for name in ("scheme", "version", "kind"):
        values[name] = fields.text(asked.body, name) if name in asked.body else ""
    return Reply(categories.add(asked.db, asked.actor, asked.now, values), 201)


@route("PUT", "/api/categories/<category_id>", "settings")
def change_category(asked: Asked, category_id: str) -> dict[str, Any]:
    """Change the fields given of a category; ``retired`` takes it out of use or back."""
    return categories.change(asked.db, asked.actor, asked.now, category_id, _values(asked.body))


def _values(body: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: fields.text(body, name) for name in _TEXTS if name in body}
    values |= {name: fields.flag(body, name) for name in ("restricted", "retired") if name in body}
    return values | ({"keywords": fields.listed(body, "keywords", KEYWORDS_MOST)} if "keywords" in body else {})
