"""Refusals of hotspots, heat, trends and silence in words."""

from __future__ import annotations

PROBLEMS_ZH: dict[str, str] = {
    "hotspots.too_wide": "邻近范围太大：一个单元周围有 {neighbours} 个单元，算不出精确概率，请缩小范围或换高一级单元。",
    "hotspots.no_band": "邻近范围应是大于 0 的米数，现在是 {band_m}。",
    "hotspots.no_place": "有 {units} 个单元没有位置，请检查边界。",
    "hotspots.wrong_length": "数据不齐：{what} 有 {rows} 行，应有 {wanted} 行。",
    "hotspots.bad_counts": "数据有误：{what} 应为不小于 0 的整数。",
    "hotspots.no_homes": "按户数检验（{null}）需要每个单元的户数。",
    "heat.bandwidth_too_small": "平滑范围 {bandwidth_m:.0f} 米对这张图太小，请至少取 {least_m:.0f} 米，或放大地图。",
    "heat.raster_too_large": "热力图每边为 1 到 {most} 格。",
    "heat.bad_points": "有 {points} 个点没有位置，或权重不对。",
    "trends.too_short": "只有 {periods} 个时段，看不出趋势，至少需要 {least} 个，请取更长时间或更短时段。",
    "silence.wrong_length": "数据不齐：有 {rows} 行，应有 {wanted} 行。",
}

PROBLEMS_EN: dict[str, str] = {
    "hotspots.too_wide": "The band is too wide: a unit has {neighbours} others near it, and exact chances cannot be "
    "computed. Take a narrower band or the next level up.",
    "hotspots.no_band": "The band must be a number of metres above 0; it is {band_m}.",
    "hotspots.no_place": "{units} units have no place; check their borders.",
    "hotspots.wrong_length": "The data do not fit: {what} has {rows} rows and should have {wanted}.",
    "hotspots.bad_counts": "The data are wrong: {what} must be whole numbers, none negative.",
    "hotspots.no_homes": "A test by homes ({null}) needs the homes of each unit.",
    "heat.bandwidth_too_small": "A bandwidth of {bandwidth_m:.0f} m is too small for this map: take {least_m:.0f} m at "
    "least, or zoom in.",
    "heat.raster_too_large": "A heat map has 1 to {most} cells a side.",
    "heat.bad_points": "{points} points have no place, or a weight that is none.",
    "trends.too_short": "{periods} periods show no trend; {least} are needed. Take a longer time or shorter periods.",
    "silence.wrong_length": "The data do not fit: there are {rows} rows and should be {wanted}.",
}
