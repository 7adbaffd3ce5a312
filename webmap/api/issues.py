"""Issues: raised, taken, solved and answered; read as a list, a board, a map, a console and a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from geodata.rules.problems import Problem
from survey.actions import issue_files, issue_lists, issue_shown, issue_views, issues
from survey.actions.wishes import read_wish
from survey.rules.issue_query import IssueQuery, query_from
from webmap import errors, fields, sentences, words_issues
from webmap.routes import Asked, route
from webmap.wire import Reply

STEPS_MOST = 200
_READS = "issues|office|report"
_KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@route("GET", "/api/issues", _READS)
def list_issues(asked: Asked) -> dict[str, Any]:
    """Return a page of issues by a query."""
    after, limit = asked.page()
    return issue_lists.page(asked.db, asked.actor, asked.now, _query(asked), after, limit)


@route("GET", "/api/issues/board", _READS)
def show_board(asked: Asked) -> dict[str, Any]:
    """Return the columns of the board by a query."""
    return issue_lists.board(asked.db, asked.actor, asked.now, _query(asked))


@route("GET", "/api/issues/points", _READS)
def list_points(asked: Asked) -> dict[str, Any]:
    """Return issues as GeoJSON points by a query."""
    return issue_lists.points(asked.db, asked.actor, asked.now, _query(asked))


@route("GET", "/api/issues/console", _READS)
def show_console(asked: Asked) -> dict[str, Any]:
    """Return the trays of a desk, a chief or an office."""
    return issue_lists.console(asked.db, asked.actor, asked.now, asked.text("unit", ""))


@route("GET", "/api/issues/export", "issues", writes=True)
def export_issues(asked: Asked) -> Reply:
    """Return the issues of a query as CSV or XLSX; who took them out is in the audit."""
    kind = asked.text("format", "xlsx")
    if kind not in _KINDS:
        raise Problem("file.kind_unknown")
    with tempfile.TemporaryDirectory(prefix="sanzhang-") as folder:
        path = Path(folder) / f"issues.{kind}"
        issue_files.write(asked.db, asked.actor, asked.now, _query(asked), path, words_issues.words(asked.lang))
        body = path.read_bytes()
    name = f"{words_issues.words(asked.lang)['issues']}-{asked.now:%Y%m%d}.{kind}"
    said = {"Content-Disposition": f"attachment; filename=issues.{kind}; filename*=UTF-8''{quote(name)}"}
    return Reply(body, 200, said, _KINDS[kind])


@route("GET", "/api/issues/ledger", "issues")
def show_ledger(asked: Asked) -> dict[str, Any]:
    """Return the ledger of the three orders by a query."""
    return issue_files.ledger(asked.db, asked.actor, asked.now, _query(asked))


@route("GET", "/api/issues/views", _READS)
def list_views(asked: Asked) -> dict[str, Any]:
    """Return one's own saved views."""
    return {"items": issue_views.listed(asked.db, asked.actor, asked.now)}


@route("PUT", "/api/issues/views/<view_id>", _READS)
def put_view(asked: Asked, view_id: str) -> dict[str, Any]:
    """Keep a view of one's own: {"name", "query": {…}}."""
    body = asked.body
    name, query = fields.text(body, "name"), fields.texts(body, "query")
    return {"items": issue_views.keep(asked.db, asked.actor, asked.now, fields.made_id(view_id), name, query)}


@route("DELETE", "/api/issues/views/<view_id>", _READS)
def delete_view(asked: Asked, view_id: str) -> dict[str, Any]:
    """Forget a view of one's own."""
    return {"items": issue_views.forget(asked.db, asked.actor, asked.now, view_id)}


@route("GET", "/api/issues/<issue_id>", _READS)
def show_issue(asked: Asked, issue_id: str) -> dict[str, Any]:
    """Return one issue whole."""
    row = issues.require_readable(asked.db, asked.actor, issue_id)
    return issue_shown.whole(asked.db, asked.actor, asked.now, row)


@route("PUT", "/api/issues/<issue_id>", "report")
def put_issue(asked: Asked, issue_id: str) -> Reply:
    """Raise an issue under an id that the client made; the same again is the same issue."""
    row, is_new = issues.report(asked.db, asked.actor, asked.now, fields.made_id(issue_id), asked.body)
    return Reply(issue_shown.whole(asked.db, asked.actor, asked.now, row), 201 if is_new else 200)


@route("PUT", "/api/issues/<issue_id>/events/<event_id>", _READS)
def put_event(asked: Asked, issue_id: str, event_id: str) -> Reply:
    """Take a step under an id that the client made; the same again is the same step."""
    wish = read_wish(event_id, asked.body)
    row, is_new = issues.step(asked.db, asked.actor, asked.now, issue_id, wish)
    return Reply(issue_shown.whole(asked.db, asked.actor, asked.now, row), 201 if is_new else 200)


@route("PUT", "/api/issues/<issue_id>/voices/<event_id>", "report")
def put_voice(asked: Asked, issue_id: str, event_id: str) -> dict[str, int]:
    """Say "me too" to an issue near where one stands, under an id that the client made."""
    wish = read_wish(event_id, {**asked.body, "kind": "voiced"})
    return {"voices": issues.voice(asked.db, asked.actor, asked.now, issue_id, wish)}


@route("POST", "/api/issues/bulk", "desk")
def take_steps(asked: Asked) -> dict[str, Any]:
    """Take a step on many issues; what cannot be done is told one by one and keeps nothing else back."""
    done, refused = [], []
    for row in fields.objects(asked.body, "steps", STEPS_MOST):
        issue_id, event_id = fields.text(row, "issue_id"), fields.text(row, "event_id")
        try:
            issues.step(asked.db, asked.actor, asked.now, issue_id, read_wish(event_id, row))
        except Problem as problem:
            refused.append({"issue_id": issue_id, "code": problem.code, "status": errors.status_of(problem.code),
                            "message": sentences.problem(problem, asked.lang)})  # fmt: skip
        else:
            done.append(issue_id)
    return {"done": done, "refused": refused}


@route("POST", "/api/issues/<issue_id>/raiser", _READS)
def unmask_raiser(asked: Asked, issue_id: str) -> dict[str, str]:
    """Return name and telephone of who raised an issue, after writing down who asked and why."""
    reason = fields.text(asked.body, "reason")
    return issues.unmask_raiser(asked.db, asked.actor, asked.now, issue_id, reason)


def _query(asked: Asked) -> IssueQuery:
    return query_from(asked.query)
