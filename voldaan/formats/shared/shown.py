"""A letter in words and figures, as every channel shows them: so mail, paper and code cannot differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from voldaan.formats.shared import pay_code
from voldaan.rules import announcing
from voldaan.rules.letters import Charge, ChargeKind, Letter, Line, Party, one_line
from voldaan.rules.references import print_iban
from voldaan.rules.tongues import Tongue, tongue
from voldaan.rules.wording import Filled, fill, invoices_in_words, put

LONGEST_DESCRIPTION = 70  # characters below the number of an invoice
LONGEST_NAME = 120  # characters in the window of an envelope


@dataclass(frozen=True, slots=True)
class Row:
    """One open item, in words."""

    invoice: str  # with its instalment, where it has several
    description: str
    issue_date: str
    due_date: str
    amount: str
    open: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a letter shows."""

    language: str
    labels: Mapping[str, str]
    words: Filled
    concerns: str
    asks: bool  # something is to be paid
    to_pay: str
    day: tuple[str, str] | None  # its label, and by when it must be paid
    later: tuple[str, str] | None  # label and amount of what it will be after that; None where nothing is announced
    rows: tuple[Row, ...]
    totals: tuple[tuple[str, str], ...]  # label and amount, the last one what is asked; empty for a single amount
    account: tuple[
        tuple[str, str], ...
    ]  # label and words of where to pay and with which words; empty where none is known
    code: str | None  # what the QR code says

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """Give label and words of how much is asked, and by when; of nothing, that nothing is open."""
        label = "to_pay" if self.asks else "open"
        return ((self.labels[label], self.to_pay), *([self.day] if self.day and self.asks else []))

    @property
    def pay(self) -> tuple[tuple[str, str], ...]:
        """Give label and words of all that the box to pay from tells."""
        return (*self.asked, *([self.later] if self.later and self.asks else []), *self.account)


def shown(letter: Letter) -> Shown:
    """Write out a letter.

    Raises:
        Unresolved: its text asks for what it does not have.
    """
    spoken = tongue(letter.wording.language)
    return Shown(
        language=spoken.language,
        labels=spoken.labels,
        words=fill(letter.wording, letter),
        concerns=invoices_in_words(letter, spoken),
        asks=letter.asked_cents > 0,
        to_pay=spoken.amount(letter.asked_cents, letter.currency),
        day=_pay_by(letter, spoken),
        later=_later(letter, spoken),
        rows=tuple(row(line, letter.currency, spoken) for line in letter.lines),
        totals=_totals(letter, spoken),
        account=_account(letter, spoken),
        code=pay_code.payload(letter),
    )


def row(line: Line, currency: str, spoken: Tongue) -> Row:
    """Write out one open item."""
    number = one_line(line.invoice)
    if line.instalments > 1:
        facts = {"number": str(line.instalment), "count": str(line.instalments)}
        number = f"{number}, {put(spoken.labels['instalment'], facts)}"
    return Row(
        number, cut(one_line(line.description), LONGEST_DESCRIPTION), spoken.short_day(line.issue_date),
        spoken.short_day(line.due_date), spoken.amount(line.amount_cents, currency),
        spoken.amount(line.open_cents, currency),
    )  # fmt: skip


def _account(letter: Letter, spoken: Tongue) -> tuple[tuple[str, str], ...]:
    if not letter.iban or letter.asked_cents <= 0:
        return ()
    return (
        (spoken.labels["iban"], print_iban("".join(letter.iban.split()))),
        (spoken.labels["payee"], one_line(letter.sender.name)),
        (spoken.labels["reference"], pay_code.printed_reference(letter)),
    )


def _pay_by(letter: Letter, spoken: Tongue) -> tuple[str, str] | None:
    if letter.announced and letter.announced.term:
        return spoken.labels["term"], announcing.term(letter, spoken)
    day: date | None = letter.last_day or letter.due_date
    if day is None:
        return None
    return spoken.labels["pay_by" if letter.last_day else "due_date"], spoken.long_day(day)


def _later(letter: Letter, spoken: Tongue) -> tuple[str, str] | None:
    if letter.announced is None or not letter.announced.asks:
        return None
    amount = spoken.amount(letter.later_cents, letter.currency)
    words = put(spoken.labels["plus_interest"], {"amount": amount}) if letter.announced.interest_since else amount
    return spoken.labels["later"], words


def _totals(letter: Letter, spoken: Tongue) -> tuple[tuple[str, str], ...]:
    between = [(_charge(charge, spoken), charge.cents) for charge in letter.charges]
    if letter.credit_cents:
        between.append((spoken.labels["credit"], -letter.credit_cents))
    rows = [(spoken.labels["to_pay"], letter.asked_cents)] if between or len(letter.lines) > 1 else []
    if between:
        rows = [(spoken.labels["total_open"], letter.open_cents), *between, *rows]
    return tuple((name, spoken.amount(cents, letter.currency)) for name, cents in rows)


def _charge(charge: Charge, spoken: Tongue) -> str:
    """Name what is asked beside the lines: of which invoice the interest is, and over which days."""
    labels = spoken.labels
    if charge.kind is ChargeKind.COSTS:
        return labels["costs"]
    invoice = one_line(charge.invoice)
    named = put(labels["interest_of"], {"invoice": invoice}) if invoice else labels["interest"]
    if charge.since is None or charge.through is None:
        return named
    days = {"since": spoken.short_day(charge.since), "through": spoken.short_day(charge.through)}
    return f"{named}, {put(labels['period'], days)}"


# An amount with its sign, the number of a telephone, and a mark that a space goes before (French).
_HELD_TOGETHER = re.compile(
    r"(?<=€) (?=[−\d])|(?<=\d) (?=[€%])|(?<=\b\d\d) (?=\d\d)|(?<=\b\d\d\d) (?=\d\d)| (?=[?!:;»])|(?<=«) "
)


def unbroken(words: str) -> str:
    """Hold together what reads badly over two lines."""
    return _HELD_TOGETHER.sub("\u00a0", words)


def cut(text: str, longest: int) -> str:
    """Cut a text that would fill the page."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def address(party: Party, sender_country: str, spoken: Tongue) -> list[str]:
    """Write an address as it stands in a window: name, street, place, and the country where it is another one."""
    place = " ".join(filter(None, (one_line(party.postcode), one_line(party.city))))
    country = party.country if party.country != sender_country else ""
    lines = (cut(one_line(party.name), LONGEST_NAME), one_line(party.street), place)
    return [*filter(None, lines), *filter(None, [spoken.countries.get(country, country).upper()])]


def particulars(party: Party, spoken: Tongue) -> list[str]:
    """Write where the sender is found: address, telephone, mail and registration."""
    labels = spoken.labels
    place = " ".join(filter(None, (one_line(party.postcode), one_line(party.city))))
    registration = labels.get(f"registration_{party.country.lower()}", labels["registration"])
    return [
        *filter(None, (one_line(party.street), place)),
        *filter(None, (one_line(party.phone), one_line(party.email))),
        *([f"{registration} {one_line(party.registration_number)}"] if party.registration_number else []),
        *([f"{labels['vat_number']} {one_line(party.vat_number)}"] if party.vat_number else []),
    ]
