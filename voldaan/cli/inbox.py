"""Commands on receipts together: receipts payers, forget, remember, days, pass-over, by-itself, accept-all, spread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import click

from voldaan.cli.output import Listing
from voldaan.cli.shell import DAY, Shell, Verb, answers, in_words, pass_shell
from voldaan.look.match_classes import PROPOSED
from voldaan.queries import bank_inbox, by_itself, coverage, debtors, payers
from voldaan.queries.inbox_wanted import Wanted
from voldaan.rules.money import Money, typed
from voldaan.rules.refusals import mark
from voldaan.usecases import bank_gaps, receipts_spread, receipts_together
from voldaan.usecases import payers as verbs

MOST = 10_000
SHOWN = ("iban", "debtor", "debtor_number", "seen", "last_seen_on", "others")


@dataclass(frozen=True, slots=True)
class DaysRow:
    """How far one account is known."""

    account: str
    currency: str
    until: date | None
    last_day: date | None
    missing: str  # bank days in between
    awaited: str  # bank days of which no statement came yet


@dataclass(frozen=True, slots=True)
class ShareRow:
    """What became of the receipts of one month."""

    month: str
    receipts: int
    by_itself: int
    by_person: int
    waiting: int
    unsure: int
    taken_back: int


@click.group(help=mark("What is known of payers and bank days, and many receipts at once."))
def receipts() -> None:
    """Group the commands on receipts."""


@receipts.command(name="payers", cls=Verb, help=mark("List which account is known to pay for which customer."))
@click.argument("text", required=False, default="")
@answers
@pass_shell
def payers_(shell: Shell, text: str) -> object:
    """List payers."""
    actor, _ = shell.enter()
    return Listing(payers.payers(search=text, most=MOST, actor=actor), payers.PayerRow, SHOWN)


@receipts.command(cls=Verb, help=mark("Forget that account IBAN pays for DEBTOR (id or number)."))
@click.argument("debtor")
@click.argument("iban")
@pass_shell
def forget(shell: Shell, debtor: str, iban: str) -> None:
    """Forget a payer."""
    actor, today = shell.enter()
    verbs.forget(debtor=_named(shell, debtor), iban=iban, actor=actor, today=today)
    click.echo(in_words(mark("Forgotten: it proves nothing any more until it is learned anew.")))


@receipts.command(cls=Verb, help=mark("Take it back that account IBAN was forgotten."))
@click.argument("debtor")
@click.argument("iban")
@pass_shell
def remember(shell: Shell, debtor: str, iban: str) -> None:
    """Remember a payer."""
    actor, today = shell.enter()
    verbs.remember(debtor=_named(shell, debtor), iban=iban, actor=actor, today=today)
    click.echo(in_words(mark("It is known again.")))


@receipts.command(cls=Verb, help=mark("Say up to which day each account is known, and which bank days are missing."))
@answers
@pass_shell
def days(shell: Shell) -> object:
    """List how far the accounts are known."""
    actor, today = shell.enter()
    rows = [
        DaysRow(row.account, row.currency, row.until, row.last,
                ", ".join(str(day) for one in row.missing if one.passed_on is None for day in one.days),
                ", ".join(map(str, row.awaited)))
        for row in coverage.coverage(actor=actor, today=today)
    ]  # fmt: skip
    return Listing(rows, DaysRow)


@receipts.command(cls=Verb, help=mark("Say that nothing from customers is in the days missing after a day of ACCOUNT."))
@click.argument("account")
@click.argument("after", type=DAY)
@click.option("--reason", required=True, help=mark("How you know that."))
@pass_shell
def pass_over(shell: Shell, account: str, after: date, reason: str) -> None:
    """Pass missing days over."""
    actor, today = shell.enter()
    bank_gaps.pass_over(account=account, after=after, reason=reason, actor=actor, today=today)
    click.echo(in_words(mark("Passed over: these days hold nothing up any more.")))


@receipts.command(cls=Verb, help=mark("Take it back that the days missing after a day of ACCOUNT were passed over."))
@click.argument("account")
@click.argument("after", type=DAY)
@pass_shell
def ask_again(shell: Shell, account: str, after: date) -> None:
    """Ask for missing days again."""
    actor, today = shell.enter()
    bank_gaps.ask_again(account=account, after=after, actor=actor, today=today)
    click.echo(in_words(mark("These days are missing again.")))


@receipts.command(name="by-itself", cls=Verb, help=mark("Count what went by itself, month by month."))
@answers
@pass_shell
def by_itself_(shell: Shell) -> object:
    """Count what went by itself."""
    actor, today = shell.enter()
    rows = [
        ShareRow(f"{one.month:%Y-%m}", one.share.received, one.share.by_itself, one.share.by_person,
                 one.share.waiting, one.share.unsure, one.share.taken_back)
        for one in by_itself.by_month(actor=actor, today=today)
    ]  # fmt: skip
    return Listing(rows, ShareRow)


@receipts.command(cls=Verb, help=mark("Book the best proposal of each receipt where that is of CLASS, all at once."))
@click.argument("match_class", metavar="CLASS", type=click.Choice(sorted(PROPOSED)))
@click.option("--yes", is_flag=True, help=mark("Book them; else they are only counted."))
@pass_shell
def accept_all(shell: Shell, match_class: str, *, yes: bool) -> None:
    """Accept all proposals of a class."""
    actor, today = shell.enter()
    inbox = bank_inbox.inbox(wanted=Wanted(kind=match_class), most=receipts_together.MOST, actor=actor)
    if not yes:
        click.echo(in_words(mark("{count} receipts were found like this. Book them with --yes."),
                            count=inbox.receipt_count))  # fmt: skip
        return
    wanted = [one.proposals[0].id for one in inbox.receipts]
    done = receipts_together.accept_all(wanted=wanted, match_class=match_class, actor=actor, today=today)
    click.echo(in_words(mark("{count} receipts booked, {left} left."), count=len(done.receipts),
                        left=inbox.receipt_count - len(done.receipts)))  # fmt: skip


@receipts.command(cls=Verb, help=mark("Spread bank TRANSACTION over invoices, each as INVOICE=AMOUNT."))
@click.argument("transaction")
@click.argument("parts", nargs=-1, required=True, metavar="INVOICE=AMOUNT…")
@click.option("--rest-to", default="", help=mark("Customer (id or number) whose credit the rest is; else it waits."))
@click.option("--currency", default="EUR", help=mark("Of the amounts."))
@pass_shell
def spread(shell: Shell, transaction: str, parts: tuple[str, ...], rest_to: str, currency: str) -> None:
    """Spread a receipt."""
    actor, today = shell.enter()
    wanted = []
    for part in parts:
        invoice, _, amount = part.rpartition("=")
        wanted.append((invoice, typed(amount, currency)))
    left = receipts_spread.spread_over(receipt=transaction, parts=wanted, rest_to=rest_to, actor=actor, today=today)
    click.echo(in_words(mark("Booked; {left} of it still waits."), left=Money(left, currency)))


def _named(shell: Shell, debtor: str) -> str:
    """Give the id of a customer by his id or number; what names nobody goes on as it is, and is refused there."""
    actor, _ = shell.enter()
    found = [one.id for one in debtors.found(debtor, actor=actor) if debtor in (one.id, one.number)]
    return found[0] if len(found) == 1 else debtor
