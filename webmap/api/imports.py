from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, send_file

from geodata.actions import uploads
from geodata.actions.choices import Choices
from geodata.rules.problems import Problem
from webmap import fields, sentences, session, words
from webmap.api.jobs import job_reply
from webmap.routes import Asked, route
from webmap.wire import Reply

if TYPE_CHECKING:
    from geodata.actions.intake import Preview

FIELDS = {
    "units": ("code", "name", "parent", "kind", "homes"),
    "households": ("code", "village", "zu", "lon", "lat", "x", "y", "address", "building", "entrance", "floor", "room",
                   "priority", "head_name", "phone"),
    "barriers": ("kind", "name"),
    "officers": ("name", "code", "phone", "id_no", "village", "household", "lon", "lat", "x", "y", "party", "tags",
                 "vetting", "vetted_on", "vetted_by", "away", "training_due", "training_done"),
    "categories": ("code", "name", "kind", "major", "grade", "level", "office_code", "keywords", "restricted",
                   "name_en", "symbol", "retired", "scheme", "version"),
    "offices": ("code", "name", "unit", "retired"),
    "holidays": ("day", "kind"),
    "faq": ("question", "answer", "category", "retired"),
    "issues": ("reference", "category", "text", "at", "place", "unit", "zu", "lon", "lat", "x", "y", "state", "closed",
               "source", "grade", "platform"),
}  # fmt: skip
REQUIRED = {
    "units": ("code", "name"), "households": ("code",), "barriers": (), "officers": ("name",),
    "categories": ("code", "name"), "offices": ("code", "name"), "holidays": ("day",), "faq": ("question", "answer"),
    "issues": ("reference", "category"),
}  # fmt: skip

_UNKNOWN_MOST = 50


@route("POST", "/api/imports", "import")
def bring(asked: Asked) -> Reply:
    """Receive a file and return its preview; nothing of it is in the net yet."""
    file = request.files.get("file")
    if file is None:
        raise Problem("wire.missing", field="file")
    form = request.form
    choices = Choices(form.get("kind", ""), form.get("level", ""), form.get("layer") or None,
                      platform=form.get("platform", "").strip()[:60])  # fmt: skip
    batch_id = uploads.receive(
        asked.db, asked.actor, asked.now, file.filename or "", choices, lambda path: file.save(path)
    )
    try:
        return Reply(_shown(asked, batch_id), 201)
    except Problem:
        uploads.forget(session.get_store(), batch_id)
        raise


@route("GET", "/api/imports", "import")
def list_imports(asked: Asked) -> dict[str, Any]:
    """Return a page of one's own imports, newest first."""
    after, limit = asked.page()
    rows = uploads.page(asked.db, asked.actor, asked.now, after, limit)
    items = [
        {"id": r.id, "kind": r.kind, "filename": r.filename, "state": r.state, "at": r.at, "by": r.by,
         "counts": r.counts, "job": r.job_id, "rows": sum(r.counts.values()) if r.counts else None}
        for r in rows
    ]  # fmt: skip
    return {"items": items, "next": rows[-1].id if len(rows) == limit else None}


@route("GET", "/api/imports/<batch_id>", "import")
def show_import(asked: Asked, batch_id: str) -> dict[str, Any]:
    """Return an import, with its preview while it waits for confirmation."""
    return _shown(asked, batch_id)


@route("POST", "/api/imports/<batch_id>", "import")
def choose(asked: Asked, batch_id: str) -> dict[str, Any]:
    """Change the mapping, coordinate system, layer or level and return the preview again."""
    body = asked.body
    named = ("crs", "layer", "level", "platform")
    chosen: dict[str, Any] = {key: fields.text(body, key).strip() for key in named if body.get(key)}
    for key in ("mapping", "categories"):
        if key in body:
            chosen[key] = fields.texts(body, key)
    if "swapped" in body:
        chosen["swapped"] = fields.flag(body, "swapped")
    uploads.choose(asked.db, asked.actor, asked.now, batch_id, chosen)
    return _shown(asked, batch_id)


