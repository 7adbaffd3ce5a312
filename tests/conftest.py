"""Fixtures that every test may ask for: a store on either database, a signed-in client, the shared real data."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.store.database import Store
from tests.postgis import Cluster
from webmap.session import open_store

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared"


def missing(what: str) -> None:
    """Skip a test that cannot run here, naming what is missing; on CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"cannot run without {what}")
    pytest.skip(f"cannot run without {what}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The private PostGIS cluster of this test run."""
    try:
        made = Cluster()
    except FileNotFoundError as error:
        missing(str(error))
        raise
    yield made
    made.stop()


@pytest.fixture(params=["gpkg", "postgis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty county on GeoPackage, then the same on PostGIS."""
    target = str(tmp_path / "county.gpkg") if request.param == "gpkg" else request.getfixturevalue("cluster").url()
    opened = open_store(target, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    if not SHARED.exists():
        missing("the folder ../shared with the real data")
    return SHARED
