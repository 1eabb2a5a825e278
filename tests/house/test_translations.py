"""The translation workshop, on small trees of its own."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from workshop import translations

SOURCE = '''
from voldaan.rules.refusals import mark
from django.utils.translation import gettext as _, ngettext, pgettext

LATE = mark("Promised until {pay_by}, which "
            "has passed.")

def show(n, why):
    """Nothing is found in a docstring, nor in a sentence that is a variable."""
    _(why)
    return _("Paid"), ngettext("%(n)d invoice", "%(n)d invoices", n), pgettext("of a case", "open")
'''

TEMPLATE = """
    {% load i18n %}
  <p title="{% translate "It's late" %}">{{ _("Nothing to do")|title }}</p>
{% blocktranslate count n=rows|length trimmed %}
    {{ n }} row
  {% plural %}
    {{ n }} rows
{% endblocktranslate %}
      {% if rows %}<b>{% translate "State" context "of a row" %}</b>{% endif %}
 {# Translators: the sum below the table #}
 {% blocktranslate %}100% of {{ total }}{% endblocktranslate %}
"""

DUTCH: dict[str, str | tuple[str, ...]] = {
    "Promised until {pay_by}, which has passed.": "Toegezegd tot {pay_by}, en die dag is voorbij.",
    "Paid": "Voldaan",
    "%(n)d invoice": ("%(n)d factuur", "%(n)d facturen"),
    "open": "openstaand",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Give a package with one module and its extracted, still empty, Dutch."""
    package = tmp_path / "voldaan"
    package.mkdir()
    (package / "room.py").write_text(SOURCE)
    assert translations.main(["extract"], package) == 0
    return package


def po(package: Path) -> Path:
    return translations.po_file(package, "nl")


def translate(package: Path, dutch: dict[str, str | tuple[str, ...]]) -> None:
    """Fill in the Dutch as a translator would, in the text of the file."""
    source = ""

    def filled(line: str) -> str:
        nonlocal source
        key, _, value = line.partition(" ")
        if key == "msgid":
            source = value.strip('"')
        words = dutch.get(source)
        if key == "msgstr" and isinstance(words, str):
            return f'msgstr "{words}"'
        if key.startswith("msgstr[") and isinstance(words, tuple):
            return f'{key} "{words[int(key[7])]}"'
        return line

    po(package).write_text("\n".join(map(filled, po(package).read_text().splitlines())) + "\n")


def found(package: Path) -> set[object]:
    return {(m.context, m.id) for m in translations.sentences(package) if m.id}


def test_all_kinds_of_call_are_found(package):
    assert found(package) == {
        (None, "Promised until {pay_by}, which has passed."),
        (None, "Paid"),
        (None, ("%(n)d invoice", "%(n)d invoices")),
        ("of a case", "open"),
    }


def test_templates_are_read_as_django_reads_them(package):
    folder = package / "web" / "templates" / "worklist"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(TEMPLATE)
    before = {(None, "Paid"), ("of a case", "open")}
    assert found(package) - before >= {
        (None, "It's late"),
        (None, "Nothing to do"),
        (None, ("%(n)s row", "%(n)s rows")),
        ("of a row", "State"),
        (None, "100%% of %(total)s"),
    }
    assert translations.main(["extract"], package) == 0
    assert "#. Translators: the sum below the table" in po(package).read_text()


def test_extracting_twice_changes_nothing(package):
    translate(package, DUTCH)
    assert translations.main(["extract"], package) == 0
    first = po(package).read_bytes()
    (package / "room.py").write_text("\n\n\n" + SOURCE)  # moved lines are no change either
    assert translations.main(["extract"], package) == 0
    assert po(package).read_bytes() == first
    assert "Voldaan" in first.decode()


def test_the_file_is_sorted_and_bears_no_date_and_no_line_number(package):
    text = po(package).read_text()
    sources = [line for line in text.splitlines() if line.startswith("msgid ")][1:]
    assert sources == sorted(sources)
    assert "#: voldaan/room.py\n" in text
    assert "Date" not in text


def test_a_finished_translation_passes(package, capsys):
    translate(package, DUTCH)
    assert translations.main(["check"], package) == 0, capsys.readouterr().out


def test_a_missing_translation_is_named(package, capsys):
    translate(package, {**DUTCH, "Paid": ""})
    assert translations.main(["check"], package) == 1
    assert capsys.readouterr().out == "nl: no translation of “Paid”\n"


def test_a_missing_plural_is_named(package, capsys):
    translate(package, {**DUTCH, "%(n)d invoice": ("%(n)d factuur", "")})
    assert translations.main(["check"], package) == 1
    assert "no translation of “%(n)d invoice”" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "dutch"),
    [
        ("Promised until {pay_by}, which has passed.", "Die dag is voorbij."),
        ("Promised until {pay_by}, which has passed.", "Toegezegd tot {betaaldag}."),
        ("Promised until {pay_by}, which has passed.", "Toegezegd tot {pay_by}, {pay_by}."),
        ("Promised until {pay_by}, which has passed.", "Toegezegd tot {pay_by.year}."),
        ("Promised until {pay_by}, which has passed.", "Toegezegd tot {pay_by."),
        ("%(n)d invoice", ("één factuur", "%(n)d facturen")),
        ("%(n)d invoice", ("%(n)d factuur", "facturen")),
        ("%(n)d invoice", ("%(n)d factuur", "%(n)s facturen")),
        ("Paid", "Voldaan door {name}"),
    ],
)
def test_a_lost_or_changed_placeholder_is_named(package, capsys, source, dutch):
    translate(package, {**DUTCH, source: dutch})
    assert translations.main(["check"], package) == 1
    assert "has other placeholders than" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("{a} and {b}", "{b} en {a}", True),
        ("%(a)s and %(b)s", "%(b)s en %(a)s", True),
        ("%s of %d", "%d van %s", False),
        ("{{literally}}", "{{letterlijk}}", True),
        ("{a:>4}", "{a}", False),
        ("{a!r}", "{a}", False),
        ("100% sure", "100% zeker", True),
        ("100%% of %(total)s", "%(total)s, 100%%", True),
        ("100%%durable", "100%%stevig", True),
    ],
)
def test_placeholders(one, other, same):
    assert (translations.placeholders(one) == translations.placeholders(other)) is same


