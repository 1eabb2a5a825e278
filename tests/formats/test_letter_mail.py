"""Letters as e-mail: read back as a mail program does, and held against the letter and against each other."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tools.letters import CUSTOMER, SENDER, letter, line, pages, scanned_png
from voldaan.formats import letter_mail, letter_pdf
from voldaan.formats.letter_mail import Attachment, BadAddress
from voldaan.formats.shared import pay_code
from voldaan.rules import wording
from voldaan.rules.letters import Letter, one_line
from voldaan.rules.tongues import LANGUAGES, tongue

SENT_AT = datetime(2027, 3, 12, 9, 30, tzinfo=timezone(timedelta(hours=1)))
INVOICE = Attachment("Factuur 2027-0042.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")


def composed(about: Letter | None = None, **changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "sender_address": "administratie@vandijk.example", "to_address": "info@bakkerijjansen.example",
        "message_id": "<4f2a.1@vandijk.example>", "sent_at": SENT_AT,
    }  # fmt: skip
    return letter_mail.compose(about or letter(), **facts | changes)


def read(mail: bytes) -> EmailMessage:
    message = email.message_from_bytes(mail, policy=default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects, (part.get_content_type(), part.defects)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\u00a0", " ")


class Words(HTMLParser):
    """What a page of HTML says, and all its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img"}:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def figures(text: str) -> set[str]:
    """Give every word with a digit in it, whatever stands around it."""
    return {word.strip(".,:;?()-") for word in text.split() if re.search(r"\d", word)}


def cents(amount: str) -> int:
    digits = int(re.sub(r"\D", "", amount))
    return -digits if "−" in amount else digits


# ---- its shape


def test_it_is_built_as_a_mail_program_expects():
    message = read(composed(attachments=[INVOICE, Attachment("ubl.xml", "text/xml", b"<a/>")]))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf", "text/xml",
    ]  # fmt: skip
    assert message["From"] == '"Van Dijk Meubelen B.V." <administratie@vandijk.example>'
    assert str(message["To"].addresses[0]) == "Bakkerij Jansen <info@bakkerijjansen.example>"
    assert message["Subject"] == "Wilt u € 605,00 betalen voor factuur 2027-0042?"
    assert message["Date"].datetime == SENT_AT
    assert message["Message-ID"] == "<4f2a.1@vandijk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "nl"
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == ["Factuur 2027-0042.pdf", "ubl.xml"]
    assert attached[0].get_content() == INVOICE.content


def test_without_attachments_and_code_it_is_a_plain_alternative():
    message = read(composed(letter(iban="")))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "Bijlagen" not in body(message, "plain")


def test_answers_go_to_who_reads_them():
    assert read(composed())["Reply-To"] is None, "the sender reads his own"
    message = read(composed(sender_address="post@voldaan.example"))
    assert message["From"].addresses[0].addr_spec == "post@voldaan.example"
    assert str(message["Reply-To"].addresses[0]) == '"Van Dijk Meubelen B.V." <administratie@vandijk.example>'
    assert read(composed(letter(sender=replace(SENDER, email=""))))["Reply-To"] is None


def test_the_same_facts_give_the_same_bytes():
    assert composed(attachments=[INVOICE]) == composed(attachments=[INVOICE])
    assert composed() != composed(message_id="<other@vandijk.example>")


def test_its_lines_are_short_plain_and_end_as_mail_does():
    about = letter(
        wording=replace(letter().wording, body="Beste {customer},\n\n" + "é" * 5000 + "\n.\nFrom x\n" + "y" * 2000)
    )
    mail = composed(about, attachments=[INVOICE])
    assert mail.isascii()
    lines = mail.split(b"\r\n")
    assert not any(b"\n" in one or b"\r" in one for one in lines)
    assert max(map(len, lines)) <= 998
    assert "é" * 5000 in body(read(mail), "plain")


# ---- what it says


def test_the_first_lines_say_what_how_much_and_how():
    text = body(read(composed(letter("demand"))), "plain")
    early = "\n".join(text.splitlines()[:10])
    for words in (
        "factuur 2027-0042", "€ 605,00", "uiterlijk op vrijdag 19 maart 2027", "NL91 ABNA 0417 1643 00",
        "Van Dijk Meubelen B.V.", "Onder vermelding van:  2027-0042",
    ):  # fmt: skip
        assert words in early, words


def test_its_picture_is_the_code_of_the_letter():
    about = letter(lines=tuple(line(at) for at in range(20)))
    message = read(composed(about))
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert scanned_png(picture.get_content()) == [pay_code.payload(about)]
    page = Words(body(message, "html"))
    (shown,) = [attrs for tag, attrs in page.tags if tag == "img"]
    assert f"<{str(shown['src']).removeprefix('cid:')}>" == picture["Content-ID"]
    assert picture.get_content_disposition() == "inline"
    assert shown["alt"] == "QR-code met de gegevens van deze betaling"


