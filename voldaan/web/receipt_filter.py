"""Which of the receipts that wait a person wants to see, as the address says it: nonsense is refused, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest

from voldaan.look.match_classes import PROPOSED
from voldaan.queries.inbox_wanted import NOTHING_PROPOSED, Wanted
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.web.typed import amount, day

LONGEST = 100
WORDS = ("rekening", "van", "tot", "soort", "minstens", "hoogstens", "tekst")
NOTHING = "geen"  # proposed


class NoSuchClass(Refusal):
    code = "no_such_class"
    kind = Kind.INVALID
    says = mark("Nothing is ever proposed in the way “{typed}”. Choose one from the list.")


class NothingOnAccount(Refusal):
    code = "nothing_on_account"
    kind = Kind.INVALID
    says = mark("Nothing that waits came in on account “{typed}”. Choose one from the list.")


class EndsBeforeItBegins(Refusal):
    code = "ends_before_it_begins"
    kind = Kind.INVALID
    says = mark("{most} comes before {least}: turn them round.")


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, and what that asks."""

    typed: dict[str, str]
    wanted: Wanted | None  # None: everything

    @property
    def address(self) -> str:
        """Write it as the query of an address, with its mark; empty where everything is asked."""
        return f"?{urlencode(self.typed)}" if self.typed else ""


def typed(request: HttpRequest) -> dict[str, str]:
    """Give what the address says, as it was typed."""
    said = {word: request.GET.get(word, "").strip()[:LONGEST] for word in WORDS}
    return {word: value for word, value in said.items() if value}


def asked(said: dict[str, str], *, accounts: Sequence[str]) -> Filter:
    """Read what is asked.

    Raises:
        NotADay, NotAnAmount, NoSuchClass, NothingOnAccount, EndsBeforeItBegins: it says nothing.
    """
    if not said:
        return Filter(said, None)
    kind, account = said.get("soort", ""), said.get("rekening", "")
    if kind and kind != NOTHING and kind not in PROPOSED:
        raise NoSuchClass(typed=kind)
    if account and account not in accounts:
        raise NothingOnAccount(typed=account)
    since, until = _day(said.get("van")), _day(said.get("tot"))
    least, most = _cents(said.get("minstens")), _cents(said.get("hoogstens"))
    if since and until and until < since:
        raise EndsBeforeItBegins(least=since, most=until)
    if least is not None and most is not None and most < least:
        raise EndsBeforeItBegins(least=said["minstens"], most=said["hoogstens"])
    return Filter(said, Wanted(account, since, until, NOTHING_PROPOSED if kind == NOTHING else kind, least, most,
                               said.get("tekst", "")))  # fmt: skip


def _day(said: str | None) -> date | None:
    return day(said) if said else None


def _cents(said: str | None) -> int | None:
    return amount(said, "EUR").cents if said else None
