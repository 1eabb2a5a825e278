"""What every run and every sender promises, whatever the books hold and whatever the clock and the mail server do."""

from __future__ import annotations

import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.tools import letters
from tests.tools.house import House
from tests.tools.mail_server import MODES, MailServer
from voldaan.countries import COUNTRIES
from voldaan.outside.channels.email import Mailer, Receipt
from voldaan.queries import worklist
from voldaan.records.messages import Message
from voldaan.rules.outbox import Live
from voldaan.usecases import administrations, debtors, follow_up, messages, runs, sending
from voldaan.usecases.sending import Sent

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = date(2027, 3, 16)
MUCH = os.environ.get("VOLDAAN_RACES") is not None
# None that hangs: how long a sender waits is proved of the channel itself. Nor the server that says in the middle of a
# message that it keeps it, and does not: where that word is late, nobody can tell it from the real one.
FAULTS = [
    name
    for name, mode in MODES.items()
    if mode.at in {"mail", "rcpt", "data", "body", "dot", "between"}
    and mode.then not in {"hang", "drip"}
    and name != "accept_in_body"
]
HOSTILE = (
    "Gewoon BV", "{total} {0.__class__}", "x\u202ednalloh", 'a "b" <c@d.example>, e', "=1+1",
    '#import "x"; $x$ \\ [ ] *',
    "<script>alert(1)</script>&amp;", "Ü" * 300, "Ünï 🐚 " * 20,
)  # fmt: skip


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    sender(house, sender="wij@hart.example", live="on")
    return house


def sender(house: House, **words: str) -> None:
    for name, value in words.items():
        administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)


def through(house: House, server: MailServer) -> None:
    sender(house, smtp=f"smtp://127.0.0.1:{server.port}")


def run(house: House, day: date = DAY, **words: Any) -> runs.Run:
    return runs.run(actor=house.actor, today=day, **words)


def let_go(house: House, day: date = DAY) -> None:
    """Approve everything, also what has a warning."""
    ids = [row.public_id for row in rows(house) if row.state == "planned"]
    if ids:
        messages.approve(ids=ids, actor=house.actor, today=day)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)


def send(house: House, day: date = DAY, hour: int = 12, **words: Any) -> Sent:
    now = at(day, hour)
    return sending.send(actor=house.actor, today=day, now=now, **{"clock": lambda: now} | words)


def rows(house: House) -> list[Message]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk"))


def states(house: House) -> list[str]:
    return [row.state for row in rows(house)]


def mails(server: MailServer) -> list[EmailMessage]:
    return [message_from_bytes(one.content, policy=policy.default) for one in server.received]


def said(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


def while_in_hand(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None]) -> None:
    """Do something once, while the first message that leaves is with the mail server."""
    real, done = Mailer.send, False

    def send_(self: Mailer, content: bytes, **words: str) -> Receipt:
        nonlocal done
        receipt = real(self, content, **words)
        if not done:
            done = True
            deed()
        return receipt

    monkeypatch.setattr(Mailer, "send", send_)


AMOUNT = re.compile(r"(?:€|EUR|USD) ?([0-9.]+),([0-9]{2})")


def cents(text: str) -> list[int]:
    return [int(whole.replace(".", "") + part) for whole, part in AMOUNT.findall(text)]


