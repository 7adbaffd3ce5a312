from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.stacks import (
    StackColumns,
    chinese_number,
    cut_runs,
    natural_key,
    stack_places,
    stack_ranks,
)


def texts(*values: object) -> np.ndarray:
    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    ("text", "number"),
    [("三", 3), ("十", 10), ("十二", 12), ("二十一", 21), ("一百零三", 103), ("一〇二", 102), ("两", 2)],
)
def test_chinese_numbers_are_read(text: str, number: int) -> None:
    """Numbers written in Chinese, with and without tens, are read as people say them."""
    assert chinese_number(text) == number


def test_floors_sort_as_people_count_them() -> None:
    """Floor 10 comes after floor 2, in digits or Chinese, and every way of writing a basement comes below the first."""
    floors = ["10层", "二层", "B1", "-2", "1层", "负三", "十一层", "地下一层"]
    ordered = sorted(floors, key=lambda floor: natural_key(floor, is_floor=True))
    assert ordered == ["负三", "-2", "B1", "地下一层", "1层", "二层", "10层", "十一层"]


def test_full_width_digits_and_case_do_not_matter() -> None:
    """１２Ａ and 12a are one name."""
    assert natural_key("１２Ａ") == natural_key("12a")


def test_ranks_follow_building_entrance_floor_and_room() -> None:
    """Homes on one point are ranked by building, then entrance, then floor, then room; other points on their own."""
    site = np.array([0, 0, 0, 0, 1, 0])
    ranks = stack_ranks(
        site,
        texts("1栋", "1栋", "1栋", "1栋", "1栋", "2栋"),
        texts("二单元", "一单元", "一单元", "一单元", "", "一单元"),
        texts("1", "10", "2", "2", "", "1"),
        texts("101", "1001", "202", "201", "", "101"),
    )
    assert ranks.tolist() == [3, 2, 1, 0, 0, 4]


def test_missing_texts_count_as_empty() -> None:
    """None and NaN stand for an unknown text, and homes that nothing tells apart keep their order."""
    nothing = texts(None, float("nan"), "")
    assert stack_ranks(np.zeros(3, int), nothing, nothing, nothing, nothing).tolist() == [0, 1, 2]


def test_no_homes_have_no_ranks() -> None:
    """An empty village is no error."""
    assert len(stack_ranks(np.zeros(0, int), *(texts() for _ in range(4)))) == 0


def test_a_stack_is_cut_at_the_end_of_an_entrance() -> None:
    """Twenty-two homes in entrances of 10 and 12 are cut 10 and 12, not 11 and 11 through a floor."""
    site = np.zeros(22, int)
    entrance = texts(*(["1"] * 10 + ["2"] * 12))
    floor = texts(*([str(i // 2) for i in range(10)] + [str(i // 2) for i in range(12)]))
    blank = texts(*([""] * 22))
    order, cost = stack_places(site, StackColumns(blank, entrance, floor, texts(*map(str, range(22)))))
    run = cut_runs(np.array([0, 22]), cost, 5, 15, 11.0)
    assert np.bincount(run[np.argsort(order)]).tolist() == [10, 12]


def test_without_columns_the_input_order_is_the_stack_order() -> None:
    """Unknown buildings cost nothing to cut anywhere."""
    order, cost = stack_places(np.array([1, 0, 1]), None)
    assert order.tolist() == [1, 0, 2]
    assert not cost.any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(5, 70), min_size=1, max_size=5), st.integers(0, 99))
def test_every_run_keeps_the_bounds(homes: list[int], seed: int) -> None:
    """Whatever the stack and its cut places, its runs have 5 to 15 homes, are consecutive, and cover it."""
    first = np.append(0, np.cumsum(homes)).astype(np.int64)
    cost = np.random.default_rng(seed).choice([0.0, 4.0, 12.0], first[-1])
    run = cut_runs(first, cost, 5, 15, 11.0)
    for a, b in pairwise(first):
        assert set(np.diff(run[a:b])) <= {0, 1}
        assert run[a] == 0
        assert ((np.bincount(run[a:b]) >= 5) & (np.bincount(run[a:b]) <= 15)).all()


def test_a_stack_that_no_runs_fit_stays_whole() -> None:
    """Nine homes cannot be cut into runs of 5 to 8: one run, for the caller to report."""
    assert not cut_runs(np.array([0, 9]), np.zeros(9), 5, 8, 6.0).any()
