"""What would make the text of a message better: it is judged as it reads for one letter."""

from __future__ import annotations

import re
from enum import Enum

from voldaan.rules.letters import Letter, Wording
from voldaan.rules.outbox import Asked
from voldaan.rules.refusals import mark
from voldaan.rules.tongues import tongue
from voldaan.rules.wording import NEEDED, PLACEHOLDER, facts_of, fill


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


# A full stop after a number of a day (German: 12. Februar) ends no sentence.
_SENTENCE_END = re.compile(r"(?<!\s\d)(?<!\s\d\d)[.?!:](?:\s|$)")
_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{5,}\b")
_HARD = re.compile(
    r"\b(?:dienen|dient|heden|onderhavige|spoedigste|wanbetalers?|verzuimd|nalatig|delinquent|bad payer|forthwith"
    r"|hereby|failed to|neglected|impérativement|défaut de paiement|mauvais payeurs?|défaillante?s?|négligé|derechef"
    r"|susmentionnée?s?|nonobstant|la présente|brefs délais|sommons|unverzüglich|umgehend|schnellstmöglich|hiermit"
    r"|säumige?[nrsm]?|versäumt|Schuldner\w*|letztmalig|vorgenannte?[nrsm]?|anbei|zahlungsunwillig\w*)\b",
    re.IGNORECASE,
)
_LONG_STEPS = {"demand": 170, "final_notice": 170} | dict.fromkeys(NEEDED, 400)  # the law asks much of a notice
_LONG = 120


def lint(wording: Wording, letter: Letter) -> tuple[Advice, ...]:
    """Say what would make a text better, as it reads for this letter.

    Raises:
        Unresolved: the text asks for what the letter does not have.
    """
    filled, facts = fill(wording, letter), facts_of(letter, tongue(wording.language))
    template = f"{wording.subject}\n\n{wording.body}\n\n{wording.closing}"
    prose = [*filled.paragraphs, *filled.closing[:-1]]  # the last one is the signature
    early = " ".join(filled.paragraphs[:2])
    words = sum(len(paragraph.split()) for paragraph in prose)
    sentences = sum(len(_SENTENCE_END.findall(paragraph)) for paragraph in prose)
    day = facts["final_date"] or facts["due_date"]
    # The words of a legal term are its day.
    is_late = not any(told and told in early for told in (facts["term"], day))
    asks = wording.step not in {one.value for one in Asked}
    found = {
        Advice.LONG_SUBJECT: len(filled.subject) > 60,
        Advice.BARE_SUBJECT: asks and (facts["total"] not in filled.subject or facts["invoices"] not in filled.subject),
        Advice.CAPITALS: _CAPITALS.search(PLACEHOLDER.sub("", template)) is not None,
        Advice.LATE_FACTS: asks and (is_late or any(facts[fact] not in early for fact in ("invoices", "total"))),
        Advice.LONG_TEXT: words > _LONG_STEPS.get(wording.step, _LONG),
        Advice.LONG_SENTENCES: words > 18 * max(sentences, 1),
        Advice.HARD_WORD: _HARD.search(template) is not None,
        Advice.NO_PAID_UNTIL: "{paid_until}" not in template,
    }
    return tuple(advice for advice, so in found.items() if so)
