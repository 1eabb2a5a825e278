"""Until when each open claim can be enforced: what lapses soon, what has lapsed, and what interrupted it.

Which law: a contract has that of the seller where nothing else was agreed (Rome I, art. 4), and so has its limitation
(art. 12); a consumer keeps that of his own country when the seller aims at it (art. 6), which no book can tell. So for
a consumer abroad, and for one of whom we do not know what he is, both are looked at and the earliest day counts. The
same holds where nobody said what is sold.

Payments are no interruption here: who pays an invoice acknowledges it, not the next one, and a payment may come from
another. Where one is an acknowledgement of the rest, a person writes it down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from voldaan.countries import COUNTRIES
from voldaan.countries.nl import delivered_by_post
from voldaan.queries.standing import KEPT, State
from voldaan.records.actions import Action
from voldaan.records.administrations import Administration
from voldaan.records.bulk import Keys
from voldaan.records.charges import Charge
from voldaan.records.interruptions import that_stand
from voldaan.records.receivables import Receivable
from voldaan.rules import limitation as rules
from voldaan.rules.days import anniversary
from voldaan.rules.law import DebtorKind
from voldaan.rules.ledger import ReceivableKind
from voldaan.rules.limitation import WARNED_DAYS, Interruption, Law, LimitationRule, Sells, Stopped
from voldaan.rules.outbox import ActionState, Channel, MessageState
from voldaan.rules.permissions import Actor, Deed

# Letters that leave no doubt that payment is wanted (art. 3:317(1) BW). A friendly reminder does not count.
DEMANDS = ("demand", "fourteen_day_letter", "business_notice", "final_notice")

IN_BUSINESS = (DebtorKind.BUSINESS.value, DebtorKind.PUBLIC_BODY.value)
ITEM = ("pk", "invoice_id", "invoice__public_id", "invoice__number", "instalment", "kind", "debtor__name",
        "debtor__public_id", "debtor__kind", "debtor__country", "currency", "open_cents", "due_date")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interrupted:
    """One interruption that is known: a letter that left from here, or what a person wrote down."""

    day: date
    kind: str  # of `Interruption` in rules/limitation.py
    proof: str
    id: str  # of what a person wrote down; empty: a letter of the books
    counts: bool = True  # or it came too early or too late, or interrupts nothing by this law


@dataclass(frozen=True, slots=True)
class WatchedClaim:
    """One open item, and until when it can be enforced. Amounts are cents."""

    id: str  # of its invoice
    invoice: str
    instalment: int
    kind: str  # of `ReceivableKind` in rules/ledger.py
    debtor: str
    debtor_id: str
    currency: str
    open_cents: int
    due_date: date
    last_day: date
    barred_on: date  # the first day on which it is barred
    has_lapsed: bool
    claim: str  # the kind of claim: the name of its rule
    years: int
    articles: list[str]
    is_certain: bool  # no other rule can be meant; else it is the one by which it lapses first
    follows_principal: bool  # interest or costs that lapse with the invoice they come from
    a_letter_helps: bool  # a written demand of the creditor begins the term anew
    interruptions: list[Interrupted]


@dataclass(frozen=True, slots=True)
class _Books:
    country: str
    sells: Sells | None

    def laws(self, kind: DebtorKind | None, country: str) -> list[Law]:
        """Give the laws that may hold towards a debtor."""
        may_keep_his_own = kind in (None, DebtorKind.CONSUMER)
        codes = dict.fromkeys([self.country, *([country] if may_keep_his_own else [])])
        return [law for code in codes if code in COUNTRIES and (law := COUNTRIES[code].limitations)]

    def readings(self, kind: DebtorKind | None, country: str, sells: Sells | None) -> Law:
        """Give the rules that a claim on a debtor may fall under."""
        return rules.readings(self.laws(kind, country), sells, kind)

    def is_certain(self, kind: DebtorKind | None, country: str, readings: Law) -> bool:
        """Tell whether all that may hold is known, and comes to the same."""
        is_known = kind in (DebtorKind.BUSINESS, DebtorKind.PUBLIC_BODY) or country in COUNTRIES
        return is_known and len({one.years for one in readings}) == 1

    def years(self, kind: DebtorKind | None) -> int | None:
        """Give the shortest term that a claim on such a debtor can have, wherever he is."""
        found = [rule.years for one in COUNTRIES for rule in self.readings(kind, one, self.sells)]
        return min(found, default=None)


def watched(*, until: date | None = None, actor: Actor, today: date) -> list[WatchedClaim]:
    """List the open items that lapse on or before a day, or all of them, the earliest first."""
    actor.must(Deed.READ_BOOKS)
    return _watched(actor.administration_id, until, today)


def waits(books: int, today: date) -> list[WatchedClaim]:
    """List what can still be saved, and lapses within the time of the warning: part of questions."""
    return [one for one in _watched(books, today + timedelta(WARNED_DAYS), today) if not one.has_lapsed]


def young(today: date) -> date:
    """Give the first due date of which nothing waits, in whatever country: a whole year is the shortest term."""
    return anniversary(today + timedelta(WARNED_DAYS), -1) + timedelta(days=2)


@lru_cache(KEPT)
def count_waiting(books: int, state: State, today: date) -> int:  # noqa: ARG001 - what it is kept by
    """Count them, once until something changes."""
    return len(waits(books, today))


def _watched(books: int, until: date | None, today: date) -> list[WatchedClaim]:
    country, sells = Administration.objects.values_list("country", "sells").get(pk=books)
    own = _Books(country, Sells(sells) if sells else None)
    items = Receivable.objects.of(books).still_open().filter(kind=ReceivableKind.PRINCIPAL.value)
    principals = list((items.filter(_may_lapse(own, until)) if until else items).values_list(*ITEM))
    charged, roots = _charged(books)
    known = {row[0]: (row[1], row[-1]) for row in (*principals, *charged)} | {
        root: facts for mine in roots.values() for root, facts in mine.items()
    }
    told = _told(books, known)
    found = [_claim(own, row, told, {}, today) for row in principals]
    found += [_claim(own, row, told, roots[row[0]], today) for row in charged]
    soon = (one for one in found if one is not None and (until is None or one.last_day <= until))
    return sorted(soon, key=lambda one: (one.last_day, one.invoice, one.instalment))


def _may_lapse(own: _Books, until: date) -> Q:
    """Leave to the database what cannot lapse by then, whatever interrupted it: the term of its debtor is longer."""
    asked, in_business = Q(pk__in=[]), Q(debtor__kind__in=IN_BUSINESS)
    for whose, debtor in ((in_business, DebtorKind.BUSINESS), (~in_business, None)):
        if (years := own.years(debtor)) is not None:
            # What is due on 29 February lapses on the 28th.
            asked |= whose & Q(due_date__lte=anniversary(until, -years) + timedelta(days=1))
    return asked


Root = dict[int, tuple[int, date]]  # of a receivable: its invoice and its due date


def _charged(books: int) -> tuple[list[tuple[Any, ...]], dict[int, Root]]:
    """Give the interest and costs that are open, and of each what it comes from."""
    charges = Charge.objects.of(books).filter(booked_as__open_cents__gt=0)
    columns = ("notice_id", "principal_id", "principal__invoice_id", "principal__due_date")
    rows = list(charges.values_list(*columns, *(f"booked_as__{name}" for name in ITEM)))
    notices: dict[int, Root] = defaultdict(dict)
    if asked := {row[0] for row in rows if row[0]}:
        lines = Action.objects.of(books).filter(message__in=Keys(asked)).exclude(state=ActionState.WITHDRAWN.value)
        facts = lines.values_list("message_id", "receivable_id", "receivable__invoice_id", "receivable__due_date")
        for notice, receivable, invoice, due in facts:
            notices[notice][receivable] = (invoice, due)
    roots = {
        row[4]: notices[notice] if notice else {principal: (invoice, due)}
        for row in rows for notice, principal, invoice, due in [row[:4]]
    }  # fmt: skip
    return [row[4:] for row in rows], roots


Told = dict[int, list[tuple[Stopped, Interrupted]]]  # by receivable


def _told(books: int, known: dict[int, tuple[int, date]]) -> Told:
    """Give what interrupted each of these receivables."""
    told: Told = defaultdict(list)
    if not known:
        return told
    for receivable, day, received, channel in _demands(books, known):
        arrived = received or (delivered_by_post(day) if channel == Channel.LETTER.value else day)
        stopped = Stopped(day, arrived, Interruption.DEMAND)
        told[receivable].append((stopped, Interrupted(day, Interruption.DEMAND.value, "", "")))
    by_invoice: dict[int, list[int]] = defaultdict(list)
    for receivable, (invoice, _) in known.items():
        by_invoice[invoice].append(receivable)
    for row in that_stand(books).filter(invoice__in=Keys(by_invoice)):
        assert row.day is not None, "only what takes one back has no day"
        stopped = Stopped(row.day, row.day, Interruption(row.kind))
        for receivable in by_invoice[row.invoice_id]:
            told[receivable].append((stopped, Interrupted(row.day, row.kind, row.proof, row.public_id)))
    return told


def _demands(books: int, known: Iterable[int]) -> QuerySet[Action, Any]:
    sent = Action.objects.of(books).filter(
        receivable__in=Keys(list(known)), message__step__in=DEMANDS, message__state=MessageState.SENT.value,
        message__is_trial=False, message__returned_on__isnull=True, message__sent_on__isnull=False,
    )  # fmt: skip
    columns = ("receivable_id", "message__sent_on", "message__received_on", "message__channel")
    return sent.exclude(state=ActionState.WITHDRAWN.value).values_list(*columns)


def _claim(own: _Books, row: tuple[Any, ...], told: Told, roots: Root, today: date) -> WatchedClaim | None:
    pk, _, id_, invoice, instalment, kind, debtor, debtor_id, who, country, currency, cents, due = row
    is_charge = kind != ReceivableKind.PRINCIPAL.value
    whose = DebtorKind(who) if who else None
    priced = own.readings(whose, country, own.sells)
    readings = own.readings(whose, country, Sells.PERIODIC) if is_charge else priced
    if not readings:
        return None  # the books are of a country whose terms we do not know
    rule, last = rules.earliest(readings, due, (one for one, _ in told[pk]))
    # Interest and costs never outlive what they come from (art. 3:312 BW).
    with_roots = [rules.earliest(priced, on, (one for one, _ in told[root])) for root, (_, on) in roots.items()]
    follows = bool(with_roots) and min(found[1] for found in with_roots) < last
    if follows:
        rule, last = min(with_roots, key=lambda found: found[1])
    return WatchedClaim(
        id_, invoice, instalment, kind, debtor, debtor_id, currency, cents, due, last, last + timedelta(days=1),
        rules.has_lapsed(last, today), rule.name, rule.years, [str(article) for article in rule.articles],
        own.is_certain(whose, country, readings), follows,
        all(Interruption.DEMAND in one.interruptions for one in readings),
_interrupted(rule, due, told[pk]),
    )  # fmt: skip


def _interrupted(rule: LimitationRule, due: date, told: list[tuple[Stopped, Interrupted]]) -> list[Interrupted]:
    """Tell of each interruption whether it counts."""
    counted = {id(one) for one in rules.counted(rule, due, (stopped for stopped, _ in told))}
    by_day = sorted(told, key=lambda found: found[0])
    return [replace(one, counts=id(stopped) in counted) for stopped, one in by_day]
