"""Documents that cannot lie: pages are played and compared, and reference names everything that there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from tests.tools import tables
from voldaan import formats
from voldaan.cli.main import VERBS
from voldaan.cli.reports import REPORTS
from voldaan.countries import COUNTRIES
from voldaan.formats.shared.columns import FIELDS, Mapping
from voldaan.queries import (
    aging,
    bank_inbox,
    bookings,
    checks,
    credits_to_pay_back,
    first_look,
    limitation,
    matching_classes,
    messages,
    open_items,
    settings,
)
from voldaan.rules.bad_debt_vat import VatLine
from voldaan.rules.matches import MatchClass
from voldaan.rules.permissions import MATRIX, Deed, Role
from voldaan.usecases import administrations
from voldaan.usecases.events import SENTENCES
from workshop import documents, reference

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PLAYED = sorted(
    page for page in [ROOT / "README.md", *DOCS.rglob("*.md")] if documents.BLOCK.search(page.read_text("utf-8"))
)
ROWS = {
    "aging": aging.AgingRow,
    "allocations": bookings.AllocationRow,
    "bad-debt-vat": VatLine,
    "credits": credits_to_pay_back.CreditToPayBack,
    "entries": bookings.EntryRow,
    "likely-doubles": first_look.LikelyDouble,
    "limitation": limitation.WatchedClaim,
    "matching-classes": matching_classes.ClassRow,
    "messages": messages.MessageRow,
    "missing-addresses": first_look.Unreached,
    "old-debts": first_look.OldDebt,
    "open-items": open_items.OpenItem,
    "proposals": bank_inbox.ProposalRow,
    "statement": bookings.StatementLine,
    "transactions": bank_inbox.TransactionRow,
}


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
def test_a_page_shows_what_the_commands_answer(page, tmp_path):
    """After a change that is meant: python -m workshop.documents write PAGE."""
    made = str(tables.in_folder(tmp_path / "books")) if page.stem != "README" else ""  # which plays all of it
    played = subprocess.run(
        [sys.executable, "-m", "workshop.documents", "check", str(page)],
        capture_output=True, text=True, check=False, timeout=120, cwd=ROOT, env=os.environ | {"VOLDAAN_TABLES": made},
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr


def test_there_are_pages_to_play():
    assert {"first-overview", "match-by-hand", "README"} <= {page.stem for page in PLAYED}


def test_a_page_that_lies_is_caught():
    page = "```console\n$ echo $?\n1\n```\n"
    lie = subprocess.run(
        [sys.executable, "-c", f"from workshop import documents; print(len(documents.faults({page!r})))"],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert lie.stdout == "1\n"


def test_every_question_of_the_four_kinds_has_a_page():
    for kind, least in (("tutorial", 1), ("how-to", 6), ("reference", 7), ("explanation", 4)):
        assert len(list((DOCS / kind).glob("*.md"))) >= least


def test_every_page_is_in_the_list_of_pages():
    listed = set(re.findall(r"\]\(([^)]+\.md)\)", read("README.md")))
    there = {str(page.relative_to(DOCS)) for kind in ("tutorial", "how-to", "reference", "explanation")
             for page in (DOCS / kind).glob("*.md")}  # fmt: skip
    assert there - listed == set()


@pytest.mark.parametrize("name", reference.GENERATED)
def test_what_follows_from_the_code_is_up_to_date(name):
    """After a change that is meant: python -m workshop.reference write."""
    assert read(f"reference/{name}") == reference.GENERATED[name]()


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("reference/commands.md", {f"voldaan {verb}" for verb in VERBS}),
        ("reference/settings.md", {f"`{name}`" for name in {*settings.SHOWN, *administrations.SETTINGS}}),
        ("reference/events.md", {f"`{kind}`" for kind in SENTENCES}),
        ("reference/checks.md", {f"`{name}`" for name in checks.CHECKS}),
        ("reference/reports.md", {f"## {name}\n" for name in REPORTS}),
        ("reference/formats.md", {f"`{name}`" for name in FIELDS}),
        ("reference/formats.md", {f"`{field.name}`" for field in fields(Mapping)}),
        ("explanation/matching.md", {f"| `{kind.value}` |" for kind in MatchClass}),
        ("explanation/tenants-and-roles.md", {f"| `{deed.value}` |" for deed in Deed}),
    ],
    ids=["commands", "settings", "events", "checks", "reports", "fields", "mapping", "classes", "deeds"],
)
def test_reference_names_everything(page, names):
    assert {name for name in names if name not in read(page)} == set()


def test_the_settings_that_may_be_changed_are_marked():
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", read("reference/settings.md"), re.MULTILINE))
    may_change = {*administrations.SETTINGS, *administrations.SENDER_SETTINGS}
    assert {name for name, may in rows.items() if may == "yes"} == may_change


@pytest.mark.parametrize("report", ROWS)
def test_every_column_of_a_report_is_explained(report):
    section = read("reference/reports.md").partition(f"## {report}\n")[2].partition("\n## ")[0]
    said = set(re.findall(r"`(\w+)`", section))
    if report == "statement":
        said |= {"value_date", "kind", "invoice"}
    assert {field.name.rstrip("_") for field in fields(ROWS[report])} - said == set()


def test_every_report_is_listed():
    assert set(ROWS) == set(REPORTS)


@pytest.mark.parametrize("each", formats.FORMATS, ids=lambda each: each.read.__module__.rpartition(".")[2])
def test_every_format_has_its_section(each):
    room = each.read.__module__.rpartition(".")[2]
    section = read("reference/formats.md").partition(f"## {TITLES[room]}\n")[2].partition("\n## ")[0]
    assert "*Read:*" in section
    assert "*Refused:*" in section


TITLES = {"camt": "CAMT", "mt940": "MT940", "coda": "CODA", "bank_csv": "Bank CSV", "ubl": "UBL",
          "remittance_advice": "Remittance advices", "open_items": "Open-items lists"}  # fmt: skip


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_the_table_of_roles_is_the_matrix(role):
    page = read("explanation/tenants-and-roles.md")
    head, *_ = re.findall(r"^\| Deed \|.*$", page, re.MULTILINE)
    column = [cell.strip() for cell in head.split("|")].index(role.value)
    for deed in Deed:
        (row,) = re.findall(rf"^\| `{deed.value}` \|.*$", page, re.MULTILINE)
        assert (row.split("|")[column].strip() == "yes") == (deed in MATRIX[role]), f"{role.value} {deed.value}"


def test_every_exit_code_is_explained():
    from voldaan.cli import shell

    page = read("reference/commands.md")
    for code in (0, shell.WRONG, shell.USAGE, shell.REFUSED, shell.WAITING, shell.OUR_FAULT):
        assert f"| {code} | " in page


def test_every_country_may_be_chosen():
    assert "\\|".join(sorted(COUNTRIES)) in read("reference/commands.md")


def test_what_is_not_there_yet_is_called_coming():
    readme = (ROOT / "README.md").read_text("utf-8")
    there, _, coming = readme.partition("## What is coming")
    for verb in ("serve", "demo", "send", "backup", "worklist", "run"):
        assert (verb in VERBS) or f"voldaan {verb}" not in there
    assert coming
