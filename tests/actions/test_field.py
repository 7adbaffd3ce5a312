"""What a phone sends in one go: each thing once, in order, and nothing that somebody did is thrown away."""

from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, households
from geodata.store.database import Store
from survey.actions import burdens, field_batch, field_scope, findings, issues, shelf
from survey.rules.roles import ROLES
from survey.store.issue_tables import issue, issue_event
from survey.store.visit_tables import shelf as shelf_table
from survey.store.visit_tables import visit
from tests import issuing, people
from tests.issuing import body, chief, new_id, place, raise_one
from tests.people import VILLAGE_PATHS
from tests.village import cadre
from tests.visiting import NOW, homes, lin_paths, move_home, said

MOUNTAIN = chief(VILLAGE_PATHS[0])


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with categories and offices."""
    issuing.furnish(published)
    return published


def send(store: Store, actor: Actor, items: list[Any], now: dt.datetime = NOW) -> list[field_batch.Outcome]:
    """Send a batch and return what became of each item."""
    with store.read() as db:
        return field_batch.take(db, actor, now, items)


def item(kind: str, said_: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an item as a phone keeps it."""
    return {"id": new_id(), "kind": kind, "body": said_, **more}


def count(store: Store, table: Any) -> int:
    """Return how many rows a table holds."""
    with store.read() as db:
        return int(db.run.execute(select(func.count()).select_from(table)).scalar_one())


def codes(done: list[field_batch.Outcome]) -> list[str]:
    """Return why each item was refused, "" where it was not."""
    return [one.problem.code if one.problem else "" for one in done]


def test_a_poisoned_item_keeps_nothing_else_back(county: Store) -> None:
    """Of twenty items one is broken: nineteen are stored, the one is told and lies on the shelf (F-06)."""
    items: list[Any] = [item("visit", said(home)) for home in homes(county)[:19]]
    items.insert(7, item("visit", {"kind": "visit", "outcome": "magic", "household": homes(county)[20].id}))
    done = send(county, MOUNTAIN, items)
    assert [one.is_new for one in done].count(True) == 19 and codes(done)[7] == "visit.field"
    assert (count(county, visit), count(county, shelf_table)) == (19, 1)
    again = send(county, MOUNTAIN, items, NOW + dt.timedelta(minutes=1))
    assert [one.is_new for one in again] == [False] * 20 and codes(again) == codes(done)
    assert (count(county, visit), count(county, shelf_table)) == (19, 1)


def test_what_cannot_be_read_at_all_is_kept_as_well(county: Store) -> None:
    """No id, an unknown kind, no object: each is told by its field, kept once, and the rest is stored."""
    broken: list[Any] = [7, {"id": "7", "kind": "visit"}, {"kind": "visit"}, item("magic", {}),
                         {**item("event", {}), "issue": ""}, {**item("visit", {}), "body": [1]}]  # fmt: skip
    done = send(county, MOUNTAIN, [*broken, item("visit", said(homes(county)[0]))])
    assert [one.problem.values["field"] if one.problem else "" for one in done] == [
        "items", "id", "id", "kind", "issue", "body", "",
    ]  # fmt: skip
    send(county, MOUNTAIN, broken)
    assert (count(county, visit), count(county, shelf_table)) == (1, len(broken))


