"""The verb that brings in a file: recognised, stored, read, and taken whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO

from django.db import transaction

from voldaan import formats
from voldaan.formats import Paper
from voldaan.formats.open_items import Mapping, OpenItemsReading, signature, survey
from voldaan.records import documents, statistics
from voldaan.records.administrations import Administration, Head, OwnAccount
from voldaan.records.bank import Statement
from voldaan.records.documents import Document
from voldaan.records.imports import Import, ListMapping
from voldaan.rules import references
from voldaan.rules.money import Money
from voldaan.rules.papers import Problem, Reading, Severity
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Refusal, mark
from voldaan.rules.taking_in import Part, Tell, about, told_by_nobody
from voldaan.usecases import bank, bank_gaps, e_invoices, events, matching, open_items, remittance_advices
from voldaan.usecases.accounts import NoSuchAccount
from voldaan.usecases.locks import lock_books

NOTHING_IN_IT = mark("There is nothing in this file to take in.")
NEW_ACCOUNT = mark("The account {account} is new here. Is it yours?")
UNEQUAL = mark("The file says {said} in all, but {read} was read. Nothing was taken in.")
SILENT_ON_THE_ACCOUNT = {"bank-csv"}  # formats in which a file may not say whose it is
MANY = 100  # new rows, after which the tables may have another shape
LISTS = {"open-items-csv", "open-items-xlsx"}
IN_THE_BOOKS = frozenset({"imported", "known"})  # what may become of a file of which all is there


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. Amounts are cents of its one currency, None where it has several."""

    file: str
    format: str | None
    result: str  # imported, known, refused, held
    new: int = 0
    changed: int = 0
    vanished: int = 0
    known: int = 0
    booked: int = 0
    proposed: int = 0
    unmatched: int = 0
    control_total_cents: int | None = None  # as the file says
    total_cents: int | None = None  # as was taken in
    booked_to: int = 0  # the last booking number after it
    held: str = ""  # id of the file, kept for a person who says what its columns are
    questions: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


class _NotTaken(Exception):  # noqa: N818 - rolls the transaction back, and carries the answer out
    def __init__(self, answer: Imported) -> None:
        super().__init__(answer.result)
        self.answer = answer


def bring_in(*, name: str, source: BinaryIO, mapping: Mapping | None = None, accept_unbalanced: bool = False,
             account: str = "", dry_run: bool = False, hold: bool = False, by_itself: bool = False,
             tell: Tell = told_by_nobody, beside: Callable[[Imported], None] = lambda _answer: None, actor: Actor,
             today: date) -> Imported:  # fmt: skip
    """Bring in one file (a bank statement, an e-invoice, an open-items list), whatever its name.

    The same content again gets the answer of before. A file with an error is refused whole, with the place; rows with
    a question come in held. A statement that does not close or is dated far ahead comes in only with
    `accept_unbalanced`. `account` is ours, for a file of a bank that does not say whose it is. With `dry_run` the
    answer is the same and nothing stays. With `hold` a file that a person may still let in is kept: a list whose
    columns are not certain, or a statement that wants a yes. A statement that came `by_itself` wants one too if its
    account is new here. `tell` hears how far a statement is. `beside` writes in the same transaction what belongs to a
    file that came in.
    """
    actor.must(Deed.IMPORT)
    name = name.encode(errors="replace").decode().replace("\0", "")  # as a disk or a zip gave it: perhaps no text
    try:
        with transaction.atomic():
            answer = _taken(name, source, mapping, accept_unbalanced, account, hold, by_itself, tell, actor, today)
            beside(answer)
            if dry_run:
                transaction.set_rollback(True)
            return answer
    except _NotTaken as not_taken:
        answer = not_taken.answer
    except Refusal as refusal:
        facts = {fact: str(value) for fact, value in refusal.facts.items()}
        answer = refused(name, None, [Problem("file", refusal.says, facts=facts)])
    return _held(answer, source, actor, today) if hold else answer


