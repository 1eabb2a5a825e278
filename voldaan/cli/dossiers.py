"""The command that writes a dossier: dossier."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import translation

from voldaan.cli.shell import Shell, Verb, in_words, pass_shell
from voldaan.formats import dossier_pdf, dossier_zip
from voldaan.look import dossier_papers
from voldaan.look import dossiers as words
from voldaan.queries import dossier as questions
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import dossiers
from voldaan.usecases.events import SENTENCES


class ManyCurrencies(Refusal):
    code = "many_currencies"
    kind = Kind.INVALID
    says = mark("This customer has invoices in {currencies}. Say which with --currency: a dossier is of one.")


@click.command(
    cls=Verb,
    help=mark(
        "Write the dossier of DEBTOR (id or number), or of one invoice, to a folder: what is owed, what happened, and "
        "every document. As a PDF and as a ZIP, unless you name one."
    ),
)
@click.argument("debtor", required=False)
@click.option("--invoice", metavar="NUMBER", help=mark("Of this invoice only."))
@click.option("--currency", help=mark("Of a customer with invoices in several currencies: which."))
@click.option("--without-notes", is_flag=True, help=mark("Leave out the notes that were written about the customer."))
@click.option("--pdf", "only", flag_value="pdf", help=mark("Only the PDF."))
@click.option("--zip", "only", flag_value="zip", help=mark("Only the ZIP."))
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help=mark("Folder."),
)
@pass_shell
def dossier(shell: Shell, debtor: str | None, invoice: str | None, currency: str | None, without_notes: bool,
            only: str | None, output: Path) -> None:  # fmt: skip
    """Write a dossier."""
    if bool(debtor) == bool(invoice):
        raise click.UsageError(in_words(mark("Name a customer, or an invoice with --invoice.")))
    actor, today = shell.enter()
    who = {"with_notes": not without_notes, "actor": actor, "today": today}
    if invoice:
        found = questions.of_invoice(questions.numbered(invoice, actor=actor), **who)
    else:
        of = questions.of(debtor or "", actor=actor)
        if not currency and len(of.currencies) > 1:
            raise ManyCurrencies(currencies=", ".join(of.currencies))
        found = questions.of_customer(of.debtor, currency=currency or (*of.currencies, "EUR")[0], **who)
    with translation.override(found.language):
        (written, opened), name = dossier_papers.ready(found, SENTENCES), words.called(found)
    pdf = dossier_pdf.draw(written, opened)
    output.mkdir(parents=True, exist_ok=True)
    if only != "zip":
        (output / f"{name}.pdf").write_bytes(pdf)
        click.echo(str(output / f"{name}.pdf"))
    if only != "pdf":
        with (output / f"{name}.zip").open("wb") as out:
            dossier_zip.write(out, written, pdf, opened)
        click.echo(str(output / f"{name}.zip"))
    dossiers.hand_over(debtor=found.customer_id, invoice=found.invoice, documents=len(found.papers), actor=actor,
                       today=today)  # fmt: skip
