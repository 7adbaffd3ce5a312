"""The board at the command line: the hotspots of a level as of a day."""

from __future__ import annotations

import click

from geodata.rules.actors import OPERATOR
from survey.actions import board_layers
from survey.actions.board_ground import look
from survey.rules.board_query import GRID_LEVELS, UNIT_LEVELS, BoardQuery
from webmap import sentences_board, session
from webmap.cli.frame import Frame, command
from webmap.cli.plans import unit_id_of


@click.command()
@click.option("--at", default="", metavar="DATE", help="as of the end of a day; now without")
@click.option("--level", type=click.Choice([*UNIT_LEVELS, *GRID_LEVELS]), help="the finest that bears the data without")
@click.option("--unit", "code", default="", metavar="CODE", help="the ground of one unit; all without")
@command
def hotspots(frame: Frame, at: str, level: str | None, code: str) -> None:
    """Say where unsolved issues gather more than chance would have it, and what was tested."""
    query = BoardQuery(unit=unit_id_of(frame, code) if code else "", level=level or "", at=at)
    with frame.store.read() as db:
        seen = look(db, OPERATOR, session.now(), query)
        told = board_layers.hotspots(db, seen)
        names = told.pop("level_names")
        better = "" if told["bearing"]["bears"] else board_layers.advice(db, seen, told["level"])
    lines = [sentences_board.place({**one, "hot": True}, frame.lang) for one in told["places"]]
    for one, sentence in zip(told["places"], lines, strict=True):
        one["sentence"] = sentence
    caution = sentences_board.bearing(told["bearing"], better, names, frame.lang)
    lines = [*lines, sentences_board.tested(told["null"], frame.lang), *([caution] if caution else [])]
    answer = {
        key: told[key] for key in ("level", "at", "units", "issues", "homes", "null", "q_most", "band_m", "bearing")
    }
    frame.answer({**answer, "places": told["places"], "caution": caution}, "\n".join(lines))
