"""Two towns with everything in them: nobody of one reads, moves or hears of anything of the other (S-04, S-06).

Every declared route is walked: with each id of the other town in each place of its path, in its query and in its body.
All that belongs to the other town carries a word of its own, and no answer may hold it.
"""

from __future__ import annotations

import gzip
import io
import itertools
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from geodata.actions import ledger
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.tiles import tile_bounds_ll
from geodata.store import audit, households, settings, units
from geodata.store.database import Db, Store
from geodata.store.tables import household, membership, plan, plan_unit, publication, unit
from survey.actions import accounts, devices, findings, officer_accounts, outside, shelf, visits
from survey.actions import handover as handing
from survey.rules.field_items import read_item
from survey.rules.roles import HeldRole
from survey.store import accounts as kept
from survey.store import sign_ins
from survey.store.issue_tables import office
from survey.store.tables import account, appointment, handover, officer
from survey.store.visit_tables import finding, visit
from survey.store.visit_tables import shelf as shelf_rows
from tests import people, village
from tests.rules.tile_reader import read_tile
from tests.village import COUNTY, TOWNS, VILLAGES, cadre
from tests.web.test_auth import PASSWORD, browser, cheap_hashing, enter, make
from webmap import routes

__all__ = ["cheap_hashing"]

CANARY = "金丝雀"
ROLES_OF_ONE = (
    ("town_cadre", "administrator", "field_worker", "reporter", "office_staff"),
    ("security_admin", "leader", "chief"),
    ("audit_admin", "read_only", "village_cadre"),
)
TABLES = (account, appointment, handover, officer, household, membership, unit, plan, plan_unit, publication,
          visit, finding, shelf_rows)  # fmt: skip
BODY = ("unit_id", "unit", "officer_id", "household", "village", "other", "plan_id", "base", "code", "subject", "name")
# One's own session; and the county's offices, whose names everybody must know who says that an issue is another's.
OPEN = ("/api/session", "/api/password", "/api/language", "/api/offices")


class Town(NamedTuple):
    """The other town: its ids by the name that a route has for them, and the words that tell of it."""

    ids: dict[str, list[str]]
    words: list[str]


@pytest.fixture
def other(published: Store) -> Town:
    """The western town with people, posts, an account, a phone and an office, all of whom carry the canary."""
    store = published
    with store.write() as db:
        settings.put(db, "profile", {"elected_levels": []})
    homes = people.level_ids(store, "lin", 1)
    holder = people.put(store, name=f"{CANARY}甲", village=VILLAGES[1], phone="19977770001", tags=["两委"],
                        household=people.home_codes(store, homes[0])[0], code="CANARY1")  # fmt: skip
    spare = people.put(store, name=f"{CANARY}乙", village=VILLAGES[1], tags=["小组长"], code="CANARY2")
    first = people.name(store, homes[0], holder, reason=CANARY)
    people.name(store, people.level_ids(store, "zu", 1)[0], spare, reason=CANARY)
    with store.write() as db:
        page = handing.leave(db, OPERATOR, people.DAY[2], first, CANARY)["handover"]["id"]
    second = people.name(store, homes[0], holder, people.DAY[3], reason=CANARY)
    with store.read() as db:
        made, _ = officer_accounts.make(db, OPERATOR, people.DAY[3], holder, "canary1")
    with store.write() as db:
        kept.set_secret(db, made.id, kept.secret_of(db, made.id), must_change=False)
        phone, _ = devices.remember(db, accounts.Actor(made.id, made.name), people.DAY[3], f"{CANARY}机", "203.0.113.9")
        opened = sign_ins.open_session(db, people.DAY[3], made.id, "digest-of-nothing")
        outside.link(db, OPERATOR, people.DAY[3], made.id, "wecom", f"{CANARY}号")
        town = units.by_code(db, [TOWNS[1]])[TOWNS[1]].id
        field = _in_the_field(db)
        db.run.execute(insert(office).values(id="canary-office", code="CO", name=f"{CANARY}局", unit_id=town))
        west = list(units.with_shapes(db, f"{COUNTY}/101/", tuple(units.Level)))
        rows = households.under(db, f"{COUNTY}/101/")
        plans = [one["id"] for one in ledger.list_plans(db, OPERATOR, people.DAY[3], "", "", "", 50)["items"]
                 if one["unit"]["code"] == VILLAGES[1]]  # fmt: skip
        entries = [one["id"] for one in ledger.list_publications(db, OPERATOR, people.DAY[3], "", 50)["items"]
                   if one["unit"] and one["unit"]["code"] == VILLAGES[1]]  # fmt: skip
    lin = next(row.id for row in west if row.level == "lin")
    ids = {
        "unit_id": [next(r.id for r in west if r.level == level) for level in ("town", "village", "zu", "lin")],
        "household_id": [rows[0].id], "plan_id": plans[:1], "publication_id": entries[:1], "officer_id": [holder],
        "appointment_id": [first, second], "handover_id": [page], "account_id": [made.id], "device_id": [phone.id],
        "session_id": [opened], "office_id": ["canary-office"], **field,
    }  # fmt: skip
    words = [
        CANARY,
        "CANARY",
        "canary1",
        "19977770001",
        "西溪",
        TOWNS[1],
        VILLAGES[1],
        lin,
        *(r.code for r in rows[:3]),
    ]
    return Town(ids, [*words, *itertools.chain.from_iterable(ids.values())])


