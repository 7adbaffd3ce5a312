"""The offices that issues are sent to."""

from __future__ import annotations

from typing import Any

from survey.actions import offices, take_offices
from webmap import fields
from webmap.routes import Asked, route

_REGISTERED = take_offices
"""Importing it makes offices a kind of file."""


@route("GET", "/api/offices", "")
def list_offices(asked: Asked) -> dict[str, Any]:
    """Return the offices by code; ``all=1`` with those that are no longer there."""
    retired = asked.text("all", "") == "1"
    return {"items": offices.list_offices(asked.db, asked.actor, asked.now, retired=retired)}


@route("PUT", "/api/offices/<office_id>", "settings")
def put_office(asked: Asked, office_id: str) -> dict[str, Any]:
    """Add an office under an id that the client made, or change the fields given of one that is there."""
    values: dict[str, Any] = {name: fields.text(asked.body, name) for name in ("code", "name", "unit")
                              if name in asked.body}  # fmt: skip
    values |= {"retired": fields.flag(asked.body, "retired")} if "retired" in asked.body else {}
    return offices.put(asked.db, asked.actor, asked.now, fields.made_id(office_id), values)
