"""Ground on which an office handles some categories, whoever lives there."""

from __future__ import annotations

from typing import Any

from survey.actions import routing
from survey.rules.routing import REFERENCES_MOST
from webmap import fields
from webmap.routes import Asked, route


@route("GET", "/api/route-exceptions", "settings")
def list_exceptions(asked: Asked) -> dict[str, Any]:
    """Return the exceptions by name, each with its ground as GeoJSON, and the lines along which one may lie."""
    found = routing.list_exceptions(asked.db, asked.actor, asked.now)
    return {"items": found, "lines": list(routing.list_lines(asked.db, asked.actor, asked.now))}


@route("PUT", "/api/route-exceptions/<exception_id>", "settings")
def put_exception(asked: Asked, exception_id: str) -> dict[str, Any]:
    """Set an exception under an id that the client made."""
    body = asked.body
    values = {"name": fields.text(body, "name"), "office_id": fields.text(body, "office_id"),
              "codes": fields.listed(body, "codes", REFERENCES_MOST) if "codes" in body else [],
              **{name: body.get(name) for name in ("area", "unit", "along", "wide_m")}}  # fmt: skip
    return routing.put_exception(asked.db, asked.actor, asked.now, fields.made_id(exception_id), values)


@route("DELETE", "/api/route-exceptions/<exception_id>", "settings")
def drop_exception(asked: Asked, exception_id: str) -> None:
    """Put an exception out of force."""
    routing.drop_exception(asked.db, asked.actor, asked.now, exception_id)
