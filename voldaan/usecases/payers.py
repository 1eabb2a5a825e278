"""What was learned of payers: which account pays for which customer, forgotten by a person and remembered again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.bank import BankTransaction
from voldaan.records.debtors import Debtor, PayerAlias
from voldaan.records.events import Event
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.receipts import ReceiptState
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, matching

WAITING = [ReceiptState.PROPOSED.value, ReceiptState.UNMATCHED.value]


class NoSuchPayer(Refusal):
    code = "no_such_payer"
    kind = Kind.CONFLICT
    says = mark("It is not known that account {iban} pays for this customer.")


@transaction.atomic
def forget(*, debtor: str, iban: str, actor: Actor, today: date) -> None:
    """Forget that an account pays for a customer (public id), until that is learned anew.

    What waits from that account is looked at again, without it.

    Raises:
        NoSuchPayer: there is nothing to forget.
    """
    actor.must(Deed.ALLOCATE)
    owner = _locked(debtor, iban, actor)
    row = PayerAlias.objects.of(actor.administration_id).filter(debtor=owner, iban=iban).first()
    if row is None:
        raise NoSuchPayer(iban=iban)
    row.delete()
    last = row.last_seen_on.isoformat() if row.last_seen_on else ""
    events.write("payer.forgotten", actor=actor, today=today, debtor_id=owner.pk, iban=iban, seen=row.seen, last=last,
                 told=row.is_told)  # fmt: skip
    _look_again(iban, actor, today)


@transaction.atomic
def remember(*, debtor: str, iban: str, actor: Actor, today: date) -> None:
    """Take it back that an account was forgotten: it is known as before. Twice does no harm.

    Raises:
        NoSuchPayer: nobody ever forgot it.
    """
    actor.must(Deed.ALLOCATE)
    owner = _locked(debtor, iban, actor)
    forgotten = Event.objects.of(actor.administration_id).filter(kind="payer.forgotten", debtor_id=owner.pk)
    said = next((facts for facts in forgotten.order_by("-number").values_list("facts", flat=True)
                 if facts["iban"] == iban), None)  # fmt: skip
    if said is None:
        raise NoSuchPayer(iban=iban)
    last = date.fromisoformat(said["last"]) if said["last"] else None
    was = {"seen": said["seen"], "last_seen_on": last, "is_told": said["told"]}
    _, is_new = PayerAlias.objects.of(actor.administration_id).get_or_create(
        administration_id=actor.administration_id, debtor=owner, iban=iban, defaults=was
    )
    if is_new:
        events.write("payer.remembered", actor=actor, today=today, debtor_id=owner.pk, iban=iban)
        _look_again(iban, actor, today)


def _locked(debtor: str, iban: str, actor: Actor) -> Debtor:
    owner = Debtor.objects.of(actor.administration_id).locked().filter(public_id=debtor, merged_into=None).first()
    if owner is None:
        raise NoSuchPayer(iban=iban)
    return owner


def _look_again(iban: str, actor: Actor, today: date) -> None:
    """Propose anew what waits from this account; nothing is booked by itself because somebody tidied up."""
    rows = BankTransaction.objects.of(actor.administration_id).filter(state__in=WAITING, counterparty_iban=iban)
    matching.propose_again(*rows.values_list("pk", flat=True), actor=actor, today=today)
