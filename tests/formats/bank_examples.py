"""A small file of every bank whose layout is known, as that bank writes it, and what it says. Names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.rules.papers import Transaction

OWN = "NL91ABNA0417164300"
OWN_BE = "BE68539007547034"
PAYER = "NL20INGB0001234567"
PAYER_BE = "BE71096123456769"


@dataclass(frozen=True)
class Example:
    """One file and what it says."""

    text: str
    account: str
    opening: int | None
    closing: int | None
    movements: tuple[Transaction, ...]


def movement(cents: int, booked: date, value: date | None = None, **words: str) -> Transaction:
    return Transaction(cents, "EUR", value or booked, booked, **words)  # type: ignore[arg-type]


D1, D2, D3 = date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 3)

EXAMPLES: dict[str, Example] = {
    "nl-ing": Example(
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";'
        '"Mededelingen";"Saldo na mutatie";"Tag"\r\n'
        f'"20270203";"Kosten ZakelijkPakket";"{OWN}";"";"DV";"Af";"12,50";"Diversen";'
        '"1 jan t/m 31 jan 2027 ING BANK N.V. Valutadatum: 02-02-2027";"1187,50";""\r\n'
        f'"20270201";"Café Zee";"{OWN}";"{PAYER}";"OV";"Bij";"200,00";"Overschrijving";'
        f'"Naam: Café Zee Omschrijving: factuur 2027-001 IBAN: {PAYER} Kenmerk: E2E-77 Valutadatum: 01-02-2027";'
        '"1200,00";""\r\n',
        OWN, 100_000, 118_750,
        (
            movement(-1_250, D3, D2, counterparty_name="Kosten ZakelijkPakket",
                     text="1 jan t/m 31 jan 2027 ING BANK N.V."),
            movement(20_000, D1, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001",
                     end_to_end_id="E2E-77"),
        ),
    ),
    "nl-ing-savings": Example(
        '"Datum";"Omschrijving";"Rekening";"Rekening naam";"Tegenrekening";"Af Bij";"Bedrag";"Valuta";"Mutatiesoort";'
        '"Mededelingen";"Saldo na mutatie"\r\n'
        f'"2027-02-01";"Overboeking";"A 123-45678";"Zakelijke Spaarrekening";"{PAYER}";"Bij";"100,00";"EUR";"Inleg";'
        '"opzij";"600,00"\r\n',
        "A12345678", 50_000, 60_000,
        (movement(10_000, D1, counterparty_name="Overboeking", counterparty_iban=PAYER, text="opzij"),),
    ),
    "nl-rabobank": Example(
        '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
        '"Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID",'
        '"Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1",'
        '"Omschrijving-2","Omschrijving-3","Reden retour","Oorspr bedrag","Oorspr munt","Koers"\r\n'
        f'"{OWN}","EUR","RABONL2U","000000000000000041","2027-02-01","2027-02-02","+121,00","+1121,00","{PAYER}",'
        '"Café Zee","","","INGBNL2A","cb","","E2E-1","","","","factuur","2027-001"," ","","","",""\r\n'
        f'"{OWN}","EUR","RABONL2U","000000000000000042","2027-02-02","2027-02-02","-121,00","+1000,00","{PAYER}",'
        '"Café Zee","","","INGBNL2A","ei","","E2E-1","M1","NL1","","","","","AC06: rekening geblokkeerd","","",""\r\n'
        f'"{OWN}","EUR","RABONL2U","000000000000000043","2027-02-03","2027-02-03","+50,00","+1050,00","",'
        '"","","","","cb","","","","","1234567890123452","","","","","","",""\r\n',
        OWN, 100_000, 105_000,
        (
            movement(12_100, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001",
                     end_to_end_id="E2E-1", bank_reference="000000000000000041"),
            movement(-12_100, D2, counterparty_name="Café Zee", counterparty_iban=PAYER, end_to_end_id="E2E-1",
                     text="AC06: rekening geblokkeerd", bank_reference="000000000000000042", return_reason="AC06"),
            movement(5_000, D3, structured_reference="1234567890123452", bank_reference="000000000000000043"),
        ),
    ),
    "nl-knab": Example(
        "KNAB EXPORT;;;;;;;;;;;;;;;;\n"
        "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;"
        "Valutadatum;Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;Incassant ID;Adres;Referentie;"
        "Boekdatum;\n"
        f'"{OWN}";"31-01-2027";"EUR";"C";"1250";"{PAYER}";"Café Zee";"02-02-2027";"Ontvangen betaling";'
        '"factuur; 2027-001";"";"";"";"";"C7B01PGXKWAA01";"01-02-2027";\n'
        f'"{OWN}";"01-02-2027";"EUR";"D";"2,5";"";"Knab";"01-02-2027";"Kosten";"";"";"";"";"";"C7B01PGXKWAA02";'
        '"01-02-2027";\n',
        OWN, None, None,
        (
            movement(125_000, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur; 2027-001",
                     bank_reference="C7B01PGXKWAA01"),
            movement(-250, D1, counterparty_name="Knab", bank_reference="C7B01PGXKWAA02"),
        ),
    ),
    "nl-abnamro": Example(
        "417164300\tEUR\t20270201\t1000,00\t1121,00\t20270201\t121,00\t"
        f"SEPA Overboeking                 IBAN: {PAYER}        BIC: INGBNL2A                    "
        "Naam: Café Zee                  Omschrijving: factuur 2027-001   Kenmerk: NOTPROVIDED\n"
        "417164300\tEUR\t20270202\t1121,00\t1221,00\t20270202\t100,00\t"
        f"/TRTP/SEPA OVERBOEKING/IBAN/{PAYER}/BIC/INGBNL2A/NAME/CAFE ZEE/REMI/FACTUUR 2027-002/EREF/E2E-2\n",
        OWN, 100_000, 122_100,
        (
            movement(12_100, D1, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001"),
            movement(10_000, D2, counterparty_name="CAFE ZEE", counterparty_iban=PAYER, text="FACTUUR 2027-002",
                     end_to_end_id="E2E-2"),
        ),
    ),
    "nl-bunq": Example(
        '"Date","Interest Date","Amount","Account","Counterparty","Name","Description"\n'
        f'"2027-02-02","2027-02-03","-1,034.75","{OWN}","","Bunq","kosten"\n'
        f'"2027-02-01","2027-02-01","20.00","{OWN}","{PAYER}","Café Zee","RF18 5390 0754 7034"\n',
        OWN, None, None,
        (
            movement(-103_475, D2, D3, counterparty_name="Bunq", text="kosten"),
            movement(2_000, D1, counterparty_name="Café Zee", counterparty_iban=PAYER,
                     structured_reference="RF18539007547034"),
        ),
    ),
    "nl-triodos": Example(
        f'"01-02-2027","{OWN}","1.121,00","Credit","Café Zee","{PAYER}","ET","factuur 2027-001","2.121,00"\n'
        f'"02-02-2027","{OWN}","21,00","Debet","Triodos","","KN","kosten","2.100,00"\n',
        OWN, 100_000, 210_000,
        (
            movement(112_100, D1, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001"),
            movement(-2_100, D2, counterparty_name="Triodos", text="kosten"),
        ),
    ),
    "nl-nibc": Example(
        "Nr v/d rekening :;NL91 ABNA 0417 1643 00;\n"
        "Nr v/d verrichting;Boekhdk. datum;Beschrijving;Bedrag v/d verrichting;Munt;Valutadatum;Rekening tegenpartij;"
        "Naam v/d tegenpartij :;Mededeling 1 :;Mededeling 2 :;Ref. v/d verrichting\n"
        "0000001;01-02-2027;Inkomende overboeking;1.000,00;EUR;02-02-2027;NL20 INGB 0001 2345 67;Café Zee;factuur;"
        "2027-001;REF-1\n"
        "0000002;02-02-2027;Rente;12,34;EUR;02-02-2027;; ; ; ;REF-2\n",
        OWN, None, None,
        (
            movement(100_000, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001",
                     bank_reference="REF-1"),
            movement(1_234, D2, text="Rente", bank_reference="REF-2"),
        ),
    ),
    "nl-argenta": Example(
        "Boekdatum,Bedrag,Credit/Debet,Tegenrekening,Naam,Omschrijving\n"
        f'01-02-2027,"1.000,00",Credit,{PAYER},Café Zee,factuur 2027-001\n'
        '02-02-2027,"12,34",Debet,,,kosten\n',
        "", None, None,
        (
            movement(100_000, D1, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001"),
            movement(-1_234, D2, text="kosten"),
        ),
    ),
    "nl-volksbank": Example(
        f"01-02-2027,{OWN},{PAYER},Café Zee,,,,EUR,1000.00,EUR,121.00,01-02-2027,02-02-2027,8810,OVS,50951651,"
        "1234567890123452,'factuur 2027-001',26\n"
        f"02-02-2027,{OWN},,,,,,EUR,1121.00,EUR,-2.20,02-02-2027,02-02-2027,7241,MSC,00000000,,'Kosten',26\n",
        OWN, 100_000, 111_880,
        (
            movement(12_100, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER, text="factuur 2027-001",
                     structured_reference="1234567890123452", bank_reference="50951651"),
            movement(-220, D2, text="Kosten"),
        ),
    ),
    "be-argenta": Example(
        "Rekening;Boekdatum;Valutadatum;Referentie;Beschrijving;Bedrag;Munt;Verrichtingsdatum;Rekening tegenpartij;"
        "Naam tegenpartij;Mededeling\n"
        "BE68 5390 0754 7034;01-02-2027;02-02-2027;B7B01INPL00A1B2A;Inkomende overschrijving;1.121,00;EUR;01-02-2027;"
        "BE71 0961 2345 6769;Café Zee;+++123/4567/89002+++\n"
        "BE68 5390 0754 7034;02-02-2027;02-02-2027;B7B02INPL00A1B2B;Kosten;-21,00;EUR;02-02-2027;;;\n",
        OWN_BE, None, None,
        (
            movement(112_100, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER_BE,
                     structured_reference="123456789002", bank_reference="B7B01INPL00A1B2A"),
            movement(-2_100, D2, text="Kosten", bank_reference="B7B02INPL00A1B2B"),
        ),
    ),
    "be-bnp-paribas-fortis": Example(
        "Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;Type verrichting;Tegenpartij;"
        "Naam van de tegenpartij;Mededeling;Details;Status;Reden van weigering\n"
        f"2027-;03/02/2027;03/02/2027;-50;EUR;{OWN_BE};Overschrijving in euro;{PAYER_BE};Café Zee;retour;"
        "OVERSCHRIJVING NAAR CAFE ZEE BANKREFERENTIE : 2702031234567891;Geweigerd;Onvoldoende saldo\n"
        f"2027-;02/02/2027;02/02/2027;-12,5;EUR;{OWN_BE};Kosten;;;;KOSTEN FEBRUARI BANKREFERENTIE : 2702021234567890;"
        "Geaccepteerd;\n"
        f"2027-00001;01/02/2027;02/02/2027;1.121,00;EUR;{OWN_BE};Overschrijving in euro;{PAYER_BE};Café Zee;"
        "***123/4567/89002***;OVERSCHRIJVING VAN CAFE ZEE BANKREFERENTIE : 2702011234567890;Geaccepteerd;\n",
        OWN_BE, None, None,
        (
            movement(-1_250, D2, text="KOSTEN FEBRUARI BANKREFERENTIE : 2702021234567890",
                     bank_reference="2702021234567890"),
            movement(112_100, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER_BE,
                     structured_reference="123456789002", bank_reference="2702011234567890"),
        ),
    ),
    "be-fintro": Example(
        "Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;TEGENPARTIJ VAN DE VERRICHTING;Details;"
        "Rekeningnummer\n"
        f"2027-0002;02/02/2027;02/02/2027;-49.56;EUR;BETALING MET DEBETKAART         ;WINKEL BANKREFERENTIE : 2702021;"
        f"{OWN_BE}\n"
        f"2027-0001;01/02/2027;01/02/2027;121;EUR;BE71 0961 2345 6769;OVERSCHRIJVING VAN CAFE ZEE;{OWN_BE}\n",
        OWN_BE, None, None,
        (
            movement(-4_956, D2, counterparty_name="BETALING MET DEBETKAART", text="WINKEL BANKREFERENTIE : 2702021",
                     bank_reference="2702021"),
            movement(12_100, D1, counterparty_iban=PAYER_BE, text="OVERSCHRIJVING VAN CAFE ZEE"),
        ),
    ),
    "be-crelan": Example(
        "Datum;Bedrag;Saldo na verrichting;Munt;Tegenpartij;Rekening tegenpartij;Type verrichting;Mededeling;"
        "Rekening opdrachtgever\r\n"
        "01/02/2027;121.00;121.95;EUR;CAFE ZEE;BE71 0961 2345 6769;Overschr. in uw voordeel;factuur 2027-001;"
        "BE68 5390 0754 7034\r\n"
        "02/02/2027;-.05;121.90;EUR;;;Kosten;;BE68 5390 0754 7034\r\n" + ";;;;;;;;\r\n" * 3,
        OWN_BE, 95, 12_190,
        (
            movement(12_100, D1, counterparty_name="CAFE ZEE", counterparty_iban=PAYER_BE, text="factuur 2027-001"),
            movement(-5, D2, text="Kosten"),
        ),
    ),
    "be-ing": Example(
        "Numéro de compte;Nom du compte;Compte partie adverse;Numéro de mouvement;Date comptable;Date valeur;Montant;"
        "Devise;Libellés;Détails du mouvement;Message\n"
        f"{OWN_BE};Compte;{PAYER_BE};7;01/02/2027;02/02/2027;1121,00;EUR;Virement en euros;"
        "Café Zee facture 2027-001;\n",
        OWN_BE, None, None,
        (
            movement(112_100, D1, D2, counterparty_iban=PAYER_BE, bank_reference="7",
                     text="Virement en euros Café Zee facture 2027-001"),
        ),
    ),
    "be-kbc": Example(
        "Rekeningnummer;Rubrieknaam;Naam;Munt;Afschriftnummer;Datum;Omschrijving;Valuta;Bedrag;Saldo;credit;debet;"
        "rekeningnummer tegenpartij;BIC tegenpartij;Naam tegenpartij;Adres tegenpartij;gestructureerde mededeling;"
        "Vrije mededeling\r"
        f"{OWN_BE};          ;DRUKKERIJ DE LINDE;EUR;  02027001;02/02/2027;KOSTEN    02-02;02/02/2027;-3,40;1.117,60;"
        "              ;-3,40;             ;           ;           ;           ;             ;          \r"
        f"{OWN_BE};          ;DRUKKERIJ DE LINDE;EUR;  02027001;01/02/2027;OVERSCHRIJVING VAN;02/02/2027;121,00;"
        "1.121,00;121,00;              ;BE71 0961 2345 6769;KREDBEBB;CAFE ZEE;Kade 1;***123/4567/89002***;          \r",
        OWN_BE, 100_000, 111_760,
        (
            movement(-340, D2, text="KOSTEN 02-02"),
            movement(12_100, D1, D2, counterparty_name="CAFE ZEE", counterparty_iban=PAYER_BE,
                     structured_reference="123456789002", text="OVERSCHRIJVING VAN"),
        ),
    ),
    "be-belfius": Example(
        "Boekingsdatum vanaf;01/02/2027\nBoekingsdatum tot en met;28/02/2027\nBedrag vanaf;\nBedrag tot en met;\n"
        "Rekeninguittrekselnummer vanaf;\nRekeninguittrekselnummer tot en met;\nMededeling;\n"
        "Naam tegenpartij bevat;\nRekening tegenpartij;\nLaatste saldo;1.234,56 EUR\n"
        "Datum/uur van het laatste saldo;01/03/2027 10:23:44\n;\n"
        "Rekening;Boekingsdatum;Rekeninguittrekselnummer;Transactienummer;Rekening tegenpartij;Naam tegenpartij bevat;"
        "Straat en nummer;Postcode en plaats;Transactie;Valutadatum;Bedrag;Devies;BIC;Landcode;Mededelingen\n"
        "BE68 5390 0754 7034;01/02/2027;00002;17;BE71 0961 2345 6769;Café Zee;Kade 1;9000 GENT;"
        "OVERSCHRIJVING VAN CAFE ZEE REF. : 090B7B0112345 VAL. 02-02;02/02/2027;1.121;EUR;KREDBEBB;BE;"
        "factuur 2027-001\n"
        "BE68 5390 0754 7034;02/02/2027;;;;;;;KOSTEN;02/02/2027;-2,5;EUR;;;\n",
        OWN_BE, None, None,
        (
            movement(112_100, D1, D2, counterparty_name="Café Zee", counterparty_iban=PAYER_BE,
                     text="factuur 2027-001", bank_reference="090B7B0112345"),
            movement(-250, D2, text="KOSTEN"),
        ),
    ),
}  # fmt: skip
