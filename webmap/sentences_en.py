"""English sentences: why something was refused and the way out, and what breaks a rule. Same keys as the Chinese."""

from __future__ import annotations

VIOLATIONS = {
    "gap": "{area_m2} m² here belong to no unit.",
    "overlap": "{area_m2} m² here belong to two units.",
    "outside_parent": "{area_m2} m² lie outside the unit above.",
    "in_pieces": "It is in {pieces} separate pieces.",
    "too_few_homes": "Only {homes} homes, fewer than {low}.",
    "too_many_homes": "{homes} homes, more than {high}.",
    "home_in_no_unit": "Home {code} is in no 邻.",
    "home_in_two_units": "Home {code} is in two 邻 at once.",
    "home_outside_unit": "Home {code} does not stand inside its 邻.",
    "crosses_barrier": "It crosses a river, railway or main road.",
    "zu_count": "This 片 has {zu} 组; {low} to {high} are usual.",
    "cannot_be_cut": "{homes} homes cannot be cut into 邻 of {low} to {high}.",
}

CRS = {
    "declared": "The file declares {crs}, which agrees with where the county lies.",
    "chosen": "Read as {crs}, as chosen.",
    "no_places": "The table holds no coordinates.",
    "degrees": "Longitude and latitude ({crs}): {share} of the points lie in the county and 5 km around.",
    "gk3_prefix": "3-degree Gauss-Krüger with the zone before the easting ({crs}, central meridian {zone}°).",
    "gk6_prefix": "6-degree Gauss-Krüger with the zone before the easting ({crs}, central meridian {zone}°).",
    "gk3": "3-degree Gauss-Krüger without zone ({crs}, central meridian {zone}°): {share} of the points in the county.",
    "gk6": "6-degree Gauss-Krüger without zone ({crs}, central meridian {zone}°): {share} of the points in the county.",
    "swapped": "Longitude and latitude are in each other's column; they were exchanged ({crs}).",
    "web_mercator": "Web Mercator ({crs}): fit for pictures only; converted to longitude and latitude.",
    "gcj02": "GCJ-02: about {offset_m} m away from the true places; converted on reading.",
    "bd09": "BD-09: about {offset_m} m away from the true places; converted on reading.",
    "unknown": "The coordinate system was not recognised; please choose one.",
    "and_swapped": " The two columns are in the other order; they were exchanged.",
}

NOTES = {
    "formula_without_value": "{cells} formula cells hold no stored result and are read as empty.",
    "merged_filled": "{cells} merged cells were filled from their top left value.",
    "header_row": "The column names are in row {row}.",
    "other_layers": "The file also holds: {layers}.",
    "row_limit": "The preview reads the first {rows} rows; all are read on confirmation.",
}

PROBLEMS: dict[str, str] = {}
