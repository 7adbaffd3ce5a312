"""Redrawing over HTTP on both databases: acts, exactly once, stale edits, history, and the way to the net."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import pytest
from argon2 import PasswordHasher

from geodata.store.database import Store
from survey.actions import hashing
from tests import village
from tests.village import TOWNS, VILLAGES
from tests.web.drawing import Drawer, opened
from tests.web.test_api import cadre, code_of, work_off

STATE = ("units", "homes", "locks", "counts")


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def frozen(content: dict[str, Any]) -> str:
    """Return a plan's whole content as text, to be compared bit for bit."""
    units = sorted(content["units"], key=lambda u: u["id"])
    homes = sorted(content["homes"], key=lambda h: h["id"])
    return json.dumps([units, homes, content["locks"], content["counts"]], sort_keys=True)


def neighbours(draw: Drawer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two 邻 of 乙组, which lie beside each other."""
    one, other = (unit for unit in draw.lins() if unit["homes"] == 8)
    return one, other


def test_a_plan_opens_with_what_is_published(published: Store) -> None:
    """The new plan holds the net's units and homes, says what may be done with it, and changes nothing published."""
    client = cadre(published)
    draw = opened(client, published)
    card, content = draw.card(), draw.content()
    assert (card["state"], card["revision"], card["stale"]) == ("draft", 1, False)
    assert {k for k, v in card["may"].items() if v} == {"edit", "send", "publish", "drop"}
    assert content["full"]
    assert len(content["homes"]) == 31
    assert {unit["level"] for unit in content["units"]} == {"village", "pian", "zu", "lin"}
    net = client.get(f"/api/units/{village.unit_id(published, VILLAGES[0])}/content").json
    same = [sorted((u["id"], json.dumps(u["geometry"])) for u in side["units"]) for side in (content, net)]
    assert same[0] == same[1]
    assert client.get(f"/api/plans/{draw.plan_id}/changes").json["homes_changed"] == 0


def test_painting_and_taking_it_back(published: Store) -> None:
    """Homes change hands with their ground, the rules speak at once, and undo and redo are bit for bit."""
    draw = opened(cadre(published), published)
    start = draw.content()
    one, other = neighbours(draw)
    homes = [home["id"] for home in draw.homes(one["id"])]
    for home in homes[:4]:
        answer = draw.edit("paint", moves=[{"unit_id": other["id"], "home_ids": [home]}], pieces=True)
        assert answer.status_code == 200, answer.json
    assert {u["id"]: u["homes"] for u in draw.lins()}[other["id"]] == 12
    assert [p["rule"] for p in draw.content()["problems"] if p["unit_id"] == one["id"]] == ["too_few_homes"]
    assert draw.card()["violations"]["error"] >= 1
    drawn = frozen(draw.content())
    for _ in range(4):
        assert draw.post("undo").status_code == 200
    assert frozen(draw.content()) == frozen(start)
    assert draw.card()["violations"]["error"] == 0
    assert code_of(draw.post("undo")) == "plan.nothing_to_undo"
    for _ in range(4):
        assert draw.post("redo").status_code == 200
    assert frozen(draw.content()) == drawn
    assert code_of(draw.post("redo")) == "plan.nothing_to_redo"
    rows = draw.client.get(f"/api/plans/{draw.plan_id}/revisions?limit=5").json
    assert [row["number"] for row in rows["items"]] == [13, 12, 11, 10, 9]
    assert rows["items"][4]["sentence"].startswith("撤销")
    assert draw.post("restore", to=2).status_code == 200
    assert draw.content()["counts"]["homes"] == 31
    assert {u["id"]: u["homes"] for u in draw.lins()}[other["id"]] == 9


def test_every_act_by_its_name(published: Store) -> None:
    """Split, merge, draw, move a vertex and a border, rename, number, lock: each is a revision with a sentence."""
    draw = opened(cadre(published), published)
    one, other = neighbours(draw)
    west, south = one["label"]
    line = [[west - 0.01, south], [west + 0.01, south]]
    done = {}

    def act(verb: str, /, **args: Any) -> Any:
        answer = draw.edit(verb, **args)
        assert answer.status_code == 200, (verb, answer.json)
        done[verb] = answer.json["sentence"]
        return answer.json["content"]

    act("rename", unit_id=one["id"], name="河东邻")
    split = act("split", unit_id=one["id"], line=line)
    new = next(u["id"] for u in split["units"] if u["level"] == "lin" and u["id"] not in (one["id"], other["id"]))
    act("merge", unit_ids=[one["id"], new])
    ring = [[west - 0.0004, south - 0.0004], [west + 0.0004, south - 0.0004], [west + 0.0004, south + 0.0004]]
    act("draw", ring=[*ring, [west - 0.0004, south + 0.0004]], level="lin")
    draw.post("undo")
    shared = shared_vertices(draw, one["id"], other["id"])
    a, b = shared[0], shared[1]
    middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    bent = act("insert_vertex", between=[a, b], to=[middle[0], middle[1] + 0.00005])
    at = next(v for u in bent["units"] if u["id"] == one["id"] for v in u["geometry"]["coordinates"][0][0]
              if abs(v[1] - middle[1] - 0.00005) < 1e-9)  # fmt: skip
    act("move_vertex", at=at, to=[at[0], at[1] + 0.00002])
    moved = [v for v in shared_vertices(draw, one["id"], other["id"]) if abs(v[1] - at[1] - 0.00002) < 1e-9]
    act("delete_vertex", at=moved[0])
    act("move_border", unit_ids=[one["id"], other["id"]], line=[[middle[0], middle[1] + 0.00003]] * 1 + [
        [middle[0] + 0.0001, middle[1] + 0.00004]])  # fmt: skip
    numbered = draw.edit("renumber", unit_id=one["parent_id"], deep=True)  # they may stand in order already
    assert numbered.status_code == 200 or code_of(numbered) == "redraw.nothing"
    act("kind", unit_id=one["parent_id"], kind="compound")
    act("lock", unit_id=other["id"], locked=True)
    assert code_of(draw.edit("merge", unit_ids=[one["id"], other["id"]])) == "redraw.locked"
    act("lock", unit_id=other["id"], locked=False)
    border = shared_vertices(draw, one["id"], other["id"])
    act("lock_border", line=border, locked=True)
    assert len(draw.content()["locks"]) == 1
    act("lock_border", line=border, locked=False)
    assert draw.content()["locks"] == []
    assert all(done.values())
    assert "河东邻" in done["split"]


def shared_vertices(draw: Drawer, one: str, other: str) -> list[list[float]]:
    """Return the vertices of the border between two units, in the order of the first's ring."""
    units = {unit["id"]: unit for unit in draw.content()["units"]}
    rings = [[tuple(v) for v in units[i]["geometry"]["coordinates"][0][0][:-1]] for i in (one, other)]
    both = set(rings[1])
    ring = rings[0]
    first = next(i for i in range(len(ring)) if ring[i] in both and ring[i - 1] not in both)
    turned = ring[first:] + ring[:first]
    return [list(v) for v in turned if v in both]


def test_an_edit_sent_twice_is_one(published: Store) -> None:
    """The same id again gets the same answer and makes no second revision."""
    draw = opened(cadre(published), published)
    body = {"id": str(uuid.uuid4()), "revision": 1, "act": "rename", "unit_id": draw.lins()[0]["id"], "name": "河边"}
    first, again = (draw.client.post(f"/api/plans/{draw.plan_id}/edits", json=body).json for _ in range(2))
    assert first == again
    assert draw.card()["revision"] == 2
    bad = {**body, "id": "not a uuid"}
    assert code_of(draw.client.post(f"/api/plans/{draw.plan_id}/edits", json=bad)) == "wire.not_uuid"


def test_a_stale_edit_is_told_what_happened_and_can_be_made_anew(published: Store) -> None:
    """Who draws on an old revision gets 409 with what the other did; nothing is overwritten; one more try is taken."""
    draw = opened(cadre(published), published)
    late = Drawer(draw.client, draw.plan_id)
    unit = draw.lins()[0]["id"]
    assert draw.edit("rename", unit_id=unit, name="先到").status_code == 200
    refused = late.edit("rename", unit_id=unit, name="后到")
    assert (refused.status_code, code_of(refused)) == (409, "plan.stale_revision")
    values = refused.json["error"]["values"]
    assert (values["base"], values["newest"]) == (1, 2)
    assert [u["name"] for u in values["delta"]["units"]] == ["先到"]
    late.revision = values["newest"]
    assert late.edit("rename", unit_id=unit, name="后到").status_code == 200
    assert {u["id"]: u["name"] for u in draw.lins()}[unit] == "后到"


def test_of_two_who_draw_at_once_one_wins(published: Store) -> None:
    """Two cadres on one border, both from the same revision, again and again: each time exactly one is taken."""
    draw = opened(cadre(published), published)
    rivals = [Drawer(cadre(published, TOWNS[0], role), draw.plan_id) for role in ("town_cadre", "county_cadre")]
    unit = draw.lins()[0]["id"]
    for round_ in range(100):
        answers: list[Any] = []
        start = threading.Barrier(2)

        def race(rival: Drawer, name: str, start: threading.Barrier = start, answers: list[Any] = answers) -> None:
            start.wait()
            answers.append(rival.edit("rename", unit_id=unit, name=name))

        threads = [threading.Thread(target=race, args=(r, f"{round_}-{i}")) for i, r in enumerate(rivals)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(a.status_code for a in answers) == [200, 409], [a.json for a in answers]
        newest = draw.card()["revision"]
        assert newest == round_ + 2
        for rival in rivals:
            rival.revision = newest


@pytest.mark.parametrize(
    ("act", "args", "code"),
    [
        ("fly", {}, "redraw.unknown_act"),
        ("split", {"unit_id": "?", "line": [[111.6, 27.7], [111.61, 27.7]]}, "redraw.unknown_unit"),
        ("split", {"line": [[111.6, 27.7]]}, "wire.not_text"),
        ("move_vertex", {"at": [111.6], "to": [0, 0]}, "redraw.not_number"),
        ("move_vertex", {"at": [0.0, 0.0], "to": [0, 0]}, "redraw.outside"),
        ("draw", {"ring": "round", "level": "lin"}, "redraw.not_number"),
        ("draw", {"ring": [[27.6995, 111.601], [27.6995, 111.602], [27.698, 111.602]]}, "redraw.swapped"),
        ("draw", {"ring": [[112.6, 27.7], [112.61, 27.7], [112.61, 27.71]]}, "redraw.outside"),
        ("draw", {"ring": [[111.6001, 27.6999], [111.602, 27.6975], [111.602, 27.6999], [111.6001, 27.6975]]},
         "redraw.crossing"),
        ("draw", {"ring": [[111.6 + i * 1e-7, 27.699] for i in range(5_001)]}, "redraw.too_many"),
        ("draw", {"ring": [[111.6001, 27.6999], [111.602, 27.6999], [111.602, 27.698]], "level": "town"},
         "redraw.wrong_level"),
        ("paint", {"moves": []}, "wire.not_list"),
        ("paint", {"moves": [{"unit_id": "", "home_ids": []}]}, "wire.not_list"),
        ("merge", {"unit_ids": []}, "wire.not_list"),
        ("lock", {"unit_id": "?", "locked": "yes"}, "redraw.unknown_unit"),
    ],
)  # fmt: skip
def test_bad_drawings_are_refused_and_change_nothing(
    published: Store, act: str, args: dict[str, Any], code: str
) -> None:
    """What cannot be meant gets a sentence, and the plan stays at its revision."""
    draw = opened(cadre(published), published)
    answer = draw.edit(act, **args)
    assert (answer.status_code >= 400, code_of(answer)) == (True, code), answer.json
    assert answer.json["error"]["message"]
    assert draw.card()["revision"] == 1


def test_a_line_that_crosses_itself_shows_where(published: Store) -> None:
    """The refusal names the place of the crossing, which the map shows as a red dot."""
    draw = opened(cadre(published), published)
    ring = [[111.6001, 27.6999], [111.602, 27.6975], [111.602, 27.6999], [111.6001, 27.6975]]
    lon, lat = draw.edit("draw", ring=ring, level="lin").json["error"]["values"]["place"]
    assert 111.6009 < lon < 111.6012
    assert 27.6986 < lat < 27.6988


def test_who_sees_only_another_village_finds_no_plan(published: Store) -> None:
    """A plan outside one's scope does not exist for one: not its content, not its edits, not its comments."""
    draw = opened(cadre(published), published)
    stranger = cadre(published, VILLAGES[1], "village_cadre")
    for path in ("", "/content", "/revisions", "/comments", "/repairs?unit=x"):
        assert stranger.get(f"/api/plans/{draw.plan_id}{path}").status_code == 404, path
    body = {"id": str(uuid.uuid4()), "revision": 1, "act": "rename", "unit_id": draw.lins()[0]["id"], "name": "x"}
    for path in ("edits", "undo", "redo", "restore", "send", "comments"):
        sent = {**body, "to": 1, "note": "", "text": "x"}
        assert stranger.post(f"/api/plans/{draw.plan_id}/{path}", json=sent).status_code == 404, path


def test_a_broken_lin_is_mended_by_one_click(published: Store) -> None:
    """A 邻 with four homes is offered repairs with their price; taking one leaves no problem."""
    draw = opened(cadre(published), published)
    one, other = neighbours(draw)
    lon, lat = other["label"]
    near = sorted(draw.homes(one["id"]), key=lambda h: (h["lon"] - lon) ** 2 + (h["lat"] - lat) ** 2)
    answer = draw.edit("paint", moves=[{"unit_id": other["id"], "home_ids": [h["id"] for h in near[:4]]}])
    assert answer.status_code == 200, answer.json
    found = draw.client.get(f"/api/plans/{draw.plan_id}/repairs?unit={one['id']}").json
    assert found["items"], found
    best = found["items"][0]
    assert best["optimal"]
    assert best["homes_moved"] == 1
    assert best["sentence"]
    answer = draw.edit("paint", moves=best["moves"])
    assert answer.status_code == 200, answer.json
    assert [p for p in answer.json["content"]["problems"] if p["severity"] == "error"] == []
    sound = draw.client.get(f"/api/plans/{draw.plan_id}/repairs?unit={one['id']}").json
    assert (sound["items"], bool(sound["reason"])) == ([], True)


def test_locked_is_kept_and_the_rest_drafted_anew(published: Store) -> None:
    """Redrafting moves nothing of a locked 邻, is one revision, and can be undone like any edit."""
    draw = opened(cadre(published), published)
    one, other = neighbours(draw)
    homes = [home["id"] for home in draw.homes(one["id"])][:2]
    draw.edit("paint", moves=[{"unit_id": other["id"], "home_ids": homes}], pieces=True)
    lin = next(unit for unit in draw.lins() if unit["homes"] == 9)
    draw.edit("lock", unit_id=lin["id"], locked=True)
    before = draw.content()
    top = next(u["id"] for u in before["units"] if u["level"] == "village")
    body = {"id": str(uuid.uuid4()), "revision": draw.revision, "unit_id": top, "seed": 1}
    job = draw.client.post(f"/api/plans/{draw.plan_id}/redraft", json=body).json["job"]
    work_off(published)
    done = draw.client.get(f"/api/jobs/{job}").json
    assert done["state"] == "done", done
    draw.revision = done["result"]["revision"]
    after = draw.content()
    kept = [next(u for u in side["units"] if u["id"] == lin["id"]) for side in (before, after)]
    assert kept[0]["geometry"] == kept[1]["geometry"]
    assert {h["id"] for h in before["homes"] if h["unit_id"] == lin["id"]} == {
        h["id"] for h in after["homes"] if h["unit_id"] == lin["id"]
    }
    assert sorted(u["homes"] for u in draw.lins() if u["parent_id"] == one["parent_id"]) == [8, 8]
    assert draw.post("undo").status_code == 200
    assert frozen(draw.content()) == frozen(before)


def test_from_the_hand_to_the_net(published: Store) -> None:
    """A village draws and sends; the town comments, returns, approves, publishes with a date, and undoes it."""
    hand, town = cadre(published, VILLAGES[0], "village_cadre"), cadre(published)
    draw = opened(hand, published)
    one, other = neighbours(draw)
    home = draw.homes(one["id"])[0]["id"]
    draw.edit("paint", moves=[{"unit_id": other["id"], "home_ids": [home]}], pieces=True)
    path = f"/api/plans/{draw.plan_id}"
    assert hand.post(f"{path}/send", json={"note": "请审"}).json["state"] == "review"
    assert code_of(draw.edit("rename", unit_id=one["id"], name="x")) == "plan.not_open"
    assert hand.post(f"{path}/approve", json={}).status_code == 403
    note = {"id": str(uuid.uuid4()), "text": "这里再看看", "place": one["label"], "unit_id": one["id"]}
    assert town.post(f"{path}/comments", json=note).status_code == 200
    assert len(town.post(f"{path}/comments", json=note).json["items"]) == 2
    assert code_of(town.post(f"{path}/return", json={"note": " "})) == "plan.no_reason"
    assert town.post(f"{path}/return", json={"note": "边界再直一些"}).json["state"] == "draft"
    settled = hand.post(f"{path}/comments/{note['id']}/settle", json={"settled": True}).json["items"]
    assert [row["kind"] for row in settled] == ["returned", "comment", "sent"]
    assert settled[1]["settled"]
    draw.edit("rename", unit_id=one["id"], name="河东邻")
    hand.post(f"{path}/send", json={"note": ""})
    assert hand.post(f"{path}/recall", json={}).json["state"] == "draft"
    hand.post(f"{path}/send", json={"note": ""})
    assert town.post(f"{path}/approve", json={"note": "同意"}).json["state"] == "approved"
    difference = town.get(f"/api/comparisons?a=net&b={draw.plan_id}").json
    assert difference["homes_moved"] == 1
    assert difference["items"][0]["home"]["id"] == home
    assert (difference["items"][0]["from"]["id"], difference["items"][0]["to"]["id"]) == (one["id"], other["id"])
    assert "1 户" in difference["sentence"]
    assert (difference["a"]["title"], difference["b"]["title"][:3]) == ("已发布的网", "东溪村")
    assert code_of(town.post(f"{path}/publish", json={"reason": "x", "dated": "2999-01-01"})) == "plan.dated_ahead"
    published_as = town.post(f"{path}/publish", json={"reason": "移河东一户", "dated": "2026-03-05"}).json
    assert (published_as["kind"], published_as["dated"]) == ("publish", "2026-03-05")
    assert code_of(draw.edit("rename", unit_id=one["id"], name="x")) == "plan.not_open"
    card = town.get(f"/api/units/{one['id']}").json
    assert (card["name"], card["homes"]) == ("河东邻", 7)
    undone = town.post(f"/api/publications/{published_as['id']}/undo", json={"reason": "试一试"})
    assert undone.status_code == 200
    assert town.get(f"/api/units/{one['id']}").json["homes"] == 8


def test_an_earlier_plan_is_opened_again(published: Store) -> None:
    """A plan opened from another's revision holds that content, is its own, and compares with it."""
    draw = opened(cadre(published), published)
    one, _ = neighbours(draw)
    draw.edit("rename", unit_id=one["id"], name="甲")
    draw.edit("rename", unit_id=one["id"], name="乙")
    body = {"from": "plan", "plan_id": draw.plan_id, "revision": 2, "name": "再来一次"}
    again = draw.client.post("/api/plans", json=body).json
    other = Drawer(draw.client, again["id"])
    assert {u["id"]: u["name"] for u in other.lins()}[one["id"]] == "甲"
    found = draw.client.get(f"/api/comparisons?a={draw.plan_id}:2&b={again['id']}").json
    assert (found["homes_moved"], found["units_changed"], found["sentence"]) == (0, 0, "两者完全一样。")
    differs = draw.client.get(f"/api/comparisons?a={draw.plan_id}&b={again['id']}").json
    assert differs["units_changed"] == 1
    assert code_of(draw.client.get("/api/comparisons?a=net&b=net")) == "plan.nothing_to_compare"
    far = opened(draw.client, published, VILLAGES[1])
    assert code_of(draw.client.get(f"/api/comparisons?a={far.plan_id}&b={again['id']}")) == "plan.other_ground"
    assert code_of(draw.client.get(f"/api/comparisons?a={again['id']}:9&b=net")) == "plan.no_revision"
    assert code_of(draw.client.post("/api/plans", json={**body, "from": "air"})) == "plan.wrong_source"
    assert code_of(draw.client.post("/api/plans", json={**body, "revision": 99})) == "plan.no_revision"
    county = village.unit_id(published, village.COUNTY)
    assert code_of(draw.client.post("/api/plans", json={"from": "net", "unit_id": county})) == "plan.wrong_unit"


def test_drafts_come_in_variants_with_their_scores(drawn: Store) -> None:
    """Three ways of drafting one village are three plans with a mean distance each, beside one of its 组 alone."""
    client = cadre(drawn)
    unit = village.unit_id(drawn, VILLAGES[0])
    client.post("/api/plans", json={"from": "net", "unit_id": unit})
    body = {"unit_id": unit, "seed": 0, "variants": ["near", "even", "steady"]}
    client.post("/api/drafts", json=body)
    work_off(drawn)
    items = client.get("/api/plans").json["items"]
    assert sorted(item["variant"] for item in items) == ["", "even", "near", "steady"]
    assert all(item["score"]["mean_m"] > 10 for item in items)
    assert code_of(client.post("/api/drafts", json={**body, "variants": ["odd"]})) == "draft.unknown_variant"
