"""The texts of messages, to read: as shipped, or as somebody wrote them here."""

from __future__ import annotations

from collections.abc import Sequence

from voldaan.records.messages import WordingText
from voldaan.rules.letters import Wording
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.wording import shipped


def wording(step: str, language: str, *, actor: Actor) -> Wording:
    """Give the text of a step in a language, as the next message has it."""
    actor.must(Deed.READ_SETTINGS)
    texts = WordingText.objects.of(actor.administration_id).filter(step=step, language=language)
    own = texts.order_by("-number").values_list("step", "language", "subject", "body", "closing").first()
    return Wording(*own) if own else shipped(step, language)


def texts(steps: Sequence[str], language: str, *, actor: Actor) -> dict[str, Wording]:
    """Give the text of each of these steps in a language, as the next message has it."""
    actor.must(Deed.READ_SETTINGS)
    rows = WordingText.objects.of(actor.administration_id).filter(step__in=steps, language=language).order_by("number")
    own = {row[0]: Wording(*row) for row in rows.values_list("step", "language", "subject", "body", "closing")}
    return {step: own.get(step) or shipped(step, language) for step in steps}
