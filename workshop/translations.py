"""Translations: find the English sentences, keep each language beside them, compile and check.

No gettext programs are needed: Babel reads and writes, Django turns its templates into something Babel can read.
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1] / "voldaan"
LANGUAGES = ("nl",)

# A function's name, and which of its arguments are sentences; "c" is the context.
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "mark": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

# Without the dates and names that gettext writes, so that the file changes only when a sentence does.
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[-+#0]?\d*(?:\.\d+)?[sdrfi]")


def extract(package: Path) -> list[str]:
    """Bring each `.po` in line with the source; a translation stays as long as its sentence does."""
    for language in LANGUAGES:
        po = po_file(package, language)
        text = renewed(package, language)
        if not po.exists() or po.read_text("utf-8") != text:
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_text(text, "utf-8")
    return []


def compile_(package: Path) -> list[str]:
    """Write each `.mo` that is older than its `.po`; sentences marked fuzzy stay English."""
    for language in LANGUAGES:
        po = po_file(package, language)
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        catalog = kept(po, language)
        catalog.creation_date = datetime.fromtimestamp(0, UTC)  # the same .po gives the same .mo
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        mo.write_bytes(compiled.getvalue())
    return []


def check(package: Path) -> list[str]:
    """Tell what is missing or wrong, one sentence each."""
    faults = []
    for language in LANGUAGES:
        po = po_file(package, language)
        if not po.exists() or po.read_text("utf-8") != renewed(package, language):
            faults.append(f"{language}: {po.name} is not up to date. Run: python -m workshop.translations extract")
        for message in kept(po, language):
            if message.id:
                faults += (f"{language}: {fault}" for fault in faults_of(message))
    return faults


def faults_of(message: Message) -> Iterator[str]:
    """Compare one message with its translation."""
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    translations = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
    if not all(translations):
        yield f"no translation of “{sources[0]}”"
        return
    if message.fuzzy:
        yield f"“{sources[0]}” changed. Correct “{translations[0]}” and remove its fuzzy mark"
    for source, translation in zip(chain(sources, repeat(sources[-1])), translations, strict=False):
        if placeholders(source) != placeholders(translation):
            yield f"“{translation}” has other placeholders than “{source}”"


def placeholders(sentence: str) -> list[str]:
    """List the `{…}` and `%…` that a program fills: named ones sorted, nameless ones in their order."""
    try:
        braces = [
            f"{{{name}!{conversion or ''}:{spec}}}"
            for _, name, spec, conversion in string.Formatter().parse(sentence)
            if name is not None
        ]
    except ValueError:
        braces = ["{"]  # a lone brace: nothing can fill this sentence
    percents = PERCENT_FIELD.findall(sentence.replace("%%", ""))
    return sorted(braces + percents, key=lambda field: field if "(" in field or "{" in field else "")


def po_file(package: Path, language: str) -> Path:
    """Say where Django looks for a language."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def kept(po: Path, language: str) -> Catalog:
    """Read the translations that there are."""
    if not po.exists():
        return Catalog(locale=language)
    with po.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def renewed(package: Path, language: str) -> str:
    """Say what the `.po` of a language should read: the sentences of now with the translations of then."""
    catalog = kept(po_file(package, language), language)
    catalog.update(sentences(package))
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(language=language, plural_forms=catalog.plural_forms)
    return header + body.getvalue().decode("utf-8").rstrip("\n") + "\n"


def sentences(package: Path) -> Catalog:
    """Gather the English sentences from the Python source and the templates."""
    catalog = Catalog()
    for path in sorted(package.rglob("*")):
        if not path.is_file():
            continue
        if path.suffix == ".py":
            source = path.read_bytes()
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            source = as_python(path)
        else:
            continue
        place = path.relative_to(package.parent).as_posix()
        for _, message, comments, context in babel_extract(
            "python", io.BytesIO(source), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        ):
            catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def as_python(template: Path) -> bytes:
    """Turn a template into calls that Babel reads as Python; indentation would mean something there, so it goes."""
    calls = templatize(template.read_text("utf-8"), origin=str(template))
    return "\n".join(line.lstrip() for line in calls.split("\n")).encode()


VERBS = {"extract": extract, "compile": compile_, "check": check}


def main(arguments: list[str], package: Path = PACKAGE) -> int:
    """Do one verb; the answer is the exit code: 0 done, 1 something is wrong, 2 no such verb."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        print(f"usage: python -m workshop.translations {'|'.join(VERBS)}", file=sys.stderr)
        return 2
    faults = VERBS[arguments[0]](package)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
