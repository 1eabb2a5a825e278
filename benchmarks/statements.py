"""CAMT.053, MT940 and the CSV of a bank: reading them, and from file to books (hashed, looked up, inserted).

Matching is apart. The limits are what this language can do with the same fields: expat handlers, a scan by line, and
csv alone. The scan knows one manner of writing :86: and checks nothing. mt-940 is the library that others use.
"""

from __future__ import annotations

import csv
import gc
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from benchmarks import books
from benchmarks.measure import Figure, compared, peak_megabytes, report

ENTRY = """<Ntry><NtryRef>{i}</NtryRef><Amt Ccy="EUR">{euros}.{cents:02}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2027-{month:02}-{day:02}</Dt></BookgDt><ValDt><Dt>2027-{month:02}-{day:02}</Dt></ValDt>
<AcctSvcrRef>BANK{i:012}</AcctSvcrRef><BkTxCd><Prtry><Cd>N123</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>
<Refs><EndToEndId>E2E{i:08}</EndToEndId></Refs><RltdPties><Dbtr><Nm>Klant {i}</Nm></Dbtr>
<DbtrAcct><Id><IBAN>NL02ABNA{i:010}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Betaling onder vermelding van kenmerk {i}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
WANTED = {"Amt": "amount", "CdtDbtInd": "sign", "BookgDt/Dt": "booked", "ValDt/Dt": "value", "AcctSvcrRef": "reference",
          "NtryDtls/TxDtls/Refs/EndToEndId": "e2e", "NtryDtls/TxDtls/RltdPties/Dbtr/Nm": "name",
          "NtryDtls/TxDtls/RmtInf/Ustrd": "text"}  # fmt: skip


def written(path: Path, entries: int, first: int = 0) -> None:
    """Write a statement whose balances close, over a hundred days."""
    total = 0
    with path.open("w") as out:
        body = []
        for i in range(first, first + entries):
            euros, cents = books.spread(i, 9000) + 1, i % 100
            total += euros * 100 + cents
            day = i * 100 // entries % 100
            body.append(ENTRY.format(i=i, euros=euros, cents=cents, month=1 + day // 28, day=1 + day % 28))
        out.write('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>'
                  "<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>"
                  f"{_balance('OPBD', 0, '2027-01-01')}{_balance('CLBD', total, '2027-05-01')}")  # fmt: skip
        out.writelines(body)
        out.write("</Stmt></BkToCstmrStmt></Document>")


def _balance(kind: str, cents: int, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{cents // 100}.{cents % 100:02}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


CSV_HEADER = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";'
    '"Mededelingen";"Saldo na mutatie";"Tag"\r\n'
)


def written_as_csv(path: Path, entries: int) -> None:
    """Write the movements as ING does, oldest first, with a balance on each row."""
    total = 0
    with path.open("w", newline="") as out:
        out.write(CSV_HEADER)
        for i in range(entries):
            euros, cents = books.spread(i, 9000) + 1, i % 100
            total += euros * 100 + cents
            day = i * 100 // entries % 100
            payer = f"NL02ABNA{i % 5000:010}"
            out.write(
                f'"2027{1 + day // 28:02}{1 + day % 28:02}";"Klant {i}";"NL91ABNA0417164300";"{payer}";"OV";"Bij";'
                f'"{euros},{cents:02}";"Overschrijving";"Naam: Klant {i} Omschrijving: kenmerk {i} IBAN: {payer} '
                f'Kenmerk: E2E{i:08} Valutadatum: 01-02-2027";"{total // 100},{total % 100:02}";""\r\n'
            )


def by_csv(path: Path) -> int:
    """Cut the rows into cells and no more: the limit of reading a CSV in this language."""
    with path.open(newline="") as source:
        return sum(1 for _ in csv.reader(source, delimiter=";"))


def by_expat(path: Path) -> int:
    """Take eight fields of each entry with path handlers: the limit of reading in this language."""
    stack: list[str] = []
    fields: dict[str, str] = {}
    text: list[str] = []
    rows = 0

    def start(name: str, _: dict[str, str]) -> None:
        stack.append(name)
        text.clear()

    def end(name: str) -> None:
        nonlocal rows
        if name == "Ntry":
            rows += 1
            fields.clear()
        elif "Ntry" in stack:
            path_ = "/".join(stack[stack.index("Ntry") + 1 :])
            if path_ in WANTED:
                fields[WANTED[path_]] = "".join(text)
        stack.pop()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text.append
    with path.open("rb") as source:
        parser.ParseFile(source)
    return rows


MOVEMENT = """:61:27{month:02}{day:02}{month:02}{day:02}C{euros},{cents:02}NTRFEREF//BANK{i:012}
/TRCD/00100/
:86:/EREF/E2E{i:08}//CNTP/NL02ABNA{i:010}/ABNANL2A/Klant {i}///REMI/U
STD//Betaling onder vermelding van kenmerk {i}/
"""


def written_mt940(path: Path, entries: int) -> None:
    """Write a statement in the manner of ING, over a hundred days."""
    total = 0
    body = []
    for i in range(entries):
        euros, cents = books.spread(i, 9000) + 1, i % 100
        total += euros * 100 + cents
        day = i * 100 // entries % 100
        body.append(MOVEMENT.format(i=i, euros=euros, cents=cents, month=1 + day // 28, day=1 + day % 28))
    path.write_text(
        f":20:S\n:25:NL91ABNA0417164300EUR\n:28C:1\n:60F:C270101EUR0,00\n{''.join(body)}"
        f":62F:C270501EUR{total // 100},{total % 100:02}\n-\n"
    )


def by_lines(path: Path) -> int:
    """Take eight fields of each movement, line by line, written as ING does."""
    rows: list[tuple[Any, ...]] = []
    movement: tuple[Any, ...] = ()
    words = ""
    with path.open() as source:
        for line in source:
            if line.startswith(":61:"):
                whole, _, rest = line[15:].partition(",")
                movement = (
                    line[4:10],
                    line[10:14],
                    line[14],
                    int(whole) * 100 + int(rest[:2]),
                    rest[2:].partition("//")[2],
                )
            elif line.startswith(":86:"):
                words = line[4:-1]
            elif words and not line.startswith(":"):
                words += line[:-1]
                _, _, end_to_end, _, _, iban, _, name, *_, text, _ = words.split("/")
                rows.append((*movement, end_to_end, iban, name, text))
                words = ""
    return len(rows)


def by_mt_940(path: Path) -> int:
    """Count what the library mt-940 gives."""
    import mt940 as mt_940

    return len(mt_940.parse(path.read_text()).transactions)


def parsed(read: Any, path: Path) -> int:
    """Count what a reader of ours gives."""
    with path.open("rb") as source:
        return sum(1 for _ in read(source).records)


def figures(entries: int) -> Iterator[Figure]:
    """Measure one size: each run into fresh books."""
    books.prepare()
    from django.db import connection, transaction

    from voldaan.formats import bank_csv, camt, mt940
    from voldaan.records import documents
    from voldaan.usecases import administrations, bank

    gc.collect()
    gc.freeze()  # as the command does when it has loaded
    folder = Path(tempfile.mkdtemp(prefix="voldaan-bench-"))
    small = folder / "small.xml"
    written(small, 200)
    path = folder / "camt.xml"
    written(path, entries)
    runs = iter(range(1000))

    def imported(file: Path) -> Any:
        actor = administrations.open_books(
            name=f"Statement {next(runs)} {entries}", country="NL", ibans=["NL91ABNA0417164300"],
            owner_email="bench@example.org", via="bench", today=books.TODAY,
        )  # fmt: skip
        with transaction.atomic(), file.open("rb") as source:
            document = documents.keep(
                source, administration_id=actor.administration_id, name=file.name, media_type="application/xml"
            )
            source.seek(0)
            done = bank.take_in(camt.read(source).records, document=document, format_="camt.053", actor=actor,
                                today=books.TODAY)  # fmt: skip
        assert done.new == entries or file is small, done
        return done

    mine, limit = compared(lambda: parsed(camt.read, path), lambda: by_expat(path))
    yield Figure(f"camt.053 read, {entries:,} entries", f"{entries / mine:,.0f}/s", f"{entries / limit:,.0f}/s",
                 limit / mine, 0.9, at_least=True)  # fmt: skip
    swift, short = folder / "mt940.sta", folder / "short.sta"
    written_mt940(swift, entries)
    written_mt940(short, entries // 10)
    assert by_lines(swift) == entries == parsed(mt940.read, swift) - 2
    mine, limit = compared(lambda: parsed(mt940.read, swift), lambda: by_lines(swift))
    yield Figure(f"mt940 read, {entries:,} movements", f"{entries / mine:,.0f}/s", f"{entries / limit:,.0f}/s",
                 limit / mine, 0.7, at_least=True)  # fmt: skip
    mine, theirs = compared(lambda: parsed(mt940.read, short), lambda: by_mt_940(short), runs=3)
    yield Figure(f"mt940 read, {entries // 10:,} movements, and by mt-940", f"{entries / 10 / mine:,.0f}/s",
                 f"{entries / 10 / theirs:,.0f}/s", theirs / mine, 8, at_least=True)  # fmt: skip

    imported(small)
    before = peak_megabytes()
    imported(path)
    growth = peak_megabytes() - before
    mine, limit = compared(lambda: imported(path), lambda: by_expat(path), runs=3)
    yield Figure(
        f"camt.053 into the books, {entries:,} entries ({connection.vendor})", f"{entries / mine:,.0f}/s",
        f"{entries / limit:,.0f}/s", limit / mine, 0.4, at_least=True,
    )  # fmt: skip
    exported = folder / "bank.csv"
    written_as_csv(exported, entries)

    def read() -> None:
        with exported.open("rb") as source:
            reading = bank_csv.read(source)
            assert sum(1 for _ in reading.records) == entries + 2
            assert reading.problems == []

    mine, limit = compared(read, lambda: by_csv(exported), runs=3)
    yield Figure(
        f"bank-csv read and proved, {entries:,} rows", f"{entries / mine:,.0f}/s", f"{entries / limit:,.0f}/s",
        limit / mine, 0.05, at_least=True,
    )  # fmt: skip
    yield Figure(f"memory growth, MB, {entries:,} entries", f"{growth:.1f} MB", "20 MB", growth / 20, 1)


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["26000"]))
