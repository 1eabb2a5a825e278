"""Field :86: in numbered subfields: `166?00SEPA-GUTSCHRIFT?20EREF+…?31DE…?32NAME`, as banks in Germany write it.

The first three digits are a code for the kind of movement; the sign behind them stands before each subfield: ? in
Germany and Poland, > at Triodos in its older files. Subfields 20 to 29 and 60 to 63 hold the text, in which words
with a + say what follows. Source: DFÜ-Abkommen (Die Deutsche Kreditwirtschaft), annex 3, MT940.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

SUBFIELDS = re.compile(r"([0-9]{3})\s*([?>])[0-9]{2}")
WIDTH = 27  # characters of a subfield; a full one was cut, a shorter one ended
TEXT = tuple(map(str, (*range(20, 30), *range(60, 64))))
WORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP)\+ ?")
RETURNED = frozenset(["108", "109", "159"])  # a direct debit, a collection of them, or a transfer that came back
REASON = re.compile(
    r"\b(AC(?:0[146]|13)|AG0[12]|AM0[45]|BE05|CNOR|DNOR|FF01|FOCR|MD0[1267]|MS0[23]|RC01|RR0[1-4]|SL01)\b", re.ASCII
)
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
BIC = re.compile(r"[A-Z0-9]{8}(?:[A-Z0-9]{3})?")


def subfields(field: str) -> tuple[str, str, str, str, str] | None:
    """Give name, IBAN, text, end-to-end id and return reason; None where the field is written in another way."""
    field = field.lstrip()
    head = SUBFIELDS.match(field)
    if not head:
        return None
    flat = field[len(head[1]) :].replace("\n", "").lstrip()
    found = [(part[:2], part[2:]) for part in re.split(rf"{re.escape(head[2])}(?=[0-9]{{2}})", flat)[1:]]
    # The payer may write what looks like a subfield: then one stands there twice, and says nothing.
    times = Counter(code for code, _ in found)
    parts = {code: text for code, text in found if times[code] == 1 or code in TEXT}
    name = " ".join(f"{_line(parts.get('32', ''))}{parts.get('33', '')}".split())
    iban = parts.get("31", "").replace(" ", "")
    texts = [text for code, text in found if code in TEXT]
    if len(texts) > 1 and BIC.fullmatch(texts[0].strip()) and IBAN.fullmatch(texts[1].strip()):  # Triodos
        iban, texts = texts[1].strip(), texts[2:]
    lines = list(map(_line, texts))
    words = {word: " ".join(said.split()) for word, said in _words(lines)}
    text = words.get("SVWZ") or words[""] or " ".join("".join(lines).split()) or parts.get("00", "").strip()
    end_to_end_id = words.get("EREF", "")
    reason = REASON.search(text) if head[1] in RETURNED else None
    return (
        name,
        iban if IBAN.fullmatch(iban) else "",
        text,
        "" if end_to_end_id == "NOTPROVIDED" else end_to_end_id,
        reason[0] if reason else "",
    )


def _line(text: str) -> str:
    """Let a subfield that was not cut end with a blank."""
    text = text.rstrip()
    return text if len(text) >= WIDTH else f"{text} "


def _words(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Cut the text at its words, each of which counts once; behind SVWZ, the payer's own, only at a beginning."""
    word, known = "", {""}
    said: list[str] = []
    for text in texts:
        at = 0
        for match in WORD.finditer(text):
            if match[1] not in known and (match.start() == 0 or "SVWZ" not in known):
                said.append(text[at : match.start()])
                yield word, "".join(said)
                word, said, at = match[1], [], match.end()
                known.add(word)
        said.append(text[at:])
    yield word, "".join(said)
