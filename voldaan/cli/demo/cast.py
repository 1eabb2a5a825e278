"""Who plays: two invented firms and their customers, each with the habit that he pays by. Facts only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Words(Enum):
    """What a payer writes beside his money."""

    NUMBER = "number"  # the invoice number as printed
    STRUCTURED = "structured"  # the structured reference of the invoice, and nothing else
    TYPO = "typo"  # a number that is nearly right
    VAGUE = "vague"  # no number at all
    LIST = "list"  # that he sent a list of what he pays


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays."""

    late: tuple[int, int] = (-3, 0)  # days after the due date: from, to
    words: Words = Words.NUMBER
    parts: int = 1  # each invoice in so many transfers
    pay_day: int | None = None  # of the month, on which everything due goes in one transfer
    after_reminder: bool = False  # pays when somebody asks, else very late
    short_cents: int = 0  # leaves this of every invoice
    twice_every: int = 0  # pays one in so many invoices twice
    payer: str = ""  # another company, from whose account he pays
    is_cash: bool = False  # at the counter: only the bookkeeping knows
    silent_after: int | None = None  # day of the year after which nothing comes any more
    is_bankrupt: bool = False  # and two weeks before today it is known that nothing will
    disputes: tuple[int, ...] = ()  # so many days before today he disputes an invoice
    promises: tuple[int, ...] = ()  # so many days before today he promises to pay one


PUNCTUAL = Habit()
EARLY = Habit(late=(-9, -5))
STRUCTURED = Habit(words=Words.STRUCTURED)
DAYS_LATE = Habit(late=(1, 5))
WEEKS_LATE = Habit(late=(7, 16))
MONTHS_LATE = Habit(late=(32, 64))
ON_REMINDER = Habit(after_reminder=True)
IN_HALVES = Habit(late=(-5, 0), parts=2)
BUNDLES = Habit(late=(-16, -9), pay_day=26)
BUNDLES_LISTED = Habit(late=(-16, -9), pay_day=26, words=Words.LIST)
BUNDLES_VAGUELY = Habit(late=(-16, -9), pay_day=12, words=Words.VAGUE)
TYPIST = Habit(late=(-2, 2), words=Words.TYPO)
VAGUE = Habit(late=(-3, 1), words=Words.VAGUE)
ROUNDS_DOWN = Habit(late=(-1, 3), short_cents=7)
PAYS_TWICE = Habit(late=(-5, -1), twice_every=8)
CASH = Habit(late=(0, 2), is_cash=True)
DISPUTER = Habit(late=(13, 24), disputes=(215, 120, 9))
PROMISER = Habit(late=(16, 30), promises=(250, 140, 4))


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who buys on account."""

    number: str
    name: str
    street: str
    postcode: str
    city: str
    email: str
    every: int  # days between his invoices
    about_cents: int  # what one is usually worth, without VAT
    habit: Habit = PUNCTUAL
    e_invoice: bool = False  # gets UBL; else his invoices come with the list of the bookkeeping
    is_consumer: bool = False
    country: str = "NL"
    language: str = "nl"
    first: int = -45  # day of the year of his first invoice
    last: int = 365
    also: tuple[int, ...] = ()  # so many days before today he surely gets an invoice
    strategy: str = ""  # chosen for him
    account_of: str = ""  # number of the customer whose bank account he uses as well


@dataclass(frozen=True, slots=True)
class Ware:
    """Something on an invoice."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Money that moves every so many months and has nothing to do with customers. Paid out is negative."""

    name: str
    text: str
    cents: int
    day: int  # of the month
    months: tuple[int, ...] = tuple(range(1, 13))


@dataclass(frozen=True, slots=True)
class Debt:
    """What was open long before the year began."""

    customer: str  # his number
    days_before: int  # issued so many days before the year
    cents: int  # of the whole invoice
    open_cents: int
    paid_after: int | None = None  # days of the year; None: never