def _in_the_field(db: Db) -> dict[str, list[str]]:
    """Log a visit, tell of a home, and let something be refused in the western town; return the ids by name."""
    chief, day = cadre("chief", f"{COUNTY}/101/", "canary1"), people.DAY[3]
    home = households.under(db, f"{COUNTY}/101/")[0].id
    made = [str(uuid.UUID(int=(4 << 76) + (2 << 62) + 770 + n)) for n in range(3)]
    visits.log(db, chief, day, made[0], {"kind": "visit", "outcome": "home", "household": home, "note": CANARY})
    told = {"kind": "wrong", "household": home, "told": {"text": CANARY}}
    findings.tell(db, chief, day, made[1], told)
    item = {"id": made[2], "kind": "visit", "body": {"household": home, "note": CANARY}}
    shelf.keep(db, chief, day, item, read_item(item, 0), Problem("visit.field", field=CANARY))
    return {"visit_id": made[:1], "finding_id": made[1:2], "item_id": made[2:]}


@pytest.fixture
def insiders(published: Store, other: Town) -> list[FlaskClient]:
    """Three people of the eastern town who hold every role between them, over that town alone."""
    town = village.unit_id(published, TOWNS[0])
    found = []
    for number, held in enumerate(ROLES_OF_ONE):
        account_id, handed = make(published, f"insider{number}")
        with published.write() as db:
            kept.set_roles(db, account_id, [HeldRole(role, town) for role in held])
        client = browser(published)
        enter(client, f"insider{number}", handed)
        assert client.post("/api/password", json={"old": handed, "new": PASSWORD}).status_code == 204
        found.append(client)
    return found


def told(answer: TestResponse) -> str:
    """Return all that an answer says: body, unpacked where it is packed, and headers."""
    body = answer.data
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return body.decode("utf-8", "replace") + str(answer.headers)


def fills(path: str, ids: Mapping[str, list[str]]) -> Iterator[str]:
    """Return the addresses of a route with each id of the other town in each of its places."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    choices = [ids.get(name, sorted({one for some in ids.values() for one in some})[:3]) for name in names]
    for chosen in itertools.product(*choices):
        address = path
        for name, value in zip(names, chosen, strict=True):
            address = re.sub(rf"<(?:\w+:)?{name}>", value, address, count=1)
        yield address


def snapshot(store: Store) -> dict[str, list[Any]]:
    """Return every row of the tables that hold the other town's things."""
    with store.read() as db:
        return {one.name: sorted(map(str, db.run.execute(select(one)))) for one in TABLES}


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]], town: Town) -> list[str]:
    """Return the rows about the other town that are not as they were."""
    lost = [row for name, rows in before.items() for row in set(rows) - set(after[name])]
    made = [row for name, rows in after.items() for row in set(rows) - set(before[name])]
    return [row for row in [*lost, *made] if any(word in row for word in town.words)]


