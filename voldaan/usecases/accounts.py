"""Verbs on the accounts that customers pay to: add one, put one first, say that one is blocked, remove one."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.administrations import Administration, OwnAccount
from voldaan.rules import references
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events
from voldaan.usecases.administrations import NotAnIban


class AccountIsThere(Refusal):
    code = "account_is_there"
    kind = Kind.CONFLICT
    says = mark("{iban} is one of your accounts already.")


class NoSuchAccount(Refusal):
    code = "no_such_account"
    kind = Kind.NOT_FOUND
    says = mark("{iban} is none of your accounts.")


class LastAccount(Refusal):
    code = "last_account"
    kind = Kind.CONFLICT
    says = mark("{iban} is the only account that customers can pay to. Add another first.")


class FirstIsFree(Refusal):
    code = "first_is_free"
    kind = Kind.CONFLICT
    says = mark("Customers are asked to pay to {iban}, so it cannot be a blocked account. Put another account first.")


@transaction.atomic
def add(*, iban: str, actor: Actor, today: date) -> None:
    """Add an account, behind those that are there.

    Raises:
        NotAnIban, AccountIsThere: it cannot be.
    """
    actor.must(Deed.CHANGE_SENDER)
    number = references.iban(iban)
    if number is None:
        raise NotAnIban(iban=iban[: references.LONGEST])
    there = _there(actor)
    if number in {one.iban for one in there}:
        raise AccountIsThere(iban=references.print_iban(number))
    OwnAccount.objects.of(actor.administration_id).create(
        administration_id=actor.administration_id, iban=number, position=there[-1].position + 1 if there else 0
    )
    events.write("account.added", actor=actor, today=today, iban=number)


@transaction.atomic
def put_first(*, iban: str, actor: Actor, today: date) -> None:
    """Ask customers to pay to this account from now on; where it is the first already, nothing happens.

    What was released with the account of before does not leave with it: it comes back, and is decided again.

    Raises:
        NoSuchAccount: it is none of ours.
        FirstIsFree: it is a blocked account.
    """
    actor.must(Deed.CHANGE_SENDER)
    there = _there(actor)
    chosen, before = _found(iban, there), there[0].iban
    if chosen.iban == before:
        return
    if chosen.is_blocked:
        raise FirstIsFree(iban=references.print_iban(chosen.iban))
    for position, one in enumerate([chosen, *(one for one in there if one != chosen)]):
        one.position = position
        one.save(update_fields=["position"])
    events.write("account.put_first", actor=actor, today=today, iban=chosen.iban, before=before)


@transaction.atomic
def block(*, iban: str, is_blocked: bool = True, actor: Actor, today: date) -> None:
    """Say that an account is a blocked one (G-rekening), or that it is not; twice does no harm.

    Customers of work in a chain pay a part of each invoice to it, so a part on it is expected.

    Raises:
        NoSuchAccount: it is none of ours.
        FirstIsFree: customers are asked to pay to it.
    """
    actor.must(Deed.CHANGE_SENDER)
    there = _there(actor)
    chosen = _found(iban, there)
    if is_blocked and chosen == there[0]:
        raise FirstIsFree(iban=references.print_iban(chosen.iban))
    if chosen.is_blocked == is_blocked:
        return
    chosen.is_blocked = is_blocked
    chosen.save(update_fields=["is_blocked"])
    if is_blocked:
        events.write("account.blocked", actor=actor, today=today, iban=chosen.iban)
    else:
        events.write("account.unblocked", actor=actor, today=today, iban=chosen.iban)


@transaction.atomic
def remove(*, iban: str, actor: Actor, today: date) -> None:
    """Remove an account; what was paid on it stays in the books.

    Raises:
        NoSuchAccount, LastAccount, FirstIsFree: it cannot be.
    """
    actor.must(Deed.CHANGE_SENDER)
    there = _there(actor)
    chosen = _found(iban, there)
    rest = [one for one in there if one != chosen]
    if rest and rest[0].is_blocked:
        raise FirstIsFree(iban=references.print_iban(rest[0].iban))
    if len(there) == 1:
        raise LastAccount(iban=references.print_iban(chosen.iban))
    chosen.delete()
    events.write("account.removed", actor=actor, today=today, iban=chosen.iban)


def _there(actor: Actor) -> list[OwnAccount]:
    """Give the accounts, the first one first, and keep others from changing them meanwhile."""
    Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    return list(OwnAccount.objects.of(actor.administration_id).all())


def _found(iban: str, there: list[OwnAccount]) -> OwnAccount:
    number = references.iban(iban)
    found = next((one for one in there if one.iban == number), None)
    if found is None:
        raise NoSuchAccount(iban=iban[: references.LONGEST])
    return found
