"""What a person may do or not, in words: what follows on "you may"."""

from __future__ import annotations

from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import mark

DEEDS = {
    Deed.ALLOCATE.value: mark("match money"),
    Deed.CHANGE_DEBTORS.value: mark("change customers"),
    Deed.CHANGE_RATES.value: mark("add statutory rates"),
    Deed.CHANGE_SENDER.value: mark("change where mail comes from"),
    Deed.CHANGE_SETTINGS.value: mark("change settings"),
    Deed.CHANGE_STRATEGIES.value: mark("change strategies and texts"),
    Deed.CLOSE_PERIOD.value: mark("close a period"),
    Deed.EXPORT.value: mark("take data out"),
    Deed.IMPORT.value: mark("take files in"),
    Deed.MANAGE_USERS.value: mark("give roles"),
    Deed.PAUSE.value: mark("let the follow-up rest"),
    Deed.PREPARE_RUN.value: mark("decide the follow-up"),
    Deed.READ_ASSIGNED.value: mark("see your own customers"),
    Deed.READ_BOOKS.value: mark("see the books"),
    Deed.READ_SETTINGS.value: mark("see the settings"),
    Deed.RECORD_CALLS.value: mark("make calls"),
    Deed.RECORD_PAYMENT.value: mark("record a payment"),
    Deed.RELEASE_RUN.value: mark("let messages go"),
    Deed.SEND.value: mark("send"),
    Deed.WRITE_OFF.value: mark("write off"),
    Deed.WRITE_OFF_ANY.value: mark("write off any amount"),
}
