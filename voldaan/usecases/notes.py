"""Verbs on notes: write one down, and take one back. The customer may ask to read what is written here."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from voldaan.records.debtors import Debtor
from voldaan.records.notes import Note
from voldaan.rules import names
from voldaan.rules.permissions import Actor, Deed
from voldaan.rules.refusals import Kind, Refusal, mark
from voldaan.usecases import debtors, events

LONGEST: int = Note._meta.get_field("text").max_length or 0  # noqa: SLF001 - Django's documented way


class NothingWritten(Refusal):
    code = "nothing_written"
    kind = Kind.INVALID
    says = mark("The note is empty. Write down what should be remembered.")


class NoSuchNote(Refusal):
    code = "no_such_note"
    kind = Kind.NOT_FOUND
    says = mark("There is no note {note}.")


class NoteIsClosed(Refusal):
    code = "note_is_closed"
    kind = Kind.CONFLICT
    says = mark("This note was corrected or withdrawn already. Write a new one.")


class NoteOfAnother(Refusal):
    code = "note_of_another"
    kind = Kind.CONFLICT
    says = mark("Somebody else wrote this note. Ask whoever wrote it, or somebody who may change customers.")


@transaction.atomic
def write(*, debtor: str, text: str, corrects: str = "", actor: Actor, today: date) -> str:
    """Write a note on a customer, or a correction of one; return its public id. The same words twice are one note.

    Raises:
        NoSuchDebtor, NoSuchNote, NothingWritten, TooLong, NoteIsClosed, NoteOfAnother: it cannot be written like this.
    """
    actor.must(Deed.RECORD_CALLS)
    books = actor.administration_id
    whose = Debtor.objects.of(books).locked().get(pk=debtors.find(debtor, actor=actor).pk)
    words = names.fitting(text.replace("\r\n", "\n").strip(), LONGEST)
    if not words:
        raise NothingWritten
    last = Note.objects.of(books).filter(debtor=whose).order_by("-pk").first()
    if last and (last.text, last.user_id, last.written_on, last.withdrawn_on) == (words, actor.user_id, today, None):
        return str(last.public_id)
    old = _still_said(corrects, whose.pk, actor) if corrects else None
    note = Note.objects.of(books).create(
        administration_id=books, debtor=whose, text=words, written_on=today, user_id=actor.user_id, corrects=old
    )
    events.write("note.written", actor=actor, today=today, debtor_id=whose.pk, note=note.public_id)
    return str(note.public_id)


@transaction.atomic
def withdraw(*, note: str, actor: Actor, today: date) -> None:
    """Take a note back: it is shown as withdrawn from now on.

    Raises:
        NoSuchNote, NoteIsClosed, NoteOfAnother: there is no such note that still holds, or it is of somebody else.
    """
    actor.must(Deed.RECORD_CALLS)
    row = _still_said(note, None, actor)
    row.withdrawn_on = today
    row.save(update_fields=["withdrawn_on"])
    events.write("note.withdrawn", actor=actor, today=today, debtor_id=row.debtor_id, note=note)


def _still_said(note: str, debtor: int | None, actor: Actor) -> Note:
    """Give a note that was neither withdrawn nor corrected, to whoever wrote it or may change customers."""
    rows = Note.objects.of(actor.administration_id)
    row = rows.select_for_update().filter(public_id=note).first()
    if row is None or debtor not in (None, row.debtor_id):
        raise NoSuchNote(note=note)
    if row.withdrawn_on or rows.filter(corrects=row).exists():
        raise NoteIsClosed
    if row.user_id != actor.user_id and not actor.may(Deed.CHANGE_DEBTORS):
        raise NoteOfAnother
    return row
