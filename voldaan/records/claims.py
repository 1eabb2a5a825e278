"""What the law makes of principals on a day: default, interest, and what letters claimed of it; loaded in sets.

Money of the books reduces a principal through what was allocated to it, and through entries on it; by value date, with
all that was taken back. The law counts some of it on another day: see `counted`. Interest and costs that were claimed
are receivables of their own, and stay out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum

from voldaan.countries import law as law_with
from voldaan.countries.eu import GENERIC
from voldaan.records import counted
from voldaan.records.actions import Action
from voldaan.records.bulk import AsKept, Keys
from voldaan.records.charges import STANDS, Charge
from voldaan.records.rates import added as added_rates
from voldaan.records.receivables import Allocation, Entry, Receivable
from voldaan.records.terms import terms_at
from voldaan.rules.claims import Basis, Position
from voldaan.rules.default import default_from, interest_from
from voldaan.rules.imputation import Claim, Running
from voldaan.rules.interest import interest_cents, stretches
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import EntryKind, ReceivableKind
from voldaan.rules.outbox import ActionState, MessageState
from voldaan.rules.rates import Row
from voldaan.rules.term_sets import TermSet
from voldaan.rules.terms import TermBasis

DAY = timedelta(days=1)
KEPT = 20_000  # what follows of days and kinds that many receivables share

# The steps that ask a debtor to pay, and set him a term.
DEMANDS = ("reminder", "demand", "fourteen_day_letter", "consumer_first_reminder", "business_notice", "final_notice")

# What an item began with; and what only says under whose name it stands.
BEGAN = tuple(kind.value for kind in (EntryKind.INVOICED, EntryKind.BROUGHT_FORWARD, EntryKind.INTEREST,
                                      EntryKind.COSTS, EntryKind.MOVED))  # fmt: skip


class Owed(NamedTuple):
    """One principal as the law sees it at the end of a day."""

    receivable_id: int
    debtor_id: int
    invoice: str
    instalment: int
    currency: str
    principal_cents: int  # as it began, before payments
    open_cents: int  # by value date
    owed_cents: int  # of that: what the law counts
    issue_date: date
    due_date: date
    default_from: date | None  # the first day of default; None: not, or not yet
    interest_since: date | None  # the first day that bears interest; None: none does, or not yet
    interest_cents: int  # all of it, whatever was claimed or paid of it
    claimed_interest_cents: int  # of it: what letters claimed, and nobody took back
    basis: Basis


Changes = tuple[tuple[date, int], ...]  # by value date: so much less, or more where it is negative


class Principal(NamedTuple):
    """What the books say of one principal, whatever the day."""

    receivable_id: int
    debtor_id: int
    invoice: str
    instalment: int
    currency: str
    cents: int  # as it began
    issue_date: date
    due_date: date
    default_from: date | None  # also one that is still to come
    interest_since: date | None  # the same
    changes: Changes  # of what is open
    counted: Changes  # of what is owed: the same, but for what counts on another day
    basis: Basis
    lapsed_on: date | None  # the first day after the term of a demand that was sent

    def open_cents(self, on: date) -> int:
        """Tell what is open at the end of a day; before it was issued there is nothing."""
        return _open(self.cents, self.issue_date, self.changes, on)

    def owed_cents(self, on: date) -> int:
        """Tell what is owed at the end of a day by what is known now: no interest and no costs are due over more."""
        return _open(self.cents, self.issue_date, self.counted, on)

    def left_cents(self, end: date) -> int:
        """Tell what a term left owed that ended with a day: nothing where there was no default by then."""
        return self.owed_cents(end) if self.default_from and self.default_from <= end else 0

    def interest_cents(self, on: date) -> int:
        """Give the interest up to and including a day: the same as that of its position, sooner."""
        since, changes = self.interest_since, self.counted
        if since is None or since > on:
            return 0
        if changes and changes[-1][0] >= since:
            return sum([stretch.cents for stretch in self.position(on).stretches])
        began, due = self.cents - sum([cents for _, cents in changes]), since - DAY
        terms = self.basis.interest_terms(due)
        return interest_cents(began, due, on, terms) if terms and began else 0

    def position(self, on: date) -> Position:
        """Work out the interest up to and including a day."""
        since = self.interest_since
        if since is None or since > on:
            return Position(Claim(self.invoice, self.cents, self.due_date, None), self.owed_cents(on), 0, ())
        claim = self.basis.claim(self.invoice, self.cents, since - DAY)
        if claim.terms is None:
            return Position(claim, self.owed_cents(on), 0, ())
        began, later = self.cents, []
        for day, cents in self.counted:
            if day < since:
                began -= cents
            elif day <= on:
                later.append((day, cents))
        if not (began or later):
            return Position(claim, 0, 0, ())
        if not later:
            found = stretches(began, claim.due_date, on, claim.terms)
            return Position(claim, found[-1].base_cents, found[-1].cents, found)
        running = Running(claim)
        running.take_principal(claim.due_date, self.cents - began)
        for day, cents in later:
            running.run_to(day)
            running.take_principal(day, cents)
        running.run_to(on)
        running.settle(on)
        return Position(claim, running.base_cents, running.interest_cents, running.stretches)


class Claimed(NamedTuple):
    """Interest or costs that a letter claimed: an item of its own."""

    kind: str  # of `ReceivableKind`
    principal_id: int | None  # of interest
    invoice: str
    invoice_id: str  # public
    currency: str
    cents: int
    claimed_on: date
    changes: Changes

    def open_cents(self, on: date) -> int:
        """Tell what is open of it at the end of a day; before it was claimed there is nothing."""
        return _open(self.cents, self.claimed_on, self.changes, on)


class Announced(NamedTuple):
    """Costs that a letter announced, and of which items."""

    step: str
    sent_on: date
    lapses_on: date | None  # the first day on which they may be asked; None: not known
    cents: int
    items: tuple[int, ...]


def _open(cents: int, since: date, changes: Changes, on: date) -> int:
    if on < since:
        return 0
    return cents - sum(less for day, less in changes if day <= on) if changes else cents


Which = QuerySet[Receivable] | Collection[int]


@lru_cache(256)
def basis_of(
    country: str,
    kind: str,
    is_spared: bool,  # noqa: FBT001 - a column of a debtor
    rates: tuple[Row, ...],
    terms: TermSet | None = None,
) -> Basis:
    """Give the basis on which is claimed from a debtor of this country and kind.

    Of one whose kind is not known, nothing is asked that only a business owes. `rates` are those that were added to
    what came with Voldaan; `terms` what was agreed with customers like him.
    """
    law = law_with(rates)
    return Basis(
        law.get(country, law[GENERIC.code]), DebtorKind(kind) if kind else DebtorKind.CONSUMER,
        agreed_rate=terms.agreed_rate if terms else None, agreed_compounds=terms is not None and terms.compounds,
        agreed=terms, asks_interest=not is_spared, asks_costs=not is_spared,
    )  # fmt: skip


def owed(books: int, receivables: Which, *, on: date, less_credit: bool = False) -> dict[int, Owed]:
    """Tell by receivable what the law makes of these principals at the end of a day: eight questions for any number.

    What is no principal is left out. A day to come is taken as if nobody paid until then.
    """
    claimed = claimed_interest(books, receivables, on=on)
    found = {}
    for one in principals(books, receivables, less_credit=less_credit):
        default, since = one.default_from, one.interest_since
        found[one.receivable_id] = Owed(
            one.receivable_id, one.debtor_id, one.invoice, one.instalment, one.currency, one.cents,
            one.open_cents(on), one.owed_cents(on), one.issue_date, one.due_date,
            default if default and default <= on else None,
            since if since and since <= on else None,
            one.interest_cents(on),
            claimed.get(one.receivable_id, 0), one.basis,
        )  # fmt: skip
    return found


COLUMNS = ("pk", "debtor_id", "invoice__number", "instalment", "currency", "open_cents", "debtor__country",
           "debtor__kind", "debtor__is_spared", "term_basis", AsKept("invoice__issue_date"), AsKept("due_date"),
           AsKept("invoice__received_on"))  # fmt: skip


SPARED = 2  # of these, from the country on


class _Lapsed(NamedTuple):
    """The first day after the term of a demand, and of a notice that the law knows."""

    demand: date | None = None
    notice: date | None = None


class _ByLaw(NamedTuple):
    """What follows from what is alike for many receivables."""

    basis: Basis
    issue_date: date
    due_date: date
    default_from: date | None
    interest_since: date | None


def _by_law(books: int) -> Callable[..., _ByLaw]:
    """Give the function that says what follows from these columns and the demand: found once for all that are alike."""
    rates, terms_on = added_rates(), terms_at(books)

    @lru_cache(KEPT)
    def follows(country: str, kind: str, is_spared: int, term: str, issued: Any, due: Any, received: Any,
                lapsed: _Lapsed) -> _ByLaw:  # fmt: skip
        issue_date, due_date = _day(issued), _day(due)
        basis = basis_of(country, kind, bool(is_spared), rates, terms_on(kind, issue_date))
        default = default_from(
            TermBasis(term), due_date=due_date, received_on=_day(received) if received else issue_date, law=basis.law,
            lapsed_on=lapsed.demand,
        )  # fmt: skip
        since = interest_from(default, law=basis.law, noticed_on=lapsed.notice) if basis.asks_interest else None
        return _ByLaw(basis, issue_date, due_date, default, since)

    return follows


@lru_cache(KEPT)
def _day(kept: Any) -> date:
    """Read a day as either engine keeps it."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def principals(books: int, receivables: Which, *, even_spared: bool = False, less_credit: bool = False
               ) -> Iterator[Principal]:  # fmt: skip
    """Load what the books say of these principals, by debtor and due date: seven questions for any number.

    Of who is spared nothing is asked; with `even_spared` it is told what could be. With `less_credit`, what a customer
    has with us counts as if it had paid them, the first one first.
    """
    items, follows = _items(receivables), _by_law(books)
    changes, lapsed, not_yet = _changes(books, items), _lapsed(books, items), _Lapsed()
    otherwise, purse = counted.otherwise(books, items), counted.Purse(books, items) if less_credit else None
    rows = Receivable.objects.of(books).filter(pk__in=items, kind=ReceivableKind.PRINCIPAL.value)
    for pk, whose, invoice, instalment, currency, cents, *asked in _asked(
        rows.order_by("debtor_id", "due_date", "pk").values_list(*COLUMNS)
    ):
        ended = lapsed.get(pk, not_yet)
        if even_spared:
            asked[SPARED] = False
        basis, issue_date, due_date, default, since = follows(*asked, ended)
        moved = changes.get(pk)
        began = cents + sum(moved.values()) if moved else cents
        of_open = of_owed = tuple(_in_order(began, moved)) if moved else ()
        paid = purse.pay(whose, currency, cents, since=issue_date) if purse and cents else None
        if pk in otherwise or paid:
            of_owed = tuple(_in_order(began, _together(moved, otherwise.get(pk), paid)))
        yield Principal(
            pk, whose, invoice, instalment, currency, began, issue_date, due_date, default, since, of_open, of_owed,
            basis, ended.demand,
        )  # fmt: skip


