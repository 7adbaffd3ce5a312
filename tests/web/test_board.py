"""The board over HTTP: what every layer answers, what is not asked twice, whose ground it is, and the files."""

from __future__ import annotations

import io

import pytest
from argon2 import PasswordHasher
from PIL import Image

from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from survey.actions import hashing
from survey.rules.figures import FIGURES
from tests import issuing
from tests.issuing import NOW, raise_one
from tests.village import OPERATOR
from tests.web.tile_source import signed_in

LAYERS = ("hotspots", "patterns", "silent")


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def busy(published: Store) -> Store:
    """The county with five street lights out at one spot of the first village."""
    issuing.furnish(published)
    for _ in range(5):
        raise_one(published, OPERATOR, NOW)
    return published


def test_every_layer_answers_and_is_not_asked_twice(busy: Store) -> None:
    """Each answer has a tag; the same question again is 304 until something happens, and then it is not."""
    leader = signed_in(busy, "leader", "")
    for path in ("figures", "times", "heat", "heat.png", *LAYERS):
        address = f"/api/board/{path}?level=lin&at=2026-03-07"
        first = leader.get(address)
        assert first.status_code == 200, first.get_data(as_text=True)
        again = leader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")
        other = leader.get(f"{address}&grade=harder", headers={"If-None-Match": first.headers["ETag"]})
        assert other.status_code == 200
    before = leader.get("/api/board/figures?at=2026-03-07")
    raise_one(busy, OPERATOR, NOW)
    after = leader.get("/api/board/figures?at=2026-03-07", headers={"If-None-Match": before.headers["ETag"]})
    assert (before.json["open"], after.status_code, after.json["open"]) == (5, 200, 6)


def test_the_figures_come_with_their_definitions(busy: Store) -> None:
    """Title, formula and both numbers of each, in the reader's language."""
    leader = signed_in(busy, "leader", "")
    told = leader.get("/api/board/figures").json
    assert set(told["figures"]) == set(told["defined"]) == set(FIGURES)
    assert told["defined"]["load"]["title"] == "每长未办结"
    leader.set_cookie("lang", "en")
    assert leader.get("/api/board/figures").json["defined"]["load"]["title"] == "Open issues a chief"


def test_all_issues_at_one_spot_are_a_heat_and_a_count(busy: Store) -> None:
    """Five at one point: one dot of five, a heat around it, a picture that is not empty; without any, a clear one."""
    leader = signed_in(busy, "leader", "")
    dots = leader.get("/api/board/hotspots?level=lin").json["dots"]["features"]
    assert [one["properties"]["n"] for one in dots] == [5]
    heat = leader.get("/api/board/heat").json
    assert (len(heat["corners"]), heat["issues"]) == (4, 5)
    picture = Image.open(io.BytesIO(leader.get("/api/board/heat.png").get_data()))
    assert picture.getchannel("A").getextrema()[1] > 200
    none = leader.get("/api/board/heat?grade=complex").json
    assert (none["corners"], none["issues"]) == (None, 0)
    assert Image.open(io.BytesIO(leader.get("/api/board/heat.png?grade=complex").get_data())).size == (1, 1)
    too_fine = leader.get("/api/board/heat?bandwidth=nonsense")
    assert (too_fine.status_code, too_fine.json["error"]["code"]) == (422, "board.bad_query")


def test_a_question_nobody_can_mean_is_refused_in_a_sentence(busy: Store) -> None:
    """Unknown levels, periods and formats, a day to come, a unit that is not there."""
    leader = signed_in(busy, "leader", "")
    for path, code in (
        ("hotspots?level=house", "board.bad_query"), ("figures?period=soon", "board.bad_query"),
        ("figures?at=2099-01-01", "as_of.future"), ("hotspots?unit=nowhere", "unit.not_found"),
        ("units/nowhere", "unit.not_found"), ("file?format=exe", "file.kind_unknown"),
    ):  # fmt: skip
        error = leader.get(f"/api/board/{path}").json["error"]
        assert error["code"] == code
        assert not error["message"].startswith(code)


def test_a_reader_of_one_town_sees_nothing_of_the_other(busy: Store) -> None:
    """Layers, drawer and file of a leader of the second town know none of the five issues of the first."""
    with busy.read() as db:
        towns = {row.path: row.id for row in units.with_level(db, "", Level.TOWN)}
    leader = signed_in(busy, "leader", towns["439901000000/101/"])
    assert leader.get("/api/board/figures").json["open"] == 0
    assert leader.get("/api/board/hotspots?level=lin").json["dots"]["features"] == []
    assert leader.get(f"/api/board/units/{towns['439901000000/100/']}").status_code == 404
    assert leader.get(f"/api/board/hotspots?unit={towns['439901000000/100/']}").status_code == 404
