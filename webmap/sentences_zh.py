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

CRS = {
    "declared": "文件写明坐标系为 {crs}，与本县位置相符。",
    "chosen": "按选定的坐标系 {crs} 读取。",
    "no_places": "表格里没有坐标。",
    "degrees": "经纬度（{crs}）：{share} 的点落在本县及周边 5 公里内。",
    "gk3_prefix": "高斯-克吕格 3 度带、带号在前（{crs}，中央经线 {zone}°）。",
    "gk6_prefix": "高斯-克吕格 6 度带、带号在前（{crs}，中央经线 {zone}°）。",
    "gk3": "高斯-克吕格 3 度带、无带号（{crs}，中央经线 {zone}°）：{share} 的点落在本县。",
    "gk6": "高斯-克吕格 6 度带、无带号（{crs}，中央经线 {zone}°）：{share} 的点落在本县。",
    "swapped": "经度和纬度两列写反了，已对调（{crs}）。",
    "web_mercator": "网络墨卡托（{crs}）：只用来画图，读入时换算成经纬度。",
    "gcj02": "火星坐标（GCJ-02）：比真实位置偏约 {offset_m} 米，读入时换算。",
    "bd09": "百度坐标（BD-09）：比真实位置偏约 {offset_m} 米，读入时换算。",
    "unknown": "认不出坐标系，请选定一个。",
    "and_swapped": "两列坐标次序相反，已对调。",
}

NOTES = {
    "formula_without_value": "有 {cells} 个公式单元格没有存下结果，按空白读取。",
    "merged_filled": "有 {cells} 个合并单元格按左上角的值补齐。",
    "header_row": "表头在第 {row} 行。",
    "other_layers": "文件里还有其他表或图层：{layers}。",
    "row_limit": "预览只读前 {rows} 行，确认时读全部。",
}

PROBLEMS: dict[str, str] = {}
