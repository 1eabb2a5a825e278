"""Payment terms, to read: what holds for whom, every version of it, and the text that a customer reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voldaan.countries import COUNTRIES
from voldaan.records.administrations import Administration
from voldaan.records.terms import KIND_OF, TermSetVersion
from voldaan.rules.country import Country
from voldaan.rules.law import DebtorKind
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.term_sets import TermSet, read, unwritten
from voldaan.rules.term_text import TermText, text
from voldaan.rules.term_warnings import Caution, warnings


@dataclass(frozen=True, slots=True)
class Version:
    """One version, as it was written."""

    number: int
    valid_from: date
    made_on: date
    terms: TermSet


@dataclass(frozen=True, slots=True)
class Known:
    """The terms of one kind of customer: every version, the newest first, and what holds where there is none."""

    kind: DebtorKind
    country: Country
    name: str  # of the administration
    versions: list[Version]
    unwritten: TermSet

    @property
    def newest(self) -> TermSet:
        """Give what was written last, to begin the next version with."""
        return self.versions[0].terms if self.versions else self.unwritten

    @property
    def number(self) -> int:
        """Give the number of the newest version; 0: there is none."""
        return self.versions[0].number if self.versions else 0

    def at(self, day: date) -> Version | None:
        """Give the version that holds for an invoice of a day."""
        begun = [one for one in self.versions if one.valid_from <= day]
        return max(begun, key=lambda one: (one.valid_from, one.number), default=None)

    def text(self, terms: TermSet, language: str, since: date, kind: DebtorKind | None = None) -> TermText:
        """Write terms of this kind in a language."""
        return text(terms, self.country, kind or self.kind, language, since=since)

    def cautions(self, terms: TermSet, on: date) -> list[Caution]:
        """Give what the owner should know of terms of this kind."""
        return warnings(terms, self.country, self.kind, on)


def known(kind: DebtorKind, *, actor: Actor) -> Known:
    """Give the terms of a kind of customer; public bodies have those of businesses."""
    actor.must(Deed.READ_SETTINGS)
    books = Administration.objects.only("country", "name", "payment_term_days").get(pk=actor.administration_id)
    country = COUNTRIES[books.country]
    rows = TermSetVersion.objects.of(books.pk).filter(kind=KIND_OF[kind.value]).order_by("-number")
    versions = [Version(row.number, row.valid_from, row.made_on, read(row.content)) for row in rows]
    return Known(kind, country, books.name, versions, unwritten(country, kind, books.payment_term_days))
