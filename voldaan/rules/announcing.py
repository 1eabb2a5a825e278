"""What a legal notice says in words: its term, what follows once that has passed, and what is asked beside invoices.

The sentences stand with each language, under `[phrases]`; here they are chosen and put behind one another.
"""

from __future__ import annotations

from collections.abc import Iterator

from voldaan.rules.letters import Announced, ChargeKind, Letter, TermKind
from voldaan.rules.tongues import Tongue

LEAST_CENTS = 4_000  # between businesses, for each invoice that is paid late: Directive 2011/7/EU, art. 6

TERMS = {
    TermKind.FIFTEEN_DAYS_AFTER_DELIVERY: "fifteen_days",
    TermKind.FOURTEEN_DAYS_AFTER_SENDING: "fourteen_days",
}


def term(letter: Letter, spoken: Tongue) -> str:
    """Say by when must be paid: in words where the law counts from the letter itself, else by the day."""
    if letter.announced and letter.announced.term:
        channel = "post" if letter.is_posted else "mail"
        return spoken.phrases[f"{TERMS[letter.announced.term]}_by_{channel}"]
    return spoken.phrases["until_day"].format(day=spoken.long_day(letter.last_day)) if letter.last_day else ""


def consequence(letter: Letter, spoken: Tongue) -> str:
    """Say what will be asked once the term has passed, to the cent; nothing where nothing is announced."""
    told = letter.announced
    if told is None:
        return ""
    if not told.asks:
        return spoken.phrases["nothing_follows"]
    percent = spoken.rate(told.interest_percent) if told.interest_percent is not None else ""
    return " ".join(spoken.phrases[name] for name in _sentences(letter, told)).format(
        costs=spoken.amount(told.costs_cents, letter.currency),
        vat=spoken.amount(told.costs_vat_cents, letter.currency),
        least=spoken.amount(LEAST_CENTS, "EUR"),
        percent=percent,
        day=spoken.long_day(told.interest_since) if told.interest_since else "",
        interest=spoken.amount(told.interest_cents, letter.currency),
        total=spoken.amount(letter.later_cents, letter.currency),
    )


def _sentences(letter: Letter, told: Announced) -> Iterator[str]:
    """Name the sentences, in their order."""
    # Between businesses interest runs by law, whatever a letter says; towards a consumer it is one more consequence.
    runs = told.interest_since is not None and told.term is None and not told.by_agreement
    if runs:
        yield "interest_runs"
        if told.interest_cents:
            yield "interest_so_far"
    yield "unpaid"
    if runs:
        yield "costs_and_that_interest" if told.costs_cents else "that_interest"
    else:
        yield from _alone(told)
    if told.costs_vat_cents:
        yield "costs_vat"
    if told.costs_cents and told.term is None and not told.by_agreement:
        yield "costs_at_least"
    if told.by_agreement:
        yield "as_agreed"
    if letter.later_cents > letter.asked_cents:
        yield "in_all" if told.interest_percent is None else "in_all_and_interest"
    if told.term:
        yield "not_yet"


def _alone(told: Announced) -> Iterator[str]:
    """Name the sentences on costs, and on interest that does not run by itself."""
    if told.costs_cents:
        yield "costs_agreed" if told.by_agreement else "costs_by_law" if told.term else "costs_business"
    if told.interest_percent is not None and told.interest_since is None:
        yield "and_interest_after_term" if told.costs_cents else "interest_after_term"
    elif told.interest_since is not None:
        basis = "agreed" if told.by_agreement else "by_law"
        yield f"and_interest_{basis}" if told.costs_cents else f"interest_{basis}"
        if told.interest_cents:
            yield "interest_so_far"


def charged(letter: Letter, spoken: Tongue) -> str:
    """Say how much of what is asked is interest and costs; nothing where it is neither."""
    costs, interest = (
        sum(charge.cents for charge in letter.charges if charge.kind is kind)
        for kind in (ChargeKind.COSTS, ChargeKind.INTEREST)
    )
    if not costs and not interest:
        return ""
    which = "both" if costs and interest else "costs" if costs else "interest"
    return spoken.phrases[f"charged_{which}"].format(
        costs=spoken.amount(costs, letter.currency), interest=spoken.amount(interest, letter.currency)
    )
