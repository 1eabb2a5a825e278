"""How templates show amounts, days, names, states and icons. All that comes in is text; nothing here marks it safe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, cast

from django import template
from django.templatetags.i18n import do_translate
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import unescape_string_literal
from django.utils.translation import get_language, gettext, ngettext
from lucide.templatetags.lucide import lucide

from voldaan.look import words
from voldaan.look.addresses import address
from voldaan.look.charts import Segment
from voldaan.look.match_classes import CLASSES
from voldaan.queries.charges import Charges
from voldaan.rules import capital
from voldaan.rules.highlights import Signs, pieces
from voldaan.rules.money import Money
from voldaan.rules.tongues import tongue

register = template.Library()

HUES = 8  # of the dots, in the style sheet
DAYS_NAMED = 6
KEPT = 2_000  # days and bars, as they are written
OPEN, CLOSE = format_html("<{}>", "bdi"), format_html("</{}>", "bdi")
NIL = format_html('<span class="nil">{}</span>', "–")


class Sentence(template.Node):
    """A sentence of a template in the language of the reader."""

    def __init__(self, says: str) -> None:
        self.says = says

    def render(self, context: template.Context) -> str:  # noqa: ARG002 - Django's words
        """Translate it, once for each language."""
        return _translated(self.says, get_language())


@lru_cache(KEPT)
def _translated(says: str, _language: str | None) -> str:
    return gettext(says.replace("%", "%%")).replace("%%", "%")  # as Django keeps a sentence of a template


@register.tag
def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Translate a sentence: Django's own tag of this name, at a fifth of its price. A row has six of them."""
    match token.split_contents():
        case [_, said] if said[0] in "\"'" and said[0] == said[-1]:
            return Sentence(unescape_string_literal(said))
        case _:
            return do_translate(parser, token)