def test_nothing_is_fetched_and_nothing_counts_who_reads():
    html = body(read(composed(attachments=[INVOICE])), "html")
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|<iframe|<form", html)
    sources = [attrs["src"] for tag, attrs in Words(html).tags if "src" in attrs]
    assert len(sources) == 1
    assert str(sources[0]).startswith("cid:")


def test_it_is_read_aloud_in_its_language_and_is_seen_in_the_dark():
    for language in LANGUAGES:
        html = body(read(composed(letter("demand", language))), "html")
        page = Words(html)
        assert dict(page.tags)["html"] == {"lang": language}
        assert all(
            attrs.get("role") == "presentation" for tag, attrs in page.tags if tag == "table" and "role" in attrs
        )
        assert "prefers-color-scheme:dark" in html
        assert len(html) < 100_000, "a longer one is cut by some mail programs"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["notice", "reminder", "demand", "final_notice"])
def test_text_page_and_paper_say_the_same(step, language):
    lines = (
        line(cents=123_456, open_cents=100_000, description="Eettafels 4 stuks"),
        line(1, instalment=2, instalments=3),
    )
    about = letter(step, language, lines=lines, credit_cents=25_000)
    message = read(composed(about, attachments=[INVOICE]))
    text, page = body(message, "plain"), Words(body(message, "html")).text
    assert figures(text) == figures(page)
    paper = figures("\n".join(pages(letter_pdf.draw(about))))
    of_the_mail_only = figures(INVOICE.name)
    # Paper also has the customer's address and its own date.
    assert figures(text) - of_the_mail_only <= paper
    for paragraph in (*(filled := wording.fill(about.wording, about)).paragraphs, *filled.closing):
        for said in paragraph.splitlines():
            assert said in text
            assert said in page
    assert tongue(language).labels["instalment"].split()[0] in page


