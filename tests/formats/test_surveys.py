"""The columns of a list as a person sees them: known, guessed, or nothing yet."""

from __future__ import annotations

import pytest

from voldaan.formats.open_items import survey


def fields(text: str) -> list[tuple[str, str, str]]:
    seen = survey(text.encode())
    assert seen is not None
    return [(column.header, column.field, column.certainty.value) for column in seen.columns]


def test_a_list_that_is_known_is_surveyed_as_it_is_read():
    assert fields("Klantnaam;Factuurnummer;Saldo\nJan;1;5,00\n") == [
        ("Klantnaam", "debtor_name", "sure"),
        ("Factuurnummer", "invoice_number", "sure"),
        ("Saldo", "open", "likely"),
    ]


def test_what_is_not_recognised_has_columns_all_the_same():
    text = "Uitdraai van de zaak\n\nWie;Wat;Hoeveel;Vervaldatum\nJan;1;5,00;01-02-2027\n;;;\nPiet;2;6,00;02-02-2027\n"
    seen = survey(text.encode())
    assert seen is not None
    assert [column.header for column in seen.columns] == ["Wie", "Wat", "Hoeveel", "Vervaldatum"]
    assert seen.header_row == 3
    assert seen.columns[0].samples == ("Jan", "Piet")  # an empty cell is no example
    assert [column.letter for column in seen.columns] == ["A", "B", "C", "D"]
    assert [column.field for column in seen.columns] == ["", "", "", "due_date"]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"   ", b"alleen een zin", b"\xff\xd8\xff\xe0 een foto", b"PK\x03\x04 kapot",
        b"Leverancier;Factuurnummer;Openstaand\nJan;1;5,00\n",  # what we owe ourselves
        b"Datum;Naam tegenpartij;Tegenrekening;Bedrag\n2027-01-01;Jan;NL91ABNA0417164300;5,00\n",  # a bank statement
    ],
)  # fmt: skip
def test_what_is_no_list_of_open_items_has_nothing_to_say(data):
    assert survey(data) is None