@dataclass(frozen=True, slots=True)
class Firm:
    """One company that keeps its receivables here."""

    slug: str
    name: str
    country: str
    street: str
    postcode: str
    city: str
    email: str
    registration_number: str
    account: str  # of its bank, from which the IBAN is made
    strategy: str
    term_days: int
    prefix: str  # of its invoice numbers
    first_number: int
    balance_cents: int  # on the bank when the year begins
    suppliers: tuple[str, ...]
    supplies_cents: tuple[int, int]  # one weekly payment to them
    wares: tuple[Ware, ...]
    standing: tuple[Standing, ...]
    customers: tuple[Customer, ...] = field(repr=False)
    debts: tuple[Debt, ...]
    bank_on: int  # the weekday on which it takes in its bank statement, Monday is 0
    sends_lists: bool  # its bookkeeping exports its open items every Monday
    mt940_days: range = range(0)  # days of the year of which the bank gave MT940 instead of CAMT


TOLBRUG = Firm(
    slug="tolbrug", name="Tolbrug Technische Groothandel B.V.", country="NL", street="Handelskade 118",
    postcode="7417 DE", city="Deventer", email="administratie@tolbrug.example",
    registration_number="00000000", account="6120049317",
    strategy="14-dagen", term_days=14, prefix="VF", first_number=41207, balance_cents=64_218_77,
    suppliers=("Hydrolinge Leidingsystemen B.V.", "Elmecon Kabel B.V.", "Noordrand Bevestiging B.V.", "Ketelwerk Oost"),
    supplies_cents=(2_150_00, 6_900_00),
    wares=(
        Ware("Koperen buis 15 mm, per lengte", 18_45), Ware("Persfitting 22 mm", 4_35), Ware("Kogelkraan 3/4", 12_80),
        Ware("Installatiekabel 5 x 2,5 mm², per rol", 164_50), Ware("Groepenkast 8 groepen", 238_00),
        Ware("Inbouwreservoir", 189_95), Ware("Afvoerbuis 110 mm, per lengte", 21_60),
        Ware("LED-armatuur 1500 mm", 46_20), Ware("Warmtepompset 6 kW", 2_485_00),
        Ware("Vloerverwarming, verdeler 6 groepen", 412_50),
    ),
    standing=(
        Standing("Vastgoed Handelskade B.V.", "Huur bedrijfspand", -4_850_00, 1),
        Standing("Salarissen", "Salarisbetaling", -21_430_00, 24),
        Standing("Belastingdienst", "Omzetbelasting kwartaal", -12_904_00, 28, (1, 4, 7, 10)),
        Standing("Belastingdienst", "Teruggaaf voorlopige aanslag", 1_316_00, 18, (2, 5, 8, 11)),
        Standing("H. Vosselman", "Huur bovenwoning", 875_00, 3),
    ),
    customers=(
        Customer("10101", "Bouwbedrijf Ten Harkel B.V.", "Zwolsestraat 41", "8101 AB", "Raalte",
                 "facturen@tenharkel.example", 18, 3_200_00),
        Customer("10104", "Installatiebedrijf Nijkamp V.O.F.", "Griftstraat 9", "7311 CB", "Apeldoorn",
                 "info@nijkampinstallatie.example", 23, 520_00, DAYS_LATE),
        Customer("10107", "Stichting Woonzorg De Berkel", "Nieuweweg 2", "7241 ER", "Lochem",
                 "crediteuren@woonzorgdeberkel.example", 28, 1_820_00, Habit(late=(-6, -2)), e_invoice=True),
        Customer("10109", "Metaalbewerking Oosterveld B.V.", "Ambachtstraat 23", "7461 TP", "Rijssen",
                 "administratie@oosterveldmetaal.example", 30, 2_240_00, BUNDLES_LISTED),
        Customer("10112", "Loodgietersbedrijf Haverkate", "Dorpsstraat 77", "7437 AB", "Bathmen",
                 "haverkate@loodgieter.example", 25, 420_00, TYPIST, also=(20,)),
        Customer("10115", "Elektro Wesselink B.V.", "Industrieweg 5", "7161 BX", "Neede",
                 "boekhouding@elektrowesselink.example", 24, 690_00, WEEKS_LATE),
        Customer("10118", "Timmerfabriek De Zwaluw B.V.", "Houtmarkt 14", "7201 KL", "Zutphen",
                 "inkoop@timmerfabriekdezwaluw.example", 43, 640_00, EARLY, e_invoice=True),
        Customer("10121", "Scholengroep Sallandse Heuvels", "Schoolstraat 30", "7441 AW", "Nijverdal",
                 "facturen@scholengroepsh.example", 30, 2_950_00, Habit(late=(-2, 3)), e_invoice=True),
        Customer("10124", "Machinefabriek Korbeek B.V.", "Havenkade 200", "7607 HT", "Almelo",
                 "crediteuren@korbeek.example", 20, 3_200_00, VAGUE, e_invoice=True),
        Customer("10127", "Klusbedrijf Handig & Zo", "Beukenlaan 8", "7421 GD", "Deventer", "", 37, 265_00,
                 ON_REMINDER),
        Customer("10130", "Autobedrijf Schipbeek", "Holterweg 61", "7429 AG", "Colmschate",
                 "garage@schipbeek.example", 40, 310_00, DAYS_LATE, also=(4,)),
        Customer("10133", "Hoveniersbedrijf Groen en Steen", "Boerhaar 12", "8131 SZ", "Wijhe",
                 "planning@groenensteen.example", 46, 545_00, ON_REMINDER),
        Customer("10136", "Van Dalfsen Installatietechniek B.V.", "Energiestraat 17", "7442 DA", "Nijverdal",
                 "administratie@vandalfsen.example", 31, 610_00, DAYS_LATE),
        Customer("", "Van Dalfsen Installatie BV", "Energiestr. 17", "7442DA", "Nijverdal", "", 55, 780_00,
                 DAYS_LATE, e_invoice=True, first=70, account_of="10136"),
        Customer("10139", "Sanitair Centrum Overwijk B.V.", "Winkelplein 3", "7411 SH", "Deventer",
                 "administratie@overwijksanitair.example", 33, 820_00, IN_HALVES, also=(22,)),
        Customer("10142", "Onderhoudsbedrijf Leemhuis", "Kerkpad 4", "7213 EN", "Gorssel",
                 "leemhuis@onderhoud.example", 34, 380_00, ROUNDS_DOWN, also=(20,)),
        Customer("10145", "Betonwerken Hulsbergen B.V.", "Kanaaldijk 88", "8051 KJ", "Hattem",
                 "info@hulsbergenbeton.example", 22, 2_150_00,
                 Habit(late=(12, 28), silent_after=170, is_bankrupt=True), last=215),
        Customer("10148", "Dakdekkersbedrijf Pannenborg", "Marktstraat 19", "7271 AX", "Borculo",
                 "kantoor@pannenborgdaken.example", 40, 870_00, MONTHS_LATE, strategy="zakelijk"),
        Customer("10151", "Kamerling Projectinrichting B.V.", "Keulenstraat 6", "7418 ET", "Deventer",
                 "projecten@kamerling.example", 28, 690_00,
                 Habit(late=(-3, 8), words=Words.VAGUE, payer="Kamerling Holding B.V."), e_invoice=True),
        Customer("10154", "Stukadoorsbedrijf Witteman", "Lindelaan 52", "7204 BN", "Zutphen",
                 "witteman@stukadoor.example", 51, 350_00, ON_REMINDER),
        Customer("10157", "Zwembadbouw Blauwe Lagune B.V.", "Recreatieweg 1", "7361 TA", "Beekbergen",
                 "directie@blauwelagunebouw.example", 34, 790_00, DISPUTER, also=(34, 145, 240)),
        Customer("10160", "Koeltechniek Noordink B.V.", "Vriesweg 33", "7532 PL", "Enschede",
                 "facturen@noordinkkoeltechniek.example", 13, 3_100_00),
        Customer("10163", "Bouwcombinatie Dijk en Kade V.O.F.", "Waalkade 70", "6511 XR", "Nijmegen",
                 "project@dijkenkade.example", 16, 880_00, BUNDLES_VAGUELY),
        Customer("10166", "Vastgoedbeheer Bergkwartier B.V.", "Bergstraat 25", "7411 ES", "Deventer",
                 "beheer@bergkwartiervastgoed.example", 46, 640_00, PROMISER, also=(24, 160)),
        Customer("10169", "Recreatiepark De Haverhoek", "Bosweg 100", "7351 TC", "Hoenderloo",
                 "receptie@dehaverhoek.example", 56, 890_00, WEEKS_LATE),
        Customer("10172", "Kwekerij Lentink", "Zandweg 7", "7391 RL", "Twello",
                 "lentink@kwekerij.example", 46, 295_00, VAGUE),
        Customer("10175", "Maatschap Ter Braak Melkvee", "Veldweg 3", "7274 EP", "Geesteren", "", 45, 610_00, EARLY),
        Customer("10178", "Zwemvereniging De Waterlelie", "Badhuisplein 1", "7203 DD", "Zutphen",
                 "penningmeester@zvdewaterlelie.example", 60, 240_00, Habit(late=(20, 45))),
        Customer("10181", "Marktkraam Van Gelder", "", "", "", "", 54, 130_00, CASH, also=(25, 150)),
        Customer("10184", "Waterwerk Service Antwerpen BV", "Noorderlaan 311", "2030", "Antwerpen",
                 "boekhouding@waterwerkservice.example", 39, 1_250_00, DAYS_LATE, e_invoice=True, country="BE"),
        Customer("10187", "Natuursteen Roelvink", "Steenweg 27", "7131 PA", "Lichtenvoorde",
                 "roelvink@natuursteen.example", 46, 460_00, PAYS_TWICE),
        Customer("10190", "Technisch Bureau Gildehuis B.V.", "Gildestraat 44", "7416 ZZ", "Deventer",
                 "administratie@tbgildehuis.example", 15, 3_100_00),
        Customer("10193", "Verhuurbedrijf Steigerland B.V.", "Logistiekweg 15", "7418 BJ", "Deventer",
                 "crediteuren@steigerland.example", 34, 720_00, Habit(late=(8, 18), silent_after=262), also=(90,)),
        Customer("10196", "Mevr. A. de Wit-Koster", "Platanenlaan 16", "7415 LM", "Deventer",
                 "a.dewit@post.example", 130, 185_00, Habit(late=(3, 9)), is_consumer=True, first=20),
        Customer("10199", "Dhr. J. Huisink", "Eikstraat 5", "7213 WB", "Gorssel",
                 "j.huisink@post.example", 150, 240_00, ON_REMINDER, is_consumer=True, first=46),
        Customer("10202", "Fam. Boerrigter", "Nieuwstraat 91", "8121 BX", "Olst", "", 120, 310_00,
                 Habit(late=(-3, 2), words=Words.VAGUE, payer="M.J. Boerrigter-Smit"), is_consumer=True, first=5,
                 also=(21,)),
    ),
    debts=(
        Debt("10148", 128, 873_20, 873_20, 61),
        Debt("10115", 163, 964_75, 464_75, 24),
        Debt("10178", 141, 317_02, 317_02),
        Debt("10145", 118, 2_207_04, 2_207_04, 97),
        Debt("10127", 236, 188_76, 188_76),
    ),
    bank_on=1, sends_lists=True, mt940_days=range(118, 149),
)  # fmt: skip


