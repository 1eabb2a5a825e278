"""Who it was and what he wrote, in the manner of each bank: lines of our own, with made-up names.

What Belgian banks write in MT940 is not described here: they send CODA.
"""

from __future__ import annotations

import pytest

from voldaan.formats.shared.mt940_dialects import describe

IBAN = "NL91ABNA0417164300"


def column(label: str) -> str:
    return f"{label:33}"


# What it is; the end of :61: and its second line; :86:; then name, IBAN, structured reference, text, end-to-end id,
# bank reference and return reason.
GOLDEN = [
    ("ABN AMRO: a transfer", "NONREF", "",
     f"/TRTP/SEPA OVERBOEKING/IBAN/{IBAN}/BIC/ABNANL2A/NAME/BAKKER EN ZN/REMI/FACTUUR 2027-1/EREF/E-77",
     ("BAKKER EN ZN", IBAN, "", "FACTUUR 2027-1", "E-77", "", "")),
    ("ABN AMRO: a line that lost the blank at its end", "NONREF", "",
     f"/TRTP/SEPA OVERBOEKING/IBAN/{IBAN}/NAME/{'BAKKERIJ':>12}\nBV/REMI/X",  # 64 characters
     ("BAKKERIJ BV", IBAN, "", "X", "", "", "")),
    ("ABN AMRO: a payment reference", "NONREF", "",
     f"/TRTP/ACCEPTGIROBETALING/IBAN/{IBAN}/NAME/BAKKER/REMI/ISSUER: CUR     REF: 1234 5678 9012 3456/EREF/NOTPROVIDED",
     ("BAKKER", IBAN, "1234567890123456", "", "", "", "")),
    ("ABN AMRO: iDEAL", "NONREF", "",
     (f"/TRTP/iDEAL/IBAN/{IBAN}/BIC/ABNANL2A/NAME/BAKKER/REMI/WINKEL 0030001234567890 ORDER 7/EREF/01-02-2027 12:00 "
      "0030001234567890"),
     ("BAKKER", IBAN, "", "WINKEL 0030001234567890 ORDER 7", "01-02-2027 12:00 0030001234567890", "", "")),
    ("ABN AMRO: a direct debit that came back", "NONREF", "",
     f"/RTYP/SEPA Incasso niet uitgevoerd/MARF/M1/RTRN/MD06/IBAN/{IBAN}/BIC/ABNANL2A/NAME/BAKKER/REMI/MEI/EREF/E1",
     ("BAKKER", IBAN, "", "MEI", "E1", "", "MD06")),
    ("ABN AMRO: columns", "NONREF", "",
     (f"{column('SEPA OVERBOEKING')}IBAN: {IBAN}\n{column('BIC: ABNANL2A')}NAAM: BAKKER EN ZN\n"
      f"{column('OMSCHRIJVING: FACTUUR 2027-1')}KENMERK: E-77"),
     ("BAKKER EN ZN", IBAN, "", "FACTUUR 2027-1", "E-77", "", "")),
    ("ABN AMRO: columns with a payment reference", "NONREF", "",
     (f"{column('SEPA ACCEPTGIROBETALING')}IBAN: {IBAN}\n{column('BIC: ABNANL2A')}NAAM: BAKKER\n"
      "BETALINGSKENM.: 1234567890123456"),
     ("BAKKER", IBAN, "1234567890123456", "", "", "", "")),
    ("ABN AMRO: at a till", "NONREF", "",
     "BEA   NR:AB12CD   01.02.27/12.00\nBAKKERIJ 12 DORP,PAS123",
     ("", "", "", "BEA NR:AB12CD 01.02.27/12.00 BAKKERIJ 12 DORP,PAS123", "", "", "")),
    ("ING: a transfer", "EREF//27032000000001", "/TRCD/00100/",
     f"/EREF/E-77//CNTP/{IBAN}/ABNANL2A/Bakker en Zn///REMI/USTD//Factuur 2027-1/",
     ("Bakker en Zn", IBAN, "", "Factuur 2027-1", "E-77", "27032000000001", "")),
    ("ING: a direct debit that came back", "EREF//27032000000002", "/TRCD/01016/",
     f"/RTRN/MS03//EREF/E-78//MARF/M-1//CSID/NL32ZZZ999999991234//CNTP/{IBAN}/ABNANL2A/Bakker///REMI/USTD//Contributie/",
     ("Bakker", IBAN, "", "Contributie", "E-78", "27032000000002", "MS03")),
    ("ING: a batch", "PREF//27032000000003", "/TRCD/00200/", "/PREF/M000000003333333//REMI/USTD//TOTAAL 2 VZ/",
     ("", "", "", "TOTAAL 2 VZ", "", "27032000000003", "")),
    ("ING: a payment reference", "EREF//27032000000004", "/TRCD/00108/",
     f"/EREF/15814016000676480//CNTP/{IBAN}/ABNANL2A/Bakker///REMI/STRD/CUR/9001123412341234/",
     ("Bakker", IBAN, "9001123412341234", "", "15814016000676480", "27032000000004", "")),
    ("Rabobank: received", "EREF", IBAN, "/EREF/E-77/ORDP//NAME/BAKKER/REMI/FACTUUR 2027-1/ISDT/2027-02-01",
     ("BAKKER", IBAN, "", "FACTUUR 2027-1", "E-77", "", "")),
    ("Rabobank: paid", "NONREF", IBAN, "/BENM//NAME/LEVERANCIER/REMI/ORDER 5/ISDT/2027-02-01",
     ("LEVERANCIER", IBAN, "", "ORDER 5", "", "", "")),
    ("Rabobank: a direct debit that came back", "MARF", IBAN,
     "/MARF/M1/EREF/E-79/RTRN/AC04/BENM//NAME/BAKKER/REMI/CONTRIBUTIE/ISDT/2027-02-01",
     ("BAKKER", IBAN, "", "CONTRIBUTIE", "E-79", "", "AC04")),
    ("Rabobank: a name on two lines", "EREF", IBAN,
     "/EREF/E-77/ORDP//NAME/STICHTING BEHEER DERDENGELDEN VAN DE BA\nKKERS/REMI/X",
     ("STICHTING BEHEER DERDENGELDEN VAN DE BAKKERS", IBAN, "", "X", "E-77", "", "")),
    ("Rabobank until 2014: the name behind the reference", f"{'P001234567':16}BAKKER EN ZN   ", "",
     "FACTUUR 2027-1", ("BAKKER EN ZN", "", "", "FACTUUR 2027-1", "", "", "")),
    ("SNS, ASN, RegioBank: IBAN and name in :61:", IBAN, "bakker en zn", "Factuur 2027-1",
     ("bakker en zn", IBAN, "", "Factuur 2027-1", "", "", "")),
    ("SNS, ASN, RegioBank: at a till", "NONREF//228xyz/123456", "",
     "Bakkerij >DORP 1.02.2027 12U00 KV005 ABC123 MCC:5411",
     ("", "", "", "Bakkerij >DORP 1.02.2027 12U00 KV005 ABC123 MCC:5411", "", "228xyz/123456", "")),
    ("Knab: a transfer", "NONREF//C1ABC", "",
     f"/TRTP/SEPA OVERBOEKING/IBAN/{IBAN}/BIC/ABNANL2A/NAME/BAKKER/EREF/E-77/REMI/FACTUUR 1",
     ("BAKKER", IBAN, "", "FACTUUR 1", "E-77", "C1ABC", "")),
    ("Knab until 2015", "NONREF//C1ABC", "", f"FACTUUR 1\nREK: {IBAN}/NAAM: BAKKER EN ZN",
     ("BAKKER EN ZN", IBAN, "", "FACTUUR 1", "", "C1ABC", "")),
    ("Knab until 2015: nothing written", "NONREF//C1ABC", "", f"REK: {IBAN}/NAAM: BAKKER",
     ("BAKKER", IBAN, "", "", "", "C1ABC", "")),
    ("Knab until 2015: the payer writes a name", "NONREF", "",
     f"NAAM: JANSEN\nREK: {IBAN}/NAAM: BAKKER", ("BAKKER", IBAN, "", "NAAM: JANSEN", "", "", "")),
    ("Triodos", "NONREF", "", f"/CNTP/{IBAN}/ABNANL2A/BAKKER/DORP//EREF/E-77//REMI/USTD//FACTUUR 1/",
     ("BAKKER", IBAN, "", "FACTUUR 1", "E-77", "", "")),
    ("Triodos in older files", "NONREF", "",
     f"000>100000000000\n>20ABNANL2A                   \n>21{IBAN}\n>22BAKKER FACTUUR 1 EN NOG WAT\n>23 MEER",
     ("", IBAN, "", "BAKKER FACTUUR 1 EN NOG WAT MEER", "", "", "")),
    ("Van Lanschot", "NONREF", "", "BAKKER           FACTUUR 1        DORP",
     ("", "", "", "BAKKER FACTUUR 1 DORP", "", "", "")),
    ("Deutsche Bank: a transfer", "NONREF//8848037917407749", "",
     ("166?00SEPA-GUTSCHRIFT?101717/682?20EREF+E-77?21SVWZ+RECHNUNG 2027-1 VOM 01.?2202.2027?30GENODE61KA1"
      "?31DE89370400440532013000?32BAECKEREI ZWOELF MIT LANGEM?33 NAMEN"),
     ("BAECKEREI ZWOELF MIT LANGEM NAMEN", "DE89370400440532013000", "", "RECHNUNG 2027-1 VOM 01.02.2027", "E-77",
      "8848037917407749", "")),
    ("Germany: a direct debit that came back", "NONREF", "",
     ("109?00RETOURE?20EREF+E-79?21MREF+M1?22CRED+DE98ZZZ09999999999?23SVWZ+RETURN AC04 BEITRAG MAI"
      "?31DE89370400440532013000?32MUELLER"),
     ("MUELLER", "DE89370400440532013000", "", "RETURN AC04 BEITRAG MAI", "E-79", "", "AC04")),
    ("Germany: what a payer writes is no reason of a return", "NONREF", "",
     "166?00GUTSCHRIFT?20SVWZ+AC04 BITTE?32MUELLER",
     ("MUELLER", "", "", "AC04 BITTE", "", "", "")),
    ("Germany: without words", "NONREF", "", "051?00UEBERWEISUNG?20MIETE MAI?21HAUS 5?30DEUTDEDB?3112345?32MUELLER",
     ("MUELLER", "", "", "MIETE MAI HAUS 5", "", "", "")),
    ("Germany: a payer who writes a name", "NONREF", "",
     "166?00GUTSCHRIFT?20SVWZ+X?32JANSEN?31DE02120300000000202051?31DE89370400440532013000?32MUELLER",
     ("", "", "", "X", "", "", "")),
    ("Germany: only what the bank says", "NONREF", "", "805?00ENTGELTABSCHLUSS",
     ("", "", "", "ENTGELTABSCHLUSS", "", "", "")),
    ("another bank", "NONREF", "", f"{IBAN} ABNANL2A Bakker factuur 1",
     ("", IBAN, "", f"{IBAN} ABNANL2A Bakker factuur 1", "", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "supplement", "field", "facts"), [row[1:] for row in GOLDEN], ids=[r[0] for r in GOLDEN]
)
def test_who_it_was_and_what_he_wrote(reference, supplement, field, facts):
    assert describe(reference, supplement, field) == facts
