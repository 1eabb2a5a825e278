"""What the matcher proposes, written down for a person: part of the verbs that match, never one itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

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
    said: dict[int, tuple[Any, Any]] = {}  # evidence and set-offs of a proposal
    for some in in_chunks(rows, VALUES):
        earlier = Proposal.objects.of(books).filter(transaction__in=some, state__in=("open", "rejected"))
        lines: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        of_them = ProposalLine.objects.of(books).filter(proposal__in=earlier).order_by("pk")
        of_line = ("proposal_id", "receivable_id", "amount_cents", "given_up_cents")
        for proposal, *settles in of_them.values_list(*of_line):
            lines[proposal].append((settles[0], settles[1], settles[2]))
        facts = ("pk", "transaction_id", "state", "match_class", "evidence", "taken_off")
        for pk, t, state, kind, *told in earlier.order_by("rank").values_list(*facts):
            if t is not None:
                was[t][state].append((kind, tuple(lines[pk]), pk))
                said[pk] = told[0], told[1]
    stale: list[int] = []
    changed: list[int] = []
    fresh: list[tuple[Proposal, Match]] = []
    for row, found in waiting:
        refused = {(kind, lines_) for kind, lines_, _ in was[row.pk]["rejected"]}
        wanted = [m for m in found if (m.match_class.value, m.settles) not in refused]
        stands = [(kind, settles, *said[pk]) for kind, settles, pk in was[row.pk]["open"]]
        if [(m.match_class.value, m.settles, m.evidence_words, [*map(list, m.taken_off)]) for m in wanted] == stands:
            continue
        changed.append(row.pk)
        stale += [pk for _, _, pk in was[row.pk]["open"]]
        fresh += [
            (
                Proposal(
                    administration_id=books, debtor_id=m.debtor_id, transaction=row, rank=rank,
                    match_class=m.match_class.value, evidence=m.evidence_words, taken_off=m.taken_off,
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
