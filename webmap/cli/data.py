"""Data in and out: units, homes and lines from the files that people have, and the net as a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from geodata.actions import export as exporting
from geodata.actions import intake
from geodata.actions.choices import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.asof import moment_of
from geodata.rules.intake_rows import Refusal
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from survey.actions import holidays, take_categories, take_faq, take_issues, take_officers, take_offices
from webmap import sentences, session, wire
from webmap.cli.frame import Frame, command, existing

_KINDS = {  # naming them here imports what makes each a kind of file
    "officers": take_officers.KIND,
    "categories": take_categories.KIND,
    "offices": take_offices.KIND,
    "holidays": holidays.KIND,
    "faq": take_faq.KIND,
    "issues": take_issues.KIND,
}


@click.group("import")
def import_() -> None:
    """Bring a file in: XLSX, CSV, GeoPackage, Shapefile, GeoJSON or KML."""


def _options(function: Any) -> Any:
    for option in (
        click.argument("file", type=click.Path()),
        click.option("--crs", default="auto", help="EPSG code, gcj02, bd09 or auto"),
        click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="override a recognised column"),
        click.option("--layer", default=None, help="sheet or layer"),
        click.option("--dry-run", is_flag=True, help="say what would happen and write nothing"),
        click.option("--yes", is_flag=True, help="confirm what a person would confirm on the page"),
        click.option("--report", type=click.Path(), default=None, help="where refused rows go (.xlsx or .csv)"),
    ):
        function = option(function)
    return function


@import_.command("units")
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@_options
@command
def import_units(frame: Frame, file: str, level: str, **options: Any) -> int:
    """Bring in towns, villages, 组 … with their codes and borders."""
    return _import(frame, file, Choices("units", level), **options)


@import_.command("households")
@_options
@command
def import_households(frame: Frame, file: str, **options: Any) -> int:
    """Bring in homes; those in no unit are kept and listed."""
    return _import(frame, file, Choices("households"), **options)


@import_.command("barriers")
@click.option(
    "--kind", "barrier_kind", default="", help="river, railway, road, stream or lane, where the file does not say"
)
@_options
@command
def import_barriers(frame: Frame, file: str, barrier_kind: str, **options: Any) -> int:
    """Bring in rivers, railways, main roads and streams, which a 邻 should not cross."""
    return _import(frame, file, Choices("barriers", barrier_kind=barrier_kind), **options)


@import_.command("officers")
@_options
@command
def import_officers(frame: Frame, file: str, **options: Any) -> int:
    """Bring in people who may hold posts: known again by code, ID number, or name and telephone."""
    return _import(frame, file, Choices(_KINDS["officers"]), **options)


@import_.command("categories")
@_options
@command
def import_categories(frame: Frame, file: str, **options: Any) -> int:
    """Bring in the county's own categories of issues; a scheme has one version in force."""
    return _import(frame, file, Choices(_KINDS["categories"]), **options)


@import_.command("offices")
@_options
@command
def import_offices(frame: Frame, file: str, **options: Any) -> int:
    """Bring in the offices that issues are sent to, known again by their code."""
    return _import(frame, file, Choices(_KINDS["offices"]), **options)


@import_.command("faq")
@_options
@command
def import_faq(frame: Frame, file: str, **options: Any) -> int:
    """Bring in common questions with their answers."""
    return _import(frame, file, Choices(_KINDS["faq"]), **options)


@import_.command("holidays")
@_options
@command
def import_holidays(frame: Frame, file: str, **options: Any) -> int:
    """Bring in days off and weekend days at work, as a table or as JSON; years the file does not name stay."""
    raw = existing(file).read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    if not raw.startswith(b"{"):
        return _import(frame, file, Choices(_KINDS["holidays"]), **options)
    with frame.store.write() as db:
        kept = holidays.add_years(db, OPERATOR, session.now(), wire.parse_json(raw), dry=options["dry_run"])
    frame.answer(kept, f"节假日表现有放假 {len(kept['off'])} 天，补班 {len(kept['on'])} 天。")
    return 0


@import_.command("issues")
@click.option("--platform", default="", help="whose file it is, where no column says so")
@click.option("--category", "categories", multiple=True, metavar="THEIRS=OURS", help="what their word stands for")
@_options
@command
def import_issues(frame: Frame, file: str, platform: str, categories: tuple[str, ...], **options: Any) -> int:
    """Bring in another platform's issues, each once by its reference there."""
    said = _pairs(categories)
    return _import(frame, file, Choices(_KINDS["issues"], platform=platform, categories=said or None), **options)