def test_a_new_sentence_and_a_gone_one_make_the_file_out_of_date(package, capsys):
    translate(package, DUTCH)
    (package / "room.py").write_text(SOURCE.replace('"Paid"', '"Settled in full"'))
    assert translations.main(["check"], package) == 1
    assert "is not up to date" in capsys.readouterr().out
    translations.main(["extract"], package)
    assert "Settled in full" in po(package).read_text()
    assert "Voldaan" not in po(package).read_text()


def test_a_changed_sentence_asks_for_a_second_look(package, capsys):
    translate(package, DUTCH)
    (package / "room.py").write_text(SOURCE.replace("has passed.", "has gone by."))
    assert translations.main(["extract"], package) == 0
    first = po(package).read_bytes()
    assert translations.main(["extract"], package) == 0
    assert po(package).read_bytes() == first
    assert translations.main(["check"], package) == 1
    assert "remove its fuzzy mark" in capsys.readouterr().out


def test_the_compiled_file_speaks_dutch_and_is_made_only_when_needed(package):
    translate(package, DUTCH)
    mo = po(package).with_suffix(".mo")
    assert translations.main(["compile"], package) == 0
    with mo.open("rb") as file:
        dutch = gettext.GNUTranslations(file)
    assert dutch.gettext("Paid") == "Voldaan"
    assert dutch.ngettext("%(n)d invoice", "%(n)d invoices", 2) == "%(n)d facturen"
    assert dutch.pgettext("of a case", "open") == "openstaand"

    first = mo.read_bytes()
    mo.write_bytes(b"untouched")
    translations.main(["compile"], package)
    assert mo.read_bytes() == b"untouched"
    os.utime(mo, (0, 0))
    translations.main(["compile"], package)
    assert mo.read_bytes() == first


def test_an_unknown_verb_says_which_there_are(package, capsys):
    assert translations.main(["polish"], package) == 2
    assert "extract|compile|check" in capsys.readouterr().err