class TestFigures:
    """P6: the sum of the lines, the sum that is asked, the code and the ledger at that moment are one figure."""

    @pytest.mark.parametrize("seed", range(20 if MUCH else 2))
    def test_every_mail_asks_what_the_ledger_says_at_that_moment(self, house, seed):
        chance = random.Random(seed)
        for n in range(8):
            debtor = house.debtor(f"Klant {n}", number=str(n), email=f"k{n}@zee.example")
            for nth in range(chance.randrange(1, 5)):
                number, amount = f"F{n}-{nth}", chance.randrange(1_000, 3_000_000)
                due = DAY - timedelta(days=chance.randrange(1, 20))
                house.invoice(debtor, number, f"{amount / 100:.2f}", issued="2027-02-01", due=due.isoformat())
                what = chance.random()
                if what < 0.3:
                    house.pay(number, f"{chance.randrange(100, amount) / 100:.2f}")
                elif what < 0.4:
                    house.write_off(number, f"{chance.randrange(1, amount // 2) / 100:.2f}")
                elif what < 0.5:
                    house.pay(number, f"{amount / 100:.2f}")
                    house.undo(house.last_allocation().id)
            if chance.random() < 0.3:
                house.credit_note(debtor, f"C{n}", f"{chance.randrange(1, 200_000) / 100:.2f}")
        run(house)
        let_go(house)
        ledger = house.open()
        credits_ = self.credit(house)
        with MailServer() as server:
            through(house, server)
            found = send(house)
        assert len(found.sent) == len(server.received) > 3
        for mail in mails(server):
            text, page = said(mail, "plain"), unescape(re.sub(r"<[^>]+>", " ", said(mail, "html")))
            lines = re.findall(r"^- \S+ (F\d-\d) .*?\n(?:.*\n)*?  Nog open (.+)$", text, re.MULTILINE)
            assert lines, text
            opens: dict[str, int] = {invoice: cents(words)[0] for invoice, words in lines}
            assert opens == {invoice: ledger[invoice] for invoice in opens}
            credit = credits_[next(iter(opens))[1]]
            asked = sum(opens.values()) - credit
            assert cents(text)[0] == cents(page)[0] == asked
            (code,) = [part for part in mail.walk() if part.get_filename() == "qr.png"]
            assert f"EUR{asked // 100}.{asked % 100:02d}" in letters.scanned_png(code.get_content())[0].split("\n")
            for amount in opens.values():
                assert amount in cents(page)
        assert house.broken() == {}

    def credit(self, house: House) -> dict[str, int]:
        from voldaan.records.receivables import Credit

        left: dict[str, int] = defaultdict(int)
        for number, open_ in Credit.objects.of(house.actor.administration_id).values_list(
            "debtor__number", "open_cents"
        ):
            left[number] += open_
        return left


def test_no_mail_names_another_customer(house):
    """P7: of a run of hundreds, each mail with its attachments is searched for everybody else."""
    count = 300 if MUCH else 24
    for n in range(count):
        sign = f"QX{n:04}"
        words = {"email": f"{sign}@zee.example", "street": f"{sign}straat 1", "city": f"{sign}dam"}
        debtor = house.debtor(f"{sign} Bakkerij", number=f"{sign}d", **words)
        house.invoice(debtor, f"{sign}-1", f"{50 + n}.00", due="2027-03-15")
    run(house)
    messages.approve(everything=True, count=count, actor=house.actor, today=DAY)
    with MailServer() as server:
        through(house, server)
        assert len(send(house).sent) == count
    named: list[str] = []
    for mail in mails(server):
        everything = [str(mail["To"]), str(mail["Subject"]), said(mail, "plain"), said(mail, "html")]
        for part in mail.iter_attachments():
            everything += [str(part.get_filename()), *letters.pages(part.get_content())]
        found = set(re.findall(r"QX\d{4}", " ".join(everything)))
        assert len(found) == 1, found
        named += found
    assert len(set(named)) == count


