"""Mails as banks send them, and as those who mean harm do."""

from __future__ import annotations

import time

import pytest

from voldaan.rules import bank_mail
from voldaan.rules.bank_mail import Unreadable


def mail(head: str, *parts: str) -> bytes:
    body = "".join(f"--x\r\n{part}\r\n" for part in parts)
    return f"{head}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{body}--x--\r\n".encode()


def part(name: str, content: str = "x") -> str:
    return f"Content-Disposition: attachment; {name}\r\n\r\n{content}"


def test_it_gives_the_sender_the_subject_and_the_files():
    found = bank_mail.read(mail(
        "From: =?utf-8?q?De_B=C3=A4nk?= <Afschrift@Bank.example>\r\nSubject: =?utf-8?b?w6ls?=",
        "\r\nHier is het.", part("filename=a.xml", "<a/>"),
        "Content-Type: text/csv; name=b.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYTti",
    ))  # fmt: skip
    assert (found.sender, found.subject) == ("afschrift@bank.example", "él")
    assert [(one.name, one.content) for one in found.attachments] == [("a.xml", b"<a/>"), ("b.csv", b"a;b")]


@pytest.mark.parametrize(
    ("name", "known_as"),
    [
        ('filename="../../etc/a.xml"', "a.xml"), (r'filename="C:\\map\\a.xml"', "a.xml"),
        ('filename="..a.xml"', "a.xml"),
        ("filename*=utf-8''%2e%2e%2fa%0d%0aBcc%3a.xml", "a Bcc:.xml"), ("filename*=nix''%ff.xml", "ÿ.xml"),
        ('filename="=?utf-8?q?a=0D=0A=00b.xml?="', "a b.xml"), ('filename=""', "1"),
        ("filename=" + "a" * 5000 + ".xml", "a" * 150 + ".xml"),
    ],
)  # fmt: skip
def test_a_name_is_one_line_and_no_path(name, known_as):
    (found,) = bank_mail.read(mail("From: a@bank.example", part(name))).attachments
    assert found.name == known_as


@pytest.mark.parametrize(
    "head",
    [
        "Subject: x", "From: a@bank.example, b@evil.example", "From: a@bank.example\r\nFrom: b@evil.example",
        "From: a@bank.example <b@evil.example>",
        'From: "a@bank.example" b@evil.example',
        "From: <a@bank.example> <b@evil.example>",
        "From: a@bank.example (b@evil.example)", "From: bank.example",
        'From: "a" <a"@bank.example>', "From: " + "a" * 20_000,
    ],
)  # fmt: skip
def test_a_sender_that_can_be_read_in_two_ways_is_nobody(head):
    assert bank_mail.read(mail(head)).sender == ""


def test_the_topmost_result_counts():
    head = "Authentication-Results: mx.hart.example;\r\n dmarc=pass\r\nAuthentication-Results: evil.example; none"
    assert bank_mail.read(mail(head)).results == "mx.hart.example; dmarc=pass"


@pytest.mark.parametrize(
    "content",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        mail("From: a@b.example", *["\r\nx"] * 500),
    ],
)  # fmt: skip
def test_a_mail_of_a_thousand_floors_is_refused(content):
    started = time.monotonic()
    with pytest.raises(Unreadable):
        bank_mail.read(content)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"\r\n", b"From: \xff@\xfe\r\nSubject: =?x?q?=ff?=\r\n\r\n\xff", b"a" * 100_000]
)
def test_what_is_no_mail_does_no_harm(content):
    assert bank_mail.read(content).attachments == ()


def inner(name: str) -> str:
    return "\r\n" + mail("From: b@evil.example", part(f"filename={name}")).decode().replace("--x", "--y").replace(
        "=x", "=y"
    )


@pytest.mark.parametrize("kind", ["message/rfc822", "message/rfc822; name=c.xml", "MESSAGE/News", "message/partial"])
def test_a_file_of_a_mail_that_comes_with_a_mail_is_not_of_its_sender(kind):
    """A mail server that sends a mail back vouches for itself, and not for the stranger whose mail that was."""
    found = bank_mail.read(
        mail("From: a@bank.example", part("filename=a.xml"), f"Content-Type: {kind}\r\n{inner('b.xml')}")
    )
    assert [one.name for one in found.attachments] == ["a.xml"]


def test_the_mails_of_a_digest_are_not_of_its_sender():
    digest = f"Content-Type: multipart/digest; boundary=z\r\n\r\n--z\r\n{inner('b.xml')}\r\n--z--"
    assert bank_mail.read(mail("From: a@bank.example", digest)).attachments == ()


@pytest.mark.parametrize(
    ("head", "brought"),
    [
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", 0),
        ("Auto-Submitted: auto-replied", 0), ("auto-submitted: Auto-Generated; x=y", 1),
        ("Auto-Submitted: auto-notified; x=y", 0),
        ("Auto-Submitted: no", 1), ("Auto-Submitted: NO (really)", 0),
    ],
)  # fmt: skip
def test_a_mail_that_answers_by_itself_brings_no_files(head, brought):
    assert len(bank_mail.read(mail(f"From: a@bank.example\r\n{head}", part("filename=a.xml"))).attachments) == brought


def nested(floors: int, parameter: str) -> bytes:
    heads = "".join(f"Content-Type: multipart/mixed; {parameter}b{n}\r\n\r\n--b{n}\r\n" for n in range(floors))
    return f"From: a@bank.example\r\n{heads}{part('filename=a.xml')}".encode()


@pytest.mark.parametrize("parameter", ["boundary=", "BOUNDARY =", "boundary*0=", "boundary*=", "Boundary\r\n ="])
def test_a_mail_of_many_boundaries_is_refused_before_each_line_is_held_against_each(parameter):
    assert bank_mail.read(nested(15, parameter)).sender == "a@bank.example"
    started = time.monotonic()
    with pytest.raises(Unreadable):
        bank_mail.read(nested(150, parameter) + b"\r\n" * 1_000_000)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("content", "harm"),
    [
        (b"From: a@bank.example\r\n%s\r\nx", b"A:\r\n"), (b"From: a@bank.example\r\nSubject: a\r\n%s\r\nx", b" b\r\n"),
        (b"From: a@bank.example\r\n\r\n%s", b"\n"), (b"From: a@bank.example\r\n\r\n%s", b"\r"),
    ],
)  # fmt: skip
def test_a_mail_of_millions_of_lines_is_refused_before_it_fills_the_memory(content, harm):
    assert bank_mail.read(content % (harm * 1000)).sender == "a@bank.example"
    started = time.monotonic()
    with pytest.raises(Unreadable):
        bank_mail.read(content % (harm * 2_100_000))
    assert time.monotonic() - started < 2
