"""Pages that cannot lie: play the console blocks of a page in a fresh folder, and compare or write what is answered.

A line that begins with `$ ` is a command; what follows is its answer. Known are `voldaan`, `export NAME=VALUE` and
`echo $?`. Ids of twelve characters, and links that let a person in, differ each time: the id that a page shows stands
for the one that was given.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ID = re.compile(r"\b[0-9a-hjkmnp-tv-z]{12}\b|(?<=/start/)[\w-]{43}")  # the letters of public ids; a link that lets in


def steps(page: str) -> Iterator[tuple[str, str]]:
    """Give each command of a page and its answer."""
    for block in BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            yield command, answer


class Desk:
    """Where a page is played: a folder of its own that shows the documents, and the environment of a new reader."""

    def __init__(self, folder: Path) -> None:
        (folder / "docs").symlink_to(ROOT / "docs")
        os.chdir(folder)
        for name in ("DATABASE_URL", "VOLDAAN_LANGUAGE"):
            os.environ.pop(name, None)
        os.environ["VOLDAAN_DATA"] = str(folder / "books")
        os.environ["DJANGO_SETTINGS_MODULE"] = "voldaan.config.settings"
        if tables := os.environ.get("VOLDAAN_TABLES"):  # a file with the tables of new books: to make them takes long
            (folder / "books").mkdir(mode=0o700)
            shutil.copy(tables, folder / "books" / "voldaan.sqlite3")
        self.status = 0

    def do(self, command: str) -> str:
        """Do a command and give what it answers, complaints after answers."""
        from click.testing import CliRunner  # noqa: PLC0415 - the desk is laid first

        from voldaan.cli.main import voldaan  # noqa: PLC0415
        from voldaan.config.entry import Installation  # noqa: PLC0415

        words = shlex.split(command, comments=True)
        match words:
            case ["export", setting]:
                name, _, value = setting.partition("=")
                os.environ[name] = value
                return ""
            case ["echo", "$?"]:
                return f"{self.status}\n"
            case ["cat", file]:
                return tidy(Path(file).read_text("utf-8"))
            case ["voldaan", *arguments]:
                result = CliRunner().invoke(voldaan, arguments, obj=Installation(), prog_name="voldaan")
                if result.exception and not isinstance(result.exception, SystemExit):
                    raise result.exception
                self.status = result.exit_code
                return tidy(result.stdout + result.stderr)
        message = f"a page cannot do this: {command}"
        raise ValueError(message)


def tidy(answer: str) -> str:
    """Leave out the spaces at the end of lines: nobody sees them."""
    return "".join(f"{line.rstrip()}\n" for line in answer.splitlines())


def played(page: str) -> Iterator[tuple[str, str, str]]:
    """Play a page; give each command, the answer on the page and the answer now, with the ids of the page."""
    real: dict[str, str] = {}

    def given(shown: re.Match[str]) -> str:
        return real.get(shown[0], shown[0])

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for command, said in steps(page):
            now = desk.do(ID.sub(given, command))
            shown_ids, real_ids = ID.findall(said), ID.findall(now)
            known = set(real.values())
            if len(shown_ids) == len(real_ids):
                real |= {s: r for s, r in zip(shown_ids, real_ids, strict=True) if r not in known and s not in real}
            for here, there in real.items():
                now = now.replace(there, here)
            yield command, said, now


def rewritten(page: str) -> str:
    """Give the page with the answers of now."""
    answers = iter([(command, answer) for command, _, answer in played(page)])

    def block(found: re.Match[str]) -> str:
        commands = re.findall(r"^\$ .*$", found[1], flags=re.MULTILINE)
        return "```console\n" + "".join(f"$ {c}\n{a}" for c, a in (next(answers) for _ in commands)) + "```"

    return BLOCK.sub(block, page)


def faults(page: str) -> list[str]:
    """Tell where a page says something else than what is answered now."""
    return [f"$ {command}\npage:\n{said}\nnow:\n{now}" for command, said, now in played(page) if said != now]


def main(arguments: list[str]) -> int:
    """Check a page, or write its answers anew: 0 right, 1 the page lies, 2 usage."""
    match arguments:
        case ["check", name]:
            wrong = faults(Path(name).read_text("utf-8"))
            for fault in wrong:
                print(fault)
            return 1 if wrong else 0
        case ["write", name]:
            page = Path(name).resolve()
            page.write_text(rewritten(page.read_text("utf-8")), "utf-8")
            return 0
    print("usage: python -m workshop.documents check|write PAGE", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
