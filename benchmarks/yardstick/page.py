"""The page of the documentation that publishes the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.yardstick import classes, report
from benchmarks.yardstick.play import Outcome

HEAD = """# How often the matching is right, in figures

This page is written by `make yardstick`: do not edit it by hand.

{years} of a firm with {customers:,} customers is invented: invoices, instalments and credit notes, and payers with
habits. It is played day by day through the same verbs that you use: an open-items list every Monday, the statement of
every bank day as camt.053 or MT940, the lists that payers send of what they pay, and a person who decides what the
machine left, so that it learns from him which account pays for whom.

Four rates are counted, because one alone misleads:

- **right customer**: what was booked by itself, or else proposed first, is of the right customer;
- **straight through**: booked by itself on exactly the right invoices, with exactly the right amounts;
- **first answer right**: booked so, or proposed so in the first place;
- **false**: booked by itself, and not exactly right. This is the one that costs you money.

The clean set has payers as everybody would like to have them. The noisy set is made to be hard: typing errors, other
accounts, other names, part payments, bundles without numbers, money of nobody. What a habit is, how often it occurs and
why so often, stands at the end. **Nearly all frequencies are guesses**: nobody publishes them. So look at the rows
rather than at the totals, and think of your own payers.

To repeat it: `python -m benchmarks.yardstick --seeds {seeds} --customers {customers}`. The same seeds give the same
years, to the cent.
"""

LIMITS = """## What these figures do not say

- Not in it: tolerances that you set, claimed costs in the books, foreign currency.
- Nobody can spread the payout of a payment service without its report, nor a sum that says nothing over invoices that
  add up to it in several ways. That stays for a person, and counts as missed all the same.
- The payers are invented by those who wrote the matching. Real ones have ideas of their own: look at
  `voldaan report allocations` of your own books, and tell us what went wrong.
"""


OF_CLASSES = """## What books by itself

A class of match books by itself where it was measured to be right as often as your administration wants: the setting
`matching_precision`. With `certain` it must never have been wrong, in a thousand bookings or more; with `nothing` it
all waits for you. The column before the settings says how many of ten thousand may well be wrong, by chance alone: a
class that is seldom seen says little, even without one mistake. The product holds the same figures, and
`voldaan report matching-classes` shows them.

{by_class}

**Rate against error, for each wanted precision**

{by_wanted}
"""


def written(chapters: Sequence[Sequence[str]], sets: Mapping[str, Sequence[Outcome]], figures: classes.Figures, *,
            seeds: int, customers: int) -> str:  # fmt: skip
    """Put the page together."""
    tables = "\n".join("\n".join([*chapter, ""]) for chapter in chapters)
    years = "A year" if seeds == 1 else f"Each of {seeds} years"
    head = HEAD.format(years=years, seeds=seeds, customers=customers)
    of_classes = OF_CLASSES.format(
        by_class="\n".join(classes.by_class(figures)), by_wanted="\n".join(classes.by_wanted(sets, figures))
    )
    habits = "\n".join(report.frequencies())
    return f"{head}\n{of_classes}\n## The figures\n\n{tables}\n## The habits\n\n{habits}\n\n{LIMITS}"
