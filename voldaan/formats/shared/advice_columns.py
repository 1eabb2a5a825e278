"""Which row of a remittance advice is its header, and which column holds the invoice, what is paid and what is off."""

from __future__ import annotations

import contextlib
import itertools
import re

from voldaan.formats.shared.cells import figure
from voldaan.formats.shared.columns import HEADER_WITHIN, SAMPLE, Guess, header_texts, of_columns, plain
from voldaan.formats.shared.conventions import Columns
from voldaan.formats.shared.tables import BadTable, Row, Table
from voldaan.formats.shared.vocabulary import LOOKUP

# How a payer calls such a list, in Dutch, French, German and English.
TITLE = re.compile(
    r"betaal(?:ings)?[- ]?(?:specificatie|advies|bericht|overzicht)|specificatie (?:van (?:de|onze|uw) )?betaling"
    r"|avis de (?:paiement|r[eè]glement|virement)|bordereau de (?:paiement|r[eè]glement)"
    r"|d[eé]tail (?:du|des|de notre) paiements?|zahlungs-?avis|avis (?:über|zur) zahlung"
    r"|(?:remittance|payment) (?:advice|details|specification)|remittance",
    re.IGNORECASE,
)

# Best first: who names both his own number and ours, has ours in the first of these.
_INVOICE = (
    "uwfactuurnummer", "uwfactuurnr", "uwfactuur", "yourinvoicenumber", "yourinvoice", "votrefacture",
    "ihrerechnung", "factuurnummer", "factuurnr", "factnr", "factuurreferentie", "invoicenumber", "invoiceno",
    "invoicenr", "invoice#", "invoicereference", "numerodefacture", "numerofacture", "nofacture", "nfacture",
    "rechnungsnummer", "rechnungsnr", "uwreferentie", "uwref", "uwkenmerk", "uwnummer", "yourreference",
    "yourref", "votrereference", "votreref", "supplierinvoice", "vendorinvoice", "factuur", "facturen",
    "facture", "invoice", "rechnung", "documentnummer", "documentnr", "documentnumber", "documentno",
    "document", "referentie", "reference", "kenmerk", "betreft", "omschrijving", "description",
)  # fmt: skip
_PLAIN = (
    "betaald", "betaaldbedrag", "bedragbetaald", "betalingsbedrag", "betaalbedrag", "overgemaakt",
    "overgemaaktbedrag", "nettobetaald", "netbetaald", "betaaldeur", "montantpaye", "paye", "montantregle",
    "regle", "netregle", "montantdupaiement", "montantvire", "gezahlt", "zahlbetrag", "gezahlterbetrag", "paid",
    "paidamount", "amountpaid", "paymentamount", "netpaid", "amountsettled", "remitted", "remittedamount",
)  # fmt: skip
_PAID = (
    *_PLAIN, "betaling", "tebetalen", "nettobedrag", "netto", "netapayer", "montantnet", "nettobetrag",
    "payment", "netamount", "net", "settled", "allocated", "bedrag", "montant", "betrag", "amount",
    "bedraginclbtw", "totaal", "total", "factuurbedrag", "montantfacture", "invoiceamount", "rechnungsbetrag",
)  # fmt: skip
_DISCOUNT = {
    "korting", "betalingskorting", "kredietbeperking", "inhouding", "ingehouden", "bedraginmindering",
    "inmindering", "mindering", "aftrek", "afgetrokken", "verrekend", "escompte", "remise", "deduction",
    "retenue", "skonto", "abzug", "discount", "discounttaken", "cashdiscount", "deductions", "withheld",
}  # fmt: skip
_GROSS = {"original", "amount", "total", "open", "balance"}
_GROSS_WORDS = {"bruto", "brutobedrag", "brut", "montantbrut", "brutto", "bruttobetrag", "gross", "grossamount"}


def advice_columns(table: Table) -> tuple[Guess, Columns] | None:
    """Find the header of a remittance advice and what its columns are; None where it is something else.

    It must say that it is one, above the header, or have a column of what was paid and none of what customers owe.
    """
    top: list[Row] = []
    with contextlib.suppress(BadTable):  # the reading of the rows says what is wrong with them
        top.extend(itertools.islice(table.rows(), HEADER_WITHIN + SAMPLE))
    is_titled = TITLE.search(table.sheet) is not None
    for number, cells in enumerate(top[:HEADER_WITHIN]):
        texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
        is_titled = is_titled or any(TITLE.search(text) for text in texts)
        if len(texts) < 2 or any((found := figure(text)) and found.decides for text in texts):
            continue
        headers = header_texts(table, number, cells, top[number - 1] if number else [])
        if (columns := _columns(headers)) and (_is_plain(headers) or (is_titled and not _is_of_customers(headers))):
            return of_columns(headers, top[number + 1 :], number), columns
    return None


def _columns(headers: list[str]) -> Columns | None:
    words = [plain(header) for header in headers]
    at = {word: column for column, word in reversed(list(enumerate(words)))}
    invoice = next((at[word] for word in _INVOICE if word in at), None)
    paid = next((at[word] for word in _PAID if word in at and at[word] != invoice), None)
    if invoice is None or paid is None:
        return None
    columns: Columns = {"invoice_number": [invoice], "paid": [paid]}
    taken = {invoice, paid}
    for column, word in enumerate(words):
        meant = LOOKUP.get(word, ("", 0, False))[0]
        name = "discount" if word in _DISCOUNT else "original" if meant in _GROSS or word in _GROSS_WORDS else meant
        if name in {"discount", "original", "side", "currency"} and column not in taken and name not in columns:
            columns[name] = [column]
    return columns


def _is_of_customers(headers: list[str]) -> bool:
    """Tell whether customers stand in it with what they owe: a list of our own, whatever it is called."""
    meant = {LOOKUP[word][0] for word in map(plain, headers) if word in LOOKUP}
    return not meant.isdisjoint({"open", "balance"}) and not meant.isdisjoint({"debtor_number", "debtor_name", "party"})


def _is_plain(headers: list[str]) -> bool:
    """Tell whether the header by itself is that of what was paid: nobody else lists that beside no customer."""
    words = {plain(header) for header in headers}
    meant = {LOOKUP[word][0] for word in words if word in LOOKUP}
    owed = {"open", "balance", "debtor_number", "debtor_name", "party", "bank", "supplier", "vat", "vat_something"}
    return not words.isdisjoint(_PLAIN) and meant.isdisjoint(owed)
