"""The overview: what is open, how late it is, and what waits for a person today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from voldaan.look import words
from voldaan.look.charts import Segment, ageing_bar
from voldaan.queries import overview as questions
from voldaan.queries import worklist, write_off_requests
from voldaan.queries.administrations import Entered as Books
from voldaan.queries.aging import AgingRow
from voldaan.rules.aging import BUCKETS
from voldaan.rules.capital import freed_by_a_day, yearly_cost
from voldaan.rules.money import Money
from voldaan.rules.outbox import PUT_OFF_DAYS
from voldaan.rules.permissions import Deed
from voldaan.web.entered import Entered
from voldaan.web.report_asked import LATE, Asked, credits_address, drill_down, items_address
from voldaan.web.typed import choice

IN_ADDRESS = {
    "onzeker": "uncertain",
    "te-vroeg": "too_early",
    "geweigerd": "failed",
    "ontvangst": "receipt",
    "goedkeuren": "message",
    "posten": "letter",
    "bellen": "call",
    "beslissen": "hand_over",
    "tegoed": worklist.CREDIT,
    "later": worklist.LATER,
}
FRIDAY = 4  # and the weekend: of `date.weekday`
TASKS = ("call", "hand_over", "too_early")
MOST_WORK, MOST_CUSTOMERS, MOST_INVOICES = 50, 25, 3  # on one page, one table, one line


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One thing to do, in words."""

    work: worklist.Work
    sign: words.Sign
    says: str
    when: str
    invoices: list[str]
    more: int  # invoices that the line leaves out

    @property
    def is_task(self) -> bool:
        """Tell whether it can be done, put off or skipped here."""
        return self.work.kind in TASKS


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One row of the ageing: its amounts by bucket, and the same as a bar."""

    row: AgingRow
    buckets: tuple[int, ...]
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Aged:
    """The ageing in one currency."""

    figures: questions.InCurrency
    total: AgedRow
    largest: list[AgedRow]
    rest: AgedRow | None
    overdue_share: int  # whole percents
    yearly_cost: Money  # of waiting for what is open
    freed_by_a_day: Money  # when all customers pay a day sooner
    parts: list[tuple[Segment, str]]  # of the total, each with the address of the items behind it
    open_address: str
    overdue_address: str
    credits_address: str


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show the books of one administration at a glance."""
    chosen = IN_ADDRESS.get(choice(request.GET, "welke", IN_ADDRESS), "")
    found = questions.overview(kind=chosen, most_work=MOST_WORK, most_customers=MOST_CUSTOMERS, actor=request.actor,
                               today=request.today)  # fmt: skip
    waiting = found.waiting
    things = sum(waiting.kinds.values())
    requests = found.requests if request.actor.may(Deed.WRITE_OFF_ANY) else 0
    counts = waiting.kinds | ({worklist.LATER: waiting.later} if waiting.later else {})
    keys = {next((kind for kind in TASKS if kind in waiting.kinds), ""): "2"}
    ways = [
        (name, words.WORK[kind], counts.get(kind, 0), waiting.amounts.get(kind, []), kind == chosen,
         keys.get(kind, ""))
        for name, kind in IN_ADDRESS.items() if kind in counts or kind == chosen
    ]  # fmt: skip
    context = {
        "title": _title(
            things, found, requests, waiting.involved, waits_for_bank=found.bank.is_stale and bool(found.currencies)
        ),
        "found": found,
        "currencies": [_aged(one, request.books, is_only=len(found.currencies) == 1) for one in found.currencies],
        "buckets": BUCKETS,
        "work": [_row(one) for one in waiting.work],
        "things": things,
        "left": (counts.get(chosen, 0) if chosen else things) - len(waiting.work),
        "chosen": chosen,
        "is_friday": request.today.weekday() >= FRIDAY,
        "tomorrow": request.today + timedelta(1),
        "latest": request.today + timedelta(PUT_OFF_DAYS),
        "ways": ways,
        "receipts": found.receipts,
        "requests": requests,
        "waits_for_you": things + requests + (0 if things else found.receipts),
        "heard": _heard(request),
        "unmailed": found.unmailed,
        "may": {deed.name.lower(): request.actor.may(deed) for deed in Deed},
        "told": found.told if request.actor.may(Deed.CHANGE_SENDER) else 0,
        "to_approve": waiting.kinds.get("message", 0),
        "letters": waiting.kinds.get("letter", 0),
        "kinds": [(words.WORK[kind], count) for kind, count in waiting.kinds.items()],
    }
    return render(request, "overview/page.html", context)


