"""Second factors, phones that stay signed in, sessions listed and ended, accounts that lie idle."""

from __future__ import annotations

import datetime as dt

import pytest
from argon2 import PasswordHasher

from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Store
from survey.actions import accounts as account_actions
from survey.actions import devices, hashing, second_factor, sessions, sign_in
from survey.rules.second_factor import code_at, secret_bytes, step_of
from survey.store import accounts

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
NOBODY = Actor("", "")
PASSWORD = "Kan jian 1 zhi niao"
OFFICE = "203.0.113.9"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost: what is proven here is not the price of a guess."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


def after(**gone: float) -> dt.datetime:
    return NOW + dt.timedelta(**gone)


def enter(store: Store, name: str, at: dt.datetime = NOW, code: str = "", password: str = PASSWORD) -> str:
    with store.read() as db:
        return sign_in.sign_in(db, NOBODY, at, name, password, OFFICE, "", code).token


def who(store: Store, token: str, at: dt.datetime = NOW) -> sessions.Signed:
    with store.read() as db:
        signed = sessions.who(db, at, token)
    assert signed
    return signed


def gone(store: Store, token: str, at: dt.datetime = NOW) -> bool:
    with store.read() as db:
        return sessions.who(db, at, token) is None


def ready(store: Store, name: str = "wang", role: str = "village_cadre", at: dt.datetime = NOW) -> tuple[Actor, str]:
    """Make an account with a password of its own; return it as an actor, and a token."""
    with store.write() as db:
        account, handed = account_actions.create_account(db, OPERATOR, at, name, name, [(role, "")])
    token = enter(store, name, at, password=handed)
    with store.read() as db:
        sign_in.change_password(db, Actor(account.id, name), at, handed, PASSWORD, token)
    return who(store, token, at).actor, token


def refusal(store: Store, name: str, at: dt.datetime = NOW, code: str = "") -> str:
    with pytest.raises(Problem) as refused:
        enter(store, name, at, code)
    return refused.value.code


def set_profile(store: Store, **values: object) -> None:
    with store.write() as db:
        settings.put(db, "profile", values)


def acts(store: Store) -> list[str]:
    with store.read() as db:
        return [entry.act for entry in audit.page(db, EVERYWHERE)[0]]


def begin(store: Store, actor: Actor, at: dt.datetime = NOW, code: str = "") -> bytes:
    with store.read() as db:
        return secret_bytes(second_factor.begin(db, actor, at, PASSWORD, code).secret)


def enrol(store: Store, actor: Actor, token: str, at: dt.datetime = NOW) -> tuple[bytes, list[str]]:
    secret = begin(store, actor, at)
    with store.write() as db:
        code = code_at(secret, step_of(at))
        return secret, second_factor.confirm(db, actor, at, code, sessions.digest_of(token))


def test_signing_in_with_a_code(store: Store) -> None:
    """Once set up, the password alone is not enough; a code is taken once, a recovery code too, and others end."""
    actor, token = ready(store)
    other = enter(store, "wang")
    secret, recovery = enrol(store, actor, token)
    assert gone(store, other)
    assert not gone(store, token)
    assert refusal(store, "wang") == "session.code_needed"
    assert refusal(store, "wang", code=code_at(secret, step_of(NOW))) == "session.bad_code"  # enrolled with it
    later = after(minutes=1)
    code = code_at(secret, step_of(later))
    assert enter(store, "wang", later, code)
    assert refusal(store, "wang", later, code) == "session.bad_code"
    assert enter(store, "wang", later, recovery[3].upper())
    assert refusal(store, "wang", later, recovery[3]) == "session.bad_code"
    with store.read() as db:
        state = second_factor.state(db, actor, later)
    assert (state.required, state.enrolled_at, state.recovery_left) == (False, NOW, 7)
    assert {"factor.enrolled", "factor.recovery_used", "session.refused"} <= set(acts(store))


def test_guessing_codes_is_slowed(store: Store) -> None:
    """A wrong code counts as a failed try although the password was right."""
    actor, token = ready(store)
    enrol(store, actor, token)
    assert [refusal(store, "wang", code="000000") for _ in range(6)] == ["session.bad_code"] * 5 + ["session.wait"]


def test_the_secret_is_sealed(store: Store) -> None:
    """Neither the secret nor a recovery code stands in the database, and another account's row does not open it."""
    actor, token = ready(store)
    secret, recovery = enrol(store, actor, token)
    with store.read() as db:
        row = db.run.exec_driver_sql("SELECT * FROM second_factor").one()
    assert secret not in bytes(row.secret_sealed)
    assert recovery[0] not in str(row)


