"""A cadre with a plan, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.store.database import Store
from tests import village
from tests.village import VILLAGES


class Drawer:
    """Draws on one plan as the page does: each edit with its own id, on the revision it knows."""

    def __init__(self, client: FlaskClient, plan_id: str) -> None:
        self.client, self.plan_id = client, plan_id
        self.revision = self.card()["revision"]

    def card(self) -> dict[str, Any]:
        """Return the plan's card."""
        return dict(self.client.get(f"/api/plans/{self.plan_id}").json)

    def content(self, **query: Any) -> dict[str, Any]:
        """Return what the plan holds."""
        return dict(self.client.get(f"/api/plans/{self.plan_id}/content", query_string=query).json)

    def post(self, what: str, **body: Any) -> TestResponse:
        """Send an edit, undo, redo or restore; a taken one moves the known revision on."""
        sent = {"id": str(uuid.uuid4()), "revision": self.revision, **body}
        answer = self.client.post(f"/api/plans/{self.plan_id}/{what}", json=sent)
        if answer.status_code == 200:
            self.revision = answer.json["revision"]
        return answer

    def edit(self, act: str, **args: Any) -> TestResponse:
        """Send one edit."""
        return self.post("edits", act=act, **args)

    def lins(self) -> list[dict[str, Any]]:
        """Return the plan's 邻, by path."""
        return [unit for unit in self.content()["units"] if unit["level"] == "lin"]

    def homes(self, unit_id: str) -> list[dict[str, Any]]:
        """Return the homes of a unit."""
        return [home for home in self.content()["homes"] if home["unit_id"] == unit_id]


def opened(client: FlaskClient, store: Store, code: str = VILLAGES[0]) -> Drawer:
    """Open a plan of a village from the published net."""
    answer = client.post("/api/plans", json={"from": "net", "unit_id": village.unit_id(store, code)})
    assert answer.status_code == 201, answer.json
    return Drawer(client, answer.json["id"])
