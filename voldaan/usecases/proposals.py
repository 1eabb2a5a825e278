"""What the matcher proposes, written down for a person: part of the verbs that match, never one itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from voldaan.records.bank import BankTransaction
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.rules.matching import Match, Settles
from voldaan.rules.permissions import Actor
from voldaan.usecases import receipts
from voldaan.usecases.ledger import BLOCK

T = TypeVar("T")

VALUES = 10_000  # in one question to the database


def renew(waiting: list[tuple[BankTransaction, list[Match]]], *, actor: Actor) -> None:
    """Write the proposals that a person decides on; the ones of before go, those refused do not come back."""
    books = actor.administration_id
    rows = {row.pk: row for row, _ in waiting}
    was: dict[int, dict[str, list[tuple[str, Settles, int]]]] = defaultdict(lambda: defaultdict(list))
    for some in in_chunks(rows, VALUES):
        earlier = Proposal.objects.of(books).filter(transaction__in=some, state__in=("open", "rejected"))
        lines: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        of_them = ProposalLine.objects.of(books).filter(proposal__in=earlier).order_by("pk")
        facts = ("proposal_id", "receivable_id", "amount_cents", "given_up_cents")
        for proposal, *settles in of_them.values_list(*facts):
            lines[proposal].append((settles[0], settles[1], settles[2]))
        for pk, t, state, kind in earlier.order_by("rank").values_list("pk", "transaction_id", "state", "match_class"):
            if t is not None:
                was[t][state].append((kind, tuple(lines[pk]), pk))
    stale: list[int] = []
    changed: list[int] = []
    fresh: list[tuple[Proposal, Match]] = []
    for row, found in waiting:
        refused = {(kind, lines_) for kind, lines_, _ in was[row.pk]["rejected"]}
        wanted = [m for m in found if (m.match_class.value, m.settles) not in refused]
        if [(m.match_class.value, m.settles) for m in wanted] == [(k, ls) for k, ls, _ in was[row.pk]["open"]]:
            continue
        changed.append(row.pk)
        stale += [pk for _, _, pk in was[row.pk]["open"]]
        fresh += [
            (
                Proposal(
                    administration_id=books, debtor_id=m.debtor_id, transaction=row, rank=rank,
                    match_class=m.match_class.value, evidence=m.evidence_words,
                ),
                m,
            )
            for rank, m in enumerate(wanted, 1)
        ]  # fmt: skip
    for some in in_chunks(stale, VALUES):
        Proposal.objects.of(books).filter(pk__in=some).update(state="withdrawn")
    made = Proposal.objects.of(books).bulk_create([proposal for proposal, _ in fresh], batch_size=BLOCK)
    ProposalLine.objects.of(books).bulk_create(
        [
            ProposalLine(
                administration_id=books, proposal=proposal, receivable_id=receivable, amount_cents=cents,
                given_up_cents=given, given_up_as=kinds.get(receivable, ""),
            )
            for proposal, (_, match) in zip(made, fresh, strict=True)
            for kinds in ({one.receivable_id: one.kind.value for one in match.given_up},)
            for receivable, cents, given in match.settles
        ],
        batch_size=BLOCK,
    )  # fmt: skip
    for some in in_chunks(changed, VALUES):
        receipts.settle_states(some, actor=actor)


def withdraw(transactions: Iterable[int], books: int) -> None:
    """Take back the proposals of receipts that are booked now."""
    for some in in_chunks(transactions, VALUES):
        Proposal.objects.of(books).filter(transaction__in=some, state="open").update(state="withdrawn")


def in_chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut what may be long into lists that one question can hold."""
    source = iter(values)
    while some := list(islice(source, size)):
        yield some