class TestNoThirdGroup:
    """P9: every open item is in a message, in a task, or has a reason that can be read."""

    @pytest.mark.parametrize("seed", range(20 if MUCH else 2))
    def test_decided_or_held_with_a_reason_and_a_second_run_changes_nothing(self, house, seed):
        chance = random.Random(seed)
        self.fill(house, chance)
        for _ in range(6):
            day = DAY + timedelta(days=chance.randrange(0, 40))
            dry, before = run(house, day, dry_run=True, explain=True), house.everything()
            assert house.everything() == before
            real = run(house, day, explain=True)
            assert self.told(real) == self.told(dry)
            items = Counter(invoice for one in real.messages for invoice in one.invoices)
            items.update(invoice for task in real.tasks for invoice in task.invoices)
            items.update(one.invoice for one in real.waiting)
            under_way = [row for row in rows(house) if row.state in ("released", "claimed", "uncertain")]
            if not under_way:
                assert items == Counter(house.open().keys())
            plain = run(house, day)
            assert plain.counts.total() == real.counts.total() == len(house.open())
            # A task that was just written counts its days from today; what went by itself is not written again.
            if not (real.tasks or real.released):
                assert (+plain.counts, self.told(plain)[0]) == (+real.counts, self.told(real)[0])
                assert plain.withdrawn == 0
            if chance.random() < 0.7:
                let_go(house, day)
                for row in Message.objects.of(house.actor.administration_id).filter(state="released"):
                    messages.taken(row, actor=house.actor, today=day)
                    row.save()
            self.happen(house.on(day), chance)
        assert {name for name in house.broken() if name != "messages_left"} == set()  # these left without a content

    def fill(self, house: House, chance: random.Random) -> None:
        for n in range(12):
            words = chance.choice([{"email": f"k{n}@zee.example"}, {"street": "Kade 1", "city": "Breda"}, {}])
            debtor = house.debtor(f"Klant {n}", number=str(n), **words)
            for nth in range(chance.randrange(1, 4)):
                due = DAY + timedelta(days=chance.randrange(-120, 30))
                amount = chance.choice(["4.99", "50.00", "1234.56"])
                currency = "USD" if chance.random() < 0.2 else "EUR"
                house.invoice(debtor, f"F{n}-{nth}", amount, issued=(due - timedelta(days=14)).isoformat(),
                              due=due.isoformat(), currency=currency)  # fmt: skip
            if chance.random() < 0.3:
                house.credit_note(debtor, f"C{n}", chance.choice(["10.00", "50.00", "5000.00"]))

    def happen(self, house: House, chance: random.Random) -> None:
        invoice = chance.choice(sorted(house.open()))
        number = invoice[1:].partition("-")[0]
        match chance.randrange(5):
            case 0:
                until = house.today + timedelta(days=9)
                follow_up.pause(invoice=invoice, until=until, reason="x", actor=house.actor, today=house.today)
            case 1:
                debtors.change(debtor=number, strategy="30-dagen", actor=house.actor, today=house.today)
            case 2:
                debtors.change(debtor=number, email="nieuw@zee.example", actor=house.actor, today=house.today)
            case 3:
                house.write_off(invoice)
            case _:
                for work in worklist.worklist(actor=house.actor, today=house.today):
                    if work.kind in ("call", "hand_over"):
                        follow_up.done(id=work.id, actor=house.actor, today=house.today)

    def told(self, found: runs.Run) -> list[Any]:
        return [
            sorted((one.debtor_id, one.step, one.channel, one.invoices, one.total_cents) for one in found.messages),
            sorted((one.debtor_id, one.kind, one.invoices) for one in found.tasks),
            sorted((one.invoice, one.reason, str(one.until)) for one in found.waiting),
            +found.counts,
        ]


