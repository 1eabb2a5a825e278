"""What becomes of a message, a step and a task: their states, and when anything may leave."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime, time, timedelta
from enum import Enum

from voldaan.rules.letters import Letter
from voldaan.rules.refusals import mark


class Channel(Enum):
    """How a message leaves."""

    EMAIL = "email"
    LETTER = "letter"


class MessageState(Enum):
    """planned → released → claimed → sent | failed | uncertain | withdrawn."""

    PLANNED = "planned"  # waits for somebody's yes
    RELEASED = "released"  # may leave
    CLAIMED = "claimed"  # a sender has it in hand, or a letter lies printed
    SENT = "sent"
    FAILED = "failed"  # refused for good: it never left
    UNCERTAIN = "uncertain"  # nobody knows whether it left: a person settles it, nothing is repeated
    WITHDRAWN = "withdrawn"  # it does not leave any more


# What never reached the customer, and never will: the step may be decided again.
FORGOTTEN = (MessageState.FAILED, MessageState.WITHDRAWN)
# What has left, or is about to: its items get nothing else until that is known.
UNDER_WAY = (MessageState.RELEASED, MessageState.CLAIMED, MessageState.UNCERTAIN)


class Asked(Enum):
    """What a person may ask to be sent, beside every strategy; also the name of its text."""

    COPY = "copy"  # an invoice once more
    STATEMENT = "statement"  # of account


class ActionState(Enum):
    """Of a step of an item."""

    PLANNED = "planned"  # its message did not leave yet
    TAKEN = "taken"
    SKIPPED = "skipped"  # a person passed it over: the ladder goes on from that day
    WITHDRAWN = "withdrawn"  # it was not taken: it may be decided again


class TaskState(Enum):
    """Of a task."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"  # all its items were paid


# The kind of a task beside those of a ladder: a final notice left before the term of the notice before it was over.
TOO_EARLY = "too_early"


class Live(Enum):
    """Whether anything leaves the machine."""

    OFF = "off"
    SELF = "self"  # to the sender's own address
    ON = "on"


class HeldSending(Enum):
    """Why nothing is sent for the time being, until a person lets it go on."""

    STOPPED = "stopped"  # somebody said stop
    RESTORED = "restored"  # the books come from a backup: what left since then is not in them
    CHECK = "check"  # the books do not hold what they promise


class Caution(Enum):
    """Why a person looks at a message by itself before it leaves."""

    OLD_DEBT = "old_debt"
    CREDIT = "credit"
    RECEIPT_WAITS = "receipt_waits"
    COSTLY = "costly"


CAUTIONS = {
    Caution.OLD_DEBT: mark("More than 90 days late, and never written to from here: is it still owed?"),
    Caution.CREDIT: mark("The customer has credit with you that is not allocated: the message asks the rest."),
    Caution.RECEIPT_WAITS: mark("A receipt waits that may pay this: see the proposals first."),
    Caution.COSTLY: mark("The costs are more than the amount that they are for: is that what you want to ask?"),
}

# Late for longer than this when the first step comes: somebody looks first.
OLD_DEBT_DAYS = 90

# A task is put off for no longer: until then the customer hears nothing of it.
PUT_OFF_DAYS = 90

OPENS, CLOSES = time(8), time(20)  # nothing leaves in the evening or at night

# A mail server that says "later" is tried again after so long, and at last not any more: about three days in all.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440, 1440))


def is_quiet_hour(moment: datetime) -> bool:
    """Tell whether nothing leaves at this moment, given in the time zone of the administration."""
    return not OPENS <= moment.time() < CLOSES


def content_hash(letter: Letter, channel: Channel, recipient: str) -> str:
    """Hash what somebody let go: to whom, in which words, for which amounts, to which account; what leaves has it too.

    Left out are the days that move along with the sending (the letter's own, the new pay-by date, up to which day
    payments were known), and how the sender can be reached.
    """
    said = asdict(letter) | {"sender": letter.sender.name, "channel": channel.value, "recipient": recipient}
    for moves in ("sent_on", "final_date", "paid_until"):
        del said[moves]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()
