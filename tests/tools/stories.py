"""Days of a firm, played through the real verbs: decided, approved, printed and sent, day after day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2

from tests.tools.house import House
from voldaan.records import documents
from voldaan.records.administrations import Administration
from voldaan.records.charges import Charge
from voldaan.records.messages import Message
from voldaan.records.receivables import Receivable
from voldaan.usecases import administrations, messages, runs, sending
from voldaan.usecases.sending import NothingToPrint

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass
class Story:
    """A firm whose mail goes nowhere, and whose letters are in the post the day they are printed."""

    house: House

    @classmethod
    def begun(cls, *, country: str = "NL", today: str = "2027-03-01", name: str = "Bakkerij 't Hart") -> Story:
        """Open the books."""
        house = House.opened(name, country=country, today=date.fromisoformat(today))
        administrations.change(name="bank_freshness_days", value="off", actor=house.actor, today=house.today)
        for setting, value in (("sender", "wij@hart.example"), ("live", "on")):
            administrations.change_sender(name=setting, value=value, actor=house.actor, today=house.today)
        Administration.objects.filter(pk=house.actor.administration_id).update(
            is_demo=True, street="Kade 1", postcode="1011 AB", city="Amsterdam", registration_number="12345678",
            phone="020 123 45 67",
        )  # fmt: skip
        return cls(house)

    @property
    def books(self) -> int:
        return self.house.actor.administration_id

    def play(self, until: str) -> list[tuple[str, str]]:
        """Let the days pass up to and including this one; give what left: the day and the step."""
        last, left = date.fromisoformat(until), []
        while self.house.today < last:
            self.house = self.house.on(self.house.today + timedelta(days=1))
            left += [(self.house.today.isoformat(), step) for step in self.day()]
        return left

    def on(self, *days: str) -> list[str]:
        """Do the work of these days, and of none in between; give the steps that left."""
        left: list[str] = []
        for day in days:
            self.house = self.house.on(day)
            left += self.day()
        return left

    def day(self) -> Iterator[str]:
        """Do the work of a day; give the steps of the messages that left."""
        actor, today = self.house.actor, self.house.today
        noon = datetime(today.year, today.month, today.day, 12, tzinfo=AMSTERDAM)
        runs.run(actor=actor, today=today)
        waiting = Message.objects.of(self.books).filter(state="planned")
        if ids := list(waiting.values_list("public_id", flat=True)):
            messages.approve(ids=ids, actor=actor, today=today)
        before = set(self._sent())
        sending.send(actor=actor, today=today, now=noon, clock=lambda: noon)
        if Message.objects.of(self.books).filter(state="released", channel="letter").exists():
            try:
                sending.print_letters(confirm=False, actor=actor, today=today, now=noon)
                sending.print_letters(confirm=True, actor=actor, today=today, now=noon)
            except NothingToPrint:
                pass
        yield from (step for pk, step in self._sent().items() if pk not in before)

    def _sent(self) -> dict[int, str]:
        rows = Message.objects.of(self.books).filter(state="sent").order_by("pk")
        return dict(rows.values_list("pk", "step"))

    def message(self, step: str) -> Message:
        """Give the last message of a step."""
        found = Message.objects.of(self.books).filter(step=step).order_by("pk").last()
        assert found is not None, f"no {step} was decided"
        return found

    def charges(self, step: str) -> dict[str, int]:
        """Give what the last message of a step announces or claims, in cents by kind."""
        rows = Charge.objects.of(self.books).filter(message=self.message(step))
        found: dict[str, int] = {}
        for kind, cents in rows.values_list("kind", "cents"):
            found[kind] = found.get(kind, 0) + cents
        return found

    def claims(self) -> dict[str, int]:
        """Give what is open of the interest and costs that were claimed, in cents by number."""
        rows = Receivable.objects.of(self.books).exclude(kind="principal").order_by("invoice__number")
        return dict(rows.values_list("invoice__number", "open_cents"))

    def text(self, step: str) -> str:
        """Give the last letter of a step as it left, as text."""
        content = self.message(step).content
        assert content is not None, f"the {step} did not leave"
        with documents.opened(content) as stored:
            kept = stored.read()
        if content.media_type != "application/pdf":
            return str(kept.decode())
        pages = pypdfium2.PdfDocument(BytesIO(kept))
        return "\n".join(str(page.get_textpage().get_text_bounded()) for page in pages)
