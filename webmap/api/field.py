"""The phone in the field: what it holds, what it did meanwhile, and what was found otherwise."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

from flask import request

from geodata.rules.problems import Problem
from survey.actions import burdens, field_batch, field_scope, findings, shelf
from survey.rules.field_items import ITEMS_MOST
from webmap import errors, fields, sentences
from webmap.routes import Asked, route
from webmap.wire import Reply, dumps

_KEPT = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}


@route("GET", "/api/field/scope", "report")
def show_scope(asked: Asked) -> Reply:
    """Return all that a phone holds for its person; 304 where nothing of it has changed."""
    document = field_scope.scope(asked.db, asked.actor, asked.now)
    tag = hashlib.sha256(dumps(document).encode()).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', **_KEPT}
    if request.if_none_match.contains_weak(tag):
        return Reply(None, 304, headers)
    field_scope.handed_out(asked.db, asked.actor, asked.now, document["posts"])
    body = dumps({**document, "at": asked.now}).encode()
    if not request.accept_encodings["gzip"]:
        return Reply(body, 200, headers, "application/json; charset=utf-8")
    packed = gzip.compress(body, 6)
    return Reply(packed, 200, {**headers, "Content-Encoding": "gzip"}, "application/json; charset=utf-8")


@route("POST", "/api/field/batch", "report", writes=False)  # the action writes in short transactions of its own
def take_batch(asked: Asked) -> dict[str, Any]:
    """Take what a phone did without signal, at most 200 things: each answered for on its own."""
    items = asked.body.get("items")
    if not isinstance(items, list):
        raise Problem("wire.not_list", field="items")
    if len(items) > ITEMS_MOST:
        raise Problem("wire.too_long", field="items", most=ITEMS_MOST)
    done = field_batch.take(asked.db, asked.actor, asked.now, items)
    told = [_told(one, asked.lang) for one in done]
    return {"sanzhang": True, "least_client": field_scope.LEAST_CLIENT,
            "net_version": field_batch.net_version(asked.db), "items": told}  # fmt: skip


def _told(one: field_batch.Outcome, lang: str) -> dict[str, Any]:
    if one.problem is None:
        return {"id": one.id, "status": 201 if one.is_new else 200, "result": one.result}
    status = 500 if one.problem.code == "defect" else errors.status_of(one.problem.code)
    message = sentences.problem(one.problem, lang)
    return {"id": one.id, "status": status,
            "error": {"code": one.problem.code, "message": message, "values": one.problem.values}}  # fmt: skip


@route("GET", "/api/field/shelf", "report|desk")
def list_shelf(asked: Asked) -> dict[str, Any]:
    """Return what was refused and still waits for a person; ``all=1`` with what was dealt with."""
    found = shelf.listed(asked.db, asked.actor, asked.now, settled=asked.text("all", "") == "1")
    return {"items": [_with_sentence(one, asked.lang) for one in found["items"]]}


@route("POST", "/api/field/shelf/<item_id>/settle", "report|desk")
def settle_shelf(asked: Asked, item_id: str) -> dict[str, Any]:
    """Close an item with a word on what was done: {"answer"}."""
    answer = fields.text(asked.body, "answer", shelf.ANSWER_MOST)
    return _with_sentence(shelf.settle(asked.db, asked.actor, asked.now, item_id, answer), asked.lang)


def _with_sentence(item: dict[str, Any], lang: str) -> dict[str, Any]:
    return {**item, "message": sentences.by_code(item["code"], item["values"], lang)}


@route("PUT", "/api/findings/<finding_id>", "handle")
def put_finding(asked: Asked, finding_id: str) -> Reply:
    """Tell that a home is new, gone or not as the register says, under an id that the client made."""
    row, is_new = findings.tell(asked.db, asked.actor, asked.now, fields.made_id(finding_id), asked.body)
    return Reply(findings.shown(asked.db, asked.actor, row), 201 if is_new else 200)


@route("GET", "/api/findings", "handle|desk")
def list_findings(asked: Asked) -> dict[str, Any]:
    """Return a page of findings: one's own, and those of the ground whose desk one is."""
    after, limit = asked.page()
    unit, state = asked.text("unit", ""), asked.text("state", "")
    return findings.page(asked.db, asked.actor, asked.now, unit, state, after, limit)


@route("POST", "/api/findings/<finding_id>/settle", "desk")
def settle_finding(asked: Asked, finding_id: str) -> dict[str, Any]:
    """Take a finding into the register, or say why not: {"take", "answer"}."""
    take, answer = fields.flag(asked.body, "take"), fields.text(asked.body, "answer", findings.ANSWER_MOST)
    return findings.settle(asked.db, asked.actor, asked.now, finding_id, take=take, answer=answer)


@route("PUT", "/api/burdens/<burden_id>", "")
def put_burden(asked: Asked, burden_id: str) -> Reply:
    """Count that a form is a burden: {"form"}; who said so is not kept."""
    is_new = burdens.tell(asked.db, asked.actor, asked.now, fields.made_id(burden_id), asked.body)
    return Reply({"counted": True}, 201 if is_new else 200)


@route("GET", "/api/burdens", "issues")
def count_burdens(asked: Asked) -> dict[str, Any]:
    """Return how often each form was called a burden, by town, from a day until another."""
    return burdens.counts(asked.db, asked.actor, asked.now, asked.text("from", ""), asked.text("to", ""))
