"""The customers of the invented firm: who they are, what they buy, and how each of them always pays."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.yardstick.habits import BELGIAN, BUSINESS, CONSUMER, KINDS, SHARES, STYLES, UTILITY
from voldaan.rules.references import iban as proven

FIRST = (
    "Jan",
    "Anna",
    "Piet",
    "Fatima",
    "Bram",
    "Sanne",
    "Youssef",
    "Els",
    "Thijs",
    "Lotte",
    "Koen",
    "Ayse",
    "Ruud",
    "Mieke",
)
LAST = ("de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "El Amrani", "Peeters", "Maes", "Yilmaz",
        "Mulder", "de Boer", "Hendriks", "Kuipers", "Claes", "Willems", "van Dijk", "Dekker")  # fmt: skip
TRADE = (
    "Bakkerij",
    "Garage",
    "Installatie",
    "Bouwbedrijf",
    "Drukkerij",
    "Hoveniers",
    "Transport",
    "Kwekerij",
    "Advies",
    "Techniek",
)
PRICES = (995, 1995, 2450, 3900, 4995, 12_100)  # of what many buy every month


@dataclass(frozen=True)
class Customer:
    """Somebody who buys, and pays in his own way."""

    number: str
    name: str
    kind: int
    style: str
    iban: str
    second_iban: str  # of a partner or of another bank: no list has it
    iban_is_listed: bool  # on the open-items list
    a_month: float  # invoices
    price: int  # the same every month, or 0 for one that differs
    term: int  # days
    delay: int  # days after the due date on which he usually pays
    has_discount: bool
    payer: str  # name on the account, where somebody else pays for him
    instalments: int


def people(draw: Random, count: int, *, noisy: bool) -> list[Customer]:
    """Invent customers; the seed of `draw` says which."""
    found: list[Customer] = []
    shared: dict[str, tuple[str, str, int]] = {}  # style: account, its holder, and for how many more he pays
    for n in range(count):
        kind = draw.choices(range(len(KINDS)), SHARES)[0]
        styles = [style for style in STYLES if style.weights[kind] and (noisy or style.is_clean)]
        style = draw.choices(styles, [style.weights[kind] for style in styles])[0].name
        is_firm = kind == BUSINESS or (kind == BELGIAN and draw.random() < 0.5)
        last = draw.choice(LAST)
        legal = "BV" if kind == BUSINESS else "BVBA"
        name = f"{draw.choice(TRADE)} {last} {legal}" if is_firm else f"{draw.choice(FIRST)} {last}"
        iban = account(draw, "BE" if kind == BELGIAN else "NL")
        payer = ""
        if style in ("collective", "parent"):
            if not shared.get(style, ("", "", 0))[2]:
                who = f"Administratie {last}" if style == "collective" else f"{draw.choice(FIRST)} {last}"
                shared[style] = (iban, who, draw.randrange(2, 7) if style == "collective" else draw.randrange(2, 4))
            iban, payer, left = shared[style]
            shared[style] = (iban, payer, left - 1)
        is_large = style.startswith("bundle") and draw.random() < (0.5 if style == "bundle, text cut off" else 0.06)
        a_month = {
            CONSUMER: draw.uniform(0.3, 1),
            BUSINESS: draw.uniform(0.7, 4),
            BELGIAN: draw.uniform(0.5, 1.5),
            UTILITY: 1.0,
        }[kind]
        is_monthly = kind == UTILITY or (kind == CONSUMER and draw.random() < 0.3)
        found.append(
            Customer(
                number=f"{10_001 + n}", name=name, kind=kind, style=style, iban=iban,
                second_iban=account(draw, "NL"), iban_is_listed=draw.random() < (0.3 if is_firm else 0.1),
                a_month=1.0 if is_monthly else draw.choice((15, 15, 30, 30, 60, 150, 300)) if is_large else a_month,
                price=draw.choice(PRICES) if is_monthly else 0, term=draw.choice((14, 14, 30, 30, 30, 8)),
                delay=int(draw.gauss(2, 7)), has_discount=is_firm and draw.random() < 0.4, payer=payer,
                instalments=3 if not is_monthly and draw.random() < 0.04 else 1,
            )
        )  # fmt: skip
    return found


def account(draw: Random, country: str) -> str:
    """Invent an account number whose check digits are right."""
    if country == "BE":
        bban = f"{draw.randrange(10**10):010}"
        bban += f"{int(bban) % 97 or 97:02}"
    else:
        bban = draw.choice(("INGB", "RABO", "ABNA", "TRIO")) + f"{draw.randrange(10**10):010}"
    number = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    iban = f"{country}{98 - int(number) % 97:02}{bban}"
    assert proven(iban) == iban, iban
    return iban
