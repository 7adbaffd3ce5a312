from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Paths:
    """Many lines, or many rings without their closing vertex, laid out flat.

    Parameters
    ----------
    xy
        (2, n) tile units; float64 while they are being cut, int32 once they are tidy.
    sizes
        (p,) vertices in each path; never 0.
    number
        (p,) a number of the caller's for each path, kept through every step; ascending.
    """

    xy: NDArray[np.float64] | NDArray[np.int32]
    sizes: NDArray[np.int64]
    number: NDArray[np.int64]

    @property
    def ends(self) -> NDArray[np.int64]:
        """One past the last vertex of each path."""
        return np.cumsum(self.sizes)

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first vertex of each path."""
        return np.cumsum(self.sizes) - self.sizes

    def pick(self, chosen: NDArray[np.bool_]) -> Paths:
        """Keep whole paths, by a mask over the paths."""
        if chosen.all():
            return self
        places = np.flatnonzero(np.repeat(chosen, self.sizes))
        return Paths(self.xy.take(places, axis=1), self.sizes[chosen], self.number[chosen])

    def thin(self, kept: NDArray[np.bool_]) -> Paths:
        """Keep single vertices, by a mask over the vertices; a path that loses all of them is gone."""
        if kept.all():
            return self
        places = np.flatnonzero(kept)  # NumPy gathers by places several times faster than by a mask
        sizes = np.diff(np.searchsorted(places, self.ends), prepend=0)
        left = sizes > 0
        return Paths(self.xy.take(places, axis=1), sizes[left], self.number[left])


def run_sums(numbers: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up numbers over consecutive runs, none of them empty.

    >>> run_sums(np.array([1, 2, 4]), np.array([2, 1])).tolist()
    [3, 4]
    """
    return np.diff(np.cumsum(numbers)[np.cumsum(sizes) - 1], prepend=0)


def cut_rings(paths: Paths, low: float, high: float) -> Paths:
    """Cut closed rings to the square from ``low`` to ``high`` on both axes.

    A ring that leaves the square and comes back stays one ring that runs along the square's edge, which is what
    a map draws correctly and what keeps every ring's part in its polygon (Sutherland and Hodgman 1974).
    """
    whole, crossing = _sort_out(paths, low, high)
    for axis in (0, 1):
        for bound, sign in ((low, 1.0), (high, -1.0)):
            crossing = _cut_rings_at(crossing, axis, bound, sign)
    return _merged(whole, crossing)


def cut_lines(paths: Paths, low: float, high: float) -> Paths:
    """Cut open lines to the square from ``low`` to ``high`` on both axes; a line may fall into several paths.

    Liang and Barsky (1984): each segment keeps the share of itself between where it enters and where it leaves.
    """
    whole, crossing = _sort_out(paths, low, high)
    if not len(crossing.sizes):
        return whole
    inner = np.ones(crossing.xy.shape[1], dtype=np.bool_)
    inner[crossing.ends - 1] = False
    begin = np.flatnonzero(inner)
    xy = crossing.xy.astype(np.float64)
    a, b = xy[:, begin], xy[:, begin + 1]
    enter, leave = _inside_shares(a, b, low, high)
    kept = enter < leave
    line = np.repeat(np.arange(len(crossing.sizes)), crossing.sizes)[begin]
    # a path goes on only where the segment before is kept to its end and this one from its start
    goes_on = np.zeros(len(begin), dtype=np.bool_)
    goes_on[1:] = (line[1:] == line[:-1]) & kept[:-1] & (leave[:-1] == 1) & (enter[1:] == 0)
    fresh = (kept & ~goes_on)[kept]
    a, b, enter, leave, line = a[:, kept], b[:, kept], enter[kept], leave[kept], line[kept]
    emitted = 1 + fresh.astype(np.int64)
    last = np.cumsum(emitted) - 1
    xy = np.empty((2, int(emitted.sum())))
    # the far vertex is taken as it stands where the segment is whole, so that cutting moves nothing inside
    xy[:, last] = np.where(leave == 1, b, a + leave * (b - a))
    xy[:, last[fresh] - 1] = np.where(enter == 0, a, a + enter * (b - a))[:, fresh]
    begins = np.flatnonzero(fresh)
    sizes = np.diff(np.append(last[begins] - 1, xy.shape[1]))
    return _merged(whole, Paths(xy, sizes, crossing.number[line[begins]]))


def tidy(paths: Paths, *, closed: bool) -> Paths:
    """Round to whole units, then drop repeated vertices and vertices in the middle of a straight run.

    Whether a vertex goes depends only on the vertices beside it, and it goes only when the drawn line stays
    exactly where it was: two neighbours that share a border can therefore never be torn apart.
    Rings with fewer than 3 vertices and lines with fewer than 2 are left out.
    """
    paths = Paths(np.rint(paths.xy).astype(np.int32), paths.sizes, paths.number)
    step = _steps(paths)
    kept = (step[0] != 0) | (step[1] != 0)
    if not closed:
        kept[paths.starts] = True
    paths, step = paths.thin(kept), step.compress(kept, axis=1)
    onward = np.empty_like(step)
    onward[:, :-1] = step[:, 1:]
    onward[:, paths.ends - 1] = step[:, paths.starts]
    straight = (step[0] * onward[1] == step[1] * onward[0]) & (step[0] * onward[0] + step[1] * onward[1] > 0)
    if not closed:
        straight[paths.starts] = False
        straight[paths.ends - 1] = False
    paths = paths.thin(~straight)
    return paths.pick(paths.sizes >= (3 if closed else 2))


