"""Django looks here for the models; each lives in the room of its name."""

from voldaan.records.actions import Action, Task
from voldaan.records.administrations import Administration, Head, OwnAccount
from voldaan.records.bank import BankGap, BankTransaction, Statement
from voldaan.records.bank_places import PlaceSeen, RefusedFile
from voldaan.records.brought_files import BroughtFile
from voldaan.records.charges import Charge
from voldaan.records.debtors import Contact, Debtor, PayerAlias
from voldaan.records.documents import Document
from voldaan.records.events import Event
from voldaan.records.exports import Export
from voldaan.records.holds import Hold
from voldaan.records.imports import Import, ListMapping
from voldaan.records.interruptions import Interruption
from voldaan.records.invoices import Invoice
from voldaan.records.jobs import JobSlot
from voldaan.records.messages import Message, WordingText
from voldaan.records.notes import Note
from voldaan.records.people import Membership, SignInLink, User
from voldaan.records.proposals import Proposal, ProposalLine
from voldaan.records.rates import StatutoryRate
from voldaan.records.receivables import Allocation, Credit, Entry, Receivable
from voldaan.records.remittance_advices import AdvisedLine, RemittanceAdvice
from voldaan.records.strategies import StrategyVersion
from voldaan.records.terms import TermSetVersion
from voldaan.records.vat_reclaims import VatReclaim
from voldaan.records.write_off_requests import WriteOffRequest

__all__ = [
    "Action",
    "Administration",
    "AdvisedLine",
    "Allocation",
    "BankGap",
    "BankTransaction",
    "BroughtFile",
    "Charge",
    "Contact",
    "Credit",
    "Debtor",
    "Document",
    "Entry",
    "Event",
    "Export",
    "Head",
    "Hold",
    "Import",
    "Interruption",
    "Invoice",
    "JobSlot",
    "ListMapping",
    "Membership",
    "Message",
    "Note",
    "OwnAccount",
    "PayerAlias",
    "PlaceSeen",
    "Proposal",
    "ProposalLine",
    "Receivable",
    "RefusedFile",
    "RemittanceAdvice",
    "SignInLink",
    "Statement",
    "StatutoryRate",
    "StrategyVersion",
    "Task",
    "TermSetVersion",
    "User",
    "VatReclaim",
    "WordingText",
    "WriteOffRequest",
]
