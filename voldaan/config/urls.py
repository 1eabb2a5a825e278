"""Where each door stands."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("voldaan.web.urls"))]
