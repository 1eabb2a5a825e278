"""The addresses of the pages. Who may open each is in `rights.py`."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from voldaan.queries.administrations import has_demo, is_untouched
from voldaan.web import (
    administrations,
    approvals,
    begin,
    columns,
    customers,
    debtor,
    follow_up,
    getting_started,
    imports,
    invoice,
    invoices,
    messages,
    outbox,
    overview,
    preferences,
    receipts,
    start,
    strategies,
    tasks,
)

login = account.LoginView.as_view(extra_context={"has_demo": has_demo, "is_untouched": is_untouched})

OF_ACCOUNT = [
    path("2fa/", include("allauth.mfa.urls")),
    path("login/", login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]

OF_BOOKS = [
    path("", overview.page, name="overview"),
    path("beginnen/", getting_started.page, name="getting_started"),
    path("beginnen/oude-posten/", getting_started.old_debts, name="old_debts"),
    path("beginnen/oude-posten/rusten/", getting_started.pause, name="old_debts_pause"),
    path("berichten/<slug:id>/bestand/", messages.file, name="message_file"),
    path("berichten/<slug:id>/bijlage/<int:number>/", messages.attachment, name="message_attachment"),
    path("berichten/<slug:id>/inhoud/", messages.page, name="message_page"),
    path("berichten/<slug:id>/pagina/<int:number>/", messages.picture, name="message_picture"),
    path("berichten/<slug:id>/uitkomst/", tasks.resolve, name="message_resolve"),
    path("facturen/", invoices.page, name="invoices"),
    path("facturen/<slug:id>/", invoice.page, name="invoice"),
    path("facturen/<slug:id>/afboeken/", invoice.write_off, name="invoice_write_off"),
    path("facturen/<slug:id>/betaald/", invoice.pay, name="invoice_pay"),
    path("facturen/<slug:id>/ongedaan/", invoice.undo, name="invoice_undo"),
    path("facturen/<slug:id>/terugnemen/", invoice.take_back, name="invoice_take_back"),
    path("facturen/<slug:id>/verrekenen/", invoice.settle, name="invoice_settle"),
    path("goedkeuren/", approvals.page, name="approvals"),
    path("goedkeuren/alles/", approvals.approve_all, name="approvals_all"),
    path("goedkeuren/ongedaan/", approvals.undo, name="approvals_undo"),
    path("goedkeuren/bericht/<slug:id>/", approvals.page, name="approval"),
    path("goedkeuren/bericht/<slug:id>/overslaan/", approvals.skip, name="approval_skip"),
    path("brieven/", tasks.letters, name="letters"),
    path("inlezen/", imports.page, name="imports"),
    path("inlezen/<slug:id>/kolommen/", columns.page, name="list_columns"),
    path("klanten/", customers.page, name="customers"),
    path("klanten/<slug:id>/", debtor.page, name="debtor"),
    path("klanten/<slug:id>/gegevens/", debtor.change, name="debtor_change"),
    path("klanten/<slug:id>/hervatten/", debtor.resume, name="debtor_resume"),
    path("klanten/<slug:id>/rusten/", debtor.pause, name="debtor_pause"),
    path("ontvangsten/", receipts.page, name="receipts"),
    path("ontvangsten/<slug:id>/afzonderen/", receipts.set_aside, name="receipt_aside"),
    path("ontvangsten/<slug:id>/terugnemen/", receipts.take_back, name="receipt_take_back"),
    path("ontvangsten/<slug:id>/tegoed/", receipts.leave_as_credit, name="receipt_credit"),
    path("ontvangsten/<slug:id>/toewijzen/", receipts.allocate, name="receipt_allocate"),
    path("opvolging/", follow_up.page, name="follow_up"),
    path("opvolging/berichten/", outbox.page, name="outbox"),
    path("opvolging/berichten/<slug:id>/", outbox.message, name="outbox_message"),
    path("opvolging/strategieen/", strategies.page, name="strategies"),
    path("opvolging/strategieen/<slug:id>/", strategies.strategy, name="strategy"),
    path("opvolging/strategieen/<slug:id>/bestand/", strategies.file, name="strategy_file"),
    path("opvolging/strategieen/<slug:id>/schrijven/", strategies.write, name="strategy_write"),
    path("opvolging/strategieen/<slug:id>/volgen/", strategies.follow, name="strategy_follow"),
    path("opvolging/vandaag/", follow_up.day, name="decide"),
    path("opvolging/verzenden/hervatten/", outbox.go_on, name="sending_resume"),
    path("opvolging/verzenden/stoppen/", outbox.stop, name="sending_stop"),
    path("taken/<slug:id>/gedaan/", tasks.done, name="task_done"),
    path("taken/<slug:id>/overslaan/", tasks.skip, name="task_skip"),
    path("voorstellen/<slug:id>/aannemen/", receipts.accept, name="proposal_accept"),
    path("voorstellen/<slug:id>/weigeren/", receipts.reject, name="proposal_reject"),
]

urlpatterns = [
    path("", administrations.page, name="administrations"),
    path("account/", include(OF_ACCOUNT)),
    path("begin/", begin.page, name="begin"),
    path("begin/<str:token>/", begin.link, name="begin_link"),
    path("demo/", administrations.visit_demo, name="demo"),
    path("preferences/", preferences.choose, name="preferences"),
    path("start/", start.page, name="start"),
    path("start/<str:token>/", start.link, name="start_link"),
    path("<slug:slug>/", include(OF_BOOKS)),
]
