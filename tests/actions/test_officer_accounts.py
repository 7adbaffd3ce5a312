"""Accounts of the people of the register: rights follow posts and borders, at once, on phones and tiles too."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert

from geodata.actions import tiles
from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, households, units
from geodata.store.database import Store
from survey.actions import accounts as account_actions
from survey.actions import devices, handover, hashing, officers, publishing, sessions, sign_in
from survey.actions import officer_accounts as actions
from survey.rules.roles import Account
from survey.store import accounts
from survey.store.issue_tables import office
from tests import people, village
from tests.actions.test_tiles import place
from tests.people import DAY, level_ids
from tests.rules.tile_reader import read_tile
from tests.village import COUNTY, TOWNS, VILLAGES, cadre

NOBODY = Actor("", "")
PASSWORD = "Kan jian 1 zhi niao"
OFFICE = "203.0.113.9"
TOWN_PATHS = (f"{COUNTY}/100/", f"{COUNTY}/101/")


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


@pytest.fixture
def county(published: Store) -> Store:
    """The published county with an administrator, without whom no account may be changed."""
    with published.write() as db:
        account_actions.first_administrator(db, OPERATOR, DAY[0])
    return published


def make(store: Store, officer_id: str, by: Actor = OPERATOR, name: str = "") -> tuple[Account, str]:
    with store.read() as db:
        return actions.make(db, by, DAY[2], officer_id, name)


def account_of(store: Store, account_id: str) -> Account:
    with store.read() as db:
        return accounts.get(db, account_id)


def grounds(store: Store, account_id: str) -> list[tuple[str, str | None]]:
    return [(held.role, held.path) for held in account_of(store, account_id).held]


def refusal(act: Any, *args: Any) -> str:
    with pytest.raises(Problem) as refused:
        act(*args)
    return refused.value.code


def enter(store: Store, account: Account, handed: str, at: Any = DAY[2]) -> str:
    """Sign in with a one-time password, choose another, and return the session's token."""
    with store.read() as db:
        token = sign_in.sign_in(db, NOBODY, at, account.name, handed, OFFICE).token
    with store.read() as db:
        sign_in.change_password(db, Actor(account.id, account.name), at, handed, PASSWORD, token)
    return token


def homes_seen(store: Store, token: str, at: Any) -> set[str]:
    """Return the homes that a session sees."""
    with store.read() as db:
        signed = sessions.who(db, at, token)
        assert signed is not None
        scope = signed.actor.scope("see_homes")
        return {row.code for path in scope.paths for row in households.under(db, path)}


def homes_on_tile(store: Store, token: str, at: Any) -> int:
    """Return how many homes the tile over the first village shows to a session, from the cache where it is kept."""
    with store.read() as db:
        signed = sessions.who(db, at, token)
        assert signed is not None
        layers = read_tile(gzip.decompress(tiles.tile(store, db, signed.actor, *place(15))))
    return len(layers["home"].features) if "home" in layers else 0


def test_posts_give_the_rights_and_nothing_is_typed(county: Store) -> None:
    """An officer's account is chief of each unit they hold, from the appointment to its end; by hand it is refused."""
    made = people.settle(county)
    account, _ = make(county, made["lin0"])
    assert (account.name, account.display_name, account.roles, account.posts) == ("邻某0", "邻某0", (), ())
    lin = level_ids(county, "lin")[0]
    term = people.name(county, lin, made["lin0"], DAY[3])
    with county.read() as db:
        path = units.one(db, EVERYWHERE, lin).path
    assert grounds(county, account.id) == [("chief", path)]
    actor = Actor(account.id, account.name)
    with county.write() as db:
        handover.leave(db, OPERATOR, DAY[4], term, "届满")
    assert grounds(county, account.id) == []
    with county.write() as db:
        for role in ("chief", "mayor"):
            code = refusal(account_actions.change_account, db, OPERATOR, DAY[4], account.id, None, None, [(role, "")])
            assert code == {"chief": "role.by_post", "mayor": "role.unknown"}[role]
        assert (
            refusal(account_actions.create_account, db, OPERATOR, DAY[4], "x1", "x", [("chief", lin)]) == "role.by_post"
        )
    assert refusal(make, county, made["lin0"]) == "officer.has_account"
    assert refusal(make, county, "none") == "officer.not_found"
    assert refusal(make, county, made["lin1"], actor) == "right.missing"


