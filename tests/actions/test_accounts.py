"""Accounts: who may make, change, reset and end what, on which ground (S-07)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert

from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Store
from geodata.store.tables import unit
from survey.actions import accounts as actions
from survey.actions import audit as audit_actions
from survey.actions import hashing
from survey.rules import roles
from survey.rules.roles import Account
from survey.store import accounts, sign_ins

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost: nobody signs in here."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def county(store: Store) -> Store:
    """A county with two towns and no account."""
    with store.write() as db:
        for unit_id, path in (("county", "431382/"), ("east", "431382/101/"), ("west", "431382/102/")):
            values = {"id": unit_id, "level": "town", "kind": "", "code": path, "name": unit_id, "path": path}
            db.run.execute(insert(unit).values(**values, homes=0, area_m2=0.0, fill=0, valid_from=NOW))
    return store


def make(store: Store, by: Actor, name: str, *wanted: tuple[str, str]) -> Account:
    with store.write() as db:
        account, _ = actions.create_account(db, by, NOW, name, name, wanted)
    return account


def made(store: Store, by: Actor, name: str, *wanted: tuple[str, str]) -> Actor:
    return roles.actor_of(make(store, by, name, *wanted))


def first(store: Store) -> Actor:
    with store.write() as db:
        account, _ = actions.first_administrator(db, OPERATOR, NOW)
    return roles.actor_of(account)


def code_of(store: Store, act: object, *args: object, **kwargs: object) -> str:
    """Return the code with which an action is refused, "" when it is done."""
    try:
        with store.write() as db:
            act(db, *args, **kwargs)  # type: ignore[operator]
    except Problem as problem:
        return problem.code
    return ""


def change(store: Store, by: Actor, account_id: str, **what: object) -> str:
    return code_of(store, actions.change_account, by, NOW, account_id, **what)


def test_the_first_administrator_is_made_once(county: Store) -> None:
    """A second call is refused while somebody holds the office over the county."""
    admin = first(county)
    assert (admin.name, {grant.role for grant in admin.grants}) == ("admin", set(roles.FIRST_ROLES))
    assert code_of(county, actions.first_administrator, OPERATOR, NOW) == "account.administrator_exists"
    with county.write() as db:
        accounts.set_disabled(db, NOW, admin.id, True)
        again, handed = actions.first_administrator(db, OPERATOR, NOW)
    assert (again.name, again.must_change, len(handed)) == ("admin2", True, 14)


def test_an_account_is_made_with_a_one_time_password(county: Store) -> None:
    """Its name is kept in one form, its password is random, and the audit tells who gave which roles."""
    admin = first(county)
    with county.write() as db:
        account, handed = actions.create_account(db, admin, NOW, " ＷＡＮＧ.Wu ", " 王五 ", [("town_cadre", "east")])
        entry = audit.page(db, EVERYWHERE)[0][0]
    assert (account.name, account.display_name, account.must_change) == ("wang.wu", "王五", True)
    assert [(held.role, held.path, held.unit_name) for held in account.roles] == [("town_cadre", "431382/101/", "east")]
    assert (entry.by, entry.act, entry.object, entry.path) == (admin.id, "account.create", account.id, "431382/101/")
    assert entry.detail == {"roles": [["town_cadre", "east"]]}
    with county.read() as db:
        secret = accounts.secret_of(db, account.id)
    assert secret.one_time
    assert handed not in secret.hash


@pytest.mark.parametrize("name", ["a", "a b", "a/b", "x" * 41, "", "a\n", "<script>"])
def test_names_that_are_none_are_refused(name: str) -> None:
    """A sign-in name is 2 to 40 letters, digits and . _ @ -, in any script."""
    with pytest.raises(Problem, match="bad_name"):
        actions.checked_name(name)
    assert actions.checked_name("王小明") == "王小明"


@pytest.mark.parametrize("shown", ["", "  ", "x" * 41, "a\u202eb", "a\nb"])
def test_display_names_that_are_none_are_refused(shown: str) -> None:
    """A name to be read is 1 to 40 printable characters."""
    with pytest.raises(Problem, match="bad_display_name"):
        actions.checked_display_name(shown)


def test_refusals_when_making_an_account(county: Store) -> None:
    """Taken names, unknown roles, units that are none, two offices at once and no right to it are told apart."""
    admin = first(county)
    cadre = made(county, admin, "wang", ("town_cadre", "east"))

    def making(by: Actor, name: str, *wanted: tuple[str, str]) -> str:
        return code_of(county, actions.create_account, by, NOW, name, name, wanted)

    assert making(admin, "WANG") == "account.taken"
    assert making(admin, "li", ("mayor", "")) == "role.unknown"
    assert making(admin, "li", ("leader", "431382/")) == "role.no_unit"
    assert making(admin, "li", ("administrator", ""), ("audit_admin", "")) == "role.exclusive"
    assert making(cadre, "li") == "right.missing"
    assert change(county, cadre, make(county, admin, "without").id) == "right.missing"
    assert making(made(county, admin, "east", ("administrator", "east")), "li", ("leader", "west")) == "role.beyond"


def test_nobody_lifts_themselves(county: Store) -> None:
    """Not by one's own roles, not by a wider ground, not by an office, not by a stranger's account (S-07)."""
    admin = first(county)
    east = made(county, admin, "east", ("administrator", "east"))
    assert change(county, east, east.id, wanted=[("administrator", "")]) == "role.own"
    assert change(county, admin, admin.id, wanted=[]) == "role.own"
    assert code_of(county, actions.create_account, east, NOW, "li", "li", [("town_cadre", "east")]) == "role.beyond"
    assert change(county, east, admin.id, display_name="x") == "account.not_found"
    west = make(county, admin, "west", ("leader", "west"))
    for act in (actions.reset_password, actions.end_sessions):
        assert code_of(county, act, east, NOW, west.id) == "account.not_found"


def test_with_a_security_administrator_the_powers_are_apart(county: Store) -> None:
    """Then the administrator makes accounts without roles, and the security administrator gives roles to them."""
    admin = first(county)
    security = made(county, admin, "security", ("security_admin", ""))
    assert code_of(county, actions.create_account, admin, NOW, "li", "li", [("leader", "")]) == "role.beyond"
    li = make(county, admin, "li")
    assert change(county, admin, li.id, wanted=[("leader", "east")]) == "role.beyond"
    assert change(county, security, li.id, wanted=[("county_cadre", "")]) == ""
    assert change(county, security, li.id, display_name="x") == "right.missing"
    assert change(county, security, li.id, disabled=True) == "right.missing"
    assert code_of(county, actions.create_account, security, NOW, "zhao", "zhao", []) == "right.missing"
    assert code_of(county, actions.reset_password, security, NOW, li.id) == "right.missing"
    assert change(county, security, security.id, wanted=[]) == "role.own"
    for act in (actions.reset_password, actions.end_sessions):
        assert code_of(county, act, admin, NOW, security.id) == "right.missing"
    assert code_of(county, actions.reset_password, OPERATOR, NOW, security.id) == ""


def test_the_last_administrator_stays(county: Store) -> None:
    """Neither disabled nor stripped of the office, by anybody; with a second one both are possible."""
    admin = first(county)
    assert change(county, OPERATOR, admin.id, disabled=True) == "account.last_administrator"
    assert change(county, OPERATOR, admin.id, wanted=[("county_cadre", "")]) == "account.last_administrator"
    made(county, admin, "east", ("administrator", "east"))
    assert change(county, OPERATOR, admin.id, disabled=True) == "account.last_administrator"
    made(county, admin, "second", ("administrator", "county"))
    assert change(county, admin, admin.id, disabled=True) == "account.own"
    assert change(county, OPERATOR, admin.id, disabled=True) == ""


def test_two_cannot_remove_each_other(county: Store) -> None:
    """Of two administrators disabled at the same moment one stays."""
    both = [first(county), made(county, OPERATOR, "second", ("administrator", ""))]
    codes: list[str] = []
    threads = [
        threading.Thread(target=lambda other=other: codes.append(change(county, OPERATOR, other.id, disabled=True)))
        for other in both
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["", "account.last_administrator"]


def test_changes_end_sessions(county: Store) -> None:
    """New roles, disabling, enabling and a reset end every session; a new display name does not."""
    admin = first(county)
    li = make(county, admin, "li", ("leader", ""))

    def sessions_after(act: object, *args: object, **what: object) -> bool:
        with county.write() as db:
            sign_ins.open_session(db, NOW, li.id, "digest")
            act(db, admin, NOW, li.id, *args, **what)  # type: ignore[operator]
        with county.write() as db:
            accounts.set_disabled(db, NOW, li.id, False)
            return sign_ins.end_all(db, li.id) > 0

    assert sessions_after(actions.change_account, display_name="李")
    assert sessions_after(actions.change_account, wanted=[("leader", "")], disabled=False)
    assert not sessions_after(actions.change_account, wanted=[("read_only", "")])
    assert not sessions_after(actions.change_account, disabled=True)
    assert not sessions_after(actions.reset_password)
    assert not sessions_after(actions.end_sessions)


def test_a_reset_hands_out_a_new_password(county: Store) -> None:
    """It must be changed, remembers the one before, and nobody resets their own."""
    admin = first(county)
    li = make(county, admin, "li")
    with county.read() as db:
        before = accounts.secret_of(db, li.id)
    with county.write() as db:
        handed = actions.reset_password(db, admin, NOW, li.id)
        kept = accounts.secret_of(db, li.id)
    assert (kept.one_time, kept.used, kept.past) == (True, False, (before.hash,))
    assert hashing.matches(kept.hash, handed)
    assert code_of(county, actions.reset_password, admin, NOW, admin.id) == "account.own"
    assert code_of(county, actions.end_sessions, admin, NOW, admin.id) == ""
    assert code_of(county, actions.reset_password, admin, NOW, "none") == "account.not_found"


def test_accounts_are_listed_on_ones_ground(county: Store) -> None:
    """By name, page by page, without those that reach beyond; who holds neither office lists nothing."""
    admin = first(county)
    east = made(county, admin, "east", ("administrator", "east"))
    for name, *wanted in (("chen", ("leader", "east")), ("li",), ("zhao", ("leader", "east"), ("leader", "west"))):
        make(county, admin, name, *wanted)

    def listed(by: Actor, after: str = "", limit: int = 50) -> tuple[list[str], str, int]:
        with county.read() as db:
            found, following, total = actions.list_accounts(db, by, NOW, after, limit)
        return [one.name for one in found], following, total

    assert listed(admin) == (["admin", "chen", "east", "li", "zhao"], "", 5)
    assert listed(admin, "", 2) == (["admin", "chen"], "chen", 5)
    assert listed(admin, "chen", 3) == (["east", "li", "zhao"], "", 5)
    assert listed(east) == (["chen", "east", "li"], "", 3)
    with pytest.raises(Problem, match=r"right\.missing"):
        listed(made(county, admin, "cadre", ("county_cadre", "")))


def test_the_audit_is_read_with_names(county: Store) -> None:
    """Ids of accounts are shown as sign-in names, cursors lead on, and a cursor that is none is refused."""
    admin = first(county)
    li = make(county, admin, "li")
    with county.read() as db:
        rows, following, total = audit_actions.read_audit(db, OPERATOR, NOW, limit=1)
        older, end, _ = audit_actions.read_audit(db, OPERATOR, NOW, following, 5)
        about, _, count = audit_actions.read_audit(db, OPERATOR, NOW, object=li.id)
        assert audit_actions.verify_audit(db, OPERATOR, NOW) is None
        for cursor in ("x", "-1", "²", "9" * 30):
            with pytest.raises(Problem, match=r"wire\.not_number"):
                audit_actions.read_audit(db, OPERATOR, NOW, cursor)
    assert [(row.by, row.act, row.object) for row in rows] == [("admin", "account.create", "li")]
    assert [(row.by, row.object) for row in older] == [("operator", "admin")]
    assert (total, end, count, about) == (2, "", 1, rows)