class TestClock:
    """P10 and P25: whatever day the machine says, nothing twice, no burst, nothing on a quiet day or at night."""

    @pytest.mark.parametrize("seed", range(30 if MUCH else 2))
    def test_a_clock_that_jumps_sends_no_step_twice(self, house, seed):
        chance = random.Random(seed)
        for n in range(4):
            debtor = house.debtor(f"Klant {n}", email=f"k{n}@zee.example")
            for nth in range(2):
                house.invoice(debtor, f"F{n}-{nth}", "50.00", issued="2027-02-01", due=f"2027-03-{10 + 3 * nth + n}")
        day, by_day = DAY, Counter[tuple[str, date]]()
        with MailServer() as server:
            through(house, server)
            for _ in range(14):
                day = max(
                    date(2027, 3, 1), day + timedelta(days=chance.choice([0, 1, 1, 1, 2, 10, 365, -1, -2, -10, -365]))
                )
                run(house, day)
                if chance.random() < 0.8:
                    let_go(house, day)
                before = len(server.received)
                found = send(house, day)
                if COUNTRIES["NL"].is_quiet(day):
                    assert found.sent == []
                by_day.update((one.recipients[0], day) for one in server.received[before:])
        assert max(by_day.values(), default=0) <= 1, "one message a day"
        subjects = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in mails(server))
        assert set(subjects.values()) <= {1}
        from voldaan.records.actions import Action

        steps = Action.objects.of(house.actor.administration_id).filter(state="taken")
        assert set(Counter(steps.values_list("receivable_id", "step")).values()) <= {1}
        assert house.broken() == {}

    @pytest.mark.parametrize("days", [1, 10, 365])
    def test_after_downtime_each_customer_gets_one_step(self, house, days):
        for n in range(3):
            house.invoice(house.debtor(f"Klant {n}", email=f"k{n}@zee.example"), f"F{n}", "50.00", due="2027-03-15")
        day = DAY + timedelta(days=days)
        while COUNTRIES["NL"].is_quiet(day):
            day += timedelta(days=1)
        with MailServer() as server:
            through(house, server)
            for _ in range(3):
                run(house, day)
                let_go(house, day)
                send(house, day)
            assert Counter(one.recipients for one in server.received) == {(f"k{n}@zee.example",): 1 for n in range(3)}

    def test_a_message_that_left_on_an_earlier_day_than_it_was_decided_for_stops_no_run(self, house):
        debtor = house.debtor("Zee", email="zee@zee.example")
        house.invoice(debtor, "F1", "50.00", due="2027-03-15")
        run(house, DAY)
        let_go(house, DAY)
        with MailServer() as server:
            through(house, server)
            assert len(send(house, DAY + timedelta(days=1)).sent) == 1
            house.invoice(debtor, "F2", "50.00", issued="2027-02-20", due="2027-03-11")
            assert run(house, DAY).counts["rhythm"] == 1
            assert run(house, DAY + timedelta(days=1)).counts["rhythm"] == 1
            assert len(run(house, DAY + timedelta(days=2)).messages) == 1

    def test_a_clock_that_was_a_year_ahead_silences_nobody_for_a_year(self, house):
        debtor = house.debtor("Zee", email="zee@zee.example")
        house.invoice(debtor, "F1", "50.00", due="2027-03-15")
        ahead = date(2028, 3, 16)
        run(house, ahead)
        let_go(house, ahead)
        with MailServer() as server:
            through(house, server)
            assert len(send(house, ahead).sent) == 1
        house.invoice(debtor, "F2", "50.00", issued="2027-02-20", due="2027-03-11")
        assert len(run(house, DAY).messages) == 1

    def test_a_trial_of_today_stops_no_run_of_today(self, house):
        house.invoice(house.debtor("Zee", email="zee@zee.example"), "F1", "50.00", due="2027-03-15")
        sender(house, live=Live.SELF.value)
        run(house)
        let_go(house)
        with MailServer() as server:
            through(house, server)
            assert len(send(house).sent) == 1
            sender(house, live=Live.ON.value)
            for day in (DAY, DAY + timedelta(days=1)):
                run(house, day)
                let_go(house, day)
                send(house, day)
            assert [one.recipients for one in server.received] == [("wij@hart.example",), ("zee@zee.example",)]

    def test_a_sender_that_is_still_at_it_in_the_evening_stops(self, house):
        for n in range(6):
            house.invoice(house.debtor(f"Klant {n}", email=f"k{n}@zee.example"), f"F{n}", "50.00", due="2027-03-15")
        run(house)
        let_go(house)
        passed = iter(range(100))
        with MailServer() as server:
            through(house, server)
            now = at(DAY, 19, 50)
            found = sending.send(actor=house.actor, today=DAY, now=now,
                                 clock=lambda: now + timedelta(minutes=2 * next(passed)))  # fmt: skip
            assert 0 < len(found.sent) < 6
            assert (found.waiting, found.because) == (6 - len(found.sent), "quiet")
            assert states(house).count("released") == found.waiting

    def test_a_sender_that_is_at_it_for_long_is_not_taken_for_dead(self, house, monkeypatch):
        """A second one begins when the first has worked for longer than a lease: what that has in hand is its own."""
        for n in range(3):
            house.invoice(house.debtor(f"Klant {n}", email=f"k{n}@zee.example"), f"F{n}", "50.00", due="2027-03-15")
        run(house)
        let_go(house)
        passed = iter(range(100))
        others: list[Sent] = []

        def clock() -> datetime:
            return at(DAY) + timedelta(minutes=4 * next(passed))

        def another() -> None:
            moment = clock()
            others.append(sending.send(actor=house.actor, today=DAY, now=moment, clock=lambda: moment))

        while_in_hand(monkeypatch, another)
        with MailServer() as server:
            through(house, server)
            found = sending.send(actor=house.actor, today=DAY, now=at(DAY), clock=clock)
            assert len(server.received) == 3
        assert [one for other in [found, *others] for one in other.uncertain] == []
        assert next(passed) > 4, "longer than a lease of ten minutes"
        assert states(house) == ["sent"] * 3

    def test_letters_are_printed_on_a_day_on_which_no_mail_leaves(self, house):
        house.invoice(house.debtor("Zee", street="Kade 1", city="Breda"), "F1", "50.00", due="2027-03-15")
        friday, saturday = date(2027, 3, 19), date(2027, 3, 20)
        run(house, friday)
        let_go(house, friday)
        printed = sending.print_letters(confirm=False, actor=house.actor, today=saturday, now=at(saturday))
        assert (len(printed.ids), printed.withdrawn, states(house)) == (1, [], ["claimed"])


