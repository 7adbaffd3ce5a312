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

PROBLEMS: dict[str, str] = {}
