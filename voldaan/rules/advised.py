"""A receipt spread as its payer's own list says: each line held against what is open; what differs is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from voldaan.rules.candidates import Candidate
from voldaan.rules.ledger import EntryKind
from voldaan.rules.matches import Match, MatchClass
from voldaan.rules.money import Money, spread
from voldaan.rules.reductions import GivenUp
from voldaan.rules.refusals import mark
from voldaan.rules.told import Told, told

SHOWN = 5  # invoice numbers in a sentence

NAMES_ONE = mark("the payer's own list of {day} names it")
NAMES = mark("the payer's own list of {day} names {count} invoices")
NOTES_OFF = mark("takes off credit notes: {numbers}")
UNKNOWN = mark("not known here: {numbers}")
PAID = mark("not open any more: {numbers}")
OF_ANOTHER = mark("of another customer: {numbers}")
PAYS_LESS = mark("less than is open: {numbers}")
PAYS_MORE = mark("more than is open: {numbers}")
TAKES_OFF = mark("takes a discount that was not agreed, or is too late: {numbers}")
NO_NOTE = mark("takes off what is no open credit note here: {numbers}")
ALSO_OFF = mark("also takes off {amount}: {words}")
ALSO_PAYS = mark("also pays {amount}: {words}")
NOT_WHOLE = mark("not every line of the list can be read, or they do not add up")
OTHER_PAYER = mark("the account or the name of the payer is not that of the customer")
SEVERAL = mark("more than one receipt or list has this amount")


class Line(NamedTuple):
    """One line of a list: the number folded, and as it is written."""

    number: str
    written: str
    cents: int
    reduced_cents: int


class Note(NamedTuple):
    """A credit note that still has something."""

    credit_id: int
    debtor_id: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A list of a payer, as the books have it."""

    id: int
    day: date  # of the payment, else on which the list came
    currency: str
    is_whole: bool
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Spread:
    """What is found out line by line."""

    asked: list[tuple[int, int]] = field(default_factory=list)  # receivable, cents
    given_up: list[GivenUp] = field(default_factory=list)
    notes: list[tuple[int, int]] = field(default_factory=list)  # credit, cents
    off: list[str] = field(default_factory=list)  # numbers of those credit notes
    differs: dict[str, list[str]] = field(default_factory=dict)  # sentence: numbers
    more: list[Told] = field(default_factory=list)

    def differ(self, what: str, number: str) -> None:
        self.differs.setdefault(what, []).append(number)


def pairs(near: Iterable[tuple[int, int, int]]) -> tuple[dict[int, int], set[int]]:
    """Give each list its receipt, of (days apart, list, receipt): the nearest first, and no receipt to two lists.

    And the receipts of which that is not certain, because one of the two had a choice.
    """
    ways = sorted(near)
    lists, receipts = Counter(one for _, one, _ in ways), Counter(receipt for _, _, receipt in ways)
    taken: dict[int, int] = {}
    given: set[int] = set()
    doubtful: set[int] = set()
    for _, one, receipt in ways:
        if one not in taken and receipt not in given:
            taken[one] = receipt
            given.add(receipt)
            if lists[one] > 1 or receipts[receipt] > 1:
                doubtful.add(receipt)
    return taken, doubtful


def whose(advice: Advice, items: Mapping[str, Sequence[Candidate]]) -> int | None:
    """Give the debtor of whom most of the money is asked; None where no line names what is open."""
    sums: Counter[int] = Counter()
    for line in advice.lines:
        if line.cents > 0:
            sums.update({item.debtor_id: line.cents for item in items.get(line.number, ()) if item.open_cents > 0})
    return min(sums, key=lambda debtor: (-sums[debtor], debtor)) if sums else None


def spread_as_told(advice: Advice, cents: int, debtor_id: int, items: Mapping[str, Sequence[Candidate]], *,
                   settled: Iterable[str], notes: Mapping[str, Note], paid_on: date, is_payer: bool,
                   is_alone: bool) -> Match:  # fmt: skip
    """Say what a receipt of `cents` pays; certain where the list agrees with the books to the cent, in every line.

    `items` are open by folded number, `settled` the numbers that are known and not open, `notes` the credit notes.
    """
    found, known = _Spread(), set(settled)
    for line in _by_number(advice.lines):
        if not line.number:
            what = ALSO_OFF if line.cents < 0 else ALSO_PAYS
            found.more.append(told(what, against=True, amount=str(Money(abs(line.cents), advice.currency)),
                                   words=line.written))  # fmt: skip
        elif line.cents < 0:
            _take_off(found, line, notes.get(line.number), debtor_id)
        else:
            _pay(found, line, items.get(line.number, ()), debtor_id, paid_on=paid_on, is_settled=line.number in known)
    asked = [wanted for _, wanted in found.asked]
    shares, left = spread(cents, asked)
    rest = [(receivable, wanted - share) for (receivable, wanted), share in zip(found.asked, shares, strict=True)]
    taken_off, unused = _taken_off(found.notes, rest)
    against = [told(what, against=True, numbers=_few(numbers)) for what, numbers in found.differs.items()] + found.more
    doubts = ((advice.is_whole, NOT_WHOLE), (is_payer, OTHER_PAYER), (is_alone, SEVERAL))
    against += [told(what, against=True) for is_so, what in doubts if not is_so]
    is_exact = left == 0 and not unused and all(not part for _, part in _less(rest, taken_off))
    lines = tuple((receivable, share) for (receivable, _), share in zip(found.asked, shares, strict=True) if share)
    says = (*_speaks(advice, found), *against)
    is_certain = is_exact and not against
    return Match(MatchClass.ADVICE, (), lines, left, debtor_id, is_certain, tuple(found.given_up), says, taken_off)


