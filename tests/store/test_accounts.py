"""Accounts and sessions as they are kept: grounds follow the net, readers never wait for the writer."""

from __future__ import annotations

import datetime as dt
import time

from sqlalchemy import insert, text, update

from geodata.store.database import Db, Store
from geodata.store.tables import unit
from survey.rules.passwords import Secret
from survey.rules.roles import HeldRole
from survey.store import accounts, sign_ins

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=5)


def add_unit(db: Db, unit_id: str, path: str, since: dt.datetime = NOW) -> None:
    values = {"id": unit_id, "level": "town", "kind": "", "code": path, "name": f"name of {path}", "path": path}
    db.run.execute(insert(unit).values(**values, homes=0, area_m2=0.0, fill=0, valid_from=since))


def add_account(db: Db, name: str = "wang", *held: tuple[str, str]) -> str:
    account_id = accounts.add(db, NOW, name, name.title(), Secret("hash", NOW, one_time=True))
    accounts.set_roles(db, account_id, accounts.located(db, held))
    return account_id


def test_an_account_comes_back_as_it_was_kept(store: Store) -> None:
    """By id and by name, with its password's history; nothing is found for what is not there."""
    secret = Secret("other", LATER, past=("hash", "older"))
    with store.write() as db:
        account_id = add_account(db, "wang", ("leader", ""))
        accounts.set_secret(db, account_id, secret, must_change=False)
        accounts.rename(db, account_id, "王")
        accounts.set_last_seen(db, account_id, LATER)
    with store.read() as db:
        account = accounts.find(db, account_id)
        assert account == accounts.find_by_name(db, "wang")
        assert accounts.secret_of(db, account_id) == secret
        assert accounts.find(db, "none") is None
        assert accounts.find_by_name(db, "Wang") is None
        assert accounts.names(db, [account_id, "operator"]) == {account_id: "wang"}
    assert account
    assert (account.display_name, account.must_change, account.disabled) == ("王", False, False)
    assert (account.created_at, account.last_seen, account.roles) == (NOW, LATER, (HeldRole("leader", "", "", ""),))


def test_a_scope_is_the_units_path_in_todays_net(store: Store) -> None:
    """When a redraw moves or ends a unit, what is held over it moves or ends with it, without touching the account."""
    with store.write() as db:
        add_unit(db, "town", "431382/101/")
        account_id = add_account(db, "wang", ("town_cadre", "town"), ("leader", "gone"))
        db.run.execute(update(unit).values(valid_to=LATER))
        add_unit(db, "town", "431382/102/", LATER)
    with store.read() as db:
        account = accounts.find(db, account_id)
    assert account
    assert [held.path for held in account.roles] == ["431382/102/", None]
    with store.write() as db:
        db.run.execute(update(unit).values(valid_to=LATER))
    with store.read() as db:
        assert [held.path for held in accounts.get(db, account_id).roles] == [None, None]
        assert accounts.grounds(db) == {account_id: ("wang", [])}


def test_every_account_has_its_own_roles(store: Store) -> None:
    """The list is by name and mixes up nobody's roles."""
    with store.write() as db:
        add_unit(db, "town", "431382/101/")
        zhao = add_account(db, "zhao", ("leader", ""), ("leader", "town"))
        li = add_account(db, "li")
        chen = add_account(db, "chen", ("town_cadre", "town"))
    with store.read() as db:
        listed = [
            (one.name, [(held.role, held.path) for held in one.roles]) for one in accounts.some(db, [zhao, li, chen])
        ]
        assert accounts.every(db) == accounts.some(db, [chen, li, zhao])
        assert accounts.grounds(db)[zhao] == ("zhao", ["", "431382/101/"])
    assert listed == [
        ("chen", [("town_cadre", "431382/101/")]),
        ("li", []),
        ("zhao", [("leader", ""), ("leader", "431382/101/")]),
    ]


def test_holders_are_the_enabled_ones(store: Store) -> None:
    """A disabled account holds no office; a role over a unit that is gone has no path."""
    with store.write() as db:
        first = add_account(db, "wang", ("administrator", ""), ("administrator", "gone"))
        second = add_account(db, "li", ("administrator", ""))
        accounts.set_disabled(db, NOW, second, True)
    with store.read() as db:
        assert {key: set(paths) for key, paths in accounts.holders(db, "administrator").items()} == {first: {"", None}}
        assert accounts.holders(db, "audit_admin") == {}


def test_sessions_end_with_the_account(store: Store) -> None:
    """A disabled account's session is not found, one or all sessions end, and lapsed ones are swept."""
    with store.write() as db:
        account_id = add_account(db)
        for digest in ("a", "b", "c"):
            sign_ins.open_session(db, NOW, account_id, digest)
        sign_ins.open_session(db, LATER, account_id, "d")
    with store.write() as db:
        sign_ins.end(db, "a")
        sign_ins.end_older(db, account_id, LATER)
        assert [bool(sign_ins.find(db, digest)) for digest in "abcd"] == [False, False, False, True]
        sign_ins.open_session(db, NOW, account_id, "e")
        assert sign_ins.end_all(db, account_id, but="d") == 1
        opened = sign_ins.find(db, "d")
        assert opened
        assert opened[:3] == (accounts.get(db, account_id), LATER, LATER)
        assert (bool(opened.id), opened.device_id, opened.has_factor) == (True, None, False)
        accounts.set_disabled(db, NOW, account_id, True)
        assert sign_ins.find(db, "d") is None


def test_touching_never_waits_for_a_writer(store: Store) -> None:
    """While another transaction holds the writer's place (or the row) the touch gives up at once and says so."""
    with store.write() as db:
        sign_ins.open_session(db, NOW, add_account(db), "a")
    with store.read() as reading:
        with store.write() as db:
            db.run.execute(text("UPDATE sign_in SET seen_at = seen_at"))
            began = time.monotonic()
            assert not sign_ins.touch(reading, LATER, "a")
            assert time.monotonic() - began < 2
        assert sign_ins.touch(reading, LATER, "a")
    with store.read() as db:
        found = sign_ins.find(db, "a")
    assert found
    assert found.seen_at == LATER


def test_touching_inside_a_writer(store: Store) -> None:
    """A request that writes notes its session without waiting for itself, and a later writer waits as always."""
    with store.write() as db:
        sign_ins.open_session(db, NOW, add_account(db), "a")
    with store.write() as db:
        assert sign_ins.touch(db, LATER, "a")
    with store.read() as db:
        found = sign_ins.find(db, "a")
        if db.embedded:
            assert db.run.execute(text("PRAGMA busy_timeout")).scalar_one() == 30_000
    assert found
    assert found.seen_at == LATER


def test_counts_are_kept_by_key(store: Store) -> None:
    """A count is set anew each time, and forgotten by its prefix when it is old."""
    keys = {"pair": "fail:x:1", "place": "fail:place:1"}
    with store.write() as db:
        sign_ins.put_count(db, "fail:x:1", 1, NOW)
        sign_ins.put_count(db, "fail:x:1", 2, LATER)
        sign_ins.put_count(db, "fail:place:1", 7, NOW)
        sign_ins.put_count(db, "known:x:1", 0, NOW)
    with store.write() as db:
        found = {count.kind: (count.failures, count.last) for count in sign_ins.counts(db, keys)}
        assert found == {"pair": (2, LATER), "place": (7, NOW)}
        sign_ins.forget(db, "fail:", LATER)
        assert [count.kind for count in sign_ins.counts(db, keys)] == ["pair"]
        assert (sign_ins.noted_at(db, "known:x:1"), sign_ins.noted_at(db, "known:x:2")) == (NOW, None)