amounts = st.integers(1, 10**9)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(amounts, st.integers(0, 100), st.integers(1, 3)), min_size=1, max_size=8), st.integers(0, 10**6),
    st.sampled_from(["nl", "en"]), st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
)  # fmt: skip
def test_the_figures_of_a_mail_add_up(items, credit, language, currency):
    lines = tuple(
        line(at, cents=whole, open_cents=max(1, whole * share // 100), instalments=parts)
        for at, (whole, share, parts) in enumerate(items)
    )
    about = letter("reminder", language, lines=lines, credit_cents=credit, currency=currency)
    message = read(composed(about))
    text, page = body(message, "plain"), Words(body(message, "html")).text
    amount = rf"((?:€ ?|−€|{currency} )−?[\d.,]*\d)"
    opens = re.findall(rf"(?:Nog open|Still open) {amount} (?:van|of)", text)
    assert len(opens) == len(lines)
    assert sum(map(cents, opens)) == about.open_cents
    asked = set(re.findall(rf"(?:Te betalen|To pay): +{amount}", text))
    assert {cents(one) for one in asked} == {about.asked_cents}
    assert len(asked) == 1
    if credit:
        (of_credit,) = re.findall(rf"(?:tegoed bij ons|credit with us): +{amount}", text)
        (in_all,) = re.findall(rf"(?:Samen open|Open in all): +{amount}", text)
        assert cents(in_all) == sum(map(cents, opens))
        assert cents(in_all) + cents(of_credit) == about.asked_cents
    assert asked.pop() in str(message["Subject"])
    assert figures(text) == figures(page)
    if said := pay_code.payload(about):
        assert cents(said.split("\n")[7]) == about.asked_cents


# ---- what comes from outside

NASTY = (
    "Jansen\r\nBcc: x@y.example", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a, b <c@d.example>",
    "=?utf-8?b?aGFjaw==?= x", "Café 'De \"Zwaan\"' \\", "{total}", "%s %(total)s ${total}", "&lt;b&gt; &amp;",
    "\u202egnp.exe",
    "a" * 300, "é, ü; <ö@ä.example>", "x" * 59 + " é", "]]>-->", "\x00\x07\x1b[31m",
)  # fmt: skip


@pytest.mark.parametrize("words", NASTY)
def test_words_from_outside_are_only_words(words):
    about = letter(
        sender=replace(SENDER, name=words, street=words, email="x@vandijk.example"),
        customer=replace(CUSTOMER, name=words), lines=(line(invoice=words, description=words),),
    )  # fmt: skip
    mail = composed(about, attachments=[Attachment(words, "application/pdf", b"x")])
    message = read(mail)
    assert sorted(message.keys()) == sorted([
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version",
        "Content-Type",
    ])  # fmt: skip
    assert [len(message[name].addresses) for name in ("From", "Reply-To", "To")] == [1, 1, 1]
    page = Words(body(message, "html"))
    ours = Words(body(read(composed(letter(lines=(line(description="x"),)), attachments=[INVOICE])), "html"))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in ours.tags]
    assert [set(attrs) for _, attrs in page.tags] == [set(attrs) for _, attrs in ours.tags]
    clean = one_line(words)
    assert clean[:100] in page.text
    assert clean[:100] in body(message, "plain")


names = st.one_of(
    st.text(min_size=1, max_size=150), st.text('",<>@;:\\()[]é .=?_utf8\r\nqB貿', min_size=1, max_size=130)
)


@settings(max_examples=150)
@given(names, names)
@example("000000000000000000¡¡¡¡¡¡¡¡¡ກເ𖼀", "0000000) ¡ ¡")
@example("=?utf-8?b?aGFjaw==?=", "=?utf-8?q?x?= y")
def test_headers_are_read_back_exactly_as_meant(sender, customer):
    about = letter(
        sender=replace(SENDER, name=f"A {sender}", email="r@b.example"),
        customer=replace(CUSTOMER, name=f"K {customer}"),
        wording=replace(letter().wording, subject="{customer}"),
    )  # fmt: skip
    mail = composed(about, sender_address="a@b.example", to_address="c@d.example")
    # Python's newer reader moves spaces among encoded words; its older one does what RFC 2047 says.
    message = email.message_from_bytes(mail)
    for header, name, address in (
        ("From", f"A {sender}", "a@b.example"), ("Reply-To", f"A {sender}", "r@b.example"),
        ("To", f"K {customer}", "c@d.example"),
    ):  # fmt: skip
        ((seen, to),) = getaddresses([message[header].replace("\r\n", "")])
        meant = one_line(name)
        meant = meant if len(meant) <= 120 else meant[:119].rstrip() + "…"
        assert (str(make_header(decode_header(seen))), to) == (meant, address)
    assert str(make_header(decode_header(message["Subject"].replace("\r\n", "")))) == one_line(f"K {customer}")
    assert all(len(one) <= 998 for one in mail.split(b"\r\n"))


@pytest.mark.parametrize(
    "address",
    [
        "", "jansen", "a@b", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "Jan <a@b.example>",
        '"a b"@c.example', "a@b.example\x00", "a@b..example", "é@b.example", "a" * 65 + "@b.example",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(address):
    for where in ("to_address", "sender_address"):
        with pytest.raises(BadAddress) as refused:
            composed(**{where: address})
        assert "\n" not in str(refused.value)
    if address:
        with pytest.raises(BadAddress):
            composed(letter(sender=replace(SENDER, email=address)))


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Factuur 2027-0042.pdf", "Factuur 2027-0042.pdf"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x.pdf", "C-Windows-x.pdf"),
        ('a"b\r\nc;d.pdf', "a-b c-d.pdf"),
        (".bashrc", "bashrc"),
        ("", "document"),
        ("...", "document"),
        ("factuur\u202efdp.exe", "factuurfdp.exe"),
        ("Überweisung für März.pdf", "Überweisung für März.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_the_name_of_a_file_is_cleaned(typed, clean):
    message = read(composed(attachments=[Attachment(typed, "application/pdf", b"x")]))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == clean
    assert clean in body(message, "plain")
    assert clean in Words(body(message, "html")).text


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html", "text/html"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("text/plain\r\nX-Evil: 1", "application/octet-stream"),
        ("text/plain; charset=x", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_cleaned(typed, kind):
    message = read(composed(attachments=[Attachment("a.bin", typed, b"From x\n.\n--=_\n")]))
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == kind
    content = attached.get_payload(decode=True)
    assert content == b"From x\n.\n--=_\n"


def test_our_own_mistakes_stop_it():
    for changes in ({"message_id": "x"}, {"message_id": "<a@b>\r\nX: y"}, {"sent_at": SENT_AT.replace(tzinfo=None)}):
        with pytest.raises(AssertionError):
            composed(**changes)


def test_a_text_with_a_hole_is_not_sent():
    with pytest.raises(wording.Unresolved):
        composed(letter(paid_until=None))


def test_a_notice_of_several_days_names_no_single_day():
    about = letter("notice", lines=(line(), line(1)), sent_on=date(2027, 2, 9))
    text = body(read(composed(about)), "plain")
    assert "Uiterlijk:" not in text
    assert "Vervaldatum:" not in text
    assert "de vervaldatum van elke factuur, vanaf vrijdag 12 februari 2027" in text
