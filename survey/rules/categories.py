"""Categories of issues: what one is, how it is named by others, and how long it may take by itself.

A category is identified by scheme, version and code: a revised standard gives old numbers new meanings, so what was
reported under one version keeps it.
"""

from __future__ import annotations

import functools
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from geodata.rules.units import Level
from survey.rules import category_list as shipped

KINDS = ("object", "event", "local")  # 部件, 事件, 三长制 extension
LEVELS = ("", *(level.value for level in reversed(Level)))
SYMBOLS = (
    "light", "manhole", "pole", "utility", "power", "road", "bridge", "traffic", "waste", "water", "drain", "tree",
    "notice", "building", "works", "hazard", "fire", "street", "dispute", "warning", "wish", "idea", "service", "home",
    "other",
)  # fmt: skip
"""What a category may be drawn as on the map."""
SCHEME_OF = {"object": shipped.OBJECT, "event": shipped.EVENT, "local": shipped.OURS}
KIND_OF = {scheme: kind for kind, scheme in SCHEME_OF.items()}
VERSION_OF = {
    shipped.OBJECT: shipped.SZCG_VERSION,
    shipped.EVENT: shipped.SZCG_VERSION,
    shipped.OURS: shipped.OUR_VERSION,
}
_NAMESPACE = uuid.UUID("6b1f7b62-51f0-5d0e-9b0f-0c1f5c8f5a11")


@dataclass(frozen=True)
class Category:
    """A class of issues.

    Parameters
    ----------
    scheme, version, code
        What identifies it; ``code`` is two digits of the major and two or three of the minor, in our own scheme or a
        county's any short text.
    kind
        ``object`` (部件), ``event`` (事件) or ``local``.
    major
        The name of the class above it.
    grade
        ``instant``, ``ordinary``, ``harder`` or ``complex``: what clock an issue of it starts with.
    level
        The level of the unit that handles it (``Level`` value), "" for the nearest chief.
    office_code
        The office that handles it, "" for the chief.
    restricted
        Seen only by those whom the county names (D12).
    keywords
        Words that mean it, in messages and in files of others.
    """

    scheme: str
    version: str
    code: str
    kind: str
    major: str
    name: str
    name_en: str = ""
    grade: str = "ordinary"
    level: str = ""
    office_code: str = ""
    restricted: bool = False
    keywords: tuple[str, ...] = ()
    symbol: str = "other"
    position: int = 0

    @property
    def id(self) -> str:
        """The same category has the same id in every county, so that lists and requests may name it beforehand."""
        return category_id(self.scheme, self.version, self.code)


class Coded(Protocol):
    """What can be named by its scheme and code: a Category, or a row of the store."""

    @property
    def scheme(self) -> str:
        """The scheme it stands in."""

    @property
    def code(self) -> str:
        """Its code there."""


class Named(Coded, Protocol):
    """What can be found by a word for it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def keywords(self) -> Sequence[str]:
        """Words that mean it."""


C = TypeVar("C", bound=Named)


def category_id(scheme: str, version: str, code: str) -> str:
    """Return the id of a category, made of what identifies it."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((scheme, version, code))))


@functools.cache
def list_shipped() -> tuple[Category, ...]:
    """Return the categories that a county starts with, in their order."""
    tables = (("object", shipped.OBJECTS), ("event", shipped.EVENTS), ("local", shipped.EXTENSION))
    lines = [(kind, line) for kind, table in tables for line in table.strip().split("\n")]
    return tuple(_shipped(kind, line, position) for position, (kind, line) in enumerate(lines))


def _shipped(kind: str, line: str, position: int) -> Category:
    cells = [cell.strip() for cell in line.split("|")] + [""] * 4
    code, name, name_en, grade, symbol, words = cells[:6]
    scheme = SCHEME_OF[kind]
    major, usual = major_of(scheme, code)
    return Category(
        scheme, VERSION_OF[scheme], code, kind, major, name, name_en, grade or "ordinary",
        shipped.LEVELS.get((scheme, code), ""), "", kind == "local" and code in shipped.RESTRICTED,
        tuple(dict.fromkeys(words.split())), symbol or usual, position,
    )  # fmt: skip


def major_of(scheme: str, code: str) -> tuple[str, str]:
    """Return the name of a code's major and its symbol, ("", "other") where the scheme is not ours to know."""
    majors = shipped.MAJORS.get(scheme, {})
    return next((known for start, known in majors.items() if code.startswith(start)), ("", "other"))


def is_meant(reference: str, category: Coded) -> bool:
    """Tell whether ``code`` or ``scheme:code``, or the beginning of a code that names a major, means a category.

    >>> lamp = list_shipped()[17]
    >>> lamp.name, [is_meant(r, lamp) for r in ("0118", "01", "szcg-object:0118", "szcg-event:0118", "0110")]
    ('路灯', [True, True, True, False, False])
    """
    scheme, colon, code = reference.rpartition(":")
    if colon and scheme != category.scheme:
        return False
    return category.code == code or (0 < len(code) < len(category.code) and category.code.startswith(code))


def finder(categories: Iterable[C]) -> Mapping[str, C]:
    """Return what a category may be called in a file of others, by that text in lower case.

    Scheme and code always; a code, a name or a keyword only where no second category bears it. A name goes before a
    code, a code before a keyword.
    """
    known = list(categories)
    found: dict[str, C] = {}
    for words in (
        lambda one: [f"{one.scheme}:{one.code}"],
        lambda one: [one.name],
        lambda one: [one.code],
        lambda one: list(dict.fromkeys(one.keywords)),
    ):
        named = [(word.casefold(), one) for one in known for word in words(one) if word]
        borne = Counter(word for word, _ in named)
        for word, one in named:
            if borne[word] == 1:
                found.setdefault(word, one)
    return found
