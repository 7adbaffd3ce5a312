from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geodata.rules.hotspot_near import Near
from geodata.rules.kernels import Floats, Ints, compiled, inner
from geodata.rules.problems import Problem

_NOTHING = 1e-45
"""A way to draw that is rarer than this is left out: a probability is then short by less than 1e-40."""

_MOST_STEPS = 5e10
"""More steps than this take over ten seconds: the band holds too many neighbours for an exact answer."""

_MOST_STATES = 3e7
"""More numbers than this (240 MB) are not laid out."""


@compiled
def add_group(before: Floats, drawn_from: int, count: int, value: int) -> Floats:
    """Return the sums of k units drawn from some and ``count`` more that all hold ``value``.

    ``before[k, s]`` is the probability that k drawn from ``drawn_from`` units sum to s; the last column is "so much or
    more". How many of the k are of the new group is hypergeometric.
    """
    most, top = before.shape[0] - 1, before.shape[1] - 1
    after = np.zeros_like(before)
    tail = np.zeros_like(before)
    weight = np.zeros(most + 1)
    for k in range(most + 1):
        run = 0.0
        for s in range(top, -1, -1):
            run += before[k, s]
            tail[k, s] = run
    for k in range(min(most, drawn_from + count) + 1):
        low, high = max(0, k - drawn_from), min(count, k)
        share_new(weight, k, drawn_from, count, low, high)
        for j in range(low, high + 1):
            part = weight[j]
            if part < _NOTHING:
                continue
            shift = min(j * value, top)
            for s in range(top - shift):
                after[k, s + shift] += part * before[k - j, s]
            after[k, top] += part * tail[k - j, top - shift]
    return after