def test_a_team_gives_no_rights_and_two_levels_give_two(county: Store) -> None:
    """A volunteer's seat gives nothing; who is 片长 and 组长 sees both units; granted roles stay beside them."""
    made = people.settle(county, team={"lin": {"volunteer": 2}})
    zu, pian, lin = (level_ids(county, level)[0] for level in ("zu", "pian", "lin"))
    people.name(county, lin, made["lin1"], post="volunteer", reason="x")
    assert make(county, made["lin1"])[0].held == ()
    people.name(county, zu, made["zu0"], reason="x")
    people.name(county, pian, made["zu0"], reason="x")
    account, _ = make(county, made["zu0"])
    with county.write() as db:
        town = village.TOWNS[0]
        wanted = [("reporter", units.by_code(db, [town])[town].id)]
        account_actions.change_account(db, OPERATOR, DAY[3], account.id, None, None, wanted)
    held = grounds(county, account.id)
    assert [role for role, _ in held] == ["reporter", "chief", "chief"]
    assert len({path for _, path in held}) == 3


def test_a_redraw_moves_every_scope_at_once(county: Store) -> None:
    """After a publication the open session, the phone and the tiles show the new ground, and after undoing it the old.

    A chief whose unit is gone sees nothing any longer, one whose unit stayed sees its homes of today.
    """
    made = people.settle(county, lin_homes_min=9, lin_homes_max=16)
    ways = {}
    for n, unit_id in enumerate(level_ids(county, "lin")):
        people.name(county, unit_id, made[f"lin{n}"], reason="x")
        account, handed = make(county, made[f"lin{n}"])
        token = enter(county, account, handed)
        with county.write() as db:
            phone = devices.remember(db, Actor(account.id, account.name), DAY[2], "phone", OFFICE)[1]
        ways[unit_id] = (token, phone)
    before = {unit_id: homes_seen(county, token, DAY[2]) for unit_id, (token, _) in ways.items()}
    shown = {unit_id: homes_on_tile(county, token, DAY[2]) for unit_id, (token, _) in ways.items()}
    assert sum(map(len, before.values())) == 31
    assert shown == {unit_id: len(homes) for unit_id, homes in before.items()}
    plan_id = village.draft_one(county, VILLAGES[0], village.Clock(DAY[2]), seed=5)
    with county.write() as db:
        entry = publishing.publish(db, OPERATOR, DAY[2], plan_id, "重划")
    after = {one: set(people.home_codes(county, one)) for one in level_ids(county, "lin")}
    assert before != {one: after.get(one, set()) for one in ways}
    for unit_id, (token, phone) in ways.items():
        with county.read() as db:
            opened, _ = devices.enter(db, NOBODY, DAY[2], phone, OFFICE)
        for way in (token, opened.token):
            assert homes_seen(county, way, DAY[2]) == after.get(unit_id, set())
            assert homes_on_tile(county, way, DAY[2]) == len(after.get(unit_id, ()))
    with county.write() as db:
        publishing.undo(db, OPERATOR, DAY[3], entry, "改回")
    for unit_id, (_, phone) in ways.items():
        with county.read() as db:
            opened, _ = devices.enter(db, NOBODY, DAY[3], phone, OFFICE)
        assert homes_seen(county, opened.token, DAY[3]) == before[unit_id]


