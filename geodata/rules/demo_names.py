from __future__ import annotations

import numpy as np

from geodata.rules.demo_borders import Flags
from geodata.rules.demo_terrain import Ints

COUNTY_CODE = "439901"
"""A county code that GB/T 2260 does not give to any county: Hunan (43) has no prefecture 99."""

COUNTY_NAME = "演示县"

_TOWN_HEADS = ("青石", "白鹭", "云溪", "枫桥", "双江", "石门冲", "梅岭", "竹山", "龙潭湾", "樟木", "清水", "高田",
               "长塘", "金鸡", "柳林", "红岩", "荷叶", "松坪", "桐木", "月塘")  # fmt: skip
_VILLAGE_HEADS = "青石梅枫樟竹松柳桐荷茶桃李杨柏兰白黄红金银龙凤鹤鹭云月星泉清新永"
_VILLAGE_TAILS = "塘冲桥坪岭湾溪田山峰江井村园庄坝"
_STREETS = (
    "东正街",
    "西正街",
    "河边街",
    "车站路",
    "桥头",
    "北门",
    "南门",
    "学堂街",
    "老街",
    "新街",
    "文昌路",
    "工农路",
)
_ZU_NAMES = (
    "老屋", "塘边", "新屋", "桥头", "上湾", "下湾", "大坪", "竹山", "井边", "坳上", "对门", "田心", "中院", "石坝",
    "枫树", "樟树", "油榨", "祠堂", "庙边", "河边", "山脚", "杉木", "长冲", "短冲", "瓦屋", "茶园", "岩下", "大塘",
    "小塘", "屋场", "坪里", "垅里",
)  # fmt: skip
_ESTATES = ("锦苑", "安居", "丽景", "和顺", "康宁", "向阳", "翠园", "祥和", "惠民", "春晖")
_SURNAMES = "李王张刘陈杨黄吴周徐孙胡朱高林何郭罗谢邓曾彭肖蒋谭龙颜邹"
_GIVEN = "甲乙丙丁戊己庚辛"
_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Write 1 to 99 as Chinese numerals, as 组 are numbered.

    >>> chinese_number(9), chinese_number(10), chinese_number(12), chinese_number(20), chinese_number(35)
    ('九', '十', '十二', '二十', '三十五')
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def town_labels(count: int, with_seat: bool) -> tuple[list[str], list[str]]:
    """Return the 9-digit codes and the invented names of ``count`` (at most 20) towns.

    With a seat the first is a 街道 (001); then come 镇 (100 on) and, last, at most three 乡 (200 on), by GB/T 10114.
    """
    codes, names = [], []
    rural = min(3, count // 4) if with_seat else 0
    for town in range(count):
        if with_seat and town == 0:
            kind, step = "街道", 1
        elif town >= count - rural:
            kind, step = "乡", 200 + town - (count - rural)
        else:
            kind, step = "镇", 100 + town - with_seat
        codes.append(f"{COUNTY_CODE}{step:03d}")
        names.append(_TOWN_HEADS[town] + kind)
    return codes, names


def village_labels(
    town_codes: list[str], town_names: list[str], town_of: Ints, urban: Flags, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Return the 12-digit codes and the names of villages, no name twice.

    Communities are numbered 001 on and villages 200 on within their town, as the statistical codes do.
    """
    heads, tails = list(_VILLAGE_HEADS), list(_VILLAGE_TAILS)
    rural_names = iter(
        [heads[k // len(tails)] + tails[k % len(tails)] for k in rng.permutation(len(heads) * len(tails))]
    )
    taken: dict[tuple[int, bool], int] = {}
    codes, names = [], []
    for town, city in zip(town_of.tolist(), urban.tolist(), strict=True):
        number = taken.get((town, city), 0)
        taken[town, city] = number + 1
        codes.append(f"{town_codes[town]}{(1 if city else 200) + number:03d}")
        stem = town_names[town].removesuffix("街道").removesuffix("镇").removesuffix("乡")
        street = _STREETS[number % len(_STREETS)] + (
            "" if number < len(_STREETS) else chinese_number(number // len(_STREETS) + 1)
        )
        names.append(f"{stem}{street}社区" if city else f"{next(rural_names)}村")
    return codes, names


def zu_labels(
    village: Ints, village_codes: list[str], compound: Flags, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Return the 14-digit codes (village and two digits) and the names of 组, no name twice in a village.

    Two villages in three number their 组, the others name them by the place; 组 in blocks of flats take the
    estate's name.
    """
    codes, names = [], []
    by_place = rng.random(len(village_codes)) < 0.35
    start = np.searchsorted(village, np.arange(len(village_codes)))
    order = {int(v): rng.permutation(len(_ZU_NAMES)) for v in np.flatnonzero(by_place)}
    flats = 0
    for row, (v, block) in enumerate(zip(village.tolist(), compound.tolist(), strict=True)):
        number = row - int(start[v]) + 1
        flats = (0 if number == 1 else flats) + block
        codes.append(f"{village_codes[v]}{number:02d}")
        if block:
            names.append(f"{_ESTATES[(v + (flats - 1) // 3) % len(_ESTATES)]}小区{chinese_number(number)}组")
        elif by_place[v] and number <= len(_ZU_NAMES):
            names.append(f"{_ZU_NAMES[order[v][number - 1]]}组")
        else:
            names.append(f"第{chinese_number(number)}组")
    return codes, names


def head_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return ``count`` plainly invented heads of household: a common surname, 某, and a counting word."""
    surname = rng.integers(0, len(_SURNAMES), count).tolist()
    given = rng.integers(0, len(_GIVEN), count).tolist()
    return [f"{_SURNAMES[a]}某{_GIVEN[b]}" for a, b in zip(surname, given, strict=True)]


def phones(count: int) -> list[str]:
    """Return ``count`` numbers of one block, 1990000 0000 to 1990000 9999, over and over: nobody's own number."""
    return [f"1990000{number % 10000:04d}" for number in range(count)]
