"""Tryton's own bank statement of so many lines, each with its invoice, on SQLite: lines a second of CPU, as JSON.

`benchmarks.peers` runs it with the Python of the peers' environment, where Tryton is installed and the product is not.
Which invoice a line pays is given: Tryton only checks and books.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds
from benchmarks.tryton_dunning import BLOCK, installed

DAY = date.today()  # noqa: DTZ011, TID251 - Tryton warns of an invoice of the future, and its clock is this one
ISSUED = DAY - timedelta(days=40)


def opened(tryton: Any, invoices: int) -> tuple[list[int], dict[str, Any]]:
    """Open books with so many posted invoices; give their ids, and the head of a statement."""
    from proteus import Model
    from trytond.modules.account.tests import tools as account
    from trytond.modules.account_invoice.tests import tools as invoice
    from trytond.modules.company.tests import tools as company

    company.create_company()
    account.create_chart()
    year = invoice.set_fiscalyear_invoice_sequences(account.create_fiscalyear(today=(ISSUED, DAY)))
    year.save()
    year.click("create_period")
    accounts = {kind: one.id for kind, one in account.get_accounts().items()}
    (journal,) = Model.get("account.journal").find([("code", "=", "STA")])
    bank = Model.get("account.statement.journal")(name="Bank", journal=journal, validation="number_of_lines")
    bank.account = account.get_accounts()["cash"]
    bank.save()
    (revenue,) = Model.get("account.journal").find([("code", "=", "REV")])
    ours = company.get_company()
    parties = tryton.get_proxy("party.party").create(
        [{"name": f"Klant {i}", "addresses": [("create", [{"city": "Utrecht"}])]} for i in range(invoices // 5)],
        tryton.context,
    )
    address = {
        one["id"]: one["addresses"][0]
        for one in tryton.get_proxy("party.party").read(parties, ["addresses"], tryton.context)
    }
    head = {"type": "out", "journal": revenue.id, "company": ours.id, "currency": ours.currency.id,
            "account": accounts["receivable"], "invoice_date": ISSUED}  # fmt: skip
    line = {"type": "line", "account": accounts["revenue"], "quantity": 1, "description": "x", "company": ours.id,
            "currency": ours.currency.id, "invoice_type": "out"}  # fmt: skip

    def values(i: int) -> dict[str, Any]:
        party = parties[i % len(parties)]
        sold = line | {"unit_price": Decimal(100 + i)}
        return head | {"party": party, "invoice_address": address[party], "lines": [("create", [sold])]}

    proxy, made = tryton.get_proxy("account.invoice"), []
    for start in range(0, invoices, BLOCK):
        some = proxy.create([values(i) for i in range(start, min(start + BLOCK, invoices))], tryton.context)
        proxy.post(some, tryton.context)
        made += some
    return made, {"journal": bank.id, "company": ours.id, "date": DAY, "account": accounts["receivable"]}


def rate(lines: int, folder: Path) -> float:
    """Take in one statement."""
    tryton = installed(folder, "account_statement")
    invoices, head = opened(tryton, lines)
    paid = tryton.get_proxy("account.invoice").read(invoices, ["party", "total_amount"], tryton.context)
    owed = head.pop("account")
    statements = tryton.get_proxy("account.statement")
    rows = [
        {"number": str(at), "date": DAY, "party": one["party"], "account": owed, "amount": one["total_amount"],
         "related_to": f"account.invoice,{one['id']}"}
        for at, one in enumerate(paid)
    ]  # fmt: skip

    def book() -> None:
        values = head | {"name": "S", "number_of_lines": lines, "lines": [("create", rows)]}
        made = statements.create([values], tryton.context)
        statements.validate_statement(made, tryton.context)
        statements.post(made, tryton.context)

    took = seconds(book)
    states = tryton.get_proxy("account.invoice").read(invoices, ["state"], tryton.context)
    if any(one["state"] != "paid" for one in states):  # an assertion would not hold under -O
        sys.exit("the statement did not pay all its invoices")
    return lines / took


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="voldaan-bench-") as name:
        print(json.dumps({"booked": rate(int(sys.argv[1]), Path(name))}))