def test_a_chain_of_work_without_signal_is_stored_in_order(county: Store) -> None:
    """Raised, accepted, told of and solved on the phone: the issue stands solved, each step in its order (F-15)."""
    raised = item("report", body())
    steps = [
        item("event", {"kind": kind, "detail": detail}, issue=raised["id"])
        for kind, detail in (
            ("accepted", {}), ("progress", {"text": "看过了"}), ("solved", {"remedy": ["on_spot"], "text": "修好了"}),
        )
    ]  # fmt: skip
    done = send(county, MOUNTAIN, [raised, *steps])
    assert codes(done) == [""] * 4 and done[-1].result["state"] == "solved"
    with county.read() as db:
        rows = db.run.execute(select(issue_event).order_by(issue_event.c.fid)).all()
    assert [row.kind for row in rows] == ["reported", "accepted", "progress", "solved"]
    assert [row.at for row in rows] == sorted({row.at for row in rows})


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=lambda one: "".join(map(str, one)))
def test_a_chain_that_arrives_in_any_order_ends_the_same(county: Store, order: tuple[int, ...]) -> None:
    """Raised, accepted, solved: in each of six orders, sent until all is stored, one issue stands solved (F-15).

    What came too early lies on the shelf until a person closes it; nothing of it is stored twice.
    """
    raised = item("report", body())
    accepted = {"kind": "accepted"}
    solved = {"kind": "solved", "detail": {"remedy": ["on_spot"], "text": "好"}}
    chain = [raised, *(item("event", step, issue=raised["id"]) for step in (accepted, solved))]
    sent = [chain[at] for at in order]
    for again in range(3):
        done = send(county, MOUNTAIN, sent, NOW + dt.timedelta(minutes=again))
    assert codes(done) == [""] * 3
    with county.read() as db:
        rows = db.run.execute(select(issue_event.c.kind).order_by(issue_event.c.fid)).scalars().all()
        assert rows == ["reported", "accepted", "solved"] and db.run.execute(select(issue.c.state)).scalar() == "solved"


def test_a_refused_step_waits_for_a_person_with_what_its_author_had_seen(county: Store) -> None:
    """Kept with author, base and body across later good syncs until somebody closes it with a word (F-10)."""
    found = raise_one(county, MOUNTAIN)
    late = item("event", {"kind": "solved", "detail": {"remedy": ["on_spot"], "text": "好"}}, issue=found.id, base="e1")
    assert codes(send(county, MOUNTAIN, [late])) == ["issue.step"]
    for home in homes(county)[:3]:
        assert codes(send(county, MOUNTAIN, [item("visit", said(home))])) == [""]
    desk, stranger = cadre("village_cadre", VILLAGE_PATHS[0], "desk"), cadre("village_cadre", VILLAGE_PATHS[1], "far")
    with county.write() as db:
        (mine,) = shelf.listed(db, MOUNTAIN, NOW, settled=False)["items"]
        (theirs,) = shelf.listed(db, desk, NOW, settled=False)["items"]
        assert shelf.listed(db, stranger, NOW, settled=True)["items"] == []
        assert (mine["id"], mine["base"], mine["by"], mine["code"]) == (late["id"], "e1", "lin", "issue.step")
        assert mine["given"] == theirs["given"] == late
        with pytest.raises(Problem, match=r"shelf\.not_found"):
            shelf.settle(db, stranger, NOW, late["id"], "不归我")
        with pytest.raises(Problem, match=r"shelf\.no_answer"):
            shelf.settle(db, desk, NOW, late["id"], " ")
        assert shelf.settle(db, desk, NOW, late["id"], "已当面说清")["answer"] == "已当面说清"
        with pytest.raises(Problem, match=r"shelf\.settled"):
            shelf.settle(db, MOUNTAIN, NOW, late["id"], "")
        assert shelf.listed(db, MOUNTAIN, NOW, settled=False)["items"] == []
        assert len(shelf.listed(db, MOUNTAIN, NOW, settled=True)["items"]) == 1


def test_work_on_a_merged_issue_is_told_where_it_went(county: Store) -> None:
    """A step on what was merged meanwhile is refused with the successor's id, never lost and never silent (F-13)."""
    first, second = raise_one(county, MOUNTAIN), raise_one(county, MOUNTAIN)
    issuing.take(county, cadre("town_cadre", issuing.EAST_TOWN, "desk"), first.id, "merged", into=second.id)
    (done,) = send(county, MOUNTAIN, [item("event", {"kind": "accepted"}, issue=first.id)])
    assert done.problem is not None and done.problem.values.get("merged_into") == second.id, done.problem
    issuing.take(county, MOUNTAIN, second.id, "withdrawn", reason="误报")
    gone = send(county, MOUNTAIN, [item("event", {"kind": "accepted"}, issue=second.id)])
    assert codes(gone) in (["issue.gone"], ["issue.step"])
    with county.read() as db:
        held = {one["id"]: one for one in shelf.listed(db, MOUNTAIN, NOW, settled=False)["items"]}
    assert held[done.id]["values"]["merged_into"] == second.id


