"""Proposed by where people live, appointed by a person's choice, handed over when somebody leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from geodata.actions.setup import zone_of_county
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.crs import to_xy
from geodata.store import audit, settings, units
from geodata.store.database import Store
from survey.actions import appoint, handover, officers
from survey.actions.appoint import Choice
from survey.store import appointments
from tests import people, village
from tests.actions.test_officers import refusal
from tests.people import DAY, VILLAGE_PATHS, level_ids, name, put
from tests.village import VILLAGES


def propose(store: Store, level: str, unit: str = VILLAGES[0], actor: Any = OPERATOR, mode: str = "total") -> Any:
    with store.read() as db:
        return appoint.propose(db, actor, DAY[1], units.by_code(db, [unit])[unit].id, level, mode)


def take(store: Store, *choices: Choice, actor: Any = OPERATOR, at: Any = DAY[1]) -> dict[str, Any]:
    with store.write() as db:
        return appoint.take(db, actor, at, choices)


def end(store: Store, appointment_id: str, because: str = "任期届满", at: Any = DAY[3]) -> dict[str, Any]:
    with store.write() as db:
        return handover.leave(db, OPERATOR, at, appointment_id, because)


def test_each_post_is_proposed_whom_it_is_nearest_to(published: Store) -> None:
    """组长 of the 小组长, 片长 of the 两委, 邻长 of their own 邻; with distance and runner-up; nobody is appointed."""
    made = people.settle(published)
    lin, zu, pian = (propose(published, level) for level in ("lin", "zu", "pian"))
    assert len({row["person"]["id"] for row in lin["rows"]}) == 4
    assert {row["person"]["id"] for row in zu["rows"]} == {made[f"zu{n}"] for n in range(3)}
    assert all(row["inside"] for row in lin["rows"] + zu["rows"])
    assert pian["rows"][0]["person"]["id"] in (made["pian0"], made["pian1"])
    assert {pian["rows"][0]["person"]["id"], pian["rows"][0]["runner_up"]["id"]} == {made["pian0"], made["pian1"]}
    assert pian["rows"][0]["runner_up_cost_m"] >= 0
    for found in (lin, zu, pian):
        assert (found["proved"], found["gap_m"], found["infeasible"], found["held"]) == (True, 0.0, [], 0)
        assert found["total_m"] == pytest.approx(sum(row["distance_m"] for row in found["rows"]), abs=0.5)
    with published.read() as db:
        assert appointments.terms_under(db, "") == []


def test_the_assignment_is_the_best_there_is(published: Store) -> None:
    """Five 两委 anywhere for three 组: the total equals SciPy's on the same distances."""
    with published.write() as db:
        settings.put(db, "profile", {"chief_pools": {"zu": ["两委"]}})
    places = [(111.6002 + 0.0007 * n, 27.6999 - 0.0009 * (n % 2)) for n in range(5)]
    for n, place in enumerate(places):
        put(
            published,
            name=f"两委{n}",
            village=VILLAGES[1],
            tags=["两委"],
            code=f"z{n}",
            place=[place[0] + 0.02, place[1]],
        )
    found = propose(published, "zu", VILLAGES[1])
    with published.read() as db:
        zone = zone_of_county(db)
        posts = to_xy(np.array([row["unit"]["place"] for row in found["rows"]]), zone)
        homes = to_xy(np.array([(x + 0.02, y) for x, y in places]), zone)
    metres = np.hypot(*(posts[:, None] - homes[None]).transpose(2, 0, 1))
    inside = [row["inside"] for row in found["rows"]]
    best = metres[linear_sum_assignment(metres)].sum()
    assert found["total_m"] >= best - 0.01
    if not any(inside):
        assert found["total_m"] == pytest.approx(best, abs=0.01)
    longest = propose(published, "zu", VILLAGES[1], mode="longest")
    assert longest["longest_m"] <= found["longest_m"] + 0.01


