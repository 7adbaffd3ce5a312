"""Hotspots and heat on what others printed and on real ground."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from geodata.rules.heat import Raster, heat
from geodata.rules.hotspots import Near, find_hotspots, getis_ord, within_band
from tests.real_data import real_file


def printed(name: str) -> dict[str, Any]:
    return dict(json.loads(real_file("vectors_hotspot.json").read_text())[name])


def test_gi_and_gi_star_are_the_printed_values() -> None:
    """Ord and Getis's 256 cells at five distances, and esda's six points: to six figures."""
    paper = printed("getis_ord_1996")
    xy, values, cell = np.column_stack([paper["x"], paper["y"]]), np.array(paper["val"]), paper["cell_index_0based"]
    for band_m, z in paper["Gi_z"].items():
        near = within_band(xy, float(band_m))
        assert getis_ord(values, near, own=False)[cell] == pytest.approx(z, abs=5e-7)
    near = within_band(xy, 30.0)
    star = getis_ord(values, near)[cell]
    assert star == pytest.approx(paper["Gi_star_z"]["30"], abs=5e-7)
    assert star * np.sqrt(255 / 256) == pytest.approx(paper["Gi_star_z_sample_variance"]["30"], abs=5e-7)
    six = printed("esda")
    near = within_band(np.array(six["points"]), 15.0)
    assert getis_ord(np.array(six["y"]), near, own=False)[0] == pytest.approx(six["Gi_B_Zs0"], abs=5e-8)
    assert getis_ord(np.array(six["y"]), near)[0] == pytest.approx(six["GiStar_B_Zs0"], abs=5e-8)


def test_the_kernel_has_its_closed_form() -> None:
    """At its middle and one bandwidth away, one point has the printed density of a Gaussian of bandwidth 1."""
    wanted = printed("kde_closed_form")["gaussian_h1"]
    density = heat(np.array([[50.5, 50.5]]), Raster(0.0, 101.0, 1.0, 101, 101), 10.0) / 1e6 * 100
    assert density[50, 50] == pytest.approx(wanted["r0"], rel=1e-5)
    assert density[50, 60] == pytest.approx(wanted["r1"], rel=1e-5)


def test_ten_years_of_reports_have_the_exact_heat() -> None:
    """62,245 reports on 600 by 600 cells of 25 m: 200 cells compared with the sum over all of them."""
    reports = pd.read_csv(real_file("zurich_reports_2016_2025.csv.gz"))
    xy = reports[["e", "n"]].to_numpy(float)
    low, high = xy.min(axis=0), xy.max(axis=0)
    raster = Raster(low[0], high[1], 25.0, 600, 600)
    density = heat(xy, raster, 200.0)
    rng = np.random.default_rng(1)
    rows, columns = rng.integers(0, 600, (2, 200))
    x, y = raster.centres()
    away_m2 = (xy[:, 0] - x[columns, None]) ** 2 + (xy[:, 1] - y[rows, None]) ** 2
    exact = np.exp(-away_m2 / (2 * 200.0**2)).sum(axis=1) * 1e6 / (2 * np.pi * 200.0**2)
    assert np.abs(density[rows, columns] - exact).max() <= 1e-5 * density.max()


@pytest.fixture(scope="module")
def land() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], Near]:
    """Return Liechtenstein's addresses in units of 6 to 12, halved commune by commune: places, homes, near in 500 m."""
    addresses = gpd.read_file(real_file("liechtenstein/liechtenstein_osm.gpkg.zip"), layer="addresses").to_crs(2056)
    xy = np.column_stack([addresses.geometry.x, addresses.geometry.y])
    parts = [np.flatnonzero(addresses["municipality"] == name) for name in addresses["municipality"].dropna().unique()]
    done = []
    while parts:
        part = parts.pop()
        if len(part) <= 12:
            done.append(part)
            continue
        order = part[np.argsort(xy[part, int(np.argmax(np.ptp(xy[part], axis=0)))], kind="stable")]
        parts += [order[: len(order) // 2], order[len(order) // 2 :]]
    places = np.array([xy[part].mean(axis=0) for part in done])
    return places, np.array([len(part) for part in done]), within_band(places, 500.0)


def rates(kind: str, homes: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return how many issues to expect of each unit, where nothing gathers: all homes alike, homes or units unlike."""
    if kind == "alike":
        return homes.astype(float)
    return rng.gamma(0.2 * homes) if kind == "homes" else homes * rng.gamma(0.5, size=len(homes))


@pytest.mark.parametrize("kind", ["alike", "homes", "units"])
def test_without_a_hotspot_hardly_a_map_shows_one(land: Any, kind: str) -> None:
    """On real ground at most one map in twenty shows any, whatever differs; a plain binomial does not hold that."""
    _, homes, near = land
    rng = np.random.default_rng(20260301)
    shown = {"uneven_homes": 0, "even_homes": 0}
    for null, maps in (("uneven_homes", 200), ("even_homes", 60)):
        for _ in range(maps):
            expected = rates(kind, homes, rng)
            counts = rng.multinomial(900, expected / expected.sum())
            shown[null] += int(find_hotspots(counts, near, homes, null).hot.any())  # type: ignore[arg-type]
    assert shown["uneven_homes"] <= 0.05 * 200
    assert (shown["even_homes"] <= 0.05 * 60) == (kind == "alike")


def test_dealing_counts_wants_units_alike(land: Any) -> None:
    """Where the units of some communes have more homes than those of others, that alone makes counts look gathered."""
    _, homes, near = land
    rng = np.random.default_rng(20260303)
    maps = [rng.multinomial(900, homes / homes.sum()) for _ in range(40)]
    assert sum(find_hotspots(counts, near).hot.any() for counts in maps) > 2
    alike = [rng.multinomial(900, np.full(len(homes), 1 / len(homes))) for _ in range(60)]
    assert sum(find_hotspots(counts, near).hot.any() for counts in alike) <= 3


def test_a_hotspot_on_real_ground_is_found(land: Any) -> None:
    """Of 40 maps with a place of threefold rate 400 m around, most show it, and of what is hot few lie elsewhere."""
    xy, homes, near = land
    rng = np.random.default_rng(20260302)
    found, away = 0, 0.0
    for _ in range(40):
        middle = xy[rng.choice(len(xy), p=homes / homes.sum())]
        planted = np.zeros(len(xy), bool)
        planted[cKDTree(xy).query_ball_point(middle, 400.0)] = True
        expected = homes * np.where(planted, 3.0, 1.0)
        hot = find_hotspots(rng.multinomial(900, expected / expected.sum()), near, homes).hot
        found += int(hot[planted].any())
        away += float((hot & (near.total(planted, own=True) == 0)).sum() / max(hot.sum(), 1))
    assert found >= 24
    assert away <= 0.05 * 40
