"""The `voldaan` command: prepares Django for what was asked, and hands the clock and the house to the door."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from voldaan.cli import main as door
from voldaan.cli.shell import OUR_FAULT, House


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voldaan.config.settings")
    try:
        door.voldaan(obj=Installation())
    except Exception:  # noqa: BLE001 - whatever it is, it is our own fault, and it is shown whole
        traceback.print_exc()
        sys.stderr.write(
            "\nThis is a fault of Voldaan, not yours. Nothing was half done. Please report it with the lines above.\n"
        )
        sys.exit(OUR_FAULT)


class Installation(House):
    """This installation, as the command line may use it."""

    def prepare(self, data: Path | None, language: str) -> None:
        """Load Django for the data folder, and speak `language`."""
        if data is not None:
            os.environ["VOLDAAN_DATA"] = str(data)
        import django
        from django.utils import translation

        django.setup()
        translation.activate(language)

    def open(self) -> None:
        """Make the data folder of the embedded default, and bring its tables up to date."""
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        from voldaan.config import tables

        if connection.vendor == "sqlite":
            settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
            if tables.are_behind():
                call_command("migrate", verbosity=0)
        elif tables.are_behind():
            raise tables.TablesBehind

    def migrate(self) -> None:
        """Bring the tables up to date, on either engine."""
        from django.conf import settings
        from django.core.management import call_command

        from voldaan.config import tables

        settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        tables.must_not_be_ahead()
        call_command("migrate", verbosity=0)
        if settings.SERVER:
            call_command("createcachetable", verbosity=0)

    def link(self, token: str) -> str:
        """Give the address that lets a person in once."""
        from django.conf import settings
        from django.urls import reverse

        return f"{settings.BASE_URL}{reverse('start_link', args=[token])}"

    def now(self) -> datetime:
        """Read the clock of this machine."""
        from voldaan.config import clock

        return clock.now()

    def serve(self, *, port: int | None, open_browser: bool, instead: datetime | None,
              tell: Callable[[str, str], None]) -> None:  # fmt: skip
        """Serve the pages and do the daily work, in this one process, until told to stop."""
        from voldaan.config import serve

        serve.serve(prepare=self.open, port=port, open_browser=open_browser, instead=instead, tell=tell)

    def web(self, *, host: str, port: int | None, tell: Callable[[str, str], None]) -> None:
        """Serve the pages of books on PostgreSQL until told to stop."""
        from voldaan.config import serve

        serve.web(prepare=self.open, host=host, port=port, tell=tell)

    def worker(self, *, tell: Callable[[str], None]) -> None:
        """Do the daily work of books on PostgreSQL until told to stop."""
        from voldaan.config import serve

        serve.worker(prepare=self.open, tell=tell)
