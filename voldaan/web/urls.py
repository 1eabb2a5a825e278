"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from voldaan.web import administrations, debtor, overview

urlpatterns = [
    path("", administrations.page, name="administrations"),
    path("<slug:slug>/", overview.page, name="overview"),
    path("<slug:slug>/klanten/<slug:id>/", debtor.page, name="debtor"),
]
