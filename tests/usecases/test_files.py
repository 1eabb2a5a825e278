"""Files come in whole or not at all, and once (P12, P14, P27)."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from tests.tools.files import PAYER, Item, Movement, bring, camt053, coda, items, mt940, ubl
from tests.tools.house import House
from voldaan.queries.fingerprints import fingerprint
from voldaan.rules.permissions import NotAllowed, Role

MOVEMENTS = [
    Movement(date(2027, 2, 20), 12_100, PAYER, "Café Zee", "factuur 2027-001 en groeten", "E1"),
    Movement(date(2027, 2, 21), 5_000, PAYER, "Café Zee", "zonder nummer"),
    Movement(date(2027, 2, 21), 5_000, PAYER, "Café Zee", "zonder nummer"),
    Movement(date(2027, 2, 22), -700, "", "", "kosten"),
]
LIST = [
    Item("10", "Café Zee", "2027-001", 12_100),
    Item("10", "Café Zee", "2027-002", 7_500),
    Item("11", "De Kaasboer", "2027-003", 30_000),
    Item("11", "De Kaasboer", "", -2_000),
]
CAMT, MT940, CSV, UBL = camt053(MOVEMENTS), mt940(MOVEMENTS), items(LIST), ubl("2027-009", 9_900, pdf=b"%PDF-1.4 a")
FILES = {"camt": CAMT, "mt940": MT940, "coda": coda(MOVEMENTS), "list": CSV, "ubl": UBL}


@pytest.fixture
def house(db: None) -> House:
    return House.opened()


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing stay of one file."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def pretty(xml: str) -> str:
    from lxml import etree

    return etree.tostring(etree.fromstring(xml.encode()), pretty_print=True, encoding="unicode")


def reordered(xml: str) -> str:
    """Write the attributes of UBL amounts and attachments the other way round, with other quotes."""
    turned = xml.replace('mimeCode="application/pdf" filename="../../factuur.pdf"',
                         "filename='../../factuur.pdf'\n mimeCode='application/pdf'")  # fmt: skip
    return turned.replace(' currencyID="EUR"', " currencyID='EUR' ").replace(' Ccy="EUR"', "\n Ccy='EUR'")


def utf16(xml: str) -> bytes:
    return xml.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


VARIANTS = [
    *((name, "renamed", content) for name, content in FILES.items()),
    *((name, "UTF-8 with BOM", content.encode("utf-8-sig")) for name, content in FILES.items()),
    *((name, "UTF-16", utf16(FILES[name])) for name in ("camt", "ubl", "list")),
    *((name, "pretty-printed", pretty(FILES[name])) for name in ("camt", "ubl")),
    *((name, "attributes turned", reordered(FILES[name])) for name in ("camt", "ubl")),
    *((name, "other line ends", FILES[name].replace("\r\n", "\n")) for name in ("mt940", "list")),
    ("coda", "other line ends", FILES["coda"].replace("\n", "\r\n")),
    ("camt", "commented", CAMT.replace("<Stmt>", "<!-- again --><Stmt>")),
    ("list", "Windows-1252", CSV.encode("cp1252")),
    ("list", "quoted", CSV.replace("Café Zee", '"Café Zee"')),
    ("list", "rows turned", "".join([CSV.splitlines(keepends=True)[0], *reversed(CSV.splitlines(keepends=True)[1:])])),
]


@pytest.mark.parametrize(("name", "how", "content"), VARIANTS, ids=[f"{name}, {how}" for name, how, _ in VARIANTS])
def test_the_same_file_again_changes_nothing(house, name, how, content):
    first = bring(house, FILES[name], f"{name}.a")
    assert first.result == "imported"
    before = fingerprint(actor=house.actor)
    again = bring(house.on("2027-03-02"), content, "../andere naam.txt")
    assert again.result in ("imported", "known"), again.problems
    assert (again.new, again.changed, again.vanished, again.booked) == (0, 0, 0, 0)
    assert again.known == first.new + first.known
    assert fingerprint(actor=house.actor) == before
    assert house.broken() == {}


def test_the_same_bytes_get_the_answer_of_before(house):
    first = bring(house, CSV)
    again = bring(house, CSV, "b.csv")
    assert (again.result, again.file, again.known, again.new) == ("known", "b.csv", first.new, 0)
    assert (again.total_cents, again.booked_to) == (first.total_cents, first.booked_to)
    assert again.questions == []


@pytest.mark.shared
def test_coda_of_others_comes_in_or_is_asked_about(house, samples, expected):
    """What adds up comes in; what does not, with a yes; 767.823 euros never."""
    for path in sorted((samples / "coda").iterdir()):
        (facts,) = expected[f"coda/{path.name}"]["statements"]
        before = house.everything()
        with undone():
            answer = bring(house, path.read_bytes())
            assert (answer.result == "imported") == facts["balances_reconcile"], (path.name, answer.problems)
        with undone():
            answer = bring(house, path.read_bytes(), accept_unbalanced=True)
            assert (answer.result == "imported") == (path.name != "wimverstuyf--sample6.cod")
            assert answer.new >= facts["movements_main"] or answer.result == "refused"
            assert house.broken() == {}
        assert house.everything() == before


def test_other_books_do_not_know_it(house):
    bring(house, CAMT)
    other = House.opened("De Buren")
    assert bring(other, CAMT).new == len(MOVEMENTS)


def test_a_dry_run_says_the_same_and_nothing_stays(house):
    before = house.everything()
    told = bring(house, CSV, dry_run=True)
    assert house.everything() == before
    assert bring(house, CSV) == told


def test_who_may_not_import_may_not(house):
    with house.refuses(NotAllowed):
        bring(house.as_role(Role.AUDITOR), CSV)


class TestHostile:
    """P14: nothing of a file that cannot be read."""

    CONTENTS = {
        "nothing": b"",
        "spaces": b"   \n\n ",
        "noise": random.Random(7).randbytes(50_000),
        "text": b"geachte heer, mevrouw",
        "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><Document '
        b'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><a>&c;</a></Document>',
        "amount": CAMT.replace(">121.00<", ">1e308<").encode(),
        "amount in other digits": CAMT.replace(">121.00<", ">١٢١.00<").encode(),
        "amount too large": CAMT.replace(">121.00<", ">99999999999999999999.00<").encode(),
        "day": CAMT.replace("2027-02-21</Dt></BookgDt>", "2027-02-31</Dt></BookgDt>").encode(),
        "coda with a thousandth": FILES["coda"].replace("0000000000121000", "0000000000121005").encode(),
        "coda that was cut off": FILES["coda"][:-700].encode(),
        "list with a wrong amount": CSV.replace("75,00", "75,0,0").encode(),
        "list with only headers": CSV.splitlines(keepends=True)[0].encode(),
        "list with a wrong total": items(LIST[:3], total=1).encode(),
        "invoice without number": UBL.replace("<cbc:ID>2027-009</cbc:ID>", "").encode(),
        "invoice due before it is issued": ubl("F9", 100, issued="2027-02-01", due="2026-02-01").encode(),
    }  # fmt: skip

    @pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
    def test_it_is_refused_with_a_reason_and_nothing_comes_in(self, house, content):
        bring(house, CSV)
        before = house.everything()
        answer = bring(house, content)
        assert answer.result == "refused"
        assert [p for p in answer.problems if p["severity"] in ("error", "question")]
        assert house.everything() == before

    @pytest.mark.parametrize("name", FILES)
    def test_a_file_that_was_cut_off_comes_in_whole_or_not(self, house, name):
        content = FILES[name].encode()
        picks = random.Random(3).sample(range(len(content)), 25)
        for at in [*picks, len(content) - 1, len(content) - 3]:
            before = house.everything()
            answer = bring(house, content[:at])
            if answer.result == "refused":
                assert house.everything() == before, at
            assert house.broken() == {}
        if name in ("camt", "ubl"):
            assert bring(house, content).new == (4 if name == "camt" else 1)

    def test_a_name_is_only_data(self, house):
        for nth, name in enumerate(["../../etc/passwd", "x" * 5_000, "a\udcffb.csv", "a\0b", "\u202ecsv.exe", ""]):
            assert bring(house, camt053([Movement(date(2027, 2, nth + 1), 100)]), name).result == "imported"


@contextmanager
def failing_at(nth: int, words: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")) -> Iterator[list[str]]:
    """Let the nth statement that writes fail as a full disk would."""
    seen: list[str] = []

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.lstrip().upper().startswith(words):
            seen.append(sql)
            if len(seen) == nth:
                raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield seen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FILES)
def test_whatever_write_fails_nothing_stays_and_the_same_file_comes_in_afterwards(transactional_db, name):
    house = House.opened()
    bring(house, items([Item("10", "Café Zee", "2027-001", 12_100), Item("10", "Café Zee", "2027-000", 4_000)]))
    before = house.everything()
    for nth in range(1, 200):
        with failing_at(nth) as seen:
            try:
                answer = bring(house, FILES[name])
            except OperationalError:
                assert house.everything() == before, seen[-1]
                continue
        assert len(seen) < nth
        break
    else:
        pytest.fail("it wrote 200 times")
    assert nth > 4
    assert answer.result == "imported"
    assert house.broken() == {}


def test_documents_of_what_failed_do_no_harm(house, monkeypatch):
    from voldaan.config.storage import ByContent

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    before = house.everything()
    with monkeypatch.context() as patch:
        patch.setattr(ByContent, "_save", full)
        with pytest.raises(OSError, match="No space"):
            bring(house, CAMT)
    assert house.everything() == before
    assert bring(house, CAMT).new == len(MOVEMENTS)


def test_no_half_document_is_left_by_a_full_disk(house, monkeypatch):
    import os

    from django.conf import settings

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def lying() -> set[Path]:
        return {path for path in Path(settings.DATA, "files").rglob("*") if path.is_file()}

    before = lying()
    content = camt053([Movement(date(2027, 2, 1), 98_765)])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            bring(house, content)
    assert lying() == before
    assert bring(house, content).new == 1


def test_what_is_kept_is_what_came(house):
    from django.core.files.storage import default_storage

    from voldaan.records.documents import Document, place

    bring(house, CAMT)
    (document,) = Document.objects.of(house.actor.administration_id)
    with default_storage.open(place(document.sha256)) as kept:
        assert kept.read() == CAMT.encode()
    assert document.size == len(CAMT.encode())


class Slow(io.BytesIO):
    """A source that breaks off while it is read, as a network drive does."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 600:
            raise OSError(5, "Input/output error")
        return super().read(200 if size is None or size < 0 else min(size, 200))


def test_a_source_that_breaks_off_brings_nothing(house):
    from voldaan.usecases import files

    before = house.everything()
    with pytest.raises(OSError):
        files.bring_in(name="a", source=Slow(CAMT.encode()), actor=house.actor, today=house.today)
    assert house.everything() == before


def test_a_statement_counts_what_waits_of_its_own_receipts(house):
    for nth in (1, 2):
        movement = Movement(date(2027, 3, 1), 4_200 + nth, PAYER, "Iemand", f"bericht {nth}", end_to_end=f"W{nth}")
        answer = bring(house, camt053([movement], number=f"9{nth}", opening=0), accept_unbalanced=True)
        assert (answer.new, answer.booked, answer.proposed + answer.unmatched) == (1, 0, 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks by itself")
def test_sqlite_learns_how_large_its_tables_have_become(house):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1")

    def known() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_stat1 WHERE tbl = 'records_receivable'")
            return cursor.fetchone() is not None

    bring(house, items([Item(str(n), f"Klant {n}", f"F{n}", 100 + n) for n in range(99)]))
    assert not known()
    bring(house, items([Item(str(n), f"Klant {n}", f"F{n}", 100 + n) for n in range(300)]))
    assert known()