def test_all_chiefs_of_a_village_get_accounts(county: Store) -> None:
    """A few at a time until none is left, each once, with a password that opens the account; then none is made."""
    made = people.settle(county)
    for level, prefix in (("lin", "lin"), ("zu", "zu"), ("pian", "pian")):
        for n, unit_id in enumerate(level_ids(county, level)):
            people.name(county, unit_id, made[f"{prefix}{n}"], reason="x")
    town = cadre("administrator", TOWN_PATHS[0])
    unit = village.unit_id(county, VILLAGES[0])
    with county.read() as db:
        assert actions.chiefs(db, town, DAY[2], unit) == {"chiefs": 8, "with_account": 0}
    lines: list[dict[str, Any]] = []
    for left in (3, 0):
        with county.read() as db:
            done = actions.make_for_chiefs(db, town, DAY[2], unit, 5)
        assert done["left"] == left
        lines += done["items"]
    assert len({line["officer"]["id"] for line in lines}) == len({line["one_time_password"] for line in lines}) == 8
    assert [line["posts"][0]["level"] for line in lines].count("lin") == 4
    with county.read() as db:
        assert actions.make_for_chiefs(db, town, DAY[2], unit) == {"items": [], "left": 0}
        assert sign_in.sign_in(db, NOBODY, DAY[2], lines[0]["account"], lines[0]["one_time_password"], OFFICE)
        told = str(audit.page(db, EVERYWHERE)[0])
        assert not any(line["one_time_password"] in told for line in lines)
        elsewhere = cadre("administrator", TOWN_PATHS[1])
        assert refusal(actions.make_for_chiefs, db, elsewhere, DAY[2], unit) == "unit.not_found"
        assert refusal(actions.chiefs, db, cadre("town_cadre", TOWN_PATHS[0]), DAY[2], unit) == "right.missing"


def test_who_reaches_beyond_a_town_is_left_to_the_county(county: Store) -> None:
    """A town's administrator makes no account for who is chief in another town, nor sees, nor ties one there."""
    made = people.settle(county)
    people.name(county, level_ids(county, "lin")[0], made["lin0"], reason="x")
    far = people.put(county, name="远某", village=VILLAGES[1], tags=["两委"])
    people.name(county, level_ids(county, "pian", 0)[0], far, reason="x")
    town = cadre("administrator", TOWN_PATHS[0])
    assert refusal(make, county, far, town) == "officer.not_found"
    with county.read() as db:
        done = actions.make_for_chiefs(db, town, DAY[2], village.unit_id(county, VILLAGES[0]))
    assert [line["officer"]["name"] for line in done["items"]] == ["邻某0"]
    account, _ = make(county, far)
    with county.read() as db:
        names = [one.name for one in account_actions.list_accounts(db, town, DAY[2], "", 50)[0]]
        assert names == ["邻某0"]
        assert refusal(account_actions.managed, db, town, account.id) == "account.not_found"


def test_an_account_that_is_there_is_tied_and_untied(county: Store) -> None:
    """It gains and loses what the posts give; nobody ties their own, one that is somebody's, or another's ground."""
    made = people.settle(county)
    people.name(county, level_ids(county, "lin")[0], made["lin0"], reason="x")
    with county.write() as db:
        known, _ = account_actions.create_account(db, OPERATOR, DAY[1], "wang", "王", [("reporter", "")])
        boss, _ = account_actions.create_account(db, OPERATOR, DAY[1], "boss", "长", [("administrator", "")])
        me = Actor(boss.id, "boss", cadre("administrator", "").grants)
        assert refusal(actions.tie, db, me, DAY[2], made["lin0"], "boss") == "role.own"
        assert refusal(actions.tie, db, me, DAY[2], made["lin0"], "nobody") == "account.not_found"
        assert refusal(actions.untie, db, me, DAY[2], made["lin0"]) == "officer.no_account"
        tied = actions.tie(db, me, DAY[2], made["lin0"], "Wang")
        assert [held.role for held in tied.held] == ["reporter", "chief"]
        assert refusal(actions.tie, db, me, DAY[2], made["lin1"], "wang") == "account.has_officer"
        assert refusal(actions.tie, db, me, DAY[2], made["lin0"], "wang") == "officer.has_account"
        card = officers.card(db, OPERATOR, DAY[2], made["lin0"])
        assert (card["account"]["name"], card["may_account"]) == ("wang", True)
        actions.untie(db, me, DAY[2], made["lin0"])
        assert [held.role for held in accounts.get(db, known.id).held] == ["reporter"]


def test_leaving_the_register_ends_the_way_in(county: Store) -> None:
    """Retiring disables the account and ends sessions and phones; it is not enabled before the person is back."""
    made = people.settle(county)
    people.name(county, level_ids(county, "lin")[0], made["lin0"], reason="x")
    account, handed = make(county, made["lin0"])
    token = enter(county, account, handed)
    with county.write() as db:
        phone = devices.remember(db, Actor(account.id, account.name), DAY[2], "phone", OFFICE)[1]
        card = officers.retire(db, OPERATOR, DAY[3], made["lin0"], "外出")
    assert card["account"]["disabled"]
    with county.read() as db:
        assert sessions.who(db, DAY[3], token) is None
        assert refusal(devices.enter, db, NOBODY, DAY[3], phone, OFFICE) == "session.refused"
    with county.write() as db:
        code = refusal(account_actions.change_account, db, OPERATOR, DAY[3], account.id, None, False)
        assert code == "account.officer_retired"
        officers.change(db, OPERATOR, DAY[3], made["lin0"], {"retired": False, "name": "邻某零"})
        after = account_actions.change_account(db, OPERATOR, DAY[3], account.id, None, False)
    assert (after.disabled, after.display_name, after.held) == (False, "邻某零", ())


