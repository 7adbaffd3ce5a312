"""The way of a plan from a cadre's hand to the published net: which step is allowed from which state, and to whom."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem

OPEN = ("draft", "review", "approved")
"""States of a plan that may still become the net. ``published`` is the net now; ``replaced`` was, until another was
published; ``undone`` was, until that was taken back; ``superseded`` was still open when another was published;
``dropped`` was put away."""


@dataclass(frozen=True)
class Step:
    """The states a step may start from, the state after it, and the right over the plan's ground that it needs."""

    states: tuple[str, ...]
    to: str
    right: str


STEPS = {
    "edit": Step(("draft",), "draft", "draft"),
    "send": Step(("draft",), "review", "draft"),
    "recall": Step(("review",), "draft", "draft"),
    "return": Step(("review", "approved"), "draft", "publish"),
    "approve": Step(("review",), "approved", "publish"),
    "publish": Step(OPEN, "published", "publish"),
    "drop": Step(OPEN, "dropped", "draft"),
}
"""Who may publish may do so without sending a plan to themselves: a town cadre is the reviewer."""


def allowed(actor: Actor, path: str, state: str) -> dict[str, bool]:
    """Return which steps an actor may take with a plan in a state on the ground under a path."""
    return {name: state in s.states and actor.scope(s.right).covers(path) for name, s in STEPS.items()}


def take(actor: Actor, path: str, state: str, name: str) -> str:
    """Return the state after a step.

    Raises
    ------
    Problem
        ``scope.outside`` without the right over the plan's ground; ``plan.not_open`` (state) from another state.
    """
    step = STEPS[name]
    actor.scope(step.right).require(path, "plan")
    if state not in step.states:
        raise Problem("plan.not_open", state=state)
    return step.to
