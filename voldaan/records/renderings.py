"""A message as it leaves: the same bytes for the preview and for the customer."""

from __future__ import annotations

from datetime import datetime

from voldaan.formats import bound, item_sheet, letter_mail, letter_pdf, statement_pdf
from voldaan.formats.letter_mail import Attachment
from voldaan.records import documents
from voldaan.records.correspondence import Drawn
from voldaan.rules.letters import Letter
from voldaan.rules.tongues import tongue

NOT_SET = "sender-not-set@voldaan.invalid"  # in a preview, before anybody said from where mail comes
MOST_ATTACHED = 10 * 2**20  # bytes; mail servers refuse more than about twice this, and it grows by a third


def mail(drawn: Drawn, letter: Letter, recipient: str, sent_at: datetime) -> bytes:
    """Compose the e-mail with its invoices attached, or the statement."""
    return letter_mail.compose(
        letter, sender_address=letter.sender.email or NOT_SET, to_address=recipient,
        message_id=f"<{drawn.message.header_id}>", sent_at=sent_at, attachments=_attached(drawn, letter),
    )  # fmt: skip


def post(drawn: Drawn, letter: Letter) -> bytes:
    """Draw the letter with its invoices behind it, or the statement."""
    return bound.bind([letter_pdf.draw(letter)], [one.content for one in _attached(drawn, letter)])


def _attached(drawn: Drawn, letter: Letter) -> list[Attachment]:
    if drawn.account is None:
        return _invoices(drawn, letter)
    name = f"{tongue(letter.wording.language).labels['statement']} {letter.sent_on.isoformat()}.pdf"
    return [Attachment(name, "application/pdf", statement_pdf.draw([drawn.account]))]


def _invoices(drawn: Drawn, letter: Letter) -> list[Attachment]:
    """Give each invoice of a message: as the customer got it where that is here, else a specification of the item."""
    given: list[Attachment] = []
    taken, size = set(), 0
    for line, document in zip(letter.lines, drawn.documents, strict=True):
        if document and document.pk in taken:
            continue  # another instalment of the same invoice
        if document and size + document.size <= MOST_ATTACHED:
            size += document.size
            taken.add(document.pk)
            with documents.opened(document) as stored:
                given.append(Attachment(f"{line.invoice}.pdf", "application/pdf", stored.read()))
        else:
            name = f"{tongue(letter.wording.language).labels['sheet']} {line.invoice}.pdf"
            given.append(Attachment(name, "application/pdf", item_sheet.draw(letter, line)))
    return given
