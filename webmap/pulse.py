"""A pulse beside long work: it tells the job table that the worker lives while the work itself cannot."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from geodata.actions import jobs as queue
from geodata.rules.problems import Problem
from webmap import session
from webmap.session import Store

PULSE_S = 2.0  # a job is lost after ten minutes of silence, but whoever looks at the page wants to see it move


class Pulse:
    """Beats for one job every other second, whatever the work does: reads a long file, waits for the database.

    While the work itself holds the writer's place of a GeoPackage file no beat is written, and none is missed: nobody
    else can mark the job as lost meanwhile. The work then beats at the end of its own transaction.

    Parameters
    ----------
    every_s
        Seconds between two beats.
    """

    def __init__(self, store: Store, job_id: str, every_s: float = PULSE_S) -> None:
        self.store, self.job_id, self.every_s = store, job_id, every_s
        self.share, self.cancelled = 0.0, False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name=f"pulse {job_id}", daemon=True)

    def __enter__(self) -> Self:
        self.beat()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, share: float, message: str = "") -> None:
        """Note the share done (0 to 1) for the next beat; raises ``job.cancelled`` when somebody asked for that."""
        self.share = share
        if self.cancelled:
            raise Problem("job.cancelled")

    def beat(self) -> None:
        """Write a beat now, unless the writer's place is taken."""
        try:
            with self.store.write(waits=False) as db:
                self.cancelled = queue.beat(db, self.job_id, session.now(), self.share, "") or self.cancelled
        except Problem as problem:
            if problem.code != "store.busy":
                raise

    def _go(self) -> None:
        while not self._ended.wait(self.every_s):
            self.beat()
