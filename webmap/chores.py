"""The duties of the server, done beside its jobs by one worker of several: photos, notices, sweeping, the clock.

They have a thread of their own, since a job may take minutes and a deadline does not wait for it.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.rules.problems import Problem
from survey.actions import duties as actions
from survey.actions import issue_clock, issue_notices, photo_work, sending
from survey.rules.duties import Duty
from webmap import session
from webmap.aside import Aside, Ended, develop, load, post
from webmap.session import Db, Store

if TYPE_CHECKING:
    from geodata.files.pictures import Developed

log = logging.getLogger("sanzhang")

POLL_S = 0.5
IDLE_S = 60.0  # the process aside is let go when nothing was wanted of it for so long
LOAD_S = 60.0  # for what the process aside must import first, on a busy machine
PHOTO_S, POST_S = 60.0, 20.0  # the most that one picture (1 to 2 s of computing at worst), one message may take


@dataclass(frozen=True)
class Chore:
    """A duty, whether anything is to be done for it, and how it is done (returns what came of it)."""

    duty: Duty
    do: Callable[[Worker], dict[str, Any]]
    wanted: Callable[[Db, dt.datetime], bool] = lambda _db, _now: True


class Worker:
    """One worker's part in the duties of a county."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime] = session.now) -> None:
        self.store, self.clock = store, clock
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.aside = Aside()
        self._duty: Duty | None = None
        self._used_at = time.monotonic()
        with store.write() as db:
            actions.enrol(db, clock(), [chore.duty for chore in CHORES.values()])

    def turn(self) -> bool:
        """Do every duty that is due, wanted and free, once; tell whether there was one."""
        with self.store.read() as db:
            now = self.clock()
            names = [name for name in actions.due(db, now) if name in CHORES and CHORES[name].wanted(db, now)]
        for name in names:
            self._do(CHORES[name])
        if names:
            self._used_at = time.monotonic()
        elif time.monotonic() - self._used_at > IDLE_S:
            self.aside.close()
        return bool(names)

    def keep(self) -> bool:
        """Be heard of while a duty takes its time; tell whether it still is this worker's."""
        if self._duty is None:
            return False
        with self.store.write() as db:
            return actions.keep(db, self.clock(), self._duty, self.name)

    def develop(self, path: Path, largest_px: int, thumb_px: int) -> Developed:
        """Make a picture in the process aside; ``photo.too_heavy`` for one that takes too long or too much memory."""
        try:
            self.aside.call(LOAD_S, load, "geodata.files.pictures")
            return self.aside.call(PHOTO_S, develop, path, largest_px, thumb_px)
        except (Ended, MemoryError):
            raise Problem("photo.too_heavy") from None

    def post(self, address: str, text: str, internal: bool) -> tuple[str, str]:
        """Send a message from the process aside; where that had to be ended, the message may have gone."""
        try:
            self.aside.call(LOAD_S, load, "webmap.posting")
        except Ended:
            return "refused", "not ready"
        try:
            return self.aside.call(POST_S, post, address, text, internal)
        except Ended:
            return "unsure", "no answer"

    def _do(self, chore: Chore) -> None:
        with self.store.write() as db:
            if not actions.take(db, self.clock(), chore.duty, self.name):
                return
        self._duty = chore.duty
        failed, result = False, {}
        try:
            result = chore.do(self)
        except Problem as problem:
            failed, result = True, {"error": problem.code}
        except Exception:
            # one duty that fails must not keep the others from being done
            log.exception("duty %s", chore.duty.name)
            failed, result = True, {"error": "defect"}
        self._duty = None
        with self.store.write() as db:
            actions.finish(db, self.clock(), chore.duty, self.name, result, failed=failed)


def _photos(worker: Worker) -> dict[str, Any]:
    return photo_work.develop_some(worker.store, worker.clock, worker.develop, worker.keep)


def _sweep(worker: Worker) -> dict[str, Any]:
    return photo_work.sweep(worker.store, worker.clock())


def _notices(worker: Worker) -> dict[str, Any]:
    return sending.send_some(worker.store, worker.clock, worker.post, worker.keep)


def _clock(worker: Worker) -> dict[str, Any]:
    """Remind of deadlines, then hand up what is overdue: so that its holder is told before it goes."""
    with worker.store.write() as db:
        now = worker.clock()
        return {"reminded": issue_notices.remind(db, now), **issue_clock.run(db, now)}


_ALL = (
    Chore(Duty("photos", lease_s=180), _photos, lambda db, _now: photo_work.any_waiting(db)),
    Chore(Duty("notices", lease_s=120, every_s=4), _notices, sending.any_waiting),
    Chore(Duty("clock", lease_s=600, every_s=300), _clock),
    Chore(Duty("photo_sweep", lease_s=1800, nightly=dt.time(3, 10)), _sweep),
)
CHORES = {chore.duty.name: chore for chore in _ALL}


def serve_duties(store: Store, go_on: Callable[[], bool]) -> None:
    """Do duties as long as ``go_on`` says so; what the store refuses for a while is tried again."""
    worker: Worker | None = None
    while go_on():
        try:
            worker = worker or Worker(store)
            busy = worker.turn()
        except Problem as problem:  # the store was busy or full
            log.warning("duties: %s", problem.code)
            busy = False
        except Exception:
            # the thread must outlive whatever goes wrong: without it no deadline is kept
            log.exception("duties")
            busy = False
        if not busy:
            time.sleep(POLL_S)
    if worker is not None:
        worker.aside.close()
