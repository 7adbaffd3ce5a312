from __future__ import annotations

from typing import Any

from survey.actions import audit as actions
from webmap.routes import Asked, route


@route("GET", "/api/audit", "audit")
def read_audit(asked: Asked) -> dict[str, Any]:
    """Page through the audit, newest first; ``object`` narrows it to one thing."""
    after, limit = asked.page()
    rows, following, total = actions.read_audit(
        asked.db, asked.actor, asked.now, after, limit, asked.text("object", "")
    )
    return {"items": rows, "next": following or None, "total": total}


@route("GET", "/api/audit/seen", "audit")
def who_saw(asked: Asked) -> dict[str, Any]:
    """Tell who saw a home, or anything else by its id, between ``from`` and ``to``."""
    thing, since, until = asked.text("thing"), asked.text("from", ""), asked.text("to", "")
    rows, more = actions.who_saw(asked.db, asked.actor, asked.now, thing, since, until)
    return {"items": rows, "next": None, "total": len(rows), "more": more}
