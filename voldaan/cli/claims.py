"""The command that draws up a claim sheet: claim. From the books, or without a database from what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from voldaan.cli.cells import PERCENT, rates_of
from voldaan.cli.output import show
from voldaan.cli.shell import DAY, FILES, Shell, Verb, in_words, layouts, pass_shell
from voldaan.countries import COUNTRIES, law
from voldaan.countries.eu import ECONOMIC_AREA, GENERIC, MEMBERS
from voldaan.rules.claims import Basis, ClaimSheet
from voldaan.rules.country import Country
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Payment
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import LARGEST_CENTS, Money, TooLarge, typed
from voldaan.rules.rates import RateSchedule
from voldaan.rules.refusals import Kind, Refusal, mark


class NothingClaimed(Refusal):
    code = "nothing_claimed"
    kind = Kind.INVALID
    says = mark("Amounts of a claim must be more than zero, not {amount}.")


class NoSurcharge(Refusal):
    code = "no_surcharge"
    kind = Kind.INVALID
    says = mark("The law of this country has no VAT on top of collection costs. Leave --vat-on-costs out.")


NO_LAW_THERE = mark(
    "“{value}” is no country of the European Union: the law there is not built in, and the European directive is no "
    "law there. If your contract names the law of another country, type that one, like NL."
)
NOT_CHECKED_THERE = mark(
    "“{value}” is in the European Economic Area, not in the European Union. The law there is not built in, and what "
    "became of the European directive there was not checked, so nothing is reckoned. If your contract names the law of "
    "another country, type that one, like NL."
)
NO_COSTS = mark("With --no-costs there are no collection costs. Leave --no-costs out, or {option}.")
NEEDS = mark(
    "With --principal also type --due, --country and --debtor ({kinds}), and no invoice. From the books: an invoice, "
    "or --debtor with a customer."
)
NOT_OF_BOOKS = mark(
    "{option} goes with --principal. From the books come the payments, the terms and the law. Leave {option} out."
)
FROM_BOOKS = mark("Of which invoice, or with --debtor of which customer? Or type --principal.")
PDF_OF_BOOKS = mark("--pdf writes what an invoice or a customer of the books owes. Leave --principal out, or --pdf.")
OF_BOOKS = {"invoice", "debtor", "on", "layout", "pdf"}
PAID_LATER = mark("Not counted: {amount} of {day}, paid after {on}.")


class CountryCode(click.ParamType[Country]):
    """Two letters; a member state whose law is not built in has that of the European directive."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Country:
        """Read `NL`."""
        if isinstance(value, Country):
            return value
        if not (len(value) == 2 and value.isascii() and value.isalpha()):
            self.fail(in_words(mark("“{value}” is not a country. Type two letters, like NL."), value=value), param, ctx)
        code = value.upper()
        if code not in COUNTRIES and code not in MEMBERS:
            says = NOT_CHECKED_THERE if code in ECONOMIC_AREA else NO_LAW_THERE
            self.fail(in_words(says, value=value), param, ctx)
        return COUNTRIES.get(code, GENERIC)


class Paid(click.ParamType[tuple[date, str]]):
    """A day and an amount."""

    name = "paid"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, str]:
        """Read `2027-03-01=50.00`."""
        if isinstance(value, tuple):
            return value
        day, sign, amount = value.partition("=")
        if not sign:
            says = mark("“{value}” is no payment. Type the day and the amount, like 2027-03-01=50.00.")
            self.fail(in_words(says, value=value), param, ctx)
        return DAY.convert(day, param, ctx), amount


class Percent(click.ParamType[Decimal]):
    """A rate, in percent a year."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read `8` or `8.25`."""
        if isinstance(value, Decimal):
            return value
        if not PERCENT.fullmatch(value):
            says = mark("“{value}” is not a percentage. Type it like 8.25.")
            self.fail(in_words(says, value=value), param, ctx)
        return Decimal(value)


@click.command(cls=Verb, help=mark("Show what is owed on a day: principal, interest per period and costs, by law."))
@click.argument("invoice", required=False)
@click.option("--principal", metavar="AMOUNT", help=mark("What the invoice claims, VAT included."))
@click.option("--due", type=DAY, help=mark("The due date; interest runs from the next day."))
@click.option(
    "--country",
    type=CountryCode(),
    metavar="CODE",
    help=mark("Whose law: NL, BE or another country of the EU."),
)
@click.option(
    "--debtor",
    metavar="WHO",
    help=mark("Who owes: consumer, business or public_body; from the books, a customer by id or number."),
)
@click.option("--on", type=DAY, help=mark("The day of the claim, also a past or future one; else today."))
@click.option("--paid", type=Paid(), multiple=True, metavar="DATE=AMOUNT", help=mark("A payment; may be repeated."))
@click.option("--agreed-rate", type=Percent(), metavar="PERCENT", help=mark("The rate that was agreed, a year."))
@click.option("--agreed-costs", metavar="AMOUNT", help=mark("The costs that the terms ask."))
@click.option("--no-costs", is_flag=True, help=mark("Claim no collection costs."))
@click.option("--vat-on-costs", is_flag=True,
              help=mark("Add VAT to the costs: another collects, you cannot deduct it, and you said so."))  # fmt: skip
@click.option("--day-count", type=click.Choice([count.value for count in DayCount]), default=DayCount.ACT_ACT.value,
              help=mark("What part of a year a day is."))  # fmt: skip
