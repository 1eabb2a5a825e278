"""Letters on paper: what they say, where it stands, that their code pays, and that nothing in a name stops one."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.letters import BELGIAN, CUSTOMER, IBAN, SENDER, letter, line, pages, scanned, scanned_points
from voldaan.formats import bound, letter_pdf
from voldaan.formats.shared import pay_code
from voldaan.rules import references
from voldaan.rules.letters import Letter, Party
from voldaan.rules.wording import Unresolved, shipped

MM = 72 / 25.4
ROOT = Path(__file__).parents[2]

BELGIAN_LETTER = letter(
    "final_notice", sender=BELGIAN, iban="BE68539007547034",
    customer=Party("Café De Zwaan", "Grote Markt 3", "3500", "Hasselt", "BE"),
    lines=(line(payment_reference="123456789002"),),
)  # fmt: skip


def twelve() -> Letter:
    """Give a letter about twelve invoices, some paid in part, with a credit."""
    amounts = [12_345 + at * 7_777 for at in range(12)]
    lines = (line(at, cents=cents, open_cents=cents // (1 + (at % 3 == 0))) for at, cents in enumerate(amounts))
    return letter("demand", lines=tuple(lines), credit_cents=25_000)


def flat(text: str) -> str:
    return " ".join(text.split())


# ---- what it says


def test_it_says_what_how_much_and_when():
    (page,) = pages(letter_pdf.draw(letter()))
    for words in (
        "Van Dijk Meubelen B.V.", "KvK 30123456", "Btw NL820605876B01",
        "Bakkerij Jansen\nDorpsstraat 12\n3581 AB Utrecht",
        "vrijdag 12 maart 2027", "Wilt u € 605,00 betalen voor factuur 2027-0042?", "Beste Bakkerij Jansen,",
        "29 jan 2027", "12 feb 2027", "Te betalen\n€ 605,00", "NL91 ABNA 0417 1643 00", "Scan met uw bankapp",
        "Met vriendelijke groet,\nVan Dijk Meubelen B.V.",
    ):  # fmt: skip
        assert words in page, words
    assert "Pagina" not in page, "one page has no number"


def test_items_credit_and_total_add_up_on_paper():
    about = twelve()
    text = "\n".join(pages(letter_pdf.draw(about)))
    rows = re.findall(r"^(2027-\d{4}) .*€ [\d.,]+ € ([\d.,]+)$", text, re.MULTILINE)
    assert [number for number, _ in rows] == list(about.invoices)
    open_ = sum(int(re.sub(r"\D", "", amount)) for _, amount in rows)
    assert open_ == about.open_cents
    assert "Samen open € 5.667,38\nUw tegoed bij ons € −250,00\nTe betalen € 5.417,38" in text
    assert about.asked_cents == open_ - 25_000 == 541_738


def test_many_items_run_over_pages_that_are_numbered():
    about = letter("demand", lines=tuple(line(at) for at in range(60)))
    found = pages(letter_pdf.draw(about))
    assert [re.findall(r"Pagina \d van \d", page) for page in found] == [[f"Pagina {at} van 3"] for at in (1, 2, 3)]
    text = "\n".join(found)
    rows = re.findall(r"^(2027-\d{4}) \d+ \w{3} 2027", text, re.MULTILINE)
    assert rows == list(about.invoices)
    assert all("Nog open" in page for page in found[:2]), "the head of the table stands on each page"
    assert "Met vriendelijke groet" in found[2], "the box to pay from is not alone on its page"
    assert scanned(letter_pdf.draw(about)) == [pay_code.payload(about)]


def test_english_and_a_country_abroad():
    about = letter("demand", "en", customer=replace(CUSTOMER, country="GB", city="London", postcode="EC1A 1BB"))
    (page,) = pages(letter_pdf.draw(about))
    assert "EC1A 1BB London\nUNITED KINGDOM" in page
    assert "Payment demand: pay €605.00 for invoice 2027-0042" in page
    assert "Account holder" in page


def test_an_instalment_says_which():
    (page,) = pages(letter_pdf.draw(letter(lines=(line(instalment=2, instalments=3),))))
    assert "2027-0042, termijn 2 van 3" in page


def test_without_an_account_there_is_no_way_to_pay():
    drawn = letter_pdf.draw(letter(iban=""))
    assert "Zo betaalt u" not in pages(drawn)[0]
    assert "€ 605,00" in pages(drawn)[0]
    assert scanned(drawn) == []


def test_a_text_with_a_hole_is_not_drawn():
    with pytest.raises(Unresolved):
        letter_pdf.draw(letter(final_date=None))


# ---- where it stands


def place_of(pdf: bytes, words: str) -> tuple[float, float, float, float]:
    """Give left, top, right and bottom of words on the first page, in millimetres from its left upper corner."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        page = document[0]
        text = page.get_textpage()
        at, count = text.search(words).get_next()
        boxes = [text.get_charbox(one) for one in range(at, at + count)]
        height = page.get_height()
        return (
            min(box[0] for box in boxes) / MM, (height - max(box[3] for box in boxes)) / MM,
            max(box[2] for box in boxes) / MM, (height - min(box[1] for box in boxes)) / MM,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("about", "first", "last", "left", "right"),
    [
        (letter(), "Bakkerij Jansen", "3581 AB Utrecht", 20, 100),
        (BELGIAN_LETTER, "Café De Zwaan", "3500 Hasselt", 110, 190),
        (replace(BELGIAN_LETTER, customer=CUSTOMER), "Dorpsstraat", "BELGIË", 110, 190),
    ],
    ids=["nl", "be", "be to nl"],
)
def test_the_address_stands_in_the_window(about, first, last, left, right):
    if last == "BELGIË":
        about, last = replace(about, customer=replace(CUSTOMER, name="Jansen")), "NEDERLAND"
    pdf = letter_pdf.draw(about)
    for words in (first, last):
        x, y, x_end, y_end = place_of(pdf, words)
        # Of a C5/6 window of 90 x 35 mm, what shows however the sheet slides in its envelope.
        assert left <= x < x_end <= right, words
        assert 55 <= y < y_end <= 85, words