def test_every_route_with_every_id_of_the_other_town(
    published: Store, other: Town, insiders: list[FlaskClient]
) -> None:
    """In the path each answers as if it were not there, tells nothing, and moves nothing."""
    before = snapshot(published)
    wrong = []
    for declared in routes.ROUTES:
        if "<" not in declared.path or declared.path.startswith(("/base/", "/static/")):
            continue
        known = [name for name in re.findall(r"<(?:\w+:)?(\w+)>", declared.path) if name in other.ids]
        for address, client in itertools.product(fills(declared.path, other.ids), insiders):
            if "tiles" in declared.path and not known:
                continue
            answer = client.open(address, method=declared.method, json=None if declared.method == "GET" else {})
            heard = [word for word in other.words if word not in address and word in told(answer)]
            if heard or answer.status_code >= 500 or (known and answer.status_code < 300):
                wrong.append((declared.method, address, answer.status_code, heard[:3]))
    assert wrong == []
    assert changed(before, snapshot(published), other) == []


def test_every_list_query_and_body(published: Store, other: Town, insiders: list[FlaskClient]) -> None:
    """Lists, counts, searches and facets hold none of the other town's words, whatever is asked of them or sent."""
    before = snapshot(published)
    wrong = []
    for declared in routes.ROUTES:
        if "<" in declared.path or declared.path in OPEN:
            continue
        tries = _queries(other) if declared.method == "GET" else _bodies(other)
        for sent, client in itertools.product(tries, insiders):
            given = {"query_string": sent} if declared.method == "GET" else {"json": sent}
            answer = client.open(declared.path, method=declared.method, **given)
            mine = set(map(str, sent.values()))
            heard = [word for word in other.words if word in told(answer) and not any(word in one for one in mine)]
            if heard or answer.status_code >= 500:
                wrong.append((declared.method, declared.path, sent, answer.status_code, heard[:3]))
    assert wrong == []
    assert changed(before, snapshot(published), other) == []


def _queries(other: Town) -> list[dict[str, str]]:
    """Return what lists are asked: nothing, each parameter alone, places, times and words of the other town."""
    lon, lat = village.WEST + village.APART + 0.0004, village.NORTH - 0.0004
    unit_id, person, home = (other.ids[name][-1] for name in ("unit_id", "officer_id", "household_id"))
    alone = [{name: unit_id} for name in ("unit", "parent", "a", "object")]
    alone += [{"object": person}, {"household": home}, {"plan": other.ids["plan_id"][0]}, {"thing": "W000"}]
    words = [{"q": word} for word in ("溪", CANARY, VILLAGES[1], "W0")]
    return [{}, *alone, *words, {"lon": str(lon), "lat": str(lat)}, {"as_of": "2026-03-20"}, {"limit": "200"},
            {"unit": unit_id, "level": "lin"}]  # fmt: skip


def _bodies(other: Town) -> list[dict[str, Any]]:
    """Return what is sent: nothing, and bodies whose every field names something of the other town."""
    found: list[dict[str, Any]] = [{}]
    for kind in ("unit_id", "officer_id", "household_id", "plan_id"):
        word = other.ids[kind][-1]
        rows = [{"unit_id": other.ids["unit_id"][-1], "officer_id": other.ids["officer_id"][0], "replaces": "x"}]
        found.append({**dict.fromkeys(BODY, word), "rows": rows, "reason": "查看一下", "because": "x", "tags": []})
    return found