def test_setting_up_wants_the_password_and_a_right_code(store: Store) -> None:
    """A wrong password, no offer, and a wrong first code are refused; a phone in use must agree to be replaced."""
    actor, token = ready(store)
    digest = sessions.digest_of(token)
    with store.read() as db, pytest.raises(Problem, match=r"password\.wrong"):
        second_factor.begin(db, actor, NOW, "x")
    with store.write() as db, pytest.raises(Problem, match=r"factor\.not_offered"):
        second_factor.confirm(db, actor, NOW, "123456", digest)
    begin(store, actor)
    with store.write() as db, pytest.raises(Problem, match=r"factor\.bad_code"):
        second_factor.confirm(db, actor, NOW, "abcdef", digest)
    old, _ = enrol(store, actor, token)
    with store.read() as db, pytest.raises(Problem, match=r"session\.code_needed"):
        second_factor.begin(db, actor, NOW, PASSWORD)
    later = after(minutes=2)
    new = begin(store, actor, later, code_at(old, step_of(later)))
    assert enter(store, "wang", after(minutes=3), code_at(old, step_of(after(minutes=3))))  # until the new one is used
    with store.write() as db:
        second_factor.confirm(db, actor, after(minutes=4), code_at(new, step_of(after(minutes=4))), digest)
    assert refusal(store, "wang", after(minutes=6), code_at(old, step_of(after(minutes=6)))) == "session.bad_code"


def test_a_role_that_must_have_it(store: Store) -> None:
    """Under dengbao a leader's session asks for it first, it cannot be removed, and no device stays signed in."""
    set_profile(store, passwords="dengbao")
    actor, token = ready(store, role="leader")
    assert who(store, token).must_enrol
    secret, _ = enrol(store, actor, token)
    assert not who(store, token).must_enrol
    later = after(minutes=2)
    with store.read() as db, pytest.raises(Problem, match=r"factor\.required"):
        second_factor.remove(db, actor, later, PASSWORD, code_at(secret, step_of(later)))
    with store.write() as db, pytest.raises(Problem, match=r"device\.not_for_role"):
        devices.remember(db, actor, NOW, "phone", OFFICE)


def test_doing_without_and_losing_the_phone(store: Store) -> None:
    """Its owner removes it with password and code; an administrator clears it, but not their own."""
    actor, token = ready(store)
    secret, _ = enrol(store, actor, token)
    later = after(minutes=2)
    with store.read() as db:
        second_factor.remove(db, actor, later, PASSWORD, code_at(secret, step_of(later)))
    with store.read() as db:
        second_factor.remove(db, actor, later, PASSWORD, "")
    assert enter(store, "wang", later)
    enrol(store, actor, token, after(minutes=5))
    with store.write() as db:
        second_factor.reset(db, OPERATOR, after(minutes=6), actor.id)
    assert gone(store, token, after(minutes=6))
    assert enter(store, "wang", after(minutes=6))
    chief, _ = ready(store, "admin", "administrator")
    with store.write() as db, pytest.raises(Problem, match=r"account\.own"):
        second_factor.reset(db, chief, NOW, chief.id)
    assert acts(store).count("factor.removed") == 1


def remember(store: Store, actor: Actor, session: str = "", name: str = "phone", at: dt.datetime = NOW) -> str:
    with store.write() as db:
        return devices.remember(db, actor, at, name, OFFICE, session)[1]


def come(store: Store, token: str, at: dt.datetime = NOW, earlier: str = "") -> tuple[str, str]:
    """Sign in by a device; return the session's token and the device's next."""
    with store.read() as db:
        entered, following = devices.enter(db, NOBODY, at, token, OFFICE, earlier)
    return entered.token, following


def turned_away(store: Store, token: str, at: dt.datetime = NOW) -> bool:
    with pytest.raises(Problem) as refused:
        come(store, token, at)
    return refused.value.code == "session.refused"


