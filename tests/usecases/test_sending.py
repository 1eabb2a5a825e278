"""Stories of the outbox: what is released leaves once, if it is still true; whatever goes wrong has its place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from tests.tools.house import House
from tests.tools.mail_server import MailServer
from voldaan.queries import messages as questions
from voldaan.queries import worklist
from voldaan.records.administrations import Administration
from voldaan.records.debtors import Contact
from voldaan.records.messages import Message
from voldaan.usecases import administrations, debtors, follow_up, messages, runs, sending, wordings
from voldaan.usecases.administrations import BadSetting
from voldaan.usecases.sending import NoMailAccount, NotLive, SendingIsHeld, SendingIsNotHeld

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = "2027-03-16"


@pytest.fixture
def house(db: None) -> House:
    house = House.opened(today=date(2027, 3, 1))
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    sender(house, sender="wij@hart.example", live="on")
    zee = house.debtor("Café Zéé", number="7", email="info@zee.example")
    house.invoice(zee, "F1", "121.00", due="2027-03-15")
    return house


def sender(house: House, **words: str) -> None:
    for name, value in words.items():
        administrations.change_sender(name=name, value=value, actor=house.actor, today=house.today)


def through(house: House, server: MailServer) -> None:
    sender(house, smtp=f"smtp://127.0.0.1:{server.port}")


def released(house: House, day: str = DAY) -> list[str]:
    """Decide, and let everything go."""
    today = date.fromisoformat(day)
    found = runs.run(actor=house.actor, today=today)
    waiting = [str(one.id) for one in found.messages if one.state == "planned"]
    if waiting:
        messages.approve(ids=waiting, actor=house.actor, today=today)
    return [str(one.id) for one in found.messages]


def sent(house: House, day: str = DAY, at: int = 12, *, after: timedelta = timedelta(), **words) -> sending.Sent:
    """Send at this hour; `after` so much time on the clock of the machine."""
    now = datetime.fromisoformat(day).replace(hour=at, tzinfo=AMSTERDAM)
    return sending.send(actor=house.actor, today=now.date(), now=now, clock=lambda: now + after, **words)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)


def states(house: House) -> list[str]:
    return list(Message.objects.of(house.actor.administration_id).order_by("pk").values_list("state", flat=True))


def test_what_is_released_leaves_once_with_its_figures(house):
    (one,) = released(house)
    with MailServer() as server:
        through(house, server)
        assert sent(house).sent == [one]
        assert sent(house).sent == []
        (kept,) = server.received
    assert kept.recipients == ("info@zee.example",)
    mail = message_from_bytes(kept.content, policy=policy.default)
    assert mail["Message-ID"] == f"<{questions.messages(actor=house.actor, today=house.today)[0].message_id}>"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "121,00" in text
    assert "23 maart 2027" in text, "the new final date, counted from the day it left"
    (sheet,) = [part for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"]
    assert "F1" in str(sheet.get_filename())
    assert states(house) == ["sent"]
    assert house.broken() == {}


def test_what_left_can_be_shown_to_the_byte(house):
    (one,) = released(house)
    with MailServer() as server:
        through(house, server)
        sent(house)
        now = datetime(2027, 6, 1, 12, tzinfo=AMSTERDAM)
        shown = questions.message(one, actor=house.actor, today=now.date(), now=now)
        assert shown.content == server.received[0].content
    assert shown.name == f"{one}.eml"


def test_the_preview_is_what_leaves(house):
    (one,) = released(house)
    now = datetime(2027, 3, 16, 12, tzinfo=AMSTERDAM)
    shown = questions.message(one, actor=house.actor, today=now.date(), now=now)
    with MailServer() as server:
        through(house, server)
        sent(house)
        assert server.received[0].content == shown.content


@pytest.mark.parametrize("typed", ["wij@hart.example", "Bakkerij 't Hart <wij@hart.example>"])
def test_the_sender_is_one_address_also_behind_a_name(house, typed):
    sender(house, sender=typed)
    assert Administration.objects.get(pk=house.actor.administration_id).sender == "wij@hart.example"
    with house.refuses(BadSetting):
        sender(house, sender="wij@hart.example, zij@hart.example")


def test_a_trial_counts_for_nothing_also_after_it_was_switched_off(house):
    released(house)
    with MailServer() as server:
        through(house, server)
        sender(house, live="self")
        sent(house)
        sender(house, live="off")
        sender(house, live="on")
        assert len(released(house, "2027-03-17")) == 1


def test_until_it_is_live_nothing_leaves(house):
    released(house)
    sender(house, live="off")
    with house.refuses(NotLive):
        sent(house)


def test_without_a_mail_account_nothing_leaves_and_it_says_so(house):
    released(house)
    with house.refuses(NoMailAccount):
        sent(house)


def test_a_trial_reaches_only_ourselves_and_counts_for_nothing_once_it_is_live(house):
    released(house)
    with MailServer() as server:
        through(house, server)
        sender(house, live="self")
        assert len(sent(house).sent) == 1
        assert server.received[0].recipients == ("wij@hart.example",)
        sender(house, live="on")
        assert len(released(house, "2027-03-17")) == 1, "no customer has seen the first one"
        sent(house, "2027-03-17")
        assert server.received[1].recipients == ("info@zee.example",)


@pytest.mark.parametrize(("day", "at"), [("2027-03-20", 12), ("2027-03-26", 12), (DAY, 7), (DAY, 20), (DAY, 0)])
def test_nothing_leaves_at_night_on_weekends_and_on_holidays(house, day, at):
    released(house)
    with MailServer() as server:
        through(house, server)
        found = sent(house, day, at)
        assert (found.waiting, found.because, server.received) == (1, "quiet", [])


def test_who_paid_since_gets_nothing(house):
    released(house)
    house.on(DAY).pay("F1", "121.00")
    with MailServer() as server:
        through(house, server)
        found = sent(house)
        assert (len(found.withdrawn), server.received) == (1, [])
    assert states(house) == ["withdrawn"]


@pytest.mark.parametrize("what", ["part", "credit", "address", "pause", "wording", "iban"])
def test_what_is_not_as_it_was_released_comes_back_and_is_decided_anew(house, what):
    released(house)
    today = date.fromisoformat(DAY)
    match what:
        case "part":
            house.on(DAY).pay("F1", "21.00")
        case "credit":
            house.on(DAY).credit_note("7", "C1", "1.00")
        case "address":
            debtors.change(debtor="7", email="nieuw@zee.example", actor=house.actor, today=today)
        case "pause":
            follow_up.pause(invoice="F1", until=date(2027, 4, 1), reason="x", actor=house.actor, today=today)
        case "wording":
            words = questions_wording(house)
            wordings.write(wording=words, actor=house.actor, today=today)
        case "iban":
            from voldaan.records.administrations import OwnAccount

            OwnAccount.objects.of(house.actor.administration_id).update(iban="NL02RABO0123456789")
    with MailServer() as server:
        through(house, server)
        sent(house)
        assert server.received == []
    assert states(house) == ["withdrawn"]
    again = released(house, "2027-03-17")
    assert len(again) == (0 if what == "pause" else 1)


def questions_wording(house):
    from dataclasses import replace

    from voldaan.queries.wordings import wording

    return replace(wording("reminder", "nl", actor=house.actor), subject="Betaal {total} voor {invoices}")


def test_stale_bank_data_holds_the_outbox_and_takes_nothing_back(house):
    released(house)
    administrations.change(name="bank_freshness_days", value="3", actor=house.actor, today=house.today)
    with MailServer() as server:
        through(house, server)
        found = sent(house)
        assert (found.waiting, found.because, server.received) == (1, "bank_stale", [])
        administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
        assert len(sent(house).sent) == 1


def test_a_refused_address_is_not_used_again_until_it_is_mended(house):
    (one,) = released(house)
    with MailServer("refuse_recipient") as server:
        through(house, server)
        assert sent(house).failed == [one]
    assert Contact.objects.of(house.actor.administration_id).get().refused_on == date.fromisoformat(DAY)
    (work,) = worklist.worklist(actor=house.actor, today=date.fromisoformat(DAY))
    assert (work.kind, work.id) == ("failed", one)
    assert runs.run(actor=house.actor, today=date(2027, 3, 17)).counts["no_address"] == 1
    debtors.change(debtor="7", email="goed@zee.example", actor=house.actor, today=date(2027, 3, 17))
    (again,) = released(house, "2027-03-17")
    assert worklist.worklist(actor=house.actor, today=date(2027, 3, 17)) == []
    with MailServer() as server:
        through(house, server)
        assert sent(house, "2027-03-17").sent == [again]


def test_a_refusal_that_is_not_about_the_address_leaves_the_address_alone(house):
    (one,) = released(house)
    with MailServer("refuse_content") as server:
        through(house, server)
        assert sent(house).failed == [one]
    assert Contact.objects.of(house.actor.administration_id).get().refused_on is None
    (work,) = worklist.worklist(actor=house.actor, today=date.fromisoformat(DAY))
    assert (work.kind, work.id) == ("failed", one)


def test_what_is_refused_for_now_is_tried_again_and_a_patient_sender_waits(house):
    (one,) = released(house)
    with MailServer("greylist") as server:
        through(house, server)
        assert sent(house).later == [one]
        assert (sent(house, patient=True).later, len(server.received)) == ([], 0)
    with MailServer() as server:
        through(house, server)
        assert sent(house, at=13, patient=True).sent == [one]


def test_later_has_an_end(house):
    (one,) = released(house)
    with MailServer("greylist") as server:
        through(house, server)
        answers = [sent(house) for _ in range(9)]
        assert [bool(answer.failed) for answer in answers] == [False] * 8 + [True]
        assert answers[-1].failed == [one]


def test_an_unanswered_message_is_for_a_person_and_is_never_repeated(house):
    (one,) = released(house)
    with MailServer("take_and_drop") as server:
        through(house, server)
        assert sent(house).uncertain == [one]
        assert len(server.received) == 1
        for _ in range(3):
            sent(house, "2027-04-20")
            released(house, "2027-04-20")
        assert len(server.received) == 1
    assert states(house) == ["uncertain"]
    (work,) = worklist.worklist(actor=house.actor, today=date.fromisoformat(DAY))
    assert work.kind == "uncertain"
    messages.resolve(message=one, was_sent=True, actor=house.actor, today=date.fromisoformat(DAY))
    assert states(house) == ["sent"]


def test_a_repeat_by_a_person_bears_the_same_message_id(house):
    (one,) = released(house)
    with MailServer("take_and_drop") as server:
        through(house, server)
        sent(house)
        first = message_from_bytes(server.received[0].content)["Message-ID"]
    messages.resolve(message=one, was_sent=False, actor=house.actor, today=date.fromisoformat(DAY))
    with MailServer() as server:
        through(house, server)
        assert sent(house).sent == [one]
        assert message_from_bytes(server.received[0].content)["Message-ID"] == first


def test_a_bad_account_stops_the_sending_and_blames_no_message(house):
    house.invoice(house.debtor("Tweede", email="b@b.example"), "F2", "50.00", due="2027-03-15")
    released(house)
    with MailServer("accept") as server:
        port = server.port
    sender(house, smtp=f"smtp://127.0.0.1:{port}")
    found = sent(house)
    assert (found.because, found.waiting, found.sent, found.failed) == ("account", 2, [], [])
    assert states(house) == ["released", "released"]
    assert Message.objects.of(house.actor.administration_id).filter(attempts=0).count() == 2


@pytest.mark.parametrize(("after", "on"), [(timedelta(seconds=601), DAY), (timedelta(), "2027-03-17")])
def test_what_a_dead_sender_left_claimed_is_for_a_person(house, after, on):
    """By the clock of the machine, or by that of the books where it stands at another moment."""
    (one,) = released(house)
    row = Message.objects.of(house.actor.administration_id).get()
    now = datetime.fromisoformat(DAY).replace(hour=12, tzinfo=AMSTERDAM)
    row.state, row.claim, row.claimed_at = "claimed", "x", now
    row.lease_until = now + timedelta(seconds=600)
    row.save()
    with MailServer() as server:
        through(house, server)
        assert sent(house).uncertain == []
        assert sent(house, on, after=after).uncertain == [one]
        assert server.received == []


def test_stop_holds_everything_until_somebody_goes_on(house):
    released(house)
    today = date.fromisoformat(DAY)
    with MailServer() as server:
        through(house, server)
        sending.stop(actor=house.actor, today=today)
        with house.refuses(SendingIsHeld):
            sent(house)
        sending.resume_sending(actor=house.actor, today=today)
        with house.refuses(SendingIsNotHeld):
            sending.resume_sending(actor=house.actor, today=today)
        assert len(sent(house).sent) == 1


def test_a_stop_in_the_middle_leaves_the_rest(house):
    for n in range(2, 6):
        house.invoice(house.debtor(f"K{n}", email=f"k{n}@b.example"), f"F{n}", "50.00", due="2027-03-15")
    released(house)

    def stop_after_two(done: int, _: int) -> None:
        if done == 2:
            sending.stop(actor=house.actor, today=date.fromisoformat(DAY))

    with MailServer() as server:
        through(house, server)
        found = sent(house, tell=stop_after_two)
        assert (len(found.sent), found.waiting, found.because, len(server.received)) == (2, 3, "stopped", 2)
        sending.resume_sending(actor=house.actor, today=date.fromisoformat(DAY))
        assert len(sent(house).sent) == 3
        assert len({mail.recipients for mail in server.received}) == 5


def test_a_letter_is_printed_and_counts_once_it_is_in_the_post(house):
    house.invoice(
        house.debtor("Per post", street="Kade 1", postcode="4811 AB", city="Breda"), "F2", "50.00", due="2027-03-15"
    )
    released(house)
    today = date.fromisoformat(DAY)
    now = datetime(2027, 3, 16, 12, tzinfo=AMSTERDAM)
    with MailServer() as server:
        through(house, server)
        found = sent(house)
        assert (len(found.sent), found.letters) == (1, 1)
    printed = sending.print_letters(confirm=False, actor=house.actor, today=today, now=now)
    again = sending.print_letters(confirm=False, actor=house.actor, today=today, now=now)
    assert (printed.ids, states(house)) == (again.ids, ["sent", "claimed"])
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(BytesIO(printed.content))]
    assert "Per post" in pages[0]
    assert any("F2" in page for page in pages[1:]), "the specification lies behind the letter"
    (work,) = worklist.worklist(actor=house.actor, today=today)
    assert work.kind == "letter"
    sending.print_letters(confirm=True, actor=house.actor, today=today, now=now)
    assert states(house) == ["sent", "sent"]
    assert house.broken() == {}
    with house.refuses(sending.NothingToPrint):
        sending.print_letters(confirm=True, actor=house.actor, today=today, now=now)


def test_a_letter_to_someone_who_paid_is_not_printed(house):
    house.invoice(house.debtor("Per post", street="Kade 1", city="Breda"), "F2", "50.00", due="2027-03-15")
    released(house)
    house.on(DAY).pay("F2", "50.00")
    now = datetime(2027, 3, 16, 12, tzinfo=AMSTERDAM)
    with pytest.raises(sending.NothingToPrint):
        sending.print_letters(confirm=False, actor=house.actor, today=now.date(), now=now)
    assert sorted(states(house)) == ["released", "withdrawn"]


def test_the_final_notice_goes_by_post_where_there_is_an_address(house):
    debtors.change(debtor="7", street="Kade 1", city="Breda", actor=house.actor, today=house.today)
    channels = []
    with MailServer() as server:
        through(house, server)
        day = date(2027, 3, 12)
        while day < date(2027, 4, 25):
            for one in runs.run(actor=house.actor, today=day).messages:
                channels.append((one.step, one.channel))
                if one.state == "planned":
                    messages.approve(ids=[str(one.id)], actor=house.actor, today=day)
            now = at_noon(day)
            sending.send(actor=house.actor, today=day, now=now, clock=partial(at_noon, day))
            if channels and channels[-1][1] == "letter" and "released" in states(house):
                sending.print_letters(confirm=True, actor=house.actor, today=day, now=now)
            day += timedelta(days=1)
        assert len(server.received) == 3
    assert channels == [("notice", "email"), ("reminder", "email"), ("demand", "email"), ("final_notice", "letter")]
