"""What payers write: our numbers well, otherwise, wrong or not at all."""

from __future__ import annotations

import re
from random import Random

WAYS = ("{year}{n:05}", "{year}-{n:05}", "F{year}-{n:04}", "VF{short}/{n:05}", "{high}")  # of numbering invoices

SENTENCES = ("{}", "{}", "factuur {}", "Factuurnr. {}", "fact. {}", "Betaling factuur {}", "uw factuur {}",
             "{} bedankt", "factuurnummer: {}", "/INV/{}", "Facture {}", "Uw fact {} voldaan")  # fmt: skip
SILENT = (
    "",
    "",
    "betaling",
    "Betaling factuur",
    "voldaan",
    "overschrijving",
    "dank voor de goede service",
    "cfm afspraak",
)
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")  # fmt: skip
NOBODY = (
    ("Belastingdienst", "TERUGGAAF OMZETBELASTING {ref} AANSLAG"),
    ("Belastingdienst Toeslagen", "{ref}"),
    ("Rente", "Rente spaarrekening Q{q}"),
    ("", "Overboeking van eigen spaarrekening"),
    ("UWV", "UITKERING WAZO {ref}"),
    ("Schadeverzekeraar De Toren", "schade {n} uitkering"),
    ("Coolblue", "retour bestelling {n}"),
    ("Gemeente Waalburg", "subsidie {n}"),
    ("Energie Noord", "eindafrekening {n} teruggave"),
)


def numbered(way: str, year: int, nth: int) -> str:
    """Give the number of the nth invoice of a year."""
    return way.format(year=year, short=year % 100, n=nth, high=30_000 + nth)


def sentence(draw: Random, number: str) -> str:
    """Put a number in what people write around it."""
    return draw.choice(SENTENCES).format(number)


def otherwise(draw: Random, number: str) -> str:
    """Write the number so that it is still itself for a person."""
    spaced = re.sub(r"[-/]", lambda _: draw.choice((" ", "/", ".", "", " - ")), number)
    ways = [spaced, spaced.lower(), f"fnr{spaced}", f"factuur{spaced}", f"nr.{spaced}"]
    digits = re.sub(r"^[A-Z]+", "", number)
    if digits != number:
        ways.append(f"factuur {digits}")
    if re.search(r"\D0+\d+$", number):
        ways.append(f"factuur {re.sub(r'(?<=[^0-9])0+(?=[0-9]+$)', '', number)}")
    if len(digits) >= 8 and digits.isdigit():
        ways += [
            f"factuur {digits[:4]} {digits[4:]}",
            f"{digits[:4]}.{digits[4:]}",
            f"{digits[:3]} {digits[3:6]} {digits[6:]}",
        ]
    return draw.choice(ways)


def among_others(draw: Random, number: str, customer: str) -> str:
    """Write the number with others that mean something else."""
    day = f"{draw.randrange(1, 29):02}-{draw.randrange(1, 13):02}-2027"
    order = draw.randrange(10_000, 99_999)
    ways = ("klantnr {c} factuurnr {f} d.d. {d}", "{f} / {c}", "order {o} factuur {f}", "debnr {c} fact {f}",
            "fact {f} van {d} ord {o}", "{o} {f}")  # fmt: skip
    return draw.choice(ways).format(c=customer, f=number, d=day, o=order)


def last_digits(draw: Random, number: str) -> str:
    """Write only the end of it, as one colleague says to another."""
    tail = re.sub(r"\D", "", number)[-draw.choice((3, 4)) :].lstrip("0") or "1"
    return draw.choice(("factuur {}", "{}", "fact.nr {}", "rekening {}")).format(tail)


def digit_wrong(draw: Random, number: str) -> str:
    """Type one digit wrong."""
    places = [at for at, char in enumerate(number) if char.isdigit()]
    at = draw.choice(places[-6:])
    return number[:at] + draw.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def digits_swapped(draw: Random, number: str) -> str:
    """Swap two neighbours that differ; where there are none, type a digit wrong."""
    pairs = [at for at in range(len(number) - 1) if number[at : at + 2].isdigit() and number[at] != number[at + 1]]
    if not pairs:
        return digit_wrong(draw, number)
    at = draw.choice(pairs[-5:])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def name_otherwise(draw: Random, name: str) -> str:
    """Write a name so that it is still that of the same one for a person."""
    bare = re.sub(r" (B\.V\.|BV|NV|VOF|N\.V\.)$", "", name)
    first, _, rest = bare.partition(" ")
    at = draw.randrange(1, len(bare) - 1)
    ways = (bare.upper(), f"{rest} {first}", f"{rest}, {first}", f"dhr. {bare} e/o", f"kantoor Zuid inzake {bare}",
            f"{first[0]}. {rest}", bare[:at] + bare[at + 1 :])  # fmt: skip
    return draw.choice(ways)


def set_off(draw: Random) -> str:
    """Say that less is paid because we owe him something."""
    nota = draw.randrange(100, 999)
    return draw.choice(
        (f"verrekend met onze nota {nota}", f"compensatie {nota}", "na verrekening", f"-/- verrekening {nota}")
    )


def listed(draw: Random, numbers: list[str]) -> str:
    """Write several numbers in one text, as far as a bank carries it: 140 characters."""
    between = draw.choice((", ", " ", "/", "; ", " + ", ","))
    return (draw.choice(("", "", "fact ", "facturen ")) + between.join(numbers))[:140]


def a_range(draw: Random, first: str, last: str) -> str:
    """Name the first and the last."""
    return draw.choice(("facturen {} t/m {}", "{} tot en met {}", "fact. {} - {}", "{} t/m {}")).format(first, last)