def _import(frame: Frame, file: str, base: Choices, **options: Any) -> int:
    path = existing(file)
    choices = dataclasses.replace(base, layer=options["layer"], crs=options["crs"])
    if options["mapping"]:
        choices = dataclasses.replace(choices, mapping=_mapping(frame, path, choices, options["mapping"]))
    if not options["yes"] or options["dry_run"]:
        shown = _describe(frame, path, choices)
        if options["dry_run"]:
            frame.answer(shown, "没有写入任何数据（--dry-run）。")
            return 0
        click.confirm("确认写入？", abort=True, err=True)
    return _take(frame, path, choices, options["report"])


def _take(frame: Frame, path: Path, choices: Choices, report: str | None) -> int:
    bar = frame.bar("导入")
    with frame.store.read() as db:
        known = intake.understand(db, path, choices)
    bar(0.45, "")
    with frame.store.write() as db:
        taken, known = intake.take(db, OPERATOR, session.now(), path, choices, None, known)
    bar(1.0, "")
    counts = taken.counts()
    written = None
    if taken.refusals:
        target = Path(report) if report else path.with_name(f"{path.stem}-refused.xlsx")
        written = intake.write_report(target, known, lambda r: sentences.by_code(r.code, r.values, frame.lang))
        frame.say(f"有 {counts['refused']} 处未能导入，详见 {written}")
    crs_shown = {"crs": known.crs.crs, "reason": known.crs.reason, "sentence": sentences.crs(known.crs, frame.lang)}
    frame.answer(
        {**counts, "crs": crs_shown, "mapping": known.mapping, "report": str(written) if written else None,
         "refusals": [_shown(refusal) for refusal in taken.refusals[:100]]},
        f"新增 {counts['new']}，更新 {counts['changed']}，未变 {counts['unchanged']}，未收 {counts['refused']}。",
    )  # fmt: skip
    return 1 if counts["refused"] and not (counts["new"] or counts["changed"] or counts["unchanged"]) else 0


def _shown(refusal: Refusal) -> dict[str, Any]:
    return {"row": refusal.row, "field": refusal.field, "value": refusal.value, "code": refusal.code}


def _mapping(frame: Frame, path: Path, choices: Choices, given: tuple[str, ...]) -> dict[str, str]:
    """Return the recognised mapping with the person's own choices laid over it."""
    with frame.store.read() as db:
        known = intake.recognised(db, path, choices)
    return {**known, **_pairs(given)}


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Return options written NAME=VALUE, or ``import.bad_map`` (given)."""
    pairs = [pair.partition("=") for pair in given]
    if any(not sep or not name for name, sep, _ in pairs):
        raise Problem("import.bad_map", given=" ".join(given))
    return {name: value for name, _, value in pairs}


def _describe(frame: Frame, path: Path, choices: Choices) -> dict[str, Any]:
    with frame.store.read() as db:
        preview = intake.preview(db, OPERATOR, session.now(), path, choices)
    known = preview.understood
    frame.say(sentences.crs(known.crs, frame.lang))
    for field, column in known.mapping.items():
        frame.say(f"  {field} ← {column}")
    frame.say(
        f"可收 {preview.counts['accepted']} 行，未收 {preview.counts['refused']} 行"
        + ("（仅前 5000 行）" if preview.partial else "")
    )
    for refusal in known.refusals[:10]:
        frame.say(
            f"  第 {refusal.row} 行 {refusal.field}：{sentences.by_code(refusal.code, refusal.values, frame.lang)}"
        )
    return {**preview.counts, "mapping": known.mapping, "crs": known.crs.crs, "reason": known.crs.reason}


@click.command("export")
@click.argument("file", type=click.Path())
@click.option("--layers", default="village,pian,zu,lin,households", help="comma separated, named by level")
@click.option("--unit", "unit_code", default="", metavar="CODE")
@click.option("--as-of", default="", metavar="DATE", help="the net as it was at the end of a day, or at an instant")
@command
def export(frame: Frame, file: str, layers: str, unit_code: str, as_of: str) -> None:
    """Write the net or a part of it as GPKG, GeoJSON, XLSX or CSV."""
    now = session.now()
    names = [name.strip() for name in layers.split(",") if name.strip()]
    with frame.store.write() as db:
        counts = exporting.export(db, OPERATOR, now, Path(file), names, unit_code, moment_of(as_of, now))
    frame.answer(counts, "，".join(f"{name} {count} 条" for name, count in counts.items()))
