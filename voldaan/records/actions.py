"""Actions: what was decided for each item, once per step; and the tasks that wait for a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from voldaan.records.administrations import Administration
from voldaan.records.debtors import Debtor
from voldaan.records.fields import CentsField, PublicIdField
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.scope import Books
from voldaan.records.strategies import StrategyVersion
from voldaan.rules.outbox import ActionState, TaskState


class Task(models.Model):
    """Something for a person to do for one customer: to call, to hand over, or to decide on a letter."""

    public_id = PublicIdField()
    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+", db_index=False)
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12)  # of `StepKind` in rules/strategy.py, or `TOO_EARLY` in rules/outbox.py
    decided_on = models.DateField()
    state = models.CharField(max_length=10)  # of `TaskState` in rules/outbox.py
    ended_on = models.DateField(null=True)
    outcome = models.CharField(max_length=500, blank=True, db_default="")  # in the words of whoever did it
    put_off_until = models.DateField(null=True)  # from this day on it is on the list again; null: nobody put it off
    put_off_why = models.CharField(max_length=500, blank=True, db_default="")

    objects = Books["Task"]()

    class Meta:
        constraints = [
            # What falls due while a task still waits joins it: nobody is on the list twice.
            models.UniqueConstraint(
                fields=["administration", "debtor", "currency", "kind"],
                condition=Q(state=TaskState.OPEN.value),
                name="task_open_once",
            ),
        ]


class Action(models.Model):
    """One step of one receivable, decided: a line of a message or of a task."""

    # The books and the debtor are those of the receivable, and nothing of these three is ever deleted: `voldaan check`
    # proves them. A constraint on each would be a third of the time of a run on PostgreSQL.
    administration = models.ForeignKey(
        Administration, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(Debtor, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    version = models.ForeignKey(StrategyVersion, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=40)
    open_cents = CentsField()  # of the receivable, when it was decided
    decided_on = models.DateField()
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10)  # of `ActionState` in rules/outbox.py
    taken_on = models.DateField(null=True)  # the day from which the next step is counted

    objects = Books["Action"]()

    class Meta:
        constraints = [
            # A step of an item is taken once, whatever the version of the strategy and however often the run is made.
            models.UniqueConstraint(
                fields=["administration", "receivable", "step"],
                condition=~Q(state=ActionState.WITHDRAWN.value),
                name="action_once",
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=False, task__isnull=True) | Q(message__isnull=True, task__isnull=False),
                name="action_in_message_or_task",
            ),
        ]
        indexes = [
            # Most lines are of a message: they are not in it.
            models.Index(fields=["administration", "task"], condition=Q(task__isnull=False), name="action_task"),
        ]
