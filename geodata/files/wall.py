"""The wall map as a file: set by typst from plain values, with the fonts of the machine, asking no network."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from geodata.rules.problems import Problem

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei",
         "PingFang SC", "HarmonyOS Sans SC", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
         "Noto Serif CJK SC", "SimSun")  # fmt: skip
"""Families that hold Chinese, the first found is taken."""

PICTURE_PPI = 150.0
_TEMPLATE = Path(__file__).with_name("wall.typ")


def typeset(document: Mapping[str, Any], kind: str, font_folder: Path) -> tuple[bytes, str]:
    """Set a document of ``geodata.rules.wallmap_document.compose``.

    Parameters
    ----------
    document
        Plain values; every text in it is set as it is, none is read as markup.
    kind
        ``pdf``, or ``png`` for pictures of 150 dots an inch.
    font_folder
        Where a county may lay fonts of its own; it need not exist.

    Returns
    -------
    bytes
        The file.
    str
        Its ending: ``pdf``; ``png`` for one page, ``zip`` for the pictures of several.

    Raises
    ------
    Problem
        ``wall.no_font`` (known) where no font of the machine holds Chinese.
    """
    fonts = typst.Fonts(font_paths=[str(font_folder)] if font_folder.is_dir() else [])
    families = set(fonts.families())
    chinese = [family for family in FONTS if family in families]
    if not chinese:
        raise Problem("wall.no_font", known="、".join(FONTS[:4]))
    text = json.dumps({**document, "fonts": chinese[:1]}, ensure_ascii=False, allow_nan=False)
    made = typst.compile(
        _TEMPLATE.read_bytes(), font_paths=fonts, format="pdf" if kind == "pdf" else "png", ppi=PICTURE_PPI,
        sys_inputs={"document": text},
    )  # fmt: skip
    if isinstance(made, bytes):
        return made, kind
    if len(made) == 1:
        return made[0], kind
    return _packed(made), "zip"


def _packed(pictures: list[bytes]) -> bytes:
    """Pack the pictures of several pages, numbered, without pressing what is pressed already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, picture in enumerate(pictures, start=1):
            archive.writestr(zipfile.ZipInfo(f"{number:02d}.png", (1980, 1, 1, 0, 0, 0)), picture)
    return out.getvalue()
