"""Verbs on the follow-up: pause an item, resume it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.holds import Hold
from voldaan.records.receivables import Receivable
from voldaan.rules.holds import HoldReason
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices
from voldaan.usecases.write_offs import ReasonMissing


class PauseInThePast(Refusal):
    code = "pause_in_the_past"
    kind = Kind.INVALID
    says = mark("A pause cannot end on {until}: that day has passed.")


class NotPaused(Refusal):
    code = "not_paused"
    kind = Kind.CONFLICT
    says = mark("The follow-up of invoice {invoice} is not held.")


@transaction.atomic
def pause(*, invoice: str, until: date, reason: str, actor: Actor, today: date) -> None:
    """Let an invoice rest up to and including `until`.

    Raises:
        NoSuchInvoice, ReasonMissing, PauseInThePast: the words are wrong.
    """
    actor.must(Deed.PAUSE)
    if not reason.strip():
        raise ReasonMissing
    if until < today:
        raise PauseInThePast(until=until)
    paused = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(paused)
    Hold.objects.of(actor.administration_id).bulk_create(
        Hold(
            administration_id=actor.administration_id, debtor_id=paused.debtor_id, receivable=receivable,
            reason=HoldReason.PAUSE.value, explanation=reason.strip()[:500], since=today, until=until,
        )
        for receivable in Receivable.objects.of(actor.administration_id).filter(invoice=paused)
    )  # fmt: skip
    events.write("follow_up.paused", actor=actor, today=today, debtor_id=paused.debtor_id, invoice_id=paused.pk,
                 invoice=paused.number, until=until.isoformat(), reason=reason.strip())  # fmt: skip


@transaction.atomic
def resume(*, invoice: str, actor: Actor, today: date) -> None:
    """End every hold on an invoice: a pause, or a question of the import that is now answered.

    Raises:
        NoSuchInvoice, NotPaused: there is nothing to end.
    """
    actor.must(Deed.PAUSE)
    resumed = invoices.find(invoice, actor=actor)
    invoices.lock_debtor_of(resumed)
    holds = Hold.objects.of(actor.administration_id).filter(receivable__invoice=resumed, ended_on__isnull=True)
    if not holds.update(ended_on=today):
        raise NotPaused(invoice=resumed.number)
    events.write("follow_up.resumed", actor=actor, today=today, debtor_id=resumed.debtor_id, invoice_id=resumed.pk,
                 invoice=resumed.number)  # fmt: skip
