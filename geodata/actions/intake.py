"""Files that people bring: read, understood, shown for confirmation, then taken in by one transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.actions.bringers import BRINGERS
from geodata.actions.choices import Choices, require_county
from geodata.actions.take_barriers import take_barriers
from geodata.actions.take_households import take_households, tell_apart
from geodata.actions.take_units import Taken, preview_units, take_units
from geodata.files.read import read_any
from geodata.files.sheet import Sheet
from geodata.files.write import write_refused
from geodata.rules import columns, intake
from geodata.rules.actors import Actor
from geodata.rules.detect import CrsGuess, detect_crs
from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem
from geodata.rules.table_cells import clean_texts
from geodata.rules.units import Level
from geodata.store import imports, units
from geodata.store.database import Db
from geodata.store.types import shapes_of

PREVIEW_ROWS = 5_000
"""Rows understood for a preview; the whole file is read when it is confirmed."""
SAMPLE_ROWS = 20
MAP_POINTS = 500


@dataclass
class Understood:
    """A file as it is understood: what its columns are, where its places are, what may be taken in and what not."""

    sheet: Sheet
    mapping: dict[str, str]
    remembered: bool
    crs: CrsGuess
    rows: gpd.GeoDataFrame
    refusals: list[Refusal]
    level: Level | None = None

    def hand_over(self) -> gpd.GeoDataFrame:
        """Return the rows and keep none: a county's homes as a frame are 150 MB that nobody needs twice."""
        rows, self.rows = self.rows, self.rows.iloc[:0].copy()
        return rows


@dataclass
class Preview:
    """What a person sees before confirming."""

    understood: Understood
    counts: dict[str, int]
    points_ll: list[tuple[float, float]] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    partial: bool = False
    problem: Problem | None = None


_MENDED_BY_CHOICE = (
    "import.no_column", "import.no_coordinates", "import.unknown_column", "crs.undetected", "outside.no_platform",
)  # fmt: skip
"""What another choice mends: the file is shown all the same, so that a person can choose."""


def understand(db: Db, path: Path, choices: Choices, limit: int | None = None) -> Understood:
    """Read a file and find out its columns, its coordinate system and its good and bad rows; nothing is written.

    Raises
    ------
    Problem
        What the readers raise (``file.*``, ``archive.*`` …), ``import.no_column`` and the like, and
        ``import.own_file`` for the county's own file: two readers in one process would break its locks.
    """
    _require_other(db, path)
    sheet = read_any(path, layer=choices.layer, limit=limit)
    headers = [str(name) for name in sheet.frame.columns if name != "geometry"]
    mapping, remembered = _mapping(db, choices, headers)
    county = ground_of_county(db)
    guess = _crs(db, sheet, mapping, choices, county)
    rows, refusals = _take(db, sheet, mapping, guess, county, choices)
    level = Level(choices.level) if choices.level else None
    return Understood(sheet, mapping, remembered, guess, rows, [*sheet.refusals, *refusals], level)


def _require_other(db: Db, path: Path) -> None:
    if db.embedded and path.exists() and path.samefile(db.store.target):
        raise Problem("import.own_file")


def recognised(db: Db, path: Path, choices: Choices) -> dict[str, str]:
    """Return the columns of a file as they are recognised or remembered."""
    _require_other(db, path)
    sheet = read_any(path, layer=choices.layer, limit=SAMPLE_ROWS)
    return _mapping(db, choices, [str(name) for name in sheet.frame.columns if name != "geometry"])[0]


def _mapping(db: Db, choices: Choices, headers: Sequence[str]) -> tuple[dict[str, str], bool]:
    if choices.mapping is not None:
        unknown = [column for column in choices.mapping.values() if column and column not in headers]
        if unknown:
            raise Problem("import.unknown_column", field="", column=unknown[0])
        return {k: v for k, v in choices.mapping.items() if v}, False
    kept = imports.remembered(db, choices.kind, columns.header_signature(headers))
    if kept is not None:
        return kept, True
    return columns.recognise(headers, choices.kind), False  # type: ignore[arg-type]


