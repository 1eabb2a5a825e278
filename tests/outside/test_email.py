"""How a message leaves: against a mail server that misbehaves in every way, its own books beside our receipts."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools import mail_server
from tests.tools.mail_server import MIXTURE, MODES, MailServer, Mode
from voldaan.outside.channels import email
from voldaan.outside.channels.email import Answer, Mailer, Receipt
from voldaan.rules import mailboxes
from voldaan.rules.mailboxes import MailAccount, Security

SENDER, RECIPIENT = "debiteuren@vrolijk.example", "boekhouding@bakker.example"
ROOT = Path(__file__).parents[2]

# What a mode must be answered with; the modes that keep a message without saying so can only be UNSURE.
EXPECTED = {
    Answer.ACCEPTED: {
        "accept", "many_lines", "odd_success", "drip", "close_after_each", "goodbye_after_each", "at_most_three",
        "refuse_after_three", "drop_at_quit", "hang_at_quit",
        "refuse_starttls", "starttls_later", "starttls_with_more", "login_later",  # not asked here, but below
    },
    Answer.REFUSED: {
        "too_large_at_mail", "refuse_recipient", "refuse_data", "too_large_in_body", "refuse_content", "too_large",
    },
    Answer.LATER: {
        "busy_at_greeting", "busy_at_mail", "later_at_mail", "drop_at_mail", "babble_at_mail", "odd_code_at_mail",
        "greylist", "too_many", "drop_after_rcpt", "hang_after_rcpt", "drip_at_rcpt", "two_answers_at_rcpt",
        "data_later", "no_354", "drop_at_data", "drop_in_body", "hang_in_body", "accept_in_body", "later_at_dot",
        "busy_at_dot",
    },
    Answer.ACCOUNT: {
        "closed_at_greeting", "drop_at_greeting", "hang_at_greeting", "babble_at_greeting", "no_ehlo", "drop_at_ehlo",
        "refuse_sender", "want_login",
    },
    Answer.UNSURE: {
        "take_and_drop", "take_and_hang", "take_and_answer_late", "take_and_babble", "take_and_break_off",
        "take_and_say_two_things", "take_and_say_600", "take_and_say_go_on", "lose_and_drop", "lose_and_hang",
    },
}  # fmt: skip
ANSWERS = {mode: answer for answer, modes in EXPECTED.items() for mode in modes}
PATIENCE: dict[str, Any] = {"timeout_seconds": 0.5, "deadline_seconds": 2}  # with who hangs, and encrypts first
HURRY: dict[str, Any] = {"timeout_seconds": 0.3, "deadline_seconds": 0.8}


def message(number: int = 1, lines: int = 1) -> bytes:
    head = f"From: <{SENDER}>\r\nTo: <{RECIPIENT}>\r\nMessage-ID: <{number}@voldaan>\r\n\r\n".encode()
    return head + (b"Openstaand: 121,00 euro. " * 30 + b"\r\n") * lines


def plain(server: MailServer, **words: str) -> MailAccount:
    return MailAccount("127.0.0.1", server.port, Security.PLAIN, **words)


def send(mailer: Mailer, content: bytes | None = None) -> Receipt:
    return mailer.send(message() if content is None else content, sender=SENDER, recipient=RECIPIENT)


# Every way to misbehave.


def test_of_every_mode_the_answer_is_known():
    assert set(ANSWERS) == set(MODES)
    assert sum(map(len, EXPECTED.values())) == len(MODES) > 40


@pytest.mark.parametrize("mode", MODES)
def test_the_receipt_tells_the_truth(mode):
    # A body that does not fit under way, so that nobody can hand it over whole to who does not read on.
    lines = 12_000 if MODES[mode].at == "body" else 1
    is_slow = MODES[mode].then in {"hang", "late"} or mode == "drip_at_rcpt"
    sent = [message(number, lines) for number in ((1,) if is_slow else (1, 2))]
    with MailServer(mode) as server:
        with Mailer(plain(server), **(HURRY if is_slow else {})) as mailer:
            receipts = [send(mailer, content) for content in sent]
        kept = [received.content for received in server.received]
    assert [receipt.answer for receipt in receipts] == [ANSWERS[mode]] * len(sent), receipts
    assert kept == (sent if MODES[mode].keeps or ANSWERS[mode] is Answer.ACCEPTED else [])
    assert all(receipt.said for receipt in receipts)
    assert server.faults == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_mixture_by_chance_loses_and_doubles_nothing(seed):
    receipts: dict[int, Receipt] = {}
    with MailServer(MIXTURE, seed=seed, late_seconds=0.4) as server:
        with Mailer(plain(server), timeout_seconds=0.1, deadline_seconds=0.25) as mailer:
            for number in range(50):
                receipts[number] = send(mailer, message(number))
        kept = [re.search(rb"<(\d+)@voldaan>", received.content) for received in server.received]
    copies = [int(found[1]) for found in kept if found]
    for number, receipt in receipts.items():
        match receipt.answer:
            case Answer.ACCEPTED:
                assert copies.count(number) == 1, receipt
            case Answer.UNSURE:
                assert copies.count(number) <= 1, receipt
            case _:
                assert copies.count(number) == 0, receipt
    assert {receipt.answer for receipt in receipts.values()} == set(Answer)
    assert server.faults == []


@pytest.mark.parametrize("mode", ["drop_in_body", "too_large_in_body"])
def test_a_small_body_is_never_called_accepted_by_a_server_that_did_not_read_it(mode):
    with MailServer(mode) as server:
        with Mailer(plain(server), **HURRY) as mailer:
            assert send(mailer).answer in {Answer.LATER, Answer.UNSURE, Answer.REFUSED}
        assert server.received == []


@pytest.mark.parametrize("mode", ["take_and_drop", "take_and_break_off", "lose_and_drop"])
def test_an_unsure_message_is_not_sent_again_by_itself(mode):
    with MailServer(mode) as server:
        with Mailer(plain(server), **HURRY) as mailer:
            assert send(mailer) == Receipt(Answer.UNSURE, email.NO_WORD)
        assert [command for command in server.heard if command == "DATA"] == ["DATA"]


def test_the_answer_to_the_dot_gets_the_time_that_is_left_and_not_that_of_a_step():
    with (
        MailServer("take_and_answer_late", late_seconds=0.6) as server,
        Mailer(plain(server), timeout_seconds=0.3, deadline_seconds=5) as mailer,
    ):
        assert send(mailer) == Receipt(Answer.ACCEPTED, "250 2.0.0 Ok")


@pytest.mark.parametrize("mode", ["drip_at_rcpt", "hang_after_rcpt", "take_and_hang"])
def test_no_server_holds_us_longer_than_the_deadline(mode):
    with MailServer(mode) as server, Mailer(plain(server), timeout_seconds=0.2, deadline_seconds=0.5) as mailer:
        began = time.monotonic()
        send(mailer)
        assert time.monotonic() - began < 1.5


def test_the_last_of_the_time_is_kept_for_the_answer():
    with MailServer("drip_at_rcpt") as server, Mailer(plain(server), timeout_seconds=1, deadline_seconds=1.3) as mailer:
        began = time.monotonic()
        assert send(mailer) == Receipt(Answer.LATER, email.SILENT)
        assert time.monotonic() - began < 0.9


def test_an_answer_before_the_final_dot_is_no_answer(monkeypatch):
    monkeypatch.setitem(MODES, "rash", Mode("body", "250 2.0.0 Kept"))
    with MailServer("rash") as server, Mailer(plain(server)) as mailer:
        assert send(mailer, message(lines=4_000)) == Receipt(Answer.LATER, email.GIBBERISH)
        assert server.received == []


def test_a_server_that_says_goodbye_and_stays_is_left(monkeypatch):
    monkeypatch.setitem(MODES, "lingers", Mode("rcpt", "421 4.3.2 Closing"))
    with MailServer("lingers") as server, Mailer(plain(server)) as mailer:
        assert [send(mailer).answer for _ in range(2)] == [Answer.LATER] * 2
        assert server.connections == 2


# One connection.


def test_fifty_messages_go_over_one_connection():
    with MailServer() as server:
        with Mailer(plain(server)) as mailer:
            assert {send(mailer, message(number)).answer for number in range(50)} == {Answer.ACCEPTED}
        assert server.connections == 1
        assert [received.content for received in server.received] == [message(number) for number in range(50)]
        assert server.heard[-1] == "QUIT"
        assert {(received.sender, received.recipients) for received in server.received} == {(SENDER, (RECIPIENT,))}


@pytest.mark.parametrize(
    ("mode", "connections"), [("close_after_each", 7), ("goodbye_after_each", 7), ("at_most_three", 3)]
)
def test_a_server_that_hangs_up_between_messages_is_called_again(mode, connections):
    with MailServer(mode) as server:
        with Mailer(plain(server)) as mailer:
            assert [send(mailer, message(number)).answer for number in range(7)] == [Answer.ACCEPTED] * 7
        assert server.connections == connections
        assert len(server.received) == 7


def test_a_server_that_has_had_enough_of_a_connection_gets_a_new_one():
    with MailServer("refuse_after_three") as server:
        with Mailer(plain(server)) as mailer:
            answers = [send(mailer, message(number)).answer for number in range(6)]
        assert answers == [Answer.ACCEPTED] * 3 + [Answer.LATER] + [Answer.ACCEPTED] * 2
        assert server.connections == 2


def test_a_server_that_is_started_again_is_found_again():
    with MailServer() as first, Mailer(plain(first)) as mailer:
        assert send(mailer).answer is Answer.ACCEPTED
        first.__exit__()
        assert send(mailer) == Receipt(Answer.ACCOUNT, email.CLOSED_DOOR)
        with MailServer(port=first.port) as second:
            assert send(mailer).answer is Answer.ACCEPTED
            assert len(second.received) == 1


def test_a_recipient_that_is_refused_does_not_get_into_the_next_message():
    with MailServer("refuse_recipient") as server, Mailer(plain(server)) as mailer:
        assert send(mailer).answer is Answer.REFUSED
        server.mode = "accept"
        assert mailer.send(message(), sender=SENDER, recipient="ander@x.example").answer is Answer.ACCEPTED
        assert [received.recipients for received in server.received] == [("ander@x.example",)]
        assert server.connections == 1
        assert server.faults == []


def test_who_is_interrupted_does_not_go_on_in_the_middle(monkeypatch):
    def interrupted(line: object, message: bytes) -> None:
        raise KeyboardInterrupt

    with MailServer() as server, Mailer(plain(server)) as mailer:
        with monkeypatch.context() as patch:
            patch.setattr(email._Line, "pour", interrupted)
            with pytest.raises(KeyboardInterrupt):
                send(mailer)
        assert send(mailer, message(2)).answer is Answer.ACCEPTED
        assert [received.content for received in server.received] == [message(2)]


# The account is at fault.


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Mailer(MailAccount("127.0.0.1", port, Security.PLAIN)) as mailer:
        assert send(mailer) == Receipt(Answer.ACCOUNT, email.CLOSED_DOOR)


@pytest.mark.parametrize("host", ["mail.invalid", "a..b", "x" * 70 + ".example"])
def test_there_is_no_such_server(host):
    with Mailer(MailAccount(host, 587, Security.STARTTLS)) as mailer:
        receipt = send(mailer)
    assert receipt == Receipt(Answer.ACCOUNT, email.NO_SUCH_HOST)


def test_a_server_that_never_takes_the_call():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = []
        for _ in range(4):  # they fill the row of callers
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(address)
            waiting.append(caller)
        with Mailer(MailAccount(address[0], address[1], Security.PLAIN), **HURRY) as mailer:
            assert send(mailer) == Receipt(Answer.ACCOUNT, email.SILENT)
        for caller in waiting:
            caller.close()


SECRET = "geheim: wáchtwoord/1"


@pytest.mark.parametrize("auth", ["PLAIN LOGIN", "LOGIN", "plain"])
def test_it_signs_in(auth):
    with MailServer(login=("jan", SECRET), auth=auth) as server:
        with Mailer(plain(server, user="jan", password=SECRET)) as mailer:
            assert [send(mailer).answer for _ in range(3)] == [Answer.ACCEPTED] * 3
        assert len([command for command in server.heard if command.startswith("AUTH")]) == 1


@pytest.mark.parametrize("auth", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_the_fault_of_the_account_and_is_not_repeated(auth):
    with MailServer(login=("jan", "anders"), auth=auth) as server:
        with Mailer(plain(server, user="jan", password=SECRET)) as mailer:
            receipt = send(mailer)
        assert receipt.answer is Answer.ACCOUNT
        assert receipt.said.startswith("535 5.7.8 jan may not sign in with *** (AUTH ")
        assert len([command for command in server.heard if command.startswith("AUTH")]) == 1
        for secret in (SECRET, email._base64(SECRET), email._base64(f"\0jan\0{SECRET}")):
            assert secret not in repr((mailer, receipt, mailer._account, vars(mailer)))


def test_a_sign_in_that_may_go_well_another_time():
    with (
        MailServer("login_later", login=("jan", SECRET)) as server,
        Mailer(plain(server, user="jan", password=SECRET)) as mailer,
    ):
        assert send(mailer).answer is Answer.LATER


@pytest.mark.parametrize("auth", ["", "CRAM-MD5 XOAUTH2"])
def test_no_way_to_sign_in(auth):
    with (
        MailServer(login=("jan", SECRET), auth=auth) as server,
        Mailer(plain(server, user="jan", password=SECRET)) as mailer,
    ):
        assert send(mailer) == Receipt(Answer.ACCOUNT, email.NO_SIGN_IN)


def test_a_server_that_wants_a_sign_in_and_gets_none():
    with MailServer(login=("jan", SECRET)) as server, Mailer(plain(server)) as mailer:
        assert send(mailer) == Receipt(Answer.ACCOUNT, "530 5.7.0 Authentication required")


# Encryption.


class Authority:
    """Signs certificates for servers of a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        self._own = self._signed(self._key, self._name, "localhost", is_authority=True)

    def _signed(self, key, name, host, *, is_authority=False, days=1) -> x509.Certificate:
        try:
            names: list[x509.GeneralName] = [x509.IPAddress(ip_address(host))]
        except ValueError:
            names = [x509.DNSName(host)]
        now = datetime.now(UTC)  # noqa: TID251 - the certificate is looked at by the clock of this machine
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=10))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def server(self, host: str = "127.0.0.1", *, days: int = 1) -> ssl.SSLContext:
        """Make a server that shows a certificate for `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._signed(key, name, host, days=days)
        file = self._folder / f"{host}{days}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def trust(self) -> ssl.SSLContext:
        """Make a client that trusts this authority and no other."""
        own = self._own.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=own)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


WAYS = {Security.TLS: "tls", Security.STARTTLS: "starttls"}


@pytest.fixture(params=WAYS, ids=lambda way: way.value)
def way(request: pytest.FixtureRequest) -> Any:
    """Give both ways to encrypt, one after the other."""
    return request.param


def strict(server: MailServer, way: Security, **words: str) -> MailAccount:
    return MailAccount("127.0.0.1", server.port, way, **words)


def test_a_server_that_is_trusted_gets_the_message_and_the_password(authority, way):
    with MailServer(login=("jan", SECRET), **{WAYS[way]: authority.server()}) as server:
        account = strict(server, way, user="jan", password=SECRET)
        with Mailer(account, context=authority.trust()) as mailer:
            assert [send(mailer, message(number, 2_000)).answer for number in range(5)] == [Answer.ACCEPTED] * 5
        assert [received.content for received in server.received] == [message(number, 2_000) for number in range(5)]
        assert server.connections == 1
        assert server.faults == []


def test_a_server_that_nobody_vouches_for_gets_nothing(authority, way):
    with MailServer(login=("jan", SECRET), **{WAYS[way]: authority.server()}) as server:
        with Mailer(strict(server, way, user="jan", password=SECRET)) as mailer:
            assert send(mailer) == Receipt(Answer.ACCOUNT, email.NOT_TRUSTED)
        assert server.received == []
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.heard)


@pytest.mark.parametrize(
    ("host", "days", "said"), [("mail.example", 1, email.OTHER_NAME), ("127.0.0.1", -1, email.OUT_OF_DATE)]
)
def test_a_certificate_that_is_not_of_here_and_now(authority, way, host, days, said):
    with (
        MailServer(**{WAYS[way]: authority.server(host, days=days)}) as server,
        Mailer(strict(server, way), context=authority.trust()) as mailer,
    ):
        assert send(mailer) == Receipt(Answer.ACCOUNT, said)


def test_a_name_is_held_against_the_certificate_too(authority, way):
    with (
        MailServer(**{WAYS[way]: authority.server("localhost")}) as server,
        Mailer(MailAccount("localhost", server.port, way), context=authority.trust()) as mailer,
    ):
        assert send(mailer).answer is Answer.ACCEPTED


def test_where_encryption_was_taken_off_the_line_nothing_is_said():
    with MailServer(login=("jan", SECRET)) as server:
        with Mailer(strict(server, Security.STARTTLS, user="jan", password=SECRET)) as mailer:
            assert send(mailer) == Receipt(Answer.ACCOUNT, email.NO_ENCRYPTION)
        assert [command[:4] for command in server.heard] == ["ehlo"]


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("refuse_starttls", Answer.ACCOUNT),
        ("starttls_later", Answer.LATER),
        ("starttls_with_more", Answer.ACCOUNT),  # words slipped in before, to be read as if they came after
    ],
)
def test_encryption_that_does_not_start(authority, mode, answer):
    with MailServer(mode, starttls=authority.server()) as server:
        with Mailer(strict(server, Security.STARTTLS), context=authority.trust()) as mailer:
            assert send(mailer).answer is answer
        assert not any(command.startswith("MAIL") for command in server.heard)


def test_the_wrong_way_to_encrypt(authority):
    with MailServer() as server, Mailer(strict(server, Security.TLS), **HURRY) as mailer:
        assert send(mailer) == Receipt(Answer.ACCOUNT, email.FAILED_ENCRYPTION)
    with MailServer(tls=authority.server()) as server, Mailer(strict(server, Security.STARTTLS), **HURRY) as mailer:
        assert send(mailer) == Receipt(Answer.ACCOUNT, email.SILENT)


def test_where_plain_would_do_encryption_is_taken_from_anyone(authority):
    with MailServer(starttls=authority.server("mail.example")) as server:
        with Mailer(plain(server)) as mailer:
            assert send(mailer).answer is Answer.ACCEPTED
        assert "STARTTLS" in server.heard


@pytest.mark.parametrize(
    "mode", ["take_and_drop", "drop_in_body", "hang_in_body", "too_large_in_body", "close_after_each"]
)
def test_the_receipt_tells_the_truth_through_encryption_too(authority, mode):
    lines, sent = (12_000 if MODES[mode].at == "body" else 1), (1 if MODES[mode].then == "hang" else 2)
    with MailServer(mode, tls=authority.server()) as server:
        with Mailer(
            strict(server, Security.TLS), context=authority.trust(), **(PATIENCE if sent == 1 else {})
        ) as mailer:
            answers = [send(mailer, message(number, lines)).answer for number in range(sent)]
        kept = len(server.received)
    # Who slams the door may take his last words back, and then they cannot be read.
    allowed = {ANSWERS[mode], Answer.LATER} if mode == "too_large_in_body" else {ANSWERS[mode]}
    assert set(answers) <= allowed
    assert kept == (sent if MODES[mode].keeps or ANSWERS[mode] is Answer.ACCEPTED else 0)


# The message itself.


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n.",
        b"\r\n.\r\n",
        b".",
        b"Subject: x\r\n\r\n" + b"x" * 998 + b"\r\n." + b"y" * 997 + b"\r\n",
        b"Subject: x\r\n\r\nQUIT\r\n.\r\nMAIL FROM:<a@b>\r\n",
        "Subject: x\r\n\r\n€ 121,00 per één\r\n".encode(),
        b"Subject: x\r\n\r\n\x00\xff\r\n",
        b"",
    ],
)
def test_it_arrives_byte_for_byte(content):
    with MailServer() as server, Mailer(plain(server)) as mailer:
        assert send(mailer, content).answer is Answer.ACCEPTED
        assert [received.content for received in server.received] == [
            content if content.endswith(b"\r\n") else content + b"\r\n"
        ]
        assert server.faults == []


@pytest.mark.parametrize(
    "content", [b"A: b\n\nc\n.\nd\n", b"A: b\r\rc\r.\rd\r", b"A: b\n\r\nc\r\n.\nd\r", b"A: b\r\n\nc\r\n.\r\nd"]
)
def test_every_line_end_becomes_one_that_no_server_reads_otherwise(content):
    """A bare line feed before a dot would be the end for one server and not for the next."""
    with MailServer() as server, Mailer(plain(server)) as mailer:
        assert send(mailer, content).answer is Answer.ACCEPTED
        assert [received.content for received in server.received] == [b"A: b\r\n\r\nc\r\n.\r\nd\r\n"]
        assert server.faults == []


def test_whatever_is_in_it_it_arrives_as_it_is():
    with MailServer() as server, Mailer(plain(server)) as mailer:

        @settings(max_examples=150)
        @given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a", b"\xc3\xa9"])).map(b"".join))
        def arrives(body: bytes) -> None:
            server.received.clear()
            assert send(mailer, b"A: b\r\n\r\n" + body).answer is Answer.ACCEPTED
            (received,) = server.received
            assert received.content.splitlines() == (b"A: b\r\n\r\n" + body).splitlines()

        arrives()
        assert server.faults == []


def test_a_line_that_is_too_long_is_not_sent():
    with MailServer() as server, Mailer(plain(server)) as mailer:
        assert send(mailer, b"A: b\r\n\r\n" + b"x" * 999) == Receipt(Answer.REFUSED, email.LONG_LINE)
        assert server.connections == 0


@pytest.mark.parametrize("offers", [(), ("8BITMIME",)])
def test_letters_that_the_server_cannot_handle_are_not_sent(offers):
    with MailServer(offers=offers) as server, Mailer(plain(server)) as mailer:
        ascii_only = Receipt(Answer.REFUSED, email.ASCII_ONLY)
        assert mailer.send(message(), sender=SENDER, recipient="zoë@bakker.example") == ascii_only
        assert send(mailer, "Subject: één\r\n\r\n".encode()) == ascii_only
        assert mailer.send(message(), sender="zoë@x.example", recipient=RECIPIENT).answer is Answer.ACCOUNT
        assert send(mailer, "A: b\r\n\r\n€\r\n".encode()).answer is (Answer.ACCEPTED if offers else Answer.REFUSED)
        assert send(mailer).answer is Answer.ACCEPTED
        assert server.connections == 1
        assert server.faults == []


def test_letters_that_the_server_can_handle_are_announced():
    with MailServer() as server, Mailer(plain(server)) as mailer:
        assert mailer.send(message(), sender=SENDER, recipient="zoë@bakker.example").answer is Answer.ACCEPTED
        assert send(mailer, "Subject: één\r\n\r\n".encode()).answer is Answer.ACCEPTED
        assert server.received[0].recipients == ("zoë@bakker.example",)
        assert server.faults == []


@pytest.mark.parametrize(
    "address",
    ["", "jan", "jan@", "@x.example", "a@b@c", "a b@c.example", "a@x.example>\r\nDATA", "a@x.example\n",
     "a@\udcff.example", "<a@x.example>", "Jan <a@x.example>", "a@x.example,b@x.example ", "a\x00@x.example",
     "a" * 250 + "@x.nl"],
)  # fmt: skip
def test_what_is_no_address_never_reaches_the_server(address):
    with MailServer() as server, Mailer(plain(server)) as mailer:
        refused = mailer.send(message(), sender=SENDER, recipient=address)
        assert refused == Receipt(Answer.REFUSED, email.NOT_AN_ADDRESS)
        assert mailer.send(message(), sender=address, recipient=RECIPIENT).answer is Answer.ACCOUNT
        assert server.connections == 0


# What the server says.


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ("550-5.1.1 No such\n550-5.1.1 user\n550 5.1.1 here", "550 5.1.1 No such 5.1.1 user 5.1.1 here"),
        ("550 \x1b[31mred\x07 \u202e back\ttab", "550 [31mred back tab"),
        ("550 " + "x" * 5000, "550 " + "x" * 296),
        ("550", "550"),
        ("550 ", "550"),
        ("550 één", "550 één"),
    ],
)
def test_its_words_are_one_clean_line(says, said, monkeypatch):
    monkeypatch.setitem(MODES, "said", Mode("rcpt", says))
    with MailServer("said") as server, Mailer(plain(server)) as mailer:
        assert send(mailer) == Receipt(Answer.REFUSED, said)


@pytest.mark.parametrize(
    "says", ["55", "550x", "5.5 0", "+50 a", "1 0 a", "²50 a", "250-a\n251 b", "x" * 200_000, "250-a\n" * 300, " 250 a"]
)
def test_what_is_no_reply_is_not_taken_for_one(says, monkeypatch):
    monkeypatch.setitem(MODES, "babble", Mode("rcpt", says))
    monkeypatch.setitem(MODES, "take_and_babble", Mode("dot", says, keeps=True))
    for mode, answer in (("babble", Answer.LATER), ("take_and_babble", Answer.UNSURE)):
        with MailServer(mode) as server, Mailer(plain(server), **HURRY) as mailer:
            assert send(mailer) == Receipt(
                answer, {Answer.LATER: email.GIBBERISH, Answer.UNSURE: email.NO_WORD}[answer]
            )


def test_another_server_understands_us_too(authority):
    """The server of another house, so that ours and our own mistakes cannot agree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP, AuthResult

        class Keeper:
            def __init__(self) -> None:
                self.kept: list[tuple[str, list[str], bytes]] = []

            async def handle_DATA(self, server, session, envelope):  # noqa: N802 - its name for it
                self.kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
                return "250 Kept"

        class Strict(Controller):
            def factory(self) -> SMTP:
                return SMTP(
                    self.handler,
                    enable_SMTPUTF8=True,
                    tls_context=authority.server("localhost"),
                    require_starttls=True,
                    auth_required=True,
                    authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
                        success=(data.login, data.password) == (b"jan", SECRET.encode())
                    ),
                )

        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        keeper = Keeper()
        controller = Strict(keeper, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            account = MailAccount("localhost", port, Security.STARTTLS, "jan", SECRET)
            with Mailer(account, context=authority.trust()) as mailer:
                content = "Subject: één\r\n\r\n.\r\n€ 1\r\n".encode()
                assert send(mailer, content) == Receipt(Answer.ACCEPTED, "250 Kept")
                assert send(mailer).answer is Answer.ACCEPTED
        finally:
            controller.stop()
    assert keeper.kept == [(SENDER, [RECIPIENT], content), (SENDER, [RECIPIENT], message())]


def test_the_server_that_misbehaves_can_be_run_and_killed_by_hand(tmp_path):
    command = [
        sys.executable,
        "-m",
        "tests.tools.mail_server",
        "--port",
        "0",
        "--keep",
        str(tmp_path),
        "--mode",
        "drip",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        found = re.search(r":(\d+), mode drip", process.stdout.readline())
        assert found
        with Mailer(MailAccount("127.0.0.1", int(found[1]), Security.PLAIN)) as mailer:
            assert send(mailer).answer is Answer.ACCEPTED
        process.terminate()
        assert process.communicate(timeout=10)[0] == "1 messages kept over 1 connections\n"
    assert (tmp_path / "000001.eml").read_bytes() == message()
    assert json.loads((tmp_path / "000001.json").read_text()) == {
        "sender": SENDER, "recipients": [RECIPIENT], "mode": "drip"
    }  # fmt: skip


def test_a_mixture_of_one_seed_is_the_same_each_time():
    def modes() -> list[str]:
        server = MailServer(MIXTURE, seed=5)
        server._socket.close()
        return [server.next_mode() for _ in range(100)]

    assert modes() == modes()
    assert {"accept", "take_and_drop", "greylist"} <= set(modes())
    assert mail_server._USUAL["greeting"].startswith("220 ")


# The address of a mail server.


@pytest.mark.parametrize(
    ("url", "account", "shown"),
    [
        (
            "smtps://jan:pw@mail.x.example",
            MailAccount("mail.x.example", 465, Security.TLS, "jan", "pw"),
            "smtps://jan@mail.x.example:465",
        ),
        (
            " smtp://jan%40x.example:p%3Aw%2F%C3%A9@Mail.x.example:2587/\n",
            MailAccount("mail.x.example", 2587, Security.STARTTLS, "jan@x.example", "p:w/é"),
            "smtp://jan@x.example@mail.x.example:2587",
        ),
        (
            "smtp://jan@x.example:p:w@mail.x.example",
            MailAccount("mail.x.example", 587, Security.STARTTLS, "jan@x.example", "p:w"),
            "smtp://jan@x.example@mail.x.example:587",
        ),
        ("smtp://127.0.0.1:2525", MailAccount("127.0.0.1", 2525, Security.PLAIN), "smtp://127.0.0.1:2525"),
        ("smtp://localhost", MailAccount("localhost", 25, Security.PLAIN), "smtp://localhost:25"),
        ("SMTP://a:b@[::1]:2525", MailAccount("::1", 2525, Security.PLAIN, "a", "b"), "smtp://a@[::1]:2525"),
        ("smtps://127.0.0.1", MailAccount("127.0.0.1", 465, Security.TLS), "smtps://127.0.0.1:465"),
        ("smtp://[2001:db8::1]", MailAccount("2001:db8::1", 587, Security.STARTTLS), "smtp://[2001:db8::1]:587"),
        ("smtp://relay:25", MailAccount("relay", 25, Security.STARTTLS), "smtp://relay:25"),
        ("smtp://relay:25?plain=yes", MailAccount("relay", 25, Security.PLAIN), "smtp://relay:25?plain=yes"),
        ("smtp://128.0.0.1", MailAccount("128.0.0.1", 587, Security.STARTTLS), "smtp://128.0.0.1:587"),
    ],
)  # fmt: skip
def test_an_address_that_can_be_read(url, account, shown):
    assert mailboxes.account(url) == account
    assert mailboxes.shown(url) == shown


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", mailboxes.NO_SCHEME),
        ("mail.x.example", mailboxes.NO_SCHEME),
        ("http://jan:geheim@mail.x.example", mailboxes.NO_SCHEME),
        ("smtp://", mailboxes.NO_HOST),
        ("smtp://jan:geheim@", mailboxes.NO_HOST),
        ("smtp://jan:geheim@:587", mailboxes.NO_HOST),
        ("smtp://jan:geheim@mail_x!.example", mailboxes.NO_HOST),
        ("smtp://jan:geheim@mail..example", mailboxes.NO_HOST),
        ("smtp://jan:geheim@.example", mailboxes.NO_HOST),
        ("smtp://jan:geheim@mél.example", mailboxes.NO_HOST),
        ("smtp://jan:geheim@" + "a" * 64 + ".example", mailboxes.NO_HOST),
        ("smtp://[fe80::1%25eth0]", mailboxes.NO_HOST),
        ("smtp://jan:geheim@[::1", mailboxes.NO_ADDRESS),
        ("smtp://jan:geh]eim@x.example", mailboxes.NO_ADDRESS),
        ("smtp://jan:geheim%0d%0a@x.example", mailboxes.NO_ADDRESS),
        ("smtp://jan%00:geheim@x.example", mailboxes.NO_ADDRESS),
        ("smtp://jan:geheim%ff@x.example", mailboxes.NO_ADDRESS),
        ("smtp://jan:geheim@x.exa\nmple", mailboxes.NO_ADDRESS),
        ("smtp://jan:geh eim@x.example", mailboxes.NO_ADDRESS),
        ("smtp://jan:geheim#geheim@x.example", mailboxes.TOO_MUCH),
        ("smtp://jan:geheim/geheim@x.example", mailboxes.TOO_MUCH),
        ("smtp://jan:geheim?geheim@x.example", mailboxes.TOO_MUCH),
        ("smtp://x.example?plain=no", mailboxes.TOO_MUCH),
        ("smtp://x.example?plain=yes&a=b", mailboxes.TOO_MUCH),
        ("smtp://x.example#", mailboxes.TOO_MUCH),
        ("smtp://jan:geheim@x.example:0", mailboxes.NO_PORT),
        ("smtp://jan:geheim@x.example:65536", mailboxes.NO_PORT),
        ("smtp://x.example:geheim", mailboxes.NO_PORT),
        ("smtp://x.example:²", mailboxes.NO_PORT),
        ("smtp://x.example:-1", mailboxes.NO_PORT),
        ("smtp://jan@x.example", mailboxes.HALF_A_LOGIN),
        ("smtp://jan:@x.example", mailboxes.HALF_A_LOGIN),
        ("smtp://:geheim@x.example", mailboxes.HALF_A_LOGIN),
        ("smtp://jan:geheim@x.example:465", mailboxes.WRONG_PORT),
        ("smtp://jan:geheim@x.example?plain=yes", mailboxes.NO_PLAIN_PASSWORD),
        ("smtps://x.example?plain=yes", mailboxes.PLAIN_TLS),
    ],
)
def test_an_address_that_cannot_be_read_says_why_and_no_secret(url, why):
    with pytest.raises(ValueError) as refused:
        mailboxes.account(url)
    assert str(refused.value) == why
    assert refused.value.__cause__ is None
    assert mailboxes.shown(url) == ("…" if url else "")


@given(st.text())
def test_whatever_stands_there_it_is_read_or_refused(text):
    sentences = {value for name, value in vars(mailboxes).items() if name.isupper() and isinstance(value, str)}
    for url in (text, f"smtp://{text}", f"smtps://jan:{text}@x.example"):
        try:
            account = mailboxes.account(url)
        except ValueError as refused:
            said = str(refused)
        else:
            assert account.user or mailboxes.account(mailboxes.shown(url)) == account
            continue
        assert said in sentences


def test_a_password_is_shown_nowhere_and_goes_nowhere_in_the_open():
    account = mailboxes.account("smtps://jan:geheim@x.example")
    assert "geheim" not in repr(account)
    assert "geheim" not in mailboxes.shown("smtps://jan:geheim@x.example")
    with pytest.raises(AssertionError):
        MailAccount("x.example", 25, Security.PLAIN, "jan", "geheim")
