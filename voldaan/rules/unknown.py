"""What was named is not there: refusals that verbs and questions share."""

from __future__ import annotations

from voldaan.rules.refusals import Kind, Refusal, mark


class NoSuchDebtor(Refusal):
    code = "no_such_debtor"
    kind = Kind.NOT_FOUND
    says = mark("There is no customer {debtor} in this administration.")


class NoSuchInvoice(Refusal):
    code = "no_such_invoice"
    kind = Kind.NOT_FOUND
    says = mark("There is no invoice {invoice} in this administration.")


class NoSuchMessage(Refusal):
    code = "no_such_message"
    kind = Kind.NOT_FOUND
    says = mark("There is no message or task {id}. See: voldaan worklist.")


class NothingToShow(Refusal):
    code = "nothing_to_show"
    kind = Kind.CONFLICT
    says = mark("Message {id} never left, and nothing of it is open any more: there is nothing to show.")


class NoSuchFile(Refusal):
    code = "no_such_file"
    kind = Kind.NOT_FOUND
    says = mark("There is no file {id} here.")
