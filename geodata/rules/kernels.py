from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast
from zlib import crc32

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel on its first call and keep the machine code beside the source: later starts are quick.

    Where that folder cannot be written, numba keeps it in the user's cache folder. Numba alone would go on using the
    kept code when a kernel that this one calls changes in another file; so the name it is kept by tells of that too.
    """
    return cast(Kernel, _in_one_form(njit(cache=True, error_model="numpy")(_marked(kernel))))


def inner(kernel: Kernel) -> Kernel:
    """Compile a kernel that only other kernels call and that makes no array.

    Without a door for Python it compiles faster; without counts of who holds each array it runs three times as fast,
    since every call hands on some twenty arrays.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return cast(Kernel, _in_one_form(njit(cache=True, error_model="numpy", **options)(_marked(kernel))))


def roomy(kernel: Kernel) -> Kernel:
    """Compile a kernel as `inner` does, one that makes arrays of its own: numba then counts who holds each array."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Kernel, _in_one_form(njit(cache=True, error_model="numpy", **options)(_marked(kernel))))


def _in_one_form(kernel: Any) -> Any:
    """Let a kernel be compiled once for whole numbers and once for truth values, whatever the call says.

    Called with ``0`` or ``True`` in the source, numba would compile it, and all it calls, once more for that very
    value: the search for repairs took twice as long to compile and ran no faster.
    """
    by_types = kernel.get_call_template
    plain: Callable[[Any], Any] = types.unliteral

    def get_call_template(args: Sequence[Any], kws: Mapping[str, Any]) -> Any:
        return by_types(tuple(map(plain, args)), {name: plain(one) for name, one in kws.items()})

    kernel.get_call_template = get_call_template
    return kernel


def _marked(kernel: Kernel) -> Kernel:
    """Put a mark of a kernel's code, of the numbers it reads and of the kernels it calls into its qualified name."""
    plain: Any = kernel
    code = plain.__code__
    told = [code.co_code.hex(), repr(code.co_consts), repr(code.co_names)]
    for name in code.co_names:
        known = plain.__globals__.get(name)
        told.append(repr(known) if isinstance(known, int | float) else getattr(known, "__qualname__", ""))
    plain.__qualname__ += f"_{crc32('|'.join(told).encode()):08x}"
    return kernel
