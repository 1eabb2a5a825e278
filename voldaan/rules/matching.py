"""Matching: which open items a receipt pays, with the evidence; certain enough to book, or a proposal for a person.

What the payer names comes first, then what his account tells, then his name, then the amount alone; where that leaves
a choice the oldest due is paid first (BW 6:43). Nothing here knows how candidates are found or proposals are stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from voldaan.rules import names
from voldaan.rules.candidates import Candidate
from voldaan.rules.ledger import EntryKind
from voldaan.rules.like_names import most_like
from voldaan.rules.matches import (
    CERTAIN,
    LESS,
    MOST_PROPOSALS,
    RANK,
    Evidence,
    Match,
    MatchClass,
    Receipt,
    Settles,
)
from voldaan.rules.money import spread
from voldaan.rules.reductions import Asked, GivenUp, given_up
from voldaan.rules.remittance import (
    HINT,
    WHOLE,
    endings,
    ends_with,
    folded,
    is_distinctive,
    said_in,
    shorter,
    words,
)
from voldaan.rules.shortfalls import Shortfall, shortfall
from voldaan.rules.sums import adding_up, whole
from voldaan.rules.typos import is_typed_wrong

FEW_PAYERS = 3  # behind one account; beyond that only exact items and whole balances are proposed

_folded_name = lru_cache(maxsize=4096)(names.folded)

_SHAPE = str.maketrans("123456789", "000000000")


@dataclass(slots=True)
class _View:
    receipt: Receipt
    items: list[Candidate]  # oldest due first
    debtors: dict[int, list[Candidate]]  # the same, per debtor
    said: dict[str, int]
    endings: frozenset[str]  # digits that stand for a whole number
    known: frozenset[int]  # debtors that pay from this account
    named: dict[int, bool] = field(default_factory=dict)  # receivable: whether the name alone is proof
    referred: set[int] = field(default_factory=set)  # of those named: by the payment reference
    numbered: set[int] = field(default_factory=set)  # of those named: by the invoice number


def _view(receipt: Receipt, candidates: Sequence[Candidate], known: frozenset[int]) -> _View:
    items = list({item.receivable_id: item for item in candidates if item.open_cents > 0}.values())
    items.sort(key=attrgetter("due_date", "receivable_id"))
    debtors: dict[int, list[Candidate]] = {}
    for item in items:
        debtors.setdefault(item.debtor_id, []).append(item)
    said = _said(receipt)
    view = _View(receipt, items, debtors, said, endings(receipt.text), known)
    bare = _bare(said)
    for item in items:
        pk = item.receivable_id
        if _is_numbered(item, said, bare, view.endings):
            view.numbered.add(pk)
            # Written shorter it is enough only from a payer who is known.
            surely = said.get(item.folded, HINT)
            view.named[pk] = is_distinctive(item.folded, surely, receipt.cents)
        if item.reference in said:
            view.referred.add(pk)
            is_proof = is_distinctive(item.reference, said[item.reference], receipt.cents)
            view.named[pk] = is_proof or view.named.get(pk, False)
    return view


def _said(receipt: Receipt) -> dict[str, int]:
    said = dict.fromkeys(words(receipt.end_to_end_id), HINT) | said_in(receipt.text)
    if receipt.structured_reference:
        said[folded(receipt.structured_reference)] = WHOLE
    return said


def _bare(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.replace("0", "") for word in said)


def _is_numbered(item: Candidate, said: dict[str, int], bare: tuple[str, ...], ends: frozenset[str]) -> bool:
    """Tell whether the number of an item is said: whole, shortened, or by how it ends."""
    if item.folded in said or any(ends_with(item.folded, end) for end in ends):
        return True
    # Who shortens a number drops what it begins with, and zeros: of most words nothing more need be asked.
    return item.folded.replace("0", "").endswith(bare) and not said.keys().isdisjoint(shorter(item.number))


def _refers_elsewhere(view: _View, chosen: Sequence[Candidate]) -> bool:
    """Tell whether the payer gave a reference, and items that have one have another."""
    reference = view.receipt.structured_reference
    has_it = any(reference in (item.reference, item.folded) for item in chosen)
    return reference != "" and not has_it and any(item.reference for item in chosen)


def _names_another(view: _View, chosen: Sequence[Candidate]) -> bool:
    """Tell whether the text holds a number that looks like those of the items, such as one that was paid before."""
    numbers, himself = {item.folded for item in chosen}, folded(chosen[0].debtor_number)
    ends = view.endings - {himself}
    if any(not any(ends_with(number, ending) for number in numbers) for ending in ends):
        return True
    ways = numbers.union(*(shorter(item.number) for item in chosen))
    shapes, starts = {way.translate(_SHAPE) for way in ways}, {way[:4] for way in ways}
    for word in view.said.keys() - {himself}:
        if any(word in way or way in word for way in ways):
            continue  # it, a piece of it, or it and its neighbour
        has_start, is_number = word[:4] in starts, is_distinctive(word, WHOLE, view.receipt.cents)
        if (has_start and is_number) or (word.translate(_SHAPE) in shapes and (has_start or is_number)):
            return True
    return False


def propose(receipt: Receipt, candidates: Sequence[Candidate], *, known_payers: frozenset[int],
            refused: Collection[Settles] = (), by_itself: Collection[MatchClass] = CERTAIN) -> list[Match]:  # fmt: skip
    """Say what a receipt may pay, best first, at most five; one that is certain stands alone.

    `candidates` are the open items found by reference and by the words of text and end-to-end id, and all open items
    of the debtors in `known_payers`, who are known to pay from this account, or who bear exactly the payer's name.
    Their order does not matter. What a person `refused` is not said again; only classes in `by_itself` are certain.
    A receipt of nothing or less pays nothing.
    """
    if receipt.cents <= 0:
        return []
    view, found = _view(receipt, candidates, known_payers), []
    for search in (_by_reference, _by_numbers, _by_typing_error, _by_payer, _by_like_name, _by_amount):
        for match in search(view):
            if match.settles in refused:
                continue
            if match.certain and match.match_class in by_itself:
                return [match]
            found.append(match._replace(certain=False) if match.certain else match)
    best: dict[Settles, Match] = {}
    for match in sorted(found, key=lambda match: RANK[match.match_class]):
        best.setdefault(match.settles, match)
    return list(best.values())[:MOST_PROPOSALS]


def of_reference(receipt: Receipt, item: Candidate, *, known_payers: frozenset[int]) -> Match:
    """Match a receipt with the one item whose payment reference and amount it bears: as `propose` does, only faster."""
    said, evidence = _said(receipt), [Evidence.STRUCTURED_REFERENCE]
    if _is_numbered(item, said, _bare(said), endings(receipt.text)):
        evidence.append(Evidence.INVOICE_NUMBER)
    evidence.append(Evidence.SAME_AMOUNT)
    if receipt.is_blocked:
        evidence.append(Evidence.BLOCKED_ACCOUNT)
    if item.debtor_id in known_payers:
        evidence.append(Evidence.KNOWN_IBAN)
    if _has_name(receipt, item):
        evidence.append(Evidence.SAME_NAME)
    elif item.debtor_id == most_like(receipt.name, {item.debtor_id: item.debtor_name}):
        evidence.append(Evidence.LIKE_NAME)
    lines = ((item.receivable_id, receipt.cents),)
    return Match(MatchClass.REFERENCE_AMOUNT, tuple(evidence), lines, 0, item.debtor_id, certain=True)


def _by_reference(view: _View) -> Iterator[Match]:
    """Find the items whose payment reference the bank handed over: with their exact amount they win."""
    cents, reference = view.receipt.cents, view.receipt.structured_reference
    referred = [item for item in view.items if item.reference == reference != ""]
    fits = [item for item in referred if item.open_cents == cents]
    if fits:
        # Instalments of one invoice may be equal: the payer left the choice to the law, which takes the oldest.
        is_one = len({item.invoice_id for item in fits}) == 1
        yield _match(view, MatchClass.REFERENCE_AMOUNT, fits[:1], certain=is_one)
    elif len({item.debtor_id for item in referred}) == 1 and (given := _given_up(view, referred)) is not None:
        kind = MatchClass.REFERENCE_LESS if given else MatchClass.REFERENCE_AMOUNT
        yield _match(view, kind, referred, given, certain=True)


def _by_numbers(view: _View) -> Iterator[Match]:
    """Find what the text names: one item with its amount, several that add up, or a part of them."""
    if not view.named:
        return
    cents = view.receipt.cents
    named = [item for item in view.items if item.receivable_id in view.named]
    alone = len({item.invoice_id for item in named}) == 1
    fits = [item for item in named if item.open_cents == cents]
    for item in fits[:2]:
        # Of one invoice they are equal instalments: the payer left the choice to the law, which takes the oldest.
        yield _match(view, _kind(view, [item], amount=True), [item], certain=alone and _is_proved(view, [item]))
    if fits:
        return
    named_by_debtor = ([i for i in items if i.receivable_id in view.named] for items in view.debtors.values())
    groups = list(filter(None, named_by_debtor))
    if len(groups) > 1 and sum(item.open_cents for item in named) == cents:
        # A parent, or an office: he names in full what he pays for each, and to the cent.
        in_full = all(item.folded in view.said and view.named[item.receivable_id] for item in named)
        is_certain = in_full and not _refers_elsewhere(view, named)
        yield _match(view, MatchClass.DEBTORS_SUM, named, certain=is_certain)
    for group in islice(groups, FEW_PAYERS):
        given = _given_up(view, group)
        if given is not None:
            kind = _kind(view, group, amount=True) if alone else MatchClass.NUMBERS_SUM
            is_certain = len(group) == len(named) and _is_proved(view, group)
            yield _match(view, LESS[kind] if given else kind, group, given, certain=is_certain)
        if given == []:
            continue
        if sums := adding_up(group, cents):
            yield _match(view, MatchClass.NUMBERS_SUM, sums[0])
        yield from _part(view, group, alone=alone)


def _kind(view: _View, group: Iterable[Candidate], *, amount: bool) -> MatchClass:
    if all(item.receivable_id in view.referred for item in group):
        return MatchClass.REFERENCE_AMOUNT if amount else MatchClass.REFERENCE_PART
    return MatchClass.NUMBER_AMOUNT if amount else MatchClass.NUMBER_PART


def _is_proved(view: _View, group: Sequence[Candidate]) -> bool:
    """Tell whether names are proof: distinctive or from a known payer, and not against what else is known."""
    is_distinctive = all(view.named[item.receivable_id] for item in group)
    is_proof = group[0].debtor_id in view.known or (is_distinctive and not view.known)
    return is_proof and not _refers_elsewhere(view, group)


def _part(view: _View, group: list[Candidate], *, alone: bool) -> Iterator[Match]:
    """Pay what is named as far as the money goes; what is over pays the debtor's other items, or stays as credit."""
    kind = _kind(view, group, amount=False)
    if sum(item.open_cents for item in group) < view.receipt.cents:
        others = (item for item in view.debtors[group[0].debtor_id] if item.receivable_id not in view.named)
        yield _match(view, kind, [*group, *others])
        yield _match(view, kind, group)
    else:
        receipt, asked = view.receipt, sum(item.open_cents for item in group)
        why = shortfall(receipt.cents, asked, text=receipt.text, country=receipt.country)
        yield _match(view, kind, group, certain=alone and why is None and _is_part(view, group), why=why)


