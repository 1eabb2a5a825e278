"""Runs, approvals, senders and payments at the same moment: each message leaves once, and none after its payment.

`VOLDAAN_RACES` says how many rounds; every round has a seed of its own, which is its number.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from functools import partial
from typing import Any

import pytest

from tests.tools.files import PAYER, Movement, bring, camt053
from tests.tools.house import House
from tests.tools.mail_server import MailServer
from tests.usecases.test_concurrency import AT_ONCE, at_once
from voldaan.queries import worklist
from voldaan.records.actions import Action
from voldaan.records.messages import Message
from voldaan.rules.refusals import Refusal
from voldaan.usecases import administrations, follow_up, messages, runs, sending
from voldaan.usecases.sending import Sent

ROUNDS = int(os.environ.get("VOLDAAN_RACES", "1"))
PAYMENTS = 8 * ROUNDS  # rounds of payments against a release: half of them by import
DAY = date(2027, 3, 16)
NOON = datetime(2027, 3, 16, 11, tzinfo=UTC)
CUSTOMERS = 5

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("seed", range(ROUNDS))


@pytest.fixture
def house(transactional_db: None) -> House:
    """Give books in which every customer has a reminder due."""
    house = House.opened()
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    for n in range(CUSTOMERS):
        debtor = house.debtor(f"Klant {n}", number=str(n), email=f"k{n}@zee.example", iban=PAYER if n == 0 else "")
        house.invoice(debtor, f"F2027{n:04}", "50.00", due="2027-03-15")
    return house.on(DAY)


@pytest.fixture
def server(house: House):
    with MailServer() as server:
        words = {"sender": "wij@hart.example", "live": "on", "smtp": f"smtp://127.0.0.1:{server.port}"}
        for name, value in words.items():
            administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)
        yield server
        assert server.faults == []


def run(house: House) -> runs.Run:
    return runs.run(actor=house.actor, today=house.today)


def approve(house: House, *ids: str) -> messages.Approved:
    return messages.approve(ids=ids, everything=not ids, actor=house.actor, today=house.today)


def send(house: House, clock: Callable[[], datetime] = lambda: NOON, **words: Any) -> Sent:
    return sending.send(actor=house.actor, today=house.today, now=NOON, clock=clock, **words)


def rows(house: House) -> list[Message]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk"))


def kept(server: MailServer) -> Counter[str]:
    return Counter(str(message_from_bytes(one.content)["Message-ID"]).strip("<>") for one in server.received)


def nothing_twice(house: House, server: MailServer) -> None:
    """Prove what must hold at any moment: no mail twice, what is sent was kept, every step once, all checks hold."""
    mails = kept(server)
    assert set(mails.values()) <= {1}
    assert mails.keys() == {row.header_id for row in rows(house) if row.state == "sent"}
    steps = Action.objects.of(house.actor.administration_id).exclude(state="withdrawn")
    assert max(Counter(steps.values_list("receivable_id", "step")).values(), default=0) <= 1
    assert house.broken() == {}


def no_fault(answers: list[Any]) -> None:
    """Prove that whoever came too late was refused in words, and nothing broke off."""
    for answer in answers:
        assert isinstance(answer, Refusal) or not isinstance(answer, Exception), repr(answer)


@rounds
def test_eight_runs_write_each_message_once(house, seed):
    answers = at_once([partial(run, house)] * AT_ONCE)
    no_fault(answers)
    assert {len(answer.messages) for answer in answers} == {CUSTOMERS}
    assert len({tuple(sorted(str(one.id) for one in answer.messages)) for answer in answers}) == 1
    assert [row.state for row in rows(house)] == ["planned"] * CUSTOMERS
    assert house.broken() == {}


@rounds
def test_eight_senders_send_each_message_once(house, server, seed):
    run(house)
    approve(house)
    answers: list[Sent] = at_once([partial(send, house)] * AT_ONCE)
    no_fault(answers)
    assert sorted(id_ for answer in answers for id_ in answer.sent) == sorted(row.public_id for row in rows(house))
    assert [row.attempts for row in rows(house)] == [1] * CUSTOMERS
    nothing_twice(house, server)


@rounds
def test_what_goes_by_itself_is_let_go_and_sent_once_by_runs_and_senders_at_once(house, server, seed):
    """A run that looked before another one let go, and writes after the mail has left, must not bring it back."""
    for n in range(20):
        debtor = house.debtor(f"Nieuw {n}", email=f"n{n}@zee.example")
        house.invoice(debtor, f"N{n}", "80.00", issued="2027-03-01", due="2027-03-19")  # the notice is due
    answers = at_once([*[partial(run, house)] * 4, *[partial(send, house)] * 4])
    no_fault(answers)
    send(house)
    nothing_twice(house, server)
    assert len(server.received) == 20
    assert Counter(row.state for row in rows(house)) == {"sent": 20, "planned": CUSTOMERS}


@rounds
def test_after_a_stop_at_most_what_each_sender_had_in_hand_leaves(house, server, seed):
    chance = random.Random(seed)
    run(house)
    approve(house)
    server.mode, server.late_seconds = "take_and_answer_late", 0.05
    senders = 2

    def stop() -> int:
        time.sleep(chance.uniform(0, 0.3))
        sending.stop(actor=house.actor, today=house.today)
        return len(server.received)

    at_stop, *answers = at_once([stop, *[partial(send, house)] * senders])
    no_fault(answers)
    assert len(server.received) <= at_stop + senders
    nothing_twice(house, server)
    rest = {row.header_id for row in rows(house) if row.state == "released"}
    sending.resume_sending(actor=house.actor, today=house.today)
    send(house)
    assert len(server.received) == CUSTOMERS
    assert all(kept(server)[id_] == 1 for id_ in rest)
    nothing_twice(house, server)


@rounds
def test_approved_skipped_paused_and_decided_at_once(house, server, seed):
    """Whatever comes first: each message is in one state, its step taken or not, and nothing broke off."""
    run(house)
    chance = random.Random(seed)
    ids = [row.public_id for row in rows(house)]
    until = date(2027, 4, 1)
    deeds: list[Callable[[], Any]] = [
        *[partial(approve, house)] * 2,
        partial(approve, house, *reversed(ids)),
        *[partial(follow_up.skip, id=id_, reason="x", actor=house.actor, today=DAY) for id_ in ids[:2]],
        partial(follow_up.pause, invoice="F20270002", until=until, reason="x", actor=house.actor, today=DAY),
        partial(house.pay, "F20270001", "10.00"), partial(house.pay, "F20270003", "10.00"),
        *[partial(run, house)] * 2, *[partial(send, house)] * 2,
    ]  # fmt: skip
    chance.shuffle(deeds)
    no_fault(at_once(deeds))
    nothing_twice(house, server)
    for _ in range(2):
        run(house)
        approve(house)
        send(house)
    nothing_twice(house, server)
    unfinished = {row.state for row in rows(house)} - {"sent", "withdrawn"}
    assert not unfinished
    left = {str(message_from_bytes(one.content)["To"]) for one in server.received}
    assert any("k4@" in to for to in left), "nothing kept this one"


def test_of_eight_who_approve_each_message_is_let_go_once(house):
    run(house)
    answers = at_once([partial(approve, house)] * AT_ONCE)
    no_fault(answers)
    assert sorted(len(answer.released) for answer in answers) == [0] * (AT_ONCE - 1) + [CUSTOMERS]


@dataclass
class Watch:
    """The clock of a sender that takes its time, and when it asked: last, in the transaction that claims a message."""

    chance: random.Random
    server: MailServer
    asked: float = 0.0
    claimed: dict[str, float] = field(default_factory=dict)  # by who got it

    def clock(self) -> datetime:
        time.sleep(self.chance.uniform(0, 0.02))
        self.asked = time.monotonic()
        return NOON

    def tell(self, done: int, total: int) -> None:
        for mail in self.server.received[len(self.claimed) :]:
            self.claimed[mail.recipients[0]] = self.asked


@pytest.mark.parametrize("seed", range(PAYMENTS))
def test_no_mail_leaves_later_than_its_payment(house, server, seed):
    """The payment is booked, and the message was not claimed yet: then it does not leave."""
    chance = random.Random(seed)
    run(house)
    booked: dict[int, float] = {}

    def pay(n: int) -> None:
        time.sleep(chance.uniform(0, 0.4))
        house.pay(f"F2027{n:04}", "50.00")
        booked[n] = time.monotonic()

    def bring_in() -> None:
        time.sleep(chance.uniform(0, 0.4))
        movements = [Movement(DAY, 5000, PAYER, f"Klant {n}", f"Factuur F2027{n:04}") for n in range(CUSTOMERS)]
        answer = bring(house, camt053(movements))
        assert (answer.result, answer.booked) == ("imported", 1), answer
        booked[0] = time.monotonic()

    watch = Watch(random.Random(-seed), server)

    def let_go() -> None:
        approve(house)
        send(house, watch.clock, tell=watch.tell)

    no_fault(at_once([let_go, bring_in] if seed % 2 else [let_go, *[partial(pay, n) for n in range(CUSTOMERS)]]))
    for n, row in enumerate(rows(house)):
        assert row.state in ("sent", "withdrawn")
        if row.state == "sent" and n in booked:
            assert watch.claimed[row.recipient] < booked[n], f"message {n} left after its payment"
    nothing_twice(house, server)


@rounds
def test_everything_at_once_and_afterwards_everything_has_its_end(house, server, seed):
    """A storm of verbs in any order."""
    chance = random.Random(seed)
    deeds: list[Callable[[], Any]] = []
    for _ in range(24):
        n = chance.randrange(CUSTOMERS)
        invoice, hand = f"F2027{n:04}", {"actor": house.actor, "today": DAY}
        choices: list[Callable[[], Any]] = [
            partial(run, house), partial(approve, house), partial(send, house), partial(send, house),
            partial(house.pay, invoice, "1.00", again=True), partial(house.write_off, invoice, "1.00"),
            partial(house.credit_note, str(n), f"C{chance.random()}", "2.00"),
            partial(follow_up.pause, invoice=invoice, until=DAY, reason="x", **hand),
            partial(follow_up.resume, invoice=invoice, **hand),
        ]  # fmt: skip
        deeds.append(chance.choice(choices))
    start: list[Callable[[], Any]] = [partial(run, house), partial(approve, house), partial(send, house)]

    def in_a_row(mine: list[Callable[[], Any]]) -> None:
        for deed in mine:
            try:
                deed()
            except Refusal:
                continue

    no_fault(at_once([partial(in_a_row, [*start, *deeds[at::AT_ONCE]]) for at in range(AT_ONCE)]))
    nothing_twice(house, server)
    tomorrow = house.on(DAY + timedelta(days=1))
    run(tomorrow)
    for work in worklist.worklist(actor=house.actor, today=tomorrow.today):
        assert work.kind == "message", work
        approve(tomorrow, work.id)
    moment = NOON + timedelta(days=1)
    sending.send(actor=house.actor, today=tomorrow.today, now=moment, clock=lambda: moment)
    nothing_twice(house, server)
    assert {row.state for row in rows(house)} <= {"sent", "withdrawn"}
    assert len({one.recipients for one in server.received}) == CUSTOMERS