@click.option(
    "--rates", type=FILES, metavar="FILE", help=mark("CSV of rates that were published since; no books are read.")
)
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help=mark("Of the books: also write the sheet to this file, as a PDF."))  # fmt: skip
@layouts
@pass_shell
def claim(shell: Shell, invoice: str | None, principal: str | None, due: date | None, country: Country | None,
          debtor: str | None, on: date | None,
          paid: tuple[tuple[date, str], ...], agreed_rate: Decimal | None, agreed_costs: str | None, no_costs: bool,
          vat_on_costs: bool, day_count: str, rates: Path | None, pdf: Path | None, layout: str) -> None:  # fmt: skip
    """Draw up a claim sheet."""
    if principal is None:
        _nothing_else_typed()
        _from_books(shell, invoice or "", debtor or "", on, layout, pdf)
        return
    if pdf is not None:
        raise click.UsageError(in_words(PDF_OF_BOOKS))
    kinds = [kind.value for kind in DebtorKind]
    if due is None or country is None or debtor not in kinds or invoice:
        raise click.UsageError(in_words(NEEDS, kinds=", ".join(kinds)))
    for option, is_given in (("--agreed-costs", agreed_costs is not None), ("--vat-on-costs", vat_on_costs)):
        if no_costs and is_given:
            raise click.UsageError(in_words(NO_COSTS, option=option))
    basis = Basis(
        law(rates_of(rates))[country.code], DebtorKind(debtor), DayCount(day_count),
        agreed_rate=None if agreed_rate is None else RateSchedule.fixed(agreed_rate),
        agreed_costs_cents=None if agreed_costs is None else _cents(agreed_costs),
        asks_costs=not no_costs,
        asks_vat=vat_on_costs,
    )  # fmt: skip
    if vat_on_costs and not (basis.law.costs and basis.law.costs.surcharge):
        raise NoSurcharge
    payments = [Payment(day, _cents(amount)) for day, amount in paid]
    sheet = basis.sheet(
        [basis.claim("", _cents(principal), due)], payments, on=on or shell.moment(country.time_zone).date()
    )
    if sheet.principal_cents + sheet.interest_cents > LARGEST_CENTS:
        raise TooLarge
    if layout == "json":
        show(as_json(sheet), layout)
    else:
        show(list(_rows(sheet, layout)), layout)
    later = [payment for payment in payments if payment.day > sheet.on]
    left_out = [in_words(PAID_LATER, amount=Money(one.cents), day=one.day, on=sheet.on) for one in later]
    for note in [*map(in_words, sheet.notes), *left_out]:
        click.echo(note, err=layout != "table")


def _nothing_else_typed() -> None:
    """Refuse an option that the books would not heed: an answer without it would look like one with it."""
    at = click.get_current_context()
    for one in at.command.params:
        given = at.get_parameter_source(one.name or "") is ParameterSource.COMMANDLINE
        if given and one.name not in OF_BOOKS:
            raise click.UsageError(in_words(NOT_OF_BOOKS, option=one.opts[0]))


def _from_books(shell: Shell, invoice: str, debtor: str, on: date | None, layout: str, pdf: Path | None) -> None:
    """Draw up what an invoice or a customer of the books owes."""
    if bool(invoice) == bool(debtor):
        raise click.UsageError(in_words(FROM_BOOKS))
    actor, today = shell.enter()
    from voldaan.cli.claims_of_books import shown  # noqa: PLC0415 - only once Django is loaded

    shown(invoice, debtor, on or today, layout, pdf, actor=actor, today=today)


def as_json(sheet: ClaimSheet) -> dict[str, Any]:
    """Give the sheet in the shape of the contract."""
    return {
        "on": sheet.on,
        "principal_cents": sheet.principal_cents,
        "interest": [
            {"from": line.first, "to": line.last, "days": line.days, "rate_percent": str(line.rate_percent),
             "base_cents": line.base_cents, "cents": line.cents}
            for line in sheet.lines
        ],
        "interest_cents": sheet.interest_cents, "costs_cents": sheet.costs_cents,
        "costs_vat_cents": sheet.costs_vat_cents, "paid_cents": sheet.paid_cents, "total_cents": sheet.total_cents,
        "provisional": sheet.is_provisional, "articles": [str(article) for article in sheet.articles],
    }  # fmt: skip


def _rows(sheet: ClaimSheet, layout: str) -> Iterator[dict[str, Any]]:
    """Give the sheet line by line, the law beside each."""

    def row(what: str, cents: int, articles: Any = (), **told: Any) -> dict[str, Any]:
        empty = dict.fromkeys(("from", "through", "days", "rate_percent", "base_cents"))
        named = ", ".join(map(str, articles))
        return {"what": what, **empty, **told, "cents": cents, "currency": "EUR", "articles": named}

    for position in sheet.positions:
        yield row("principal", position.claim.principal_cents, through=position.claim.due_date)
    for line in sheet.lines:
        rate = f"{line.rate_percent} %".replace(".", ",") if layout == "table" else str(line.rate_percent)
        told = {"from": line.first, "through": line.last, "days": line.days, "rate_percent": rate,
                "base_cents": line.base_cents}  # fmt: skip
        yield row("interest", line.cents, sheet.interest_articles, **told)
    if sheet.costs_cents:
        yield row("costs", sheet.costs_cents, sheet.costs_articles)
    if sheet.costs_vat_cents:
        yield row("costs_vat", sheet.costs_vat_cents, sheet.vat_articles)
    for payment in sheet.payments:
        yield row("paid", -payment.cents, sheet.payment_articles, through=payment.day)
    yield row("total", sheet.total_cents, through=sheet.on)


def _cents(text: str) -> int:
    amount = typed(text)
    if amount.cents <= 0:
        raise NothingClaimed(amount=Money(amount.cents))
    return amount.cents