def test_posts_that_cannot_be_filled_are_named_with_why(published: Store) -> None:
    """One 小组长 for three 组 leaves two; nobody of the 两委 leaves the 片; who has no known home is told."""
    with published.write() as db:
        settings.put(db, "profile", {"elected_levels": []})
    put(published, name="独某", village=VILLAGES[0], tags=["小组长"], household="E001")
    lost = put(published, name="远某", village=VILLAGES[0], tags=["小组长"])
    put(published, name="外某", village=VILLAGES[0], tags=["小组长"], household="E002", away=True)
    put(published, name="审某", village=VILLAGES[0], tags=["小组长"], household="E003", vetting="failed")
    zu, pian = propose(published, "zu"), propose(published, "pian")
    assert [row["person"]["name"] for row in zu["rows"]] == ["独某"]
    empty = {one["name"] for short in zu["infeasible"] for one in short["empty"]}
    assert (len(empty), {short["why"] for short in zu["infeasible"]}) == (2, {"too_few"})
    assert all(len(short["posts"]) > len(short["candidates"]) == 1 for short in zu["infeasible"])
    assert [one["id"] for one in zu["without_place"]] == [lost]
    assert [(s["why"], len(s["empty"])) for s in pian["infeasible"]] == [("nobody", 1)]
    assert (pian["rows"], pian["candidates"]) == ([], 0)


def test_an_elected_level_shows_candidates_and_proposes_nobody(published: Store) -> None:
    """邻长 are elected (B01): each 邻 shows who lives there, the nearest first, and the empty ones are told."""
    made = people.settle(published, elected_levels=["lin"])
    found = propose(published, "lin")
    assert found["elected"] and all(row["person"] is None for row in found["rows"])
    for n, row in enumerate(found["rows"]):
        far = [one["distance_m"] for one in row["candidates"]]
        assert far == sorted(far)
        assert made[f"lin{n}"] in [one["person"]["id"] for one in row["candidates"]]
    assert [s["why"] for s in propose(published, "lin", VILLAGES[1])["infeasible"]] == ["nobody"] * 4


def test_a_post_is_taken_with_how_and_when(published: Store) -> None:
    """An election has a day and a result, an acting chief needs none; the rest of the level is left as it is."""
    made = people.settle(published, elected_levels=["lin"])
    lins = level_ids(published, "lin")
    elected = Choice(lins[0], made["lin0"], how="elected", elected_on="2026-03-05", result={"votes": 7, "of": 9})
    take(published, elected, Choice(lins[1], made["lin1"], acting=True))
    assert refusal(take, published, Choice(lins[2], made["lin2"])) == "appoint.needs_election"
    for day in ("", "2026-12-31"):
        choice = Choice(lins[2], made["lin2"], how="elected", elected_on=day)
        assert refusal(take, published, choice) == "appoint.no_election_day"
    assert refusal(take, published, Choice(lins[2], made["lin2"], how="drawn")) == "appoint.no_how"
    with published.read() as db:
        (term,) = appointments.history(db, unit_id=lins[0])
        assert (term.how, term.elected_on, term.result, term.acting) == (
            "elected",
            "2026-03-05",
            {"votes": 7, "of": 9},
            False,
        )
        assert audit.page(db, EVERYWHERE, None, 1)[0][0].act == "posts.appointed"
        card = officers.card(db, OPERATOR, DAY[2], made["lin0"])
    assert (card["posts"][0]["unit"]["id"], card["history"][0]["how"]) == (lins[0], "elected")
    left = propose(published, "lin")
    assert (len(left["rows"]), left["held"]) == (2, 2)


def test_what_speaks_against_a_choice_asks_for_a_reason_that_is_kept(published: Store) -> None:
    """Not of the pool, of another village, outside the 邻, not whom the map proposed; two things no reason mends."""
    made = people.settle(published)
    (pian,), lins, zus = (level_ids(published, level) for level in ("pian", "lin", "zu"))
    far = put(published, name="外村某", village=VILLAGES[1], tags=["两委"])
    for choice in (
        Choice(pian, made["zu0"]), Choice(pian, far), Choice(lins[0], made["lin1"]),
        Choice(pian, made["pian0"], how="residence", proposed=made["pian1"]),
    ):  # fmt: skip
        assert refusal(take, published, choice) == "appoint.no_reason"
    bad = put(published, name="审某", village=VILLAGES[0], tags=["小组长"], vetting="failed")
    assert refusal(take, published, Choice(zus[0], bad, reason="能干")) == "appoint.barred"
    take(published, Choice(pian, made["zu0"], how="residence", proposed=made["pian0"], reason="群众信任"))
    with published.read() as db:
        assert appointments.history(db, unit_id=pian)[0].reason == "群众信任"


