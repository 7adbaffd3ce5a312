"""The register of people: sealed, masked, on one's own ground, and two entries that are one person made one."""

from __future__ import annotations

from typing import Any

import pytest

from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Store
from survey.actions import officers
from survey.store import officers as stored
from tests import people, village
from tests.people import DAY, ID_NO, VILLAGE_PATHS, put
from tests.village import VILLAGES


def refusal(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*args, **more)
    return refused.value.code


def card(store: Store, officer_id: str, actor: Any = OPERATOR) -> dict[str, Any]:
    with store.read() as db:
        return officers.card(db, actor, DAY[1], officer_id)


def change(store: Store, officer_id: str, actor: Any = OPERATOR, **values: Any) -> dict[str, Any]:
    with store.write() as db:
        return officers.change(db, actor, DAY[2], officer_id, values)


def test_a_person_is_kept_sealed_and_shown_masked(drawn: Store) -> None:
    """Telephone and ID number lie encrypted in the store, and a card shows a few of their digits."""
    made = put(drawn, phone="13812341234", id_no=ID_NO.lower(), village="东溪村", tags=["两委", "党员"], vetting="合格",
               vetted_on="2026/3/1", training_due="2026-12-31")  # fmt: skip
    shown = card(drawn, made)
    assert (shown["phone"], shown["id_no"], shown["masked"]) == ("138****1234", "110*************2X", True)
    assert (shown["party"], shown["tags"], shown["vetting"], shown["vetted_on"]) == (
        True, ["两委"], "passed", "2026-03-01",
    )  # fmt: skip
    assert shown["village"]["code"] == VILLAGES[0]
    assert (shown["posts"], shown["history"], shown["handovers"]) == ([], [], [])
    with drawn.read() as db:
        row = stored.one(db, EVERYWHERE, made)
        for sealed in (row.phone_sealed, row.id_no_sealed):
            assert sealed is not None and b"1234" not in sealed
        assert ID_NO not in repr(row) and "13812341234" not in repr(row)


def test_unmasking_asks_for_a_reason_that_stands_in_the_audit(drawn: Store) -> None:
    """Without a reason nothing is opened; with one the numbers come, and who asked why can be read."""
    made = put(drawn, phone="13812341234", id_no=ID_NO, village=VILLAGES[0])
    with drawn.write() as db:
        assert refusal(officers.unmask, db, OPERATOR, DAY[1], made, " x") == "unmask.no_reason"
        shown = officers.unmask(db, OPERATOR, DAY[1], made, "核对通讯录")
        assert (shown["phone"], shown["id_no"]) == ("13812341234", ID_NO)
        row = audit.page(db, EVERYWHERE, None, 5, made)[0][0]
    assert (row.act, row.detail["reason"], row.path) == ("officer.unmasked", "核对通讯录", VILLAGE_PATHS[0])


def test_the_village_is_the_one_named_or_lived_in(drawn: Store) -> None:
    """By code, by name, by the home, by the place on the map; who has none belongs to the whole county."""
    place = [village.WEST + village.APART + 0.0004, village.NORTH - 0.0004]
    for values, expected in (
        ({"village": VILLAGES[1]}, VILLAGES[1]), ({"village": "西溪村"}, VILLAGES[1]),
        ({"household": "E003"}, VILLAGES[0]),
        ({"place": place}, VILLAGES[1]), ({"village": "不知道"}, None), ({}, None),
    ):  # fmt: skip
        made = put(drawn, name="张某乙", code=str(values), **values)
        found = card(drawn, made)["village"]
        assert (found and found["code"]) == expected
    assert refusal(put, drawn, household="none") == "officer.no_home"
    cadre = village.cadre("town_cadre", "439901000000/100/")
    assert refusal(put, drawn, cadre) == "scope.outside"
    assert refusal(put, drawn, cadre, village=VILLAGES[1]) == "scope.outside"
    put(drawn, cadre, village=VILLAGES[0])