def ground_of_county(db: Db) -> BaseGeometry | None:
    """Return the county's ground in EPSG:4490 degrees: its own border, else its towns' or villages'; None before."""
    for level in (Level.COUNTY, Level.TOWN, Level.VILLAGE):
        rows = units.with_shapes(db, "", (level,))
        shapes = [s for s in shapes_of([row.geom for row in rows]) if s is not None] if rows else []
        if shapes:
            return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return None


def _crs(db: Db, sheet: Sheet, mapping: dict[str, str], choices: Choices, county: BaseGeometry | None) -> CrsGuess:
    if choices.crs not in ("", "auto"):
        return CrsGuess(choices.crs, bool(choices.swapped), 1.0, "chosen")
    if not _has_places(sheet, mapping, choices):
        return CrsGuess("EPSG:4490", False, 1.0, "no_places")
    points = intake.coordinates(sheet.frame, mapping)
    claimed = _claimed(db, sheet, mapping) if choices.kind not in ("units", "barriers") else None
    guess = detect_crs(points, sheet.declared_crs, county, claimed)
    if choices.swapped is not None:
        guess = dataclasses.replace(guess, swapped=choices.swapped)
    return guess


def _has_places(sheet: Sheet, mapping: dict[str, str], choices: Choices) -> bool:
    """Tell whether a file gives places; a list of homes must, whatever its columns."""
    if choices.kind in BRINGERS:
        return BRINGERS[choices.kind].has_places(sheet.frame, mapping)
    return choices.kind == "households" or isinstance(sheet.frame, gpd.GeoDataFrame)


def _claimed(db: Db, sheet: Sheet, mapping: dict[str, str]) -> gpd.GeoSeries | None:
    """Return the border of the village that each home names, the surest witness of a datum; None where none is known.

    A village's homes lie in it: read in a datum 600 m off, many do not. The county's border cannot tell as much.
    """
    column = mapping.get("village")
    rows = units.with_shapes(db, "", (Level.VILLAGE,)) if column else []
    if not rows:
        return None
    finder = intake.village_finder({row.code: row.name for row in rows})
    shapes = dict(zip([row.code for row in rows], shapes_of([row.geom for row in rows]), strict=True))
    texts = clean_texts(sheet.frame[column])
    named = np.empty(len(texts), dtype=object)
    named[:] = [shapes.get(finder.get(text, "")) for text in texts]
    return gpd.GeoSeries(named, crs="EPSG:4490") if any(shape is not None for shape in named) else None


