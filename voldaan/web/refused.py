"""What is said when a form comes back that we did not give out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - for the log, not for the page
    """Refuse a form without its token: another site sent it, or the session ended meanwhile."""
    return render(request, "forged.html", status=403)
