"""The verb that hands over to the bookkeeping what was received and matched: each booking in one file, once."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import TemporaryFile

from django.db import transaction

from voldaan.formats import ledger_file
from voldaan.formats.ledger_file import Layout
from voldaan.records import documents
from voldaan.records import exports as records
from voldaan.records.administrations import Administration
from voldaan.records.exports import Export
from voldaan.rules.exports import SETTINGS, MatchedPayment
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import events, ledger

NAMED = 5  # customers in a refusal


class NoSuchLayout(Refusal):
    code = "no_such_layout"
    kind = Kind.INVALID
    says = mark("There is no layout {layout}. Choose one of: {known}.")


class NothingNew(Refusal):
    code = "nothing_new_to_export"
    kind = Kind.CONFLICT
    says = mark("Nothing new was matched since the last export. That one can be had again.")


class CodesMissing(Refusal):
    code = "ledger_codes_missing"
    kind = Kind.CONFLICT
    says = mark(
        "{layout} asks for codes of your bookkeeping that are not known here: {codes}. An owner says them once, in the "
        "settings, or with: voldaan settings NAME CODE. Nothing was exported."
    )


class CustomersWithoutNumber(Refusal):
    code = "customers_without_number"
    kind = Kind.CONFLICT
    says = mark(
        "{layout} knows customers by their number, and these have none: {customers}. Take in a list that has their "
        "numbers, or choose another layout. Nothing was exported."
    )


class OnlyEuros(Refusal):
    code = "only_euros"
    kind = Kind.CONFLICT
    says = mark("{layout} takes euros only, and there is a payment in {currency}. Choose another layout, such as CSV.")


@transaction.atomic
def hand_over(*, layout: str, actor: Actor, today: date) -> str:
    """Write what was matched since the last export in a file, and mark it as handed over; return the export's id.

    The file is kept as it left: `queries.exports.again` gives it. Two at once are one after the other: the second
    finds nothing new.

    Raises:
        NoSuchLayout, NothingNew: there is nothing to write, or no such way to.
        CodesMissing, CustomersWithoutNumber, OnlyEuros: the package could not take it in like this.
    """
    actor.must(Deed.ALLOCATE)
    if layout not in ledger_file.layouts():
        raise NoSuchLayout(layout=layout, known=", ".join(ledger_file.layouts()))
    form, books = ledger_file.layouts()[layout], actor.administration_id
    through = ledger.lock_numbers(actor).booking_number
    after = records.handed_over(books)
    told = Administration.objects.values("slug", "country", *SETTINGS.values()).get(pk=books)
    codes = form.filled({code: told[setting] for code, setting in SETTINGS.items()}, told["country"])
    seen = _Seen(form, codes)
    with TemporaryFile() as file:
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        rows = records.matched(books, number__gt=after, number__lte=through)
        ledger_file.write(text, form, seen.looked_at(rows), codes)
        text.detach()
        seen.must_fit()
        number = Export.objects.of(books).count() + 1
        document = documents.keep(file, administration_id=books, media_type=ledger_file.MEDIA[form.ending],
                                  name=f"{told['slug']}-{layout}-{number:04}.{form.ending}")  # fmt: skip
    made = Export.objects.of(books).create(
        administration_id=books, number=number, after=after, through=through, layout=layout, rows=seen.rows,
        totals=seen.cents, document=document, made_on=today, user_id=actor.user_id,
    )  # fmt: skip
    events.write("payments.exported", actor=actor, today=today, export=number, layout=form.name, count=seen.rows)
    return str(made.public_id)


class _Seen:
    """What passed by on its way to the file: the sums, and what the package could not take in."""

    def __init__(self, layout: Layout, codes: dict[str, str]) -> None:
        self._layout, self._codes = layout, codes
        self.rows = 0
        self.cents: Counter[str] = Counter()
        self._whats: set[str] = set()
        self._unnumbered: dict[str, None] = {}

    def looked_at(self, rows: Iterable[MatchedPayment]) -> Iterator[MatchedPayment]:
        for row in rows:
            self.rows += 1
            self.cents[row.currency] += row.cents
            self._whats.add(row.what)
            if not row.debtor_number and len(self._unnumbered) < NAMED:
                self._unnumbered[row.debtor] = None
            yield row

    def must_fit(self) -> None:
        """Refuse the file that was written, where its package could not take it in."""
        form = self._layout
        if not self.rows:
            raise NothingNew
        if lacking := form.lacks(self._codes, sorted(self._whats)):
            raise CodesMissing(layout=form.name, codes=", ".join(SETTINGS[code] for code in lacking))
        if form.numbered_customers and self._unnumbered:
            raise CustomersWithoutNumber(layout=form.name, customers=", ".join(self._unnumbered))
        if not form.any_currency and (others := sorted(set(self.cents) - {"EUR"})):
            raise OnlyEuros(layout=form.name, currency=others[0])
