"""A browser without a screen: asks for pages as the machine itself would, on a fixed day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from tests.tools import files
from tests.tools.house import House
from voldaan.records.people import User
from voldaan.usecases import administrations

SLUG = "bakkerij-t-hart"
OWNER = "eigenaar@hart.example"


def signed_in(email: str | None = None) -> Client:
    """Give a browser on this machine, with a person behind it who signed in, where one is named."""
    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1:8000"})
    if email and (user := User.objects.filter(email=email).first()):
        client.force_login(user)
        client.get("/preferences/")  # the session has its times now, and asking for a page only reads
    return client


@dataclass(frozen=True)
class Page:
    """What came back: the answer, its text, and its elements."""

    answer: Any  # the response, as the test client gives it
    tree: Any

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.tree.xpath("//body//text()")).split())

    def all(self, path: str) -> list[str]:
        """Give the words of each element on this path."""
        return [" ".join("".join(one.itertext()).split()) for one in self.tree.xpath(path)]

    def one(self, path: str) -> str:
        (found,) = self.all(path)
        return found

    def tile(self, title: str, at: int = 0) -> str:
        return self.all(f"//dt[.='{title}']/following-sibling::dd[1]")[at]


Browse = Callable[..., Page]


@pytest.fixture
def browse(db: None, settings: Any) -> Browse:
    """Ask for a page, in English unless a language is said."""
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-01T12:00")
    people: dict[str, Client] = {}

    def asked(path: str = f"/{SLUG}/", *, language: str = "en", status: int = 200) -> Page:
        settings.LANGUAGE_CODE = language
        if OWNER not in people:
            people[OWNER] = signed_in(OWNER)
        answer = people[OWNER].get(path)
        assert answer.status_code == status, answer.content.decode()[:500]
        return Page(answer, etree.fromstring(answer.content, etree.HTMLParser(encoding="utf-8")))

    return asked


@pytest.fixture
def house(db: None, settings: Any) -> House:
    """Give books whose bank gate is off, so that something waits, on a fixed day."""
    settings.TODAY_INSTEAD = datetime.fromisoformat("2027-03-01T12:00")
    house = House.opened(today=date(2027, 3, 1))
    administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
    return house


def customers(house: House, count: int, *, first: int = 0, currency: str = "EUR") -> None:
    """Bring in a list of so many customers, each with an overdue invoice and one that is not."""
    rows = []
    for n in range(first, first + count):
        for letter, due in (("A", "15-02-2027"), ("B", "15-03-2027")):
            mail = (("E-mail", f"k{n}@b.example"),)
            rows.append(files.Item(f"{n}", f"Klant {n}", f"{letter}{n}", 10_000 + n, due=due, currency=currency,
                                   more=mail))  # fmt: skip
    files.bring(house, files.items(rows), f"lijst-{first}.csv")
