"""Sixty edits of a real commune on both databases: undone to the start and redone to the end, bit for bit."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from geodata.actions import history, plan_content, redraw
from geodata.actions.drafting import draft
from geodata.actions.redraw import Edit
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from tests.real.test_liechtenstein import DAY, SMALL, import_all
from tests.village import Clock, Here, silent

EDITS = 60


class Hand:
    """Edits a plan at random through the same actions as the page."""

    def __init__(self, store: Store, plan_id: str) -> None:
        self.store, self.plan_id, self.revision = store, plan_id, 1
        self.rng, self.clock = random.Random(5), Clock(DAY)
        self.taken: Counter[str] = Counter()

    def content(self) -> dict[str, Any]:
        """Return the plan as it is."""
        with self.store.read() as db:
            return plan_content.content(db, OPERATOR, self.clock(), self.plan_id)

    def frozen(self) -> str:
        """Return units, homes and counts as text."""
        held = self.content()
        units = sorted(held["units"], key=lambda unit: unit["id"])
        homes = sorted(held["homes"], key=lambda home: home["id"])
        return json.dumps([units, homes, held["locks"], held["counts"]], sort_keys=True)

    def edit(self, act: str, args: dict[str, Any]) -> None:
        """Try one edit; what is refused changes nothing."""
        wanted = Edit(str(uuid.uuid4()), self.revision, act, args)
        try:
            with self.store.write() as db:
                self.revision = redraw.edit(db, OPERATOR, self.clock(), self.plan_id, wanted)["revision"]
        except Problem as problem:
            self.taken[problem.code] += 1
            return
        self.taken[act] += 1

    def step(self, what: Any) -> bool:
        """Undo or redo once; tell whether there was anything to take back."""
        wanted = Edit(str(uuid.uuid4()), self.revision, what.__name__, {})
        try:
            with self.store.write() as db:
                self.revision = what(db, OPERATOR, self.clock(), self.plan_id, wanted)["revision"]
        except Problem as problem:
            assert problem.code in ("plan.nothing_to_undo", "plan.nothing_to_redo")
            return False
        return True

    def any_edit(self) -> None:
        """Do something that a cadre might do."""
        held = self.content()
        lins = [unit for unit in held["units"] if unit["level"] == "lin"]
        one = self.rng.choice(lins)
        lon, lat = one["label"]
        near = sorted(lins, key=lambda u: (u["label"][0] - lon) ** 2 + (u["label"][1] - lat) ** 2)
        other = self.rng.choice(near[1:5])
        ring = one["geometry"]["coordinates"][0][0]
        at = self.rng.choice(ring)
        homes = [home["id"] for home in held["homes"] if home["unit_id"] == one["id"]]
        acts: dict[str, dict[str, Any]] = {
            "move_vertex": {"at": list(at), "to": [at[0] + self.rng.uniform(-5e-5, 5e-5), at[1] + 2e-5]},
            "split": {"unit_id": one["id"], "line": [[lon - 0.01, lat - 0.004], [lon + 0.01, lat + 0.004]]},
            "merge": {"unit_ids": [one["id"], other["id"]]},
            "paint": {"moves": [{"unit_id": other["id"], "home_ids": homes[:2]}], "pieces": True},
            "rename": {"unit_id": one["id"], "name": f"邻{self.revision}"},
            "draw": {"ring": [[lon - 5e-4, lat - 4e-4], [lon + 6e-4, lat - 4e-4], [lon, lat + 6e-4]], "level": "lin"},
            "lock": {"unit_id": one["id"], "locked": False},
        }
        act = self.rng.choice(list(acts))
        self.edit(act, acts[act])


def test_sixty_edits_are_taken_back_bit_for_bit(store: Store, tmp_path: Path) -> None:
    """Undo leads to exactly the plan that was opened, redo to exactly the plan that was drawn, on either database."""
    import_all(store, tmp_path, SMALL[:1])
    made = draft(store, OPERATOR, Clock(DAY + dt.timedelta(hours=1)), None, 0, Here(), silent)
    hand = Hand(store, made["plans"][0])
    start = hand.frozen()
    while sum(hand.taken[act] for act in redraw.ACTS) < EDITS:
        hand.any_edit()
    assert {"move_vertex", "split", "merge", "paint", "rename", "draw"} <= hand.taken.keys(), hand.taken
    assert hand.taken.total() < 6 * EDITS, hand.taken
    drawn = hand.frozen()
    assert drawn != start
    undone = sum(1 for _ in iter(lambda: hand.step(history.undo), False))
    assert undone == EDITS
    assert hand.frozen() == start
    redone = sum(1 for _ in iter(lambda: hand.step(history.redo), False))
    assert redone == EDITS
    assert hand.frozen() == drawn


def test_the_acts_are_all_there() -> None:
    """Every act that the contract names has its door."""
    assert set(redraw.ACTS) == {
        "move_vertex", "insert_vertex", "delete_vertex", "move_border", "split", "merge", "draw", "paint", "rename",
        "renumber", "kind", "lock", "lock_border", "parent",
    }  # fmt: skip
