"""Payers on one day: each pays what he meant to pay, in his own way, and now and then by accident in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from benchmarks.yardstick import habits, wording
from benchmarks.yardstick.people import Customer
from benchmarks.yardstick.year import DAY, Invoice, Maker, Part

Due = tuple[Invoice, Part]

SILENT = ("no number", "bundle, no numbers", "own number", "customer number")
PAYMENT_SERVICE = ("NL51DEUT0265262461", "Stichting Betaaldienst")


def pay(maker: Maker, day: date) -> None:
    """Let everybody pay who means to on this day, and let other money come in."""
    together: dict[str, list[Due]] = defaultdict(list)
    for invoice, part in maker.due.pop(day, []):
        if not part.open_cents:
            continue
        style = invoice.customer.style
        if style.startswith("bundle"):
            together[invoice.customer.number].append((invoice, part))
        elif style == "collective":
            together[invoice.customer.iban].append((invoice, part))
        elif style == "payout":
            together["payout"].append((invoice, part))
        else:
            _single(maker, invoice, part, day)
    for due in together.values():
        _bundle(maker, sorted(due, key=lambda one: (one[1].due, one[0].number)), day)


def _single(maker: Maker, invoice: Invoice, part: Part, day: date) -> None:
    customer, draw = invoice.customer, maker.draw
    style = customer.style
    if style == "direct debit":
        _collected(maker, invoice, part, day)
        return
    if style == "G-account":
        _split(maker, invoice, part, day)
        return
    is_renamed = style != "reference" and maker.happens("name written otherwise")
    if style in SILENT or is_renamed:  # he names nothing, so by law it goes to the oldest due of that amount
        same = [one for one in maker.open[customer.number] if one[1].open_cents == part.open_cents]
        invoice, part = min(same, key=lambda one: (one[1].due, one[0].number))
    if draw.random() < (habits.ADVANCE[0] if maker.noisy else habits.ADVANCE[1]):
        text = f"aanbetaling offerte {draw.randrange(100, 999)}"
        maker.tell(day, draw.randrange(1, 20) * 5_000, "advance", **_from(customer), text=text, owner=customer.number)
    text, reference = _words(maker, customer, invoice)
    usual = "twins" if invoice.is_twin else style
    habit, facts = usual, {**_from(customer), "text": text, "reference": reference}
    if is_renamed:
        name = wording.name_otherwise(draw, customer.name)
        habit, facts = "name written otherwise", {**facts, "iban": customer.second_iban, "name": name, "text": ""}
        _amount(maker, invoice, part, day, habit, facts)
        return
    if maker.happens("other account"):
        habit, facts["iban"] = "other account", customer.second_iban
    if maker.happens("other name"):
        habit, facts["name"] = (
            "other name",
            f"{draw.choice('ABCEHJKMPRST')} {draw.choice(('Verhoeven', 'Aydin', 'Smeets', 'Lambert'))}",
        )
    if style in ("number", "number written otherwise"):
        for accident, write in (("digit wrong", wording.digit_wrong), ("digits swapped", wording.digits_swapped)):
            if maker.happens(accident):
                habit, facts["text"] = accident, wording.sentence(draw, write(draw, invoice.number))
        before = [number for number in maker.paid_before[customer.number] if number != invoice.number]
        if before and maker.happens("number of an earlier invoice"):
            habit, facts["text"] = "number of an earlier invoice", wording.sentence(draw, before[-1])
        if maker.happens("number of another firm"):
            theirs = wording.numbered(draw.choice(wording.WAYS), day.year, draw.randrange(1, 4_000))
            habit, facts["text"] = "number of another firm", wording.sentence(draw, theirs)
    _amount(maker, invoice, part, day, habit, facts)
    _other_money(maker, day)


def _amount(maker: Maker, invoice: Invoice, part: Part, day: date, habit: str, facts: dict[str, str]) -> None:
    """Pay a part: its amount, or by accident another."""
    customer, draw, wanted = invoice.customer, maker.draw, part.open_cents
    early = (day - invoice.issued).days <= habits.DISCOUNT_DAYS
    short = 0
    if customer.has_discount and len(invoice.parts) == 1 and wanted == invoice.cents and invoice.credit is None:
        accident = "discount in time" if early else "discount too late"
        if maker.happens(accident):
            habit, short = accident, wanted * habits.DISCOUNT // 10_000
    owner = customer.number
    given_up: tuple[tuple[str, int], ...] = ()
    if invoice.credit and invoice.credit.cents:
        _less_credit(maker, invoice, part, day, facts)
        return
    if short:
        given_up = ((invoice.number, short),) if habit == "discount in time" else ()
    elif maker.happens("part"):
        habit, short = "part", wanted // 2
    elif maker.happens("part, no number"):
        habit, short = "part, no number", wanted - max(wanted // 3 // 1000 * 1000, 500)
        facts = {**facts, "text": "aflossing", "reference": ""}
        invoice, part = min(maker.open[customer.number], key=lambda one: (one[1].due, one[0].number))
        short = part.open_cents - min(part.open_cents, wanted - short)
        wanted = part.open_cents
    elif maker.happens("too much"):
        habit, short = "too much", -draw.choice(((wanted % 100 and 100 - wanted % 100) or 1000, 1000, 900, wanted))
    elif maker.happens("cents short"):
        habit, short = "cents short", draw.randrange(1, 10)
        given_up = ((invoice.number, short),)
    elif maker.happens("rounded") and wanted % 100:
        habit = "rounded"
        short = wanted % 100 if draw.random() < 0.5 else wanted % 100 - 100
        given_up = ((invoice.number, short),) if short > 0 else ()
    elif maker.happens("bank costs short"):
        habit, short = "bank costs short", min(draw.choice((500, 750, 1000, 1250)), wanted // 2)
        given_up = ((invoice.number, short),)
    elif maker.happens("kept back"):
        habit, short = "kept back", wanted // 10
    elif maker.happens("sets off"):
        habit, short = "sets off", wanted * draw.randrange(10, 34) // 100
        facts = {**facts, "text": f"{facts['text']} {wording.set_off(draw)}".strip()}
    elif maker.happens("costs paid too"):
        habit, short = "costs paid too", -4000
        facts = {**facts, "text": f"{facts['text']} plus kosten".strip()}
    paid = min(wanted, wanted - short)
    line = ((invoice.number, paid),)
    first = maker.tell(day, wanted - short, habit, **facts, lines=line, owner=owner, given_up=given_up)
    settle(maker, invoice, part, paid + sum(cents for _, cents in given_up))
    if part.open_cents:  # the rest follows, a month later
        maker.plan(invoice, part, day + 30 * DAY)
    if habit == customer.style and maker.happens("paid twice"):  # and nothing else went wrong
        again = day + DAY * draw.randrange(1, 7)
        while again.weekday() > 4:
            again += DAY
        maker.tell(again, first.cents, "paid twice", **facts, owner=owner)


def _less_credit(maker: Maker, invoice: Invoice, part: Part, day: date, facts: dict[str, str]) -> None:
    """Pay an invoice less the credit note on it."""
    note = invoice.credit
    assert note is not None, "asked only of an invoice with a credit note"
    off = min(-note.cents, part.open_cents - 1)
    maker.tell(
        day, part.open_cents - off, "set off", **facts, owner=invoice.customer.number,
        lines=((invoice.number, part.open_cents - off),), set_off=((note.number, invoice.number, off),),
    )  # fmt: skip
    invoice.credit = None
    settle(maker, invoice, part, part.open_cents)


def _collected(maker: Maker, invoice: Invoice, part: Part, day: date) -> None:
    """Collect by direct debit; some come back within days, and are transferred later."""
    customer = invoice.customer
    cents, number = part.open_cents, invoice.number
    first = maker.tell(
        day, cents, "direct debit", **_from(customer), text=f"Incasso {number}", end_to_end=number,
        lines=((number, cents),), owner=customer.number,
    )  # fmt: skip
    if maker.draw.random() >= habits.RETURNED:
        settle(maker, invoice, part, cents)
        return
    back = day + 3 * DAY if day.weekday() < 2 else day + 5 * DAY
    maker.tell(back, -cents, "return", **_from(customer), text=f"Incasso {number}", end_to_end=number,
               takes_back=first.key)  # fmt: skip
    invoice.customer = replace(customer, style="number")
    maker.plan(invoice, part, back + 14 * DAY)


def _split(maker: Maker, invoice: Invoice, part: Part, day: date) -> None:
    """Pay a share to the blocked account and the rest to the common one."""
    customer, number, wanted = invoice.customer, invoice.number, part.open_cents
    blocked = wanted * maker.draw.randrange(25, 41) // 100
    for cents, is_blocked in ((wanted - blocked, False), (blocked, True)):
        text = f"G-deel factuur {number}" if is_blocked else wording.sentence(maker.draw, number)
        maker.tell(day, cents, "G-account", **_from(customer), text=text, lines=((number, cents),),
                   owner=customer.number, is_blocked=is_blocked)  # fmt: skip
    settle(maker, invoice, part, wanted)


def _bundle(maker: Maker, due: Sequence[Due], day: date) -> None:
    """Pay several invoices in one sum."""
    customer, draw = due[0][0].customer, maker.draw
    numbers = list(dict.fromkeys(invoice.number for invoice, _ in due))
    style, facts, fee = customer.style, _from(customer), 0
    if style == "payout":
        fee = 30 * len(due)
        facts = {"iban": PAYMENT_SERVICE[0], "name": PAYMENT_SERVICE[1]}
        text = f"Payout {draw.randrange(10**6, 10**7)}.{day:%y%m}.01"
    elif style == "bundle, no numbers":
        text = draw.choice(
            ("zie specificatie", "betaalrun", "cf. remittance advice", f"batch {draw.randrange(1000, 9999)}")
        )
        due = _oldest(maker, customer, sum(part.open_cents for _, part in due)) or due
    elif style == "bundle, a range" and len(numbers) > 2:
        text = wording.a_range(draw, min(numbers), max(numbers))
    else:
        text = wording.listed(draw, numbers)
    lines = [(invoice.number, part.open_cents) for invoice, part in due]
    given_up: tuple[tuple[str, int], ...] = ()
    if fee:
        number, cents = lines[-1]
        lines[-1], given_up = (number, cents - fee), ((number, fee),)
    notes = [invoice.credit for invoice, _ in due if invoice.credit]
    set_off: tuple[tuple[str, str, int], ...] = ()
    habit = style
    if notes and style == "bundle, all numbers":
        note = notes[0]
        at = next(at for at, (invoice, _) in enumerate(due) if invoice.credit is note)
        number, cents = lines[at]
        off = min(-note.cents, cents - 1)
        lines[at], set_off, habit = (number, cents - off), ((note.number, number, off),), "set off"
        text = wording.listed(draw, [*numbers, note.number])
        due[at][0].credit = None
    total = sum(cents for _, cents in lines)
    maker.tell(day, total, habit, **facts, text=text, lines=tuple(lines), owner=customer.number, given_up=given_up,
               set_off=set_off)  # fmt: skip
    for invoice, part in due:
        settle(maker, invoice, part, part.open_cents)
    _other_money(maker, day)


def _oldest(maker: Maker, customer: Customer, cents: int) -> list[Due]:
    """Give what is oldest due and adds up to this, where that is so: who names nothing pays that."""
    found: list[Due] = []
    for invoice, part in sorted(maker.open[customer.number], key=lambda one: (one[1].due, one[0].number)):
        if cents <= 0:
            break
        found.append((invoice, part))
        cents -= part.open_cents
    return found if cents == 0 else []


def _other_money(maker: Maker, day: date) -> None:
    """Let money come in that pays nothing, now and then with the amount of something open."""
    draw = maker.draw
    if draw.random() >= (habits.OTHER_MONEY[0] if maker.noisy else habits.OTHER_MONEY[1]):
        return
    name, text = draw.choice(wording.NOBODY)
    cents = draw.randrange(100, 500_000)
    if draw.random() < habits.CHANCE and (owing := [part for parts in maker.open.values() for _, part in parts]):
        cents = draw.choice(owing).open_cents
    numbers = {
        "ref": f"{draw.randrange(10**15, 10**16)}",
        "n": f"{draw.randrange(10_000, 10**7)}",
        "q": f"{1 + day.month // 4}",
    }
    maker.tell(
        day, cents, "no invoice", iban="NL86INGB0002445588" if name else "", name=name, text=text.format(**numbers)
    )


def _words(maker: Maker, customer: Customer, invoice: Invoice) -> tuple[str, str]:
    """Give what this payer writes about an invoice: text and structured reference."""
    draw, number = maker.draw, invoice.number
    style = customer.style
    if style in ("reference", "reference in the text") and invoice.reference:
        if style == "reference":
            return "", invoice.reference
        r = invoice.reference
        shown = f"+++{r[:3]}/{r[3:7]}/{r[7:]}+++" if len(r) == 12 else f"{r[:4]} {r[4:8]} {r[8:12]} {r[12:]}"
        return draw.choice((shown, r, f"kenmerk {shown}")), ""
    if style == "number written otherwise":
        return wording.otherwise(draw, number), ""
    if style == "number among others":
        return wording.among_others(draw, number, customer.number), ""
    if style == "last digits only":
        return wording.last_digits(draw, number), ""
    if style == "customer number":
        return draw.choice(("klantnr {}", "{}", "debiteur {}")).format(customer.number), ""
    if style == "no number":
        month = wording.MONTHS[invoice.issued.month - 1]
        return draw.choice((*wording.SILENT, f"{month} 2027", f"abonnement {month}")), ""
    if style == "own number":
        return f"{draw.randrange(1_900_000_000, 1_900_099_999)} / {draw.randrange(10_000, 99_999)}", ""
    if style == "parent" and draw.random() < 0.3:
        return draw.choice(("", f"voor {customer.name.split()[0]}")), ""
    return wording.sentence(draw, number), ""


def _from(customer: Customer) -> dict[str, str]:
    return {"iban": customer.iban, "name": customer.payer or customer.name}


def settle(maker: Maker, invoice: Invoice, part: Part, cents: int) -> None:
    """Note that so much of a part is paid or given up."""
    part.open_cents -= cents
    assert part.open_cents >= 0, "nobody pays more of a part than is open"
    if not part.open_cents:
        maker.open[invoice.customer.number].remove((invoice, part))
        maker.paid_before[invoice.customer.number].append(invoice.number)
