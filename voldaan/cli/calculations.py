"""The command that applies a rule of the law to every line of a CSV file: calculate. It needs no database."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from voldaan.cli.cells import BadLine, Cells, rates_of, rows
from voldaan.cli.output import show
from voldaan.cli.shell import FILES, Shell, Verb, in_words, pass_shell
from voldaan.cli.usage import say
from voldaan.countries import COUNTRIES, be, nl
from voldaan.countries.rates import with_added
from voldaan.rules.bad_debt_vat import Filing
from voldaan.rules.cells import harmless
from voldaan.rules.day_counts import DayCount
from voldaan.rules.imputation import Claim, Payment, impute
from voldaan.rules.interest import InterestTerms, interest_cents
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import LARGEST_CENTS, TooLarge
from voldaan.rules.notice_dates import Delivery
from voldaan.rules.rates import RateSchedule, Schedules
from voldaan.rules.refusals import Refusal, mark

Answer = dict[str, Any]
YES_NO = ("yes", "no")
INVOICES = "invoices(name|principal_cents|due|kind|compound)"
PAYMENTS = "payments(date|cents|designated)"
PER_INVOICE = "per_invoice(name|base_open|interest_open)"
CHANNELS = {"post": Delivery.POST, "email": Delivery.ELECTRONIC, "electronic": Delivery.ELECTRONIC}
BEYOND = ValueError(mark("A day comes out that lies beyond the year 9999."))


class Kinds(NamedTuple):
    """Of which country, and of which kinds, the rates are that a rule of interest is for; an agreed one always is."""

    country: str
    names: tuple[str, ...]


COMMERCIAL = ("commercial", "commercial_pre20130316")
OF_DUTCH_CONSUMERS = Kinds("NL", ("consumer",))
OF_DUTCH_BUSINESSES = Kinds("NL", COMMERCIAL)
OF_ALL_DUTCH = Kinds("NL", ("consumer", *COMMERCIAL))
OF_ALL_BELGIANS = Kinds("BE", ("civil", *COMMERCIAL))
AGREED = "fixed:12.50"  # an example


@dataclass(frozen=True, slots=True)
class Calculation:
    """One rule over one line: the columns it reads, and those it answers."""

    asks: tuple[str, ...]
    answers: tuple[str, ...]
    of: Callable[[Cells, Schedules], Answer]


def _terms(cells: Cells, rates: Schedules, column: str, kind: str, compounds: str, kinds: Kinds) -> InterestTerms:
    country = cells.word("country", (kinds.country,))
    name, is_fixed, percent = kind.partition(":")
    if is_fixed and name == "fixed":
        schedule = RateSchedule.fixed(cells.as_percent(column, percent))
    else:
        schedule = rates[country, cells.as_word(column, kind, (*kinds.names, AGREED))]
    return InterestTerms(schedule, compounds=cells.as_word(column, compounds, YES_NO) == "yes")


def interest(cells: Cells, rates: Schedules, kinds: Kinds) -> Answer:
    """Give the interest on one amount, in both day counts."""
    terms = _terms(cells, rates, "kind", cells.text("kind"), cells.word("compound_yearly", YES_NO), kinds)
    principal, due, end = cells.cents("principal_cents"), cells.day("due_date"), cells.day("end_date_inclusive")
    by_act = interest_cents(principal, due, end, terms)
    by_365 = interest_cents(principal, due, end, replace(terms, day_count=DayCount.ACT_365))
    return {
        "days": max((end - due).days, 0), "interest_actact_cents": by_act, "interest_act365_cents": by_365,
        "total_actact_cents": principal + by_act,
    }  # fmt: skip


def dutch_costs(cells: Cells, rates: Schedules) -> Answer:
    """Give the Dutch collection costs on open principals."""
    column = "open_principals_cents"
    principals = [cells.as_cents(column, part) for part in cells.parts(column, "+")]
    rule = nl.NETHERLANDS.towards(DebtorKind(cells.word("debtor", [kind.value for kind in DebtorKind]))).costs
    assert rule is not None, "the Netherlands has a rule for everybody"
    costs = rule.most(principals)
    surcharge = cells.word("vat_surcharge", YES_NO) == "yes"
    vat = nl.surcharge(rates).cents(costs) if surcharge else 0
    return {"costs_excl_cents": costs, "vat_cents": vat, "costs_incl_cents": costs + vat}


def belgian_damages(cells: Cells, _: Schedules) -> Answer:
    """Give the cap on what Belgian terms may ask of a consumer."""
    return {"max_damages_cents": be.DAMAGES_CAP.fee(cells.cents("balance_cents"))}


def imputation(cells: Cells, rates: Schedules) -> Answer:
    """Let payments pay costs, interest and principal of several invoices."""
    cells.word("country", (OF_ALL_DUTCH.country,))
    count = DayCount(cells.word("day_count", [count.value for count in DayCount]))
    claims = [_claim(cells, rates, part, count) for part in cells.parts(INVOICES, ";")]
    names = [claim.name for claim in claims]
    if len({*names}) < len(names):
        raise cells.bad(INVOICES, cells.text(INVOICES), ValueError(mark("a list in which every name stands once")))
    payments = [_payment(cells, part, names) for part in cells.parts(PAYMENTS, ";")]
    done = impute(claims, payments, costs_cents=cells.cents("case_costs_cents"), on=cells.day("end_date_inclusive"))
    if done.total_cents > LARGEST_CENTS:
        raise TooLarge
    each = (f"{one.claim.name}|{one.base_cents}|{one.interest_cents}" for one in done.claims)
    return {
        "costs_open_cents": done.costs_cents, PER_INVOICE: " ; ".join(each), "paid_costs_cents": done.paid_costs_cents,
        "paid_interest_cents": done.paid_interest_cents, "paid_base_cents": done.paid_base_cents,
        "overpaid_cents": done.overpaid_cents, "total_open_cents": done.total_cents,
    }  # fmt: skip


def _claim(cells: Cells, rates: Schedules, part: str, count: DayCount) -> Claim:
    told = [each.strip() for each in part.split("|")]
    if len(told) != 5 or not told[0]:
        raise cells.bad(INVOICES, part, ValueError(mark("an invoice like A|125000|2027-03-01|consumer|yes")))
    name, cents, due, kind, compounds = told
    terms = replace(_terms(cells, rates, INVOICES, kind, compounds, OF_ALL_DUTCH), day_count=count)
    return Claim(name, cells.as_cents(INVOICES, cents), cells.as_day(INVOICES, due), terms)


def _payment(cells: Cells, part: str, names: list[str]) -> Payment:
    told = [each.strip() for each in part.split("|")]
    if len(told) not in (2, 3):
        raise cells.bad(PAYMENTS, part, ValueError(mark("a payment like 2027-03-01|50000|A")))
    day, cents, named = [*told, ""][:3]
    designated = (cells.as_word(PAYMENTS, named, names),) if named else ()
    return Payment(cells.as_day(PAYMENTS, day), cells.as_cents(PAYMENTS, cents), designated)


def bad_debt_vat(cells: Cells, _: Schedules) -> Answer:
    """Tell when VAT on an unpaid invoice can be claimed back."""
    rules = {code: rule for code, country in COUNTRIES.items() if (rule := country.bad_debt_vat)}
    rule = rules[cells.word("country", sorted(rules))]
    filing = Filing[cells.word("filing", [filing.name.lower() for filing in Filing]).upper()]
    agreed = cells.text("due_date")
    due = cells.day("due_date") if agreed else rule.due(cells.day("invoice_received_if_no_term"))
    refund = rule.refund(due, filing)
    return {
        "due_date": refund.due_date, "deemed_uncollectible_on": refund.deemed_uncollectible_on,
        "claim_in_period": refund.claim_in_period,
    }  # fmt: skip


def notice_dates(cells: Cells, _: Schedules) -> Answer:
    """Tell when the term of a notice to a consumer begins and ends."""
    rules = {code: rule for code, country in COUNTRIES.items() if (rule := country.consumer.notice)}
    rule = rules[cells.word("country", sorted(rules))]
    delivery = CHANNELS[cells.word("channel", [*CHANNELS])]
    proven = cells.day("proven_delivery_date") if cells.text("proven_delivery_date") else None
    dates = rule.of(cells.day("sent_date"), delivery, proven)
    return {
        "delivery_or_first_day": dates.first_day, "last_payment_day": dates.last_payment_day,
        "last_payment_day_extended": dates.last_payment_day_extended, "costs_from_day": dates.costs_from,
        "interest_from_small_creditor": dates.interest_from_small_creditor,
        "interest_from_other_creditor": dates.interest_from_other_creditor,
    }  # fmt: skip


def _interest_of(kinds: Kinds) -> Calculation:
    return Calculation(
        ("country", "kind", "principal_cents", "due_date", "end_date_inclusive", "compound_yearly"),
        ("days", "interest_actact_cents", "interest_act365_cents", "total_actact_cents"),
        partial(interest, kinds=kinds),
    )


RULES = {
    "be_damages": Calculation(("balance_cents",), ("max_damages_cents",), belgian_damages),
    "be_interest": _interest_of(OF_ALL_BELGIANS),
    "nl_collection_costs": Calculation(
        ("open_principals_cents", "debtor", "vat_surcharge"),
        ("costs_excl_cents", "vat_cents", "costs_incl_cents"), dutch_costs,
    ),
    "nl_imputation": Calculation(
        ("country", INVOICES, PAYMENTS, "case_costs_cents", "end_date_inclusive", "day_count"),
        ("costs_open_cents", PER_INVOICE, "paid_costs_cents", "paid_interest_cents", "paid_base_cents",
         "overpaid_cents", "total_open_cents"), imputation,
    ),
    "nl_interest_commercial": _interest_of(OF_DUTCH_BUSINESSES),
    "nl_interest_consumer": _interest_of(OF_DUTCH_CONSUMERS),
    "nl_vat_bad_debt": Calculation(
        ("country", "due_date", "invoice_received_if_no_term", "filing"),
        ("due_date", "deemed_uncollectible_on", "claim_in_period"), bad_debt_vat,
    ),
    "notice_dates": Calculation(
        ("country", "channel", "sent_date", "proven_delivery_date"),
        ("delivery_or_first_day", "last_payment_day", "last_payment_day_extended", "costs_from_day",
         "interest_from_small_creditor", "interest_from_other_creditor"), notice_dates,
    ),
}  # fmt: skip


class Rules(Verb):
    """A verb whose help names the rules."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every rule with the columns that it reads."""
        with formatter.section(say(mark("Rules, each with the columns that line 1 of FILE must name"))):
            formatter.write_dl([(name, ", ".join(("id", *rule.asks))) for name, rule in RULES.items()])
        super().format_epilog(ctx, formatter)


