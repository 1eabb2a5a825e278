"""The accounts that customers pay to."""

from __future__ import annotations

from voldaan.records.administrations import OwnAccount
from voldaan.rules.permissions import Actor, Deed


def blocked(*, actor: Actor) -> set[str]:
    """Give those of the accounts that are blocked (G-rekening)."""
    actor.must(Deed.READ_SETTINGS)
    rows = OwnAccount.objects.of(actor.administration_id).filter(is_blocked=True)
    return set(rows.values_list("iban", flat=True))


def accounts(*, actor: Actor) -> list[str]:
    """List the accounts; the first is the one that customers are asked to pay to."""
    actor.must(Deed.READ_SETTINGS)
    return list(OwnAccount.objects.of(actor.administration_id).values_list("iban", flat=True))