def test_another_village_sees_nobody_of_this(drawn: Store) -> None:
    """Lists, cards, changes and numbers end at the border; who belongs to no village is the county's."""
    here, there = put(drawn, village=VILLAGES[0]), put(drawn, name="王某丙", village=VILLAGES[1], phone="19900000001")
    nowhere = put(drawn, name="赵某丁")
    cadre = village.cadre("village_cadre", VILLAGE_PATHS[0])
    with drawn.write() as db:
        found = officers.page(db, cadre, DAY[1], "", {}, "", 50)
        assert ([row["id"] for row in found["items"]], found["total"]) == ([here], 1)
        for hidden in (there, nowhere):
            assert refusal(officers.card, db, cadre, DAY[1], hidden) == "officer.not_found"
            assert refusal(officers.change, db, cadre, DAY[1], hidden, {"away": True}) == "officer.not_found"
            assert refusal(officers.unmask, db, cadre, DAY[1], hidden, "查看") == "officer.not_found"
            assert refusal(officers.retire, db, cadre, DAY[1], hidden, "x") == "officer.not_found"
            assert refusal(officers.merge, db, cadre, DAY[1], here, hidden) == "officer.not_found"
        other = village.unit_id(drawn, VILLAGES[1])
        assert refusal(officers.page, db, cadre, DAY[1], other, {}, "", 5) == "unit.not_found"
        assert officers.page(db, OPERATOR, DAY[1], "", {}, "", 50)["total"] == 3
        assert refusal(officers.change, db, cadre, DAY[1], here, {"village": VILLAGES[1]}) == "scope.outside"


def test_a_list_is_narrowed_and_read_page_by_page(drawn: Store) -> None:
    """By tag, party, name or code, and by who has no post; the cursor is the last code."""
    for n in range(5):
        put(drawn, name=f"某{n}", code=f"P{n}", village=VILLAGES[0], tags=["两委"] if n < 2 else ["志愿者", "党员"])
    with drawn.read() as db:

        def codes(after: str = "", limit: int = 50, **words: Any) -> list[str]:
            return [row["code"] for row in officers.page(db, OPERATOR, DAY[1], "", words, after, limit)["items"]]

        assert codes(tag="两委") == ["P0", "P1"]
        assert codes(party=True, idle=True) == ["P2", "P3", "P4"]
        assert (codes(text="某3"), codes(text="P4"), codes(text="%")) == (["P3"], ["P4"], [])
        assert (codes(limit=2), codes("P1", 2), codes(retired=True)) == (["P0", "P1"], ["P2", "P3"], [])


def test_a_change_writes_only_what_it_says(drawn: Store) -> None:
    """Fields left out stay, codes stay unique, and what cannot be is refused by name."""
    made = put(drawn, phone="13812341234", village=VILLAGES[0], tags=["两委"], code="A1")
    other = put(drawn, name="王某丙", code="A2")
    shown = change(drawn, made, away=True, tags=["小组长", "党员"])
    assert (shown["away"], shown["tags"], shown["party"], shown["phone"]) == (True, ["小组长"], True, "138****1234")
    assert change(drawn, made, tags=["小组长"])["party"] is True
    assert change(drawn, made, party=False)["party"] is False
    assert change(drawn, made, phone="")["phone"] == ""
    assert change(drawn, made, place=None, household="E001")["household"]["code"] == "E001"
    assert refusal(change, drawn, other, code="A1") == "officer.taken"
    assert refusal(put, drawn, code="A1") == "officer.taken"
    for values, code in (
        ({"name": " "}, "officer.bad_name"), ({"id_no": "110105194912310021"}, "officer.bad_id_no"),
        ({"vetting": "也许"}, "officer.bad_vetting"), ({"vetted_on": "昨天"}, "officer.bad_day"),
        ({"tags": ["长" * 21]}, "officer.bad_tag"), ({"code": "x" * 65}, "wire.too_long"),
    ):  # fmt: skip
        assert refusal(change, drawn, made, **values) == code