def _held(answer: Imported, source: BinaryIO, actor: Actor, today: date) -> Imported:
    """Keep what a person may still let in, so that nobody needs to bring it again to say so."""
    source.seek(0)
    is_list = answer.format in {None, *LISTS} and survey(source.read()) is not None
    if not (is_list or wants_a_yes(answer.problems)):
        return answer
    with transaction.atomic():
        document = documents.keep(
            source, administration_id=actor.administration_id, name=answer.file, media_type="application/octet-stream"
        )
        if is_list:
            events.write("file.held", actor=actor, today=today, file=document.public_id)
    return replace(answer, held=document.public_id)


def wants_a_yes(problems: Sequence[dict[str, Any]]) -> bool:
    """Tell whether a statement was refused only until a person says yes."""
    found = {problem["severity"] for problem in problems}
    return Severity.QUESTION.value in found and Severity.ERROR.value not in found


def _taken(name: str, source: BinaryIO, mapping: Mapping | None, accept_unbalanced: bool, account: str,  # noqa: FBT001
           hold: bool, by_itself: bool, tell: Tell, actor: Actor, today: date) -> Imported:  # noqa: FBT001  # fmt: skip
    recognised = formats.recognise(source, as_list=mapping is not None)
    if recognised is None and (mapping := _said_before(source, actor)):
        recognised = formats.recognise(source, as_list=True)
    if recognised is None:
        raise _NotTaken(refused(name, None, [Problem("file", formats.UNKNOWN)]))
    format_, reader = recognised
    # One import at a time in these books: what is known is looked up first and written afterwards.
    # Not its key: whoever adds a row to the books need not wait for it.
    Administration.objects.select_for_update(no_key=True).get(pk=actor.administration_id)
    document = documents.keep(
        source, administration_id=actor.administration_id, name=name, media_type="application/octet-stream"
    )
    earlier = Import.objects.of(actor.administration_id).filter(document=document).first()
    if earlier is not None:
        return _again(name, earlier)
    source.seek(0)
    answer = TAKERS[reader.paper](
        _File(name, format_, source, document, mapping, accept_unbalanced, account, hold, by_itself, tell, reader.read),
        actor=actor, today=today,
    )  # fmt: skip
    if answer.result == "imported":
        brought = document if reader.paper is Paper.BANK else None
        matched = matching.match(document=brought, tell=tell, actor=actor, today=today)
        if reader.paper is Paper.ADVICE:
            remittance_advices.booked_already(document, actor=actor)
        answer = replace(answer, booked=matched.booked, proposed=matched.proposed, unmatched=matched.unmatched)
    answer = replace(answer, booked_to=Head.objects.of(actor.administration_id).get().booking_number)
    Import.objects.of(actor.administration_id).create(
        administration_id=actor.administration_id, document=document, format=format_, imported_on=today,
        answer=asdict(answer),
    )  # fmt: skip
    counts = {count: getattr(answer, count) for count in ("new", "changed", "vanished", "known", "booked")}
    events.write("file.imported", actor=actor, today=today, file=document.public_id, format=format_, **counts)
    if answer.new >= MANY:
        statistics.renew()
    return answer


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    format: str
    source: BinaryIO
    document: Document
    mapping: Mapping | None
    accept_unbalanced: bool
    account: str
    hold: bool
    by_itself: bool
    tell: Tell
    read: Callable[..., Reading[Any]]

    def tell_lines(self, lines: int) -> None:
        """Say how many lines were read, and of how many: as many as fit in the file at this length."""
        at, size = self.source.tell(), self.document.size
        self.tell(Part.READING, lines, lines if at >= size else about(lines * size // max(at, 1)))


def _again(name: str, earlier: Import) -> Imported:
    """Answer for a content that came before: everything in it is known, and its questions were asked."""
    was = Imported(**earlier.answer)
    known = was.new + was.changed + was.known
    return replace(was, file=name, result="known", new=0, changed=0, vanished=0, known=known, booked=0, proposed=0,
                   questions=[], problems=[])  # fmt: skip


def _statements(file: _File, *, actor: Actor, today: date) -> Imported:
    silent = file.format in SILENT_ON_THE_ACCOUNT
    reading = file.read(file.source, _ours(file.account, actor)) if silent else file.read(file.source)
    done = bank.take_in(reading.records, document=file.document, format_=file.format, tell=file.tell_lines, actor=actor,
                        today=today)  # fmt: skip
    problems = [*reading.problems, *done.problems, *(_strange_accounts(file, actor) if file.by_itself else [])]
    asked = sum(p.severity is Severity.QUESTION for p in problems)
    if file.accept_unbalanced:  # a person said yes before it was asked
        problems = [replace(p, severity=Severity.WARNING) if p.severity is Severity.QUESTION else p for p in problems]
    if any(p.severity is not Severity.WARNING for p in problems):
        raise _NotTaken(refused(file.name, file.format, problems))
    lock_books(actor)
    if asked:
        events.write("file.let_in", actor=actor, today=today, file=file.document.public_id, doubts=asked)
    bank_gaps.renew(file.document, actor=actor)
    total = _one_of(done.total_cents)
    return _imported(file, problems, new=done.new, known=done.known, control=total, total=total)


def _strange_accounts(file: _File, actor: Actor) -> list[Problem]:
    """Ask of each account of a statement that nobody brought and that nobody knows: it might be anybody's."""
    books = actor.administration_id
    told = Statement.objects.of(books)
    here = set(told.filter(document=file.document).values_list("account", flat=True))
    before = told.filter(account__in=here).exclude(document=file.document)
    known = {
        *OwnAccount.objects.of(books).filter(iban__in=here).values_list("iban", flat=True),
        *before.values_list("account", flat=True).distinct(),
    }
    return [Problem("file", NEW_ACCOUNT, Severity.QUESTION, {"account": one}) for one in sorted(here - known)]


def _ours(typed: str, actor: Actor) -> str:
    """Give the account that a person named: one of ours, without spaces."""
    if not typed:
        return ""
    number = references.iban(typed)
    if number is None or not OwnAccount.objects.of(actor.administration_id).filter(iban=number).exists():
        raise NoSuchAccount(iban=typed[: references.LONGEST])
    return number


def _e_invoice(file: _File, *, actor: Actor, today: date) -> Imported:
    reading = file.read(file.source)
    papers = list(reading.records)
    if not papers or any(p.severity is Severity.ERROR for p in reading.problems):
        problems = list(reading.problems) or [Problem("file", NOTHING_IN_IT)]
        raise _NotTaken(refused(file.name, file.format, problems))
    (paper,) = papers
    lock_books(actor)
    done = e_invoices.take_in(paper, reading.problems, document=file.document, actor=actor, today=today)
    problems = [*reading.problems, *done.problems]
    if any(p.severity is Severity.ERROR for p in problems):
        raise _NotTaken(refused(file.name, file.format, problems))
    cents = paper.payable_cents
    return _imported(file, problems, new=done.new, changed=done.changed, known=done.known, control=cents, total=cents)


def _open_items(file: _File, *, actor: Actor, today: date) -> Imported:
    reading = _read_list(file, actor)
    problems = list(reading.problems)
    if not reading.refused and not reading.records:
        problems.append(Problem("file", NOTHING_IN_IT))  # else everything would seem to have been paid
    if reading.refused or not reading.records:
        raise _NotTaken(refused(file.name, file.format, problems))
    for currency, said in reading.stated_totals.items():
        if said != reading.totals.get(currency, 0):
            read = reading.totals.get(currency, 0)
            facts = {"said": str(Money(said, currency)), "read": str(Money(read, currency))}
            raise _NotTaken(refused(file.name, file.format, [*problems, Problem("file", UNEQUAL, facts=facts)]))
    lock_books(actor)
    done = open_items.take_in(reading.records, problems, document=file.document, actor=actor, today=today)
    if done.problems:
        raise _NotTaken(refused(file.name, file.format, [*problems, *done.problems]))
    problems += done.remarks
    return _imported(
        file, problems, new=done.new, changed=done.changed, vanished=done.vanished, known=done.known,
        control=_one_of(reading.stated_totals or reading.totals), total=_one_of(reading.totals),
    )  # fmt: skip


def _read_list(file: _File, actor: Actor) -> OpenItemsReading:
    """Read a list as a person said: with this import, or with an earlier one that had the same headers."""
    reading: Any = file.read(file.source, file.mapping)
    if reading.guess is None and file.mapping is None and (said := _said_before(file.source, actor)):
        return file.read(file.source, said)  # type: ignore[return-value] # a workbook is a list whatever its headers
    if reading.guess is None:
        return reading  # type: ignore[no-any-return]
    if file.mapping is not None:
        if not reading.refused:
            ListMapping.objects.of(actor.administration_id).update_or_create(
                administration_id=actor.administration_id, signature=signature(reading.guess.headers),
                defaults={"mapping": file.mapping.to_json()},
            )  # fmt: skip
    elif known := _remembered(actor, reading.guess.headers, reading.sheet):
        file.source.seek(0)
        reading = file.read(file.source, known)
    elif file.hold and not reading.guess.is_sure:
        raise _NotTaken(Imported(file.name, file.format, "held"))
    return reading  # type: ignore[no-any-return]


def _said_before(source: BinaryIO, actor: Actor) -> Mapping | None:
    """Give what a person said of an earlier list with these headers, which nobody would recognise."""
    source.seek(0)
    seen = survey(source.read())
    source.seek(0)
    return _remembered(actor, seen.headers) if seen else None


def _remembered(actor: Actor, headers: Sequence[str], sheet: str = "") -> Mapping | None:
    """Give what was said of these headers, for the sheet on which they stand now: next month it has another name.

    Without a sheet it is the only one that has them, and where there are more a person is asked again.
    """
    known = ListMapping.objects.of(actor.administration_id).filter(signature=signature(headers)).first()
    return replace(Mapping.from_json(known.mapping), sheet=sheet) if known else None


def _advice(file: _File, *, actor: Actor, today: date) -> Imported:
    reading = file.read(file.source)
    problems = list(reading.problems)
    if not reading.records or any(p.severity is Severity.ERROR for p in problems):
        raise _NotTaken(refused(file.name, file.format, problems or [Problem("file", NOTHING_IN_IT)]))
    (paper,) = reading.records
    lock_books(actor)
    lines = len(paper.lines)
    is_new = remittance_advices.take_in(paper, document=file.document, actor=actor, today=today)
    total = sum(line.cents for line in paper.lines)
    return _imported(file, problems, new=lines if is_new else 0, known=0 if is_new else lines, control=paper.cents,
                     total=total)  # fmt: skip


TAKERS = {Paper.BANK: _statements, Paper.INVOICE: _e_invoice, Paper.OPEN_ITEMS: _open_items, Paper.ADVICE: _advice}


def _one_of(totals: dict[str, int]) -> int | None:
    """Give the total where there is one currency; amounts in several are never added."""
    return next(iter(totals.values())) if len(totals) == 1 else (None if totals else 0)


def _imported(
    file: _File,
    problems: list[Problem],
    *,
    control: int | None,
    total: int | None,
    new: int,
    known: int,
    changed: int = 0,
    vanished: int = 0,
) -> Imported:
    said = [p for p in problems if p.severity is not Severity.QUESTION]
    asked = [p for p in problems if p.severity is Severity.QUESTION]
    return Imported(
        file.name, file.format, "imported", new, changed, vanished, known,
        control_total_cents=control, total_cents=total,
        questions=[_plain(p) for p in asked], problems=[_plain(p) for p in said],
    )  # fmt: skip


def refused(name: str, format_: str | None, problems: list[Problem]) -> Imported:
    """Give the answer for a file of which nothing came in."""
    return Imported(name, format_, "refused", problems=[_plain(p) for p in problems])


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "place": problem.place,
        "what": problem.what,
        "facts": dict(problem.facts),
        "severity": problem.severity.value,
    }
