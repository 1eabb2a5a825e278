"""How templates show amounts, days, names, states and icons. All that comes in is text; nothing here marks it safe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import cast

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from voldaan.look import words
from voldaan.look.charts import Segment
from voldaan.rules import capital
from voldaan.rules.money import Money

register = template.Library()

HUES = 8  # of the dots, in the style sheet


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
    return format_html('<span class="sign {}">{}{}</span>', told.tone, icon(told.icon), words.said(told.word))


@register.simple_tag
def badge(told: words.Sign) -> SafeString:
    """Show the shape and colour of a state; its word stands beside it."""
    return format_html('<span class="badge {}">{}</span>', told.tone, icon(told.icon))


@register.simple_tag
def bar(segments: list[Segment], currency: str = "") -> SafeString:
    """Draw the ageing bar. Where the figures do not stand beside it, give their currency: then it says them."""
    there = [segment for segment in segments if segment.cents]
    parts = format_html_join(
        "", '<rect class="{}" x="{}" width="{}" height="100%"/>', ((s.name, s.x, s.width) for s in there)
    )
    if not currency:
        return format_html('<svg class="ageing" aria-hidden="true">{}</svg>', parts)
    told = ", ".join(f"{words.said(s.label)}: {money(s.cents, currency)}" for s in there)
    return format_html('<svg class="ageing" role="img" aria-label="{}">{}</svg>', told, parts)


@register.filter
def money(cents: int, currency: str) -> str:
    """Write an amount with its currency."""
    return words.amount(Money(cents, currency))


@register.filter
def decimal(cents: int) -> str:
    """Write an amount whose currency is not told: the one of its file."""
    return re.sub(r"[^\d.,−]", "", words.amount(Money(cents, "EUR")))


@register.filter
def percent(rate: int) -> str:
    """Write a rate in hundredths of a percent."""
    return f"{capital.percent(rate).replace('.', words.own_tongue().point)}\u00a0%"


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
def number(cents: int, currency: str) -> SafeString:
    """Write an amount in a column whose currency is known; nothing is a dash."""
    if not cents:
        return format_html('<span class="nil">{}</span>', "–")
    return format_html("{}", re.sub(r"[^\d.,−]", "", words.amount(Money(cents, currency))))


@register.filter
def day(on: date) -> SafeString:
    """Write a day short, with the whole of it at hand."""
    own = words.own_tongue()
    short = own.short_day(on).replace(" ", "\u00a0")
    return format_html('<time datetime="{}" title="{}">{}</time>', on.isoformat(), own.long_day(on), short)


@register.filter
def long_day(on: date) -> str:
    """Write a day in full."""
    return words.own_tongue().long_day(on)


@register.filter
def month_day(on: date) -> str:
    """Write a day without its weekday."""
    return words.own_tongue().day(on)


@register.filter
def theirs(text: str) -> SafeString:
    """Show words that somebody else typed: apart from ours, whatever direction they run, and without hidden signs."""
    return format_html("<bdi>{}</bdi>", text.translate(words.CONTROL))


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
def sentence(marked: str) -> str:
    """Translate a marked sentence."""
    return words.said(marked)


@register.filter
def step(code: str) -> str:
    """Name a step."""
    return words.word(words.STEPS, code)


@register.filter
def entry(kind: str) -> str:
    """Name a kind of entry."""
    return words.word(words.ENTRIES, kind)


@register.filter
def channel(name: str) -> str:
    """Name a channel."""
    return words.word(words.CHANNELS, name)


@register.filter
def lateness(days_overdue: int) -> str:
    """Say how late an item is."""
    return words.lateness(days_overdue)
