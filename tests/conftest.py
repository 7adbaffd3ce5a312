"""Fixtures that every test may ask for: stores on either database, a tiny county in them, the shared real data."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geodata.store.database import Store
from tests.postgis import Cluster
from webmap.session import open_store

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared"
KINDS = ("gpkg", "postgis")


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


class Templates:
    """Stores made once a run and copied for each test, so that a test's own store costs a tenth of a second."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder, self.request = folder, request
        self.made: dict[tuple[str, str], str] = {}

    def copy(self, kind: str, name: str, fill: Callable[[Store], object], folder: Path) -> Store:
        """Open a copy of the template ``name`` in a folder of its own, making the template when first asked for."""
        key = (kind, name)
        if key not in self.made:
            self.made[key] = self._make(kind, name, fill)
        home = self.folder / f"{kind}-{name}"
        if kind == "gpkg":
            for path in home.glob("county.*"):
                shutil.copy(path, folder)
            return Store(str(folder / "county.gpkg"), folder)
        shutil.copy(home / "county.key", folder)
        return Store(self._cluster.url(self.made[key]), folder)

    @property
    def _cluster(self) -> Cluster:
        found: Cluster = self.request.getfixturevalue("cluster")
        return found

    def _make(self, kind: str, name: str, fill: Callable[[Store], object]) -> str:
        home = self.folder / f"{kind}-{name}"
        home.mkdir()
        target = str(home / "county.gpkg") if kind == "gpkg" else self._cluster.url()
        opened = open_store(target, home)
        fill(opened)
        opened.close()
        return target.partition("?")[0].rpartition("/")[2]


def _village(name: str) -> Callable[[Store], object]:
    """Return how a template is filled; what computes is loaded only by the tests that need it."""
    return lambda store: getattr(importlib.import_module("tests.village"), name)(store)


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stores that tests get copies of."""
    return Templates(tmp_path_factory.mktemp("templates"), request)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """An empty county on GeoPackage, then the same on PostGIS."""
    opened = templates.copy(request.param, "empty", lambda empty: None, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def drawn(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """The tiny county of ``tests/village.py`` taken in: two towns, a village and 31 homes each, nothing drafted."""
    opened = templates.copy(request.param, "drawn", _village("take_in"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def drafted(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """The same with an open draft of each village."""
    opened = templates.copy(request.param, "drafted", _village("draft_all"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def published(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """The same with both drafts published."""
    opened = templates.copy(request.param, "published", _village("publish_all"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    if not SHARED.exists():
        missing("the folder ../shared with the real data")
    return SHARED
