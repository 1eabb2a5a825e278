"""What a person may ask to be sent beside every strategy, as the message that it would be: nothing is written yet."""

from __future__ import annotations

from datetime import date

from voldaan.records import correspondence, situations
from voldaan.records.debtors import Debtor
from voldaan.records.invoices import Invoice
from voldaan.records.messages import Message
from voldaan.records.renderings import MOST_ATTACHED
from voldaan.rules.contacts import ContactRole
from voldaan.rules.outbox import Asked, Channel, MessageState
from voldaan.rules.refusals import Kind, Refusal, mark


class NotKept(Refusal):
    code = "not_kept"
    kind = Kind.CONFLICT
    says = mark("There is no PDF of invoice {invoice} here to send. Take in the file of the invoice first.")


class NoMailbox(Refusal):
    code = "no_mailbox"
    kind = Kind.CONFLICT
    says = mark("{debtor} has no e-mail address that works. Write it down under Contacts, then try again.")


class NothingToState(Refusal):
    code = "nothing_to_state"
    kind = Kind.CONFLICT
    says = mark("Nothing is open in {currency}: there is nothing to send. The statement can still be kept as a PDF.")


def copy(invoice: Invoice, *, today: date) -> Message:
    """Give the message that sends an invoice once more.

    Raises:
        NotKept: there is no PDF of it, or one too large for a mail.
        NoMailbox: the customer has no address.
    """
    document = invoice.document
    fits = document is not None and document.media_type == "application/pdf" and document.size <= MOST_ATTACHED
    if not fits or invoice.kind != "invoice":
        raise NotKept(invoice=invoice.number)
    return _drawn(Message(copy_of=invoice, step=Asked.COPY.value), invoice.debtor, invoice.currency, today)


def statement(debtor: Debtor, *, currency: str, since: date, today: date) -> Message:
    """Give the message that sends the account of a customer in one currency.

    Raises:
        NothingToState, TooLongAStatement: nothing is open, or there is too much to tell.
        NoMailbox: the customer has no address.
    """
    return _drawn(Message(statement_since=since, step=Asked.STATEMENT.value), debtor, currency, today)


def _drawn(message: Message, debtor: Debtor, currency: str, today: date) -> Message:
    """Address a message, and ask of it what its letter would ask."""
    books = debtor.administration_id
    mailbox = situations.mailboxes(books, [debtor.pk], first=ContactRole.INVOICE).get(debtor.pk, "")
    if not mailbox:
        raise NoMailbox(debtor=debtor.name)
    message.administration_id, message.debtor, message.currency = books, debtor, currency
    message.channel, message.recipient, message.language = Channel.EMAIL.value, mailbox, debtor.language
    message.term_days, message.is_automatic, message.decided_on = 0, False, today
    message.state = MessageState.RELEASED.value
    (drawn,) = correspondence.letters(books, [message], today=today)
    if drawn.letter is None:
        raise NothingToState(currency=currency)
    message.total_cents, message.credit_cents = drawn.letter.asked_cents, drawn.letter.credit_cents
    message.content_hash = drawn.content_hash
    return message
