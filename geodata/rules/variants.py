from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.rules.problems import Problem


@dataclass(frozen=True)
class Variant:
    """What a draft of 邻 weighs, beside the bounds that every draft keeps.

    Parameters
    ----------
    balance_share
        What evenness of sizes may cost, as a share of the homes' own spread.
    keep_share
        How much worse than the best found an earlier cut may be and still stay.
    """

    balance_share: float
    keep_share: float


VARIANTS = {
    # evenness only chooses between equal cuts; a published cut stays where at most 2 % are to be won: people keep their
    # 邻长
    "near": Variant(1e-7, 0.02),
    # a mild weight on evenness: sizes spread a third less for a few percent of distance
    "even": Variant(0.1, 0.02),
    # chiefs and homes stay together where a new cut wins less than a third
    "steady": Variant(1e-7, 0.33),
}
"""Drafts that a cadre chooses among: nearest neighbours, even sizes, fewest changes from the published net."""


def variants(names: Sequence[str]) -> list[str]:
    """Return names of variants, each once (``draft.unknown_variant`` with name)."""
    for name in names:
        if name not in VARIANTS:
            raise Problem("draft.unknown_variant", name=name[:40])
    return list(dict.fromkeys(names))
