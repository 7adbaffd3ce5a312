"""The one table that turns a Problem into a status and a sentence; nothing else knows HTTP numbers."""

from __future__ import annotations

import logging
import uuid

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from geodata.rules.problems import Problem
from webmap import sentences
from webmap.wire import Reply, respond

log = logging.getLogger("sanzhang")

_STATUS = {
    "session.none": 401,
    "session.refused": 401,
    "session.wait": 429,
    "session.code_needed": 401,
    "session.bad_code": 401,
    "factor.must_enrol": 403,
    "factor.required": 409,
    "device.off": 409,
    "device.not_for_role": 403,
    "right.missing": 403,
    "wire.too_large": 413,
    "http.not_found": 404,
    "http.method": 405,
    "http.refused": 400,
    "csrf.refused": 400,
    "locate.outside": 404,
    "redraw.outside": 422,
    "password.must_change": 403,
    "password.spent": 401,
    "role.own": 403,
    "role.beyond": 403,
    "account.own": 403,
    "outside.bad_state": 401,
    "outside.refused": 401,
    "outside.unknown": 403,
    "outside.disabled": 403,
    "outside.not_ready": 503,
    "outside.crowded": 503,
    "outside.unreachable": 502,
    "officer.has_account": 409,
    "officer.account_beyond": 403,
    "account.has_officer": 409,
    "account.last_administrator": 409,
    "account.administrator_exists": 409,
    "import.county_only": 403,
    "plan.stale_revision": 409,
    "plan.not_open": 409,
    "plan.superseded": 409,
    "plan.replaced": 409,
    "plan.undone": 409,
    "store.busy": 503,
    "photo.cut_off": 400,
    "photo.too_big": 413,
    "photo.too_many": 429,
    "photo.too_slow": 408,
    "photo.heic": 415,
    "photo.not_image": 415,
    "photo.not_ready": 409,
    "notice.not_stuck": 409,
    "base_layer.no_token": 503,
    "base_tile.crowded": 503,
    "base_tile.refused": 502,
    "base_tile.unreachable": 502,
    "base_tile.not_image": 502,
    "base_tile.too_big": 502,
    "visit.gone": 410,
    "visit.home_gone": 410,
    "visit.other_body": 409,
    "visit.too_late": 409,
    "visit.off": 404,
    "finding.other_body": 409,
    "finding.home_gone": 410,
    "finding.settled": 409,
    "shelf.settled": 409,
    "burden.other_body": 409,
    "resident.off": 404,
    "resident.other_body": 409,
    "resident.too_many": 429,
    "resident.settled": 409,
    "resident.not_rateable": 409,
    "photo.not_sound": 415,
    "photo.sound_too_big": 413,
    "issue.gone": 410,
    "issue.step": 409,
    "issue.other_body": 409,
    "issue.not_yours": 403,
    "board.finding_taken": 409,
}
_WAIT = frozenset(
    {"session.wait", "store.busy", "photo.too_many", "resident.too_many"}
)  # those that say after how many seconds to come again
_BY_ENDING = {"not_found": 404, "outside": 404, "stale": 409, "not_last": 409, "taken": 409, "busy": 409, "full": 507}


def status_of(code: str) -> int:
    """Return the HTTP status of a Problem: by name, else by the ending of the name, else 422."""
    return _STATUS.get(code) or _BY_ENDING.get(code.rpartition(".")[2]) or (400 if code.startswith("wire.") else 422)


def answer(problem: Problem, lang: str) -> Response:
    """Return the response for a Problem in the reader's language."""
    values = {k: v for k, v in problem.values.items() if not k.startswith("_")}
    headers = {"Retry-After": str(int(values["seconds"]))} if problem.code in _WAIT and "seconds" in values else {}
    return respond(
        Reply(
            {"error": {"code": problem.code, "message": sentences.problem(problem, lang), "values": values}},
            status_of(problem.code),
            headers,
        )
    )


def install(app: Flask) -> None:
    """Answer every failure of an API route in one form; a defect gets a number that the log holds too."""

    def lang() -> str:
        return request.cookies.get("lang", "zh")

    @app.errorhandler(Problem)
    def on_problem(problem: Problem) -> Response:
        return answer(problem, lang())

    @app.errorhandler(CSRFError)
    def on_csrf(error: CSRFError) -> Response:
        return answer(Problem("csrf.refused"), lang())

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        names = {404: "http.not_found", 405: "http.method", 413: "wire.too_large"}
        return answer(Problem(names.get(error.code or 500, "http.refused")), lang())

    @app.errorhandler(Exception)
    def on_defect(error: Exception) -> Response:
        number = uuid.uuid4().hex[:8]
        log.exception("defect %s at %s %s", number, request.method, request.path)
        return respond(
            Reply(
                {
                    "error": {
                        "code": "defect",
                        "message": sentences.problem(Problem("defect", number=number), lang()),
                        "values": {"number": number},
                    }
                },
                500,
            )
        )
