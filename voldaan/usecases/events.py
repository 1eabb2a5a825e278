"""The trail: every verb writes one event, in its own transaction; each event is hashed with the one before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from voldaan.records.administrations import Head
from voldaan.records.events import Event
from voldaan.rules.permissions import Actor
from voldaan.rules.refusals import mark
from voldaan.rules.trail import Said, digest

BLOCK = 500  # events of one insert

# Every kind of event and its sentence: for the timeline, the audit log and the dossier.
SENTENCES = {
    "account.added": mark("Account {iban} was added."),
    "account.blocked": mark("Account {iban} is a blocked account (G-rekening) now."),
    "account.put_first": mark("Account {iban} is the one that customers are asked to pay to, instead of {before}."),
    "account.removed": mark("Account {iban} was removed."),
    "account.unblocked": mark("Account {iban} is no blocked account any more."),
    "administration.changed": mark("{setting} was changed from {before} to {after}."),
    "administration.opened": mark("The books of {name} were opened."),
    "advice.removed": mark("The list of {payer} of {amount} was removed."),
    "allocation.made": mark("{amount} was allocated to invoice {invoice}."),
    "allocation.reversed": mark("The allocation of {amount} to invoice {invoice} was undone."),
    "bank_gap.asked_again": mark("The days after {after} are missing on account {account} after all."),
    "bank_gap.passed_over": mark(
        "The days after {after}, up to and including {until}, are missing on account {account} and are passed over: "
        "{reason}"
    ),
    "claim.less_by_law": mark("{amount} of {claim} was taken back: by what is known now the law gives less."),
    "claim.paid_before": mark(
        "{amount} of {claim} was taken back: money that counts for {day} was booked only after it was claimed."
    ),
    "claim.too_early": mark(
        "{amount} of {claim} was taken back: it was claimed before the term of the notice before it was over."
    ),
    "contact.removed": mark("A contact was removed: {contact}."),
    "contact.written": mark("A contact was written: {contact}."),
    "copy.asked": mark("Invoice {invoice} is sent again, to {to}, because somebody asked for it."),
    "credit_note.received": mark("Credit note {invoice} of {amount} was received."),
    "credit.paid_back": mark("Credit of {amount} was paid back."),
    "debtor.changed": mark("Changed: {fields}."),
    "debtor.merged": mark("{name} ({number}) was merged into this customer: {items} open items."),
    "debtor.opened": mark("The customer was added."),
    "dossier.made": mark("A dossier of {documents} documents was handed over."),
    "entry.reversed": mark("Booking {number} of {amount} was taken back: {reason}."),
    "file.brought": mark("File {name} was brought, and is taken in by itself."),
    "file.brought_done": mark("File {name} needs nothing any more."),
    "file.held": mark("File {file} waits: a person says what its columns are."),
    "file.imported": mark(
        "A file was taken in ({format}): {new} new, {changed} changed, {vanished} vanished, "
        "{known} known; {booked} receipts booked."
    ),
    "file.let_in": mark("File {file} was let in, whatever speaks against it. Questions: {doubts}."),
    "file.refused": mark("File {name} came by itself and was refused."),
    "file.refused_done": mark("File {name}, which was refused, needs nothing any more."),
    "follow_up.decided": mark(
        "The follow-up of the day: {decided} items decided, {messages} messages, {tasks} tasks; {withdrawn} messages "
        "taken back, {released} released by themselves."
    ),
    "follow_up.paused": mark("The follow-up of invoice {invoice} was paused until {until}: {reason}."),
    "follow_up.resumed": mark("The follow-up of invoice {invoice} was resumed."),
    "follow_up.skipped": mark("{what} was skipped: {reason}."),
    "interruption.recorded": mark("The limitation of invoice {invoice} was interrupted on {on}."),
    "interruption.taken_back": mark("An interruption of invoice {invoice} was taken back: {reason}"),
    "invoice.received": mark("Invoice {invoice} of {amount} was received."),
    "letter.withdrawn": mark("A printed letter ({what}) was withdrawn before it was posted: {words}. Throw it away."),
    "message.failed": mark("Message {message} was refused for good: {said}."),
    "message.received": mark("Message {message} was received on {on}: {proof}."),
    "message.resolved": mark("Uncertain message {message} was settled; sent: {sent}."),
    "message.returned": mark("Message {message} came back on {on} ({words}); {amount} of charges taken back."),
    "message.sent": mark("Message {message} was sent to {to}."),
    "message.taken_back": mark("{what} was taken back before it left."),
    "message.uncertain": mark("Nobody knows whether message {message} left: look, and settle it."),
    "message.withdrawn": mark("Message {message} was withdrawn ({words}); {amount} of charges taken back."),
    "messages.released": mark("{count} messages were released."),
    "messages.taken_back": mark("{count} messages were taken back, and wait again."),
    "note.withdrawn": mark("A note was withdrawn."),
    "note.written": mark("A note was written."),
    "payer.forgotten": mark("That account {iban} pays for this customer was forgotten; it was seen {seen} times."),
    "payer.remembered": mark("Account {iban} is known again to pay for this customer."),
    "payment.recorded": mark("A payment of {amount} for invoice {invoice} was recorded by hand."),
    "payment.taken_back": mark("A payment of {amount} that was recorded by hand was taken back: {reason}."),
    "payments.exported": mark("Export {export} to the bookkeeping ({layout}): {count} payments."),
    "period.closed": mark("Everything up to and including {until} was closed."),
    "person.added": mark("{role} was added."),
    "person.arrived": mark("A person chose a password and came in."),
    "person.changed": mark("A role was changed from {before} to {after}."),
    "person.invited": mark("A link was made that lets a person in once."),
    "person.removed": mark("{role} was removed."),
    "proposal.accepted": mark("Proposal {proposal} was accepted."),
    "proposal.asked_again": mark("The no to proposal {proposal} was taken back."),
    "proposal.rejected": mark("Proposal {proposal} was rejected."),
    "proposals.accepted": mark("{count} proposals of one kind ({match_class}) were accepted at once: {amount}."),
    "rate.taken_back": mark("Statutory rate {rate} was taken back; its source was: {source}"),
    "rates.added": mark("Statutory rates added: {rates}."),
    "receipt.allocated": mark("{amount} from the bank was allocated to invoice {invoice}."),
    "receipt.left_as_credit": mark("{amount} from the bank was left as credit of the customer."),
    "receipt.set_aside": mark("Bank transaction {receipt} was set aside: not from a customer."),
    "receipt.spread": mark("{amount} from the bank was spread over {count} invoices."),
    "receipt.taken_back": mark("What became of bank transaction {receipt} was taken back: {amount}."),
    "rests.given_up": mark("{amount} was given up, small rests after payment of {invoices}."),
    "receipts.taken_back": mark("What became of {count} bank transactions was taken back: {amount}."),
    "sender.changed": mark("{setting} was changed from {before} to {after}."),
    "sender.tried": mark("A test message was sent. The answer was: {said}"),
    "sending.resumed": mark("Sending goes on."),
    "sending.stopped": mark("Sending was held: {why}."),
    "statement.asked": mark("A statement of account is sent to {to}, because somebody asked for it."),
    "set_off.made": mark("{amount} of invoice {invoice} was set off against {reference}: {reason}."),
    "strategy.defined": mark("Version {version} of strategy {strategy} was written."),
    "task.done": mark("Task {what} was done: {outcome}"),
    "task.put_off": mark("Task {what} was put off until {until}: {reason}."),
    "task.taken_up": mark("Task {what} is on the list again."),
    "term.told": mark("Of {count} items it was said what the due date rests on: {basis}. {reason}"),
    "terms.agreed": mark("Version {version} of the payment terms for {whom} was written; it holds from {valid_from}."),
    "vat.certain": mark("It is certain that invoice {invoice} is not paid: {reason}"),
    "vat.not_certain": mark("It is not certain after all that invoice {invoice} is not paid: {reason}"),
    "vat.recorded": mark("VAT on {count} bad debts was put in the return of {period}."),
    "vat.taken_back": mark("VAT on {count} bad debts is not in the return of {period} after all: {reason}"),
    "wording.given_back": mark("The text of {step} ({language}) is the one that comes with Voldaan again."),
    "wording.written": mark("Version {version} of the text of {step} ({language}) was written."),
    "write_off.approved": mark(
        "The request of {asked_on} was approved: {amount} of invoice {invoice} was written off. {reason}"
    ),
    "write_off.asked": mark("An owner was asked whether {amount} of invoice {invoice} may be written off: {reason}"),
    "write_off.declined": mark("{amount} of invoice {invoice} is not written off, an owner decided: {reason}"),
    "write_off.made": mark("{amount} of invoice {invoice} was written off: {reason}."),
    "write_off.outdated": mark(
        "It is not asked any more whether {amount} of invoice {invoice} may be written off: another amount is open by "
        "now."
    ),
    "write_off.withdrawn": mark("It is not asked any more whether {amount} of invoice {invoice} may be written off."),
}


def write(kind: str, *, actor: Actor, today: date, debtor_id: int | None = None, invoice_id: int | None = None,
          **facts: Any) -> int:  # fmt: skip
    """Append one event to the trail, and give its number; the head row is locked from here to the commit."""
    return _append([(kind, debtor_id, invoice_id, facts)], actor, today)


def write_each(kind: str, *, of: Mapping[int, dict[str, Any]], actor: Actor, today: date) -> None:
    """Append one event for each of these debtors, with its facts, in as many questions as for one."""
    if of:
        _append([(kind, debtor_id, None, facts) for debtor_id, facts in of.items()], actor, today)


def _append(news: Sequence[tuple[str, int | None, int | None, dict[str, Any]]], actor: Actor, today: date) -> int:
    head = Head.objects.of(actor.administration_id).select_for_update().get()
    events = []
    for kind, debtor_id, invoice_id, facts in news:
        assert kind in SENTENCES, f"{kind} has no sentence"
        said = Said(head.event_number + 1, kind, today, actor.user_id, actor.via, debtor_id, invoice_id, facts)
        head.event_number, head.event_hash = said.number, digest(head.event_hash, said)
        events.append(Event(administration_id=actor.administration_id, hash=head.event_hash, **asdict(said)))
    head.save(update_fields=["event_number", "event_hash"])
    Event.objects.of(actor.administration_id).bulk_create(events, batch_size=BLOCK)
    return head.event_number
