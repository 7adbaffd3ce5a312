"""Posts: who is proposed by residence, and who is appointed so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from geodata.rules.actors import OPERATOR
from survey.actions import appoint as appointing
from survey.actions.proposing import ALONG, MODES
from survey.rules.chiefs import LEVELS
from webmap import sentences_posts, session
from webmap.cli.frame import Frame, command
from webmap.cli.plans import unit_id_of, village_ids

_AT_ONCE = 2_000


@click.command()
@click.option("--unit", "codes", multiple=True, metavar="CODE", help="only these units; village by village without")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="all three without")
@click.option("--mode", type=click.Choice(list(MODES)), default="total", help="least total or least longest")
@click.option("--along", type=click.Choice(ALONG), default="roads", help="along the roads loaded, or straight lines")
@click.option("--take", is_flag=True, help="appoint whom it proposes; elected posts are left to the election")
@command
def appoint(frame: Frame, codes: Sequence[str], levels: Sequence[str], mode: str, along: str, take: bool) -> None:
    """Propose chiefs by residence; appoint them only with --take."""
    unit_ids = [unit_id_of(frame, code) for code in codes] or village_ids(frame)
    told: dict[str, Any] = {"proposals": [], "infeasible": [], "elected": [], "appointed": 0, "total_m": 0.0}
    bar = frame.bar("就近")
    chosen: list[appointing.Choice] = []
    for count, unit_id in enumerate(unit_ids, start=1):
        with frame.store.read() as db:
            for level in levels or LEVELS:
                found = appointing.propose(db, OPERATOR, session.now(), unit_id, level, mode, along)
                chosen += _noted(told, found, frame.lang)
        bar(count / len(unit_ids), "")
    if take:
        told["appointed"] = _taken(frame, chosen)
    frame.answer(told, _lines(told, take))


def _noted(told: dict[str, Any], found: dict[str, Any], lang: str) -> list[appointing.Choice]:
    """Add what was found to the answer, and return the choices that taking it would be."""
    for short in found["infeasible"]:
        told["infeasible"].append({"level": found["level"], "why": short["why"],
                                   "empty": [one["code"] for one in short["empty"]],
                                   "sentence": sentences_posts.infeasible(short, lang)})  # fmt: skip
    if found["elected"]:
        told["elected"] += [
            {"unit": row["unit"]["code"], "candidates": row["candidates_total"]} for row in found["rows"]
        ]
        return []
    told["total_m"] = round(told["total_m"] + found["total_m"], 1)
    title = sentences_posts.title(found["level"], "chief", lang)
    for row in found["rows"]:
        runner = row["runner_up"]
        told["proposals"].append({
            "unit": row["unit"]["code"], "name": row["unit"]["name"], "title": title, "level": found["level"],
            "person": row["person"]["code"], "person_name": row["person"]["name"], "distance_m": row["distance_m"],
            "measure": row["measure"], "inside": row["inside"], "runner_up": runner and runner["code"],
            "runner_up_cost_m": row["runner_up_cost_m"],
        })  # fmt: skip
    return [
        appointing.Choice(row["unit"]["id"], row["person"]["id"], how="residence", proposed=row["person"]["id"])
        for row in found["rows"]
    ]


def _taken(frame: Frame, chosen: Sequence[appointing.Choice]) -> int:
    """Appoint some people, part by part, so that others may write between."""
    for start in range(0, len(chosen), _AT_ONCE):
        with frame.store.write() as db:
            appointing.take(db, OPERATOR, session.now(), chosen[start : start + _AT_ONCE])
    return len(chosen)


def _lines(told: dict[str, Any], take: bool) -> str:
    lines = []
    for row in told["proposals"]:
        along = "沿路" if row["measure"] == "road" else "直线"
        where = f"{along} {row['distance_m']:.0f} 米{'，住在其中' if row['inside'] else ''}"
        lines.append(f"{row['name']} {row['title']} ← {row['person_name']}（{where}）")
    lines += [row["sentence"] for row in told["infeasible"]]
    if told["elected"]:
        lines.append(f"{len(told['elected'])} 个岗位由推选产生，只列候选人。")
    done = f"已任命 {told['appointed']} 人。" if take else "这只是建议，没有任命任何人（--take 才任命）。"
    return "\n".join([*lines, f"共 {len(told['proposals'])} 个建议，合计 {told['total_m']:.0f} 米。{done}"])
