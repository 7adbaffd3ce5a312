from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """How two nets of one ground differ.

    ``moved`` has (home, unit before, unit after) for every home that is held otherwise, "" where one of the nets does
    not know it, sorted by home; the other three are unit ids, sorted: only in the second, only in the first, in both
    but with another ground, parent, code or name.
    """

    moved: tuple[tuple[str, str, str], ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    homes: int


def compare(
    units_a: Mapping[str, object],
    units_b: Mapping[str, object],
    homes_a: Mapping[str, str],
    homes_b: Mapping[str, str],
) -> Comparison:
    """Compare two nets: units as anything that equals itself by id, homes as the id of the unit that holds each."""
    everybody = sorted(homes_a.keys() | homes_b.keys())
    moved = [(h, homes_a.get(h, ""), homes_b.get(h, "")) for h in everybody if homes_a.get(h) != homes_b.get(h)]
    both = units_a.keys() & units_b.keys()
    return Comparison(
        tuple(moved),
        tuple(sorted(units_b.keys() - units_a.keys())),
        tuple(sorted(units_a.keys() - units_b.keys())),
        tuple(sorted(i for i in both if units_a[i] != units_b[i])),
        len(everybody),
    )
