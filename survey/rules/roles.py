"""Roles: what each may do, which exclude each other, and who may give which to whom.

===============  ================================================================  ==============================
role             rights (``geodata.rules.actors.RIGHTS``)                          who
===============  ================================================================  ==============================
administrator    see, accounts, settings                                           系统管理员: accounts, no home
security_admin   see, grant                                                        安全管理员: gives, takes roles
audit_admin      audit                                                             审计管理员: reads the audit
county_cadre     see, see_homes, unmask, import, draft, publish, officers,         县级干部
                 appoint, issues, report, handle, desk, restricted
town_cadre       see, see_homes, unmask, import, draft, publish, officers,         乡镇干部
                 appoint, issues, report, handle, desk
village_cadre    see, see_homes, unmask, draft, officers, appoint, issues,         村干部: names 邻长 alone
                 report, handle, desk
chief            see, see_homes, unmask, issues, report, handle                    片长, 组长, 邻长: by post
field_worker     see, see_homes, issues, report, handle                            网格员
reporter         report                                                            流动哨兵, no ground (B19)
office_staff     see, report, office                                               部门 (I01)
leader           see, issues                                                       领导: reads the map
read_only        see                                                               as a leader, for guests
===============  ================================================================  ==============================

The first three are the 三员 of 等保 (GB/T 22239-2019 8.1.4, 三员分立): one account holds at most one of them. A role
holds over the ground of one unit, found by that unit's path in today's net; "" is all ground. ``security_admin`` sees
the net because it names the unit over which it gives a role.

``chief`` is given by nobody: whose account is an officer's holds it over the unit of every chief's post that the
officer holds today, in today's net, and so an appointment, its end and a published redraw change it at once.

Who gives roles:

- nobody changes their own;
- while no enabled account holds ``security_admin``, an administrator gives what they hold themselves, over ground where
  they hold it, and may fill the two empty seats beside their own: a county starts with one person. What an office may
  do is held by its staff alone; it is given by who holds ``desk``, which calls offices in;
- once a security administrator is there, only that office gives and takes roles, over its own ground, and since it
  makes no accounts and resets no passwords it cannot put a role into its own pocket;
- the operator at the command line may do all of it.

The first account holds ``administrator`` and ``county_cadre``: on a one-person install the same person must be able to
make accounts and to load the county. The three 三员 stay exclusive even then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.rules.actors import RIGHTS, Actor, Grant, Scope
from geodata.rules.problems import Problem

_NET = frozenset({"see", "see_homes", "unmask", "draft", "officers", "appoint"})
_LOOP = frozenset({"issues", "report", "handle", "desk"})

ROLES: dict[str, frozenset[str]] = {
    "administrator": frozenset({"see", "accounts", "settings"}),
    "security_admin": frozenset({"see", "grant"}),
    "audit_admin": frozenset({"audit"}),
    "county_cadre": _NET | {"import", "publish"} | _LOOP | {"restricted"},
    "town_cadre": _NET | {"import", "publish"} | _LOOP,
    "village_cadre": _NET | _LOOP,
    "chief": frozenset({"see", "see_homes", "unmask", "issues", "report", "handle"}),
    "field_worker": frozenset({"see", "see_homes", "issues", "report", "handle"}),
    "reporter": frozenset({"report"}),
    "office_staff": frozenset({"see", "report", "office"}),
    "leader": frozenset({"see", "issues"}),
    "read_only": frozenset({"see"}),
}
EXCLUSIVE = frozenset({"administrator", "security_admin", "audit_admin"})
BY_POST = "chief"
OFFICE_STAFF = "office_staff"
_GIVEN_BY = {"office": "desk"}
FIRST_ROLES = ("administrator", "county_cadre")


@dataclass(frozen=True)
class HeldRole:
    """A role over one unit's ground.

    Parameters
    ----------
    unit_id
        The unit, or "" for all ground.
    path
        The unit's path in today's net; None when the unit is gone: the role then holds nowhere.
    """

    role: str
    unit_id: str
    path: str | None = ""
    unit_name: str = ""


@dataclass(frozen=True)
class Account:
    """Who may sign in. ``name`` is what is typed at the sign-in, ``display_name`` what others read.

    Parameters
    ----------
    officer_id, office_id
        The person of the register whose account it is; the office whose staff it is.
    roles
        What was granted.
    posts
        The role ``chief`` over each unit that the officer is chief of today.
    home
        The path of the village that the officer belongs to; None where there is no officer, or no village.
    """

    id: str
    name: str
    display_name: str
    must_change: bool
    disabled: bool
    created_at: dt.datetime
    last_seen: dt.datetime | None = None
    officer_id: str | None = None
    office_id: str | None = None
    roles: tuple[HeldRole, ...] = ()
    posts: tuple[HeldRole, ...] = ()
    home: str | None = None

    @property
    def held(self) -> tuple[HeldRole, ...]:
        """All that it holds today: what was granted, and what its posts give."""
        return (*self.roles, *self.posts)


def actor_of(account: Account) -> Actor:
    """Return what an account may do where, today."""
    return Actor(account.id, account.name, grants_of(account.held), account.office_id or "")


def grants_of(roles: Iterable[HeldRole]) -> tuple[Grant, ...]:
    """Return the rights behind roles; a role over a unit that is gone gives none."""
    return tuple(Grant(held.role, held.path, ROLES[held.role]) for held in roles if held.path is not None)


def check_roles(roles: Iterable[HeldRole], office_id: str | None = None) -> None:
    """Check the roles one account is to be granted.

    Raises
    ------
    Problem
        ``role.unknown`` (role), ``role.by_post`` for what posts alone give, ``role.exclusive`` (roles),
        ``role.no_unit`` (unit) for a unit not in today's net, ``role.no_office`` for an office's staff without one.
    """
    held = list(roles)
    for one in held:
        if one.role not in ROLES:
            raise Problem("role.unknown", role=one.role)
        if one.role == BY_POST:
            raise Problem("role.by_post")
        if one.path is None:
            raise Problem("role.no_unit", unit=one.unit_id)
        if one.role == OFFICE_STAFF and not office_id:
            raise Problem("role.no_office")
    offices = sorted({one.role for one in held} & EXCLUSIVE)
    if len(offices) > 1:
        raise Problem("role.exclusive", roles=offices)


def check_may_give(actor: Actor, account_id: str, roles: Iterable[HeldRole], seats_taken: frozenset[str]) -> None:
    """Check that an actor may give these roles to an account, or take them from it.

    Parameters
    ----------
    seats_taken
        The roles of ``EXCLUSIVE`` that some enabled account holds today.

    Raises
    ------
    Problem
        ``role.own`` for one's own account, ``role.beyond`` (role) for more than one may give.
    """
    for held in roles:
        if actor.id == account_id:
            raise Problem("role.own")
        if not _may_give(actor, held, seats_taken):
            raise Problem("role.beyond", role=held.role)


def _may_give(actor: Actor, held: HeldRole, seats_taken: frozenset[str]) -> bool:
    path = held.path or ""
    if actor.scope("grant").covers(path):
        return True
    if "security_admin" in seats_taken or not actor.scope("accounts").covers(path):
        return False
    if held.role in EXCLUSIVE - {"administrator"}:
        return held.role not in seats_taken
    return all(actor.scope(_GIVEN_BY.get(right, right)).covers(path) for right in ROLES[held.role])


def may_manage(actor: Actor, account: Account) -> bool:
    """Tell whether an actor may rename, disable and reset an account: all of it must lie on their ground.

    The offices that watch the administrator are out of the administrator's reach: only who holds ``grant`` as well,
    which nobody but the operator does, may reset them. An account without a role is anybody's who makes accounts.
    """
    if any(held.role in EXCLUSIVE - {"administrator"} for held in account.roles) and not actor.may("grant"):
        return False
    return actor.may("accounts") and covers_account(actor.scope("accounts"), account)


def covers_account(scope: Scope, account: Account) -> bool:
    """Tell whether all that an account holds today, and the village of whose it is, lie within a scope."""
    return covers_all(scope, grounds_of(account))


def grounds_of(account: Account) -> list[str]:
    """Return the paths of all that an account holds today, and of the village of the officer whose it is."""
    paths = [held.path for held in account.held if held.path is not None]
    return paths if account.home is None else [*paths, account.home]


def covers_all(scope: Scope, paths: Iterable[str]) -> bool:
    """Tell whether every path lies within a scope."""
    return all(scope.covers(path) for path in paths)


def sees_accounts(actor: Actor) -> Scope:
    """Return the ground whose accounts an actor may list, to manage them or to give them roles."""
    paths = actor.scope("accounts").paths + actor.scope("grant").paths
    return Scope(tuple(sorted(set(paths))))


def home_path(account: Account) -> str:
    """Return the ground that holds all that an account holds, by which its audit rows are filed."""
    paths = grounds_of(account)
    if not paths:
        return ""
    steps = [path.split("/")[:-1] for path in paths]
    shared = 0
    while all(len(s) > shared for s in steps) and len({s[shared] for s in steps}) == 1:
        shared += 1
    return "".join(f"{step}/" for step in steps[0][:shared])


def is_county_wide(path: str | None) -> bool:
    """Tell whether a path is all ground or a county."""
    return path is not None and path.count("/") <= 1


__all__ = [
    "BY_POST",
    "EXCLUSIVE",
    "FIRST_ROLES",
    "OFFICE_STAFF",
    "RIGHTS",
    "ROLES",
    "Account",
    "HeldRole",
    "actor_of",
    "check_may_give",
    "check_roles",
    "covers_account",
    "covers_all",
    "grants_of",
    "grounds_of",
    "home_path",
    "is_county_wide",
    "may_manage",
    "sees_accounts",
]
