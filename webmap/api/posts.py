"""Posts: who holds them, where they are vacant, who is proposed, appointed and relieved, and whom to call."""

from __future__ import annotations

from typing import Any

from geodata.rules.problems import Problem
from survey.actions import appoint, contacts, handover, posts
from survey.actions.contacts import Spot
from webmap import fields, sentences_posts
from webmap.routes import Asked, route
from webmap.wire import Reply

ROWS_MOST = 1_000
_REASON_MOST = 500


@route("GET", "/api/posts", "see")
def list_posts(asked: Asked) -> dict[str, Any]:
    """Return a page of the units under one with their posts and holders."""
    after, limit = asked.page()
    level, state = asked.text("level", ""), asked.text("state", "")
    found = posts.page(asked.db, asked.actor, asked.now, asked.text("unit", ""), level, state, after, limit)
    return {**found, "items": [_titled(item, asked.lang) for item in found["items"]]}


@route("GET", "/api/posts/vacancies", "see")
def list_vacancies(asked: Asked) -> dict[str, Any]:
    """Return the vacant posts as GeoJSON points, for a layer of the map."""
    return posts.vacancies(asked.db, asked.actor, asked.now, asked.text("unit", ""), asked.text("level", ""))


@route("GET", "/api/units/<unit_id>/posts", "see")
def unit_posts(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return a unit's posts, who answers, and its record of elections and changes."""
    found = _titled(posts.of_unit(asked.db, asked.actor, asked.now, unit_id), asked.lang)
    for term in found["history"]:
        term["title"] = sentences_posts.title(term["level"], term["post"], asked.lang)
    return found


@route("GET", "/api/units/<unit_id>/tree", "see")
def unit_tree(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return the tree of a village with the holders of its posts."""
    found = posts.tree(asked.db, asked.actor, asked.now, unit_id)
    return {**found, "items": [_titled(item, asked.lang) for item in found["items"]]}


@route("GET", "/api/contacts", "see")
def show_contacts(asked: Asked) -> dict[str, Any]:
    """Return who answers for a home, a unit or a place, telephones masked."""
    place = None
    if "lon" in asked.query:
        place = fields.place({"place": [asked.number("lon"), asked.number("lat")]}, "place")
    spot = Spot(asked.text("household", ""), asked.text("unit", ""), place)
    return _named(contacts.chain(asked.db, asked.actor, asked.now, spot), asked.lang)


@route("POST", "/api/contacts/call", "unmask")
def call_contacts(asked: Asked) -> dict[str, Any]:
    """Return the same with telephones in full, after writing down who asked and why."""
    body = asked.body
    spot = Spot(_optional(body, "household"), _optional(body, "unit"), fields.place(body, "place"))
    reason = fields.text(body, "reason")
    return _named(contacts.call(asked.db, asked.actor, asked.now, spot, reason), asked.lang)


@route("GET", "/api/appointments/proposal", "appoint")
def show_proposal(asked: Asked) -> dict[str, Any]:
    """Return who could take the vacant posts of a level under a unit, by where people live."""
    level, mode, along = asked.text("level"), asked.text("mode", "total"), asked.text("along", "roads")
    found = appoint.propose(asked.db, asked.actor, asked.now, asked.text("unit"), level, mode, along)
    said = {"title": sentences_posts.title(level, "chief", asked.lang)}
    for short in found["infeasible"]:
        short["sentence"] = sentences_posts.infeasible(short, asked.lang)
    return {**found, **said}


@route("POST", "/api/appointments", "appoint")
def take_posts(asked: Asked) -> Reply:
    """Appoint the people of the rows that somebody chose: all of them or, where one cannot be, nobody."""
    rows = [_choice(row) for row in fields.objects(asked.body, "rows", ROWS_MOST)]
    if not rows:
        raise Problem("wire.missing", field="rows")
    return Reply(appoint.take(asked.db, asked.actor, asked.now, rows), 201)


@route("POST", "/api/appointments/<appointment_id>/end", "appoint")
def end_appointment(asked: Asked, appointment_id: str) -> dict[str, Any]:
    """End an appointment and return the page of what passed on."""
    because = fields.text(asked.body, "because", _REASON_MOST)
    return handover.leave(asked.db, asked.actor, asked.now, appointment_id, because)


@route("GET", "/api/handovers/<handover_id>", "officers")
def show_handover(asked: Asked, handover_id: str) -> dict[str, Any]:
    """Return the page of what passed from hand to hand."""
    return handover.show(asked.db, asked.actor, asked.now, handover_id)


def _choice(row: dict[str, Any]) -> appoint.Choice:
    result = row.get("result", {})
    if not isinstance(result, dict) or len(str(result)) > 4_000:
        raise Problem("wire.not_object")
    return appoint.Choice(
        fields.text(row, "unit_id"),
        fields.text(row, "officer_id"),
        _optional(row, "post") or "chief",
        _optional(row, "how") or "named",
        fields.flag(row, "acting") if "acting" in row else False,
        _optional(row, "reason", _REASON_MOST),
        _optional(row, "elected_on"),
        result,
        _optional(row, "proposed"),
        _optional(row, "replaces"),
    )


def _optional(body: dict[str, Any], key: str, most: int = 200) -> str:
    return fields.text(body, key, most) if body.get(key) is not None else ""


def _titled(item: dict[str, Any], lang: str) -> dict[str, Any]:
    """Add to each post what it is called."""
    for post in item["posts"]:
        post["title"] = sentences_posts.title(post["level"], post["post"], lang)
    return item


def _named(chain: dict[str, Any], lang: str) -> dict[str, Any]:
    """Add to each step of a contact chain what its chief and the seats of its team are called."""
    for step in chain["steps"]:
        step["title"] = sentences_posts.title(step["level"], "chief", lang)
        for seat in step["team"]:
            seat["title"] = sentences_posts.title(step["level"], seat["post"], lang)
    return chain
