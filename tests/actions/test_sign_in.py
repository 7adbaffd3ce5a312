"""Signing in: one answer for every refusal, counts that survive it, sessions that end."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import Counter

import pytest
from argon2 import PasswordHasher

from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Store
from survey.actions import accounts as account_actions
from survey.actions import devices, hashing
from survey.actions import sign_in as actions
from survey.store import accounts

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
NOBODY = Actor("", "")
PASSWORD = "Kan jian 1 zhi niao"
OFFICE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost: what is proven here is counted in sign-ins, not in seconds."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


def after(**gone: float) -> dt.datetime:
    return NOW + dt.timedelta(**gone)


def make(store: Store, name: str = "wang", role: str = "leader") -> tuple[str, str]:
    with store.write() as db:
        account, handed = account_actions.create_account(db, OPERATOR, NOW, name, name, [(role, "")])
    return account.id, handed


def enter(store: Store, password: str, name: str = "wang", at: dt.datetime = NOW, address: str = OFFICE) -> str:
    with store.read() as db:
        return actions.sign_in(db, NOBODY, at, name, password, address).token


def refused(store: Store, password: str, name: str = "wang", at: dt.datetime = NOW, address: str = OFFICE) -> Problem:
    with pytest.raises(Problem) as problem:
        enter(store, password, name, at, address)
    return problem.value


def ready(store: Store, name: str = "wang", role: str = "leader") -> tuple[str, str]:
    """Make an account with a password of its own; return its id and a token."""
    account_id, handed = make(store, name, role)
    token = enter(store, handed, name)
    change(store, token, handed, PASSWORD)
    return account_id, token


def change(store: Store, token: str, old: str, new: str, at: dt.datetime = NOW) -> None:
    with store.read() as db:
        signed = actions.who(db, at, token)
        assert signed
        actions.change_password(db, signed.actor, at, old, new, token)


def who(store: Store, token: str, at: dt.datetime = NOW) -> actions.Signed | None:
    with store.read() as db:
        return actions.who(db, at, token)


def test_from_one_time_password_to_session(store: Store) -> None:
    """The one-time password opens one session, which changes it; a second use is refused, before and after."""
    _, handed = make(store)
    token = enter(store, handed)
    signed = who(store, token)
    assert signed
    assert signed.must_change
    assert refused(store, handed).code == "password.spent"
    change(store, token, handed, PASSWORD)
    signed = who(store, token)
    assert signed
    assert not signed.must_change
    assert refused(store, handed).code == "session.refused"
    assert who(store, enter(store, PASSWORD, "  ＷＡＮＧ "))


def test_a_one_time_password_lapses_unused(store: Store) -> None:
    """After a week what was handed out opens nothing."""
    _, handed = make(store)
    assert refused(store, handed, at=after(days=8)).code == "password.spent"


def test_only_the_digest_of_a_token_is_kept(store: Store) -> None:
    """A token has at least 128 random bits, is new at each sign-in, and does not stand in the database."""
    _, token = ready(store)
    other = enter(store, PASSWORD)
    assert token != other
    assert len(token) * 6 >= 128
    assert who(store, actions.digest_of(token)) is None
    assert who(store, "") is None


def test_signing_in_ends_the_session_of_before(store: Store) -> None:
    """The session a browser came with does not live on beside the new one (no fixation)."""
    _, token = ready(store)
    with store.read() as db:
        new = actions.sign_in(db, NOBODY, NOW, "wang", PASSWORD, OFFICE, token).token
    assert who(store, token) is None
    assert who(store, new)


def test_signing_out_ends_it_on_the_server(store: Store) -> None:
    """After signing out the token opens nothing, and signing out again is no error."""
    _, token = ready(store)
    for _ in range(2):
        with store.write() as db:
            actions.sign_out(db, NOBODY, NOW, token)
    assert who(store, token) is None


def test_a_session_lapses_when_idle_and_in_any_case(store: Store) -> None:
    """Half an hour without a request ends it, and twelve hours with as many as you like."""
    ready(store)
    token = enter(store, PASSWORD)
    assert who(store, token, after(minutes=30))
    assert who(store, token, after(minutes=61)) is None
    token = enter(store, PASSWORD)
    for minutes in range(0, 12 * 60 + 1, 29):
        assert who(store, token, after(minutes=minutes)), minutes
    assert who(store, token, after(hours=12))
    assert who(store, token, after(hours=12, seconds=1)) is None


def test_every_refusal_reads_alike(store: Store) -> None:
    """Unknown name, wrong password and disabled account give the same code and no values (no enumeration)."""
    ready(store)
    account_id, _ = ready(store, "li")
    with store.write() as db:
        accounts.set_disabled(db, NOW, account_id, True)
    found = [refused(store, "x", "nobody"), refused(store, "x", "wang"), refused(store, PASSWORD, "li")]
    assert {(problem.code, str(problem.values)) for problem in found} == {("session.refused", "{}")}


def test_every_refusal_costs_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown name, wrong password and disabled account are hashed once each: the time tells no name apart."""
    ready(store)
    account_id, _ = ready(store, "li")
    with store.write() as db:
        accounts.set_disabled(db, NOW, account_id, True)
    counted: list[str | None] = []
    plain = hashing.matches
    monkeypatch.setattr(hashing, "matches", lambda kept, typed: (counted.append(kept), plain(kept, typed))[1])
    for typed, name in (("x", "nobody"), ("x", "wang"), (PASSWORD, "li")):
        assert refused(store, typed, name).code == "session.refused"
    assert [one is None for one in counted] == [True, False, False]