def test_one_chief_a_unit_and_one_post_a_person_and_level(published: Store) -> None:
    """A held post is not taken twice, a holder takes no second post of the level; both in one request neither."""
    made = people.settle(published)
    lins, zus = level_ids(published, "lin"), level_ids(published, "zu")
    name(published, lins[0], made["lin0"])
    assert refusal(take, published, Choice(lins[0], made["lin1"], reason="x")) == "post.taken"
    assert refusal(take, published, Choice(lins[1], made["lin0"], reason="x")) == "officer.busy"
    both = (Choice(zus[0], made["zu0"]), Choice(zus[1], made["zu0"], reason="x"))
    assert refusal(take, published, *both) == "officer.busy"
    with published.read() as db:
        assert [term.officer_id for term in appointments.terms_under(db, "")] == [made["lin0"]]
    take(published, Choice(zus[0], made["lin0"], reason="兼任"))


def test_a_team_has_its_seats_and_no_more(published: Store) -> None:
    """1 backbone of the party and 2 volunteers a 片 (B07); a lawyer may serve two villages (B22)."""
    made = people.settle(published, team={"pian": {"backbone": 1, "volunteer": 2}, "village": {"lawyer": 1}})
    (pian,) = level_ids(published, "pian")
    take(published, Choice(pian, made["pian0"], post="backbone"), Choice(pian, made["zu0"], post="volunteer"))
    assert refusal(take, published, Choice(pian, made["pian1"], post="backbone")) == "post.taken"
    assert refusal(take, published, Choice(pian, made["pian1"], post="guard")) == "post.unknown"
    assert refusal(take, published, Choice(pian, made["zu0"], post="volunteer")) == "officer.busy"
    for code in VILLAGES:
        take(published, Choice(village.unit_id(published, code), made["lin0"], post="lawyer"))
    take(published, Choice(pian, made["pian1"], post="backbone", replaces="轮换"))
    with published.read() as db:
        assert {t.post: t.officer_id for t in appointments.open_terms(db, unit_ids=[pian])} == {
            "backbone": made["pian1"], "volunteer": made["zu0"],
        }  # fmt: skip


def test_who_may_appoint_is_a_matter_of_ground_and_level(published: Store) -> None:
    """A village fills its 邻 alone, a town all of its posts, another town's do not exist for it."""
    made = people.settle(published)
    lins, (pian,), zus = level_ids(published, "lin"), level_ids(published, "pian"), level_ids(published, "zu")
    cadre = village.cadre("village_cadre", VILLAGE_PATHS[0])
    take(published, Choice(lins[0], made["lin0"]), actor=cadre)
    assert refusal(take, published, Choice(zus[0], made["zu0"]), actor=cadre) == "right.missing"
    assert refusal(propose, published, "pian", VILLAGES[0], cadre) == "right.missing"
    assert propose(published, "lin", VILLAGES[0], cadre)["held"] == 1
    with published.read() as db:
        part = village.cadre("village_cadre", units.one(db, EVERYWHERE, pian).path)
        assert appoint.propose(db, part, DAY[1], lins[1], "lin")["candidates"] == 0  # people are seen by the village
    other = village.cadre("town_cadre", "439901000000/101/")
    assert refusal(take, published, Choice(pian, made["pian0"]), actor=other) == "unit.not_found"
    assert refusal(propose, published, "pian", VILLAGES[0], other) == "unit.not_found"
    (away,) = level_ids(published, "pian", 1)
    assert refusal(take, published, Choice(away, made["pian0"], reason="x"), actor=other) == "officer.not_found"
    assert refusal(propose, published, "town") == "appoint.no_level"
    assert refusal(propose, published, "lin", mode="shortest") == "appoint.no_mode"
    take(published, Choice(pian, made["pian0"]), actor=village.cadre("town_cadre", "439901000000/100/"))


