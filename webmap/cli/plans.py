"""The net: drafted, checked, published, undone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from geodata.actions import check as checking
from geodata.actions import ledger, proving
from geodata.actions.drafting import draft as draft_action
from geodata.actions.ground import villages_of
from geodata.rules import repair
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from survey.actions import publishing
from webmap import sentences, session
from webmap.cli.frame import Frame, command
from webmap.work import pool


def unit_id_of(frame: Frame, code: str) -> str:
    """Return the id of the unit that carries a code, or ``unit.not_found``."""
    with frame.store.read() as db:
        return ledger.unit_by_code(db, OPERATOR, session.now(), code)


def village_ids(frame: Frame) -> list[str]:
    """Return the ids of all villages that have homes."""
    with frame.store.read() as db:
        return [str(village.id) for village in villages_of(db, OPERATOR, session.now(), None)]


def draft_all(frame: Frame, unit_id: str | None, seed: int, jobs: int) -> dict[str, Any]:
    """Draft every village under a unit, in ``jobs`` processes."""
    with pool(jobs) as executor:
        drafted = draft_action(frame.store, OPERATOR, session.now, unit_id, seed, executor, frame.bar("起草"))
        executor.submit(repair.ready)  # who has drafts will mend them
    return drafted


def publish_all(frame: Frame, plan_ids: Sequence[str], reason: str) -> dict[str, Any]:
    """Publish plans one by one; one that is refused does not hold up the others."""
    published, refused = [], []
    bar = frame.bar("发布")
    for count, plan_id in enumerate(plan_ids, start=1):
        try:
            with frame.store.write() as db:
                published.append(publishing.publish(db, OPERATOR, session.now(), plan_id, reason))
        except Problem as problem:
            refused.append({"plan": plan_id, "code": problem.code, "values": problem.values})
        bar(count / len(plan_ids), "")
    return {"published": published, "refused": refused}


@click.command()
@click.option("--unit", "codes", multiple=True, metavar="CODE", help="only these units; the whole county without")
@click.option("--jobs", type=int, default=os.cpu_count() or 1)
@click.option("--seed", type=int, default=0)
@click.option("--prove", is_flag=True, help="say how far from optimal each 组 is at most")
@command
def draft(frame: Frame, codes: Sequence[str], jobs: int, seed: int, prove: bool) -> int:
    """Draft 邻 and 片 into Plans, one a village."""
    unit_ids: list[str | None] = [unit_id_of(frame, code) for code in codes] if codes else [None]
    results = [draft_all(frame, unit_id, seed, jobs) for unit_id in unit_ids]
    merged = _merge(results)
    if prove:
        merged["proofs"] = _prove(frame, merged["plans"], jobs)
    lines = (
        f"{merged['homes']} 户 → {merged['pian']} 片、{merged['zu']} 组、{merged['lin']} 邻；"
        f"{len(merged['plans'])} 个方案，用时 {merged['seconds']:.1f} 秒。\n"
        f"不合规：{merged['violations'] or '无'}；目标 {merged['objective_m2']:.0f} 平方米"
    )
    for refused in merged["refused"]:
        lines += f"\n{refused['village']}：{sentences.by_code(refused['code'], refused['values'], frame.lang)}"
    for proof in merged.get("proofs", []):
        best, worst = proof["optimal_share"], proof["worst_share"]
        lines += f"\n{proof['plan'][:8]}：{best:.0%} 的组已证明最优，最差离最优至多 {worst:.2%}"
    frame.answer(merged, lines)
    return 0 if merged["plans"] else 1


def _merge(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {"plans": [], "refused": [], "violations": Counter()}
    for result in results:
        merged["plans"] += result["plans"]
        merged["refused"] += result["refused"]
        merged["violations"].update(result["violations"])
        for key in ("homes", "pian", "zu", "lin", "objective_m2", "seconds"):
            merged[key] = merged.get(key, 0) + result[key]
    merged["violations"] = dict(merged["violations"])
    return merged


def _prove(frame: Frame, plan_ids: Sequence[str], jobs: int) -> list[dict[str, Any]]:
    bar = frame.bar("证明")
    with pool(jobs) as executor:
        proofs = []
        for count, plan_id in enumerate(plan_ids, start=1):
            proofs.append(
                proving.prove_plan(frame.store, OPERATOR, session.now, plan_id, executor, lambda share, what: None)
            )
            bar(count / len(plan_ids), "")
    return proofs


@click.command()
@click.option("--plan", "plan_id", default=None, metavar="ID")
@click.option("--unit", "code", default=None, metavar="CODE")
@command
def check(frame: Frame, plan_id: str | None, code: str | None) -> int:
    """List the violations of a plan, or of the published net under a unit; exit 1 where there are errors."""
    found = []
    if plan_id:
        with frame.store.write() as db:
            found = checking.check_plan(db, OPERATOR, session.now(), plan_id)
    else:
        unit_id = unit_id_of(frame, code) if code else None
        with frame.store.read() as db:
            villages = villages_of(db, OPERATOR, session.now(), unit_id)
        for village in villages:
            with frame.store.write() as db:
                found += checking.check_village(db, OPERATOR, session.now(), village.id)
    rows: list[dict[str, Any]] = [
        {
            "rule": v.rule,
            "severity": v.severity,
            "unit": v.unit_id,
            "code": v.values.get("code", ""),
            "values": v.values,
            "place": v.place_ll,
            "sentence": sentences.violation(v.rule, v.values, frame.lang),
        }
        for v in found
    ]
    counts = Counter(v.rule for v in found)
    lines = "\n".join(f"{row['code']} {row['sentence']}" for row in rows) or "全部合规。"
    frame.answer({"violations": rows, "counts": dict(counts)}, lines)
    return 1 if any(v.severity == "error" for v in found) else 0


@click.command()
@click.argument("plan_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="the newest draft of every village")
@click.option("--reason", default="")
@command
def publish(frame: Frame, plan_ids: Sequence[str], every: bool, reason: str) -> int:
    """Make plans the net of their villages, each by one dated transaction."""
    if every:
        with frame.store.read() as db:
            plan_ids = ledger.newest_drafts(db, OPERATOR, session.now())
    if not plan_ids:
        raise click.UsageError("name a plan, or --all")
    result = publish_all(frame, plan_ids, reason)
    lines = f"已发布 {len(result['published'])} 个方案。"
    for refused in result["refused"]:
        lines += f"\n{refused['plan'][:8]}：{sentences.by_code(refused['code'], refused['values'], frame.lang)}"
    frame.answer(result, lines)
    return 1 if result["refused"] else 0


@click.command()
@click.argument("publication_id")
@click.option("--reason", default="")
@command
def undo(frame: Frame, publication_id: str, reason: str) -> None:
    """Undo a publication by another dated transaction."""
    with frame.store.write() as db:
        undone = publishing.undo(db, OPERATOR, session.now(), publication_id, reason)
    frame.answer({"publication": undone}, f"已撤销，新的发布记录：{undone}")
