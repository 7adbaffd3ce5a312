"""Where tests find the real public data that stands beside the repository, and what they say where it does not."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "../shared/data"


def real_file(name: str) -> Path:
    """Return a file of the real data; where it is missing skip the test by its name, or fail it on CI."""
    path = (FOLDER / name).resolve()
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"real data missing: {name}")
        pytest.skip(f"real data missing: {name}")
    return path


def county(adcode: int, layer: str = "counties_wgs84") -> gpd.GeoDataFrame:
    """Return one county's row of the Hunan layers."""
    frame = gpd.read_file(real_file("hunan_counties.gpkg.zip"), layer=layer)
    return frame[frame["adcode"].astype(int) == adcode]


def lianyuan_divisions() -> pd.DataFrame:
    """Return the towns and villages of 涟源 with their codes, as text."""
    frame = pd.read_csv(real_file("hunan_divisions_2023.csv.gz"), dtype=str, keep_default_na=False)
    return frame[frame["code"].str.startswith("431382")].reset_index(drop=True)
