"""The verbs on the texts of messages: write your own, and take the one that comes with Voldaan back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from voldaan.records.administrations import Administration
from voldaan.records.messages import WordingText
from voldaan.rules.letters import Wording
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.wording import check
from voldaan.usecases import events


class IsShipped(Refusal):
    code = "is_shipped"
    kind = Kind.CONFLICT
    says = mark("The text that comes with Voldaan is in use already.")


@transaction.atomic
def write(*, wording: Wording, actor: Actor, today: date) -> int:
    """Write the next version of the text of a step in a language; give its number.

    What was released with the text of before does not leave with it: it comes back, and is decided again.

    Raises:
        UnknownPlaceholder, StrayBrace, OrdinalWord, EmptyText, …: the text cannot be used, with the place.
    """
    actor.must(Deed.CHANGE_STRATEGIES)
    check(wording)
    number = _next(wording, actor, today)
    events.write("wording.written", actor=actor, today=today, step=wording.step, language=wording.language,
                 version=number)  # fmt: skip
    return number


@transaction.atomic
def give_back(*, step: str, language: str, actor: Actor, today: date) -> None:
    """Use the text that comes with Voldaan again; what was written stays on record.

    Raises:
        IsShipped: it is the one in use.
    """
    actor.must(Deed.CHANGE_STRATEGIES)
    _lock(actor)
    newest = _texts(step, language, actor).order_by("-number").values_list("subject", flat=True).first()
    if not newest:
        raise IsShipped
    _next(Wording(step, language, "", "", ""), actor, today)
    events.write("wording.given_back", actor=actor, today=today, step=step, language=language)


def _next(wording: Wording, actor: Actor, today: date) -> int:
    _lock(actor)
    texts = _texts(wording.step, wording.language, actor)
    number = (texts.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    texts.create(
        administration_id=actor.administration_id, step=wording.step, language=wording.language, number=number,
        made_on=today, subject=wording.subject, body=wording.body, closing=wording.closing,
    )  # fmt: skip
    return number


def _texts(step: str, language: str, actor: Actor) -> QuerySet[WordingText]:
    return WordingText.objects.of(actor.administration_id).filter(step=step, language=language)


def _lock(actor: Actor) -> None:
    Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