@route("POST", "/api/imports/<batch_id>/confirm", "import")
def confirm(asked: Asked, batch_id: str) -> Reply:
    """Start taking the file in."""
    return job_reply(uploads.confirm(asked.db, asked.actor, asked.now, batch_id, asked.lang))


@route("GET", "/api/imports/<batch_id>/refused.xlsx", "import")
def refused(asked: Asked, batch_id: str) -> Response:
    """Return the refused rows as a file to mend and load again."""
    uploads.batch(asked.db, asked.actor, batch_id)
    path = uploads.report_path(session.get_store(), batch_id)
    if not path.exists():
        raise Problem("import.nothing_refused")
    return send_file(path, as_attachment=True, download_name="refused.xlsx")


def _shown(asked: Asked, batch_id: str) -> dict[str, Any]:
    row, preview = uploads.show(asked.db, asked.actor, asked.now, batch_id)
    shown = {"id": row.id, "kind": row.kind, "level": row.choices.get("level", ""), "filename": row.filename,
             "state": row.state, "job": row.job_id, "counts": row.counts}  # fmt: skip
    return shown if preview is None else {**shown, **_preview(preview, row, asked.lang)}


def _preview(preview: Preview, row: Any, lang: str) -> dict[str, Any]:
    known, kind, layer = preview.understood, row.kind, row.choices.get("layer")
    labels = words.EN if lang == "en" else words.ZH
    xs, ys = [p[0] for p in preview.points_ll], [p[1] for p in preview.points_ll]
    return {
        "encoding": known.sheet.encoding,
        "layers": known.sheet.layers,
        "layer": layer or (known.sheet.layers[0] if known.sheet.layers else None),
        "columns": preview.headers,
        "fields": [
            {"field": name, "label": _label(kind, name, labels), "required": name in REQUIRED[kind]}
            for name in FIELDS[kind]
        ],
        "mapping": known.mapping,
        "mapping_remembered": known.remembered,
        "rows": known.sheet.rows,
        "partial": preview.partial,
        "sample": preview.sample,
        "notes": [sentences.note(note, lang) for note in known.sheet.notes],
        "crs": {**_crs(known.crs, lang), "alternatives": [_crs(other, lang) for other in known.crs.alternatives]},
        **({"platform": row.choices.get("platform", ""), "unknown": _unknown(known)} if kind == "issues" else {}),
        "points": preview.points_ll,
        "bbox": [min(xs), min(ys), max(xs), max(ys)] if xs else None,
        **preview.counts,
        "problem": preview.problem and _problem(preview.problem, lang),
        "refusals": [
            {"row": r.row, "field": r.field, "value": r.value, "sentence": sentences.by_code(r.code, r.values, lang)}
            for r in known.refusals[:50]
        ],
    }


def _unknown(known: Any) -> list[str]:
    """Return the words of another platform's file that stand for no category yet, for a person to say."""
    found = {r.value: None for r in known.refusals if r.code == "outside.unknown_category"}
    return list(found)[:_UNKNOWN_MOST]


def _label(kind: str, name: str, labels: dict[str, str]) -> str:
    """Return what a field is called: in a list of people some are called otherwise than in a list of homes."""
    return labels.get(f"field.{kind}.{name}") or labels.get(f"field.{name}", name)


def _problem(problem: Problem, lang: str) -> dict[str, str]:
    """Return why no row is accepted yet: another mapping or coordinate system mends it."""
    return {"code": problem.code, "message": sentences.problem(problem, lang)}


def _crs(guess: Any, lang: str) -> dict[str, Any]:
    return {
        "crs": guess.crs,
        "reason": guess.reason,
        "swapped": guess.swapped,
        "confidence": guess.confidence,
        "sentence": sentences.crs(guess, lang),
    }
