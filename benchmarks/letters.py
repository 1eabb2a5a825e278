"""Letters against typst itself with the same template, values and codes; mails against the bare library."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import typst

from benchmarks.measure import Figure, compared, peak_megabytes, report
from voldaan.formats import letter_mail, letter_pdf
from voldaan.formats.shared import pay_code, typeset
from voldaan.rules.letters import Letter, Line, Party
from voldaan.rules.wording import shipped

SENT_ON = date(2027, 3, 12)
SENT_AT = datetime(2027, 3, 12, 9, tzinfo=UTC)
ITEMS = 8


def letter(at: int) -> Letter:
    """Give a letter of one page: eight items and a code."""
    issued = SENT_ON - timedelta(days=30)
    lines = tuple(
        Line(f"2027-{at:05}{item}", 1, 1, issued, issued + timedelta(days=14), 10_000 + at, 10_000 + at)
        for item in range(ITEMS)
    )
    return Letter(
        "reminder", shipped("reminder", "nl"), SENT_ON,
        Party("Van Dijk Meubelen B.V.", "Oudegracht 218", "3511 NR", "Utrecht", "NL", "a@vandijk.example"),
        Party(f"Klant {at} B.V.", "Dorpsstraat 12", "3581 AB", "Utrecht", "NL"), lines, "EUR", "NL91ABNA0417164300",
        final_date=SENT_ON + timedelta(days=7), paid_until=SENT_ON - timedelta(days=1),
    )  # fmt: skip


def bare() -> Callable[[str], bytes]:
    """Give typst itself, with the template of the letters."""
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(typeset.TEMPLATES / "letter.typ", root=typeset.TEMPLATES, font_paths=fonts)

    def drawn(values: str) -> bytes:
        pdf = compiler.compile(format="pdf", sys_inputs={"values": values}, pdf_standards=typeset.STANDARD)
        assert isinstance(pdf, bytes)
        return pdf

    return drawn


def figures(count: int) -> Iterator[Figure]:
    """Measure one size."""
    letters = [letter(at) for at in range(count)]
    values = [json.dumps(letter_pdf.values([one])) for one in letters]
    codes = [code for one in letters if (code := pay_code.payload(one))]
    draw = bare()

    def with_codes(values: list[str]) -> None:
        pay_code.forget()
        for code in codes:
            pay_code.svg(code)
        for one in values:
            draw(one)

    def one_by_one() -> None:
        pay_code.forget()
        for one in letters:
            letter_pdf.draw(one)

    draw(values[0])
    letter_pdf.draw(letters[0])
    mine, limit = compared(one_by_one, lambda: with_codes(values), runs=3)
    yield Figure(f"letters one by one, {ITEMS} items and a code, {count:,}", f"{count / mine:,.0f}/s",
                 f"{count / limit:,.0f}/s", limit / mine, 0.8, at_least=True)  # fmt: skip
    peak = peak_megabytes()
    yield Figure(f"peak memory, MB, {count:,} letters", f"{peak:.0f} MB", "250 MB", peak / 250, 1)
    yield mails(letters)


def mails(letters: list[Letter]) -> Figure:
    """Measure mails with their letter attached; the limit puts the same parts together with the library alone."""
    pdf = bytes(27_000)
    going_along = [letter_mail.Attachment("Brief.pdf", "application/pdf", pdf)]

    def ours() -> None:
        pay_code.forget()
        for at, one in enumerate(letters):
            letter_mail.compose(
                one, sender_address="a@vandijk.example", to_address="klant@example.org", sent_at=SENT_AT,
                message_id=f"<{at}@vandijk.example>", attachments=going_along,
            )  # fmt: skip

    message = letter_mail.compose(
        letters[0], sender_address="a@vandijk.example", to_address="klant@example.org", sent_at=SENT_AT,
        message_id="<0@vandijk.example>",
    )  # fmt: skip
    html = message.decode()[2_000:12_000]

    def library() -> None:
        for at in range(len(letters)):
            mail = EmailMessage(policy=SMTP)
            mail["From"], mail["To"] = "a@vandijk.example", "klant@example.org"
            mail["Subject"], mail["Message-ID"] = "Wilt u betalen?", f"<{at}@vandijk.example>"
            mail.set_content(html[:2_000], cte="quoted-printable")
            mail.add_alternative(html, subtype="html", cte="quoted-printable")
            mail.add_attachment(pdf, "application", "pdf", filename="Brief.pdf")
            mail.as_bytes()

    mine, limit = compared(ours, library, runs=3)
    count = len(letters)
    return Figure(f"mails with a code and a letter, {count:,}", f"{mine / count * 1000:.1f} ms",
                  f"{limit / count * 1000:.1f} ms", mine / limit, 2.5)  # fmt: skip


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["300"]))
