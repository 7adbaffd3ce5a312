"""The register of people who may hold posts."""

from __future__ import annotations

from typing import Any

from geodata.rules.problems import Problem
from survey.actions import contacts, hidden, officers, take_officers
from survey.actions.writing import FIELDS
from webmap import fields, sentences_posts
from webmap.routes import Asked, route
from webmap.wire import Reply

_REGISTERED = (take_officers, hidden)
"""Importing them makes people a kind of file, and a thing that is told to be hidden."""
_FLAGS = ("party", "away")
_YES_OR_NO = ("party", "away", "retired", "idle")
_REASON_MOST = 500


@route("GET", "/api/officers", "officers")
def list_officers(asked: Asked) -> dict[str, Any]:
    """Return a page of the officers under a unit, by code."""
    after, limit = asked.page()
    words = {
        "tag": asked.text("tag", "", 20),
        "text": asked.text("q", "", 50),
        "vetting": asked.text("vetting", "", 20),
    }
    words |= {name: asked.text(name, "") == "1" for name in _YES_OR_NO}  # type: ignore[misc]
    found = officers.page(asked.db, asked.actor, asked.now, asked.text("unit", ""), words, after, limit)
    return {**found, "items": [_titled(item, asked.lang) for item in found["items"]]}


@route("POST", "/api/officers", "officers")
def add_officer(asked: Asked) -> Reply:
    """Put a person into the register."""
    return Reply(_titled(officers.add(asked.db, asked.actor, asked.now, _values(asked.body)), asked.lang), 201)


@route("GET", "/api/officers/doubles", "officers")
def list_doubles(asked: Asked) -> dict[str, Any]:
    """Return groups of people who may be one."""
    return officers.doubles(asked.db, asked.actor, asked.now, asked.text("unit", ""), asked.page()[1])


@route("GET", "/api/officers/<officer_id>", "officers")
def show_officer(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Return a person's card, telephone and ID number masked."""
    return _titled(officers.card(asked.db, asked.actor, asked.now, officer_id), asked.lang)


@route("PATCH", "/api/officers/<officer_id>", "officers")
def change_officer(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Change what is known of a person."""
    values = _values(asked.body)
    if "retired" in asked.body:
        values["retired"] = fields.flag(asked.body, "retired")
    return _titled(officers.change(asked.db, asked.actor, asked.now, officer_id, values), asked.lang)


@route("POST", "/api/officers/<officer_id>/unmask", "unmask")
def unmask_officer(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Return a person's card in full, after writing down who asked and why."""
    reason = fields.text(asked.body, "reason")
    return _titled(officers.unmask(asked.db, asked.actor, asked.now, officer_id, reason), asked.lang)


@route("POST", "/api/officers/<officer_id>/retire", "officers")
def retire_officer(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Take a person out of the living register; their posts end and pass on."""
    because = fields.text(asked.body, "because", _REASON_MOST)
    return _titled(officers.retire(asked.db, asked.actor, asked.now, officer_id, because), asked.lang)


@route("POST", "/api/officers/<officer_id>/merge", "officers")
def merge_officers(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Make another entry one with this."""
    other = fields.text(asked.body, "other")
    return _titled(officers.merge(asked.db, asked.actor, asked.now, officer_id, other), asked.lang)


@route("GET", "/api/officers/<officer_id>/households", "see_homes")
def homes_of_officer(asked: Asked, officer_id: str) -> dict[str, Any]:
    """Return a page of the homes that a chief answers for, masked."""
    after, limit = asked.page()
    return contacts.homes_of(asked.db, asked.actor, asked.now, officer_id, asked.text("unit", ""), after, limit)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a person that a body gives, each by its kind."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        if name not in body:
            continue
        if name in _FLAGS:
            values[name] = fields.flag(body, name)
        elif name == "tags":
            values[name] = fields.listed(body, name, 50)
        elif name == "place":
            values[name] = fields.place(body, name)
        else:
            values[name] = fields.text(body, name)
    if not values and "retired" not in body:
        raise Problem("wire.missing", field="name")
    return values


def _titled(card: dict[str, Any], lang: str) -> dict[str, Any]:
    """Add to each post of a person what it is called."""
    for name in ("posts", "history"):
        for post in card.get(name, ()):
            post["title"] = sentences_posts.title(post["level"], post["post"], lang)
    return card
