"""The addresses of the pages. Who may open each is in `rights.py`."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from voldaan.queries.administrations import has_demo
from voldaan.web import administrations, approvals, debtor, messages, overview, preferences, start

login = account.LoginView.as_view(extra_context={"has_demo": has_demo})

OF_ACCOUNT = [
    path("2fa/", include("allauth.mfa.urls")),
    path("login/", login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]

OF_BOOKS = [
    path("", overview.page, name="overview"),
    path("berichten/<slug:id>/bestand/", messages.file, name="message_file"),
    path("berichten/<slug:id>/bijlage/<int:number>/", messages.attachment, name="message_attachment"),
    path("berichten/<slug:id>/inhoud/", messages.page, name="message_page"),
    path("berichten/<slug:id>/pagina/<int:number>/", messages.picture, name="message_picture"),
    path("goedkeuren/", approvals.page, name="approvals"),
    path("goedkeuren/alles/", approvals.approve_all, name="approvals_all"),
    path("goedkeuren/ongedaan/", approvals.undo, name="approvals_undo"),
    path("goedkeuren/bericht/<slug:id>/", approvals.page, name="approval"),
    path("goedkeuren/bericht/<slug:id>/overslaan/", approvals.skip, name="approval_skip"),
    path("klanten/<slug:id>/", debtor.page, name="debtor"),
]

urlpatterns = [
    path("", administrations.page, name="administrations"),
    path("account/", include(OF_ACCOUNT)),
    path("demo/", administrations.visit_demo, name="demo"),
    path("preferences/", preferences.choose, name="preferences"),
    path("start/", start.page, name="start"),
    path("start/<str:token>/", start.link, name="start_link"),
    path("<slug:slug>/", include(OF_BOOKS)),
]
