"""The texts of messages, to read: as shipped, or as somebody wrote them here; and each as a customer would get it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from voldaan.queries.messages import mail_parts
from voldaan.records import renderings
from voldaan.records.administrations import Administration, OwnAccount
from voldaan.records.correspondence import Drawn
from voldaan.records.messages import Message, WordingText
from voldaan.records.strategies import StrategyVersion
from voldaan.rules import examples
from voldaan.rules.advice import Advice, lint
from voldaan.rules.letters import Letter, Party, Wording
from voldaan.rules.outbox import Asked, Channel
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.strategy import StepKind
from voldaan.rules.tongues import FALLBACK, LANGUAGES
from voldaan.rules.wording import FOR_THE_REST, shipped

STEPS = (
    "notice",
    "reminder",
    "demand",
    "fourteen_day_letter",
    "consumer_first_reminder",
    "business_notice",
    "final_notice",
    FOR_THE_REST,
    *(one.value for one in Asked),
)  # that come with Voldaan, mildest first
SETS_NO_DAY = (STEPS[0], *(one.value for one in Asked))
USUAL_TERM_DAYS = 7


@dataclass(frozen=True, slots=True)
class Text:
    """One text, as the next message has it."""

    step: str
    language: str
    subject: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as an invented customer would get it by mail, and what would make it better."""

    subject: str
    sender: str
    html: str
    advice: tuple[Advice, ...]


def wording(step: str, language: str, *, actor: Actor) -> Wording:
    """Give the text of a step in a language, as the next message has it."""
    actor.must(Deed.READ_SETTINGS)
    texts = WordingText.objects.of(actor.administration_id).filter(step=step, language=language)
    own = texts.order_by("-number").values_list("step", "language", "subject", "body", "closing").first()
    return Wording(*own) if own and own[2] else shipped(step, language)


def wordings(steps: Sequence[str], language: str, *, actor: Actor) -> dict[str, Wording]:
    """Give the text of each of these steps in a language, as the next message has it."""
    actor.must(Deed.READ_SETTINGS)
    rows = WordingText.objects.of(actor.administration_id).filter(step__in=steps, language=language).order_by("number")
    own = {row[0]: Wording(*row) for row in rows.values_list("step", "language", "subject", "body", "closing")}
    return {step: newest if (newest := own.get(step)) and newest.subject else shipped(step, language) for step in steps}


def texts(*, actor: Actor) -> list[Text]:
    """List the texts of the steps that write, in each language: the mildest step first."""
    actor.must(Deed.READ_SETTINGS)
    rows = WordingText.objects.of(actor.administration_id).order_by("number")
    own = {(step, language): subject for step, language, subject in rows.values_list("step", "language", "subject")}
    steps = dict.fromkeys([*STEPS, *_terms(actor), *(step for step, _ in own)])
    spoken = [one for one in reversed(LANGUAGES) if one != FALLBACK]
    languages = dict.fromkeys([*spoken, FALLBACK, *(language for _, language in own)])
    return [
        Text(step, language, own.get((step, language)) or shipped(step, language).subject,
             bool(own.get((step, language))))
        for step in steps
        for language in languages
    ]  # fmt: skip


def preview(wording: Wording, *, actor: Actor, today: date, now: datetime) -> Preview:
    """Show a text, also one that nobody kept yet, as the mail that it would be.

    Raises:
        Unresolved: the text asks for what this message does not have.
    """
    drawn, letter = _example(wording, actor, today, Channel.EMAIL)
    mail = renderings.mail(drawn, letter, examples.ADDRESS, now)
    subject, sender, _, html, _, _ = mail_parts(mail)
    return Preview(subject, sender, html, lint(wording, letter))


def preview_letter(wording: Wording, *, actor: Actor, today: date) -> bytes:
    """Show a text as the letter that it would be, as PDF.

    Raises:
        Unresolved: the text asks for what this message does not have.
    """
    return renderings.post(*_example(wording, actor, today, Channel.LETTER))


def _example(wording: Wording, actor: Actor, today: date, channel: Channel) -> tuple[Drawn, Letter]:
    actor.must(Deed.READ_SETTINGS)
    own = Administration.objects.get(pk=actor.administration_id)
    iban = OwnAccount.objects.of(own.pk).values_list("iban", flat=True).first() or ""
    sender = Party(own.name, own.street, own.postcode, own.city, own.country, own.sender, own.phone,
                   own.registration_number, own.vat_number)  # fmt: skip
    usual = 0 if wording.step in SETS_NO_DAY else USUAL_TERM_DAYS
    term_days = _terms(actor).get(wording.step, usual)
    letter = examples.letter(wording, sender=sender, iban=iban, term_days=term_days, today=today,
                              is_posted=channel is Channel.LETTER)  # fmt: skip
    message = Message(administration_id=own.pk, step=wording.step, channel=channel.value)
    return Drawn(message, letter, (None,)), letter


def _terms(actor: Actor) -> dict[str, int]:
    """Give the steps that write, of all strategies in their newest version, each with its term in days."""
    rows = StrategyVersion.objects.of(actor.administration_id).order_by("number").values_list("code", "content")
    steps = [step for content in dict(rows).values() for step in content["steps"]]
    return {step["code"]: step.get("term_days", 0) for step in steps if step["kind"] == StepKind.MESSAGE.value}