def test_a_batch_with_one_row_of_the_other_town_is_refused_whole(published: Store, other: Town) -> None:
    """An appointment of one's own together with one of the other town appoints nobody."""
    made = people.settle(published)
    own = people.level_ids(published, "lin")[0]
    account_id, handed = make(published, "near", ("town_cadre", village.unit_id(published, TOWNS[0])))
    client = browser(published)
    enter(client, "near", handed)
    client.post("/api/password", json={"old": handed, "new": PASSWORD})
    rows = [{"unit_id": own, "officer_id": made["lin0"]}]
    second, theirs = people.level_ids(published, "lin")[1], other.ids["unit_id"][3]
    for alien in ({"unit_id": theirs, "officer_id": made["lin1"], "replaces": "x"},
                  {"unit_id": second, "officer_id": other.ids["officer_id"][0]}):  # fmt: skip
        answer = client.post("/api/appointments", json={"rows": [*rows, alien]})
        assert (answer.status_code, CANARY in answer.text) == (404, False)
        assert client.get(f"/api/units/{own}/posts").json["history"] == []
    assert client.post("/api/appointments", json={"rows": rows}).status_code == 201
    assert account_id


def test_tiles_and_files_hold_nothing_of_the_other_town(
    published: Store, other: Town, insiders: list[FlaskClient]
) -> None:
    """The tiles over both towns at every zoom, made fresh and from the cache, and the wall map's and import's files."""
    county = browser(published)
    _, handed = make(published, "whole", ("county_cadre", ""))
    enter(county, "whole", handed)
    county.post("/api/password", json={"old": handed, "new": PASSWORD})
    west = village.WEST + village.APART
    seen = 0
    for z in (11, 13, 15):
        for x, y in _tiles(z, west, village.NORTH):
            warm = county.get(f"/tiles/1/{z}/{x}/{y}.mvt")
            seen += sum(word in str(_features(warm)) for word in other.words)
            for client, _ in itertools.product(insiders, range(2)):
                text = str(_features(client.get(f"/tiles/1/{z}/{x}/{y}.mvt")))
                assert [word for word in other.words if word in text] == [], (z, x, y)
    assert seen > 0  # the words are in the tiles of who sees the whole county
    file = {"kind": "officers", "file": (io.BytesIO(f"姓名,行政村\n新某,{VILLAGES[1]}\n".encode()), "x.csv")}
    shown = insiders[0].post("/api/imports", data=file)
    assert CANARY not in told(shown)
    assert insiders[0].post("/api/wall", json={"unit_id": other.ids["unit_id"][1]}).status_code in (404, 400, 422)


def _tiles(z: int, lon: float, lat: float) -> list[tuple[int, int]]:
    """Return the tile that holds a place, and its neighbours."""
    size = 2**z
    x = int((lon + 180) / 360 * size)
    y = next(y for y in range(size) if tile_bounds_ll(z, x, y)[1] <= lat <= tile_bounds_ll(z, x, y)[3])
    return [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]


def _features(answer: TestResponse) -> list[Any]:
    layers = read_tile(gzip.decompress(answer.data))
    return [feature for name, layer in layers.items() if name != "barrier" for feature in layer.features]


def test_who_asked_is_written_down_where_the_thing_lies(
    published: Store, other: Town, insiders: list[FlaskClient]
) -> None:
    """Each try leaves a row on the other town's ground: its own auditor reads it, and ours does not."""
    insiders[0].get(f"/api/officers/{other.ids['officer_id'][0]}")
    with published.read() as db:
        there = audit.page(db, cadre("audit_admin", f"{COUNTY}/101/").scope("audit"), None, 50)[0]
        here = audit.page(db, cadre("audit_admin", f"{COUNTY}/100/").scope("audit"), None, 200)[0]
    assert "access.denied" in [row.act for row in there]
    assert other.ids["officer_id"][0] not in str(here)
