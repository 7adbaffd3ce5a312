from __future__ import annotations

from typing import Any

from geodata.actions import jobs
from webmap import sentences
from webmap.routes import Asked, route
from webmap.wire import Reply


def job_reply(job_id: str) -> Reply:
    """Answer that a job was started: 202 with its id."""
    return Reply({"job": job_id}, 202)


def _shown(row: Any, lang: str) -> dict[str, Any]:
    error = row.error and {**row.error, "message": sentences.by_code(row.error["code"], row.error["values"], lang)}
    return {
        "id": row.id, "kind": row.kind, "state": row.state, "share": row.share, "message": row.message,
        "result": row.result, "error": error, "at": row.at, "by": row.by,
    }  # fmt: skip


@route("GET", "/api/jobs", "see")
def list_jobs(asked: Asked) -> dict[str, Any]:
    """Return a page of one's own jobs, newest first."""
    after, limit = asked.page()
    rows = jobs.page(asked.db, asked.actor, asked.now, after, limit)
    return {"items": [_shown(row, asked.lang) for row in rows], "next": rows[-1].id if len(rows) == limit else None}


@route("GET", "/api/jobs/<job_id>", "see")
def show_job(asked: Asked, job_id: str) -> dict[str, Any]:
    """Return how far a job is."""
    return _shown(jobs.show(asked.db, asked.actor, asked.now, job_id), asked.lang)


@route("POST", "/api/jobs/<job_id>/cancel", "see")
def cancel_job(asked: Asked, job_id: str) -> None:
    """Ask a job to stop at its next step."""
    jobs.cancel(asked.db, asked.actor, asked.now, job_id)
