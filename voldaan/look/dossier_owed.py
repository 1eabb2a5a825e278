"""What is owed, on the front of a dossier: by law as its claim sheet says, and beside it what else is open."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from voldaan.look import claim_sheets, words
from voldaan.queries.dossier import Dossier
from voldaan.rules.letters import Line, one_line
from voldaan.rules.money import Money


def to_pay(dossier: Dossier) -> int:
    """Give all that is left to pay, less what the customer has with us, in cents."""
    by_law = dossier.owed.total_cents if dossier.owed else 0
    return by_law + sum(line.open_cents for line in _beside(dossier)) - dossier.credit_cents


def rows(dossier: Dossier) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Give a line for each claim: invoice, issued, due, amount, open and interest."""
    day = words.own_tongue().short_day
    names = {(line.invoice, line.instalment): _name(line) for line in dossier.lines}
    for item in dossier.owed.items if dossier.owed else ():
        name = names.get((item.invoice, item.instalment), one_line(item.invoice))
        yield (name, day(item.issue_date), day(item.due_date), _money(item.principal_cents, dossier),
               _money(item.open_cents, dossier), _money(item.interest_cents, dossier))  # fmt: skip
    for line in _beside(dossier):
        yield (_name(line), day(line.issue_date), day(line.due_date), _money(line.amount_cents, dossier),
               _money(line.open_cents, dossier), "")  # fmt: skip


def totals(dossier: Dossier) -> list[tuple[str, str]]:
    """Name the sums; the last is what is to pay."""
    beside = sum(line.open_cents for line in _beside(dossier))
    found = claim_sheets.totals(dossier.owed) if dossier.owed else []
    if beside and (found or dossier.credit_cents):
        label = gettext("Also open") if found else gettext("Open together")
        found.append((label, _money(beside, dossier)))
    if dossier.credit_cents:
        found.append((gettext("Credit"), _money(-dossier.credit_cents, dossier)))
    if beside or dossier.credit_cents or not found:
        found.append((gettext("To pay"), _money(to_pay(dossier), dossier)))
    return found


def _beside(dossier: Dossier) -> list[Line]:
    """Give what is open and not in the claim: interest and costs that were claimed of what is settled since."""
    owed = dossier.owed
    told = {item.invoice for item in owed.items} | {one.invoice for one in owed.claimed} if owed else set()
    return [line for line in dossier.lines if line.invoice not in told]


def _name(line: Line) -> str:
    number = one_line(line.invoice)
    if line.instalments == 1:
        return number
    part = gettext("instalment {number} of {count}").format(number=line.instalment, count=line.instalments)
    return f"{number}, {part}"


def _money(cents: int, dossier: Dossier) -> str:
    return words.amount(Money(cents, dossier.currency))
