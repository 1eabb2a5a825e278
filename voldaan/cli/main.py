"""`voldaan`: the command and its verbs; a verb, and all it needs, is loaded when it is asked for."""

from __future__ import annotations

import os
from datetime import datetime
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import click

from voldaan import __version__
from voldaan.cli import usage
from voldaan.cli.shell import House, Moment, Shell
from voldaan.rules.refusals import mark

# Every verb, the room it lives in, and its line in the help, in the order of the road.
VERBS = {
    "serve": ("serving", mark("Serve the pages and do the daily work, in one process.")),
    "web": ("serving", mark("Serve the pages, on PostgreSQL.")),
    "worker": ("serving", mark("Do the daily work, on PostgreSQL.")),
    "status": ("serving", mark("Show whether everything that should happen happens.")),
    "demo": ("demonstration", mark("Play a year of two invented firms, and look at it.")),
    "init": ("administrations", mark("Open the books of a company.")),
    "migrate": ("administrations", mark("Bring the tables of the database up to date.")),
    "settings": ("administrations", mark("Show or change the settings.")),
    "close": ("administrations", mark("Close a period.")),
    "inspect": ("inspection", mark("Show what files say; stores nothing.")),
    "claim": ("claims", mark("Show what is owed on a day, with interest and costs by law.")),
    "calculate": ("calculations", mark("Apply a rule of the law to every line of a CSV file.")),
    "rates": ("rates", mark("List the statutory rates, or add new ones.")),
    "import": ("files", mark("Take in bank statements, e-invoices and lists.")),
    "fetch": ("fetching", mark("Take in what banks left in watched folders, on servers and in mailboxes.")),
    "account": ("accounts", mark("Say where customers pay to.")),
    "user": ("people", mark("Say who may do what.")),
    "debtor": ("debtors", mark("Add, change and list customers.")),
    "invoice": ("invoices", mark("Type in an invoice or a credit note.")),
    "pay": ("payments", mark("Record a payment.")),
    "proposals": ("receipts", mark("List what is proposed and waits for you.")),
    "accept": ("receipts", mark("Book a proposal as it stands.")),
    "reject": ("receipts", mark("Refuse a proposal.")),
    "set-aside": ("receipts", mark("Say that money is not from a customer.")),
    "receipts": ("inbox", mark("Look at payers and bank days; decide about many receipts at once.")),
    "run": ("follow_up", mark("Decide what every customer gets today.")),
    "worklist": ("follow_up", mark("List what waits for you.")),
    "approve": ("messages", mark("Let messages go.")),
    "skip": ("follow_up", mark("Pass over a message or a task.")),
    "done": ("follow_up", mark("Finish a task.")),
    "later": ("follow_up", mark("Put off a task.")),
    "now": ("follow_up", mark("Take up a task that was put off.")),
    "message": ("messages", mark("Show a message as the customer sees it.")),
    "send": ("sending", mark("Send what is released.")),
    "print": ("sending", mark("Print the letters that are released.")),
    "stop": ("sending", mark("Hold all sending.")),
    "resume-sending": ("sending", mark("Let sending go on.")),
    "resolve": ("messages", mark("Settle a message of which nobody knows whether it left.")),
    "received": ("deliveries", mark("Write down that a message was received.")),
    "returned": ("deliveries", mark("Write down that a letter came back.")),
    "withdraw": ("deliveries", mark("Withdraw a message that was sent.")),
    "interruption": ("interruptions", mark("Write down what began a term of limitation anew, or take it back.")),
    "strategy": ("strategies", mark("Show a strategy, or write the next version of one.")),
    "terms": ("terms", mark("Show the payment terms of your customers, or write them.")),
    "wording": ("wordings", mark("Show the texts of the messages, or write your own.")),
    "why": ("follow_up", mark("Explain the next step for an invoice.")),
    "pause": ("follow_up", mark("Let an invoice rest.")),
    "resume": ("follow_up", mark("End a pause, or answer a question.")),
    "allocate": ("allocations", mark("Let a receipt or credit note pay an invoice.")),
    "undo": ("allocations", mark("Undo an allocation.")),
    "write-off": ("write_offs", mark("Write off an invoice, wholly or in part.")),
    "write-offs": ("write_offs", mark("List the write-offs that an owner was asked for, and decide them.")),
    "pay-back": ("refunds", mark("Say that credit was paid back to the customer.")),
    "set-off": ("set_offs", mark("Set off an invoice against what you owe the customer.")),
    "rests": ("rests", mark("List what is left of invoices after their payment, or give it up.")),
    "take-back": ("entries", mark("Take back a booking.")),
    "report": ("reports", mark("Print a report, or write it to Excel.")),
    "dossier": ("dossiers", mark("Write all that was done about one customer or invoice, with its documents.")),
    "export": ("exports", mark("Write what other programs take in.")),
    "check": ("books", mark("Prove the books.")),
    "backup": ("backups", mark("Write everything to one file, or prove such a file.")),
    "restore": ("backups", mark("Put a backup into an empty place.")),
    "fingerprint": ("books", mark("Print the books as one line per table.")),
}