def _is_part(view: _View, group: Sequence[Candidate]) -> bool:
    """Tell whether less than is open was surely meant for the one invoice that is named: by him who always pays it.

    He may shorten what he pays as he likes, and says himself where it goes (BW 6:43). But where another item of his
    has just this amount, he may have taken the wrong number; more than the oldest instalment may be a mistake; and who
    pays less than half asks for something, which a person should see; but on a blocked account a part is all there is.
    """
    debtor, cents = group[0].debtor_id, view.receipt.cents
    least = 0 if view.receipt.is_blocked else group[0].open_cents
    if not least <= 2 * cents <= 2 * group[0].open_cents:
        return False
    is_he = view.known == {debtor} or (
        not view.known and view.referred.issuperset(item.receivable_id for item in group)
    )
    is_another = any(item.open_cents == cents for item in view.debtors[debtor])
    return is_he and not is_another and _is_proved(view, group) and not _names_another(view, group)


def _by_typing_error(view: _View) -> Iterator[Match]:
    """Find the one item of a known payer that has the amount, and whose number he typed with a digit wrong."""
    cents, said = view.receipt.cents, view.said.keys() - {item.folded for item in view.items}
    his = [item for item in view.items if item.open_cents == cents and item.debtor_id in view.known]
    wrong = [item for item in his if any(is_typed_wrong(word, item.folded) for word in said)]
    if len(his) == len(wrong) == 1:
        yield _match(view, MatchClass.TYPED_WRONG, wrong)


