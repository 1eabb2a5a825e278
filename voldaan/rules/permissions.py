"""Who may do what in the books of one administration: roles, deeds, and the matrix between them.

The operator of the installation has no role here: he sees health, not books. What a deed may cost (the limit of a
write-off, the cap of a run) and who is assigned to whom is for the verb to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from voldaan.rules.refusals import Kind, Refusal, mark


class Role(Enum):
    """What a person is in one administration, by his membership."""

    OWNER = "owner"
    CONTROLLER = "controller"  # the credit controller
    CALLER = "caller"
    ACCOUNTANT = "accountant"  # of many administrations, a membership in each
    AUDITOR = "auditor"


class Deed(Enum):
    """What a verb or question asks for; the value is stored and shown."""

    READ_ASSIGNED = "read_assigned"  # debtors and items assigned to oneself
    READ_BOOKS = "read_books"  # all debtors, items, bank lines and reports
    READ_SETTINGS = "read_settings"
    EXPORT = "export"
    IMPORT = "import"
    CHANGE_DEBTORS = "change_debtors"
    ALLOCATE = "allocate"  # accept, reject, allocate, undo
    RECORD_PAYMENT = "record_payment"  # by hand, without a bank line
    WRITE_OFF = "write_off"  # up to the limit
    WRITE_OFF_ANY = "write_off_any"  # above it
    RECORD_CALLS = "record_calls"  # calls, promises, disputes
    PAUSE = "pause"  # and resume
    PREPARE_RUN = "prepare_run"
    RELEASE_RUN = "release_run"
    SEND = "send"  # empty the outbox, stop it, print, settle an uncertain message
    CHANGE_STRATEGIES = "change_strategies"  # steps, templates, fees
    CHANGE_SETTINGS = "change_settings"
    CHANGE_RATES = "change_rates"  # statutory ones, of the whole installation
    CHANGE_SENDER = "change_sender"  # own IBAN, sender address, mail server, live or not
    MANAGE_USERS = "manage_users"
    CLOSE_PERIOD = "close_period"


_READ = frozenset({Deed.READ_ASSIGNED, Deed.READ_BOOKS, Deed.READ_SETTINGS, Deed.EXPORT})
_KEEP_BOOKS = frozenset({Deed.IMPORT, Deed.CHANGE_DEBTORS, Deed.ALLOCATE, Deed.RECORD_PAYMENT, Deed.WRITE_OFF})
_FOLLOW_UP = frozenset({Deed.RECORD_CALLS, Deed.PAUSE, Deed.PREPARE_RUN})
_LET_GO = frozenset({Deed.RELEASE_RUN, Deed.SEND})

MATRIX: dict[Role, frozenset[Deed]] = {
    Role.OWNER: frozenset(Deed),
    Role.CONTROLLER: _READ | _KEEP_BOOKS | _FOLLOW_UP | _LET_GO,
    Role.CALLER: frozenset({Deed.READ_ASSIGNED, Deed.RECORD_CALLS}),
    Role.ACCOUNTANT: _READ | _KEEP_BOOKS | _FOLLOW_UP | {Deed.CLOSE_PERIOD},
    Role.AUDITOR: _READ,
}

# What an owner may add to one membership.
GRANTABLE: dict[Role, frozenset[Deed]] = {Role.ACCOUNTANT: _LET_GO}

# A job reads, matches, prepares and sends what a person or an automatic step let go; it never releases.
JOB = frozenset({Deed.READ_BOOKS, Deed.IMPORT, Deed.ALLOCATE, Deed.PREPARE_RUN, Deed.SEND})


class NotAllowed(Refusal):
    code = "not_allowed"
    kind = Kind.FORBIDDEN
    says = mark(
        "Your role in this administration does not include this ({deed}). An owner can do it, or change your role."
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which administration, through which door, and what he may do there."""

    administration_id: int
    user_id: int | None  # None for a job, and for the command line without a named user
    via: str  # "web", "job", "command line as <operating-system user>"
    deeds: frozenset[Deed]

    def may(self, deed: Deed) -> bool:
        """Tell whether this actor may do `deed`, for a door that leaves out what he may not."""
        return deed in self.deeds

    def must(self, deed: Deed) -> None:
        """Let the verb go on only when this actor may do `deed`.

        Raises:
            NotAllowed: when he may not.
        """
        if not self.may(deed):
            raise NotAllowed(deed=deed.value)


def actor_as(
    role: Role, *, administration_id: int, user_id: int | None, via: str, granted: frozenset[Deed] = frozenset()
) -> Actor:
    """Make an actor with the deeds of `role`, and those that the owner granted to this membership."""
    assert granted <= GRANTABLE.get(role, frozenset()), "only what the role may be granted"
    return Actor(administration_id, user_id, via, MATRIX[role] | granted)
