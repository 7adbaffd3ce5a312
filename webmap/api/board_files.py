"""The board taken away: one file of what is shown, and the template of the brief."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import request

from geodata.rules.problems import Problem
from survey.actions import board_sensitive
from survey.actions.board_pack import FORMATS, pack
from survey.rules.board_query import board_query
from webmap import board_files, sentences_board
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("GET", "/api/board/file", "issues", writes=True)
def take_file(asked: Asked) -> Reply:
    """Return the board of a query as HTML, PDF, PNG, XLSX or DOCX; who took it out is in the audit."""
    kind = asked.text("format")
    if kind not in FORMATS:
        raise Problem("file.kind_unknown")
    words = sentences_board.file_words(asked.lang)
    made = pack(asked.db, asked.actor, asked.now, board_query(asked.query),
                lambda row: sentences_board.place(row, asked.lang), words)  # fmt: skip
    body = board_files.make(made, kind, asked.lang, asked.db.store.folder)
    return _file(body, f"{made.where}{words['title']}-{made.day}", kind)


@route("GET", "/api/board/template", "settings")
def get_template(asked: Asked) -> Reply:
    """Return the template of the brief, to be edited in Word."""
    return _file(board_files.template(asked.db.store.folder, asked.lang), "brief", "docx")


@route("PUT", "/api/board/template", "settings")
def put_template(asked: Asked) -> None:
    """Keep the county's own template of the brief; one that cannot be filled is refused."""
    board_files.keep_template(asked.db.store.folder, request.get_data(cache=True))


@route("GET", "/api/board/sensitive", "settings")
def show_sensitive(asked: Asked) -> dict[str, Any]:
    """Return the sensitive places as GeoJSON: what lies in them is in no file that is handed on."""
    return board_sensitive.show(asked.db)


@route("PUT", "/api/board/sensitive", "settings")
def set_sensitive(asked: Asked) -> dict[str, Any]:
    """Replace the sensitive places by a GeoJSON collection of polygons in degrees (EPSG:4490)."""
    return board_sensitive.put(asked.db, asked.actor, asked.now, asked.body)


def _file(body: bytes, name: str, kind: str) -> Reply:
    said = {"Content-Disposition": f"attachment; filename=board.{kind}; filename*=UTF-8''{quote(f'{name}.{kind}')}"}
    return Reply(body, 200, said, board_files.KINDS[kind])