def test_what_a_holder_answered_for_goes_up_and_comes_down_again(published: Store) -> None:
    """邻长 leaves: to the 组长; a new one takes over from the 组长; without anybody above, to the village."""
    made = people.settle(published)
    lins, zus = level_ids(published, "lin"), level_ids(published, "zu")
    first, zu = name(published, lins[0], made["lin0"]), name(published, zus[0], made["zu0"])
    page = end(published, first)["handover"]
    with published.read() as db:
        homes = appointments.homes_of(db, [lins[0]])[lins[0]]
        held = units.one(db, EVERYWHERE, lins[0]).path.startswith(units.one(db, EVERYWHERE, zus[0]).path)
    assert held
    assert (page["from"]["id"], page["to"]["id"], page["to_unit"]["id"], page["went_up"]) == (
        made["lin0"], made["zu0"], zus[0], True,
    )  # fmt: skip
    assert page["counts"] == {"homes": homes, "issues": 0, "visits_due": homes}
    assert refusal(end, published, first) == "appointment.ended"
    assert refusal(end, published, zu, " ") == "appoint.no_reason"
    assert refusal(end, published, "none") == "appointment.not_found"
    done = take(published, Choice(lins[0], made["lin0"], reason="回来"), at=DAY[4])
    with published.read() as db:
        back = handover.show(db, OPERATOR, DAY[5], done["handovers"][0])["handover"]
        assert (back["from"]["id"], back["to"]["id"], back["why"]) == (made["zu0"], made["lin0"], "appointed")
        other = village.cadre("village_cadre", VILLAGE_PATHS[1])
        assert refusal(handover.show, db, other, DAY[5], done["handovers"][0]) == "handover.not_found"
    last = end(published, zu)["handover"]
    assert (last["to"], last["to_unit"]["code"]) == (None, VILLAGES[0])
    with published.read() as db:
        assert len(handover.listed(db, unit_id=lins[0])) == 2
        assert len(handover.listed(db, officer_id=made["zu0"])) == 3


def test_a_successor_takes_over_at_once_and_a_retired_holder_leaves_all(published: Store) -> None:
    """Replacing ends the one and begins the other at one moment; retiring ends every post and passes each on."""
    made = people.settle(published)
    lins, zus = level_ids(published, "lin"), level_ids(published, "zu")
    name(published, lins[0], made["lin0"])
    done = take(published, Choice(lins[0], made["zu0"], reason="x", replaces="不胜任"), at=DAY[2])
    take(published, Choice(zus[0], made["zu0"]), at=DAY[2])
    with published.write() as db:
        page = handover.show(db, OPERATOR, DAY[3], done["handovers"][0])["handover"]
        assert (page["from"]["id"], page["to"]["id"], page["went_up"], page["why"]) == (
            made["lin0"], made["zu0"], False, "不胜任",
        )  # fmt: skip
        terms = appointments.history(db, unit_id=lins[0])
        assert (terms[1].to_at, terms[0].from_at) == (DAY[2], DAY[2])
        officers.retire(db, OPERATOR, DAY[4], made["zu0"], "搬走")
        assert appointments.open_terms(db, officer_ids=[made["zu0"]]) == []
        assert [h["why"] for h in handover.listed(db, officer_id=made["zu0"])][:2] == ["搬走", "搬走"]


def test_a_village_does_not_end_what_it_may_not_fill(published: Store) -> None:
    """Neither by ending the 组长's post nor by retiring the person."""
    made = people.settle(published)
    (pian,), zus = level_ids(published, "pian"), level_ids(published, "zu")
    term = name(published, zus[0], made["zu0"])
    cadre = village.cadre("village_cadre", VILLAGE_PATHS[0])
    with published.write() as db:
        assert refusal(handover.leave, db, cadre, DAY[2], term, "x") == "right.missing"
        assert refusal(officers.retire, db, cadre, DAY[2], made["zu0"], "x") == "right.missing"
        other = village.cadre("village_cadre", VILLAGE_PATHS[1])
        assert refusal(handover.leave, db, other, DAY[2], term, "x") == "appointment.not_found"
    assert pian


def test_two_who_click_at_one_moment_make_one_chief(published: Store) -> None:
    """The store itself refuses a second chief in force, whatever an action forgot."""
    made = people.settle(published)
    (lin, other, *_) = level_ids(published, "lin")
    name(published, lin, made["lin0"])
    values = {"unit_id": lin, "level": "lin", "post": "chief", "how": "named", "officer_id": made["lin1"]}
    for row in (values, {**values, "unit_id": other, "officer_id": made["lin0"]}):
        with pytest.raises(Exception, match=r"(?i)unique"), published.write() as db:
            appointments.add(db, DAY[2], "x", row)