@pytest.mark.parametrize("length", [60, 119, 500])
def test_a_long_name_stays_in_the_window_and_off_the_rest(length):
    name = ("Stichting Verzekeringsmaatschappij " * 20)[:length].strip()
    pdf = letter_pdf.draw(letter(customer=replace(CUSTOMER, name=name)))
    _, _, x_end, _ = place_of(pdf, "Stichting Verzekering")
    _, _, _, y_end = place_of(pdf, "3581 AB Utrecht")
    assert x_end <= 100
    assert y_end <= 90


@pytest.mark.parametrize("word", ["F" + "1234567890" * 6, "ł" * 60, "W" * 60])
def test_a_number_without_end_stays_on_the_paper(word):
    pdf = letter_pdf.draw(letter(lines=(line(invoice=word, description=word * 4),), sender=replace(SENDER, name=word)))
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        text = document[0].get_textpage()
        edges = [text.get_charbox(at)[2] / MM for at in range(text.count_chars())]
    assert max(edges) <= 192
    assert scanned(pdf) == [pay_code.payload(letter(lines=(line(invoice=word),), sender=replace(SENDER, name=word)))]


# ---- the code to pay from


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (letter(), f"BCD\n002\n1\nSCT\n\nVan Dijk Meubelen B.V.\n{IBAN}\nEUR605.00\n\n\n2027-0042"),
        (
            letter(lines=(line(payment_reference="RF18539007547034"),), credit_cents=60_499),
            f"BCD\n002\n1\nSCT\n\nVan Dijk Meubelen B.V.\n{IBAN}\nEUR0.01\n\nRF18539007547034",
        ),
        (
            BELGIAN_LETTER,
            "BCD\n002\n1\nSCT\n\nPeeters & Zonen BV\nBE68539007547034\nEUR605.00\n\n\n+++123/4567/89002+++",
        ),
        (
            letter(sender=replace(SENDER, name="Café Łódź 貿易"), lines=(line(cents=123_456_789),)),
            f"BCD\n002\n1\nSCT\n\nCafé Łódź 貿易\n{IBAN}\nEUR1234567.89\n\n\n2027-0042",
        ),
    ],
    ids=["number", "rf", "ogm", "letters"],
)
def test_the_code_pays_what_the_letter_asks(about, said):
    assert pay_code.payload(about) == said
    pdf = letter_pdf.draw(about)
    assert scanned(pdf) == [said]
    assert scanned(pdf, scale=1.5) == [said], "also from a coarse print"


