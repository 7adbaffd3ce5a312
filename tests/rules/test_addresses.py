"""Addresses: what the server may open a connection to, and how a host may be written."""

from __future__ import annotations

import pytest

from geodata.rules.addresses import may_ask, plain_host

PUBLIC = ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"]
WITHIN = ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd12::1",
          "::ffff:10.0.0.1"]  # fmt: skip
NEVER = ["169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "0.0.0.0", "0.1.2.3",
         "::", "255.255.255.255", "224.0.0.1", "ff02::1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254",
         "::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "fec0::1", "localhost", "", "127.1",
         "0x7f000001", "2130706433"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_asked(address: str) -> None:
    """A public address is let through, within or not."""
    assert may_ask(address, internal=False)
    assert may_ask(address, internal=True)


@pytest.mark.parametrize("address", WITHIN)
def test_addresses_within_only_where_said(address: str) -> None:
    """Loopback, private and shared addresses need the layer to say that it is internal."""
    assert not may_ask(address, internal=False)
    assert may_ask(address, internal=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_asked(address: str) -> None:
    """Link-local, metadata, multicast, tunnelled and disguised addresses are refused whatever the layer says."""
    assert not may_ask(address, internal=False)
    assert not may_ask(address, internal=True)


@pytest.mark.parametrize(("host", "plain"), [
    ("maps.example", True), ("gis_server", True), ("a.b.c.", True), ("10.0.0.1", True), ("fd12::1", True),
    ("010.0.0.1", False), ("10.1", False), ("0x7f.0.0.1", False), ("a.0x1", False), ("a..b", False), ("-a.b", False),
    ("a" * 64, False), (".".join(["abc"] * 64), False), ("A.b", False), ("fe80::1%eth0", False), ("::zz", False),
])  # fmt: skip
def test_a_host_is_written_plainly(host: str, plain: bool) -> None:
    """A name of labels or an address in its usual form; never a number that a resolver would take for an address."""
    assert plain_host(host) is plain