def test_who_has_left_can_be_taken_back(drawn: Store) -> None:
    """A retired person is out of the list, in the list of those who left, and comes back by a change."""
    made = put(drawn, village=VILLAGES[0])
    with drawn.write() as db:
        assert officers.retire(db, OPERATOR, DAY[2], made, "外出")["retired"]
        assert officers.retire(db, OPERATOR, DAY[3], made, "外出")["retired_at"] == DAY[2]
        assert officers.page(db, OPERATOR, DAY[2], "", {}, "", 5)["items"] == []
        assert officers.page(db, OPERATOR, DAY[2], "", {"retired": True}, "", 5)["total"] == 1
    assert not change(drawn, made, retired=False)["retired"]


def test_doubles_are_offered_the_surest_first(drawn: Store) -> None:
    """Same ID number, same name and telephone, same name and village; two ID numbers are two people."""
    a = put(drawn, name="李某甲", id_no=ID_NO, village=VILLAGES[0], code="1")
    b = put(drawn, name="李某假", id_no=ID_NO, village=VILLAGES[0], code="2")
    c = put(drawn, name="王某丙", phone="138 0000 0001", village=VILLAGES[0], code="3")
    d = put(drawn, name="王某丙", phone="+8613800000001", village=VILLAGES[1], code="4")
    e = put(drawn, name="赵某丁", village=VILLAGES[0], code="5")
    f = put(drawn, name="赵某丁", village=VILLAGES[0], id_no="440524188001010014", code="6")
    put(drawn, name="陈某戊", village=VILLAGES[0], id_no=ID_NO, code="7")
    with drawn.read() as db:
        found = officers.doubles(db, OPERATOR, DAY[1], "", 20)["items"]
        groups = [(one["why"], {row["id"] for row in one["officers"]}) for one in found]
        assert groups[0][0] == "id_no" and {a, b} <= groups[0][1]
        assert groups[1:] == [("name_phone", {c, d}), ("name_village", {e, f})]
        cadre = village.cadre("village_cadre", VILLAGE_PATHS[1])
        assert officers.doubles(db, cadre, DAY[1], "", 20)["items"] == []


def test_two_entries_become_one(published: Store) -> None:
    """The kept one gains what only the other said, and the other's posts; the other names whom it became."""
    people.settle(published)
    (pian,) = people.level_ids(published, "pian")
    keep = put(published, name="周某", village=VILLAGES[0], tags=["两委"])
    other = put(published, name="周某", village=VILLAGES[0], phone="19900009999", id_no=ID_NO, tags=["党员", "网格员"])
    people.name(published, pian, other, reason="能干")
    with published.write() as db:
        merged = officers.merge(db, OPERATOR, DAY[3], keep, other)
        assert (merged["phone"], merged["tags"], merged["party"]) == ("199****9999", ["两委", "网格员"], True)
        assert [post["unit"]["id"] for post in merged["posts"]] == [pian]
        assert officers.unmask(db, OPERATOR, DAY[3], keep, "核对")["id_no"] == ID_NO
        assert officers.card(db, OPERATOR, DAY[3], other)["merged_into"] == keep
        assert refusal(officers.merge, db, OPERATOR, DAY[3], keep, other) == "officer.merged"
        assert refusal(officers.merge, db, OPERATOR, DAY[3], keep, keep) == "officer.same"
        assert refusal(officers.change, db, OPERATOR, DAY[3], other, {"away": True}) == "officer.merged"


def test_two_holders_of_one_level_are_not_merged(published: Store) -> None:
    """Which of two posts the one person keeps is for people to say first."""
    made = people.settle(published)
    first, second = people.level_ids(published, "lin")[:2]
    people.name(published, first, made["lin0"])
    people.name(published, second, made["lin1"])
    with published.write() as db:
        assert refusal(officers.merge, db, OPERATOR, DAY[3], made["lin0"], made["lin1"]) == "officer.both_hold"
