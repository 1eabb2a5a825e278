"""The words of our messages: the texts that come with Voldaan, and what a text of the user's own may say.

A text names its facts in braces, from a closed list. They are put in once, as plain text; nothing of a fact is ever
read again as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from voldaan.rules import announcing
from voldaan.rules.letters import FOURTEEN_DAY_LETTER, Letter, Party, Wording, one_line
from voldaan.rules.names import fitting
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
    "term": mark("the term of a legal notice in words, else “by” and the new day"),
    "consequence": mark("what a legal notice announces: costs and interest to the cent, once the term has passed"),
    "charges": mark("how much of the amount is interest and costs; left out where it is neither"),
    "paid_until": mark("the day up to which payments are in the books"),
    "iban": mark("the account to pay to"),
    "reference": mark("the words to pay with"),
    "phone": mark("your telephone number"),
    "email": mark("your e-mail address"),
    "contact": mark("your telephone number, your e-mail address, or both"),
    "registration": mark("your number in the trade register, with what it is called"),
}
MAY_BE_EMPTY = frozenset({"charges"})

FINAL_NOTICE, FOR_THE_REST = "final_notice", "final_notice_for_the_rest"

# What a legal notice must say to have force; its writer may put it in the text or below the invoices.
NEEDED: Mapping[str, tuple[str, ...]] = {
    FOURTEEN_DAY_LETTER: ("total", "term", "consequence"),
    "consumer_first_reminder": ("total", "term", "consequence", "sender", "registration"),
    "business_notice": ("total", "term", "consequence"),
    FOR_THE_REST: ("total", "charges"),
}

# A user's own ladder may have steps of any name; they get the words of the mildest step that asks.
OTHER_STEP = "reminder"

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
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


class DayInNotice(Refusal):
    code = "day_in_notice"
    kind = Kind.INVALID
    says = mark(
        "The {place} asks for {placeholder}. The law counts the term of this letter from its delivery, and a calendar "
        "day makes the costs void. Use {instead}."
    )


class LacksPlaceholder(Refusal):
    code = "lacks_placeholder"
    kind = Kind.INVALID
    says = mark("The {place} lacks {lacking}. Without it this notice has no force, so put it in.")


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


def shipped_for_the_rest(language: str) -> Wording:
    """Give the words of a final notice for invoices that are paid: it asks what an earlier notice announced."""
    return replace(shipped(FOR_THE_REST, language), step=FINAL_NOTICE)


def reservation(language: str) -> Wording:
    """Give the words that interrupt a limitation: an unambiguous reservation of the right (art. 3:317(1) BW)."""
    spoken = tongue(language)
    subject, body, closing = (spoken.labels[f"reserved_{part}"].strip() for part in ("subject", "body", "closing"))
    return Wording("reservation", spoken.language, subject, body, closing)


def fill(wording: Wording, letter: Letter) -> Filled:
    """Put the facts of a letter in the text.

    Raises:
        Unresolved: the text asks for what the letter does not have.
    """
    facts = facts_of(letter, tongue(wording.language))
    return Filled(
        one_line(put(wording.subject, facts)),
        _paragraphs(put(wording.body, facts)),
        _paragraphs(put(wording.closing, facts)),
    )


def put(text: str, facts: Mapping[str, str]) -> str:
    """Replace each placeholder of a text, once; what was put in is not looked at again.

    Raises:
        Unresolved: there is no such fact, or it is empty and may not be.
    """

    def fact(found: re.Match[str]) -> str:
        value = facts.get(found[1], "")
        if not value and found[1] not in MAY_BE_EMPTY:
            raise Unresolved(placeholder=found[0])
        return value

    return PLACEHOLDER.sub(fact, text)


def facts_of(letter: Letter, spoken: Tongue) -> dict[str, str]:
    """Give what each placeholder says for a letter; empty where it has nothing to say."""
    if letter.due_date:
        due = put(spoken.phrases["one_due_date"], {"day": spoken.long_day(letter.due_date)})
    else:
        due = put(spoken.phrases["each_due_date"], {"day": spoken.long_day(min(li.due_date for li in letter.lines))})
    phone, email = one_line(letter.sender.phone), one_line(letter.sender.email)
    both = put(spoken.phrases["phone_and_email"], {"phone": phone, "email": email}) if phone and email else ""
    return {
        "customer": one_line(letter.customer.name),
        "sender": one_line(letter.sender.name),
        "invoices": invoices_in_words(letter, spoken),
        "total": spoken.amount(letter.asked_cents, letter.currency),
        "due_date": due,
        "final_date": spoken.long_day(letter.last_day) if letter.last_day else "",
        "term": announcing.term(letter, spoken),
        "consequence": announcing.consequence(letter, spoken),
        "charges": announcing.charged(letter, spoken),
        "paid_until": spoken.long_day(letter.paid_until) if letter.paid_until else "",
        "iban": print_iban(one_line(letter.iban)),
        "reference": one_line(letter.reference),
        "phone": phone,
        "email": email,
        "contact": both or phone or email,
        "registration": _registration(letter.sender, spoken),
    }


def _registration(sender: Party, spoken: Tongue) -> str:
    name = f"registration_{sender.country.lower()}"
    phrase = spoken.phrases.get(name, spoken.phrases["registration"])
    number = one_line(sender.registration_number)
    return put(phrase, {"number": number}) if number else ""


def invoices_in_words(letter: Letter, spoken: Tongue) -> str:
    """Name the invoice of a letter, or say how many there are."""
    number, *more = letter.invoices
    if more:
        return put(spoken.phrases["many_invoices"], {"count": str(1 + len(more))})
    return put(spoken.phrases["one_invoice"], {"number": one_line(number)})


def _paragraphs(text: str) -> tuple[str, ...]:
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return tuple(filter(None, _PARAGRAPHS.split(lines.strip())))


def check(wording: Wording) -> None:
    """Refuse a text that could not be sent, or must not be, when its writer saves it.

    Raises:
        EmptyText: a subject or body without words.
        SubjectOfLines: a subject of several lines.
        TooLong: a part that is too long.
        UnknownPlaceholder: a placeholder that is not in the list.
        StrayBrace: a brace that is no placeholder's.
        OrdinalWord: it counts its reminders.
        DayInNotice: it tells a day where the law counts from the delivery.
        LacksPlaceholder: a legal notice without what gives it force.
    """
    if one_line(wording.subject) != wording.subject.strip():
        raise SubjectOfLines
    for place, text, longest in _parts(wording):
        if not text.strip() and place != "closing":
            raise EmptyText(place=place)
        fitting(text, longest)
        for name in PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                raise UnknownPlaceholder(place=place, typed=f"{{{name}}}", known=", ".join(PLACEHOLDERS))
        rest = PLACEHOLDER.sub(lambda found: "·" * len(found[0]), text)
        if stray := re.search(r"[{}]", rest):
            raise StrayBrace(place=place, near=one_line(text[max(0, stray.start() - 20) : stray.start() + 20]))
        if counted := _ORDINAL.search(text):
            raise OrdinalWord(place=place, words=one_line(counted[0]))
        if wording.step == FOURTEEN_DAY_LETTER and "{final_date}" in text:
            raise DayInNotice(place=place, placeholder="{final_date}", instead="{term}")
    lacking = [name for name in NEEDED.get(wording.step, ()) if f"{{{name}}}" not in wording.body + wording.closing]
    if lacking:
        raise LacksPlaceholder(place="body", lacking=", ".join(f"{{{name}}}" for name in lacking))


def _parts(wording: Wording) -> tuple[tuple[str, str, int], ...]:
    return (
        ("subject", wording.subject, LONGEST_SUBJECT),
        ("body", wording.body, LONGEST_TEXT),
        ("closing", wording.closing, LONGEST_TEXT),
    )
