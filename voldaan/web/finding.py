"""Zoeken: customers, invoices and pages by what one types, as a page and as the list of a dialog on every page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from voldaan.look import words
from voldaan.queries import search
from voldaan.rules import names
from voldaan.rules.money import Money, NotAnAmount
from voldaan.web.entered import Entered
from voldaan.web.frame import Way, ways
from voldaan.web.typed import amount

MOST, LONGEST = 8, 100


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind; what is meant exactly stands first."""

    kind: str  # pages, customers, invoices
    hits: list[Way] | list[search.FoundCustomer] | list[search.FoundInvoice]
    is_exact: bool


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show what is found; a script asks for the list alone."""
    text = request.GET.get("q", "")[:LONGEST].strip()
    context = {"q": text, "groups": _groups(request, text) if text else []}
    return render(request, "finding/_found.html" if request.headers.get("HX-Request") else "finding/page.html", context)


def _groups(request: Entered, text: str) -> list[Group]:
    found = search.find(text, amount=_amount(text), most=MOST, actor=request.actor)
    word = names.folded(text)
    called = {way: _called(way) - {request.books.slug} for way in ways(request)}
    places = {way: those for way, those in called.items() if any(one.startswith(word) for one in those)}
    groups = [
        Group("pages", list(places), any(word in those for those in places.values())),
        Group("customers", found.customers, bool(found.exact_customers)),
        Group("invoices", found.invoices, found.is_exact_invoice),
    ]
    return sorted((one for one in groups if one.hits), key=lambda one: not one.is_exact)


def _called(way: Way) -> set[str]:
    """Give the words for a page: its own, in the language of the reader and in English, and the one in its address."""
    in_address = way.address.rstrip("/").rpartition("/")[2]
    return {in_address, *(names.folded(word) for one in (way.word, *way.also) for word in (one, words.said(one)))}


def _amount(text: str) -> Money | None:
    try:
        return amount(text, "EUR")
    except NotAnAmount:
        return None
