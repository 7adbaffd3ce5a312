"""Which network addresses the server may ask for others: the guard against being made to ask its own neighbours."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# what resolvers of the C library take for an IPv4 address in disguise: 2130706433, 0x7f000001, 127.1, 0177.0.0.1
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Clouds hand out their own secrets on these; no tile server lies there (169.254.169.254 is link-local and never asked).
_METADATA = frozenset({ip_address("100.100.100.200"), ip_address("168.63.129.16"), ip_address("fd00:ec2::254")})
_UNICAST6 = IPv6Network("2000::/3")  # all that is given out for the public network (RFC 4291 section 2.4)
_UNIQUE_LOCAL6 = IPv6Network("fc00::/7")
# an IPv4 address rides inside these, which a check of the outer one would not see
_TUNNELS6 = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


def plain_host(host: str) -> bool:
    """Tell whether a host is a plain DNS name or an address written the one usual way.

    Parameters
    ----------
    host
        Lower case, IPv6 without brackets.

    >>> [plain_host(h) for h in ("tiles.example", "10.1.2.3", "::1", "127.1", "0x7f000001", "a b", "")]
    [True, True, True, False, False, False, False]
    """
    if ":" in host:
        return _parse(host) is not None and "%" not in host
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        parsed = _parse(host)
        return parsed is not None and str(parsed) == host
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def may_ask(address: str, *, internal: bool) -> bool:
    """Tell whether the server may open a connection to an address.

    Parameters
    ----------
    address
        What a name resolved to.
    internal
        Whether the county said that the source lies in its own network: then loopback, private and shared addresses
        are let through as well; link-local, multicast and the clouds' metadata addresses never are.

    >>> [may_ask(a, internal=False) for a in ("8.8.8.8", "127.0.0.1", "10.1.2.3", "::ffff:127.0.0.1")]
    [True, False, False, False]
    >>> [may_ask(a, internal=True) for a in ("10.1.2.3", "169.254.169.254", "::1")]
    [True, False, True]
    """
    found = _parse(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found is None or found in _METADATA or found.is_link_local or found.is_multicast:
        return False
    return _may_ask4(found, internal) if isinstance(found, IPv4Address) else _may_ask6(found, internal)


def _may_ask4(found: IPv4Address, internal: bool) -> bool:
    if found.is_reserved or int(found) >> 24 == 0:  # 240.0.0.0/4, and "this network", which reaches the host itself
        return False
    return internal or found.is_global


def _may_ask6(found: IPv6Address, internal: bool) -> bool:
    if internal and (found.is_loopback or found in _UNIQUE_LOCAL6):
        return True
    return found in _UNICAST6 and found.is_global and not any(found in tunnel for tunnel in _TUNNELS6)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