def _by_payer(view: _View) -> Iterator[Match]:
    """Find what the account tells, else the name: one item, items that add up, or the oldest due."""
    if view.known:
        amount, several, only = MatchClass.IBAN_AMOUNT, MatchClass.IBAN_SUM, MatchClass.IBAN_ONLY
        payers = [items for debtor, items in view.debtors.items() if debtor in view.known]
    else:
        amount, several, only = MatchClass.NAME_AMOUNT, MatchClass.NAME_SUM, MatchClass.NAME_ONLY
        payers = [items for items in view.debtors.values() if _has_name(view.receipt, items[0])]
    cents = view.receipt.cents
    # Several debtors behind one account (a parent, an administration office), or something named: a person looks.
    is_plain = len(view.known) == 1 and not view.named
    for items in payers:
        fits = [item for item in items if item.open_cents == cents]
        ways = [([item], len(fits) == 1) for item in fits[:2]]
        if not fits and (sums := adding_up(items, cents) if len(payers) <= FEW_PAYERS else whole(items, cents)):
            ways = [sums]
        for chosen, is_sure in ways:
            is_clear = is_sure and is_plain and not _refers_elsewhere(view, chosen)
            is_certain = is_clear and not _names_another(view, chosen)
            yield _match(view, amount if fits else several, chosen, certain=is_certain)
        if not ways and len(payers) <= FEW_PAYERS:
            yield from _nearly(view, LESS[amount], items, is_plain=is_plain)
            yield _match(view, only, items)


