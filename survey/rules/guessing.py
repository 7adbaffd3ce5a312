"""Which category a text is about, by the words of each category that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey.rules.categories import Named

SURE_SCORE, SURE_AHEAD = 2.0, 1.0
"""A category is filled in by itself where its words are two characters or more, and one more than the next one's."""
_PART = 0.5  # a word that a category's name has among others says half of what its keyword says


@dataclass(frozen=True)
class Guess:
    """A category that a text may be about, with the words found for it."""

    category: Named
    score: float
    words: tuple[str, ...]


def guess(text: str, words: Iterable[str], categories: Sequence[Named], limit: int) -> list[Guess]:
    """Return the categories that a text may be about, the likeliest first.

    Parameters
    ----------
    text
        What is the matter.
    words
        The same cut into words.
    categories
        Those in force. A keyword or name inside the text counts its length, one inside a longer one nothing; a word of
        the text that a name has among others counts half.

    Returns
    -------
    list
        Ordered by score, then by what the text says first, then by the order of the categories.
    """
    plain = text.casefold()
    cut = {word.casefold() for word in words if len(word) > 1}
    found: list[tuple[float, int, int, Guess]] = []
    for at, category in enumerate(categories):
        whole = _longest(word for word in {category.name, *category.keywords} if word.casefold() in plain)
        parts = _longest(word for word in cut if word in category.name and not any(word in one for one in whole))
        score = float(sum(map(len, whole))) + _PART * sum(map(len, parts))
        if score:
            said = sorted([*whole, *parts], key=plain.find)
            found.append((-score, plain.find(said[0].casefold()), at, Guess(category, score, tuple(said))))
    return [one for *_, one in sorted(found, key=lambda item: item[:3])[:limit]]


def is_sure(guesses: Sequence[Guess]) -> bool:
    """Tell whether the first of some guesses may be filled in without asking."""
    if not guesses or guesses[0].score < SURE_SCORE:
        return False
    return len(guesses) == 1 or guesses[0].score - guesses[1].score >= SURE_AHEAD


def _longest(words: Iterable[str]) -> list[str]:
    """Return the words that lie in no other of them."""
    kept = list(words)
    return [word for word in kept if not any(word != other and word in other for other in kept)]
