from __future__ import annotations

import datetime as dt
import os
import uuid
from typing import Any

import pytest

from geodata.actions import jobs, ledger, wall
from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor, Grant
from geodata.rules.problems import Problem
from geodata.store import audit, settings, units
from geodata.store.database import Store
from survey.rules.roles import ROLES
from tests.conftest import NOW
from tests.village import TOWNS, VILLAGES, Here, unit_id
from webmap import session, work


def actor(store: Store, role: str, code: str = "") -> Actor:
    with store.read() as db:
        path = units.by_code(db, [code])[code].path if code else ""
    return Actor(role, role, (Grant(role, path, ROLES[role]),))


def make(
    store: Store, who: Actor, wish: wall.WallWish, drawn: list[dict[str, Any]] | None = None
) -> tuple[bytes, str, dict]:
    """Make a wall map without the typesetter: the document itself is what is looked at."""

    class Looking(Here):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            if fn is wall._typeset:
                assert drawn is not None
                drawn.append(args[0])
                return super().submit(lambda: (b"%PDF-", "pdf"))
            return super().submit(fn, *args, **kwargs)

    executor = Looking() if drawn is not None else Here()
    return wall.make(store, who, session.now, wish, executor, lambda share, message: None)


def wish(store: Store, **values: Any) -> wall.WallWish:
    return wall.WallWish(unit_id(store, VILLAGES[0]), **values)


def refusal(function: Any, *args: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Problem) as refused:
        function(*args)
    return refused.value.code, refused.value.values


def test_the_published_net_becomes_a_pdf(published: Store) -> None:
    """Map, tree and masked list of a village, and a row in the audit that says who made what."""
    drawn: list[dict[str, Any]] = []
    body, ending, told = make(published, OPERATOR, wish(published), drawn)
    assert (body, ending, told) == (b"%PDF-", "pdf", {"name": "东溪村片组邻网格图.pdf", "homes": True,
                                                      "parts": ["map", "tree", "homes"]})  # fmt: skip
    (document,) = drawn
    assert document["where"] == "虚县东溪镇"
    assert document["counts"] == "1 片   3 组   4 邻   31 户"
    assert not document["synthetic"]
    rows = [
        row
        for page in document["pages"]
        if page["kind"] == "homes"
        for block in page["blocks"]
        for row in block["rows"]
    ]
    assert len(rows) == 31
    assert not any(char.isdigit() for row in rows for char in row[1])
    with published.read() as db:
        rows, _ = audit.page(db, EVERYWHERE, None, 1)
        last = rows[0]
    assert (last.act, last.object) == ("wall.made", unit_id(published, VILLAGES[0]))


def test_a_real_file_is_made(published: Store) -> None:
    """The typesetter itself, from the store to the bytes."""
    with published.write() as db:
        settings.put(db, "synthetic", True)
    body, ending, told = make(published, OPERATOR, wish(published, format="png", parts=("map",)))
    assert (body[:4], ending, told["name"]) == (b"\x89PNG", "png", "东溪村片组邻网格图.png")


def test_who_may_not_see_homes_gets_a_map_without_them(published: Store) -> None:
    """A leader's map shows no home and the list is refused; the file then needs only the right to see."""
    leader, drawn = actor(published, "leader"), []
    _, _, told = make(published, leader, wish(published, parts=("map", "tree")), drawn)
    assert not told["homes"]
    assert "h.01" not in drawn[0]["pages"][0]["svg"]
    with published.write() as db:
        assert refusal(wall.start, db, leader, NOW, wish(published)) == ("right.missing", {"right": "see_homes"})


def test_a_plan_is_drawn_as_it_stands_and_says_so(drafted: Store) -> None:
    """Before publication the plan's own units are shown; who may not draft does not see them."""
    with drafted.read() as db:
        plan_id = next(
            row["id"] for row in ledger.list_plans(db, OPERATOR, NOW, unit_id(drafted, VILLAGES[0]), "", "", 9)["items"]
        )
    drawn: list[dict[str, Any]] = []
    make(drafted, OPERATOR, wish(drafted, plan_id=plan_id), drawn)
    assert drawn[0]["counts"] == "1 片   3 组   4 邻   31 户"
    assert drawn[0]["plan"].startswith("东溪村 ")
    listed = next(page for page in drawn[0]["pages"] if page["kind"] == "homes")["blocks"]
    assert [block["post"] for block in listed] == ["邻长"] * 4
    with drafted.write() as db:
        leader = actor(drafted, "leader")
        ask = wish(drafted, plan_id=plan_id, parts=("map",))
        assert refusal(wall.start, db, leader, NOW, ask) == ("right.missing", {"right": "draft"})
        other = wall.WallWish(unit_id(drafted, VILLAGES[1]), plan_id)
        assert refusal(wall.start, db, OPERATOR, NOW, other)[0] == "plan.not_found"


