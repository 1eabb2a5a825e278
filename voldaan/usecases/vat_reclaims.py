"""Verbs on VAT on bad debts: say that it is certain that nobody pays, and write down what was put in a return."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Count

from voldaan.records import vat_returns
from voldaan.records.receivables import Receivable
from voldaan.records.vat_reclaims import SAID, VatReclaim, that_stand
from voldaan.rules import names
from voldaan.rules.bad_debt_vat import Reclaim, bounds
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, invoices, ledger
from voldaan.usecases.write_offs import ReasonMissing

LONGEST: int = VatReclaim._meta.get_field("reason").max_length or 0  # noqa: SLF001 - Django's documented way


class ReturnNotOver(Refusal):
    code = "return_not_over"
    kind = Kind.CONFLICT
    says = mark("The period {period} is not over yet: what is paid until then changes the amounts.")


class NothingToPutIn(Refusal):
    code = "nothing_to_put_in"
    kind = Kind.CONFLICT
    says = mark("Everything of {period} is written down as put in already, or there is nothing.")


class NothingPutIn(Refusal):
    code = "nothing_put_in"
    kind = Kind.CONFLICT
    says = mark("Nothing is written down as put in the return of {period}.")


class LaterReturnFirst(Refusal):
    code = "later_return_first"
    kind = Kind.CONFLICT
    says = mark("The return of {later} reckons with that of {period}. Take back what you put in that one first.")


class WhyNotInReturn(Refusal):
    code = "why_not_in_return"
    kind = Kind.INVALID
    says = mark("Say why these amounts are not in the return after all.")


class NotSaidCertain(Refusal):
    code = "not_said_certain"
    kind = Kind.CONFLICT
    says = mark("Nobody said that it is certain that invoice {invoice} is not paid, or it was taken back already.")


class InReturn(Refusal):
    code = "in_return"
    kind = Kind.CONFLICT
    says = mark(
        "The VAT on invoice {invoice} is written down as put in the return of {period}. Take back what you put in that "
        "one first."
    )


class CertainInFuture(Refusal):
    code = "certain_in_future"
    kind = Kind.INVALID
    says = mark("{day} is still to come. Say it once it is certain.")


@transaction.atomic
def put_in(*, period: str, actor: Actor, today: date) -> int:
    """Write down that all of a period was put in its return: what comes back, and what is due again; count it.

    Raises:
        NotAPeriod, ReturnNotOver, NothingToPutIn: there is nothing to write down, or not yet.
    """
    actor.must(Deed.WRITE_OFF)
    ledger.lock_numbers(actor)  # a second press waits, and finds it done
    paper = vat_returns.workpaper(actor.administration_id, period, today)
    period = paper.period  # where none is named: the last that is over
    if not paper.is_over:
        raise ReturnNotOver(period=period)
    lines = [line for line in (*paper.claims, *paper.due_again) if not line.is_recorded]
    if not lines:
        raise NothingToPutIn(period=period)
    items = Receivable.objects.of(actor.administration_id).filter(invoice__public_id__in={line.id for line in lines})
    keys = {
        (id_, instalment): pk for pk, id_, instalment in items.values_list("pk", "invoice__public_id", "instalment")
    }
    before = VatReclaim.objects.of(actor.administration_id).filter(kind=Reclaim.RETURN.value, period=period)
    turns = dict(before.values_list("receivable").annotate(Count("pk")))
    VatReclaim.objects.of(actor.administration_id).bulk_create(
        VatReclaim(
            administration_id=actor.administration_id, receivable_id=keys[line.id, line.instalment],
            kind=Reclaim.RETURN.value, day=today, period=period, vat_cents=line.vat_cents or 0, recorded_on=today,
            user_id=actor.user_id, turn=turns.get(keys[line.id, line.instalment], 0),
        )
        for line in lines
    )  # fmt: skip
    events.write("vat.recorded", actor=actor, today=today, count=len(lines), period=period)
    return len(lines)


@transaction.atomic
def take_back(*, period: str, reason: str, actor: Actor, today: date) -> int:
    """Take back that a period was put in its return, for it is not in there after all; count the lines.

    Raises:
        WhyNotInReturn, TooLong, NotAPeriod, NothingPutIn, LaterReturnFirst: there is nothing to take back, or not yet.
    """
    actor.must(Deed.WRITE_OFF)
    words = names.fitting(reason.strip(), LONGEST)
    if not words:
        raise WhyNotInReturn
    _, last = bounds(period)
    ledger.lock_numbers(actor)  # a second press waits, and finds it done
    put = that_stand(actor.administration_id).filter(kind=Reclaim.RETURN.value)
    rows = list(put.filter(period=period))
    if not rows:
        raise NothingPutIn(period=period)
    others = put.filter(receivable__in=[row.receivable_id for row in rows]).values_list("period", flat=True)
    if later := max((one for one in others if bounds(one)[1] > last), key=bounds, default=""):
        raise LaterReturnFirst(later=later, period=period)
    VatReclaim.objects.of(actor.administration_id).bulk_create(
        VatReclaim(
            administration_id=actor.administration_id, receivable_id=row.receivable_id, kind=Reclaim.UNDONE.value,
            day=today, reason=words, recorded_on=today, user_id=actor.user_id, takes_back=row,
        )
        for row in rows
    )  # fmt: skip
    events.write("vat.taken_back", actor=actor, today=today, count=len(rows), period=period, reason=words)
    return len(rows)


@transaction.atomic
def certain(*, invoice: str, day: date, reason: str, is_bankrupt: bool = False, actor: Actor, today: date) -> None:
    """Say that it is certain since a day that an invoice is not paid, and why. The same invoice twice is once.

    Raises:
        NoSuchInvoice, ReasonMissing, TooLong, CertainInFuture: it cannot be said like this.
    """
    actor.must(Deed.WRITE_OFF)
    about = invoices.find(invoice, actor=actor)
    words = names.fitting(reason.strip(), LONGEST)
    if not words:
        raise ReasonMissing
    if day > today:
        raise CertainInFuture(day=day)
    invoices.lock_debtor_of(about)
    every = VatReclaim.objects.of(about.administration_id).filter(kind__in=SAID)
    said = that_stand(about.administration_id).filter(kind__in=SAID)
    items = Receivable.objects.of(about.administration_id).filter(
        invoice=about, kind=ReceivableKind.PRINCIPAL.value
    )  # fmt: skip
    new = list(items.exclude(pk__in=said.values("receivable")))
    if not new:
        return
    turns = dict(every.filter(receivable__in=new).order_by().values_list("receivable").annotate(Count("pk")))
    VatReclaim.objects.of(about.administration_id).bulk_create(
        VatReclaim(
            administration_id=about.administration_id, receivable=item, day=day, reason=words, recorded_on=today,
            kind=(Reclaim.BANKRUPT if is_bankrupt else Reclaim.CERTAIN).value, user_id=actor.user_id,
            turn=turns.get(item.pk, 0),
        )
        for item in new
    )  # fmt: skip
    events.write("vat.certain", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, reason=words)  # fmt: skip


@transaction.atomic
def not_certain(*, invoice: str, reason: str, actor: Actor, today: date) -> None:
    """Take back that it is certain that an invoice is not paid. It can be said again.

    Raises:
        NoSuchInvoice, ReasonMissing, TooLong, NotSaidCertain, InReturn: there is nothing to take back, or not yet.
    """
    actor.must(Deed.WRITE_OFF)
    about = invoices.find(invoice, actor=actor)
    words = names.fitting(reason.strip(), LONGEST)
    if not words:
        raise ReasonMissing
    invoices.lock_debtor_of(about)
    ledger.lock_numbers(actor)  # nothing is put in a return meanwhile, and a second press waits
    stands = that_stand(about.administration_id).filter(receivable__invoice=about)
    rows = list(stands.filter(kind__in=SAID))
    if not rows:
        raise NotSaidCertain(invoice=about.number)
    returns = stands.filter(kind=Reclaim.RETURN.value).values_list("period", flat=True)
    if period := max(returns, key=bounds, default=""):
        raise InReturn(invoice=about.number, period=period)
    VatReclaim.objects.of(about.administration_id).bulk_create(
        VatReclaim(
            administration_id=about.administration_id, receivable_id=row.receivable_id, kind=Reclaim.UNDONE.value,
            day=today, reason=words, recorded_on=today, user_id=actor.user_id, takes_back=row,
        )
        for row in rows
    )  # fmt: skip
    events.write("vat.not_certain", actor=actor, today=today, debtor_id=about.debtor_id, invoice_id=about.pk,
                 invoice=about.number, reason=words)  # fmt: skip
