"""What the matcher proposes, written down for a person: part of the verbs that match, never one itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from voldaan.records.bulk import Keys
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.rules.matches import Match, Settles
from voldaan.rules.permissions import Actor
from voldaan.usecases import receipts
from voldaan.usecases.ledger import BLOCK
from voldaan.usecases.receipts import Movement


def renew(waiting: Sequence[tuple[Movement, Sequence[Match]]], *, actor: Actor) -> None:
    """Write the proposals that a person decides on; the ones of before go, those refused do not come back."""
    if not waiting:
        return
    books = actor.administration_id
    rows = {row.pk: row for row, _ in waiting}
    was: dict[int, dict[str, list[tuple[str, Settles, int]]]] = defaultdict(lambda: defaultdict(list))
    said: dict[int, tuple[Any, Any]] = {}  # evidence and set-offs of a proposal
    earlier = Proposal.objects.of(books).filter(transaction__in=Keys(rows), state__in=("open", "rejected"))
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
                    administration_id=books, debtor_id=m.debtor_id, transaction_id=row.pk, rank=rank,
                    match_class=m.match_class.value, evidence=m.evidence_words, taken_off=m.taken_off,
                ),
                m,
            )
            for rank, m in enumerate(wanted, 1)
        ]  # fmt: skip
    Proposal.objects.of(books).filter(pk__in=Keys(stale)).update(state="withdrawn")
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
    receipts.settle_states(changed, actor=actor)


def withdraw(transactions: Collection[int], books: int) -> None:
    """Take back the proposals of receipts that are booked now."""
    Proposal.objects.of(books).filter(transaction__in=Keys(transactions), state="open").update(state="withdrawn")
