"""The village wall map as a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from geodata.actions import wall as walls
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from webmap import session
from webmap.cli.frame import Frame, command
from webmap.cli.plans import unit_id_of


@click.command()
@click.argument("unit_code")
@click.argument("file", type=click.Path())
@click.option("--parts", default="map,tree", help="comma separated: map, tree, homes")
@click.option("--plan", "plan_id", default="", metavar="ID", help="a plan instead of the published net")
@click.option("--as-of", default="", metavar="DATE", help="the net as it was at the end of a day")
@command
def wall(frame: Frame, unit_code: str, file: str, parts: str, plan_id: str, as_of: str) -> None:
    """Make a village's wall map: FILE ends in .pdf or .png (several pictures come as one .zip)."""
    path = Path(file)
    names = tuple(name.strip() for name in parts.split(",") if name.strip())
    kind = path.suffix.lower().removeprefix(".")
    if not path.parent.is_dir():
        raise Problem("file.not_found", file=str(path.parent))
    wish = walls.WallWish(unit_id_of(frame, unit_code), plan_id, as_of, names, kind)
    with ThreadPoolExecutor(1) as executor:
        body, ending, _ = walls.make(frame.store, OPERATOR, session.now, wish, executor, frame.bar("挂图"))
    path = path.with_suffix(f".{ending}")
    path.write_bytes(body)
    frame.answer({"file": str(path), "bytes": len(body)}, f"已写入 {path}（{len(body) // 1024} KB）。")
