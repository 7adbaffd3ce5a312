"""The county's table of days off and of weekend days at work."""

from __future__ import annotations

from survey.actions import holidays
from webmap.routes import Asked, route


@route("GET", "/api/holidays", "")
def show_holidays(asked: Asked) -> dict[str, list[str]]:
    """Return the table."""
    return holidays.show(asked.db, asked.actor, asked.now)


@route("PUT", "/api/holidays", "settings")
def put_holidays(asked: Asked) -> dict[str, list[str]]:
    """Replace the table ({"off": [day, …], "on": [day, …]})."""
    return holidays.replace(asked.db, asked.actor, asked.now, asked.body)
