"""The workers of the server tier: any number of processes on PostgreSQL, woken and kept apart by procrastinate.

It wakes, keeps two workers off the books of one administration, and notices the dead. What is due, and what was done,
it does not know: that is in the slots. So a job of the engine that gets lost is no loss; the next tick brings another.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from asgiref.sync import sync_to_async
from django.db import Error, connections
from procrastinate import App
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import OperationalError

from voldaan.jobs import rounds
from voldaan.jobs.hands import Hands
from voldaan.queries import administrations

log = logging.getLogger(__name__)

AT_ONCE = 2  # per process, so that one long run does not hold up the small things
LONGEST = 60.0  # seconds between two tries, when the database does not answer


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the fleet looks around, in seconds."""

    tick: int = 15
    heartbeat: float = 10.0
    dead_after: float = 30.0  # without a heartbeat


def work(*, by: str, now: Callable[[str], datetime], clock: Callable[[], datetime], are_ahead: Callable[[], bool],
         pace: Pace = Pace()) -> bool:  # fmt: skip
    """Work until a signal says stop; a database that is away for a while is waited for.

    Gives False where we ended by ourselves, because the tables are of a newer version.
    """
    must_stop, gave_up = Event(), Event()

    def is_over() -> bool:
        if not must_stop.is_set() and are_ahead():
            gave_up.set()
        return must_stop.is_set() or gave_up.is_set()

    asyncio.run(_until_told(Hands(by, now, clock, is_over), must_stop, pace))
    return not gave_up.is_set()


async def _until_told(hands: Hands, must_stop: Event, pace: Pace) -> None:
    told, loop, faults = asyncio.Event(), asyncio.get_running_loop(), 0

    def stop() -> None:
        must_stop.set()
        told.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)  # the second one ends us at once

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)

    async def look_out() -> None:
        while not await sync_to_async(_must_stop, thread_sensitive=False)(hands):  # noqa: ASYNC110 - a table tells it
            await asyncio.sleep(pace.tick)
        stop()

    looking_out = asyncio.create_task(look_out())
    while not told.is_set():
        began = loop.time()
        working = asyncio.create_task(_one_worker(hands, pace))
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if told.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            break
        except Exception:
            log.exception("the worker broke off; it begins again")
        faults = 1 if loop.time() - began > LONGEST else faults + 1
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), min(2.0**faults, LONGEST))
    looking_out.cancel()


async def _one_worker(hands: Hands, pace: Pace) -> None:
    app = _app(hands, pace)
    async with app.open_async():
        await app.run_worker_async(
            name=hands.by, concurrency=AT_ONCE, delete_jobs="always", install_signal_handlers=False,
            update_heartbeat_interval=pace.heartbeat, stalled_worker_timeout=pace.dead_after,
        )  # fmt: skip


class _Manager(JobManager):
    """Writes down that a job has ended when the database is back: or its lock is held for as long as we live."""

    hands: Hands

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - as the engine has it
        while True:
            try:
                return await super().finish_job(job, status, delete_job)
            except ConnectorException as error:
                is_away = isinstance(error.__cause__, OperationalError)
                if not is_away or await sync_to_async(_must_stop, thread_sensitive=False)(self.hands):
                    raise
                await asyncio.sleep(1)


def _app(hands: Hands, pace: Pace) -> App:
    app = DjangoApp(connector=PsycopgConnector(kwargs=connector_params()))
    app.job_manager = manager = _Manager(app.connector)
    manager.hands = hands
    every_tick = f"* * * * * */{pace.tick}"

    @app.task(name="voldaan.work")
    def work(administration_id: int) -> None:
        try:
            for books in administrations.every():
                if books.administration_id == administration_id:
                    rounds.work(books, hands)
        finally:
            connections.close_all()

    @app.periodic(cron=every_tick)
    @app.task(name="voldaan.wake", queueing_lock="wake")
    async def wake(timestamp: int) -> None:  # noqa: ARG001 - the engine gives it
        for key in await sync_to_async(_due, thread_sensitive=False)(hands):
            with suppress(AlreadyEnqueued):
                await work.configure(lock=f"books {key}", queueing_lock=f"work {key}").defer_async(
                    administration_id=key
                )

    @app.periodic(cron=every_tick)
    @app.task(name="voldaan.bury", queueing_lock="bury")
    async def bury(timestamp: int) -> None:  # noqa: ARG001
        """Let go of what dead workers hold. Nothing is tried again here: the slot is, when its lease ends."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pace.dead_after):
            if job.id is not None:
                await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)

    return app


def _must_stop(hands: Hands) -> bool:
    """Tell whether this worker has to stop; not where the database is away, which is waited for."""
    try:
        return hands.must_stop()
    except Error:
        return False
    finally:
        connections.close_all()


def _due(hands: Hands) -> list[int]:
    """Name the administrations that have something to do; one that cannot be looked at keeps no other waiting."""
    found = []
    try:
        for books in administrations.every():
            try:
                if rounds.due(books, hands):
                    found.append(books.administration_id)
            except Exception:
                log.exception("the work of %s could not be looked at; it is tried again", books.slug)
    finally:
        connections.close_all()
    return found