class TestMailServer:
    """P4 and P5: every message has an end that can be seen, and nothing that may have left leaves again."""

    @pytest.mark.parametrize("seed", range(4 if MUCH else 1))
    def test_a_server_of_all_faults(self, house, seed):
        count = 250 if MUCH else 30
        for n in range(count):
            house.invoice(house.debtor(f"Klant {n}", email=f"k{n}@zee.example"), f"F{n}", "50.00", due="2027-03-15")
        run(house)
        messages.approve(everything=True, count=count, actor=house.actor, today=DAY)
        told = Counter[str]()
        with MailServer(late_seconds=0.05) as server:
            through(house, server)
            chance = random.Random(seed)
            server.next_mode = lambda: chance.choice(FAULTS) if chance.random() < 0.3 else "accept"  # type: ignore[method-assign]
            for nth in range(40):
                found = send(house, hour=8 + nth // 4)
                for what in ("sent", "failed", "uncertain"):
                    told[what] += len(getattr(found, what))
                if "released" not in states(house):
                    break
        assert Counter(states(house)) == +told
        assert told.total() == count
        kept = Counter(str(mail["Message-ID"]).strip("<>") for mail in mails(server))
        by_state = defaultdict(set)
        for row in rows(house):
            by_state[row.state].add(row.header_id)
        assert set(kept.values()) == {1}
        lost = by_state["sent"] - set(kept)
        unsaid = set(kept) - by_state["sent"] - by_state["uncertain"]
        strange = [(row.state, row.attempts, row.said) for row in rows(house) if row.header_id in lost | unsaid]
        assert strange == []
        waiting = Counter(one.kind for one in worklist.worklist(actor=house.actor, today=DAY))
        assert waiting == {"uncertain": told["uncertain"], "failed": told["failed"]}
        assert house.broken() == {}

    def test_three_days_without_a_mail_server(self, house):
        """A dead server is no fault of any message: all wait, and leave once when it is back."""
        for n in range(5):
            house.invoice(house.debtor(f"Klant {n}", email=f"k{n}@zee.example"), f"F{n}", "50.00", due="2027-03-15")
        run(house)
        let_go(house)
        with MailServer() as gone:
            through(house, gone)
        for hours in range(0, 72, 3):
            moment = at(DAY) + timedelta(hours=hours)
            found = sending.send(actor=house.actor, today=moment.date(), now=moment, clock=lambda: moment, patient=True)  # noqa: B023 - called before the next
            assert found.sent == found.failed == found.uncertain == []
            assert (found.waiting, found.because) in ((5, "account"), (5, "quiet"), (0, ""))
        assert states(house) == ["released"] * 5
        with MailServer() as server:
            through(house, server)
            for hour in (12, 16):
                send(house, date(2027, 3, 22), hour, patient=True)
            assert len(server.received) == 5
        assert states(house) == ["sent"] * 5

    def test_an_answer_that_comes_after_a_person_has_settled_it_changes_nothing(self, house, monkeypatch):
        house.invoice(house.debtor("Zee", email="zee@zee.example"), "F1", "50.00", due="2027-03-15")
        run(house)
        let_go(house)
        later = at(DAY, 14)

        def settle() -> None:
            """Meanwhile its lease ends, and somebody settles it."""
            assert len(sending.send(actor=house.actor, today=DAY, now=later, clock=lambda: later).uncertain) == 1
            messages.resolve(message=rows(house)[0].public_id, was_sent=True, actor=house.actor, today=DAY)

        while_in_hand(monkeypatch, settle)
        with MailServer("refuse_content") as server:
            through(house, server)
            found = send(house)
        assert (found.sent, found.failed, states(house)) == ([], [], ["sent"])
        assert house.broken() == {}


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_go_through_run_approval_mail_and_print(house, name):
    words = {"street": name[:300], "city": name[:120]}
    mailed = house.debtor(name, number="m", email="o'neil+x@zee.example", **words)
    posted = house.debtor(name, number="p", **words)
    for number, debtor in (("m", mailed), ("p", posted)):
        house.invoice(debtor, f"{number}{name[:50].strip()}", "50.00", due="2027-03-15")
    run(house)
    let_go(house)
    with MailServer() as server:
        through(house, server)
        assert len(send(house).sent) == 1
        assert server.faults == []
        (mail,) = mails(server)
    assert mail["To"].addresses[0].addr_spec == "o'neil+x@zee.example"
    assert len(mail["To"].addresses) == 1
    assert "50,00" in said(mail, "plain")
    assert "<script" not in said(mail, "html")
    printed = sending.print_letters(confirm=True, actor=house.actor, today=DAY, now=at(DAY))
    assert "50,00" in letters.pages(printed.content)[0]
    assert states(house) == ["sent", "sent"]
    assert house.broken() == {}