# Words that may stand before the verb or behind it.
ANYWHERE = ("--administration", "--as", "--data", "--today")


class Voldaan(click.Group):
    """The group of verbs, each loaded from its room."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words that every verb takes, wherever they stand."""
        usage.speak(_language())
        words = _to_the_front(args)
        ctx.meta["data"] = _data(words)
        return super().parse_args(ctx, words)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs in the order of the road."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb, after the installation that its data folder names, in the language of the reader."""
        if cmd_name not in VERBS:
            return None
        house: House = ctx.obj.house if isinstance(ctx.obj, Shell) else ctx.obj
        house.prepare(ctx.meta["data"], _language())
        room, _ = VERBS[cmd_name]
        name = cmd_name.replace("-", "_")
        module = import_module(f"voldaan.cli.{room}")
        # A word that Python keeps for itself, or that a room needs by its own name, bears an underscore there.
        found = getattr(module, f"{name}_", None) or getattr(module, name)
        command: click.Command = usage.translated(found)
        return command

    def get_help(self, ctx: click.Context) -> str:
        """Show the help in the language of the reader."""
        return click.Group.get_help(usage.translated(self), ctx)

    def get_usage(self, ctx: click.Context) -> str:
        """Show the line of usage, also above an error."""
        return click.Group.get_usage(usage.translated(self), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without loading them."""
        with formatter.section(usage.say(mark("Commands"))):
            formatter.write_dl([(verb, usage.say(line)) for verb, (_, line) in VERBS.items()])


@click.group(
    cls=Voldaan,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=mark("Debiteurenbeheer: keep what customers owe, and match what they pay."),
)
@click.version_option(__version__, help=mark("Show the version and exit."))
@click.option(
    "--data",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    expose_value=False,
    help=mark("Folder of the embedded default."),
)
@click.option("--administration", metavar="SLUG", help=mark("Whose books; with one administration it may be left out."))
@click.option("--today", type=Moment(), help=mark("Stands in for the clock: 2027-03-01 or 2027-03-01T09:30."))
@click.option("--as", "as_email", metavar="EMAIL", help=mark("Act with the role of this person."))
@click.pass_context
def voldaan(ctx: click.Context, administration: str | None, today: datetime | None, as_email: str | None) -> None:
    """Enter the house."""
    ctx.obj = Shell(ctx.obj, today, administration, as_email)


def _language() -> str:
    return os.environ.get("VOLDAAN_LANGUAGE") or "nl"


def _to_the_front(args: list[str]) -> list[str]:
    ours: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in ANYWHERE:
            ours += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            (ours if word.startswith(tuple(f"{name}=" for name in ANYWHERE)) else rest).append(word)
    return ours + rest


def _data(words: list[str]) -> Path | None:
    """Find the data folder among the words: the settings, and so the translations, depend on it."""
    for word, following in pairwise([*words, ""]):
        if word == "--data":
            return Path(following)
        if word.startswith("--data="):
            return Path(word.removeprefix("--data="))
    return None
