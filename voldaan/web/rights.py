"""Who may open which page: every address by its name. What is not in this table is shut, whoever asks.

The table of roles and deeds is in `rules/permissions.py`; here stands which deed a page asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.http import HttpRequest

from voldaan.rules.permissions import Deed


class Who(Enum):
    """Who may open a page that belongs to no books."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Rights:
    """What it takes to look at an address, and to do what it does; None: that cannot be asked of it."""

    see: Deed | Who | None = None
    do: Deed | Who | None = None

    def of(self, request: HttpRequest) -> Deed | Who | None:
        """Give what it takes for this request."""
        return {"GET": self.see, "HEAD": self.see, "POST": self.do}.get(request.method or "")

    @property
    def methods(self) -> list[str]:
        """Name the methods that can be asked at all."""
        return [*(["GET", "HEAD"] if self.see else []), *(["POST"] if self.do else [])]


ENTRANCE = Rights(Who.ANYBODY, Who.ANYBODY)
OWN_ACCOUNT = Rights(Who.SIGNED_IN, Who.SIGNED_IN)

CALCULATOR = ("calculator", "calculator_file", "calculator_limitation", "calculator_notice", "calculator_vat")

RIGHTS: dict[str, Rights] = {
    "administrations": Rights(Who.ANYBODY),
    "advice_remove": Rights(do=Deed.IMPORT),
    "approval": Rights(Deed.READ_BOOKS, Deed.RELEASE_RUN),
    "approval_skip": Rights(do=Deed.PREPARE_RUN),
    "approvals": Rights(Deed.READ_BOOKS),
    "approvals_all": Rights(do=Deed.RELEASE_RUN),
    "approvals_undo": Rights(do=Deed.RELEASE_RUN),
    "bad_debt_vat": Rights(Deed.READ_BOOKS),
    "bad_debt_vat_certain": Rights(do=Deed.WRITE_OFF),
    "bad_debt_vat_file": Rights(Deed.EXPORT),
    "bad_debt_vat_not_certain": Rights(do=Deed.WRITE_OFF),
    "bad_debt_vat_put_in": Rights(do=Deed.WRITE_OFF),
    "bad_debt_vat_take_back": Rights(do=Deed.WRITE_OFF),
    "bank_days": Rights(Deed.READ_BOOKS),
    "bank_gap_again": Rights(do=Deed.IMPORT),
    "bank_gap_pass": Rights(do=Deed.IMPORT),
    "begin": ENTRANCE,
    "begin_link": Rights(Who.ANYBODY),
    "brought_file_done": Rights(do=Deed.IMPORT),
    "brought_file_stop": Rights(do=Deed.IMPORT),
    "by_itself": Rights(Deed.READ_BOOKS),
    **dict.fromkeys(CALCULATOR, Rights(Who.ANYBODY)),
    "claim": Rights(Deed.READ_BOOKS),
    "claim_file": Rights(Deed.EXPORT),
    "claim_paper": Rights(Deed.EXPORT),
    "contact_change": Rights(do=Deed.CHANGE_DEBTORS),
    "contact_restore": Rights(do=Deed.CHANGE_DEBTORS),
    "contacts": Rights(Deed.READ_BOOKS),
    "credit_pay_back": Rights(do=Deed.RECORD_PAYMENT),
    "credit_take_back": Rights(do=Deed.WRITE_OFF),
    "customers": Rights(Deed.READ_BOOKS),
    "debtor": Rights(Deed.READ_BOOKS),
    "debtor_change": Rights(do=Deed.CHANGE_DEBTORS),
    "debtor_kind": Rights(do=Deed.CHANGE_DEBTORS),
    "debtor_merge": Rights(Deed.CHANGE_DEBTORS, Deed.CHANGE_DEBTORS),
    "debtor_pause": Rights(do=Deed.PAUSE),
    "debtor_resume": Rights(do=Deed.PAUSE),
    "debtor_terms": Rights(do=Deed.CHANGE_DEBTORS),
    "decide": Rights(Deed.PREPARE_RUN, Deed.PREPARE_RUN),
    "demo": Rights(do=Who.ANYBODY),
    "dossier": Rights(Deed.READ_BOOKS),
    "dossier_file": Rights(do=Deed.EXPORT),
    "doubles": Rights(Deed.READ_BOOKS),
    "export_file": Rights(Deed.EXPORT),
    "exports": Rights(Deed.EXPORT),
    "exports_hand_over": Rights(do=Deed.ALLOCATE),
    "follow_up": Rights(Deed.READ_BOOKS),
    "getting_started": Rights(Deed.READ_BOOKS),
    "import_anyway": Rights(do=Deed.IMPORT),
    "imports": Rights(Deed.IMPORT, Deed.IMPORT),
    "invoice": Rights(Deed.READ_BOOKS),
    "invoice_dossier": Rights(Deed.READ_BOOKS),
    "invoice_dossier_file": Rights(do=Deed.EXPORT),
    "invoice_file": Rights(Deed.READ_BOOKS),
    "invoice_mail": Rights(Deed.RELEASE_RUN),
    "invoice_pay": Rights(do=Deed.RECORD_PAYMENT),
    "invoice_send": Rights(Deed.RELEASE_RUN, Deed.RELEASE_RUN),
    "invoice_settle": Rights(do=Deed.ALLOCATE),
    "invoice_take_back": Rights(do=Deed.WRITE_OFF),
    "invoice_term": Rights(do=Deed.CHANGE_DEBTORS),
    "invoice_undo": Rights(do=Deed.ALLOCATE),
    "invoice_unpaid": Rights(do=Deed.RECORD_PAYMENT),
    "invoice_write_off": Rights(do=Deed.WRITE_OFF),
    "invoice_write_off_ask": Rights(do=Deed.WRITE_OFF),
    "invoices": Rights(Deed.READ_BOOKS),
    "letters": Rights(do=Deed.SEND),
    "limitation": Rights(Deed.READ_BOOKS),
    "limitation_file": Rights(Deed.EXPORT),
    "limitation_interrupt": Rights(do=Deed.RECORD_CALLS),
    "limitation_letter": Rights(Deed.READ_BOOKS),
    "limitation_take_back": Rights(do=Deed.RECORD_CALLS),
    "list_columns": Rights(Deed.IMPORT, Deed.IMPORT),
    "message_attachment": Rights(Deed.READ_BOOKS),
    "message_file": Rights(Deed.READ_BOOKS),
    "message_page": Rights(Deed.READ_BOOKS),
    "message_picture": Rights(Deed.READ_BOOKS),
    "message_received": Rights(do=Deed.SEND),
    "message_resolve": Rights(do=Deed.SEND),
    "message_returned": Rights(do=Deed.SEND),
    "message_take_back": Rights(do=Deed.RELEASE_RUN),
    "message_withdrawn": Rights(do=Deed.SEND),
    "missing": Rights(Deed.READ_BOOKS, Deed.CHANGE_DEBTORS),
    "note_withdraw": Rights(do=Deed.RECORD_CALLS),
    "note_write": Rights(do=Deed.RECORD_CALLS),
    "old_debts": Rights(Deed.READ_BOOKS),
    "old_debts_pause": Rights(do=Deed.PAUSE),
    "outbox": Rights(Deed.READ_BOOKS),
    "outbox_message": Rights(Deed.READ_BOOKS),
    "overview": Rights(Deed.READ_BOOKS),
    "preferences": Rights(do=Who.ANYBODY),
    "payer_forget": Rights(do=Deed.ALLOCATE),
    "payer_remember": Rights(do=Deed.ALLOCATE),
    "payers": Rights(Deed.READ_BOOKS),
    "proposal_accept": Rights(do=Deed.ALLOCATE),
    "proposal_again": Rights(do=Deed.ALLOCATE),
    "proposal_reject": Rights(do=Deed.ALLOCATE),
    "receipt_allocate": Rights(do=Deed.ALLOCATE),
    "receipt_aside": Rights(do=Deed.ALLOCATE),
    "receipt_credit": Rights(do=Deed.ALLOCATE),
    "receipt_search": Rights(Deed.ALLOCATE),
    "receipt_spread": Rights(Deed.ALLOCATE, Deed.ALLOCATE),
    "receipt_take_back": Rights(do=Deed.ALLOCATE),
    "receipts": Rights(Deed.READ_BOOKS),
    "receipts_take_back": Rights(do=Deed.ALLOCATE),
    "receipts_together": Rights(Deed.ALLOCATE, Deed.ALLOCATE),
    "refused_file_done": Rights(do=Deed.IMPORT),
    "report_ageing_file": Rights(Deed.EXPORT),
    "report_credits": Rights(Deed.READ_BOOKS),
    "report_credits_file": Rights(Deed.EXPORT),
    "report_items": Rights(Deed.READ_BOOKS),
    "report_items_file": Rights(Deed.EXPORT),
    "reports": Rights(Deed.READ_BOOKS),
    "sending_resume": Rights(do=Deed.RELEASE_RUN),
    "sending_stop": Rights(do=Deed.SEND),
    "settings": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SETTINGS),
    "settings_accounts": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SENDER),
    "settings_bookkeeping": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SETTINGS),
    "settings_follow_up": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SETTINGS),
    "settings_people": Rights(Deed.READ_SETTINGS, Deed.MANAGE_USERS),
    "settings_rates": Rights(Deed.READ_SETTINGS, Deed.CHANGE_RATES),
    "settings_sender": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SENDER),
    "settings_sender_trial": Rights(do=Deed.CHANGE_SENDER),
    "settings_sending": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SENDER),
    "settings_terms": Rights(Deed.READ_SETTINGS, Deed.CHANGE_SETTINGS),
    "settings_terms_file": Rights(Deed.READ_SETTINGS),
    "settings_text": Rights(Deed.READ_SETTINGS, Deed.CHANGE_STRATEGIES),
    "settings_text_letter": Rights(Deed.READ_SETTINGS),
    "settings_text_mail": Rights(Deed.READ_SETTINGS),
    "settings_texts": Rights(Deed.READ_SETTINGS),
    "rest_give_up": Rights(do=Deed.ALLOCATE),
    "rests": Rights(Deed.READ_BOOKS),
    "rests_give_up": Rights(do=Deed.ALLOCATE),
    "search": Rights(Deed.READ_BOOKS),
    "start": ENTRANCE,
    "start_link": Rights(Who.ANYBODY),
    "statement": Rights(Deed.READ_BOOKS),
    "statement_file": Rights(Deed.READ_BOOKS),
    "statement_mail": Rights(Deed.RELEASE_RUN),
    "statement_send": Rights(Deed.RELEASE_RUN, Deed.RELEASE_RUN),
    "strategies": Rights(Deed.READ_SETTINGS),
    "strategy": Rights(Deed.READ_SETTINGS),
    "strategy_file": Rights(Deed.READ_SETTINGS),
    "strategy_follow": Rights(Deed.CHANGE_SETTINGS, Deed.CHANGE_SETTINGS),
    "strategy_write": Rights(Deed.CHANGE_STRATEGIES, Deed.CHANGE_STRATEGIES),
    "task_done": Rights(do=Deed.RECORD_CALLS),
    "task_put_off": Rights(do=Deed.RECORD_CALLS),
    "task_skip": Rights(do=Deed.PREPARE_RUN),
    "task_take_up": Rights(do=Deed.RECORD_CALLS),
    "timeline": Rights(Deed.READ_BOOKS),
    "write_off_approve": Rights(do=Deed.WRITE_OFF_ANY),
    "write_off_decline": Rights(do=Deed.WRITE_OFF_ANY),
    "write_off_requests": Rights(Deed.READ_BOOKS),
    "write_off_withdraw": Rights(do=Deed.WRITE_OFF),
    # Pages of the sign-in, by the names that its library gives them.
    "account_change_password": OWN_ACCOUNT,
    "account_login": ENTRANCE,
    "account_logout": OWN_ACCOUNT,
    "account_reauthenticate": OWN_ACCOUNT,
    "mfa_activate_totp": OWN_ACCOUNT,
    "mfa_add_webauthn": OWN_ACCOUNT,
    "mfa_authenticate": ENTRANCE,
    "mfa_deactivate_totp": OWN_ACCOUNT,
    "mfa_download_recovery_codes": OWN_ACCOUNT,
    "mfa_edit_webauthn": OWN_ACCOUNT,
    "mfa_generate_recovery_codes": OWN_ACCOUNT,
    "mfa_index": OWN_ACCOUNT,
    "mfa_list_webauthn": OWN_ACCOUNT,
    "mfa_login_webauthn": ENTRANCE,
    "mfa_reauthenticate": OWN_ACCOUNT,
    "mfa_reauthenticate_webauthn": OWN_ACCOUNT,
    "mfa_remove_webauthn": OWN_ACCOUNT,
    "mfa_view_recovery_codes": OWN_ACCOUNT,
}
