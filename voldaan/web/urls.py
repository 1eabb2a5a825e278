"""The addresses of the pages. Who may open each is in `rights.py`."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from voldaan.queries.administrations import has_demo
from voldaan.web import administrations, debtor, overview, preferences, start

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