@pytest.mark.parametrize(
    "changes",
    [
        {"iban": ""},
        {"currency": "USD"},
        {"credit_cents": 60_500},
        {"credit_cents": 70_000},
        {"lines": (line(cents=100_000_000_000),)},
    ],
)
def test_where_a_code_could_not_pay_there_is_none(changes):
    assert pay_code.payload(letter(**changes)) is None
    assert scanned(letter_pdf.draw(letter(**changes))) == []


@given(
    name=st.text(min_size=1, max_size=200),
    invoices=st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=20),
    cents=st.integers(1, 99_999_999_999),
)  # fmt: skip
def test_a_code_keeps_to_its_format_whatever_the_names(name, invoices, cents):
    lines = tuple(line(invoice=invoice, cents=0) for invoice in invoices)
    about = letter(sender=replace(SENDER, name=name), lines=(replace(lines[0], open_cents=cents), *lines[1:]))
    said = pay_code.payload(about)
    assert said is not None
    assert len(said.encode(errors="replace")) <= 331
    fields = said.split("\n")
    assert fields[:5] == ["BCD", "002", "1", "SCT", ""]
    assert len(fields[5]) <= 70
    assert fields[6] == IBAN
    assert fields[7] == f"EUR{cents // 100}.{cents % 100:02}"
    assert len(fields) in {10, 11}
    assert len(fields[9]) <= 25
    assert len("".join(fields[10:])) <= 140