def _speaks(advice: Advice, found: _Spread) -> list[Told]:
    count = sum(line.cents > 0 and line.number != "" for line in _by_number(advice.lines))
    day = advice.day.isoformat()
    speaks = [told(NAMES, day=day, count=str(count)) if count > 1 else told(NAMES_ONE, day=day)]
    return [*speaks, told(NOTES_OFF, numbers=_few(found.off))] if found.off else speaks


def _by_number(lines: Iterable[Line]) -> list[Line]:
    """Add up the lines of one invoice; a credit note of the same number stays apart, as does what has none."""
    sums: dict[tuple[str, bool, int], Line] = {}
    for nth, line in enumerate(lines):
        key = (line.number, line.cents < 0, 0 if line.number else nth)
        before = sums.get(key)
        sums[key] = line if before is None else before._replace(
            cents=before.cents + line.cents, reduced_cents=before.reduced_cents + line.reduced_cents
        )  # fmt: skip
    return list(sums.values())


def _pay(found: _Spread, line: Line, items: Sequence[Candidate], debtor_id: int, *, paid_on: date,
         is_settled: bool) -> None:  # fmt: skip
    there = [item for item in items if item.open_cents > 0]
    own = sorted((item for item in there if item.debtor_id == debtor_id), key=attrgetter("due_date", "receivable_id"))
    if not own:
        found.differ(OF_ANOTHER if there else PAID if is_settled else UNKNOWN, line.written)
        return
    is_open = sum(item.open_cents for item in own)
    offer = own[0].discount if len(own) == 1 else None
    if line.reduced_cents and line.cents + line.reduced_cents == is_open:
        is_agreed = offer and paid_on <= offer.until and offer.least_cents <= line.reduced_cents <= offer.most_cents
        if is_agreed:
            found.given_up.append(GivenUp(own[0].receivable_id, line.reduced_cents, EntryKind.DISCOUNT))
        else:
            found.differ(TAKES_OFF, line.written)
    elif line.cents != is_open:
        found.differ(PAYS_MORE if line.cents > is_open else PAYS_LESS, line.written)
    elif line.reduced_cents:
        found.differ(TAKES_OFF, line.written)  # and yet it pays all: the list contradicts the books
    shares, _ = spread(line.cents, [item.open_cents for item in own])
    found.asked += [(item.receivable_id, share) for item, share in zip(own, shares, strict=True) if share]


def _take_off(found: _Spread, line: Line, note: Note | None, debtor_id: int) -> None:
    if note is None or note.debtor_id != debtor_id or note.open_cents < -line.cents:
        found.differ(NO_NOTE, line.written)
        return
    found.notes.append((note.credit_id, -line.cents))
    found.off.append(line.written)


def _taken_off(notes: Iterable[tuple[int, int]],
             rest: Iterable[tuple[int, int]]) -> tuple[tuple[tuple[int, int, int], ...], int]:  # fmt: skip
    """Let credit notes pay what the money did not, in the order of the list; give what of them is not used."""
    asked = [(receivable, cents) for receivable, cents in rest if cents]
    done: list[tuple[int, int, int]] = []
    unused = 0
    for credit, cents in notes:
        shares, left = spread(cents, [wanted for _, wanted in asked])
        done += [(credit, receivable, share) for (receivable, _), share in zip(asked, shares, strict=True) if share]
        asked = [(receivable, wanted - share) for (receivable, wanted), share in zip(asked, shares, strict=True)]
        asked = [one for one in asked if one[1]]
        unused += left
    return tuple(done), unused


def _less(rest: Iterable[tuple[int, int]], taken_off: Iterable[tuple[int, int, int]]) -> list[tuple[int, int]]:
    taken: Counter[int] = Counter()
    for _, receivable, cents in taken_off:
        taken[receivable] += cents
    return [(receivable, cents - taken[receivable]) for receivable, cents in rest]


def _few(numbers: Sequence[str]) -> str:
    more = f" +{len(numbers) - SHOWN}" if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more
