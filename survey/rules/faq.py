"""Common questions answered at once from a local list (常见问题机器人0秒回复, D07), by the meaning of their words.

Texts are cut into words, words that mean the same become one, and the answers are ranked by BM25 (Robertson and
Zaragoza 2009, in the form of Lucene, by the library bm25s). BM25 always has a best answer; whether it answers at all is
judged by the share of the question's own words, weighed by how rare they are, that the answer's entry holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules.problems import Problem
from survey.rules.faq_words import SAYS_NOTHING, SAYS_THE_SAME

QUESTION_MOST, ANSWER_MOST = 300, 4_000
LEAST_SHARE = 0.5
"""An entry that holds less than half of what a question asks about does not answer it."""
LEAST_OF_BEST = 0.5
"""Beside a much better answer a poor one is left out."""
_QUESTION_TWICE = 2  # the question of an entry says what it is about, its answer many things beside

Cut = Callable[[str], Sequence[str]]
"""Cuts a text into words, the parts of long words among them."""


@dataclass(frozen=True)
class Entry:
    """A question and its answer."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class Answer:
    """An entry that answers a question, with its BM25 score and the share of the question that it holds."""

    id: str
    score: float
    share: float


@dataclass(frozen=True)
class Index:
    """A list of entries made ready to be asked (:func:`make_index`)."""

    ids: tuple[str, ...]
    held: tuple[frozenset[str], ...]
    found_in: Counter[str]
    ranker: Any


def terms_of(text: str, cut: Cut) -> list[str]:
    """Return the words of a text that say what it is about, those that mean the same as one word.

    >>> terms_of("请问新农合怎么交费", str.split)
    ['医保', '缴费']
    """
    plain = text.casefold()
    for word, one in SAYS_THE_SAME:
        plain = plain.replace(word, f" {one} ")
    words = [word.strip() for word in cut(plain)]
    telling = [word for word in words if word not in SAYS_NOTHING and any(mark.isalnum() for mark in word)]
    return [word for word in telling if not _is_made_of(word, telling)]


def _is_made_of(word: str, others: Sequence[str]) -> bool:
    """Tell whether a word is no more than shorter words of the same text side by side, which say the same."""
    left = word
    for other in sorted({other for other in others if other != word and other in word}, key=len, reverse=True):
        left = left.replace(other, "")
    return not left


def make_index(entries: Sequence[Entry], cut: Cut) -> Index:
    """Make a list of entries ready to be asked; ten milliseconds for some hundred of them."""
    import bm25s  # slow to load, and asked for by few

    asked = [terms_of(entry.question, cut) for entry in entries]
    texts = [words * _QUESTION_TWICE + terms_of(entry.answer, cut) for words, entry in zip(asked, entries, strict=True)]
    ranker = bm25s.BM25(method="lucene")
    if any(texts):
        ranker.index([words or ["\x00"] for words in texts], show_progress=False)
    held = tuple(frozenset(words) for words in texts)
    return Index(tuple(entry.id for entry in entries), held, Counter(word for words in held for word in words), ranker)


def ask(index: Index, question: str, cut: Cut, limit: int) -> list[Answer]:
    """Return the entries that answer a question, the best first; none where none fits."""
    wanted = list(dict.fromkeys(terms_of(question, cut)))
    known = [word for word in wanted if word in index.found_in]
    if not known:
        return []
    scores = index.ranker.get_scores(known)
    weight = {word: _weight(word, len(index.ids), index.found_in[word]) for word in wanted}
    whole = sum(weight.values())
    shares = [sum(weight[word] for word in wanted if word in held) / whole for held in index.held]
    fitting = [
        Answer(entry_id, round(float(score), 4), round(share, 4))
        for entry_id, score, share in zip(index.ids, scores, shares, strict=True)
        if share >= LEAST_SHARE
    ]
    best = max((one.score for one in fitting), default=0.0)
    near = [one for one in fitting if one.score >= best * LEAST_OF_BEST]
    return sorted(near, key=lambda one: (-one.score, one.id))[:limit]


def _weight(word: str, entries: int, holding: int) -> float:
    """Return the inverse document frequency of a word, as Lucene's BM25 has it; one character says half as much."""
    rarity = math.log(1 + (entries - holding + 0.5) / (holding + 0.5))
    return rarity if len(word) > 1 else rarity / 2


def checked_text(text: str, field: str) -> str:
    """Return a question or an answer without outer blanks, or ``faq.bad_question``, ``faq.bad_answer`` (most)."""
    kept = text.strip()
    most = QUESTION_MOST if field == "question" else ANSWER_MOST
    if not 1 <= len(kept) <= most:
        raise Problem(f"faq.bad_{field}", most=most)
    return kept


def question_key(text: str) -> str:
    """Return by what a question is known again in a file: its letters and digits, without marks, blanks and case.

    >>> question_key("医保 怎么交？") == question_key("医保怎么交")
    True
    """
    return "".join(mark for mark in text.casefold() if mark.isalnum())
