"""Slots: each piece of the work that comes back by itself, who has it in hand, and what came of it."""

from __future__ import annotations

from django.db import models

from voldaan.records.administrations import Administration
from voldaan.records.scope import Books


class JobSlot(models.Model):
    """One piece of work of one administration: the follow-up of a day, or the round that is made again and again.

    It is machinery and no part of the books: what the work itself did is in them. All moments are of the clock of the
    machine, for it is machines that wait for each other here.
    """

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    job = models.CharField(max_length=20)  # of `Job` in rules/timetable.py
    slot = models.CharField(max_length=20)  # the day it is for, or `ROUND`
    state = models.CharField(max_length=10)  # of `SlotState` in rules/timetable.py
    claim = models.CharField(max_length=12)  # of whoever has it, or had it last
    by = models.CharField(max_length=80)  # machine and process, for people
    attempts = models.PositiveIntegerField(default=0)  # since it was last done
    free_at = models.DateTimeField(null=True)  # from then on it may be taken; null: never again
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True)  # a marked sentence
    facts = models.JSONField(default=dict)  # that fill it

    objects = Books["JobSlot"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "job", "slot"], name="job_slot_once")]