def test_a_desk_reads_no_name_or_note_of_what_was_refused(county: Store) -> None:
    """Sealed at rest; who raised a matter and a chief's own note are read by their author alone."""
    report = item("report", body(category_id="nothing", raiser={"name": "张某", "phone": "13800000000"}))
    assert codes(send(county, MOUNTAIN, [report])) == ["issue.unknown_category"]
    with county.read() as db:
        row = db.run.execute(select(shelf_table)).one()
        assert b"13800000000" not in row.body_sealed and row.path.startswith(VILLAGE_PATHS[0])
        (mine,) = shelf.listed(db, MOUNTAIN, NOW, settled=False)["items"]
        (theirs,) = shelf.listed(db, cadre("town_cadre", issuing.EAST_TOWN), NOW, settled=False)["items"]
    assert mine["given"]["body"]["raiser"]["name"] == "张某" and "raiser" not in theirs["given"]["body"]


def test_fifty_ids_sent_by_five_at_once_are_fifty_rows(county: Store) -> None:
    """The same ids from five senders at the same time: every one answered for, each written once (F-01)."""
    items = [item("report", body(text=f"第{n}件")) for n in range(20)]
    items += [item("visit", said(home)) for home in homes(county)[:30]]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: send(county, MOUNTAIN, items), range(5)))
    assert all(codes(done) == [""] * 50 for done in answers)
    assert [sum(done[n].is_new for done in answers) for n in range(50)] == [1] * 50
    assert (count(county, issue), count(county, visit)) == (20, 30)


def test_work_under_an_old_border_is_kept_and_goes_by_todays_net(county: Store) -> None:
    """After a redraw a report from the old ground is routed by today's border, a visit stays where it was made."""
    first, second = lin_paths(county)[:2]
    home, moved_at = homes(county, first)[0], NOW - dt.timedelta(hours=2)
    move_home(county, home.id, second, moved_at)
    before = (moved_at - dt.timedelta(hours=1)).isoformat()
    done = send(
        county,
        chief(first),
        [item("visit", said(home, device_at=before)), item("report", body(at=place(5, 1), device_at=before))],
    )
    assert codes(done) == ["", ""]
    assert done[1].result["path"].startswith(VILLAGE_PATHS[0])


def test_a_right_that_is_missing_refuses_an_item_and_not_the_batch(county: Store) -> None:
    """A rider reports and logs no visit."""
    rider = cadre("reporter", "", "rider")
    done = send(
        county,
        rider,
        [item("visit", said(homes(county)[0])), item("report", body()), item("burden", {"form": "report"})],
    )
    assert codes(done) == ["right.missing", "", ""]


