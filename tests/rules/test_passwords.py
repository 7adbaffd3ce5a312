"""Passwords under the two profiles, and the waits after failures."""

from __future__ import annotations

import datetime as dt
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from survey.rules import attempts, passwords
from survey.rules.attempts import Count
from survey.rules.passwords import PROFILES

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
ASVS, DENGBAO = PROFILES["asvs"], PROFILES["dengbao"]


def refusal(password: str, profile: passwords.PasswordProfile = ASVS, *own: str) -> tuple[str, object]:
    try:
        passwords.check_password(password, profile, own)
    except Problem as problem:
        return problem.code, next(iter(problem.values.values()))
    return "", ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("aaaaaaaaaaaa", "repeat"),
        ("abcabcabcabc", "repeat"),
        ("12ab12ab12ab", "repeat"),
        ("13812345678", "number"),
        ("+8613812345678", "number"),
        ("430103199003074512", "number"),
        ("ab19900307", "number"),
        ("1234567890", "usual"),
        ("0987654321", "usual"),
        ("qwertyuiop", "usual"),
        ("1qaz2wsx3edc", "usual"),
        ("password123", "usual"),
        ("P@ssw0rd2024!", "usual"),
        ("administrator1", "usual"),
        ("Lianyuan2026", "usual"),
        ("woaizhongguo520", "usual"),
        ("sanzhangtu666", "usual"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, why: str) -> None:
    """Repeats, numbers of persons and dates, keyboard walks and stems with trimmings are refused with the reason."""
    assert refusal(password) == ("password.common", why)


@pytest.mark.parametrize(
    "password",
    ["kan jian yi zhi niao", "春天来了桃花开得真好", "Tqm7-vexo-Wand", "zhege wodemima bucuo", "correct horse battery"],
)
def test_ordinary_good_passwords_are_taken(password: str) -> None:
    """Phrases of words, in Chinese or pinyin, and random ones need no special characters under ASVS."""
    assert refusal(password) == ("", "")


def test_length_has_two_ends() -> None:
    """Too short and too long are told with the limit; 64 characters and more are welcome (ASVS 6.2.9)."""
    assert refusal("Tqm7vexoW") == ("password.short", 10)
    assert refusal("春" * 300) == ("password.long", passwords.LONGEST)
    assert refusal("a walk through forty green villages and one more bridge to the far bank") == ("", "")


def test_ones_own_name_is_refused() -> None:
    """A password that is little more than the account's own name is refused."""
    assert refusal("wangxiaoming88", ASVS, "wangxiaoming", "王小明") == ("password.common", "own")
    assert refusal("wangxiaoming crosses the river", ASVS, "wangxiaoming") == ("", "")


def test_dengbao_wants_three_classes_and_asvs_none() -> None:
    """The profiles contradict each other where the two standards do."""
    assert refusal("kan jian yizhi niao", DENGBAO) == ("password.classes", 3)
    assert refusal("Kan jian 1 zhi niao", DENGBAO) == ("", "")
    assert passwords.classes_of("aB3春") == {"lower", "upper", "digit", "other"}


def test_age_counts_under_dengbao_only() -> None:
    """Ninety days and a moment are too old under 等保; under ASVS no age is."""
    old = NOW - dt.timedelta(days=90, seconds=1)
    assert passwords.is_too_old(old, NOW, DENGBAO)
    assert not passwords.is_too_old(NOW - dt.timedelta(days=90), NOW, DENGBAO)
    assert not passwords.is_too_old(old, NOW, ASVS)


def test_a_one_time_password_lapses() -> None:
    """What was handed out and never used stops working after a week."""
    assert not passwords.is_spent(NOW - dt.timedelta(days=7), NOW)
    assert passwords.is_spent(NOW - dt.timedelta(days=7, seconds=1), NOW)


@given(st.binary(min_size=12, max_size=12))
def test_one_time_passwords_can_be_read_out(draws: bytes) -> None:
    """Three groups of four letters and digits, none of them mistaken for another."""
    spelled = passwords.one_time_password(draws)
    assert [len(group) for group in spelled.split("-")] == [4, 4, 4]
    assert not set(spelled) & set("01ilo")


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    """Whatever is typed is taken or refused by name, and preparing it twice changes nothing more."""
    ready = passwords.prepare(text)
    assert passwords.prepare(ready) == ready
    assert refusal(ready, DENGBAO)[0] in {
        "", "password.short", "password.long", "password.classes", "password.common",
    }  # fmt: skip


def wait(kind: str, failures: int, seconds_ago: float = 0.0, known: bool = False, first: int = 30) -> int:
    count = Count(kind, failures, NOW - dt.timedelta(seconds=seconds_ago))
    return attempts.wait_s([count], NOW, known=known, first_wait_s=first)


def test_five_failures_are_free_then_the_wait_doubles() -> None:
    """From one place on one account: 30 s, 60 s, 120 s … up to a quarter of an hour."""
    assert [wait("pair", n) for n in (0, 4, 5, 6, 7, 10, 99)] == [0, 0, 30, 60, 120, 900, 900]
    assert [wait("pair", 5, s) for s in (29.5, 30)] == [1, 0]
    assert wait("pair", 5, first=DENGBAO.first_wait_s) == 900


def test_failures_are_forgotten_after_a_quiet_quarter_of_an_hour() -> None:
    """Nothing is locked for good."""
    assert wait("pair", 99, attempts.WINDOW_S) == 0
    assert wait("pair", 99, attempts.WINDOW_S - 1) == 1


def test_others_failures_never_hold_up_a_known_place() -> None:
    """However many fail from the same office or on the same account, a known place waits for its own count alone."""
    for kind in ("place", "account"):
        assert wait(kind, 100_000) == attempts.PLACE_WAIT_S
        assert wait(kind, 99) == 0
        assert wait(kind, 100_000, known=True) == 0
    assert wait("pair", 5, known=True) == 30


@given(st.lists(st.tuples(st.sampled_from(["pair", "place", "account"]), st.integers(0, 10**6), st.floats(0, 2000))))
def test_a_wait_is_bounded(counts: list[tuple[str, int, float]]) -> None:
    """No history makes anybody wait longer than the window."""
    kept = [Count(kind, failures, NOW - dt.timedelta(seconds=ago)) for kind, failures, ago in counts]
    assert 0 <= attempts.wait_s(kept, NOW, known=False, first_wait_s=30) <= attempts.WINDOW_S


@given(st.ip_addresses())
def test_a_place_is_stable_and_inside_its_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """A place is its own place, and the network in the audit holds it."""
    place = attempts.place_of(str(address))
    assert attempts.place_of(place) == place
    assert ipaddress.ip_address(place) in ipaddress.ip_network(attempts.network_of(place))


def test_neighbours_in_one_ipv6_network_are_one_place() -> None:
    """Whoever holds a /64 cannot try from 2^64 places; no address at all is a place too."""
    assert attempts.place_of("2001:db8::1") == attempts.place_of("2001:db8::ffff:1")
    assert attempts.place_of("not an address") == attempts.network_of("") == ""
