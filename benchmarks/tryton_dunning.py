"""Tryton's own dunning of so many due invoices, on SQLite: one line of JSON says how many a second of CPU takes.

`benchmarks.peers` runs it with the Python of the peers' environment, where Tryton is installed and the product is not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.books import TODAY, spread
from benchmarks.measure import seconds

BLOCK = 500  # invoices booked in one transaction
RUNS = 3
DAY = TODAY + timedelta(days=1)
ISSUED, DUE = DAY - timedelta(days=40), DAY - timedelta(days=26)


def installed(folder: Path, module: str = "account_dunning") -> Any:
    """Install Tryton into a new database; give the way in that its clients have, without the network."""
    secret = folder / "password"
    secret.write_text("bench")
    (folder / "peer.sqlite").touch()
    os.environ |= {
        "DB_NAME": "peer",
        "TRYTOND_DATABASE_URI": "sqlite://",
        "TRYTOND_DATABASE__PATH": str(folder),
        "TRYTONPASSFILE": str(secret),
    }
    words = ["-d", "peer", "--email", "bench@example.org", "--activate-dependencies", "-u", module]
    subprocess.run([sys.executable, "-O", "-m", "trytond.cli.admin", *words], check=True)  # noqa: S603
    from proteus import config

    return config.set_trytond()


def opened(tryton: Any, invoices: int) -> None:
    """Open books with so many invoices over a fifth as many customers, all due.

    Each is the move that an invoice books: dunning reads nothing else, and posting whole ones takes Tryton minutes.
    """
    from proteus import Model
    from trytond.modules.account.tests import tools as account
    from trytond.modules.company.tests import tools as company

    company.create_company()
    account.create_chart()
    year = account.create_fiscalyear(today=(ISSUED, DAY))
    year.save()
    year.click("create_period")
    procedure = Model.get("account.dunning.procedure")(name="Dunning")
    for number, days in enumerate((7, 21, 35, 49)):
        procedure.levels.new(sequence=number, overdue=timedelta(days=days))
    procedure.save()
    customers = tryton.get_proxy("party.party").create(
        [{"name": f"Klant {i}", "dunning_procedure": procedure.id} for i in range(max(invoices // 5, 1))],
        tryton.context,
    )
    accounts = {kind: one.id for kind, one in account.get_accounts().items()}
    (period,) = Model.get("account.period").find([("start_date", "<=", ISSUED), ("end_date", ">=", ISSUED)])
    (journal,) = Model.get("account.journal").find([("code", "=", "REV")])
    head = {"period": period.id, "journal": journal.id, "date": ISSUED}

    def move(i: int) -> dict[str, Any]:
        amount, none = Decimal(1000 + spread(i, 900_001)).scaleb(-2), Decimal(0)
        owed = {"account": accounts["receivable"], "party": customers[i % len(customers)], "maturity_date": DUE}
        earned = {"account": accounts["revenue"], "debit": none, "credit": amount}
        return head | {"lines": [("create", [owed | {"debit": amount, "credit": none}, earned])]}

    moves = tryton.get_proxy("account.move")
    for start in range(0, invoices, BLOCK):
        values = [move(i) for i in range(start, min(start + BLOCK, invoices))]
        moves.post(moves.create(values, tryton.context), tryton.context)


def figures(invoices: int, folder: Path) -> dict[str, float]:
    """Dun all of them several times over."""
    tryton = installed(folder)
    opened(tryton, invoices)
    dunnings = tryton.get_proxy("account.dunning")

    def press(wizard: str, button: str, form: dict[str, Any], **seen: Any) -> None:
        """Press one button of a wizard."""
        proxy = tryton.get_proxy(wizard, type="wizard")
        session, *_ = proxy.create(tryton.context)
        proxy.execute(session, form, button, tryton.context | seen)
        proxy.delete(session, tryton.context)

    def create() -> None:
        start = {"date": DAY, "companies": tryton.context["companies"]}
        press("account.dunning.create", "create_", {"start": start})

    def process(ids: list[int]) -> None:
        press("account.dunning.process", "process", {}, active_model="account.dunning", active_id=ids[0],
              active_ids=ids)  # fmt: skip

    def found(state: str) -> list[int]:
        ids: list[int] = dunnings.search([("state", "=", state)], tryton.context)
        if len(ids) != invoices:  # an assertion would not hold under -O
            sys.exit(f"{len(ids)} dunnings are {state}, not {invoices}")
        return ids

    created, processed = [], []
    for _ in range(RUNS):
        created.append(seconds(create))
        drafts = found("draft")
        processed.append(created[-1] + seconds(lambda: process(drafts)))  # noqa: B023  # called at once
        dunnings.delete(found("waiting"), tryton.context)
    return {"created": invoices / median(created), "processed": invoices / median(processed)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="voldaan-bench-") as name:
        print(json.dumps(figures(int(sys.argv[1]), Path(name))))
