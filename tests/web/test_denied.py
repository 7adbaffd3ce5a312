"""What lies on another's ground does not exist, whoever asks for it by its id; and the audit tells of it, once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from geodata.actions import denied, ledger
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.store import audit, households, units
from geodata.store.database import Store
from tests import village
from tests.actions.test_jobs import DAY
from tests.village import COUNTY, TOWNS, VILLAGES
from tests.web.tile_source import signed_in


def rows(store: Store) -> list[Any]:
    with store.read() as db:
        return [row for row in audit.page(db, EVERYWHERE, None, 500)[0] if row.act == denied.ACT]


@pytest.fixture
def things(published: Store) -> dict[str, str]:
    """The ids of a unit, a home, a plan and a publication of the western village."""
    with published.read() as db:
        home = households.under(db, f"{COUNTY}/101/")[0].id
        plan = next(p for p in ledger.list_plans(db, OPERATOR, DAY, "", "", "", 50)["items"]
                    if p["unit"]["code"] == VILLAGES[1])["id"]  # fmt: skip
        entry = next(e for e in ledger.list_publications(db, OPERATOR, DAY, "", 50)["items"]
                     if e["unit"] and e["unit"]["code"] == VILLAGES[1])["id"]  # fmt: skip
        return {"unit": units.by_code(db, [VILLAGES[1]])[VILLAGES[1]].id, "home": home, "plan": plan, "entry": entry}


def test_each_kind_of_thing_leaves_a_row(published: Store, things: dict[str, str]) -> None:
    """By path or query, to read or to write: the answer is 404, and one row tells who asked for what, and where."""
    client = signed_in(published, "town_cadre", village.unit_id(published, TOWNS[0]))
    asked = [
        client.get(f"/api/units/{things['unit']}"),
        client.get(f"/api/households/{things['home']}"),
        client.get(f"/api/plans/{things['plan']}"),
        client.post(f"/api/publications/{things['entry']}/undo", json={"reason": "x"}),
        client.get(f"/api/plans?unit={things['unit']}"),
    ]
    assert {answer.status_code for answer in asked} == {404}
    found = rows(published)
    assert sorted(row.object for row in found) == sorted(things.values())
    assert {row.path for row in found if row.object != things["home"]} == {f"{COUNTY}/101/001/"}
    assert all(row.path.startswith(f"{COUNTY}/101/") and row.by not in ("", "operator") for row in found)
    assert {row.detail["method"] for row in found} == {"GET", "POST"}
    with published.read() as db:
        assert audit.verify(db) is None


def test_what_is_not_there_writes_nothing(published: Store, things: dict[str, str]) -> None:
    """An unknown id, one's own ground, and who is not signed in leave no row."""
    client = signed_in(published, "town_cadre", village.unit_id(published, TOWNS[0]))
    own = village.unit_id(published, VILLAGES[0])
    for path in (f"/api/units/{uuid.uuid4()}", "/api/units/none", f"/api/units/{own}", f"/api/plans/{own}"):
        client.get(path)
    client.application.test_client().get(f"/api/units/{things['unit']}")  # type: ignore[attr-defined]
    assert rows(published) == []


def test_a_row_is_written_again_after_an_hour(published: Store, things: dict[str, str]) -> None:
    """The same try within the hour is known; later it is a new one; whole-county readers are outside of nothing."""
    actor = village.cadre("town_cadre", f"{COUNTY}/100/")
    with published.write() as db:
        hidden = denied.hidden_from(db, actor, DAY, "see", things.values())
        assert len(hidden) == 4
        denied.record(db, actor, DAY, hidden)
        assert denied.hidden_from(db, actor, DAY, "see", things.values()) == []
        assert len(denied.hidden_from(db, actor, DAY + denied._ONCE_IN, "see", things.values())) == 4
        assert denied.hidden_from(db, OPERATOR, DAY, "see", things.values()) == []