def _take(
    db: Db, sheet: Sheet, mapping: dict[str, str], guess: CrsGuess, county: BaseGeometry | None, choices: Choices
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    if not guess.crs:
        raise Problem("crs.undetected", **{k: v for k, v in guess.values.items() if isinstance(v, int | float | str)})
    if choices.kind in BRINGERS:
        sheet.frame.attrs["said"] = {"platform": choices.platform, "categories": choices.categories or {}}
        return BRINGERS[choices.kind].understand(db, sheet.frame, mapping, guess, county)
    if choices.kind == "units":
        return intake.units_from(sheet.frame, mapping, guess, Level(choices.level))
    if choices.kind == "barriers":
        if not isinstance(sheet.frame, gpd.GeoDataFrame):
            raise Problem("import.no_geometry")
        return intake.barriers_from(sheet.frame, mapping, guess, choices.barrier_kind)
    villages = {row.code: row.name for row in units.with_level(db, "", Level.VILLAGE)}
    return intake.households_from(sheet.frame, mapping, guess, county, villages)


def preview(db: Db, actor: Actor, now: dt.datetime, path: Path, choices: Choices) -> Preview:
    """Show what a file would bring, from its first 5,000 rows: nothing is written before a person confirms.

    A file whose columns or coordinate system are not recognised is shown with ``problem``, none of its rows accepted.
    """
    problem = None
    try:
        known = understand(db, path, choices, PREVIEW_ROWS)
    except Problem as refused:
        if refused.code not in _MENDED_BY_CHOICE:
            raise
        problem, known = refused, _unread(db, path, choices)
    frame = known.sheet.frame
    headers = [str(name) for name in frame.columns if name != "geometry"]
    sample = [["" if _is_nothing(v) else str(v) for v in row] for row in frame[headers].head(SAMPLE_ROWS).to_numpy()]
    compared = _compare(db, known, choices)
    counts = {"accepted": sum(compared.values()), "refused": len({r.row for r in known.refusals}), **compared}
    partial = known.sheet.rows >= PREVIEW_ROWS
    return Preview(known, counts, _points(known), sample, headers, partial, problem)


def _unread(db: Db, path: Path, choices: Choices) -> Understood:
    """Return a file as far as it is understood while no row of it is."""
    sheet = read_any(path, layer=choices.layer, limit=PREVIEW_ROWS)
    headers = [str(name) for name in sheet.frame.columns if name != "geometry"]
    mapping, remembered = _mapping(db, dataclasses.replace(choices, mapping=None), headers)
    mapping = {k: v for k, v in (choices.mapping or mapping).items() if v in headers}
    nothing = gpd.GeoDataFrame({"code": [], "name": [], "geometry": []}, crs="EPSG:4490")
    level = Level(choices.level) if choices.level else None
    return Understood(sheet, mapping, remembered, CrsGuess("", False, 0.0, "unknown"), nothing, sheet.refusals, level)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _compare(db: Db, known: Understood, choices: Choices) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against what the store holds; units may find no place."""
    new, changed, unchanged = len(known.rows), 0, 0
    if choices.kind == "households" and new:
        is_new, is_changed, _ = tell_apart(db, known.rows)
        new, changed, unchanged = int(is_new.sum()), int(is_changed.sum()), int((~is_new & ~is_changed).sum())
    elif choices.kind in BRINGERS and new:
        return BRINGERS[choices.kind].compare(db, known.rows)
    elif choices.kind == "units" and new:
        taken = preview_units(db, known.rows, Level(choices.level))
        known.refusals.extend(taken.refusals)
        new, changed, unchanged = taken.new, taken.changed, taken.unchanged
    return {"new": new, "changed": changed, "unchanged": unchanged}


def _points(known: Understood) -> list[tuple[float, float]]:
    shapes = [s for s in known.rows.geometry if s is not None]
    if not shapes:
        return []
    step = max(1, len(shapes) // MAP_POINTS)
    points = shapely.point_on_surface(np.array(shapes[::step][:MAP_POINTS], dtype=object))
    return [(round(float(p.x), 6), round(float(p.y), 6)) for p in points]


def take(
    db: Db,
    actor: Actor,
    now: dt.datetime,
    path: Path,
    choices: Choices,
    tell: Callable[[float], None] | None = None,
    known: Understood | None = None,
) -> tuple[Taken, Understood]:
    """Take a whole file in, in the caller's one transaction; both databases alike.

    ``tell`` is told the share done. ``known`` is what `understand` made of the file in an earlier reading transaction,
    so that nobody waits for the writer's place while a long file is read; without it the file is read here. The
    chosen mapping is remembered for the next file with the same headers.
    """
    require_county(db, actor)
    tell = tell or (lambda share: None)
    tell(0.02)
    known = known or understand(db, path, choices)
    tell(0.45)
    headers = [str(name) for name in known.sheet.frame.columns if name != "geometry"]
    if not known.refusals and choices.kind == "households":  # only a report of refused rows shows the file's again
        known.sheet.frame = known.sheet.frame.iloc[:0].copy()
    imports.remember(db, now, choices.kind, columns.header_signature(headers), known.mapping)
    if choices.kind == "units":
        taken = take_units(db, actor, now, known.rows, Level(choices.level))
    elif choices.kind == "households":
        taken = take_households(db, actor, now, known.hand_over())
    elif choices.kind in BRINGERS:
        taken = BRINGERS[choices.kind].take(db, actor, now, known.rows)
    else:
        taken = take_barriers(db, actor, now, known.rows)
    known.refusals.extend(taken.refusals)
    taken.refusals = known.refusals
    tell(0.95)
    return taken, known


def write_report(path: Path, known: Understood, why: Callable[[Refusal], str]) -> Path:
    """Write the refused rows with the reason beside each, as a file to mend and load again."""
    return write_refused(path, known.refusals, why, known.sheet.frame)
