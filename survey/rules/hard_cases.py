"""Which issues of a month are hard: about ten for review, each with the reasons that made it one (E16)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

CASES_MOST = 10
"""每月选取10件左右 (E16)."""
_BOUNCES_LEAST, _VOICES_LEAST, _OPEN_DAYS_LEAST = 2, 5, 60
_NAMESPACE = uuid.UUID("9e1c3f0e-5a41-4a0a-9c1e-0e16e16e16e1")


@dataclass(frozen=True)
class Candidate:
    """What is known of an issue at the end of a month; ``late_days`` is 0 where it was in time."""

    issue_id: str
    late_days: int
    open_days: int
    reopened: int
    bounces: int
    voices: int

    def why(self) -> dict[str, int]:
        """Return the reasons that make it a hard case, by name; none where it is not one."""
        found = {
            "reopened": self.reopened, "late_days": self.late_days,
            "bounces": self.bounces if self.bounces >= _BOUNCES_LEAST else 0,
            "voices": self.voices if self.voices >= _VOICES_LEAST else 0,
            "open_days": self.open_days if self.open_days >= _OPEN_DAYS_LEAST else 0,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value > 0}


def hardest(candidates: Iterable[Candidate], most: int = CASES_MOST) -> list[Candidate]:
    """Return the hardest issues: those with most reasons first, then the most often reopened, then the latest.

    >>> [one.issue_id for one in hardest([Candidate("a", 9, 9, 0, 0, 1), Candidate("b", 1, 9, 1, 0, 1)])]
    ['b', 'a']
    """
    hard = [one for one in candidates if one.why()]
    hard.sort(key=lambda one: (-len(one.why()), -one.reopened, -one.late_days, -one.open_days, one.issue_id))
    return hard[:most]


def case_id(month: str, path: str, issue_id: str) -> str:
    """Return the id of a case: the same list chosen twice is one."""
    return str(uuid.uuid5(_NAMESPACE, f"{month} {path} {issue_id}"))
