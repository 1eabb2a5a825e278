"""The loop of the embedded tier: one thread beside the web server wakes the work of all administrations."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock, Thread

from django.db import connections

from voldaan.jobs import rounds
from voldaan.jobs.hands import Hands
from voldaan.queries import administrations
from voldaan.queries.administrations import Entered
from voldaan.usecases import job_slots

log = logging.getLogger(__name__)

TICK = 15.0  # seconds
LONGEST = 300.0  # seconds between two tries, when not even the database answers


@dataclass
class Loop:
    """The loop, in a thread of its own. It is the only one that works on these books: the roof holds the lock."""

    by: str
    now: Callable[[str], datetime]
    clock: Callable[[], datetime]
    are_ahead: Callable[[], bool]  # the tables, of a newer version: then we end by ourselves
    give_up: Callable[[], None]  # asks for our end
    tick: float = TICK
    gave_up: bool = field(init=False, default=False)
    _wake: Event = field(init=False, default_factory=Event)
    _stop: Event = field(init=False, default_factory=Event)
    _lock: Lock = field(init=False, default_factory=Lock)
    _rung: set[int] = field(init=False, default_factory=set)  # the administrations that need not wait
    _known: set[int] = field(init=False, default_factory=set)  # those that were looked at since we began
    _thread: Thread | None = field(init=False, default=None)

    def start(self) -> None:
        """Begin, in a thread that is waited for at the end."""
        self._thread = Thread(target=self._run, name="jobs")
        self._thread.start()

    def ring(self, administration_id: int) -> None:
        """Wake the loop: there may be something to send for these books."""
        with self._lock:
            self._rung.add(administration_id)
        self._wake.set()

    def stop(self) -> None:
        """Stop at the next place where that leaves nothing half done, and wait until it is so."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        faults = 0
        while not self._stop.is_set():
            self._wake.clear()
            try:
                faults = 0 if self._round() else faults + 1
            except Exception:
                faults += 1
                log.exception("the work could not be looked at; it is tried again")
            finally:
                connections.close_all()
            if faults:
                self._stop.wait(min(self.tick * 2**faults, LONGEST))
            elif not self._stop.is_set():  # or the bell that told us so may have been cleared already
                self._wake.wait(self.tick)

    def _round(self) -> bool:
        """Look at all administrations; tell whether all went well. Where one does not, the others go on."""
        if self.are_ahead():
            self.gave_up = True
            self._stop.set()
            self.give_up()
        all_well = True
        for books in administrations.every():
            if self._stop.is_set():
                break
            try:
                self._look_at(books)
            except Exception:
                all_well = False
                self._known.discard(books.administration_id)  # what we had in hand may not have been written down
                log.exception("the work of %s could not be looked at; it is tried again", books.slug)
        return all_well

    def _look_at(self, books: Entered) -> None:
        key = books.administration_id
        if key not in self._known:
            job_slots.nobody_else_works(administration_id=key, machine=self.clock())
            self._known.add(key)
        with self._lock:
            is_rung = key in self._rung
            self._rung.discard(key)
        rounds.work(books, self._hands(), rung=is_rung)

    def _hands(self) -> Hands:
        return Hands(self.by, self.now, self.clock, lambda: self._stop.is_set() or self.are_ahead())