@settings(max_examples=25)
@given(
    name=st.text(st.characters(codec="latin-1", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=70),
    number=st.from_regex(r"[A-Z]{0,3}[0-9]{1,12}(-[0-9]{1,6})?", fullmatch=True),
    cents=st.integers(1, 10**9),
)
def test_every_code_is_read_back(name, number, cents):
    about = letter(sender=replace(SENDER, name=name), lines=(line(invoice=number, cents=cents),))
    said = pay_code.payload(about)
    assert said is not None
    svg = pay_code.svg(said)
    assert scanned_svg(svg) == [said]


def scanned_svg(svg: str) -> list[str]:
    """Scan a code from its drawing, four points a square."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    side, scale = (size + 8) * 4, 4
    points = bytearray(b"\xff" * side * side)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        for row in range((int(y) + 4) * scale, (int(y) + 5) * scale):
            start = row * side + (int(x) + 4) * scale
            points[start : start + int(width) * scale] = bytes(int(width) * scale)
    return scanned_points(bytes(points), side, side)


@pytest.mark.parametrize(
    ("country", "reference", "printed"),
    [
        ("NL", "RF18539007547034", "RF18 5390 0754 7034"),
        ("BE", "123456789002", "+++123/4567/89002+++"),
        ("NL", references.make_betalingskenmerk(1234), None),
        ("NL", "vrije tekst", "vrije tekst"),
    ],
)
def test_a_reference_is_printed_in_its_own_groups(country, reference, printed):
    about = letter(sender=replace(SENDER, country=country), lines=(line(payment_reference=reference),))
    printed = printed or references.print_betalingskenmerk(reference)
    assert pay_code.printed_reference(about) == printed
    assert printed in flat(pages(letter_pdf.draw(about))[0])


# ---- the file


def test_it_is_pdf_a_in_its_language_of_its_own_day():
    pdf = letter_pdf.draw(letter())
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/Lang(nl)" in pdf
    assert b"/CreationDate(D:20270312000000Z)" in pdf
    assert b"/StructTreeRoot" in pdf, "tagged, for who reads it aloud"
    assert b"/Lang(en)" in letter_pdf.draw(letter("reminder", "en"))


def test_the_same_letter_is_the_same_bytes_also_elsewhere():
    program = (
        "import hashlib; from tests.tools.letters import letter; from voldaan.formats import letter_pdf;"
        "letter_pdf.draw(letter('demand')); print(hashlib.sha256(letter_pdf.draw(letter())).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert hashlib.sha256(letter_pdf.draw(letter())).hexdigest() == elsewhere.stdout.strip()


def test_no_font_of_the_machine_is_used():
    names = set(
        re.findall(
            rb"/FontName/[A-Z]{6}\+([A-Za-z]+)", letter_pdf.draw(letter(customer=replace(CUSTOMER, name="ж ש م ✓")))
        )
    )
    assert names <= {b"LibertinusSerif", b"NewCM", b"NewComputerModern", b"DejaVuSansMono"}
    assert b"LibertinusSerif" in names


@pytest.mark.parametrize(
    "name",
    [
        "#panic(1)",
        "*vet* _schuin_ $x^2$ `code`",
        "@label <label> // weg",
        "\\ #{} = kop",
        "[a](b) ~ -- ...",
        '"}{"',
        "</svg>",
    ],
)
def test_a_name_is_no_markup(name):
    about = letter(customer=replace(CUSTOMER, name=name), lines=(line(description=name),))
    assert pages(letter_pdf.draw(about))[0].count(name) >= 3


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("王伟 Trading", "□□ Trading"),
        ("Taart 😀 & Zo", "Taart & Zo"),
        ("ＡＢＣ １２３", "ABC 123"),
        ("Familie 👨‍👩‍👧", "Familie"),
        ("Łódź Őz Ștefan Ğül", "Łódź Őz Ștefan Ğül"),
        ("Жанна Ωμέγα", "Жанна Ωμέγα"),
        ("half \ud83d teken", "half teken"),
    ],
)
def test_a_character_that_no_font_has_does_not_stop_a_letter(name, drawn):
    (page,) = pages(letter_pdf.draw(letter(customer=replace(CUSTOMER, name=name))))
    assert f"Beste {drawn},".replace(" ,", ",") in page.replace(" ,", ",")


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_no_text_stops_a_letter(name, description):
    about = letter(customer=replace(CUSTOMER, name=f"K {name}", street=name), lines=(line(description=description),))
    assert letter_pdf.draw(about).startswith(b"%PDF-1.7")


def test_threads_do_not_mix_letters_up():
    def drawn(at: int) -> bool:
        number = f"2030-{at:04}"
        text = pages_of[at] = letter_pdf.draw(letter(lines=(line(invoice=number),)))
        return text.startswith(b"%PDF")

    pages_of: dict[int, bytes] = {}
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(drawn, range(16)))
    for at, pdf in pages_of.items():
        assert set(re.findall(r"2030-\d{4}", pages(pdf)[0])) == {f"2030-{at:04}"}


# ---- many in one


def test_letters_behind_one_another_are_one_pdf_for_the_printer():
    letters = [
        replace(letter(lines=tuple(line(at + more) for more in range(1 + at % 3))), iban=IBAN) for at in range(5)
    ]
    letters[3] = letter("demand", lines=tuple(line(at) for at in range(60)))
    drawn = [letter_pdf.draw(one) for one in letters]
    together = bound.bind(drawn)
    assert pages(together) == [page for one in drawn for page in pages(one)]
    assert scanned(together, page=len(pages(together)) - 1) == [pay_code.payload(letters[4])]


def test_a_damaged_file_of_somebody_else_is_left_out_and_our_own_is_not():
    whole = letter_pdf.draw(letter())
    assert pages(bound.bind([whole], [b"%PDF-1.7 no more", whole[: len(whole) // 3]]))[: len(pages(whole))] == pages(
        whole
    )
    with pytest.raises(pypdfium2.PdfiumError):
        bound.bind([b"no PDF"])


def test_own_wording_without_a_closing_is_drawn():
    about = letter(wording=replace(shipped("reminder", "nl"), closing="", body="Regel een\nregel twee\n\nNog een"))
    (page,) = pages(letter_pdf.draw(about))
    assert "Regel een\nregel twee\nNog een" in page


def test_a_text_of_pages_is_drawn_whole():
    own = replace(shipped("reminder", "nl"), body="\n\n".join(["woord " * 100] * 16), closing="slot " * 1990 + "einde")
    text = "\n".join(pages(letter_pdf.draw(letter(wording=own))))
    assert text.count("woord") == 1600
    assert text.count("slot") == 1990
    assert "einde" in text
