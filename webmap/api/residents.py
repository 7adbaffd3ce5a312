"""Residents: reports without an account, where the county switched them on, and the desk that lets them through."""

from __future__ import annotations

from typing import Any

from flask import request

from survey.actions import residents
from webmap import fields
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("GET", "/api/public/report", None)
def show_opening(asked: Asked) -> dict[str, Any]:
    """Return what the page shows before anything is reported: common questions and categories."""
    return residents.opening(asked.db, asked.actor, asked.now)


@route("PUT", "/api/public/reports/<report_id>", None)
def put_report(asked: Asked, report_id: str) -> Reply:
    """Take a report from somebody without an account; the answer is the code by which it is followed."""
    made_id = fields.made_id(report_id)
    code, is_new = residents.report(asked.db, asked.now, made_id, asked.body, request.remote_addr)
    return Reply({"code": code}, 201 if is_new else 200)


@route("GET", "/api/public/follow", None)
def follow(asked: Asked) -> dict[str, Any]:
    """Return how a report stands, for who holds its code."""
    return residents.follow(asked.db, asked.now, asked.text("code", "", 40))


@route("POST", "/api/public/rate", None)
def rate(asked: Asked) -> dict[str, Any]:
    """Rate what was done: {"code", "rating"}."""
    return residents.rate(
        asked.db, asked.now, fields.text(asked.body, "code", 40), fields.text(asked.body, "rating", 20)
    )


@route("GET", "/api/resident-reports", "desk")
def list_reports(asked: Asked) -> dict[str, Any]:
    """Return a page of what residents sent to one's ground; ``state`` is waiting, taken or refused."""
    after, limit = asked.page()
    return residents.page(asked.db, asked.actor, asked.now, asked.text("state", ""), after, limit)


@route("POST", "/api/resident-reports/<report_id>/settle", "desk")
def settle_report(asked: Asked, report_id: str) -> dict[str, Any]:
    """Let a report through as an issue, or say why not: {"take", "answer", "category_id"?}."""
    body = asked.body
    take, answer = fields.flag(body, "take"), fields.text(body, "answer", residents.ANSWER_MOST)
    category_id = fields.text(body, "category_id", 64) if "category_id" in body else ""
    return residents.settle(
        asked.db, asked.actor, asked.now, report_id, take=take, answer=answer, category_id=category_id
    )
