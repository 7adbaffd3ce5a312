"""中文句子：拒绝的原因与出路，以及不合规之处。键与英文表相同，由测试核对。"""

from __future__ import annotations

VIOLATIONS = {
    "gap": "这里有 {area_m2} 平方米没有划给任何单元。",
    "overlap": "这里有 {area_m2} 平方米划给了两个单元。",
    "outside_parent": "有 {area_m2} 平方米超出了上级范围。",
    "in_pieces": "分成了互不相连的 {pieces} 块。",
    "too_few_homes": "只有 {homes} 户，少于 {low} 户。",
    "too_many_homes": "有 {homes} 户，多于 {high} 户。",
    "home_in_no_unit": "住户 {code} 不在任何邻里。",
    "home_in_two_units": "住户 {code} 同时在两个邻里。",
    "home_outside_unit": "住户 {code} 的位置不在所属的邻之内。",
    "crosses_barrier": "跨过了河流、铁路或主要道路。",
    "zu_count": "这个片有 {zu} 个组，通常为 {low} 至 {high} 个。",
    "cannot_be_cut": "{homes} 户无法划成每邻 {low} 至 {high} 户。",
}

PROBLEMS: dict[str, str] = {}
