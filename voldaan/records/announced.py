"""Notices that left and announced interest and costs: what each still leaves to claim; loaded in sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum

from voldaan.records import claims
from voldaan.records.actions import Action
from voldaan.records.bulk import Keys
from voldaan.records.charges import STANDS, Charge
from voldaan.records.messages import Message
from voldaan.records.receivables import Entry
from voldaan.rules.charges import Before, Lapsed
from voldaan.rules.claims import Basis
from voldaan.rules.days import add_months
from voldaan.rules.ledger import EntryKind, ReceivableKind
from voldaan.rules.notices import ANNOUNCING
from voldaan.rules.outbox import ActionState, MessageState

DAY = timedelta(days=1)
COSTS = ReceivableKind.COSTS.value
OF_CHARGES = EntryKind.INTEREST.value, EntryKind.COSTS.value


def lapsed(books: int, items: Collection[int], *, on: date, less_credit: bool = False) -> dict[int, list[Lapsed]]:
    """Find by receivable the notices whose term has passed, and what was owed of their lines when it did.

    With `less_credit`, what the customer has with us counts as if it had paid them. A line that its reader was not in
    default with by then leaves no costs. So many questions for any number.
    """
    found: dict[int, list[Lapsed]] = defaultdict(list)
    if not items:
        return found
    notices = arrived(books).filter(receivable__in=Keys(sorted(items))).values("message")
    for notice, _, lines in _ended(books, notices, on, less_credit=less_credit):
        for line in lines:
            found[line.receivable_id].append(notice)
    return found


class Ended(NamedTuple):
    """A notice whose term has passed, and on what it is claimed."""

    notice: Lapsed
    step: str
    asked_from: date  # the first day on which what it announced may be asked
    basis: Basis  # as if its reader were not spared

    def due_cents(self, on: date) -> int:
        """Give the costs that could be claimed on a day: none before its term was over, or by a notice of other law."""
        wanted = self.basis.law.notice
        if on < self.asked_from or (wanted and wanted.name != self.step):
            return 0
        return self.notice.due_cents(self.basis)


def ended(books: int, notices: Collection[int], *, on: date) -> dict[int, Ended]:
    """Give those of these notices whose term has passed, as it is known now."""
    said = Message.objects.of(books).filter(pk__in=Keys(sorted(notices)))
    steps = dict(said.values_list("pk", "step"))
    return {
        notice.message: Ended(notice, steps[notice.message], end + DAY, lines[0].basis)
        for notice, end, lines in _ended(books, Keys(sorted(notices)), on, even_spared=True)
        if lines
    }


def _ended(books: int, notices: Any, on: date, *,
           even_spared: bool = False, less_credit: bool = False
           ) -> Iterator[tuple[Lapsed, date, list[claims.Principal]]]:  # fmt: skip
    """Give the notices whose term has passed, each with the last day of it and its lines."""
    lines: dict[int, list[int]] = defaultdict(list)
    ends: dict[int, date] = {}
    columns = ("message_id", "receivable_id", "message__lapses_on", "message__final_date")
    rows = arrived(books).filter(message__in=notices).order_by("pk").values_list(*columns)
    for message, item, lapses, final in rows:
        end = (lapses or final + DAY) - DAY
        if end < on:
            lines[message].append(item)
            ends[message] = end
    items = {pk for pks in lines.values() for pk in pks}
    found = claims.principals(books, items, even_spared=even_spared, less_credit=less_credit)
    known = {one.receivable_id: one for one in found}
    said, before = _announced_costs(books, ends), _claimed_costs(books, ends)
    for message, end in ends.items():
        theirs = [known[pk] for pk in lines[message] if pk in known]
        left = tuple(one.left_cents(end) for one in theirs)
        whose = tuple(one.receivable_id for one in theirs)
        yield Lapsed(message, said.get(message, 0), left, before.get(message, 0), whose), end, theirs


def arrived(books: int) -> QuerySet[Action]:
    """Ask for the lines of notices whose term is known."""
    return _lines(books).exclude(message__lapses_on__isnull=True, message__final_date__isnull=True)


def _lines(books: int) -> QuerySet[Action]:
    """Ask for the lines of notices that left, did not come back, and announce something."""
    return Action.objects.of(books).filter(
        state=ActionState.TAKEN.value, message__state=MessageState.SENT.value, message__is_trial=False,
        message__returned_on__isnull=True, message__step__in=sorted(ANNOUNCING),
        receivable__kind=ReceivableKind.PRINCIPAL.value,
    )  # fmt: skip


def _announced_costs(books: int, notices: Collection[int]) -> dict[int, int]:
    rows = Charge.objects.of(books).filter(kind=COSTS, message__in=Keys(notices), is_announced=True).order_by()
    return dict(rows.values_list("message_id").annotate(Sum("cents")))


def _claimed_costs(books: int, notices: Collection[int]) -> dict[int, int]:
    """Sum what was claimed of the costs of these notices and not taken back, booked or still to be."""
    rows = Charge.objects.of(books).filter(Q(booked_as__isnull=False) | STANDS, notice__in=Keys(notices))
    became: dict[int, int] = {}
    found: dict[int, int] = defaultdict(int)
    for notice, booked_as, cents in rows.values_list("notice_id", "booked_as_id", "cents"):
        if booked_as is None:
            found[notice] += cents
        else:
            became[booked_as] = notice
    entries = Entry.objects.of(books).filter(receivable__in=Keys(became)).filter(
        Q(kind__in=OF_CHARGES) | Q(reverses__kind__in=OF_CHARGES)
    )  # fmt: skip
    for receivable, cents in entries.order_by().values_list("receivable_id").annotate(Sum("amount_cents")):
        assert receivable is not None, "it was asked by its receivable"
        found[became[receivable]] += cents
    return found


class Lettered(NamedTuple):
    """A line of an earlier notice. Amounts are cents."""

    item: int
    cents: int  # when the notice was decided
    open_cents: int  # now


def before(books: int, bundles: Iterable[tuple[int, str, Basis, Collection[int]]], *,
           on: date) -> dict[tuple[int, str], Before]:  # fmt: skip
    """Tell by customer and currency what notices of late asked for instalments: the rule that looks back over them.

    Of each bundle: the customer, its currency, its basis and its lines, which do not count as asked before.
    """
    rules = {(debtor, currency): (basis, lines) for debtor, currency, basis, lines in bundles
             if basis.law.costs and basis.law.costs.instalments and basis.same_agreement}  # fmt: skip
    if not rules:
        return {}
    months = max(basis.law.costs.instalments.months for basis, _ in rules.values()
                 if basis.law.costs and basis.law.costs.instalments)  # fmt: skip
    earlier = _lines(books).filter(
        receivable__debtor__in=Keys({debtor for debtor, _ in rules}), message__sent_on__gte=add_months(on, -months),
        message__sent_on__lte=on,
    )  # fmt: skip
    letters: dict[tuple[int, str, int], list[Lettered]] = defaultdict(list)
    columns = ("receivable__debtor_id", "message__currency", "message_id", "receivable_id", "open_cents",
               "receivable__open_cents")  # fmt: skip
    for debtor, currency, message, *line in earlier.order_by("pk").values_list(*columns):
        if (debtor, currency) in rules:
            letters[debtor, currency, message].append(Lettered(*line))
    said = _announced_costs(books, {message for *_, message in letters})
    passed = lapsed(books, {line.item for lines in letters.values() for line in lines}, on=on)
    unpaid: dict[tuple[int, str], list[int]] = defaultdict(list)
    charged: dict[tuple[int, str], int] = defaultdict(int)
    for (debtor, currency, message), lines in letters.items():
        basis, mine = rules[debtor, currency]
        assert basis.law.costs is not None
        assert basis.law.costs.instalments is not None
        if any(line.cents > basis.law.costs.instalments.largest_cents for line in lines):
            continue  # the rule did not hold for it
        unpaid[debtor, currency] += [line.open_cents for line in lines if line.open_cents and line.item not in mine]
        ended = next((one for one in passed[lines[0].item] if one.message == message), None)
        charged[debtor, currency] += ended.due_cents(basis) if ended else said.get(message, 0)
    return {whose: Before(tuple(unpaid[whose]), charged[whose]) for whose in charged}


def resting_on(notice: Message, *, today: date) -> list[Message]:
    """Find the final notices that fall with a notice that no longer counts: what they claimed has no ground left.

    They claimed its costs, or more interest than the law gives without it.
    """
    books = notice.administration_id
    items = set(Action.objects.of(books).filter(message=notice).values_list("receivable_id", flat=True))
    owed = claims.owed(books, items, on=today)
    above = [pk for pk, one in owed.items() if one.claimed_interest_cents > one.interest_cents]
    claims_on = Q(notice=notice) | Q(principal__in=Keys(above), kind=ReceivableKind.INTEREST.value)
    standing = Charge.objects.of(books).filter(STANDS, claims_on).exclude(message=notice)
    return list(Message.objects.of(books).filter(pk__in=standing.values("message")).order_by("pk"))
