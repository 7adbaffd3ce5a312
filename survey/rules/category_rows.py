"""A county's own list of categories, row by row: what may be taken in, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.problems import Problem
from geodata.rules.table_cells import truth
from survey.rules.categories import KIND_OF, KINDS, LEVELS, SCHEME_OF, VERSION_OF, major_of
from survey.rules.category_words import checked_code, checked_name, choice_of, keywords_of, symbol_of
from survey.rules.deadlines import GRADES

FIELDS = (
    "scheme", "version", "code", "kind", "major", "name", "name_en", "grade", "level", "office_code", "restricted",
    "keywords", "symbol", "retired",
)  # fmt: skip
_LENGTHS = dict.fromkeys(FIELDS, 60) | {"name": 80, "name_en": 120, "major": 60, "keywords": 2_000}


def categories_from(frame: pd.DataFrame, mapping: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into categories that may be kept, and a reason for each row that may not.

    Parameters
    ----------
    frame
        A table; an index named ``row`` gives the rows' numbers in the file.
    mapping
        Field (``FIELDS``) to column; ``code`` and ``name`` are required. Where no scheme is given the kind tells it,
        where no kind is given the scheme does, and a code of the major 21 is ``local``. Where no version is given it
        is that of the list we ship.

    Returns
    -------
    tuple
        A GeoDataFrame without places: ``scheme, version, code, kind, major, name, name_en, grade, level, office_code,
        restricted`` (bool), ``keywords`` (list), ``symbol, retired`` (bool), ``row``; ``attrs["given"]`` names the
        fields that the file has. And the refusals: ``category.*``, ``code.*``, ``cell.*``.
    """
    check_mapping(frame, mapping, ("code", "name"))
    rows = Rows(frame, mapping)
    texts = {field: rows.texts(field, most) for field, most in _LENGTHS.items()}
    rows.refuse([at for at, text in enumerate(texts["code"]) if not text], "code", (), "code.missing")
    rows.refuse_lost_digits("code", texts["code"])
    columns: dict[str, list[object]] = {name: list(texts[name]) for name in ("name_en", "office_code")}
    columns["name"] = rows.each("name", texts["name"], checked_name)
    columns["grade"] = rows.each("grade", texts["grade"], lambda text: choice_of("grade", text or "ordinary", GRADES))
    columns["level"] = rows.each("level", texts["level"], lambda text: choice_of("level", text, LEVELS))
    columns["keywords"] = rows.each("keywords", texts["keywords"], keywords_of)
    columns["symbol"] = rows.each("symbol", texts["symbol"], symbol_of)
    columns["restricted"] = truth(texts["restricted"]).tolist()
    columns["retired"] = truth(texts["retired"]).tolist()
    _identify(rows, columns, texts)
    return rows.kept(columns), rows.finished()


def _identify(rows: Rows, columns: dict[str, list[object]], texts: Mapping[str, list[str]]) -> None:
    """Find kind, scheme, version, code and major of each row, and refuse what is identified twice."""
    count = len(rows.frame)
    kinds = rows.each(
        "kind", [_kind_text(texts, at) for at in range(count)], lambda text: choice_of("kind", text, KINDS)
    )
    widths = {kind: _width([texts["code"][at] for at in range(count) if kinds[at] == kind]) for kind in KINDS}
    columns |= {"kind": kinds, "scheme": [], "version": [], "code": [], "major": []}
    for at in range(count):
        kind, code = str(kinds[at]), texts["code"][at]
        if kind and code and not rows.bad[at]:
            try:
                code = checked_code(code, kind, widths[kind])
            except Problem as problem:
                rows.add(at, "code", code, problem.code, problem.values)
        scheme = texts["scheme"][at] or SCHEME_OF.get(kind, "")
        major, symbol = major_of(scheme, code)
        columns["symbol"][at] = columns["symbol"][at] or symbol
        values = (scheme, texts["version"][at] or VERSION_OF.get(scheme, "1"), code, texts["major"][at] or major)
        for name, value in zip(("scheme", "version", "code", "major"), values, strict=True):
            columns[name].append(value)
    _refuse_two_versions(rows, columns)
    named = zip(columns["scheme"], columns["version"], columns["code"], strict=True)
    rows.refuse_repeats([f"{scheme}:{version}:{code}" if code else "" for scheme, version, code in named])


def _refuse_two_versions(rows: Rows, columns: Mapping[str, list[object]]) -> None:
    """Refuse the rows of a scheme that a file gives in several versions: one is in force at a time."""
    versions: dict[object, set[object]] = {}
    for scheme, version in zip(columns["scheme"], columns["version"], strict=True):
        versions.setdefault(scheme, set()).add(version)
    several = [at for at, scheme in enumerate(columns["scheme"]) if len(versions[scheme]) > 1]
    rows.refuse(several, "version", [str(version) for version in columns["version"]], "category.two_versions")


def _kind_text(texts: Mapping[str, list[str]], at: int) -> str:
    """Return what a row says of its kind, by itself, by its scheme, or by a code of the major for extensions."""
    return texts["kind"][at] or KIND_OF.get(texts["scheme"][at], "local" if texts["code"][at].startswith("21") else "")


def _width(codes: list[str]) -> int:
    """Return how many digits the minors of a list have: three where a code of five digits is among them, else two."""
    return 3 if any(len(code) == 5 and code.isdigit() for code in codes) else 2
