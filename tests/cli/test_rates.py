"""Rates at the command line: listed, added from a file or refused with its line, taken back; claims without books."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import INIT
from voldaan.cli.shell import REFUSED
from voldaan.countries.rate_sources import SOURCES
from voldaan.countries.rates import ROWS

HEAD = "country,kind,valid_from,known_until,rate_percent,source\n"
NEW = f'{HEAD}NL,consumer,2027-01-01,2027-06-30,5.00,"Stb. 2026, 500"\nNL,commercial,2027-01-01,,10.15,Staatscourant\n'
CLAIM = ("claim", "--principal", "1000.00", "--due", "2026-12-31", "--country", "NL", "--debtor", "consumer", "--on",
         "2027-06-30", "--no-costs")  # fmt: skip


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "nieuw.csv"
    file.write_text(NEW)
    return file


def test_rates_are_listed_the_newest_first_and_those_added_are_told_from_the_others(typed, asked, csv):
    typed(*INIT)
    assert len(asked("rates")) == len(ROWS)
    typed("rates", "add", str(csv), "--today", "2027-01-04")
    rows = [row for row in asked("rates", "list") if (row["country"], row["kind"]) == ("NL", "consumer")]
    assert [row["valid_from"] for row in rows[:2]] == ["2027-01-01", "2026-01-01"]
    assert (rows[0]["rate_percent"], rows[0]["added_on"], rows[1]["added_on"]) == ("5.00", "2027-01-04", None)
    assert rows[0]["added_by"].startswith("command line as ")
    assert "Stb. 2026, 500" in typed("rates").stdout


def test_a_trial_adds_nothing_and_the_same_file_again_changes_nothing(typed, asked, csv):
    typed(*INIT)
    assert "Would be new: 2. Known already: 0." in typed("rates", "add", str(csv), "--dry-run").stdout
    assert asked("rates", "add", str(csv))["known"] == 0
    assert asked("rates", "add", str(csv)) == {"new": [], "known": 2}
    assert len(asked("rates")) == len(ROWS) + 2


def test_a_rate_is_taken_back_by_its_name_and_day(typed, asked, csv):
    typed(*INIT)
    typed("rates", "add", str(csv))
    typed("rates", "take-back", "NL", "consumer", "2027-01-01")
    assert "No rate NL consumer 2027-01-01" in typed("rates", "take-back", "NL", "consumer", "2027-01-01",
                                                     exits=REFUSED).stderr  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column country"),
        (b"\x00\xff\x00", "cannot be used"),
        (b"PK\x03\x04 zip", "no column country"),
        (b"a,b\n1,2\n", "no column country"),
        (HEAD.encode(), "There is no rate in it"),
        (HEAD.replace("source", "source,source").encode(), "no column source, or has it twice"),
        (f"{HEAD}NL,consumer,2027-01-01,,5\n".encode(), "boos.csv:2: say in plain words"),
        (f"{NEW}NL,consumer,2027-02-01,,5,x\n".encode(), "boos.csv:4: this rate changes on 1 January and 1 July only"),
        (f"{NEW}NL,consumer,2027-07-01,,500,x\n".encode(), "boos.csv:4: “500” is no percentage"),
        (f"{NEW}XX,consumer,2027-07-01,,5,x\n".encode(), "boos.csv:4: there is no rate “XX consumer”"),
        (f"{NEW}NL,consumer,2027-01-01,,5.01,x\n".encode(), "boos.csv:4: 5.01 % does not fit"),
        (f"{NEW}NL,consumer,2027-07-01,2027-01-01,5,x\n".encode(), "boos.csv:4: it cannot be known until"),
        (f'{NEW}"NL,consumer,2027-07-01,,5,x\n'.encode(), "quotation marks"),
        (f"{NEW}NL,consumer,2027-07-01,,5,x,y,z\n".encode(), "boos.csv:4 cannot be used"),
        (f"{NEW}NL,consumer,2027-07-01,,=1+1,x\n".encode(), "“=1+1” is no percentage"),
        (f"{HEAD}{'NL,consumer,2027-01-01,,5,x' * 1}\n".encode() * 40_000, "far too large"),
        (HEAD.encode() + b"\n" * 10 + b"NL,consumer,2027-01-01,,5.00,x\n" * 2_002, "far too large"),
        (HEAD.encode() + b'NL,consumer,2027-01-01,,5.00,"' + b"x" * 200_000 + b'"\n', "quotation marks"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_in_words_and_nothing_of_it_is_added(typed, asked, tmp_path, content, says):
    typed(*INIT)
    (tmp_path / "boos.csv").write_bytes(content)
    refused = typed("rates", "add", str(tmp_path / "boos.csv"), exits=REFUSED)
    assert says in refused.stderr
    assert not refused.stdout
    assert len(asked("rates")) == len(ROWS)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_writes_is_read(typed, asked, tmp_path, encoding, delimiter):
    typed(*INIT)
    rows = [HEAD.strip().split(","), ["NL", "consumer", "2027-01-01", "", "5.00", "Staatsblad é"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "uit-excel.csv").write_bytes(text.encode(encoding))
    (new,) = asked("rates", "add", str(tmp_path / "uit-excel.csv"))["new"]
    assert (new["percent"], new["source"]) == ("5.00", "Staatsblad é")


def test_the_own_table_is_known_to_the_last_row_and_a_forecast_is_left_out(typed, asked):
    import voldaan.countries

    typed(*INIT)
    own = Path(voldaan.countries.__file__).with_name("rates.csv")
    assert asked("rates", "add", str(own)) == {"new": [], "known": len(ROWS)}


def test_a_claim_needs_no_books_and_takes_new_rates_from_a_file(typed, asked, csv, tmp_path):
    as_shipped, with_new = asked(*CLAIM), asked(*CLAIM, "--rates", str(csv))
    assert (as_shipped["provisional"], with_new["provisional"]) == (True, False)
    assert [line["rate_percent"] for line in with_new["interest"]] == ["5.00"]
    assert with_new["interest_cents"] > as_shipped["interest_cents"]
    (tmp_path / "in.csv").write_text(
        "id,country,kind,principal_cents,due_date,end_date_inclusive,compound_yearly\n"
        "1,NL,consumer,100000,2026-12-31,2027-06-30,yes\n"
    )
    words = ("calculate", "nl_interest_consumer", str(tmp_path / "in.csv"))
    assert asked(*words)[0]["interest_actact_cents"] == as_shipped["interest_cents"]
    assert asked(*words, "--rates", str(csv))[0]["interest_actact_cents"] == with_new["interest_cents"]


def test_a_missing_rate_is_a_warning_and_no_failure(typed, asked, csv):
    typed(*INIT)
    found = {one["name"]: one for one in asked("check", "--today", "2027-03-01")["checks"]}
    assert (found["rates_known"]["ok"], found["rates_known"]["found"]) == (True, 2)
    assert "NL consumer: no rate is known from 2027-01-01 on" in typed("check", "--today", "2027-03-01").stdout
    signs = {one["name"]: one for one in asked("status", "--today", "2027-03-01", exits=None)["signs"]}
    assert (signs["rates"]["ok"], signs["rates"]["count"]) == (True, 2)
    assert "NL consumer, NL commercial" in signs["rates"]["in_words"]
    typed("rates", "add", str(csv))
    found = {one["name"]: one for one in asked("check", "--today", "2027-03-01")["checks"]}
    assert found["rates_known"]["found"] == 0


def test_where_a_rate_comes_from_can_be_said_in_other_languages():
    assert {row.source for row in ROWS} == SOURCES
