"""The board as files that are handed on: a sheet (PDF, PNG), a web page that needs no network, a brief for Word."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from docx import Document
from docx.opc.exceptions import OpcError
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from geodata.files.wall import FONTS
from geodata.rules.problems import Problem

PICTURE_PPI = 150.0
_SHEET = Path(__file__).with_name("board.typ")
TEMPLATE_MOST = 5_000_000
_UNPACKED_MOST = 50_000_000


def typeset(document: Mapping[str, Any], kind: str, font_folder: Path) -> bytes:
    """Set the board's sheet as ``pdf`` or ``png``.

    Parameters
    ----------
    document
        ``title``, ``where``, ``day``, ``level``, ``svg``, ``figures``, ``places``, ``notes``, ``words``, ``synthetic``.

    Raises
    ------
    Problem
        ``board.no_font`` (known).
    """
    fonts = typst.Fonts(font_paths=[str(font_folder)] if font_folder.is_dir() else [])
    families = set(fonts.families())
    chinese = [family for family in FONTS if family in families]
    if not chinese:
        raise Problem("board.no_font", known="、".join(FONTS[:4]))
    text = json.dumps({**document, "fonts": chinese[:1]}, ensure_ascii=False, allow_nan=False)
    made = typst.compile(
        _SHEET.read_bytes(), font_paths=fonts, format="pdf" if kind == "pdf" else "png", ppi=PICTURE_PPI,
        sys_inputs={"document": text},
    )  # fmt: skip
    return made if isinstance(made, bytes) else made[0]


def default_template(words: Mapping[str, str]) -> bytes:
    """Return the template of the brief that a county starts from, to be edited in Word.

    Its fields are those of ``write_brief``; whatever else stands in it stays as it is.
    """
    made = Document()
    made.styles["Normal"].font.name = FONTS[0]
    made.styles["Normal"].font.size = Pt(12)
    made.add_heading("{{ where }}" + words["title"], 0)
    made.add_paragraph(words["day"] + " {{ day }}")
    made.add_paragraph("{% for one in main %}{{ one.title }} {{ one.value }}（{{ one.top }} / {{ one.bottom }}，"
                       + words["before"] + " {{ one.before }}，" + words["year"]
                       + " {{ one.year }}）{% if not loop.last %}；{% endif %}{% endfor %}。")  # fmt: skip
    made.add_heading(words["places"], 1)
    made.add_paragraph("{%p for one in places %}")
    made.add_paragraph("{{ one }}", style="List Number")
    made.add_paragraph("{%p endfor %}")
    made.add_paragraph("{%p if not places %}")
    made.add_paragraph(words["no_places"])
    made.add_paragraph("{%p endif %}")
    made.add_paragraph("{{ map }}")
    made.add_heading(words["figures"], 1)
    _template_table(made, words)
    made.add_paragraph("{%p for one in notes %}")
    made.add_paragraph("{{ one }}")
    made.add_paragraph("{%p endfor %}")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _template_table(made: Any, words: Mapping[str, str]) -> None:
    columns = (("figure", "title"), ("value", "value"), ("before", "before"), ("year", "year"), ("formula", "formula"))
    table = made.add_table(rows=4, cols=len(columns), style="Table Grid")
    for column, (head, field) in enumerate(columns):
        table.cell(0, column).text = words[head]
        table.cell(2, column).text = "{{ one." + field + " }}"
    table.cell(1, 0).text = "{%tr for one in figures %}"
    table.cell(3, 0).text = "{%tr endfor %}"


def _require_sound(template: bytes) -> None:
    """Refuse what unpacks to more than any brief would."""
    with zipfile.ZipFile(io.BytesIO(template)) as parts:
        if sum(part.file_size for part in parts.infolist()) > _UNPACKED_MOST:
            raise ValueError("unpacked too large")


def write_brief(template: bytes, values: Mapping[str, Any], picture: bytes) -> bytes:
    """Fill a template of the brief: ``where``, ``day``, ``main``, ``figures``, ``places``, ``notes``, and ``map``.

    A county edits the template, so it is run where it reaches nothing but these values.

    Raises
    ------
    Problem
        ``board.template_broken`` (why).
    """
    try:
        _require_sound(template)
        document = DocxTemplate(io.BytesIO(template))
        drawn = InlineImage(document, io.BytesIO(picture), width=Mm(160))
        document.render({**values, "map": drawn}, SandboxedEnvironment(autoescape=True))
        out = io.BytesIO()
        document.save(out)
    except (TemplateError, OpcError, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise Problem("board.template_broken", why=str(error)[:120]) from error
    return out.getvalue()
