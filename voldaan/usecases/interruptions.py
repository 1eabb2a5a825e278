"""Verbs on interruptions: write down what began the term of limitation anew, and take one back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.interruptions import Interruption as Row
from voldaan.records.interruptions import that_stand
from voldaan.records.invoices import Invoice
from voldaan.rules import names
from voldaan.rules.limitation import Interruption
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices

LONGEST: int = Row._meta.get_field("proof").max_length or 0  # noqa: SLF001 - Django's documented way


class ProofMissing(Refusal):
    code = "proof_missing"
    kind = Kind.INVALID
    says = mark("Say where the proof is: the number of the registered letter, or where the answer of the customer is.")


class WhyTakenBack(Refusal):
    code = "why_taken_back"
    kind = Kind.INVALID
    says = mark("Say why the interruption is taken back.")


class InterruptedInFuture(Refusal):
    code = "interrupted_in_future"
    kind = Kind.INVALID
    says = mark("{day} is still to come. Write an interruption down once it has happened.")


class InterruptedTooEarly(Refusal):
    code = "interrupted_too_early"
    kind = Kind.INVALID
    says = mark("{day} is before the invoice itself: then there was nothing to interrupt yet.")


class NoSuchInterruption(Refusal):
    code = "no_such_interruption"
    kind = Kind.NOT_FOUND
    says = mark("There is no interruption {interruption} that still stands.")


@transaction.atomic
def record(*, invoice: str, kind: Interruption, day: date, proof: str, actor: Actor, today: date) -> str:
    """Write down what interrupted the limitation of an invoice; return its public id. The same twice is one.

    Raises:
        NoSuchInvoice, ProofMissing, TooLong, InterruptedInFuture, InterruptedTooEarly: it cannot be written like this.
    """
    actor.must(Deed.RECORD_CALLS)
    about = invoices.find(invoice, actor=actor)
    words = names.fitting(proof.strip(), LONGEST)
    if not words:
        raise ProofMissing
    if day > today:
        raise InterruptedInFuture(day=day)
    if day < about.issue_date:
        raise InterruptedTooEarly(day=day)
    invoices.lock_debtor_of(about)
    same = that_stand(about.administration_id).filter(invoice=about, kind=kind.value, day=day).first()
    if same is not None:
        return str(same.public_id)
    row = _write(about, actor, today, kind=kind.value, day=day, proof=words)
    events.write("interruption.recorded", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, by=kind.value, on=day.isoformat(), interruption=row.public_id)  # fmt: skip
    return str(row.public_id)


@transaction.atomic
def take_back(*, interruption: str, reason: str, actor: Actor, today: date) -> None:
    """Take back an interruption that was written down by mistake: the term runs as if it had never been.

    Raises:
        NoSuchInterruption, WhyTakenBack, TooLong: there is no such interruption that stands, or no reason.
    """
    actor.must(Deed.RECORD_CALLS)
    words = names.fitting(reason.strip(), LONGEST)
    if not words:
        raise WhyTakenBack
    rows = that_stand(actor.administration_id).select_related("invoice").filter(public_id=interruption)
    if (found := rows.first()) is None:
        raise NoSuchInterruption(interruption=interruption)
    invoices.lock_debtor_of(found.invoice)
    if not rows.exists():  # somebody else was sooner
        raise NoSuchInterruption(interruption=interruption)
    _write(found.invoice, actor, today, proof=words, takes_back=found)
    events.write("interruption.taken_back", actor=actor, today=today, debtor_id=found.invoice.debtor_id,
                 invoice_id=found.invoice_id, invoice=found.invoice.number, reason=words)  # fmt: skip


def _write(about: Invoice, actor: Actor, today: date, **what: object) -> Row:
    return Row.objects.of(about.administration_id).create(
        administration_id=about.administration_id, invoice=about, recorded_on=today, user_id=actor.user_id, **what
    )