@register.simple_tag(name="url")
def url(page: str, *words: object) -> str:
    """Give the address of a page: Django's own tag of this name, at a tenth of its price."""
    return address(page, *words)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon beside words that say the same."""
    drawn = lucide(name, size=None, **{"class": "icon", "aria-hidden": "true"})
    return cast("SafeString", drawn)  # it marks what it drew as safe


@register.simple_tag
def dot(administration_id: int) -> SafeString:
    """Give books a colour of their own, so that nobody takes them for others."""
    return format_html('<span class="dot hue-{}"></span>', administration_id % HUES)


@register.simple_tag
def sign(told: words.Sign) -> SafeString:
    """Show a state: its word, shape and colour."""
    return _sign(told, words.own_tongue().language)


@lru_cache(KEPT)
def _sign(told: words.Sign, _language: str) -> SafeString:
    return format_html('<span class="sign {}">{}{}</span>', told.tone, icon(told.icon), words.said(told.word))


@register.simple_tag
@lru_cache(KEPT)
def badge(told: words.Sign) -> SafeString:
    """Show the shape and colour of a state; its word stands beside it."""
    return format_html('<span class="badge {}">{}</span>', told.tone, icon(told.icon))


@register.simple_tag
def bar(segments: tuple[Segment, ...], currency: str = "") -> SafeString:
    """Draw the ageing bar. Where the figures do not stand beside it, give their currency: then it says them."""
    return _bar(segments, currency, words.own_tongue().language)


@lru_cache(KEPT)
def _bar(segments: tuple[Segment, ...], currency: str, _language: str) -> SafeString:
    there = [segment for segment in segments if segment.cents]
    parts = format_html_join(
        "", '<rect class="{}" x="{}" width="{}" height="100%"/>', ((s.name, s.x, s.width) for s in there)
    )
    if not currency:
        return format_html('<svg class="ageing" aria-hidden="true">{}</svg>', parts)
    told = ", ".join(f"{words.said(s.label)}: {words.amount(Money(s.cents, currency))}" for s in there)
    return format_html('<svg class="ageing" role="img" aria-label="{}">{}</svg>', told, parts)


@register.simple_tag
def buckets(cents: tuple[int, ...], currency: str) -> SafeString:
    """Write the cells of an ageing: its buckets, in a column each."""
    return _buckets(cents, currency, words.own_tongue().language)


@lru_cache(KEPT)
def _buckets(cents: tuple[int, ...], currency: str, _language: str) -> SafeString:
    return format_html_join("", '<td class="right bucket">{}</td>', ((number(each, currency),) for each in cents))


@register.filter
def money(cents: int, currency: str) -> SafeString:
    """Write an amount with its currency."""
    return _money(cents, currency, words.own_tongue().language)


@lru_cache(KEPT)
def _money(cents: int, currency: str, language: str) -> SafeString:
    return escape(tongue(language).amount(cents, currency).replace(" ", "\u00a0"))


@register.filter
def decimal(cents: int) -> str:
    """Write an amount whose currency is not told: the one of its file."""
    return words.own_tongue().number(cents, "EUR")


@register.filter
def percent(rate: int) -> str:
    """Write a rate in hundredths of a percent."""
    return f"{capital.percent(rate).replace('.', words.own_tongue().point)}\u00a0%"


@register.filter
def rate(percent_a_year: Decimal) -> str:
    """Write a rate as exactly as it is known."""
    return f"{percent_a_year}\u00a0%".replace(".", words.own_tongue().point)


@register.filter
def moneys(amounts: Sequence[Money]) -> str:
    """Write amounts in several currencies, which are never added."""
    return words.joined([words.amount(one) for one in amounts])


@register.filter
def figure(cents: int, currency: str) -> SafeString:
    """Write an amount large, its smallest digits small."""
    whole, point, rest = words.amount(Money(cents, currency)).rpartition(words.own_tongue().point)
    if not point:
        return format_html("{}", rest)
    return format_html('{}<span class="cents">{}{}</span>', whole, point, rest)


@register.filter
def number(cents: int, currency: str) -> str:
    """Write an amount in a column whose currency is known; nothing is a dash."""
    return words.own_tongue().number(cents, currency) if cents else NIL


@register.filter
def day(on: date) -> SafeString:
    """Write a day short, with the whole of it at hand."""
    return _day(on, words.own_tongue().language)


@lru_cache(KEPT)
def _day(on: date, language: str) -> SafeString:
    own = tongue(language)
    short = own.short_day(on).replace(" ", "\u00a0")
    return format_html('<time datetime="{}" title="{}">{}</time>', on.isoformat(), own.long_day(on), short)


@register.filter
def of_day(on: date) -> SafeString:
    """Say of which day a document is."""
    return _of_day(on, words.own_tongue().language)


@lru_cache(KEPT)
def _of_day(on: date, language: str) -> SafeString:
    before, _, after = gettext("of %(day)s").partition("%(day)s")
    return format_html("{}{}{}", before, _day(on, language), after)


@register.filter
def long_day(on: date) -> str:
    """Write a day in full."""
    return words.own_tongue().long_day(on)


@register.filter
def month_day(on: date) -> str:
    """Write a day without its weekday."""
    return words.own_tongue().day(on)


@register.filter
def whole(count: int) -> str:
    """Write how many there are, with the thousands apart."""
    return words.whole(count)


@register.filter
def days(those: Sequence[date]) -> str:
    """List days without their weekday: of many the first ones, and how many more there are."""
    own, more = words.own_tongue(), len(those) - DAYS_NAMED
    named = [own.day(one) for one in those[:DAYS_NAMED]]
    if more > 0:
        named.append(ngettext("%(n)d more day", "%(n)d more days", more) % {"n": more})
    return words.joined(named)


@register.filter
def theirs(text: str) -> SafeString:
    """Show words that somebody else typed: apart from ours, whatever direction they run, and without hidden signs."""
    return OPEN + escape(_plain(text)) + CLOSE


@register.filter
def marked(text: str, signs: Signs) -> SafeString:
    """Show words that somebody else typed as `theirs` does, with what is evidence marked."""
    parts = ((_plain(part), is_evidence) for part, is_evidence in pieces(text, signs))
    shown = [format_html("<mark>{}</mark>", part) if is_evidence else escape(part) for part, is_evidence in parts]
    return OPEN + format_html_join("", "{}", ((part,) for part in shown)) + CLOSE


def _plain(text: str) -> str:
    return text if text.isprintable() else text.translate(words.CONTROL)


@register.filter
def match_class(code: str) -> str:
    """Name how money found its invoice."""
    return words.word(CLASSES, code)


CALLABLE = re.compile(r"\+?[\d(][\d\s()./-]{4,}\d")  # the first number of what may be more than one


@register.filter
def dial(phone: str) -> SafeString:
    """Show a telephone number as a link that calls it; without a number in it, as the words that it is."""
    found = CALLABLE.search(phone.translate(words.CONTROL).split(" / ")[0].replace("(0)", ""))
    if not found:
        return theirs(phone)
    digits = re.sub(r"[^\d+]", "", found[0])
    return format_html('<a href="tel:{}">{}</a>', digits, theirs(phone))


@register.filter
def sentence(marked: str) -> SafeString:
    """Translate a marked sentence."""
    return _sentence(marked, get_language())


@lru_cache(KEPT)
def _sentence(marked: str, _language: str | None) -> SafeString:
    return escape(words.said(marked))


@register.filter
def evidence(item: str | Mapping[str, Any]) -> SafeString:
    """Say what speaks for or against a match."""
    return _sentence(item, get_language()) if isinstance(item, str) else escape(words.evidence(item))


@register.filter
def step(code: str) -> str:
    """Name a step."""
    return words.word(words.STEPS, code)


@register.filter
def entry(kind: str) -> str:
    """Name a kind of entry."""
    return words.word(words.ENTRIES, kind)


@register.filter
def claim(kind: str, of: str) -> SafeString:
    """Name interest or costs that a letter claimed; nothing for an invoice itself."""
    return OPEN + escape(said) + CLOSE if (said := words.claim(kind, of)) else SafeString()


@register.filter
def charged(charges: Charges, currency: str) -> str:
    """Say what a message announces or claims."""
    return words.charged(charges, currency)


@register.filter
def rate_source(text: str) -> str:
    """Say where a rate comes from."""
    return words.rate_source(text)


@register.filter
def channel(name: str) -> str:
    """Name a channel."""
    return words.word(words.CHANNELS, name)


@register.filter
def lateness(days_overdue: int) -> str:
    """Say how late an item is."""
    return words.lateness(days_overdue)