def test_a_defect_in_one_item_keeps_the_others_going(county: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is told as a defect with a number, kept on the shelf, and the item behind it is stored."""

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(issues, "report", broken)
    done = send(county, MOUNTAIN, [item("report", body()), item("visit", said(homes(county)[0]))])
    assert codes(done) == ["defect", ""] and count(county, shelf_table) == 1


def test_what_one_database_cannot_keep_does_not_stop_the_queue(county: Store) -> None:
    """A NUL in a text or in what was seen last: stored or shelved, whichever database it is, and the rest goes on."""
    odd = item("report", body(text="灯\0坏"))
    based = item("event", {"kind": "accepted"}, issue=new_id(), base="\0")
    done = send(county, MOUNTAIN, [odd, based, item("visit", said(homes(county)[0]))])
    assert codes(done)[1:] == ["field.bad_item", ""] and codes(done)[0] in ("", "defect")
    assert count(county, issue) + count(county, shelf_table) == 2


def test_a_batch_writes_in_its_own_transactions(county: Store) -> None:
    """Inside a transaction that writes it would wait for itself: that is a defect, not a wait."""
    with county.write() as db, pytest.raises(ValueError, match="open the transaction to read"):
        field_batch.take(db, MOUNTAIN, NOW, [])


def test_a_form_is_called_a_burden_without_a_name(published: Store) -> None:
    """Counted by form and town, once an id; no column tells who said so (G07)."""
    made = new_id()
    with published.write() as db:
        assert burdens.tell(db, MOUNTAIN, NOW, made, {"form": "report"})
        assert not burdens.tell(db, MOUNTAIN, NOW, made, {"form": "report"})
        assert burdens.tell(db, chief(VILLAGE_PATHS[1]), NOW, new_id(), {"form": "visit"})
        with pytest.raises(Problem, match=r"burden\.other_body"):
            burdens.tell(db, MOUNTAIN, NOW, made, {"form": "visit"})
        with pytest.raises(Problem, match=r"burden\.unknown_form"):
            burdens.tell(db, MOUNTAIN, NOW, new_id(), {"form": "<script>"})
        told = burdens.counts(db, cadre("leader", ""), NOW, "2026-03-01", "")
        assert told["forms"] == {"report": 1, "visit": 1}
        assert {one["unit"]["level"] for one in told["items"]} == {"town"}
        town = burdens.counts(db, cadre("town_cadre", issuing.EAST_TOWN), NOW, "2026-03-01", "")
        assert town["forms"] == {"report": 1}


def test_a_new_home_joins_the_register_when_its_desk_takes_it(published: Store) -> None:
    """Told from the field with its place, sealed; the village takes it, and it stands in the 邻 where it lies."""
    lon, lat = place(0.7, 0.7)
    made, desk = new_id(), cadre("village_cadre", VILLAGE_PATHS[0], "desk")
    told = {"kind": "new", "lon": lon, "lat": lat, "told": {"address": "新屋3号"}}
    with published.write() as db:
        row, is_new = findings.tell(db, MOUNTAIN, NOW, made, told)
        assert is_new and "新屋".encode() not in row.told_sealed
        assert findings.tell(db, MOUNTAIN, NOW, made, told)[1] is False
        with pytest.raises(Problem) as refused:
            findings.tell(db, MOUNTAIN, NOW, made, {**told, "told": {"address": "别处"}})
        assert (refused.value.code, refused.value.values["field"]) == ("finding.other_body", "told")
        with pytest.raises(Problem, match=r"finding\.not_found"):
            findings.settle(db, MOUNTAIN, NOW, made, take=True, answer="")
        before = households.count_all(db)
        assert findings.settle(db, desk, NOW, made, take=True, answer="")["state"] == "taken"
        assert households.count_all(db) == before + 1
        with pytest.raises(Problem, match=r"finding\.settled"):
            findings.settle(db, desk, NOW, made, take=True, answer="")
    (new,) = [home for home in homes(published) if home.code.startswith("N-")]
    assert (new.address, new.level) == ("新屋3号", "lin")


def test_a_home_that_is_gone_leaves_and_a_wrong_one_is_corrected(published: Store) -> None:
    """One gone is retired with its day and counted no more; an address is corrected; a refusal says why."""
    gone, wrong, kept = homes(published)[:3]
    desk = cadre("village_cadre", VILLAGE_PATHS[0], "desk")
    ids = [new_id() for _ in range(3)]
    with published.write() as db:
        findings.tell(db, MOUNTAIN, NOW, ids[0], {"kind": "gone", "household": gone.id})
        findings.tell(
            db, MOUNTAIN, NOW, ids[1], {"kind": "wrong", "household": wrong.id, "told": {"address": "乙组99号"}}
        )
        findings.tell(db, MOUNTAIN, NOW, ids[2], {"kind": "gone", "household": kept.id})
        with pytest.raises(Problem, match=r"finding\.no_answer"):
            findings.settle(db, desk, NOW, ids[2], take=False, answer="")
        assert findings.settle(db, desk, NOW, ids[2], take=False, answer="人还在")["answer"] == "人还在"
        for one in ids[:2]:
            findings.settle(db, desk, NOW, one, take=True, answer="")
        with pytest.raises(Problem, match=r"finding\.home_gone"):
            findings.tell(
                db, MOUNTAIN, NOW, new_id(), {"kind": "gone", "household": gone.id, "device_at": "2026-03-05T00:00:00Z"}
            )
        acts = {row.act for row in audit.page(db, EVERYWHERE, None, 20, gone.id)[0]}
        assert households.one(db, EVERYWHERE, wrong.id).address == "乙组99号"
        mine = findings.page(db, MOUNTAIN, NOW, "", "", "", 50)["items"]
        assert findings.page(db, chief(VILLAGE_PATHS[1], "far"), NOW, "", "", "", 50)["items"] == []
    assert "household.retired" in acts and {one["state"] for one in mine} == {"taken", "refused"}
    assert len(homes(published)) == 30


def test_a_phone_holds_its_own_ground_and_no_more(county: Store) -> None:
    """A chief's phone: own units and those above, own homes masked, own chain's telephones, own open issues."""
    made = people.settle(county)
    first, second = lin_paths(county)[:2]
    unit_ids = people.level_ids(county, "lin")
    people.name(county, unit_ids[0], made["lin0"])
    people.name(county, people.level_ids(county, "pian")[0], made["pian0"])
    held = raise_one(county, chief(first), at=place(0.5, 0.5))
    raise_one(county, chief(VILLAGE_PATHS[1], "far"), at=place(0.5, 0.5, 1))
    with county.read() as db:
        found = field_scope.scope(db, chief(first), NOW)
    own = {one["path"] for one in found["units"] if one["path"].startswith(first)}
    above = {one["level"] for one in found["units"] if first.startswith(one["path"])}
    assert own == {first} and above == {"county", "town", "village", "pian", "zu", "lin"}
    assert not any(one["path"].startswith(VILLAGE_PATHS[1]) for one in found["units"])
    assert second in {one["path"] for one in found["units"]}  # beyond the border, so that a phone can say it is near
    assert all(one["border"]["type"] in ("Polygon", "MultiPolygon") for one in found["units"] if one["level"] == "lin")
    assert {one["code"] for one in found["homes"]} == {home.code for home in homes(county, first)}
    assert all("*" in one["address"] for one in found["homes"])
    phones = {one["phone"] for one in found["posts"] if one["phone"]}
    assert phones == {"19900000000", "19900020000"}
    assert [one["id"] for one in found["issues"]] == [held.id]
    assert "accepted" in [step["kind"] for step in found["issues"][0]["steps"]]
    assert len(found["key"]) == 44 and found["modules"] == {"visits": True, "residents": False}
    assert {one["kind"] for one in found["errands"]} >= {"medicine", "other"}


def test_a_rider_holds_no_home_and_no_telephone(county: Store) -> None:
    """Somebody without territory gets county, towns and villages, and their own issues (B19)."""
    people.settle(county)
    rider = cadre("reporter", "", "rider")
    mine = raise_one(county, rider)
    raise_one(county, MOUNTAIN)
    with county.read() as db:
        found = field_scope.scope(db, rider, NOW)
    assert {one["level"] for one in found["units"]} == {"county", "town", "village"}
    assert (found["homes"], found["posts"]) == ([], [])
    assert [one["id"] for one in found["issues"]] == [mine.id]


def test_every_role_has_a_scope(county: Store) -> None:
    """Whoever may report opens the app, whatever else they may do; keys differ by account and stay."""
    keys = set()
    with county.read() as db:
        for role in sorted(name for name, rights in ROLES.items() if "report" in rights):
            who = cadre(role, "", f"of-{role}")
            found = field_scope.scope(db, who, NOW)
            assert found["format"] == 1 and found["key"] == field_scope.scope(db, who, NOW)["key"]
            keys.add(found["key"])
    assert len(keys) == sum("report" in rights for rights in ROLES.values())
