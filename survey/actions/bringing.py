"""What all lists that come in by file share: cells checked against the store, and rows compared with what is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geodata.rules.problems import Problem

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

Row = dict[str, Any]
ONCE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Any moment: a comparison asks whether something changes, not when."""


def no_places(frame: Any, mapping: Mapping[str, str]) -> bool:
    """Tell that a kind of file gives no places (``geodata.actions.bringers.Bringer.has_places``)."""
    return False


def resolve(rows: Any, refusals: list[Any], name: str, column: str, read: Callable[[Row], Any]) -> Any:
    """Return the rows with what a field stands for in the store, without those where it stands for nothing.

    Parameters
    ----------
    rows, refusals
        As a rule made them of a file; a row that ``read`` refuses is added to the refusals.
    name, column
        The field at fault where it is refused, and the column that what was found is written to.
    """
    import pandas as pd

    from geodata.rules.intake_rows import Refusal

    found: list[Any] = []
    good: list[bool] = []
    for row in rows.to_dict("records"):
        try:
            found.append(read(row))
            good.append(True)
        except Problem as problem:
            refusals.append(Refusal(int(row["row"]), name, str(row[name])[:80], problem.code, problem.values))
            found.append(None)
            good.append(False)
    attrs = rows.attrs
    kept = rows.assign(**{column: pd.Series(found, dtype=object, index=rows.index)})[good].reset_index(drop=True)
    kept.attrs.update(attrs)
    return kept


@dataclass
class Compared:
    """The rows of a file against what is there: new ones, changes by what they change, and how many change nothing."""

    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Any, Row]] = field(default_factory=list)
    unchanged: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many rows are of each sort, as a preview tells it."""
        return {"new": len(self.new), "changed": len(self.changed), "unchanged": self.unchanged}

    def taken(self) -> Taken:
        """Return the same as what an import did."""
        from geodata.actions.take_units import Taken

        return Taken(len(self.new), len(self.changed), self.unchanged)


def compare_rows(rows: Any, find: Callable[[Row], Any], change: Callable[[Any, Row], Row]) -> Compared:
    """Compare each row with what ``find`` gives for it, None for nothing; ``change`` gives what it then changes."""
    sorted_out = Compared()
    for row in rows.to_dict("records"):
        held = find(row)
        changed = change(held, row) if held is not None else {}
        if held is None:
            sorted_out.new.append(row)
        elif changed:
            sorted_out.changed.append((held, changed))
        else:
            sorted_out.unchanged += 1
    return sorted_out
