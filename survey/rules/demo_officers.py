"""Invented people for an invented county: one for every 邻, a 小组长 for every 组, the 两委 of every village."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.rules.demo_names import head_names

COMMITTEE = 5
"""Members of the 两委 of a village: 村民委员会组织法 art. 6 says three to seven."""

_PARTY_SHARE = 0.3
_REPRESENTATIVE_SHARE = 0.35
_AWAY_SHARE = 0.04
_EXTRA = ("退伍军人", "志愿者", "网格员", "致富带头人", "有威望人士")
_PHONES_FROM = 50_000_000  # of the block 199 0000 0000 on, apart from the numbers of the invented homes


def make_officers(
    village_code: str, homes: Sequence[str], zu_of: Sequence[str], lin_of: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    """Make the people of one village, the same ones for the same generator; nobody of them exists.

    Parameters
    ----------
    village_code
        By which their own codes begin.
    homes
        The codes of the village's homes; each is the home of one person at most.
    zu_of, lin_of
        The 组 and the 邻 of each home, "" for none.
    rng
        Where chance comes from.

    Returns
    -------
    DataFrame
        ``code, name`` (a surname, 某, a counting word), ``phone`` (of a block that is nobody's), ``village,
        household, party, tags, vetting, vetted_on, away, training_due, training_done``; as many as the village has
        homes for: one a 邻, one more a 组 with the tag 小组长, and five more with the tag 两委.
    """
    taken = np.zeros(len(homes), dtype=bool)
    chosen: list[tuple[int, str]] = []
    for tag, groups in (("", lin_of), ("小组长", zu_of)):
        for group in sorted(set(groups) - {""}):
            _choose(chosen, taken, np.array([at for at, of in enumerate(groups) if of == group]), tag, rng)
    for _ in range(COMMITTEE):
        _choose(chosen, taken, np.arange(len(homes)), "两委", rng)
    count = len(chosen)
    party = rng.random(count) < np.array([0.9 if tag == "两委" else _PARTY_SHARE for _, tag in chosen])
    away = (rng.random(count) < _AWAY_SHARE) & np.array([not tag for _, tag in chosen], dtype=bool)
    number = int(village_code[-6:] or 0) * 200
    return pd.DataFrame({
        "code": [f"Y{village_code}{n + 1:03d}" for n in range(count)],
        "name": head_names(count, rng),
        "phone": [f"199{(_PHONES_FROM + number + n) % 100_000_000:08d}" for n in range(count)],
        "village": [village_code] * count,
        "household": [homes[at] for at, _ in chosen],
        "party": party.tolist(),
        "tags": [_tags(tag, rng) for _, tag in chosen],
        "vetting": ["passed" if tag else "none" for _, tag in chosen],
        "vetted_on": ["2026-01-15" if tag else "" for _, tag in chosen],
        "away": away.tolist(),
        "training_due": ["2026-12-31"] * count,
        "training_done": ["2026-03-10" if done else "" for done in rng.random(count) < 0.6],
    })  # fmt: skip


def _choose(
    chosen: list[tuple[int, str]], taken: np.ndarray, among: np.ndarray, tag: str, rng: np.random.Generator
) -> None:
    """Choose one home of some that nobody was chosen from yet; a group without any gets nobody."""
    free = among[~taken[among]]
    if len(free):
        at = int(rng.choice(free))
        taken[at] = True
        chosen.append((at, tag))


def _tags(tag: str, rng: np.random.Generator) -> list[str]:
    """Return the tags of one person: that of their office, and by chance another."""
    found = [tag] if tag else []
    if not tag and rng.random() < _REPRESENTATIVE_SHARE:
        found.append("村民代表")
    if rng.random() < 0.25:
        found.append(_EXTRA[int(rng.integers(len(_EXTRA)))])
    return found
