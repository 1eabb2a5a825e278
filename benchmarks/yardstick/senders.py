"""Big payers who send a list of what they pay: one sum for many invoices, and a paper that is mostly right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from random import Random

from benchmarks.yardstick import habits, wording
from benchmarks.yardstick.lists import WAYS, Row
from benchmarks.yardstick.payers import Due, settle
from benchmarks.yardstick.people import LAST, Customer, account
from benchmarks.yardstick.year import DAY, Maker

HOUSES = ("Groothandel", "Woningstichting", "Ziekenhuis", "Bouwgroep", "Winkelketen")
LEAST, MOST = 3, 40  # invoices in one run
WORST_FIRST = ("own list, discount too late", "own list, credit note", "own list, discount")
SAYS_ALL = 3  # every third writes numbers in the text too, as far as they fit
SILENT = ("zie specificatie", "betaalspecificatie volgt per mail", "cf. remittance advice", "betaalrun")


def people(draw: Random, count: int, *, noisy: bool) -> list[Customer]:
    """Invent them; each writes his list in the same way every time."""
    return [
        Customer(
            number=f"{60_001 + n}", name=f"{draw.choice(HOUSES)} {draw.choice(LAST)} BV", kind=habits.BUSINESS,
            style=habits.OWN_LIST, iban=account(draw, "NL"), second_iban=account(draw, "NL"),
            iban_is_listed=draw.random() < 0.3, a_month=draw.choice((12, 16, 24, 40, 70)), price=0,
            term=draw.choice((14, 30, 30)), delay=int(draw.gauss(2, 7)), payer="", instalments=1,
            # A list without a column for it says only what is left: in the clean set nobody does that.
            has_discount=draw.random() < 0.4 and (noisy or n % len(WAYS) > 0),
        )
        for n in range(count)
    ]  # fmt: skip


def pay(maker: Maker, day: date) -> None:
    """Let every run of this day pay, the oldest due first; what does not go in it waits for the next."""
    runs: dict[str, list[Due]] = defaultdict(list)
    for invoice, part in maker.due.pop(day, []):
        runs[invoice.customer.number].append((invoice, part))
    for due in runs.values():
        due.sort(key=lambda one: (one[1].due, one[0].number))
        run = due[:MOST] if len(due) >= LEAST else []
        for invoice, part in due[len(run) :]:
            maker.plan(invoice, part, day + DAY)
        if run:
            _run(maker, run, day)


def _run(maker: Maker, due: Sequence[Due], day: date) -> None:
    """Pay several invoices in one sum: less a discount, less credit notes."""
    customer, draw = due[0][0].customer, maker.draw
    lines: list[tuple[str, int]] = []
    given_up: list[tuple[str, int]] = []
    set_off: list[tuple[str, str, int]] = []
    rows: list[Row] = []
    seen: set[str] = set()
    for invoice, part in due:
        number, wanted, off, taken = invoice.number, part.open_cents, 0, 0
        if (note := invoice.credit) and maker.happens("own list, credit note"):
            taken, invoice.credit = min(-note.cents, wanted - 1), None
            seen.add("own list, credit note")
            set_off.append((note.number, number, taken))
            rows.append(Row(note.number, note.issued, -taken))
        elif customer.has_discount and wanted == invoice.cents and not invoice.credit:
            is_early = (day - invoice.issued).days <= habits.DISCOUNT_DAYS
            accident = "own list, discount" if is_early else "own list, discount too late"
            if maker.happens(accident):
                off = wanted * habits.DISCOUNT // 10_000
                seen.add(accident)
            if off and is_early:
                given_up.append((number, off))
        rows.append(Row(number, invoice.issued, wanted, off))
        lines.append((number, wanted - off - taken))
        settle(maker, invoice, part, lines[-1][1] + taken + (off if (number, off) in given_up else 0))
        if part.open_cents:  # the discount came too late: he pays it after all
            maker.plan(invoice, part, day + 30 * DAY)
    total = sum(cents for _, cents in lines)
    numbers = [row.number for row in rows]
    text = draw.choice(SILENT) if int(customer.number) % SAYS_ALL else wording.listed(draw, numbers)
    sent = day + DAY * draw.choice((-2, -1, 0, 0, 0, 1, 2))
    usual = next((habit for habit in WORST_FIRST if habit in seen), habits.OWN_LIST)
    habit, rows, says = _written(maker, usual, rows, total)
    way = WAYS[(int(customer.number) - 60_001) % len(WAYS)]
    maker.lists[sent].append(way(rows, says, customer.name, day, sent))
    maker.tell(
        day, total, habit, iban=customer.iban, name=customer.name, text=text, lines=tuple(lines), owner=customer.number,
        given_up=tuple(given_up), set_off=tuple(set_off), list_on=sent,
    )  # fmt: skip


def _written(maker: Maker, habit: str, rows: list[Row], total: int) -> tuple[str, list[Row], int]:
    """Give what the list says, by accident not quite what is paid: the habit, its rows and its total."""
    draw = maker.draw
    at = draw.randrange(len(rows))
    if len(rows) > 2 and rows[at].cents > 0 and maker.happens("own list, invoice missing"):
        left = total - draw.choice((0, rows[at].paid))
        return "own list, invoice missing", rows[:at] + rows[at + 1 :], left
    if maker.happens("own list, number wrong"):
        write = draw.choice((wording.digit_wrong, wording.digits_swapped))
        wrong = rows[at]._replace(number=write(draw, rows[at].number))
        return "own list, number wrong", [*rows[:at], wrong, *rows[at + 1 :]], total
    if maker.happens("own list, total wrong"):
        return "own list, total wrong", rows, total + draw.choice((100, 900, 10_000))
    return habit, rows, total
