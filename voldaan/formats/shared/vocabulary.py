"""The words that stand above the columns of open-items lists, in Dutch, French, German and English.

Without case, accents, spaces and points. The first group of a field also says that days come before months.
"""

from __future__ import annotations

import re

# Most of these are the fields of an OpenItem, the others are what those are made from.
WORDS = {
    "debtor_number": (
        """
        debiteurnummer debiteurnr debiteurennummer debiteurennr debiteurcode debnr debcode klantnummer klantnr
        klantcode klantid klantennummer relatiecode relatienummer relatienr relatieid relcode numeroclient
        codeclient noclient kundennummer kundennr
        """,
        """
        customernumber customerno customernr customercode customerid debtornumber debtorno debtornr debtorcode
        debtorid clientnumber clientcode clientid contactid accountcode
        """,
    ),
    "debtor_name": (
        """
        debiteurnaam debiteurennaam naamdebiteur klantnaam klantennaam naamklant relatienaam naamrelatie
        relbedrijf bedrijfsnaam nomclient nomduclient kundenname firmanaam
        """,
        "customername debtorname clientname companyname partnername invoicepartnerdisplayname",
    ),
    "invoice_number": (
        """
        factuurnummer factuurnr factuurnrs factnr mutfactuur verkoopfactuurnummer numerodefacture numerofacture
        nofacture nfacture rechnungsnummer rechnungsnr
        """,
        "invoicenumber invoiceno invoicenr invoiceid invoicecode invoice#",
    ),
    "issue_date": (
        "factuurdatum factdatum datumfactuur mutdatum datedefacture datefacture rechnungsdatum documentdatum",
        "invoicedate issuedate invoicebilldate documentdate dateofissue",
    ),
    "due_date": (
        """
        vervaldatum vervaldag vervalt vervaltop datumvervallen uiterstebetaaldatum betalenvoor echeance
        datedecheance dateecheance falligkeit falligkeitsdatum falligam
        """,
        "duedate dueon datedue paymentduedate maturitydate",
    ),
    "open": (
        """
        openstaand openstaandbedrag bedragopenstaand openbedrag bedragopen openstaandsaldo nogtebetalen
        nogteontvangen restbedrag restant openstaandinclbtw soldeouvert montantouvert resteapayer resteadevoir
        montantdu offen offenerbetrag openstaandeposten openstaandbedraginclbtw
        """,
        """
        openamount outstanding outstandingamount amountoutstanding amountopen amountdue dueamount
        amountduesigned amountdueincurrency residual residualamount amountresidual remaining remainingamount
        balancedue openbalance
        """,
    ),
    "original": (
        """
        factuurbedrag oorspronkelijkbedrag origineelbedrag bedraginclbtw bedraginclusiefbtw totaalinclbtw
        totaalinclusiefbtw totaalprijsinclbtw factuurtotaal montantttc totalttc montantfacture rechnungsbetrag
        """,
        """
        invoiceamount invoicetotal originalamount amounttotal totalamount amounttotalsigned totalsigned
        totalinclvat totalincludingvat totalincltax
        """,
    ),
    "debit": (
        "debet debetbedrag bedragdebet debiteurendebet soll",
        "debit debitamount",
    ),
    "credit": (
        "creditbedrag bedragcredit haben",
        "credit creditamount",
    ),
    "side": (
        "dc debetcredit",
        "drcr debitcredit",
    ),
    "kind": (
        "soort type factuursoort documentsoort soortboeking",
        "documenttype doctype invoicetype kind",
    ),
    "currency": (
        "valuta valutacode munt muntcode devise monnaie wahrung",
        "currency currencycode",
    ),
    "vat": (
        "btwbedrag bedragbtw tvamontant montanttva mwstbetrag",
        "vatamount taxamount amounttax totaltax",
    ),
    "vat_rate": (
        "btw% btwpercentage btwtarief %btw tauxtva",
        "vat% vatrate taxrate vatpercentage",
    ),
    "email": (
        "emailadres mailadres factuuremail courriel",
        "email emailaddress mail invoiceemail",
    ),
    "phone": (
        "telefoon telefoonnummer telefoonnr tel telnr mobiel",
        "phone phonenumber telephone mobile",
    ),
    "iban": (
        "ibannr ibannummer bankrekening rekeningnummer banknummer",
        "iban bankaccount ibannumber",
    ),
    "street": (
        "adres straat factuuradres straathuisnummer adresse rue strasse",
        "address street addressline1",
    ),
    "postcode": (
        "codepostal plz",
        "postcode postalcode zip zipcode",
    ),
    "city": (
        "plaats woonplaats stad gemeente plaatsnaam ville ort",
        "city town",
    ),
    "country": (
        "land landcode pays",
        "country countrycode",
    ),
    "language": (
        "taal taalcode langue",
        "language languagecode",
    ),
    "registration_number": (
        "kvk kvknummer kvknr kamervankoophandel ondernemingsnummer ondernemingsnr kbonummer kbo numerodentreprise",
        "companyid registrationnumber companynumber cocnumber chamberofcommerce",
    ),
    "vat_number": (
        "btwnummer btwnr btwid btwidentificatienummer numerotva ustidnr",
        "vatnumber vatno vatnr vatid taxnumber",
    ),
    "payment_reference": (
        "betalingskenmerk betaalkenmerk ogm gestructureerdemededeling communicationstructuree",
        "paymentreference structuredcommunication paymentref",
    ),
    "is_consumer": (
        "particulier consument klanttype typeklant relatietype",
        "consumer isconsumer customertype",
    ),
    "description": (
        "omschrijving omschrijvingfactuur betreft libelle beschreibung",
        "description memo",
    ),
    # Known, and not used: so that a person need not wonder.
    "ignored": (
        """
        dagen dagenopen dagenvervallen dagentelaat vervaldagen aantaldagen dagenoud ouderdom status
        factuurstatus aanmaningen aanmaning dagboek grootboek periode boekjaar betalingsconditie betaalconditie
        betaaltermijn betaaltermijnen betaalwijze uwref uwreferentie verwachtedatum bedragexclbtw totaalexclbtw
        btwcode kredietlimiet
        """,
        """
        daysoverdue dayslate age status account expecteddate amountcurrency journal period paymentterms
        amountexclvat untaxedamount yourref yourreference reminders
        """,
    ),
    "paid": (
        "betaald voldaan ontvangen reedsbetaald paye bezahlt",
        "paid amountpaid paidamount settled",
    ),
    "supplier": (
        """
        leverancier leveranciersnaam leveranciernaam crediteur crediteurnaam crediteurnr crediteurnummer
        fournisseur
        """,
        "supplier suppliername vendor vendorname creditor",
    ),
    # The header of a bank statement: not a list of open items, whatever else stands in it.
    "bank": (
        """
        tegenrekening tegenrekeningnummer tegenrekeninghouder tegenpartij naamtegenpartij rentedatum afbij
        rekeningtegenpartij valutadatum saldonatrn mutatiesoort
        """,
        "counterparty counterpartyname valuedate interestdate",
    ),
}

