"""House rules that no tool knows. Each says what to do, and each is shown a file that breaks it.

A rule gets a file and gives the places where the file breaks it; its docstring is the advice.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IGNORED = [".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split())]
LONGEST = 450  # lines
WIDEST = 500  # characters on a line of a script or style sheet that a person wrote
FULL_OF_LINES = {"locale", "migrations"}
VAGUE = {"utils", "util", "helpers", "helper", "managers", "manager", "core", "common", "misc"}
# Put together here, so that this file does not break its own rules.
NOT_YET = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
DESK = re.compile(r"(?<![\w.~/])/(?:home|Users|root|work)/\w+|\b[A-Z]:\\" + r"Users\\")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
ELSEWHERE = ("http://", "https://", "mailto:", "#")


@dataclass(frozen=True, slots=True)
class File:
    """One file of the project: where the project is, where in it the file is, and what it says."""

    root: Path
    path: Path
    text: str

    @property
    def in_product(self) -> bool:
        return self.path.parts[0] == "voldaan"

    @property
    def is_module(self) -> bool:
        return self.in_product and self.path.suffix == ".py" and "migrations" not in self.path.parts


Rule = Callable[[File], Iterator[str]]


def lines_that_match(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield f"line {number}: {line.strip()[:80]}"


def too_long(file: File) -> Iterator[str]:
    """A file that nobody reads in one sitting has two subjects: find the second noun and give it its own file."""
    count = file.text.count("\n")
    if file.in_product and count > LONGEST and not FULL_OF_LINES & set(file.path.parts):
        yield f"{count} lines; {LONGEST} at most"


def says_nothing(file: File) -> Iterator[str]:
    """Open the module with a docstring of one to five lines: what this room is for, and what it is not for."""
    if file.is_module and not ast.get_docstring(ast.parse(file.text)):
        yield "no docstring"


def vague_name(file: File) -> Iterator[str]:
    """Call the room after the things in it; a room for everything is searched by nobody."""
    for part in (*file.path.parts[:-1], file.path.stem):
        if part.lower() in VAGUE:
            yield part


def money_as_fraction(file: File) -> Iterator[str]:
    """Money is whole cents (rules/money.py): multiply by a Fraction, show with Money.decimal() or Money.plain()."""
    if not file.is_module:
        return
    for node in ast.walk(ast.parse(file.text)):
        match node:
            case ast.Call(func=ast.Name(id="float")):
                yield f"line {node.lineno}: float()"
            case ast.BinOp(op=ast.Div(), right=ast.Constant(value=100 | 100.0)):
                yield f"line {node.lineno}: division by 100"
            case ast.BinOp(left=left, op=ast.FloorDiv() | ast.Mod(), right=ast.Constant(value=100)):
                # A century is `year // 100`; an amount also has yen and dinars, which know no hundredths.
                if re.search(r"cents|amount", ast.unparse(left)):
                    yield f"line {node.lineno}: cents taken as hundredths"


def not_finished(file: File) -> Iterator[str]:
    """Do it now, or write an issue; a note in the source is read by nobody."""
    return lines_that_match(NOT_YET, file.text)


def path_of_a_desk(file: File) -> Iterator[str]:
    """Name files from the project's own folder, or through a setting; a path of one desk exists on no other."""
    return lines_that_match(DESK, file.text)


def dead_link(file: File) -> Iterator[str]:
    """Point the link at a file that is there, by its path from this page."""
    if file.path.suffix == ".md":
        page = file.root / file.path
        for target in LINK.findall(file.text):
            if not target.startswith(ELSEWHERE) and not (page.parent / target.partition("#")[0]).exists():
                yield target


def foreign_front_end(file: File) -> Iterator[str]:
    """Front-end files of others come from wheels (django-htmx, lucide); only files we wrote ourselves live here."""
    if file.path.suffix == ".map" or ".min." in file.path.name:
        yield "made by a machine"
    elif file.path.suffix in {".js", ".css"} and any(len(line) > WIDEST for line in file.text.splitlines()):
        yield f"a line of more than {WIDEST} characters"


# Each rule with the files that it must refuse, and at the end one that it must let pass.
RULES: list[tuple[Rule, list[tuple[str, str]]]] = [
    (too_long, [("voldaan/rules/a.py", "x = 1\n" * 451), ("voldaan/rules/b.py", "x = 1\n" * 450)]),
    (
        says_nothing,
        [("voldaan/rules/a.py", "x = 1\n"), ("voldaan/rules/__init__.py", ""), ("voldaan/rules/b.py", '"""Days."""\n')],
    ),
    (
        vague_name,
        [
            ("voldaan/rules/utils.py", ""),
            ("tests/helpers/days.py", ""),
            ("docs/Misc/a.md", ""),
            ("voldaan/rules/commons.py", ""),
        ],
    ),
    (
        money_as_fraction,
        [
            ("voldaan/rules/a.py", "x = float('1')"),
            ("voldaan/rules/a.py", "x = cents / 100"),
            ("voldaan/rules/a.py", "x = self.open_cents // 100"),
            ("voldaan/rules/a.py", "x = amount % 100"),
            ("voldaan/rules/a.py", "x = year // 100, 'a / 100', Fraction(21, 100)"),
        ],
    ),
    (
        not_finished,
        [("docs/a.md", "later: TO" + "DO"), ("voldaan/a.py", "# FIX" + "ME now"), ("docs/b.md", "ABNANL2AX" + "XX")],
    ),
    (
        path_of_a_desk,
        [
            ("docs/a.md", "see /ho" + "me/jan/voldaan"),
            ("tests/a.py", "'/wo" + "rk/shared'"),
            ("docs/a.md", r"C:\Us" + r"ers\jan"),
            ("docs/b.md", "https://example.org/home/jan and ~/homework/x and a framework/home/x"),
        ],
    ),
    (
        dead_link,
        [
            ("docs/a.md", "[gone](gone.md#part)"),
            ("docs/b.md", "[this](b.md#part) [there](https://example.org) [up](#up)"),
        ],
    ),
    (
        foreign_front_end,
        [
            ("voldaan/look/static/htmx.min.js", ""),
            ("voldaan/look/static/a.css", "a{}" * 200),
            ("voldaan/look/static/a.js.map", ""),
            ("voldaan/look/static/look.css", "a {}\n" * 200),
        ],
    ),
]


def files(root: Path, folder: Path) -> Iterator[File]:
    """Give each file of the project that is text; what .gitignore names is no part of it."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from files(root, path)
            continue
        try:
            yield File(root, path.relative_to(root), path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue


@pytest.fixture(scope="module")
def project() -> list[File]:
    found = list(files(ROOT, ROOT))
    assert any(file.path.name == "money.py" for file in found), "the walk finds the product"
    return found


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=lambda rule: rule.__name__)
def test_the_house_is_tidy(rule: Rule, project: list[File]):
    broken = [f"{file.path}: {place}" for file in project for place in rule(file)]
    assert not broken, "\n".join([inspect.getdoc(rule) or "", *broken])


@pytest.mark.parametrize(("rule", "examples"), RULES, ids=[rule.__name__ for rule, _ in RULES])
def test_a_rule_sees_what_breaks_it(rule: Rule, examples: list[tuple[str, str]], tmp_path: Path):
    def broken(name: str, text: str) -> list[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return list(rule(File(tmp_path, Path(name), text)))

    *bad, good = examples
    assert [name for name, text in bad if not broken(name, text)] == []
    assert broken(*good) == []
