"""Visits and errands: logged, taken back, what is due, in which order to walk, and figures."""

from __future__ import annotations

from typing import Any

from survey.actions import modules, visit_figures, visits
from survey.rules.rounds import HOMES_MOST
from webmap import fields
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("PUT", "/api/visits/<visit_id>", "handle")
def put_visit(asked: Asked, visit_id: str) -> Reply:
    """Log a visit or an errand under an id that the client made; the same again is the same visit."""
    row, is_new = visits.log(asked.db, asked.actor, asked.now, fields.made_id(visit_id), asked.body)
    return Reply(visits.shown(asked.db, asked.actor, row), 201 if is_new else 200)


@route("DELETE", "/api/visits/<visit_id>", "handle")
def withdraw_visit(asked: Asked, visit_id: str) -> None:
    """Take back a visit of one's own, within a week."""
    visits.withdraw(asked.db, asked.actor, asked.now, visit_id)


@route("GET", "/api/visits", "see_homes")
def list_visits(asked: Asked) -> dict[str, Any]:
    """Return what was logged at one home (``household``)."""
    return visits.history(asked.db, asked.actor, asked.now, asked.text("household"))


@route("GET", "/api/visits/due", "see_homes")
def list_due(asked: Asked) -> dict[str, Any]:
    """Return a page of the homes of ``unit`` that are to be visited; ``state`` is overdue, due or done."""
    after, limit = asked.page()
    unit, state = asked.text("unit", ""), asked.text("state", "")
    return visits.due(asked.db, asked.actor, asked.now, unit, state, after, limit)


@route("GET", "/api/visits/figures", "issues")
def show_figures(asked: Asked) -> dict[str, Any]:
    """Return visits in numbers on the ground of ``unit``, from a day until another."""
    unit, since, until = asked.text("unit", ""), asked.text("from", ""), asked.text("to", "")
    return visit_figures.figures(asked.db, asked.actor, asked.now, unit, since, until)


@route("POST", "/api/visits/round", "see_homes", writes=False)
def plan_round(asked: Asked) -> dict[str, Any]:
    """Return in which order to walk to some homes: {"homes": [ids], "from": [lon, lat] or null}."""
    body = asked.body
    homes, start = fields.listed(body, "homes", HOMES_MOST), fields.place(body, "from")
    return visits.plan_round(asked.db, asked.actor, asked.now, homes, start)


@route("GET", "/api/modules", "")
def show_modules(asked: Asked) -> dict[str, bool]:
    """Tell which parts of the product the county uses."""
    return modules.show(asked.db, asked.actor, asked.now)


@route("PUT", "/api/modules", "settings")
def switch_modules(asked: Asked) -> dict[str, bool]:
    """Switch parts on or off: {"visits": true, "residents": false}."""
    return modules.switch(asked.db, asked.actor, asked.now, asked.body)