def _belgian(*facts: Any, **more: Any) -> Customer:
    """Give a customer of the Belgian firm, who gets his invoices over Peppol."""
    return replace(Customer(*facts, **more), e_invoice=True, country="BE")


ZILVERBEEK = Firm(
    slug="zilverbeek", name="Schrijnwerkerij Zilverbeek BV", country="BE", street="Leuvensesteenweg 402",
    postcode="2812", city="Mechelen", email="boekhouding@zilverbeek.example",
    registration_number="0999.999.031", account="9954203",
    strategy="30-dagen", term_days=30, prefix="ZB", first_number=2104, balance_cents=31_470_52,
    suppliers=("Houthandel Dijlewoud BV", "Beslag & Lak NV", "Platen Rupelstreek BV"),
    supplies_cents=(1_400_00, 3_600_00),
    wares=(
        Ware("Maatkast in eik, per strekkende meter", 684_00), Ware("Binnendeur met omlijsting", 395_00),
        Ware("Keukenfront gelakt", 142_50), Ware("Traptrede eik", 118_00), Ware("Plaatsing, per uur", 52_00),
        Ware("Balie op maat", 2_360_00), Ware("Wandbekleding, per m²", 87_40),
    ),
    standing=(
        Standing("Immo Nekkerspoel BV", "Huur werkplaats", -2_950_00, 2),
        Standing("Lonen", "Lonen personeel", -9_870_00, 27),
        Standing("FOD Financiën", "Btw kwartaal", -6_412_00, 20, (1, 4, 7, 10)),
        Standing("Vlaio", "Kmo-portefeuille opleiding", 640_00, 11, (3, 9)),
    ),
    customers=(
        _belgian("4101", "Immobiliën De Dijle NV", "Haverwerf 12", "2800", "Mechelen",
                 "facturen@immodedijle.example", 38, 3_250_00, STRUCTURED),
        _belgian("4103", "Interieurarchitecten Loof & Lijn BV", "Korte Gasthuisstraat 40", "2000", "Antwerpen",
                 "studio@loofenlijn.example", 38, 3_150_00, Habit(late=(6, 15), words=Words.STRUCTURED)),
        _belgian("4105", "Bouwonderneming Vercauteren-Maes BV", "Brusselsesteenweg 215", "1980", "Zemst",
                 "boekhouding@vercauterenmaes.example", 28, 4_200_00, Habit(late=(4, 12), words=Words.STRUCTURED)),
        _belgian("4107", "Résidence Les Tilleuls SA", "Avenue des Tilleuls 18", "1180", "Uccle",
                 "compta@residencelestilleuls.example", 61, 1_880_00, STRUCTURED, language="fr"),
        _belgian("4109", "Boulangerie Delcourt SRL", "Rue Haute 63", "1000", "Bruxelles",
                 "delcourt@boulangerie.example", 81, 960_00, ON_REMINDER, language="fr"),
        _belgian("4111", "Tandartspraktijk Het Zenneveld", "Zennegat 4", "2800", "Mechelen",
                 "praktijk@hetzenneveld.example", 101, 1_320_00, Habit(late=(-20, -8), words=Words.STRUCTURED)),
        _belgian("4113", "Brasserie De Gouden Kraan", "Vismarkt 21", "2800", "Mechelen", "", 57, 740_00,
                 MONTHS_LATE, strategy="zakelijk"),
        _belgian("4115", "Woonzorgcentrum Rupelzicht VZW", "Rupelstraat 90", "2850", "Boom",
                 "leveranciers@wzcrupelzicht.example", 32, 1_640_00, BUNDLES),
        _belgian("4117", "Kantoorpunt Leuven BV", "Bondgenotenlaan 77", "3000", "Leuven",
                 "admin@kantoorpuntleuven.example", 47, 2_050_00,
                 Habit(late=(3, 9), words=Words.VAGUE, payer="KPL Groep NV")),
        _belgian("4119", "Scholencampus Wilgenhof VZW", "Wilgenlaan 2", "2860", "Sint-Katelijne-Waver",
                 "boekhouding@campuswilgenhof.example", 68, 3_400_00, STRUCTURED),
        _belgian("4121", "Menuiserie Générale Wavrienne SRL", "Chaussée de Louvain 140", "1300", "Wavre",
                 "info@mgwavrienne.example", 54, 810_00, Habit(late=(12, 25), disputes=(160, 14)), language="fr",
                 also=(52, 200)),
        _belgian("4123", "Hotel Opsinjoor BV", "Grote Markt 30", "2800", "Mechelen",
                 "backoffice@hotelopsinjoor.example", 40, 920_00, Habit(late=(15, 30), promises=(180, 5)),
                 also=(44, 220)),
        _belgian("4125", "Dhr. en Mevr. Peeters-Baeten", "Kruidtuinlaan 9", "2811", "Leest",
                 "peeters.baeten@post.example", 210, 890_00, Habit(late=(-4, 3), parts=2), is_consumer=True,
                 first=-20, also=(38,)),
        _belgian("4127", "Mme C. Lambotte", "Rue du Parc 11", "1050", "Ixelles", "c.lambotte@post.example", 200,
                 1_150_00, Habit(late=(2, 8), words=Words.STRUCTURED), is_consumer=True, language="fr", first=30),
        _belgian("4129", "Standenbouw Expo Noord BV", "Expolaan 55", "2660", "Hoboken",
                 "finance@standenbouwexpo.example", 30, 640_00,
                 Habit(late=(10, 22), silent_after=240, words=Words.STRUCTURED), last=290, also=(105,)),
    ),
    debts=(
        Debt("4113", 152, 1_127_49, 627_49, 143),
        Debt("4105", 124, 3_408_57, 3_408_57, 38),
        Debt("4109", 131, 412_61, 412_61),
    ),
    bank_on=0, sends_lists=False,
)  # fmt: skip

FIRMS = (TOLBRUG, ZILVERBEEK)
