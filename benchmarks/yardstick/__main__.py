"""`python -m benchmarks.yardstick`: how many payments are booked by themselves, and how many of those wrongly."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import books
from benchmarks.yardstick import classes, invent, report
from benchmarks.yardstick.page import written
from benchmarks.yardstick.play import Outcome, Played


def main(words: list[str]) -> int:
    """Play so many years, print the report; with --page, write the page of the documentation too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.yardstick", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many years, seeds 1 to N (default 1)")
    parser.add_argument("--customers", type=int, default=300, help="how many customers a year has (default 300)")
    parser.add_argument("--days", type=int, default=364)
    sets = parser.add_mutually_exclusive_group()
    sets.add_argument("--noisy", action="store_true", help="only the noisy set")
    sets.add_argument("--clean", action="store_true", help="only the clean set")
    parser.add_argument("--page", type=Path, help="write the figures to this page, and into the product")
    asked = parser.parse_args(words)
    books.prepare()
    chapters: list[list[str]] = []
    played: dict[str, list[Outcome]] = {}
    for noisy in (True, False):
        if (asked.clean and noisy) or (asked.noisy and not noisy):
            continue
        per_seed: list[list[Outcome]] = []
        for seed in range(1, asked.seeds + 1):
            year = invent.year(seed, customers=asked.customers, days=asked.days, noisy=noisy)
            title = f"{'Noisy' if noisy else 'Clean'} set"
            per_seed.append([outcome for _, outcome in Played(year, f"{title} {seed}").play()])
            print(f"{title}, seed {seed}: {len(per_seed[-1]):,} movements", file=sys.stderr, flush=True)
        everything = played[title] = [one for outcomes in per_seed for one in outcomes]
        chapters.append(report.pages(everything, per_seed, title))
        print("\n".join([*chapters[-1], ""]), flush=True)
    figures = classes.measured([one for outcomes in played.values() for one in outcomes])
    print("\n".join([*classes.by_class(figures), "", *classes.by_wanted(played, figures), ""]))
    if asked.page:
        asked.page.write_text(written(chapters, played, figures, seeds=asked.seeds, customers=asked.customers))
        classes.FILE.write_text(classes.toml(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
