"""Interest and costs are charged once (P8): after any sequence of deeds, by many at once, and in sets.

`VOLDAAN_EXAMPLES` says how many sequences, `VOLDAAN_STEPS` how long each of them is.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tools.stories import AMSTERDAM, Story
from tests.usecases.test_concurrency import at_once
from voldaan.records import claims, renderings
from voldaan.records.above import above
from voldaan.records.charges import Charge
from voldaan.records.messages import Message
from voldaan.records.receivables import Allocation, Entry, Receivable
from voldaan.rules.money import typed
from voldaan.rules.refusals import Refusal
from voldaan.rules.terms import TermBasis
from voldaan.usecases import charges, debtors, deliveries, follow_up, invoices, messages, runs, sending, strategies

EXAMPLES = int(os.environ.get("VOLDAAN_EXAMPLES", "3"))
STEPS = int(os.environ.get("VOLDAAN_STEPS", "20"))
FINAL = "final_notice"
QUICK = [
    {"code": "business_notice", "kind": "message", "anchor": "due_date", "days": 1, "term_days": 2},
    {"code": FINAL, "kind": "message", "anchor": "due_date", "days": 4, "term_days": 7},
]
AT_ONCE = [{"code": "fourteen_day_letter", "kind": "message", "anchor": "due_date", "days": 1, "prefers_post": True},
           {"code": FINAL, "kind": "message", "anchor": "due_date", "days": 30, "term_days": 7}]  # fmt: skip


@pytest.fixture(autouse=True)
def _printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every letter look like the first: drawing pages is proven elsewhere, and takes most of the time."""
    pages: dict[str, bytes] = {}
    post = renderings.post

    def once(*letter: Any) -> bytes:
        return pages.get("first") or pages.setdefault("first", post(*letter))

    monkeypatch.setattr(renderings, "post", once)


def opened(name: str = "Hart") -> Story:
    story = Story.begun(today="2026-03-01", name=name)
    words: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    strategies.define(code="snel", content={"name": "Snel", "steps": QUICK, "minimum_cents": 0}, **words)
    strategies.define(code="brief", content={"name": "Brief", "steps": AT_ONCE, "minimum_cents": 0}, **words)
    return story


def owe(story: Story, number: str, amount: str, due: date, *, whose: str) -> None:
    invoices.receive(
        debtor=whose, number=number, amount=typed(amount, "EUR"), issue_date=story.house.today, due_date=due,
        term_basis=TermBasis.AGREED, actor=story.house.actor, today=story.house.today,
    )  # fmt: skip


