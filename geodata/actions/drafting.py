from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from typing import Any

import numpy as np

from geodata.actions import plans
from geodata.actions.ground import GroundReader, villages_of
from geodata.rules import crs, numbering
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.proposal import Proposal, VillageGround, propose
from geodata.rules.stitch import stitch
from geodata.store import publications
from geodata.store.database import Store

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is at work; raises ``Problem("job.cancelled")`` to stop."""

_AHEAD = 24  # villages read ahead: enough to keep every core busy, few enough to bound memory
_BATCH = 32  # villages stored by one transaction: others who write wait no longer than that


def draft(
    store: Store,
    actor: Actor,
    now: Callable[[], dt.datetime],
    unit_id: str | None,
    seed: int,
    executor: Executor,
    progress: Progress,
    variants: Sequence[str] = ("near",),
) -> dict[str, Any]:
    """Draft every village under a unit (the whole county for None) into Plans, one a village.

    Reading, computing and writing take turns, so that no transaction is open while the cutting runs: others can
    work meanwhile, and killing it leaves whole Plans only.

    Parameters
    ----------
    variants
        Names of ``rules.variants.VARIANTS``: one Plan a village for each.

    Returns
    -------
    dict
        ``plans`` (ids), ``homes``, ``pian``, ``zu``, ``lin``, ``violations`` (by rule), ``objective_m2``,
        ``refused`` (villages that could not be drafted, with why), ``seconds``.
    """
    began = now()
    with store.read() as db:
        villages = villages_of(db, actor, began, unit_id)
    if not villages:
        raise Problem("draft.no_villages")
    drafts = _Drafts(store, actor, now, seed, executor)
    for n, variant in enumerate(variants):
        drafts.run(villages, variant, lambda share, at, n=n: progress((n + share) / len(variants), at))  # type: ignore[misc]
    seconds = (now() - began).total_seconds()
    return {"plans": drafts.ids, **_summary(drafts.done), "refused": drafts.refused, "seconds": seconds}


class _Drafts:
    """The drafts of one call: what was drafted, stored and refused."""

    def __init__(
        self, store: Store, actor: Actor, now: Callable[[], dt.datetime], seed: int, executor: Executor
    ) -> None:
        self.store, self.actor, self.now, self.seed, self.executor = store, actor, now, seed, executor
        self.ids: list[str] = []
        self.done: list[Proposal] = []
        self.refused: list[dict[str, Any]] = []

    def run(self, villages: Sequence[Any], variant: str, progress: Progress) -> None:
        """Draft villages in one variant and store a Plan for each."""
        done: list[Proposal] = []
        refused: list[dict[str, Any]] = []
        based_on: dict[str, int] = {}
        for proposal in _computed(self, villages, variant, refused, based_on):
            done.append(proposal)
            progress(0.85 * (len(done) + len(refused)) / len(villages), proposal.village_path)
        progress(0.86, "")
        _stitch(done, self.store)
        for start in range(0, len(done), _BATCH):
            with self.store.write() as db:
                self.ids += [
                    plans.keep(db, self.actor, self.now(), one, self.seed, based_on[one.village_id], variant)
                    for one in done[start : start + _BATCH]
                ]
            progress(0.88 + 0.12 * min(start + _BATCH, len(done)) / len(done), "")
        self.done += done
        self.refused += refused


def _computed(
    drafts: _Drafts,
    villages: Sequence[Any],
    variant: str,
    refused: list[dict[str, Any]],
    based_on: dict[str, int],
) -> Iterator[Proposal]:
    """Draft the villages in the executor's processes and give each as soon as it is done.

    Some villages are always read ahead, so that no process waits for the slowest of a batch. ``refused`` takes what
    could not be drafted, ``based_on`` each village's last publication when its ground was read.
    """
    left = list(villages)
    waiting: dict[Future[Proposal], str] = {}
    while left or waiting:
        if left and len(waiting) < _AHEAD:
            chosen, left = left[:_AHEAD], left[_AHEAD:]
            with drafts.store.read() as db:
                reader = GroundReader(db)
                grounds: list[VillageGround] = [
                    replace(reader.read(village, drafts.seed), variant=variant) for village in chosen
                ]
                based_on |= {village.id: publications.last_on(db, village.path) for village in chosen}
            waiting |= {drafts.executor.submit(propose, ground): ground.village_code for ground in grounds}
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            code = waiting.pop(future)
            try:
                yield future.result()
            except Problem as problem:
                refused.append({"village": code, "code": problem.code, "values": problem.values})


def _stitch(proposals: list[Proposal], store: Store) -> None:
    """Give the villages drafted together the same vertices on both sides of their borders: one coverage."""
    if len(proposals) < 2:
        return
    proposals.sort(key=lambda p: p.village_path)
    with store.read() as db:
        zone = GroundReader(db).zone
    shapes = [crs.shapes_to_xy(np.array(p.units["geom"], dtype=object), zone) for p in proposals]
    for proposal, new in zip(proposals, stitch(shapes), strict=True):
        proposal.units["geom"][:] = list(numbering.as_multi(crs.shapes_to_ll(new, zone)))


def _summary(done: Sequence[Proposal]) -> dict[str, Any]:
    levels = [level for p in done for level in p.units["level"]]
    rules = [v.rule for p in done for v in p.violations]
    return {
        "homes": sum(len(p.members["household_id"]) for p in done),
        **{level: levels.count(level) for level in ("pian", "zu", "lin")},
        "violations": {rule: rules.count(rule) for rule in sorted(set(rules))},
        "objective_m2": round(sum(p.objective_m2 for p in done), 1),
    }
