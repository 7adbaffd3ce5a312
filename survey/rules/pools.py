"""From whom a post is taken: the pools of a county's profile, and what speaks against a choice.

The pools stand in the profile (``chief_pools``, ``elected_levels``), because counties differ:

- 片长: 由支村两委成员担任 (B03);
- 组长: 由村民小组长或单位小区负责人担任 (B04);
- 邻长: 每邻民主推选1名群众代表 (B01), of the 邻; 党员、致富带头人、有威望人士等 (B05) or 村民代表 (B06);
- nearest first: 村组干部按照居住区域就近担任组长和片长 (B02);
- a team of 1名党员骨干、1名联络员、3名志愿者 a unit (B07), candidates kept as a register a village (B08);
- 守法联审 (B09) keeps out who did not pass it, 长期在外 (B11) is told and asks for a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.rules.actors import Scope
from geodata.rules.profile import Profile
from survey.rules.chiefs import CHIEF, LEVELS

PARTY = "党员"
"""The word by which a pool asks for party members; it needs no tag, the register has a field for it."""

VETTING = ("none", "passed", "failed")
_TOWN_STEPS = 2  # a town's path has two steps: county/town/


@dataclass(frozen=True)
class Person:
    """What the choice of an officer turns on."""

    id: str
    tags: frozenset[str] = frozenset()
    party: bool = False
    vetting: str = "none"
    away: bool = False
    retired: bool = False

    @property
    def words(self) -> frozenset[str]:
        """Every word that a pool may ask for."""
        return self.tags | {PARTY} if self.party else self.tags


def pool_of(profile: Profile, level: str) -> frozenset[str]:
    """Return the tags from which a level's chief is taken (B03 to B06); the empty set is everybody."""
    return frozenset(profile.chief_pools.get(level, ()))


def pool_of_role(role: str) -> frozenset[str]:
    """Return the tags from which a role of a unit's team is taken: 党员骨干 are party members (B07)."""
    return frozenset({PARTY}) if role == "backbone" else frozenset()


def is_elected(profile: Profile, level: str) -> bool:
    """Tell whether a level's chief is elected, so that candidates are shown and nobody is proposed (B01)."""
    return level in profile.elected_levels


def lives_inside_only(level: str) -> bool:
    """Tell whether only people of the unit itself may be its chief: 邻长 are of their 邻 (B01 每邻推选)."""
    return level == "lin"


def may_be_proposed(person: Person, pool: frozenset[str]) -> bool:
    """Tell whether the map may propose a person: in the pool, not away (B11), vetting not failed (B09), not retired."""
    return not objections(person, pool)


def objections(person: Person, pool: frozenset[str], *, outside: bool = False, elsewhere: bool = False) -> list[str]:
    """Return what speaks against a person for a post, so that whoever appoints all the same writes down why.

    Returns
    -------
    list of str
        ``retired`` and ``vetting`` (failed), which no reason mends; ``pool``, ``away``, ``outside`` (the 邻) and
        ``elsewhere`` (another village), which one does.
    """
    found = {
        "retired": person.retired,
        "vetting": person.vetting == "failed",
        "pool": bool(pool) and not pool & person.words,
        "away": person.away,
        "outside": outside,
        "elsewhere": elsewhere,
    }
    return [name for name, there in found.items() if there]


UNMENDABLE = frozenset({"retired", "vetting"})


def may_appoint(scope: Scope, path: str, level: str) -> bool:
    """Tell whether who may appoint within a scope may fill the posts of a unit: a village alone those of its 邻.

    Parameters
    ----------
    scope
        The ground of the right ``appoint``.
    path, level
        The unit's.
    """
    if not scope.covers(path):
        return False
    return level == "lin" or any(path.startswith(p) and p.count("/") <= _TOWN_STEPS for p in scope.paths)


def seats(profile: Profile, level: str) -> dict[str, int]:
    """Return the posts of a unit of a level and how many there are of each: its chief, then its team (B07, B22)."""
    chief = {CHIEF: 1} if level in LEVELS else {}
    return chief | {role: count for role, count in profile.team.get(level, {}).items() if count}


def levels_with_posts(profile: Profile) -> Sequence[str]:
    """Return the levels at which posts stand, from the larger ground to the smaller."""
    return [level for level in ("village", *LEVELS) if seats(profile, level)]