def test_a_device_signs_in_without_a_password(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its token opens sessions without hashing, is turned, and the one that came holds until the next one comes."""
    actor, _ = ready(store)
    monkeypatch.setattr(hashing, "matches", None)
    first = remember(store, actor)
    session, second = come(store, first)
    assert who(store, session).actor.id == actor.id
    assert come(store, first, after(minutes=1), session)[1] == second  # the answer was lost: the same next one
    assert gone(store, session)
    third = come(store, second, after(minutes=2))[1]
    assert len({first, second, third}) == 3
    assert turned_away(store, first, after(minutes=3))  # crossed on the way: refused, but no theft
    assert come(store, third, after(minutes=4))
    with store.read() as db:
        assert first.split(".")[1] not in str(db.run.exec_driver_sql("SELECT * FROM device").all())


def test_a_copied_token_ends_the_device(store: Store) -> None:
    """A retired token that comes back late revokes the device and its sessions, and stays so though it is refused."""
    actor, _ = ready(store)
    first = remember(store, actor)
    second = come(store, first)[1]
    session, third = come(store, second, after(minutes=1))
    assert turned_away(store, first, after(minutes=5))
    assert gone(store, session, after(minutes=5))
    assert turned_away(store, third, after(minutes=5))
    assert "device.copied" in acts(store)


def test_a_device_ends(store: Store) -> None:
    """With its days, with a changed password, when the account is disabled, and by sign-out; a stranger has none."""
    actor, _ = ready(store)
    assert turned_away(store, remember(store, actor), after(days=30))
    used = come(store, remember(store, actor), after(days=29))[1]
    assert come(store, used, after(days=58))
    token = enter(store, "wang")
    kept = remember(store, actor, token)
    with store.write() as db:
        sessions.sign_out(db, actor, NOW, token)
    assert turned_away(store, kept)
    kept, token = remember(store, actor), enter(store, "wang")
    with store.read() as db:
        sign_in.change_password(db, actor, NOW, PASSWORD, "Tqm7-vexo-Wand", token)
    assert turned_away(store, kept)
    kept = remember(store, actor)
    with store.write() as db:
        accounts.set_disabled(db, NOW, actor.id, True)
    assert turned_away(store, kept)
    assert turned_away(store, "x")
    assert turned_away(store, f"{'0' * 36}.{'a' * 43}")
    with store.read() as db, pytest.raises(Problem, match=r"session\.refused"):
        devices.enter(db, NOBODY, NOW, "", None)


def test_what_a_device_may_be(store: Store) -> None:
    """A name that can be read, where the county allows devices, and ten of them: the one unused for longest goes."""
    actor, _ = ready(store)
    for name in ("", " ", "x" * 41, "a\nb"):
        with pytest.raises(Problem, match=r"device\.bad_name"):
            remember(store, actor, name=name)
    for number in range(11):
        remember(store, actor, name=f"phone {number}", at=after(minutes=number))
    with store.read() as db:
        names = [one.name for one in devices.list_devices(db, actor, NOW, actor.id)]
    assert names == [f"phone {number}" for number in range(10, 0, -1)]
    set_profile(store, device_days=0)
    with pytest.raises(Problem, match=r"device\.off"):
        remember(store, actor)


def test_sessions_and_devices_are_listed_and_ended(store: Store) -> None:
    """One's own, and by an administrator another's; nobody else's, and what is gone is not found."""
    actor, token = ready(store)
    admin, _ = ready(store, "admin", "administrator")
    first = remember(store, actor, token)
    second = come(store, first)[0]
    with store.read() as db:
        found = sessions.list_sessions(db, actor, NOW, actor.id, token)
        kept = devices.list_devices(db, admin, NOW, actor.id)
        assert [one.current for one in found].count(True) == 1
        assert {one.device for one in sessions.list_sessions(db, admin, NOW, actor.id)} == {"phone"}
        assert {one.network for one in found} == {"203.0.113.0/24"}
        assert sessions.list_sessions(db, actor, after(hours=13), actor.id) == []
        for function in (sessions.list_sessions, devices.list_devices):
            with pytest.raises(Problem, match=r"account\.not_found"):
                function(db, actor, NOW, admin.id)
    here = next(one.id for one in found if one.current)
    with store.write() as db:
        sessions.end_session(db, actor, NOW, actor.id, here)
        with pytest.raises(Problem, match=r"session\.not_found"):
            sessions.end_session(db, admin, NOW, actor.id, here)
        with pytest.raises(Problem, match=r"device\.not_found"):
            devices.forget_device(db, admin, NOW, admin.id, kept[0].id)
        devices.forget_device(db, actor, NOW, actor.id, kept[0].id)
        with pytest.raises(Problem, match=r"device\.not_found"):
            devices.forget_device(db, admin, NOW, actor.id, kept[0].id)
    assert gone(store, token)
    assert gone(store, second)


def test_idle_accounts_are_disabled_once_a_day(store: Store) -> None:
    """Under dengbao ninety idle days disable an account at the next try of anybody, but not the last administrator."""
    for name in ("admin", "boss"):
        ready(store, name, "administrator")
    actor, _ = ready(store, "wang")
    enter(store, "boss", after(days=1))
    assert enter(store, "wang", after(days=95))  # asvs disables nobody
    set_profile(store, passwords="dengbao")
    assert refusal(store, "admin", after(days=190)) == "session.refused"
    assert refusal(store, "wang", after(days=190)) == "session.refused"
    assert enter(store, "boss", after(days=190))
    with store.write() as db:
        account_actions.change_account(db, OPERATOR, after(days=190), actor.id, disabled=False)
    assert enter(store, "wang", after(days=200))
    assert acts(store).count("account.idle") == 1
    with store.read() as db:
        assert audit.verify(db) is None


def test_no_administrator_is_no_hindrance(store: Store) -> None:
    """Where no account holds the office, idle ones are disabled all the same."""
    ready(store, "wang")
    set_profile(store, passwords="dengbao")
    assert refusal(store, "wang", after(days=91)) == "session.refused"
