"""The board as a file in the reader's language: which writer makes which format, and what each is given."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.rules.hotspot_svg import COLD, draw_hotspots, grey, hot_colour
from geodata.rules.problems import Problem
from survey.rules.board_pack import Pack
from survey.rules.figures import ROW
from webmap import sentences_board
from webmap.files import BUILT

KINDS = {
    "html": "text/html", "pdf": "application/pdf", "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_FRAME_MM = (185.0, 164.0)
TEMPLATE = "brief.docx"


def make(pack: Pack, kind: str, lang: str, folder: Path) -> bytes:
    """Return a file of the board.

    Parameters
    ----------
    kind
        A key of ``KINDS``.
    folder
        Of the county: its own template of the brief and its own fonts lie there.

    Raises
    ------
    Problem
        ``file.kind_unknown``; ``board.no_font``, ``board.template_broken``.
    """
    words = sentences_board.file_words(lang)
    if kind == "xlsx":
        return _sheet(pack, words)
    if kind == "html":
        return _page(pack, words)
    if kind in ("pdf", "png"):
        return _picture(pack, kind, words, folder)
    if kind == "docx":
        return _brief(pack, words, folder)
    raise Problem("file.kind_unknown")


def template(folder: Path, lang: str) -> bytes:
    """Return the county's template of the brief, else the one that it starts from."""
    from geodata.files.board import default_template

    own = folder / TEMPLATE
    return own.read_bytes() if own.is_file() else default_template(sentences_board.file_words(lang))


def keep_template(folder: Path, body: bytes) -> None:
    """Keep a county's own template of the brief, once it could be filled.

    Raises
    ------
    Problem
        ``board.template_broken`` (why).
    """
    from geodata.files.board import TEMPLATE_MOST, write_brief
    from geodata.files.heat_picture import paint

    if len(body) > TEMPLATE_MOST:
        raise Problem("board.template_broken", why=f"> {TEMPLATE_MOST // 1_000_000} MB")
    nothing: dict[str, Any] = {
        "where": "",
        "day": "",
        "title": "",
        "main": [],
        "figures": [],
        "places": [],
        "notes": [],
    }
    write_brief(body, nothing, paint(None))
    (folder / TEMPLATE).write_bytes(body)


def _brief(pack: Pack, words: Mapping[str, str], folder: Path) -> bytes:
    from geodata.files.board import write_brief

    values = {
        "where": pack.where, "day": pack.day, "title": pack.title, "main": _main(pack), "figures": pack.figures,
        "places": pack.places, "notes": _notes(pack, words),
    }  # fmt: skip
    return write_brief(template(folder, words["lang"]), values, _picture(pack, "png", words, folder))


def _main(pack: Pack) -> list[dict[str, str]]:
    return [one for one in pack.figures if one["name"] in ROW]


def _notes(pack: Pack, words: Mapping[str, str]) -> list[str]:
    return [*([words["synthetic"]] if pack.synthetic else []), *pack.notes]


def _picture(pack: Pack, kind: str, words: Mapping[str, str], folder: Path) -> bytes:
    from geodata.files.board import typeset

    svg = draw_hotspots(pack.shapes_xy, pack.open.tolist(), pack.marks, pack.q.tolist(), _FRAME_MM)
    document = {
        "title": pack.title, "where": pack.where, "day": pack.day, "level": pack.level_name, "svg": svg,
        "figures": _main(pack), "places": pack.places[:8], "notes": pack.notes, "words": dict(words),
        "synthetic": pack.synthetic,
    }  # fmt: skip
    return typeset(document, kind, folder / "fonts")


def _sheet(pack: Pack, words: Mapping[str, str]) -> bytes:
    from geodata.files.write import write_xlsx

    columns = ("figure", "value", "top", "bottom", "before", "year", "formula")
    fields = ("title", "value", "top", "bottom", "before", "year", "formula")
    rows = [[one[field] for field in fields] for one in pack.figures]
    rows += [["", "", "", "", "", "", note] for note in (f"{words['day']} {pack.day}", *_notes(pack, words))]
    units = [
        [code, sentences_board.name({"name": name}, words["lang"]), homes, words["hidden"] if count < 0 else count,
         words.get(mark, "")]
        for code, name, homes, count, mark in zip(
            pack.codes, pack.names, pack.homes.tolist(), pack.open.tolist(), pack.marks, strict=True)
    ]  # fmt: skip
    heads = [words[one] for one in ("code", "name", "homes", "open", "mark")]
    with tempfile.TemporaryDirectory(prefix="sanzhang-") as made:
        path = Path(made) / "board.xlsx"
        write_xlsx(path, {words["figures"]: ([words[one] for one in columns], rows), words["units"]: (heads, units)})
        return path.read_bytes()


def _page(pack: Pack, words: Mapping[str, str]) -> bytes:
    from geodata.files.board_html import write_page

    most = max(pack.open.tolist(), default=0)
    features = []
    for row, shape in enumerate(pack.shapes_ll):
        if shape is None or shape.is_empty:
            continue
        count, mark = int(pack.open[row]), pack.marks[row]
        colour = hot_colour(float(pack.q[row])) if mark == "hot" else COLD if mark == "cold" else grey(count, most)
        said = f"{words['open']} {words['hidden'] if count < 0 else count}　{words['homes']} {int(pack.homes[row])}"
        said += f"　{words[mark]}" if mark else ""
        name = sentences_board.name({"name": pack.names[row]}, words["lang"])
        told = {"row": row, "name": _plain(name), "said": _plain(said), "mark": mark, "colour": colour}
        features.append({"type": "Feature", "geometry": shape.__geo_interface__, "properties": told})
    heat = [[lat, lon, count] for (lon, lat), count in zip(pack.place_ll.tolist(), pack.open.tolist(), strict=True)
            if count > 0]  # fmt: skip
    lines = [f"{words['day']} {pack.day}　{pack.level_name}", *(pack.places or [words["no_places"]]), words["legend"]]
    told_above = {
        "title": f"{pack.where} · {pack.title}",
        "lines": [*lines, *_notes(pack, words)],
        "words": dict(words),
    }
    parts = tuple((BUILT / f"takeaway.{ending}").read_text(encoding="utf-8") for ending in ("js", "css"))
    collection = {"type": "FeatureCollection", "features": features}
    return write_page(collection, heat, pack.months, pack.series.tolist(), told_above, (parts[0], parts[1]))


def _plain(text: str) -> str:
    """Return a text that stays text where a map writes it into its page."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
