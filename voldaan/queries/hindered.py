"""What the law keeps waiting: where each of these items is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voldaan.records.actions import Action
from voldaan.records.bulk import Keys
from voldaan.records.receivables import Receivable
from voldaan.rules.notices import ANNOUNCING
from voldaan.rules.outbox import ActionState
from voldaan.rules.permissions import Actor, Deed


@dataclass(frozen=True, slots=True)
class Places:
    """The public ids of an item's invoice, and of the last notice of it that counts; empty: there is none."""

    invoice: str
    notice: str


def places(receivables: Iterable[int], *, actor: Actor) -> dict[int, Places]:
    """Find them by the keys of the items, in two questions for any number."""
    actor.must(Deed.READ_BOOKS)
    books, keys = actor.administration_id, Keys(sorted(set(receivables)))
    lines = Action.objects.of(books).filter(
        receivable__in=keys, state=ActionState.TAKEN.value, message__step__in=sorted(ANNOUNCING),
        message__returned_on__isnull=True,
    )  # fmt: skip
    notices = dict(lines.order_by("pk").values_list("receivable_id", "message__public_id"))
    items = Receivable.objects.of(books).filter(pk__in=keys).values_list("pk", "invoice__public_id")
    return {pk: Places(invoice, notices.get(pk, "")) for pk, invoice in items}
