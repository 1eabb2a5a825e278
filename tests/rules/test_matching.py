"""Matching receipts to open items: what payers really write, and what must never be booked by itself."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldaan.rules.candidates import Candidate
from voldaan.rules.ledger import EntryKind
from voldaan.rules.like_names import most_like
from voldaan.rules.matches import Evidence, Match, MatchClass, Receipt
from voldaan.rules.matching import of_reference, propose
from voldaan.rules.reductions import Asked, EarlyPayment, GivenUp, given_up
from voldaan.rules.remittance import MOST_WORDS, endings, folded, shorter, words
from voldaan.rules.shortfalls import Shortfall, shortfall
from voldaan.rules.typos import is_typed_wrong

FIRST_DAY = date(2026, 1, 31)
PAID_ON = date(2026, 3, 1)
IBAN = "NL91ABNA0417164300"
OGM = "123456789002"
NOBODY: frozenset[int] = frozenset()


def item(receivable, cents, *, number="", debtor=1, invoice=None, reference="", day=0, name=""):
    """One open item; without more, an invoice of its own, the next due a day later."""
    return Candidate(
        receivable, debtor, receivable if invoice is None else invoice, number or f"F2026-{receivable:03}",
        folded(number or f"F2026-{receivable:03}"), reference,
        cents, FIRST_DAY + timedelta(days=day or receivable), name or f"Klant {debtor}", str(10_044 + debtor),
    )  # fmt: skip


def receipt(cents, text="", *, reference="", name="", end_to_end_id="NOTPROVIDED"):
    return Receipt(cents, PAID_ON, IBAN, name, text, reference, end_to_end_id)


def best(paid, items, known=()) -> Match:
    return propose(paid, items, known_payers=frozenset(known))[0]


# ---- what a text says ----


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("F2026-1", "F2026-1"),
        ("f2026 1", "F2026-1"),
        ("Betaling factuur 2026/001, bedankt", "2026-001"),
        ("factuur20260001", "20260001"),
        ("factuurF2026/0001", "F2026-0001"),
        ("fnr2026 - 00516", "2026-00516"),
        ("FACT2026-014 bedankt", "FACT 2026-014"),  # a number may begin so itself
        ("fact.20260001,20260002", "20260001"),
        ("fact.20260001,20260002", "20260002"),
        ("20260001 + 20260002", "2026-0002"),
        ("Factuurnr:2026.0001", "20260001"),
        ("FACTUUR 2026 0001", "2026-0001"),
        ("vf 2026 - 0017", "VF-2026-0017"),
        ("/INV/20260001 4.3.2026", "20260001"),
        ("Uw factuur #1042.", "1042"),
        ("facture n° 2026-014 du 15.03.16", "2026/014"),
        ("fact. F2026-\n0001", "F2026-0001"),  # broken off at the end of a line
        ("Rechnung RG-26-0042", "RG 26/0042"),
        ("+++123/4567/89002+++", OGM),
        ("***123/4567/89002***", OGM),
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("RF45 2026 0001 2026 0002 17", "RF4520260001202600 0217"),
        ("betalingskenmerk 1223 4534 6256 7000", "1223453462567000"),
        ("réf. É2026-7", "E2026-7"),
        ("Ｆ２０２６－１", "F2026-1"),  # full width
    ],
)
def test_a_number_is_found_as_people_write_it(text, number):
    assert folded(number) in words(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("factuur 120260001", "20260001"),  # inside a longer number
        ("F20260001A", "F20260001"),
        ("20260001,20260002", "2026000120260002"),  # a comma parts a list
        ("EUR 1.234,56", "123456"),
        ("huur januari", "JANUARI"),  # no digit, no number
        ("", ""),
        ("NOTPROVIDED", "NOTPROVIDED"),
    ],
)
def test_a_number_is_not_found_where_it_does_not_stand(text, number):
    assert folded(number) not in words(text)


@given(st.text(max_size=300) | st.from_regex(r"([0-9A-Z]{1,4}[-/ .,]){1,80}", fullmatch=True))
@settings(deadline=None)
def test_words_are_few_and_folded(text):
    found = words(text)
    assert len(found) <= MOST_WORDS
    assert all(word and folded(word) == word for word in found)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_folding_twice_is_folding_once(number):
    assert folded(folded(number)) == folded(number)


def test_words_of_a_hostile_text_are_cheap():
    assert len(words("1-" * 500_000)) <= MOST_WORDS
    assert len(words(" ".join(map(str, range(5000))))) == MOST_WORDS
    assert len(words("RF18 " * 100_000)) <= MOST_WORDS
    assert words("9" * 1_000_000) == frozenset()


@pytest.mark.parametrize(
    ("number", "ways"),
    [
        ("2026-00417", {"2026417"}),
        ("F2026-0417", {"F2026417", "20260417", "2026417"}),
        ("VF26/00417", {"VF26417", "2600417", "26417"}),
        ("202600417", set()),  # no mark says where the zeros begin
        ("F0042", set()),  # too short to be told from something else
    ],
)
def test_how_people_shorten_a_number(number, ways):
    assert shorter(number) == ways


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("factuur 417", {"417"}),
        ("Fact.nr 0417 en nr 418", {"0417", "418"}),
        ("417", {"417"}),
        ("factuur 2026-366", set()),
        ("factuur 2026 00366", set()),
        ("factuur 12.50", set()),
        ("bankrekening 1234", set()),
        ("abonnement 417 maart", set()),
        ("417, 418", set()),
        ("", set()),
    ],
)
def test_the_few_digits_that_stand_for_a_number(text, found):
    assert endings(text) == found


@given(st.text(max_size=60))
@settings(deadline=None)
def test_shortening_and_ends_never_fail(text):
    assert all(folded(way) == way != folded(text) for way in shorter(text))
    assert all(ending.isdigit() for ending in endings(text))


@given(st.text(max_size=20) | st.from_regex(r"[A-Z]{0,2}[0-9]{0,4}[-/. ]?0{0,3}[0-9]{1,5}", fullmatch=True))
def test_a_shortened_number_ends_as_the_number_does_but_for_zeros(number):
    ends = folded(number).replace("0", "")
    assert all(ends.endswith(way.replace("0", "")) for way in shorter(number))


# ---- one item with its amount ----

PLAIN = [item(1, 121_00, number="20260131"), item(2, 60_50, number="2026-0299")]
YEAR = [item(1, 121_00), item(3, 99_00, number="2026")]


@pytest.mark.parametrize(
    ("paid", "items", "known", "match_class", "certain"),
    [
        # the reference that the bank hands over wins over all else
        (receipt(121_00, reference=OGM), [item(1, 121_00, reference=OGM)], (), "reference_amount", True),
        (receipt(121_00, reference=OGM), [item(1, 121_00, reference=OGM)], (9,), "reference_amount", True),
        (receipt(121_00, "F2026-002", reference=OGM), [item(1, 121_00, reference=OGM), item(2, 121_00)],
         (), "reference_amount", True),
        (receipt(120_00, reference=OGM), [item(1, 121_00, reference=OGM)], (1,), "reference_part", True),
        (receipt(122_00, reference=OGM), [item(1, 121_00, reference=OGM)], (1,), "reference_part", False),
        # one reference for all invoices of a customer, two of them equal
        (receipt(50_00, reference=OGM), [item(1, 50_00, reference=OGM), item(2, 50_00, reference=OGM)],
         (1,), "reference_amount", False),
        # typed into the text
        (receipt(121_00, "+++123/4567/89002+++"), [item(1, 121_00, reference=OGM)], (), "reference_amount", True),
        (receipt(121_00, "RF18 5390 0754 7034"), [item(1, 121_00, reference="RF18539007547034")],
         (), "reference_amount", True),
        # a number as a whole word
        (receipt(60_50, "Factuur 2026-0299 dd 12-03-2026"), PLAIN, (), "number_amount", True),
        (receipt(60_50, "factuur 2026 0299"), PLAIN, (), "number_amount", True),
        (receipt(60_50, "/INV/2026-0299"), PLAIN, (), "number_amount", True),
        (receipt(60_50, "factuur2026/0299"), PLAIN, (), "number_amount", True),
        (receipt(60_50, "fact.20260202"), [item(1, 60_50, number="20260299")], (), "amount_only", False),
        # … that may well be something else
        (receipt(121_00, "betaling 20260131"), PLAIN, (), "number_amount", False),  # 31 January
        (receipt(121_00, "betaling 20260131"), PLAIN, (1,), "number_amount", True),
        (receipt(99_00, "huur jan 2026"), YEAR, (), "number_amount", False),  # the year
        (receipt(99_00, "huur jan 2026"), YEAR, (1,), "number_amount", True),
        (receipt(99_00, "huur jan 2026"), [item(1, 99_00, number="JAN2026")], (), "number_amount", False),
        (receipt(10_00, "nr 17"), [item(1, 10_00, number="17")], (), "number_amount", False),
        (receipt(10_00, "Dorpsstraat 12 1234 AB"), [item(1, 10_00, number="1234AB")], (), "number_amount", False),
        (receipt(10_00, "rue Haute 5, 1000 Bruxelles"), [item(1, 10_00, number="1000")], (), "number_amount", False),
        (receipt(123_45, "bedrag 12345"), [item(1, 123_45, number="12345")], (), "number_amount", False),
        (receipt(12345_00, "EUR 12345"), [item(1, 12345_00, number="12345")], (), "number_amount", False),
        (receipt(10_00, "12-03-2026"), [item(1, 10_00, number="12032026")], (), "number_amount", False),
        (receipt(10_00, "abonnement week 12 2026"), [item(1, 10_00, number="WEEK 12")], (), "number_amount", False),
        # inside a longer number
        (receipt(99_00, "2026-0299"), YEAR, (), "number_amount", False),
        (receipt(60_50, "2026-0299"), [*PLAIN, *YEAR[1:]], (), "number_amount", False),  # which of the two?
        (receipt(10_00, "BE-2026-0001-2"), [item(1, 10_00, number="2026-0001")], (), "number_amount", False),
        (receipt(10_00, "12345-02"), [item(1, 10_00, number="12345")], (), "number_amount", False),
        # the payer's own reference proves nothing alone
        (receipt(10_00, end_to_end_id="20261234"), [item(1, 10_00, number="2026-1234")], (), "number_amount", False),
        (receipt(10_00, end_to_end_id="20261234"), [item(1, 10_00, number="2026-1234")], (1,), "number_amount", True),
        # the account is of somebody else, who may pay for him
        (receipt(60_50, "2026-0299"), PLAIN, (9,), "number_amount", False),
        (receipt(60_50, "2026-0299"), PLAIN, (1, 9), "number_amount", True),
        # two numbers that fold to one word, at two debtors
        (receipt(10_00, "12-34"), [item(1, 10_00, number="12-34"), item(2, 10_00, number="123-4", debtor=2)],
         (1,), "number_amount", False),
        (receipt(10_00, "A12-34"), [item(1, 10_00, number="A12-34"), item(2, 20_00, number="A123-4", debtor=2)],
         (), "number_amount", False),
        # another open item is named as well
        (receipt(60_50, "2026-0299 F2026-005"), [*PLAIN, item(5, 70_00, debtor=2)], (), "number_amount", False),
        (receipt(60_50, "2026-0299", reference=OGM), [*PLAIN, item(5, 70_00, reference=OGM)],
         (), "number_amount", False),
        (receipt(60_50, "2026-0299", reference=OGM), [item(2, 60_50, number="20260299", reference="000000000101")],
         (1,), "number_amount", False),
        # the account is known
        (receipt(60_50, "bedankt"), PLAIN, (1,), "iban_amount", True),
        (receipt(60_50, "bedankt"), PLAIN, (1, 2), "iban_amount", False),  # a parent, an administration office
        (receipt(60_50), [item(1, 60_50), item(2, 60_50)], (1,), "iban_amount", False),
        (receipt(60_50, "2026-0201"), PLAIN, (1,), "iban_amount", False),  # looks like another invoice, paid before
        (receipt(60_50, "2025-0999"), PLAIN, (1,), "iban_amount", False),
        (receipt(60_50, "klant 10045, 12-03-2026"), PLAIN, (1,), "iban_amount", True),
        (receipt(60_50, reference=OGM), [item(1, 60_50, reference="000000000101")], (1,), "iban_amount", False),
        (receipt(60_50, "F2026-009"), [item(1, 60_50), item(9, 61_50)], (1,), "iban_amount", False),
        # shortened: it tells equal items of a known payer apart, and proves nothing for another
        (receipt(60_50, "factuur 2026-9"), [item(1, 60_50), item(9, 60_50)], (1,), "number_amount", True),
        (receipt(60_50, "factuur 009"), [item(1, 60_50), item(9, 60_50)], (1,), "number_amount", True),
        (receipt(60_50, "factuur 09"), [item(1, 60_50), item(9, 60_50)], (1,), "number_amount", True),
        (receipt(60_50, "factuur 9"), [item(1, 60_50), item(9, 60_50)], (1,), "iban_amount", False),
        (receipt(60_50, "factuur 2026-9"), [item(9, 60_50)], (), "number_amount", False),
        # another one, shortened: perhaps not known here yet
        (receipt(60_50, "factuur 2026-17"), [item(9, 60_50)], (1,), "iban_amount", False),
        (receipt(60_50, "factuur 417"), [item(9, 60_50)], (1,), "iban_amount", False),
        (receipt(60_50, "klantnr 10045 maart 2026"), [item(1, 60_50, number="30417")], (1,), "iban_amount", True),
        (receipt(5_00), PLAIN, (1,), "iban_only", False),
        # the name, or nothing but the amount
        (receipt(60_50, name="KLANT  1"), PLAIN, (), "name_amount", False),
        (receipt(5_00, name="klant 1"), PLAIN, (), "name_only", False),
        (receipt(60_50, "bedankt"), PLAIN, (), "amount_only", False),
        (receipt(5_00, "bedankt"), PLAIN, (), None, None),
        (receipt(0, reference=OGM), [item(1, 1, reference=OGM)], (1,), None, None),
        (receipt(-121_00, reference=OGM), [item(1, 121_00, reference=OGM)], (1,), None, None),
    ],
)  # fmt: skip
def test_best_match(paid, items, known, match_class, certain):
    matches = propose(paid, items, known_payers=frozenset(known))
    found = (matches[0].match_class.value, matches[0].certain) if matches else (None, None)
    assert found == (match_class, certain)


# ---- several items, parts and what is over ----


@pytest.mark.parametrize(
    ("paid", "items", "known", "match_class", "certain", "lines", "left"),
    [
        ("300,00 2026-0001 2026-0002", [100_00, 200_00], (), "numbers_sum", True, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 2026-0001/2026-0002", [100_00, 200_00], (1,), "numbers_sum", True, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 20260001/20260002", [100_00, 200_00], (), "numbers_sum", True, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 20260001,20260002", [100_00, 200_00], (9,), "numbers_sum", False, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 20260001,20260002,20260003", [100_00, 200_00, 50_00],
         (1,), "numbers_sum", False, [(1, 100_00), (2, 200_00)], 0),
        ("160,00 20260002", [100_00, 200_00], (1,), "number_part", True, [(2, 160_00)], 0),
        ("60,00 20260002", [100_00, 200_00], (1,), "number_part", False, [(2, 60_00)], 0),  # less than half
        ("160,00 20260002", [100_00, 200_00], (), "number_part", False, [(2, 160_00)], 0),  # who is it?
        ("160,00 20260002", [100_00, 200_00], (9,), "number_part", False, [(2, 160_00)], 0),
        ("160,00 20260002", [100_00, 200_00], (1, 9), "number_part", False, [(2, 160_00)], 0),
        ("160,00 20260002", [160_00, 200_00], (1,), "iban_amount", False, [(1, 160_00)], 0),  # a slip of the pen?
        ("160,00 20260001 20260002", [170_00, 200_00], (1,), "number_part", False, [(1, 160_00)], 0),
        ("160,00 20260002 20260009", [100_00, 200_00], (1,), "number_part", False, [(2, 160_00)], 0),
        ("250,00 20260002", [100_00, 200_00], (1,), "number_part", False, [(1, 50_00), (2, 200_00)], 0),
        ("950,00 20260001 20260002", [100_00, 200_00], (1,), "number_part", False, [(1, 100_00), (2, 200_00)], 650_00),
        ("300,00 alles", [100_00, 200_00], (1,), "iban_sum", True, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 alles", [100_00, 200_00, 70_00], (1,), "iban_sum", True, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 alles", [100_00, 200_00, 200_00], (1,), "iban_sum", False, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 alles", [100_00, 200_00], (1, 2), "iban_sum", False, [(1, 100_00), (2, 200_00)], 0),
        ("300,00 20260009", [100_00, 200_00], (1,), "iban_sum", False, [(1, 100_00), (2, 200_00)], 0),
        ("150,00 20260001", [100_00, 200_00, 50_00], (1,), "iban_sum", False, [(1, 100_00), (3, 50_00)], 0),
        ("15,00 alles", [1_00, 2_00, 4_00, 8_00, 16_00],
         (1,), "iban_sum", False, [(1, 1_00), (2, 2_00), (3, 4_00), (4, 8_00)], 0),
        ("31,00 alles", [1_00, 2_00, 4_00, 8_00, 16_00],
         (1,), "iban_sum", True, [(1, 1_00), (2, 2_00), (3, 4_00), (4, 8_00), (5, 16_00)], 0),
        ("120,00 bedankt", [100_00, 200_00], (1,), "iban_only", False, [(1, 100_00), (2, 20_00)], 0),  # BW 6:43
        ("320,00 bedankt", [100_00, 200_00], (1,), "iban_only", False, [(1, 100_00), (2, 200_00)], 20_00),
        ("100,00 bedankt", [100_00, 100_00], (1,), "iban_amount", False, [(1, 100_00)], 0),  # the oldest due
    ],
)  # fmt: skip
def test_several_items(paid, items, known, match_class, certain, lines, left):
    amount, _, text = paid.partition(" ")
    open_items = [item(n, cents, number=f"2026-{n:04}") for n, cents in enumerate(items, 1)]
    match = best(receipt(int(amount.replace(",", "")), text), open_items, known)
    found = (match.match_class.value, match.certain, sorted(match.lines), match.left_cents)
    assert found == (match_class, certain, lines, left)


def test_the_pieces_of_a_number_are_no_other_number():
    open_items = [item(1, 100_00, number="VF26/00417")]
    for text in ("VF26/00417", "klantnr 10045 factuurnr VF26/00417 d.d. 20-06-2026", "VF26.00417 / 10045"):
        assert best(receipt(60_00, text), open_items, (1,)).certain, text
    assert not best(receipt(60_00, "VF26/00417 en VF26/00418"), open_items, (1,)).certain


def test_what_is_over_may_also_stay_as_credit():
    matches = propose(
        receipt(250_00, "20260002"),
        [item(1, 100_00, number="20260001"), item(2, 200_00, number="20260002")],
        known_payers=frozenset({1}),
    )
    assert [(match.lines, match.left_cents) for match in matches[:2]] == [
        (((2, 200_00), (1, 50_00)), 0),
        (((2, 200_00),), 50_00),
    ]


def test_instalments_of_one_invoice():
    parts = [item(n, 50_00, number="20260999", invoice=7, reference=OGM, day=n) for n in (1, 2, 3)]
    first = best(receipt(50_00, reference=OGM), parts)
    assert (first.lines, first.certain) == (((1, 50_00),), True)  # the payer leaves it to the law: the oldest
    assert (best(receipt(50_00, "20260999"), parts).lines, best(receipt(50_00, "20260999"), parts).certain) == (
        ((1, 50_00),), True,
    )  # fmt: skip
    assert best(receipt(40_00, "20260999"), parts, (1,)).certain
    assert not best(receipt(60_00, "20260999"), parts, (1,)).certain  # of the second as well?
    several = [*parts, item(4, 50_00, number="20260998")]
    assert not best(receipt(50_00, "20260999 20260998"), several).certain
    whole = best(receipt(150_00, "20260999"), parts)
    assert (len(whole.lines), whole.match_class, whole.certain) == (3, MatchClass.NUMBER_AMOUNT, True)


@pytest.mark.parametrize("cents", [299_99, 300_01, 250_00])
def test_a_payment_for_two_debtors_that_does_not_add_up_is_no_certainty_for_either(cents):
    items = [item(1, 100_00, number="20260001"), item(2, 200_00, number="20260002", debtor=2)]
    matches = propose(receipt(cents, "20260001 20260002"), items, known_payers=NOBODY)
    assert {match.debtor_id for match in matches} == {1, 2}
    assert not any(match.certain for match in matches)


def test_a_payment_that_names_in_full_what_two_debtors_owe_is_of_both():
    items = [item(1, 100_00, number="20260001"), item(2, 200_00, number="20260002", debtor=2)]
    match = best(receipt(300_00, "20260001 20260002"), items)
    assert (match.match_class, match.lines, match.certain) == (MatchClass.DEBTORS_SUM, ((1, 100_00), (2, 200_00)), True)
    assert Evidence.SEVERAL_CUSTOMERS in match.evidence


def test_what_else_is_named_at_another_debtor_leaves_a_doubt():
    items = [item(1, 100_00), item(2, 200_00), item(3, 50_00, debtor=2)]
    assert best(receipt(300_00, "F2026-001, F2026-002"), items).certain
    assert not best(receipt(300_00, "F2026-001, F2026-002, F2026-003"), items).certain


def test_a_reference_shared_by_two_debtors_is_no_certainty():
    items = [item(1, 100_00, reference=OGM), item(2, 200_00, reference=OGM, debtor=2)]
    assert not any(match.certain for match in propose(receipt(300_00, reference=OGM), items, known_payers=NOBODY))


def test_what_nobody_names_is_paid_oldest_due_first():
    items = [item(1, 100_00, day=9), item(2, 100_00, day=3), item(3, 100_00, day=6)]
    assert best(receipt(210_00), items, (1,)).lines == ((2, 100_00), (3, 100_00), (1, 10_00))
    assert best(receipt(100_00), items, (1,)).lines == ((2, 100_00),)


def test_evidence_is_kept_in_words():
    match = best(
        receipt(121_00, "F2026-001", reference=OGM, name="klant 1"),
        [item(1, 121_00, reference=OGM), item(2, 5_00, reference="x")],
        (1,),
    )
    assert match.evidence_words == [
        "structured reference", "invoice number", "same amount", "known account", "same name",
    ]  # fmt: skip
    whole = best(receipt(126_00), [item(1, 121_00), item(2, 5_00)], (1,))
    assert whole.evidence == (Evidence.SUM_OF_ITEMS, Evidence.WHOLE_BALANCE, Evidence.KNOWN_IBAN)


def test_classes_are_found_again_by_their_word():
    assert {MatchClass(kind.value) for kind in MatchClass} == set(MatchClass)
    assert [kind.value for kind in MatchClass if kind.certain] == [
        "reference_amount", "number_amount", "numbers_sum", "debtors_sum", "advice", "reference_less",
        "number_less", "iban_amount", "iban_sum", "iban_less", "reference_part", "number_part",
    ]  # fmt: skip


# ---- what is given up with a payment ----


def early(receivable, cents, **facts):
    """One open item of which two percent may still be taken off on the day of the receipts here."""
    return item(receivable, cents, **facts)._replace(discount=EarlyPayment.of(cents, rate=200, until=PAID_ON))


@pytest.mark.parametrize(
    ("paid", "items", "known", "match_class", "certain"),
    [
        (receipt(98_00, "F2026-001"), [early(1, 100_00)], (), "number_less", True),
        (receipt(98_00, reference=OGM), [early(1, 100_00, reference=OGM)], (), "reference_less", True),
        (receipt(98_00, "bedankt"), [early(1, 100_00)], (1,), "iban_less", True),
        (receipt(98_00, "bedankt"), [early(1, 100_00), early(2, 100_00)], (1,), "iban_less", False),  # which of them?
        (receipt(98_00, "bedankt", name="Klant 1"), [early(1, 100_00)], (), "name_less", False),
        (receipt(294_00, "F2026-001 F2026-002"), [early(1, 100_00), early(2, 200_00)], (), "number_less", True),
        (receipt(294_00, "bedankt"), [early(1, 100_00), early(2, 200_00)], (1,), "iban_less", True),
        (receipt(100_00, "F2026-001"), [early(1, 100_00)], (), "number_amount", True),  # who takes none, takes none
        (receipt(97_99, "F2026-001"), [early(1, 100_00)], (), "number_part", False),
        (receipt(98_00, "F2026-001"), [item(1, 100_00)], (), "number_part", False),
        (receipt(98_00, "F2026-001")._replace(paid_on=PAID_ON + timedelta(days=1)), [early(1, 100_00)],
         (), "number_part", False),
        (receipt(98_24, "F2026-001"), [early(1, 100_25)], (), "number_less", True),  # 98.245, rounded as he likes
        (receipt(98_25, "F2026-001"), [early(1, 100_25)], (), "number_less", True),
        (receipt(98_26, "F2026-001"), [early(1, 100_25)], (), "number_part", False),
        (receipt(99_95, "F2026-001")._replace(tolerance_cents=5), [item(1, 100_00)], (), "number_less", True),
        (receipt(99_95, reference=OGM)._replace(tolerance_cents=5), [item(1, 100_00, reference=OGM)],
         (), "reference_less", True),
        (receipt(99_94, "F2026-001")._replace(tolerance_cents=5), [item(1, 100_00)], (), "number_part", False),
        (receipt(99_95, "bedankt")._replace(tolerance_cents=5), [item(1, 100_00)], (1,), "iban_less", False),
        (receipt(2, "F2026-001")._replace(tolerance_cents=5), [item(1, 5)], (), "number_less", True),
    ],
)  # fmt: skip
def test_what_is_given_up_with_a_payment(paid, items, known, match_class, certain):
    match = best(paid, items, known)
    assert (match.match_class.value, match.certain) == (match_class, certain)
    is_less = match_class.endswith("_less")
    assert bool(match.given_up) == is_less
    if is_less:
        assert sum(cents + given for _, cents, given in match.settles) == sum(
            one.open_cents for one in items[: len(match.lines)]
        )


def test_a_discount_or_the_rest_is_still_open():
    matches = propose(receipt(98_00, "bedankt", name="Klant 1"), [early(1, 100_00)], known_payers=NOBODY)
    assert [match.settles for match in matches] == [((1, 98_00, 2_00),), ((1, 98_00, 0),)]
    assert matches[0].evidence == (Evidence.DISCOUNT, Evidence.SAME_NAME)


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 3000)), min_size=1, max_size=6),
    st.integers(0, 6000),
    st.integers(0, 9),
)
def test_what_is_given_up_is_exactly_what_is_short(asked, cents, tolerance):
    items = [
        Asked(n, open_cents, EarlyPayment.of(open_cents, rate=rate, until=PAID_ON) if rate else None)
        for n, (open_cents, rate) in enumerate(asked)
    ]
    given = given_up(items, cents, paid_on=PAID_ON, tolerance_cents=tolerance)
    short = sum(item.open_cents for item in items) - cents
    offered = sum(item.discount.most_cents for item in items if item.discount)
    if given is None:
        assert short < 0 or short > min(tolerance, offered) or short >= max(item.open_cents for item in items)
        return
    assert sum(one.cents for one in given) == short
    assert all(0 < one.cents <= items[one.receivable_id].open_cents for one in given)
    assert short <= max(tolerance, offered)


def test_a_few_cents_are_given_up_on_the_largest():
    items = [Asked(1, 10_00, None), Asked(2, 90_00, None)]
    given = given_up(items, 99_97, paid_on=PAID_ON, tolerance_cents=5)
    assert given == [GivenUp(2, 3, EntryKind.DIFFERENCE)]


# ---- whatever comes in ----

NUMBERS = ["20260001", "20260002", "2026-0003", "F2026-4", "2026", "12-34", "123-4", "7", "F1", "20260131", ""]


def with_discount(one):
    offer = EarlyPayment.of(one.open_cents, rate=2500, until=PAID_ON + timedelta(days=3))
    return one._replace(discount=offer) if one.open_cents else one


candidates = st.lists(
    st.builds(
        Candidate,
        receivable_id=st.integers(1, 30),
        debtor_id=st.integers(1, 3),
        invoice_id=st.integers(1, 30),
        number=st.sampled_from(NUMBERS),
        folded=st.just(""),
        reference=st.sampled_from(["", "", OGM, "000000000101"]),
        open_cents=st.integers(0, 12),
        due_date=st.dates(FIRST_DAY, FIRST_DAY + timedelta(days=3)),
        debtor_name=st.sampled_from(["Bakker", "De Smet"]),
        discount=st.none(),
    )
    .map(lambda one: one._replace(folded=folded(one.number)))
    .flatmap(lambda one: st.sampled_from([one, one, with_discount(one)])),
    max_size=8,
    unique_by=lambda candidate: candidate.receivable_id,
)
receipts = st.builds(
    Receipt,
    cents=st.integers(-1, 40),
    paid_on=st.sampled_from([PAID_ON, PAID_ON + timedelta(days=9)]),
    iban=st.just(IBAN),
    name=st.sampled_from(["", "BAKKER", "Ander", "De Smet bakkerij"]),
    text=st.lists(
        st.sampled_from([*NUMBERS, "jan", "fact.", "2026 0003", "+++123/4567/89002+++"]), max_size=3,
    ).map(" ".join),
    structured_reference=st.sampled_from(["", "", OGM, "000000000202"]),
    end_to_end_id=st.sampled_from(["NOTPROVIDED", "20260002"]),
    tolerance_cents=st.integers(0, 3),
)  # fmt: skip
payers = st.frozensets(st.integers(1, 4), max_size=2)
PARTS = (MatchClass.REFERENCE_PART, MatchClass.NUMBER_PART)


@given(receipts, candidates, payers)
@settings(deadline=None, max_examples=200)
def test_no_cent_is_made_or_lost_and_certain_leaves_nothing(paid, items, known):
    open_cents = {candidate.receivable_id: candidate.open_cents for candidate in items}
    debtors = {candidate.receivable_id: candidate.debtor_id for candidate in items}
    offers = {
        candidate.receivable_id: candidate.discount
        for candidate in items
        if candidate.discount and paid.paid_on <= candidate.discount.until
    }
    matches = propose(paid, items, known_payers=known)
    assert len(matches) <= 5
    assert len({match.settles for match in matches}) == len(matches)
    assert not any(match.certain for match in matches[1:])
    for match in matches:
        assert sum(cents for _, cents in match.lines) + match.left_cents == paid.cents > 0
        assert all(0 < cents <= open_cents[receivable] - given for receivable, cents, given in match.settles)
        assert {one.receivable_id for one in match.given_up} <= {receivable for receivable, _ in match.lines}
        if match.given_up:  # then all is settled, and no more is given up than was offered
            assert match.left_cents == 0
            assert all(cents + given == open_cents[receivable] for receivable, cents, given in match.settles)
            given_up = sum(one.cents for one in match.given_up)
            offered = sum(offers[receivable].most_cents for receivable, *_ in match.settles if receivable in offers)
            assert 0 < given_up <= max(offered, paid.tolerance_cents)
        whose = [debtors[receivable] for receivable, _ in match.lines]
        assert whose[0] == match.debtor_id
        assert (len(set(whose)) > 1) == (match.match_class is MatchClass.DEBTORS_SUM)
        assert match.evidence or match.match_class is MatchClass.NAME_ONLY
        if match.certain:
            assert match.match_class.certain
            assert match.left_cents == 0
            *before, last = match.settles
            assert all(cents + given == open_cents[receivable] for receivable, cents, given in before)
            assert (last[1] + last[2] < open_cents[last[0]]) == (match.match_class in PARTS)
            assert len(matches) == 1


@given(receipts, candidates, payers, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_the_order_of_candidates_does_not_matter(paid, items, known, random):
    shuffled = random.sample(items, len(items))
    assert propose(paid, shuffled, known_payers=known) == propose(paid, items, known_payers=known)


@given(receipts, candidates, payers, candidates)
@settings(deadline=None, max_examples=200)
def test_more_candidates_never_make_the_same_booking_certain(paid, items, known, more):
    taken = {candidate.receivable_id for candidate in items}
    with_more = [*items, *(candidate for candidate in more if candidate.receivable_id not in taken)]
    before = {match.settles for match in propose(paid, items, known_payers=known) if not match.certain}
    assert not [m for m in propose(paid, with_more, known_payers=known) if m.certain and m.settles in before]


@given(st.lists(st.integers(1, 60), min_size=2, max_size=9), st.integers(1, 300))
@settings(deadline=None, max_examples=200)
def test_sums_are_found_and_certain_only_where_one_set_fits(amounts, cents):
    items = [item(n, amount) for n, amount in enumerate(amounts, 1)]
    sets = [s for size in range(1, len(items) + 1) for s in itertools.combinations(items, size)]
    fits = [fit for fit in sets if sum(candidate.open_cents for candidate in fit) == cents]
    singles = [fit for fit in fits if len(fit) == 1]
    match = best(receipt(cents), items, (1,))
    assert (match.match_class is MatchClass.IBAN_ONLY) == (not fits)
    if match.certain:
        assert len(singles) == 1 or (len(fits) == 1 and (len(fits[0]) <= 3 or len(fits[0]) == len(items)))
    elif fits:
        assert len(fits) > 1 or len(fits[0]) > 3


def test_with_many_items_only_plain_sums_are_tried():
    items = [item(n, 100_000 + n * n, day=1 + n // 10) for n in range(1, 5001)]
    amounts = [candidate.open_cents for candidate in items]
    pair = best(receipt(amounts[7] + amounts[4000]), items, (1,))
    assert (pair.match_class, pair.certain) == (MatchClass.IBAN_SUM, False)
    due = best(receipt(sum(amounts[:19])), items, (1,))  # days 1 and 2 have 9 and 10 items
    assert (due.match_class, len(due.lines), due.certain) == (MatchClass.IBAN_SUM, 19, False)
    assert best(receipt(sum(amounts[:15])), items, (1,)).match_class is MatchClass.IBAN_ONLY  # half of a day
    assert best(receipt(sum(amounts)), items, (1,)).certain


def test_five_thousand_open_items_cost_no_more_than_a_moment():
    items = [item(n, 100_000 + n * 7919 % 100_003, number=f"2026{n:05}") for n in range(1, 5001)]
    for n in range(10):
        propose(receipt(123_456_789 + n, "20260999 2026 04999 20265000"), items, known_payers=frozenset({1}))


def test_sums_of_twenty_items_stop_in_time():
    items = [item(n, 1_000_003 * n * n % 999_983 + 1) for n in range(1, 21)]
    for n in range(10):
        propose(receipt(4_000_000 + n), items, known_payers=frozenset({1}))


# ---- a name that is like it ----


@pytest.mark.parametrize(
    "name",
    ["Drukkerij de Linde", "LINDE DRUKKERIJ", "De Linde Drukkerij BV", "kantoor Zuid inzake De Linde Drukkerij",
     "Drukerij de Linde", "Drukkerij De Lindé e/o"],
)  # fmt: skip
def test_a_name_in_other_words_with_the_amount_is_proposed_and_never_booked(name):
    items = [item(1, 5_000, name="Drukkerij De Linde B.V."), item(2, 5_000, debtor=2, name="Drukkerij Maes B.V.")]
    match = best(receipt(5_000, "betaling", name=name), items)
    assert (match.match_class, match.lines, match.certain) == (MatchClass.LIKE_NAME, ((1, 5_000),), False)
    assert match.evidence == (Evidence.SAME_AMOUNT, Evidence.LIKE_NAME)


@pytest.mark.parametrize("name", ["J. de Vries", "de Vries", "Vries", "Drukkerij", "", "Onbekend BV"])
def test_who_is_like_two_customers_or_none_is_like_none(name):
    customers = {1: "Jan de Vries", 2: "Janneke de Vries", 3: "Drukkerij De Linde B.V.", 4: "Drukkerij Maes"}
    assert most_like(name, customers) is None


def test_initials_stand_for_first_names():
    assert most_like("F. el Amrani", {1: "Fatima El Amrani", 2: "Youssef El Amrani"}) == 1
    assert most_like("E. Jansen", {1: "Els Jansen", 2: "Koen Jansen"}) == 1


def test_a_name_says_nothing_against_a_payer_who_is_known():
    items = [item(1, 5_000, name="Jan de Vries"), item(2, 5_000, debtor=2, name="Bakkerij Maes")]
    match = best(receipt(5_000, "betaling", name="Vries, Jan de"), items, known={2})
    assert (match.match_class, match.debtor_id) == (MatchClass.IBAN_AMOUNT, 2)


# ---- a number typed wrong ----


@pytest.mark.parametrize(
    ("said", "is_wrong"),
    [("F2027417", False), ("F2027418", True), ("F2027471", True), ("F2027714", False), ("F202741", False),
     ("G2027417", False), ("F2072417", True), ("F2O27417", False)],
)  # fmt: skip
def test_one_digit_another_or_two_neighbours_swapped(said, is_wrong):
    assert is_typed_wrong(said, "F2027417") is is_wrong


def test_a_known_payer_who_types_a_digit_wrong_is_understood_and_never_booked():
    items = [item(1, 5_000, number="20270417"), item(2, 6_000, number="20270418")]
    match = best(receipt(5_000, "factuur 20270471"), items, known={1})
    assert (match.match_class, match.lines, match.certain) == (MatchClass.TYPED_WRONG, ((1, 5_000),), False)
    assert match.evidence == (Evidence.TYPED_WRONG, Evidence.SAME_AMOUNT, Evidence.KNOWN_IBAN)


@pytest.mark.parametrize(
    ("cents", "known"), [(5_000, ()), (4_999, (1,)), (7_000, (1,))], ids=["a stranger", "another amount", "twins"]
)
def test_else_a_wrong_digit_says_nothing(cents, known):
    items = [item(1, 5_000, number="20270417"), item(2, 7_000, number="20270420"), item(3, 7_000, number="20270421")]
    found = propose(receipt(cents, "factuur 20270471 of 20270422"), items, known_payers=frozenset(known))
    assert MatchClass.TYPED_WRONG not in {match.match_class for match in found}


# ---- short on purpose ----


@pytest.mark.parametrize(
    ("paid", "asked", "text", "country", "why"),
    [
        (650_00, 1_000_00, "", "BE", Shortfall.SOCIAL),
        (860_00, 1_210_00, "", "BE", Shortfall.SOCIAL),  # of the price without VAT
        (850_00, 1_000_00, "", "BE", Shortfall.FISCAL),
        (85_77, 100_90, "", "BE", Shortfall.FISCAL),  # a cent rounded
        (650_00, 1_000_00, "", "NL", None),
        (950_00, 1_000_00, "", "NL", Shortfall.KEPT_BACK),
        (900_00, 1_000_00, "", "BE", Shortfall.KEPT_BACK),
        (800_00, 1_000_00, "2026-001 verrekend met onze nota 77", "NL", Shortfall.SET_OFF),
        (1_000_00, 1_000_00, "verrekening", "NL", None),
        (500_00, 1_000_00, "", "BE", None),
    ],
)
def test_why_a_payment_may_fall_short_on_purpose(paid, asked, text, country, why):
    assert shortfall(paid, asked, text=text, country=country) is why


def test_what_was_withheld_is_for_a_person_and_stays_open():
    paid = receipt(650_00, "20260001")._replace(country="BE")
    match = best(paid, [item(1, 1_000_00, number="20260001")], known={1})
    assert (match.match_class, match.lines, match.certain) == (MatchClass.NUMBER_PART, ((1, 650_00),), False)
    assert Evidence.SOCIAL_WITHHELD in match.evidence
    assert best(paid._replace(country="NL"), [item(1, 1_000_00, number="20260001")], known={1}).certain


@given(receipts, candidates, payers)
@settings(deadline=None, max_examples=200)
def test_the_fast_way_says_what_all_of_it_says(paid, items, known):
    paid = paid._replace(cents=max(paid.cents, 1), structured_reference=OGM)
    for one in items:
        alone = one._replace(reference=OGM, open_cents=paid.cents, debtor_name="Bakkerij De Smet")
        assert [of_reference(paid, alone, known_payers=known)] == propose(paid, [alone], known_payers=known)
