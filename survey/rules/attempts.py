"""How long a sign-in must wait after failures, so that guessing is slow and nobody can be locked out by another.

A hard lock of the account would let anybody shut out 25,000 chiefs by typing wrong passwords. So failures are counted
per account *and* place (the address of one IPv4 host, or of one IPv6 /64 network), and only beyond that, mildly, for
one place over all accounts and one account over all places. A place from which the account signed in before is known:
there only its own count matters.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

WINDOW_S = 900  # failures are forgotten after 15 quiet minutes (等保: 5 failures in 15 minutes)
FREE_FAILURES = 5
PLACE_FREE_FAILURES = 100  # a whole county office may share one address
ACCOUNT_FREE_FAILURES = 100
PLACE_WAIT_S = 60
KNOWN_DAYS = 90


@dataclass(frozen=True)
class Count:
    """Failures of one kind (``pair``, ``place`` or ``account``) and the moment of the last one."""

    kind: str
    failures: int
    last: dt.datetime


def place_of(address: str | None) -> str:
    """Return the place an address belongs to: itself for IPv4, its /64 for IPv6, "" when it is none.

    >>> place_of("203.0.113.9"), place_of("2001:db8:0:1:2::3"), place_of("::ffff:203.0.113.9"), place_of(None)
    ('203.0.113.9', '2001:db8:0:1::', '203.0.113.9', '')
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False).network_address)
    return str(parsed)


def network_of(place: str) -> str:
    """Return the network to write into the audit: /24 or /48, which tells an office but no single person.

    >>> network_of("203.0.113.9"), network_of("2001:db8:0:1::"), network_of("")
    ('203.0.113.0/24', '2001:db8::/48', '')
    """
    if not place:
        return ""
    return str(ipaddress.ip_network(f"{place}/{48 if ':' in place else 24}", strict=False))


def failures_now(count: Count, now: dt.datetime) -> int:
    """Return the failures that still count: none after ``WINDOW_S`` quiet seconds."""
    return count.failures if (now - count.last).total_seconds() < WINDOW_S else 0


def wait_s(counts: Iterable[Count], now: dt.datetime, *, known: bool, first_wait_s: int) -> int:
    """Return the whole seconds until the next try, 0 for at once.

    Parameters
    ----------
    counts
        What was counted for this account and place.
    known
        Whether the account signed in from this place before.
    first_wait_s
        The wait after ``FREE_FAILURES`` failures; it doubles with each further one up to ``WINDOW_S``.
    """
    longest = 0.0
    for count in counts:
        if known and count.kind != "pair":
            continue
        wanted = _wanted_s(count.kind, failures_now(count, now), first_wait_s)
        passed = max(0.0, (now - count.last).total_seconds())  # the clock of another worker may be a little ahead
        longest = max(longest, wanted - passed)
    return max(0, -int(-longest // 1))


def _wanted_s(kind: str, failures: int, first_wait_s: int) -> float:
    if kind == "pair":
        over = failures - FREE_FAILURES
        return min(first_wait_s * 2.0 ** min(over, 20), WINDOW_S) if over >= 0 else 0.0
    free = PLACE_FREE_FAILURES if kind == "place" else ACCOUNT_FREE_FAILURES
    return PLACE_WAIT_S if failures >= free else 0.0