def test_a_village_does_not_end_the_countys_account(county: Store) -> None:
    """Who keeps the register of one village cannot retire, or merge away, somebody with roles beyond it."""
    made = people.settle(county)
    account, _ = make(county, made["lin0"])
    with county.write() as db:
        account_actions.change_account(db, OPERATOR, DAY[2], account.id, None, None, [("county_cadre", "")])
    here = cadre("village_cadre", people.VILLAGE_PATHS[0])
    with county.write() as db:
        assert refusal(officers.retire, db, here, DAY[3], made["lin0"], "x") == "officer.account_beyond"
        assert refusal(officers.merge, db, here, DAY[3], made["lin1"], made["lin0"]) == "officer.account_beyond"
    assert not account_of(county, account.id).disabled


def test_two_entries_merged_keep_one_account(county: Store) -> None:
    """The kept entry's account stays; without one it gets the other's; of two the other's is disabled and nobody's."""
    made = people.settle(county)
    people.name(county, level_ids(county, "lin")[1], made["lin1"], reason="x")
    moved, _ = make(county, made["lin1"])
    with county.write() as db:
        officers.merge(db, OPERATOR, DAY[3], made["zu1"], made["lin1"])
    assert account_of(county, moved.id).officer_id == made["zu1"]
    assert [role for role, _ in grounds(county, moved.id)] == ["chief"]
    other, _ = make(county, made["lin2"])
    with county.write() as db:
        officers.merge(db, OPERATOR, DAY[3], made["zu1"], made["lin2"])
    assert (account_of(county, other.id).disabled, account_of(county, other.id).officer_id) == (True, None)
    assert not account_of(county, moved.id).disabled


def test_staff_of_an_office_have_an_office(county: Store) -> None:
    """The role asks for one, a town gives its own alone, nobody changes their own, and what is gone is refused."""
    with county.write() as db:
        town = units.by_code(db, [TOWNS[0]])[TOWNS[0]].id
        for key, unit_id in (("water", ""), ("care", town)):
            db.run.execute(insert(office).values(id=key, code=key, name=key.title(), unit_id=unit_id))
        make_one = account_actions.create_account
        boss, _ = make_one(db, OPERATOR, DAY[1], "boss", "长", [("administrator", ""), ("county_cadre", "")])
        here = Actor(boss.id, "boss", (*cadre("administrator", "").grants, *cadre("county_cadre", "").grants))
        near = Actor(
            "x", "x", tuple(g for r in ("administrator", "town_cadre") for g in cadre(r, TOWN_PATHS[0]).grants)
        )
        assert refusal(make_one, db, here, DAY[1], "a1", "a", [("office_staff", "")]) == "role.no_office"
        assert refusal(make_one, db, here, DAY[1], "a1", "a", [("office_staff", "")], "none") == "office.not_found"
        assert refusal(make_one, db, near, DAY[1], "a1", "a", [("office_staff", town)], "water") == "role.beyond"
        made, _ = make_one(db, near, DAY[1], "a1", "a", [("office_staff", town)], "care")
        assert [one["id"] for one in account_actions.list_offices(db, near, DAY[1])] == ["care"]
        assert [one["id"] for one in account_actions.list_offices(db, here, DAY[1])] == ["care", "water"]
        change = account_actions.change_account
        assert change(db, here, DAY[1], made.id, None, None, None, "water").office_id == "water"
        assert refusal(change, db, here, DAY[1], made.id, None, None, None, "") == "role.no_office"
        assert refusal(change, db, here, DAY[1], boss.id, None, None, None, "water") == "role.own"
        assert change(db, here, DAY[1], made.id, None, None, [], "").office_id is None
