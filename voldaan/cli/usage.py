"""The words of the command line in the language of the reader: help, and what click itself says about usage."""

from __future__ import annotations

import copy
import os
from gettext import bindtextdomain, gettext, ngettext, textdomain
from pathlib import Path
from typing import TypeVar

import click

from voldaan.rules.refusals import mark

Command = TypeVar("Command", bound=click.Command)

DOMAIN = "django"  # the catalogue that the whole product shares
LOCALE = Path(__file__).parents[1] / "locale"

# What click says through gettext, so that it has a place in our catalogue.
OF_CLICK = (
    mark("Aborted!"),
    mark("Choose from:\n\t{choices}"),
    mark("Commands"),
    mark("Error: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("Invalid value: {message}"),
    mark("Missing argument"),
    mark("Missing command."),
    mark("Missing option"),
    mark("No such command {name!r}."),
    mark("No such option {name!r}."),
    mark("Option {name!r} does not take a value."),
    mark("Options"),
    mark("Show this message and exit."),
    mark("Try '{command} {option}' for help."),
    mark("Usage:"),
    mark("default: {default}"),
    mark("directory"),
    mark("file"),
    mark("path"),
    mark("required"),
    mark("{name} {filename!r} does not exist."),
    mark("{name} {filename!r} is a directory."),
    mark("{name} {filename!r} is a file."),
    mark("{name} {filename!r} is not readable."),
    mark("{name} {filename!r} is not writable."),
    mark("{value!r} is not a valid {number_type}."),
    mark("{value} is not in the range {range}."),
    mark("[ARGS]..."),
    mark("COMMAND [ARGS]..."),
    mark("[OPTIONS]"),
    ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
    ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
    ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
)

PATHS = {(True, False): "file", (False, True): "directory"}  # by whether it may be a file, and a folder


def speak(language: str) -> None:
    """Speak a language from here on, click too: it asks the C way, by domain and by the environment."""
    os.environ["LANGUAGE"] = language
    bindtextdomain(DOMAIN, str(LOCALE))
    textdomain(DOMAIN)


def say(sentence: str) -> str:
    """Translate a marked sentence; one without a translation stays English."""
    return gettext(sentence) if sentence else ""


def translated(command: Command) -> Command:
    """Give a command, and those below it, with its help in the language of the reader."""
    twin = copy.copy(command)
    twin.help = say(command.help or "")
    twin.options_metavar = say(command.options_metavar or "")
    twin.params = [_translated(parameter) for parameter in command.params]
    if isinstance(twin, click.Group) and isinstance(command, click.Group):
        twin.subcommand_metavar = say(command.subcommand_metavar)
        twin.commands = {name: translated(each) for name, each in command.commands.items()}
    return twin


def _translated(parameter: click.Parameter) -> click.Parameter:
    twin = copy.copy(parameter)
    if isinstance(twin, click.Option) and twin.help:
        twin.help = say(twin.help)
    if isinstance(twin.type, click.Path):
        twin.type = _named(twin.type)
    return twin


def _named(path: click.Path) -> click.Path:
    """Name what a path is of anew: click does so once, before anybody has said in which language."""
    twin = copy.copy(path)
    twin.name = say(PATHS.get((path.file_okay, path.dir_okay), "path"))
    return twin
