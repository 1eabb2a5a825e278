"""The form of payment terms: its fields, each with what it does, and what is wrong beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from voldaan.look import words
from voldaan.queries.terms import Known
from voldaan.rules.interest import Agreed
from voldaan.rules.law import DebtorKind
from voldaan.rules.refusals import mark
from voldaan.rules.term_checks import short
from voldaan.rules.term_sets import FIELDS, YES

SINCE = "valid_from"
CHARGE = mark(
    "A late charge that you agree comes in place of the costs of the law: an amount for each late invoice, a "
    "percentage of what is open, or both."
)

Told = Mapping[str, Sequence[str]]  # sentences by the place where they are shown


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the form."""

    name: str
    value: str
    does: str = ""
    kind: str = "decimal"  # decimal, numeric, check or date
    problems: Sequence[str] = ()
    least: str = ""  # of a day

    @property
    def label(self) -> str:
        """Give its name, marked."""
        return FIELDS.get(self.name, mark("For invoices from"))

    @property
    def is_on(self) -> bool:
        """Tell whether a box is ticked."""
        return self.value == YES


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together."""

    title: str  # marked
    does: str  # in words
    fields: list[Field]
    problems: Sequence[str] = ()


def groups(known: Known, said: Mapping[str, str], since: str, problems: Told, *, today: date) -> list[Group]:
    """Lay out the form."""

    def one(name: str, does: str = "", kind: str = "decimal") -> Field:
        return Field(name, said.get(name, ""), words.said(does), kind, problems.get(name, ()))

    def group(title: str, *fields: Field, does: str = "", place: str = "group") -> Group:
        return Group(title, does, list(fields), problems.get(place, ()))

    least = today.isoformat() if known.versions else ""
    return [
        group(mark("When it is paid"), one("payment_days", kind="numeric"),
              Field(SINCE, since, kind="date", problems=problems.get(SINCE, ()), least=least)),
        group(mark("Interest on what is late"), *_interest(known, said, one), does=_of_interest(known, today)),
        group(mark("Costs of what is late"), one("costs", _of_costs(known), "check"), one("charge_fixed"),
              one("charge_percent"), one("charge_minimum"), does=words.said(CHARGE), place="charge"),
        group(mark("A discount for who pays early"), one("discount_percent"), one("discount_days", kind="numeric"),
              place="discount"),
        group(mark("Buying on account"), one("limit", mark("Empty: no limit in the text."))),
    ]  # fmt: skip


def _interest(known: Known, said: Mapping[str, str], one: Callable[..., Field]) -> list[Field]:
    rule, is_consumer = known.country.towards(known.kind).interest, known.kind is DebtorKind.CONSUMER
    fields = [one("interest", mark("Empty: that of the law."))]
    if not is_consumer or said.get("compounds"):
        fields.append(one("compounds", mark("Only of an agreed interest."), "check"))
    if is_consumer and rule and rule.agreed is Agreed.REPLACES_IF_HIGHER:
        fields.append(one("higher_rate", mark("Only for an interest above that of the law."), "check"))
    return fields


def _of_interest(known: Known, today: date) -> str:
    rule = known.country.towards(known.kind).interest
    if rule is None:
        return ""
    if rule.cap is not None:
        return words.said(mark("The law allows at most {rate} % a year now."), rate=short(rule.cap.on(today).percent))
    return words.said(mark("The law: {rate} % a year now."), rate=short(rule.rates.on(today).percent))


def _of_costs(known: Known) -> str:
    rule = known.country.towards(known.kind).costs
    if rule is not None and rule.only_if_agreed:
        return mark("Only what stands in your terms may be asked.")
    return mark("Told in the text, so that nobody is surprised.")
