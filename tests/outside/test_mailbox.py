"""A mailbox on a real IMAP server: whose mails are taken in, what of them, and that each is put aside once."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.tools.imap_server import PASSWORD, USER, ImapServer
from voldaan.outside.banks import mailbox
from voldaan.outside.banks.mailbox import place as mails
from voldaan.outside.banks.mailbox import server as lines
from voldaan.outside.banks.mailbox.place import Mailbox
from voldaan.rules.bank_places import PlaceTrouble, RefusedUnread

STRICT = {
    "VOLDAAN_BANK_MAIL_PRIVATE": "", "VOLDAAN_BANK_MAIL_VOUCHED_BY": "mx.hart.example",
    "VOLDAAN_BANK_MAIL_FROM": "afschrift@bank.example, @boekhouder.example",
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImapServer]:
    with ImapServer(tmp_path_factory.mktemp("imap")) as server:
        yield server


@pytest.fixture
def server(running: ImapServer, monkeypatch: pytest.MonkeyPatch) -> ImapServer:
    """Give a server that is trusted, and can move."""
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    running.moves(can=True)
    return running


@pytest.fixture
def slug() -> str:
    """Name an administration whose mail folder nobody used yet."""
    return f"hart-{time.monotonic_ns()}"


def mail(
    subject: str, *files: str, sender: str = "afschrift@bank.example", vouched: str = "", content: str = "<a/>"
) -> bytes:
    head = [f"From: Bank <{sender}>", f"Subject: {subject}", "Content-Type: multipart/mixed; boundary=x"]
    if vouched:
        head.insert(0, f"Authentication-Results: mx.hart.example; {vouched}")
    parts = [f"--x\nContent-Disposition: attachment; filename={name}\n\n{content}" for name in files]
    return "\n".join([*head, "", "--x\nContent-Type: text/plain\n\nHier is het.", *parts, "--x--", ""]).replace(
        "\n", "\r\n"
    ).encode()  # fmt: skip


def opened(server: ImapServer, slug: str, **other: str) -> Mailbox:
    found = mailbox.of(slug, server.surroundings | other)
    assert isinstance(found, Mailbox)
    return found


def trouble(server: ImapServer, slug: str, **other: str) -> PlaceTrouble:
    with pytest.raises(PlaceTrouble) as found, opened(server, slug, **other):
        pass
    assert PASSWORD not in f"{found.value.says}{found.value.facts}{found.value.__context__}"
    return found.value


def what(place: Mailbox) -> list[str]:
    """Give what waits: its content, or why it is refused."""
    found = []
    for file in place.waiting()[0]:
        try:
            with place.reading(file) as source:
                found.append(f"{file.name}: {source.read().decode().strip()}")
        except RefusedUnread as refused:
            found.append(f"{file.name}: {refused.says.format(**refused.facts)[:40]}")
    return found


def test_without_an_address_there_is_no_such_place():
    assert mailbox.of("hart", {}) is None


def test_the_files_of_a_mail_are_given_and_it_is_put_aside_with_the_last_of_them(server, slug):
    for subject in ("Een", "Twee"):
        server.mail(mail(subject, "a.xml", "logo.png", "b.STA"), f"Bank/{slug}")
    for _ in range(2):  # who dies before he put it aside gets it once more
        with opened(server, slug) as place:
            files, arriving = place.waiting()
            assert ([file.name for file in files], arriving) == (["a.xml", "b.STA"] * 2, 0)
            place.put_taken(files[0])
            place.put_refused(files[2], "omdat")
        assert server.holds(f"Bank/{slug}") == ["Een", "Twee"]
    with opened(server, slug) as place:
        files, _ = place.waiting()
        for file in files[:3]:
            place.put_taken(file)
        place.put_refused(files[3], "omdat")
    assert [server.holds(f"Bank/{slug}{end}") for end in ("", "/taken", "/refused")] == [[], ["Een"], ["Twee"]]
    with opened(server, slug) as place:
        assert place.waiting() == ([], 0)


def test_where_the_server_cannot_move_a_mail_is_copied_and_marked_as_deleted(server, slug):
    server.moves(can=False)
    server.mail(mail("Een", "a.xml"), f"Bank/{slug}")
    server.mail(mail("Twee", "b.xml"), f"Bank/{slug}")
    with opened(server, slug) as place:
        files, _ = place.waiting()
        place.put_taken(files[0])
    assert [server.holds(f"Bank/{slug}{end}") for end in ("", "/taken")] == [["Een!", "Twee"], ["Een"]]
    with opened(server, slug) as place:
        assert what(place) == ["b.xml: <a/>"]


def test_two_at_once_do_no_harm(server, slug):
    server.mail(mail("Een", "a.xml"), f"Bank/{slug}")
    with opened(server, slug) as one, opened(server, slug) as other:
        (file,), _ = one.waiting()
        assert other.waiting()[0] == [file]
        one.put_taken(file)
        other.put_taken(file)
    assert server.holds(f"Bank/{slug}/taken") == ["Een"]


def test_only_who_may_send_and_is_vouched_for_brings_files(server, slug):
    good = "dmarc=pass header.from=bank.example"
    for message in (
        mail("goed", "a.xml", vouched=good),
        mail("boekhouder", "b.xml", sender="jan@boekhouder.example", vouched="dkim=pass header.d=boekhouder.example"),
        mail("onbekend", "c.xml", vouched="dmarc=pass header.from=evil.example", sender="x@evil.example"),
        mail("vals", "d.xml", vouched="dmarc=fail header.from=bank.example"),
        mail("niets", "e.xml"),
        b"Authentication-Results: evil.example; " + good.encode() + b"\r\n" + mail("anders", "f.xml", vouched=good),
        mail("leeg", vouched=good),
        mail("reclame", sender="x@evil.example"),
    ):
        server.mail(message, f"Bank/{slug}")
    with opened(server, slug, **STRICT) as place:
        assert what(place) == [
            "a.xml: <a/>", "b.xml: <a/>", "c.xml: The mail with this file says that it com",
            *(f"{name}.xml: mx.hart.example does not vouch that the " for name in "def"),
            "leeg: No file is with this mail of afschrift@b",
        ]  # fmt: skip
    assert server.holds(f"Bank/{slug}/refused") == ["reclame"]


def test_of_a_mail_of_a_stranger_one_file_is_told_and_of_a_mail_with_many_none_is_taken(server, slug, monkeypatch):
    monkeypatch.setattr(mails, "MOST_FILES", 3)
    good, names = "dmarc=pass header.from=bank.example", [f"{nth}.xml" for nth in range(4)]
    server.mail(mail("onbekend", *names, sender="x@evil.example"), f"Bank/{slug}")
    server.mail(mail("vals", *names), f"Bank/{slug}")
    server.mail(mail("veel", *names, vouched=good), f"Bank/{slug}")
    server.mail(mail("goed", *names[:3], "logo.png", vouched=good), f"Bank/{slug}")
    heard: list[int] = []
    with opened(server, slug, **STRICT) as place:
        found, _ = place.waiting(lambda: heard.append(1))
        assert [what(place)[nth][:20] for nth in range(3)] == [
            "0.xml: The mail with", "0.xml: mx.hart.examp", "0.xml: More than 3 f",
        ]  # fmt: skip
        assert ([file.name for file in found[3:]], len(heard)) == (names[:3], 4)
        for file in found:
            place.put_refused(file, "x")
    assert server.holds(f"Bank/{slug}") == []


def test_a_pdf_counts_only_of_who_is_let_in_and_after_the_other_files(server, slug, monkeypatch):
    monkeypatch.setattr(mails, "MOST_FILES", 3)
    good, pdf, names = "dmarc=pass header.from=bank.example", "%PDF-1.7 x", ("brief.pdf", "advies", "a.xml")
    for message in (
        mail("goed", *names, vouched=good, content=pdf), mail("vals", *names, content=pdf),
        mail("reclame", "brief.pdf", sender="x@evil.example", content=pdf),
        mail("veel", *names, "nog.pdf", vouched=good, content=pdf), mail("geen", "b.pdf", vouched=good),
    ):  # fmt: skip
        server.mail(message, f"Bank/{slug}")
    with opened(server, slug, **STRICT) as place:
        found, _ = place.waiting()
        assert [(file.name, file.may_be_letter) for file in found[:3]] == [
            ("a.xml", False), ("brief.pdf", True), ("advies", True),
        ]  # fmt: skip
        assert [one[:28] for one in what(place)[3:]] == [
            "a.xml: mx.hart.example does ", "a.xml: More than 3 files are", "geen: No file is with this m",
        ]  # fmt: skip
    assert server.holds(f"Bank/{slug}/refused") == ["reclame"]


def test_a_mail_of_a_stranger_that_cannot_be_moved_is_told_and_keeps_no_other_waiting(server, slug, monkeypatch):
    def forbids(*_: object) -> None:
        raise PlaceTrouble(lines.NOT_DONE, path="x", why="no")

    monkeypatch.setattr(lines.Server, "put_aside", forbids)
    server.mail(mail("reclame", sender="x@evil.example"), f"Bank/{slug}")
    server.mail(mail("goed", "a.xml", vouched="dmarc=pass header.from=bank.example"), f"Bank/{slug}")
    with opened(server, slug, **STRICT) as place:
        stuck, good = place.waiting()[0]
        assert (stuck.name, good.name) == ("reclame", "a.xml")
        with pytest.raises(PlaceTrouble, match="cannot be used"), place.reading(stuck):
            pass
        with place.reading(good) as source:
            assert source.read().strip() == b"<a/>"


def test_nobody_may_bring_files_until_it_is_said_who(server, slug):
    for name in ("VOLDAAN_BANK_MAIL_FROM", "VOLDAAN_BANK_MAIL_VOUCHED_BY"):
        assert "Anybody may mail to a mailbox" in trouble(server, slug, **STRICT | {name: ""}).says


def test_hostile_and_huge_mails_are_refused_and_keep_nobody_waiting(server, slug, monkeypatch):
    monkeypatch.setattr(mails, "MOST_BYTES", 100_000)
    for message in (
        mail("veel", *["a.xml"] * 300), mail("groot", "a.xml", content="x" * 200_000), mail("goed", "b.xml"),
        mail("naam", '"../../c\td\x07.xml"'), b"\xff\xfe", mail("leeg", "e.xml", content=""),
    ):  # fmt: skip
        server.mail(message, f"Bank/{slug}")
    with opened(server, slug) as place:
        found = [one.partition(": ")[::2] for one in what(place)]
        for file in list(place._kept):
            place.put_refused(file, "x")
    assert [name for name, _ in found[2:4]] == ["b.xml", "c d .xml"]
    assert [says[:16] for _, says in found] == [
        "This mail cannot", "The mail is larg", "<a/>", "<a/>", "No file is with ", "",
    ]  # fmt: skip
    assert server.holds(f"Bank/{slug}") == []


def test_a_wrong_password_another_certificate_and_no_server_are_told(server, slug, monkeypatch):
    assert trouble(server, slug, VOLDAAN_BANK_MAIL_PASSWORD="fout").facts == {"host": "127.0.0.1", "user": USER}
    monkeypatch.setattr(lines, "STEP", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"imaps://a@127.0.0.1:{listener.getsockname()[1]}/{{slug}}"
        assert "did not answer" in trouble(server, slug, VOLDAAN_BANK_MAIL=address).says
    assert "cannot be reached" in trouble(server, slug, VOLDAAN_BANK_MAIL=address).says
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "no certificate that can be trusted" in trouble(server, slug).says


def test_a_server_that_goes_away_in_the_middle_says_so(server, slug):
    server.mail(mail("Een", "a.xml"), f"Bank/{slug}")
    with opened(server, slug) as place:
        (file,), _ = place.waiting()
        place._server._imap.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(PlaceTrouble, match="cannot be reached"):
            place.put_taken(file)
    assert server.holds(f"Bank/{slug}") == ["Een"]


@pytest.mark.parametrize("beginning", [b"* OK ", b"\x16\x03\x03\x3f\xff"])
def test_a_server_that_drips_is_hung_up_on_also_while_it_greets(server, slug, monkeypatch, beginning):
    """One letter at a time, no answer is ever awaited for long; the second one drips before it is encrypted."""
    monkeypatch.setattr(lines, "LONGEST", 0.6)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.certificate)

    def drip() -> None:
        line, _ = listener.accept()
        if beginning.startswith(b"*"):
            line = context.wrap_socket(line, server_side=True)
        with line, suppress(OSError):
            line.sendall(beginning)
            while True:
                line.sendall(b"x")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        address = f"imaps://a@127.0.0.1:{listener.getsockname()[1]}/{{slug}}"
        assert "was not done within" in trouble(server, slug, VOLDAAN_BANK_MAIL=address).says
    assert time.monotonic() - started < 5


def test_a_server_that_drips_in_the_middle_is_hung_up_on(server, slug):
    with opened(server, slug) as place:
        place._server._hang_up()
        with pytest.raises(PlaceTrouble, match="was not done within"):
            place.waiting()
    assert place._server._timer.finished.is_set()


@pytest.mark.parametrize(
    ("name", "said", "says"),
    [
        ("", "imap://a@b/{slug}", "no address"), ("", "imaps://a@b/{slug}%22%0d%0ax", "no address"),
        ("", "imaps://a@b/b\u00e4nk/{slug}", "no address"), ("", "imaps://a@b", "whose files"),
        ("", f"imaps://a:{'x' * 9}@b/{{slug}}", "has a password in it"), ("_PASSWORD", "", "is not set"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_said_before_anything_is_done(server, slug, name, said, says):
    assert says in trouble(server, slug, **{f"VOLDAAN_BANK_MAIL{name}": said}).says


def test_the_password_is_in_no_log_and_no_sign_of_the_place(server, slug, caplog):
    caplog.set_level(logging.DEBUG)
    with opened(server, slug) as place:
        assert PASSWORD not in f"{place!r}{place._account!r}{place._account}"
    assert PASSWORD not in caplog.text
