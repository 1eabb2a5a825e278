"""What is owed by law, in the words of the language that is switched on, ready to be drawn: claim sheets."""

from __future__ import annotations

from django.utils.translation import gettext

from voldaan.formats import claim_pdf
from voldaan.look import words
from voldaan.queries.claims import BooksClaim, OneCurrency
from voldaan.rules.money import Money


def sheet(found: BooksClaim) -> claim_pdf.Sheet:
    """Put what is owed into words."""
    tongue = words.own_tongue()
    return claim_pdf.Sheet(
        title=gettext("What is owed"), sender=found.creditor, whose=found.debtor, invoice=found.invoice,
        language=tongue.language, on=found.on,
        until=gettext("up to and including {day}").format(day=tongue.day(found.on)),
        columns=[gettext("Invoice"), gettext("Due"), gettext("Amount"), gettext("Open"), gettext("Interest")],
        line_columns=[gettext("Invoice"), gettext("From"), gettext("Up to and including"), gettext("Days"),
                      gettext("A year"), gettext("Over"), gettext("Interest")],
        headings=[gettext("Invoices"), gettext("Interest"), gettext("Collection costs"), gettext("By law")],
        notes=[*([] if found.currencies else [gettext("Nothing is owed on that day.")]),
               *(words.said(note) for note in (*found.warnings, *found.notes))],
        parts=[_part(one) for one in found.currencies],
    )  # fmt: skip


def totals(one: OneCurrency) -> list[tuple[str, str]]:
    """Name what is left to pay in one currency, and the parts that it is made of; the last is the sum."""
    parts = (
        (gettext("Principal, open"), one.open_cents),
        (gettext("Interest"), one.interest_cents),
        (gettext("Collection costs"), one.costs_cents),
        (gettext("Total"), one.total_cents),
    )
    return [(name, _money(cents, one)) for name, cents in parts]


def _part(one: OneCurrency) -> claim_pdf.Part:
    tongue = words.own_tongue()
    items = [
        (item.invoice, tongue.short_day(item.due_date), _money(item.principal_cents, one), _money(item.open_cents, one),
         _money(item.interest_cents, one))
        for item in one.items
    ]  # fmt: skip
    lines = [
        (item.invoice, tongue.short_day(line.first), tongue.short_day(line.last), str(line.days),
         f"{line.rate_percent} %".replace(".", tongue.point), _money(line.base_cents, one), _money(line.cents, one))
        for item in one.items for line in item.lines
    ]  # fmt: skip
    why = [words.said(says, **facts) for says, facts in one.costs.why]
    return claim_pdf.Part(one.currency, totals(one), items, lines, why, [str(article) for article in one.articles])


def _money(cents: int, one: OneCurrency) -> str:
    return words.amount(Money(cents, one.currency))
