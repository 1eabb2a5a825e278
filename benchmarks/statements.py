"""CAMT.053 from file to books (hashed, stored, looked up, inserted; matching is apart), against expat handlers."""

from __future__ import annotations

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


def figures(entries: int) -> Iterator[Figure]:
    """Measure one size: each run into fresh books."""
    books.prepare()
    from django.db import connection, transaction

    from voldaan.formats import camt
    from voldaan.records import documents
    from voldaan.usecases import administrations, bank

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
            done = bank.take_in(camt.read(source).records, document=document, format_="camt.053", actor=actor)
        assert done.new == entries or file is small, done
        return done

    imported(small)
    before = peak_megabytes()
    imported(path)
    growth = peak_megabytes() - before
    mine, limit = compared(lambda: imported(path), lambda: by_expat(path), runs=3)
    yield Figure(
        f"camt.053 into the books, {entries:,} entries ({connection.vendor})", f"{entries / mine:,.0f}/s",
        f"{entries / limit:,.0f}/s", limit / mine, 0.4, at_least=True,
    )  # fmt: skip
    yield Figure(f"memory growth, MB, {entries:,} entries", f"{growth:.1f} MB", "20 MB", growth / 20, 1)


if __name__ == "__main__":
    sys.exit(report(figures, sys.argv[1:] or ["26000"]))
