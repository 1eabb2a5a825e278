"""The words of our messages: the texts that come with Voldaan, and what a text of the user's own may say.

A text names its facts in braces, from a closed list. They are put in once, as plain text; nothing of a fact is ever
read again as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from voldaan.rules.letters import Letter, Wording, one_line
from voldaan.rules.names import fitting
from voldaan.rules.outbox import Asked
from voldaan.rules.references import print_iban
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.rules.tongues import Tongue, tongue

PLACEHOLDERS: Mapping[str, str] = {
    "customer": mark("the name of the customer"),
    "sender": mark("your own name"),
    "invoices": mark("“invoice 2027-0042”, or “3 invoices”"),
    "total": mark("the amount that is asked, less what the customer has with you"),
    "due_date": mark("the day on which it had to be paid, or has to be"),
    "final_date": mark("the new day by which it must be paid"),
    "paid_until": mark("the day up to which payments are in the books"),
    "iban": mark("the account to pay to"),
    "reference": mark("the words to pay with"),
    "phone": mark("your telephone number"),
    "email": mark("your e-mail address"),
}

# A user's own ladder may have steps of any name; they get the words of the mildest step that asks.
OTHER_STEP = "reminder"

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")

# A customer who reads "first" knows that there will be a second, and waits for it.
_REMINDER = r"(?:\w*(?:herinnering|aanmaning|sommatie|reminder|notice|demand|rappel|mahnung|zahlungserinnerung))\b"
_ORDINAL = re.compile(
    r"\b(?:eerste|tweede|derde|vierde|1e|2e|3e|4e|1ste|2de|3de|4de|first|second|third|fourth|1st|2nd|3rd|4th"
    r"|premier|première|deuxième|second|troisième|1er|1re|2ème|3ème|erste[nr]?|zweite[nr]?|dritte[nr]?|[1-4]\.)"
    rf"\s+(?:\w+\s+){{0,2}}{_REMINDER}",
    re.IGNORECASE,
)


class UnknownPlaceholder(Refusal):
    code = "unknown_placeholder"
    kind = Kind.INVALID
    says = mark("The {place} asks for “{typed}”, which no message has. Choose one of: {known}.")


class StrayBrace(Refusal):
    code = "stray_brace"
    kind = Kind.INVALID
    says = mark("The {place} has a brace that belongs to no placeholder, near “{near}”.")


class OrdinalWord(Refusal):
    code = "ordinal_word"
    kind = Kind.INVALID
    says = mark("The {place} counts its reminders: “{words}”. A customer who reads “first” waits for the second.")


class EmptyText(Refusal):
    code = "empty_text"
    kind = Kind.INVALID
    says = mark("The {place} is empty.")


class SubjectOfLines(Refusal):
    code = "subject_of_lines"
    kind = Kind.INVALID
    says = mark("A subject is one line, without tabs and other marks that are not seen.")


class Unresolved(Refusal):
    code = "unresolved_placeholder"
    kind = Kind.CONFLICT
    says = mark("The text asks for {placeholder}, which this message does not have; so it is held.")


@dataclass(frozen=True, slots=True)
class Filled:
    """The words of one message, with its facts in them. A line break within a paragraph stays one."""

    subject: str
    paragraphs: tuple[str, ...]
    closing: tuple[str, ...]


def shipped(step: str, language: str) -> Wording:
    """Give the text that comes with Voldaan for a step; in English where we do not speak the language."""
    spoken = tongue(language)
    words = spoken.steps.get(step, spoken.steps[OTHER_STEP])
    return Wording(step, spoken.language, words["subject"], words["body"].strip(), words["closing"].strip())


def fill(wording: Wording, letter: Letter) -> Filled:
    """Put the facts of a letter in the text.

    Raises:
        Unresolved: the text asks for what the letter does not have.
    """
    facts = _facts(letter, tongue(wording.language))
    return Filled(
        one_line(put(wording.subject, facts)),
        tuple(put(paragraph, facts) for paragraph in _paragraphs(wording.body)),
        tuple(put(paragraph, facts) for paragraph in _paragraphs(wording.closing)),
    )


def put(text: str, facts: Mapping[str, str]) -> str:
    """Replace each placeholder of a text, once; what was put in is not looked at again.

    Raises:
        Unresolved: there is no such fact, or it is empty.
    """

    def fact(found: re.Match[str]) -> str:
        value = facts.get(found[1])
        if not value:
            raise Unresolved(placeholder=found[0])
        return value

    return _PLACEHOLDER.sub(fact, text)


def _facts(letter: Letter, spoken: Tongue) -> dict[str, str]:
    if letter.due_date:
        due = spoken.long_day(letter.due_date)
    else:
        due = put(spoken.phrases["each_due_date"], {"day": spoken.long_day(min(li.due_date for li in letter.lines))})
    return {
        "customer": one_line(letter.customer.name),
        "sender": one_line(letter.sender.name),
        "invoices": invoices_in_words(letter, spoken),
        "total": spoken.amount(letter.asked_cents, letter.currency),
        "due_date": due,
        "final_date": spoken.long_day(letter.final_date) if letter.final_date else "",
        "paid_until": spoken.long_day(letter.paid_until) if letter.paid_until else "",
        "iban": print_iban(one_line(letter.iban)),
        "reference": one_line(letter.reference),
        "phone": one_line(letter.sender.phone),
        "email": one_line(letter.sender.email),
    }


def invoices_in_words(letter: Letter, spoken: Tongue) -> str:
    """Name the invoice of a letter, or say how many there are."""
    number, *more = letter.invoices
    if more:
        return put(spoken.phrases["many_invoices"], {"count": str(1 + len(more))})
    return put(spoken.phrases["one_invoice"], {"number": one_line(number)})


def _paragraphs(text: str) -> list[str]:
    lines = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    return [paragraph for paragraph in _PARAGRAPHS.split(lines) if paragraph]


def check(wording: Wording) -> None:
    """Refuse a text that could not be sent, or must not be, when its writer saves it.

    Raises:
        EmptyText: a subject or body without words.
        SubjectOfLines: a subject of several lines.
        TooLong: a part that is too long.
        UnknownPlaceholder: a placeholder that is not in the list.
        StrayBrace: a brace that is no placeholder's.
        OrdinalWord: it counts its reminders.
    """
    if one_line(wording.subject) != wording.subject.strip():
        raise SubjectOfLines
    for place, text, longest in _parts(wording):
        if not text.strip() and place != "closing":
            raise EmptyText(place=place)
        fitting(text, longest)
        for name in _PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                raise UnknownPlaceholder(place=place, typed=f"{{{name}}}", known=", ".join(PLACEHOLDERS))
        rest = _PLACEHOLDER.sub(lambda found: "·" * len(found[0]), text)
        if stray := re.search(r"[{}]", rest):
            raise StrayBrace(place=place, near=one_line(text[max(0, stray.start() - 20) : stray.start() + 20]))
        if counted := _ORDINAL.search(text):
            raise OrdinalWord(place=place, words=one_line(counted[0]))


def _parts(wording: Wording) -> tuple[tuple[str, str, int], ...]:
    return (
        ("subject", wording.subject, LONGEST_SUBJECT),
        ("body", wording.body, LONGEST_TEXT),
        ("closing", wording.closing, LONGEST_TEXT),
    )


class Advice(Enum):
    """What would make a text better. It is no refusal: the writer may know better."""

    LONG_SUBJECT = mark("The subject is longer than 60 characters; a telephone shows no more.")
    BARE_SUBJECT = mark("The subject does not say the amount and the invoice.")
    CAPITALS = mark("A word in capitals shouts.")
    LATE_FACTS = mark("The first lines do not say what, how much and by when.")
    LONG_TEXT = mark("The text is long; the customer reads the first lines.")
    LONG_SENTENCES = mark("The sentences are long: more than 18 words each.")
    HARD_WORD = mark("A word in it is stiff, or blames.")
    NO_PAID_UNTIL = mark("It does not say up to which day payments are in the books.")


_SENTENCE_END = re.compile(r"[.?!:](?:\s|$)")
_CAPITALS = re.compile(r"\b[A-Z]{5,}\b")
_HARD = re.compile(
    r"\b(?:dienen|dient|heden|onderhavige|spoedigste|wanbetalers?|verzuimd|nalatig|delinquent|bad payer|forthwith"
    r"|hereby|failed to|neglected)\b",
    re.IGNORECASE,
)
_LONG_STEPS = {"demand": 170, "final_notice": 170}
_LONG = 120


def lint(wording: Wording, letter: Letter) -> tuple[Advice, ...]:
    """Say what would make a text better, as it reads for this letter.

    Raises:
        Unresolved: the text asks for what the letter does not have.
    """
    filled, facts = fill(wording, letter), _facts(letter, tongue(wording.language))
    template = f"{wording.subject}\n\n{wording.body}\n\n{wording.closing}"
    prose = [*filled.paragraphs, *filled.closing[:-1]]  # the last one is the signature
    early = " ".join(filled.paragraphs[:2])
    words = sum(len(paragraph.split()) for paragraph in prose)
    sentences = sum(len(_SENTENCE_END.findall(paragraph)) for paragraph in prose)
    day = facts["final_date"] or facts["due_date"]
    asks = wording.step not in {one.value for one in Asked}
    found = {
        Advice.LONG_SUBJECT: len(filled.subject) > 60,
        Advice.BARE_SUBJECT: asks and (facts["total"] not in filled.subject or facts["invoices"] not in filled.subject),
        Advice.CAPITALS: _CAPITALS.search(_PLACEHOLDER.sub("", template)) is not None,
        Advice.LATE_FACTS: asks and any(fact not in early for fact in (facts["invoices"], facts["total"], day)),
        Advice.LONG_TEXT: words > _LONG_STEPS.get(wording.step, _LONG),
        Advice.LONG_SENTENCES: words > 18 * max(sentences, 1),
        Advice.HARD_WORD: _HARD.search(template) is not None,
        Advice.NO_PAID_UNTIL: "{paid_until}" not in template,
    }
    return tuple(advice for advice, so in found.items() if so)