@inner
def share_new(weight: Floats, k: int, old: int, new: int, low: int, high: int) -> None:
    """Write the hypergeometric chances that j of k drawn are of the new ones, low <= j <= high, from the mode outwards.

    Ratios of neighbours and one sum: no factorials, so that nothing is lost to their size.
    """
    mode = min(max((k + 1) * (new + 1) // (old + new + 2), low), high)
    weight[mode] = 1.0
    total = 1.0
    for j in range(mode, high):
        weight[j + 1] = weight[j] * ((new - j) * (k - j)) / ((j + 1.0) * (old - k + j + 1))
        total += weight[j + 1]
    for j in range(mode, low, -1):
        weight[j - 1] = weight[j] * (j * (old - k + j)) / ((new - j + 1.0) * (k - j + 1))
        total += weight[j - 1]
    for j in range(low, high + 1):
        weight[j] /= total


@compiled
def without_one(tails: Floats, total: int, value: int, beyond: float) -> Floats:
    """Return tails of sums of k drawn from all units but one that holds ``value``, from those drawn from all ``total``.

    Of all draws of k the share k / total holds that unit. ``tails[k, s]`` is P(sum >= s) with ``beyond`` 1, or
    P(sum <= s) with ``beyond`` 0: what it is for a negative s. Sound only where many units hold that value: each row
    multiplies the rounding of the one before by k / (their number - k), at most 1 where they are 2 k.
    """
    out = np.empty_like(tails)
    out[0] = tails[0]
    for k in range(1, tails.shape[0]):
        share = k / total
        for s in range(tails.shape[1]):
            held = out[k - 1, s - value] if s >= value else beyond
            out[k, s] = max((tails[k, s] - share * held) / (1.0 - share), 0.0)
    return out


def exact_tails(counts: Ints, near: Near) -> tuple[Floats, Floats]:
    """Return how likely as many issues near each unit, and as few, are where the others' counts are dealt anew.

    The conditional permutation test (Anselin, "Local indicators of spatial association", Geographical Analysis 27,
    1995) of Gi and Gi*: a unit keeps its own count, its neighbours are dealt any of the others', without putting back.
    Both statistics rise with the neighbours' sum alone, so the p-value is a tail of that sum. It is computed, not
    sampled: group by group of units with equal counts, the sums of k units drawn from those so far.

    Parameters
    ----------
    counts
        (n,) issues of each unit, whole numbers, none negative.
    near
        Who is near whom.

    Returns
    -------
    (n,) P(sum >= the neighbours' sum), (n,) P(sum <= the neighbours' sum)
        With a relative error of about 1e-11, but for what is less than 1e-30.

    Raises
    ------
    Problem
        ``hotspots.too_wide`` (neighbours) where there are more sums than can be laid out.
    """
    drawn = near.count
    most = int(drawn.max(initial=0))
    counts = ranked(counts, most)
    sums = np.rint(near.total(counts)).astype(np.int64)
    top = int(sums.max(initial=0)) + 1
    values, count = np.unique(counts, return_counts=True)
    steps = float(np.minimum(count, most).sum()) * most * top
    if most * top > _MOST_STATES or steps > _MOST_STEPS:
        raise Problem("hotspots.too_wide", neighbours=most)
    groups = [(int(v), int(m)) for v, m in zip(values, count, strict=True)]
    plenty = [g for g in groups if g[1] >= 2 * most]
    rare = [g for g in groups if g[1] < 2 * most]
    start = np.zeros((most + 1, top + 1))
    start[0, 0] = 1.0
    upper, lower = np.ones(len(counts)), np.ones(len(counts))
    for value, high, low in _each_left_out(start, plenty, rare, len(counts)):
        rows = np.flatnonzero(counts == value)
        upper[rows] = high[drawn[rows], sums[rows]]
        lower[rows] = low[drawn[rows], sums[rows]]
    return np.minimum(upper, 1.0), np.minimum(lower, 1.0)


def ranked(counts: Ints, most: int) -> Ints:
    """Return smaller counts whose sums, of up to ``most`` units, stand in the same order.

    A count greater than any sum of the lesser ones may be any number that still is: 100,000 issues at one point among
    units of none or one need not lay out 100,000 sums. Only the greatest counts are brought down, down to the first
    that is not so great.

    >>> ranked(np.array([0, 1, 1, 100_000, 0]), 3).tolist()
    [0, 1, 1, 3, 0]
    """
    values, count = np.unique(counts, return_counts=True)
    sums = [_greatest_sum(values[:i], count[:i], most) for i in range(len(values))]
    great = [int(v) > s for v, s in zip(values, sums, strict=True)]
    first = len(values) - int(np.argmin([*great[::-1], False]))
    for i in range(first, len(values)):
        values[i] = _greatest_sum(values[:i], count[:i], most) + 1 if i else 0
    return values[np.searchsorted(np.unique(counts), counts)]


def _greatest_sum(values: Ints, count: Ints, most: int) -> int:
    """Return the greatest sum of up to ``most`` units, from ascending values and how many hold each."""
    taken = np.minimum(np.cumsum(count[::-1]), most)
    return int((np.diff(taken, prepend=0) * values[::-1]).sum())


_Groups = list[tuple[int, int]]


def _each_left_out(start: Floats, plenty: _Groups, rare: _Groups, total: int) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield each value with the upper and lower tails of the sums of all units but one that holds it."""
    common, size = _added(start, 0, plenty)
    for (value, count), others, among in _leaves(common, size, rare):
        sums, _ = _added(others, among, [(value, count - 1)])
        yield value, *_tails(sums)
    if plenty:
        high, low = _tails(_added(common, size, rare)[0])
        for value, _ in plenty:
            yield value, without_one(high, total, value, 1.0), without_one(low, total, value, 0.0)


def _added(sums: Floats, size: int, groups: _Groups) -> tuple[Floats, int]:
    for value, count in groups:
        sums = add_group(sums, size, count, value)
        size += count
    return sums, size


def _leaves(sums: Floats, size: int, groups: _Groups) -> Iterator[tuple[tuple[int, int], Floats, int]]:
    """Yield each group with the sums of all others: half of them are added, the other half gone into, and back."""
    if len(groups) == 1:
        yield groups[0], sums, size
    if len(groups) < 2:
        return
    middle = len(groups) // 2
    for inside, outside in ((groups[:middle], groups[middle:]), (groups[middle:], groups[:middle])):
        more, now = _added(sums, size, outside)
        yield from _leaves(more, now, inside)


def _tails(sums: Floats) -> tuple[Floats, Floats]:
    """Return P(sum >= s) and P(sum <= s) of each row."""
    high = np.ascontiguousarray(np.cumsum(sums[:, ::-1], axis=1)[:, ::-1])
    return high, np.cumsum(sums, axis=1)
