from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel on its first call and keep the machine code beside the source: later starts are quick.

    Where that folder cannot be written, numba keeps it in the user's cache folder. It compiles anew when the kernel's
    own file changes, not when a kernel that it calls does from another file: after such a change, touch this one too.
    """
    return cast(Kernel, njit(cache=True, error_model="numpy")(kernel))


def inner(kernel: Kernel) -> Kernel:
    """Compile a kernel that only other kernels call and that makes no array.

    Without a door for Python it compiles faster; without counts of who holds each array it runs three times as fast,
    since every call hands on some twenty arrays.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return cast(Kernel, njit(cache=True, error_model="numpy", **options)(kernel))


def roomy(kernel: Kernel) -> Kernel:
    """Compile a kernel as `inner` does, one that makes arrays of its own: numba then counts who holds each array."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Kernel, njit(cache=True, error_model="numpy", **options)(kernel))
