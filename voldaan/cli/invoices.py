"""Commands on invoices that were issued elsewhere: invoice receive, invoice credit, invoice term."""

from __future__ import annotations

from datetime import date

import click

from voldaan.cli.shell import DAY, Shell, Verb, in_words, pass_shell
from voldaan.rules import money
from voldaan.rules.refusals import mark
from voldaan.rules.terms import TermBasis
from voldaan.usecases import due_dates, invoices


@click.group(help=mark("Invoices and credit notes from your bookkeeping, typed in one by one."))
def invoice() -> None:
    """Group the commands on invoices."""


@invoice.command(cls=Verb, help=mark("Take in an invoice of DEBTOR (id or number); prints its id."))
@click.argument("debtor")
@click.option("--number", required=True, help=mark("Invoice number."))
@click.option("--date", "issue_date", type=DAY, required=True, help=mark("Invoice date."))
@click.option("--amount", required=True, help=mark("Amount including VAT, like 1250.00."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@click.option("--due", "due_date", type=DAY, help=mark("Due date; else the payment term counts."))
@click.option("--vat", help=mark("VAT in the amount; else it is unknown."))
@click.option("--reference", default="", help=mark("Payment reference on the invoice."))
@click.option("--agreed-term", is_flag=True, help=mark("The term is agreed, not only printed on the invoice."))
@pass_shell
def receive(shell: Shell, debtor: str, number: str, issue_date: date, amount: str, currency: str, due_date: date | None,
            vat: str | None, reference: str, agreed_term: bool) -> None:  # fmt: skip
    """Take in an invoice."""
    actor, today = shell.enter()
    click.echo(
        invoices.receive(
            debtor=debtor, number=number, issue_date=issue_date, amount=money.typed(amount, currency),
            due_date=due_date, vat_cents=money.typed(vat, currency).cents if vat else None, payment_reference=reference,
            term_basis=TermBasis.AGREED if agreed_term else TermBasis.STATED, actor=actor, today=today,
        )
    )  # fmt: skip


@invoice.command(cls=Verb, help=mark("Take in a credit note of DEBTOR (id or number); prints its id."))
@click.argument("debtor")
@click.option("--number", required=True, help=mark("Number of the credit note."))
@click.option("--date", "issue_date", type=DAY, required=True, help=mark("Date of the credit note."))
@click.option("--amount", required=True, help=mark("Amount including VAT, like 1250.00."))
@click.option("--currency", default="EUR", help=mark("Currency, three letters."))
@click.option("--corrects", default="", help=mark("Number of the invoice that it lowers."))
@pass_shell
def credit(shell: Shell, debtor: str, number: str, issue_date: date, amount: str, currency: str, corrects: str) -> None:
    """Take in a credit note."""
    actor, today = shell.enter()
    click.echo(
        invoices.credit(
            debtor=debtor, number=number, issue_date=issue_date, amount=money.typed(amount, currency),
            corrects=corrects, actor=actor, today=today,
        )
    )  # fmt: skip


@invoice.command(cls=Verb, help=mark("Say what the due date of INVOICE rests on, or of all open items of a customer."))
@click.argument("invoice", required=False)
@click.option("--debtor", default="", help=mark("Id or number of a customer: of all that is open of it."))
@click.option("--basis", type=click.Choice([basis.value for basis in TermBasis]), required=True,
              help=mark("Agreed, only stated on the invoice, or none at all."))  # fmt: skip
@click.option("--reason", required=True, help=mark("What proves it."))
@pass_shell
def term(shell: Shell, invoice: str | None, debtor: str, basis: str, reason: str) -> None:
    """Say what a due date rests on."""
    if bool(invoice) == bool(debtor):
        raise click.UsageError(in_words(mark("An invoice, or with --debtor a customer.")))
    actor, today = shell.enter()
    changed = due_dates.rests_on(
        invoice=invoice or "", debtor=debtor, basis=TermBasis(basis), reason=reason, actor=actor, today=today
    )
    click.echo(in_words(mark("Changed: {count}."), count=changed))
