"""How a whole register is sorted by visits at once: the moments and outcomes that a query compares with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geodata.rules.profile import Profile
from survey.rules.visits import Marks, marks


@dataclass(frozen=True)
class Sorting:
    """What decides the state of every home at a moment.

    Parameters
    ----------
    ordinary, priority
        Where the periods of either class began (``survey.rules.visits.marks``).
    outcomes
        Which outcomes make a visit.
    """

    ordinary: Marks
    priority: Marks
    outcomes: tuple[str, ...]

    @property
    def earliest(self) -> dt.datetime | None:
        """The moment before which no visit decides anything; None where nothing is owed at all."""
        known = [one.before for one in (self.ordinary, self.priority) if one.before is not None]
        return min(known) if known else None


def sorting(profile: Profile, now: dt.datetime) -> Sorting:
    """Return by what homes are sorted at a moment."""
    return Sorting(
        marks(profile, now, priority=False), marks(profile, now, priority=True), tuple(profile.visit_outcomes)
    )