def test_a_day_of_the_past_is_drawn_as_it_was(published: Store) -> None:
    """At the end of an earlier day the village had its 组 and no 邻 yet."""
    with published.read() as db:
        versions = units.versions(db, OPERATOR.scope("see"), unit_id(published, VILLAGES[0]))
    first = min(row.valid_from for row in versions)
    moment = (first + dt.timedelta(microseconds=1)).isoformat(timespec="microseconds")
    drawn: list[dict[str, Any]] = []
    make(published, OPERATOR, wish(published, as_of=moment, parts=("map", "tree")), drawn)
    assert "邻 " not in drawn[0]["counts"]
    assert drawn[0]["holds"] == f"{first.astimezone(wall.COUNTY_TIME):%Y年%-m月%-d日}"


def test_what_cannot_be_asked_for(published: Store) -> None:
    """Unknown parts and forms, a plan together with a day, a unit that is no village or not in reach."""
    village = unit_id(published, VILLAGES[0])
    assert refusal(wall.WallWish, village, "", "", ("map", "x"))[0] == "wall.unknown_part"
    assert refusal(wall.WallWish, village, "", "", ())[0] == "wall.unknown_part"
    assert refusal(wall.WallWish, village, "", "", ("map",), "doc")[0] == "wall.unknown_format"
    assert refusal(wall.WallWish, village, "plan", "2026-01-01")[0] == "wall.plan_or_day"
    east = actor(published, "town_cadre", TOWNS[0])
    with published.write() as db:
        assert refusal(wall.start, db, east, NOW, wall.WallWish(unit_id(published, VILLAGES[1])))[0] == "unit.not_found"
        town = wall.WallWish(unit_id(published, TOWNS[0]))
        assert refusal(wall.start, db, OPERATOR, NOW, town) == ("wall.not_village", {"level": "town"})
        assert refusal(wall.start, db, OPERATOR, NOW, wish(published, as_of="x"))[0] == "as_of.unreadable"


def test_the_file_goes_to_its_owner_alone_and_is_cleaned_up(published: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a job: kept under its id, refused to others and once rights are lost, and gone after a week."""
    monkeypatch.setattr(wall, "_typeset", lambda document, kind, fonts: (b"%PDF-x", "pdf"))
    cadre = actor(published, "county_cadre")
    monkeypatch.setattr(work, "acting", lambda db, who, now, actor_id: cadre)
    with published.write() as db:
        job_id = wall.start(db, cadre, session.now(), wish(published))
        assert refusal(wall.find_file, db, cadre, NOW, job_id) == ("wall.not_ready", {"state": "waiting"})
        job = jobs.claim(db, session.now())
    work.do_one(published, job, Here())
    with published.write() as db:
        path, name = wall.find_file(db, cadre, session.now(), job_id)
        assert (path.read_bytes(), name, path.stat().st_mode & 0o777) == (b"%PDF-x", "东溪村片组邻网格图.pdf", 0o600)
        assert refusal(wall.find_file, db, OPERATOR, NOW, job_id)[0] == "job.not_found"
        fallen = Actor("x", cadre.name, (Grant("leader", "", ROLES["leader"]),))
        assert refusal(wall.find_file, db, fallen, NOW, job_id) == ("right.missing", {"right": "see_homes"})
        assert refusal(wall.find_file, db, Actor("x", cadre.name), NOW, job_id)[0] == "unit.not_found"
        os.utime(path, (0, 0))
        wall.start(db, cadre, session.now(), wish(published))
        assert refusal(wall.find_file, db, cadre, session.now(), job_id)[0] == "wall.not_found"
        other = jobs.start(db, cadre, session.now(), "prove", {})
        assert refusal(wall.find_file, db, cadre, NOW, other)[0] == "job.not_found"


def test_a_map_that_shows_homes_is_lost_with_the_right_to_see_them(published: Store) -> None:
    """Even without the list: dots on the map are homes too."""
    with published.write() as db:
        cadre = actor(published, "county_cadre")
        job_id = wall.start(db, cadre, NOW, wish(published, parts=("map",)))
        jobs.finish(db, job_id, NOW, "done", {"name": "x.pdf", "homes": True}, None)
        fallen = Actor("x", cadre.name, (Grant("leader", "", ROLES["leader"]),))
        assert refusal(wall.find_file, db, fallen, NOW, job_id) == ("right.missing", {"right": "see_homes"})


def test_it_can_be_cancelled_while_it_works(published: Store) -> None:
    """A waiting computation is looked at twice a second, and the wish to stop ends it."""
    from concurrent.futures import Future

    class Slow(Here):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            return Future()

    told: list[float] = []

    def progress(share: float, message: str) -> None:
        told.append(share)
        if len(told) > 4:
            raise Problem("job.cancelled")

    assert refusal(wall.make, published, OPERATOR, session.now, wish(published), Slow(), progress)[0] == "job.cancelled"
    assert told[:2] == [0.02, 0.15]


def test_ids_that_are_no_uuid_name_no_file(published: Store) -> None:
    """No path is ever made of what a person sent."""
    with pytest.raises(ValueError, match="badly formed"):
        wall.wall_path(published, "../x")
    assert wall.wall_path(published, str(uuid.uuid4())).parent == published.folder / "walls"