def test_failures_stay_counted_although_the_request_is_refused(store: Store) -> None:
    """Five failures, then a wait that grows, right password or not, for unknown names just the same."""
    ready(store)
    for name in ("wang", "nobody"):
        assert [refused(store, "x", name).code for _ in range(5)] == ["session.refused"] * 5
        problem = refused(store, PASSWORD, name)
        assert (problem.code, problem.values) == ("session.wait", {"seconds": 30})
        assert refused(store, "x", name, after(seconds=31)).code == "session.refused"
        assert refused(store, "x", name, after(seconds=32)).values == {"seconds": 59}
    assert enter(store, PASSWORD, at=after(minutes=5))
    assert [refused(store, "x", at=after(minutes=6)).code for _ in range(5)][-1] == "session.refused"


def test_nobody_is_locked_out_by_others(store: Store) -> None:
    """With hundreds of failures on the account from everywhere, its own place still gets in at the first try."""
    ready(store)
    for number in range(110):
        found = refused(store, "x", address=f"198.51.{number}.1", at=after(seconds=number))
    assert found.code == "session.wait"
    assert refused(store, PASSWORD, address=ELSEWHERE, at=after(seconds=110)).code == "session.wait"
    assert enter(store, PASSWORD, at=after(seconds=110))
    assert enter(store, PASSWORD, address=ELSEWHERE, at=after(seconds=300))


def test_an_attack_on_every_account_locks_nobody_out(store: Store) -> None:
    """Under wrong tries on each name from everywhere, phones and known places begin as ever, new places a minute late.

    Nothing about an account is switched off by failures, so there is nothing for an attacker to switch off.
    """
    names = [f"chief{number}" for number in range(4)]
    phones = []
    for name in names:
        account_id, _ = ready(store, name, "village_cadre")
        with store.write() as db:
            phones.append(devices.remember(db, Actor(account_id, name), NOW, "phone", OFFICE)[1])
    for number, name in itertools.product(range(105), names):
        refused(store, "x", name, after(seconds=number), f"198.51.{number}.1")
    late = after(seconds=106)
    for name, phone in zip(names, phones, strict=True):
        assert enter(store, PASSWORD, name, late)
        with store.read() as db:
            assert devices.enter(db, NOBODY, late, phone, ELSEWHERE)
            assert not accounts.find_by_name(db, name).disabled  # type: ignore[union-attr]
        told = refused(store, PASSWORD, name, late, ELSEWHERE)
        assert (told.code, told.values["seconds"] <= 60) == ("session.wait", True)
        assert enter(store, PASSWORD, name, after(seconds=170), ELSEWHERE)


def test_one_place_cannot_try_every_account(store: Store) -> None:
    """After a hundred failures from one address strangers there wait, and those who work there do not."""
    ready(store)
    for number in range(100):
        refused(store, "x", f"name{number}")
    assert refused(store, "x", "name100").code == "session.wait"
    assert enter(store, PASSWORD)


