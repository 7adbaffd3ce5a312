from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_A_M = 6378245.0  # Krasovsky 1940 semi-major axis, as the public GCJ-02 code has it
_EE = 0.00669342162296594323  # its squared eccentricity
_BD_PI = np.pi * 3000.0 / 180.0
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_GCJ_ROUNDS = 5  # 3 rounds leave 0.15 mm, 5 leave 6 nm (measured over China); fixed, so no call is unbounded
_BD_ROUNDS = 3


def _waves(lon: Points, axis: Points, slow: float, slowest: float) -> Points:
    """Sum the sine terms of one axis: two fast ones over longitude, four over the axis itself."""
    fast = 20.0 * np.sin(6.0 * lon * np.pi) + 20.0 * np.sin(2.0 * lon * np.pi)
    own = 20.0 * np.sin(axis * np.pi) + 40.0 * np.sin(axis / 3.0 * np.pi)
    long = slow * np.sin(axis / 12.0 * np.pi) + slowest * np.sin(axis * np.pi / 30.0)
    return np.asarray((fast + own + long) * 2.0 / 3.0, dtype=np.float64)


def _gcj_shift(ll: Points) -> Points:
    """Return what GCJ-02 adds to each point, in degrees; zero outside the formula's box."""
    x, y = ll[:, 0] - 105.0, ll[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + _waves(x, y, 160.0, 320.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + _waves(x, x, 150.0, 300.0)
    phi = np.radians(ll[:, 1])
    magic = 1.0 - _EE * np.sin(phi) ** 2
    d_lat = north * 180.0 / ((_A_M * (1.0 - _EE)) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = east * 180.0 / (_A_M / np.sqrt(magic) * np.cos(phi) * np.pi)
    inside = (ll[:, 0] >= _WEST) & (ll[:, 0] <= _EAST) & (ll[:, 1] >= _SOUTH) & (ll[:, 1] <= _NORTH)
    return np.where(inside[:, None], np.column_stack([d_lon, d_lat]), 0.0)


def _as_points(ll: Points) -> Points:
    return np.asarray(ll, dtype=np.float64).reshape(-1, 2)


def wgs_to_gcj(ll: Points) -> Points:
    """Turn true positions into GCJ-02, the shifted datum of AMap, Tencent and most Chinese phone maps.

    Parameters
    ----------
    ll
        (n, 2) degrees, lon first, WGS 84 or CGCS2000 (the same to some centimetres).

    Returns
    -------
    NDArray
        (n, 2) degrees, lon first. Points outside lon 72.004-137.8347, lat 0.8293-55.8271 come back unchanged.

    Notes
    -----
    The published reverse-engineered series (Krasovsky ellipsoid, a = 6378245 m, e2 = 0.00669342162296594323), as in
    eviltransform and gcoord. It is unofficial; its users report 3.4 +- 2.7 m against real control points.
    """
    points = _as_points(ll)
    return points + _gcj_shift(points)


def gcj_to_wgs(ll: Points) -> Points:
    """Turn GCJ-02 into true positions by five rounds of fixed-point iteration (a fixed count, within 1 micrometre).

    Parameters
    ----------
    ll
        (n, 2) degrees, lon first, GCJ-02.

    Returns
    -------
    NDArray
        (n, 2) degrees, lon first, WGS 84 / CGCS2000.
    """
    target = _as_points(ll)
    guess = target.copy()
    for _ in range(_GCJ_ROUNDS):
        guess = target - _gcj_shift(guess)
    return guess


def _gcj_to_bd(ll: Points) -> Points:
    x, y = ll[:, 0], ll[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_PI)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _bd_to_gcj(ll: Points) -> Points:
    x, y = ll[:, 0] - 0.0065, ll[:, 1] - 0.006
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * _BD_PI)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BD_PI)
    guess = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    for _ in range(_BD_ROUNDS):  # the closed form alone is up to 0.12 m off in Hunan
        guess = guess + (ll - _gcj_to_bd(guess))
    return guess


def wgs_to_bd(ll: Points) -> Points:
    """Turn true positions into BD-09, Baidu's datum: GCJ-02 and one more twist (published with gcoord, coordtransform).

    Parameters
    ----------
    ll
        (n, 2) degrees, lon first, WGS 84 / CGCS2000.

    Returns
    -------
    NDArray
        (n, 2) degrees, lon first, BD-09.
    """
    return _gcj_to_bd(wgs_to_gcj(ll))


def bd_to_wgs(ll: Points) -> Points:
    """Turn BD-09 into true positions (closed inverse, three rounds of correction, then ``gcj_to_wgs``).

    Parameters
    ----------
    ll
        (n, 2) degrees, lon first, BD-09.

    Returns
    -------
    NDArray
        (n, 2) degrees, lon first, WGS 84 / CGCS2000.
    """
    return gcj_to_wgs(_bd_to_gcj(_as_points(ll)))