def claimed_interest(books: int, receivables: Which, *, on: date) -> dict[int, int]:
    """Tell by receivable what letters claimed of its interest by a day, less what was taken back; paid or not."""
    interest = EntryKind.INTEREST.value
    booked = Entry.objects.of(books).filter(
        Q(kind=interest) | Q(reverses__kind=interest), receivable=OuterRef("booked_as"), value_date__lte=on
    )
    total = booked.order_by().values("receivable").annotate(cents=Sum("amount_cents")).values("cents")
    # What a message claimed while the period was closed counts too: it is only not booked yet.
    charges = Charge.objects.of(books).filter(
        Q(booked_as__isnull=False) | STANDS & Q(message__sent_on__lte=on),
        kind=ReceivableKind.INTEREST.value, principal__in=_items(receivables),
    )  # fmt: skip
    found: dict[int, int] = defaultdict(int)
    for principal, booked_as, waits, cents in charges.values_list(
        "principal_id", "booked_as_id", "cents", Subquery(total)
    ):
        found[principal] += (waits if booked_as is None else cents) or 0
    return found


def claimed(books: int, receivables: Collection[int]) -> list[Claimed]:
    """Give what letters claimed beside these principals: their interest, and the costs of their letters."""
    items = _items(receivables)
    letters = Action.objects.of(books).filter(receivable__in=items, message__isnull=False)
    charges = Charge.objects.of(books).filter(
        Q(principal__in=items) | Q(notice__in=letters.values("message")), booked_as__isnull=False
    )
    columns = ("invoice__number", "invoice__public_id", "currency", "open_cents", "invoice__issue_date")
    rows = charges.order_by("booked_as_id").distinct().values_list(
        "booked_as_id", "kind", "principal_id", *(f"booked_as__{name}" for name in columns)
    )  # fmt: skip
    found = list(rows)
    changes = _changes(books, Keys([pk for pk, *_ in found]))
    own = []
    for pk, kind, principal, number, id_, currency, is_open, day in found:
        began = is_open + sum(changes[pk].values())
        if began:  # else it was taken back
            less = tuple(_in_order(began, changes[pk]))
            own.append(Claimed(kind, principal, number, id_, currency, began, day, less))
    return own


