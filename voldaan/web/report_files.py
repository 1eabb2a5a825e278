"""The reports as files: all rows of what is asked, for Excel or as CSV."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext

from voldaan.look import words
from voldaan.look.spreadsheets import Cell, Total, csv_file, excel_file
from voldaan.queries import aging_list, credit_list, open_list
from voldaan.queries.aging import AgingRow
from voldaan.queries.aging_list import CENTS
from voldaan.queries.credit_list import ListedCredit
from voldaan.queries.open_list import ListedItem
from voldaan.rules.aging import BUCKETS
from voldaan.rules.money import Money
from voldaan.web.entered import Entered
from voldaan.web.report_asked import Asked, asked

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2**20  # bytes; a larger file is on disk, where it has no name
SHOWN = [*(bucket.column for bucket in BUCKETS), "credits_cents", "total_cents"]


def ageing(request: Entered, slug: str) -> HttpResponseBase:  # noqa: ARG001 - the entrance has read it
    """Hand over the ageing."""
    one = asked(request)
    rows = aging_list.every(moment=one.moment, order=one.order, currency=one.currency, actor=request.actor,
                            today=request.today)  # fmt: skip
    titles = [gettext("Customer"), gettext("Currency"), *(words.said(bucket.label) for bucket in BUCKETS),
              gettext("credits"), gettext("Balance")]  # fmt: skip
    return _file(request, one, gettext("Ageing").lower(), titles, _aged(rows))


def open_items(request: Entered, slug: str) -> HttpResponseBase:  # noqa: ARG001 - the entrance has read it
    """Hand over the open items."""
    one = _asked(request)
    rows = open_list.every(moment=one.moment, which=one.which, actor=request.actor, today=request.today)
    titles = [gettext("Invoice"), gettext("Customer"), gettext("Issued"), gettext("Due"), gettext("Days late"),
              gettext("Currency"), gettext("Amount"), gettext("Settled"), gettext("Open")]  # fmt: skip
    return _file(request, one, gettext("Open").lower(), titles, _items(rows))


def credits_(request: Entered, slug: str) -> HttpResponseBase:  # noqa: ARG001 - the entrance has read it
    """Hand over the credits."""
    one = replace(_asked(request), stretch="")
    rows = credit_list.every(moment=one.moment, which=one.which, actor=request.actor, today=request.today)
    titles = [gettext("Credit"), gettext("Customer"), gettext("Date"), gettext("Currency"), gettext("Amount"),
              gettext("Used"), gettext("Left")]  # fmt: skip
    return _file(request, one, gettext("Credits").lower(), titles, _credits(rows))


def _asked(request: Entered) -> Asked:
    """Read what is asked; a customer who is not here is not found."""
    one = asked(request)
    if one.debtor:
        open_list.called(one.debtor, actor=request.actor)
    return one


def _aged(rows: Iterable[AgingRow]) -> Iterator[Sequence[Cell]]:
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        sums.setdefault(row.currency, Counter()).update({name: getattr(row, name) for name in CENTS})
        yield [row.debtor, row.currency, *(Money(getattr(row, name), row.currency) for name in SHOWN)]
    for currency, cents in sums.items():
        yield Total([gettext("Total"), currency, *(Money(cents[name], currency) for name in SHOWN)])


def _items(rows: Iterable[ListedItem]) -> Iterator[Sequence[Cell]]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.currency] += row.open_cents
        number = f"{row.invoice} ({row.instalment})" if row.instalment > 1 else row.invoice
        amounts = (Money(cents, row.currency) for cents in (row.amount_cents, row.settled_cents, row.open_cents))
        yield [number, row.debtor, row.issue_date, row.due_date, row.days_overdue, row.currency, *amounts]
    for currency, cents in sorted(sums.items()):
        yield Total([gettext("Total"), None, None, None, None, currency, None, None, Money(cents, currency)])


def _credits(rows: Iterable[ListedCredit]) -> Iterator[Sequence[Cell]]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.currency] += row.open_cents
        amounts = (Money(cents, row.currency) for cents in (row.amount_cents, row.used_cents, row.open_cents))
        yield [row.note or words.said(row.origin), row.debtor, row.value_date, row.currency, *amounts]
    for currency, cents in sorted(sums.items()):
        yield Total([gettext("Total"), None, None, currency, None, None, Money(cents, currency)])


def _file(request: Entered, one: Asked, what: str, titles: Sequence[str],
          rows: Iterable[Sequence[Cell]]) -> FileResponse:  # fmt: skip
    return handed(request, what, one.on or request.today, titles, rows)


def handed(request: Entered, what: str, on: date, titles: Sequence[str],
           rows: Iterable[Sequence[Cell]]) -> FileResponse:  # fmt: skip
    """Hand over a file, written down first, so that a fault is told before the first byte leaves."""
    about = f"{what}-{request.books.slug}-{on}"
    out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    if request.GET.get("vorm") == "csv":
        text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        csv_file(text, titles, rows, point=words.own_tongue().point)
        text.detach()
        name, kind = f"{about}.csv", "text/csv; charset=utf-8"
    else:
        excel_file(out, f"{what} {on}", titles, rows)
        name, kind = f"{about}.xlsx", EXCEL
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=kind)