# Words that say less: what they mean depends on the other columns, and on what stands below them. The order is that in
# which they are settled: a balance leaves `amount` for the invoice, not for what is open.
VAGUE = {
    "party": (
        "debiteur klant relatie naam contact contactpersoon bedrijf organisatie client nom kunde",
        "customer partner name debtor company contact",
    ),
    "number": (
        """
        factuur facture rechnung onzeref onzereferentie documentnummer boekstuknummer boekstuknr bkstnr boekstuk
        stuknummer piece nummer
        """,
        "invoice ourref documentnumber documentno document number reference",
    ),
    "date": (
        "datum boekdatum boekingsdatum date",
        "date postingdate transactiondate",
    ),
    "balance": (
        "saldo solde",
        "balance",
    ),
    "amount": (
        "bedrag montant betrag",
        "amount",
    ),
    "total": (
        "totaal summe",
        "total",
    ),
    "vat_something": (
        "btw tva mwst",
        "vat tax",
    ),
    "party_code": (
        "code",
        "no nr",
    ),
}

# Word: its field, its group, whether it is vague.
LOOKUP = {
    word: (name, group, vague)
    for vague, words in ((False, WORDS), (True, VAGUE))
    for name, groups in words.items()
    for group, text in enumerate(groups)
    for word in text.split()
}
# Within a vague group the first word is the best.
RANK = {word: rank for groups in VAGUE.values() for text in groups for rank, word in enumerate(text.split())}

_TOTAL = re.compile(
    r"\W*(?:sub ?-?totaal|eind ?-?totaal|totaal|subtotal|grand total|total|sous-total|gesamtsumme|summe)\b",
    re.IGNORECASE,
)


def is_total(cell: object) -> bool:
    """Tell whether a cell is the label of a total."""
    return isinstance(cell, str) and _TOTAL.match(cell) is not None
