"""The pages of reference that follow from the code: commands, refusals, events and checks; written, or compared."""

from __future__ import annotations

import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import click

from voldaan.rules.refusals import Refusal

PAGES = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN = "<!-- Written by `python -m workshop.reference write`: change the source, not this page. -->"

EXIT_CODES = """\
| Exit code | Meaning |
|---|---|
| 0 | done |
| 1 | `check` found something wrong |
| 2 | the words were wrong: an unknown verb or option, a date that is none |
| 3 | refused: nothing changed, and the sentence says why |
| 4 | done, and something waits on a person: `import` with questions |
| 70 | our own fault: please report it |
| 75 | the disk, the memory or the database failed: nothing is half done, type the same again when it is mended |
"""

ANYWHERE = """\
Answers go to standard output, complaints to standard error. These words may stand before the verb or behind it:"""

SURROUNDINGS = """\
From the environment: `VOLDAAN_DATA` is the folder where `--data` is not given, `DATABASE_URL` chooses PostgreSQL, and
`VOLDAAN_LANGUAGE` is `nl` (unless you say otherwise) or `en`.

A table is for people: it leaves out columns in which nothing stands, and on a narrow screen it shows one card per row.
JSON and CSV are for programs and keep every field: amounts are whole cents, dates are ISO 8601. Amounts that you type
are like `1250.00`."""

OF_REFUSALS = """\
A refusal changes nothing. It has a stable code and one sentence, in the language of the reader, that says what, why and
what now. On the command line it gives exit code 3."""

OF_EVENTS = """\
Each verb that changes the books writes one event in its own transaction. Events are never changed or deleted; each is
hashed with the one before it, and `voldaan check` proves the chain."""

OF_CHECKS = """\
`voldaan check` asks all of these, on your own data, and exits with 1 when one finds something. It changes nothing."""

OF_WARNINGS = """\
These only warn: they are `ok` also with rows, the exit code does not change, and sending is not held."""


def commands() -> str:
    """Write every verb with its words."""
    from voldaan.cli.main import VERBS, voldaan  # noqa: PLC0415

    root = click.Context(voldaan, info_name="voldaan", obj=_Loaded())
    root.meta["data"] = None
    parts = [
        "# Commands",
        WRITTEN,
        ANYWHERE,
        _options(voldaan),
        SURROUNDINGS,
        "## Exit codes",
        EXIT_CODES.strip(),
    ]
    for verb in VERBS:
        command = voldaan.get_command(root, verb)
        if command is not None:
            parts += _sections(command, root, verb)
    return _page(parts)


class _Loaded:
    """Stands in for the installation, which is loaded here once."""

    def prepare(self, data: Path | None, language: str) -> None:
        """Need nothing more."""


def _sections(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _sections(command.commands[each], context, each)
        return
    yield f"## {context.command_path}"
    yield command.help or ""
    yield f"    {context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    if table := _options(command):
        yield table


def _options(command: click.Command) -> str:
    rows = [
        f"| `{', '.join([*option.opts, *option.secondary_opts])}{_value(option)}` | {option.help}"
        f"{' Required.' if option.required else ''} |"
        for option in command.params
        if isinstance(option, click.Option)
    ]
    return "\n".join(["| Option | |", "|---|---|", *rows]) if rows else ""


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + "\\|".join(option.type.choices)
    return f" {option.metavar or option.type.name.upper()}"


def refusals() -> str:
    """Write every refusal with its sentence."""
    _load_everything()
    known = {one.code: one for one in _below(Refusal) if one.__module__.startswith("voldaan.")}
    rows = [f"| `{code}` | {one.kind.value.replace('_', ' ')} | {one.says} |" for code, one in sorted(known.items())]
    return _page([
        "# Refusals",
        WRITTEN,
        OF_REFUSALS,
        "\n".join(["| Code | Kind | Sentence |", "|---|---|---|", *rows]),
    ])  # fmt: skip


def events() -> str:
    """Write every kind of event with its sentence."""
    from voldaan.usecases.events import SENTENCES  # noqa: PLC0415

    rows = [f"| `{kind}` | {sentence} |" for kind, sentence in sorted(SENTENCES.items())]
    return _page([
        "# Events",
        WRITTEN,
        OF_EVENTS,
        "\n".join(["| Kind | Sentence |", "|---|---|", *rows]),
    ])  # fmt: skip


def checks() -> str:
    """Write every check with what it proves."""
    from voldaan.queries.checks import CHECKS, WARNINGS  # noqa: PLC0415

    rows, warnings = (
        [f"| `{name}` | {' '.join((getdoc(ask) or '').split())} |" for name, ask in sorted(asked.items())]
        for asked in (CHECKS, WARNINGS)
    )
    return _page([
        "# Checks",
        WRITTEN,
        OF_CHECKS,
        "\n".join(["| Name | What it proves |", "|---|---|", *rows]),
        OF_WARNINGS,
        "\n".join(["| Name | What it looks at |", "|---|---|", *warnings]),
    ])  # fmt: skip


GENERATED: dict[str, Callable[[], str]] = {
    "checks.md": checks, "commands.md": commands, "events.md": events, "refusals.md": refusals,
}  # fmt: skip


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _load_everything() -> None:
    import voldaan  # noqa: PLC0415

    for found in pkgutil.walk_packages(voldaan.__path__, "voldaan."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            import_module(found.name)


def stale() -> list[str]:
    """Name the pages that say something else than the code."""
    return [
        name for name, written in GENERATED.items()
        if not (PAGES / name).exists() or (PAGES / name).read_text("utf-8") != written()
    ]  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write the pages, or check them: 0 right, 1 stale, 2 usage."""
    if arguments not in (["write"], ["check"]):
        print("usage: python -m workshop.reference write|check", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voldaan.config.settings")
    os.environ.setdefault("VOLDAAN_DATA", tempfile.gettempdir())
    import django  # noqa: PLC0415

    django.setup()
    if arguments == ["write"]:
        for name, written in GENERATED.items():
            (PAGES / name).write_text(written(), "utf-8")
        return 0
    for name in (names := stale()):
        print(f"docs/reference/{name} is not up to date. Run: python -m workshop.reference write")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
