"""A process beside the worker for what may hang, crash or eat memory: strangers' pictures, other people's servers.

It is started when it is first needed, does one thing at a time within a time and a share of memory, and is ended when
it takes longer. What it imports, Pillow and Apprise, is loaded there alone.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from geodata.files.pictures import Developed

Answer = TypeVar("Answer")

MEMORY_BYTES = 1_500 * 1024 * 1024  # of addresses; a picture of 40 million pixels needs a quarter of it
_GRACE_S = 5.0
_START_S = 60.0  # a busy machine takes its time to start a process


class Ended(Exception):  # noqa: N818 - what happened to the process, not a defect of ours
    """The process was ended because it took too long, or died: whether its work was done is not known."""


class Aside:
    """The process, for one thread: calls a function of a module by name in there, and returns what it returns."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._process: multiprocessing.process.BaseProcess | None = None
        self._line: Connection | None = None

    def call(self, most_s: float, function: Callable[..., Answer], *args: Any) -> Answer:
        """Call a function (of a module, with plain arguments) in the process.

        Parameters
        ----------
        most_s
            After so many seconds the process is ended.

        Raises
        ------
        Ended
            When it took longer, or the process died on the way.
        Exception
            What the function raised.
        """
        line = self._line or self._start()
        try:
            line.send((function, args))
            if not line.poll(most_s):
                raise EOFError
            worked, answer = line.recv()
        except (EOFError, OSError):
            self.close(_at_once=True)
            raise Ended from None
        if not worked:
            raise answer
        return answer  # type: ignore[no-any-return]

    def close(self, *, _at_once: bool = False) -> None:
        """End the process, if there is one."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            if _at_once:
                self._process.kill()
            self._process.join(_GRACE_S)
            if self._process.is_alive():
                self._process.kill()
        self._process = self._line = None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._memory_bytes), daemon=True)
        self._process.start()
        theirs.close()
        if not self._line.poll(_START_S):
            self.close(_at_once=True)
            raise Ended
        self._line.recv()
        return self._line


def _serve(line: Connection, memory_bytes: int) -> None:
    """Do what comes over the line until it ends."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # else numpy takes addresses for every core of the machine
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    line.send(True)
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            function, args = line.recv()
            line.send(_done(function, args))


def _done(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*args)
    except MemoryError:
        return False, MemoryError()  # with what was going on let go
    except Exception as error:  # noqa: BLE001 - it is raised again where it was asked for
        return False, error


def load(module: str) -> None:
    """Import what takes seconds, Pillow or Apprise: in the process aside and nowhere else."""
    importlib.import_module(module)


def develop(path: Path, largest_px: int, thumb_px: int) -> Developed:
    """Make a picture (``geodata.files.pictures.develop``), for calling in there."""
    from geodata.files import pictures

    return pictures.develop(path, largest_px, thumb_px)


def post(address: str, text: str, internal: bool) -> tuple[str, str]:
    """Send a message (``webmap.posting.post``), for calling in there."""
    from webmap import posting

    return posting.post(address, text, internal)