def announced(books: int, receivables: Collection[int]) -> list[Announced]:
    """Give the costs that letters announced which were sent about these principals, oldest first."""
    lines = _sent(books, _items(receivables)).order_by("receivable_id").values_list("message_id", "receivable_id")
    items: dict[int, list[int]] = defaultdict(list)
    for message, receivable in lines:
        items[message].append(receivable)
    costs = Charge.objects.of(books).filter(
        kind=ReceivableKind.COSTS.value, is_announced=True, message__in=Keys(items)
    ).order_by("message__sent_on", "message_id")  # fmt: skip
    columns = ("message_id", "message__step", "message__sent_on", "message__lapses_on", "message__final_date", "cents")
    return [
        Announced(step, sent_on, lapses_on or (paid_by + DAY if paid_by else None), cents, tuple(items[message]))
        for message, step, sent_on, lapses_on, paid_by, cents in costs.values_list(*columns)
    ]


def _sent(books: int, items: Any) -> QuerySet[Action]:
    """Ask for the lines of the demands that reached their customer."""
    return Action.objects.of(books).filter(
        receivable__in=items, message__state=MessageState.SENT.value, message__is_trial=False,
        message__returned_on__isnull=True, message__step__in=DEMANDS,
    ).exclude(state=ActionState.WITHDRAWN.value)  # fmt: skip


