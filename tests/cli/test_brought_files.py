"""A large file and the real `voldaan serve`: killed with -9 in the middle, taken up by the next, booked once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.tools import tables
from tests.tools.processes import Process, free_port, run, until

LINES = 60
BRING = f"""
from io import BytesIO
from datetime import date
from voldaan.config.entry import Installation
house = Installation(); house.prepare(None, "en"); house.open()
from tests.jobs.conftest import firm
from tests.tools.files import Movement, camt053
from voldaan.config import clock
from voldaan.usecases import brought_files
books = firm(customers=1)
moved = [Movement(date(2027, 2, 1 + n % 28), 100 + n, name=f"Klant {{n}}", text=f"F{{n}}") for n in range({LINES})]
for _ in range(2):  # the second changes nothing, as long as the first waits
    brought_files.hand_over(name="groot.xml", source=BytesIO(camt053(moved).encode()), machine=clock.now(),
                            actor=books.actor, today=books.today)
"""

# The real command, reading ten lines at a time; after the first of them it waits, as it would with a larger file.
SLOWLY = """
import time
from datetime import timedelta
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.records import progress
from voldaan.usecases import bank, brought_files
bank.BLOCK, brought_files.WRITTEN_EVERY, write = 10, timedelta(0), progress.write
def slowly(file, how_far):
    write(file, how_far)
    time.sleep(60 if how_far.done else 0)
progress.write = slowly
main()
"""


def asked(books: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{books}/voldaan.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()


def test_a_file_whose_worker_is_killed_is_taken_up_by_the_next_and_booked_once(tmp_path):
    books = tmp_path / "books"
    tables.in_folder(books)
    brought = run(code=BRING, VOLDAAN_DATA=str(books), DJANGO_SETTINGS_MODULE="voldaan.config.settings")
    assert brought.returncode == 0, brought.stderr
    words = ("serve", "--today", "2027-03-15", "--port", free_port())

    def is_half_way() -> bool:
        return any(json.loads(said.read_text())["done"] for said in (books / "progress").glob("*.json"))

    with Process(tmp_path / "first", *words, code=SLOWLY, VOLDAAN_DATA=str(books)) as first:
        until(is_half_way)
        first.kill()
    assert asked(books, "SELECT state, answer FROM records_broughtfile") == [("waiting", "{}")]
    assert asked(books, "SELECT count(*) FROM records_banktransaction") == [(0,)]
    with Process(tmp_path / "second", *words, VOLDAAN_DATA=str(books)) as second:
        until(lambda: asked(books, "SELECT state FROM records_broughtfile") == [("taken",)])
        assert second.stop(within=20) == 0
    ((answer,),) = asked(books, "SELECT answer FROM records_broughtfile")
    assert (json.loads(answer)["result"], json.loads(answer)["new"]) == ("imported", LINES)
    assert asked(books, "SELECT count(*) FROM records_banktransaction") == [(LINES,)]
    assert asked(books, "SELECT count(*) FROM records_event WHERE kind = 'file.imported'") == [(1,)]
    assert list((books / "progress").iterdir()) == [], "and nothing is left behind"
