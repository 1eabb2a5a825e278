"""Verbs on payment terms: say what a due date rests on, from which default and interest follow."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.receivables import Receivable
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.terms import TermBasis
from voldaan.usecases import debtors, events, invoices, lowering, strategies
from voldaan.usecases.write_offs import ReasonMissing


class NothingToSay(Refusal):
    code = "no_term_to_say"
    kind = Kind.CONFLICT
    says = mark("There is nothing of which the term was something else. Nothing was changed.")


@transaction.atomic
def rests_on(*, basis: TermBasis, reason: str, invoice: str = "", debtor: str = "", actor: Actor, today: date) -> int:
    """Say what the due date of an invoice rests on, or those of all open items of a customer; return how many changed.

    The reason says what proves it: the contract, the terms that were accepted.

    Raises:
        ReasonMissing, NoSuchInvoice, NoSuchDebtor: the words are wrong.
        NothingToSay: it was so already.
    """
    actor.must(Deed.CHANGE_DEBTORS)
    assert bool(invoice) != bool(debtor), "an invoice or a customer"
    if not reason.strip():
        raise ReasonMissing
    paper = invoices.find(invoice, actor=actor) if invoice else None
    whose = paper.debtor_id if paper else debtors.find(debtor, actor=actor).pk
    Debtor.objects.of(actor.administration_id).locked().get(pk=whose)
    items = Receivable.objects.of(actor.administration_id).filter(debtor=whose, kind=ReceivableKind.PRINCIPAL.value)
    items = items.filter(invoice=paper) if paper else items.still_open()
    changed = items.exclude(term_basis=basis.value).update(term_basis=basis.value)
    if not changed:
        raise NothingToSay
    strategies.look_again_at_all(actor.administration_id, debtor_id=whose)
    events.write("term.told", actor=actor, today=today, debtor_id=whose, invoice_id=paper.pk if paper else None,
                 basis=basis.value, reason=reason.strip(), count=changed)  # fmt: skip
    lowering.lower([whose], actor=actor, today=today)
    return changed