def _heard(request: Entered) -> list[tuple[write_off_requests.WriteOffAsked, words.Sign]]:
    """Give what became of what the reader asked an owner for; who needs nobody's yes asks nothing."""
    if not request.actor.may(Deed.WRITE_OFF) or request.actor.may(Deed.WRITE_OFF_ANY):
        return []
    heard = write_off_requests.heard(actor=request.actor, today=request.today)
    return [(one, words.REQUESTS[one.state]) for one in heard]


def _title(things: int, found: questions.Overview, requests: int, asked: Sequence[Money], *,
           waits_for_bank: bool) -> str:  # fmt: skip
    receipts, refused = found.receipts, found.refused
    if not things and refused and not receipts:
        return ngettext("%(n)s refused file waits for you", "%(n)s refused files wait for you", refused) % {
            "n": words.whole(refused)
        }
    if not things and receipts and not waits_for_bank:
        return ngettext("%(n)s receipt waits for you", "%(n)s receipts wait for you", receipts) % {
            "n": words.whole(receipts)
        }
    if not things and requests and not waits_for_bank:
        return ngettext("%(n)s write-off waits for your yes", "%(n)s write-offs wait for your yes",
                        requests) % {"n": requests}  # fmt: skip
    if not things:
        return (
            gettext("First your bank statement, then the rest") if waits_for_bank else gettext("Nothing waits for you")
        )
    if not asked:
        return ngettext("%(things)d thing to do", "%(things)d things to do", things) % {"things": things}
    amounts = words.joined([words.amount(money) for money in asked])
    sentence = ngettext("%(things)d thing to do, %(amounts)s involved",
                        "%(things)d things to do, %(amounts)s involved", things)  # fmt: skip
    return sentence % {"things": things, "amounts": amounts}


def _row(one: worklist.Work) -> WorkRow:
    return WorkRow(
        one,
        words.WORK[one.kind],
        words.said(one.in_words, step=words.word(words.STEPS, one.step), amount=Money(one.cents, one.currency),
                   days=one.days_overdue),
        words.lateness(one.days_overdue) if one.invoices else "",
        one.invoices[:MOST_INVOICES],
        max(len(one.invoices) - MOST_INVOICES, 0),
    )  # fmt: skip


def _aged(one: questions.InCurrency, books: Books, *, is_only: bool) -> Aged:
    slug = books.slug
    total = _with_bar(one.total)
    late = 100 - total.bar[0].share if one.open_cents else 0
    behind = Asked(currency="" if is_only else one.currency)
    return Aged(
        one, total, list(map(_with_bar, one.largest)), _with_bar(one.rest) if one.rest else None, late,
        yearly_cost(Money(one.open_cents, one.currency), books.capital_rate),
        freed_by_a_day(Money(max(one.sold_cents, 0), one.currency), questions.SOLD_DAYS),
        list(zip(total.bar, drill_down(slug, behind, total.buckets), strict=True)),
        items_address(slug, behind), items_address(slug, replace(behind, stretch=LATE)),
        credits_address(slug, behind),
    )  # fmt: skip


def _with_bar(row: AgingRow) -> AgedRow:
    cents = tuple(getattr(row, bucket.column) for bucket in BUCKETS)
    return AgedRow(row, cents, ageing_bar(cents))