def _items(receivables: Which) -> Any:
    """Name these receivables within another question."""
    if isinstance(receivables, QuerySet):
        return receivables.values("pk")
    return Keys(receivables)


def _changes(books: int, items: Any) -> dict[int, dict[date, int]]:
    """Tell by receivable and value date how much less was open of it."""
    entries = Entry.objects.of(books).filter(receivable__in=items).exclude(kind__in=BEGAN)
    # What was claimed and taken back was never claimed.
    entries = entries.exclude(reverses__kind__in=(EntryKind.INTEREST.value, EntryKind.COSTS.value))
    paid = Allocation.objects.of(books).filter(receivable__in=items)
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for rows, less in ((entries, -1), (paid, 1)):
        columns = rows.order_by().values_list("receivable_id", AsKept("value_date"), "amount_cents")
        for receivable, kept, cents in _asked(columns):
            day, moved = _day(kept), found[receivable]
            moved[day] = moved.get(day, 0) + less * cents
    return found


def _together(*parts: dict[date, int] | None) -> dict[date, int]:
    """Add changes up by day."""
    found: dict[date, int] = defaultdict(int)
    for part in parts:
        for day, cents in (part or {}).items():
            found[day] += cents
    return found


def _in_order(began: int, moved: dict[date, int]) -> Iterator[tuple[date, int]]:
    """Give the changes day by day. What was taken back only later never makes it less than nothing in between."""
    left = was_open = began
    for day, cents in sorted(moved.items()):
        left -= cents
        if was_open != (is_open := max(left, 0)):
            yield day, was_open - is_open
        was_open = is_open


def _lapsed(books: int, items: Any) -> dict[int, _Lapsed]:
    """Tell by receivable when the first term lapsed that was set to pay it."""
    terms = _sent(books, items).order_by().values_list("receivable_id").annotate(
        paid_by=AsKept(Min("message__final_date", filter=Q(message__lapses_on__isnull=True))),
        lapsed=AsKept(Min("message__lapses_on")),
    )  # fmt: skip
    found = {}
    for receivable, paid_by, kept in _asked(terms):
        notice = _day(kept) if kept else None
        ends = [_day(paid_by) + DAY] if paid_by else []
        found[receivable] = _Lapsed(min([*ends, *([notice] if notice else [])], default=None), notice)
    return found


def _asked(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """Give the rows as the engine gives them."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor
