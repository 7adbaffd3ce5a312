from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from geodata.files import wall
from geodata.rules.problems import Problem
from geodata.rules.wallmap import make_sheets
from geodata.rules.wallmap_document import Imprint, WallHome, compose
from geodata.rules.wallmap_tree import lay_tree
from tests.rules.wall_ground import NAMES, squares

IMPRINT = Imprint(
    "虚县东溪镇", dt.date(2026, 3, 6), dt.date(2026, 3, 7), "", "张干部", 111.0, "虚S(2026)1号", True, NAMES
)
NO_FONTS = Path("no-such-folder")


def document(parts: str = "map", name: str = "石桥村") -> dict[str, Any]:
    ground = squares(2, 2, 2)
    object.__setattr__(ground.units[0], "name", name)
    sheets = make_sheets(ground) if "map" in parts else []
    tree = lay_tree(ground.units, NAMES) if "tree" in parts else []
    homes = [WallHome(f"H{n}", f"石桥村{n}号", "1栋", "", "2", "p0z0l0") for n in range(9)] if "homes" in parts else []
    return compose(ground.units, IMPRINT, sheets, tree, homes)


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


def test_a_map_becomes_a_pdf_with_its_chinese_font_inside() -> None:
    """The file is a PDF that carries the font, so that it prints on any machine."""
    body, ending = wall.typeset(document("map tree homes"), "pdf", NO_FONTS)
    assert ending == "pdf"
    assert body.startswith(b"%PDF-")
    assert b"CJK" in body or b"/FontFile" in body
    assert b"%%EOF" in body[-20:]


def test_one_page_is_a_picture_and_several_are_packed() -> None:
    """A3 landscape at 150 dots an inch is 2480 by 1754; the list of homes is A4 upright."""
    body, ending = wall.typeset(document("map"), "png", NO_FONTS)
    assert (ending, size_of(body)) == ("png", (2480, 1754))
    body, ending = wall.typeset(document("map tree homes"), "png", NO_FONTS)
    assert ending == "zip"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        pictures = {name: size_of(archive.read(name)) for name in archive.namelist()}
    assert pictures == {"01.png": (2480, 1754), "02.png": (2480, 1754), "03.png": (1240, 1754)}


@pytest.mark.parametrize(
    "name", ["#panic()", "$ x", "[*村_", '"', '#read("/etc/passwd")', "<svg>&", "@preview/x", "\\"]
)
def test_a_name_is_never_read_as_markup(name: str) -> None:
    """What a cadre calls a village is set as it stands: it runs no code, opens no file and breaks nothing."""
    body, _ = wall.typeset(document("map tree homes", name), "pdf", NO_FONTS)
    assert body.startswith(b"%PDF-")
    assert b"root:" not in body


def test_without_a_chinese_font_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes are never printed: the refusal names fonts that would do."""
    monkeypatch.setattr(wall, "FONTS", ("No Such Sans",))
    with pytest.raises(Problem) as refused:
        wall.typeset(document(), "pdf", NO_FONTS)
    assert (refused.value.code, refused.value.values) == ("wall.no_font", {"known": "No Such Sans"})


def test_a_county_may_lay_fonts_beside_its_file(tmp_path: Path) -> None:
    """A folder of fonts is looked into where it is there."""
    body, _ = wall.typeset(document(), "pdf", tmp_path)
    assert body.startswith(b"%PDF-")


def test_no_network_is_asked() -> None:
    """The template uses no package, which is all that the typesetter would ever fetch."""
    template = Path(wall.__file__).with_name("wall.typ").read_text(encoding="utf-8")
    assert "@" not in template
    assert "import" not in template