class Sequence:
    """A firm to which anything happens, at random."""

    CUSTOMERS = (("C", "consumer", "NL", "brief", False), ("B", "business", "NL", "snel", False),
                 ("V", "business", "BE", "snel", False), ("S", "business", "NL", "snel", True))  # fmt: skip

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.story, self.count, self.done = opened(), 0, Counter[str]()
        for number, kind, country, strategy, is_spared in self.CUSTOMERS:
            by_post = {"street": "Laan 2", "postcode": "1012 AB", "city": "Zwolle"} if kind == "consumer" else {}
            self.story.house.debtor(f"Klant {number}", number=number, kind=kind, country=country, strategy=strategy,
                                    email=f"{number}@zee.example".lower(), is_spared=is_spared, **by_post)  # fmt: skip

    def step(self) -> None:
        deeds: list[tuple[int, Callable[[], None]]] = [
            (8, self.days_pass), (4, self.invoice), (2, self.pay), (1, self.credit), (2, self.undo), (2, self.fall),
            (1, self.receive), (1, self.pause), (1, self.again),
        ]  # fmt: skip
        (deed,) = self.random.choices([deed for _, deed in deeds], [weight for weight, _ in deeds])
        with suppress(Refusal):
            deed()
            self.done[deed.__name__] += 1

    @property
    def words(self) -> dict[str, Any]:
        return {"actor": self.story.house.actor, "today": self.story.house.today}

    def days_pass(self) -> None:
        self.story.on((self.story.house.today + timedelta(days=self.random.randint(1, 9))).isoformat())

    def again(self) -> None:
        """Run and send once more on the same day, and book once more."""
        list(self.story.day())
        for message in Message.objects.of(self.story.books).filter(state="sent"):
            charges.book(message, **self.words)

    def invoice(self) -> None:
        self.count += 1
        cents = self.random.choice([9_900, 26_667, 26_668, 120_000, self.random.randint(600, 900_000)])
        owe(self.story, f"F{self.count}", f"{cents // 100}.{cents % 100:02}",
            self.story.house.today + timedelta(days=self.random.randint(0, 6)),
            whose=self.random.choice(self.CUSTOMERS)[0])  # fmt: skip

    def _open(self) -> Receivable:
        found = list(Receivable.objects.of(self.story.books).filter(open_cents__gt=0).select_related("invoice"))
        if not found:
            raise deliveries.NeverCounted(id="", on=self.story.house.today)
        return self.random.choice(found)

    def pay(self) -> None:
        one = self._open()
        cents = self.random.choice([one.open_cents, max(1, one.open_cents // 3)])
        since = (self.story.house.today - one.invoice.issue_date).days
        on = self.story.house.today - timedelta(days=self.random.choice([0, self.random.randint(0, max(since, 0))]))
        self.story.house.pay(one.invoice.number, f"{cents // 100}.{cents % 100:02}", on=on.isoformat())

    def credit(self) -> None:
        one = self._open()
        self.count += 1
        self.story.house.credit_note(one.debtor.number, f"C{self.count}", "60.00", corrects=one.invoice.number)

    def undo(self) -> None:
        numbers = Allocation.objects.of(self.story.books).filter(reverses=None).values_list("number", flat=True)
        if numbers:
            self.story.house.undo(self.random.choice(list(numbers)))

    def _message(self) -> str:
        sent = list(Message.objects.of(self.story.books).filter(state="sent").values_list("public_id", flat=True))
        return self.random.choice(sent) if sent else ""

    def fall(self) -> None:
        if self.random.random() < 0.5:
            deliveries.withdrawn(message=self._message(), reason="toch niet", **self.words)
        else:
            deliveries.returned(message=self._message(), on=self.story.house.today, words="onbekend", **self.words)

    def receive(self) -> None:
        deliveries.received(message=self._message(), on=self.story.house.today, proof="antwoord", **self.words)

    def pause(self) -> None:
        until = self.story.house.today + timedelta(days=self.random.randint(1, 12))
        follow_up.pause(invoice=self._open().invoice.number, until=until, reason="klacht", **self.words)

    def holds(self) -> None:
        """Nothing was charged twice, none of it above the law, and none of what fell is left."""
        books = self.story.books
        assert self.story.house.broken() == {}
        for one in claims.owed(books, Receivable.objects.of(books).all(), on=self.story.house.today).values():
            assert 0 <= one.claimed_interest_cents <= one.interest_cents, one
        told: dict[int, int] = defaultdict(int)
        for notice, cents in (
            Charge.objects.of(books).filter(kind="costs", is_announced=True).values_list("message_id", "cents")
        ):
            told[notice] += cents
        claimed: dict[int, int] = defaultdict(int)
        for charge in Charge.objects.of(books).filter(is_announced=False).select_related("message", "notice"):
            stands = charge.message.state == "sent" and charge.message.returned_on is None
            assert (charge.booked_as_id is not None) or not stands
            if charge.booked_as_id is None:
                continue
            rows = Entry.objects.of(books).filter(receivable=charge.booked_as).order_by("number")
            first, *later = rows.values_list("amount_cents", "kind", "reverses")
            assert first[:2] == (charge.cents, charge.kind), "it is booked as it was claimed"
            lowered = [cents for cents, kind, reverses in later if reverses is None]
            assert all(cents < 0 for cents in lowered), "and never raised"
            standing = charge.cents + sum(lowered)
            assert sum(cents for cents, *_ in (first, *later)) == (standing if stands else 0)
            assert standing >= 0
            if charge.notice is not None and stands:
                assert charge.notice.returned_on is None, "what a notice announced falls with it"
                claimed[charge.notice.pk] += standing
        assert all(cents <= told[notice] for notice, cents in claimed.items())
        assert above(books, on=self.story.house.today) == [], "nothing stands above the law of its own day"
        assert not Receivable.objects.of(books).exclude(kind="principal").filter(debtor__number="S").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_whatever_happens_everything_is_charged_once(seed):
    play = Sequence(seed)
    for _ in range(3):
        play.invoice()
    for _ in range(STEPS):
        play.step()
        play.holds()
    play.invoice()
    for _ in range(6):
        play.days_pass()
        play.holds()
    assert Charge.objects.of(play.story.books).filter(booked_as__isnull=False).exists(), "nothing was claimed at all"


def businesses(story: Story, count: int) -> None:
    """Send so many businesses a notice, whose terms end on three days; and so many consumers an invoice."""
    for n in range(count):
        story.house.debtor(f"Zaak {n}", number=f"B{n}", kind="business", strategy="snel", email=f"b{n}@zee.example")
        owe(story, f"B{n}-1", "500.00", date(2026, 3, 10 + n % 3), whose=f"B{n}")
        story.house.debtor(
            f"Mens {n}", number=f"C{n}", kind="consumer", strategy="brief", street="Laan 2", city="Zwolle"
        )
        owe(story, f"C{n}-1", "100.00", date(2026, 3, 18), whose=f"C{n}")
    story.on("2026-03-11", "2026-03-12", "2026-03-13")
    story.house = story.house.on("2026-03-19")


@pytest.mark.django_db
def test_a_run_asks_as_many_questions_for_sixty_as_for_ten():
    """And every message has its charges: of finals whose notices ended on three days, and of letters."""
    asked = []
    for count in (10, 60):
        story = opened(f"Hart {count}")
        businesses(story, count)
        with CaptureQueriesContext(connection) as queries:
            found = runs.run(actor=story.house.actor, today=story.house.today, dry_run=True)
        assert Counter(one.step for one in found.messages) == {FINAL: count, "fourteen_day_letter": count}
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert asked[0] <= 55


@pytest.fixture
def ready(transactional_db: None) -> Iterator[Story]:
    """Give a firm whose final notices are released: two by mail, and one in the post."""
    story = opened()
    for number, address in (("A", {}), ("D", {}), ("E", {"street": "Laan 2", "city": "Zwolle", "postcode": "1012 AB"})):
        story.house.debtor(f"Zaak {number}", number=number, kind="business", strategy="snel",
                           email="" if address else f"{number}@zee.example".lower(), **address)  # fmt: skip
        owe(story, f"{number}1", "500.00", date(2026, 3, 10), whose=number)
    story.on("2026-03-11")
    story.house = story.house.on("2026-03-16")
    words: dict[str, Any] = {"actor": story.house.actor, "today": story.house.today}
    runs.run(**words)
    planned = Message.objects.of(story.books).filter(state="planned")
    messages.approve(ids=list(planned.values_list("public_id", flat=True)), **words)
    yield story
    assert story.house.broken() == {}


NOON = datetime(2026, 3, 16, 12, tzinfo=AMSTERDAM)


@pytest.mark.django_db(transaction=True)
def test_many_senders_and_printers_at_once_book_everything_once(ready):
    words: dict[str, Any] = {"actor": ready.house.actor, "today": ready.house.today, "now": NOON}
    sending.print_letters(confirm=False, **words)
    post = partial(sending.print_letters, confirm=True, **words)
    mail = partial(sending.send, clock=lambda: NOON, **words)
    book = partial(runs.run, actor=ready.house.actor, today=ready.house.today)
    answers = at_once([post, mail, book, post, mail, book])
    assert not [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refusal)], answers
    if Message.objects.of(ready.books).filter(step=FINAL).exclude(state="sent").exists():
        mail()
    claimed = Charge.objects.of(ready.books).filter(is_announced=False)
    assert claimed.count() == Receivable.objects.of(ready.books).exclude(kind="principal").count() == 6
    assert set(ready.claims()) == {f"{whose}1-{what}1" for whose in "ADE" for what in "KR"}


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_dies_while_it_books_leaves_nothing_half_booked(ready, monkeypatch):
    """The mail server has it; the write-down is all or nothing, and a person settles it: booked once."""
    words: dict[str, Any] = {"actor": ready.house.actor, "today": ready.house.today}
    book = charges.book

    def dies(*message: Any, **said: Any) -> None:
        book(*message, **said)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(charges, "book", dies)
        with pytest.raises(KeyboardInterrupt):
            sending.send(now=NOON, clock=lambda: NOON, **words)
    assert ready.claims() == {}
    later = NOON + timedelta(hours=3)
    sending.send(now=later, clock=lambda: later, **words)
    (uncertain,) = Message.objects.of(ready.books).filter(state="uncertain")
    messages.resolve(message=uncertain.public_id, was_sent=True, **words)
    with suppress(Refusal):
        messages.resolve(message=uncertain.public_id, was_sent=True, **words)
    runs.run(**words)
    assert set(ready.claims()) == {f"{whose}1-{what}1" for whose in "AD" for what in "KR"}


@pytest.mark.django_db
def test_a_withdrawal_twice_takes_back_once():
    story = opened()
    story.house.debtor("Zaak", number="A", kind="business", strategy="snel", email="a@zee.example")
    owe(story, "A1", "500.00", date(2026, 3, 10), whose="A")
    story.on("2026-03-11", "2026-03-16")
    debtors.change(debtor="A", is_spared=True, actor=story.house.actor, today=story.house.today)
    final, actor = story.message(FINAL).public_id, story.house.actor
    words: dict[str, Any] = {"message": final, "reason": "te vroeg", "actor": actor}
    deliveries.withdrawn(today=story.house.today, **words)
    with story.house.refuses(deliveries.NeverCounted):
        deliveries.withdrawn(today=story.house.today, **words)
    assert set(story.claims().values()) == {0}
