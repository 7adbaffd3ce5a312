"""The board: hotspots, heat, patterns, silent units, figures, and what the drawer tells of a unit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import request

from geodata.files.heat_picture import paint
from survey.actions import board, board_layers, board_read, board_unit
from survey.actions.board_ground import look
from survey.rules.board_query import BoardQuery, board_query
from survey.rules.figures import FIGURES
from webmap import sentences_board
from webmap.routes import Asked, route
from webmap.wire import Reply

_LAYERS: dict[str, Callable[..., dict[str, Any]]] = {
    "hotspots": board_layers.hotspots, "patterns": board_layers.patterns, "silent": board_layers.silent,
}  # fmt: skip


@route("GET", "/api/board/figures", "issues")
def show_figures(asked: Asked) -> Reply:
    """Return the figures of a ground with their definitions, beside the period before and the year before."""

    def make() -> dict[str, Any]:
        told = board.figures(asked.db, asked.actor, asked.now, _query(asked))
        return {**told, "defined": defined(asked.lang)}

    return _once(asked, make)


@route("GET", "/api/board/hotspots", "issues")
def show_hotspots(asked: Asked) -> Reply:
    """Return the hotspots of a level as GeoJSON, each with its sentence, and what was tested."""

    def make() -> dict[str, Any]:
        seen = look(asked.db, asked.actor, asked.now, _query(asked))
        told = board_layers.hotspots(asked.db, seen)
        bears = told["bearing"]["bears"]
        better = "" if bears else board_layers.advice(asked.db, seen, told["level"])
        names = told.pop("level_names")
        for one in told["places"]:
            one["sentence"] = sentences_board.place({**one, "hot": True}, asked.lang)
        return {
            **_said(told, asked.lang), "try": better, "tested": sentences_board.tested(told["null"], asked.lang),
            "caution": "" if told["places"] else sentences_board.bearing(told["bearing"], better, names, asked.lang),
        }  # fmt: skip

    return _once(asked, make)


@route("GET", "/api/board/patterns", "issues")
def show_patterns(asked: Asked) -> Reply:
    """Return what became of hotspots over twelve months as GeoJSON."""
    return _layer(asked, "patterns")


@route("GET", "/api/board/silent", "issues")
def show_silent(asked: Asked) -> Reply:
    """Return the silent units as GeoJSON, each with its sentence."""
    return _layer(asked, "silent")


@route("GET", "/api/board/heat", "issues")
def show_heat(asked: Asked) -> Reply:
    """Return where the heat's picture lies and what it says; ``corners`` is null where there is nothing to show."""

    def make() -> dict[str, Any]:
        seen = look(asked.db, asked.actor, asked.now, _query(asked))
        found = board_layers.heat_of(seen)
        if found is None:
            return {"at": seen.at, "corners": None, "issues": 0, "bandwidth_m": 0, "most": 0.0}
        return {
            "at": seen.at, "corners": found.corners_ll.round(6).tolist(), "issues": found.issues,
            "bandwidth_m": round(found.bandwidth_m), "most": float(f"{found.density.max():.3g}"),
        }  # fmt: skip

    return _once(asked, make)


@route("GET", "/api/board/heat.png", "issues")
def heat_picture(asked: Asked) -> Reply:
    """Return the heat as a picture: one hue, clear where nothing is."""

    def make() -> bytes:
        found = board_layers.heat_of(look(asked.db, asked.actor, asked.now, _query(asked)))
        return paint(None if found is None else found.density)

    return _once(asked, make, "image/png")


@route("GET", "/api/board/times", "issues")
def show_times(asked: Asked) -> Reply:
    """Return the moments that the slider stops at, with how many issues were open then."""
    return _once(asked, lambda: {"items": board.times(look(asked.db, asked.actor, asked.now, _query(asked)))})


@route("GET", "/api/board/units/<unit_id>", "issues")
def show_unit(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return what the drawer tells of a unit."""
    told = board_unit.show(asked.db, asked.actor, asked.now, _query(asked), unit_id)
    hot = told["hot"]
    sentence = "" if hot is None else sentences_board.place(hot, asked.lang)
    return {**told, "summary": {**told["summary"], "defined": defined(asked.lang)}, "sentence": sentence}


def defined(lang: str) -> dict[str, dict[str, Any]]:
    """Return the definition of every figure in a language."""
    key = "en" if lang == "en" else "zh"
    return {
        name: {"title": one.titles[key], "formula": one.formulas[key], "top": one.tops[key],
               "bottom": one.bottoms[key], "unit": one.unit, "better": one.better, "source": one.source}
        for name, one in FIGURES.items()
    }  # fmt: skip


def _query(asked: Asked) -> BoardQuery:
    return board_query(asked.query)


def _layer(asked: Asked, name: str) -> Reply:
    def make() -> dict[str, Any]:
        return _said(_LAYERS[name](asked.db, look(asked.db, asked.actor, asked.now, _query(asked))), asked.lang)

    return _once(asked, make)


def _said(told: dict[str, Any], lang: str) -> dict[str, Any]:
    """Say of each place on the map in a sentence what its figures are; a pattern says it by its mark."""
    for feature in told["shapes"]["features"]:
        said = feature["properties"]
        said["name"] = sentences_board.name(said, lang)
        if said["mark"] in ("hot", "cold", "silent"):
            said["sentence"] = sentences_board.place(said, lang)
    for feature in told["dots"]["features"] if "dots" in told else ():
        feature["properties"]["name"] = sentences_board.name(feature["properties"], lang)
    return told


def _once(asked: Asked, make: Callable[[], Any], mimetype: str = "application/json") -> Reply:
    """Answer by the state of the data: who has it already is told so without anything being reckoned.

    The tag names the net's version, the last event, who asks, what, in which language, and of now the minute.
    """
    minute = "" if asked.text("at", "") else f"{asked.now:%Y%m%d%H%M}"
    known = (board_read.stamp_of(asked.db), asked.actor.scope("issues").paths, asked.actor.scope("restricted").paths,
             sorted(asked.query.items()), request.path, asked.lang, minute)  # fmt: skip
    tag = f'"{hashlib.sha256(repr(known).encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if request.headers.get("If-None-Match") == tag:
        return Reply(None, 304, headers)
    return Reply(make(), 200, headers, mimetype)
