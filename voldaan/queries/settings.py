"""The settings of an administration, as they stand."""

from __future__ import annotations

from dataclasses import dataclass

from voldaan.records.administrations import Administration
from voldaan.rules.permissions import Actor, Deed

SHOWN = ("bank_freshness_days", "closed_until", "country", "language", "name", "payment_term_days", "slug", "strategy",
         "time_zone")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting and its value."""

    name: str
    value: str | None


def settings(*, actor: Actor) -> list[Setting]:
    """List the settings by name."""
    actor.must(Deed.READ_SETTINGS)
    row = Administration.objects.values(*SHOWN).get(pk=actor.administration_id)
    return [Setting(name, None if row[name] is None else str(row[name])) for name in SHOWN]