def _nearly(view: _View, kind: MatchClass, items: list[Candidate], *, is_plain: bool) -> Iterator[Match]:
    """Find the one item, or else the whole balance, that is paid but for a discount or a few cents."""
    fits = [([item], given) for item in items if (given := _given_up(view, [item])) is not None]
    if not fits and (given := _given_up(view, items)) is not None:
        fits = [(items, given)]
    for chosen, given in fits[:2]:
        in_time = all(one.kind is EntryKind.DISCOUNT for one in given)
        is_clear = len(fits) == 1 and is_plain and in_time and not _refers_elsewhere(view, chosen)
        yield _match(view, kind, chosen, given, certain=is_clear and not _names_another(view, chosen))


def _by_like_name(view: _View) -> Iterator[Match]:
    """Find the one item with the amount, of the one debtor whose name is like that of the payer."""
    alike = None if view.known else _alike(view)
    fits = [item for item in view.items if item.debtor_id == alike and item.open_cents == view.receipt.cents]
    for item in fits[:1]:
        yield _match(view, MatchClass.LIKE_NAME, [item])


def _by_amount(view: _View) -> Iterator[Match]:
    """Find what has only the amount in common."""
    for item in islice((item for item in view.items if item.open_cents == view.receipt.cents), 3):
        yield _match(view, MatchClass.AMOUNT_ONLY, [item])


def _given_up(view: _View, items: Sequence[Candidate]) -> list[GivenUp] | None:
    receipt = view.receipt
    asked = [Asked(item.receivable_id, item.open_cents, item.discount) for item in items]
    return given_up(asked, receipt.cents, paid_on=receipt.paid_on, tolerance_cents=receipt.tolerance_cents)


def _match(view: _View, kind: MatchClass, chosen: Sequence[Candidate], given: Sequence[GivenUp] = (), *,
           certain: bool = False, why: Shortfall | None = None) -> Match:  # fmt: skip
    less = {one.receivable_id: one.cents for one in given}
    asked = [item.open_cents - less.get(item.receivable_id, 0) for item in chosen]
    shares, left = spread(view.receipt.cents, asked)
    paid = [(item, share) for item, share in zip(chosen, shares, strict=True) if share]
    assert not certain or (kind.certain and left == 0), "what is certain adds up"
    # All before the last are always paid in full.
    is_exact = not given and left == 0 and paid[-1][1] == paid[-1][0].open_cents
    ids, debtor, evidence = {item.receivable_id for item, _ in paid}, paid[0][0].debtor_id, list[Evidence]()
    if not view.referred.isdisjoint(ids):
        evidence.append(Evidence.STRUCTURED_REFERENCE)
    if not view.numbered.isdisjoint(ids):
        evidence.append(Evidence.INVOICE_NUMBER)
    if kind is MatchClass.TYPED_WRONG:
        evidence.append(Evidence.TYPED_WRONG)
    if is_exact:
        evidence.append(Evidence.SAME_AMOUNT if len(paid) == 1 else Evidence.SUM_OF_ITEMS)
    if why:
        evidence.append(Evidence(why.value))
    if view.receipt.is_blocked:
        evidence.append(Evidence.BLOCKED_ACCOUNT)
    if kind is MatchClass.DEBTORS_SUM:
        evidence.append(Evidence.SEVERAL_CUSTOMERS)
    if given:
        evidence.append(Evidence.DISCOUNT if given[0].kind is EntryKind.DISCOUNT else Evidence.FEW_CENTS_SHORT)
    if debtor in view.known:  # of others not all open items need be here
        if is_exact and len(paid) == len(view.debtors[debtor]) > 1:
            evidence.append(Evidence.WHOLE_BALANCE)
        evidence.append(Evidence.KNOWN_IBAN)
    if _has_name(view.receipt, paid[0][0]):
        evidence.append(Evidence.SAME_NAME)
    elif debtor == _alike(view):
        evidence.append(Evidence.LIKE_NAME)
    lines = tuple((item.receivable_id, share) for item, share in paid)
    return Match(kind, tuple(evidence), lines, left, debtor, certain, tuple(given))


def _has_name(receipt: Receipt, item: Candidate) -> bool:
    return receipt.name.strip() != "" and _folded_name(receipt.name) == _folded_name(item.debtor_name)


def _alike(view: _View) -> int | None:
    """Find the one debtor whose name is like that of the payer."""
    return most_like(view.receipt.name, {debtor: items[0].debtor_name for debtor, items in view.debtors.items()})
