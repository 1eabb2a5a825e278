"""The settings of an administration, as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.records.administrations import Administration
from voldaan.records.terms import days_at
from voldaan.rules import mailboxes
from voldaan.rules.capital import percent
from voldaan.rules.law import DebtorKind
from voldaan.rules.money import Money
from voldaan.rules.permissions import Actor, Deed

SHOWN = (
    "bank_freshness_days", "capital_rate", "city", "claim_lease_seconds", "closed_until", "consumer_strategy",
    "country", "language", "large_run", "ledger_debtors", "ledger_differences", "ledger_discounts", "ledger_journal",
    "ledger_office", "ledger_receipts", "live", "match_tolerance", "matching_precision", "name", "payment_term_days",
    "phone", "postcode", "principal_first", "registration_number", "rest_limit", "sells", "sender", "sending_held",
    "slug", "smtp",
    "strategy", "street", "time_zone", "vat_filing", "vat_number", "write_off_limit",
)  # fmt: skip
OFF = "off"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting and its value."""

    name: str
    value: str | None


def settings(*, actor: Actor, today: date | None = None) -> list[Setting]:
    """List the settings by name; with the payment term of `today`, where payment terms say so."""
    actor.must(Deed.READ_SETTINGS)
    row = Administration.objects.values(*SHOWN).get(pk=actor.administration_id)
    if today is not None:
        row["payment_term_days"] = days_at(actor.administration_id)(DebtorKind.BUSINESS.value, today)
    row["smtp"] = mailboxes.shown(row["smtp"])
    row["capital_rate"] = percent(row["capital_rate"])
    limit = row["write_off_limit"]
    row["write_off_limit"] = OFF if limit is None else Money(limit, "EUR").plain()
    if row["bank_freshness_days"] is None:
        row["bank_freshness_days"] = OFF
    row["match_tolerance"] = Money(row["match_tolerance"], "EUR").plain()
    row["rest_limit"] = Money(row["rest_limit"], "EUR").plain()
    row["principal_first"] = "on" if row["principal_first"] else OFF
    return [Setting(name, None if row[name] in (None, "") else str(row[name])) for name in SHOWN]
