"""Where each door stands, and what is shown when one cannot open."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path
from django.views.defaults import server_error

from voldaan.cli import trouble

urlpatterns = [path("", include("voldaan.web.urls"))]


def handler500(request: HttpRequest) -> HttpResponse:
    """Tell what the machine would not from a fault of ours."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and trouble.told(error):
        return HttpResponse(render_to_string("503.html"), status=503)
    return server_error(request)