def test_tries_at_the_same_time_are_all_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen wrong tries at once are no more than five tries: each is counted before it is judged."""
    ready(store)
    monkeypatch.setattr(hashing, "_seats", threading.BoundedSemaphore(12))
    codes: list[str] = []
    threads = [threading.Thread(target=lambda: codes.append(refused(store, "x").code)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(codes) == {"session.refused": 5, "session.wait": 7}


def test_hashing_is_bounded(store: Store) -> None:
    """When all places for signing in are taken the answer is to wait, at once and without counting a failure."""
    ready(store)
    with hashing.seat(), hashing.seat(), hashing.seat():
        assert [refused(store, PASSWORD).code for _ in range(6)] == ["session.wait"] * 6
    assert enter(store, PASSWORD)


def test_a_writing_transaction_is_refused(store: Store) -> None:
    """Signing in inside a writer would lose its counts with a rollback: a defect found at once."""
    with store.write() as db, pytest.raises(ValueError, match="to read"):
        actions.sign_in(db, NOBODY, NOW, "wang", "x", OFFICE)


def test_a_reset_during_the_check_wins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is disabled or reset while their password is being checked does not get in after it."""
    account_id, _ = ready(store)

    def slow(kept: str | None, password: str) -> bool:
        with store.write() as db:
            account_actions.reset_password(db, OPERATOR, NOW, account_id)
        return True

    monkeypatch.setattr(hashing, "matches", slow)
    assert refused(store, PASSWORD).code == "session.refused"


def test_changing_a_password(store: Store) -> None:
    """It wants the old one, counts failures, refuses the same again, and ends the other sessions only."""
    _, token = ready(store)
    other = enter(store, PASSWORD)
    for old, new, code in (
        ("x", "Tqm7-vexo-Wand", "password.wrong"),
        (PASSWORD, PASSWORD, "password.reused"),
        (PASSWORD, "short", "password.short"),
    ):
        with pytest.raises(Problem) as problem:
            change(store, token, old, new)
        assert problem.value.code == code
    change(store, token, PASSWORD, "Tqm7-vexo-Wand")
    assert who(store, token)
    assert who(store, other) is None
    codes = []
    for _ in range(6):
        with pytest.raises(Problem) as problem:
            change(store, token, "x", PASSWORD)
        codes.append(problem.value.code)
    assert codes == ["password.wrong"] * 5 + ["session.wait"]
    with store.read() as db, pytest.raises(Problem, match=r"session\.none"):
        actions.change_password(db, NOBODY, NOW, "x", "y", "")


def test_the_dengbao_profile(store: Store) -> None:
    """Complexity, five passwords back, ninety days and a quarter of an hour's wait hold when the setting says so."""
    with store.write() as db:
        settings.put(db, "profile", {"passwords": "dengbao"})
    _, token = ready(store)
    with pytest.raises(Problem, match=r"password\.classes"):
        change(store, token, PASSWORD, "kan jian yizhi niao")
    old = PASSWORD
    for number in range(4):
        change(store, token, old, f"{PASSWORD} fei {number}")
        old = f"{PASSWORD} fei {number}"
    with pytest.raises(Problem, match=r"password\.reused"):
        change(store, token, old, PASSWORD)
    enter(store, old, at=after(days=40))
    late = after(days=91)
    signed = who(store, enter(store, old, at=late), late)
    assert signed
    assert signed.must_change
    for _ in range(5):
        refused(store, "x", at=late)
    assert refused(store, "x", at=late).values == {"seconds": 900}


def test_older_hashes_are_renewed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash made at other costs is replaced at the next sign-in, and the password still works."""
    account_id, _ = ready(store)
    with store.read() as db:
        before = accounts.secret_of(db, account_id).hash
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "is_outdated", lambda kept: True)
        enter(store, PASSWORD)
    with store.read() as db:
        assert accounts.secret_of(db, account_id).hash != before
    assert enter(store, PASSWORD)


def test_every_sign_in_leaves_a_row(store: Store) -> None:
    """Opening, refusing and closing a session are in the audit with the network, never with what was typed."""
    account_id, token = ready(store)
    refused(store, "x")
    refused(store, "x", "secretpassword")
    with store.write() as db:
        actions.sign_out(db, NOBODY, NOW, token)
    with store.read() as db:
        entries, _ = audit.page(db, EVERYWHERE)
        assert audit.verify(db) is None
    told = [(entry.act, entry.object, entry.detail.get("network")) for entry in entries[:5]]
    assert told == [
        ("session.close", account_id, None),
        ("session.refused", "", "203.0.113.0/24"),
        ("session.refused", account_id, "203.0.113.0/24"),
        ("password.change", account_id, None),
        ("session.open", account_id, "203.0.113.0/24"),
    ]
    assert not any(word in str(entries) for word in ("secretpassword", PASSWORD, OFFICE, token))
