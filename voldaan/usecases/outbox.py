"""The outbox as a sender works through it: drawn up in blocks, and asked anew where anything was written since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from datetime import date
from typing import Any

from voldaan.records import correspondence, left, situations
from voldaan.records.actions import Action
from voldaan.records.administrations import Head
from voldaan.records.charges import Charge
from voldaan.records.correspondence import Drawn
from voldaan.records.debtors import Contact
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.records.situations import Reach
from voldaan.rules.bundles import Bundle, DueItem, bundle, taken_in, takes_in
from voldaan.rules.outbox import ActionState, Channel, MessageState
from voldaan.rules.strategy import Because, due_step
from voldaan.usecases import charges

BLOCK = 50  # messages drawn up at once


class Outbox:
    """What is to leave, drawn up in blocks, and whether anything was written in the books since.

    Every verb writes one event in its own transaction. So as long as the last event is the one that we know, everything
    is as it was when the block was drawn up; otherwise the message in hand is looked at anew, all of it.
    """

    def __init__(self, books: int, today: date) -> None:
        self.books, self.today, self.event = books, today, 0

    def laid_out(self, keys: Sequence[int]) -> Iterator[tuple[Drawn, str]]:
        """Give each message that is still released, drawn up, and why it may not leave; empty where it may."""
        for start in range(0, len(keys), BLOCK):
            released = Message.objects.of(self.books).filter(state=MessageState.RELEASED.value)
            self.event = self._last_event()
            rows = list(released.filter(pk__in=keys[start : start + BLOCK]).order_by("pk"))
            yield from self._looked_at(correspondence.letters(self.books, rows, today=self.today))

    def why_not(self, drawn: Drawn, why: str) -> str:
        """Say why a message may not leave now. Its debtor is locked: nothing is paid between this and the claim."""
        if self._last_event() == self.event:
            return why
        again = correspondence.letters(self.books, [drawn.message], today=self.today)
        if again[0].letter != drawn.letter:
            return "changed"
        return self._looked_at(again)[0][1]

    def wrote(self, event: int) -> None:
        """Remember that we wrote this event ourselves: it changed nothing about the other messages."""
        if event == self.event + 1:
            self.event = event

    def _last_event(self) -> int:
        return Head.objects.of(self.books).values_list("event_number", flat=True).get()

    def _looked_at(self, drawn: Sequence[Drawn]) -> list[tuple[Drawn, str]]:
        """Ask everything of these messages, in sets."""
        reasons = _as_asked(self.books, [one for one in drawn if one.message.was_asked])
        actions = Action.objects.of(self.books).filter(
            message__in=[one.message.pk for one in drawn], state=ActionState.PLANNED.value
        )
        lines = {item: (message, step) for message, item, step in
                 actions.values_list("message_id", "receivable_id", "step")}  # fmt: skip
        items = Receivable.objects.of(self.books).filter(pk__in=lines)
        house = situations.books_of(self.books)
        due: dict[int, list[DueItem]] = defaultdict(list)
        reaches: dict[int, Reach] = {}
        there = list(situations.of(items, house, today=self.today, about_to_leave=True)) if lines else []
        left.told(there, self.books, self.today)
        for now in there:
            message, step = lines[now.receivable_id]
            # What was released is not taken back because today happens to be a Sunday, on which letters are printed.
            item = replace(now.item, awaits_approval=True)
            decision = due_step(now.reach.strategy, item, house.bank, house.country, today=self.today)
            own = next((rung for rung in now.reach.strategy.steps if rung.code == step), None)
            is_in = own is not None and takes_in(own) and taken_in(now.reach.strategy, own, item, decision, self.today)
            if not is_in and (decision.because is not Because.NEEDS_APPROVAL or decision.step is None):
                reasons.setdefault(message, decision.because.value)
            elif own is None or (decision.step != own and not is_in):
                reasons.setdefault(message, "changed")
            else:
                due[message].append(DueItem(now.receivable_id, now.invoice, now.item, own))
                reaches[message] = now.reach
        bundles: dict[int, Bundle] = {}
        for one in drawn:
            if (key := one.message.pk) not in reasons:
                reasons[key] = _as_released(one, due[key], reaches, bundles, self.today)
        for key in _charged_otherwise(self.books, bundles, drawn):
            reasons[key] = "changed"
        return [(one, reasons[one.message.pk]) for one in drawn]


def _as_asked(books: int, asked: Sequence[Drawn]) -> dict[int, str]:
    """Say why what a person asked for cannot leave; empty where it can, and then it tells how things are now."""
    theirs = Contact.objects.of(books).filter(debtor__in={one.message.debtor_id for one in asked})
    mailboxes = set(theirs.filter(refused_on__isnull=True).values_list("debtor_id", "email"))
    return {
        one.message.pk: "" if one.letter and (one.message.debtor_id, one.message.recipient) in mailboxes else "changed"
        for one in asked
    }


def _charged_otherwise(books: int, bundles: dict[int, Bundle], drawn: Sequence[Drawn]) -> list[int]:
    """Name the messages whose interest or costs would be others by now, as of the day they were decided on."""
    days = {one.message.pk: one.message.decided_on for one in drawn if one.message.pk in bundles}
    found = []
    written: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
    columns = ("kind", "is_announced", "cents", "principal_id", "notice_id", "since", "through")
    for message, *charge in Charge.objects.of(books).filter(message__in=list(days)).values_list("message_id", *columns):
        written[message].add(tuple(charge))
    for day in set(days.values()):
        theirs = {key: one for key, one in bundles.items() if days[key] == day}
        for key, one in charges.reckoned(theirs, books, day).items():
            now = {(charge.kind.value, *astuple(charge)[1:]) for charge in one.charges}
            if now != written[key]:
                found.append(key)
    return found


def _as_released(drawn: Drawn, due: Sequence[DueItem], reaches: dict[int, Reach], bundles: dict[int, Bundle],
                 today: date) -> str:  # fmt: skip
    """Say what is not as it was released, of a message whose items are all due; empty where everything is."""
    message = drawn.message
    if not due or drawn.content_hash != message.content_hash:
        return "changed"
    reach = reaches[message.pk]
    one = bundle(reach.strategy, due, today)
    if one is None:
        return Because.COVERED_BY_CREDIT.value
    bundles[message.pk] = one
    channel = one.channel(has_mailbox=bool(reach.email), has_address=reach.has_address)
    recipient = reach.email if channel is Channel.EMAIL else ""
    return "" if (channel.value, recipient) == (message.channel, message.recipient) else "changed"
