from __future__ import annotations

from dataclasses import dataclass

from geodata.rules.problems import Problem
from geodata.rules.units import is_within

RIGHTS = (
    "see",  # units, counts, the map
    "see_homes",  # homes as masked points and cards
    "unmask",  # a home's full name and telephone, with a reason
    "import",
    "draft",
    "publish",
    "officers",  # the register of people: see it, change it
    "appoint",  # who holds which post
    "issues",  # what was reported and how it is handled
    "report",  # raise an issue
    "handle",  # take, do and answer issues as the chief of a unit
    "desk",  # what a village, a town and the county decide of issues: dispatch, call offices, check, close
    "office",  # the issues that one's own office is engaged in, wherever they lie
    "restricted",  # issues of restricted categories (D12)
    "accounts",
    "grant",
    "audit",
    "settings",
)


@dataclass(frozen=True)
class Scope:
    """The ground within which something is allowed: path prefixes; none at all means nowhere.

    Reads of personal data and of the net take it as a required argument, so that forgetting it is a TypeError.
    """

    paths: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Tell whether a unit's path lies in this scope."""
        return any(is_within(path, prefix) for prefix in self.paths)

    def require(self, path: str, what: str = "unit") -> None:
        """Raise ``scope.outside`` unless the path is covered; the edge answers as if the thing did not exist."""
        if not self.covers(path):
            raise Problem("scope.outside", what=what)


EVERYWHERE = Scope(("",))


@dataclass(frozen=True)
class Grant:
    """Rights held over the ground under one path."""

    role: str
    path: str
    rights: frozenset[str]


@dataclass(frozen=True)
class Actor:
    """Who asks for something: an account with what it may do where, or the operator at the command line.

    ``office_id`` is the office whose staff it is, "" for none.
    """

    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    office_id: str = ""

    def scope(self, right: str) -> Scope:
        """Return the ground within which the actor holds a right (a name of ``RIGHTS``)."""
        if right not in RIGHTS:
            raise ValueError(f"no such right: {right}")
        paths = sorted({grant.path for grant in self.grants if right in grant.rights})
        kept = [p for p in paths if not any(p != other and p.startswith(other) for other in paths)]
        return Scope(tuple(kept))

    def may(self, right: str) -> bool:
        """Tell whether the actor holds a right anywhere."""
        return bool(self.scope(right).paths)

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right the actor holds somewhere, in the order of ``RIGHTS``."""
        return tuple(right for right in RIGHTS if self.may(right))


OPERATOR = Actor("operator", "operator", (Grant("operator", "", frozenset(RIGHTS)),))
