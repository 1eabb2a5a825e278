"""The verb on the texts of messages: write your own."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.administrations import Administration
from voldaan.records.messages import WordingText
from voldaan.rules.letters import Wording
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.wording import check
from voldaan.usecases import events


@transaction.atomic
def write(*, wording: Wording, actor: Actor, today: date) -> int:
    """Write the next version of the text of a step in a language; give its number.

    What was released with the text of before does not leave with it: it comes back, and is decided again.

    Raises:
        UnknownPlaceholder, StrayBrace, OrdinalWord, EmptyText, …: the text cannot be used, with the place.
    """
    actor.must(Deed.CHANGE_STRATEGIES)
    check(wording)
    books = actor.administration_id
    Administration.objects.select_for_update(no_key=True).get(pk=books)
    texts = WordingText.objects.of(books).filter(step=wording.step, language=wording.language)
    number = (texts.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    WordingText.objects.of(books).create(
        administration_id=books, step=wording.step, language=wording.language, number=number, made_on=today,
        subject=wording.subject, body=wording.body, closing=wording.closing,
    )  # fmt: skip
    events.write("wording.written", actor=actor, today=today, step=wording.step, language=wording.language,
                 version=number)  # fmt: skip
    return number
