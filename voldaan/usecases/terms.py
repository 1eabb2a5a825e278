"""The verb on payment terms: write the next version of what holds for consumers, or for businesses."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.terms import TermSetVersion, days_at
from voldaan.rules.law import DebtorKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.term_sets import TermSet, read, written
from voldaan.rules.term_warnings import check
from voldaan.usecases import events

KINDS = (DebtorKind.BUSINESS, DebtorKind.CONSUMER)


class NewerTerms(Refusal):
    code = "newer_terms"
    kind = Kind.CONFLICT
    says = mark("These terms have a version {version} meanwhile. Look at that one first. Nothing was kept.")


class TermsGoForward(Refusal):
    code = "terms_go_forward"
    kind = Kind.CONFLICT
    says = mark(
        "Terms that held on the day of an invoice stay as they were, so new ones cannot hold from {day}. Choose "
        "{today} or later."
    )
    place = "valid_from"  # the field of the form where it is shown


class ForNobody(Refusal):
    code = "terms_for_nobody"
    kind = Kind.INVALID
    says = mark("There are terms for consumers and for businesses; public bodies have those of businesses.")


@transaction.atomic
def agree_terms(*, kind: DebtorKind, terms: TermSet, valid_from: date, after: int | None = None, actor: Actor,
                today: date) -> int:  # fmt: skip
    """Write the terms for a kind of customer, or the next version of them; give its number.

    They are for invoices from `valid_from` on. The same again is the same version. The first may have begun in the
    past; later ones change nothing that was. `after` is the version that whoever wrote it had before him; 0: there was
    none.

    Raises:
        UnlawfulTerms: the law does not allow them.
        NewerTerms: `after` is not the newest any more.
        TermsGoForward: they would change what held before today.
        ForNobody: of that kind there are no terms.
    """
    actor.must(Deed.CHANGE_SETTINGS)
    if kind not in KINDS:
        raise ForNobody
    books = Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    check(terms, COUNTRIES[books.country], kind, valid_from)
    versions = TermSetVersion.objects.of(books.pk).filter(kind=kind.value)
    last = versions.order_by("-number").first()
    if last is not None and last.valid_from == valid_from and read(last.content) == terms:
        return last.number
    number = last.number + 1 if last else 1
    if after is not None and after != number - 1:
        raise NewerTerms(version=number - 1)
    if last is not None and valid_from < today:
        raise TermsGoForward(day=valid_from, today=today)
    versions.create(
        administration_id=books.pk, kind=kind.value, number=number, valid_from=valid_from, made_on=today,
        content=written(terms),
    )  # fmt: skip
    if kind is DebtorKind.BUSINESS:
        # Where terms were not agreed as yet, and where only one term is shown, it is the one of today.
        books.payment_term_days = days_at(books.pk)(kind.value, today)
        books.save(update_fields=["payment_term_days"])
    events.write(
        "terms.agreed", actor=actor, today=today, whom=kind.value, version=number, valid_from=valid_from.isoformat()
    )
    return number
