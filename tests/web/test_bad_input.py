"""Hostile drawings and files over HTTP: an answer with a sentence, at once, in little memory, nothing of them kept."""

from __future__ import annotations

import io
import json
import resource
import time
import uuid
from typing import Any

import numpy as np
import pytest

from geodata.store.database import Store
from tests.files.test_read_geojson import POINT, collection
from tests.web.drawing import opened
from tests.web.test_api import cadre, cheap_hashing, code_of

__all__ = ["cheap_hashing"]
BUSY_S = 2.0  # processor time on a machine that others use too; a second where it is quiet
embedded = pytest.mark.parametrize("published", ["gpkg"], indirect=True)


def star(points: int) -> list[list[float]]:
    """Return a ring that jumps across its own middle at every step, in the first village."""
    turn = np.arange(points) * (np.pi * (points - 1) / points)
    return np.stack([111.6005 + 2e-4 * np.cos(turn), 27.6990 + 2e-4 * np.sin(turn)], axis=1).tolist()


@embedded
@pytest.mark.parametrize("points", [301, 4_999])
def test_a_star_is_refused_at_its_crossing(published: Store, points: int) -> None:
    """What kept a repair busy for a minute is refused at once, with the place to look at."""
    draw = opened(cadre(published), published)
    began = time.process_time()
    answer = draw.edit("draw", ring=star(points), level="lin")
    assert time.process_time() - began < BUSY_S
    assert (answer.status_code, code_of(answer)) == (422, "redraw.crossing")
    lon, lat = answer.json["error"]["values"]["place"]
    assert abs(lon - 111.6005) < 3e-4
    assert abs(lat - 27.6990) < 3e-4
    assert draw.card()["revision"] == 1


@embedded
def test_a_body_of_five_megabytes_is_refused(published: Store) -> None:
    """A ring of 200,000 corners is answered at once in 200 MB, and the plan stays as it is."""
    draw = opened(cadre(published), published)
    ring = np.round(np.random.default_rng(1).uniform(27, 28, (200_000, 2)), 9).tolist()
    edit = {"id": str(uuid.uuid4()), "revision": draw.revision, "act": "draw", "ring": ring, "level": "lin"}
    body = json.dumps(edit).encode()
    assert len(body) > 5_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    answer = draw.client.post(f"/api/plans/{draw.plan_id}/edits", data=body, content_type="application/json")
    assert time.process_time() - began < BUSY_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert (answer.status_code, code_of(answer)) == (422, "redraw.too_many")
    assert draw.card()["revision"] == 1


@embedded
@pytest.mark.parametrize(("body", "code"), [
    (collection(POINT.replace("27.6", "NaN")), "json.not_finite"),
    (collection(POINT.replace('"A1"', '"A1","编号":"A2"')), "json.repeated_key"),
    (collection(POINT.replace("[111.6,27.6]", "[" * 100_000 + "]" * 100_000)), "json.too_deep"),
    (collection(POINT.replace("A1", "\\ud800")), "json.half_character"),
    (collection(POINT.replace("111.6", "1" * 5_000)), "json.number_too_long"),
    (collection(POINT)[:-1], "json.malformed"),
    ('{"type":"Topology","objects":{}}', "geojson.not_collection"),
])  # fmt: skip
def test_bad_geojson_is_refused_over_http(published: Store, body: str, code: str) -> None:
    """Never a failure of the server; the sentence names the fault, and the file is not kept."""
    sent: dict[str, Any] = {"file": (io.BytesIO(body.encode()), "x.geojson"), "kind": "households"}
    answer = cadre(published).post("/api/imports", data=sent)
    assert answer.status_code in (400, 422)
    assert code_of(answer) == code
    assert answer.json["error"]["message"]
    folder = published.folder / "uploads"
    assert not folder.exists() or not list(folder.iterdir())
