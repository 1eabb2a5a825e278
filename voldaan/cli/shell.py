"""What all commands share: whose books, which day, in which words; the answer as table, JSON or CSV; the exit code."""

from __future__ import annotations

import getpass
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast
from zoneinfo import ZoneInfo

import click

from voldaan.cli import output, trouble
from voldaan.cli.usage import say
from voldaan.rules.money import Money, typed
from voldaan.rules.refusals import Refusal, mark

Command = TypeVar("Command", bound=Callable[..., Any])

WRONG = 1  # a check found something
USAGE = 2
REFUSED = 3
WAITING = 4  # done, and something waits on a person
OUR_FAULT = 70
UNABLE = 75  # the machine would not


class House(ABC):
    """What the entry point hands down: the installation and its clock."""

    @abstractmethod
    def prepare(self, data: Path | None, language: str) -> None: ...

    @abstractmethod
    def open(self) -> None: ...

    @abstractmethod
    def migrate(self) -> None: ...

    @abstractmethod
    def link(self, token: str) -> str: ...

    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    def serve(self, *, port: int | None, open_browser: bool, instead: datetime | None,
              tell: Callable[[str, str], None]) -> None: ...  # fmt: skip

    @abstractmethod
    def web(self, *, host: str, port: int | None, tell: Callable[[str, str], None]) -> None: ...

    @abstractmethod
    def worker(self, *, tell: Callable[[str], None]) -> None: ...


@dataclass
class Shell:
    """One call of the command: what stood before the verb."""

    house: House
    instead: datetime | None  # --today
    administration: str | None
    as_email: str | None

    @property
    def via(self) -> str:
        """Say for the trail which door this is and who sits at it."""
        return f"command line as {getpass.getuser()}"

    def moment(self, time_zone: str) -> datetime:
        """Give this moment in a time zone: --today, or the clock."""
        zone = ZoneInfo(time_zone)
        return self.instead.replace(tzinfo=zone) if self.instead else self.house.now().astimezone(zone)

    def enter(self) -> tuple[Any, date]:
        """Enter the books: give the actor, and today."""
        actor, now = self.enter_at()
        return actor, now.date()

    def enter_at(self) -> tuple[Any, datetime]:
        """Enter the books: give the actor, and this moment in the time zone of the administration."""
        from voldaan.queries import administrations  # noqa: PLC0415 - only once Django is loaded

        self.house.open()
        books = administrations.enter(self.administration)
        return administrations.act(books, email=self.as_email, via=self.via), self.moment(books.time_zone)


STORED_MONEY = re.compile(r"(?P<currency>[A-Z]{3}) (?P<amount>-?[0-9]{1,15}(\.[0-9]{2,3})?)")  # as `str` writes Money


def in_words(sentence: str, **facts: object) -> str:
    """Translate a marked sentence and fill in its facts."""
    said = {name: _fact(name, fact) for name, fact in facts.items()}
    return say(sentence).format(**said) if said else say(sentence)


def problem_in_words(problem: dict[str, Any], anyway: str) -> str:
    """Say a problem of a file; `anyway`: how it is taken in all the same, empty where that cannot be or is done."""
    facts = problem["facts"]
    what = in_words(problem["what"], **facts)
    return f"{what} {in_words(facts['advice'], anyway=anyway)}" if anyway and "advice" in facts else what


def _fact(name: str, fact: object) -> object:
    match fact:
        case ValueError():
            return in_words(str(fact))
        case Money():
            return output.euro_style(fact)
        case str() if stored := STORED_MONEY.fullmatch(fact):
            return output.euro_style(typed(stored["amount"], stored["currency"]))
        case str():
            return output.value_in_words(name, fact)
        case _:
            return fact


def refuse(refusal: Refusal) -> NoReturn:
    """Say a refusal on stderr and leave."""
    click.echo(in_words(refusal.says, **refusal.facts), err=True)
    raise click.exceptions.Exit(REFUSED)


class Verb(click.Command):
    """A command whose refusals are said and not thrown."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a refusal is an answer, not a crash, and so is what cannot be read or written."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            refuse(refusal)
        except Exception as error:
            if told := trouble.told(error):
                sentence, why = told
                click.echo(in_words(sentence, why=why), err=True)
                raise click.exceptions.Exit(UNABLE) from error
            if not isinstance(error, OSError) or error.filename is None:
                raise
            click.echo(in_words(UNUSABLE, path=str(error.filename), why=error.strerror), err=True)
            raise click.exceptions.Exit(REFUSED) from error


UNUSABLE = mark("“{path}” cannot be used: {why}. Choose another place, or mend its permissions.")


class Day(click.ParamType[date]):
    """An ISO date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read `2027-03-01`."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(in_words(mark("“{value}” is not a date. Type it like 2027-03-01."), value=value), param, ctx)


class Moment(click.ParamType[datetime]):
    """An ISO date, with a time of day if wanted; a bare date is noon."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read `2027-03-01` or `2027-03-01T09:30`."""
        if isinstance(value, datetime):
            return value
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            read = None
        if read is None or read.tzinfo is not None:
            self.fail(
                in_words(mark("“{value}” is not a moment. Type it like 2027-03-01 or 2027-03-01T09:30."), value=value),
                param,
                ctx,
            )
        return read if "T" in value else read.replace(hour=12)


DAY = Day()
FILES = click.Path(path_type=Path, exists=True, dir_okay=False)


excel = click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=mark("Write an Excel file instead."),
)


def as_asked(sheet: str, rows: list[Any], file: Path | None) -> list[Any] | None:
    """Give the rows to be printed, or write them to the Excel file that was asked for."""
    if file is None:
        return rows
    file.write_bytes(output.as_xlsx(sheet, rows))
    click.echo(in_words(mark("{rows} rows written to {file}."), rows=len(rows), file=file), err=True)
    return None


def layouts(command: Command) -> Command:
    """Add `--format` and `--json` to a command."""
    command = click.option("--json", "layout", flag_value="json", help=mark("The same as --format json."))(command)
    kinds = click.Choice(["table", "json", "csv"])
    return click.option("--format", "layout", type=kinds, default="table", help=mark("How to print the answer."))(
        command
    )


def answers(command: Command) -> Command:
    """Print what a command returns, as `--format` and `--json` say."""

    @layouts
    @wraps(command)
    def printed(*args: Any, layout: str, **kwargs: Any) -> None:
        context = click.get_current_context()
        # A report is known by its name, any other answer by its verb.
        about = kwargs["name"] if context.info_name == "report" else context.command_path.partition(" ")[2]
        output.show(command(*args, **kwargs), layout, about)

    return cast("Command", printed)


pass_shell = click.make_pass_decorator(Shell)


@contextmanager
def telling(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far long work is, on a terminal; nothing in a pipe."""
    from rich.console import Console  # noqa: PLC0415 - slow to load, and seldom needed
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(what), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