def doubled_areas(paths: Paths) -> NDArray[np.int64]:
    """Give twice each whole-unit ring's area by the surveyor's formula: (p,), positive when clockwise on screen."""
    x, y = paths.xy[0].astype(np.int64), paths.xy[1].astype(np.int64)
    onward = np.arange(1, len(x) + 1)
    onward[paths.ends - 1] = paths.starts
    return run_sums(x * y[onward] - x[onward] * y, paths.sizes)


def turned(paths: Paths, backward: NDArray[np.bool_]) -> Paths:
    """Reverse the rings of a mask over the paths."""
    if not backward.any():
        return paths
    order = np.arange(paths.xy.shape[1])
    mirrored = np.repeat(paths.starts + paths.ends - 1, paths.sizes) - order
    places = np.where(np.repeat(backward, paths.sizes), mirrored, order)
    return Paths(paths.xy.take(places, axis=1), paths.sizes, paths.number)


def _steps(paths: Paths) -> NDArray[np.int32]:
    """From the vertex before to each vertex, going round to a path's own last vertex for its first."""
    xy = paths.xy.astype(np.int32, copy=False)
    step = np.empty_like(xy)
    step[:, 1:] = xy[:, 1:] - xy[:, :-1]
    step[:, paths.starts] = xy[:, paths.starts] - xy[:, paths.ends - 1]
    return step


def _sort_out(paths: Paths, low: float, high: float) -> tuple[Paths, Paths]:
    """Part the paths into those wholly inside the square and those that may cross it; the rest is dropped."""
    if not len(paths.sizes):
        return paths, paths
    starts = paths.starts
    least = np.stack([np.minimum.reduceat(axis, starts) for axis in paths.xy])
    most = np.stack([np.maximum.reduceat(axis, starts) for axis in paths.xy])
    inside: NDArray[np.bool_] = np.all((least >= low) & (most <= high), axis=0)
    near: NDArray[np.bool_] = np.all((least <= high) & (most >= low), axis=0)
    return paths.pick(inside), paths.pick(near & ~inside)


def _cut_rings_at(paths: Paths, axis: int, bound: float, sign: float) -> Paths:
    """Cut rings at one line; ``sign`` is 1 to keep what lies above ``bound`` on ``axis``, -1 below."""
    xy = paths.xy
    inside = (xy[axis] - bound) * sign >= 0
    if inside.all():
        return paths
    onward = np.arange(1, xy.shape[1] + 1)
    onward[paths.ends - 1] = paths.starts
    crosses = inside != inside[onward]
    emitted = inside.astype(np.int64) + crosses
    end = np.cumsum(emitted)
    out = np.empty((2, int(end[-1])))
    out[:, (end - emitted)[inside]] = xy[:, inside]
    at = np.flatnonzero(crosses)
    a, b = xy[:, at], xy[:, onward[at]]
    met = end[at] - 1
    out[axis, met] = bound
    out[1 - axis, met] = a[1 - axis] + (bound - a[axis]) * (b[1 - axis] - a[1 - axis]) / (b[axis] - a[axis])
    sizes = run_sums(emitted, paths.sizes)
    left = sizes > 0
    return Paths(out, sizes[left], paths.number[left])


def _inside_shares(
    a: NDArray[np.float64], b: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the shares of segments a to b at which they enter and leave the square; enter >= leave means outside."""
    run = b - a
    flat = run == 0
    safe = np.where(flat, 1.0, run)
    to_low, to_high = (low - a) / safe, (high - a) / safe
    within = (a >= low) & (a <= high)
    enter = np.where(flat, np.where(within, 0.0, 2.0), np.minimum(to_low, to_high))
    leave = np.where(flat, np.where(within, 1.0, -1.0), np.maximum(to_low, to_high))
    return np.maximum(enter.max(axis=0), 0.0), np.minimum(leave.min(axis=0), 1.0)


def _merged(one: Paths, other: Paths) -> Paths:
    """Put two sets of paths together again in the order of their numbers."""
    if not len(other.sizes):
        return one
    if not len(one.sizes):
        return other
    sizes = np.concatenate([one.sizes, other.sizes])
    number = np.concatenate([one.number, other.number])
    order = np.argsort(number, kind="stable")
    starts, picked = np.cumsum(sizes) - sizes, sizes[order]
    places = np.repeat(starts[order] - (np.cumsum(picked) - picked), picked) + np.arange(int(sizes.sum()))
    return Paths(np.concatenate([one.xy, other.xy], axis=1).take(places, axis=1), picked, number[order])
