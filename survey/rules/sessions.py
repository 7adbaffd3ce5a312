"""When a session, an account and a remembered phone end, and who must sign in with two factors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.rules.profile import Profile
from survey.rules.passwords import PROFILES, PasswordProfile
from survey.rules.roles import HeldRole


@dataclass(frozen=True)
class SignInRules:
    """The rules of signing in that a county chose.

    Parameters
    ----------
    passwords
        The named rules (``survey.rules.passwords.PROFILES``).
    factor_roles
        Roles that must sign in with a second factor.
    device_days
        Days for which a phone stays signed in from its last use; 0 for never.
    """

    passwords: PasswordProfile
    factor_roles: frozenset[str]
    device_days: int

    @property
    def idle(self) -> dt.timedelta:
        """How long a session may lie idle."""
        return dt.timedelta(seconds=self.passwords.idle_s)

    @property
    def absolute(self) -> dt.timedelta:
        """How long a session may last in all."""
        return dt.timedelta(seconds=self.passwords.absolute_s)


def rules_of(profile: Profile) -> SignInRules:
    """Return the rules of signing in from a county's parameters.

    >>> rules_of(Profile(passwords="dengbao")).passwords.longest_days, rules_of(Profile()).device_days
    (90, 30)
    """
    named = PROFILES[profile.passwords]
    return SignInRules(named, named.factor_roles | frozenset(profile.second_factor_roles), profile.device_days)


def needs_factor(roles: Iterable[HeldRole], rules: SignInRules) -> bool:
    """Tell whether one of the roles held today must sign in with a second factor."""
    return any(held.role in rules.factor_roles for held in roles if held.path is not None)


def has_lapsed(opened_at: dt.datetime, seen_at: dt.datetime, now: dt.datetime, rules: SignInRules) -> bool:
    """Tell whether a session is over: idle for too long, or too old."""
    return now - seen_at > rules.idle or now - opened_at > rules.absolute


def idle_since(now: dt.datetime, rules: SignInRules) -> dt.datetime | None:
    """Return the moment before which an account must have been used last to be disabled; None disables none."""
    days = rules.passwords.idle_account_days
    return None if days is None else now - dt.timedelta(days=days)
