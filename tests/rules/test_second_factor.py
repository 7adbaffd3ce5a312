"""The second factor as rules: the codes of RFC 6238, taken once, near their moment; codes for paper."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.profile import _ROLES, Profile
from survey.rules import devices, second_factor, sessions
from survey.rules.roles import ROLES, HeldRole

SECRET = b"12345678901234567890"
NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
        (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    """The SHA-1 vectors of RFC 6238 appendix B hold; six digits are their last six."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert second_factor.code_at(SECRET, second_factor.step_of(moment)) == code[2:]


@given(st.binary(min_size=20, max_size=20), st.integers(-3, 3))
@settings(max_examples=60)
def test_a_code_is_taken_half_a_minute_around_its_own(secret: bytes, off: int) -> None:
    """A phone whose clock is one step off is let in, one that is two off is not (or by a chance code, one in 10^6)."""
    step = second_factor.step_of(NOW)
    wanted = second_factor.code_at(secret, step + off)
    near = [second_factor.code_at(secret, step + by) for by in (-1, 0, 1)]
    taken = second_factor.step_taken(secret, f" {wanted[:3]} {wanted[3:]}", NOW, 0)
    assert (taken is not None) == (wanted in near)


def test_a_code_is_taken_once() -> None:
    """The step taken last, and every earlier one, is not taken again; what is no code never is."""
    step = second_factor.step_of(NOW)
    code = second_factor.code_at(SECRET, step)
    assert second_factor.step_taken(SECRET, code, NOW, step - 1) == step
    assert second_factor.step_taken(SECRET, code, NOW, step) is None
    for wrong in ("", "12345", "1234567", "abcdef", "１２３４５６"):
        assert second_factor.step_taken(SECRET, wrong, NOW, 0) is None


@given(st.binary(min_size=1, max_size=40))
@settings(max_examples=40)
def test_a_secret_survives_being_written_down(secret: bytes) -> None:
    """The text of a secret is base 32 without padding and reads back as the same bytes."""
    text = second_factor.secret_text(secret)
    assert re.fullmatch(r"[A-Z2-7]+", text)
    assert second_factor.secret_bytes(text) == secret


def test_what_the_qr_code_says() -> None:
    """The key URI names issuer and account, escaped, and carries the secret (Key Uri Format)."""
    uri = second_factor.enrol_uri(SECRET, "三长图 石桥县", "wang@a")
    issuer = "%E4%B8%89%E9%95%BF%E5%9B%BE%20%E7%9F%B3%E6%A1%A5%E5%8E%BF"
    assert uri == f"otpauth://totp/{issuer}:wang%40a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer={issuer}"


def test_recovery_codes_are_long_and_all_different() -> None:
    """Eight codes of 24 letters; their digests differ by account, and blanks, hyphens and capitals do not matter."""
    codes = second_factor.recovery_codes(bytes(range(8 * 24)))
    assert len(set(codes)) == 8
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    digest = second_factor.recovery_digest
    assert digest(codes[0].upper().replace("-", " "), "a") == digest(codes[0], "a") != digest(codes[0], "b")


def held(*roles: str, path: str | None = "") -> list[HeldRole]:
    return [HeldRole(role, "", path) for role in roles]


def test_who_needs_a_second_factor() -> None:
    """Nobody by default; offices and leaders under dengbao; whom the county names; not by a role over nothing."""
    asvs, dengbao = sessions.rules_of(Profile()), sessions.rules_of(Profile(passwords="dengbao"))
    named = sessions.rules_of(Profile(second_factor_roles=["county_cadre"]))
    assert not any(sessions.needs_factor(held(role), asvs) for role in ROLES)
    needing = {role for role in ROLES if sessions.needs_factor(held(role), dengbao)}
    assert needing == {"administrator", "security_admin", "audit_admin", "leader"}
    assert [role for role in ROLES if sessions.needs_factor(held(role), named)] == ["county_cadre"]
    assert not sessions.needs_factor(held("leader", path=None), dengbao)


def test_when_a_session_and_an_account_lapse() -> None:
    """Half an hour idle and twelve hours in all end a session; ninety days disable an account under dengbao alone."""
    asvs, dengbao = sessions.rules_of(Profile()), sessions.rules_of(Profile(passwords="dengbao"))
    assert not sessions.has_lapsed(NOW, NOW, NOW + 30 * MINUTE, asvs)
    assert sessions.has_lapsed(NOW, NOW, NOW + 31 * MINUTE, asvs)
    late = NOW + 721 * MINUTE
    assert sessions.has_lapsed(NOW, late, late, dengbao)
    assert sessions.idle_since(NOW, asvs) is None
    assert sessions.idle_since(NOW, dengbao) == NOW - dt.timedelta(days=90)


@pytest.mark.parametrize(
    "values",
    [{"passwords": "none"}, {"second_factor_roles": ["boss"]}, {"device_days": -1}, {"device_days": 366},
     {"device_days": True}, {"device_days": "30"}],
)  # fmt: skip
def test_parameters_of_signing_in_that_there_are_not_are_refused(values: dict[str, object]) -> None:
    """An unknown set of rules, role or number of days is named; the roles known are the house's."""
    with pytest.raises(Problem) as refused:
        Profile.from_dict(values)
    assert refused.value.code == "profile.bad_sign_in"
    assert refused.value.values["key"] in values
    assert set(_ROLES) == set(ROLES)


def test_what_a_devices_token_is() -> None:
    """The token in use and the one after it hold; a retired one is a copy once it is late; others are unknown."""
    judge = devices.judge
    assert judge("a", "a", "b", "z", MINUTE) == "current"
    assert judge("b", "a", "b", "z", MINUTE) == "next"
    assert judge("z", "a", "b", "z", MINUTE) == "unknown"
    assert judge("z", "a", "b", "z", 3 * MINUTE) == "copied"
    assert judge("c", "a", "b", "", 3 * MINUTE) == "unknown"
    assert devices.device_of("0" * 36 + "." + "a" * 43) == "0" * 36
    assert devices.device_of("") == ""
    assert devices.next_message("d", "a") != devices.next_message("d", "b")


def test_when_a_device_has_expired() -> None:
    """Days count from the last use; with none of them every device has expired."""
    assert not devices.has_expired(NOW, NOW + dt.timedelta(days=29), 30)
    assert devices.has_expired(NOW, NOW + dt.timedelta(days=30), 30)
    assert devices.has_expired(NOW, NOW, 0)
