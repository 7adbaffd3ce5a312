"""Real citizens' reports of ten years load as issues: kinds mapped, places in Swiss metres, each once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.actions import intake
from geodata.actions.intake import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.units import Level
from geodata.store.database import Store
from survey.actions import issue_lists, take_issues
from survey.rules.categories import finder, list_shipped
from survey.rules.issue_query import query_from
from tests.real_data import real_file

DAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
EVERY = 199  # one report in so many: some 300 of 62,245
KINDS = {
    "Abfall/Sammelstelle": "暴露垃圾", "Signalisation/Lichtsignal": "交通信号灯", "Strasse/Trottoir/Platz": "道路破损",
    "Grünflächen/Spielplätze": "绿地脏乱", "Beleuchtung/Uhren": "路灯", "Allgemein": "其他事项",
    "Graffiti": "非法小广告", "VBZ/ÖV": "公交站亭", "Brunnen/Hydranten": "消防设施", "Schädlinge": "病虫害和野生动物",
}  # fmt: skip


def city(store: Store, folder: Path) -> None:
    """Bring the city in as a county whose districts are its villages."""
    districts = gpd.read_file(real_file("zurich_districts.gpkg.zip")).rename(columns={"kuerzel": "code"})
    for n, (level, frame) in enumerate((("county", districts.dissolve()), ("village", districts))):
        path = folder / f"units-{level}.gpkg"
        named = frame.assign(code="ZH") if level == "county" else frame
        named[["code", "name", "geometry"]].to_file(path, driver="GPKG")
        with store.write() as db:
            taken, _ = intake.take(db, OPERATOR, DAY, path, Choices("units", level))
        assert (taken.refusals, taken.new) == ([], len(frame)), n


def sample(folder: Path) -> tuple[Path, pd.DataFrame]:
    """Return a file of some reports: they have no number of their own, so each gets that of its row."""
    frame = pd.read_csv(real_file("zurich_reports_2016_2025.csv.gz"))
    frame["reference"] = [f"ZH-{n}" for n in range(len(frame))]
    chosen = frame[::EVERY].assign(status="closed")
    path = folder / "reports.csv"
    chosen.to_csv(path, index=False)
    return path, chosen


def test_real_reports_load_as_issues(store: Store, tmp_path: Path) -> None:
    """All of the sample lie in a district, bear the mapped category and their day; a second time nothing is new."""
    city(store, tmp_path)
    path, reports = sample(tmp_path)
    named = finder(list_shipped())
    said = {theirs: named[ours].id for theirs, ours in KINDS.items()}
    assert set(reports["category"]) == set(KINDS), "every kind is in the sample"
    choices = Choices(take_issues.KIND, crs="EPSG:2056", platform="Züri wie neu", categories=said)
    with store.read() as db:
        bare = Choices(take_issues.KIND, crs="EPSG:2056", platform="Züri wie neu")
        shown = intake.preview(db, OPERATOR, DAY, path, bare)
        assert {one.code for one in shown.understood.refusals} == {"outside.unknown_category"}
        assert shown.understood.mapping == {
            "reference": "reference", "at": "date", "category": "category", "x": "e", "y": "n", "state": "status",
        }  # fmt: skip
    for new in (len(reports), 0):
        with store.write() as db:
            taken, _ = intake.take(db, OPERATOR, DAY, path, choices)
        assert taken.counts() == {"new": new, "changed": 0, "unchanged": len(reports) - new, "refused": 0}
    with store.read() as db:
        pages, after = [], ""
        while after is not None:
            page = issue_lists.page(db, OPERATOR, DAY, query_from({"state": "any", "sort": "at"}), after, 200)
            pages += page["items"]
            after = page["next"]
    assert Counter(row["category"]["name"] for row in pages) == Counter(reports["category"].map(KINDS))
    assert {row["chain"][-1]["level"] for row in pages} == {Level.VILLAGE.value}
    assert {row["state"] for row in pages} == {"closed"}
    days = sorted(dt.date.fromisoformat(day) for day in reports["date"])
    assert [(row["at"] + dt.timedelta(hours=8)).date() for row in pages] == days