@click.command(
    cls=Rules,
    help=mark("Apply RULE of the law to every line of FILE, a CSV: interest, costs, notices, imputation, VAT."),
)
@click.argument("rule", type=click.Choice([*RULES]), metavar="RULE")
@click.argument("file", type=FILES)
@click.option(
    "--rates", type=FILES, metavar="FILE", help=mark("CSV of rates that were published since; no books are read.")
)
@click.option("--format", "layout", type=click.Choice(["csv", "json", "table"]), default="csv",
              help=mark("How to print the answer."))  # fmt: skip
@click.option("--json", "layout", flag_value="json", help=mark("The same as --format json."))
@pass_shell
def calculate(_: Shell, rule: str, file: Path, rates: Path | None, layout: str) -> None:
    """Apply a rule to every line of a file; one bad line, and nothing is answered."""
    calculation = RULES[rule]
    known = with_added(rates_of(rates))
    answers = [_answer(calculation, cells, known) for cells in rows(file, ("id", *calculation.asks))]
    if layout == "csv":
        click.echo(_csv(("id", *calculation.answers), answers), nl=False)
    else:
        show(answers, layout)


def _answer(calculation: Calculation, cells: Cells, rates: Schedules) -> Answer:
    try:
        answer = calculation.of(cells, rates)
        if any(isinstance(value, int) and value > LARGEST_CENTS for value in answer.values()):
            raise TooLarge
        return {"id": cells.text("id")} | answer
    except OverflowError as error:
        raise BadLine(line=cells.line, why=BEYOND) from error
    except Refusal as refusal:
        if "line" in refusal.facts:
            raise
        raise BadLine(line=cells.line, why=in_words(refusal.says, **refusal.facts)) from refusal


def _csv(columns: tuple[str, ...], answers: list[Answer]) -> str:
    """Write the answers with their columns, also where there is none; no text becomes a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for answer in answers:
        values = (answer[column] for column in columns)
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in values])
    return out.getvalue()
